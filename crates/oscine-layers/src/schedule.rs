//! Numbers that change while the network learns: an expression of `epoch` and `step`, counted from 0.

use oscine_equations::{Binding, Dimension, Evaluation, Graph, Scope, graph::Symbol, resolve};
use oscine_network::Text;

use crate::LayersError;

/// A learning rate or a level of noise.
pub(crate) struct Schedule {
    evaluation: Evaluation,
    epoch: Symbol,
    step: Symbol,
}

impl Schedule {
    /// Reads it; `place` is its key, for messages.
    ///
    /// # Errors
    /// A text that is no expression of `epoch` and `step`, or draws.
    pub fn read(text: &Text, place: &str) -> Result<Self, LayersError> {
        let mut graph = Graph::new();
        let mut scope = Scope::new();
        for name in ["epoch", "step"] {
            let number = Binding::Symbol {
                dimension: Dimension::DIMENSIONLESS,
                writable: false,
            };
            scope.bind(name, number);
        }
        let typed =
            resolve(&mut graph, &scope, &text.value).map_err(|error| LayersError::Equation {
                place: place.to_owned(),
                error: Box::new(error),
            })?;
        let (epoch, step) = (graph.name("epoch"), graph.name("step"));
        let symbols = graph.symbols_of(&[typed.expression]);
        if symbols.iter().any(|symbol| ![epoch, step].contains(symbol)) {
            return Err(LayersError::Random {
                place: place.to_owned(),
            });
        }
        Ok(Self {
            evaluation: Evaluation::of(&graph, typed.expression),
            epoch,
            step,
        })
    }

    /// Its value now.
    pub fn at(&mut self, epoch: usize, step: u64) -> f64 {
        let (epoch_symbol, step_symbol) = (self.epoch, self.step);
        let symbols = |symbol| match symbol {
            symbol if symbol == epoch_symbol => epoch as f64,
            symbol if symbol == step_symbol => step as f64,
            _ => f64::NAN,
        };
        self.evaluation.value(&symbols, &|_, _, _| f64::NAN)
    }
}
