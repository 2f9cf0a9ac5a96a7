//! The period of an oscillating trace, and how it shares its time between above and below a threshold.
//!
//! A crossing lies on the straight line between the sample below the threshold and the next one at or above it. Its error is of second order
//! in the interval between samples.

use crate::{deviation, mean};

/// The period and the cycles of a trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Period {
    /// Mean time (s) from one upward crossing to the next.
    pub mean: f64,
    /// Standard deviation (s) of these times.
    pub deviation: f64,
    /// How many whole cycles there were.
    pub cycles: usize,
}

/// Times (s) at which `trace`, sampled every `interval` (s) from time 0 on, crosses `threshold` upwards, rising.
#[must_use]
pub fn upward_crossings(trace: &[f64], interval: f64, threshold: f64) -> Vec<f64> {
    crossings(trace, interval, threshold, |before, after| {
        before < threshold && after >= threshold
    })
}

/// Times (s) at which `trace`, sampled every `interval` (s) from time 0 on, falls below `threshold`, rising.
#[must_use]
pub fn downward_crossings(trace: &[f64], interval: f64, threshold: f64) -> Vec<f64> {
    crossings(trace, interval, threshold, |before, after| {
        before >= threshold && after < threshold
    })
}

/// Mean period of `trace`, sampled every `interval` (s), from its upward crossings of `threshold`; `None` of fewer than two crossings.
#[must_use]
pub fn period(trace: &[f64], interval: f64, threshold: f64) -> Option<Period> {
    let crossings = upward_crossings(trace, interval, threshold);
    let cycles: Vec<f64> = crossings.windows(2).map(|pair| pair[1] - pair[0]).collect();
    Some(Period {
        mean: mean(&cycles)?,
        deviation: deviation(&cycles)?,
        cycles: cycles.len(),
    })
}

/// Share of its time, 0 to 1, that `trace` spends at or above `threshold`, with straight lines between samples; `None` of fewer than two samples.
#[must_use]
pub fn share_above(trace: &[f64], threshold: f64) -> Option<f64> {
    let shares: Vec<f64> = trace
        .windows(2)
        .map(|pair| {
            let (before, after) = (pair[0] - threshold, pair[1] - threshold);
            match (before >= 0.0, after >= 0.0) {
                (true, true) => 1.0,
                (false, false) => 0.0,
                (true, false) => before / (before - after),
                (false, true) => after / (after - before),
            }
        })
        .collect();
    mean(&shares)
}

/// Share of its cycle, 0 to 1, that an oscillating `trace` spends at or above `threshold`: over the whole cycles between its first and last upward
/// crossing (the duty cycle). `None` of fewer than two upward crossings.
#[must_use]
pub fn duty_cycle(trace: &[f64], interval: f64, threshold: f64) -> Option<f64> {
    let up = upward_crossings(trace, interval, threshold);
    let down = downward_crossings(trace, interval, threshold);
    let (&first, &last) = (up.first()?, up.last()?);
    // Between two upward crossings lies one downward one.
    let above: f64 = up
        .windows(2)
        .map(|pair| down[down.partition_point(|&time| time <= pair[0])] - pair[0])
        .sum();
    (last > first).then(|| above / (last - first))
}

fn crossings(
    trace: &[f64],
    interval: f64,
    threshold: f64,
    crosses: impl Fn(f64, f64) -> bool,
) -> Vec<f64> {
    trace
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| crosses(pair[0], pair[1]))
        .map(|(sample, pair)| {
            (sample as f64 + (threshold - pair[0]) / (pair[1] - pair[0])) * interval
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{PI, TAU};

    fn sine(frequency: f64) -> Vec<f64> {
        (0..10_000)
            .map(|step| (TAU * frequency * f64::from(step) * 1e-3 + 0.1).sin())
            .collect()
    }

    #[test]
    fn a_sine_has_its_period_finer_than_its_samples() {
        let found = period(&sine(7.3), 1e-3, 0.0).unwrap();
        assert!((found.mean - 1.0 / 7.3).abs() < 1e-7, "{found:?}");
        assert!(found.deviation < 2e-6 && found.cycles == 72);
        assert_eq!(period(&[0.0, 1.0, 2.0], 1e-3, 0.5), None);
    }

    #[test]
    fn a_sine_spends_its_closed_form_above_any_level() {
        for level in [-0.5, 0.0, 0.8] {
            let expected = 0.5 - f64::asin(level) / PI;
            assert!((duty_cycle(&sine(7.3), 1e-3, level).unwrap() - expected).abs() < 1e-4);
            // 73 whole cycles.
            assert!((share_above(&sine(7.3), level).unwrap() - expected).abs() < 2e-4);
        }
        assert_eq!(duty_cycle(&sine(7.3), 1e-3, 2.0), None);
        assert_eq!(share_above(&[1.0], 0.0), None);
    }

    #[test]
    fn a_sawtooth_of_uneven_cycles_has_their_mean_and_deviation() {
        // Ramps of 10 and 30 samples in turn, from 0 up: crossings of 0.5 where each jumps over it.
        let mut trace = Vec::new();
        for _ in 0..6 {
            for length in [10u32, 30] {
                trace.extend((0..length).map(|step| f64::from(step) / f64::from(length)));
            }
        }
        let found = period(&trace, 0.1, 0.5).unwrap();
        // From 5 of a ramp of 10 to 15 of the next of 30 is 20, and back to 5 again 20.
        assert!((found.mean - 2.0).abs() < 1e-12 && found.deviation < 1e-12);
        let above = share_above(&trace, 0.5).unwrap();
        assert!((above - 0.5).abs() < 0.03);
        let late = period(&trace, 0.1, 0.85).unwrap();
        // From 8.5 of 10 to 25.5 of 30 is 27 samples, and 13 back.
        assert!(
            (late.mean - (6.0 * 2.7 + 5.0 * 1.3) / 11.0).abs() < 1e-9,
            "{late:?}"
        );
        assert!(late.deviation > 0.6);
    }
}
