//! Examples made by expressions: inputs of `rand()` and `randn()`, targets of the inputs, both keyed by the seed and the example.

use oscine_equations::graph::{Symbol, SymbolKind};
use oscine_equations::{Binding, Dimension, Evaluation, Expression, Graph, Scope, resolve};
use oscine_network::{Task, Text};
use oscine_random::Stream;

use crate::{Examples, Shape, Targets, TaskError};

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
    let mut making = Making::new();
    let inputs = making.read("inputs", &task.inputs)?;
    let targets = making.read("targets", &task.targets)?;
    let draws: Vec<(Symbol, Stream, bool)> = making.draws(seed);
    let mut evaluations: Vec<Evaluation> = inputs
        .iter()
        .chain(&targets)
        .map(|&expression| Evaluation::of(&making.graph, expression))
        .collect();
    let (mut seen, mut known) = (Vec::new(), Vec::new());
    for example in 0..count as u64 {
        let value = |symbol: Symbol| {
            let drawn = draws.iter().find(|(draw, ..)| *draw == symbol);
            drawn.map_or(example as f64, |(_, stream, normal)| match normal {
                true => stream.normal(example, 0),
                false => stream.uniform(example, 0),
            })
        };
        for (place, evaluation) in evaluations.iter_mut().enumerate() {
            let value = evaluation.value(&value, &|_, _, _| f64::NAN);
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
    made: Vec<Expression>,
}

impl Making {
    fn new() -> Self {
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
            made: Vec::new(),
        }
    }

    /// Each may use those before it.
    fn read(&mut self, key: &str, texts: &[(String, Text)]) -> Result<Vec<Expression>, TaskError> {
        let mut read = Vec::new();
        for (name, text) in texts {
            let typed = resolve(&mut self.graph, &self.scope, &text.value).map_err(|error| {
                TaskError::Equation {
                    place: format!("task.{key}.{name}"),
                    error: Box::new(error),
                }
            })?;
            let known = Binding::Expression {
                expression: typed.expression,
                dimension: typed.dimension,
            };
            self.scope.bind(name.as_str(), known);
            read.push(typed.expression);
        }
        self.made.extend(&read);
        Ok(read)
    }

    fn draws(&self, seed: u64) -> Vec<(Symbol, Stream, bool)> {
        let symbols = self.graph.symbols_of(&self.made);
        let drawn = symbols
            .into_iter()
            .filter_map(|symbol| match self.graph.symbol_kind(symbol) {
                SymbolKind::Named(_) => None,
                SymbolKind::Uniform(number) => Some((
                    symbol,
                    Stream::new(seed, &format!("task.draw.{number}")),
                    false,
                )),
                SymbolKind::Normal(number) => Some((
                    symbol,
                    Stream::new(seed, &format!("task.draw.{number}")),
                    true,
                )),
            });
        drawn.collect()
    }
}
