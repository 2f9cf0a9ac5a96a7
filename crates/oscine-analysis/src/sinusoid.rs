//! Least-squares fit of sinusoids of known frequencies, and the gain and phase of a response at one frequency.
//!
//! `x(t) = mean + sum over k of A_k sin(2 pi f_k t + phase_k)`: linear in the mean and in `A cos phase`, `A sin phase`, so the least squares are one small
//! linear system, exact for any number of cycles and any spacing of the samples (the floating-mean form of Lomb's periodogram: Lomb 1976;
//! Zechmeister & Kürster 2009).

use std::f64::consts::{PI, TAU};

use nalgebra::{DMatrix, DVector};

/// One sinusoid of a fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sinusoid {
    /// Frequency (Hz), as asked for.
    pub frequency: f64,
    /// Amplitude, in the unit of the signal: half the distance from trough to crest.
    pub amplitude: f64,
    /// Phase, -pi to pi, of the sine at time 0.
    pub phase: f64,
}

/// A least-squares fit of a mean and some sinusoids, and what they leave of the signal.
#[derive(Debug, Clone, PartialEq)]
pub struct SinusoidFit {
    /// The constant part, in the unit of the signal.
    pub mean: f64,
    /// The sinusoids, in the order of the frequencies asked for.
    pub sinusoids: Vec<Sinusoid>,
    /// Mean squared distance of the signal from the fit.
    pub residual: f64,
}

/// Fits sinusoids of the given frequencies (Hz) to `values` at `times` (s), evenly spaced or not.
///
/// `None` if times and values are unlike in number, if there are not more of them than unknowns (1 + 2 for each frequency), or if the frequencies can not
/// be told apart: equal, zero, or cycles too long or too short for the samples.
#[must_use]
pub fn fit_sinusoids(times: &[f64], values: &[f64], frequencies: &[f64]) -> Option<SinusoidFit> {
    let unknowns = 1 + 2 * frequencies.len();
    if times.len() != values.len() || values.len() <= unknowns {
        return None;
    }
    let row_at = |time: f64| {
        std::iter::once(1.0).chain(frequencies.iter().flat_map(move |frequency| {
            let (sine, cosine) = (TAU * (frequency * time).rem_euclid(1.0)).sin_cos();
            [sine, cosine]
        }))
    };
    let each = 1.0 / values.len() as f64;
    let centre = crate::mean(values)?;
    let mut products = DMatrix::<f64>::zeros(unknowns, unknowns);
    let mut projections = DVector::<f64>::zeros(unknowns);
    let mut row = vec![0.0; unknowns];
    for (&time, &value) in times.iter().zip(values) {
        row.iter_mut()
            .zip(row_at(time))
            .for_each(|(place, term)| *place = term);
        for (column, &term) in row.iter().enumerate() {
            projections[column] += term * (value - centre) * each;
            for (line, &other) in row.iter().enumerate() {
                products[(line, column)] += term * other * each;
            }
        }
    }
    // Over whole cycles the matrix is diagonal with 1 and 1/2; an eigenvalue near 0 says that some frequencies are one to these samples.
    let least = products.clone().symmetric_eigenvalues().min();
    if least.is_nan() || least <= 1e-9 {
        return None;
    }
    let solution = products.cholesky()?.solve(&projections);
    let residual = times
        .iter()
        .zip(values)
        .map(|(&time, &value)| {
            let fitted: f64 = row_at(time)
                .zip(solution.iter())
                .map(|(term, share)| term * share)
                .sum();
            (value - centre - fitted).powi(2) * each
        })
        .sum();
    let sinusoids = frequencies
        .iter()
        .enumerate()
        .map(|(place, &frequency)| {
            let (sine, cosine) = (solution[1 + 2 * place], solution[2 + 2 * place]);
            Sinusoid {
                frequency,
                amplitude: sine.hypot(cosine),
                phase: cosine.atan2(sine),
            }
        })
        .collect();
    Some(SinusoidFit {
        mean: centre + solution[0],
        sinusoids,
        residual,
    })
}

/// Times (s) of `count` samples every `interval` (s), from 0 on.
#[must_use]
pub fn sample_times(count: usize, interval: f64) -> Vec<f64> {
    (0..count).map(|sample| sample as f64 * interval).collect()
}

