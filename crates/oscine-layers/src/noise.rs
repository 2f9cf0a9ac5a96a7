//! Noise at a place of a layered network: what it does to the numbers there, and to the gradient that comes back through them.
//!
//! Every number is a draw of a stream that is named for the noise and its place, at the step of the training, for the element of the
//! array that holds the place: the same whoever computes it.

use oscine_equations::lanes::Real;
use oscine_network::{Correlation, Noise, NoiseKind, Text, When};
use oscine_random::Stream;

use crate::{LayersError, correlated, schedule::Schedule};

/// Numbers drawn at once.
const BLOCK: usize = 256;
/// Of pink noise: numbers that are held for 1, 2, 4 … steps.
const OCTAVES: u32 = 10;

/// The epoch and step at which a batch passes the network.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct BatchMoment {
    /// Epochs before this one.
    pub epoch: usize,
    /// Steps before this one.
    pub step: u64,
    /// Where the network is judged and does not learn: the number of the batch.
    pub judged: Option<u64>,
}

/// One noise at one place.
pub(crate) struct Disturbance {
    kind: NoiseKind,
    level: Schedule,
    /// Its level at this step; 0 while it does not act.
    now: f64,
    when: When,
    stream: Stream,
    /// Of pink noise: a stream for each octave but the first.
    octaves: Vec<Stream>,
    /// Of the Ornstein–Uhlenbeck process: the steps after which the correlation is 1/e; else 0.
    correlation: f64,
    step: u64,
}

impl Disturbance {
    /// Reads the noise of this name for one of its places.
    ///
    /// # Errors
    /// A level that is no expression of `epoch` and `step`.
    pub fn read(name: &str, noise: &Noise, place: &str, seed: u64) -> Result<Self, LayersError> {
        Ok(Self {
            kind: noise.kind,
            level: Schedule::read(&noise.level, &format!("noise.{name}.level"))?,
            now: 0.0,
            when: noise.when,
            stream: Stream::new(seed, &format!("noise.{name}.{place}")),
            octaves: (1..OCTAVES)
                .filter(|_| matches!(noise.kind, NoiseKind::Pink { .. }))
                .map(|octave| Stream::new(seed, &format!("noise.{name}.{place}.octave.{octave}")))
                .collect(),
            correlation: match noise.kind {
                NoiseKind::OrnsteinUhlenbeck {
                    correlation: Correlation::Steps(steps) | Correlation::Time(steps),
                } => steps,
                _ => 0.0,
            },
            step: 0,
        })
    }

    /// Makes ready for a batch.
    pub fn prepare(&mut self, moment: BatchMoment) {
        let acts = match self.when {
            When::Training => moment.judged.is_none(),
            When::Test => moment.judged.is_some(),
            When::Both => true,
        };
        let BatchMoment { epoch, step, .. } = moment;
        self.now = if acts {
            self.level.at(epoch, step)
        } else {
            0.0
        };
        // Numbers drawn while the network is judged are others than those drawn while it learns.
        self.step = moment.judged.map_or(step, |batch| batch | 1 << 62);
    }

    /// Whether it changes anything at this step.
    pub fn acts(&self) -> bool {
        self.now != 0.0
    }

    /// Whether it can change how fast the numbers rise.
    pub fn bends(&self) -> bool {
        matches!(
            self.kind,
            NoiseKind::Multiplicative | NoiseKind::Dropout | NoiseKind::SaltAndPepper
        )
    }

    /// Changes numbers, the elements of their array from `first` on, and `slopes`, where they are there, with them.
    pub fn apply<R: Real>(&self, first: usize, values: &mut [R], slopes: &mut [R]) {
        if !self.acts() {
            return;
        }
        let mut drawn = [R::ZERO; BLOCK];
        let mut done = 0;
        while done < values.len() {
            let end = (done + BLOCK - (first + done) % BLOCK).min(values.len());
            let drawn = &mut drawn[..end - done];
            let element = (first + done) as u64;
            if self.correlation > 0.0 {
                correlated::fill(&self.stream, self.correlation, self.step, element, drawn);
            } else if self.draws_normal() {
                self.stream.fill_normal(self.step, element, drawn);
                self.add_octaves(element, drawn);
            } else {
                self.stream.fill_uniform(self.step, element, drawn);
            }
            let bent = if slopes.is_empty() {
                &mut slopes[..0]
            } else {
                &mut slopes[done..end]
            };
            self.change(&mut values[done..end], bent, drawn);
            done = end;
        }
    }

