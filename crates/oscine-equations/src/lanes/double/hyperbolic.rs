//! `tanh`, `sinh`, `cosh` from `exp(x) - 1`, so that nothing cancels near 0.

use super::exponential::quarter_exp_m1;

/// `tanh(x) = t/(t + 2)` with `t = exp(2x) - 1`.
#[inline(always)]
pub fn tanh<const FUSED: bool>(x: f64) -> f64 {
    let doubled = 2.0 * x.abs();
    let doubled = if doubled > 50.0 { 50.0 } else { doubled };
    let quarter = quarter_exp_m1::<FUSED>(doubled);
    (quarter / (quarter + 0.5)).copysign(x)
}

/// `sinh(x) = (t + t/(t + 1))/2` with `t = exp(x) - 1`.
#[inline(always)]
pub fn sinh<const FUSED: bool>(x: f64) -> f64 {
    let half = 2.0 * quarter_exp_m1::<FUSED>(x.abs());
    let fall = if half < 1e300 {
        half / (2.0 * half + 1.0)
    } else {
        0.0
    };
    let value = half + fall;
    // NaN fails the comparison above, and passes through the sum.
    value.copysign(x)
}

/// `cosh(x) = 1 + t²/(2(t + 1))` with `t = exp(|x|) - 1`, written as `(e + 1/e)/2` with `e = t + 1`.
#[inline(always)]
pub fn cosh<const FUSED: bool>(x: f64) -> f64 {
    let half = 2.0 * quarter_exp_m1::<FUSED>(x.abs()) + 0.5;
    half + 0.25 / half
}
