//! Keeps and restores the state of a run, and answers what its values are.

pub(crate) mod checkpoint;
pub(crate) mod facts;
pub(crate) mod join;
pub(crate) mod number;
pub(crate) mod values;
