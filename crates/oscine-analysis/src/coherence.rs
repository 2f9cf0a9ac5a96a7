//! Coherence of two signals: how much of one a linear filter could make from the other, at each frequency.
//!
//! `C^2(f) = |S_xy|^2/(S_xx S_yy)`, each spectrum averaged over Hann-windowed segments that overlap by half (Welch 1967; Carter, Knapp & Nuttall 1973). With
//! `L` segments the estimate is about `1/L` of signals that have nothing in common, so it is read against its [level](Coherence::level_of_chance).

use rustfft::{FftPlanner, num_complex::Complex};

use crate::{mean, population_counts};

/// Coherence and phase at each frequency.
#[derive(Debug, Clone, PartialEq)]
pub struct Coherence {
    /// Frequencies (Hz) from one step above 0 to below half the sampling rate, `[frequency]`.
    pub frequencies: Vec<f64>,
    /// Squared coherence, 0 to 1, `[frequency]`; 0 where one of the signals has no power.
    pub squared: Vec<f64>,
    /// Phase (-pi to pi) of the second signal less that of the first, `[frequency]`; negative where the second is late.
    pub phase: Vec<f64>,
    /// How many segments were averaged.
    pub segments: usize,
}

impl Coherence {
    /// The squared coherence that signals with nothing in common exceed with probability `chance` at any one frequency: `1 - chance^(1/(L - 1))`
    /// (Carter, Knapp & Nuttall 1973), with `L` the number of independent segments that the overlapping ones are worth.
    #[must_use]
    pub fn level_of_chance(&self, chance: f64) -> f64 {
        let worth = self.independent_segments();
        if worth <= 1.0 {
            return 1.0;
        }
        1.0 - chance.powf(1.0 / (worth - 1.0))
    }

    /// The squared coherence less its bias, `(L C^2 - 1)/(L - 1)`, which is 0 on average of signals with nothing in common, `[frequency]`.
    #[must_use]
    pub fn unbiased(&self) -> Vec<f64> {
        let worth = self.independent_segments();
        self.squared
            .iter()
            .map(|squared| {
                if worth > 1.0 {
                    (worth * squared - 1.0) / (worth - 1.0)
                } else {
                    0.0
                }
            })
            .collect()
    }

    /// The place in the vectors of the frequency nearest to `frequency` (Hz); `None` of no frequencies.
    #[must_use]
    pub fn nearest(&self, frequency: f64) -> Option<usize> {
        (0..self.frequencies.len()).min_by(|&first, &second| {
            let away = |place: usize| (self.frequencies[place] - frequency).abs();
            away(first).total_cmp(&away(second))
        })
    }

    /// Hann windows that overlap by half share 1/36 of their power's variance (Welch 1967).
    fn independent_segments(&self) -> f64 {
        let segments = self.segments as f64;
        segments / (1.0 + 2.0 / 36.0 * (segments - 1.0) / segments)
    }
}

/// Coherence of two signals sampled together every `interval` (s), in segments of `segment` samples (made even).
///
/// `None` of unlike lengths, of fewer than two segments (one would always give 1), of segments under four samples, or of an interval that is not positive.
#[must_use]
pub fn coherence(
    first: &[f64],
    second: &[f64],
    interval: f64,
    segment: usize,
) -> Option<Coherence> {
    let segment = segment & !1;
    let half = segment / 2;
    if first.len() != second.len()
        || segment < 4
        || first.len() < segment + half
        || !(interval.is_finite() && interval > 0.0)
    {
        return None;
    }
    let transform = FftPlanner::new().plan_fft_forward(segment);
    let hann: Vec<f64> = (0..segment)
        .map(|sample| {
            (std::f64::consts::PI * sample as f64 / segment as f64)
                .sin()
                .powi(2)
        })
        .collect();
    let transformed = |part: &[f64]| {
        let centre = mean(part).unwrap_or(0.0);
        let mut values: Vec<Complex<f64>> = part
            .iter()
            .zip(&hann)
            .map(|(value, weight)| Complex::new((value - centre) * weight, 0.0))
            .collect();
        transform.process(&mut values);
        values
    };
    let mut sums = vec![(0.0, 0.0, Complex::new(0.0, 0.0)); half];
    let mut segments = 0;
    for start in (0..=first.len() - segment).step_by(half) {
        let part = start..start + segment;
        let from = transformed(&first[part.clone()]);
        let to = transformed(&second[part]);
        for ((sum, from), to) in sums.iter_mut().zip(&from).zip(&to) {
            sum.0 += from.norm_sqr();
            sum.1 += to.norm_sqr();
            sum.2 += from.conj() * to;
        }
        segments += 1;
    }
    let step = 1.0 / (segment as f64 * interval);
    let squared = |(first, second, both): &(f64, f64, Complex<f64>)| {
        let power = first * second;
        if power > 0.0 {
            (both.norm_sqr() / power).min(1.0)
        } else {
            0.0
        }
    };
    Some(Coherence {
        frequencies: (1..half).map(|frequency| frequency as f64 * step).collect(),
        squared: sums[1..].iter().map(squared).collect(),
        phase: sums[1..].iter().map(|sum| sum.2.arg()).collect(),
        segments,
    })
}

