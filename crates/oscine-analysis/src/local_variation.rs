//! How unlike neighbouring intervals are, whatever the slow changes of the rate.
//!
//! `CV2 = mean of 2|I' - I|/(I' + I)` (Holt et al. 1996) and `LV = mean of 3((I' - I)/(I' + I))^2` (Shinomoto, Shima & Tanji 2003) over successive
//! intervals `I`, `I'`: both 0 of a clock and 1 of a Poisson train; `LV` of a gamma train of order k is `3/(2k + 1)`.

use crate::{mean, variance};

/// `CV2` of intervals (s) in order of time; `None` of fewer than two.
#[must_use]
pub fn cv2(intervals: &[f64]) -> Option<f64> {
    mean_of_contrast(intervals, |contrast| 2.0 * contrast.abs())
}

/// `LV` of intervals (s) in order of time; `None` of fewer than two.
#[must_use]
pub fn local_variation(intervals: &[f64]) -> Option<f64> {
    mean_of_contrast(intervals, |contrast| 3.0 * contrast * contrast)
}

/// Correlation of each interval with the one `lag` later, -1 to 1: 0 of a renewal train. `None` where fewer than two pairs or nothing varies.
#[must_use]
pub fn serial_correlation(intervals: &[f64], lag: usize) -> Option<f64> {
    let pairs = intervals
        .len()
        .checked_sub(lag)
        .filter(|&pairs| pairs > 1)?;
    let (centre, spread) = (mean(intervals)?, variance(intervals)?);
    let together = intervals
        .iter()
        .zip(&intervals[lag..])
        .map(|(first, second)| (first - centre) * (second - centre))
        .sum::<f64>();
    (spread > 0.0).then(|| together / (pairs as f64 * spread))
}

fn mean_of_contrast(intervals: &[f64], of: impl Fn(f64) -> f64) -> Option<f64> {
    let values: Vec<f64> = intervals
        .windows(2)
        .filter(|pair| pair[0] + pair[1] > 0.0)
        .map(|pair| of((pair[1] - pair[0]) / (pair[1] + pair[0])))
        .collect();
    mean(&values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_random::Stream;

    fn gamma(order: usize, count: usize) -> Vec<f64> {
        let mut draws = Stream::new(9, "gamma").sequence(order as u64);
        (0..count)
            .map(|_| (0..order).map(|_| draws.exponential()).sum())
            .collect()
    }

    #[test]
    fn alternating_intervals_have_their_closed_forms() {
        let intervals = [1.0, 3.0, 1.0, 3.0, 1.0];
        assert!((cv2(&intervals).unwrap() - 1.0).abs() < 1e-12);
        assert!((local_variation(&intervals).unwrap() - 0.75).abs() < 1e-12);
        assert_eq!(local_variation(&[0.2; 9]), Some(0.0));
        assert_eq!(cv2(&[1.0]), None);
    }

    #[test]
    fn poisson_has_one_and_gamma_its_closed_form() {
        let poisson = gamma(1, 60_000);
        assert!((cv2(&poisson).unwrap() - 1.0).abs() < 0.015);
        assert!((local_variation(&poisson).unwrap() - 1.0).abs() < 0.015);
        assert!((local_variation(&gamma(3, 60_000)).unwrap() - 3.0 / 7.0).abs() < 0.01);
    }

    #[test]
    fn a_rate_that_drifts_does_not_change_local_variation() {
        let drifting: Vec<f64> = gamma(3, 60_000)
            .into_iter()
            .enumerate()
            .map(|(place, interval)| interval * (1.0 + 0.9 * (place as f64 * 1e-3).sin()))
            .collect();
        assert!((local_variation(&drifting).unwrap() - 3.0 / 7.0).abs() < 0.01);
        assert!(crate::variation(&drifting).unwrap() > 0.75);
    }

    #[test]
    fn renewal_intervals_do_not_know_each_other_and_sums_of_neighbours_do() {
        let renewal = gamma(1, 60_000);
        assert!(serial_correlation(&renewal, 1).unwrap().abs() < 0.02);
        let sums: Vec<f64> = renewal.windows(2).map(|pair| pair[0] + pair[1]).collect();
        assert!((serial_correlation(&sums, 1).unwrap() - 0.5).abs() < 0.02);
        assert!((serial_correlation(&sums, 0).unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(serial_correlation(&[1.0, 2.0], 1), None);
    }
}
