//! How much cells do the same at the same time.
//!
//! Of traces: `chi = sqrt(Var_t(mean over cells of v) / mean over cells of Var_t(v))` (Golomb & Rinzel 1993): 1 if all are alike, and near
//! `1/sqrt(N)` if N cells are independent. Of spikes: the variance of the population's count in bins over the sum of the variances of the
//! single cells' counts: 1 if the cells are independent, N if they are alike, below 1 if they avoid each other.

use std::ops::Range;

use crate::population_rate::{EDGE, whole_bins};
use crate::variance;

/// Golomb and Rinzel's chi of traces sampled together, `[cell][time]`, 0 to 1.
///
/// `None` of no traces, of traces of unlike lengths, or where nothing varies.
#[must_use]
pub fn trace_synchrony<Trace: AsRef<[f64]>>(traces: &[Trace]) -> Option<f64> {
    let length = traces.first()?.as_ref().len();
    if traces.iter().any(|trace| trace.as_ref().len() != length) {
        return None;
    }
    let each = 1.0 / traces.len() as f64;
    let mut together = vec![0.0; length];
    let mut alone = 0.0;
    for trace in traces.iter().map(AsRef::as_ref) {
        for (sum, value) in together.iter_mut().zip(trace) {
            *sum += value * each;
        }
        alone += variance(trace)? * each;
    }
    (alone > 0.0).then(|| (variance(&together).unwrap_or(0.0) / alone).sqrt())
}

/// Variance of the population's spike count in bins of `bin` (s) over the sum of its cells' own: 1 of independent cells, N of N alike.
///
/// Times must be sorted; whole bins from `from` (s) to `until` (s) count. `None` where no cell's count varies. Takes linear time.
#[must_use]
pub fn count_synchrony(
    times: &[f64],
    cells: &[u32],
    recorded: Range<u32>,
    from: f64,
    until: f64,
    bin: f64,
) -> Option<f64> {
    let bins = whole_bins(from, until, bin);
    let cell_count = recorded.len();
    if bins == 0 || cell_count == 0 {
        return None;
    }
    // Of each cell: the bin it last fired in and its count there, and in all; squares are summed when a bin is over.
    let mut current = vec![(usize::MAX, 0u32); cell_count];
    let mut totals = vec![0u64; cell_count];
    let mut together = vec![0u64; bins];
    let mut squares = 0u64;
    let each = 1.0 / bin;
    for (&time, &cell) in times.iter().zip(cells) {
        let place = (time - from) * each + EDGE;
        let position = cell.wrapping_sub(recorded.start) as usize;
        if place < 0.0 || place as usize >= bins || position >= cell_count {
            continue;
        }
        let place = place as usize;
        together[place] += 1;
        totals[position] += 1;
        let (last, count) = &mut current[position];
        if *last != place {
            (*last, *count) = (place, 0);
        }
        // (c + 1)^2 - c^2
        squares += 2 * u64::from(*count) + 1;
        *count += 1;
    }
    let bins = bins as f64;
    let mean_square = |total: f64| (total / bins).powi(2);
    let alone = squares as f64 / bins
        - totals
            .iter()
            .map(|&total| mean_square(total as f64))
            .sum::<f64>();
    let all: u64 = together.iter().sum();
    let both = together
        .iter()
        .map(|&count| (count as f64).powi(2))
        .sum::<f64>()
        / bins
        - mean_square(all as f64);
    (alone > 1e-12).then(|| (both / alone).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_traces_are_in_step_and_opposed_ones_cancel() {
        let wave: Vec<f64> = (0..1000)
            .map(|step| (f64::from(step) * 0.05).sin())
            .collect();
        let opposed: Vec<f64> = wave.iter().map(|value| -value).collect();
        assert!((trace_synchrony(&[&wave, &wave, &wave]).unwrap() - 1.0).abs() < 1e-9);
        assert!(trace_synchrony(&[&wave, &opposed]).unwrap() < 1e-9);
        assert_eq!(trace_synchrony(&[[1.0, 1.0]]), None);
        assert_eq!(trace_synchrony::<&[f64]>(&[]), None);
    }

    #[test]
    fn orthogonal_traces_have_one_over_the_root_of_their_number() {
        let traces: Vec<Vec<f64>> = (1..=16)
            .map(|wave| {
                (0..1024)
                    .map(|step| (std::f64::consts::TAU * f64::from(wave * step) / 1024.0).sin())
                    .collect()
            })
            .collect();
        assert!((trace_synchrony(&traces).unwrap() - 0.25).abs() < 1e-9);
    }

    #[test]
    fn cells_that_fire_together_have_their_number() {
        let times: Vec<f64> = (0..50)
            .flat_map(|beat| [f64::from(beat) * 0.1 + 0.005; 8])
            .collect();
        let cells: Vec<u32> = (0..50).flat_map(|_| 0..8).collect();
        assert!(
            (count_synchrony(&times, &cells, 0..8, 0.0, 5.0, 0.01).unwrap() - 8.0).abs() < 1e-9
        );
    }

    #[test]
    fn cells_that_take_turns_avoid_each_other() {
        // Every bin holds one spike, so the population does not vary at all.
        let times: Vec<f64> = (0..80).map(|turn| f64::from(turn) * 0.01 + 0.005).collect();
        let cells: Vec<u32> = (0..80).map(|turn| turn % 8).collect();
        assert!(count_synchrony(&times, &cells, 0..8, 0.0, 0.8, 0.01).unwrap() < 1e-9);
    }

    #[test]
    fn two_bursts_in_one_bin_are_counted_as_two() {
        // One cell alone is always its own population.
        let ratio = count_synchrony(&[0.01, 0.02, 0.15, 0.31], &[3; 4], 3..4, 0.0, 0.4, 0.1);
        assert!((ratio.unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(count_synchrony(&[], &[], 0..4, 0.0, 1.0, 0.1), None);
    }
}
