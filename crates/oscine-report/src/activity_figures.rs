//! The figures of activity: rates, intervals, their variation, and the spectrum.

use oscine_analysis::{Histogram, Spectrum, quantile, sensible_edges};

use crate::activity::{Activity, rate_spectrum};
use crate::quantity::{count, number, quantity, range};
use crate::{Figure, FigureAxis, Mark, SpikeRecord};

/// Intervals beyond this share are counted, not drawn: a few long silences would squeeze the rest.
const INTERVALS_DRAWN: f64 = 0.99;

/// Distributions over more records than this are not told apart by colour.
const MOST_TOGETHER: usize = 8;

/// Values of a spectrum to a decade of frequency; finer ones are averaged.
const VALUES_IN_A_DECADE: f64 = 60.0;

type RecordedActivity<'a> = (&'a SpikeRecord, &'a Activity);

/// The figures of some records and what was made of them, those that have something to show.
pub(crate) fn figures(records: &[SpikeRecord], activities: &[Activity], dt: f64) -> Vec<Figure> {
    let fired: Vec<RecordedActivity> = records
        .iter()
        .zip(activities)
        .filter(|(_, activity)| activity.spikes > 0)
        .collect();
    let all = &fired[..fired.len().min(MOST_TOGETHER)];
    let mut figures = Vec::new();
    figures.extend(rates(all));
    figures.extend(intervals(all));
    figures.extend(variations(all));
    figures.extend(spectra(all, dt));
    if fired.len() > all.len() {
        for figure in &mut figures {
            figure.caption.push_str(&format!(
                " The first {} of {} records are drawn.",
                all.len(),
                fired.len()
            ));
        }
    }
    figures
}

/// One record as bars of counts; several as outlines of shares over the same bins, so that they can be compared.
fn distributions(
    title: &str,
    x: FigureAxis,
    noun: &str,
    sets: &[(&str, &[f64])],
    until: f64,
) -> Option<Figure> {
    let sets: Vec<_> = sets
        .iter()
        .filter(|(_, values)| !values.is_empty())
        .collect();
    if let [(name, values)] = sets.as_slice() {
        let histogram = Histogram::within(values, f64::NEG_INFINITY, until);
        return Some(
            Figure::new(title, x, FigureAxis::new(noun, "")).with_histogram(
                *name,
                Mark::Bars,
                &histogram,
            ),
        );
    }
    let together: Vec<f64> = sets
        .iter()
        .flat_map(|(_, values)| values.iter().copied())
        .filter(|&value| value <= until)
        .collect();
    let edges = sensible_edges(&together)?;
    let mut figure = Figure::new(title, x, FigureAxis::new(format!("share of {noun}"), "%"));
    for (name, values) in sets {
        let counts = Histogram::with_edges(values, edges.clone()).counts;
        let each = 100.0 / values.len() as f64;
        figure = figure.with(
            *name,
            Mark::Steps,
            edges.clone(),
            counts.iter().map(|&count| count as f64 * each).collect(),
        );
    }
    (!figure.panels[0].series.is_empty()).then_some(figure)
}

fn rates(all: &[RecordedActivity]) -> Option<Figure> {
    let many: Vec<_> = all
        .iter()
        .filter(|(_, activity)| activity.cells > 1)
        .collect();
    let sets: Vec<_> = many
        .iter()
        .map(|(record, activity)| (record.name.as_str(), activity.rates.as_slice()))
        .collect();
    let figure = distributions(
        "Firing rates",
        FigureAxis::new("rate of a cell", "Hz"),
        "cells",
        &sets,
        f64::INFINITY,
    )?;
    let said = sets.iter().filter_map(|(name, rates)| {
        let (low, high) = (quantile(rates, 0.05)?, quantile(rates, 0.95)?);
        Some(format!(
            "{name}: nine cells in ten fire at {}.",
            range(low, high, "Hz")
        ))
    });
    let said = said.collect::<Vec<_>>().join(" ");
    Some(figure.caption(said))
}

fn intervals(all: &[RecordedActivity]) -> Option<Figure> {
    let sets: Vec<_> = all
        .iter()
        .map(|(record, activity)| (record.name.as_str(), activity.intervals.all()))
        .collect();
    let longest_of = |lengths: &[f64]| lengths.iter().copied().fold(0.0, f64::max);
    let mut until = 0.0f64;
    for (_, lengths) in &sets {
        let (Some(most), longest) = (quantile(lengths, INTERVALS_DRAWN), longest_of(lengths))
        else {
            continue;
        };
        until = until.max(if longest > 1.5 * most { most } else { longest });
    }
    let x = FigureAxis::new("interval", "s");
    let figure = distributions("Intervals between spikes", x, "intervals", &sets, until)?;
    let mut said = Vec::new();
    for (name, lengths) in &sets {
        let longer = lengths.iter().filter(|&&length| length > until).count();
        if longer > 0 {
            let (longer, all) = (count(longer as u64), count(lengths.len() as u64));
            let (limit, longest) = (quantity(until, "s"), quantity(longest_of(lengths), "s"));
            said.push(format!(
                "{name}: {longer} of {all} intervals are longer than {limit}, up to {longest}."
            ));
        }
    }
    Some(figure.caption(said.join(" ")))
}

