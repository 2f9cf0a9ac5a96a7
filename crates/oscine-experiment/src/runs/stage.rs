//! The stages of a run: a training, epoch by epoch, and a simulation, step by step. Both advance in pieces, and between two pieces what
//! they recorded can be flushed and they themselves saved, to go on from there to the same bits.

use crate::error::ExperimentError;
use crate::runs::outcome::Ending;
use crate::runs::progress::Progress;
use crate::runs::run_folder::{Reached, RunFolder};

/// A stage of a run: what advances piece by piece, and can be saved between two.
pub(crate) trait RunStage {
    /// How far it has come.
    fn reached(&self) -> Reached;

    /// Whether it has come to its end.
    fn is_finished(&self) -> bool;

    /// Advances by one piece: an epoch, or the steps of about a tenth of a second of wall time.
    ///
    /// # Errors
    /// What stops being finite.
    fn advance(&mut self, folder: &RunFolder) -> Result<(), ExperimentError>;

    /// Whether the experiment asks for a checkpoint here.
    fn is_checkpoint_due(&self) -> bool;

    /// Whether so much that it recorded waits in memory that it should be flushed now.
    fn is_full(&self) -> bool;

    /// Takes to disk what it recorded since the last time.
    ///
    /// # Errors
    /// A file that cannot be written.
    fn flush(&mut self) -> Result<(), ExperimentError>;

    /// Writes a checkpoint, which holds what was flushed before.
    ///
    /// # Errors
    /// A file that cannot be written.
    fn save(&mut self, folder: &RunFolder) -> Result<(), ExperimentError>;

    /// Tells that it begins or goes on.
    fn begins(&self, progress: &mut dyn Progress);

    /// Tells how far it has come.
    fn reaches(&self, progress: &mut dyn Progress);

    /// How a run ends that is stopped here.
    fn stopped(&self) -> Ending;
}
