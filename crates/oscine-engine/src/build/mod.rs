//! Builds what is laid out: first values and wiring.

pub(crate) mod connectivity;
pub(crate) mod initial;
