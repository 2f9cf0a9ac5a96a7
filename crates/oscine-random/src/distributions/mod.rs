//! Distributions by inversion: the number that goes with a probability. One uniform number gives one draw.

mod binomial;
mod exponential;
mod geometric;

pub use binomial::binomial_quantile;
pub use exponential::exponential_quantile;
pub use geometric::Geometric;
pub use oscine_equations::lanes::PoissonTable;

use oscine_equations::lanes::{self, double, has_fused_multiply_add};

/// The first `k` at which the Poisson distribution function with this mean exceeds `probability`, as
/// [`lanes::poisson_quantile`] computes it on this processor.
pub fn poisson_quantile(mean: f64, probability: f64) -> f64 {
    #[cfg(target_arch = "x86_64")]
    if has_fused_multiply_add() {
        #[target_feature(enable = "avx2,fma")]
        fn fused(mean: f64, probability: f64) -> f64 {
            lanes::poisson_quantile::<true>(mean, probability)
        }
        // SAFETY: the processor has both extensions.
        return unsafe { fused(mean, probability) };
    }
    if has_fused_multiply_add() {
        lanes::poisson_quantile::<true>(mean, probability)
    } else {
        lanes::poisson_quantile::<false>(mean, probability)
    }
}

/// The logarithm, of the same bits as in programs.
pub(crate) fn log(x: f64) -> f64 {
    #[cfg(target_arch = "x86_64")]
    if has_fused_multiply_add() {
        #[target_feature(enable = "avx2,fma")]
        fn fused(x: f64) -> f64 {
            double::log::<true>(x)
        }
        // SAFETY: the processor has both extensions.
        return unsafe { fused(x) };
    }
    if has_fused_multiply_add() {
        double::log::<true>(x)
    } else {
        double::log::<false>(x)
    }
}
