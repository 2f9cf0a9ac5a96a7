//! The geometric distribution: failures before the first success, `floor(log(u)/log(1 - p))`. With it, the pairs
//! that are connected with a small probability are reached by skipping those that are not.
//!
//! Devroye (1986) Non-Uniform Random Variate Generation, X.2.

use oscine_equations::lanes::{double, has_fused_multiply_add};

/// The distribution of the number of failures before the first success.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometric {
    /// `1/log(1 - p)`: 0 for p = 1, -∞ for p = 0.
    scale: f64,
}

impl Geometric {
    /// Trials that succeed with probability `p`, taken into 0 to 1 (NaN as 0).
    pub fn new(p: f64) -> Geometric {
        let p = if p > 0.0 { p.min(1.0) } else { 0.0 };
        let log = if has_fused_multiply_add() {
            double::log_1p::<true>(-p)
        } else {
            double::log_1p::<false>(-p)
        };
        Geometric { scale: 1.0 / log }
    }

    /// The number of failures that goes with a uniform number on (0, 1); `u64::MAX` where success never comes.
    pub fn quantile(&self, uniform: f64) -> u64 {
        // The conversion ends at the largest whole number.
        (super::log(uniform) * self.scale) as u64
    }
}
