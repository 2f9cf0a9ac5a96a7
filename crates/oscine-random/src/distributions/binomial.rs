//! Binomial numbers by inversion. To a mean of 500 the distribution function is summed from 0; above, the expansion
//! of Cornish & Fisher (1938), corrected for whole numbers, is rounded down: one draw in some thousands is off by 1.

use oscine_equations::lanes::{double, has_fused_multiply_add, normal_quantile};

/// The largest mean whose distribution function is summed.
const LARGEST_SUMMED_MEAN: f64 = 500.0;

/// The first `k` at which the distribution function of the number of successes in `trials` trials, each with
/// probability `p`, exceeds `probability`. NaN where `p` or `probability` is not in 0 to 1.
pub fn binomial_quantile(trials: u64, p: f64, probability: f64) -> f64 {
    let unit = 0.0..=1.0;
    if !unit.contains(&p) || !unit.contains(&probability) {
        return f64::NAN;
    }
    let n = trials as f64;
    if p > 0.5 {
        return n - lower_quantile(n, 1.0 - p, 1.0 - probability);
    }
    lower_quantile(n, p, probability)
}

fn lower_quantile(n: f64, p: f64, probability: f64) -> f64 {
    if n * p > LARGEST_SUMMED_MEAN {
        return expanded_quantile(n, p, probability);
    }
    let odds = p / (1.0 - p);
    let mut term = nothing(n, p);
    let mut sum = term;
    let mut count = 0.0;
    while sum <= probability && count < n && !(count > n * p && term < 1e-19) {
        term *= odds * (n - count) / (count + 1.0);
        count += 1.0;
        sum += term;
    }
    count
}

fn expanded_quantile(n: f64, p: f64, probability: f64) -> f64 {
    let z = if has_fused_multiply_add() {
        normal_quantile::<true>(probability)
    } else {
        normal_quantile::<false>(probability)
    };
    let variance = n * p * (1.0 - p);
    let deviation = variance.sqrt();
    let skewness = (1.0 - 2.0 * p) / deviation;
    let excess = (1.0 - 6.0 * p * (1.0 - p)) / variance;
    let square = z * z;
    let shifted = z + skewness * (square - 1.0) / 6.0 + excess * z * (square - 3.0) / 24.0
        - skewness * skewness * z * (2.0 * square - 5.0) / 36.0
        - z / (24.0 * variance);
    (n * p + deviation * shifted + 0.5).floor().clamp(0.0, n)
}

/// The probability of no success: `(1 - p)^n`.
fn nothing(n: f64, p: f64) -> f64 {
    if has_fused_multiply_add() {
        double::exp::<true>(n * double::log_1p::<true>(-p))
    } else {
        double::exp::<false>(n * double::log_1p::<false>(-p))
    }
}
