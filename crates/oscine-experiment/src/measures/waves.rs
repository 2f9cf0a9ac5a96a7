//! Measures of traces in time: period, duty cycle, share above a level, correlations, recurrence.

use oscine_analysis::{
    CellTrains, auto_correlogram, autocorrelation, closest_returns, cross_correlation,
    cross_correlogram, duty_cycle, period, share_above,
};
use oscine_equations::Dimension;

use super::{
    Carry, MeasureKind, Of, Selected, Settings, TimeWindow, Wrong, by_element, each, field, middle,
    number, of_traces, pair, selected, stacked_lines,
};
use crate::formula::array::{ArrayAxis, NamedArray};

pub(super) const KINDS: &[MeasureKind] = &[
    MeasureKind {
        name: "period",
        of: Of::Traces,
        gives: "mean time between upward crossings of `threshold` (the middle of the range) in each trace; `deviation`, `duty` (part of it above)",
        read: period_of,
    },
    MeasureKind {
        name: "share-above",
        of: Of::Traces,
        gives: "part of the time that each trace spends above `threshold`",
        read: share,
    },
    MeasureKind {
        name: "autocorrelation",
        of: Of::Either,
        gives: "of each trace, or of a cell's spikes, by lag up to `longest`; of spikes 1 is chance",
        read: autocorrelations,
    },
    MeasureKind {
        name: "cross-correlation",
        of: Of::Either,
        gives: "of two traces or two spike trains by lag up to `longest`; of spikes 1 is chance",
        read: cross_correlations,
    },
    MeasureKind {
        name: "recurrence",
        of: Of::Traces,
        gives: "how near an orbit (all variables of a record, one cell) comes back to a point of itself, by the time since; as a part of its size; `nearest`",
        read: recurrence,
    },
];

const PLAIN: Dimension = Dimension::DIMENSIONLESS;

/// `threshold`, with any dimension; checked against the trace's when it is measured.
fn threshold(settings: &Settings) -> Result<Option<oscine_equations::Quantity>, Wrong> {
    settings.any_quantity("threshold", "\"-50 mV\"")
}

fn level(
    threshold: Option<oscine_equations::Quantity>,
    dimension: Dimension,
    series: &[f64],
) -> Result<f64, String> {
    match threshold {
        None => Ok(middle(series)),
        Some(threshold) if threshold.dimension == dimension || threshold.value == 0.0 => {
            Ok(threshold.value)
        }
        Some(threshold) => Err(format!(
            "`threshold` should be {dimension} as the trace is, and this is {}",
            threshold.dimension
        )),
    }
}

fn period_of(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let threshold = threshold(settings)?;
    Ok(of_traces("period", of, window, move |_, traces, place| {
        let step = traces.step().ok_or("there are too few samples")?;
        let variable = &traces.variables[place];
        let (mut means, mut deviations, mut duties) = (Vec::new(), Vec::new(), Vec::new());
        for series in &variable.series {
            let level = level(threshold, variable.dimension, series)?;
            let found = period(series, step, level);
            means.push(found.as_ref().map_or(f64::NAN, |found| found.mean));
            deviations.push(found.as_ref().map_or(f64::NAN, |found| found.deviation));
            duties.push(duty_cycle(series, step, level).unwrap_or(f64::NAN));
        }
        Ok(vec![
            field("", by_element(traces, Dimension::SECOND, means)),
            field(
                "deviation",
                by_element(traces, Dimension::SECOND, deviations),
            ),
            field("duty", by_element(traces, PLAIN, duties)),
        ])
    }))
}

fn share(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let threshold = threshold(settings)?;
    if threshold.is_none() {
        return Err(settings
            .wrong("threshold", "is missing")
            .help("as in `threshold = \"-50 mV\"`"));
    }
    Ok(of_traces(
        "share-above",
        of,
        window,
        move |_, traces, place| {
            let variable = &traces.variables[place];
            let shares = variable.series.iter().map(|series| {
                let level = level(threshold, variable.dimension, series)?;
                Ok(share_above(series, level).unwrap_or(f64::NAN))
            });
            let shares = shares.collect::<Result<Vec<f64>, String>>()?;
            Ok(vec![field("", by_element(traces, PLAIN, shares))])
        },
    ))
}

/// The longest lag of correlations, and the bin in which spikes are counted, s.
fn reach(settings: &Settings) -> Result<(f64, f64), Wrong> {
    let longest = settings
        .quantity("longest", Dimension::SECOND, "\"100 ms\"")?
        .unwrap_or(0.1);
    let bin = settings
        .quantity("bin", Dimension::SECOND, "\"1 ms\"")?
        .unwrap_or(1e-3);
    match longest > bin && bin > 0.0 {
        true => Ok((longest, bin)),
        false => Err(settings.wrong("longest", "should be longer than `bin`, and both above 0")),
    }
}

