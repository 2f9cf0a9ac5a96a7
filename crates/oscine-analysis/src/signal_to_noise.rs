//! How far the power at a known frequency stands over the background beside it (McNamara & Wiesenfeld 1989), and how much of an input's
//! line a system passes on (spectral amplification: Jung & Hänggi 1991).
//!
//! The recording is cut to whole cycles of the frequency, at its end, so that the line falls on one frequency of the periodogram
//! `|sum of x(t) exp(-2 pi i f t)|^2` and no window is needed. The background is the mean of the periodogram at `BESIDE` frequencies on either side, without the two next
//! to the line. Without any line the ratio follows the F distribution with 2 and `4 BESIDE` degrees of freedom, so its mean is
//! `K/(K - 1)` with `K = 2 BESIDE`; with a line of power `S` over noise of power `N` in one step of frequency, the mean is `(1 + S/N) K/(K - 1)`. It grows with the length of the
//! recording, because a line gains on the noise; [`SignalToNoise::ratio_in_hertz`] does not.

use std::f64::consts::TAU;

use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

/// Frequencies on either side of the line whose mean is the background, at most; fewer where the line lies so low.
const BESIDE: usize = 8;

/// The line is not compared with this many neighbours on either side, into which a slightly unsteady line spreads.
const SKIPPED: usize = 1;

/// Fewest frequencies that make a background.
const LEAST: usize = 4;

/// The signal-to-noise ratio of a line and the noise under it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignalToNoise {
    /// Power in the line's step of frequency over the mean power in those beside it.
    pub ratio: f64,
    /// One-sided power density at the line, in the squared unit of the signal (Hz^2 for spikes) for each Hz, noise included.
    pub line: f64,
    /// Mean density beside it.
    pub background: f64,
    /// Step of frequency (Hz): one over the time that was used.
    pub step: f64,
    /// How many frequencies made the background.
    pub beside: usize,
}

impl SignalToNoise {
    /// The ratio in dB, `10 log10(ratio)`: on average `-10 gamma/ln 10 = -2.5` dB where there is no line at all; single values lie 5.6 dB about that.
    #[must_use]
    pub fn decibels(&self) -> f64 {
        10.0 * self.ratio.log10()
    }

    /// Power of the line alone over the density of the noise, in Hz, whatever the length of the recording: `(ratio - 1) step`, negative where chance put
    /// the line's power under the noise.
    #[must_use]
    pub fn ratio_in_hertz(&self) -> f64 {
        (self.ratio - 1.0) * self.step
    }

    /// Chance of a ratio at least this large from noise alone that is flat near the line: `(1 + ratio/K)^-K` with `K` frequencies beside it.
    #[must_use]
    pub fn significance(&self) -> f64 {
        let beside = self.beside as f64;
        (1.0 + self.ratio / beside).powf(-beside)
    }
}

/// The line at `frequency` (Hz) in `signal`, sampled every `interval` (s).
///
/// `None` if fewer than 4 whole cycles were recorded, if the frequency is at or above half the sampling rate, or if there is no background at
/// all (a signal without noise). A cycle that is no whole number of samples costs at most `(pi/(2 samples in a cycle))^2/3` of the line.
#[must_use]
pub fn signal_to_noise(signal: &[f64], interval: f64, frequency: f64) -> Option<SignalToNoise> {
    let cycles = whole_cycles(signal.len() as f64 * interval, frequency)?;
    let samples = ((cycles as f64 / (frequency * interval)).round() as usize).min(signal.len());
    let centre = crate::mean(&signal[..samples])?;
    if frequency * interval >= 0.5 {
        return None;
    }
    let duration = samples as f64 * interval;
    let mut steps: Vec<Complex<f64>> = signal[..samples]
        .iter()
        .map(|value| Complex::new(value - centre, 0.0))
        .collect();
    FftPlanner::new()
        .plan_fft_forward(samples)
        .process(&mut steps);
    let density = |step: usize| 2.0 * steps[step].norm_sqr() * interval * interval / duration;
    over_background(density, cycles, samples.div_ceil(2), duration)
}

