//! The trained network: its learning curve, its outputs for the examples, and what measures and figures ask of it.

use oscine_equations::lanes::Real;
use oscine_layers::{Epoch, Judgement, LayerGradients, Training};
use oscine_network::Examples;
use oscine_tasks::Split;

use crate::trainings::looked_at::{self, LayerResponse, Weights};

/// A trained network: the course of its training, and what it says of the examples.
#[derive(Clone, Debug)]
pub struct TrainedNetwork {
    /// Each epoch.
    pub history: Vec<Epoch>,
    /// The epoch whose weights were kept, from 0.
    pub best: usize,
    /// The training set, as the trained network sees it.
    pub training: Judged,
    /// The validation set.
    pub validation: Judged,
    /// The test set.
    pub test: Judged,
    /// What backpropagation asks, where measures of that kind want it, by their number of examples.
    pub asked: Vec<(usize, AskedOf)>,
    /// The weights of each layer that has any.
    pub weights: Vec<Weights>,
    /// What each layer says of one example, and of each class on average.
    pub responses: Vec<LayerResponse>,
    /// The greatest curvature of the loss of the training set, where a measure asks for it; else NaN.
    pub sharpness: f64,
}

/// The outputs of a trained network for one set of examples, beside the targets.
#[derive(Clone, Debug)]
pub struct Judged {
    /// How many there are.
    pub examples: usize,
    /// What came out: loss, accuracy, outputs.
    pub judgement: Judgement,
    /// What should have come out, `[example][output]`.
    pub targets: Vec<f64>,
}

/// What backpropagation asks of a network for some examples.
#[derive(Clone, Debug)]
pub struct AskedOf {
    /// What was seen, `[example][input]`.
    pub(crate) input: Vec<Vec<f64>>,
    /// `[example][layer]`.
    pub(crate) each: Vec<Vec<LayerGradients>>,
    /// Of the examples together, by layer.
    pub(crate) batch: Vec<LayerGradients>,
}

/// The questions that the measures of a file have for a trained network, besides what it says of the examples.
#[derive(Clone, Debug, Default)]
pub(crate) struct Questions {
    /// Whether the sharpness of its minimum is asked for.
    pub(crate) sharpness: bool,
    /// Of how many examples it is asked what backpropagation asks, a number for each measure.
    pub(crate) backpropagation: Vec<usize>,
}

impl TrainedNetwork {
    /// Ends a training, and asks the trained network.
    pub(crate) fn of<R: Real>(
        training: &mut Training<R>,
        split: &Split,
        questions: &Questions,
    ) -> Self {
        let best = training.finish();
        let sharpness = match questions.sharpness {
            true => training.sharpness(&split.training),
            false => f64::NAN,
        };
        let counts = questions.backpropagation.iter();
        let asked = counts.map(|&count| (count, AskedOf::of(training, &split.training, count)));
        let asked = asked.collect();
        let mut judged = |examples: &Examples| Judged {
            examples: examples.len(),
            judgement: training.judge(examples),
            targets: examples.targets.as_values(),
        };
        Self {
            best,
            training: judged(&split.training),
            validation: judged(&split.validation),
            test: judged(&split.test),
            asked,
            weights: looked_at::weights(training),
            responses: looked_at::responses(training, split),
            history: training.history().to_vec(),
            sharpness,
        }
    }
}

impl AskedOf {
    /// Asks for the first examples, each and together.
    fn of<R: Real>(training: &mut Training<R>, examples: &Examples, count: usize) -> Self {
        let count = count.min(examples.len());
        let members: Vec<u32> = (0..count as u32).collect();
        let features = examples.shape.features();
        let seen = examples.inputs.chunks(features.max(1)).take(count);
        Self {
            input: seen
                .map(|input| input.iter().map(|&x| f64::from(x)).collect())
                .collect(),
            each: members
                .iter()
                .map(|&member| training.asked(examples, &[member], false))
                .collect(),
            batch: training.asked(examples, &members, true),
        }
    }
}
