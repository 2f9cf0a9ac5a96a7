//! Pooling of one sample: the greatest, or the mean, of each square of each image.

use std::hint::select_unpredictable;
use std::ops::Range;

use oscine_equations::lanes::Real;
use oscine_network::Shape;

/// The windows of a pooling layer.
#[derive(Clone, Copy)]
pub(crate) struct Pool {
    pub input: Shape,
    pub output: Shape,
    pub size: usize,
}

impl Pool {
    /// The greatest of each square; `places` says where in the sample it stood.
    pub fn greatest<R: Real>(self, image: &[R], values: &mut [R], places: &mut [u32]) {
        let width = self.input.width;
        self.each_row(|out, corner| {
            let row = PixelRow {
                pixels: &image[corner..],
                width,
                corner,
            };
            let (values, places) = (&mut values[out.clone()], &mut places[out]);
            match self.size {
                2 => row.greatest(2, values, places),
                3 => row.greatest(3, values, places),
                size => row.greatest(size, values, places),
            }
        });
    }

    /// The mean of each square.
    pub fn mean<R: Real>(self, image: &[R], values: &mut [R]) {
        let share = R::from_f64(1.0 / (self.size * self.size) as f64);
        self.each_row(|out, corner| {
            for (x, value) in values[out].iter_mut().enumerate() {
                let mut sum = R::ZERO;
                for down in 0..self.size {
                    let row = corner + x * self.size + down * self.input.width;
                    for &pixel in &image[row..row + self.size] {
                        sum += pixel;
                    }
                }
                *value = sum * share;
            }
        });
    }

    /// The gradient goes to where the greatest stood.
    pub fn back_to_greatest<R: Real>(self, delta: &[R], places: &[u32], image: &mut [R]) {
        image.fill(R::ZERO);
        for (&delta, &place) in delta.iter().zip(places) {
            image[place as usize] += delta;
        }
    }

    /// The gradient is shared by all of a square.
    pub fn back_to_mean<R: Real>(self, delta: &[R], image: &mut [R]) {
        image.fill(R::ZERO);
        let share = R::from_f64(1.0 / (self.size * self.size) as f64);
        self.each_row(|out, corner| {
            for (x, &delta) in delta[out].iter().enumerate() {
                for down in 0..self.size {
                    let row = corner + x * self.size + down * self.input.width;
                    for pixel in &mut image[row..row + self.size] {
                        *pixel += delta * share;
                    }
                }
            }
        });
    }

    /// Calls with the places of each row of values, and that of the first pixel of its first square.
    fn each_row(self, mut call: impl FnMut(Range<usize>, usize)) {
        let Shape { height, width, .. } = self.input;
        let out = self.output;
        for row in 0..out.channels * out.height {
            let (channel, y) = (row / out.height, row % out.height);
            let corner = (channel * height + y * self.size) * width;
            call(row * out.width..(row + 1) * out.width, corner);
        }
    }
}

/// The pixels from the first window of a row of windows on.
struct PixelRow<'a, R> {
    pixels: &'a [R],
    width: usize,
    corner: usize,
}

impl<R: Real> PixelRow<'_, R> {
    /// As [`Pool::greatest`], of one row. First which is greatest, then where: each is without a branch that pixels without order
    /// would mislead.
    #[inline(always)]
    fn greatest(&self, size: usize, values: &mut [R], places: &mut [u32]) {
        for (x, (value, place)) in values.iter_mut().zip(places).enumerate() {
            let first = x * size;
            let mut best = self.pixels[first];
            for down in 0..size {
                for &pixel in &self.pixels[first + down * self.width..][..size] {
                    best = R::select(pixel > best, pixel, best);
                }
            }
            let mut best_place = first;
            for down in (0..size).rev() {
                let row = first + down * self.width;
                for (across, &pixel) in self.pixels[row..][..size].iter().enumerate().rev() {
                    best_place = select_unpredictable(pixel == best, row + across, best_place);
                }
            }
            (*value, *place) = (best, (self.corner + best_place) as u32);
        }
    }
}
