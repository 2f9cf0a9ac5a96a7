//! Examples made by expressions: inputs of `rand()` and `randn()`, targets of the inputs, both keyed by the seed and the example.

use oscine_equations::graph::{Symbol, SymbolKind};
use oscine_equations::{Binding, Dimension, Evaluation, Expression, Graph, Scope, resolve_as};
use oscine_network::{Examples, Shape, Targets, Task, Text};
use oscine_random::Stream;

use crate::TaskError;

/// The seed of the examples that are tested with, which nobody writes.
pub(crate) const SEED_OF_THE_TEST: u64 = 0x7e57_7e57_7e57_7e57;

/// Makes the examples of a task.
///
/// # Errors
/// A task that lacks inputs, targets or a number of examples; an expression that does not read.
pub(crate) fn make(task: &Task, seed: u64) -> Result<Examples, TaskError> {
    let lacks = |what, example| TaskError::NotGenerated { what, example };
    let count = task
        .examples
        .ok_or_else(|| lacks("`examples`", "`examples = 1000`"))?;
    if task.inputs.is_empty() {
        return Err(lacks("`inputs`", "`inputs = { x = \"randn()\" }`"));
    }
    if task.targets.is_empty() {
        return Err(lacks(
            "`targets`",
            "`targets = { y = \"sin(x) + 0.1*randn()\" }`",
        ));
    }
    let mut making = Making::new(seed);
    let inputs = making.read("inputs", &task.inputs)?;
    let targets = making.read("targets", &task.targets)?;
    let mut evaluations: Vec<Evaluation> = inputs
        .iter()
        .chain(&targets)
        .map(|&expression| Evaluation::of(&making.graph, expression))
        .collect();
    let (mut seen, mut known) = (Vec::new(), Vec::new());
    for example in 0..count as u64 {
        let symbols = |symbol: Symbol| making.value(symbol, example);
        for (place, evaluation) in evaluations.iter_mut().enumerate() {
            let value = evaluation.value(&symbols, &|_, _, _| f64::NAN);
            if !(value as f32).is_finite() {
                let written = task.inputs.iter().chain(&task.targets).nth(place);
                let (name, text) = written.map_or(("", ""), |(name, text)| (name, &text.value));
                return Err(TaskError::NotFinite {
                    name: name.to_owned(),
                    text: text.to_owned(),
                    example: example + 1,
                    value,
                });
            }
            if place < inputs.len() {
                seen.push(value as f32);
            } else {
                known.push(value);
            }
        }
    }
    Ok(Examples {
        inputs: seen,
        shape: Shape {
            channels: inputs.len(),
            height: 1,
            width: 1,
        },
        targets: Targets::Values {
            values: known,
            names: task.targets.iter().map(|(name, _)| name.clone()).collect(),
        },
    })
}

struct Making {
    graph: Graph,
    scope: Scope,
    seed: u64,
    /// What is drawn, from which stream, and whether it is normal.
    draws: Vec<(Symbol, Stream, bool)>,
}

impl Making {
    fn new(seed: u64) -> Self {
        let mut scope = Scope::new();
        // The number of the example.
        let number = Binding::Symbol {
            dimension: Dimension::DIMENSIONLESS,
            writable: false,
        };
        scope.bind("i", number);
        Self {
            graph: Graph::new(),
            scope,
            seed,
            draws: Vec::new(),
        }
    }

    /// Each may use those before it.
    fn read(&mut self, key: &str, texts: &[(String, Text)]) -> Result<Vec<Expression>, TaskError> {
        let mut read = Vec::new();
        for (name, text) in texts {
            let (graph, what) = (&mut self.graph, format!("an example's `{name}`"));
            let dimension = Dimension::DIMENSIONLESS;
            let expression = resolve_as(graph, &self.scope, &text.value, dimension, &what);
            let expression = expression.map_err(|error| TaskError::Equation {
                place: format!("task.{key}.{name}"),
                error: Box::new(error),
            })?;
            let known = Binding::Expression {
                expression,
                dimension,
            };
            self.scope.bind(name.as_str(), known);
            self.draw(name, expression);
            read.push(expression);
        }
        Ok(read)
    }

    /// Names the streams of what is drawn for the first time in an expression for the variable, so that no other variable changes them.
    fn draw(&mut self, variable: &str, expression: Expression) {
        let mut number = 0;
        for symbol in self.graph.symbols_of(&[expression]) {
            let kind = self.graph.symbol_kind(symbol);
            let is_known = self.draws.iter().any(|(known, ..)| *known == symbol);
            if is_known || matches!(kind, SymbolKind::Named(_)) {
                continue;
            }
            let stream = Stream::new(self.seed, &format!("task.{variable}.{number}"));
            self.draws
                .push((symbol, stream, matches!(kind, SymbolKind::Normal(_))));
            number += 1;
        }
    }

    fn value(&self, symbol: Symbol, example: u64) -> f64 {
        let drawn = self.draws.iter().find(|(draw, ..)| *draw == symbol);
        match drawn {
            Some((_, stream, true)) => stream.normal(example, 0),
            Some((_, stream, false)) => stream.uniform(example, 0),
            None => example as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(written: &[(&str, &str)]) -> Vec<(String, Text)> {
        let text = |&(name, text): &(&str, &str)| (name.to_owned(), Text::new(text));
        written.iter().map(text).collect()
    }

    fn task(inputs: &[(&str, &str)], targets: &[(&str, &str)]) -> Task {
        Task {
            data: Text::new("generated"),
            classes: Vec::new(),
            validation: 0.0,
            test: None,
            training: None,
            target: None,
            inputs: texts(inputs),
            targets: texts(targets),
            examples: Some(1000),
        }
    }

    #[test]
    fn targets_follow_inputs_and_are_drawn_by_the_seed() {
        let task = task(&[("a", "randn()"), ("b", "2*a + i")], &[("y", "a + b")]);
        let made = make(&task, 1).unwrap();
        let Targets::Values { values, .. } = &made.targets else {
            panic!("values are made");
        };
        for (example, (inputs, value)) in made.inputs.chunks(2).zip(values).enumerate() {
            assert!((inputs[1] - 2.0 * inputs[0] - example as f32).abs() < 1e-3);
            assert!((value - f64::from(inputs[0] + inputs[1])).abs() < 1e-3);
        }
        assert_eq!(make(&task, 1).unwrap(), made);
        assert_ne!(make(&task, 2).unwrap().inputs, made.inputs);
    }

    #[test]
    fn an_input_more_leaves_the_others_as_they_are() {
        let few = make(&task(&[("b", "rand()")], &[("y", "b + randn()")]), 1).unwrap();
        let more = task(
            &[("a", "randn()"), ("b", "rand()")],
            &[("y", "b + randn()")],
        );
        let more = make(&more, 1).unwrap();
        let second: Vec<f32> = more.inputs.chunks(2).map(|inputs| inputs[1]).collect();
        assert_eq!(second, few.inputs);
        assert_eq!(more.targets, few.targets);
    }

    #[test]
    fn units_and_numbers_that_are_none_are_refused() {
        let said = |inputs: &[(&str, &str)]| {
            let made = make(&task(inputs, &[("y", "a")]), 1);
            made.unwrap_err().to_string()
        };
        let unit = said(&[("a", "randn()*mV")]);
        assert!(unit.contains("task.inputs.a"), "{unit}");
        let root = said(&[("a", "1/(i - 4)")]);
        assert!(
            root.contains("`a = 1/(i - 4)` is inf in example 5"),
            "{root}"
        );
    }
}
