//! Measures of spike trains, cell by cell: firing rates, interspike intervals, spike counts, latencies.

use oscine_analysis::{
    Histogram, Intervals, cv2, deviation, fano_factors, local_variation, mean, serial_correlation,
    variation_of_intervals, windowed_rates,
};
use oscine_equations::Dimension;

use super::{
    Carry, MeasureKind, OUTSIDE, Of, Settings, TimeWindow, Wrong, by_cell, field, main, of_spikes,
};
use crate::formula::array::{ArrayAxis, NamedArray};
use crate::simulations::recordings::RecordedSpikes;

/// Intervals that a coefficient of variation needs at least.
const FEWEST_INTERVALS: usize = 2;

/// The most bins that a histogram may have.
const MOST_BINS: f64 = 1e5;

pub(super) const KINDS: &[MeasureKind] = &[
    MeasureKind {
        name: "firing-rate",
        of: Of::Spikes,
        gives: "spikes a second of each cell, Hz; of ten or more, an interval that the window cuts counts by its part",
        read: rate,
    },
    MeasureKind {
        name: "spike-count",
        of: Of::Spikes,
        gives: "spikes of each cell",
        read: count,
    },
    MeasureKind {
        name: "interval-cv",
        of: Of::Spikes,
        gives: "deviation over mean of the intervals of each cell; no number of cells with fewer than three spikes",
        read: interval_cv,
    },
    MeasureKind {
        name: "interval-mean",
        of: Of::Spikes,
        gives: "mean interval of each cell, s",
        read: |settings, of| of_intervals("interval-mean", settings, of, Dimension::SECOND, mean),
    },
    MeasureKind {
        name: "interval-deviation",
        of: Of::Spikes,
        gives: "standard deviation of the intervals of each cell, s",
        read: |settings, of| {
            of_intervals(
                "interval-deviation",
                settings,
                of,
                Dimension::SECOND,
                deviation,
            )
        },
    },
    MeasureKind {
        name: "interval-histogram",
        of: Of::Spikes,
        gives: "of the intervals of all cells, the part in each `bin` up to `longest`, by interval; `longer`, the part beyond",
        read: interval_histogram,
    },
    MeasureKind {
        name: "cv2",
        of: Of::Spikes,
        gives: "mean of 2|a - b|/(a + b) over neighbouring intervals of each cell (Holt et al. 1996)",
        read: |settings, of| of_intervals("cv2", settings, of, PLAIN, cv2),
    },
    MeasureKind {
        name: "local-variation",
        of: Of::Spikes,
        gives: "mean of 3(a - b)²/(a + b)² over neighbouring intervals of each cell (Shinomoto et al. 2003)",
        read: |settings, of| of_intervals("local-variation", settings, of, PLAIN, local_variation),
    },
    MeasureKind {
        name: "serial-correlation",
        of: Of::Spikes,
        gives: "correlation of an interval with the next, of each cell",
        read: |settings, of| {
            of_intervals("serial-correlation", settings, of, PLAIN, |intervals| {
                serial_correlation(intervals, 1)
            })
        },
    },
    MeasureKind {
        name: "fano-factor",
        of: Of::Spikes,
        gives: "variance over mean of each cell's counts in windows (`window`)",
        read: fano,
    },
    MeasureKind {
        name: "latency",
        of: Of::Spikes,
        gives: "from `from` to the first spike of each cell, s; no number of a cell that stays silent",
        read: latency,
    },
];

const PLAIN: Dimension = Dimension::DIMENSIONLESS;

fn rate(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    // Spikes beyond the window say how much of an interval lies in it.
    Ok(of_spikes(
        "firing-rate",
        of,
        TimeWindow::whole(),
        move |trains| {
            let within = window.of(trains.from..trains.until);
            if within.is_empty() {
                return Err(OUTSIDE.into());
            }
            let rates =
                windowed_rates(&trains.times, &trains.indices, trains.cells.clone(), within);
            Ok(main(by_cell(trains, Dimension::HERTZ, rates)))
        },
    ))
}

