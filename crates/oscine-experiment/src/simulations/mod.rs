//! Simulations: neurons and synapses built from a description, what they are shown, what they record, and their checkpoints.

pub(crate) mod building;
pub(crate) mod checkpoint;
pub(crate) mod given_files;
pub(crate) mod memory;
pub(crate) mod recorded_rows;
pub(crate) mod recorder;
pub(crate) mod recordings;
pub(crate) mod shown;
