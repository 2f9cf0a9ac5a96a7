//! From what came of a run to what a person looks at.

use crate::{learning_figures, measured_figures};
use oscine_engine::{Facts, ProjectionFacts};
use oscine_equations::Quantity;
use oscine_experiment::{Ending, Outcome, Traces, Verdict, unit_symbol};
use oscine_network::{Experiment, Precision};
use oscine_report::{
    EventCount, Population, Projection, Report, ReportedClaim, RunFacts, SampleRecord, SpikeRecord,
    Spread, StageTime, TraceRecord, TraceVariable,
};

/// Traces drawn of one record.
const MOST_TRACES: usize = 50;

/// The page of a run: `report.html`.
#[must_use]
pub fn page_of(outcome: &Outcome) -> String {
    report_of(outcome).to_html()
}

/// The report of a run.
#[must_use]
pub fn report_of(outcome: &Outcome) -> Report {
    let experiment = &outcome.experiment;
    let facts = &outcome.facts;
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let mut report = Report {
        title: experiment.title.clone(),
        question: given(&experiment.question),
        source: given(&experiment.source),
        explanation: paragraphs(&experiment.explanation),
        try_next: experiment.try_next.clone(),
        run: Some(run_facts(outcome)),
        records_of: first_run(experiment),
        claims: outcome.measured.verdicts.iter().map(claim).collect(),
        failures: outcome.measured.failures.clone(),
        notes: outcome
            .notes
            .iter()
            .chain(&facts.notes)
            .chain(&outcome.measured.notes)
            .chain(&outcome.recordings.notes)
            .cloned()
            .collect(),
        figures: outcome
            .learned
            .iter()
            .flat_map(learning_figures::figures)
            .chain(measured_figures::figures(experiment, &outcome.measured))
            .collect(),
        numbers: measured_figures::numbers(&outcome.measured),
        populations: populations(facts),
        projections: facts
            .projections
            .iter()
            .map(|projection| self::projection(outcome, projection))
            .collect(),
        stages: stages(outcome),
        events: events(outcome),
        experiment: outcome.description.clone(),
        folder: Some(outcome.folder.display().to_string()),
        ..Report::default()
    };
    for trains in &outcome.recordings.trains {
        report.spikes.push(SpikeRecord {
            name: trains.record.clone(),
            population: trains.of.clone(),
            recorded: trains.cells.clone(),
            from: trains.from,
            until: trains.until,
            times: trains.times.to_vec(),
            cells: trains.indices.to_vec(),
        });
    }
    for traces in &outcome.recordings.traces {
        add_traces(&mut report, traces);
    }
    report
}

fn populations(facts: &Facts) -> Vec<Population> {
    let populations = facts.populations.iter().map(|population| Population {
        name: population.name.clone(),
        count: population.count as u64,
        model: population
            .model
            .clone()
            .unwrap_or_else(|| "equations".into()),
        integrator: population.integrator.clone(),
    });
    populations.collect()
}

fn stages(outcome: &Outcome) -> Vec<StageTime> {
    let stages = outcome.stages.iter().map(|(name, seconds)| StageTime {
        name: (*name).to_owned(),
        seconds: *seconds,
    });
    stages.collect()
}

