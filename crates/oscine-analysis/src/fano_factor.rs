//! Fano factor: variance over mean of the spike count in windows of equal length (Fano 1947). 1 of a Poisson train for any window, near 0 of a
//! clock, the squared coefficient of variation of the intervals for long windows of a renewal train.
//!
//! The variance is the estimate for a larger set, `sum((n - mean)^2)/(windows - 1)`, so that a Poisson train has 1 without bias.

use std::ops::Range;

use crate::population_rate::{EDGE, whole_bins};

/// Variance over mean of some counts; `None` of fewer than two or of a mean of zero.
#[must_use]
pub fn fano_factor_of_counts(counts: &[u32]) -> Option<f64> {
    let (number, sum, squares) = counts.iter().fold((0u64, 0u64, 0u64), |sums, &count| {
        let count = u64::from(count);
        (sums.0 + 1, sums.1 + count, sums.2 + count * count)
    });
    fano(number as f64, sum as f64, squares as f64)
}

/// Fano factor of each recorded cell over the successive whole windows of width `window` (s) from `from` to `until` (s), `[cell]`.
///
/// `None` for a cell that is silent, and everywhere if fewer than two windows fit. Takes linear time.
#[must_use]
pub fn fano_factors(
    times: &[f64],
    cells: &[u32],
    recorded: Range<u32>,
    from: f64,
    until: f64,
    window: f64,
) -> Vec<Option<f64>> {
    let windows = whole_bins(from, until, window);
    // Of each cell: the window it last fired in and its count there; all its spikes; the sum of its squared counts so far.
    let mut current = vec![(usize::MAX, 0u64); recorded.len()];
    let mut sums = vec![(0u64, 0u64); recorded.len()];
    let each = 1.0 / window;
    for (&time, &cell) in times.iter().zip(cells) {
        let place = (time - from) * each + EDGE;
        let position = cell.wrapping_sub(recorded.start) as usize;
        if place < 0.0 || place as usize >= windows || position >= sums.len() {
            continue;
        }
        let (last, count) = &mut current[position];
        if *last != place as usize {
            (*last, *count) = (place as usize, 0);
        }
        // (c + 1)^2 - c^2
        sums[position].0 += 1;
        sums[position].1 += 2 * *count + 1;
        *count += 1;
    }
    sums.into_iter()
        .map(|(sum, squares)| fano(windows as f64, sum as f64, squares as f64))
        .collect()
}

fn fano(number: f64, sum: f64, squares: f64) -> Option<f64> {
    (number > 1.0 && sum > 0.0).then(|| {
        let mean = sum / number;
        ((squares - sum * mean) / (number - 1.0)).max(0.0) / mean
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_random::Stream;

    #[test]
    fn alternating_counts_have_their_closed_form() {
        // 0 and 2 in turn, 10 windows: mean 1, sum of squares about it 10.
        let counts = [0, 2, 0, 2, 0, 2, 0, 2, 0, 2];
        assert!((fano_factor_of_counts(&counts).unwrap() - 10.0 / 9.0).abs() < 1e-12);
        assert_eq!(fano_factor_of_counts(&[3, 3, 3]), Some(0.0));
        assert_eq!(fano_factor_of_counts(&[0, 0]), None);
        assert_eq!(fano_factor_of_counts(&[4]), None);
    }

    #[test]
    fn the_windows_of_each_cell_are_those_of_its_counts() {
        let times = [0.05, 0.1, 0.15, 0.25, 0.35, 0.36, 0.4];
        let cells = [1, 1, 2, 1, 2, 2, 1];
        let factors = fano_factors(&times, &cells, 1..4, 0.0, 0.4, 0.1);
        assert_eq!(factors[0], fano_factor_of_counts(&[1, 1, 1, 0]));
        assert_eq!(factors[1], fano_factor_of_counts(&[0, 1, 0, 2]));
        assert_eq!(factors[2], None);
    }

    #[test]
    fn poisson_has_one_and_gamma_of_order_four_a_quarter() {
        for (order, expected, margin) in [(1, 1.0, 0.04), (4, 0.25, 0.02)] {
            let mut draws = Stream::new(3, "trains").sequence(order);
            let mut now = 0.0;
            let mut times = Vec::new();
            while now < 4000.0 {
                // Intervals of mean 0.1 s.
                now += (0..order).map(|_| draws.exponential()).sum::<f64>() / order as f64 * 0.1;
                times.push(now);
            }
            let cells = vec![0; times.len()];
            let factor = fano_factors(&times, &cells, 0..1, 0.0, 4000.0, 1.0)[0].unwrap();
            // A window of ten intervals adds (1 - c^4)/(6 n) at most (Cox 1962): 0.016.
            assert!(
                (factor - expected).abs() < margin + 0.016,
                "{order}: {factor}"
            );
        }
    }
}
