//! Kinds of value with a unit, and their ranges.

use std::marker::PhantomData;

use oscine_equations::{Dimension, Quantity};

use super::ValueKind;
use super::kinds::{Count, Expression, Number, Range, Within};
use super::reference::Shape;
use crate::checks::with_unit;
use crate::reading::fields::At;
use crate::reading::quantities::{A_FREQUENCY, A_TIME, evaluate, quantity};
use crate::reading::tree::{Kind, Node};
use crate::{Mistake, Text, writing};

/// A number in SI units, and the unit that it is shown with.
pub(crate) trait InUnit: ValueKind<Value = f64> {
    /// The unit.
    const UNIT: &'static str;
}

/// A time, in s. A plain 0 needs no unit.
pub(crate) struct Time;

impl ValueKind for Time {
    type Value = f64;

    fn read(at: &At, node: &Node) -> Option<f64> {
        quantity(at.context, node, &at.called(), A_TIME, Dimension::SECOND)
    }

    fn write(seconds: &f64) -> Option<Node> {
        Some(Node::string(&writing::time(*seconds)))
    }

    fn shape() -> Shape {
        Shape::Quantity {
            expected: A_TIME,
            unit: "s",
        }
    }
}

impl InUnit for Time {
    const UNIT: &'static str = "s";
}

/// A frequency, in Hz.
pub(crate) struct Frequency;

impl ValueKind for Frequency {
    type Value = f64;

    fn read(at: &At, node: &Node) -> Option<f64> {
        quantity(
            at.context,
            node,
            &at.called(),
            A_FREQUENCY,
            Dimension::HERTZ,
        )
    }

    fn write(hertz: &f64) -> Option<Node> {
        Some(Node::string(&format!("{} Hz", writing::number(*hertz))))
    }

    fn shape() -> Shape {
        Shape::Quantity {
            expected: A_FREQUENCY,
            unit: "Hz",
        }
    }
}

impl InUnit for Frequency {
    const UNIT: &'static str = "Hz";
}

impl InUnit for Number {
    const UNIT: &'static str = "";
}

/// A number that must be finite and more than 0.
pub(crate) type Positive<K> = Within<K, Above<K>>;

/// A number that must be finite and not below 0.
pub(crate) type NotNegative<K> = Within<K, FromZero<K>>;

pub(crate) struct Above<K>(PhantomData<K>);

impl<K: InUnit> Range for Above<K> {
    type Value = f64;
    const SAYS: &'static str = "more than 0";

    fn wrong(value: &f64, what: &str) -> Option<Mistake> {
        not_positive(*value, what, K::UNIT)
    }
}

pub(crate) struct FromZero<K>(PhantomData<K>);

impl<K: InUnit> Range for FromZero<K> {
    type Value = f64;
    const SAYS: &'static str = "0 or more";

    fn wrong(value: &f64, what: &str) -> Option<Mistake> {
        negative(*value, what, K::UNIT)
    }
}

/// The mistake in a number that must be positive.
pub(crate) fn not_positive(value: f64, what: &str, unit: &str) -> Option<Mistake> {
    let what = what.to_string();
    let shown = || with_unit(value, unit);
    if !value.is_finite() {
        let value = shown();
        return Some(Mistake::NotFinite { what, value });
    }
    (value <= 0.0).then(|| Mistake::NotPositive {
        what,
        value: shown(),
    })
}

/// The mistake in a number that must not be negative.
pub(crate) fn negative(value: f64, what: &str, unit: &str) -> Option<Mistake> {
    let what = what.to_string();
    let shown = || with_unit(value, unit);
    if !value.is_finite() {
        let value = shown();
        return Some(Mistake::NotFinite { what, value });
    }
    (value < 0.0).then(|| Mistake::Negative {
        what,
        value: shown(),
    })
}

/// A seed: a whole number, in quotation marks where TOML has none so large.
pub(crate) struct Seed;

impl ValueKind for Seed {
    type Value = u64;

    fn read(at: &At, node: &Node) -> Option<u64> {
        match &node.kind {
            Kind::Text(text, _) if text.trim().parse::<u64>().is_ok() => text.trim().parse().ok(),
            _ => Count::read(at, node).map(|seed| seed as u64),
        }
    }

    fn write(seed: &u64) -> Option<Node> {
        Some(match i64::try_from(*seed) {
            Ok(seed) => Node::integer(seed),
            Err(_) => Node::string(&seed.to_string()),
        })
    }

    fn shape() -> Shape {
        Shape::Either(vec![Shape::Count { least: 0 }, Shape::Digits])
    }
}

/// As a rate is asked for.
pub(crate) const A_RATE: &str = "a rate such as \"10 Hz\"";

/// An expression with the dimension of Hz; a plain quantity is looked at here, all else where the equations are compiled.
pub(crate) type Rate = Within<Expression, InHertz>;

pub(crate) struct InHertz;

impl Range for InHertz {
    type Value = Text;
    const SAYS: &'static str = "in Hz, 0 or more";
    const IN_TEXT: bool = true;

    fn wrong(value: &Text, what: &str) -> Option<Mistake> {
        plain_quantity(value, what, A_RATE, Dimension::HERTZ).err()
    }
}

/// The value of a text that is a plain quantity, `None` where it is an expression.
///
/// # Errors
/// A quantity of another dimension, or a negative one.
pub(crate) fn plain_quantity(
    text: &Text,
    what: &str,
    expected: &str,
    dimension: Dimension,
) -> Result<Option<f64>, Mistake> {
    let written = text.value.trim();
    let plain = Quantity::parse(written).is_ok()
        || written
            .parse::<f64>()
            .is_ok_and(|number| !number.is_finite());
    if !plain {
        return Ok(None);
    }
    let value = evaluate(what, &text.value, expected, dimension)?;
    if value < 0.0 {
        return Err(Mistake::Negative {
            what: what.into(),
            value: text.value.clone(),
        });
    }
    Ok(Some(value))
}
