//! Power spectrum by several tapers of the whole signal instead of several segments (Thomson 1982): each taper gives an independent estimate,
//! and their mean is smooth over the tapers' bandwidth and nearly free of leakage from afar.
//!
//! One-sided density, as in [`spectrum`](crate::spectrum()): its integral is the variance. A Poisson train of rate `r` has `2r` at all frequencies.

use rustfft::{FftPlanner, num_complex::Complex};

use crate::{Spectrum, mean, population_counts, slepian_tapers};

/// Spectrum of `signal`, sampled every `interval` (s), with the given tapers of its length and of unit energy, `[taper][sample]`.
///
/// The mean of the signal is taken out first. `None` of no tapers, of one of another length, of fewer than two samples, or of an interval that is
/// not positive. `segments` of the result is the number of tapers: each frequency has twice as many degrees of freedom.
#[must_use]
pub fn multitaper_spectrum(signal: &[f64], interval: f64, tapers: &[Vec<f64>]) -> Option<Spectrum> {
    let length = signal.len();
    if length < 2
        || tapers.is_empty()
        || tapers.iter().any(|taper| taper.len() != length)
        || !(interval.is_finite() && interval > 0.0)
    {
        return None;
    }
    let centre = mean(signal)?;
    let half = length / 2;
    let transform = FftPlanner::new().plan_fft_forward(length);
    let mut density = vec![0.0; half + 1];
    for taper in tapers {
        let mut values: Vec<Complex<f64>> = signal
            .iter()
            .zip(taper)
            .map(|(value, weight)| Complex::new((value - centre) * weight, 0.0))
            .collect();
        transform.process(&mut values);
        for (sum, value) in density.iter_mut().zip(&values) {
            *sum += value.norm_sqr();
        }
    }
    for (frequency, value) in density.iter_mut().enumerate() {
        let both = if frequency == 0 || 2 * frequency == length {
            1.0
        } else {
            2.0
        };
        *value *= both * interval / tapers.len() as f64;
    }
    let step = 1.0 / (length as f64 * interval);
    Some(Spectrum {
        frequencies: (0..=half)
            .map(|frequency| frequency as f64 * step)
            .collect(),
        density,
        segments: tapers.len(),
    })
}

/// Spectrum of `signal`, sampled every `interval` (s), smoothed over `+-half_bandwidth` (Hz) with all well concentrated Slepian tapers,
/// `2 T W - 1` of them for a signal of `T` seconds.
///
/// `None` of a bandwidth under one frequency step `1/T` or over half the sampling rate, or of fewer than two samples.
#[must_use]
pub fn multitaper(signal: &[f64], interval: f64, half_bandwidth: f64) -> Option<Spectrum> {
    let steps = half_bandwidth * signal.len() as f64 * interval;
    if !(steps.is_finite() && steps >= 1.0) {
        return None;
    }
    let count = (2.0 * steps + 1e-9) as usize - 1;
    let slepian = slepian_tapers(signal.len(), steps, count)?;
    multitaper_spectrum(signal, interval, &slepian.tapers)
}

