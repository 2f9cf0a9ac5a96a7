//! The rhythm of a population's rate, or of any signal: the frequency in a band at which it has most power, and how sure that is.
//!
//! The spectrum is Welch's, in segments of a quarter of the recording that hold at least two cycles of the lowest frequency; the peak is that of a parabola through the
//! logarithm of the highest three values. The background is the median of the band's other densities, made the mean by the ratio of the two in
//! noise with as many segments, `(1 - 1/(9L))^3` (Wilson & Hilferty 1931).

use statrs::function::gamma::checked_gamma_ur;

use crate::{mean, population_counts, quantile, spectrum};

/// A peak of the power spectrum in a band of frequencies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rhythm {
    /// Frequency (Hz) of the most power, interpolated between those of the spectrum.
    pub frequency: f64,
    /// Standard error (Hz) of that frequency, by leaving out one segment of the recording in turn (jackknife); `None` of fewer than three segments.
    /// Segments overlap by half, which makes it a little too small.
    pub error: Option<f64>,
    /// Power density at the peak, in the squared unit of the signal (spikes a second, of the whole population) for each Hz.
    pub density: f64,
    /// That over the background in the band.
    pub over_background: f64,
    /// Width (Hz) of the peak at half its height, not under about 1.5 `resolution`; `None` where it reaches out of the band.
    pub width: Option<f64>,
    /// Step (Hz) between the frequencies of the spectrum.
    pub resolution: f64,
    /// Chance of so high a peak over the background at any frequency of the band, in noise with a flat spectrum.
    pub significance: f64,
}

/// Highest frequency (Hz) looked at where the caller gives no bound.
const HIGHEST: f64 = 1000.0;

/// Share of the recording that is one segment.
const SEGMENT: f64 = 0.25;

/// Fewest cycles of the lowest frequency in a segment.
const CYCLES: f64 = 2.0;

/// Steps of frequency on either side of the peak that are not background: the width of the window's main lobe.
const LOBE: usize = 2;

/// Rhythm of the spikes of a whole population at `times` (s, sorted) from `from` to `until` (s), between the frequencies `above` and `below` (Hz;
/// infinite means 1000).
///
/// Spikes are counted in bins of a quarter of the shortest cycle. `None` without spikes, if the time is shorter than two cycles of `above`, or if fewer than
/// eight steps of frequency lie in the band.
#[must_use]
pub fn population_rhythm(
    times: &[f64],
    from: f64,
    until: f64,
    above: f64,
    below: f64,
) -> Option<Rhythm> {
    let below = below.min(HIGHEST);
    let bin = 0.25 / below;
    let rate: Vec<f64> = population_counts(times, from, until, bin)
        .into_iter()
        .map(|count| f64::from(count) / bin)
        .collect();
    rhythm(&rate, bin, above, below)
}

/// Rhythm of `signal`, sampled every `interval` (s), between the frequencies `above` and `below` (Hz).
///
/// `None` of a signal that does not vary, that is shorter than two cycles of `above`, or if fewer than eight steps of frequency lie in the band.
#[must_use]
pub fn rhythm(signal: &[f64], interval: f64, above: f64, below: f64) -> Option<Rhythm> {
    let duration = signal.len() as f64 * interval;
    if !(interval > 0.0 && above > 0.0 && above < below && duration * above >= CYCLES - 1e-9) {
        return None;
    }
    let least = (CYCLES / above).max(SEGMENT * duration) / interval;
    let segment = ((least - 1e-6).ceil() as usize).min(signal.len()) & !1;
    let parts: Vec<Vec<f64>> = (0..=signal.len() - segment)
        .step_by((segment / 2).max(1))
        .map(|start| Some(spectrum(&signal[start..start + segment], interval, segment)?.density))
        .collect::<Option<_>>()?;
    let resolution = 1.0 / (segment as f64 * interval);
    let first = ((above / resolution - 1e-6).ceil() as usize).max(1);
    let last = ((below / resolution + 1e-6) as usize).min(segment / 2 - 1);
    let band = first..last + 1;
    if band.len() < 8 {
        return None;
    }
    let density = average(&parts, None);
    let (peak, place, height) = highest(&density, band.clone()).filter(|peak| peak.2 > 0.0)?;
    let beside: Vec<f64> = band
        .clone()
        .filter(|&frequency| frequency.abs_diff(peak) > LOBE)
        .map(|frequency| density[frequency])
        .collect();
    let segments = parts.len() as f64;
    // Hann windows that overlap by half share 1/36 of their power's variance (Welch 1967).
    let worth = segments / (1.0 + 2.0 / 36.0 * (segments - 1.0) / segments);
    let background = quantile(&beside, 0.5)? / (1.0 - 1.0 / (9.0 * worth)).powi(3);
    let over_background = if background > 0.0 {
        height / background
    } else {
        f64::INFINITY
    };
    let one = if over_background.is_finite() {
        checked_gamma_ur(worth, worth * density[peak] / background).unwrap_or(0.0)
    } else {
        0.0
    };
    let error = (parts.len() > 2).then(|| jackknife_error(&parts, band.clone(), resolution));
    Some(Rhythm {
        frequency: place * resolution,
        error,
        density: height,
        over_background,
        width: half_width(&density, band.clone(), peak, height / 2.0)
            .map(|steps| steps * resolution),
        resolution,
        significance: -(band.len() as f64 * (-one).ln_1p()).exp_m1(),
    })
}

