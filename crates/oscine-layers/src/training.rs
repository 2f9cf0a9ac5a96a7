//! A training: epochs of mini-batches in an order drawn anew for each, judged after each, ended early where that was asked for.

use oscine_equations::lanes::Real;
use oscine_network::{Examples, Experiment, NoiseKind, Shape, Targets, Training as Description};
use oscine_random::Stream;
use oscine_threads::Team;

use crate::LayersError;
use crate::network::LayeredNetwork;
use crate::noise::{BatchMoment, Disturbances};

/// Examples judged at once, at least.
const JUDGED_AT_ONCE: usize = 128;

/// The training of a network by gradient descent on mini-batches.
pub struct Training<'a, R> {
    pub(crate) network: LayeredNetwork<R>,
    description: Description,
    examples: &'a Examples,
    validation: &'a Examples,
    order_stream: Stream,
    /// The class that each example is said to have, noise on the labels included.
    labels: Vec<u32>,
    pub(crate) threads: usize,
    pub(crate) step: u64,
    history: Vec<Epoch>,
    /// The weights after the epoch of the least validation loss, where training may end early.
    best: Option<(usize, Vec<Vec<R>>)>,
    #[cfg(feature = "burn")]
    on_device: Option<crate::on_device::OnDevice>,
}

/// The loss and accuracy of one epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// The mean loss of the examples as they were learned, noise included.
    pub loss: f64,
    /// The part of them that was recognised; NaN where the task has no classes.
    pub accuracy: f64,
    /// The mean loss of the validation examples after it; NaN where there are none.
    pub validation_loss: f64,
    /// The part of them that was recognised; NaN where there are none.
    pub validation_accuracy: f64,
    /// The learning rate at its end.
    pub rate: f64,
}

/// The loss and accuracy of a network on some examples, with its outputs.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The mean loss.
    pub loss: f64,
    /// The part that was recognised; NaN where the task has no classes.
    pub accuracy: f64,
    /// What came out, `[example][output]`.
    pub outputs: Vec<f64>,
}

/// A parameter array of a network, or a memory of its optimiser, by name.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterArray<R> {
    /// `hidden.weight`, `hidden.bias`, as PyTorch names them; memories of the optimiser `hidden.weight.mean`.
    pub name: String,
    /// `[output][input]`, `[channel][input channel][row][column]`, `[output]`.
    pub shape: Vec<usize>,
    /// Row after row.
    pub values: Vec<R>,
}

impl<'a, R: Real> Training<'a, R> {
    /// Builds the network of a description for these examples.
    ///
    /// # Errors
    /// Texts that do not read, shapes that do not fit.
    pub fn new(
        experiment: &Experiment,
        examples: &'a Examples,
        validation: &'a Examples,
        threads: usize,
    ) -> Result<Self, LayersError> {
        let description = experiment.training.clone().ok_or(LayersError::NoLayers)?;
        let capacity = description
            .batch
            .clamp(1, examples.len().max(1))
            .max(JUDGED_AT_ONCE);
        let network = LayeredNetwork::build(
            experiment,
            &description,
            examples.shape,
            outputs_of(&examples.targets),
            capacity,
            threads.max(1),
        )?;
        #[cfg(not(feature = "burn"))]
        if description.device != oscine_network::Device::Cpu {
            return Err(LayersError::NoDevice {
                device: description.device.name(),
                why: "this build has Oscine's own layers alone; build with `--features burn`"
                    .into(),
            });
        }
        Ok(Self {
            #[cfg(feature = "burn")]
            on_device: match description.device {
                oscine_network::Device::Cpu => None,
                _ => Some(crate::on_device::OnDevice::new(
                    experiment,
                    &description,
                    &network,
                )?),
            },
            labels: labels(experiment, examples)?,
            // Threads that would only wait are not called.
            threads: if network.is_shared(description.batch) {
                threads.max(1)
            } else {
                1
            },
            network,
            description,
            examples,
            validation,
            order_stream: Stream::new(experiment.run.seed, "training.order"),
            step: 0,
            history: Vec::new(),
            best: None,
        })
    }

    /// The epochs so far.
    pub fn history(&self) -> &[Epoch] {
        &self.history
    }

    /// Whether all epochs are done, or the validation loss has not sunk for as many as were to be waited.
    pub fn is_finished(&self) -> bool {
        let early = match (&self.best, self.description.patience) {
            (Some((best, _)), Some(patience)) => self.history.len() > best + patience,
            _ => false,
        };
        early || self.history.len() >= self.description.epochs
    }

