//! How alike the phases of many oscillators are at a moment: Kuramoto's order parameter, `r = |mean of exp(i phase)|` (Kuramoto 1984).
//!
//! The phase of a spiking cell grows linearly from one of its spikes to the next, by a whole turn:
//! `phase(t) = 2 pi (t - t_k)/(t_(k+1) - t_k)` (Pikovsky, Rosenblum & Kurths 2001). `r` is 1 of cells in step, and `sqrt(pi/(4N))` on average of N
//! cells with nothing in common.

use std::f64::consts::TAU;
use std::ops::Range;

use crate::{CellTrains, Resultant};

/// Phase (0 to 2 pi) between a cell's own spikes, in one train sorted by time, at time `at` (s).
///
/// `None` before the first spike and from the last one on, where no interval holds the moment.
#[must_use]
pub fn spike_phase(train: &[f64], at: f64) -> Option<f64> {
    let after = train.partition_point(|&time| time <= at);
    let (&before, &next) = (train.get(after.checked_sub(1)?)?, train.get(after)?);
    Some(TAU * (at - before) / (next - before))
}

/// Order parameter of the cells' phases between their own spikes at each of the times `at` (s), 0 to 1, `[time]`.
///
/// Only cells that have fired and will fire again count; `None` at a time where fewer than two do. Spikes are sorted by time.
#[must_use]
pub fn phase_order(
    times: &[f64],
    cells: &[u32],
    recorded: Range<u32>,
    at: &[f64],
) -> Vec<Option<f64>> {
    let trains = CellTrains::of(times, cells, recorded);
    at.iter()
        .map(|&moment| {
            order_of_phases(trains.iter().filter_map(|train| spike_phase(train, moment)))
        })
        .collect()
}

/// Order parameter of some phases (radians), 0 to 1; `None` of fewer than two.
#[must_use]
pub fn order_of_phases(phases: impl IntoIterator<Item = f64>) -> Option<f64> {
    Resultant::of(phases)
        .filter(|resultant| resultant.count > 1)
        .map(|resultant| resultant.length)
}

/// Order parameter against time of phases (radians) sampled together, `[cell][time]` to `[time]`.
///
/// `None` of fewer than two traces or of traces of unlike lengths.
#[must_use]
pub fn order_of_phase_traces<Trace: AsRef<[f64]>>(traces: &[Trace]) -> Option<Vec<f64>> {
    let length = traces.first()?.as_ref().len();
    if traces.len() < 2 || traces.iter().any(|trace| trace.as_ref().len() != length) {
        return None;
    }
    (0..length)
        .map(|time| order_of_phases(traces.iter().map(|trace| trace.as_ref()[time])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clocks of period 1 s, each with its own first spike, until `until` (s): times and cells sorted by time.
    fn clocks(first: &[f64], until: u32) -> (Vec<f64>, Vec<u32>) {
        let mut spikes: Vec<(f64, u32)> = (0u32..)
            .zip(first)
            .flat_map(|(cell, first)| (0..until).map(move |beat| (first + f64::from(beat), cell)))
            .collect();
        spikes.sort_by(|first, second| first.0.total_cmp(&second.0));
        spikes.into_iter().unzip()
    }

    #[test]
    fn clocks_in_step_have_one_and_spread_clocks_none() {
        let (times, cells) = clocks(&[0.25; 6], 4);
        let order = phase_order(&times, &cells, 0..6, &[0.5, 1.25, 2.9]);
        assert!(
            order
                .iter()
                .all(|order| (order.unwrap() - 1.0).abs() < 1e-12)
        );
        let (times, cells) = clocks(&[0.0, 0.2, 0.4, 0.6, 0.8], 4);
        let order = phase_order(&times, &cells, 0..5, &[0.9, 1.5]);
        assert!(order.iter().all(|order| order.unwrap() < 1e-12));
    }

    #[test]
    fn two_clocks_have_the_cosine_of_half_their_distance() {
        let (times, cells) = clocks(&[0.0, 0.3], 4);
        let order = phase_order(&times, &cells, 0..2, &[0.5, 1.7]);
        let expected = (std::f64::consts::PI * 0.3).cos();
        assert!(
            order
                .iter()
                .all(|order| (order.unwrap() - expected).abs() < 1e-12)
        );
    }

    #[test]
    fn only_cells_between_two_spikes_count() {
        let (times, cells) = clocks(&[0.0, 0.3], 3);
        // Recorded cells without spikes do not count; before 0.3 and from 2.0 on only one cell has a phase.
        let order = phase_order(&times, &cells, 0..9, &[0.1, 0.3, 1.999, 2.0, 2.2, 5.0]);
        let known: Vec<bool> = order.iter().map(Option::is_some).collect();
        assert_eq!(known, [false, true, true, false, false, false]);
        assert_eq!(spike_phase(&[1.0, 3.0], 1.5), Some(TAU / 4.0));
        assert_eq!(spike_phase(&[], 1.5), None);
    }

    #[test]
    fn traces_of_phases_have_their_order_at_each_time() {
        let turning: Vec<Vec<f64>> = (0..3)
            .map(|cell| {
                (0..10)
                    .map(|time| f64::from(cell) * TAU * f64::from(time) / 30.0)
                    .collect()
            })
            .collect();
        let order = order_of_phase_traces(&turning).unwrap();
        for (time, order) in order.into_iter().enumerate() {
            // |1 + e^(ia) + e^(2ia)|/3 = |1 + 2 cos a|/3.
            let expected = (1.0 + 2.0 * (TAU * time as f64 / 30.0).cos()).abs() / 3.0;
            assert!((order - expected).abs() < 1e-12);
        }
        assert_eq!(order_of_phase_traces(&[[0.0, 1.0]]), None);
    }
}
