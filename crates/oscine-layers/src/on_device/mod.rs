//! The second implementation: the same network on the library `burn`, which goes back through it by itself, on whatever device it reaches.
//!
//! An epoch at a time: weights and the memories of the optimiser go there and come back, everything else of a training stays as it is.
//! Activation, loss and optimiser are the texts of the file, operation by operation on tensors; noise is drawn here, from the same
//! streams, so that a training there differs from one here by rounding alone.

mod expression;
mod passing;
#[cfg(test)]
mod tests;

use burn::tensor::activation::log_softmax;
use burn::tensor::{DType, Device as Place, Tensor, TensorData};
use oscine_equations::lanes::Real;
use oscine_network::{Device, Experiment, LayerKind, Training};

use crate::LayersError;
use crate::activation;
use crate::depth::unrolled;
use crate::layer::{BatchLayout, BuiltLayer, LearnedArray};
use crate::loss;
use crate::network::LayeredNetwork;
use crate::noise::BatchMoment;
use crate::optimiser::OptimiserStatements;
use crate::text::TextReading;

use expression::{BatchTensor, TensorFormula};
use passing::{Bend, LeafTensors};

/// A network on a device.
pub(crate) struct OnDevice {
    place: Place,
    is_single: bool,
    bends: Vec<Bend>,
    loss: DeviceLoss,
    optimiser: TensorFormula,
    memories: Vec<String>,
    /// The columns that the optimiser's statements write: 0 the weights, from 2 on the memories.
    columns: Vec<u16>,
    clip: Option<f64>,
    /// Of each layer: weights and biases, each with the memories of the optimiser; empty where there are none.
    learned: Vec<[Vec<BatchTensor>; 2]>,
    /// Of each normalisation over batches: running means of means and variances.
    running: Vec<Vec<BatchTensor>>,
}

enum DeviceLoss {
    /// Of shares of 1, from the sums that they are made of.
    Surprise,
    /// Cross-entropy of sigmoids, from their sums.
    OfSigmoids,
    Text(TensorFormula),
}

impl OnDevice {
    /// Reads the texts of a description for a device.
    ///
    /// # Errors
    /// A device that this build or this machine does not have, double precision where it has none, noise within a recurrent layer.
    pub fn new<R: Real>(
        experiment: &Experiment,
        training: &Training,
        network: &LayeredNetwork<R>,
    ) -> Result<Self, LayersError> {
        let experiment = &*unrolled(experiment);
        let place = place_of(training.device)?;
        let is_single = R::BYTES == 4;
        if !is_single && !place.supports_dtype(DType::F64) {
            return Err(LayersError::NoDevice {
                device: training.device.name(),
                why: "it has no double precision; set `precision = \"single\"` in [run]".into(),
            });
        }
        let mut bends = Vec::new();
        for ((name, described), layer) in experiment.layers.iter().zip(&network.layers) {
            let inside = !layer.noise.sum.is_empty() || !layer.noise.activation.is_empty();
            if inside && matches!(layer.kind, LayerKind::Recurrent { .. }) {
                return Err(LayersError::NoDevice {
                    device: training.device.name(),
                    why: format!(
                        "noise inside the recurrent layer `{name}` is Oscine's own; leave `device` out"
                    ),
                });
            }
            bends.push(bend_of(described.activation.value.trim(), name)?);
        }
        let last = &experiment.layers[experiment.layers.len() - 1].1;
        let statements = OptimiserStatements::read(training)?;
        let (roots, columns) = statements.outputs.iter().copied().unzip();
        Ok(Self {
            place: place.autodiff(),
            is_single,
            bends,
            loss: loss_of(training, last.activation.value.trim(), network)?,
            optimiser: TensorFormula::new(statements.reading, roots)?,
            memories: statements.memories,
            columns,
            clip: training.clip,
            learned: Vec::new(),
            running: Vec::new(),
        })
    }

    /// Takes weights, memories and running means from here.
    pub fn take<R: Real>(&mut self, network: &LayeredNetwork<R>) {
        let there = |values: &[R]| self.array(values);
        let of = |learned: &LearnedArray<R>| match learned.values.is_empty() {
            true => Vec::new(),
            false => {
                let all = std::iter::once(&learned.values).chain(&learned.memories);
                all.map(|values| there(values)).collect()
            }
        };
        let layers = network.layers.iter();
        let learned = layers
            .clone()
            .map(|layer| [of(&layer.weights), of(&layer.biases)]);
        let learned = learned.collect();
        let running = layers.map(|layer| {
            let means = layer.running.iter().filter(|means| !means.is_empty());
            means.map(|means| there(means)).collect()
        });
        let running = running.collect();
        (self.learned, self.running) = (learned, running);
    }

