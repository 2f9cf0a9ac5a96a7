//! Measures of spike trains, cell by cell: rates, intervals.

use oscine_analysis::{Intervals, variation_of_intervals, windowed_rates};
use oscine_equations::Dimension;

use super::{Carry, Fields, Kind, Settings, Window, Wrong, by_cell, of_spikes};

/// Intervals that a coefficient of variation needs at least.
const FEWEST_INTERVALS: usize = 2;

pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "firing-rate",
        gives: "spikes a second of each cell, Hz; of ten or more, an interval that the window cuts counts by its part",
        read: rate,
    },
    Kind {
        name: "interval-cv",
        gives: "deviation over mean of the intervals of each cell; no number of cells with fewer than three spikes",
        read: interval_cv,
    },
];

fn main(array: crate::array::Array) -> Fields {
    vec![(String::new(), array)]
}

fn rate(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = Window::read(settings)?;
    let whole = Window::whole();
    Ok(of_spikes("firing-rate", of, whole, move |trains| {
        let within = window.of(trains.from..trains.until);
        let rates = windowed_rates(&trains.times, &trains.indices, trains.cells.clone(), within);
        Ok(main(by_cell(trains, Dimension::HERTZ, rates)))
    }))
}

fn interval_cv(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = Window::read(settings)?;
    Ok(of_spikes("interval-cv", of, window, |trains| {
        let intervals = Intervals::between(&trains.times, &trains.indices, trains.cells.clone());
        let values = variation_of_intervals(&intervals, FEWEST_INTERVALS)
            .into_iter()
            .map(|value| value.unwrap_or(f64::NAN))
            .collect();
        Ok(main(by_cell(trains, Dimension::DIMENSIONLESS, values)))
    }))
}
