//! Keeps and restores the state of a run, and answers what its values are.

pub(crate) mod checkpoint;
pub(crate) mod join;
pub(crate) mod values;
