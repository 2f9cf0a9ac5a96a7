//! Numbers as people read them: three figures, thousands parted, a prefix that suits the unit.

use std::borrow::Cow;

/// SI prefixes by power of a thousand; the fourth is none.
const PREFIXES: [(&str, f64); 9] = [
    ("f", 1e-15),
    ("p", 1e-12),
    ("n", 1e-9),
    ("µ", 1e-6),
    ("m", 1e-3),
    ("", 1.0),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
];

/// Symbols that take a prefix when they stand first in a unit.
const PREFIXED: [&str; 15] = [
    "V", "A", "s", "S", "F", "Hz", "Ohm", "ohm", "Ω", "W", "J", "N", "Pa", "C", "m",
];

/// SI units that the field writes otherwise: as they are, the size of one of the others, and its name.
const USUAL: [(&str, f64, &str); 4] = [
    ("A/m^2", 1e-2, "µA/cm²"),
    ("S/m^2", 10.0, "mS/cm²"),
    ("F/m^2", 1e-2, "µF/cm²"),
    ("mol/m^3", 1.0, "mM"),
];

/// The factor and the unit in which values up to `largest` read best: `(1e-3, "mV")` of 0.07 V.
pub(crate) fn prefixed(unit: &str, largest: f64) -> (f64, String) {
    let unit = plain(unit);
    // Membranes and solutions have units of their own in the field.
    let spaceless = unit
        .replace("**", "^")
        .replace('²', "^2")
        .replace('³', "^3");
    if let Some((_, size, usual)) = USUAL.iter().find(|(written, ..)| *written == spaceless) {
        return (*size, (*usual).to_owned());
    }
    let symbol = unit
        .split(|letter: char| !letter.is_alphabetic() && letter != 'Ω')
        .next()
        .unwrap_or("");
    let rest = unit.get(symbol.len()..).unwrap_or("");
    // A power applies to the prefix too, and the words "per second" of a thousand seconds are not ks.
    let takes = PREFIXED.contains(&symbol)
        && !rest.starts_with(['^', '²', '³', '-', '⁻'])
        && !rest.starts_with("**");
    if !takes || !largest.is_finite() || largest <= 0.0 {
        return (1.0, superscript(&unit));
    }
    let largest = largest * (1.0 + 1e-9);
    let found = PREFIXES
        .iter()
        .rev()
        .find(|&&(_, factor)| largest >= factor)
        .unwrap_or(&PREFIXES[0]);
    let (prefix, factor) = if symbol == "s" && found.1 > 1.0 {
        ("", 1.0)
    } else {
        *found
    };
    let symbol = if matches!(symbol, "Ohm" | "ohm") {
        "Ω"
    } else {
        symbol
    };
    (factor, format!("{prefix}{symbol}{}", superscript(rest)))
}

/// A value with its unit as people read it: `19.9 Hz`, `−60.0 mV`, `0.600`. Values are in SI units, which get a prefix.
#[must_use]
pub fn quantity(value: f64, unit: &str) -> String {
    let (factor, unit) = prefixed(unit, value.abs());
    let number = number(value / factor);
    if unit.is_empty() {
        number
    } else {
        format!("{number} {unit}")
    }
}

/// A value in exactly this unit, as finely as a difference of this size asks for.
pub(crate) fn beside(value: f64, unit: &str, difference: f64) -> String {
    let size = value.abs();
    let text = if !(1e-3..1e6).contains(&size) || !difference.is_finite() {
        number(value)
    } else {
        // A tenth of the difference is told apart.
        let decimals = (1.0 - difference.log10().floor()).clamp(0.0, 9.0) as usize;
        let figures = (size.log10().floor() + 1.0).max(0.0) as usize + decimals;
        let decimals = decimals - figures.saturating_sub(8).min(decimals);
        let sign = if value < 0.0 { "−" } else { "" };
        format!("{sign}{size:.decimals$}")
    };
    let unit = superscript(&plain(unit).replace("uA", "µA").replace("uF", "µF"));
    if unit.is_empty() {
        text
    } else {
        format!("{text} {unit}")
    }
}

/// Least, mean and greatest in one unit: `0.1 … 0.5 … 1 mV`; one number where all are alike.
pub(crate) fn range(least: f64, greatest: f64, unit: &str) -> String {
    if greatest - least <= least.abs().max(greatest.abs()) * 1e-9 {
        return quantity(least, unit);
    }
    let (factor, unit) = prefixed(unit, least.abs().max(greatest.abs()));
    format!(
        "{} to {} {unit}",
        number(least / factor),
        number(greatest / factor)
    )
    .trim_end()
    .to_owned()
}

/// Three significant figures at least, all figures of a whole number, thousands parted, powers of ten where needed.
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "not a number".into()
        } else if value > 0.0 {
            "∞".into()
        } else {
            "−∞".into()
        };
    }
    let sign = if value < 0.0 { "−" } else { "" };
    let size = value.abs();
    if size == 0.0 {
        return "0".into();
    }
    let text = if size.fract() == 0.0 && size < 1e12 {
        count(size as u64)
    } else if (1e-3..1e6).contains(&size) {
        let figures = 2 - size.log10().floor() as i32;
        if figures <= 0 {
            count(size.round() as u64)
        } else {
            format!("{size:.*}", figures as usize)
        }
    } else {
        let text = format!("{size:.2e}");
        match text.split_once('e') {
            Some((digits, power)) => format!("{digits} × 10{}", raised(power)),
            None => text,
        }
    };
    format!("{sign}{text}")
}

