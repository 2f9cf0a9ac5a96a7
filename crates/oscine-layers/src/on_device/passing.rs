//! One layer on tensors: sums, noise on them, activation, noise after it, in the order of the layers of the processor.

use burn::tensor::Tensor;
use burn::tensor::activation::softmax;
use burn::tensor::module::{avg_pool2d, conv2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, ConvOptions, MaxPoolOptions};
use oscine_equations::lanes::Real;
use oscine_network::{LayerKind, Shape};

use super::expression::{BatchTensor, TensorFormula};
use super::{OnDevice, flat};
use crate::layer::{BatchLayout, BuiltLayer};
use crate::noise::Disturbances;
use crate::normalisation::{EPSILON, WEIGHT};

/// What a layer does with its sums.
pub(super) enum Bend {
    Linear,
    Units(TensorFormula),
    Softmax,
}

/// What a layer learns, as it stands in one step.
pub(super) struct LeafTensors {
    pub weights: BatchTensor,
    pub biases: Option<BatchTensor>,
}

impl OnDevice {
    /// From what comes to a layer to its sums, noise on them included, and what it makes of them.
    pub(super) fn pass<R: Real>(
        &mut self,
        place: usize,
        layer: &BuiltLayer<R>,
        leaves: &LeafTensors,
        input: BatchTensor,
    ) -> (BatchTensor, BatchTensor) {
        let weights = self.disturbed(
            &layer.noise.weights,
            BatchLayout::BySample,
            leaves.weights.clone(),
        );
        let biases = leaves.biases.clone();
        if let LayerKind::Recurrent { .. } = layer.kind {
            let output = self.through_time(place, layer, weights, biases, input);
            return (output.clone(), output);
        }
        let sums = match layer.kind {
            LayerKind::Dense { size } => {
                let sums =
                    input.matmul(weights.reshape([size, layer.input.features()]).transpose());
                match biases {
                    Some(biases) => sums + biases,
                    None => sums,
                }
            }
            LayerKind::Normalisation { over_batch } => {
                self.normalised(place, layer, over_batch, weights, biases, input)
            }
            _ => on_images(layer, weights, biases, input),
        };
        let layout = layer.layout();
        let sums = self.disturbed(&layer.noise.sum, layout, sums);
        let values = self.bent(place, sums.clone());
        (
            sums,
            self.disturbed(&layer.noise.activation, layout, values),
        )
    }

    fn bent(&self, place: usize, sums: BatchTensor) -> BatchTensor {
        match &self.bends[place] {
            Bend::Linear => sums,
            Bend::Units(formula) => formula.values(&[], &[("x", &sums)]).remove(0),
            Bend::Softmax => softmax(sums, 1),
        }
    }

    /// Numbers with noise on them: whatever its kind, each is multiplied by a number and moved by another.
    pub fn disturbed(
        &self,
        noise: &Disturbances,
        layout: BatchLayout,
        numbers: BatchTensor,
    ) -> BatchTensor {
        if !noise.act() {
            return numbers;
        }
        let [samples, features] = numbers.dims();
        let (mut moves, mut factors) = (vec![0.0f64; samples * features], Vec::new());
        factors.resize(moves.len(), 1.0f64);
        match self.is_single {
            true => {
                // Drawn as the layers of single precision draw.
                let (mut single_moves, mut single_factors) =
                    (vec![0.0f32; moves.len()], vec![1.0f32; moves.len()]);
                noise.apply(0, &mut single_moves, &mut single_factors);
                moves = single_moves.into_iter().map(f64::from).collect();
                factors = single_factors.into_iter().map(f64::from).collect();
            }
            false => noise.apply(0, &mut moves, &mut factors),
        }
        let put = |values: Vec<f64>| match layout {
            BatchLayout::BySample => self.numbers(values, [samples, features]),
            BatchLayout::ByFeature => self.numbers(values, [features, samples]).transpose(),
        };
        numbers * put(factors) + put(moves)
    }

