//! `exp` and its kin: `x = n ln 2 + r`, `exp(x) = 2^n (1 + r + r² q(r))` with a polynomial `q`.
//!
//! Reduction after Cody & Waite (1980), Software Manual for the Elementary Functions.

use super::super::fused::{fused, polynomial};

/// `1.5 * 2^52`: added to a number below 2^51, it leaves the nearest whole number in the lowest bits.
pub(super) const ROUNDING: f64 = 6_755_399_441_055_744.0;

/// ln 2 to 40 bits, so that its product with an exponent is exact; and the rest.
pub(super) const LN_2_HIGH: f64 = 0.693_147_180_559_208_2;
pub(super) const LN_2_LOW: f64 = 7.371_002_565_167_799e-13;

/// `(exp(r) - 1 - r)/r²` for `|r| <= ln(2)/2`; error 2^-62 of `exp(r)`.
const EXP: [f64; 11] = [
    0.5,
    0.1666666666666667,
    0.04166666666666667,
    0.008333333333326136,
    0.0013888888888883748,
    0.00019841269874820627,
    2.4801587325547743e-05,
    2.7557255400206422e-06,
    2.75572736431103e-07,
    2.5105217004720745e-08,
    2.0914686968086876e-09,
];

/// Below, `x` is itself the nearest number to `exp(x) - 1`, and 1 to `exp(x)`.
const TINY: f64 = 5.551_115_123_125_783e-17;

/// The exponential of `x`.
#[inline(always)]
pub fn exp<const FUSED: bool>(x: f64) -> f64 {
    exp_of_sum::<FUSED>(x, None)
}

/// `exp(x + tail)`, where `tail` is small against 1.
#[inline(always)]
pub(super) fn exp_of_sum<const FUSED: bool>(x: f64, tail: Option<f64>) -> f64 {
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let (n, growth) = growth::<FUSED>(x, tail);
    // 2^n in two factors: one alone overflows at the upper end, and is subnormal at the lower.
    let biased = n.wrapping_add(2048);
    let half = biased >> 1;
    let first = f64::from_bits(half.wrapping_sub(1) << 52);
    let second = f64::from_bits(biased.wrapping_sub(half).wrapping_sub(1) << 52);
    (1.0 + growth) * first * second
}

/// `exp(x) - 1`, exact to the last place or so also near 0.
#[inline(always)]
pub fn exp_m1<const FUSED: bool>(x: f64) -> f64 {
    4.0 * quarter_exp_m1::<FUSED>(x)
}

/// To here from 0 nothing is taken off the argument of [`exp_rel`].
pub const NEAR_ZERO: f64 = 0.5;

/// `(exp(r) - 1 - r)/r²` for `|r| <= NEAR_ZERO`; error 2^-60 of `exp_rel(r)`, which is `1 + r` times it.
const EXP_REL: [f64; 12] = [
    0.5,
    0.16666666666666666,
    0.041666666666667164,
    0.008333333333333807,
    0.0013888888888661218,
    0.00019841269840392142,
    2.4801587666164665e-05,
    2.755732000735655e-06,
    2.7557053976511557e-07,
    2.505174527462374e-08,
    2.0966519276421017e-09,
    1.6143086856789562e-10,
];

/// `(exp(x) - 1)/x`, 1 at 0 and infinite beyond 710.
#[inline(always)]
pub fn exp_rel<const FUSED: bool>(x: f64) -> f64 {
    let near_zero = x.abs() <= NEAR_ZERO;
    let bounded = if x > 710.0 { 710.0 } else { x };
    let bounded = if bounded < -40.0 { -40.0 } else { bounded };
    let shifted = if near_zero {
        ROUNDING
    } else {
        shifted::<FUSED>(bounded)
    };
    let (n, whole, exact) = reduce::<FUSED>(bounded, shifted);
    let r = fused::<FUSED>(-whole, LN_2_LOW, exact);
    let tail = fused::<FUSED>(-whole, LN_2_LOW, exact - r);
    let q = polynomial::<FUSED, 12>(r, &EXP_REL);
    let growth = r + fused::<FUSED>(r * r, q, tail);
    let ratio = less_one::<FUSED>(n, growth) / (0.25 * x);
    let ratio = if x > 710.0 { f64::INFINITY } else { ratio };
    let near = fused::<FUSED>(r, q, 1.0);
    if near_zero { near } else { ratio }
}

/// [`exp_rel`] for `|x| <= NEAR_ZERO`, bit by bit: there `r` is `x`, and no division is needed.
#[inline(always)]
pub fn exp_rel_near_zero<const FUSED: bool>(x: f64) -> f64 {
    fused::<FUSED>(x, polynomial::<FUSED, 12>(x, &EXP_REL), 1.0)
}

/// `(exp(x) - 1)/4`, which is finite a little beyond the range of `exp`.
#[inline(always)]
pub(super) fn quarter_exp_m1<const FUSED: bool>(x: f64) -> f64 {
    let bounded = if x > 710.5 { 710.5 } else { x };
    let bounded = if bounded < -40.0 { -40.0 } else { bounded };
    let (n, growth) = careful_growth::<FUSED>(bounded);
    let value = less_one::<FUSED>(n, growth);
    let value = if x.abs() < TINY { 0.25 * x } else { value };
    if x > 710.5 { f64::INFINITY } else { value }
}

/// `(2^n (1 + growth) - 1)/4`
#[inline(always)]
fn less_one<const FUSED: bool>(n: u64, growth: f64) -> f64 {
    let quarter = f64::from_bits(n.wrapping_add(1023 - 2) << 52);
    fused::<FUSED>(quarter, growth, quarter - 0.25)
}

/// `n` (two's complement) and `exp(r) - 1`, where `x + tail = n ln 2 + r`.
#[inline(always)]
fn growth<const FUSED: bool>(x: f64, tail: Option<f64>) -> (u64, f64) {
    let (n, whole, exact) = reduce::<FUSED>(x, shifted::<FUSED>(x));
    let r = match tail {
        None => fused::<FUSED>(-whole, LN_2_LOW, exact),
        Some(tail) => exact + fused::<FUSED>(-whole, LN_2_LOW, tail),
    };
    let q = polynomial::<FUSED, 11>(r, &EXP);
    (n, fused::<FUSED>(r * r, q, r))
}

/// As [`growth`], with what is lost when `r` is rounded added again.
#[inline(always)]
fn careful_growth<const FUSED: bool>(x: f64) -> (u64, f64) {
    let (n, whole, exact) = reduce::<FUSED>(x, shifted::<FUSED>(x));
    let r = fused::<FUSED>(-whole, LN_2_LOW, exact);
    let tail = fused::<FUSED>(-whole, LN_2_LOW, exact - r);
    let q = polynomial::<FUSED, 11>(r, &EXP);
    (n, r + fused::<FUSED>(r * r, q, tail))
}

/// `1.5 * 2^52 + n` with the whole number `n` next to `x / ln 2`.
#[inline(always)]
fn shifted<const FUSED: bool>(x: f64) -> f64 {
    fused::<FUSED>(x, std::f64::consts::LOG2_E, ROUNDING)
}

/// `n` in two's complement and as a number, and `x - n ln 2` with the high part of ln 2, which is exact.
#[inline(always)]
fn reduce<const FUSED: bool>(x: f64, shifted: f64) -> (u64, f64, f64) {
    let whole = shifted - ROUNDING;
    let n = shifted.to_bits().wrapping_sub(ROUNDING.to_bits());
    (n, whole, fused::<FUSED>(-whole, LN_2_HIGH, x))
}