    /// To fresh numbers those that are held, so that the sum has the variance of one.
    fn add_octaves<R: Real>(&self, element: u64, drawn: &mut [R]) {
        if self.octaves.is_empty() {
            return;
        }
        let mut block = [R::ZERO; BLOCK];
        let held = &mut block[..drawn.len()];
        for (octave, stream) in self.octaves.iter().enumerate() {
            stream.fill_normal(self.step >> (octave + 1), element, held);
            for (drawn, held) in drawn.iter_mut().zip(&*held) {
                *drawn += *held;
            }
        }
        let share = R::from_f64(1.0 / f64::from(OCTAVES).sqrt());
        for drawn in drawn {
            *drawn *= share;
        }
    }

    fn draws_normal(&self) -> bool {
        !matches!(
            self.kind,
            NoiseKind::Uniform | NoiseKind::Dropout | NoiseKind::SaltAndPepper
        )
    }

    fn change<R: Real>(&self, values: &mut [R], slopes: &mut [R], drawn: &[R]) {
        let level = R::from_f64(self.now);
        match self.kind {
            NoiseKind::Multiplicative => {
                scale(values, slopes, drawn, |drawn| R::ONE + level * drawn);
            }
            NoiseKind::Dropout => {
                let kept = R::from_f64(1.0 / (1.0 - self.now));
                scale(values, slopes, drawn, |drawn| {
                    R::select(drawn < level, R::ZERO, kept)
                });
            }
            NoiseKind::SaltAndPepper => {
                let pepper = R::from_f64(0.5 * self.now);
                for (place, &drawn) in drawn.iter().enumerate() {
                    if drawn < level {
                        values[place] = R::select(drawn < pepper, R::ZERO, R::ONE);
                        if let Some(slope) = slopes.get_mut(place) {
                            *slope = R::ZERO;
                        }
                    }
                }
            }
            NoiseKind::Uniform => {
                // Of standard deviation 1 from -√3 to √3.
                let (width, half) = (R::from_f64(12f64.sqrt()) * level, R::from_f64(0.5));
                for (value, &drawn) in values.iter_mut().zip(drawn) {
                    *value += width * (drawn - half);
                }
            }
            NoiseKind::Gaussian
            | NoiseKind::Pink { .. }
            | NoiseKind::White
            | NoiseKind::OrnsteinUhlenbeck { .. } => {
                for (value, &drawn) in values.iter_mut().zip(drawn) {
                    *value += level * drawn;
                }
            }
        }
    }
}

fn scale<R: Real>(values: &mut [R], slopes: &mut [R], drawn: &[R], factor: impl Fn(R) -> R) {
    for (value, &drawn) in values.iter_mut().zip(drawn) {
        *value *= factor(drawn);
    }
    for (slope, &drawn) in slopes.iter_mut().zip(drawn) {
        *slope *= factor(drawn);
    }
}

/// All noises at the places of one layer, or of the training.
#[derive(Default)]
pub(crate) struct Disturbances(Vec<Disturbance>);

impl Disturbances {
    /// Those of all noises of the file that are at one of these places; `part` tells apart arrays that share a place.
    ///
    /// # Errors
    /// As [`Disturbance::read`].
    pub fn at(
        noises: &[(String, Noise)],
        places: &[String],
        part: &str,
        seed: u64,
    ) -> Result<Self, LayersError> {
        let here = |at: &Text| places.contains(&at.value);
        let mut found = Vec::new();
        for (name, noise) in noises {
            for at in noise.at.iter().filter(|at| here(at)) {
                found.push(Disturbance::read(
                    name,
                    noise,
                    &format!("{}{part}", at.value),
                    seed,
                )?);
            }
        }
        Ok(Self(found))
    }

