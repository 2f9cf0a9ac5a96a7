//! Runs a network: the shards, their step, synapses and delivery, recording.

pub(crate) mod buffer;
pub(crate) mod exchange;
pub(crate) mod recorder;
pub(crate) mod shard;
pub(crate) mod step;
pub(crate) mod synapses;
pub(crate) mod timings;
