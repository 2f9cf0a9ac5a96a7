//! `Real`: the numbers that programs compute with, `f64` or `f32`, and every function of the equation language.
//!
//! The functions that take `FUSED` use the fused multiply-add, and are to be called with `true` from code for
//! processors that have it, with `false` otherwise ([`super::has_fused_multiply_add`]). The others are one
//! instruction or exact, and need not know.

use super::{double, fused::fused_single, single};
use std::fmt::{Debug, Display};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// A floating-point number.
pub trait Real:
    Copy
    + Default
    + PartialEq
    + PartialOrd
    + Debug
    + Display
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + crate::program::Kernels
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// To here from 0 `exp_rel_near_zero` serves.
    const NEAR_ZERO: Self;
    /// The size of a number in memory, in bytes.
    const BYTES: usize;

    /// The nearest number of this type.
    fn from_f64(x: f64) -> Self;
    /// The same number in double precision.
    fn to_f64(self) -> f64;
    /// Neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// `self*b + c`.
    fn mul_add<const FUSED: bool>(self, b: Self, c: Self) -> Self;

    /// The exponential.
    fn exp<const FUSED: bool>(self) -> Self;
    /// `exp(x) - 1` without cancellation near 0.
    fn exp_m1<const FUSED: bool>(self) -> Self;
    /// `(exp(x) - 1)/x`, 1 at 0.
    fn exp_rel<const FUSED: bool>(self) -> Self;
    /// The same bits as `exp_rel` for `|x| <= NEAR_ZERO`, faster.
    fn exp_rel_near_zero<const FUSED: bool>(self) -> Self;
    /// The natural logarithm: -∞ at 0, NaN below.
    fn log<const FUSED: bool>(self) -> Self;
    /// `log(1 + x)` without cancellation near 0.
    fn log_1p<const FUSED: bool>(self) -> Self;
    /// The sine; NaN beyond 2^40.
    fn sin<const FUSED: bool>(self) -> Self;
    /// The cosine; NaN beyond 2^40.
    fn cos<const FUSED: bool>(self) -> Self;
    /// The tangent; NaN beyond 2^40.
    fn tan<const FUSED: bool>(self) -> Self;
    /// The hyperbolic sine.
    fn sinh<const FUSED: bool>(self) -> Self;
    /// The hyperbolic cosine.
    fn cosh<const FUSED: bool>(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh<const FUSED: bool>(self) -> Self;
    /// The angle from -π/2 to π/2 with this sine.
    fn asin<const FUSED: bool>(self) -> Self;
    /// The angle from 0 to π with this cosine.
    fn acos<const FUSED: bool>(self) -> Self;
    /// The angle from -π/2 to π/2 with this tangent.
    fn atan<const FUSED: bool>(self) -> Self;
    /// `self` to the power `exponent`, as C's `pow`.
    fn power<const FUSED: bool>(self, exponent: Self) -> Self;
    /// The remainder with the sign of the divisor, as Python's `%`.
    fn modulo<const FUSED: bool>(self, divisor: Self) -> Self;

    /// The square root, correctly rounded.
    fn sqrt(self) -> Self;
    /// The absolute value.
    fn abs(self) -> Self;
    /// The largest whole number that is not above.
    fn floor(self) -> Self;
    /// The smallest whole number that is not below.
    fn ceil(self) -> Self;
    /// The whole number next to it towards 0.
    fn trunc(self) -> Self;

    /// -1, 0 or 1; NaN of NaN.
    #[inline(always)]
    fn sign(self) -> Self {
        let below = if self < Self::ZERO { -Self::ONE } else { self };
        if self > Self::ZERO { Self::ONE } else { below }
    }

    /// `a` where the condition holds, else `b`.
    #[inline(always)]
    fn select(condition: bool, a: Self, b: Self) -> Self {
        if condition { a } else { b }
    }

    /// The smaller; NaN where either is.
    #[inline(always)]
    #[allow(clippy::eq_op)]
    fn minimum(self, other: Self) -> Self {
        if (other < self) | (other != other) {
            other
        } else {
            self
        }
    }

    /// The larger; NaN where either is.
    #[inline(always)]
    #[allow(clippy::eq_op)]
    fn maximum(self, other: Self) -> Self {
        if (other > self) | (other != other) {
            other
        } else {
            self
        }
    }
}

impl Real for f64 {
    const ZERO: f64 = 0.0;
    const ONE: f64 = 1.0;
    const NEAR_ZERO: f64 = double::NEAR_ZERO;
    const BYTES: usize = 8;