    /// Gives them back.
    pub fn give<R: Real>(&self, network: &mut LayeredNetwork<R>) {
        for (layer, there) in network.layers.iter_mut().zip(&self.learned) {
            for (learned, there) in [&mut layer.weights, &mut layer.biases]
                .into_iter()
                .zip(there)
            {
                let all = std::iter::once(&mut learned.values).chain(&mut learned.memories);
                for (values, numbers) in all.zip(there) {
                    copy(numbers, values);
                }
            }
        }
        for (layer, there) in network.layers.iter_mut().zip(&self.running) {
            for (values, numbers) in layer.running.iter_mut().zip(there) {
                copy(numbers, values);
            }
        }
    }

    /// Learns from a batch whose examples stand in `input` and `targets` of the network, and puts what came out where the network has it; the summed loss.
    pub fn step<R: Real>(
        &mut self,
        network: &mut LayeredNetwork<R>,
        samples: usize,
        epoch: usize,
        step: u64,
    ) -> f64 {
        let moment = BatchMoment {
            epoch,
            step,
            judged: None,
        };
        let (lost, gradients) = self.gradients(network, samples, moment);
        let rate = network.optimiser.rate(epoch, step);
        let scale = self.gradient_scale(&gradients);
        let single = [
            ("rate", rate),
            ("step", (step + 1) as f64),
            ("gradient_scale", scale),
        ];
        for (learned, gradients) in self.learned.iter_mut().zip(gradients) {
            for (arrays, gradient) in learned.iter_mut().zip(gradients) {
                let Some(gradient) = gradient else { continue };
                let mut named: Vec<(&str, &BatchTensor)> =
                    vec![("w", &arrays[0]), ("g", &gradient)];
                let memories = self.memories.iter().map(String::as_str);
                named.extend(memories.zip(&arrays[1..]));
                let new = self.optimiser.values(&single, &named);
                *arrays = in_place(new, &self.columns, arrays);
            }
        }
        lost
    }

    /// The gradients of the mean loss of a batch, noise on them included, by layer, of weights and of biases.
    fn gradients<R: Real>(
        &mut self,
        network: &mut LayeredNetwork<R>,
        samples: usize,
        moment: BatchMoment,
    ) -> (f64, Vec<[Option<BatchTensor>; 2]>) {
        network.prepare(moment);
        network.disturb_targets(samples);
        network.disturb_input(samples);
        let leaf = |arrays: &Vec<BatchTensor>| {
            let first = arrays.first()?;
            Some(first.clone().autodiff().require_grad())
        };
        let nothing = || self.numbers(vec![0.0], [1, 1]);
        let leaves: Vec<LeafTensors> = self
            .learned
            .iter()
            .map(|[weights, biases]| LeafTensors {
                weights: leaf(weights).unwrap_or_else(nothing),
                biases: leaf(biases),
            })
            .collect();
        let features = network.layers[0].input.features();
        let mut signal = self.batch(&network.input[..samples * features], [samples, features]);
        let mut sums = signal.clone();
        for (place, layer) in network.layers.iter().enumerate() {
            (sums, signal) = self.pass(place, layer, &leaves[place], signal);
        }
        let outputs = signal.dims()[1];
        let targets = self.batch(&network.targets[..outputs * samples], [outputs, samples]);
        let loss = self.lost(sums, signal.clone(), targets.transpose());
        let lost: f64 = loss.clone().into_scalar::<f64>();
        let mut found = loss.mul_scalar(1.0 / samples as f64).backward();
        let last = network.layers.last_mut().expect("a network has layers");
        copy(
            &signal.inner().transpose(),
            &mut last.values[..outputs * samples],
        );
        let gradients = network.layers.iter().zip(&leaves).map(|(layer, leaves)| {
            let noise = &layer.noise;
            let weights = leaves.weights.grad_remove(&mut found);
            let biases = leaves.biases.as_ref();
            let biases = biases.and_then(|biases| biases.grad_remove(&mut found));
            [
                weights
                    .map(|one| self.disturbed(&noise.weight_gradients, BatchLayout::BySample, one)),
                biases.map(|one| self.disturbed(&noise.bias_gradients, BatchLayout::BySample, one)),
            ]
        });
        (lost, gradients.collect())
    }

    /// The summed loss.
    fn lost(&self, sums: BatchTensor, outputs: BatchTensor, targets: BatchTensor) -> Tensor<1> {
        match &self.loss {
            DeviceLoss::Surprise => (targets * log_softmax(sums, 1)).sum().neg(),
            DeviceLoss::OfSigmoids => {
                let lost = sums.clone().clamp_min(0.0) - sums.clone() * targets
                    + sums.abs().neg().exp().log1p();
                lost.sum()
            }
            DeviceLoss::Text(formula) => {
                let named = [("output", &outputs), ("target", &targets)];
                formula.values(&[], &named).remove(0).sum()
            }
        }
    }

