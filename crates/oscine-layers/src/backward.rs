//! Backward through one layer: the gradient of what came to it, and of its weights; in pieces that threads share.

use std::sync::Mutex;

use oscine_equations::lanes::Real;
use oscine_network::LayerKind;
use oscine_threads::Team;

use crate::forward::image_of;
use crate::layer::{BatchLayout, BuiltLayer, LearnedArray, Signal};
use crate::memory::{ThreadMemory, of_thread};
use crate::noise::Disturbances;
use crate::optimiser::LoweredOptimiser;
use crate::pieces::{rows_of_a_piece, samples_of_a_piece};
use crate::product::{Matrix, product};

/// An optimiser's step.
pub(crate) struct Change<'a> {
    pub optimiser: &'a LoweredOptimiser,
    pub rate: f64,
    pub step: u64,
    /// What gradients are multiplied by, so that they are not too long.
    pub gradient_scale: f64,
}

/// Weights, gradients and the optimiser's memories of some of the units, and where they begin.
struct UnitPiece<'a, R> {
    first: usize,
    columns: Vec<&'a mut [R]>,
}

impl<R: Real> BuiltLayer<R> {
    /// From this layer's `delta` to that of the layer before, in `before`.
    pub fn backward(
        &mut self,
        before: &mut BuiltLayer<R>,
        samples: usize,
        team: &Team,
        memories: &[Mutex<ThreadMemory<R>>],
    ) {
        let features = before.output.features();
        let layout = before.layout();
        let size = match (self.kind, layout) {
            (LayerKind::Dense { size }, BatchLayout::ByFeature) => {
                rows_of_a_piece(features, size * samples) * samples
            }
            _ => samples_of_a_piece(samples) * features,
        };
        let slopes = &before.slopes;
        let came = Signal {
            values: &before.values[..features * samples],
            features,
            samples,
            layout,
        };
        self.find_gradients_of_groups(came);
        let this = &*self;
        let mut pieces: Vec<(usize, &mut [R])> = before.delta[..features * samples]
            .chunks_mut(size)
            .enumerate()
            .map(|(part, delta)| (part * size, delta))
            .collect();
        team.share(&mut pieces, |(first, delta), thread| {
            let memory = &mut *of_thread(memories, thread);
            if let Some(sequence) = this.sequence() {
                this.gradient_of_sequence(sequence, *first / features, delta);
            } else if this.normalises().is_some() {
                this.back_through_normalisation(*first, came, delta);
            } else {
                this.gradient_of_input(*first, delta, layout, samples, memory);
            }
            if !slopes.is_empty() {
                for (delta, slope) in delta.iter_mut().zip(&slopes[*first..]) {
                    *delta *= *slope;
                }
            }
        });
    }

    fn gradient_of_input(
        &self,
        first: usize,
        target: &mut [R],
        layout: BatchLayout,
        samples: usize,
        memory: &mut ThreadMemory<R>,
    ) {
        let (inputs, outputs) = (self.input.features(), self.output.features());
        let deltas = &self.delta[..outputs * samples];
        if let LayerKind::Dense { .. } = self.kind {
            let weights = Matrix::by_rows(self.met_weights(), outputs, inputs).transposed();
            let delta = Matrix::by_rows(deltas, outputs, samples);
            match layout {
                BatchLayout::ByFeature => {
                    let rows = target.len() / samples;
                    let weights = weights.row_range(first / samples, rows);
                    product(target, (samples, 1), false, weights, delta);
                }
                BatchLayout::BySample => {
                    let count = target.len() / inputs;
                    let delta = delta.column_range(first / inputs, count);
                    product(target, (1, inputs), false, weights, delta);
                }
            }
            return;
        }
        for (number, image) in target.chunks_mut(inputs).enumerate() {
            let sample = first / inputs + number;
            let own = sample * outputs..(sample + 1) * outputs;
            let delta = &deltas[own.clone()];
            match self.kind {
                LayerKind::Pooling { average: true, .. } => self.pool().back_to_mean(delta, image),
                LayerKind::Pooling { .. } => {
                    self.pool()
                        .back_to_greatest(delta, &self.greatest[own], image);
                }
                _ => {
                    self.squares()
                        .backward(delta, self.met_weights(), &mut memory.unfolded, image)
                }
            }
        }
    }

