//! Rate of a population in bins of time: spikes in a bin, over all cells.

use std::ops::Range;

/// The indices of the events with `from <= time < until` in times sorted upwards.
#[must_use]
pub fn window(times: &[f64], from: f64, until: f64) -> Range<usize> {
    let start = times.partition_point(|&time| time < from);
    let end = times.partition_point(|&time| time < until);
    start..end.max(start)
}

/// Spikes in each bin of width `bin` (s), `[bin]`, from `from` (s) to `until` (s); only whole bins.
///
/// A time on an edge, to within a millionth of a bin, belongs to the bin that begins there.
#[must_use]
pub fn population_counts(times: &[f64], from: f64, until: f64, bin: f64) -> Vec<u32> {
    let bins = whole_bins(from, until, bin);
    let mut counts = vec![0u32; bins];
    let each = 1.0 / bin;
    for &time in times {
        let place = (time - from) * each + EDGE;
        if place >= 0.0
            && let Some(count) = counts.get_mut(place as usize)
        {
            *count += 1;
        }
    }
    counts
}

/// Mean rate of a cell in each bin, `[bin]`, in Hz: the counts of [`population_counts`] over cells and width.
#[must_use]
pub fn population_rate(
    times: &[f64],
    cell_count: usize,
    from: f64,
    until: f64,
    bin: f64,
) -> Vec<f64> {
    let each = 1.0 / (cell_count.max(1) as f64 * bin);
    population_counts(times, from, until, bin)
        .into_iter()
        .map(|count| f64::from(count) * each)
        .collect()
}

/// Tolerance at the edges of bins, in bins: times are multiples of a step that floating point holds only nearly.
pub(crate) const EDGE: f64 = 1e-6;

/// How many whole bins lie between two times.
pub(crate) fn whole_bins(from: f64, until: f64, bin: f64) -> usize {
    let bins = (until - from) / bin;
    if bin > 0.0 && bins.is_finite() && bins > 0.0 {
        (bins + EDGE) as usize
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regular_train_has_its_own_rate_in_every_bin() {
        let times: Vec<f64> = (0..1000).map(|step| f64::from(step) * 1e-3).collect();
        assert_eq!(population_counts(&times, 0.0, 1.0, 0.01), vec![10; 100]);
        assert!(
            population_rate(&times, 4, 0.0, 1.0, 0.01)
                .iter()
                .all(|rate| (rate - 250.0).abs() < 1e-9)
        );
    }

    #[test]
    fn only_whole_bins_and_only_spikes_inside_count() {
        assert_eq!(
            population_counts(&[-0.1, 0.0, 0.5, 0.99, 1.0, 1.2], 0.0, 1.25, 0.5),
            [1, 2]
        );
        assert!(population_counts(&[0.1], 0.0, 1.0, 0.0).is_empty());
        assert!(population_counts(&[0.1], 1.0, 0.0, 0.1).is_empty());
    }

    #[test]
    fn a_window_holds_its_beginning_and_not_its_end() {
        assert_eq!(window(&[0.0, 1.0, 1.0, 2.0, 3.0], 1.0, 3.0), 1..4);
        assert_eq!(window(&[0.0, 1.0], 5.0, 1.0), 2..2);
    }
}
