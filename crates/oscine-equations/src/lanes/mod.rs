//! Elementary functions for blocks of lanes: each is a branch-free scalar function, `#[inline(always)]`, which
//! the compiler turns into vector code where it is called in a loop over a block, inside a function that has
//! the processor's vector extension switched on (`#[target_feature(enable = "avx2,fma")]`).
//!
//! Every lane computes alone and every function is our own, so a result has the same bits for every vector
//! width, on every processor with fused multiply-add. `FUSED = false` is for processors without it: there
//! `f64::mul_add` would be a slow call; the bits may then differ in the last place.
//!
//! The largest errors, in units in the last place (ulp), measured by the tests of this module and rounded up:
//!
//! | function | `f64` | `f32` | where |
//! |---|---|---|---|
//! | `exp` | 1 | 1 | everywhere, subnormal results too |
//! | `exp_m1` | 2 | 2 | everywhere |
//! | `exp_rel` | 2 | 2 | everywhere |
//! | `log`, `log_1p` | 1 | 1 | everywhere |
//! | `sin`, `cos` | 1 | 1.5 | to 2^40; beyond, where a number no longer holds an angle: NaN |
//! | `tan` | 2 | 1 | as `sin` |
//! | `tanh` | 2 | 2.5 | everywhere |
//! | `sinh`, `cosh` | 2 | 1 | everywhere |
//! | `asin`, `acos`, `atan` | 2.5 | 1 | everywhere |
//! | `power` | 1 | 1 | everywhere |
//!
//! The coefficients of the polynomials interpolate the function named beside them at Chebyshev nodes of the
//! interval named there; they were computed with 60 digits.

#[cfg(test)]
mod accuracy;
pub mod double;
mod fused;
pub mod normal;
pub mod poisson;
pub mod real;
#[cfg(test)]
mod reference;
pub mod single;

pub use fused::{fused, has_fused_multiply_add};
pub use normal::normal_quantile;
pub use poisson::{PoissonTable, poisson_quantile};
pub use real::Real;
