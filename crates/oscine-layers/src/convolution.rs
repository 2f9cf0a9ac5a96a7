//! Convolutions of one sample, by unfolding: each square of the image becomes a column, and the layer a matrix product.

use oscine_equations::lanes::Real;
use oscine_network::Shape;

use crate::product::{Matrix, product};

/// The receptive fields of a convolution.
#[derive(Clone, Copy)]
pub(crate) struct Squares {
    pub input: Shape,
    pub output: Shape,
    pub kernel: usize,
    pub stride: usize,
    pub padding: usize,
}

impl Squares {
    /// Numbers of a square, over all channels.
    pub fn size(self) -> usize {
        self.input.channels * self.kernel * self.kernel
    }

    /// Squares of an image.
    pub fn count(self) -> usize {
        self.output.height * self.output.width
    }

    /// Sums of one sample `[channel][place]`, which begin with the biases; `unfolded` is memory.
    pub fn forward<R: Real>(self, image: &[R], weights: &[R], unfolded: &mut [R], sums: &mut [R]) {
        self.unfold(image, unfolded);
        let weights = Matrix::by_rows(weights, self.output.channels, self.size());
        let squares = Matrix::by_rows(unfolded, self.size(), self.count());
        product(sums, (self.count(), 1), true, weights, squares);
    }

    /// Adds the gradients of one sample to those of the weights.
    pub fn add_gradients<R: Real>(
        self,
        image: &[R],
        delta: &[R],
        unfolded: &mut [R],
        gradients: &mut [R],
    ) {
        self.unfold(image, unfolded);
        let delta = Matrix::by_rows(delta, self.output.channels, self.count());
        let squares = Matrix::by_rows(unfolded, self.size(), self.count());
        product(
            gradients,
            (self.size(), 1),
            true,
            delta,
            squares.transposed(),
        );
    }

    /// The gradient of the image.
    pub fn backward<R: Real>(
        self,
        delta: &[R],
        weights: &[R],
        unfolded: &mut [R],
        image: &mut [R],
    ) {
        let delta = Matrix::by_rows(delta, self.output.channels, self.count());
        let weights = Matrix::by_rows(weights, self.output.channels, self.size());
        product(
            unfolded,
            (self.count(), 1),
            false,
            weights.transposed(),
            delta,
        );
        self.fold(unfolded, image);
    }

    fn unfold<R: Real>(self, image: &[R], unfolded: &mut [R]) {
        unfolded[..self.size() * self.count()].fill(R::ZERO);
        self.each_row(|from, to, count| {
            if self.stride == 1 {
                unfolded[to..to + count].copy_from_slice(&image[from..from + count]);
            } else {
                for place in 0..count {
                    unfolded[to + place] = image[from + place * self.stride];
                }
            }
        });
    }

    fn fold<R: Real>(self, unfolded: &[R], image: &mut [R]) {
        image.fill(R::ZERO);
        self.each_row(|from, to, count| {
            for place in 0..count {
                image[from + place * self.stride] += unfolded[to + place];
            }
        });
    }

    /// Calls with each run of pixels: where it begins in the image and among the unfolded, and how many squares it meets.
    fn each_row(self, mut call: impl FnMut(usize, usize, usize)) {
        let Shape { height, width, .. } = self.input;
        let (out_height, out_width) = (self.output.height, self.output.width);
        for row in 0..self.size() {
            let (channel, in_square) = (
                row / (self.kernel * self.kernel),
                row % (self.kernel * self.kernel),
            );
            let (down, across) = (in_square / self.kernel, in_square % self.kernel);
            // The squares whose pixel in this place lies within the image.
            let first = self.padding.saturating_sub(across).div_ceil(self.stride);
            let end = (width + self.padding)
                .saturating_sub(across)
                .div_ceil(self.stride);
            let end = end.min(out_width);
            if first >= end {
                continue;
            }
            for y in 0..out_height {
                let pixel_row = y * self.stride + down;
                if pixel_row < self.padding || pixel_row >= height + self.padding {
                    continue;
                }
                let pixel = (channel * height + pixel_row - self.padding) * width;
                let from = pixel + first * self.stride + across - self.padding;
                let to = (row * out_height + y) * out_width + first;
                call(from, to, end - first);
            }
        }
    }
}
