//! The layers of an artificial network, in the order in which a signal passes them.

use crate::Text;

/// One layer: what is done to the signal, and the activation after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// What kind of layer.
    pub kind: LayerKind,
    /// How many such layers follow one another, each with weights of its own.
    pub depth: usize,
    /// The name of an activation (`sigmoid`, `tanh`, `relu`, `softplus`, `softmax`, `linear`, …) or an expression of `x`.
    pub activation: Text,
    /// How weights begin: a name (`xavier`, `he`, `sussillo-abbott`, `zeros`), or an expression of `randn()`, `rand()`, `fan_in`, `fan_out`.
    pub weights: Text,
    /// How biases begin, likewise; `None`: the layer has no biases.
    pub biases: Option<Text>,
}

/// The kinds of layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LayerKind {
    /// Each unit sees all of the signal.
    Dense {
        /// Units.
        size: usize,
    },
    /// Each unit sees a square of the image; the weights are shared by all places.
    Convolution {
        /// Images that come out.
        channels: usize,
        /// Side of the square.
        kernel: usize,
        /// Pixels between two places.
        stride: usize,
        /// Pixels of 0 added around the image.
        padding: usize,
    },
    /// At each step of a sequence (a row of an image, a number of a list) the units see what comes and what they said before.
    Recurrent {
        /// Units.
        size: usize,
        /// Whether all steps come out, as an image with a row for each; else what the units say at the last.
        every_step: bool,
    },
    /// Numbers less their mean, over their deviation; its weights are gains.
    Normalisation {
        /// Over the samples of a batch, each channel by itself; else over the numbers of each sample.
        over_batch: bool,
    },
    /// The greatest, or the mean, of each square of the image.
    Pooling {
        /// Side of the square, and pixels between two places.
        size: usize,
        /// The mean instead of the greatest.
        average: bool,
    },
}
