//! What a part of a text means, and what it can stand for.

use std::ops::Range;

use crate::decimal::Decimal;
use crate::dimension::Dimension;
use crate::error::{Mistake, Problem, named};
use crate::graph::{Expression, Graph};

/// Whether something can stand where a condition is wanted, and where a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    Number,
    Condition,
    /// A name without dimension: a number, or the truth of one.
    Either,
}

/// What a part of a text means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value {
    pub(crate) expression: Expression,
    pub(crate) dimension: Dimension,
    pub(crate) decimal: Option<Decimal>,
    pub(crate) truth: Truth,
    /// A literal 0 or `inf`.
    pub(crate) fits_any: bool,
}

impl Value {
    pub(crate) fn number(expression: Expression, dimension: Dimension) -> Self {
        Self {
            expression,
            dimension,
            decimal: None,
            truth: Truth::Number,
            fits_any: false,
        }
    }

    pub(crate) fn condition(expression: Expression) -> Self {
        Self {
            truth: Truth::Condition,
            ..Self::number(expression, Dimension::DIMENSIONLESS)
        }
    }

    /// A name's meaning: without a dimension, it may stand for a truth.
    pub(crate) fn of_name(expression: Expression, dimension: Dimension) -> Self {
        let truth = if dimension.is_dimensionless() {
            Truth::Either
        } else {
            Truth::Number
        };
        Self {
            truth,
            ..Self::number(expression, dimension)
        }
    }

    pub(super) fn exact(graph: &mut Graph, decimal: Decimal, dimension: Dimension) -> Self {
        Self {
            decimal: Some(decimal),
            ..Self::number(graph.constant(decimal.to_f64()), dimension)
        }
    }

    /// An error unless the value has the dimension.
    pub(crate) fn fits(
        &self,
        expected: Dimension,
        what: &str,
        span: Range<usize>,
    ) -> Result<(), Problem> {
        if self.dimension == expected || self.fits_any {
            return Ok(());
        }
        let label = format!("this is {}", named(self.dimension));
        Err(Mistake::WrongDimension {
            what: what.to_owned(),
            expected,
            found: self.dimension,
        }
        .at(span, label)
        .maybe_help(advice(expected, self.dimension)))
    }

    /// An error unless the value is true or false.
    pub(crate) fn must_be_condition(&self, what: &str, span: Range<usize>) -> Result<(), Problem> {
        if self.truth != Truth::Number {
            return Ok(());
        }
        let label = format!("this is {}", named(self.dimension));
        Err(Mistake::NotACondition(what.to_owned())
            .at(span, label)
            .help("compare it with something, as in `v > -50*mV`"))
    }
}

/// What to do about a dimension that should be another.
pub(super) fn advice(expected: Dimension, found: Dimension) -> Option<String> {
    if found.is_dimensionless() {
        return Some(format!("give the number its unit, as in `2*{expected}`"));
    }
    if expected.is_dimensionless() {
        return Some(format!("divide by something measured in {found}"));
    }
    let ratio = expected / found;
    if ratio == Dimension::HERTZ {
        return Some("divide by a time, such as a time constant".to_owned());
    }
    Some(format!("a factor measured in {ratio} is missing"))
}

pub(super) fn must_be_number(value: &Value, span: Range<usize>) -> Result<(), Problem> {
    match value.truth {
        Truth::Condition => Err(Mistake::ConditionAsNumber
            .at(span, "true or false")
            .help("`int(...)` makes it 1 or 0")),
        Truth::Number | Truth::Either => Ok(()),
    }
}