    /// Learns for one epoch, and is judged on the validation examples.
    ///
    /// # Errors
    /// A loss that stops being finite.
    pub fn epoch(&mut self) -> Result<Epoch, LayersError> {
        let number = self.history.len();
        let order = self.order(number);
        let (loss, recognised) = self.learn(&order, number)?;
        let count = order.len() as f64;
        let judged = self.judge(self.validation);
        let epoch = Epoch {
            loss: loss / count,
            accuracy: match self.examples.targets {
                Targets::Classes { .. } => recognised as f64 / count,
                Targets::Values { .. } => f64::NAN,
            },
            validation_loss: judged.loss,
            validation_accuracy: judged.accuracy,
            rate: self
                .network
                .optimiser
                .rate(number, self.step.saturating_sub(1)),
        };
        self.history.push(epoch);
        self.keep_best();
        Ok(epoch)
    }

    /// Ends the training: where it may end early, the weights become those of the best epoch. Gives the number of that epoch, from 0.
    pub fn finish(&mut self) -> usize {
        let Some((epoch, weights)) = self.best.take() else {
            return self.history.len().saturating_sub(1);
        };
        let mut weights = weights.into_iter();
        for layer in &mut self.network.layers {
            let [mean, variance] = &mut layer.running;
            for values in [
                &mut layer.weights.values,
                &mut layer.biases.values,
                mean,
                variance,
            ] {
                *values = weights.next().unwrap_or_default();
            }
        }
        epoch
    }

    /// What the network says of some examples, with the noise that acts at the test.
    pub fn judge(&mut self, examples: &Examples) -> Judgement {
        let outputs = self.examples.targets.outputs();
        let mut judgement = Judgement {
            loss: f64::NAN,
            accuracy: f64::NAN,
            outputs: Vec::with_capacity(examples.len() * outputs),
        };
        if examples.is_empty() {
            return judgement;
        }
        let (mut loss, mut recognised) = (0.0, 0);
        let members: Vec<u32> = (0..examples.len() as u32).collect();
        let (epoch, step) = (self.history.len(), self.step);
        Team::gather(self.threads, |team| {
            for (number, members) in members.chunks(self.network.batch).enumerate() {
                self.network.present(examples, None, members);
                self.network.prepare(BatchMoment {
                    epoch,
                    step,
                    judged: Some(number as u64),
                });
                self.network.forward(members.len(), false, team);
                loss += self.network.judge(members.len());
                let values = self.network.outputs(members.len());
                for sample in 0..members.len() {
                    let of = |output: usize| values[output * members.len() + sample].to_f64();
                    judgement.outputs.extend((0..outputs).map(of));
                    if let Targets::Classes { of: classes, .. } = &examples.targets {
                        let class = classes[members[sample] as usize] as usize;
                        recognised += usize::from(is_greatest(outputs, of, class));
                    }
                }
            }
        });
        judgement.loss = loss / examples.len() as f64;
        if let Targets::Classes { .. } = examples.targets {
            judgement.accuracy = f64::from(recognised as u32) / examples.len() as f64;
        }
        judgement
    }

    /// The layers, in order.
    pub fn layers(&self) -> Vec<LayerFacts> {
        let facts = self.network.layers.iter().map(|layer| LayerFacts {
            name: layer.name.clone(),
            input: layer.input,
            output: layer.output,
            learned: layer.weights.values.len() + layer.biases.values.len(),
        });
        facts.collect()
    }

    /// What is learned, as it is now.
    pub fn weights(&self) -> Vec<ParameterArray<R>> {
        self.network.arrays(false)
    }

    /// Puts weights in place of those that there are; those that are not named stay.
    ///
    /// # Errors
    /// A name or a shape that this network does not have.
    pub fn set_weights(&mut self, arrays: Vec<ParameterArray<R>>) -> Result<(), LayersError> {
        self.network.set(arrays)
    }

    /// Everything that a training needs to go on to the same bits: arrays, the weights of the best epoch and its number.
    pub fn state(&self) -> TrainingState<R> {
        TrainingState {
            arrays: self.network.arrays(true),
            step: self.step,
            history: self.history.clone(),
            best: self.best.clone(),
        }
    }

    /// Goes on from a state of the same description.
    ///
    /// # Errors
    /// Arrays of another network.
    pub fn restore(&mut self, state: TrainingState<R>) -> Result<(), LayersError> {
        self.network.set(state.arrays)?;
        self.step = state.step;
        self.history = state.history;
        self.best = state.best;
        Ok(())
    }

    /// All batches of an epoch; the summed loss, and how many were recognised.
    fn learn(&mut self, order: &[u32], number: usize) -> Result<(f64, usize), LayersError> {
        #[cfg(feature = "burn")]
        if let Some(mut there) = self.on_device.take() {
            there.take(&self.network);
            let learned = self.in_batches(order, number, |network, samples, step| {
                there.step(network, samples, number, step)
            });
            there.give(&mut self.network);
            self.on_device = Some(there);
            return learned;
        }
        Team::gather(self.threads, |team| {
            self.in_batches(order, number, |network, samples, step| {
                network.step(samples, number, step, team)
            })
        })
    }

