//! Weights and responses of a trained network's layers, for a person to look at.

use oscine_equations::lanes::Real;
use oscine_layers::Training;
use oscine_network::{Shape, Targets};
use oscine_tasks::Split;

/// The response of a layer, or the input before the first.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerResponse {
    /// The layer's name; `input` before the first.
    pub layer: String,
    /// Of one example.
    pub shape: Shape,
    /// Of the first example, `[channel, row, column]`.
    pub one: Vec<f64>,
    /// The mean over the examples of each class, `[class][channel, row, column]`; empty where the task has none.
    pub by_class: Vec<f64>,
    /// Names of the classes.
    pub classes: Vec<String>,
}

/// The weights of a layer, to be looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// The layer's name.
    pub layer: String,
    /// Units, or channels.
    pub units: usize,
    /// `[unit][input]`.
    pub values: Vec<f64>,
    /// Of the squares or images that they belong to: `[channel, row, column]` of one unit; a list where there are none.
    pub shape: Shape,
}

/// The weights of each layer that has any.
pub(crate) fn weights<R: Real>(training: &Training<R>) -> Vec<Weights> {
    let layers = training.layers();
    let arrays = training.weights().into_iter();
    let arrays = arrays.filter(|array| array.shape.len() > 1);
    let weights = arrays.map(|array| {
        let layer = array.name.trim_end_matches(".weight").to_owned();
        let inputs = array.values.len() / array.shape[0].max(1);
        let input = layers.iter().find(|known| known.name == layer);
        let input = input.map(|known| known.input);
        let shape = match array.shape[..] {
            [_, channels, height, width] => Shape {
                channels,
                height,
                width,
            },
            _ => input
                .filter(|shape| shape.features() == inputs)
                .unwrap_or_else(|| Shape::list(inputs)),
        };
        Weights {
            layer,
            units: array.shape[0],
            values: array.values.iter().map(|weight| weight.to_f64()).collect(),
            shape,
        }
    });
    weights.collect()
}

/// The input and the response of each layer for the test set, or for the training set where there is none.
pub(crate) fn responses<R: Real>(training: &mut Training<R>, split: &Split) -> Vec<LayerResponse> {
    const MOST: usize = 500;
    let examples = match split.test.is_empty() {
        true => &split.training,
        false => &split.test,
    };
    let count = examples.len().min(MOST);
    let features = examples.shape.features();
    let inputs = examples.inputs[..count * features].iter();
    let input = oscine_layers::LayerActivations {
        layer: "input".into(),
        shape: examples.shape,
        values: inputs.map(|value| f64::from(*value)).collect(),
    };
    let layers = training.responses(examples, MOST);
    let (of, names): (&[u32], &[String]) = match &examples.targets {
        Targets::Classes { of, names } => (of, names),
        Targets::Values { .. } => (&[], &[]),
    };
    let looked_at = |response: oscine_layers::LayerActivations| {
        let features = response.shape.features();
        let mut sums = vec![0.0; names.len() * features];
        let mut counts = vec![0.0; names.len()];
        for (values, class) in response.values.chunks(features.max(1)).zip(of) {
            let class = *class as usize;
            counts[class] += 1.0;
            for (sum, value) in sums[class * features..].iter_mut().zip(values) {
                *sum += value;
            }
        }
        for (place, sum) in sums.iter_mut().enumerate() {
            *sum /= counts[place / features.max(1)];
        }
        LayerResponse {
            one: response.values.into_iter().take(features).collect(),
            layer: response.layer,
            shape: response.shape,
            by_class: sums,
            classes: names.to_vec(),
        }
    };
    std::iter::once(input)
        .chain(layers)
        .map(looked_at)
        .collect()
}
