//! Poisson numbers by inversion: the quantile `k` of a probability `u` is the first whole number at which the
//! distribution function exceeds `u`.
//!
//! To a mean of [`LARGEST_SUMMED_MEAN`] the distribution function is summed from 0 (`p_k = p_{k-1} mean/k`), with an
//! error of about 1e-13 of it. Above, the expansion of the quantile in the normal quantile `w`,
//! `mean + sqrt(mean) w + (1/3 + w²/6) - (w/36 + w³/72)/sqrt(mean) + …`, rounded down, is used: one draw in about
//! a hundred thousand is off by 1. Giles (2016) ACM Trans. Math. Softw. 42:7, Algorithm 955.

use super::double;
use super::normal::normal_quantile;
use super::{Real, has_fused_multiply_add};

/// The largest mean whose distribution function is summed.
pub const LARGEST_SUMMED_MEAN: f64 = 500.0;

/// A probability that the sum no longer feels.
const NEGLIGIBLE: f64 = 1e-19;

/// The first `k` at which the Poisson distribution function with this mean exceeds `probability` (in 0 to 1).
/// NaN where the mean is negative or NaN, or the probability is.
#[inline]
pub fn poisson_quantile<const FUSED: bool>(mean: f64, probability: f64) -> f64 {
    if !(mean >= 0.0 && (0.0..=1.0).contains(&probability)) {
        return f64::NAN;
    }
    if mean > LARGEST_SUMMED_MEAN {
        return expanded_quantile::<FUSED>(mean, probability);
    }
    let mut term = double::exp::<FUSED>(-mean);
    let mut sum = term;
    let mut count = 0.0;
    while sum <= probability && !(count > mean && term < NEGLIGIBLE) {
        count += 1.0;
        term *= mean / count;
        sum += term;
    }
    count
}

fn expanded_quantile<const FUSED: bool>(mean: f64, probability: f64) -> f64 {
    let w = normal_quantile::<FUSED>(probability);
    let root = mean.sqrt();
    let square = w * w;
    let third = -(w / 36.0 + w * square / 72.0) / root;
    let fourth = (-8.0 / 405.0 + square * (7.0 / 810.0 + square / 270.0)) / mean;
    let value = mean + root * w + (1.0 / 3.0 + square / 6.0) + third + fourth;
    value.floor().max(0.0)
}

/// The Poisson distribution with one mean, tabulated: many draws from it cost a few loads each.
#[derive(Clone, Debug)]
pub struct PoissonTable {
    mean: f64,
    /// The distribution function at 0, 1, 2, …
    cumulative: Vec<f64>,
    /// For each of equal parts of 0 to 1, the quantile of its lower end.
    guide: Vec<u32>,
}

impl PoissonTable {
    /// The table of the distribution with this mean. Above [`LARGEST_SUMMED_MEAN`] it is empty and quantiles are
    /// computed; a mean that is negative or NaN gives NaN.
    pub fn new(mean: f64) -> PoissonTable {
        if !(0.0..=LARGEST_SUMMED_MEAN).contains(&mean) {
            return PoissonTable {
                mean,
                cumulative: Vec::new(),
                guide: Vec::new(),
            };
        }
        let mut term = if has_fused_multiply_add() {
            double::exp::<true>(-mean)
        } else {
            double::exp::<false>(-mean)
        };
        let mut cumulative = vec![term];
        let (mut sum, mut count) = (term, 0.0);
        while !(count > mean && term < NEGLIGIBLE) {
            count += 1.0;
            term *= mean / count;
            sum += term;
            cumulative.push(sum);
        }
        let parts = (8 * cumulative.len()).next_power_of_two();
        let mut quantile = 0;
        let guide = (0..parts)
            .map(|part| {
                let edge = part as f64 / parts as f64;
                while quantile + 1 < cumulative.len() && cumulative[quantile] <= edge {
                    quantile += 1;
                }
                quantile as u32
            })
            .collect();
        PoissonTable {
            mean,
            cumulative,
            guide,
        }
    }

    /// The mean of the distribution.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The same number as [`poisson_quantile`].
    #[inline]
    pub fn quantile(&self, probability: f64) -> f64 {
        let within = (0.0..1.0).contains(&probability);
        if !within || self.guide.is_empty() {
            return self.computed_quantile(probability);
        }
        let mut k = self.guide[(probability * self.guide.len() as f64) as usize] as usize;
        let last = self.cumulative.len() - 1;
        while k < last && self.cumulative[k] <= probability {
            k += 1;
        }
        k as f64
    }

    #[cold]
    #[inline(never)]
    fn computed_quantile(&self, probability: f64) -> f64 {
        if has_fused_multiply_add() {
            poisson_quantile::<true>(self.mean, probability)
        } else {
            poisson_quantile::<false>(self.mean, probability)
        }
    }

    /// The quantiles of `probabilities`, element by element; as many as the shorter slice holds.
    pub fn fill<R: Real>(&self, probabilities: &[f64], out: &mut [R]) {
        for (out, &probability) in out.iter_mut().zip(probabilities) {
            *out = R::from_f64(self.quantile(probability));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_and_a_search_give_the_same_number() {
        for mean in [0.0, 1e-9, 0.003, 0.7, 4.0, 33.3, 250.0, 499.9, 500.1] {
            let table = PoissonTable::new(mean);
            let probabilities: Vec<f64> = (0..2000)
                .map(|k| (f64::from(k) * 0.618_033_988_749_894_9).fract())
                .chain([0.0, 1e-300, 1.0 - f64::EPSILON / 2.0, 1.0, (-mean).exp()])
                .collect();
            let mut counts = vec![0.0; probabilities.len()];
            table.fill(&probabilities, &mut counts);
            for (&probability, count) in probabilities.iter().zip(counts) {
                let search = if has_fused_multiply_add() {
                    poisson_quantile::<true>(mean, probability)
                } else {
                    poisson_quantile::<false>(mean, probability)
                };
                assert_eq!(count, search, "mean {mean}, probability {probability}");
            }
        }
    }

    /// Sums over the distribution, taken in logarithms, against the quantiles on both sides of the change of method.
    #[test]
    fn the_expansion_agrees_with_the_sum() {
        let mean = 500.0;
        let mut differing = 0;
        for k in 0..20_000 {
            let probability = (f64::from(k) + 0.5) / 20_000.0;
            let summed = poisson_quantile::<true>(mean, probability);
            let expanded = expanded_quantile::<true>(mean, probability);
            assert!((summed - expanded).abs() <= 1.0);
            differing += u32::from(summed != expanded);
        }
        assert!(differing <= 2, "{differing} of 20000 differ");
    }

    #[test]
    fn known_quantiles_and_edges() {
        // exp(-1) = 0.3679: cumulative 0.3679, 0.7358, 0.9197.
        assert_eq!(poisson_quantile::<true>(1.0, 0.36), 0.0);
        assert_eq!(poisson_quantile::<true>(1.0, 0.37), 1.0);
        assert_eq!(poisson_quantile::<true>(1.0, 0.74), 2.0);
        assert_eq!(poisson_quantile::<true>(0.0, 0.999), 0.0);
        assert!(poisson_quantile::<true>(-1.0, 0.5).is_nan());
        assert!(poisson_quantile::<true>(f64::NAN, 0.5).is_nan());
        assert!(PoissonTable::new(-1.0).quantile(0.5).is_nan());
        assert!((poisson_quantile::<true>(1e9, 0.5) - 1e9).abs() <= 1.0);
    }
}
