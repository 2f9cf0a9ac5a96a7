//! Calls of functions: built in, or tables of time.

use std::ops::Range;

use super::Resolver;
use super::value::{Meaning, Truth, must_be_number};
use crate::dimension::Dimension;
use crate::error::{BoxedMistake, EquationMistake, named};
use crate::functions::{self, Builtin, DimensionRule};
use crate::graph::Expression;
use crate::scope::Binding;
use crate::units;

impl Resolver<'_> {
    pub(super) fn call(
        &mut self,
        name: &str,
        name_span: Range<usize>,
        given: &[(Meaning, Range<usize>)],
        whole: Range<usize>,
    ) -> Result<Meaning, BoxedMistake> {
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
        // A choice between conditions is a condition.
        Ok(match builtin.rule {
            DimensionRule::Choice => Meaning::of_name(called, dimension),
            _ => Meaning::number(called, dimension),
        })
    }

    /// The dimension of a call, or what is wrong with its arguments.
    fn check_arguments(
        &self,
        builtin: &Builtin,
        given: &[(Meaning, Range<usize>)],
        whole: &Range<usize>,
    ) -> Result<Dimension, BoxedMistake> {
        if builtin.rule == DimensionRule::Choice {
            let (condition, span) = &given[0];
            condition.must_be_condition("the first argument of `where`", span.clone())?;
            let choices = &given[1..];
            if choices
                .iter()
                .any(|(value, _)| value.truth == Truth::Condition)
            {
                for (value, span) in choices {
                    value.must_be_condition("each choice beside a condition", span.clone())?;
                }
                return Ok(Dimension::DIMENSIONLESS);
            }
            return self.common_dimension("choose between", &[given[1].clone(), given[2].clone()]);
        }
        if builtin.rule != DimensionRule::Whole {
            for (value, span) in given {
                must_be_number(value, span.clone())?;
            }
        }
        match builtin.rule {
            DimensionRule::Plain | DimensionRule::Whole => {
                for (value, span) in given {
                    if !value.dimension.is_dimensionless() {
                        let label = format!("this is {}", value.dimension);
                        return Err(EquationMistake::ArgumentDimension {
                            function: builtin.name.to_owned(),
                            expected: Dimension::DIMENSIONLESS,
                            found: value.dimension,
                        }
                        .at(span.clone(), label)
                        .help(value.advice(Dimension::DIMENSIONLESS)));
                    }
                }
                Ok(Dimension::DIMENSIONLESS)
            }
            DimensionRule::Any => Ok(Dimension::DIMENSIONLESS),
            DimensionRule::Root => given[0].0.dimension.power(0.5).ok_or_else(|| {
                EquationMistake::ExponentOdd {
                    base: given[0].0.dimension,
                    exponent: "1/2".to_owned(),
                }
                .at(whole.clone(), "this root")
            }),
            DimensionRule::Same | DimensionRule::Ratio | DimensionRule::Choice => {
                let operation = format!("use in one call of `{}`", builtin.name);
                let mut common = given[0].clone();
                for argument in &given[1..] {
                    let pair = [common.clone(), argument.clone()];
                    let dimension = self.common_dimension(&operation, &pair)?;
                    if common.0.fits_any && dimension == argument.0.dimension {
                        common = argument.clone();
                    }
                }
                Ok(match builtin.rule {
                    DimensionRule::Ratio => Dimension::DIMENSIONLESS,
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
        given: &[(Meaning, Range<usize>)],
        whole: Range<usize>,
    ) -> Result<Meaning, BoxedMistake> {
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
                return Err(EquationMistake::ArgumentDimension {
                    function: name.to_owned(),
                    expected: wanted,
                    found: value.dimension,
                }
                .at(span.clone(), format!("this is {}", named(value.dimension)))
                .help(value.advice(wanted)));
            }
        }
        let function = self.graph.function(name);
        let index = match given.get(1) {
            Some((value, _)) => value.expression,
            None => self.graph.constant(0.0),
        };
        let applied = self.graph.apply(function, given[0].0.expression, index);
        Ok(Meaning::number(applied, dimension))
    }

    fn not_a_function(&self, name: &str, span: Range<usize>) -> BoxedMistake {
        let known = self.given.contains_key(name)
            || self.scope.get(name).is_some()
            || units::unit(name, self.place).is_some();
        if known {
            return EquationMistake::NotAFunction(name.to_owned())
                .at(span, "not a function")
                .help(format!("a product needs its sign: `{name}*(...)`"));
        }
        let external = self
            .scope
            .names()
            .filter(|known| matches!(self.scope.get(known), Some(Binding::Function { .. })));
        let nearest = units::nearest(name, functions::names().chain(external));
        EquationMistake::UnknownFunction(name.to_owned())
            .at(span, "not known")
            .maybe_help(nearest.map(|nearest| format!("did you mean `{nearest}`?")))
    }
}

fn argument_count(name: &str, takes: &str, found: usize, span: Range<usize>) -> BoxedMistake {
    EquationMistake::ArgumentCount {
        function: name.to_owned(),
        expected: takes.to_owned(),
        found,
    }
    .at(span, "this call")
}
