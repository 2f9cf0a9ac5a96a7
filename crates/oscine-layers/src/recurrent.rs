//! A simple recurrent layer: at each step of a sequence its units see what comes and what they said before. Elman (1990) Cogn. Sci. 14:179.
//!
//! The steps are the rows of an image, or the numbers of a list. Backward it goes through time: Werbos (1990) Proc. IEEE 78:1550. The states of a piece
//! of the batch lie as `[step][unit][sample]`, so that a step is a product of matrices and one run of the activation.

use std::sync::Mutex;

use oscine_equations::lanes::Real;
use oscine_network::{LayerKind, Shape};
use oscine_threads::Team;

use crate::activation::Activation;
use crate::layer::{BuiltLayer, Signal};
use crate::memory::{ThreadMemory, of_thread};
use crate::pieces::samples_of_a_piece;
use crate::product::{Matrix, product};

/// The hidden states of a recurrent layer over a batch; empty of other layers.
#[derive(Default)]
pub(crate) struct States<R> {
    values: Vec<R>,
    slopes: Vec<R>,
    /// How fast the loss rises with each sum.
    deltas: Vec<R>,
}

/// The lengths of a sequence and of the hidden state that reads it.
#[derive(Clone, Copy)]
pub(crate) struct SequenceShape {
    pub steps: usize,
    /// Numbers of a step.
    pub seen: usize,
    pub units: usize,
    /// Whether all steps come out, or the last alone.
    pub every_step: bool,
}

impl SequenceShape {
    /// Of what comes to a recurrent layer; `None` for images of several channels.
    pub fn of(input: Shape, units: usize, every_step: bool) -> Option<Self> {
        let is_list = input.height == 1 && input.width == 1;
        let (steps, seen) = match (is_list, input.channels) {
            (true, numbers) => (numbers, 1),
            (false, 1) => (input.height, input.width),
            _ => return None,
        };
        Some(Self {
            steps,
            seen,
            units,
            every_step,
        })
    }

    /// What comes out.
    pub fn output(self) -> Shape {
        match self.every_step {
            true => Shape {
                channels: 1,
                height: self.steps,
                width: self.units,
            },
            false => Shape::list(self.units),
        }
    }

    /// Weights from what is seen, and from the units themselves.
    pub fn weights(self) -> usize {
        self.units * (self.seen + self.units)
    }

    fn of_a_sample(self) -> usize {
        self.steps * self.units
    }

    /// What `samples` samples from `first` on see at a step: numbers down, samples across.
    fn seen_at<R>(
        self,
        input: Signal<'_, R>,
        first: usize,
        samples: usize,
        step: usize,
    ) -> Matrix<'_, R> {
        let begin = first * input.features + step * self.seen;
        Matrix {
            values: &input.values[begin..],
            rows: self.seen,
            columns: samples,
            row_stride: 1,
            column_stride: input.features,
        }
    }

    fn parted<R>(self, weights: &[R]) -> (Matrix<'_, R>, Matrix<'_, R>) {
        let (seen, own) = weights.split_at(self.units * self.seen);
        (
            Matrix::by_rows(seen, self.units, self.seen),
            Matrix::by_rows(own, self.units, self.units),
        )
    }
}

impl<R: Real> BuiltLayer<R> {
    /// The sequence that the layer reads, where it is a recurrent one.
    pub fn sequence(&self) -> Option<SequenceShape> {
        match self.kind {
            LayerKind::Recurrent { size, every_step } => {
                SequenceShape::of(self.input, size, every_step)
            }
            _ => None,
        }
    }

    /// Values from what comes to the layer, step by step.
    pub fn forward_in_time(
        &mut self,
        sequence: SequenceShape,
        place: usize,
        input: Signal<R>,
        team: &Team,
        memories: &[Mutex<ThreadMemory<R>>],
    ) {
        let samples = input.samples;
        let (size, whole) = (samples_of_a_piece(samples), sequence.of_a_sample());
        let features = self.output.features();
        let mut states = std::mem::take(&mut self.states);
        for column in [&mut states.values, &mut states.slopes, &mut states.deltas] {
            column.resize(samples * whole, R::ZERO);
        }
        let mut values = std::mem::take(&mut self.values);
        let mut pieces: Vec<_> = states
            .values
            .chunks_mut(size * whole)
            .zip(states.slopes.chunks_mut(size * whole))
            .zip(values[..samples * features].chunks_mut(size * features))
            .enumerate()
            .collect();
        let this = &*self;
        team.share(&mut pieces, |(part, ((states, slopes), values)), thread| {
            let memory = &mut *of_thread(memories, thread);
            let (first, count) = (*part * size, states.len() / whole);
            let block = sequence.units * count;
            let (from_seen, from_own) = sequence.parted(this.met_weights());
            for step in 0..sequence.steps {
                let (before, now) = states.split_at_mut(step * block);
                let now = &mut now[..block];
                this.begin_with_biases(0, now, count);
                let seen = sequence.seen_at(input, first, count, step);
                product(now, (count, 1), true, from_seen, seen);
                if step > 0 {
                    let last =
                        Matrix::by_rows(&before[(step - 1) * block..], sequence.units, count);
                    product(now, (count, 1), true, from_own, last);
                }
                let element = first * whole + step * block;
                let slopes = &mut slopes[step * block..(step + 1) * block];
                slopes.fill(R::ONE);
                this.noise.sum.apply(element, now, slopes);
                // What noise does to the slopes of the sums, which the activation's take the place of.
                let bends = this.noise.sum.act() && this.noise.sum.bend();
                let bent = if bends { slopes.to_vec() } else { Vec::new() };
                if !matches!(this.activation, Activation::Linear) {
                    let memory = &mut memory.activations[place];
                    this.activation.apply(memory, now, slopes);
                    for (slope, bent) in slopes.iter_mut().zip(&bent) {
                        *slope *= *bent;
                    }
                }
                this.noise.activation.apply(element, now, slopes);
            }
            for (sample, values) in values.chunks_mut(features).enumerate() {
                let from = (whole - features) / sequence.units;
                for (number, value) in values.iter_mut().enumerate() {
                    let (step, unit) = (from + number / sequence.units, number % sequence.units);
                    *value = states[step * block + unit * count + sample];
                }
            }
        });
        drop(pieces);
        (self.states, self.values) = (states, values);
    }