    /// Gradients of weights and biases, noise on them, and, where it is given, the optimiser's step.
    pub fn learn(
        &mut self,
        input: Signal<R>,
        change: Option<&Change>,
        team: &Team,
        memories: &[Mutex<ThreadMemory<R>>],
    ) {
        if self.weights.values.is_empty() {
            return;
        }
        if let LayerKind::Convolution { .. } = self.kind {
            self.convolution_gradients(input, team, memories);
        }
        if self.normalises().is_some() {
            self.normalisation_gradients(input);
        }
        if let Some(sequence) = self.sequence() {
            self.sequence_gradients(sequence, input, team);
        }
        let is_dense = matches!(self.kind, LayerKind::Dense { .. });
        let outputs = self.rows();
        let inputs = self.weights.values.len() / outputs;
        let rows = rows_of_a_piece(outputs, inputs * input.samples);
        let samples = input.samples;
        let (mut weights, mut biases) = self.take_learned();
        let delta = &self.delta;
        let (noise, slopes) = (&self.noise, &self.disturbed_slopes);
        let mut weight_pieces = pieces_of(&mut weights, rows * inputs);
        team.share(&mut weight_pieces, |piece, thread| {
            if is_dense {
                let (first, count) = (piece.first / inputs, piece.columns[0].len() / inputs);
                let delta = &delta[first * samples..(first + count) * samples];
                let delta = Matrix::by_rows(delta, count, samples);
                let target = &mut *piece.columns[1];
                product(
                    target,
                    (inputs, 1),
                    false,
                    delta,
                    input.matrix().transposed(),
                );
            }
            if noise.weights.act() && !slopes.is_empty() {
                for (gradient, slope) in piece.columns[1].iter_mut().zip(&slopes[piece.first..]) {
                    *gradient *= *slope;
                }
            }
            finish(piece, &noise.weight_gradients, change, thread, memories);
        });
        drop(weight_pieces);
        if is_dense {
            for (unit, gradient) in biases.gradients.iter_mut().enumerate() {
                *gradient = sum(&delta[unit * samples..(unit + 1) * samples]);
            }
        }
        let whole = biases.values.len().max(1);
        for mut piece in pieces_of(&mut biases, whole) {
            finish(&mut piece, &noise.bias_gradients, change, 0, memories);
        }
        (self.weights, self.biases) = (weights, biases);
    }

    fn take_learned(&mut self) -> (LearnedArray<R>, LearnedArray<R>) {
        let empty = || LearnedArray {
            values: Vec::new(),
            gradients: Vec::new(),
            memories: Vec::new(),
        };
        (
            std::mem::replace(&mut self.weights, empty()),
            std::mem::replace(&mut self.biases, empty()),
        )
    }

    /// Each piece of the samples has gradients of its own, which are then summed in order.
    fn convolution_gradients(
        &mut self,
        input: Signal<R>,
        team: &Team,
        memories: &[Mutex<ThreadMemory<R>>],
    ) {
        let (squares, outputs) = (self.squares(), self.output.features());
        let size = samples_of_a_piece(input.samples);
        let count = self.weights.values.len();
        let mut partial = std::mem::take(&mut self.partial);
        partial.resize(input.samples.div_ceil(size) * count, R::ZERO);
        let delta = &self.delta;
        let mut pieces: Vec<_> = partial.chunks_mut(count).enumerate().collect();
        team.share(&mut pieces, |(part, gradients), thread| {
            let memory = &mut *of_thread(memories, thread);
            gradients.fill(R::ZERO);
            for sample in *part * size..((*part + 1) * size).min(input.samples) {
                let delta = &delta[sample * outputs..(sample + 1) * outputs];
                squares.add_gradients(
                    image_of(input, sample),
                    delta,
                    &mut memory.unfolded,
                    gradients,
                );
            }
        });
        drop(pieces);
        self.weights.gradients.fill(R::ZERO);
        for part in partial.chunks(count) {
            for (gradient, part) in self.weights.gradients.iter_mut().zip(part) {
                *gradient += *part;
            }
        }
        let places = squares.count();
        for (channel, gradient) in self.biases.gradients.iter_mut().enumerate() {
            let mut total = R::ZERO;
            for sample in 0..input.samples {
                let first = sample * outputs + channel * places;
                total += sum(&delta[first..first + places]);
            }
            *gradient = total;
        }
        self.partial = partial;
    }

    /// The step of the optimiser alone, from gradients that are there.
    pub fn change(&mut self, change: &Change, memories: &[Mutex<ThreadMemory<R>>]) {
        let none = Disturbances::default();
        for learned in [&mut self.weights, &mut self.biases] {
            let whole = learned.values.len().max(1);
            for mut piece in pieces_of(learned, whole) {
                finish(&mut piece, &none, Some(change), 0, memories);
            }
        }
    }
}

fn pieces_of<R: Real>(learned: &mut LearnedArray<R>, size: usize) -> Vec<UnitPiece<'_, R>> {
    let mut pieces: Vec<UnitPiece<R>> = learned
        .values
        .chunks_mut(size)
        .zip(learned.gradients.chunks_mut(size))
        .enumerate()
        .map(|(part, (values, gradients))| UnitPiece {
            first: part * size,
            columns: vec![values, gradients],
        })
        .collect();
    for memory in &mut learned.memories {
        for (piece, memory) in pieces.iter_mut().zip(memory.chunks_mut(size)) {
            piece.columns.push(memory);
        }
    }
    pieces
}

fn finish<R: Real>(
    piece: &mut UnitPiece<R>,
    noise: &Disturbances,
    change: Option<&Change>,
    thread: usize,
    memories: &[Mutex<ThreadMemory<R>>],
) {
    noise.apply(piece.first, piece.columns[1], &mut []);
    if let Some(change) = change {
        let memory = &mut *of_thread(memories, thread);
        change.optimiser.change(
            &mut memory.optimiser,
            &mut piece.columns,
            change.rate,
            change.step,
            change.gradient_scale,
        );
    }
}

/// A sum in eight strands, which the processor adds side by side.
fn sum<R: Real>(values: &[R]) -> R {
    let mut strands = [R::ZERO; 8];
    let chunks = values.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (strand, value) in strands.iter_mut().zip(chunk) {
            *strand += *value;
        }
    }
    let mut total = R::ZERO;
    for value in strands.iter().chain(rest) {
        total += *value;
    }
    total
}
