//! The units of SI that the field uses, with their prefixes, by symbol (`mV`), by Brian2's names (`msiemens`,
//! `umetre`, `cm2`) and spelt out (`millivolt`).
//!
//! In an expression a single letter is never a unit, since `m`, `h`, `n`, `V`, `C`, `g` are variables there; in a
//! quantity such as `"10 s"` it is.

use crate::decimal::Decimal;
use crate::dimension::Dimension;

/// A unit: what one of it is in SI.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// What it measures.
    pub dimension: Dimension,
    /// How much of the SI unit it is.
    pub scale: Decimal,
}

/// Where a unit is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitPlace {
    /// In an expression, beside variables.
    Expression,
    /// In a quantity, or behind the colon of an equation, where nothing but units has a name.
    Quantity,
}

/// Prefixes: symbol, name, power of ten.
const PREFIXES: [(&str, &str, i32); 20] = [
    ("y", "yocto", -24),
    ("z", "zepto", -21),
    ("a", "atto", -18),
    ("f", "femto", -15),
    ("p", "pico", -12),
    ("n", "nano", -9),
    ("u", "micro", -6),
    ("m", "milli", -3),
    ("c", "centi", -2),
    ("d", "deci", -1),
    ("da", "deca", 1),
    ("h", "hecto", 2),
    ("k", "kilo", 3),
    ("M", "mega", 6),
    ("G", "giga", 9),
    ("T", "tera", 12),
    ("P", "peta", 15),
    ("E", "exa", 18),
    ("Z", "zetta", 21),
    ("Y", "yotta", 24),
];

/// Units by name, which take every prefix: name, dimension, power of ten.
const NAMED: [(&str, Dimension, i32); 41] = [
    ("metre", Dimension::METRE, 0),
    ("meter", Dimension::METRE, 0),
    ("gram", Dimension::KILOGRAM, -3),
    ("gramme", Dimension::KILOGRAM, -3),
    ("kilogramme", Dimension::KILOGRAM, 0),
    ("second", Dimension::SECOND, 0),
    ("amp", Dimension::AMPERE, 0),
    ("ampere", Dimension::AMPERE, 0),
    ("kelvin", Dimension::KELVIN, 0),
    ("mole", Dimension::MOLE, 0),
    ("mol", Dimension::MOLE, 0),
    ("candela", Dimension::CANDELA, 0),
    ("radian", Dimension::DIMENSIONLESS, 0),
    ("steradian", Dimension::DIMENSIONLESS, 0),
    ("hertz", Dimension::HERTZ, 0),
    ("newton", Dimension::NEWTON, 0),
    ("pascal", Dimension::PASCAL, 0),
    ("joule", Dimension::JOULE, 0),
    ("watt", Dimension::WATT, 0),
    ("coulomb", Dimension::COULOMB, 0),
    ("volt", Dimension::VOLT, 0),
    ("farad", Dimension::FARAD, 0),
    ("ohm", Dimension::OHM, 0),
    ("siemens", Dimension::SIEMENS, 0),
    ("weber", Dimension::WEBER, 0),
    ("tesla", Dimension::TESLA, 0),
    ("henry", Dimension::HENRY, 0),
    ("lumen", Dimension::CANDELA, 0),
    ("lux", Dimension::LUX, 0),
    ("becquerel", Dimension::HERTZ, 0),
    ("gray", Dimension::GRAY, 0),
    ("sievert", Dimension::GRAY, 0),
    ("katal", Dimension::KATAL, 0),
    ("molar", Dimension::MOLAR, 3),
    ("litre", VOLUME, -3),
    ("liter", VOLUME, -3),
    // Spellings with a capital letter, which people who know the physicist write.
    ("Hertz", Dimension::HERTZ, 0),
    ("Volt", Dimension::VOLT, 0),
    ("Ohm", Dimension::OHM, 0),
    ("Siemens", Dimension::SIEMENS, 0),
    ("Kelvin", Dimension::KELVIN, 0),
];

const VOLUME: Dimension = Dimension::CUBIC_METRE;

/// Units by symbol: symbol, dimension, power of ten, prefixes that an expression knows (a dot stands for the
/// symbol alone). A quantity knows all prefixes.
type UnitSymbol = (&'static str, Dimension, i32, &'static str);

