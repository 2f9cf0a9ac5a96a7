//! What can be wrong with a network of layers, or go wrong with it.

use oscine_equations::EquationError;
use thiserror::Error;

/// A mistake in the description of layers and their training, or a training that cannot go on.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum LayersError {
    /// A text that does not read as an expression.
    #[error("{place}: {error}")]
    Equation {
        /// As a key of the file: `layers.hidden.activation`.
        place: String,
        error: Box<EquationError>,
    },
    /// A text with random numbers, where the noise has a table of its own.
    #[error(
        "{place}: random numbers are not possible here; noise has its own table, `[noise.NAME]` with `at`"
    )]
    Random { place: String },
    /// An activation or a loss that has no derivative.
    #[error("{place}: `{text}` has no derivative that could be found")]
    NoDerivative { place: String, text: String },
    /// Nothing to run.
    #[error("there are no layers")]
    NoLayers,
    /// Outputs that are images.
    #[error("the last layer, `{layer}`, must be dense, with one unit for each output")]
    LastNotDense { layer: String },
    /// A layer that takes images follows one without.
    #[error(
        "layer `{layer}` takes images, and what comes to it is a list of {features} numbers; put it before the dense layers"
    )]
    NotAnImage { layer: String, features: usize },
    /// A recurrent layer that gets no sequence.
    #[error(
        "layer `{layer}` reads the rows of an image of one channel, or the numbers of a list that no dense layer has mixed; put it before the dense and convolutional layers"
    )]
    NotASequence { layer: String },
    /// A square that is larger than the image.
    #[error(
        "layer `{layer}` looks at squares of {kernel} pixels, and what comes to it is {width} x {height}"
    )]
    TooSmall {
        layer: String,
        kernel: usize,
        width: usize,
        height: usize,
    },
    /// Outputs and targets that do not fit.
    #[error(
        "the last layer has {outputs} outputs, and the task has {targets}{of}; set its size to {targets}"
    )]
    Outputs {
        outputs: usize,
        targets: usize,
        /// `classes` or `values`, with a space before.
        of: &'static str,
    },
    /// A loss or a weight that is no number any more.
    #[error(
        "in epoch {epoch}, step {step}, {what} stopped being finite; a smaller `training.optimiser.rate` or `training.clip` may help"
    )]
    NotFinite {
        epoch: usize,
        step: u64,
        what: String,
    },
    /// A device that cannot compute this training.
    #[error("`device = \"{device}\"` in [training]: {why}")]
    NoDevice { device: &'static str, why: String },
    /// Weights to begin with that are none, or of another network.
    #[error("`weights_from` in [training], {reason}")]
    Given { reason: String },
    /// A saved state of another network.
    #[error("the saved state does not fit this network: {reason}")]
    Saved { reason: String },
}
