//! How sharp the minimum is that a training came to: the greatest curvature of the loss over all weights and biases. Hochreiter &
//! Schmidhuber (1997) Neural Comput. 9:1; Keskar et al. (2017) arXiv:1609.04836.
//!
//! By power iteration: the Hessian times a direction is the difference of the gradients a little way along it and against it.

use oscine_equations::lanes::Real;
use oscine_network::Examples;
use oscine_random::Stream;
use oscine_threads::Team;

use crate::Training;
use crate::noise::BatchMoment;

/// Directions tried, at most.
const TURNS: usize = 100;
/// The greatest curvature has been found when a turn changes it by less than this part.
const SETTLED: f64 = 1e-3;
/// The way along a direction of length 1: short beside the weights, long beside the rounding of single precision.
const STEP: f64 = 0.01;

impl<R: Real> Training<'_, R> {
    /// The eigenvalue, greatest in size, of the Hessian of the mean loss of some examples, without noise but that of the test; NaN
    /// without examples.
    pub fn sharpness(&mut self, examples: &Examples) -> f64 {
        let place = self.place();
        let mut direction = vec![0.0; place.len()];
        Stream::new(0, "sharpness").fill_normal(0, 0, &mut direction);
        normalise(&mut direction);
        let mut curvature = f64::NAN;
        for _ in 0..TURNS {
            let mut along = |by: f64| {
                let there: Vec<f64> = place
                    .iter()
                    .zip(&direction)
                    .map(|(w, d)| w + by * d)
                    .collect();
                self.go_to(&there);
                self.gradient(examples)
            };
            let (ahead, behind) = (along(STEP), along(-STEP));
            let change = ahead.iter().zip(&behind);
            let bent: Vec<f64> = change
                .map(|(ahead, behind)| (ahead - behind) / (2.0 * STEP))
                .collect();
            let before = curvature;
            curvature = bent.iter().zip(&direction).map(|(bent, d)| bent * d).sum();
            direction = bent;
            normalise(&mut direction);
            let settled = (curvature - before).abs() <= SETTLED * curvature.abs();
            if settled || curvature.is_nan() {
                break;
            }
        }
        self.go_to(&place);
        curvature
    }

    /// All weights and biases in a row.
    fn place(&self) -> Vec<f64> {
        let layers = self.network.layers.iter();
        let learned =
            layers.flat_map(|layer| layer.weights.values.iter().chain(&layer.biases.values));
        learned.map(|value| value.to_f64()).collect()
    }

    fn go_to(&mut self, place: &[f64]) {
        let layers = self.network.layers.iter_mut();
        let learned = layers.flat_map(|layer| {
            layer
                .weights
                .values
                .iter_mut()
                .chain(&mut layer.biases.values)
        });
        for (value, place) in learned.zip(place) {
            *value = R::from_f64(*place);
        }
    }

    /// The gradient of the mean loss of some examples.
    fn gradient(&mut self, examples: &Examples) -> Vec<f64> {
        let members: Vec<u32> = (0..examples.len() as u32).collect();
        let mut sum = vec![0.0; self.place().len()];
        let (epoch, step) = (self.history().len(), self.step);
        Team::gather(self.threads, |team| {
            for (number, members) in members.chunks(self.network.batch).enumerate() {
                self.network.present(examples, None, members);
                let moment = BatchMoment {
                    epoch,
                    step,
                    judged: Some(number as u64),
                };
                self.network.gradients(members.len(), moment, team);
                let layers = self.network.layers.iter();
                let gradients = layers.flat_map(|layer| {
                    layer
                        .weights
                        .gradients
                        .iter()
                        .chain(&layer.biases.gradients)
                });
                let share = members.len() as f64 / examples.len() as f64;
                for (sum, gradient) in sum.iter_mut().zip(gradients) {
                    *sum += gradient.to_f64() * share;
                }
            }
        });
        sum
    }
}

fn normalise(direction: &mut [f64]) {
    let length = direction.iter().map(|x| x * x).sum::<f64>().sqrt();
    if length > 0.0 {
        for x in direction {
            *x /= length;
        }
    }
}
