//! Losses: an expression of `output` and `target`, summed over the outputs and averaged over the samples of a batch.

use oscine_equations::lanes::Real;
use oscine_equations::program::{NoEnvironment, Program, SymbolPlace, Vectors, Workspace};
use oscine_network::Text;

use crate::{LayersError, text::TextReading};

/// The text of a loss by name, where outputs are no shares of 1 (`softmax`).
pub const LOSS_TEXTS: [(&str, &str); 2] = [
    ("mean-squared-error", "(output - target)**2"),
    (
        "cross-entropy",
        "-target*log(clip(output, 1e-7, 1)) - (1 - target)*log(clip(1 - output, 1e-7, 1))",
    ),
];

/// Of outputs that are shares of 1: the target's surprise.
const SOFTMAX_CROSS_ENTROPY: &str = "-target*log(clip(output, 1e-30, 1))";

/// The expression of a loss that has a name, or is one, for outputs of this activation.
pub(crate) fn text_of<'a>(name: &'a str, activation: &str) -> &'a str {
    let known = LOSS_TEXTS.iter().find(|(known, _)| *known == name);
    match known {
        Some(_) if name == "cross-entropy" && activation == "softmax" => SOFTMAX_CROSS_ENTROPY,
        Some((_, text)) => text,
        None => name,
    }
}

/// A loss function, lowered. Columns: 0 outputs, 1 targets, 2 the gradient, 3 the loss of each output. Uniform: what the gradient is multiplied by.
pub(crate) struct Loss {
    program: Program,
    /// The gradient is that of the sums before the activation: for cross-entropy after the activation that belongs to it, `output - target`.
    pub of_sums: bool,
}

impl Loss {
    /// Reads the loss for outputs of this activation; `direct` where nothing disturbs them after it.
    ///
    /// # Errors
    /// A text that is no expression of `output` and `target`, draws, or has no derivative.
    pub fn read(text: &Text, activation: &Text, direct: bool) -> Result<Self, LayersError> {
        let name = text.value.trim();
        let activation = activation.value.trim();
        let is_cross_entropy = name == "cross-entropy";
        let expression_text = text_of(name, activation);
        let of_sums = is_cross_entropy && direct && ["softmax", "sigmoid"].contains(&activation);
        let mut reading = TextReading::new("training.loss", &["output", "target"]);
        let loss = reading.expression(expression_text)?;
        let slope = if of_sums {
            let (output, target) = (reading.graph.named("output"), reading.graph.named("target"));
            reading.graph.subtract(output, target)
        } else {
            reading.slope(loss, "output", name)?
        };
        let scale = reading.graph.named("scale");
        let gradient = reading.graph.multiply(slope, scale);
        let place = |name: &str| match name {
            "output" => Some(SymbolPlace::Column(0)),
            "target" => Some(SymbolPlace::Column(1)),
            "scale" => Some(SymbolPlace::Uniform(0)),
            _ => None,
        };
        let program = reading.lower(&[(gradient, 2), (loss, 3)], &place, 1)?;
        Ok(Self { program, of_sums })
    }

    /// Memory to compute in.
    pub fn workspace<R: Real>(&self) -> Workspace<R> {
        self.program.workspace()
    }

    /// The summed loss of some outputs and, in `gradient`, how fast `scale` times it rises with each.
    pub fn judge<R: Real>(
        &self,
        memory: &mut Workspace<R>,
        columns: [&mut [R]; 4],
        scale: f64,
    ) -> f64 {
        let lanes = 0..columns[0].len();
        let mut columns = columns;
        self.program.run_with(
            Vectors::widest(),
            memory,
            &mut columns,
            &[scale],
            &mut NoEnvironment,
            lanes,
        );
        columns[3].iter().map(|loss| loss.to_f64()).sum()
    }
}

/// The gradient of shares of 1 becomes that of the sums that they were made of; both `[unit][sample]`.
pub(crate) fn through_softmax<R: Real>(gradient: &mut [R], shares: &[R], samples: usize) {
    let units = shares.len() / samples.max(1);
    for sample in 0..samples {
        let at = |unit: usize| unit * samples + sample;
        let mean: f64 = (0..units)
            .map(|unit| shares[at(unit)].to_f64() * gradient[at(unit)].to_f64())
            .sum();
        for unit in 0..units {
            gradient[at(unit)] = shares[at(unit)] * (gradient[at(unit)] - R::from_f64(mean));
        }
    }
}
