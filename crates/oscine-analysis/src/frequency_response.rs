//! Frequency response of a system from one recording of its input and output: impedance from a current that sweeps the frequencies (ZAP;
//! Puil, Gimbarzevsky & Miura 1986) or from noise.
//!
//! `Z(f) = S_xy/S_xx`, the cross-spectrum over the input's spectrum, of the Fourier transform of the whole recording and summed over a band of
//! frequencies: what the input did not make averages out. Begin and end the recording at rest, or let it be long beside the system's memory.

use rustfft::{FftPlanner, num_complex::Complex};

use crate::mean;

/// Gain and phase of a system against frequency.
#[derive(Debug, Clone, PartialEq)]
pub struct FrequencyResponse {
    /// Middle of each band (Hz), `[band]`, rising.
    pub frequencies: Vec<f64>,
    /// Amplitude of the output over that of the input, in the unit of output over input (ohm of a voltage and a current), `[band]`.
    pub gain: Vec<f64>,
    /// Phase (-pi to pi) of the output less that of the input, `[band]`; negative where the output is late.
    pub phase: Vec<f64>,
    /// Squared coherence in each band, 0 to 1, `[band]`: low where noise, or something that is not linear, makes the output.
    pub coherence: Vec<f64>,
}

/// The peak of a frequency response.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resonance {
    /// Frequency (Hz) of the greatest gain, by a parabola through the highest three bands.
    pub frequency: f64,
    /// Gain there.
    pub gain: f64,
    /// Gain there over the gain of the lowest band: the `Q` of Koch (1984) and Hutcheon & Yarom (2000), above 1.
    pub quality: f64,
    /// Width (Hz) of the peak where the gain is `1/sqrt(2)` of the greatest; `None` where it does not fall so far on both sides.
    pub width: Option<f64>,
}

impl FrequencyResponse {
    /// The peak within the bands; `None` where the gain is greatest in the first or last band, or of fewer than three: no resonance was seen.
    #[must_use]
    pub fn resonance(&self) -> Option<Resonance> {
        let highest = (0..self.gain.len())
            .max_by(|&first, &second| self.gain[first].total_cmp(&self.gain[second]))?;
        let before = highest.checked_sub(1)?;
        let (left, top, right) = (
            self.gain[before],
            self.gain[highest],
            *self.gain.get(highest + 1)?,
        );
        let bend = left - 2.0 * top + right;
        let shift = if bend < 0.0 {
            0.5 * (left - right) / bend
        } else {
            0.0
        };
        let step = 0.5 * (self.frequencies[highest + 1] - self.frequencies[before]);
        let gain = top - 0.25 * (left - right) * shift;
        Some(Resonance {
            frequency: self.frequencies[highest] + shift * step,
            gain,
            quality: gain / self.gain[0],
            width: self.width(highest, gain * std::f64::consts::FRAC_1_SQRT_2),
        })
    }

    fn width(&self, highest: usize, level: f64) -> Option<f64> {
        let crossing = |inside: usize, outside: usize| {
            let share = (self.gain[inside] - level) / (self.gain[inside] - self.gain[outside]);
            self.frequencies[inside]
                + share * (self.frequencies[outside] - self.frequencies[inside])
        };
        let below = (0..highest).rev().find(|&band| self.gain[band] < level)?;
        let above = (highest..self.gain.len()).find(|&band| self.gain[band] < level)?;
        Some(crossing(above - 1, above) - crossing(below + 1, below))
    }
}

