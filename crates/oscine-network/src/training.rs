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
    /// What computes it.
    pub device: Device,
    /// A file of weights to begin with (safetensors, with PyTorch's names), in place of those that the layers' texts draw.
    pub weights_from: Option<Text>,
}

/// What computes a training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// Oscine's own layers, on the processor.
    #[default]
    Cpu,
    /// The library `burn` on the processor: the second implementation.
    Flex,
    /// `burn` on a graphics card of Nvidia's.
    Cuda,
    /// `burn` on any graphics card.
    Wgpu,
}

impl Device {
    /// All of them by name.
    pub const NAMES: [&str; 4] = ["cpu", "flex", "cuda", "wgpu"];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Flex => "flex",
            Self::Cuda => "cuda",
            Self::Wgpu => "wgpu",
        }
    }

    /// The device of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Cpu, Self::Flex, Self::Cuda, Self::Wgpu]
            .into_iter()
            .find(|device| device.name() == name)
    }
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
