//! A network of layers: forward, backward, and one step of learning.

use std::sync::Mutex;

use oscine_equations::lanes::Real;
use oscine_equations::program::Workspace;
use oscine_network::{Examples, Experiment, LayerKind, Shape, Targets, Training};
use oscine_threads::Team;

use crate::LayersError;
use crate::activation::Activation;
use crate::backward::Change;
use crate::depth::unrolled;
use crate::layer::{BatchLayout, BuiltLayer, Signal};
use crate::loss::{Loss, through_softmax};
use crate::memory::ThreadMemory;
use crate::noise::{BatchMoment, Disturbances};
use crate::optimiser::LoweredOptimiser;

/// A network of layers with their loss and optimiser, ready to learn.
pub(crate) struct LayeredNetwork<R> {
    pub layers: Vec<BuiltLayer<R>>,
    pub optimiser: LoweredOptimiser,
    /// Samples of a batch at most.
    pub batch: usize,
    clip: Option<f64>,
    loss: Loss,
    loss_memory: Workspace<R>,
    /// `[sample][feature]`.
    pub input: Vec<R>,
    input_noise: Disturbances,
    /// `[output][sample]`.
    pub targets: Vec<R>,
    target_noise: Disturbances,
    losses: Vec<R>,
    memories: Vec<Mutex<ThreadMemory<R>>>,
    shape: Shape,
}

