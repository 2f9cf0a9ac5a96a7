//! The options of a run.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use oscine_engine::Threads;

use crate::runs::outcome::Outcome;

/// The options of a run; nothing here changes its results.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The results folder.
    pub folder: PathBuf,
    /// Whether results that are there already may be replaced.
    pub overwrite: bool,
    /// Threads.
    pub threads: Threads,
    /// Set by whoever wants the run to stop; it then ends with a checkpoint.
    pub stop: Option<Arc<AtomicBool>>,
    /// Recordings wait in memory for no longer than this before they are written.
    pub flush_every: Duration,
    /// Wall time between checkpoints, besides those that the experiment asks for.
    pub checkpoint_every: Duration,
    /// How `report.html` is made; none is written where `None`.
    pub page: Option<fn(&Outcome) -> String>,
    /// Whether this is the quick form of the experiment.
    pub quick: bool,
    /// Of a sweep, the share of its runs that is carried out; all where `None`.
    pub part: Option<SweepPart>,
    /// Whether tables are wanted on disk once the run has been measured.
    pub(crate) keeps_tables: bool,
    /// Whether this is one run of a sweep, whose formulas are evaluated over all of them.
    pub(crate) of_a_sweep: bool,
    /// Where data sets by name lie; where it is none, the folder that `OSCINE_DATA` names.
    pub data: Option<PathBuf>,
    /// Things a reader must know about this run, a sentence each.
    pub notes: Vec<String>,
}

impl RunOptions {
    /// Whether someone wants the run to stop.
    pub(crate) fn is_stopped(&self) -> bool {
        let stop = self.stop.as_ref();
        stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// Into this folder, on this many threads, with everything else as usual.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>, threads: Threads) -> Self {
        Self {
            folder: folder.into(),
            overwrite: false,
            threads,
            stop: None,
            flush_every: Duration::from_secs(4),
            checkpoint_every: Duration::from_secs(30),
            page: None,
            quick: false,
            part: None,
            data: None,
            keeps_tables: true,
            of_a_sweep: false,
            notes: Vec::new(),
        }
    }
}

/// A share of the runs of a sweep: the first of two, `1/2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SweepPart {
    /// Which, from 1.
    pub number: usize,
    /// Of how many.
    pub of: usize,
}

impl SweepPart {
    pub(crate) fn holds(self, run: usize) -> bool {
        run % self.of == self.number - 1
    }
}
