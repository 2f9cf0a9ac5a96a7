//! The outcome of a run.

use std::path::PathBuf;

use oscine_engine::{Counts, Facts};
use oscine_network::Experiment;

use crate::judging::measured::Measured;
use crate::simulations::recorder::RecordTable;
use crate::simulations::recordings::Recordings;
use crate::trainings::learned::TrainedNetwork;

/// The outcome of a run: the facts of the network, what was done, recorded, learned and measured.
#[derive(Debug)]
pub struct Outcome {
    /// The experiment as run.
    pub experiment: Experiment,
    /// Its text, as it stands in the folder.
    pub description: String,
    /// The results folder.
    pub folder: PathBuf,
    /// How it ended.
    pub ending: Ending,
    /// The facts of the network.
    pub facts: Facts,
    /// Counts of spikes, events and updates, over all resumptions.
    pub counts: Counts,
    /// Wall time by stage since the run began or went on, s.
    pub stages: Vec<(&'static str, f64)>,
    /// A table for each record, where the run came to its end.
    pub tables: Vec<RecordTable>,
    /// The recordings, by population.
    pub recordings: Recordings,
    /// The trained network, where it has layers.
    pub learned: Option<TrainedNetwork>,
    /// Threads that it ran on.
    pub threads: usize,
    /// Where the wall time went.
    pub seconds: Seconds,
    /// Its measures and verdicts; nothing where the run did not come to its end.
    pub measured: Measured,
    /// Things a reader must know about this run, a sentence each.
    pub notes: Vec<String>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ending {
    /// At its end.
    Finished,
    /// Stopped by the user at this biological time, s; it can go on.
    Stopped {
        /// s.
        time: f64,
    },
    /// A training stopped by the user.
    TrainingStopped {
        /// Epochs done.
        done: usize,
        /// Epochs in all.
        epochs: usize,
    },
    /// A sweep stopped by the user; it can go on.
    SweepStopped {
        /// Runs done.
        done: usize,
        /// Runs in all.
        all: usize,
    },
    /// A part of a sweep, at its end; others are missing.
    PartDone {
        /// Runs done.
        done: usize,
        /// Runs in all.
        all: usize,
    },
}

/// Wall time by what it was spent on, s.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seconds {
    /// Building the network.
    pub building: f64,
    /// Training the layers of a file that has neurons too; of layers alone that is `running`.
    pub training: f64,
    /// Stepping.
    pub running: f64,
    /// Writing tables and checkpoints.
    pub writing: f64,
    /// All of it, over all resumptions.
    pub total: f64,
}
