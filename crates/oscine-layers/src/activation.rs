//! Activations: an expression of `x`, the sum that comes to a unit, run with its derivative on blocks of lanes.

use oscine_equations::lanes::Real;
use oscine_equations::program::{NoEnvironment, Program, SymbolPlace, Vectors, Workspace};
use oscine_network::Text;

use crate::{LayersError, text::TextReading};

/// The text of an activation by name; `softmax` is not one of a single unit and has none.
///
/// The sigmoid is written with `tanh`, which does not overflow. GELU: Hendrycks & Gimpel (2016), its form with `tanh`.
pub const ACTIVATION_TEXTS: [(&str, &str); 10] = [
    ("linear", "x"),
    ("sigmoid", "0.5 + 0.5*tanh(0.5*x)"),
    ("tanh", "tanh(x)"),
    ("relu", "where(x > 0, x, 0)"),
    ("leaky-relu", "where(x > 0, x, 0.01*x)"),
    ("elu", "where(x > 0, x, expm1(x))"),
    ("softplus", "where(x > 0, x, 0) + log1p(exp(-abs(x)))"),
    (
        "gelu",
        "0.5*x*(1 + tanh(0.7978845608028654*(x + 0.044715*x**3)))",
    ),
    ("swish", "x*(0.5 + 0.5*tanh(0.5*x))"),
    ("step", "int(x > 0)"),
];

/// The expression of an activation that has a name, or is one.
pub(crate) fn text_of(name: &str) -> &str {
    let known = ACTIVATION_TEXTS.iter().find(|(known, _)| *known == name);
    known.map_or(name, |(_, text)| text)
}

/// The activation function of a layer, lowered.
#[derive(Clone, Debug)]
pub(crate) enum Activation {
    /// Nothing.
    Linear,
    /// Each unit alone: values are column 0, slopes column 1.
    Units {
        /// Values only.
        plain: Box<Program>,
        /// Values and slopes.
        with_slopes: Box<Program>,
    },
    /// Exponentials that sum to 1 over the units.
    Softmax,
}

impl Activation {
    /// Reads an activation; `place` is its key, for messages.
    ///
    /// # Errors
    /// A text that is no expression of `x`, draws, or has no derivative.
    pub fn read(text: &Text, place: &str) -> Result<Self, LayersError> {
        let name = text.value.trim();
        if name == "softmax" {
            return Ok(Self::Softmax);
        }
        let expression_text = text_of(name);
        let mut reading = TextReading::new(place, &["x"]);
        let value = reading.expression(expression_text)?;
        if reading.graph.named("x") == value {
            return Ok(Self::Linear);
        }
        let slope = reading.slope(value, "x", name)?;
        let columns = |name: &str| (name == "x").then_some(SymbolPlace::Column(0));
        let plain = reading.lower(&[(value, 0)], &columns, 0)?;
        let with_slopes = reading.lower(&[(value, 0), (slope, 1)], &columns, 0)?;
        Ok(Self::Units {
            plain: Box::new(plain),
            with_slopes: Box::new(with_slopes),
        })
    }

    /// Memory to compute in, one for each thread.
    pub fn workspace<R: Real>(&self) -> Option<Workspace<R>> {
        match self {
            Self::Units { with_slopes, .. } => Some(with_slopes.workspace()),
            _ => None,
        }
    }

    /// Sums become values, and `slopes`, where they are wanted, how fast those rise with the sums.
    pub fn apply<R: Real>(
        &self,
        memory: &mut Option<Workspace<R>>,
        values: &mut [R],
        slopes: &mut [R],
    ) {
        let (Self::Units { plain, with_slopes }, Some(memory)) = (self, memory) else {
            return;
        };
        let lanes = 0..values.len();
        let (program, columns): (_, &mut [&mut [R]]) = if slopes.is_empty() {
            (plain, &mut [values])
        } else {
            (with_slopes, &mut [values, slopes])
        };
        program.run_with(
            Vectors::widest(),
            memory,
            columns,
            &[],
            &mut NoEnvironment,
            lanes,
        );
    }
}

/// Sums of one sample after another, `[unit][sample]`, become shares of 1 over the units.
pub(crate) fn softmax<R: Real>(values: &mut [R], units: usize, samples: usize) {
    for sample in 0..samples {
        let at = |unit: usize| unit * samples + sample;
        let mut greatest = values[at(0)].to_f64();
        for unit in 1..units {
            greatest = greatest.max(values[at(unit)].to_f64());
        }
        let mut sum = 0.0;
        for unit in 0..units {
            let value = (values[at(unit)].to_f64() - greatest).exp();
            sum += value;
            values[at(unit)] = R::from_f64(value);
        }
        for unit in 0..units {
            values[at(unit)] = R::from_f64(values[at(unit)].to_f64() / sum);
        }
    }
}
