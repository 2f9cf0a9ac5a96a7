//! Pooling of one sample: the greatest, or the mean, of each square of each image.

use oscine_equations::lanes::Real;

use crate::layer::Shape;

/// The squares of a pooling layer.
#[derive(Clone, Copy)]
pub(crate) struct Pool {
    pub input: Shape,
    pub output: Shape,
    pub size: usize,
}

impl Pool {
    /// The greatest of each square; `places` says where in the sample it stood.
    pub fn greatest<R: Real>(self, image: &[R], values: &mut [R], places: &mut [u32]) {
        self.each(|out, pixels| {
            let mut best = pixels(0, 0);
            for down in 0..self.size {
                for across in 0..self.size {
                    let pixel = pixels(down, across);
                    // A NaN stays, to be seen.
                    if image[pixel] > image[best] || image[pixel].to_f64().is_nan() {
                        best = pixel;
                    }
                }
            }
            values[out] = image[best];
            places[out] = best as u32;
        });
    }

    /// The mean of each square.
    pub fn mean<R: Real>(self, image: &[R], values: &mut [R]) {
        let share = R::from_f64(1.0 / (self.size * self.size) as f64);
        self.each(|out, pixels| {
            let mut sum = R::ZERO;
            for down in 0..self.size {
                for across in 0..self.size {
                    sum += image[pixels(down, across)];
                }
            }
            values[out] = sum * share;
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
        self.each(|out, pixels| {
            for down in 0..self.size {
                for across in 0..self.size {
                    image[pixels(down, across)] += delta[out] * share;
                }
            }
        });
    }

    /// Calls with the place of each value and a function from row and column of its square to the place of a pixel.
    fn each(self, mut call: impl FnMut(usize, &dyn Fn(usize, usize) -> usize)) {
        let Shape { height, width, .. } = self.input;
        let Shape {
            height: out_height,
            width: out_width,
            channels,
        } = self.output;
        for channel in 0..channels {
            for y in 0..out_height {
                for x in 0..out_width {
                    let corner = (channel * height + y * self.size) * width + x * self.size;
                    let out = (channel * out_height + y) * out_width + x;
                    call(out, &|down, across| corner + down * width + across);
                }
            }
        }
    }
}
