//! The engine: builds a network from its description and steps it.
//!
//! Each thread owns a *shard*: a contiguous part of every population, and all synapses onto that part. Nothing is shared while a step
//! is computed; spikes are exchanged over a board once per least delay. The same description and seed give
//! the same bits for any number of threads, and after a restart from a checkpoint.

mod barrier;
mod batch;
mod board;
mod cell_integration;
mod cell_layout;
mod cells;
mod checkpoint;
mod connectivity;
mod delivery;
mod draft;
mod ends;
mod environment;
mod error;
mod facts;
mod functions;
mod initial;
mod jitter;
mod meanings;
mod memory;
mod names;
mod network;
mod noise;
mod order;
mod pathway;
mod plan;
mod projection;
mod protocol;
mod reading;
mod recorded;
mod recorder;
mod shard;
mod simulation;
mod source;
mod step;
mod synapse_layout;
mod synapse_programs;
mod synapses;
mod timings;
mod unused;
mod values;

pub use checkpoint::{Array, Checkpoint, RestoreError};
pub use error::{BuildError, RunError};
pub use facts::{Facts, PhaseFacts, PopulationFacts, ProjectionFacts, RecordFacts, RecordKind};
pub use memory::Memory;
pub use recorded::{Recorded, Rows};
pub use simulation::{Options, Planned, Simulation, Threads};
pub use timings::{Counts, Stage};
