//! Intervals between successive spikes of the same cell, and how irregular they are.
//!
//! The coefficient of variation is the deviation over the mean: 0 of a clock, 1 of a Poisson train, `1/sqrt(k)` of a gamma train of order `k`.

use std::ops::Range;

use crate::CellTrains;

use crate::{deviation, mean};

/// The interspike intervals of each recorded cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Intervals {
    /// Where each cell's intervals begin in `lengths`, `[cell + 1]`.
    begins: Vec<usize>,
    /// The lengths (s), cell after cell, each cell's in order of time.
    lengths: Vec<f64>,
}

impl Intervals {
    /// Intervals of spikes sorted by time; `recorded` are the cells that were looked at. Takes time in proportion to spikes and cells.
    #[must_use]
    pub fn between(times: &[f64], cells: &[u32], recorded: Range<u32>) -> Self {
        let trains = CellTrains::of(times, cells, recorded);
        let mut begins = vec![0];
        let mut lengths = Vec::with_capacity(times.len());
        for train in trains.iter() {
            lengths.extend(train.windows(2).map(|pair| pair[1] - pair[0]));
            begins.push(lengths.len());
        }
        Self { begins, lengths }
    }

    /// How many cells were recorded, those without an interval included.
    #[must_use]
    pub fn cell_count(&self) -> usize {
        self.begins.len() - 1
    }

    /// The intervals (s) of one cell, in order of time; `position` counts from the first recorded cell. Empty for a cell that isn't there.
    #[must_use]
    pub fn of(&self, position: usize) -> &[f64] {
        match (self.begins.get(position), self.begins.get(position + 1)) {
            (Some(&begin), Some(&end)) => &self.lengths[begin..end],
            _ => &[],
        }
    }

    /// All intervals (s), cell after cell.
    #[must_use]
    pub fn all(&self) -> &[f64] {
        &self.lengths
    }
}

/// Deviation over mean; `None` of no values or of a mean of zero.
#[must_use]
pub fn variation(values: &[f64]) -> Option<f64> {
    let centre = mean(values)?;
    (centre != 0.0).then(|| deviation(values).unwrap_or(0.0) / centre)
}

/// Coefficient of variation of each cell's intervals, `[cell]`; `None` for a cell with fewer than `least` of them (3 is usual).
#[must_use]
pub fn variation_of_intervals(intervals: &Intervals, least: usize) -> Vec<Option<f64>> {
    (0..intervals.cell_count())
        .map(|position| {
            Some(intervals.of(position))
                .filter(|lengths| lengths.len() >= least)
                .and_then(variation)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_each_cell_alone() {
        let intervals = Intervals::between(&[0.0, 0.5, 1.0, 1.25, 3.0], &[3, 4, 3, 4, 3], 3..6);
        assert_eq!(intervals.of(0), [1.0, 2.0]);
        assert_eq!(intervals.of(1), [0.75]);
        assert!(intervals.of(2).is_empty() && intervals.of(3).is_empty());
        assert_eq!(intervals.all().len(), 3);
        assert_eq!(intervals.cell_count(), 3);
    }

    #[test]
    fn a_clock_has_no_variation_and_alternation_has_its_closed_form() {
        assert!(variation(&[0.25; 40]).unwrap() < 1e-12);
        // Lengths a and b in turn: |a - b| / (a + b).
        assert!((variation(&[1.0, 3.0, 1.0, 3.0]).unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(variation(&[]), None);
    }

    #[test]
    fn exponential_intervals_vary_by_one() {
        // Midpoints of 100,000 equal shares of the exponential distribution.
        let shares = 100_000;
        let mut time = 0.0;
        let times: Vec<f64> = std::iter::once(0.0)
            .chain((0..shares).map(|share| {
                time -= (1.0 - (f64::from(share) + 0.5) / f64::from(shares)).ln();
                time
            }))
            .collect();
        let intervals = Intervals::between(&times, &vec![0; times.len()], 0..2);
        let cells = variation_of_intervals(&intervals, 3);
        assert!((cells[0].unwrap() - 1.0).abs() < 1e-3);
        assert_eq!(cells[1], None);
    }

    #[test]
    fn too_few_intervals_give_no_variation() {
        let intervals = Intervals::between(&[0.0, 1.0, 2.0], &[0; 3], 0..1);
        assert_eq!(variation_of_intervals(&intervals, 3), [None]);
        assert_eq!(variation_of_intervals(&intervals, 2), [Some(0.0)]);
    }
}