/// Response of `output` to `input`, sampled together every `interval` (s), in bands of `width` (Hz) from `low` to `high` (Hz), where the input has power.
///
/// Both means are taken out. A band holds the whole frequencies `k/T` within it; bands without any, or without input, are left out. `None` of unlike
/// lengths, of fewer than two samples, of an interval or width that is not positive, or where no band is left.
#[must_use]
pub fn frequency_response(
    input: &[f64],
    output: &[f64],
    interval: f64,
    low: f64,
    high: f64,
    width: f64,
) -> Option<FrequencyResponse> {
    if input.len() != output.len() || input.len() < 2 || !(interval > 0.0 && width > 0.0) {
        return None;
    }
    let transform = FftPlanner::new().plan_fft_forward(input.len());
    let transformed = |signal: &[f64]| {
        let centre = mean(signal).unwrap_or(0.0);
        let mut values: Vec<Complex<f64>> = signal
            .iter()
            .map(|value| Complex::new(value - centre, 0.0))
            .collect();
        transform.process(&mut values);
        values
    };
    let (from, to) = (transformed(input), transformed(output));
    let step = 1.0 / (input.len() as f64 * interval);
    let bands = ((high - low) / width + 1e-9).floor().max(0.0) as usize;
    let mut found = FrequencyResponse {
        frequencies: Vec::new(),
        gain: Vec::new(),
        phase: Vec::new(),
        coherence: Vec::new(),
    };
    for band in 0..bands {
        let begin = low + band as f64 * width;
        let first = ((begin / step - 1e-9).ceil() as usize).max(1);
        let end = (((begin + width) / step - 1e-9).ceil() as usize).min(input.len().div_ceil(2));
        let (mut power, mut answer) = (0.0, 0.0);
        let mut both = Complex::new(0.0, 0.0);
        let mut weighted = 0.0;
        for place in first..end {
            power += from[place].norm_sqr();
            answer += to[place].norm_sqr();
            both += from[place].conj() * to[place];
            weighted += from[place].norm_sqr() * place as f64 * step;
        }
        if power > 0.0 {
            found.frequencies.push(weighted / power);
            found.gain.push(both.norm() / power);
            found.phase.push(both.arg());
            found.coherence.push(if answer > 0.0 {
                (both.norm_sqr() / (power * answer)).min(1.0)
            } else {
                0.0
            });
        }
    }
    (!found.frequencies.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    const INTERVAL: f64 = 2e-4;
    const SWEEP: f64 = 40.0;

    /// A chirp from 0.2 to 60 Hz, then a second of rest.
    fn current(time: f64) -> f64 {
        if time < SWEEP {
            (TAU * (0.2 * time + 0.5 * 59.8 / SWEEP * time * time)).sin()
        } else {
            0.0
        }
    }

    /// C dv/dt = I - g v - w, tau dw/dt = k v - w, by the classical Runge-Kutta method: its voltage.
    fn voltage(capacitance: f64, leak: f64, slow: f64, tau: f64) -> Vec<f64> {
        let slope = |time: f64, (v, w): (f64, f64)| {
            (
                (current(time) - leak * v - w) / capacitance,
                (slow * v - w) / tau,
            )
        };
        let (mut state, half) = ((0.0, 0.0), INTERVAL / 2.0);
        let along = |state: (f64, f64), slope: (f64, f64), step: f64| {
            (state.0 + slope.0 * step, state.1 + slope.1 * step)
        };
        (0..((SWEEP + 1.0) / INTERVAL) as usize)
            .map(|step| {
                let (time, before) = (step as f64 * INTERVAL, state);
                let first = slope(time, state);
                let second = slope(time + half, along(state, first, half));
                let third = slope(time + half, along(state, second, half));
                let fourth = slope(time + INTERVAL, along(state, third, INTERVAL));
                for (share, slope) in [(1.0, first), (2.0, second), (2.0, third), (1.0, fourth)] {
                    state = along(state, slope, share * INTERVAL / 6.0);
                }
                before.0
            })
            .collect()
    }

    fn measured(output: &[f64]) -> FrequencyResponse {
        let input: Vec<f64> = (0..output.len())
            .map(|step| current(step as f64 * INTERVAL))
            .collect();
        frequency_response(&input, output, INTERVAL, 0.5, 50.0, 0.5).unwrap()
    }

    #[test]
    fn a_passive_membrane_has_its_impedance_and_no_resonance() {
        let found = measured(&voltage(1.0, 20.0, 0.0, 1.0));
        for (place, frequency) in found.frequencies.iter().enumerate() {
            let exact = Complex::new(20.0, TAU * frequency).inv();
            assert!(
                (found.gain[place] / exact.norm() - 1.0).abs() < 0.01,
                "{frequency}"
            );
            assert!(
                (found.phase[place] - exact.arg()).abs() < 0.01,
                "{frequency}"
            );
            assert!(found.coherence[place] > 0.99);
        }
        assert_eq!(found.resonance(), None);
    }

    #[test]
    fn a_slow_current_makes_a_resonance_at_its_closed_form() {
        let (capacitance, leak, slow, tau) = (1.0, 10.0, 150.0, 0.05);
        let exact = |frequency: f64| {
            let turning = Complex::new(0.0, TAU * frequency);
            (turning * capacitance + leak + slow / (turning * tau + 1.0)).inv()
        };
        let found = measured(&voltage(capacitance, leak, slow, tau));
        for (place, &frequency) in found.frequencies.iter().enumerate() {
            assert!(
                (found.gain[place] / exact(frequency).norm() - 1.0).abs() < 0.01,
                "{frequency}"
            );
            assert!(
                (found.phase[place] - exact(frequency).arg()).abs() < 0.01,
                "{frequency}"
            );
        }
        // The peak and the width of the closed form, in steps of 1 mHz.
        let peak = (500..50_000)
            .map(|step| f64::from(step) * 1e-3)
            .max_by(|&first, &second| exact(first).norm().total_cmp(&exact(second).norm()))
            .unwrap();
        let resonance = found.resonance().unwrap();
        assert!(
            (resonance.frequency - peak).abs() < 0.1,
            "{resonance:?} {peak}"
        );
        assert!((resonance.gain / exact(peak).norm() - 1.0).abs() < 0.01);
        let quality = exact(peak).norm() / exact(found.frequencies[0]).norm();
        assert!((resonance.quality / quality - 1.0).abs() < 0.01);
        let level = exact(peak).norm() / 2f64.sqrt();
        let inside = (500..50_000)
            .filter(|&step| exact(f64::from(step) * 1e-3).norm() > level)
            .count();
        assert!((resonance.width.unwrap() / (inside as f64 * 1e-3) - 1.0).abs() < 0.02);
    }

    #[test]
    fn unlike_or_empty_recordings_have_no_response() {
        assert!(frequency_response(&[1.0; 8], &[1.0; 7], 0.1, 0.0, 4.0, 1.0).is_none());
        assert!(frequency_response(&[1.0; 8], &[1.0; 8], 0.1, 0.0, 4.0, 1.0).is_none());
        assert!(frequency_response(&[0.0, 1.0, 0.0], &[1.0; 3], 0.1, 4.0, 0.0, 1.0).is_none());
    }
}
