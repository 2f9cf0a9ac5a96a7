//! How an artificial network learns.

use crate::{Named, Text};

/// The training.
#[derive(Clone, Debug, PartialEq)]
pub struct Training {
    /// `mean-squared-error`, `cross-entropy`, or an expression of `output` and `target`, summed over the outputs.
    pub loss: Text,
    /// What changes the weights.
    pub optimiser: Optimiser,
    /// Examples of a mini-batch.
    pub batch: usize,
    /// Times that all examples are seen.
    pub epochs: usize,
    /// The gradient is made no longer than this; not at all where `None`.
    pub clip: Option<f64>,
    /// Each weight also shrinks, as by a penalty of half of this times its square.
    pub weight_decay: f64,
    /// Training ends when the validation loss has not sunk for so many epochs, and the best weights are kept.
    pub patience: Option<usize>,
}

/// What changes the weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimiser {
    /// `sgd`, `momentum`, `nesterov`, `rms-prop`, `adagrad`, `adam`, or statements that change `w` by its gradient `g`, at the `step` counted from 1.
    pub kind: Text,
    /// The learning rate, a number or an expression of `epoch` and `step`, counted from 0.
    pub rate: Text,
    /// Other parameters by name: `momentum`, `beta1`, `beta2`, `epsilon`.
    pub parameters: Named<f64>,
}
