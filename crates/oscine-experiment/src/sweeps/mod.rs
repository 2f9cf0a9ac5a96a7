//! Sweeps: an experiment at each combination of values and seeds, and what all runs measured put together.

pub(crate) mod points;
pub(crate) mod sweep;
pub(crate) mod table;
pub(crate) mod together;
