//! Quantities with their units in the places where the description itself needs the number: durations, intervals,
//! frequencies. Everything else stays text until the equations are compiled.

use oscine_equations::{Dimension, Quantity};

use super::fields::Context;
use super::tree::{Kind, Node, Place};
use crate::Mistake;

pub(crate) const A_TIME: &str = "a time such as \"10 ms\"";
pub(crate) const A_FREQUENCY: &str = "a frequency such as \"5 Hz\"";

/// A plain number as text.
pub(crate) fn number(context: &Context, place: &Place, what: &str, text: &str) -> Option<f64> {
    match evaluate(what, text, "a number", Dimension::DIMENSIONLESS) {
        Ok(value) => Some(value),
        Err(mistake) => {
            context.note(place, mistake);
            None
        }
    }
}

/// The number in SI units, where the node is a quantity of that dimension.
pub(crate) fn quantity(
    context: &Context,
    node: &Node,
    what: &str,
    expected: &str,
    dimension: Dimension,
) -> Option<f64> {
    let written = match &node.kind {
        Kind::Text(text, _) => text,
        Kind::Integer(_, text) | Kind::Float(_, text) => text,
        _ => {
            context.note(
                &node.place,
                Mistake::WrongType {
                    what: what.into(),
                    expected: expected.into(),
                    found: node.what().into(),
                },
            );
            return None;
        }
    };
    match evaluate(what, written, expected, dimension) {
        Ok(value) => Some(value),
        Err(mistake) => {
            context.note(&node.place, mistake);
            None
        }
    }
}

/// The number in SI units, where the text is a quantity of that dimension.
pub(crate) fn evaluate(
    what: &str,
    written: &str,
    expected: &str,
    dimension: Dimension,
) -> Result<f64, Mistake> {
    let trimmed = written.trim();
    if let Ok(number) = trimmed.parse::<f64>()
        && !number.is_finite()
    {
        return Err(Mistake::NotFinite {
            what: what.into(),
            value: trimmed.into(),
        });
    }
    let quantity = Quantity::parse(trimmed).map_err(|error| Mistake::NotAQuantity {
        what: what.into(),
        expected: expected.into(),
        reason: format!("`{}`: {}", shorten(trimmed), error.mistake()),
        help: error.help().map(str::to_string),
    })?;
    if !quantity.value.is_finite() {
        return Err(Mistake::NotFinite {
            what: what.into(),
            value: trimmed.into(),
        });
    }
    if quantity.dimension == dimension
        || (quantity.value == 0.0 && quantity.dimension.is_dimensionless())
    {
        return Ok(quantity.value);
    }
    if quantity.dimension.is_dimensionless() {
        return Err(Mistake::NoUnit {
            what: what.into(),
            expected: expected.into(),
            written: shorten(trimmed),
        });
    }
    Err(Mistake::WrongDimension {
        what: what.into(),
        expected: expected.into(),
        written: shorten(trimmed),
        found: kind_of(quantity.dimension),
    })
}

/// A text as it can stand in a sentence.
pub(crate) fn shorten(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return text.to_string();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

/// A dimension by the name of what it measures.
pub(crate) fn kind_of(dimension: Dimension) -> String {
    const NAMES: [(Dimension, &str); 12] = [
        (Dimension::DIMENSIONLESS, "a plain number"),
        (Dimension::SECOND, "a time"),
        (Dimension::HERTZ, "a frequency"),
        (Dimension::VOLT, "a voltage"),
        (Dimension::AMPERE, "a current"),
        (Dimension::SIEMENS, "a conductance"),
        (Dimension::FARAD, "a capacitance"),
        (Dimension::OHM, "a resistance"),
        (Dimension::METRE, "a length"),
        (Dimension::COULOMB, "a charge"),
        (Dimension::KELVIN, "a temperature"),
        (Dimension::MOLAR, "a concentration"),
    ];
    NAMES
        .iter()
        .find(|(known, _)| *known == dimension)
        .map_or_else(
            || format!("a quantity in {dimension}"),
            |(_, name)| name.to_string(),
        )
}
