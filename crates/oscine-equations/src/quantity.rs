//! Quantities: numbers with a unit, as people write them (`"20 ms"`, `"10 uA/cm**2"`, `"0.1*nS"`, `"6.3 degC"`).
//!
//! A quantity is kept in SI. What is read is the `f64` nearest to the decimal number that was written; what is
//! shown reads back equal.

use std::fmt;

use crate::decimal::Decimal;
use crate::dimension::Dimension;
use crate::error::{BoxedMistake, EquationError, EquationMistake};
use crate::graph::Graph;
use crate::resolve::{Meaning, Resolver};
use crate::scope::Scope;
use crate::syntax::{Operator, Parser, Token, TokenKind, Tree, TreeKind, tokens};

/// A number and what it measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// In SI units.
    pub value: f64,
    /// What it measures.
    pub dimension: Dimension,
}

/// Zero degrees Celsius, hundredths of a kelvin.
const ZERO_CELSIUS: (i128, i32) = (27315, -2);

impl Quantity {
    /// A number without unit.
    pub fn plain(value: f64) -> Self {
        Self {
            value,
            dimension: Dimension::DIMENSIONLESS,
        }
    }

    /// Reads a number and its unit (`"20 ms"`), a product (`"20*ms"`), a temperature (`"6.3 degC"`, in kelvin), a
    /// percentage (`"10 %"`, a hundredth), or any expression of numbers and units.
    ///
    /// # Errors
    /// A mistake of syntax, or a name that is no unit.
    pub fn parse(text: &str) -> Result<Self, EquationError> {
        read(text).map_err(|problem| problem.within(text))
    }
}

fn read(text: &str) -> Result<Quantity, BoxedMistake> {
    if let Some(temperature) = celsius(text) {
        return Ok(temperature);
    }
    let tokens = tokens(text)?;
    if tokens.len() == 1 {
        return Err(EquationMistake::NotAQuantity.at(0..text.len(), "nothing here"));
    }
    let (mut graph, scope) = (Graph::new(), Scope::new());
    let value = match number_and_unit(&mut graph, &scope, text, &tokens)? {
        Some(value) => value,
        None => {
            let tree = Parser::new(text, &tokens).whole_expression()?;
            Resolver::of_quantities(&mut graph, &scope).tree(&tree)?
        }
    };
    let number = graph.constant_value(value.expression);
    Ok(Quantity {
        value: number
            .ok_or_else(|| EquationMistake::NotAQuantity.at(0..text.len(), "not a constant"))?,
        dimension: value.dimension,
    })
}

/// The value of a text that is a number and its unit with no sign between them, which no expression is. Names
/// that the scope knows are no units here: `2 v` lacks its sign.
pub(crate) fn number_and_unit(
    graph: &mut Graph,
    scope: &Scope,
    text: &str,
    tokens: &[Token],
) -> Result<Option<Meaning>, BoxedMistake> {
    let Some(split) = number_before_unit(text, tokens) else {
        return Ok(None);
    };
    let mut names = tokens[split..]
        .iter()
        .filter(|token| token.kind == TokenKind::Name);
    if names.any(|token| scope.get(&text[token.span.clone()]).is_some()) {
        return Ok(None);
    }
    let units = Scope::new();
    let resolver = &mut Resolver::of_quantities(graph, &units);
    let mut before = tokens[..split].to_vec();
    before.push(Token {
        kind: TokenKind::End,
        ..tokens[split].clone()
    });
    let number = Parser::new(text, &before).whole_expression()?;
    let number = resolver.tree(&number)?;
    let unit = match tokens[split].kind {
        TokenKind::Percent => {
            let hundredth = resolver.graph.constant(0.01);
            Meaning {
                decimal: Some(Decimal::power_of_ten(-2)),
                ..Meaning::number(hundredth, Dimension::DIMENSIONLESS)
            }
        }
        _ => {
            let unit = Parser::new(text, &tokens[split..]).whole_expression()?;
            only_units(&unit)?;
            resolver.tree(&unit)?
        }
    };
    Ok(Some(resolver.product(&number, &unit)))
}

