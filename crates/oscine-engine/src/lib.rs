//! The engine: builds a network from its description and steps it.
//!
//! Each thread owns a *shard*: a contiguous part of every population, and all synapses onto that part. Nothing is shared while a step
//! is computed; spikes are exchanged over a board once per least delay. The same description and seed give
//! the same bits for any number of threads, and after a restart from a checkpoint.

// Only the program prints.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

mod build;
mod error;
mod facts;
mod layout;
mod network;
mod read;
mod recorded;
mod run;
mod save;
mod simulation;

pub use error::{BuildError, RunError};
pub use facts::{
    Counts, Facts, Memory, PhaseFacts, PopulationFacts, ProjectionFacts, RecordFacts, RecordKind,
};
pub use oscine_threads::Threads;
pub use read::cells::Refractoriness;
pub use read::equations::CellEquations;
pub use recorded::{Recorded, Rows};
pub use run::exchange::{Alone, DryRun, Exchange, GaveUp};
pub use run::timings::Stage;
pub use save::checkpoint::{Checkpoint, RestoreError, StateArray};
pub use simulation::{Options, Planned, Simulation};