/// Coherence of spikes at `times` (s, sorted) with a `field` sampled every `interval` (s) from time `from` (s) on; the first signal is the field.
///
/// The spikes are counted between samples, half an interval about each. `None` as in [`coherence()`]. With few spikes the noise of counting
/// lowers it: a train of rate `r` whose rate follows the field fully, with density `S`, has `S/(S + 2r)`.
#[must_use]
pub fn spike_field_coherence(
    times: &[f64],
    from: f64,
    field: &[f64],
    interval: f64,
    segment: usize,
) -> Option<Coherence> {
    let begin = from - 0.5 * interval;
    let until = begin + field.len() as f64 * interval;
    let counts: Vec<f64> = population_counts(times, begin, until, interval)
        .into_iter()
        .map(f64::from)
        .collect();
    coherence(field, &counts, interval, segment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_random::Stream;
    use std::f64::consts::TAU;

    fn noise(name: &str, count: usize) -> Vec<f64> {
        let mut draws = Stream::new(12, name).sequence(0);
        (0..count).map(|_| draws.normal()).collect()
    }

    #[test]
    fn a_signal_in_noise_has_its_closed_form() {
        // y = x + n with powers 1 and 3: C^2 = 1/4, plus (1 - 1/4)^2/L of bias.
        let signal = noise("signal", 200_000);
        let heard: Vec<f64> = signal
            .iter()
            .zip(noise("noise", 200_000))
            .map(|(signal, noise)| signal + 3f64.sqrt() * noise)
            .collect();
        let both = coherence(&signal, &heard, 1e-3, 500).unwrap();
        assert_eq!(both.segments, 799);
        let average = mean(&both.squared).unwrap();
        assert!((average - 0.25).abs() < 0.005, "{average}");
        assert!(both.phase.iter().all(|phase| phase.abs() < 0.25));
    }

    #[test]
    fn unrelated_signals_exceed_the_level_as_often_as_it_says() {
        let both = coherence(
            &noise("first", 400_000),
            &noise("second", 400_000),
            1.0,
            20_000,
        )
        .unwrap();
        for chance in [0.01, 0.05, 0.3] {
            let level = both.level_of_chance(chance);
            let above = both
                .squared
                .iter()
                .filter(|squared| **squared > level)
                .count();
            let share = above as f64 / both.squared.len() as f64;
            assert!((share / chance - 1.0).abs() < 0.15, "{chance}: {share}");
        }
        assert!(mean(&both.unbiased()).unwrap().abs() < 2e-3);
    }

    #[test]
    fn a_delay_turns_the_phase_in_proportion_to_frequency() {
        let signal = noise("signal", 100_000);
        let both = coherence(&signal[5..], &signal[..99_995], 1e-3, 1000).unwrap();
        for (frequency, phase) in both.frequencies.iter().zip(&both.phase).take(80) {
            assert!((phase + TAU * frequency * 0.005).abs() < 0.05);
        }
        assert_eq!(both.nearest(49.7), Some(49));
        assert!(coherence(&signal[..1000], &signal[..1000], 1e-3, 1000).is_none());
        assert!(coherence(&signal[..1000], &signal[..999], 1e-3, 100).is_none());
    }

    #[test]
    fn spikes_that_follow_a_field_have_their_closed_form() {
        // White field of variance 1; rate 400(1 + field/4) Hz, on average one spike in 2.5 samples of 1 ms: S = 2 (100)^2 1e-3 = 20, 2r = 800.
        let field = noise("field", 400_000);
        let mut draws = Stream::new(12, "spikes").sequence(0);
        let mut times = Vec::new();
        for (sample, value) in field.iter().enumerate() {
            let expected = 0.4 * (1.0 + value / 4.0).max(0.0);
            let count = draws.poisson(expected) as usize;
            times.extend(std::iter::repeat_n(2.0 + sample as f64 * 1e-3, count));
        }
        let both = spike_field_coherence(&times, 2.0, &field, 1e-3, 400).unwrap();
        let average = mean(&both.unbiased()).unwrap();
        assert!((average / (20.0 / 820.0) - 1.0).abs() < 0.1, "{average}");
    }
}
