//! `log` and `log_1p`: `x = 2^k (1 + f)` with `1 + f` between `sqrt(1/2)` and `sqrt(2)`, and with `s = f/(2 + f)`
//! `log(1 + f) = 2 atanh(s) = f - f²/2 + s (f²/2 + R(s²))`.

use super::super::fused::{fused, polynomial};
use super::exponential::{LN_2_HIGH, LN_2_LOW};

/// `(log((1 + s)/(1 - s))/s - 2)/s²` in powers of `s²`, for `s² <= 0.0295`; error 2^-57 of the logarithm.
const LOG: [f64; 7] = [
    0.666666666666667,
    0.39999999999899444,
    0.2857142862600327,
    0.22222211130259878,
    0.18182889455674947,
    0.15331710618210773,
    0.14616585424888623,
];

const SQRT_HALF_BITS: u64 = 0x3fe6_a09e_667f_3bcd;
const ONE_BITS: u64 = 0x3ff0_0000_0000_0000;
const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;

/// The natural logarithm of `x`: -∞ at 0, NaN below.
#[inline(always)]
pub fn log<const FUSED: bool>(x: f64) -> f64 {
    finish(x, log_of_positive::<FUSED>(x, 0.0))
}

/// `log(1 + x)`, exact to the last place or so also near 0: -∞ at -1, NaN below.
#[inline(always)]
pub fn log_1p<const FUSED: bool>(x: f64) -> f64 {
    // 1 + x as a rounded sum and its exact rest (Knuth's two-sum).
    let sum = 1.0 + x;
    let added = sum - 1.0;
    let rest = (1.0 - (sum - added)) + (x - added);
    let value = finish(sum, log_of_positive::<FUSED>(sum, rest / sum));
    if x.abs() < 5.551_115_123_125_783e-17 {
        x
    } else {
        value
    }
}

/// A positive number as `k` and `m`: `x = 2^k m`, with `m` between `sqrt(1/2)` and `sqrt(2)`.
#[inline(always)]
pub(super) fn decompose(x: f64) -> (f64, f64) {
    let subnormal = x < f64::MIN_POSITIVE;
    let scaled = if subnormal {
        x * 18_014_398_509_481_984.0
    } else {
        x
    };
    let lift = if subnormal { 54.0 } else { 0.0 };
    let bits = scaled.to_bits().wrapping_add(ONE_BITS - SQRT_HALF_BITS);
    let mantissa = f64::from_bits((bits & MANTISSA).wrapping_add(SQRT_HALF_BITS));
    // A whole number below 2^52 becomes a float by writing it into the mantissa of 2^52.
    let exponent =
        f64::from_bits((bits >> 52) | 0x4330_0000_0000_0000) - (4_503_599_627_370_496.0 + 1023.0);
    (exponent - lift, mantissa)
}

/// `log(x) + correction` for a positive finite `x` and a correction that is small against 1.
#[inline(always)]
fn log_of_positive<const FUSED: bool>(x: f64, correction: f64) -> f64 {
    let (k, mantissa) = decompose(x);
    let f = mantissa - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let half_square = 0.5 * f * f;
    let r = z * polynomial::<FUSED, 7>(z, &LOG);
    let low = fused::<FUSED>(k, LN_2_LOW, correction);
    let low = fused::<FUSED>(s, half_square + r, low);
    fused::<FUSED>(k, LN_2_HIGH, -((half_square - low) - f))
}

/// The value at a positive finite number, and what belongs everywhere else.
#[inline(always)]
fn finish(x: f64, value: f64) -> f64 {
    let beyond = if x == f64::INFINITY { x } else { f64::NAN };
    let beyond = if x == 0.0 { f64::NEG_INFINITY } else { beyond };
    if (x > 0.0) & (x < f64::INFINITY) {
        value
    } else {
        beyond
    }
}
