//! Lays a network out: where each number lies, and the programs of a step, lowered.

pub(crate) mod batch;
pub(crate) mod cell_plan;
pub(crate) mod cells;
pub(crate) mod columns;
pub(crate) mod integration;
pub(crate) mod key;
pub(crate) mod meanings;
pub(crate) mod memory;
pub(crate) mod network;
pub(crate) mod plan;
pub(crate) mod runnable;
pub(crate) mod synapse_plan;
pub(crate) mod synapse_programs;
pub(crate) mod synapses;
