//! What a part of a text means, and what it can stand for.

use std::ops::Range;

use crate::decimal::Decimal;
use crate::dimension::Dimension;
use crate::error::{BoxedMistake, EquationMistake, named};
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
pub(crate) struct Meaning {
    pub(crate) expression: Expression,
    pub(crate) dimension: Dimension,
    pub(crate) decimal: Option<Decimal>,
    pub(crate) truth: Truth,
    /// A literal 0 or `inf`.
    pub(crate) fits_any: bool,
}

impl Meaning {
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
    ) -> Result<(), BoxedMistake> {
        if self.dimension == expected || self.fits_any {
            return Ok(());
        }
        let (label, help) = if self.truth == Truth::Condition {
            let help = "a condition has no unit: write `: boolean`, or choose with `where(condition, yes, no)`";
            ("this is true or false".to_owned(), help.to_owned())
        } else {
            let label = format!("this is {}", named(self.dimension));
            (label, self.advice(expected))
        };
        Err(EquationMistake::WrongDimension {
            what: what.to_owned(),
            expected,
            found: self.dimension,
        }
        .at(span, label)
        .help(help))
    }

    /// What to do so that the value measures what it should.
    pub(super) fn advice(&self, expected: Dimension) -> String {
        if let Some(number) = self.decimal.filter(|_| self.dimension.is_dimensionless()) {
            return format!(
                "give the number its unit, as in `{}*{}`",
                number.to_f64(),
                usual_unit(expected)
            );
        }
        let (missing, excess) = (expected / self.dimension, self.dimension / expected);
        if missing == Dimension::HERTZ {
            return "divide by a time, such as a time constant".to_owned();
        }
        if missing.name().is_none() && (excess.name().is_some() || expected.is_dimensionless()) {
            return format!("divide by something measured in {excess}");
        }
        format!("multiply by something measured in {missing}")
    }

    /// An error unless the value is true or false.
    pub(crate) fn must_be_condition(
        &self,
        what: &str,
        span: Range<usize>,
    ) -> Result<(), BoxedMistake> {
        if self.truth != Truth::Number {
            return Ok(());
        }
        let label = format!("this is {}", named(self.dimension));
        Err(EquationMistake::NotACondition(what.to_owned())
            .at(span, label)
            .help("compare it with something, as in `v > -50*mV`"))
    }
}

/// The unit in which the field mostly gives what has a dimension.
fn usual_unit(dimension: Dimension) -> String {
    let usual = [
        (Dimension::VOLT, "mV"),
        (Dimension::SECOND, "ms"),
        (Dimension::AMPERE, "pA"),
        (Dimension::SIEMENS, "nS"),
        (Dimension::FARAD, "pF"),
        (Dimension::METRE, "um"),
        (Dimension::HERTZ, "Hz"),
        (Dimension::MOLAR, "mM"),
        (Dimension::OHM, "Mohm"),
    ];
    let found = usual.iter().find(|(known, _)| *known == dimension);
    match (found, dimension.to_string()) {
        (Some((_, unit)), _) => (*unit).to_owned(),
        (None, unit) if unit.starts_with("1/") => format!("({unit})"),
        (None, unit) => unit,
    }
}

pub(super) fn must_be_number(value: &Meaning, span: Range<usize>) -> Result<(), BoxedMistake> {
    match value.truth {
        Truth::Condition => Err(EquationMistake::ConditionAsNumber
            .at(span, "true or false")
            .help("`int(...)` makes it 1 or 0")),
        Truth::Number | Truth::Either => Ok(()),
    }
}
