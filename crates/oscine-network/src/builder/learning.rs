//! A task, layers and their training by calls.
//!
//! ```
//! use oscine_network::{Experiment, Layer, NoiseKind, Precision, Task, Training};
//!
//! let experiment = Experiment::new("Digits")
//!     .precision(Precision::Single)
//!     .task(Task::new("digits").test(0.2))
//!     .add_layer("hidden", Layer::dense(30).activation("sigmoid"))
//!     .add_layer("output", Layer::dense(10).activation("softmax"))
//!     .training(
//!         Training::new(30)
//!             .loss("cross-entropy")
//!             .optimiser("adam", "0.001")
//!             .batch(32),
//!     )
//!     .add_noise("synaptic", NoiseKind::Gaussian, "0.1/(1 + epoch)", ["hidden.weights"]);
//! experiment.validate()?;
//! assert!(!experiment.has_time());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::declaration::Declared;
use crate::{Device, Experiment, Layer, LayerKind, Task, Text, Training};

impl Experiment {
    /// The examples that layers learn from, or that stimuli show to neurons.
    pub fn task(mut self, task: Task) -> Self {
        self.task = Some(task);
        self
    }

    /// Adds a layer after those that there are.
    pub fn add_layer(mut self, name: impl Into<String>, layer: Layer) -> Self {
        self.layers.push((name.into(), layer));
        self
    }

    /// How the layers learn. A file of layers alone computes in single precision; here that is said by [`Experiment::precision`].
    pub fn training(mut self, training: Training) -> Self {
        self.training = Some(training);
        self
    }
}

impl Task {
    /// `digits`, `mnist`, `generated`, or the path of a table or of a folder of images; all of it is learned from, but for a test set of its own.
    pub fn new(data: impl Into<Text>) -> Self {
        Self {
            data: data.into(),
            ..Self::blank()
        }
    }

    /// Keeps these classes only, in this order.
    pub fn classes<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.classes = names.into_iter().map(Into::into).collect();
        self
    }

    /// Keeps this part for validation, of what is not for the test.
    pub fn validation(mut self, part: f64) -> Self {
        self.validation = part;
        self
    }

    /// Keeps this part for the test.
    pub fn test(mut self, part: f64) -> Self {
        self.test = Some(part);
        self
    }

    /// Learns from so many examples at most, drawn anew for each seed.
    pub fn at_most(mut self, examples: usize) -> Self {
        self.training = Some(examples);
        self
    }

    /// The column of a table that is to be known.
    pub fn target(mut self, column: impl Into<Text>) -> Self {
        self.target = Some(column.into());
        self
    }

    /// Of a table, a column that is seen, and its name twice; of generated examples, an input with its expression.
    pub fn input(mut self, name: impl Into<String>, expression: impl Into<Text>) -> Self {
        self.inputs.push((name.into(), expression.into()));
        self
    }

    /// Of generated examples: what should come out, an expression of the inputs.
    pub fn output(mut self, name: impl Into<String>, expression: impl Into<Text>) -> Self {
        self.targets.push((name.into(), expression.into()));
        self
    }

    /// Of generated data: how many examples.
    pub fn examples(mut self, count: usize) -> Self {
        self.examples = Some(count);
        self
    }
}

impl Layer {
    /// So many units, each of which sees all.
    pub fn dense(size: usize) -> Self {
        Self::of(LayerKind::Dense { size })
    }

    /// So many images, each unit of which sees a square of `kernel` by `kernel`.
    pub fn convolution(channels: usize, kernel: usize) -> Self {
        Self::of(LayerKind::Convolution {
            channels,
            kernel,
            stride: 1,
            padding: 0,
        })
    }

    /// The greatest of each square of this side.
    pub fn max_pooling(size: usize) -> Self {
        Self::of(LayerKind::Pooling {
            size,
            average: false,
        })
    }

    /// The mean of each square of this side.
    pub fn average_pooling(size: usize) -> Self {
        Self::of(LayerKind::Pooling {
            size,
            average: true,
        })
    }

    /// So many units that see what comes at each step and what they said before; what they say at the last step comes out.
    pub fn recurrent(size: usize) -> Self {
        Self::of(LayerKind::Recurrent {
            size,
            every_step: false,
        })
    }

    /// Each channel less its mean over the batch, over its deviation.
    pub fn batch_normalisation() -> Self {
        Self::of(LayerKind::Normalisation { over_batch: true })
    }

    /// The numbers of each sample less their mean, over their deviation.
    pub fn layer_normalisation() -> Self {
        Self::of(LayerKind::Normalisation { over_batch: false })
    }

    /// Of a convolution: pixels between two places.
    pub fn stride(mut self, pixels: usize) -> Self {
        if let LayerKind::Convolution { stride, .. } = &mut self.kind {
            *stride = pixels;
        }
        self
    }

    /// Of a convolution: pixels of 0 around the image.
    pub fn padding(mut self, pixels: usize) -> Self {
        if let LayerKind::Convolution { padding, .. } = &mut self.kind {
            *padding = pixels;
        }
        self
    }