    fn normalised<R: Real>(
        &mut self,
        place: usize,
        layer: &BuiltLayer<R>,
        over_batch: bool,
        gains: BatchTensor,
        biases: Option<BatchTensor>,
        input: BatchTensor,
    ) -> BatchTensor {
        let [samples, features] = input.dims();
        if !over_batch {
            let centred = input.clone() - input.mean_dim(1);
            let variance = centred.clone().square().mean_dim(1);
            let normal = centred / variance.add_scalar(EPSILON).sqrt() * gains;
            return match biases {
                Some(biases) => normal + biases,
                None => normal,
            };
        }
        let channels = layer.output.channels;
        let area = features / channels;
        let by_channel = |numbers: Tensor<3>| numbers.mean_dim(2).mean_dim(0);
        let input: Tensor<3> = input.reshape([samples, channels, area]);
        let mean = by_channel(input.clone());
        let centred = input - mean.clone();
        let variance = by_channel(centred.clone().square());
        let size = (samples * area) as f64;
        let free = variance.clone().mul_scalar(size / (size - 1.0).max(1.0));
        for (running, new) in self.running[place].iter_mut().zip([mean, free]) {
            let new: BatchTensor = new.inner().reshape([1, channels]);
            *running = running.clone() + (new - running.clone()).mul_scalar(WEIGHT);
        }
        let each = |numbers: BatchTensor| -> Tensor<3> { numbers.reshape([1, channels, 1]) };
        let mut normal = centred / variance.add_scalar(EPSILON).sqrt() * each(gains);
        if let Some(biases) = biases {
            normal = normal + each(biases);
        }
        normal.reshape([samples, features])
    }

    fn through_time<R: Real>(
        &self,
        place: usize,
        layer: &BuiltLayer<R>,
        weights: BatchTensor,
        biases: Option<BatchTensor>,
        input: BatchTensor,
    ) -> BatchTensor {
        let sequence = layer.sequence().expect("a recurrent layer has a sequence");
        let (units, seen) = (sequence.units, sequence.seen);
        let samples = input.dims()[0];
        let from_seen = weights.clone().narrow(1, 0, units * seen);
        let from_seen = from_seen.reshape([units, seen]).transpose();
        let from_own = weights.narrow(1, units * seen, units * units);
        let from_own = from_own.reshape([units, units]).transpose();
        let mut states: Vec<BatchTensor> = Vec::new();
        for step in 0..sequence.steps {
            let saw = input.clone().narrow(1, step * seen, seen);
            let mut sums = saw.matmul(from_seen.clone());
            if let Some(last) = states.last() {
                sums = sums + last.clone().matmul(from_own.clone());
            }
            if let Some(biases) = &biases {
                sums = sums + biases.clone();
            }
            states.push(self.bent(place, sums));
        }
        match sequence.every_step {
            true => Tensor::cat(states, 1).reshape([samples, sequence.steps * units]),
            false => states.pop().expect("a sequence has steps"),
        }
    }
}

fn on_images<R: Real>(
    layer: &BuiltLayer<R>,
    weights: BatchTensor,
    biases: Option<BatchTensor>,
    input: BatchTensor,
) -> BatchTensor {
    let samples = input.dims()[0];
    let Shape {
        channels,
        height,
        width,
    } = layer.input;
    let images: Tensor<4> = input.reshape([samples, channels, height, width]);
    let images = match layer.kind {
        LayerKind::Convolution {
            channels: units,
            kernel,
            stride,
            padding,
        } => {
            let weights = weights.reshape([units, channels, kernel, kernel]);
            let biases = biases.map(|biases| biases.reshape([units]));
            let options = ConvOptions::new([stride; 2], [padding; 2], [1, 1], 1);
            conv2d(images, weights, biases, options)
        }
        LayerKind::Pooling {
            size,
            average: true,
        } => avg_pool2d(images, AvgPoolOptions::new([size; 2])),
        LayerKind::Pooling { size, .. } => max_pool2d(images, MaxPoolOptions::new([size; 2])),
        _ => unreachable!("other layers do not look at images"),
    };
    flat(images)
}