/// How many tokens the number takes, its sign included, if a unit follows without a sign between.
fn number_before_unit(text: &str, tokens: &[Token]) -> Option<usize> {
    let signed = matches!(tokens[0].kind, TokenKind::Minus | TokenKind::Plus);
    let number = &tokens[usize::from(signed)];
    let is_number = matches!(number.kind, TokenKind::Number { .. })
        || (number.kind == TokenKind::Name && &text[number.span.clone()] == "inf");
    let place = usize::from(signed) + 1;
    let follows = tokens.get(place)?.kind;
    let last = tokens.get(place + 1)?.kind;
    let percent = follows == TokenKind::Percent && last == TokenKind::End;
    let unit = matches!(
        follows,
        TokenKind::Number { .. } | TokenKind::Name | TokenKind::Open
    );
    (is_number && (unit || percent)).then_some(place)
}

/// Behind a number without a sign between, sums would not mean what they seem to.
fn only_units(tree: &Tree) -> Result<(), BoxedMistake> {
    for node in &tree.nodes {
        if let TreeKind::Infix(operator, _, _) = node.kind
            && !matches!(
                operator,
                Operator::Multiply | Operator::Divide | Operator::Power
            )
        {
            return Err(EquationMistake::NotAQuantity
                .at(node.span.clone(), "not a unit")
                .help("in a calculation every product needs its sign: `70*mV + 0.5*mV`"));
        }
    }
    Ok(())
}

/// A temperature on Celsius's scale, which does not begin at nothing.
pub(crate) fn celsius(text: &str) -> Option<Quantity> {
    let number = ["degC", "celsius", "\u{b0}C"]
        .iter()
        .find_map(|unit| text.trim().strip_suffix(unit))?
        .trim()
        .trim_end_matches('*')
        .trim_end();
    let value: f64 = number.parse().ok()?;
    let (mantissa, exponent) = ZERO_CELSIUS;
    let zero = Decimal::new(mantissa, exponent)?;
    let unsigned = number.trim_start_matches(['-', '+']);
    let exact = Decimal::parse(unsigned)
        .map(|decimal| {
            if value < 0.0 {
                decimal.negate()
            } else {
                decimal
            }
        })
        .and_then(|decimal| decimal.add(zero));
    Some(Quantity {
        value: exact.map_or(value + zero.to_f64(), Decimal::to_f64),
        dimension: Dimension::KELVIN,
    })
}

/// How a dimension is shown: symbol, power of ten of the symbol in SI, what follows it, prefixes that may precede it.
type UnitDisplay = (
    Dimension,
    &'static str,
    i32,
    &'static str,
    &'static [(&'static str, i32)],
);

