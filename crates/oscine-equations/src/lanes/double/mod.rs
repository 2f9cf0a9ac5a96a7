//! The functions in double precision, one file for each family.

mod exponential;
mod hyperbolic;
mod inverse_trigonometry;
mod logarithm;
mod power;
mod remainder;
mod trigonometry;

pub use exponential::{NEAR_ZERO, exp, exp_m1, exp_rel, exp_rel_near_zero};
pub use hyperbolic::{cosh, sinh, tanh};
pub use inverse_trigonometry::{acos, asin, atan};
pub use logarithm::{log, log_1p};
pub use power::power;
pub use remainder::modulo;
pub(super) use trigonometry::reduce;
pub use trigonometry::{cos, cos_sin_of_turn, sin, tan};