fn count(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    Ok(of_spikes("spike-count", of, window, |trains| {
        let counts = per_cell(trains, |train| train.len() as f64);
        Ok(main(by_cell(trains, PLAIN, counts)))
    }))
}

fn interval_cv(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    Ok(of_spikes("interval-cv", of, window, |trains| {
        let intervals = Intervals::between(&trains.times, &trains.indices, trains.cells.clone());
        let values = variation_of_intervals(&intervals, FEWEST_INTERVALS)
            .into_iter()
            .map(|value| value.unwrap_or(f64::NAN))
            .collect();
        Ok(main(by_cell(trains, PLAIN, values)))
    }))
}

fn interval_histogram(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let bin = settings.needed_positive("bin", Dimension::SECOND, "\"5 ms\"")?;
    let longest = settings.needed_positive("longest", Dimension::SECOND, "\"1 s\"")?;
    let bins = (longest / bin).round();
    if !(1.0..=MOST_BINS).contains(&bins) {
        return Err(settings.wrong(
            "bin",
            "should be shorter than `longest`, and a hundred-thousandth of it at least",
        ));
    }
    let edges: Vec<f64> = (0..=bins as usize).map(|edge| edge as f64 * bin).collect();
    Ok(of_spikes("interval-histogram", of, window, move |trains| {
        let intervals = Intervals::between(&trains.times, &trains.indices, trains.cells.clone());
        let count = intervals.all().len() as f64;
        if count == 0.0 {
            return Err("there are no intervals".into());
        }
        let found = Histogram::with_edges(intervals.all(), edges.clone());
        let middles = edges.windows(2).map(|edges| 0.5 * (edges[0] + edges[1]));
        let axis = ArrayAxis::within("interval", Dimension::SECOND, middles.collect());
        let parts = found.counts.iter().map(|&counted| counted as f64 / count);
        Ok(vec![
            field("", NamedArray::along(axis, PLAIN, parts.collect())),
            field(
                "longer",
                NamedArray::number(found.above as f64 / count, PLAIN),
            ),
        ])
    }))
}

/// A statistic of each cell's interspike intervals; NaN where there are too few.
fn of_intervals(
    what: &'static str,
    settings: &Settings,
    of: &[String],
    dimension: Dimension,
    number: fn(&[f64]) -> Option<f64>,
) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    Ok(of_spikes(what, of, window, move |trains| {
        let intervals = Intervals::between(&trains.times, &trains.indices, trains.cells.clone());
        let values = (0..intervals.cell_count())
            .map(|cell| number(intervals.of(cell)).unwrap_or(f64::NAN))
            .collect();
        Ok(main(by_cell(trains, dimension, values)))
    }))
}

fn fano(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let width = settings.needed_positive("window", Dimension::SECOND, "\"100 ms\"")?;
    Ok(of_spikes("fano-factor", of, window, move |trains| {
        let cells = trains.cells.clone();
        let factors = fano_factors(
            &trains.times,
            &trains.indices,
            cells,
            trains.from,
            trains.until,
            width,
        )
        .into_iter()
        .map(|factor| factor.unwrap_or(f64::NAN))
        .collect();
        Ok(main(by_cell(trains, PLAIN, factors)))
    }))
}

fn latency(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    Ok(of_spikes("latency", of, window, |trains| {
        let waits = per_cell(trains, |train| {
            train.first().map_or(f64::NAN, |first| first - trains.from)
        });
        Ok(main(by_cell(trains, Dimension::SECOND, waits)))
    }))
}

fn per_cell(trains: &RecordedSpikes, number: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    oscine_analysis::CellTrains::of(&trains.times, &trains.indices, trains.cells.clone())
        .iter()
        .map(number)
        .collect()
}