const SYMBOLS: [UnitSymbol; 23] = [
    ("V", Dimension::VOLT, 0, "k m u n"),
    ("A", Dimension::AMPERE, 0, "k m u n p f"),
    ("S", Dimension::SIEMENS, 0, "m u n p f"),
    ("F", Dimension::FARAD, 0, "m u n p f"),
    ("Hz", Dimension::HERTZ, 0, ". m k M G"),
    ("m", Dimension::METRE, 0, "k c m u n"),
    ("s", Dimension::SECOND, 0, "m u n"),
    ("M", Dimension::MOLAR, 3, "m u n p f"),
    ("mol", Dimension::MOLE, 0, ". m u n p f k"),
    ("C", Dimension::COULOMB, 0, "u n p f"),
    ("J", Dimension::JOULE, 0, "k m u n p f"),
    ("W", Dimension::WATT, 0, "k m u n p"),
    ("N", Dimension::NEWTON, 0, ""),
    ("Pa", Dimension::PASCAL, 0, "k M"),
    ("T", Dimension::TESLA, 0, ""),
    ("K", Dimension::KELVIN, 0, ""),
    ("g", Dimension::KILOGRAM, -3, "k"),
    ("H", Dimension::HENRY, 0, ""),
    ("Wb", Dimension::WEBER, 0, ""),
    ("cd", Dimension::CANDELA, 0, ""),
    ("L", VOLUME, -3, ""),
    ("l", VOLUME, -3, ""),
    ("rad", Dimension::DIMENSIONLESS, 0, ""),
];

/// Units of time that are no power of ten: name, symbol that only a quantity knows, seconds.
const TIMES: [(&str, &str, i128); 3] = [
    ("minute", "min", 60),
    ("hour", "h", 3600),
    ("day", "d", 86400),
];

/// The unit of a name, if there is one.
pub fn unit(name: &str, place: UnitPlace) -> Option<Unit> {
    let name = ascii(name);
    if let Some(unit) = plain_unit(&name, place) {
        return Some(unit);
    }
    // `cm2`, `metre3`: lengths by symbol, and whatever has a name, squared and cubed.
    let power = match name.as_bytes().last()? {
        b'2' => 2,
        b'3' => 3,
        _ => return None,
    };
    let base = plain_unit(&name[..name.len() - 1], place)?;
    let length = base.dimension == Dimension::METRE;
    (length || name.len() > 4).then_some(())?;
    Some(Unit {
        dimension: base.dimension.power(f64::from(power))?,
        scale: base.scale.power(power)?,
    })
}

/// The micro sign and the ohm sign in both their code points, as letters.
fn ascii(name: &str) -> String {
    name.replace(['\u{b5}', '\u{3bc}'], "u")
        .replace(['\u{3a9}', '\u{2126}'], "ohm")
}

fn plain_unit(name: &str, place: UnitPlace) -> Option<Unit> {
    by_symbol(name, place)
        .or_else(|| by_name(name))
        .or_else(|| time(name, place))
}

fn powers(dimension: Dimension, exponent: i32) -> Option<Unit> {
    Some(Unit {
        dimension,
        scale: Decimal::power_of_ten(exponent),
    })
}

fn by_symbol(name: &str, place: UnitPlace) -> Option<Unit> {
    // A symbol alone before those that it ends: `mol` is no prefixed litre.
    let mut found: Vec<(&str, &UnitSymbol)> = SYMBOLS
        .iter()
        .filter_map(|symbol| Some((name.strip_suffix(symbol.0)?, symbol)))
        .collect();
    found.sort_by_key(|(prefix, _)| prefix.len());
    for (prefix, (_, dimension, exponent, in_expressions)) in found {
        let written = if prefix.is_empty() { "." } else { prefix };
        let shift = match PREFIXES.iter().find(|(letter, _, _)| *letter == prefix) {
            Some((_, _, shift)) => *shift,
            None if prefix.is_empty() => 0,
            None => continue,
        };
        if place == UnitPlace::Quantity || in_expressions.split(' ').any(|one| one == written) {
            return powers(*dimension, exponent + shift);
        }
    }
    None
}

fn by_name(name: &str) -> Option<Unit> {
    for (unit, dimension, exponent) in NAMED {
        let Some(prefix) = name.strip_suffix(unit) else {
            continue;
        };
        if prefix.is_empty() {
            return powers(dimension, exponent);
        }
        let found = PREFIXES
            .iter()
            .find(|(letter, word, _)| *letter == prefix || *word == prefix);
        if let Some((_, _, shift)) = found {
            return powers(dimension, exponent + shift);
        }
    }
    None
}

fn time(name: &str, place: UnitPlace) -> Option<Unit> {
    let (_, _, seconds) = TIMES.iter().find(|(long, short, _)| {
        *long == name || (place == UnitPlace::Quantity && *short == name)
    })?;
    Some(Unit {
        dimension: Dimension::SECOND,
        scale: Decimal::new(*seconds, 0)?,
    })
}