fn variations(all: &[RecordedActivity]) -> Option<Figure> {
    let many = all
        .iter()
        .filter(|(_, activity)| activity.variations.len() > 1);
    let sets: Vec<_> = many
        .map(|(record, activity)| (record.name.as_str(), activity.variations.as_slice()))
        .collect();
    let x = FigureAxis::new("coefficient of variation of a cell's intervals", "");
    let figure = distributions("Irregularity", x, "cells", &sets, f64::INFINITY)?;
    Some(figure.caption("A clock has 0, a Poisson train 1. Cells with at least three intervals."))
}

fn spectra(all: &[RecordedActivity], dt: f64) -> Option<Figure> {
    let x = FigureAxis::new("frequency", "Hz").logarithmic();
    let y = FigureAxis::new("power density of the rate", "Hz²/Hz").logarithmic();
    let mut figure = Figure::new("Spectrum of the population's rate", x, y);
    let mut said = Vec::new();
    let mut ends = (f64::INFINITY, f64::NEG_INFINITY);
    for (record, activity) in all {
        let Some(spectrum) = rate_spectrum(record, dt) else {
            continue;
        };
        // Independent Poisson cells: variance of the count in a bin equals its mean, spread evenly up to half the sampling rate.
        let independent = 2.0 * activity.mean_rate / activity.cells.max(1) as f64;
        if let Some((frequency, density)) = spectrum.peak() {
            let (frequency, times) = (
                quantity(frequency, "Hz"),
                number((density / independent * 10.0).round() / 10.0),
            );
            said.push(format!(
                "{}: largest at {frequency}, {times} times the dashed level.",
                record.name
            ));
        }
        let (frequencies, density) = evenly_in_the_logarithm(&spectrum);
        let (Some(&first), Some(&last)) = (frequencies.first(), frequencies.last()) else {
            continue;
        };
        ends = (ends.0.min(first), ends.1.max(last));
        figure = figure
            .with(&record.name, Mark::Line, frequencies, density)
            .with(
                &record.name,
                Mark::Dashes,
                vec![first, last],
                vec![independent; 2],
            );
    }
    if figure.panels[0].series.is_empty() {
        return None;
    }
    said.push("Dashed: independent Poisson cells of the same rate.".to_owned());
    figure.x = figure.x.between(ends.0, ends.1);
    Some(figure.caption(said.join(" ")))
}

/// The spectrum above 0 Hz with its high frequencies averaged, which on a logarithmic axis lie on each other.
fn evenly_in_the_logarithm(spectrum: &Spectrum) -> (Vec<f64>, Vec<f64>) {
    let (mut frequencies, mut density) = (Vec::new(), Vec::new());
    let mut next = 1;
    while next < spectrum.frequencies.len() {
        let upper = spectrum.frequencies[next] * 10f64.powf(1.0 / VALUES_IN_A_DECADE);
        let end = next
            + spectrum.frequencies[next..]
                .partition_point(|&frequency| frequency < upper)
                .max(1);
        let mean = |values: &[f64]| values[next..end].iter().sum::<f64>() / (end - next) as f64;
        frequencies.push(mean(&spectrum.frequencies));
        density.push(mean(&spectrum.density));
        next = end;
    }
    (frequencies, density)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averaging_keeps_a_flat_spectrum_flat() {
        let spectrum = Spectrum {
            frequencies: (0..=2048).map(|step| f64::from(step) * 0.25).collect(),
            density: vec![3.0; 2049],
            segments: 9,
        };
        let (frequencies, density) = evenly_in_the_logarithm(&spectrum);
        assert!(density.iter().all(|value| (value - 3.0).abs() < 1e-12));
        assert!(frequencies.len() < 200 && frequencies[0] == 0.25);
        assert!(frequencies.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn several_records_share_their_bins_and_each_sums_to_the_whole() {
        let (first, second): (Vec<f64>, Vec<f64>) = (
            (0..100).map(f64::from).collect(),
            (50..100).map(f64::from).collect(),
        );
        let sets = [
            ("a", first.as_slice()),
            ("b", second.as_slice()),
            ("empty", &[]),
        ];
        let figure =
            distributions("", FigureAxis::default(), "cells", &sets, f64::INFINITY).unwrap();
        let series = &figure.panels[0].series;
        assert_eq!((series.len(), &series[0].x), (2, &series[1].x));
        assert!(
            series
                .iter()
                .all(|series| (series.y.iter().sum::<f64>() - 100.0).abs() < 1e-9)
        );
    }
}