    /// From the layer's `delta` to how fast the loss rises with the sums of every step, last step first.
    pub fn back_in_time(&mut self, samples: usize, team: &Team) {
        let Some(sequence) = self.sequence() else {
            return;
        };
        let (size, whole) = (samples_of_a_piece(samples), sequence.of_a_sample());
        let features = self.output.features();
        let mut deltas = std::mem::take(&mut self.states.deltas);
        let mut pieces: Vec<_> = deltas[..samples * whole]
            .chunks_mut(size * whole)
            .enumerate()
            .collect();
        let this = &*self;
        team.share(&mut pieces, |(part, deltas), _| {
            let (first, count) = (*part * size, deltas.len() / whole);
            let block = sequence.units * count;
            let (_, own) = sequence.parted(this.met_weights());
            let slopes = &this.states.slopes[first * whole..];
            let from = (whole - features) / sequence.units;
            for step in (0..sequence.steps).rev() {
                let (now, after) = deltas.split_at_mut((step + 1) * block);
                let now = &mut now[step * block..];
                now.fill(R::ZERO);
                if step + 1 < sequence.steps {
                    let next = Matrix::by_rows(&after[..block], sequence.units, count);
                    product(now, (count, 1), false, own.transposed(), next);
                }
                if step >= from {
                    for (place, delta) in now.iter_mut().enumerate() {
                        let (unit, sample) = (place / count, place % count);
                        let number = (step - from) * sequence.units + unit;
                        *delta += this.delta[(first + sample) * features + number];
                    }
                }
                for (delta, slope) in now.iter_mut().zip(&slopes[step * block..]) {
                    *delta *= *slope;
                }
            }
        });
        drop(pieces);
        self.states.deltas = deltas;
    }

    /// The gradient of what the samples from `first` on saw.
    pub fn gradient_of_sequence(&self, sequence: SequenceShape, first: usize, target: &mut [R]) {
        let features = self.input.features();
        let count = target.len() / features;
        let (whole, block) = (sequence.of_a_sample(), sequence.units * count);
        let (from_seen, _) = sequence.parted(self.met_weights());
        for step in 0..sequence.steps {
            let deltas = &self.states.deltas[first * whole + step * block..];
            let deltas = Matrix::by_rows(deltas, sequence.units, count);
            let target = &mut target[step * sequence.seen..];
            product(target, (1, features), false, from_seen.transposed(), deltas);
        }
    }

    /// Gradients of weights and biases, summed over the steps; pieces of the samples one after another.
    pub fn sequence_gradients(&mut self, sequence: SequenceShape, input: Signal<R>, team: &Team) {
        let samples = input.samples;
        let (size, whole) = (samples_of_a_piece(samples), sequence.of_a_sample());
        let weights = self.weights.values.len();
        let stride = weights + sequence.units;
        let mut partial = std::mem::take(&mut self.partial);
        partial.clear();
        partial.resize(samples.div_ceil(size) * stride, R::ZERO);
        let states = &self.states;
        let mut pieces: Vec<_> = partial.chunks_mut(stride).enumerate().collect();
        team.share(&mut pieces, |(part, gradients), _| {
            let first = *part * size;
            let count = size.min(samples - first);
            let block = sequence.units * count;
            let (gradients, biases) = gradients.split_at_mut(weights);
            let (seen, own) = gradients.split_at_mut(sequence.units * sequence.seen);
            for step in 0..sequence.steps {
                let at = first * whole + step * block;
                let deltas = &states.deltas[at..at + block];
                let delta = Matrix::by_rows(deltas, sequence.units, count);
                let saw = sequence.seen_at(input, first, count, step).transposed();
                product(seen, (sequence.seen, 1), true, delta, saw);
                if step > 0 {
                    let last = Matrix::by_rows(&states.values[at - block..], sequence.units, count);
                    product(own, (sequence.units, 1), true, delta, last.transposed());
                }
                for (bias, deltas) in biases.iter_mut().zip(deltas.chunks(count)) {
                    for delta in deltas {
                        *bias += *delta;
                    }
                }
            }
        });
        drop(pieces);
        self.weights.gradients.fill(R::ZERO);
        self.biases.gradients.fill(R::ZERO);
        for part in partial.chunks(stride) {
            let (gradients, biases) = part.split_at(weights);
            for (sum, part) in self.weights.gradients.iter_mut().zip(gradients) {
                *sum += *part;
            }
            for (sum, part) in self.biases.gradients.iter_mut().zip(biases) {
                *sum += *part;
            }
        }
        self.partial = partial;
    }
}
