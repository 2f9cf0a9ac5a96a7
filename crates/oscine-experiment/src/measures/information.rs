//! Measures of information: mutual information of responses and classes, transfer entropy of two spike trains.

use std::collections::BTreeMap;

use oscine_analysis::{
    BiasCorrection, CellTrains, History, binary_train, information_of_chance, mutual_information,
    spike_counts, spike_words, transfer_entropy,
};
use oscine_equations::Dimension;

use super::{
    Carry, MeasureFields, MeasureKind, MeasuredRun, Of, Selected, Settings, TimeWindow, Trace,
    Wrong, by_cell, by_element, each, field, number, only_trace, pair, selected,
};

pub(super) const KINDS: &[MeasureKind] = &[
    MeasureKind {
        name: "mutual-information",
        of: Of::Either,
        gives: "bits that each trial's response tells of its class: trials of length `every`, the class in the trace `with`, responses as words of `letters` bins or as values in `levels`; corrected for bias; `chance`, `classes`",
        read: information,
    },
    MeasureKind {
        name: "transfer-entropy",
        of: Of::Spikes,
        gives: "bits that one spike train tells of the next `bin` of another beyond what that tells itself; less chance; `significance`",
        read: transfer,
    },
];

const PLAIN: Dimension = Dimension::DIMENSIONLESS;
/// Shuffles that the level of chance is the mean of.
const SHUFFLES: usize = 100;
/// Surrogates of a transfer entropy.
const SURROGATES: usize = 100;

#[derive(Clone, Copy)]
struct Trials {
    window: TimeWindow,
    every: f64,
    /// From a trial's beginning to where its response is read, s.
    after: f64,
    letters: u32,
    levels: usize,
    correction: BiasCorrection,
}

fn information(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let every = settings.needed("every", Dimension::SECOND, "\"200 ms\"")?;
    let corrections = [
        ("none", BiasCorrection::None),
        ("miller-madow", BiasCorrection::MillerMadow),
        ("panzeri-treves", BiasCorrection::PanzeriTreves),
    ];
    let trials = Trials {
        window: TimeWindow::read(settings)?,
        every,
        after: settings
            .quantity("after", Dimension::SECOND, "\"10 ms\"")?
            .unwrap_or(0.0),
        letters: settings.count("letters", 1)?.unwrap_or(1) as u32,
        levels: settings.count("levels", 2)?.unwrap_or(8),
        correction: settings
            .choice("bias", &corrections)?
            .unwrap_or(BiasCorrection::PanzeriTreves),
    };
    if every <= trials.after || trials.after < 0.0 {
        return Err(settings.wrong("after", "should be shorter than `every`"));
    }
    let Some(with) = settings.text("with")?.map(|text| text.value.clone()) else {
        return Err(settings.wrong("with", "is missing").help(
            "name the trace that says the class of each trial, as in `with = \"shown.class\"`",
        ));
    };
    let of = of.to_vec();
    Ok(Box::new(move |run| {
        each(selected(run, &of)?, |one| told(run, one, &with, trials))
    }))
}

/// The mutual information of each cell's or unit's responses and the classes.
fn told(
    run: &MeasuredRun,
    one: &Selected,
    with: &str,
    trials: Trials,
) -> Result<MeasureFields, String> {
    let shown = only_trace(run, "with", with, trials.window)?;
    let span = trials
        .window
        .of(shown.from..shown.from + shown.step * shown.values.len() as f64);
    let count = ((span.end - span.start) / trials.every + 1e-9).floor() as usize;
    if count < 2 {
        return Err("there are fewer than two trials".into());
    }
    let starts: Vec<f64> = (0..count)
        .map(|trial| span.start + trial as f64 * trials.every)
        .collect();
    let classes = classes(&shown, &starts, trials.every);
    let responses = match one {
        Selected::Spikes(trains) => spike_responses(trains, &starts, trials)?,
        Selected::Trace(traces, variable) => value_responses(traces, *variable, &starts, trials),
    };
    let place = |values| match one {
        Selected::Spikes(trains) => by_cell(trains, PLAIN, values),
        Selected::Trace(traces, _) => by_element(traces, PLAIN, values),
    };
    let seed = run.experiment.run.seed;
    let (mut bits, mut chances) = (Vec::new(), Vec::new());
    for response in &responses {
        let found = mutual_information(response, &classes, trials.correction);
        bits.push(found.map_or(f64::NAN, |found| found.bits));
        let chance = information_of_chance(response, &classes, SHUFFLES, seed);
        chances.push(chance.map_or(f64::NAN, |(mean, _)| mean));
    }
    let mut different = classes.clone();
    different.sort_unstable();
    different.dedup();
    Ok(vec![
        field("", place(bits)),
        field("chance", place(chances)),
        number("classes", different.len() as f64, PLAIN),
        number("trials", count as f64, PLAIN),
    ])
}

