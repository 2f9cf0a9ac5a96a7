//! Numbers that change while the network learns: an expression of `epoch` and `step`, counted from 0.

use oscine_equations::{Evaluation, graph::Symbol};
use oscine_network::Text;

use crate::{LayersError, text::TextReading};

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
        let mut reading = TextReading::new(place, &["epoch", "step"]);
        let value = reading.expression(&text.value)?;
        let (epoch, step) = (reading.graph.name("epoch"), reading.graph.name("step"));
        let symbols = reading.graph.symbols_of(&[value]);
        if symbols.iter().any(|symbol| ![epoch, step].contains(symbol)) {
            return Err(reading.random());
        }
        Ok(Self {
            evaluation: Evaluation::of(&reading.graph, value),
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
