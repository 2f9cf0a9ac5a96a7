//! Power spectrum of an evenly sampled signal by Welch's method (Welch 1967): Hann-windowed segments that overlap by half, averaged.
//!
//! One-sided density: its integral over frequency is the variance of the signal. The mean of each segment is taken out first.

use rustfft::{FftPlanner, num_complex::Complex};

use crate::mean;

/// A power spectrum: power at each frequency.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    /// Frequencies (Hz) from 0 to half the sampling rate, `[frequency]`.
    pub frequencies: Vec<f64>,
    /// Power density, in the squared unit of the signal for each Hz, `[frequency]`.
    pub density: Vec<f64>,
    /// How many segments were averaged.
    pub segments: usize,
}

impl Spectrum {
    /// The integral of the density: the variance of the signal.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.density.iter().sum::<f64>() * self.frequencies.get(1).copied().unwrap_or(0.0)
    }

    /// Frequency (Hz) and density of the largest value above 0 Hz; `None` where there is no power.
    #[must_use]
    pub fn peak(&self) -> Option<(f64, f64)> {
        let above_zero = self
            .frequencies
            .iter()
            .copied()
            .zip(self.density.iter().copied())
            .skip(1);
        above_zero
            .max_by(|first, second| first.1.total_cmp(&second.1))
            .filter(|&(_, density)| density > 0.0)
    }
}

/// Spectrum of `signal`, sampled every `interval` (s), in segments of `segment` samples (made even, and at most the signal's length).
///
/// `None` for fewer than four samples or an interval that is not positive. Samples after the last whole segment are not used.
#[must_use]
pub fn spectrum(signal: &[f64], interval: f64, segment: usize) -> Option<Spectrum> {
    let segment = segment.min(signal.len()) & !1;
    if segment < 4 || !(interval.is_finite() && interval > 0.0) {
        return None;
    }
    let hann: Vec<f64> = (0..segment)
        .map(|sample| {
            (std::f64::consts::PI * sample as f64 / segment as f64)
                .sin()
                .powi(2)
        })
        .collect();
    let transform = FftPlanner::new().plan_fft_forward(segment);
    let half = segment / 2;
    let mut power = vec![0.0; half + 1];
    let mut buffer = vec![Complex::default(); segment];
    let mut scratch = vec![Complex::default(); transform.get_inplace_scratch_len()];
    let mut segments = 0;
    for start in (0..=signal.len() - segment).step_by(half) {
        let part = &signal[start..start + segment];
        let centre = mean(part).unwrap_or(0.0);
        for ((place, value), weight) in buffer.iter_mut().zip(part).zip(&hann) {
            *place = Complex::new((value - centre) * weight, 0.0);
        }
        transform.process_with_scratch(&mut buffer, &mut scratch);
        for (sum, value) in power.iter_mut().zip(&buffer) {
            *sum += value.norm_sqr();
        }
        segments += 1;
    }
    let weights: f64 = hann.iter().map(|weight| weight * weight).sum();
    let scale = interval / (weights * f64::from(segments));
    for (frequency, value) in power.iter_mut().enumerate() {
        // Every frequency but the first and the last stands for its negative too.
        *value *= if frequency == 0 || frequency == half {
            scale
        } else {
            2.0 * scale
        };
    }
    let step = 1.0 / (segment as f64 * interval);
    Some(Spectrum {
        frequencies: (0..=half)
            .map(|frequency| frequency as f64 * step)
            .collect(),
        density: power,
        segments: segments as usize,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sinusoid_has_its_variance_at_its_frequency() {
        let interval = 1e-3;
        let signal: Vec<f64> = (0..20_000)
            .map(|step| {
                7.0 + 3.0 * (std::f64::consts::TAU * 40.0 * f64::from(step) * interval).sin()
            })
            .collect();
        let spectrum = spectrum(&signal, interval, 1000).unwrap();
        assert_eq!(spectrum.peak().unwrap().0, 40.0);
        assert!(
            (spectrum.total() - 4.5).abs() < 1e-6,
            "{}",
            spectrum.total()
        );
        assert_eq!(spectrum.segments, 39);
        // Hann spreads a line over three frequencies as 1/6, 2/3, 1/6.
        assert!((spectrum.peak().unwrap().1 - 4.5 * 2.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn white_noise_is_flat_at_twice_variance_times_interval() {
        // A linear congruential generator (Knuth's MMIX), uniform on -0.5 to 0.5: variance 1/12.
        let mut state = 1u64;
        let signal: Vec<f64> = (0..1 << 18)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
            })
            .collect();
        let spectrum = spectrum(&signal, 0.01, 256).unwrap();
        assert!((spectrum.total() - 1.0 / 12.0).abs() < 1e-3);
        let expected = 2.0 / 12.0 * 0.01;
        assert!(
            spectrum.density[2..127]
                .iter()
                .all(|density| (density / expected - 1.0).abs() < 0.2)
        );
    }

    #[test]
    fn what_is_too_short_has_no_spectrum() {
        assert!(spectrum(&[1.0; 3], 0.1, 64).is_none());
        assert!(spectrum(&[1.0; 30], 0.0, 64).is_none());
        assert!(spectrum(&[1.0; 30], 0.1, 64).unwrap().peak().is_none());
    }
}