/// The unit whose name is most like a misspelt one.
pub fn nearest_unit(name: &str, place: UnitPlace) -> Option<String> {
    let name = ascii(name);
    let mut known: Vec<String> = NAMED.iter().map(|named| named.0.to_owned()).collect();
    known.extend(TIMES.iter().map(|named| named.0.to_owned()));
    for (letter, word, exponent) in PREFIXES {
        if exponent.abs() <= 12 && exponent % 3 == 0 {
            for (unit, _, _) in NAMED {
                known.extend([format!("{letter}{unit}"), format!("{word}{unit}")]);
            }
        }
    }
    for (symbol, _, _, in_expressions) in SYMBOLS {
        let prefixes = in_expressions.split(' ').filter(|one| !one.is_empty());
        known.extend(prefixes.map(|prefix| format!("{}{symbol}", prefix.trim_matches('.'))));
        if place == UnitPlace::Quantity {
            known.push(symbol.to_owned());
        }
    }
    nearest(&name, known.iter().map(String::as_str)).map(str::to_owned)
}

/// The word that a misspelt one was most likely meant to be.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    known
        .into_iter()
        .map(|candidate| {
            let same_letters = candidate.eq_ignore_ascii_case(word);
            let distance = strsim::osa_distance(word, candidate);
            (if same_letters { 0 } else { distance }, candidate)
        })
        .filter(|(distance, _)| *distance <= if length < 3 { 0 } else { 1 + length / 5 })
        .min_by_key(|(distance, candidate)| (*distance, candidate.len().abs_diff(word.len())))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn si(name: &str) -> Option<(f64, Dimension)> {
        unit(name, UnitPlace::Expression).map(|unit| (unit.scale.to_f64(), unit.dimension))
    }

    #[test]
    fn every_spelling_of_the_field_is_known() {
        let area = Dimension::METRE * Dimension::METRE;
        let cases = [
            ("mV", 1e-3, Dimension::VOLT),
            ("millivolt", 1e-3, Dimension::VOLT),
            ("mvolt", 1e-3, Dimension::VOLT),
            ("uA", 1e-6, Dimension::AMPERE),
            ("µA", 1e-6, Dimension::AMPERE),
            ("namp", 1e-9, Dimension::AMPERE),
            ("nS", 1e-9, Dimension::SIEMENS),
            ("msiemens", 1e-3, Dimension::SIEMENS),
            ("ufarad", 1e-6, Dimension::FARAD),
            ("pF", 1e-12, Dimension::FARAD),
            ("cm2", 1e-4, area),
            ("cmetre2", 1e-4, area),
            ("um", 1e-6, Dimension::METRE),
            ("umeter", 1e-6, Dimension::METRE),
            ("ms", 1e-3, Dimension::SECOND),
            ("kHz", 1e3, Dimension::HERTZ),
            ("mM", 1.0, Dimension::MOLAR),
            ("uM", 1e-3, Dimension::MOLAR),
            ("nmolar", 1e-6, Dimension::MOLAR),
            ("Mohm", 1e6, Dimension::OHM),
            ("Gohm", 1e9, Dimension::OHM),
            ("MΩ", 1e6, Dimension::OHM),
            ("kilogram", 1.0, Dimension::KILOGRAM),
            ("kg", 1.0, Dimension::KILOGRAM),
            ("minute", 60.0, Dimension::SECOND),
            ("liter", 1e-3, VOLUME),
        ];
        for (name, scale, dimension) in cases {
            assert_eq!(si(name), Some((scale, dimension)), "{name}");
        }
    }

    #[test]
    fn single_letters_are_variables_in_expressions() {
        for name in [
            "m", "h", "n", "V", "C", "g", "s", "N", "M", "min", "d", "m2", "Mg",
        ] {
            assert_eq!(si(name), None, "{name}");
        }
        for name in ["m", "s", "V", "A", "S", "F", "h", "min", "m2"] {
            assert!(unit(name, UnitPlace::Quantity).is_some(), "{name}");
        }
    }

    #[test]
    fn misspelt_units_have_a_nearest() {
        assert_eq!(
            nearest_unit("milivolt", UnitPlace::Expression).as_deref(),
            Some("millivolt")
        );
        assert_eq!(
            nearest_unit("seconds", UnitPlace::Expression).as_deref(),
            Some("second")
        );
        assert_eq!(
            nearest_unit("mv", UnitPlace::Expression).as_deref(),
            Some("mV")
        );
        assert_eq!(nearest_unit("membrane", UnitPlace::Expression), None);
        assert_eq!(
            nearest_unit("siemans", UnitPlace::Expression).as_deref(),
            Some("siemens")
        );
    }
}
