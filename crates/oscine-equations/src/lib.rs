//! Text to numbers: Brian2-style equations, their units, their integrators, their programs.

pub mod graph;
pub mod lanes;
