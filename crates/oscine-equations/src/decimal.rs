//! Decimal numbers as people write them, exact: `0.1*ms` is 1e-4, and becomes the `f64` nearest to it once, at
//! the end, instead of twice on the way.

/// The number `mantissa * 10^exponent`; the mantissa has no trailing zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    mantissa: i128,
    exponent: i32,
}

/// No physical quantity needs more; beyond it numbers are rounded to `f64` at once.
const GREATEST_EXPONENT: i32 = 400;

impl Decimal {
    /// One.
    pub const ONE: Decimal = Decimal {
        mantissa: 1,
        exponent: 0,
    };

    /// `mantissa * 10^exponent`, unless the exponent is out of all bounds.
    pub fn new(mantissa: i128, exponent: i32) -> Option<Self> {
        let (mut mantissa, mut exponent) = (mantissa, exponent);
        if mantissa == 0 {
            exponent = 0;
        }
        while mantissa != 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            exponent += 1;
        }
        (exponent.abs() <= GREATEST_EXPONENT).then_some(Self { mantissa, exponent })
    }

    /// Reads digits with an optional point and exponent; nothing for more than 36 digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (digits, exponent) = match text.find(['e', 'E']) {
            Some(place) => (&text[..place], text[place + 1..].parse::<i32>().ok()?),
            None => (text, 0),
        };
        if exponent.abs() > GREATEST_EXPONENT {
            return None;
        }
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let joined = format!("{whole}{fraction}");
        if joined.len() > 36 || fraction.len() > 36 {
            return None;
        }
        Self::new(joined.parse().ok()?, exponent - fraction.len() as i32)
    }

    /// A power of ten.
    pub fn power_of_ten(exponent: i32) -> Self {
        Self {
            mantissa: 1,
            exponent,
        }
    }

    /// The exponent, where the number is a power of ten.
    pub fn as_power_of_ten(self) -> Option<i32> {
        (self.mantissa == 1).then_some(self.exponent)
    }

    /// The nearest `f64`.
    pub fn to_f64(self) -> f64 {
        format!("{}e{}", self.mantissa, self.exponent)
            .parse()
            .unwrap_or(f64::NAN)
    }

    /// The negative.
    pub fn negate(self) -> Self {
        Self {
            mantissa: -self.mantissa,
            ..self
        }
    }

    /// The exact sum, if it can be held.
    pub fn add(self, other: Self) -> Option<Self> {
        let exponent = self.exponent.min(other.exponent);
        let aligned = |number: Self| {
            let shift = u32::try_from(number.exponent - exponent).ok()?;
            number.mantissa.checked_mul(10i128.checked_pow(shift)?)
        };
        Self::new(aligned(self)?.checked_add(aligned(other)?)?, exponent)
    }

    /// The exact product, if it can be held.
    pub fn multiply(self, other: Self) -> Option<Self> {
        Self::new(
            self.mantissa.checked_mul(other.mantissa)?,
            self.exponent + other.exponent,
        )
    }

    /// The exact quotient, if it is a decimal number.
    pub fn divide(self, other: Self) -> Option<Self> {
        if other.mantissa == 0 {
            return None;
        }
        let mut mantissa = self.mantissa;
        for shift in 0..20 {
            if mantissa % other.mantissa == 0 {
                return Self::new(
                    mantissa / other.mantissa,
                    self.exponent - other.exponent - shift,
                );
            }
            mantissa = mantissa.checked_mul(10)?;
        }
        None
    }

    /// The exact power, if it can be held.
    pub fn power(self, exponent: i32) -> Option<Self> {
        let mut result = Self::ONE;
        if exponent.abs() > 64 {
            return None;
        }
        for _ in 0..exponent.abs() {
            result = result.multiply(self)?;
        }
        if exponent < 0 {
            Self::ONE.divide(result)
        } else {
            Some(result)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn products_round_once() {
        let product = decimal("0.1").multiply(decimal("1e-3")).unwrap();
        assert_eq!(product.to_f64(), 1e-4);
        let third = decimal("1").divide(decimal("3"));
        assert_eq!(third, None);
        let eighth = decimal("1").divide(decimal("8")).unwrap();
        assert_eq!(eighth.to_f64(), 0.125);
        assert_eq!(
            decimal("6.3").add(decimal("273.15")).unwrap().to_f64(),
            279.45
        );
        assert_eq!(decimal("1e-2").power(-2).unwrap(), decimal("1e4"));
    }

    #[test]
    fn what_cannot_be_held_is_none() {
        assert_eq!(Decimal::parse(&"9".repeat(40)), None);
        assert_eq!(Decimal::parse("1e500"), None);
        assert_eq!(decimal("1").divide(decimal("0")), None);
        let large = decimal(&"9".repeat(36));
        assert_eq!(large.multiply(large), None);
    }
}