    #[inline(always)]
    fn from_f64(x: f64) -> f64 {
        x
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
    #[inline(always)]
    fn is_finite(self) -> bool {
        f64::is_finite(self)
    }
    #[inline(always)]
    fn mul_add<const FUSED: bool>(self, b: f64, c: f64) -> f64 {
        super::fused::<FUSED>(self, b, c)
    }
    #[inline(always)]
    fn exp<const FUSED: bool>(self) -> f64 {
        double::exp::<FUSED>(self)
    }
    #[inline(always)]
    fn exp_m1<const FUSED: bool>(self) -> f64 {
        double::exp_m1::<FUSED>(self)
    }
    #[inline(always)]
    fn exp_rel<const FUSED: bool>(self) -> f64 {
        double::exp_rel::<FUSED>(self)
    }
    #[inline(always)]
    fn exp_rel_near_zero<const FUSED: bool>(self) -> f64 {
        double::exp_rel_near_zero::<FUSED>(self)
    }
    #[inline(always)]
    fn log<const FUSED: bool>(self) -> f64 {
        double::log::<FUSED>(self)
    }
    #[inline(always)]
    fn log_1p<const FUSED: bool>(self) -> f64 {
        double::log_1p::<FUSED>(self)
    }
    #[inline(always)]
    fn sin<const FUSED: bool>(self) -> f64 {
        double::sin::<FUSED>(self)
    }
    #[inline(always)]
    fn cos<const FUSED: bool>(self) -> f64 {
        double::cos::<FUSED>(self)
    }
    #[inline(always)]
    fn tan<const FUSED: bool>(self) -> f64 {
        double::tan::<FUSED>(self)
    }
    #[inline(always)]
    fn sinh<const FUSED: bool>(self) -> f64 {
        double::sinh::<FUSED>(self)
    }
    #[inline(always)]
    fn cosh<const FUSED: bool>(self) -> f64 {
        double::cosh::<FUSED>(self)
    }
    #[inline(always)]
    fn tanh<const FUSED: bool>(self) -> f64 {
        double::tanh::<FUSED>(self)
    }
    #[inline(always)]
    fn asin<const FUSED: bool>(self) -> f64 {
        double::asin::<FUSED>(self)
    }
    #[inline(always)]
    fn acos<const FUSED: bool>(self) -> f64 {
        double::acos::<FUSED>(self)
    }
    #[inline(always)]
    fn atan<const FUSED: bool>(self) -> f64 {
        double::atan::<FUSED>(self)
    }
    #[inline(always)]
    fn power<const FUSED: bool>(self, exponent: f64) -> f64 {
        double::power::<FUSED>(self, exponent)
    }
    #[inline(always)]
    fn modulo<const FUSED: bool>(self, divisor: f64) -> f64 {
        double::modulo::<FUSED>(self, divisor)
    }
    #[inline(always)]
    fn sqrt(self) -> f64 {
        f64::sqrt(self)
    }
    #[inline(always)]
    fn abs(self) -> f64 {
        f64::abs(self)
    }
    #[inline(always)]
    fn floor(self) -> f64 {
        f64::floor(self)
    }
    #[inline(always)]
    fn ceil(self) -> f64 {
        f64::ceil(self)
    }
    #[inline(always)]
    fn trunc(self) -> f64 {
        f64::trunc(self)
    }
}

impl Real for f32 {
    const ZERO: f32 = 0.0;
    const ONE: f32 = 1.0;
    const NEAR_ZERO: f32 = single::NEAR_ZERO;
    const BYTES: usize = 4;

    #[inline(always)]
    fn from_f64(x: f64) -> f32 {
        x as f32
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    fn is_finite(self) -> bool {
        f32::is_finite(self)
    }
    #[inline(always)]
    fn mul_add<const FUSED: bool>(self, b: f32, c: f32) -> f32 {
        fused_single::<FUSED>(self, b, c)
    }
    #[inline(always)]
    fn exp<const FUSED: bool>(self) -> f32 {
        single::exp::<FUSED>(self)
    }
    #[inline(always)]
    fn exp_m1<const FUSED: bool>(self) -> f32 {
        single::exp_m1::<FUSED>(self)
    }
    #[inline(always)]
    fn exp_rel<const FUSED: bool>(self) -> f32 {
        single::exp_rel::<FUSED>(self)
    }
    #[inline(always)]
    fn exp_rel_near_zero<const FUSED: bool>(self) -> f32 {
        single::exp_rel_near_zero::<FUSED>(self)
    }
    #[inline(always)]
    fn log<const FUSED: bool>(self) -> f32 {
        single::log::<FUSED>(self)
    }
    #[inline(always)]
    fn log_1p<const FUSED: bool>(self) -> f32 {
        single::log_1p::<FUSED>(self)
    }
    #[inline(always)]
    fn sin<const FUSED: bool>(self) -> f32 {
        single::sin::<FUSED>(self)
    }
    #[inline(always)]
    fn cos<const FUSED: bool>(self) -> f32 {
        single::cos::<FUSED>(self)
    }
    #[inline(always)]
    fn tan<const FUSED: bool>(self) -> f32 {
        double::tan::<FUSED>(self.to_f64()) as f32
    }
    #[inline(always)]
    fn sinh<const FUSED: bool>(self) -> f32 {
        double::sinh::<FUSED>(self.to_f64()) as f32
    }
    #[inline(always)]
    fn cosh<const FUSED: bool>(self) -> f32 {
        double::cosh::<FUSED>(self.to_f64()) as f32
    }
    #[inline(always)]
    fn tanh<const FUSED: bool>(self) -> f32 {
        single::tanh::<FUSED>(self)
    }
    #[inline(always)]
    fn asin<const FUSED: bool>(self) -> f32 {
        double::asin::<FUSED>(self.to_f64()) as f32
    }
    #[inline(always)]
    fn acos<const FUSED: bool>(self) -> f32 {
        double::acos::<FUSED>(self.to_f64()) as f32
    }
    #[inline(always)]
    fn atan<const FUSED: bool>(self) -> f32 {
        double::atan::<FUSED>(self.to_f64()) as f32
    }
    #[inline(always)]
    fn power<const FUSED: bool>(self, exponent: f32) -> f32 {
        double::power::<FUSED>(self.to_f64(), exponent.to_f64()) as f32
    }
    #[inline(always)]
    fn modulo<const FUSED: bool>(self, divisor: f32) -> f32 {
        double::modulo::<FUSED>(self.to_f64(), divisor.to_f64()) as f32
    }
    #[inline(always)]
    fn sqrt(self) -> f32 {
        f32::sqrt(self)
    }
    #[inline(always)]
    fn abs(self) -> f32 {
        f32::abs(self)
    }
    #[inline(always)]
    fn floor(self) -> f32 {
        f32::floor(self)
    }
    #[inline(always)]
    fn ceil(self) -> f32 {
        f32::ceil(self)
    }
    #[inline(always)]
    fn trunc(self) -> f32 {
        f32::trunc(self)
    }
}