/// Spectrum of spikes at `times` (s, sorted) from `from` to `until` (s), up to the frequency `greatest` (Hz), smoothed over
/// `+-half_bandwidth` (Hz); density in Hz^2/Hz, `2r` of a Poisson train of rate `r`.
///
/// The train is a sum of delta functions, counted in bins of a quarter of the shortest cycle, which lowers the power at `greatest` by
/// `(sin x/x)^2` with `x = pi/4`, a fifth; that loss is put back. `None` as in [`multitaper()`], or of no whole bin.
#[must_use]
pub fn spike_spectrum(
    times: &[f64],
    from: f64,
    until: f64,
    half_bandwidth: f64,
    greatest: f64,
) -> Option<Spectrum> {
    let bin = 0.25 / greatest;
    let train: Vec<f64> = population_counts(times, from, until, bin)
        .into_iter()
        .map(|count| f64::from(count) / bin)
        .collect();
    let mut spectrum = multitaper(&train, bin, half_bandwidth)?;
    let kept = spectrum
        .frequencies
        .partition_point(|&frequency| frequency <= greatest * (1.0 + 1e-9));
    spectrum.frequencies.truncate(kept);
    spectrum.density.truncate(kept);
    // The noise of counting is white whatever the bins; only what lies over or under it passed through the bin's window.
    let duration = train.len() as f64 * bin;
    let floor = 2.0 * crate::window(times, from, from + duration).len() as f64 / duration;
    for (density, frequency) in spectrum
        .density
        .iter_mut()
        .zip(&spectrum.frequencies)
        .skip(1)
    {
        let angle = std::f64::consts::PI * frequency * bin;
        *density = floor + (*density - floor) * (angle / angle.sin()).powi(2);
    }
    Some(spectrum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_random::Stream;
    use std::f64::consts::TAU;

    #[test]
    fn the_integral_is_the_variance_and_white_noise_is_flat() {
        let mut draws = Stream::new(2, "white").sequence(0);
        let signal: Vec<f64> = (0..4096).map(|_| 5.0 + 3.0 * draws.normal()).collect();
        let spectrum = multitaper(&signal, 1e-3, 8.0).unwrap();
        assert_eq!(spectrum.segments, 64);
        let variance = crate::variance(&signal).unwrap();
        assert!(
            (spectrum.total() / variance - 1.0).abs() < 0.02,
            "{}",
            spectrum.total()
        );
        // 2 s^2 dt, with a deviation of 1/sqrt(64) of itself.
        assert!(
            spectrum.density[40..2000]
                .iter()
                .all(|density| (density / 0.018 - 1.0).abs() < 0.7)
        );
    }

    #[test]
    fn an_autoregression_has_its_closed_form() {
        let mut draws = Stream::new(2, "autoregression").sequence(0);
        let mut value = 0.0;
        let signal: Vec<f64> = (0..1 << 14)
            .map(|_| {
                value = 0.9 * value + draws.normal();
                value
            })
            .collect();
        let spectrum = multitaper(&signal, 1.0, 0.002).unwrap();
        for place in (200..8_000).step_by(250) {
            let angle = TAU * spectrum.frequencies[place];
            let expected = 2.0 / (1.0 + 0.81 - 1.8 * angle.cos());
            assert!((spectrum.density[place] / expected - 1.0).abs() < 0.3);
        }
    }

    #[test]
    fn a_line_fills_the_bandwidth_and_nothing_leaks() {
        let signal: Vec<f64> = (0..4000)
            .map(|step| (TAU * 100.3 * f64::from(step) * 1e-3).sin())
            .collect();
        let spectrum = multitaper(&signal, 1e-3, 1.0).unwrap();
        let power = |low: f64, high: f64| -> f64 {
            spectrum
                .frequencies
                .iter()
                .zip(&spectrum.density)
                .filter(|(frequency, _)| (low..high).contains(*frequency))
                .map(|(_, density)| density * 0.25)
                .sum()
        };
        assert!((power(99.0, 101.6) - 0.5).abs() < 0.02);
        assert!(power(0.0, 95.0) < 1e-3 && power(106.0, 500.0) < 1e-3);
    }

    #[test]
    fn a_poisson_train_has_twice_its_rate_and_a_modulated_one_its_line() {
        let mut draws = Stream::new(2, "modulated").sequence(0);
        let (rate, depth, frequency) = (200.0, 0.5, 30.0);
        let mut now = 0.0;
        let mut times = Vec::new();
        while now < 50.0 {
            now += draws.exponential() / (rate * (1.0 + depth));
            let wanted = 1.0 + depth * (TAU * frequency * now).sin();
            if draws.uniform() * (1.0 + depth) < wanted {
                times.push(now);
            }
        }
        let spectrum = spike_spectrum(&times, 0.0, 50.0, 0.4, 200.0).unwrap();
        let step = spectrum.frequencies[1];
        assert!(spectrum.frequencies.last().unwrap() <= &200.000_1);
        let floor: Vec<f64> = spectrum.density[2000..].to_vec();
        let floor = mean(&floor).unwrap();
        assert!((floor / (2.0 * rate) - 1.0).abs() < 0.02, "{floor}");
        // A rate of r(1 + m sin) has a line of variance (r m)^2/2.
        let line: f64 = spectrum.density[1450..1550]
            .iter()
            .map(|density| (density - 2.0 * rate) * step)
            .sum();
        assert!((line / 5000.0 - 1.0).abs() < 0.1, "{line}");
    }
}
