//! The functions in single precision: those that models call at every step have polynomials of their own, the
//! rest go through double precision and are rounded once.

mod exponential;
mod logarithm;
mod trigonometry;

pub use exponential::{NEAR_ZERO, exp, exp_m1, exp_rel, exp_rel_near_zero, tanh};
pub use logarithm::{log, log_1p};
pub use trigonometry::{cos, sin};
