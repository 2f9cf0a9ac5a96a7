//! Forward through one layer: sums, noise on them, activation, noise after it; in pieces that threads share.

use std::sync::Mutex;

use oscine_equations::lanes::Real;
use oscine_network::LayerKind;
use oscine_threads::Team;

use crate::activation::{Activation, softmax};
use crate::convolution::Squares;
use crate::layer::{BatchLayout, BuiltLayer, Signal};
use crate::memory::{ThreadMemory, of_thread};
use crate::pieces::{rows_of_a_piece, samples_of_a_piece};
use crate::pooling::Pool;
use crate::product::{Matrix, product};

/// Activations of a part of a layer, and where it begins among them.
struct ValuePiece<'a, R> {
    first: usize,
    values: &'a mut [R],
    slopes: &'a mut [R],
    greatest: &'a mut [u32],
}

impl<R: Real> BuiltLayer<R> {
    /// Puts noise on the weights, where there is any.
    pub fn disturb_weights(&mut self) {
        if self.noise.weights.is_empty() {
            return;
        }
        self.disturbed.copy_from_slice(&self.weights.values);
        self.disturbed_slopes.fill(R::ONE);
        let noise = &self.noise.weights;
        noise.apply(0, &mut self.disturbed, &mut self.disturbed_slopes);
    }

    /// The weights that the signal meets.
    pub fn met_weights(&self) -> &[R] {
        if self.noise.weights.act() {
            &self.disturbed
        } else {
            &self.weights.values
        }
    }

    /// Values, and slopes where they are wanted, from what comes to the layer.
    pub fn forward(
        &mut self,
        place: usize,
        input: Signal<R>,
        with_slopes: bool,
        team: &Team,
        memories: &[Mutex<ThreadMemory<R>>],
    ) {
        let samples = input.samples;
        if let Some(sequence) = self.sequence() {
            self.forward_in_time(sequence, place, input, team, memories);
            return;
        }
        self.find_groups(input);
        let count = self.output.features() * samples;
        let (mut values, mut slopes) = (
            std::mem::take(&mut self.values),
            std::mem::take(&mut self.slopes),
        );
        let mut greatest = std::mem::take(&mut self.greatest);
        let slopes_wanted = match with_slopes && !slopes.is_empty() {
            true => &mut slopes[..count],
            false => &mut [][..],
        };
        let size = self.numbers_of_a_piece(samples);
        let mut pieces = pieces(&mut values[..count], slopes_wanted, &mut greatest, size);
        let this = &*self;
        team.share(&mut pieces, |piece, thread| {
            this.pass(place, input, piece, &mut of_thread(memories, thread));
        });
        drop(pieces);
        if matches!(self.activation, Activation::Softmax) {
            softmax(&mut values[..count], self.output.features(), samples);
            self.noise
                .activation
                .apply(0, &mut values[..count], &mut slopes);
        }
        (self.values, self.slopes, self.greatest) = (values, slopes, greatest);
    }

    /// One piece: sums, noise on them, activation with its slopes, noise after it where that needs no other piece.
    fn pass(
        &self,
        place: usize,
        input: Signal<R>,
        piece: &mut ValuePiece<R>,
        memory: &mut ThreadMemory<R>,
    ) {
        self.sums(piece, input, memory);
        self.noise.sum.apply(piece.first, piece.values, &mut []);
        self.activation
            .apply(&mut memory.activations[place], piece.values, piece.slopes);
        if matches!(self.activation, Activation::Linear) {
            piece.slopes.fill(R::ONE);
        }
        if self.noise.sum.act() && self.noise.sum.bend() && !piece.slopes.is_empty() {
            // Noise that bends sums bends slopes by as much: of ones, its own slope.
            let mut bent = vec![R::ONE; piece.slopes.len()];
            let mut again = vec![R::ZERO; piece.slopes.len()];
            self.noise.sum.apply(piece.first, &mut again, &mut bent);
            for (slope, bent) in piece.slopes.iter_mut().zip(bent) {
                *slope *= bent;
            }
        }
        if !matches!(self.activation, Activation::Softmax) {
            self.noise
                .activation
                .apply(piece.first, piece.values, piece.slopes);
        }
    }

    fn numbers_of_a_piece(&self, samples: usize) -> usize {
        match self.kind {
            LayerKind::Dense { size } => {
                rows_of_a_piece(size, self.input.features() * samples) * samples
            }
            _ => samples_of_a_piece(samples) * self.output.features(),
        }
    }

