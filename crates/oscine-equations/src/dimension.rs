//! Dimensions: the exponents of the seven SI base units, in twelfths, so that `sqrt(second)` and cube roots
//! have one too.

use std::fmt;
use std::ops::{Div, Mul};

/// Exponents are counted in twelfths: halves, thirds, quarters and sixths are whole numbers of them.
const PARTS: i16 = 12;

const BASE_NAMES: [&str; 7] = [
    "metre", "kilogram", "second", "amp", "kelvin", "mole", "candela",
];

/// What a number is a measure of: the exponents of metre, kilogram, second, ampere, kelvin, mole and candela.
///
/// Shown as a unit of that dimension that can be read back: `volt`, `siemens/metre**2`, `1` for a plain number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dimension([i16; 7]);

macro_rules! dimensions {
    ($($(#[$doc:meta])* $name:ident = $exponents:expr;)*) => {
        #[allow(missing_docs)]
        impl Dimension {
            $($(#[$doc])* pub const $name: Dimension = Dimension::whole($exponents);)*
        }
    };
}

dimensions! {
    /// A plain number.
    DIMENSIONLESS = [0, 0, 0, 0, 0, 0, 0];
    METRE = [1, 0, 0, 0, 0, 0, 0];
    CUBIC_METRE = [3, 0, 0, 0, 0, 0, 0];
    KILOGRAM = [0, 1, 0, 0, 0, 0, 0];
    SECOND = [0, 0, 1, 0, 0, 0, 0];
    AMPERE = [0, 0, 0, 1, 0, 0, 0];
    KELVIN = [0, 0, 0, 0, 1, 0, 0];
    MOLE = [0, 0, 0, 0, 0, 1, 0];
    CANDELA = [0, 0, 0, 0, 0, 0, 1];
    HERTZ = [0, 0, -1, 0, 0, 0, 0];
    NEWTON = [1, 1, -2, 0, 0, 0, 0];
    PASCAL = [-1, 1, -2, 0, 0, 0, 0];
    JOULE = [2, 1, -2, 0, 0, 0, 0];
    WATT = [2, 1, -3, 0, 0, 0, 0];
    COULOMB = [0, 0, 1, 1, 0, 0, 0];
    VOLT = [2, 1, -3, -1, 0, 0, 0];
    FARAD = [-2, -1, 4, 2, 0, 0, 0];
    OHM = [2, 1, -3, -2, 0, 0, 0];
    SIEMENS = [-2, -1, 3, 2, 0, 0, 0];
    WEBER = [2, 1, -2, -1, 0, 0, 0];
    TESLA = [0, 1, -2, -1, 0, 0, 0];
    HENRY = [2, 1, -2, -2, 0, 0, 0];
    LUX = [-2, 0, 0, 0, 0, 0, 1];
    GRAY = [2, 0, -2, 0, 0, 0, 0];
    KATAL = [0, 0, -1, 0, 0, 1, 0];
    /// Concentration: one molar is 1000 mole/metre**3.
    MOLAR = [-3, 0, 0, 0, 0, 1, 0];
}

/// The names that a dimension is shown by, the more usual first where a product can be named in several ways.
const NAMED: [(&str, Dimension); 21] = [
    ("volt", Dimension::VOLT),
    ("amp", Dimension::AMPERE),
    ("siemens", Dimension::SIEMENS),
    ("farad", Dimension::FARAD),
    ("ohm", Dimension::OHM),
    ("coulomb", Dimension::COULOMB),
    ("hertz", Dimension::HERTZ),
    ("second", Dimension::SECOND),
    ("metre", Dimension::METRE),
    ("mole", Dimension::MOLE),
    ("kelvin", Dimension::KELVIN),
    ("kilogram", Dimension::KILOGRAM),
    ("candela", Dimension::CANDELA),
    ("mmolar", Dimension::MOLAR),
    ("joule", Dimension::JOULE),
    ("watt", Dimension::WATT),
    ("newton", Dimension::NEWTON),
    ("pascal", Dimension::PASCAL),
    ("weber", Dimension::WEBER),
    ("tesla", Dimension::TESLA),
    ("henry", Dimension::HENRY),
];

/// What names are divided or multiplied by before a dimension is spelt out in base units.
const FACTORS: [(&str, f64); 10] = [
    ("second", 1.0),
    ("metre", 2.0),
    ("metre", 1.0),
    ("metre", 3.0),
    ("second", 2.0),
    ("second", 0.5),
    ("volt", 1.0),
    ("mole", 1.0),
    ("kelvin", 1.0),
    ("mmolar", 1.0),
];

impl Dimension {
    const fn whole(exponents: [i16; 7]) -> Self {
        let mut parts = [0; 7];
        let mut place = 0;
        while place < 7 {
            parts[place] = exponents[place] * PARTS;
            place += 1;
        }
        Self(parts)
    }

    /// True for a plain number.
    pub fn is_dimensionless(self) -> bool {
        self == Self::DIMENSIONLESS
    }

    /// The dimension to a power, where its exponents are still twelfths of a whole number (and not beyond 2000).
    pub fn power(self, exponent: f64) -> Option<Self> {
        let mut result = [0; 7];
        for (place, &parts) in result.iter_mut().zip(&self.0) {
            let exact = f64::from(parts) * exponent;
            let rounded = exact.round();
            if !rounded.is_finite()
                || (exact - rounded).abs() > 1e-6
                || rounded.abs() > 2000.0 * f64::from(PARTS)
            {
                return None;
            }
            *place = rounded as i16;
        }
        Some(Self(result))
    }

    /// The name of the unit, where it has one of its own.
    pub(crate) fn name(self) -> Option<&'static str> {
        NAMED
            .iter()
            .find(|(_, dimension)| *dimension == self)
            .map(|(name, _)| *name)
    }

    /// A product or quotient of two units with names, if the dimension is one.
    fn compound(self) -> Option<String> {
        for (name, dimension) in NAMED {
            for exponent in [-1.0, 2.0, 0.5, 3.0] {
                if dimension.power(exponent) == Some(self) {
                    return Some(match exponent {
                        -1.0 => format!("1/{name}"),
                        _ => format!("{name}**{exponent}"),
                    });
                }
            }
        }
        for (factor, exponent) in FACTORS {
            let unit = NAMED.iter().find(|(name, _)| *name == factor)?.1;
            let power = unit.power(exponent)?;
            let shown = match exponent {
                1.0 => factor.to_owned(),
                _ => format!("{factor}**{exponent}"),
            };
            if let Some(name) = (self * power).name() {
                return Some(format!("{name}/{shown}"));
            }
            if let Some(name) = (self / power).name() {
                return Some(format!("{name}*{shown}"));
            }
        }
        None
    }

    fn write_base_units(self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for (name, &parts) in BASE_NAMES
            .iter()
            .zip(&self.0)
            .filter(|(_, parts)| **parts > 0)
        {
            write!(
                out,
                "{}{name}{}",
                if first { "" } else { "*" },
                exponent(parts)
            )?;
            first = false;
        }
        if first {
            write!(out, "1")?;
        }
        for (name, &parts) in BASE_NAMES
            .iter()
            .zip(&self.0)
            .filter(|(_, parts)| **parts < 0)
        {
            write!(out, "/{name}{}", exponent(parts.saturating_neg()))?;
        }
        Ok(())
    }
}

fn exponent(parts: i16) -> String {
    match (parts / PARTS, parts % PARTS) {
        (1, 0) => String::new(),
        (whole, 0) => format!("**{whole}"),
        (_, part) if part % 3 == 0 => format!("**{}", f64::from(parts) / f64::from(PARTS)),
        (_, part) if part % 2 == 0 => format!("**({}/6)", parts / 2),
        _ => format!("**({parts}/12)"),
    }
}

impl Mul for Dimension {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self(std::array::from_fn(|place| {
            self.0[place].saturating_add(other.0[place])
        }))
    }
}

impl Div for Dimension {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        Self(std::array::from_fn(|place| {
            self.0[place].saturating_sub(other.0[place])
        }))
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_dimensionless() {
            return out.pad("1");
        }
        if let Some(name) = self.name() {
            return out.pad(name);
        }
        let simple = self.0.iter().filter(|parts| **parts != 0).count() == 1;
        match self.compound().filter(|_| !simple) {
            Some(compound) => out.pad(&compound),
            None => self.write_base_units(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dimensions_are_shown_by_the_names_of_the_field() {
        let area = Dimension::METRE * Dimension::METRE;
        let cases = [
            (Dimension::DIMENSIONLESS, "1"),
            (Dimension::VOLT, "volt"),
            (Dimension::VOLT / Dimension::SECOND, "volt/second"),
            (Dimension::SIEMENS / area, "siemens/metre**2"),
            (Dimension::AMPERE / area, "amp/metre**2"),
            (Dimension::FARAD / area, "farad/metre**2"),
            (area, "metre**2"),
            (Dimension::MOLAR, "mmolar"),
            (Dimension::DIMENSIONLESS / Dimension::VOLT, "1/volt"),
            (Dimension::VOLT * Dimension::VOLT, "volt**2"),
            (Dimension::SECOND.power(-0.5).unwrap(), "1/second**0.5"),
            (Dimension::SECOND.power(1.0 / 3.0).unwrap(), "second**(2/6)"),
            (
                Dimension::VOLT * Dimension::SECOND.power(-0.5).unwrap(),
                "volt/second**0.5",
            ),
        ];
        for (dimension, shown) in cases {
            assert_eq!(dimension.to_string(), shown);
        }
    }

    #[test]
    fn ohms_law_and_its_relatives() {
        assert_eq!(Dimension::VOLT / Dimension::AMPERE, Dimension::OHM);
        assert_eq!(Dimension::SIEMENS * Dimension::VOLT, Dimension::AMPERE);
        assert_eq!(Dimension::OHM * Dimension::FARAD, Dimension::SECOND);
        assert_eq!(Dimension::COULOMB / Dimension::SECOND, Dimension::AMPERE);
        assert_eq!(Dimension::VOLT * Dimension::AMPERE, Dimension::WATT);
        assert_eq!(Dimension::WEBER / Dimension::SECOND, Dimension::VOLT);
    }

    #[test]
    fn roots_that_are_not_twelfths_have_no_dimension() {
        assert_eq!(Dimension::METRE.power(1.0 / 7.0), None);
        assert_eq!(Dimension::METRE.power(f64::NAN), None);
        assert_eq!(Dimension::METRE.power(1e9), None);
        assert_eq!(
            Dimension::DIMENSIONLESS.power(0.123),
            Some(Dimension::DIMENSIONLESS)
        );
    }

    fn any_dimension() -> impl Strategy<Value = Dimension> {
        prop::array::uniform7(-36i16..=36).prop_map(Dimension)
    }

    proptest! {
        #[test]
        fn dimensions_form_a_group(a in any_dimension(), b in any_dimension(), c in any_dimension()) {
            prop_assert_eq!((a * b) * c, a * (b * c));
            prop_assert_eq!(a * b, b * a);
            prop_assert_eq!(a * b / b, a);
            prop_assert_eq!(a / a, Dimension::DIMENSIONLESS);
            prop_assert_eq!((a * b).power(2.0), Some(a * a * b * b));
            prop_assert_eq!(a.power(-1.0), Some(Dimension::DIMENSIONLESS / a));
        }

        #[test]
        fn a_dimension_reads_back_from_what_is_shown(dimension in any_dimension()) {
            let read = crate::quantity::Quantity::parse(&format!("1 {dimension}")).unwrap();
            prop_assert_eq!(read.dimension, dimension);
            prop_assert_eq!(read.value, 1.0);
        }
    }
}
