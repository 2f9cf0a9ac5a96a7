//! Signs and operators: the dimensions that they need, and the graph that they become.

use std::ops::Range;

use super::Resolver;
use super::value::{Meaning, Truth, must_be_number};
use crate::decimal::Decimal;
use crate::dimension::Dimension;
use crate::error::{BoxedMistake, EquationMistake, named};
use crate::graph::{Binary, Expression, Unary};
use crate::syntax::{Operator, Prefix};

impl Resolver<'_> {
    pub(super) fn prefix(
        &mut self,
        prefix: Prefix,
        operand: Meaning,
        span: Range<usize>,
    ) -> Result<Meaning, BoxedMistake> {
        match prefix {
            Prefix::Not => {
                operand.must_be_condition("the operand of `not`", span)?;
                let expression = self.graph.unary(Unary::Not, operand.expression);
                Ok(Meaning::condition(expression))
            }
            Prefix::Plus | Prefix::Minus => {
                must_be_number(&operand, span)?;
                if prefix == Prefix::Plus {
                    return Ok(Meaning {
                        truth: Truth::Number,
                        ..operand
                    });
                }
                Ok(Meaning {
                    expression: self.graph.negate(operand.expression),
                    decimal: operand.decimal.map(Decimal::negate),
                    truth: Truth::Number,
                    ..operand
                })
            }
        }
    }

    pub(super) fn infix(
        &mut self,
        operator: Operator,
        sides: [(Meaning, Range<usize>); 2],
        whole: Range<usize>,
    ) -> Result<Meaning, BoxedMistake> {
        let [(left, left_span), (right, right_span)] = &sides;
        let (a, b) = (left.expression, right.expression);
        match operator {
            Operator::And | Operator::Or => {
                let sign = if operator == Operator::And {
                    "and"
                } else {
                    "or"
                };
                let what = format!("each side of `{sign}`");
                left.must_be_condition(&what, left_span.clone())?;
                right.must_be_condition(&what, right_span.clone())?;
                let binary = if operator == Operator::And {
                    Binary::And
                } else {
                    Binary::Or
                };
                return Ok(Meaning::condition(self.graph.binary(binary, a, b)));
            }
            Operator::Equal | Operator::NotEqual
                if left.truth == Truth::Condition || right.truth == Truth::Condition =>
            {
                left.must_be_condition("each side of this comparison", left_span.clone())?;
                right.must_be_condition("each side of this comparison", right_span.clone())?;
            }
            _ => {
                must_be_number(left, left_span.clone())?;
                must_be_number(right, right_span.clone())?;
            }
        }
        match operator {
            Operator::Multiply => Ok(self.product(left, right)),
            Operator::Divide => Ok(self.quotient(left, right)),
            Operator::Power => self.power(left, right, left_span, right_span, whole),
            Operator::Add => self.alike("add", &sides, Binary::Add),
            Operator::Subtract => self.alike("subtract", &sides, Binary::Subtract),
            Operator::Modulo => self.alike("take the remainder of", &sides, Binary::Modulo),
            Operator::FloorDivide => {
                self.common_dimension("divide to a whole number", &sides)?;
                let ratio = self.graph.divide(a, b);
                let whole = self.graph.unary(Unary::Floor, ratio);
                Ok(Meaning::number(whole, Dimension::DIMENSIONLESS))
            }
            _ => self.comparison(operator, &sides),
        }
    }

    fn comparison(
        &mut self,
        operator: Operator,
        sides: &[(Meaning, Range<usize>); 2],
    ) -> Result<Meaning, BoxedMistake> {
        self.common_dimension("compare", sides)?;
        let (a, b) = (sides[0].0.expression, sides[1].0.expression);
        let (binary, a, b) = match operator {
            Operator::Less => (Binary::Less, a, b),
            Operator::LessOrEqual => (Binary::LessOrEqual, a, b),
            Operator::Greater => (Binary::Less, b, a),
            Operator::GreaterOrEqual => (Binary::LessOrEqual, b, a),
            _ => (Binary::Equal, a, b),
        };
        let mut compared = self.graph.binary(binary, a, b);
        if operator == Operator::NotEqual {
            compared = self.graph.unary(Unary::Not, compared);
        }
        Ok(Meaning::condition(compared))
    }

    pub(super) fn common_dimension(
        &self,
        operation: &str,
        sides: &[(Meaning, Range<usize>); 2],
    ) -> Result<Dimension, BoxedMistake> {
        let [(left, left_span), (right, right_span)] = sides;
        if left.dimension == right.dimension || right.fits_any {
            return Ok(left.dimension);
        }
        if left.fits_any {
            return Ok(right.dimension);
        }
        // The side that is a plain number is the one to mend, else the right.
        let help = if left.dimension.is_dimensionless() {
            left.advice(right.dimension)
        } else if right.dimension.is_dimensionless() {
            right.advice(left.dimension)
        } else {
            let ratio = left.dimension / right.dimension;
            match ratio.name() {
                Some(name) => format!("they differ by a factor measured in {name}"),
                None => format!(
                    "they differ by a factor measured in {}",
                    right.dimension / left.dimension
                ),
            }
        };
        Err(EquationMistake::DifferentDimensions {
            operation: operation.to_owned(),
            left: left.dimension,
            right: right.dimension,
        }
        .at(
            right_span.clone(),
            format!("this is {}", named(right.dimension)),
        )
        .second(
            left_span.clone(),
            format!("this is {}", named(left.dimension)),
        )
        .help(help))
    }

    fn alike(
        &mut self,
        operation: &str,
        sides: &[(Meaning, Range<usize>); 2],
        binary: Binary,
    ) -> Result<Meaning, BoxedMistake> {
        let dimension = self.common_dimension(operation, sides)?;
        let decimals = sides[0].0.decimal.zip(sides[1].0.decimal);
        let exact = decimals.and_then(|(a, b)| match binary {
            Binary::Add => a.add(b),
            Binary::Subtract => a.add(b.negate()),
            _ => None,
        });
        if let Some(decimal) = exact {
            return Ok(Meaning::exact(self.graph, decimal, dimension));
        }
        let expression = self
            .graph
            .binary(binary, sides[0].0.expression, sides[1].0.expression);
        Ok(Meaning::number(expression, dimension))
    }

    pub(crate) fn product(&mut self, left: &Meaning, right: &Meaning) -> Meaning {
        let dimension = left.dimension * right.dimension;
        let exact = left
            .decimal
            .zip(right.decimal)
            .and_then(|(a, b)| a.multiply(b));
        match exact {
            Some(decimal) => Meaning::exact(self.graph, decimal, dimension),
            None => Meaning::number(
                self.graph.multiply(left.expression, right.expression),
                dimension,
            ),
        }
    }

    fn quotient(&mut self, left: &Meaning, right: &Meaning) -> Meaning {
        let dimension = left.dimension / right.dimension;
        let exact = left
            .decimal
            .zip(right.decimal)
            .and_then(|(a, b)| a.divide(b));
        if let Some(decimal) = exact {
            return Meaning::exact(self.graph, decimal, dimension);
        }
        // Division by a unit such as mV is exact as a product with 1000.
        let inverse = right
            .decimal
            .and_then(Decimal::as_power_of_ten)
            .filter(|exponent| (-22..0).contains(exponent));
        if let Some(exponent) = inverse {
            let factor = self
                .graph
                .constant(Decimal::power_of_ten(-exponent).to_f64());
            return Meaning::number(self.graph.multiply(left.expression, factor), dimension);
        }
        Meaning::number(
            self.graph.divide(left.expression, right.expression),
            dimension,
        )
    }

    fn power(
        &mut self,
        base: &Meaning,
        exponent: &Meaning,
        base_span: &Range<usize>,
        exponent_span: &Range<usize>,
        whole: Range<usize>,
    ) -> Result<Meaning, BoxedMistake> {
        if !exponent.dimension.is_dimensionless() {
            let label = format!("this is {}", named(exponent.dimension));
            return Err(EquationMistake::ExponentWithDimension(exponent.dimension)
                .at(exponent_span.clone(), label)
                .help(exponent.advice(Dimension::DIMENSIONLESS)));
        }
        let constant = self.graph.constant_value(exponent.expression);
        let mut dimension = Dimension::DIMENSIONLESS;
        if !base.dimension.is_dimensionless() {
            let Some(constant) = constant else {
                return Err(EquationMistake::ExponentNotConstant(base.dimension)
                    .at(exponent_span.clone(), "not a constant")
                    .second(base_span.clone(), format!("this is {}", base.dimension))
                    .help(format!(
                        "divide the base by something measured in {} first",
                        base.dimension
                    )));
            };
            dimension = base.dimension.power(constant).ok_or_else(|| {
                EquationMistake::ExponentOdd {
                    base: base.dimension,
                    exponent: constant.to_string(),
                }
                .at(whole, "this power")
                .help("exponents of a dimension are twelfths of a whole number, such as 1/2 or 1/3")
            })?;
        }
        let integer = constant.filter(|value| value.fract() == 0.0 && value.abs() <= 64.0);
        if let Some((decimal, integer)) = base.decimal.zip(integer)
            && let Some(decimal) = decimal.power(integer as i32)
        {
            return Ok(Meaning::exact(self.graph, decimal, dimension));
        }
        let expression =
            match integer.filter(|_| self.graph.constant_value(base.expression).is_none()) {
                Some(integer) => self.whole_power(base.expression, integer as i32),
                None => self
                    .graph
                    .binary(Binary::Power, base.expression, exponent.expression),
            };
        Ok(Meaning::number(expression, dimension))
    }

    /// A power by squaring: products round less often than a general power, and cost less.
    fn whole_power(&mut self, base: Expression, exponent: i32) -> Expression {
        let mut result = self.graph.constant(1.0);
        let mut square = base;
        let mut left = exponent.unsigned_abs();
        while left > 0 {
            if left % 2 == 1 {
                result = self.graph.multiply(result, square);
            }
            left /= 2;
            if left > 0 {
                square = self.graph.multiply(square, square);
            }
        }
        if exponent < 0 {
            let one = self.graph.constant(1.0);
            result = self.graph.divide(one, result);
        }
        result
    }
}
