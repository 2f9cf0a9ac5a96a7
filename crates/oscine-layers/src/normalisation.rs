//! Normalisation: numbers less their mean, over their deviation, then times a gain and plus a bias that are learned.
//!
//! Over a batch, each channel by itself (Ioffe & Szegedy 2015, arXiv:1502.03167), or over the numbers of one sample, each sample by itself (Ba, Kiros &
//! Hinton 2016, arXiv:1607.06450). A batch is known while the network learns; when it is judged, running means of what it knew stand in.

use oscine_equations::lanes::Real;
use oscine_network::LayerKind;

use crate::layer::{BatchLayout, BuiltLayer, Signal};

/// Added to variances, so that none is 0. As PyTorch has it.
pub const EPSILON: f64 = 1e-5;
/// What a batch weighs in the running means. As PyTorch has it.
pub(crate) const WEIGHT: f64 = 0.1;

/// The statistics of the groups of numbers that are normalised together: channels, or samples.
#[derive(Clone, Default)]
pub(crate) struct Groups {
    /// The mean of each.
    mean: Vec<f64>,
    /// One over the deviation of each.
    inverse: Vec<f64>,
    /// Of the gradient at each group: its mean, and that of its product with the normalised numbers.
    gradient: Vec<(f64, f64)>,
    /// Whether mean and deviation are those of the numbers themselves.
    are_own: bool,
}

impl<R: Real> BuiltLayer<R> {
    /// Whether it normalises, and over batches.
    pub fn normalises(&self) -> Option<bool> {
        match self.kind {
            LayerKind::Normalisation { over_batch } => Some(over_batch),
            _ => None,
        }
    }

    /// Group, and place among gains and biases, of the number at some place of a batch.
    fn places(&self, at: usize, samples: usize) -> (usize, usize) {
        let features = self.output.features();
        let (feature, sample) = match self.layout() {
            BatchLayout::ByFeature => (at / samples, at % samples),
            BatchLayout::BySample => (at % features, at / features),
        };
        if self.normalises() == Some(true) {
            let channel = feature / (self.output.height * self.output.width);
            (channel, channel)
        } else {
            (sample, feature)
        }
    }

    /// Finds means and deviations of what comes in, before it is normalised.
    pub fn find_groups(&mut self, input: Signal<R>) {
        let Some(over_batch) = self.normalises() else {
            return;
        };
        if over_batch && !self.learns {
            let [mean, variance] = &self.running;
            self.groups.mean = mean.iter().map(|mean| mean.to_f64()).collect();
            let inverse = |variance: &R| 1.0 / (variance.to_f64() + EPSILON).sqrt();
            self.groups.inverse = variance.iter().map(inverse).collect();
            self.groups.are_own = false;
            return;
        }
        let samples = input.samples;
        let count = if over_batch {
            self.output.channels
        } else {
            samples
        };
        let size = (input.values.len() / count.max(1)) as f64;
        let mut mean = vec![0.0; count];
        for (at, value) in input.values.iter().enumerate() {
            mean[self.places(at, samples).0] += value.to_f64();
        }
        for mean in &mut mean {
            *mean /= size;
        }
        let mut variance = vec![0.0; count];
        for (at, value) in input.values.iter().enumerate() {
            let group = self.places(at, samples).0;
            variance[group] += (value.to_f64() - mean[group]).powi(2);
        }
        for (group, variance) in variance.iter_mut().enumerate() {
            *variance /= size;
            if over_batch {
                let free = *variance * size / (size - 1.0).max(1.0);
                for (running, new) in self.running.iter_mut().zip([mean[group], free]) {
                    let old = running[group].to_f64();
                    running[group] = R::from_f64(old + WEIGHT * (new - old));
                }
            }
        }
        let inverse = |variance: &f64| 1.0 / (variance + EPSILON).sqrt();
        self.groups.inverse = variance.iter().map(inverse).collect();
        self.groups.mean = mean;
        self.groups.are_own = true;
    }

    fn normal(&self, group: usize, value: R) -> f64 {
        (value.to_f64() - self.groups.mean[group]) * self.groups.inverse[group]
    }

    /// The normalised numbers from place `first` of the batch on.
    pub fn normalised(&self, first: usize, input: Signal<R>, sums: &mut [R]) {
        let gains = self.met_weights();
        for (place, sum) in sums.iter_mut().enumerate() {
            let at = first + place;
            let (group, feature) = self.places(at, input.samples);
            let bias = self
                .biases
                .values
                .get(feature)
                .map_or(0.0, |bias| bias.to_f64());
            let normal = self.normal(group, input.values[at]);
            *sum = R::from_f64(gains[feature].to_f64() * normal + bias);
        }
    }

    /// Finds what the gradient is at each group, before it goes back; `input` is what came in.
    pub fn find_gradients_of_groups(&mut self, input: Signal<R>) {
        if self.normalises().is_none() {
            return;
        }
        let mut sums = vec![(0.0, 0.0); self.groups.mean.len()];
        for (at, value) in input.values.iter().enumerate() {
            let (group, feature) = self.places(at, input.samples);
            let gradient = self.delta[at].to_f64() * self.met_weights()[feature].to_f64();
            sums[group].0 += gradient;
            sums[group].1 += gradient * self.normal(group, *value);
        }
        let size = input.values.len() as f64 / sums.len().max(1) as f64;
        self.groups.gradient = sums.iter().map(|(a, b)| (a / size, b / size)).collect();
    }

    /// The gradient of what came in, from place `first` of the batch on.
    pub fn back_through_normalisation(&self, first: usize, input: Signal<R>, target: &mut [R]) {
        let gains = self.met_weights();
        for (place, target) in target.iter_mut().enumerate() {
            let at = first + place;
            let (group, feature) = self.places(at, input.samples);
            let mut gradient = self.delta[at].to_f64() * gains[feature].to_f64();
            if self.groups.are_own {
                let (mean, along) = self.groups.gradient[group];
                gradient -= mean + self.normal(group, input.values[at]) * along;
            }
            *target = R::from_f64(gradient * self.groups.inverse[group]);
        }
    }

    /// The gradients of gains and biases.
    pub fn normalisation_gradients(&mut self, input: Signal<R>) {
        let mut gains = vec![0.0; self.weights.values.len()];
        let mut biases = vec![0.0; gains.len()];
        for (at, value) in input.values.iter().enumerate() {
            let (group, feature) = self.places(at, input.samples);
            let delta = self.delta[at].to_f64();
            gains[feature] += delta * self.normal(group, *value);
            biases[feature] += delta;
        }
        for (learned, sums) in [(&mut self.weights, gains), (&mut self.biases, biases)] {
            for (gradient, sum) in learned.gradients.iter_mut().zip(sums) {
                *gradient = R::from_f64(sum);
            }
        }
    }
}
