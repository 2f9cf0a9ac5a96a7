//! `Sequence`: random numbers one after another, for one element of a stream: the targets of one source, say.
//! The n-th call's numbers are a function of seed, stream, element and n.

use crate::distributions::{Geometric, binomial_quantile, exponential_quantile, poisson_quantile};
use crate::stream::{SEQUENCE, Stream, unit_interval};

/// The random numbers of one element, in order. Made by [`Stream::sequence`].
#[derive(Clone, Debug)]
pub struct Sequence {
    stream: Stream,
    index: u64,
    counter: u64,
    /// The second half of the last counter's bits.
    kept: Option<u64>,
    kept_normal: Option<f64>,
}

impl Sequence {
    pub(crate) fn new(stream: Stream, element: u64) -> Sequence {
        Sequence {
            stream,
            index: element | SEQUENCE,
            counter: 0,
            kept: None,
            kept_normal: None,
        }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        if let Some(bits) = self.kept.take() {
            return bits;
        }
        let (first, second) = self.stream.words(self.index, self.counter);
        self.counter += 1;
        self.kept = Some(second);
        first
    }

    /// A uniform number on the open interval (0, 1).
    pub fn uniform(&mut self) -> f64 {
        unit_interval(self.bits())
    }

    /// A standard normal number.
    pub fn normal(&mut self) -> f64 {
        if let Some(normal) = self.kept_normal.take() {
            return normal;
        }
        let (first, second) = self.stream.normal_pair(self.index, self.counter);
        self.counter += 1;
        self.kept_normal = Some(second);
        first
    }

    /// A whole number from 0 to below `bound`, each equally likely; 0 if the bound is 0.
    /// Lemire (2019) ACM Trans. Model. Comput. Simul. 29:3.
    pub fn below(&mut self, bound: u64) -> u64 {
        let mut product = u128::from(self.bits()) * u128::from(bound);
        if (product as u64) < bound {
            let unfair = bound.wrapping_neg() % bound;
            while (product as u64) < unfair {
                product = u128::from(self.bits()) * u128::from(bound);
            }
        }
        (product >> 64) as u64
    }

    /// Puts values in an order drawn anew, every order equally likely. Durstenfeld (1964) Commun. ACM 7:420.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for place in (1..values.len()).rev() {
            values.swap(place, self.below(place as u64 + 1) as usize);
        }
    }

    /// How many failures come before the first success, where each trial succeeds with probability `p`.
    /// For many draws with one `p`, make the [`Geometric`] once and use [`Sequence::skip`].
    pub fn geometric(&mut self, p: f64) -> u64 {
        self.skip(&Geometric::new(p))
    }

    /// How many trials fail before the next success.
    pub fn skip(&mut self, failures: &Geometric) -> u64 {
        failures.quantile(self.uniform())
    }

    /// A Poisson number with this mean; NaN where the mean is negative or NaN.
    pub fn poisson(&mut self, mean: f64) -> f64 {
        poisson_quantile(mean, self.uniform())
    }

    /// The number of successes in `trials` trials, each with probability `p`; NaN where `p` is not in 0 to 1.
    pub fn binomial(&mut self, trials: u64, p: f64) -> f64 {
        binomial_quantile(trials, p, self.uniform())
    }

    /// An exponential number with mean 1.
    pub fn exponential(&mut self) -> f64 {
        exponential_quantile(self.uniform())
    }
}