/// The class of each trial: the value in its middle; different values are different classes.
fn classes(shown: &Trace, starts: &[f64], every: f64) -> Vec<u64> {
    let mut known: BTreeMap<u64, u64> = BTreeMap::new();
    starts
        .iter()
        .map(|start| {
            let at = ((start + 0.5 * every - shown.from) / shown.step).round() as usize;
            let value = shown.values[at.min(shown.values.len() - 1)];
            // Of values that differ by rounding only.
            let rounded: f64 = format!("{value:.9e}").parse().unwrap_or(value);
            let next = known.len() as u64;
            *known.entry(rounded.to_bits()).or_insert(next)
        })
        .collect()
}

fn spike_responses(
    trains: &crate::simulations::recordings::RecordedSpikes,
    starts: &[f64],
    trials: Trials,
) -> Result<Vec<Vec<u64>>, String> {
    let width = trials.every - trials.after;
    let starts: Vec<f64> = starts.iter().map(|start| start + trials.after).collect();
    let cells = CellTrains::of(&trains.times, &trains.indices, trains.cells.clone());
    cells
        .iter()
        .map(|train| match trials.letters {
            1 => Ok(spike_counts(train, &starts, width)
                .into_iter()
                .map(u64::from)
                .collect()),
            letters => spike_words(train, &starts, width / f64::from(letters), letters)
                .ok_or_else(|| "words of so many letters are too long".to_owned()),
        })
        .collect()
}

/// The mean of each trial, in levels of equal number; equal values are always one response.
fn value_responses(
    traces: &crate::simulations::recordings::Traces,
    variable: usize,
    starts: &[f64],
    trials: Trials,
) -> Vec<Vec<u64>> {
    let means = |series: &[f64]| -> Vec<f64> {
        starts
            .iter()
            .map(|start| {
                let (from, until) = (start + trials.after, start + trials.every);
                let step = traces.step().unwrap_or(1.0);
                let first = traces
                    .times
                    .partition_point(|time| *time < from - 1e-6 * step);
                let end = traces
                    .times
                    .partition_point(|time| *time < until - 1e-6 * step);
                let inside = &series[first.min(end)..end];
                let mean = oscine_analysis::mean(inside).unwrap_or(f64::NAN);
                format!("{mean:.9e}").parse().unwrap_or(mean)
            })
            .collect()
    };
    traces.variables[variable]
        .series
        .iter()
        .map(|series| {
            let means = means(series);
            let mut different = means.clone();
            different.sort_by(f64::total_cmp);
            different.dedup();
            let groups = trials.levels.min(different.len()).max(1);
            let place = |value: &f64| different.partition_point(|known| known < value);
            let group = |value| (place(value) * groups / different.len().max(1)) as u64;
            means.iter().map(group).collect()
        })
        .collect()
}

fn transfer(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let bin = settings
        .positive("bin", Dimension::SECOND, "\"1 ms\"")?
        .unwrap_or(1e-3);
    let history = History {
        target: settings.count("target_history", 1)?.unwrap_or(1) as u32,
        source: settings.count("source_history", 1)?.unwrap_or(1) as u32,
        delay: settings.count("delay_bins", 1)?.unwrap_or(1) as u32,
    };
    let of = of.to_vec();
    Ok(Box::new(move |run| {
        let [source, target] = pair("transfer-entropy", selected(run, &of)?)?;
        let (Selected::Spikes(source), Selected::Spikes(target)) = (&source, &target) else {
            return Err("a transfer entropy is of two spike trains".into());
        };
        let span = window.of(source.from.max(target.from)..source.until.min(target.until));
        let source = binary_train(&source.times, span.start, span.end, bin);
        let target = binary_train(&target.times, span.start, span.end, bin);
        let found = transfer_entropy(
            &source,
            &target,
            history,
            SURROGATES,
            run.experiment.run.seed,
        )
        .ok_or("the histories are too long for these trains")?;
        Ok(vec![
            number("", found.bits, PLAIN),
            number("chance", found.chance, PLAIN),
            number("significance", found.significance, PLAIN),
        ])
    }))
}
