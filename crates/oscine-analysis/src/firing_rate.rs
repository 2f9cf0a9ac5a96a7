//! Firing rate of each cell: spikes divided by the time in which they were counted.

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

#[cfg(test)]
mod tests {
    use super::*;

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
