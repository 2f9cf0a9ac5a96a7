//! The same functions to about 100 bits, for the tests: numbers as unevaluated sums of two (Dekker 1971), series
//! and Newton's method. Slow, and written on other lines than what they check.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// `high + low`, with `low` at most half a unit in the last place of `high`.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub high: f64,
    pub low: f64,
}

/// ln 2 and π/2 in three parts.
const LN_2: [f64; 3] = [
    std::f64::consts::LN_2,
    2.3190468138462996e-17,
    5.707708438416212e-34,
];
const HALF_PI: [f64; 3] = [
    std::f64::consts::FRAC_PI_2,
    6.123233995736766e-17,
    -1.4973849048591698e-33,
];

fn two_sum(a: f64, b: f64) -> Pair {
    let high = a + b;
    let part = high - a;
    Pair {
        high,
        low: (a - (high - part)) + (b - part),
    }
}

fn two_product(a: f64, b: f64) -> Pair {
    let high = a * b;
    Pair {
        high,
        low: a.mul_add(b, -high),
    }
}

impl From<f64> for Pair {
    fn from(high: f64) -> Pair {
        Pair { high, low: 0.0 }
    }
}

impl Add for Pair {
    type Output = Pair;
    fn add(self, other: Pair) -> Pair {
        let sum = two_sum(self.high, other.high);
        let low = two_sum(self.low, other.low);
        let sum = two_sum(sum.high, sum.low + low.high);
        two_sum(sum.high, sum.low + low.low)
    }
}

impl Neg for Pair {
    type Output = Pair;
    fn neg(self) -> Pair {
        Pair {
            high: -self.high,
            low: -self.low,
        }
    }
}

impl Sub for Pair {
    type Output = Pair;
    fn sub(self, other: Pair) -> Pair {
        self + -other
    }
}

impl Mul for Pair {
    type Output = Pair;
    fn mul(self, other: Pair) -> Pair {
        let product = two_product(self.high, other.high);
        two_sum(
            product.high,
            product.low + (self.high * other.low + self.low * other.high),
        )
    }
}

impl Div for Pair {
    type Output = Pair;
    fn div(self, other: Pair) -> Pair {
        let first = self.high / other.high;
        let rest = self - other * first.into();
        let second = rest.high / other.high;
        let rest = rest - other * second.into();
        two_sum(first, second) + (rest.high / other.high).into()
    }
}

impl Pair {
    fn scaled(self, power_of_two: f64) -> Pair {
        Pair {
            high: self.high * power_of_two,
            low: self.low * power_of_two,
        }
    }

    fn sqrt(self) -> Pair {
        let root = self.high.sqrt();
        if root == 0.0 {
            return root.into();
        }
        let rest = self - two_product(root, root);
        two_sum(root, rest.high / (2.0 * root))
    }

    /// `n` and `x - n parts`.
    fn reduced(self, parts: [f64; 3]) -> (f64, Pair) {
        let n = (self.high / parts[0]).round();
        let mut rest = self;
        for part in parts {
            rest = rest - two_product(n, part);
        }
        (n, rest)
    }

    /// `Σ x^(2k + first)/(2k + first)!`, its terms signed by turns if `alternating`.
    fn series(self, first: u32, step: u32, alternating: bool) -> Pair {
        let mut term = Pair::from(1.0);
        let mut sum = Pair::from(0.0);
        for k in 1..40u32 {
            let power = k - 1;
            if power >= first && (power - first).is_multiple_of(step) {
                let negative = alternating && !((power - first) / step).is_multiple_of(2);
                sum = sum + if negative { -term } else { term };
            }
            term = term * self / f64::from(k).into();
        }
        sum
    }

    /// `exp(x) - 1` for `|x| < 0.35`.
    fn growth(self) -> Pair {
        self.series(1, 1, false)
    }

    /// The exponential, not scaled at the ends of the range.
    pub fn exp(self) -> Pair {
        let (n, rest) = self.reduced(LN_2);
        let half = (n * 0.5).floor();
        (rest.growth() + 1.0.into())
            .scaled(half.exp2())
            .scaled((n - half).exp2())
    }

    pub fn exp_m1(self) -> Pair {
        if self.high.abs() < 0.35 {
            self.growth()
        } else {
            self.exp() - 1.0.into()
        }
    }

    pub fn log(self) -> Pair {
        // Newton on exp(y) = x, from the nearest double.
        let exponent = f64::from(((self.high.to_bits() >> 52) as i32) - 1023);
        let part = self.scaled(2f64.powi(-exponent as i32));
        let guess = part.high.ln();
        let quotient = part * Pair::from(-guess).exp() - 1.0.into();
        let log = Pair::from(guess) + quotient - (quotient * quotient).scaled(0.5);
        log + two_product(exponent, LN_2[0]) + two_product(exponent, LN_2[1])
    }

    pub fn log_1p(x: f64) -> Pair {
        let sum = two_sum(1.0, x);
        if x.abs() > 0.1 {
            return sum.log();
        }
        // One step from the nearest double, with the growth in place of the exponential.
        let guess = x.ln_1p();
        let growth = Pair::from(-guess).exp_m1();
        let quotient = growth + Pair::from(x) * growth + x.into();
        Pair::from(guess) + quotient - (quotient * quotient).scaled(0.5)
    }

    pub fn cos_sin(self) -> (Pair, Pair) {
        let (n, rest) = self.reduced(HALF_PI);
        let cosine = rest.series(0, 2, true);
        let sine = rest.series(1, 2, true);
        match (n as i64) & 3 {
            0 => (cosine, sine),
            1 => (-sine, cosine),
            2 => (-cosine, -sine),
            _ => (sine, -cosine),
        }
    }

    pub fn tanh(self) -> Pair {
        let t = self.scaled(2.0).exp_m1();
        t / (t + 2.0.into())
    }

    pub fn sinh(self) -> Pair {
        let t = self.exp_m1();
        (t + t / (t + 1.0.into())).scaled(0.5)
    }

    pub fn cosh(self) -> Pair {
        let e = self.exp();
        (e + Pair::from(1.0) / e).scaled(0.5)
    }

    /// The angle of the point `(x, y)` of a circle about 0, from a nearby angle.
    fn angle(x: Pair, y: Pair, near: f64) -> Pair {
        let (cosine, sine) = Pair::from(near).cos_sin();
        let radius = (x * x + y * y).sqrt();
        Pair::from(near) + (y * cosine - x * sine) / radius
    }

    pub fn atan(x: f64) -> Pair {
        Pair::angle(1.0.into(), x.into(), x.atan())
    }

    pub fn asin(x: f64) -> Pair {
        Pair::angle(Pair::leg(x), x.into(), x.asin())
    }

    pub fn acos(x: f64) -> Pair {
        Pair::angle(x.into(), Pair::leg(x), x.acos())
    }

    /// `sqrt(1 - x²)`.
    fn leg(x: f64) -> Pair {
        (two_sum(1.0, -x) * two_sum(1.0, x)).sqrt()
    }

    pub fn power(x: f64, y: f64) -> Pair {
        (Pair::from(x).log() * y.into()).exp()
    }
}
