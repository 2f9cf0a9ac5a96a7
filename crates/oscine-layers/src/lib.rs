//! Layers: artificial networks that run on the same programs as the neurons.
//!
//! A layer is a matrix product and an expression. Activation, loss and optimiser are texts in the language of `oscine-equations`, which
//! differentiates them and lowers them to programs on blocks of lanes; noise is drawn from streams of `oscine-random`, keyed by the place.
//! [`Training`] goes forward and back over mini-batches. What a batch is parted into, and the order of every sum, do not depend on
//! the number of threads: so the weights have the same bits for any, and after a training that was stopped and went on.

// Only the program prints.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

mod activation;
mod arrays;
mod backward;
mod convolution;
mod correlated;
mod depth;
mod error;
mod forward;
mod initial;
mod layer;
mod layer_gradients;
mod logistic;
mod loss;
mod memory;
mod network;
mod noise;
mod normalisation;
#[cfg(feature = "burn")]
mod on_device;
mod optimiser;
mod pieces;
mod pooling;
mod product;
mod recurrent;
mod responses;
mod schedule;
mod sharpness;
mod text;
mod training;

pub use activation::ACTIVATION_TEXTS;
pub use depth::unrolled;
pub use error::LayersError;
pub use initial::INITIALISATION_TEXTS;
pub use layer_gradients::LayerGradients;
pub use loss::LOSS_TEXTS;
pub use normalisation::EPSILON as NORMALISATION_EPSILON;
pub use optimiser::{OPTIMISER_TEXTS, OptimiserText};
pub use responses::LayerActivations;
pub use training::{Epoch, Judgement, LayerFacts, ParameterArray, Training, TrainingState};