/// Text parted at blank lines; lines that a file breaks run on.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.lines().map(str::trim) {
        match paragraphs.last_mut() {
            Some(last) if !line.is_empty() => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(line);
            }
            _ => paragraphs.push(String::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// Which run of a sweep the records are of.
fn first_run(experiment: &Experiment) -> Option<String> {
    let sweep = experiment
        .sweep
        .as_ref()
        .filter(|_| !experiment.records.is_empty())?;
    let keys = sweep.over.iter().filter_map(|(key, (_, values))| {
        let first = values.first()?;
        Some(format!("{key} = {first}"))
    });
    let keys: Vec<String> = keys.collect();
    let at = match keys.is_empty() {
        true => String::new(),
        false => format!(": {}", keys.join(", ")),
    };
    Some(format!("The first of {} runs{at}.", runs(experiment)))
}

/// Runs of a sweep; 1 of a run by itself.
fn runs(experiment: &Experiment) -> usize {
    experiment.sweep.as_ref().map_or(1, |sweep| {
        let values = sweep.over.iter().map(|(_, (_, values))| values.len());
        values.product::<usize>() * sweep.repeat.max(1)
    })
}

fn run_facts(outcome: &Outcome) -> RunFacts {
    let run = &outcome.experiment.run;
    // Layers have no time.
    let (duration, dt) = match outcome.experiment.has_time() {
        true => (run.duration, run.dt),
        false => (0.0, 0.0),
    };
    RunFacts {
        duration,
        runs: runs(&outcome.experiment),
        dt,
        seed: run.seed,
        precision: match run.precision {
            Precision::Single => "single",
            Precision::Double => "double",
        }
        .into(),
        threads: outcome.threads,
        version: oscine_experiment::VERSION.into(),
        running_seconds: outcome.seconds.running,
        total_seconds: outcome.seconds.total,
        stopped: match outcome.ending {
            Ending::Finished => None,
            Ending::Stopped { time } => Some(format!("stopped by the user at {time} s")),
            Ending::TrainingStopped { done, epochs } => Some(format!(
                "stopped by the user after {done} of {epochs} epochs"
            )),
            Ending::SweepStopped { done, all } | Ending::PartDone { done, all } => {
                Some(format!("{done} of {all} runs are done"))
            }
        },
    }
}

fn events(outcome: &Outcome) -> Vec<EventCount> {
    let counts = outcome.counts;
    let has_neurons = !outcome.experiment.neurons.is_empty();
    [
        ("spikes", counts.spikes),
        ("synaptic events", counts.synaptic_events),
        ("cell updates", counts.cell_updates),
        ("plastic updates", counts.plastic_updates),
    ]
    .into_iter()
    .filter(|(name, count)| *count > 0 || (has_neurons && *name == "spikes"))
    .map(|(name, count)| EventCount {
        name: name.into(),
        count,
    })
    .collect()
}

fn projection(outcome: &Outcome, facts: &ProjectionFacts) -> Projection {
    let experiment = &outcome.experiment;
    let described = experiment
        .synapses
        .iter()
        .find(|(name, _)| *name == facts.name);
    let count = |name: &str| {
        let populations = &outcome.facts.populations;
        populations
            .iter()
            .find(|population| population.name == name)
            .map_or(0, |p| p.count)
    };
    let part = |name: &str, slice: Option<&oscine_network::Slice>| {
        let whole = count(name);
        let (first, end) = slice.map_or((0, whole), |s| (s.first, s.end.unwrap_or(whole)));
        let said = if first == 0 && end == whole {
            name.to_owned()
        } else {
            format!("{name}[{first}:{end}]")
        };
        (said, end.saturating_sub(first) as u64)
    };
    let (from, sources) = part(&facts.from, described.map(|(_, synapses)| &synapses.from));
    let (to, targets) = part(&facts.to, described.map(|(_, synapses)| &synapses.to));
    let mut spreads: Vec<Spread> = Vec::new();
    spreads.extend(Spread::of_counts("synapses onto a cell", &facts.in_degrees));
    for (name, dimension, values) in &facts.parameters {
        spreads.extend(Spread::of(name.clone(), unit_symbol(*dimension), values));
    }
    let (least, greatest) = facts.delays;
    if greatest > 0.0 {
        spreads.extend(Spread::of("delay", "s", &[least, greatest]));
    }
    Projection {
        name: facts.name.clone(),
        from,
        to,
        synapses: facts.synapses,
        sources,
        targets,
        spreads,
    }
}

/// A claim with what was measured.
fn claim(verdict: &Verdict) -> ReportedClaim {
    ReportedClaim {
        says: verdict.says.clone(),
        source: (!verdict.source.is_empty()).then(|| verdict.source.clone()),
        published: Some(verdict.published.clone()),
        measured: verdict.measured,
        interval: verdict.interval,
        expected: expected(verdict),
        unit: verdict.unit.clone(),
        tolerance: verdict.tolerance.clone(),
        holds: verdict.holds,
        note: verdict.note.clone(),
    }
}

/// The published number and how far off it may be, in the unit of the verdict.
fn expected(verdict: &Verdict) -> Option<(f64, f64)> {
    let published = verdict.published_number;
    let allowed = match verdict.tolerance.as_deref().map(str::trim) {
        None => 0.0,
        Some(tolerance) => match tolerance.strip_suffix('%') {
            Some(share) => share.trim().parse::<f64>().ok()? / 100.0 * published.abs(),
            None => {
                let one = match verdict.unit.as_str() {
                    "" => 1.0,
                    unit => Quantity::parse(&format!("1 {unit}")).ok()?.value,
                };
                Quantity::parse(tolerance).ok()?.value / one
            }
        },
    };
    (published.is_finite() && allowed.is_finite()).then_some((published, allowed))
}

/// Samples at one time are a distribution; samples at several are traces.
fn add_traces(report: &mut Report, traces: &Traces) {
    let Some(&first) = traces.times.first() else {
        return;
    };
    if traces.times.len() == 1 {
        for variable in &traces.variables {
            report.samples.push(SampleRecord {
                name: traces.record.clone(),
                of: traces.of.clone(),
                each: traces.each.to_owned(),
                variable: variable.name.clone(),
                unit: unit_symbol(variable.dimension),
                at: first,
                values: variable.series.concat(),
            });
        }
        return;
    }
    let drawn = traces.indices.len().min(MOST_TRACES);
    if drawn < traces.indices.len() {
        report.notes.push(format!(
            "`{}` has {} {}s; the first {drawn} are drawn",
            traces.record,
            traces.indices.len(),
            traces.each
        ));
    }
    report.traces.push(TraceRecord {
        name: traces.record.clone(),
        of: traces.of.clone(),
        times: traces.times.to_vec(),
        cells: traces.indices[..drawn].to_vec(),
        variables: traces
            .variables
            .iter()
            .map(|variable| TraceVariable {
                name: variable.name.clone(),
                unit: unit_symbol(variable.dimension),
                series: variable.series[..drawn]
                    .iter()
                    .map(|series| series.to_vec())
                    .collect(),
            })
            .collect(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_is_parted_at_blank_lines() {
        let text = "\nOne line\ngoes on.\n\n  Another.\n \n\n";
        assert_eq!(paragraphs(text), ["One line goes on.", "Another."]);
        assert!(paragraphs("").is_empty());
    }

    #[test]
    fn the_tolerance_is_drawn_in_the_unit_of_the_published_value() {
        let verdict = |tolerance: &str| Verdict {
            says: String::new(),
            source: String::new(),
            published: "20 mV".into(),
            published_number: 20.0,
            tolerance: Some(tolerance.into()),
            unit: "mV".into(),
            measured: None,
            interval: None,
            holds: None,
            note: None,
        };
        let (published, allowed) = expected(&verdict("0.5 mV")).unwrap();
        assert!(published == 20.0 && (allowed - 0.5).abs() < 1e-12);
        assert_eq!(expected(&verdict("5 %")), Some((20.0, 1.0)));
        assert_eq!(expected(&verdict("plenty")), None);
    }
}