    /// As for each one.
    pub fn prepare(&mut self, moment: BatchMoment) {
        for one in &mut self.0 {
            one.prepare(moment);
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any acts at this step.
    pub fn act(&self) -> bool {
        self.0.iter().any(Disturbance::acts)
    }

    /// Whether any can change how fast the numbers rise.
    pub fn bend(&self) -> bool {
        self.0.iter().any(Disturbance::bends)
    }

    /// As for each one, in the order of the file.
    pub fn apply<R: Real>(&self, first: usize, values: &mut [R], slopes: &mut [R]) {
        for one in &self.0 {
            one.apply(first, values, slopes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(kind: NoiseKind, level: &str) -> Disturbance {
        let noise = Noise {
            at: vec![Text::new("hidden.activation")],
            kind,
            level: Text::new(level),
            when: When::Training,
        };
        let mut read = Disturbance::read("n", &noise, "hidden.activation", 1).unwrap();
        read.prepare(BatchMoment {
            step: 3,
            ..BatchMoment::default()
        });
        read
    }

    fn lasting(steps: f64) -> NoiseKind {
        NoiseKind::OrnsteinUhlenbeck {
            correlation: Correlation::Steps(steps),
        }
    }

    fn moments(values: &[f64]) -> (f64, f64) {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let square = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
        (mean, square / values.len() as f64)
    }

    #[test]
    fn each_kind_has_the_mean_and_variance_that_it_says() {
        // Of the value 2: kind, level, mean, variance.
        let cases = [
            (NoiseKind::Gaussian, "0.5", 2.0, 0.25),
            (NoiseKind::Uniform, "0.5", 2.0, 0.25),
            (NoiseKind::Pink { longest: None }, "0.5", 2.0, 0.25),
            (lasting(20.0), "0.5", 2.0, 0.25),
            (NoiseKind::Multiplicative, "0.5", 2.0, 1.0),
            (NoiseKind::Dropout, "0.2", 2.0, 4.0 * 0.25),
            // 0.6 keep 2, 0.2 have 0, 0.2 have 1: mean 1.4, square 2.6.
            (NoiseKind::SaltAndPepper, "0.4", 1.4, 2.6 - 1.96),
        ];
        for (kind, level, mean, variance) in cases {
            let mut values = vec![2.0f64; 200_000];
            noise(kind, level).apply(0, &mut values, &mut []);
            let (found_mean, found_variance) = moments(&values);
            // Six standard errors of the mean; the variance to 3 %.
            let error = 6.0 * (variance / 200_000.0f64).sqrt();
            assert!((found_mean - mean).abs() < error, "{kind:?}: {found_mean}");
            assert!(
                (found_variance / variance - 1.0).abs() < 0.03,
                "{kind:?}: {found_variance}"
            );
        }
    }

    #[test]
    fn correlated_noise_falls_as_its_exponential_from_any_step_to_any_other() {
        let mut noise = noise(lasting(20.0), "1");
        let mut at = |step: u64| {
            noise.prepare(BatchMoment {
                step,
                ..BatchMoment::default()
            });
            let mut values = vec![0.0f64; 50_000];
            noise.apply(0, &mut values, &mut []);
            values
        };
        // Also from one stretch of the bridge to the next, which begins at 1,024.
        for from in [3, 1000, 1023] {
            let first = at(from);
            for later in [1, 7, 20, 60, 300] {
                let values = at(from + later);
                let products = first.iter().zip(&values).map(|(a, b)| a * b);
                let correlation = products.sum::<f64>() / 50_000.0;
                let expected = (-(later as f64) / 20.0).exp();
                // Five standard errors.
                assert!(
                    (correlation - expected).abs() < 5.0 * 2f64.sqrt() / 50_000f64.sqrt(),
                    "{from} + {later}: {correlation}, not {expected}"
                );
            }
        }
    }

    #[test]
    fn pink_noise_lasts_as_long_as_its_octaves() {
        // Octave k is the same at steps 0 and d where d < 2^k: of ten, the share that is held is the correlation.
        let mut noise = noise(NoiseKind::Pink { longest: None }, "1");
        let mut at = |step: u64| {
            noise.prepare(BatchMoment {
                step,
                ..BatchMoment::default()
            });
            let mut values = vec![0.0f64; 50_000];
            noise.apply(0, &mut values, &mut []);
            values
        };
        let first = at(1024);
        for (later, expected) in [(1, 0.9), (2, 0.8), (64, 0.3), (512, 0.0)] {
            let values = at(1024 + later);
            let products = first.iter().zip(&values).map(|(a, b)| a * b);
            let correlation = products.sum::<f64>() / 50_000.0;
            assert!(
                (correlation - expected).abs() < 0.03,
                "{later}: {correlation}"
            );
        }
    }

    #[test]
    fn parts_of_an_array_get_the_numbers_of_the_whole() {
        let noise = noise(NoiseKind::Dropout, "0.5/(1 + step)");
        let mut whole = vec![1.0f32; 1000];
        noise.apply(0, &mut whole, &mut []);
        let mut parts = vec![1.0f32; 1000];
        let (one, other) = parts.split_at_mut(333);
        noise.apply(333, other, &mut []);
        noise.apply(0, one, &mut []);
        assert_eq!(whole, parts);
        assert_eq!(noise.now, 0.125);
    }

    #[test]
    fn noise_of_the_test_does_not_act_while_the_network_learns() {
        let mut read = noise(NoiseKind::Gaussian, "1");
        read.prepare(BatchMoment {
            judged: Some(0),
            ..BatchMoment::default()
        });
        assert!(!read.acts());
    }
}