/// The line at `frequency` (Hz) in spikes at `times` (s, sorted) from `from` to `until` (s): a train of delta functions, or the sum of many trains.
///
/// Exact, without bins. `None` if fewer than 4 whole cycles were recorded or without a spike in them.
#[must_use]
pub fn spike_signal_to_noise(
    times: &[f64],
    from: f64,
    until: f64,
    frequency: f64,
) -> Option<SignalToNoise> {
    let cycles = whole_cycles(until - from, frequency)?;
    let duration = cycles as f64 / frequency;
    let spikes = &times[crate::window(times, from, from + duration)];
    let density = |step: usize| {
        let (mut east, mut north) = (0.0, 0.0);
        for time in spikes {
            let (sine, cosine) =
                (TAU * (step as f64 * ((time - from) / duration)).fract()).sin_cos();
            east += cosine;
            north += sine;
        }
        2.0 * (east * east + north * north) / duration
    };
    over_background(density, cycles, usize::MAX, duration)
}

/// Power of the line at `frequency` (Hz) in `output` over that in `input`, sampled together every `interval` (s): the spectral amplification, in the
/// squared unit of output over input. The square of the gain of [`response`](crate::response()).
///
/// `None` where that is. It is biased upwards by the noise's share of the line, `1/ratio` of [`signal_to_noise`].
#[must_use]
pub fn spectral_amplification(
    input: &[f64],
    output: &[f64],
    interval: f64,
    frequency: f64,
) -> Option<f64> {
    crate::response(input, output, interval, frequency).map(|response| response.gain.powi(2))
}

/// How many whole cycles a recording holds; `None` of fewer than a background needs.
fn whole_cycles(duration: f64, frequency: f64) -> Option<usize> {
    let cycles = (duration * frequency + 1e-6).floor();
    (cycles.is_finite() && cycles >= (LEAST) as f64 && cycles < 1e15).then_some(cycles as usize)
}