    fn in_batches(
        &mut self,
        order: &[u32],
        number: usize,
        mut learn: impl FnMut(&mut LayeredNetwork<R>, usize, u64) -> f64,
    ) -> Result<(f64, usize), LayersError> {
        let (mut loss, mut recognised) = (0.0, 0);
        let batch = self.description.batch.clamp(1, order.len().max(1));
        for members in order.chunks(batch) {
            self.present(members);
            let lost = learn(&mut self.network, members.len(), self.step);
            if !lost.is_finite() {
                return Err(LayersError::NotFinite {
                    epoch: number + 1,
                    step: self.step + 1,
                    what: "the loss".into(),
                });
            }
            loss += lost;
            recognised += self.recognised(members);
            self.step += 1;
        }
        Ok((loss, recognised))
    }

    fn order(&self, epoch: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.examples.len() as u32).collect();
        self.order_stream.sequence(epoch as u64).shuffle(&mut order);
        order
    }

    fn present(&mut self, members: &[u32]) {
        let labels = (!self.labels.is_empty()).then_some(&self.labels[..]);
        self.network.present(self.examples, labels, members);
    }

    fn recognised(&self, members: &[u32]) -> usize {
        if self.labels.is_empty() {
            return 0;
        }
        let outputs = self.examples.targets.outputs();
        let values = self.network.outputs(members.len());
        let samples = members.iter().enumerate();
        let right = samples.filter(|&(sample, &member)| {
            let of = |output: usize| values[output * members.len() + sample].to_f64();
            is_greatest(outputs, of, self.labels[member as usize] as usize)
        });
        right.count()
    }

    fn keep_best(&mut self) {
        if self.description.patience.is_none() || self.validation.is_empty() {
            return;
        }
        let now = self.history.len() - 1;
        let before = self
            .best
            .as_ref()
            .map(|(epoch, _)| self.history[*epoch].validation_loss);
        if before.is_none_or(|before| self.history[now].validation_loss < before) {
            let learned = self.network.layers.iter();
            let values = learned.flat_map(|layer| {
                let [mean, variance] = &layer.running;
                [&layer.weights.values, &layer.biases.values, mean, variance]
            });
            self.best = Some((now, values.cloned().collect()));
        }
    }
}

/// A layer as built.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerFacts {
    /// Its name.
    pub name: String,
    /// What comes to it.
    pub input: Shape,
    /// What comes out.
    pub output: Shape,
    /// Weights and biases.
    pub learned: usize,
}

/// A checkpoint of a training.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingState<R> {
    /// Weights, biases, and memories of the optimiser.
    pub arrays: Vec<ParameterArray<R>>,
    /// Steps done.
    pub step: u64,
    /// Epochs done.
    pub history: Vec<Epoch>,
    /// The best epoch and its weights, layer by layer, weights, biases, running means and variances in turn.
    pub best: Option<(usize, Vec<Vec<R>>)>,
}

/// The number of outputs that the last layer needs, and what they are.
fn outputs_of(targets: &Targets) -> (usize, &'static str) {
    match targets {
        Targets::Classes { .. } => (targets.outputs(), " classes"),
        Targets::Values { .. } => (targets.outputs(), " values"),
    }
}

/// The classes of all examples; with noise on the labels, with its probability one of all classes, each as likely, for good.
fn labels(experiment: &Experiment, examples: &Examples) -> Result<Vec<u32>, LayersError> {
    let Targets::Classes { of, names } = &examples.targets else {
        return Ok(Vec::new());
    };
    let (mut labels, count) = (of.clone(), names.len());
    for (name, noise) in &experiment.noise {
        if !noise.at.iter().any(|at| at.value == "training.labels") {
            continue;
        }
        // As the kind that replaces numbers with a probability: its level is one.
        let mut noise = noise.clone();
        noise.kind = NoiseKind::Dropout;
        let named = [(name.clone(), noise)];
        let mut one =
            Disturbances::at(&named, &["training.labels".into()], "", experiment.run.seed)?;
        one.prepare(BatchMoment::default());
        let mut replaced = vec![1.0f64; labels.len()];
        one.apply(0, &mut replaced, &mut []);
        let draws = Stream::new(
            experiment.run.seed,
            &format!("noise.{name}.training.labels.class"),
        );
        for (example, label) in labels.iter_mut().enumerate() {
            if replaced[example] == 0.0 {
                *label = (draws.uniform(example as u64, 0) * count as f64) as u32;
            }
        }
    }
    Ok(labels)
}

/// Whether the output of this place is greater than all others.
fn is_greatest(outputs: usize, of: impl Fn(usize) -> f64, place: usize) -> bool {
    let own = of(place);
    (0..outputs).all(|other| other == place || of(other) < own)
}
