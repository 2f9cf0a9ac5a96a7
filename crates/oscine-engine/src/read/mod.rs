//! Reads the texts of a description: every name has its meaning, nothing has a place in memory yet.

pub(crate) mod cells;
pub(crate) mod ends;
pub(crate) mod equations;
pub(crate) mod functions;
pub(crate) mod groups;
pub(crate) mod jitter;
pub(crate) mod names;
pub(crate) mod noise;
pub(crate) mod parameters;
pub(crate) mod poisson_input;
pub(crate) mod population;
pub(crate) mod projection;
pub(crate) mod protocol;
pub(crate) mod scope;
pub(crate) mod source;
pub(crate) mod unused;
