//! The analytic signal of a trace (Gabor 1946), whose angle is the trace's phase and whose length its envelope; and a band-pass filter.
//!
//! `z(t) = x(t) + i H[x](t)`: the Fourier transform with negative frequencies taken out and positive ones doubled. The trace is taken to go
//! round, so the first and last cycles feel each other. A phase means something only where the trace holds one rhythm.

use rustfft::{FftPlanner, num_complex::Complex};

use crate::mean;

/// `[sample]`, the analytic signal of `signal` less its mean; the real part is the signal, the imaginary part its Hilbert transform.
#[must_use]
pub fn analytic_signal(signal: &[f64]) -> Vec<Complex<f64>> {
    let length = signal.len();
    filtered(signal, |frequency| match 2 * frequency {
        0 => 0.0,
        twice if twice < length => 2.0,
        twice if twice == length => 1.0,
        _ => 0.0,
    })
}

/// Angle of each sample of an analytic signal, -pi to pi, `[sample]`.
#[must_use]
pub fn phases(analytic: &[Complex<f64>]) -> Vec<f64> {
    analytic.iter().map(|value| value.arg()).collect()
}

/// Length of each sample of an analytic signal: the envelope of the rhythm, in the unit of the signal, `[sample]`.
#[must_use]
pub fn envelope(analytic: &[Complex<f64>]) -> Vec<f64> {
    analytic.iter().map(|value| value.norm()).collect()
}

/// The part of `signal`, sampled every `interval` (s), with frequencies from `low` to `high` (Hz), `[sample]`, without delay.
///
/// The edges are half cosines that reach from the edge to an eighth of the band's width outside it, so that a pulse does not ring for long.
/// `None` of an interval that is not positive or of `low` not below `high`.
#[must_use]
pub fn band_pass(signal: &[f64], interval: f64, low: f64, high: f64) -> Option<Vec<f64>> {
    if !(interval.is_finite() && interval > 0.0 && low >= 0.0 && low < high) {
        return None;
    }
    let length = signal.len();
    let step = 1.0 / (length as f64 * interval);
    let edge = (high - low) / 8.0;
    let weight = |frequency: f64| {
        let outside = (low - frequency).max(frequency - high).max(0.0) / edge;
        if outside >= 1.0 {
            0.0
        } else {
            0.5 + 0.5 * (std::f64::consts::PI * outside).cos()
        }
    };
    let kept = filtered(signal, |frequency| {
        weight(frequency.min(length - frequency) as f64 * step)
    });
    Some(kept.into_iter().map(|value| value.re).collect())
}

/// The signal less its mean with each of its Fourier components, 0 to length - 1, times a weight.
fn filtered(signal: &[f64], weight: impl Fn(usize) -> f64) -> Vec<Complex<f64>> {
    let Some(centre) = mean(signal) else {
        return Vec::new();
    };
    let mut planner = FftPlanner::new();
    let mut values: Vec<Complex<f64>> = signal
        .iter()
        .map(|value| Complex::new(value - centre, 0.0))
        .collect();
    planner.plan_fft_forward(values.len()).process(&mut values);
    let each = 1.0 / values.len() as f64;
    for (frequency, value) in values.iter_mut().enumerate() {
        *value *= weight(frequency) * each;
    }
    planner.plan_fft_inverse(values.len()).process(&mut values);
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn a_cosine_has_its_sine_beside_it() {
        for length in [999usize, 1000] {
            let angle = |step: usize| TAU * 12.0 * step as f64 / length as f64 + 0.3;
            let signal: Vec<f64> = (0..length)
                .map(|step| 5.0 + 2.0 * angle(step).cos())
                .collect();
            let analytic = analytic_signal(&signal);
            for (step, value) in analytic.iter().enumerate() {
                assert!((value.re - 2.0 * angle(step).cos()).abs() < 1e-10);
                assert!((value.im - 2.0 * angle(step).sin()).abs() < 1e-10);
            }
            assert!(
                envelope(&analytic)
                    .iter()
                    .all(|value| (value - 2.0).abs() < 1e-10)
            );
            assert!((phases(&analytic)[0] - 0.3).abs() < 1e-10);
        }
    }

    #[test]
    fn the_envelope_of_a_modulated_wave_is_its_modulation() {
        let modulation = |step: u32| 1.0 + 0.5 * (TAU * f64::from(step) / 1000.0).cos();
        let signal: Vec<f64> = (0..2000)
            .map(|step| modulation(step) * (TAU * 0.05 * f64::from(step)).cos())
            .collect();
        for (step, value) in envelope(&analytic_signal(&signal)).into_iter().enumerate() {
            assert!((value - modulation(step as u32)).abs() < 1e-9);
        }
    }

    #[test]
    fn a_band_keeps_what_is_inside_and_nothing_else() {
        let wave = |frequency: f64, step: u32| (TAU * frequency * f64::from(step) * 1e-3).sin();
        let signal: Vec<f64> = (0..4000)
            .map(|step| 3.0 + wave(4.0, step) + wave(40.0, step) + wave(90.0, step))
            .collect();
        let kept = band_pass(&signal, 1e-3, 30.0, 50.0).unwrap();
        for (step, value) in kept.into_iter().enumerate() {
            assert!((value - wave(40.0, step as u32)).abs() < 1e-9);
        }
        assert_eq!(band_pass(&signal, 1e-3, 50.0, 30.0), None);
        assert!(analytic_signal(&[]).is_empty());
    }
}
