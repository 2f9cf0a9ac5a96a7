//! `sin` and `cos` in single precision: the angle is reduced in double precision, the polynomials are single.

use super::super::double::reduce;
use super::super::fused::{fused_single, polynomial_single};

/// `(sin(r)/r - 1)/r²` in powers of `r²`, for `|r| <= π/4`; error 2^-26 of the sine.
const SIN: [f32; 3] = [-0.16666664, 0.008332746, -0.00019587387];

/// `(cos(r) - 1 + r²/2)/r⁴` in powers of `r²`, for `|r| <= π/4`; error 2^-29 of the cosine.
const COS: [f32; 3] = [0.041666664, -0.00138883, 2.4547437e-05];

/// The sine of an angle in radians, `|x| <= 2^40`; NaN beyond.
#[inline(always)]
pub fn sin<const FUSED: bool>(x: f32) -> f32 {
    let (quarter, cosine, sine) = quarter_cos_sin::<FUSED>(x);
    let value = if quarter & 1 == 0 { sine } else { cosine };
    let value = f32::from_bits(value.to_bits() ^ ((quarter & 2) << 30));
    if x == 0.0 { x } else { value }
}

/// The cosine of an angle in radians, `|x| <= 2^40`; NaN beyond.
#[inline(always)]
pub fn cos<const FUSED: bool>(x: f32) -> f32 {
    let (quarter, cosine, sine) = quarter_cos_sin::<FUSED>(x);
    let value = if quarter & 1 == 0 { cosine } else { sine };
    f32::from_bits(value.to_bits() ^ ((quarter.wrapping_add(1) & 2) << 30))
}

/// The quarter of the circle, and cosine and sine of the angle from its middle.
#[inline(always)]
fn quarter_cos_sin<const FUSED: bool>(x: f32) -> (u32, f32, f32) {
    let (quarter, r, _) = reduce::<FUSED>(f64::from(x));
    let r = r as f32;
    let z = r * r;
    let sine = fused_single::<FUSED>(r * z, polynomial_single::<FUSED, 3>(z, &SIN), r);
    let half = 0.5 * z;
    let lead = 1.0 - half;
    let rest = (1.0 - lead) - half;
    let cosine = lead + fused_single::<FUSED>(z * z, polynomial_single::<FUSED, 3>(z, &COS), rest);
    (quarter as u32, cosine, sine)
}
