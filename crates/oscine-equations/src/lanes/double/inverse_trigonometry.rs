//! `atan`, `asin`, `acos`: an argument brought near 0 by an addition theorem, then a polynomial in its square.

use super::super::fused::{fused, polynomial};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// What π/2 lacks of its number.
const FRAC_PI_2_LOW: f64 = 6.123_233_995_736_766e-17;

/// `(atan(t)/t - 1)/t²` in powers of `t²`, for `|t| <= tan(π/8)`; error 2^-57.
const ATAN: [f64; 11] = [
    -0.3333333333333333,
    0.19999999999995516,
    -0.14285714284665682,
    0.11111111015187018,
    -0.0909090457530649,
    0.07692183125376892,
    -0.06664510525508936,
    0.05858140904866328,
    -0.050854078345894844,
    0.03923044778479309,
    -0.019175404711104935,
];

/// `(asin(s)/s - 1)/s²` in powers of `s²`, for `|s| <= 1/2`; error 2^-57.
const ASIN: [f64; 13] = [
    0.16666666666666669,
    0.07499999999998433,
    0.04464285714635543,
    0.030381944138531247,
    0.02237217294214989,
    0.017352392720869973,
    0.013971212973552933,
    0.011479177415184906,
    0.01032281435018578,
    0.005457506718640358,
    0.01740087944269402,
    -0.014851887071247204,
    0.028757851367421566,
];

/// The angle, from -π/2 to π/2, whose tangent is `x`.
#[inline(always)]
pub fn atan<const FUSED: bool>(x: f64) -> f64 {
    let a = x.abs();
    let steep = a > 2.414_213_562_373_095;
    let middle = a > 0.414_213_562_373_095_03;
    let above = if middle { a - 1.0 } else { a };
    let above = if steep { -1.0 } else { above };
    let below = if middle { a + 1.0 } else { 1.0 };
    let below = if steep { a } else { below };
    let t = above / below;
    let base = if middle { FRAC_PI_4 } else { 0.0 };
    let base = if steep { FRAC_PI_2 } else { base };
    let low = if middle { 0.5 * FRAC_PI_2_LOW } else { 0.0 };
    let low = if steep { FRAC_PI_2_LOW } else { low };
    let z = t * t;
    let rest = fused::<FUSED>(t * z, polynomial::<FUSED, 11>(z, &ATAN), low);
    (base + (rest + t)).copysign(x)
}

/// The angle, from -π/2 to π/2, whose sine is `x`; NaN outside -1 to 1.
#[inline(always)]
pub fn asin<const FUSED: bool>(x: f64) -> f64 {
    let a = x.abs();
    let outer = a > 0.5;
    let (s, bend) = bend::<FUSED>(a, outer);
    let value = if outer {
        FRAC_PI_2 - (2.0 * (s + bend) - FRAC_PI_2_LOW)
    } else {
        s + bend
    };
    value.copysign(x)
}

/// The angle, from 0 to π, whose cosine is `x`; NaN outside -1 to 1.
#[inline(always)]
pub fn acos<const FUSED: bool>(x: f64) -> f64 {
    let a = x.abs();
    let outer = a > 0.5;
    let (s, bend) = bend::<FUSED>(a, outer);
    let near = 2.0 * (s + bend);
    let far = PI - (near - 2.0 * FRAC_PI_2_LOW);
    let edge = if x < 0.0 { far } else { near };
    let signed = if x < 0.0 { -s } else { s };
    let signed_bend = if x < 0.0 { -bend } else { bend };
    let middle = FRAC_PI_2 - (signed - (FRAC_PI_2_LOW - signed_bend));
    if outer { edge } else { middle }
}

/// `s` and `asin(s) - s`, where `s` is `a`, or `sqrt((1 - a)/2)` in the outer half.
#[inline(always)]
fn bend<const FUSED: bool>(a: f64, outer: bool) -> (f64, f64) {
    let z = if outer { 0.5 * (1.0 - a) } else { a * a };
    let s = if outer { z.sqrt() } else { a };
    (s, s * z * polynomial::<FUSED, 13>(z, &ASIN))
}
