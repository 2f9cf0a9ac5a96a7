//! Trees to the graph: names get their meaning, every operation is checked for its dimensions, constants fold.
//!
//! The numbers 0 and `inf`, written as such, fit any dimension (`v > 0`, `clip(w, 0, inf)`): they are the same in
//! every unit. Calculations with decimal numbers and units are exact where
//! their result is a decimal number, and round once.

use std::collections::HashMap;
use std::ops::Range;

use crate::decimal::Decimal;
use crate::dimension::Dimension;
use crate::error::{EquationError, Mistake, Problem, named};
use crate::functions::{self, Builtin, Rule};
use crate::graph::{Binary, Expression, Graph, Unary};
use crate::scope::{Binding, Scope};
use crate::syntax::{Kind, Operator, Parser, Prefix, Tree, tokens};
use crate::units::{self, Place};

/// An expression and what it measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Typed {
    pub expression: Expression,
    pub dimension: Dimension,
}

/// Reads an expression.
///
/// # Errors
/// A mistake of syntax, a name that is not known, or dimensions that do not fit.
pub fn resolve(graph: &mut Graph, scope: &Scope, text: &str) -> Result<Typed, EquationError> {
    let value = read(graph, scope, text).map_err(|problem| problem.within(text))?;
    Ok(Typed {
        expression: value.expression,
        dimension: value.dimension,
    })
}

/// Reads an expression that must have a dimension; `what` names it in an error: "the initial value of v".
/// A condition counts as the number 0 or 1.
///
/// # Errors
/// As [`resolve`], and where the dimension is another.
pub fn resolve_as(
    graph: &mut Graph,
    scope: &Scope,
    text: &str,
    expected: Dimension,
    what: &str,
) -> Result<Expression, EquationError> {
    let value = read(graph, scope, text).map_err(|problem| problem.within(text))?;
    let span = 0..text.len();
    value
        .fits(expected, what, trimmed(text, span))
        .map_err(|problem| problem.within(text))?;
    Ok(value.expression)
}

/// Reads a condition, such as a threshold: a comparison, `and`, `or` and `not` of them, or the name of a truth value.
///
/// # Errors
/// As [`resolve`], and where the text is a number instead.
pub fn resolve_condition(
    graph: &mut Graph,
    scope: &Scope,
    text: &str,
    what: &str,
) -> Result<Expression, EquationError> {
    let value = read(graph, scope, text).map_err(|problem| problem.within(text))?;
    let span = trimmed(text, 0..text.len());
    value
        .must_be_condition(what, span)
        .map_err(|problem| problem.within(text))?;
    Ok(value.expression)
}

fn read(graph: &mut Graph, scope: &Scope, text: &str) -> Result<Value, Problem> {
    let tokens = tokens(text)?;
    let tree = Parser::new(text, &tokens).whole_expression()?;
    Resolver::new(graph, scope).tree(&tree)
}

fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let inner = text[span.clone()].trim();
    let start = span.start + (text[span].find(inner).unwrap_or(0));
    start..start + inner.len()
}

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

    fn exact(graph: &mut Graph, decimal: Decimal, dimension: Dimension) -> Self {
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
fn advice(expected: Dimension, found: Dimension) -> Option<String> {
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

/// Turns trees into expressions of one graph.
pub(crate) struct Resolver<'a> {
    pub(crate) graph: &'a mut Graph,
    scope: &'a Scope,
    /// Meanings that come before the scope's: values that statements have just given.
    pub(crate) given: HashMap<String, Value>,
    place: Place,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(graph: &'a mut Graph, scope: &'a Scope) -> Self {
        Self {
            graph,
            scope,
            given: HashMap::new(),
            place: Place::Expression,
        }
    }

    /// A resolver in whose texts single letters are units.
    pub(crate) fn of_quantities(graph: &'a mut Graph, scope: &'a Scope) -> Self {
        Self {
            place: Place::Quantity,
            ..Self::new(graph, scope)
        }
    }

    /// The meaning of a whole tree. Trees have at least one node.
    pub(crate) fn tree(&mut self, tree: &Tree) -> Result<Value, Problem> {
        let mut values: Vec<Value> = Vec::with_capacity(tree.nodes.len());
        for node in &tree.nodes {
            let span = |place: usize| tree.nodes[place].span.clone();
            let value = match &node.kind {
                Kind::Number { value, decimal } => Value {
                    decimal: *decimal,
                    fits_any: *value == 0.0,
                    ..Value::number(self.graph.constant(*value), Dimension::DIMENSIONLESS)
                },
                Kind::Name(name) => self.name(name, node.span.clone())?,
                Kind::Prefix(prefix, operand) => {
                    self.prefix(*prefix, values[*operand], span(*operand))?
                }
                Kind::Infix(operator, left, right) => {
                    let sides = [(values[*left], span(*left)), (values[*right], span(*right))];
                    self.infix(*operator, sides, node.span.clone())?
                }
                Kind::Call {
                    name,
                    name_span,
                    arguments,
                } => {
                    let given: Vec<(Value, Range<usize>)> = arguments
                        .iter()
                        .map(|&place| (values[place], span(place)))
                        .collect();
                    self.call(name, name_span.clone(), &given, node.span.clone())?
                }
            };
            values.push(value);
        }
        values
            .pop()
            .ok_or_else(|| Mistake::Empty.at(0..0, "nothing here"))
    }

    fn name(&mut self, name: &str, span: Range<usize>) -> Result<Value, Problem> {
        if let Some(value) = self.given.get(name) {
            return Ok(*value);
        }
        match self.scope.get(name) {
            Some(Binding::Symbol { dimension, .. }) => {
                let expression = self.graph.named(name);
                Ok(Value::of_name(expression, *dimension))
            }
            Some(Binding::Expression {
                expression,
                dimension,
            }) => Ok(Value::of_name(*expression, *dimension)),
            Some(Binding::Constant(quantity)) => {
                let expression = self.graph.constant(quantity.value);
                let value = Value::of_name(expression, quantity.dimension);
                Ok(match name {
                    "True" | "False" => Value::condition(expression),
                    "inf" => Value {
                        fits_any: true,
                        ..value
                    },
                    _ => value,
                })
            }
            Some(Binding::Function { indexed, .. }) => {
                let arguments = if *indexed { "t, i" } else { "t" };
                Err(Mistake::FunctionAlone(name.to_owned())
                    .at(span, "a function of time")
                    .help(format!("write `{name}({arguments})`")))
            }
            None => self.unit(name, span),
        }
    }

    fn unit(&mut self, name: &str, span: Range<usize>) -> Result<Value, Problem> {
        if let Some(unit) = units::unit(name, self.place) {
            return Ok(Value::exact(self.graph, unit.scale, unit.dimension));
        }
        if functions::builtin(name).is_some() {
            return Err(Mistake::FunctionAlone(name.to_owned())
                .at(span, "a function")
                .help(format!("write `{name}(...)`")));
        }
        if self.place == Place::Quantity {
            let nearest = units::nearest_unit(name, self.place);
            return Err(Mistake::UnknownUnit(name.to_owned())
                .at(span, "not a unit")
                .maybe_help(nearest.map(|unit| format!("did you mean `{unit}`?"))));
        }
        let problem = match name {
            "xi" => Mistake::MisplacedNoise(name.to_owned()).at(span, "white noise"),
            _ if name.starts_with("xi_") => {
                Mistake::MisplacedNoise(name.to_owned()).at(span, "white noise")
            }
            _ => Mistake::UnknownName(name.to_owned()).at(span, "not known"),
        };
        Err(problem.maybe_help(self.help_with_name(name)))
    }

    fn help_with_name(&self, name: &str) -> Option<String> {
        match name {
            "xi" => return Some("for a fresh number at every step, use `randn()`".to_owned()),
            "degC" | "celsius" => {
                return Some(
                    "temperatures are absolute: write `(6.3 + 273.15)*kelvin` or `\"6.3 degC\"` as a parameter"
                        .to_owned(),
                );
            }
            _ => {}
        }
        if let Some(unit) = units::unit(name, Place::Quantity) {
            let spelt = unit.dimension;
            return Some(format!(
                "in expressions this is not a unit, since short names are variables; spell it out, as in `{spelt}`"
            ));
        }
        let given = units::nearest(name, self.given.keys().map(String::as_str)).map(str::to_owned);
        let nearest = given.or_else(|| self.scope.nearest(name))?;
        Some(format!("did you mean `{nearest}`?"))
    }

    fn prefix(
        &mut self,
        prefix: Prefix,
        operand: Value,
        span: Range<usize>,
    ) -> Result<Value, Problem> {
        match prefix {
            Prefix::Not => {
                operand.must_be_condition("the operand of `not`", span)?;
                let expression = self.graph.unary(Unary::Not, operand.expression);
                Ok(Value::condition(expression))
            }
            Prefix::Plus | Prefix::Minus => {
                must_be_number(&operand, span)?;
                if prefix == Prefix::Plus {
                    return Ok(Value {
                        truth: Truth::Number,
                        ..operand
                    });
                }
                Ok(Value {
                    expression: self.graph.negate(operand.expression),
                    decimal: operand.decimal.map(Decimal::negate),
                    truth: Truth::Number,
                    ..operand
                })
            }
        }
    }

    fn infix(
        &mut self,
        operator: Operator,
        sides: [(Value, Range<usize>); 2],
        whole: Range<usize>,
    ) -> Result<Value, Problem> {
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
                return Ok(Value::condition(self.graph.binary(binary, a, b)));
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
                Ok(Value::number(whole, Dimension::DIMENSIONLESS))
            }
            _ => self.comparison(operator, &sides),
        }
    }

    fn comparison(
        &mut self,
        operator: Operator,
        sides: &[(Value, Range<usize>); 2],
    ) -> Result<Value, Problem> {
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
        Ok(Value::condition(compared))
    }

    fn common_dimension(
        &self,
        operation: &'static str,
        sides: &[(Value, Range<usize>); 2],
    ) -> Result<Dimension, Problem> {
        let [(left, left_span), (right, right_span)] = sides;
        if left.dimension == right.dimension || right.fits_any {
            return Ok(left.dimension);
        }
        if left.fits_any {
            return Ok(right.dimension);
        }
        let help = if left.dimension.is_dimensionless() {
            advice(right.dimension, left.dimension)
        } else if right.dimension.is_dimensionless() {
            advice(left.dimension, right.dimension)
        } else {
            let ratio = left.dimension / right.dimension;
            Some(format!("they differ by a factor measured in {ratio}"))
        };
        Err(Mistake::DifferentDimensions {
            operation,
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
        .maybe_help(help))
    }

    fn alike(
        &mut self,
        operation: &'static str,
        sides: &[(Value, Range<usize>); 2],
        binary: Binary,
    ) -> Result<Value, Problem> {
        let dimension = self.common_dimension(operation, sides)?;
        let decimals = sides[0].0.decimal.zip(sides[1].0.decimal);
        let exact = decimals.and_then(|(a, b)| match binary {
            Binary::Add => a.add(b),
            Binary::Subtract => a.add(b.negate()),
            _ => None,
        });
        if let Some(decimal) = exact {
            return Ok(Value::exact(self.graph, decimal, dimension));
        }
        let expression = self
            .graph
            .binary(binary, sides[0].0.expression, sides[1].0.expression);
        Ok(Value::number(expression, dimension))
    }

    pub(crate) fn product(&mut self, left: &Value, right: &Value) -> Value {
        let dimension = left.dimension * right.dimension;
        let exact = left
            .decimal
            .zip(right.decimal)
            .and_then(|(a, b)| a.multiply(b));
        match exact {
            Some(decimal) => Value::exact(self.graph, decimal, dimension),
            None => Value::number(
                self.graph.multiply(left.expression, right.expression),
                dimension,
            ),
        }
    }

    fn quotient(&mut self, left: &Value, right: &Value) -> Value {
        let dimension = left.dimension / right.dimension;
        let exact = left
            .decimal
            .zip(right.decimal)
            .and_then(|(a, b)| a.divide(b));
        if let Some(decimal) = exact {
            return Value::exact(self.graph, decimal, dimension);
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
            return Value::number(self.graph.multiply(left.expression, factor), dimension);
        }
        Value::number(
            self.graph.divide(left.expression, right.expression),
            dimension,
        )
    }

    fn power(
        &mut self,
        base: &Value,
        exponent: &Value,
        base_span: &Range<usize>,
        exponent_span: &Range<usize>,
        whole: Range<usize>,
    ) -> Result<Value, Problem> {
        if !exponent.dimension.is_dimensionless() {
            let label = format!("this is {}", named(exponent.dimension));
            return Err(Mistake::ExponentWithDimension(exponent.dimension)
                .at(exponent_span.clone(), label)
                .maybe_help(advice(Dimension::DIMENSIONLESS, exponent.dimension)));
        }
        let constant = self.graph.constant_value(exponent.expression);
        let mut dimension = Dimension::DIMENSIONLESS;
        if !base.dimension.is_dimensionless() {
            let Some(constant) = constant else {
                return Err(Mistake::ExponentNotConstant(base.dimension)
                    .at(exponent_span.clone(), "not a constant")
                    .second(base_span.clone(), format!("this is {}", base.dimension))
                    .help(format!(
                        "divide the base by something measured in {} first",
                        base.dimension
                    )));
            };
            dimension = base.dimension.power(constant).ok_or_else(|| {
                Mistake::ExponentOdd {
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
            return Ok(Value::exact(self.graph, decimal, dimension));
        }
        let expression =
            match integer.filter(|_| self.graph.constant_value(base.expression).is_none()) {
                Some(integer) => self.whole_power(base.expression, integer as i32),
                None => self
                    .graph
                    .binary(Binary::Power, base.expression, exponent.expression),
            };
        Ok(Value::number(expression, dimension))
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

    fn call(
        &mut self,
        name: &str,
        name_span: Range<usize>,
        given: &[(Value, Range<usize>)],
        whole: Range<usize>,
    ) -> Result<Value, Problem> {
        if let Some(Binding::Function {
            dimension,
            argument,
            indexed,
        }) = self
            .scope
            .get(name)
            .filter(|_| !self.given.contains_key(name))
        {
            let (dimension, argument, indexed) = (*dimension, *argument, *indexed);
            return self.external(name, dimension, (argument, indexed), given, whole);
        }
        let Some(builtin) = functions::builtin(name) else {
            return Err(self.not_a_function(name, name_span));
        };
        if !(builtin.arguments.0..=builtin.arguments.1).contains(&given.len()) {
            return Err(argument_count(name, &builtin.takes(), given.len(), whole));
        }
        let dimension = self.check_arguments(builtin, given, &whole)?;
        let arguments: Vec<Expression> =
            given.iter().map(|argument| argument.0.expression).collect();
        let called = builtin.call(self.graph, &arguments);
        Ok(Value::number(called, dimension))
    }

    /// The dimension of a call, or what is wrong with its arguments.
    fn check_arguments(
        &self,
        builtin: &Builtin,
        given: &[(Value, Range<usize>)],
        whole: &Range<usize>,
    ) -> Result<Dimension, Problem> {
        if builtin.rule == Rule::Choice {
            let (condition, span) = &given[0];
            condition.must_be_condition("the first argument of `where`", span.clone())?;
            for (value, _) in &given[1..] {
                if value.truth == Truth::Condition {
                    return Ok(Dimension::DIMENSIONLESS);
                }
            }
            return self.common_dimension("choose between", &[given[1].clone(), given[2].clone()]);
        }
        if builtin.rule != Rule::Whole {
            for (value, span) in given {
                must_be_number(value, span.clone())?;
            }
        }
        match builtin.rule {
            Rule::Plain | Rule::Whole => {
                for (value, span) in given {
                    if !value.dimension.is_dimensionless() {
                        let label = format!("this is {}", value.dimension);
                        return Err(Mistake::ArgumentDimension {
                            function: builtin.name.to_owned(),
                            expected: Dimension::DIMENSIONLESS,
                            found: value.dimension,
                        }
                        .at(span.clone(), label)
                        .maybe_help(advice(Dimension::DIMENSIONLESS, value.dimension)));
                    }
                }
                Ok(Dimension::DIMENSIONLESS)
            }
            Rule::Any => Ok(Dimension::DIMENSIONLESS),
            Rule::Root => given[0].0.dimension.power(0.5).ok_or_else(|| {
                Mistake::ExponentOdd {
                    base: given[0].0.dimension,
                    exponent: "1/2".to_owned(),
                }
                .at(whole.clone(), "this root")
            }),
            Rule::Same | Rule::Ratio | Rule::Choice => {
                let mut common = given[0].clone();
                for argument in &given[1..] {
                    let pair = [common.clone(), argument.clone()];
                    let dimension = self.common_dimension("put into one function", &pair)?;
                    if common.0.fits_any && dimension == argument.0.dimension {
                        common = argument.clone();
                    }
                }
                Ok(match builtin.rule {
                    Rule::Ratio => Dimension::DIMENSIONLESS,
                    _ => common.0.dimension,
                })
            }
        }
    }

    fn external(
        &mut self,
        name: &str,
        dimension: Dimension,
        (expected, indexed): (Dimension, bool),
        given: &[(Value, Range<usize>)],
        whole: Range<usize>,
    ) -> Result<Value, Problem> {
        let count = if indexed { 2 } else { 1 };
        if given.len() != count {
            let takes = if indexed {
                "a time and an index"
            } else {
                "one argument, a time"
            };
            return Err(argument_count(name, takes, given.len(), whole));
        }
        let wanted = [expected, Dimension::DIMENSIONLESS];
        for ((value, span), wanted) in given.iter().zip(wanted) {
            must_be_number(value, span.clone())?;
            if value.dimension != wanted && !value.fits_any {
                return Err(Mistake::ArgumentDimension {
                    function: name.to_owned(),
                    expected: wanted,
                    found: value.dimension,
                }
                .at(span.clone(), format!("this is {}", named(value.dimension)))
                .maybe_help(advice(wanted, value.dimension)));
            }
        }
        let function = self.graph.function(name);
        let index = match given.get(1) {
            Some((value, _)) => value.expression,
            None => self.graph.constant(0.0),
        };
        let applied = self.graph.apply(function, given[0].0.expression, index);
        Ok(Value::number(applied, dimension))
    }

    fn not_a_function(&self, name: &str, span: Range<usize>) -> Problem {
        let known = self.given.contains_key(name)
            || self.scope.get(name).is_some()
            || units::unit(name, self.place).is_some();
        if known {
            return Mistake::NotAFunction(name.to_owned())
                .at(span, "not a function")
                .help(format!("a product needs its sign: `{name}*(...)`"));
        }
        let external = self
            .scope
            .names()
            .filter(|known| matches!(self.scope.get(known), Some(Binding::Function { .. })));
        let nearest = units::nearest(name, functions::names().chain(external));
        Mistake::UnknownFunction(name.to_owned())
            .at(span, "not known")
            .maybe_help(nearest.map(|nearest| format!("did you mean `{nearest}`?")))
    }
}

fn must_be_number(value: &Value, span: Range<usize>) -> Result<(), Problem> {
    match value.truth {
        Truth::Condition => Err(Mistake::ConditionAsNumber
            .at(span, "true or false")
            .help("`int(...)` makes it 1 or 0")),
        Truth::Number | Truth::Either => Ok(()),
    }
}

fn argument_count(name: &str, takes: &str, found: usize, span: Range<usize>) -> Problem {
    Mistake::ArgumentCount {
        function: name.to_owned(),
        expected: takes.to_owned(),
        found,
    }
    .at(span, "this call")
}
