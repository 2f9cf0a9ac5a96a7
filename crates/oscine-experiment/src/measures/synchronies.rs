//! Measures of synchrony: order of the cells' phases, rhythm of the population, phase locking.

use oscine_analysis::{
    count_synchrony, order_of_phase_traces, phase_order, population_rhythm, trace_synchrony,
};
use oscine_equations::Dimension;

use super::{
    Carry, MeasureKind, Of, Selected, Settings, TimeWindow, Wrong, each, main, number, of_spikes,
    selected,
};
use crate::formula::array::{ArrayAxis, NamedArray};

pub(super) const KINDS: &[MeasureKind] = &[
    MeasureKind {
        name: "synchrony",
        of: Of::Either,
        gives: "order parameter (0 to 1) of the cells' phases against time: of phases between a cell's own spikes, or of traces that are angles",
        read: synchrony,
    },
    MeasureKind {
        name: "population-synchrony",
        of: Of::Either,
        gives: "deviation of the population's mean over that of its cells, 0 to 1: of counts in bins (`bin`, 1 ms), or of traces",
        read: population_synchrony,
    },
    MeasureKind {
        name: "population-rhythm",
        of: Of::Spikes,
        gives: "frequency at which the population's rate has its peak, between `above` and `below`; `power` over the background beside it, `significance`, `width`",
        read: rhythm,
    },
    MeasureKind {
        name: "vector-strength",
        of: Of::Spikes,
        gives: "how sharply each cell's spikes hold a phase of `frequency`, or of the rhythm of the trace `with` (in a `band`), 0 to 1; `phase`, `significance` (Rayleigh)",
        read: super::locking::of_spikes,
    },
    MeasureKind {
        name: "phase-locking",
        of: Of::Traces,
        gives: "how steadily two traces keep their difference of phase (in a `band` of frequencies), 0 to 1; `phase`",
        read: super::locking::of_two_traces,
    },
];

const PLAIN: Dimension = Dimension::DIMENSIONLESS;
/// The number of times at which the order parameter is taken where the file does not say.
const TIMES: usize = 200;

fn synchrony(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let every = settings.positive("every", Dimension::SECOND, "\"10 ms\"")?;
    let of = of.to_vec();
    Ok(Box::new(move |run| {
        each(selected(run, &of)?, |one| {
            let (times, order) = match one {
                Selected::Spikes(trains) => {
                    let span = window.of(trains.from..trains.until);
                    let step = every.unwrap_or((span.end - span.start) / TIMES as f64);
                    let count = ((span.end - span.start) / step + 1e-9).floor() as usize;
                    let times: Vec<f64> = (0..=count)
                        .map(|at| span.start + at as f64 * step)
                        .collect();
                    let order =
                        phase_order(&trains.times, &trains.indices, trains.cells.clone(), &times);
                    (
                        times,
                        order
                            .into_iter()
                            .map(|order| order.unwrap_or(f64::NAN))
                            .collect(),
                    )
                }
                Selected::Trace(traces, place) => {
                    let traces = window.of_traces(traces);
                    let order = order_of_phase_traces(&traces.variables[*place].series)
                        .ok_or("there are no traces of equal length")?;
                    (traces.times.to_vec(), order)
                }
            };
            let axis = ArrayAxis::within("time", Dimension::SECOND, times);
            Ok(main(NamedArray::along(axis, PLAIN, order)))
        })
    }))
}

fn population_synchrony(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let bin = settings
        .positive("bin", Dimension::SECOND, "\"1 ms\"")?
        .unwrap_or(1e-3);
    let of = of.to_vec();
    Ok(Box::new(move |run| {
        each(selected(run, &of)?, |one| {
            let chi = match one {
                Selected::Spikes(trains) => {
                    let span = window.of(trains.from..trains.until);
                    let cells = trains.cells.clone();
                    // Of counts it is 1 of independent cells and N of N alike; its root over that of N is chi.
                    let count = cells.len() as f64;
                    let ratio = count_synchrony(
                        &trains.times,
                        &trains.indices,
                        cells,
                        span.start,
                        span.end,
                        bin,
                    );
                    ratio.map(|ratio| (ratio / count).sqrt())
                }
                Selected::Trace(traces, place) => {
                    trace_synchrony(&window.of_traces(traces).variables[*place].series)
                }
            };
            Ok(vec![number("", chi.unwrap_or(f64::NAN), PLAIN)])
        })
    }))
}

fn rhythm(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let above = settings
        .positive("above", Dimension::HERTZ, "\"5 Hz\"")?
        .unwrap_or(1.0);
    let below = settings
        .positive("below", Dimension::HERTZ, "\"300 Hz\"")?
        .unwrap_or(500.0);
    if above >= below {
        return Err(settings.wrong("below", "should be above `above`"));
    }
    Ok(of_spikes("population-rhythm", of, window, move |trains| {
        let found = population_rhythm(&trains.times, trains.from, trains.until, above, below);
        let found = found.ok_or(
            "there are too few spikes, or the recording is too short for these frequencies",
        )?;
        Ok(vec![
            number("", found.frequency, Dimension::HERTZ),
            number("power", found.over_background, PLAIN),
            number("significance", found.significance, PLAIN),
            number("width", found.width.unwrap_or(f64::NAN), Dimension::HERTZ),
        ])
    }))
}