const SMALL: &[(&str, i32)] = &[
    ("", 0),
    ("m", -3),
    ("u", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
];
const BOTH: &[(&str, i32)] = &[
    ("G", 9),
    ("M", 6),
    ("k", 3),
    ("", 0),
    ("m", -3),
    ("u", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
];
const LENGTHS: &[(&str, i32)] = &[("", 0), ("m", -3), ("u", -6), ("n", -9)];
const RATES: &[(&str, i32)] = &[("G", 9), ("M", 6), ("k", 3), ("", 0)];
const NONE: &[(&str, i32)] = &[("", 0)];

const SHOWN: [UnitDisplay; 17] = [
    (Dimension::SECOND, "s", 0, "", SMALL),
    (Dimension::VOLT, "V", 0, "", BOTH),
    (Dimension::AMPERE, "A", 0, "", SMALL),
    (Dimension::SIEMENS, "S", 0, "", SMALL),
    (Dimension::FARAD, "F", 0, "", SMALL),
    (Dimension::OHM, "ohm", 0, "", RATES),
    (Dimension::HERTZ, "Hz", 0, "", RATES),
    (Dimension::METRE, "m", 0, "", LENGTHS),
    (Dimension::KELVIN, "K", 0, "", NONE),
    (Dimension::MOLAR, "M", 3, "", SMALL),
    (Dimension::MOLE, "mol", 0, "", SMALL),
    (Dimension::COULOMB, "C", 0, "", SMALL),
    (Dimension::JOULE, "J", 0, "", BOTH),
    (Dimension::WATT, "W", 0, "", BOTH),
    (Dimension::PASCAL, "Pa", 0, "", RATES),
    (Dimension::NEWTON, "N", 0, "", BOTH),
    (
        Dimension::KILOGRAM,
        "g",
        -3,
        "",
        &[("k", 3), ("", 0), ("m", -3), ("u", -6), ("n", -9)],
    ),
];

/// Densities by area of membrane, which the field gives for a square centimetre.
const DENSITIES: [(Dimension, &str); 3] = [
    (Dimension::AMPERE, "A"),
    (Dimension::SIEMENS, "S"),
    (Dimension::FARAD, "F"),
];

fn shown(dimension: Dimension) -> Option<UnitDisplay> {
    let area = Dimension::METRE * Dimension::METRE;
    let density = DENSITIES
        .iter()
        .find(|(base, _)| *base / area == dimension)
        .map(|(_, symbol)| (dimension, *symbol, 4, "/cm**2", SMALL));
    SHOWN
        .into_iter()
        .find(|shown| shown.0 == dimension)
        .or(density)
}

impl fmt::Display for Quantity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((_, symbol, scale, after, prefixes)) = shown(self.dimension) else {
            let number = decimal(self.value, 0);
            if self.dimension.is_dimensionless() {
                return out.pad(&number);
            }
            return out.pad(&format!("{number} {}", self.dimension));
        };
        if self.value == 0.0 || !self.value.is_finite() {
            return out.pad(&format!("{} {symbol}{after}", self.value));
        }
        // The power of ten of the leading digit decides, so that no rounding can.
        let magnitude = exponent(self.value) - scale;
        let (prefix, shift) = prefixes
            .iter()
            .find(|(_, shift)| magnitude >= *shift)
            .or(prefixes.last())
            .copied()
            .unwrap_or(("", 0));
        let number = decimal(self.value, -(scale + shift));
        out.pad(&format!("{number} {prefix}{symbol}{after}"))
    }
}

fn exponent(value: f64) -> i32 {
    let shown = format!("{value:e}");
    let place = shown.find('e').map_or(shown.len(), |place| place + 1);
    shown[place..].parse().unwrap_or(0)
}