/// A whole number with its thousands parted: `319,812`.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut parted = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            parted.push(',');
        }
        parted.push(digit);
    }
    parted
}

/// A length of time: `340 ms`, `12.5 s`, `4 min 10 s`, `2 h 5 min`.
pub(crate) fn time(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    if whole < 120 || !seconds.is_finite() {
        quantity(seconds, "s")
    } else if whole < 7200 {
        two_parts(whole / 60, "min", whole % 60, "s")
    } else {
        two_parts(whole / 3600, "h", whole % 3600 / 60, "min")
    }
}

/// `1 cell`, `2 cells`: a count with its noun, which takes an s.
pub(crate) fn counted(value: u64, noun: &str) -> String {
    format!(
        "{} {noun}{}",
        count(value),
        if value == 1 { "" } else { "s" }
    )
}

/// The name of an axis with its unit: `time (s)`.
pub(crate) fn with_unit(name: &str, unit: &str) -> String {
    if unit.is_empty() {
        name.to_owned()
    } else if name.is_empty() {
        unit.to_owned()
    } else {
        format!("{name} ({unit})")
    }
}

fn two_parts(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

fn plain(unit: &str) -> Cow<'_, str> {
    let unit = unit.trim();
    if unit == "1" {
        Cow::Borrowed("")
    } else {
        Cow::Borrowed(unit)
    }
}

/// `**2` and `^2` as raised figures.
pub(crate) fn superscript(unit: &str) -> String {
    let mut raised_unit = String::new();
    let mut rest = unit;
    while let Some(place) = rest.find(['^', '*']) {
        raised_unit.push_str(&rest[..place]);
        let after = rest[place..]
            .trim_start_matches("**")
            .trim_start_matches('^');
        let power = after.len()
            - after
                .trim_start_matches(|digit: char| digit.is_ascii_digit() || digit == '-')
                .len();
        if power == 0 || after.len() == rest.len() - place {
            raised_unit.push('·');
            rest = &rest[place + 1..];
        } else {
            raised_unit.push_str(&raised(&after[..power]));
            rest = &after[power..];
        }
    }
    raised_unit + rest
}

fn raised(power: &str) -> String {
    const FIGURES: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    power
        .chars()
        .map(|digit| match digit.to_digit(10) {
            Some(value) => FIGURES[value as usize],
            None => '⁻',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_get_the_prefix_that_suits_them() {
        assert_eq!(quantity(-0.06, "V"), "−60 mV");
        assert_eq!(quantity(19.93, "Hz"), "19.9 Hz");
        assert_eq!(quantity(2.5e-10, "A"), "250 pA");
        assert_eq!(quantity(0.1, "A/m^2"), "10 µA/cm²");
        assert_eq!(quantity(0.1, "A/m**2"), "10 µA/cm²");
        assert_eq!(quantity(0.1, "V/m**2"), "100 mV/m²");
        assert_eq!(quantity(2e-4, "m^2"), "2.00 × 10⁻⁴ m²");
        assert_eq!(quantity(0.6, "1"), "0.600");
        assert_eq!(quantity(3000.0, "s"), "3,000 s");
        assert_eq!(quantity(0.0, "V"), "0 V");
        assert_eq!(quantity(1e8, "Ohm"), "100 MΩ");
    }

    #[test]
    fn numbers_are_parted_and_rounded() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(999), "999");
        assert_eq!(number(1234.56), "1,235");
        assert_eq!(number(0.012345), "0.0123");
        assert_eq!(number(1.5e-7), "1.50 × 10⁻⁷");
        assert_eq!(number(f64::NAN), "not a number");
    }

    #[test]
    fn a_measured_value_keeps_the_unit_and_the_figures_that_matter() {
        assert_eq!(beside(0.391, "Hz", 0.8), "0.39 Hz");
        assert_eq!(beside(20.25, "Hz", 0.3), "20.25 Hz");
        assert_eq!(beside(-61.234, "mV", 0.05), "−61.234 mV");
        assert_eq!(beside(9.7741, "uA/cm**2", f64::INFINITY), "9.77 µA/cm²");
        assert_eq!(beside(0.0, "Hz", 0.8), "0 Hz");
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        assert_eq!(time(0.34), "340 ms");
        assert_eq!(time(250.0), "4 min 10 s");
        assert_eq!(time(7500.0), "2 h 5 min");
        assert_eq!(time(7200.0), "2 h");
    }

    #[test]
    fn ranges_share_a_unit() {
        assert_eq!(range(1e-3, 5e-3, "s"), "1 to 5 ms");
        assert_eq!(range(1.5e-3, 1.5e-3, "s"), "1.50 ms");
    }
}