/// The density at step `line` of frequency over that at the steps beside it, which are above 0 and below `end`.
fn over_background(
    density: impl Fn(usize) -> f64,
    line: usize,
    end: usize,
    duration: f64,
) -> Option<SignalToNoise> {
    let below = line.saturating_sub(SKIPPED + BESIDE).max(1)..line - SKIPPED;
    let above = line + SKIPPED + 1..line.saturating_add(SKIPPED + BESIDE + 1).min(end);
    let beside: Vec<f64> = below.chain(above).map(&density).collect();
    let (line, background) = (density(line), crate::mean(&beside)?);
    // Rounding alone leaves a background of 1e-30 of a line or so.
    (beside.len() >= LEAST && background > line * 1e-24 && background > 0.0).then(|| {
        SignalToNoise {
            ratio: line / background,
            line,
            background,
            step: 1.0 / duration,
            beside: beside.len(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_random::Stream;

    fn noisy(seed: u64, samples: usize, amplitude: f64, frequency: f64, interval: f64) -> Vec<f64> {
        let mut draws = Stream::new(seed, "noise").sequence(0);
        (0..samples)
            .map(|sample| {
                2.0 + amplitude * (TAU * frequency * sample as f64 * interval).sin()
                    + draws.normal()
            })
            .collect()
    }

    #[test]
    fn a_sine_in_white_noise_has_its_closed_form() {
        // Line power A^2/2, noise density 2 s^2 dt: ratio in Hz A^2/(4 s^2 dt); here 0.04/4/1e-3 = 10 Hz. 20.05 s are 100 cycles of 5 Hz.
        let signal_to_noise_of =
            |seed| signal_to_noise(&noisy(seed, 20_050, 0.2, 5.0, 1e-3), 1e-3, 5.0).unwrap();
        let measured: Vec<SignalToNoise> = (0..40).map(signal_to_noise_of).collect();
        let mean_of = |of: fn(&SignalToNoise) -> f64| measured.iter().map(of).sum::<f64>() / 40.0;
        assert!((mean_of(|each| each.background) / 2e-3 - 1.0).abs() < 0.1);
        // 16 frequencies beside: (1 + 200) 16/15.
        let expected = 201.0 * 16.0 / 15.0;
        assert!((mean_of(|each| each.ratio) / expected - 1.0).abs() < 0.15);
        assert!((mean_of(SignalToNoise::decibels) - 10.0 * 201f64.log10()).abs() < 0.5);
        assert!((mean_of(SignalToNoise::ratio_in_hertz) / 10.6 - 1.0).abs() < 0.15);
        assert!(measured.iter().all(|each| each.significance() < 1e-6));
    }

    #[test]
    fn noise_alone_has_its_stated_bias_and_chances() {
        let measured: Vec<SignalToNoise> = (0..1000)
            .map(|seed| signal_to_noise(&noisy(seed, 400, 0.0, 5.0, 1e-2), 1e-2, 10.0).unwrap())
            .collect();
        let decibels = measured.iter().map(SignalToNoise::decibels).sum::<f64>() / 1000.0;
        assert!((decibels + 2.5).abs() < 0.6, "{decibels}");
        let ratio = measured.iter().map(|each| each.ratio).sum::<f64>() / 1000.0;
        assert!((ratio - 16.0 / 15.0).abs() < 0.12, "{ratio}");
        for chance in [0.05, 0.3] {
            let below = measured
                .iter()
                .filter(|each| each.significance() < chance)
                .count();
            assert!((below as f64 / 1000.0 - chance).abs() < 0.045);
        }
    }

    #[test]
    fn a_modulated_poisson_train_has_its_closed_form() {
        // Rate r(1 + m sin): line r^2 m^2/2, noise density 2r: r m^2/4 Hz = 100 * 0.25/4.
        let mut draws = Stream::new(3, "train").sequence(0);
        let (mut now, mut times) = (0.0, Vec::new());
        while now < 400.0 {
            now += draws.exponential() / 150.0;
            if draws.uniform() * 1.5 < 1.0 + 0.5 * (TAU * 5.0 * now).sin() {
                times.push(now);
            }
        }
        let parts: Vec<SignalToNoise> = (0..20)
            .map(|part| {
                let from = f64::from(part) * 20.0;
                spike_signal_to_noise(&times, from, from + 20.0, 5.0).unwrap()
            })
            .collect();
        let mean = parts.iter().map(SignalToNoise::ratio_in_hertz).sum::<f64>() / 20.0;
        assert!((mean / (6.25 * 16.0 / 15.0) - 1.0).abs() < 0.2, "{mean}");
        let floor = parts.iter().map(|part| part.background).sum::<f64>() / 20.0;
        assert!((floor / 200.0 - 1.0).abs() < 0.15, "{floor}");
    }

    #[test]
    fn amplification_is_the_squared_gain_and_short_recordings_are_refused() {
        let wave = |amplitude: f64| -> Vec<f64> {
            (0..1000)
                .map(|step| amplitude * (TAU * 7.0 * f64::from(step) * 1e-3).sin())
                .collect()
        };
        let passed = spectral_amplification(&wave(2.0), &wave(6.0), 1e-3, 7.0).unwrap();
        assert!((passed - 9.0).abs() < 1e-9);
        assert_eq!(signal_to_noise(&wave(1.0), 1e-3, 2.0), None);
        assert_eq!(signal_to_noise(&wave(1.0), 1e-3, 7.0), None);
        assert_eq!(spike_signal_to_noise(&[], 0.0, 10.0, 7.0), None);
        assert_eq!(spike_signal_to_noise(&[1.0, 2.0], 10.0, 0.0, 7.0), None);
    }
}