impl<R: Real> LayeredNetwork<R> {
    /// Builds the layers of a description for examples of this shape and so many outputs.
    ///
    /// # Errors
    /// Texts that do not read, shapes that do not fit.
    pub fn build(
        experiment: &Experiment,
        training: &Training,
        shape: Shape,
        outputs: (usize, &'static str),
        batch: usize,
        threads: usize,
    ) -> Result<Self, LayersError> {
        let optimiser = LoweredOptimiser::read(training)?;
        let experiment = &*unrolled(experiment);
        if experiment.layers.is_empty() {
            return Err(LayersError::NoLayers);
        }
        let mut layers: Vec<BuiltLayer<R>> = Vec::new();
        let mut input = (shape, BatchLayout::BySample);
        for place in 0..experiment.layers.len() {
            let layer =
                BuiltLayer::build(experiment, place, input, batch, optimiser.memories.len())?;
            input = (layer.output, layer.layout());
            layers.push(layer);
        }
        if input.0.features() != outputs.0 {
            return Err(LayersError::Outputs {
                outputs: input.0.features(),
                targets: outputs.0,
                of: outputs.1,
            });
        }
        let (name, last) = &experiment.layers[layers.len() - 1];
        if !matches!(last.kind, LayerKind::Dense { .. }) {
            return Err(LayersError::LastNotDense {
                layer: name.clone(),
            });
        }
        let direct = layers[layers.len() - 1].noise.activation.is_empty()
            && layers[layers.len() - 1].noise.sum.is_empty();
        let loss = Loss::read(&training.loss, &last.activation, direct)?;
        let seed = experiment.run.seed;
        let at = |place: String| Disturbances::at(&experiment.noise, &[place], "", seed);
        Ok(Self {
            batch,
            clip: training.clip,
            loss_memory: loss.workspace(),
            loss,
            input: vec![R::ZERO; shape.features() * batch],
            input_noise: at(format!("{}.input", experiment.layers[0].0))?,
            targets: vec![R::ZERO; outputs.0 * batch],
            target_noise: at("training.targets".to_owned())?,
            losses: vec![R::ZERO; outputs.0 * batch],
            memories: ThreadMemory::of(threads, &layers, &optimiser),
            layers,
            optimiser,
            shape,
        })
    }

    /// Makes all noise ready for a step.
    pub fn prepare(&mut self, moment: BatchMoment) {
        self.input_noise.prepare(moment);
        self.target_noise.prepare(moment);
        for layer in &mut self.layers {
            layer.noise.prepare(moment);
            layer.learns = moment.judged.is_none();
            layer.disturb_weights();
        }
    }

    /// Puts noise on the targets of a batch, where there is any.
    pub fn disturb_targets(&mut self, samples: usize) {
        let count = self.targets.len() / self.batch * samples;
        self.target_noise
            .apply(0, &mut self.targets[..count], &mut []);
    }

    /// Puts noise on the input of a batch, where there is any.
    pub fn disturb_input(&mut self, samples: usize) {
        let features = self.shape.features();
        self.input_noise
            .apply(0, &mut self.input[..samples * features], &mut []);
    }

    /// From what stands in `input` to the values of the last layer.
    pub fn forward(&mut self, samples: usize, learns: bool, team: &Team) {
        self.disturb_input(samples);
        for place in 0..self.layers.len() {
            let (before, rest) = self.layers.split_at_mut(place);
            let input = match before.last() {
                Some(layer) => layer.signal(samples),
                None => signal(&self.input, self.shape.features(), samples),
            };
            rest[0].forward(place, input, learns, team, &self.memories);
        }
    }

    /// The summed loss of a batch that went forward; the gradient of its mean over the samples is then the last layer's `delta`.
    pub fn judge(&mut self, samples: usize) -> f64 {
        let last = self.layers.last_mut().expect("a network has layers");
        let count = last.output.features() * samples;
        let BuiltLayer {
            values,
            delta,
            slopes,
            activation,
            ..
        } = last;
        // As [output][sample], whatever the layer is.
        let columns = [
            &mut values[..count],
            &mut self.targets[..count],
            &mut delta[..count],
            &mut self.losses[..count],
        ];
        let loss = self
            .loss
            .judge(&mut self.loss_memory, columns, 1.0 / samples as f64);
        if !self.loss.of_sums {
            if !slopes.is_empty() {
                for (delta, slope) in delta[..count].iter_mut().zip(&*slopes) {
                    *delta *= *slope;
                }
            }
            if matches!(activation, Activation::Softmax) {
                through_softmax(&mut delta[..count], &values[..count], samples);
            }
        }
        loss
    }

    /// Learns from a batch whose examples stand in `input` and `targets`; its summed loss.
    pub fn step(&mut self, samples: usize, epoch: usize, step: u64, team: &Team) -> f64 {
        self.prepare(BatchMoment {
            epoch,
            step,
            judged: None,
        });
        self.disturb_targets(samples);
        self.forward(samples, true, team);
        let loss = self.judge(samples);
        let change = Change {
            rate: self.optimiser.rate(epoch, step),
            optimiser: &self.optimiser,
            step,
            gradient_scale: 1.0,
        };
        let at_once = self.clip.is_none().then_some(&change);
        let input = signal(&self.input, self.shape.features(), samples);
        back(&mut self.layers, input, at_once, team, &self.memories);
        if let Some(clip) = self.clip {
            let length = self.gradient_length();
            let change = Change {
                gradient_scale: if length > clip { clip / length } else { 1.0 },
                ..change
            };
            for layer in &mut self.layers {
                layer.change(&change, &self.memories);
            }
        }
        loss
    }

    /// The gradients of the mean loss of a batch whose examples stand in `input` and `targets`.
    pub fn gradients(&mut self, samples: usize, moment: BatchMoment, team: &Team) {
        self.prepare(moment);
        self.forward(samples, true, team);
        self.judge(samples);
        let input = signal(&self.input, self.shape.features(), samples);
        back(&mut self.layers, input, None, team, &self.memories);
    }

    /// Puts examples where a batch is taken from; `labels` in place of the classes that the examples have.
    pub fn present(&mut self, examples: &Examples, labels: Option<&[u32]>, members: &[u32]) {
        let features = self.shape.features();
        for (input, &member) in self.input.chunks_exact_mut(features).zip(members) {
            let first = member as usize * features;
            for (input, &given) in input
                .iter_mut()
                .zip(&examples.inputs[first..first + features])
            {
                *input = R::from_f64(f64::from(given));
            }
        }
        let samples = members.len();
        let outputs = examples.targets.outputs();
        match &examples.targets {
            Targets::Classes { of, .. } => {
                let of = labels.unwrap_or(of);
                self.targets[..outputs * samples].fill(R::ZERO);
                for (sample, &member) in members.iter().enumerate() {
                    self.targets[of[member as usize] as usize * samples + sample] = R::ONE;
                }
            }
            Targets::Values { values, .. } => {
                for (sample, &member) in members.iter().enumerate() {
                    for output in 0..outputs {
                        let value = values[member as usize * outputs + output];
                        self.targets[output * samples + sample] = R::from_f64(value);
                    }
                }
            }
        }
    }

    /// What came out, `[output][sample]`.
    pub fn outputs(&self, samples: usize) -> &[R] {
        self.layers
            .last()
            .map_or(&[], |layer| layer.signal(samples).values)
    }

    /// Whether any stage of a step has pieces to share.
    pub fn is_shared(&self, batch: usize) -> bool {
        self.layers.iter().any(|layer| layer.is_shared(batch))
    }

    /// The length of the gradient of all that is learned.
    pub fn gradient_length(&self) -> f64 {
        let gradients = self.layers.iter().flat_map(|layer| {
            layer
                .weights
                .gradients
                .iter()
                .chain(&layer.biases.gradients)
        });
        gradients
            .map(|gradient| gradient.to_f64().powi(2))
            .sum::<f64>()
            .sqrt()
    }
}

/// From the last layer's `delta` to the gradients of all layers and, where it is given, the optimiser's step.
fn back<R: Real>(
    layers: &mut [BuiltLayer<R>],
    input: Signal<R>,
    change: Option<&Change>,
    team: &Team,
    memories: &[Mutex<ThreadMemory<R>>],
) {
    for place in (0..layers.len()).rev() {
        let (before, rest) = layers.split_at_mut(place);
        let layer = &mut rest[0];
        layer.back_in_time(input.samples, team);
        if let Some(before) = before.last_mut() {
            layer.backward(before, input.samples, team, memories);
        }
        let input = match before.last() {
            Some(before) => before.signal(input.samples),
            None => input,
        };
        layer.learn(input, change, team, memories);
    }
}

fn signal<R>(input: &[R], features: usize, samples: usize) -> Signal<'_, R> {
    Signal {
        values: &input[..features * samples],
        features,
        samples,
        layout: BatchLayout::BySample,
    }
}

#[cfg(test)]
pub(crate) mod tests;
