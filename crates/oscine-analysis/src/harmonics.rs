//! Harmonics of a periodic signal: what makes an oscillation something else than a sine.
//!
//! The first `K` Fourier components, fitted by least squares ([`fit_sinusoids`](crate::fit_sinusoids)) so that the recording need not hold whole cycles.
//! A relaxation oscillator that moves unevenly along its cycle has strong ones: a square wave `4/(pi k)` for odd `k`, a triangle `8/(pi k)^2`.

use crate::{Sinusoid, fit_sinusoids, sample_times};

/// Fourier components of a signal: the mean and the first harmonics.
#[derive(Debug, Clone, PartialEq)]
pub struct Harmonics {
    /// The constant part, in the unit of the signal.
    pub mean: f64,
    /// The fundamental and its multiples, `[harmonic]`, the fundamental first.
    pub components: Vec<Sinusoid>,
    /// Mean squared distance of the signal from these harmonics.
    pub residual: f64,
}

impl Harmonics {
    /// Amplitudes in the unit of the signal, `[harmonic]`, the fundamental first.
    #[must_use]
    pub fn amplitudes(&self) -> Vec<f64> {
        self.components
            .iter()
            .map(|component| component.amplitude)
            .collect()
    }

    /// Total harmonic distortion: root of the summed squares of all higher amplitudes, over the fundamental's; 0 of a sine.
    ///
    /// `None` if there is no fundamental.
    #[must_use]
    pub fn distortion(&self) -> Option<f64> {
        let first = self.components.first()?.amplitude;
        (first > 0.0).then(|| self.higher_power().sqrt() / first)
    }

    /// Anharmonicity: the share of the power of these harmonics that is not in the fundamental, 0 to 1; 0 of a sine.
    ///
    /// `None` of a signal without power.
    #[must_use]
    pub fn anharmonicity(&self) -> Option<f64> {
        let first = self.components.first()?.amplitude.powi(2);
        let higher = self.higher_power();
        (first + higher > 0.0).then(|| higher / (first + higher))
    }

    fn higher_power(&self) -> f64 {
        self.components
            .iter()
            .skip(1)
            .map(|component| component.amplitude.powi(2))
            .sum()
    }
}

/// The first `count` harmonics of `signal`, sampled every `interval` (s), whose fundamental is at `fundamental` (Hz).
///
/// `None` of no harmonic, of a signal shorter than one cycle, or if the highest harmonic is at or above half the sampling rate.
#[must_use]
pub fn harmonics(
    signal: &[f64],
    interval: f64,
    fundamental: f64,
    count: usize,
) -> Option<Harmonics> {
    let highest = fundamental * count as f64;
    let cycles = signal.len() as f64 * interval * fundamental;
    if count == 0 || !(cycles >= 1.0 - 1e-9 && highest * interval < 0.5) {
        return None;
    }
    let frequencies: Vec<f64> = (1..=count)
        .map(|order| fundamental * order as f64)
        .collect();
    let fit = fit_sinusoids(&sample_times(signal.len(), interval), signal, &frequencies)?;
    Some(Harmonics {
        mean: fit.mean,
        components: fit.sinusoids,
        residual: fit.residual,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{PI, TAU};

    fn cycle(wave: impl Fn(f64) -> f64) -> Vec<f64> {
        (0..20_000)
            .map(|step| wave((f64::from(step) * 1e-4 * 5.0 + 0.5e-4).fract()))
            .collect()
    }

    #[test]
    fn a_triangle_has_its_fourier_series() {
        let signal = cycle(|turn| 1.0 - 4.0 * (turn - 0.5).abs());
        let found = harmonics(&signal, 1e-4, 5.0, 7).unwrap();
        for (order, amplitude) in (1u32..).zip(found.amplitudes()) {
            let expected = if order % 2 == 1 {
                8.0 / (PI * f64::from(order)).powi(2)
            } else {
                0.0
            };
            assert!((amplitude - expected).abs() < 1e-5, "{order}: {amplitude}");
        }
        // Amplitudes as 1/k^2, so powers as 1/k^4: 1/81 + 1/625 + 1/2401 of the fundamental's.
        let higher: f64 = 1.0 / 81.0 + 1.0 / 625.0 + 1.0 / 2401.0;
        assert!((found.anharmonicity().unwrap() - higher / (1.0 + higher)).abs() < 1e-6);
    }

    #[test]
    fn a_square_has_its_distortion() {
        let signal = cycle(|turn| if turn < 0.5 { 1.0 } else { -1.0 });
        let found = harmonics(&signal, 1e-4, 5.0, 9).unwrap();
        let expected: f64 = [3.0f64, 5.0, 7.0, 9.0]
            .iter()
            .map(|order| order.powi(-2))
            .sum();
        assert!((found.distortion().unwrap() - expected.sqrt()).abs() < 1e-4);
        assert!((found.amplitudes()[0] - 4.0 / PI).abs() < 1e-4);
    }

    #[test]
    fn a_sine_has_no_higher_harmonics_even_over_odd_pieces_of_cycles() {
        let signal: Vec<f64> = (0..777)
            .map(|step| -3.0 + 0.2 * (TAU * 5.0 * f64::from(step) * 1e-3 + 1.0).sin())
            .collect();
        let found = harmonics(&signal, 1e-3, 5.0, 6).unwrap();
        assert!(found.distortion().unwrap() < 1e-10);
        assert!((found.mean + 3.0).abs() < 1e-12);
        assert!(harmonics(&signal, 1e-3, 5.0, 100).is_none());
        assert!(harmonics(&signal[..150], 1e-3, 5.0, 2).is_none());
        assert!(harmonics(&signal, 1e-3, 5.0, 0).is_none());
    }
}
