//! Runs experiments and goes on with them: a sweep, or one run.

use oscine_network::Experiment;

use crate::error::ExperimentError;
use crate::runs::course::{self, reopen};
use crate::runs::options::RunOptions;
use crate::runs::outcome::Outcome;
use crate::runs::progress::Progress;
use crate::runs::run_folder::Begun;
use crate::sweeps::sweep;

/// Runs an experiment from its beginning into a new folder.
///
/// # Errors
/// Where the description does not hold, cannot be built or does not fit the memory, the folder cannot be made or written, or the state
/// stops being finite.
pub fn run(
    experiment: &Experiment,
    options: &RunOptions,
    progress: &mut dyn Progress,
) -> Result<Outcome, ExperimentError> {
    experiment
        .validate()
        .map_err(|errors| ExperimentError::Description {
            path: options.folder.join("experiment.toml"),
            errors: Box::new(errors),
        })?;
    carry_out(experiment, options, None, progress)
}

/// Goes on with a run that was killed, stopped, or could not write, from its last checkpoint, or from its beginning
/// where it had made none. The folder and the description are the folder's own.
///
/// # Errors
/// Where the folder is none of a run's, its files are damaged or of another version, or as for [`run`].
pub fn resume(
    options: &RunOptions,
    progress: &mut dyn Progress,
) -> Result<Outcome, ExperimentError> {
    let (experiment, options, begun) = reopen(options)?;
    carry_out(&experiment, &options, Some(begun), progress)
}

fn carry_out(
    experiment: &Experiment,
    options: &RunOptions,
    begun: Option<Begun>,
    progress: &mut dyn Progress,
) -> Result<Outcome, ExperimentError> {
    match &experiment.sweep {
        Some(sweep) => sweep::carry_out(experiment, sweep, options, begun, progress),
        None => course::carry_out(experiment, options, begun, progress),
    }
}