/// The gain and phase of a system at one frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Response {
    /// Amplitude of the output over that of the input.
    pub gain: f64,
    /// Phase of the output less that of the input, -pi to pi; negative where the output is late.
    pub phase: f64,
}

/// Gain and phase of `output` to `input`, sampled together every `interval` (s), at `frequency` (Hz), by [`fit_sinusoids`] of both.
///
/// `None` of unlike lengths, where the fit is not possible, or where the input holds nothing at that frequency.
#[must_use]
pub fn response(input: &[f64], output: &[f64], interval: f64, frequency: f64) -> Option<Response> {
    let times = sample_times(input.len(), interval);
    let input = fit_sinusoids(&times, input, &[frequency])?;
    let output = fit_sinusoids(&times, output, &[frequency])?;
    let (from, to) = (input.sinusoids[0], output.sinusoids[0]);
    (from.amplitude > 0.0).then(|| Response {
        gain: to.amplitude / from.amplitude,
        phase: (to.phase - from.phase + PI).rem_euclid(TAU) - PI,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_random::Stream;

    #[test]
    fn two_sinusoids_over_odd_pieces_of_cycles_are_found_exactly() {
        let times = sample_times(137, 1e-2);
        let values: Vec<f64> = times
            .iter()
            .map(|time| {
                4.0 + 2.0 * (TAU * 3.3 * time + 0.4).sin() + 0.5 * (TAU * 7.1 * time - 2.0).sin()
            })
            .collect();
        let fit = fit_sinusoids(&times, &values, &[7.1, 3.3]).unwrap();
        assert!((fit.mean - 4.0).abs() < 1e-12 && fit.residual < 1e-24);
        for (sinusoid, (amplitude, phase)) in fit.sinusoids.iter().zip([(0.5, -2.0), (2.0, 0.4)]) {
            assert!((sinusoid.amplitude - amplitude).abs() < 1e-12);
            assert!((sinusoid.phase - phase).abs() < 1e-12);
        }
    }

    #[test]
    fn unevenly_sampled_noise_leaves_its_variance() {
        let mut draws = Stream::new(6, "uneven").sequence(0);
        let times: Vec<f64> = (0..20_000).map(|_| draws.uniform() * 50.0).collect();
        let values: Vec<f64> = times
            .iter()
            .map(|time| (TAU * 2.0 * time + 1.0).sin() + draws.normal())
            .collect();
        let fit = fit_sinusoids(&times, &values, &[2.0]).unwrap();
        assert!((fit.sinusoids[0].amplitude - 1.0).abs() < 0.03);
        assert!((fit.sinusoids[0].phase - 1.0).abs() < 0.03);
        assert!((fit.residual - 1.0).abs() < 0.03);
    }

    #[test]
    fn a_low_pass_filter_has_its_gain_and_phase() {
        // dx/dt = (u - x)/tau, its steady answer to a sine: gain 1/sqrt(1 + (w tau)^2), phase -atan(w tau).
        let (interval, tau, frequency) = (1e-4, 0.02, 12.0);
        let turning = TAU * frequency * tau;
        let times = sample_times(10_000, interval);
        let input: Vec<f64> = times
            .iter()
            .map(|time| 1.0 + (TAU * frequency * time).sin())
            .collect();
        let output: Vec<f64> = times
            .iter()
            .map(|time| 3.0 + (TAU * frequency * time - turning.atan()).sin() / turning.hypot(1.0))
            .collect();
        let answer = response(&input, &output, interval, frequency).unwrap();
        assert!((answer.gain - 1.0 / turning.hypot(1.0)).abs() < 1e-12);
        assert!((answer.phase + turning.atan()).abs() < 1e-12);
    }

    #[test]
    fn frequencies_that_samples_can_not_tell_apart_are_refused() {
        let times = sample_times(100, 0.1);
        let values: Vec<f64> = times.iter().map(|time| time.sin()).collect();
        assert_eq!(fit_sinusoids(&times, &values, &[1.0, 1.0]), None);
        assert_eq!(fit_sinusoids(&times, &values, &[0.0]), None);
        // 11 Hz sampled at 10 Hz is 1 Hz.
        assert_eq!(fit_sinusoids(&times, &values, &[1.0, 11.0]), None);
        assert_eq!(fit_sinusoids(&times[..3], &values[..3], &[1.0]), None);
    }
}