fn autocorrelations(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let (longest, bin) = reach(settings)?;
    let of = of.to_vec();
    Ok(Box::new(move |run| {
        each(selected(run, &of)?, |one| match one {
            Selected::Spikes(trains) => {
                let trains = trains.between(window.from, window.until);
                let cells = CellTrains::of(&trains.times, &trains.indices, trains.cells.clone());
                let mut sum: Vec<f64> = Vec::new();
                let (mut lags, mut counted) = (Vec::new(), 0.0);
                for train in cells.iter() {
                    let found = auto_correlogram(train, trains.from, trains.until, bin, longest);
                    let Some(found) = found else { continue };
                    let values = found.normalised();
                    if values.iter().any(|value| !value.is_finite()) {
                        continue;
                    }
                    sum.resize(values.len(), 0.0);
                    sum.iter_mut()
                        .zip(values)
                        .for_each(|(sum, value)| *sum += value);
                    lags = found.lags;
                    counted += 1.0;
                }
                if counted == 0.0 {
                    return Err("there are too few spikes".into());
                }
                sum.iter_mut().for_each(|value| *value /= counted);
                let axis = ArrayAxis::within("lag", Dimension::SECOND, lags);
                Ok(vec![field("", NamedArray::along(axis, PLAIN, sum))])
            }
            Selected::Trace(traces, place) => {
                let traces = window.of_traces(traces);
                let step = traces.step().ok_or("there are too few samples")?;
                let reach = (longest / step).round() as usize;
                let mut lines = Vec::new();
                for series in &traces.variables[*place].series {
                    lines.push(
                        autocorrelation(series, reach)
                            .ok_or("a trace stands still, or is too short")?,
                    );
                }
                let lags = (0..lines.first().map_or(0, Vec::len))
                    .map(|lag| lag as f64 * step)
                    .collect();
                let axis = ArrayAxis::within("lag", Dimension::SECOND, lags);
                Ok(vec![field("", stacked_lines(&traces, axis, PLAIN, lines))])
            }
        })
    }))
}

fn cross_correlations(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let (longest, bin) = reach(settings)?;
    let of = of.to_vec();
    Ok(Box::new(move |run| {
        let [first, second] = pair("cross-correlation", selected(run, &of)?)?;
        let (lags, values) = match (&first, &second) {
            (Selected::Spikes(first), Selected::Spikes(second)) => {
                let first = first.between(window.from, window.until);
                let second = second.between(window.from, window.until);
                let found = cross_correlogram(
                    &first.times,
                    &second.times,
                    first.from,
                    first.until,
                    bin,
                    longest,
                )
                .ok_or("there are too few spikes")?;
                (found.lags.clone(), found.normalised())
            }
            _ => {
                let (first, second) = (first.trace(window)?, second.trace(window)?);
                second.alongside(first.from, first.step, first.values.len())?;
                let reach = (longest / first.step).round() as usize;
                let values = cross_correlation(&first.values, &second.values, reach)
                    .ok_or("the two traces are not equally long, or one stands still")?;
                let zero = (values.len() / 2) as f64;
                let lags = (0..values.len())
                    .map(|at| (at as f64 - zero) * first.step)
                    .collect();
                (lags, values)
            }
        };
        let axis = ArrayAxis::within("lag", Dimension::SECOND, lags);
        Ok(vec![field("", NamedArray::along(axis, PLAIN, values))])
    }))
}

fn recurrence(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let after = settings.needed_positive("after", Dimension::SECOND, "\"1 s\"")?;
    let within = settings.needed("within", Dimension::SECOND, "\"20 s\"")?;
    if after >= within {
        return Err(settings.wrong("within", "should be longer than `after`"));
    }
    let of = of.to_vec();
    Ok(Box::new(move |run| {
        let found = selected(run, &of)?;
        let Some((_, Selected::Trace(traces, _))) = found.first() else {
            return Err("a recurrence is of traces".into());
        };
        let traces = window.of_traces(traces);
        let step = traces.step().ok_or("there are too few samples")?;
        // Each variable by its own range, so that none outweighs the others.
        let scaled: Vec<Vec<f64>> = traces
            .variables
            .iter()
            .filter_map(|variable| variable.series.first())
            .map(|series| {
                let (low, high) = series
                    .iter()
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                        (low.min(*value), high.max(*value))
                    });
                let size = if high > low { high - low } else { 1.0 };
                series.iter().map(|value| (value - low) / size).collect()
            })
            .collect();
        let orbit: Vec<Vec<f64>> = (0..traces.times.len())
            .map(|at| scaled.iter().map(|series| series[at]).collect())
            .collect();
        let returns = closest_returns(&orbit, step, after, within)
            .ok_or("the recording is shorter than `within`")?;
        let size = if returns.size > 0.0 {
            returns.size
        } else {
            1.0
        };
        let distances: Vec<f64> = returns
            .distances
            .iter()
            .map(|distance| distance / size)
            .collect();
        let nearest = returns.nearest();
        let axis = ArrayAxis::within("elapsed", Dimension::SECOND, returns.elapsed.clone());
        Ok(vec![
            field("", NamedArray::along(axis, PLAIN, distances)),
            number(
                "nearest",
                nearest.map_or(f64::NAN, |(_, distance)| distance / size),
                PLAIN,
            ),
            number(
                "elapsed",
                nearest.map_or(f64::NAN, |(elapsed, _)| elapsed),
                Dimension::SECOND,
            ),
        ])
    }))
}