/// The shortest decimal number that reads back as the value, times a power of ten.
fn decimal(value: f64, shift: i32) -> String {
    if !value.is_finite() || value == 0.0 {
        return value.to_string();
    }
    let shown = format!("{value:e}");
    let (mantissa, exponent) = shown.split_once('e').unwrap_or((&shown, "0"));
    let point = exponent.parse::<i32>().unwrap_or(0) + shift;
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    if !(-5..=15).contains(&point) {
        return format!("{sign}{mantissa}e{point}");
    }
    let digits: String = mantissa.chars().filter(|digit| *digit != '.').collect();
    if point < 0 {
        let zeros = "0".repeat((-point - 1) as usize);
        return format!("{sign}0.{zeros}{digits}");
    }
    let whole = point as usize + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits}{}", "0".repeat(whole - digits.len()));
    }
    format!("{sign}{}.{}", &digits[..whole], &digits[whole..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quantity(text: &str) -> (f64, Dimension) {
        let read = Quantity::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        (read.value, read.dimension)
    }

    #[test]
    fn quantities_are_read_as_the_field_writes_them() {
        let area = Dimension::METRE * Dimension::METRE;
        let cases = [
            ("20 ms", 0.02, Dimension::SECOND),
            ("0.1 ms", 1e-4, Dimension::SECOND),
            ("0.1*ms", 1e-4, Dimension::SECOND),
            ("10 s", 10.0, Dimension::SECOND),
            ("20 min", 1200.0, Dimension::SECOND),
            ("4 h", 14400.0, Dimension::SECOND),
            ("-54.387 mV", -0.054387, Dimension::VOLT),
            ("10 uA/cm**2", 0.1, Dimension::AMPERE / area),
            ("120 mS/cm²", 1200.0, Dimension::SIEMENS / area),
            ("120 msiemens/cm2", 1200.0, Dimension::SIEMENS / area),
            ("1 uF/cm**2", 0.01, Dimension::FARAD / area),
            ("0.1*nS", 1e-10, Dimension::SIEMENS),
            ("6.3 degC", 279.45, Dimension::KELVIN),
            ("-10 celsius", 263.15, Dimension::KELVIN),
            ("5e3 1/s", 5e3, Dimension::HERTZ),
            ("5e3/s", 5e3, Dimension::HERTZ),
            ("20", 20.0, Dimension::DIMENSIONLESS),
            ("10 %", 0.1, Dimension::DIMENSIONLESS),
            ("-inf mV", f64::NEG_INFINITY, Dimension::VOLT),
            (
                "2*pi/10",
                std::f64::consts::PI / 5.0,
                Dimension::DIMENSIONLESS,
            ),
            ("70*mV + 0.5*mV", 0.0705, Dimension::VOLT),
            ("1 mM", 1.0, Dimension::MOLAR),
            ("2ms", 2e-3, Dimension::SECOND),
            ("50 Mohm", 5e7, Dimension::OHM),
        ];
        for (text, value, dimension) in cases {
            assert_eq!(quantity(text), (value, dimension), "{text}");
        }
    }

    #[test]
    fn quantities_are_shown_with_a_readable_prefix() {
        for text in [
            "20 ms",
            "100 us",
            "1.5 s",
            "-54.387 mV",
            "10 uA/cm**2",
            "120 mS/cm**2",
            "1 uF/cm**2",
            "6 nS",
            "200 pF",
            "50 Mohm",
            "5 kHz",
            "20 Hz",
            "300 K",
            "2 mM",
            "0 V",
            "0.25",
            "3 um",
            "1200 s",
            "10 kg",
            "1e-20 fA",
            "2 volt/second",
            "0.5 coulomb*second",
        ] {
            assert_eq!(Quantity::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_quantity_is_an_error() {
        for text in [
            "",
            "  ",
            "ms ms",
            "20 msx",
            "v",
            "20 ms 3",
            "70 mV + 0.5 mV",
            "1 mV < 2",
            "rand()",
            "(",
            "5 %%",
            "20 m/",
        ] {
            assert!(Quantity::parse(text).is_err(), "{text}");
        }
        let error = Quantity::parse("20 msecond2s").unwrap_err();
        assert_eq!(error.span(), 3..12);
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back_equal(
            value in prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO,
            place in 0..SHOWN.len() + 3,
        ) {
            let area = Dimension::METRE * Dimension::METRE;
            let dimension = match SHOWN.get(place) {
                Some(shown) => shown.0,
                None => DENSITIES[place - SHOWN.len()].0 / area,
            };
            let quantity = Quantity { value, dimension };
            let shown = quantity.to_string();
            prop_assert_eq!(Quantity::parse(&shown).unwrap(), quantity, "{}", shown);
        }

        #[test]
        fn a_number_and_its_unit_round_once(digits in 1u64..100_000_000, exponent in -12i32..6) {
            let written = format!("{digits}e{exponent} mV");
            let nearest: f64 = format!("{digits}e{}", exponent - 3).parse().unwrap();
            prop_assert_eq!(Quantity::parse(&written).unwrap().value, nearest);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC*") {
            let _ = Quantity::parse(&text);
        }
    }
}