/// The mean of the periodograms, without one of them where so asked.
fn average(parts: &[Vec<f64>], left_out: Option<usize>) -> Vec<f64> {
    let each = 1.0 / (parts.len() - usize::from(left_out.is_some())) as f64;
    let mut sums = vec![0.0; parts.first().map_or(0, Vec::len)];
    for (_, part) in parts
        .iter()
        .enumerate()
        .filter(|(place, _)| Some(*place) != left_out)
    {
        sums.iter_mut()
            .zip(part)
            .for_each(|(sum, density)| *sum += density * each);
    }
    sums
}

/// The jackknife's standard error of the frequency of the peak (Hz): from the peaks of all periodograms but one.
fn jackknife_error(parts: &[Vec<f64>], band: std::ops::Range<usize>, resolution: f64) -> f64 {
    let segments = parts.len() as f64;
    let peaks: Vec<f64> = (0..parts.len())
        .filter_map(|part| highest(&average(parts, Some(part)), band.clone()))
        .map(|(_, place, _)| place * resolution)
        .collect();
    let centre = mean(&peaks).unwrap_or(0.0);
    let squares: f64 = peaks.iter().map(|peak| (peak - centre).powi(2)).sum();
    ((segments - 1.0) / segments * squares).sqrt()
}

/// The highest density in the band: its step, and the place (in steps) and height of the parabola's peak through its logarithm.
fn highest(density: &[f64], band: std::ops::Range<usize>) -> Option<(usize, f64, f64)> {
    let peak = band.max_by(|&first, &second| density[first].total_cmp(&density[second]))?;
    let (left, top, right) = (density[peak - 1], density[peak], density[peak + 1]);
    if !(left > 0.0 && right > 0.0 && left <= top && right <= top) {
        // At the edge of the band, on a slope: there is no parabola with a peak.
        return Some((peak, peak as f64, top));
    }
    let (left, top, right) = (left.ln(), top.ln(), right.ln());
    let bend = left - 2.0 * top + right;
    let shift = if bend < 0.0 {
        0.5 * (left - right) / bend
    } else {
        0.0
    };
    let height = (top - 0.25 * (left - right) * shift).exp();
    Some((peak, peak as f64 + shift, height))
}

/// How many steps apart the density falls below `level` on the two sides of the peak, linear between steps.
fn half_width(
    density: &[f64],
    band: std::ops::Range<usize>,
    peak: usize,
    level: f64,
) -> Option<f64> {
    let crossing = |inside: usize, outside: usize| {
        let share = (density[inside] - level) / (density[inside] - density[outside]);
        inside as f64 + share * (outside as f64 - inside as f64)
    };
    let below = (band.start..peak)
        .rev()
        .find(|&place| density[place] < level)?;
    let above = (peak..band.end).find(|&place| density[place] < level)?;
    Some(crossing(above - 1, above) - crossing(below + 1, below))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_random::Stream;
    use std::f64::consts::TAU;

    /// Spikes of a population at 1000 spikes a second in all, its rate modulated by `depth` at `frequency`.
    fn population(seed: u64, duration: f64, depth: f64, frequency: f64) -> Vec<f64> {
        let mut draws = Stream::new(seed, "population").sequence(0);
        let (mut now, mut times) = (0.0, Vec::new());
        while now < duration {
            now += draws.exponential() / (1000.0 * (1.0 + depth));
            if draws.uniform() * (1.0 + depth) < 1.0 + depth * (TAU * frequency * now).sin() {
                times.push(now);
            }
        }
        times
    }

    #[test]
    fn a_modulated_population_has_its_frequency_and_its_height() {
        let times = population(1, 2.0, 0.6, 38.3);
        let found = population_rhythm(&times, 0.0, 2.0, 5.0, f64::INFINITY).unwrap();
        assert!((found.frequency - 38.3).abs() < 0.3, "{found:?}");
        assert!(found.error.unwrap() < 0.5);
        assert_eq!(found.resolution, 2.0);
        // Line r^2 m^2/2 = 180000, spread by the window over 1.5 steps of 2 Hz, over 2r = 2000 of the noise: 31.
        assert!(
            (found.over_background / 31.0 - 1.0).abs() < 0.35,
            "{found:?}"
        );
        assert!((found.width.unwrap() - 2.88).abs() < 0.5, "{found:?}");
        assert!(found.significance < 1e-9);
    }

    #[test]
    fn a_population_without_rhythm_has_no_significant_one() {
        let chances: Vec<f64> = (0..200)
            .map(|seed| {
                let times = population(seed, 2.0, 0.0, 1.0);
                population_rhythm(&times, 0.0, 2.0, 5.0, 500.0)
                    .unwrap()
                    .significance
            })
            .collect();
        let below =
            |level: f64| chances.iter().filter(|&&chance| chance < level).count() as f64 / 200.0;
        assert!(below(0.05) < 0.12, "{}", below(0.05));
        assert!(below(0.5) > 0.3 && below(0.5) < 0.7, "{}", below(0.5));
    }

    #[test]
    fn the_band_leaves_out_what_is_stronger_elsewhere() {
        let signal: Vec<f64> = (0..4000)
            .map(|step| {
                let time = f64::from(step) * 1e-3;
                5.0 * (TAU * 8.0 * time).sin() + (TAU * 41.0 * time).sin()
            })
            .collect();
        let slow = rhythm(&signal, 1e-3, 4.0, 100.0).unwrap();
        let fast = rhythm(&signal, 1e-3, 20.0, 100.0).unwrap();
        assert!((slow.frequency - 8.0).abs() < 0.01 && (fast.frequency - 41.0).abs() < 0.01);
        assert!(rhythm(&signal, 1e-3, 0.2, 100.0).is_none());
        assert!(rhythm(&[1.0; 4000], 1e-3, 5.0, 100.0).is_none());
        assert!(population_rhythm(&[], 0.0, 2.0, 5.0, 100.0).is_none());
    }
}
