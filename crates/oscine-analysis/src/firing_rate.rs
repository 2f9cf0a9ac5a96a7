//! Firing rate of each cell: spikes divided by the time in which they were counted.
//!
//! A window cuts the intervals at its ends. A count takes each cut for half an interval whatever it is, so that a rate of a regular cell is off by up
//! to one spike; where the spike beyond the end is known too, [`windowed_rates`] takes the part that lies inside instead. Over all places of the
//! window that part is half an interval on average, so that the mean stays that of the count.

use std::ops::Range;

/// Spikes a second of each recorded cell, `[cell]`, in Hz.
///
/// `duration` is the recorded time in s; the caller chooses it, so that a window without spikes counts. Zero or less gives rates of 0.
#[must_use]
pub fn firing_rates(cells: &[u32], recorded: Range<u32>, duration: f64) -> Vec<f64> {
    let mut counts = vec![0u32; recorded.len()];
    for &cell in cells {
        if let Some(count) = counts.get_mut(cell.wrapping_sub(recorded.start) as usize) {
            *count += 1;
        }
    }
    let each = if duration > 0.0 { 1.0 / duration } else { 0.0 };
    counts
        .into_iter()
        .map(|count| f64::from(count) * each)
        .collect()
}

/// With fewer spikes in the window than this, which ends are known depends on the count itself, and the count alone is free of bias.
const FEWEST_TO_CUT: usize = 10;

/// Spikes a second of each recorded cell within a window, `[cell]`, in Hz: a count, or, of a cell with ten spikes or more in it, one in which
/// an interval that the window cuts counts by its part inside, where the spike beyond is there. `times` (s) are sorted and may reach beyond the window.
#[must_use]
pub fn windowed_rates(
    times: &[f64],
    cells: &[u32],
    recorded: Range<u32>,
    window: Range<f64>,
) -> Vec<f64> {
    #[derive(Clone, Copy, Default)]
    struct Seen {
        before: Option<f64>,
        first: f64,
        last: f64,
        after: Option<f64>,
        count: usize,
    }
    let mut seen = vec![Seen::default(); recorded.len()];
    for (&time, &cell) in times.iter().zip(cells) {
        let Some(seen) = seen.get_mut(cell.wrapping_sub(recorded.start) as usize) else {
            continue;
        };
        if time < window.start {
            seen.before = Some(time);
        } else if time < window.end {
            if seen.count == 0 {
                seen.first = time;
            }
            seen.last = time;
            seen.count += 1;
        } else if seen.after.is_none() {
            seen.after = Some(time);
        }
    }
    let duration = window.end - window.start;
    let rate = |seen: Seen| {
        let mut count = seen.count as f64;
        if seen.count >= FEWEST_TO_CUT {
            if let Some(before) = seen.before {
                count += (seen.first - window.start) / (seen.first - before) - 0.5;
            }
            if let Some(after) = seen.after {
                count += (window.end - seen.last) / (after - seen.last) - 0.5;
            }
        }
        if duration > 0.0 {
            count / duration
        } else {
            0.0
        }
    };
    seen.into_iter().map(rate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regular_cell_has_its_exact_rate_wherever_the_window_lies() {
        let times: Vec<f64> = (0..100).map(|k| 0.0123 + 0.03 * f64::from(k)).collect();
        let cells = vec![0; 100];
        for start in [0.2, 0.211, 0.3333] {
            let rates = windowed_rates(&times, &cells, 0..1, start..start + 1.7);
            assert!((rates[0] - 1.0 / 0.03).abs() < 1e-9, "{}", rates[0]);
        }
        // Where nothing lies beyond the ends it is the count.
        let rates = windowed_rates(&times, &cells, 0..2, 0.0..4.0);
        assert_eq!(rates, [25.0, 0.0]);
    }

    #[test]
    fn few_spikes_are_counted() {
        let rates = windowed_rates(&[0.5, 1.1, 1.3, 2.2], &[0; 4], 0..1, 1.0..2.0);
        assert_eq!(rates, [2.0]);
    }

    #[test]
    fn rate_is_count_over_duration_and_silent_cells_count() {
        assert_eq!(firing_rates(&[5, 7, 5, 5], 5..8, 2.0), [1.5, 0.0, 0.5]);
    }

    #[test]
    fn spikes_of_cells_outside_the_range_are_left_out() {
        assert_eq!(firing_rates(&[4, 5, 8, 0], 5..8, 1.0), [1.0, 0.0, 0.0]);
        assert_eq!(firing_rates(&[5], 5..6, 0.0), [0.0]);
    }
}
