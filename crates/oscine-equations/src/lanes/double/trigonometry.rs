//! `sin`, `cos`, `tan`: `x = n π/2 + r` with `|r| <= π/4`, `n` and `r` found with π/2 in three parts, products
//! unrounded (after Cody & Waite); then polynomials in `r²`, chosen and signed by the quarter of the circle.

use super::super::fused::{fused, polynomial, residue};
use super::exponential::ROUNDING;

/// π/2 as the sum of three numbers.
const HALF_PI: [f64; 3] = [
    std::f64::consts::FRAC_PI_2,
    6.123_233_995_736_766e-17,
    -1.497_384_904_859_169_8e-33,
];

/// Beyond this angle the step from one number to the next is coarse (0.0002): the functions give NaN.
pub(crate) const LARGEST_ANGLE: f64 = 1_099_511_627_776.0;

/// `(sin(r)/r - 1)/r²` in powers of `r²`, for `|r| <= π/4`; error 2^-56 of the sine.
const SIN: [f64; 6] = [
    -0.16666666666666666,
    0.008333333333330925,
    -0.00019841269836722437,
    2.755731608382574e-06,
    -2.505112794596564e-08,
    1.591784866512194e-10,
];

/// `(cos(r) - 1 + r²/2)/r⁴` in powers of `r²`, for `|r| <= π/4`; error 2^-60 of the cosine.
const COS: [f64; 6] = [
    0.041666666666666664,
    -0.0013888888888887382,
    2.480158729874308e-05,
    -2.755731726001471e-07,
    2.0876143829213935e-09,
    -1.1382456865840483e-11,
];

/// The sine of an angle in radians, `|x| <= 2^40`; NaN beyond.
#[inline(always)]
pub fn sin<const FUSED: bool>(x: f64) -> f64 {
    let (quarter, r, tail) = reduce::<FUSED>(x);
    let (cosine, sine) = cos_sin::<FUSED>(r, tail);
    let value = if quarter & 1 == 0 { sine } else { cosine };
    let value = f64::from_bits(value.to_bits() ^ ((quarter & 2) << 62));
    if x == 0.0 { x } else { value }
}

/// The cosine of an angle in radians, `|x| <= 2^40`; NaN beyond.
#[inline(always)]
pub fn cos<const FUSED: bool>(x: f64) -> f64 {
    let (quarter, r, tail) = reduce::<FUSED>(x);
    let (cosine, sine) = cos_sin::<FUSED>(r, tail);
    let value = if quarter & 1 == 0 { cosine } else { sine };
    f64::from_bits(value.to_bits() ^ ((quarter.wrapping_add(1) & 2) << 62))
}

/// The tangent of an angle in radians, `|x| <= 2^40`; NaN beyond.
#[inline(always)]
pub fn tan<const FUSED: bool>(x: f64) -> f64 {
    let (quarter, r, tail) = reduce::<FUSED>(x);
    let (cosine, sine) = cos_sin::<FUSED>(r, tail);
    let odd = quarter & 1 == 1;
    let above = if odd { -cosine } else { sine };
    let below = if odd { sine } else { cosine };
    if x == 0.0 { x } else { above / below }
}

/// The cosine and sine of `turn` turns (of `2π turn`), for `|turn| <= 2^40`.
#[inline(always)]
pub fn cos_sin_of_turn<const FUSED: bool>(turn: f64) -> (f64, f64) {
    let shifted = 4.0 * turn + ROUNDING;
    let quarter = shifted.to_bits();
    let r = (4.0 * turn - (shifted - ROUNDING)) * HALF_PI[0];
    let (cosine, sine) = cos_sin::<FUSED>(r, 0.0);
    let even = quarter & 1 == 0;
    let first = if even { cosine } else { sine };
    let second = if even { sine } else { cosine };
    let first = f64::from_bits(first.to_bits() ^ ((quarter.wrapping_add(1) & 2) << 62));
    let second = f64::from_bits(second.to_bits() ^ ((quarter & 2) << 62));
    (first, second)
}

/// The quarter of the circle (its lowest two bits) and the angle from that quarter's middle, as a sum of two.
#[inline(always)]
pub(crate) fn reduce<const FUSED: bool>(x: f64) -> (u64, f64, f64) {
    let x = if x.abs() <= LARGEST_ANGLE {
        x
    } else {
        f64::NAN
    };
    let shifted = fused::<FUSED>(x, std::f64::consts::FRAC_2_PI, ROUNDING);
    let n = shifted - ROUNDING;
    let exact = residue::<FUSED>(x, n, HALF_PI[0]);
    let r = residue::<FUSED>(exact, n, HALF_PI[1]);
    // What is lost when r is rounded; where r is small against 1, r is exact enough without it.
    let tail = residue::<FUSED>(exact - r, n, HALF_PI[1]);
    let tail = if r.abs() > 0.001 { tail } else { 0.0 };
    (shifted.to_bits(), r, fused::<FUSED>(-n, HALF_PI[2], tail))
}

/// Cosine and sine of `r + tail` for `|r| <= π/4`.
#[inline(always)]
fn cos_sin<const FUSED: bool>(r: f64, tail: f64) -> (f64, f64) {
    let z = r * r;
    let half = 0.5 * z;
    let lead = 1.0 - half;
    let rest = (1.0 - lead) - half;
    let bend = fused::<FUSED>(r * z, polynomial::<FUSED, 6>(z, &SIN), tail * lead);
    let sine = r + bend;
    let rest = fused::<FUSED>(-r, tail, rest);
    let cosine = lead + fused::<FUSED>(z * z, polynomial::<FUSED, 6>(z, &COS), rest);
    (cosine, sine)
}