    fn gradient_scale(&self, gradients: &[[Option<BatchTensor>; 2]]) -> f64 {
        let Some(clip) = self.clip else {
            return 1.0;
        };
        let all = gradients.iter().flatten().flatten();
        let squares = all.map(|gradient| gradient.clone().square().sum().into_scalar::<f64>());
        let length = squares.sum::<f64>().sqrt();
        if length > clip { clip / length } else { 1.0 }
    }

    /// Numbers in the device's memory that no gradient is asked of.
    fn numbers(&self, values: Vec<f64>, shape: [usize; 2]) -> BatchTensor {
        let dtype = match self.is_single {
            true => DType::F32,
            false => DType::F64,
        };
        let place = self.place.clone().without_autodiff();
        Tensor::from_data(TensorData::new(values, shape), (&place, dtype))
    }

    fn batch<R: Real>(&self, values: &[R], shape: [usize; 2]) -> BatchTensor {
        self.numbers(values.iter().map(|value| value.to_f64()).collect(), shape)
    }

    fn array<R: Real>(&self, values: &[R]) -> BatchTensor {
        self.batch(values, [1, values.len()])
    }
}

/// What the statements give, each where it stands among weights and memories; what they do not write stays.
fn in_place(new: Vec<BatchTensor>, columns: &[u16], old: &[BatchTensor]) -> Vec<BatchTensor> {
    let mut arrays = old.to_vec();
    for (numbers, column) in new.into_iter().zip(columns) {
        arrays[usize::from(column.saturating_sub(1))] = numbers;
    }
    arrays
}

fn copy<R: Real>(numbers: &BatchTensor, values: &mut [R]) {
    let data = numbers.clone().into_data();
    for (value, number) in values.iter_mut().zip(data.iter::<f64>()) {
        *value = R::from_f64(number);
    }
}

/// `[sample][channel, row, column]` as `[sample][feature]`.
fn flat(images: Tensor<4>) -> BatchTensor {
    let [samples, channels, height, width] = images.dims();
    images.reshape([samples, channels * height * width])
}

fn bend_of(activation: &str, layer: &str) -> Result<Bend, LayersError> {
    if activation == "softmax" {
        return Ok(Bend::Softmax);
    }
    let key = format!("layers.{layer}.activation");
    let mut reading = TextReading::new(&key, &["x"]);
    let value = reading.expression(activation::text_of(activation))?;
    Ok(match reading.graph.named("x") == value {
        true => Bend::Linear,
        false => Bend::Units(TensorFormula::new(reading, vec![value])?),
    })
}

fn loss_of<R: Real>(
    training: &Training,
    activation: &str,
    network: &LayeredNetwork<R>,
) -> Result<DeviceLoss, LayersError> {
    let name = training.loss.value.trim();
    let last: &BuiltLayer<R> = network.layers.last().expect("a network has layers");
    let is_direct = last.noise.activation.is_empty() && last.noise.sum.is_empty();
    if name == "cross-entropy" && is_direct {
        match activation {
            "softmax" => return Ok(DeviceLoss::Surprise),
            "sigmoid" => return Ok(DeviceLoss::OfSigmoids),
            _ => {}
        }
    }
    let mut reading = TextReading::new("training.loss", &["output", "target"]);
    let value = reading.expression(loss::text_of(name, activation))?;
    Ok(DeviceLoss::Text(TensorFormula::new(reading, vec![value])?))
}

fn place_of(device: Device) -> Result<Place, LayersError> {
    let lacking = |feature: &str| LayersError::NoDevice {
        device: device.name(),
        why: format!("this build does not have it; build with `--features {feature}`"),
    };
    let found = std::panic::catch_unwind(|| match device {
        Device::Cpu | Device::Flex => Ok(Place::flex()),
        #[cfg(feature = "burn-cuda")]
        Device::Cuda => Ok(Place::cuda(0)),
        #[cfg(not(feature = "burn-cuda"))]
        Device::Cuda => Err(lacking("burn-cuda")),
        #[cfg(feature = "burn-wgpu")]
        Device::Wgpu => Ok(Place::wgpu(burn::tensor::DeviceKind::DefaultDevice)),
        #[cfg(not(feature = "burn-wgpu"))]
        Device::Wgpu => Err(lacking("burn-wgpu")),
    });
    found.unwrap_or_else(|_| {
        Err(LayersError::NoDevice {
            device: device.name(),
            why: "this machine has none that answers".into(),
        })
    })
}
