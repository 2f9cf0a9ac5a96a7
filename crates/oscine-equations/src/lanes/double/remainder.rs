//! `modulo`: the remainder that has the sign of the divisor, as Python's `%`: `a - b floor(a/b)`.

use super::super::fused::residue;

/// The remainder of `a` divided by `b`, between 0 and `b`. NaN where `b` is 0, and where the quotient is beyond
/// 2^53, as whole numbers have gaps there.
#[inline(always)]
pub fn modulo<const FUSED: bool>(a: f64, b: f64) -> f64 {
    let quotient = (a / b).floor();
    let rest = residue::<FUSED>(a, quotient, b);
    // The quotient is rounded before `floor`, and may be one off.
    let opposite = (rest < 0.0) != (b < 0.0);
    let rest = if opposite & (rest != 0.0) {
        rest + b
    } else {
        rest
    };
    let rest = if rest.abs() > b.abs() { rest - b } else { rest };
    let rest = if quotient.abs() < 9_007_199_254_740_992.0 {
        rest
    } else {
        f64::NAN
    };
    let unbounded = if (a == 0.0) | ((a < 0.0) == (b < 0.0)) {
        a
    } else {
        b
    };
    let unbounded = if a.abs() < f64::INFINITY {
        unbounded
    } else {
        f64::NAN
    };
    let value = if b.abs() == f64::INFINITY {
        unbounded
    } else {
        rest
    };
    // A remainder of 0 has the sign of the divisor.
    if value == 0.0 {
        0.0f64.copysign(b)
    } else {
        value
    }
}
