//! What the spikes of one record amount to: rates, irregularity, synchrony, spectrum. Each in time linear in the number of spikes.

use oscine_analysis::{
    Intervals, Spectrum, count_synchrony, deviation, firing_rates, mean, population_rate, spectrum,
    step_near, variation_of_intervals,
};

use crate::SpikeRecord;

/// A cell needs this many intervals before their variation says anything.
pub(crate) const LEAST_INTERVALS: usize = 3;

/// Bins of synchrony, s: about a membrane's memory.
pub(crate) const SYNCHRONY_BIN: f64 = 5e-3;

/// The rates of a record's cells and how irregular they are; enough for the terminal.
pub(crate) struct Activity {
    /// Spikes in all.
    pub spikes: usize,
    /// Cells that were recorded.
    pub cells: usize,
    /// Cells that never fired.
    pub silent: usize,
    /// Rate of each cell, Hz, `[cell]`.
    pub rates: Vec<f64>,
    /// Mean rate over cells, Hz.
    pub mean_rate: f64,
    /// Deviation of the rates over cells, Hz.
    pub rate_deviation: f64,
    /// The intervals.
    pub intervals: Intervals,
    /// Coefficient of variation of each cell with enough intervals.
    pub variations: Vec<f64>,
    /// The mean of them.
    pub mean_variation: Option<f64>,
}

impl Activity {
    pub(crate) fn of(record: &SpikeRecord) -> Self {
        let rates = firing_rates(&record.cells, record.recorded.clone(), record.span());
        let intervals = Intervals::between(&record.times, &record.cells, record.recorded.clone());
        let variations: Vec<f64> = variation_of_intervals(&intervals, LEAST_INTERVALS)
            .into_iter()
            .flatten()
            .collect();
        Self {
            spikes: record.times.len(),
            cells: record.recorded.len(),
            silent: rates.iter().filter(|&&rate| rate == 0.0).count(),
            mean_rate: mean(&rates).unwrap_or(0.0),
            rate_deviation: deviation(&rates).unwrap_or(0.0),
            rates,
            intervals,
            mean_variation: mean(&variations),
            variations,
        }
    }
}

/// The synchrony of a record: 1 of independent cells; `None` of a single cell, of silence and of what is too short.
pub(crate) fn synchrony(record: &SpikeRecord) -> Option<f64> {
    if record.recorded.len() < 2 || record.span() < 20.0 * SYNCHRONY_BIN {
        return None;
    }
    count_synchrony(
        &record.times,
        &record.cells,
        record.recorded.clone(),
        record.from,
        record.until,
        SYNCHRONY_BIN,
    )
}

/// Rate of the population against time, in bins chosen so that a bin holds some spikes and the page stays small.
pub(crate) struct RateInTime {
    /// Width of a bin, s.
    pub bin: f64,
    /// Mean rate of a cell in each bin, Hz.
    pub rate: Vec<f64>,
}

/// Rate against time with about `bins` bins at most.
pub(crate) fn rate_in_time(record: &SpikeRecord, dt: f64, bins: usize) -> RateInTime {
    const SPIKES_IN_A_BIN: f64 = 12.0;
    const COARSEST: f64 = 1.0 / 50.0;
    let span = record.span();
    let by_spikes = span * SPIKES_IN_A_BIN / record.times.len().max(1) as f64;
    let wanted = by_spikes
        .max(1e-3)
        .min(span * COARSEST)
        .max(span / bins as f64);
    let bin = whole_steps(step_near(wanted), dt);
    RateInTime {
        bin,
        rate: population_rate(
            &record.times,
            record.recorded.len(),
            record.from,
            record.until,
            bin,
        ),
    }
}

/// Spectrum of the population's rate (Hz²/Hz), from bins of 1 ms where the recording is not too long for that.
pub(crate) fn rate_spectrum(record: &SpikeRecord, dt: f64) -> Option<Spectrum> {
    const MOST_BINS: f64 = (1u32 << 20) as f64;
    const LEAST_SEGMENTS: usize = 8;
    if record.times.is_empty() {
        return None;
    }
    let bin = whole_steps(1e-3f64.max(step_near(record.span() / MOST_BINS)), dt);
    let rate = population_rate(
        &record.times,
        record.recorded.len(),
        record.from,
        record.until,
        bin,
    );
    let segment = (rate.len() * 2 / (LEAST_SEGMENTS + 1)).clamp(64, 4096);
    let power_of_two = 1usize << segment.ilog2();
    spectrum(&rate, bin, power_of_two).filter(|spectrum| spectrum.segments > 1)
}

/// A bin of a whole number of time steps, so that no bin holds more steps than its neighbour.
fn whole_steps(bin: f64, dt: f64) -> f64 {
    if dt > 0.0 {
        (bin / dt).round().max(1.0) * dt
    } else {
        bin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(cells: u32, period: f64, until: f64) -> SpikeRecord {
        let beats = (until / period) as u32;
        SpikeRecord {
            recorded: 0..cells + 1,
            until,
            times: (0..beats)
                .flat_map(|beat| vec![f64::from(beat) * period; cells as usize])
                .collect(),
            cells: (0..beats).flat_map(|_| 0..cells).collect(),
            ..SpikeRecord::default()
        }
    }

    #[test]
    fn a_clock_has_its_rate_no_variation_and_full_synchrony() {
        let record = clock(9, 0.025, 4.0);
        let activity = Activity::of(&record);
        assert!((activity.rates[0] - 40.0).abs() < 1e-9);
        assert!((activity.mean_rate - 36.0).abs() < 1e-9);
        assert_eq!(
            (activity.spikes, activity.cells, activity.silent),
            (9 * 160, 10, 1)
        );
        assert!(activity.mean_variation.unwrap() < 1e-9);
        assert!((synchrony(&record).unwrap() - 9.0).abs() < 1e-6);
        let spectrum = rate_spectrum(&record, 1e-4).unwrap();
        let peak = spectrum.peak().unwrap().0;
        assert!((peak / 40.0 - (peak / 40.0).round()).abs() < 0.1, "{peak}");
    }

    #[test]
    fn bins_are_whole_steps_and_hold_the_rate() {
        let record = clock(100, 0.01, 3.0);
        let rate = rate_in_time(&record, 3e-4, 2000);
        assert!((rate.bin / 3e-4 - (rate.bin / 3e-4).round()).abs() < 1e-9);
        assert!((mean(&rate.rate).unwrap() - 100.0 * 100.0 / 101.0).abs() < 2.0);
    }

    #[test]
    fn silence_is_not_an_error() {
        let record = SpikeRecord {
            recorded: 0..5,
            until: 1.0,
            ..SpikeRecord::default()
        };
        let activity = Activity::of(&record);
        assert_eq!(
            (activity.spikes, activity.silent, activity.mean_variation),
            (0, 5, None)
        );
        assert!(synchrony(&record).is_none() && rate_spectrum(&record, 1e-4).is_none());
        assert!(
            rate_in_time(&record, 1e-4, 2000)
                .rate
                .iter()
                .all(|&rate| rate == 0.0)
        );
    }
}
