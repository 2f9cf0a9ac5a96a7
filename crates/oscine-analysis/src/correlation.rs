//! Correlation of evenly sampled signals with themselves and with each other, against lag.
//!
//! `c(k) = sum over t of (x(t) - mean x)(y(t + k) - mean y) / (n s_x s_y)`: Pearson's coefficient at lag 0. The sum has `n - |k|` terms and is divided by `n`,
//! so far lags shrink towards 0 and stay steady (the usual biased estimate; Box & Jenkins 1976). By Fourier transform, `n log n`.

use rustfft::{FftPlanner, num_complex::Complex};

use crate::{deviation, mean};

/// Pearson's correlation coefficient of paired values, -1 to 1; `None` of unlike numbers, or where one of them does not vary.
#[must_use]
pub fn correlation(first: &[f64], second: &[f64]) -> Option<f64> {
    let scale = scale(first, second)?;
    let (first_centre, second_centre) = (mean(first)?, mean(second)?);
    let together: f64 = first
        .iter()
        .zip(second)
        .map(|(first, second)| (first - first_centre) * (second - second_centre))
        .sum();
    Some((together * scale).clamp(-1.0, 1.0))
}

/// Autocorrelation at lags 0 to `greatest` samples (at most the signal's length less 1), 1 at lag 0, `[lag]`.
///
/// `None` of a signal that does not vary.
#[must_use]
pub fn autocorrelation(signal: &[f64], greatest: usize) -> Option<Vec<f64>> {
    let both = cross_correlation(signal, signal, greatest)?;
    Some(both[both.len() / 2..].to_vec())
}

/// Cross-correlation at lags `-greatest` to `greatest` samples (at most the length less 1), `[2 greatest + 1]`, lag 0 in the middle.
///
/// At a positive lag the second signal is read that much later: a peak there says that `second` follows `first`.
/// `None` of unlike lengths, or where one of them does not vary.
#[must_use]
pub fn cross_correlation(first: &[f64], second: &[f64], greatest: usize) -> Option<Vec<f64>> {
    let scale = scale(first, second)?;
    let length = first.len();
    let greatest = greatest.min(length - 1);
    // Zeros as long as the greatest lag keep the ends from meeting.
    let padded = length + greatest;
    let mut planner = FftPlanner::new();
    let forward = planner.plan_fft_forward(padded);
    let transform = |signal: &[f64]| {
        let centre = mean(signal).unwrap_or(0.0);
        let mut values: Vec<Complex<f64>> = signal
            .iter()
            .map(|value| Complex::new(value - centre, 0.0))
            .collect();
        values.resize(padded, Complex::default());
        forward.process(&mut values);
        values
    };
    let mut product = transform(first);
    for (value, other) in product.iter_mut().zip(transform(second)) {
        *value = value.conj() * other;
    }
    planner.plan_fft_inverse(padded).process(&mut product);
    let scale = scale / padded as f64;
    let negative = product[padded - greatest..].iter();
    let others = product[..=greatest].iter();
    Some(
        negative
            .chain(others)
            .map(|value| value.re * scale)
            .collect(),
    )
}

/// One over `n s_x s_y`.
fn scale(first: &[f64], second: &[f64]) -> Option<f64> {
    let product = first.len() as f64 * deviation(first)? * deviation(second)?;
    (first.len() == second.len() && product > 0.0).then(|| 1.0 / product)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_random::Stream;
    use std::f64::consts::TAU;

    fn noise(name: &str, count: usize) -> Vec<f64> {
        let mut draws = Stream::new(4, name).sequence(0);
        (0..count).map(|_| draws.normal()).collect()
    }

    #[test]
    fn an_autoregression_decays_by_its_factor() {
        let mut value = 0.0;
        let signal: Vec<f64> = noise("drive", 200_000)
            .into_iter()
            .map(|drive| {
                value = 0.8 * value + drive;
                value
            })
            .collect();
        let measured = autocorrelation(&signal, 10).unwrap();
        for (lag, value) in measured.into_iter().enumerate() {
            assert!(
                (value - 0.8f64.powi(lag as i32)).abs() < 0.02,
                "{lag}: {value}"
            );
        }
    }

    #[test]
    fn the_transform_gives_the_sums_of_the_definition() {
        let (first, second) = (noise("first", 37), noise("second", 37));
        let measured = cross_correlation(&first, &second, 36).unwrap();
        let (first_centre, second_centre) = (mean(&first).unwrap(), mean(&second).unwrap());
        let spread = 37.0 * deviation(&first).unwrap() * deviation(&second).unwrap();
        for lag in -36i32..=36 {
            let expected: f64 = (0..37)
                .filter_map(|time: i32| {
                    let later = *second.get(usize::try_from(time + lag).ok()?)?;
                    Some((first[time as usize] - first_centre) * (later - second_centre))
                })
                .sum();
            assert!((measured[(lag + 36) as usize] - expected / spread).abs() < 1e-12);
        }
        assert!((measured[36] - correlation(&first, &second).unwrap()).abs() < 1e-12);
    }

    #[test]
    fn a_signal_that_follows_has_its_peak_at_its_delay() {
        let signal = noise("leader", 5000);
        let measured = cross_correlation(&signal[7..], &signal[..4993], 20).unwrap();
        let peak = (0..measured.len())
            .max_by(|&first, &second| measured[first].total_cmp(&measured[second]))
            .unwrap();
        assert_eq!(peak, 20 + 7);
    }

    #[test]
    fn lines_and_waves_have_their_coefficients() {
        let line: Vec<f64> = (0..50).map(f64::from).collect();
        let falling: Vec<f64> = line.iter().map(|value| 3.0 - 2.0 * value).collect();
        assert!((correlation(&line, &falling).unwrap() + 1.0).abs() < 1e-12);
        let wave = |phase: f64| -> Vec<f64> {
            (0..100)
                .map(|step| (TAU * f64::from(step) / 25.0 + phase).sin())
                .collect()
        };
        let measured = correlation(&wave(0.0), &wave(1.0)).unwrap();
        assert!((measured - 1f64.cos()).abs() < 1e-12);
        assert_eq!(correlation(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(correlation(&line, &line[1..]), None);
        assert_eq!(autocorrelation(&[], 3), None);
    }
}