    /// Of recurrent units: what they say at every step comes out.
    pub fn every_step(mut self) -> Self {
        if let LayerKind::Recurrent { every_step, .. } = &mut self.kind {
            *every_step = true;
        }
        self
    }

    /// So many such layers after one another.
    pub fn depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self
    }

    /// An activation by name, or an expression of `x`.
    pub fn activation(mut self, activation: impl Into<Text>) -> Self {
        self.activation = activation.into();
        self
    }

    /// How weights begin: a name, or an expression of `randn()`, `rand()`, `fan_in`, `fan_out`.
    pub fn weights(mut self, weights: impl Into<Text>) -> Self {
        self.weights = weights.into();
        self
    }

    /// How biases begin.
    pub fn biases(mut self, biases: impl Into<Text>) -> Self {
        self.biases = Some(biases.into());
        self
    }

    /// No biases.
    pub fn without_biases(mut self) -> Self {
        self.biases = None;
        self
    }
}

impl Training {
    /// So many epochs of gradient descent at a rate of 0.1 in batches of 32, on the mean squared error.
    pub fn new(epochs: usize) -> Self {
        Self {
            epochs,
            ..Self::blank()
        }
    }

    /// A loss by name, or an expression of `output` and `target`.
    pub fn loss(mut self, loss: impl Into<Text>) -> Self {
        self.loss = loss.into();
        self
    }

    /// An optimiser by name, or its statements, and its rate, a number or an expression of `epoch` and `step`.
    pub fn optimiser(mut self, kind: impl Into<Text>, rate: impl Into<Text>) -> Self {
        self.optimiser.kind = kind.into();
        self.optimiser.rate = rate.into();
        self
    }

    /// A parameter of the optimiser: `momentum`, `beta1`.
    pub fn parameter(mut self, name: impl Into<String>, value: f64) -> Self {
        self.optimiser.parameters.push((name.into(), value));
        self
    }

    /// Examples of a mini-batch.
    pub fn batch(mut self, examples: usize) -> Self {
        self.batch = examples;
        self
    }

    /// Makes the gradient no longer than this.
    pub fn clip(mut self, length: f64) -> Self {
        self.clip = Some(length);
        self
    }

    /// Makes weights shrink, as by a penalty of half of this times their squares.
    pub fn weight_decay(mut self, decay: f64) -> Self {
        self.weight_decay = decay;
        self
    }

    /// Ends when the validation loss has not sunk for so many epochs.
    pub fn patience(mut self, epochs: usize) -> Self {
        self.patience = Some(epochs);
        self
    }

    /// What computes it.
    pub fn device(mut self, device: Device) -> Self {
        self.device = device;
        self
    }

    /// Begins with the weights of a file, or of a results folder.
    pub fn weights_from(mut self, file: impl Into<Text>) -> Self {
        self.weights_from = Some(file.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{NoiseKind, Precision};

    #[test]
    fn calls_say_what_a_file_says() {
        let file = r#"
title = "Both"
[task]
data = "digits"
classes = ["0", "1"]
validation = 0.1
test = 0.2
training = 100
[layers.seen]
kind = "convolution"
channels = 4
kernel = 3
padding = 1
activation = "relu"
biases = false
[layers.pooled]
kind = "max-pooling"
[layers.even]
kind = "layer-normalisation"
[layers.hidden]
size = 12
depth = 2
activation = "x*x"
weights = "he"
[layers.output]
size = 2
activation = "softmax"
[training]
loss = "cross-entropy"
optimiser = { kind = "momentum", rate = "0.1/(1 + epoch)", momentum = 0.8 }
batch = 10
epochs = 30
clip = 5
weight_decay = 0.001
patience = 3
[noise.one]
at = "hidden.weights"
kind = "gaussian"
level = 0.1
"#;
        let read = Experiment::parse(file, "both.toml", Path::new("")).unwrap();
        let built = Experiment::new("Both")
            .precision(Precision::Single)
            .task(
                Task::new("digits")
                    .classes(["0", "1"])
                    .validation(0.1)
                    .test(0.2)
                    .at_most(100),
            )
            .add_layer(
                "seen",
                Layer::convolution(4, 3)
                    .padding(1)
                    .activation("relu")
                    .without_biases(),
            )
            .add_layer("pooled", Layer::max_pooling(2))
            .add_layer("even", Layer::layer_normalisation())
            .add_layer(
                "hidden",
                Layer::dense(12).depth(2).activation("x*x").weights("he"),
            )
            .add_layer("output", Layer::dense(2).activation("softmax"))
            .training(
                Training::new(30)
                    .loss("cross-entropy")
                    .optimiser("momentum", "0.1/(1 + epoch)")
                    .parameter("momentum", 0.8)
                    .batch(10)
                    .clip(5.0)
                    .weight_decay(0.001)
                    .patience(3),
            )
            .add_noise("one", NoiseKind::Gaussian, "0.1", ["hidden.weights"]);
        built.validate().unwrap();
        assert_eq!(built.to_toml(), read.to_toml());
        assert_eq!(built, read);
    }
}
