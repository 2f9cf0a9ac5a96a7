//! `exp`, `exp_m1`, `exp_rel` and `tanh` in single precision, with the reduction of [`super::super::double`].

use super::super::fused::{fused_single, polynomial_single};

/// `1.5 * 2^23`: added to a number below 2^22, it leaves the nearest whole number in the lowest bits.
const ROUNDING: f32 = 12_582_912.0;

/// ln 2 to 14 bits, so that its product with an exponent is exact; and the rest.
const LN_2_HIGH: f32 = 11_356.0 / 16_384.0;
const LN_2_LOW: f32 = 3.194_618_5e-5;

/// `(exp(r) - 1 - r)/r²` for `|r| <= ln(2)/2`; error 2^-27 of `exp(r)`.
const EXP: [f32; 5] = [0.5, 0.16666576, 0.041666556, 0.008363179, 0.0013926184];

/// Below, `x` is itself the nearest number to `exp(x) - 1`.
const TINY: f32 = 2.980_232_2e-8;

/// The exponential of `x`.
#[inline(always)]
pub fn exp<const FUSED: bool>(x: f32) -> f32 {
    let x = if x > 89.0 { 89.0 } else { x };
    let x = if x < -104.0 { -104.0 } else { x };
    let (n, growth) = growth::<FUSED>(x);
    let biased = n.wrapping_add(256);
    let half = biased >> 1;
    let first = f32::from_bits(half.wrapping_sub(1) << 23);
    let second = f32::from_bits(biased.wrapping_sub(half).wrapping_sub(1) << 23);
    (1.0 + growth) * first * second
}

/// `exp(x) - 1`, exact to the last place or so also near 0.
#[inline(always)]
pub fn exp_m1<const FUSED: bool>(x: f32) -> f32 {
    let bounded = if x > 89.0 { 89.0 } else { x };
    let bounded = if bounded < -20.0 { -20.0 } else { bounded };
    let (n, growth) = careful_growth::<FUSED>(bounded);
    let value = 2.0 * less_one::<FUSED>(n, growth);
    if x.abs() < TINY { x } else { value }
}

/// To here from 0 nothing is taken off the argument of [`exp_rel`].
pub const NEAR_ZERO: f32 = 0.5;

/// `(exp(r) - 1 - r)/r²` for `|r| <= NEAR_ZERO`; error 2^-27 of `exp_rel(r)`, which is `1 + r` times it.
const EXP_REL: [f32; 6] = [
    0.5,
    0.166_666_67,
    0.041_665_85,
    0.008_333_174_5,
    0.001_398_224_3,
    0.000_199_650_5,
];

/// `(exp(x) - 1)/x`, 1 at 0 and infinite beyond 89.
#[inline(always)]
pub fn exp_rel<const FUSED: bool>(x: f32) -> f32 {
    let near_zero = x.abs() <= NEAR_ZERO;
    let bounded = if x > 89.0 { 89.0 } else { x };
    let bounded = if bounded < -20.0 { -20.0 } else { bounded };
    let shifted = if near_zero {
        ROUNDING
    } else {
        shifted::<FUSED>(bounded)
    };
    let (n, r, tail) = reduce::<FUSED>(bounded, shifted);
    let q = polynomial_single::<FUSED, 6>(r, &EXP_REL);
    let growth = r + fused_single::<FUSED>(r * r, q, tail);
    let ratio = less_one::<FUSED>(n, growth) / (0.5 * x);
    let ratio = if x > 89.0 { f32::INFINITY } else { ratio };
    let near = fused_single::<FUSED>(r, q, 1.0);
    if near_zero { near } else { ratio }
}

/// [`exp_rel`] for `|x| <= NEAR_ZERO`, bit by bit: there `r` is `x`, and no division is needed.
#[inline(always)]
pub fn exp_rel_near_zero<const FUSED: bool>(x: f32) -> f32 {
    fused_single::<FUSED>(x, polynomial_single::<FUSED, 6>(x, &EXP_REL), 1.0)
}

/// `tanh(x) = t/(t + 2)` with `t = exp(2x) - 1`.
#[inline(always)]
pub fn tanh<const FUSED: bool>(x: f32) -> f32 {
    let doubled = 2.0 * x.abs();
    let doubled = if doubled > 25.0 { 25.0 } else { doubled };
    let t = exp_m1::<FUSED>(doubled);
    (t / (t + 2.0)).copysign(x)
}

/// `(2^n (1 + growth) - 1)/2`
#[inline(always)]
fn less_one<const FUSED: bool>(n: u32, growth: f32) -> f32 {
    let half = f32::from_bits(n.wrapping_add(127 - 1) << 23);
    fused_single::<FUSED>(half, growth, half - 0.5)
}

/// `n` (two's complement) and `exp(r) - 1`, where `x = n ln 2 + r`.
#[inline(always)]
fn growth<const FUSED: bool>(x: f32) -> (u32, f32) {
    let (n, r, _) = reduce::<FUSED>(x, shifted::<FUSED>(x));
    let q = polynomial_single::<FUSED, 5>(r, &EXP);
    (n, fused_single::<FUSED>(r * r, q, r))
}

/// As [`growth`], with what is lost when `r` is rounded added again.
#[inline(always)]
fn careful_growth<const FUSED: bool>(x: f32) -> (u32, f32) {
    let (n, r, tail) = reduce::<FUSED>(x, shifted::<FUSED>(x));
    let q = polynomial_single::<FUSED, 5>(r, &EXP);
    (n, r + fused_single::<FUSED>(r * r, q, tail))
}

/// `1.5 * 2^23 + n` with the whole number `n` next to `x / ln 2`.
#[inline(always)]
fn shifted<const FUSED: bool>(x: f32) -> f32 {
    fused_single::<FUSED>(x, std::f32::consts::LOG2_E, ROUNDING)
}

/// `n` in two's complement, and `x - n ln 2` as a sum of two.
#[inline(always)]
fn reduce<const FUSED: bool>(x: f32, shifted: f32) -> (u32, f32, f32) {
    let whole = shifted - ROUNDING;
    let n = shifted.to_bits().wrapping_sub(ROUNDING.to_bits());
    let exact = fused_single::<FUSED>(-whole, LN_2_HIGH, x);
    let r = fused_single::<FUSED>(-whole, LN_2_LOW, exact);
    (n, r, fused_single::<FUSED>(-whole, LN_2_LOW, exact - r))
}
