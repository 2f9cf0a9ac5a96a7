//! `log` and `log_1p` in single precision, with the reduction of [`super::super::double`].

use super::super::fused::{fused_single, polynomial_single};

const LN_2_HIGH: f32 = 11_356.0 / 16_384.0;
const LN_2_LOW: f32 = 3.194_618_5e-5;

/// `(log((1 + s)/(1 - s))/s - 2)/s²` in powers of `s²`, for `s² <= 0.0295`; error 2^-28 of the logarithm.
const LOG: [f32; 3] = [0.66666687, 0.39988777, 0.29580054];

const SQRT_HALF_BITS: u32 = 0x3f35_04f3;
const ONE_BITS: u32 = 0x3f80_0000;
const MANTISSA: u32 = 0x007f_ffff;

/// The natural logarithm of `x`: -∞ at 0, NaN below.
#[inline(always)]
pub fn log<const FUSED: bool>(x: f32) -> f32 {
    finish(x, log_of_positive::<FUSED>(x, 0.0))
}

/// `log(1 + x)`, exact to the last place or so also near 0: -∞ at -1, NaN below.
#[inline(always)]
pub fn log_1p<const FUSED: bool>(x: f32) -> f32 {
    let sum = 1.0 + x;
    let added = sum - 1.0;
    let rest = (1.0 - (sum - added)) + (x - added);
    let value = finish(sum, log_of_positive::<FUSED>(sum, rest / sum));
    if x.abs() < 2.980_232_2e-8 { x } else { value }
}

/// `log(x) + correction` for a positive finite `x` and a correction that is small against 1.
#[inline(always)]
fn log_of_positive<const FUSED: bool>(x: f32, correction: f32) -> f32 {
    let subnormal = x < f32::MIN_POSITIVE;
    let scaled = if subnormal { x * 33_554_432.0 } else { x };
    let lift = if subnormal { 25.0 } else { 0.0 };
    let bits = scaled.to_bits().wrapping_add(ONE_BITS - SQRT_HALF_BITS);
    let mantissa = f32::from_bits((bits & MANTISSA).wrapping_add(SQRT_HALF_BITS));
    let k = (bits >> 23) as i32 as f32 - 127.0 - lift;

    let f = mantissa - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let half_square = 0.5 * f * f;
    let r = z * polynomial_single::<FUSED, 3>(z, &LOG);
    let low = fused_single::<FUSED>(k, LN_2_LOW, correction);
    let low = fused_single::<FUSED>(s, half_square + r, low);
    fused_single::<FUSED>(k, LN_2_HIGH, -((half_square - low) - f))
}

/// The value at a positive finite number, and what belongs everywhere else.
#[inline(always)]
fn finish(x: f32, value: f32) -> f32 {
    let beyond = if x == f32::INFINITY { x } else { f32::NAN };
    let beyond = if x == 0.0 { f32::NEG_INFINITY } else { beyond };
    if (x > 0.0) & (x < f32::INFINITY) {
        value
    } else {
        beyond
    }
}