    fn sums(&self, piece: &mut ValuePiece<R>, input: Signal<R>, memory: &mut ThreadMemory<R>) {
        match self.kind {
            LayerKind::Dense { .. } => self.dense_sums(piece, input),
            // Its steps are one after another: `recurrent`.
            LayerKind::Recurrent { .. } => {}
            LayerKind::Convolution { .. } => {
                let squares = self.squares();
                let features = self.output.features();
                for (number, sums) in piece.values.chunks_mut(features).enumerate() {
                    self.begin_with_biases(0, sums, squares.count());
                    let image = image_of(input, piece.first / features + number);
                    squares.forward(image, self.met_weights(), &mut memory.unfolded, sums);
                }
            }
            LayerKind::Normalisation { .. } => self.normalised(piece.first, input, piece.values),
            LayerKind::Pooling { average, .. } => {
                let pool = self.pool();
                let features = self.output.features();
                for number in 0..piece.values.len() / features {
                    let image = image_of(input, piece.first / features + number);
                    let here = number * features..(number + 1) * features;
                    let values = &mut piece.values[here.clone()];
                    if average {
                        pool.mean(image, values);
                    } else {
                        pool.greatest(image, values, &mut piece.greatest[here]);
                    }
                }
            }
        }
    }

    fn dense_sums(&self, piece: &mut ValuePiece<R>, input: Signal<R>) {
        let (samples, inputs) = (input.samples, self.input.features());
        let (first, rows) = (piece.first / samples, piece.values.len() / samples);
        self.begin_with_biases(first, piece.values, samples);
        let weights = &self.met_weights()[first * inputs..(first + rows) * inputs];
        let weights = Matrix::by_rows(weights, rows, inputs);
        product(piece.values, (samples, 1), true, weights, input.matrix());
    }

    /// Each row begins as its bias, of the units from `first` on.
    pub fn begin_with_biases(&self, first: usize, sums: &mut [R], row: usize) {
        if self.biases.values.is_empty() {
            sums.fill(R::ZERO);
            return;
        }
        for (row, bias) in sums.chunks_mut(row).zip(&self.biases.values[first..]) {
            row.fill(*bias);
        }
    }

    /// The squares of a convolution.
    pub fn squares(&self) -> Squares {
        let (kernel, stride, padding) = match self.kind {
            LayerKind::Convolution {
                kernel,
                stride,
                padding,
                ..
            } => (kernel, stride, padding),
            _ => (1, 1, 0),
        };
        Squares {
            input: self.input,
            output: self.output,
            kernel,
            stride,
            padding,
        }
    }

    /// The squares of a pooling layer.
    pub fn pool(&self) -> Pool {
        let size = match self.kind {
            LayerKind::Pooling { size, .. } => size,
            _ => 1,
        };
        Pool {
            input: self.input,
            output: self.output,
            size,
        }
    }
}

/// The numbers of one sample; layers that look at images come before dense ones, so a sample lies together.
pub(crate) fn image_of<R>(input: Signal<'_, R>, sample: usize) -> &[R] {
    debug_assert_eq!(input.layout, BatchLayout::BySample);
    &input.values[sample * input.features..(sample + 1) * input.features]
}

/// The pieces of a layer's values, of `size` numbers each, with their shares of the slopes and of the places of the greatest; of either nothing where
/// there is none.
fn pieces<'a, R>(
    values: &'a mut [R],
    mut slopes: &'a mut [R],
    mut greatest: &'a mut [u32],
    size: usize,
) -> Vec<ValuePiece<'a, R>> {
    let mut pieces = Vec::new();
    for (part, values) in values.chunks_mut(size).enumerate() {
        let (own_slopes, slopes_left) = split(slopes, values.len());
        let (own_greatest, greatest_left) = split(greatest, values.len());
        pieces.push(ValuePiece {
            first: part * size,
            values,
            slopes: own_slopes,
            greatest: own_greatest,
        });
        (slopes, greatest) = (slopes_left, greatest_left);
    }
    pieces
}

/// The first numbers of a slice and the rest; nothing of an empty one.
fn split<T>(whole: &mut [T], count: usize) -> (&mut [T], &mut [T]) {
    let count = count.min(whole.len());
    whole.split_at_mut(count)
}
