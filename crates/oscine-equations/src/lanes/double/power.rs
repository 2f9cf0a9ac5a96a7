//! `power`: `x^y = exp(y log|x|)`, with the logarithm and the product as unevaluated sums of two numbers, because
//! an error in the exponent is multiplied by up to 745 in the result.
//!
//! With `s = (m - 1)/(m + 1)`, `log(m) = 2s (1 + s² (1/3 + s²/5 + …))`. Special values as in IEEE 754-2019, 9.2.1.

use super::super::fused::{exact_product, exact_sum_ordered, fused, polynomial, residue};
use super::exponential::{LN_2_HIGH, LN_2_LOW, exp_of_sum};
use super::logarithm::decompose;

/// `1/5 + s²/7 + …` in powers of `s²`, for `s² <= 0.0295`; error 2^-70 of the logarithm.
const REST: [f64; 8] = [
    0.2,
    0.14285714285714682,
    0.11111111110827943,
    0.09090909167696401,
    0.07692297481259215,
    0.06667402346923655,
    0.05853118169745603,
    0.05861589311938259,
];

const THIRD: f64 = 1.0 / 3.0;
const THIRD_LOW: f64 = 1.850_371_707_708_594e-17;

/// `x` to the power `y`, as C's `pow`: a negative `x` has whole powers only, else the result is NaN.
#[inline(always)]
pub fn power<const FUSED: bool>(x: f64, y: f64) -> f64 {
    let (log_high, log_low) = log_in_two::<FUSED>(x.abs());
    let (product, rest) = exact_product::<FUSED>(y, log_high);
    let tail = fused::<FUSED>(y, log_low, rest);
    let tail = if product.abs() < 800.0 { tail } else { 0.0 };
    let size = exp_of_sum::<FUSED>(product, Some(tail));
    let size = if x.abs() == 1.0 { 1.0 } else { size };

    let whole = y.trunc() == y;
    let odd = whole & ((0.5 * y).trunc() != 0.5 * y);
    let negative = x.to_bits() >> 63 == 1;
    let signed = if negative & odd { -size } else { size };
    let broken = negative & !whole & (x != 0.0) & (x != f64::NEG_INFINITY);
    let value = if broken { f64::NAN } else { signed };
    let value = if x.is_nan() | y.is_nan() {
        f64::NAN
    } else {
        value
    };
    if (y == 0.0) | (x == 1.0) { 1.0 } else { value }
}

/// The logarithm of a number that is not negative, as a sum of two.
#[inline(always)]
fn log_in_two<const FUSED: bool>(x: f64) -> (f64, f64) {
    let (k, mantissa) = decompose(x);
    let f = mantissa - 1.0;
    // s = f/(2 + f), its rest from the exact remainder of the division.
    let (below, below_low) = exact_sum_ordered(2.0, f);
    let s = f / below;
    let s_low = (residue::<FUSED>(f, s, below) - s * below_low) / below;
    // s², with its rest.
    let (z, z_rest) = exact_product::<FUSED>(s, s);
    let z_low = fused::<FUSED>(2.0 * s, s_low, z_rest);
    // 1/3 + s²/5 + …, with its rest.
    let (sum, sum_rest) = exact_sum_ordered(THIRD, z * polynomial::<FUSED, 8>(z, &REST));
    let sum_low = sum_rest + THIRD_LOW;
    // s² (1/3 + …), 1 + that, 2s times that: each a sum of two.
    let (bend, bend_rest) = exact_product::<FUSED>(z, sum);
    let bend_low = fused::<FUSED>(z, sum_low, fused::<FUSED>(z_low, sum, bend_rest));
    let (factor, factor_rest) = exact_sum_ordered(1.0, bend);
    let factor_low = factor_rest + bend_low;
    let (high, high_rest) = exact_product::<FUSED>(2.0 * s, factor);
    let low = fused::<FUSED>(
        2.0 * s,
        factor_low,
        fused::<FUSED>(2.0 * s_low, factor, high_rest),
    );
    // k ln 2 is the larger unless k = 0.
    let (total, total_rest) = exact_sum_ordered(k * LN_2_HIGH, high);
    let total_low = total_rest + fused::<FUSED>(k, LN_2_LOW, low);
    let (total, total_low) = exact_sum_ordered(total, total_low);
    let edge = if x == 0.0 { f64::NEG_INFINITY } else { total };
    let edge = if x == f64::INFINITY { x } else { edge };
    (edge, total_low)
}
