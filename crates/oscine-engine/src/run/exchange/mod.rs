//! What the threads of a run tell each other.

pub(crate) mod board;
