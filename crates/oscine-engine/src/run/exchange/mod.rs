//! What the threads of a run tell each other.

pub(crate) mod barrier;
pub(crate) mod board;
