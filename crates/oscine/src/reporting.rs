//! From what came of a run to what a person looks at.

use crate::measured_figures;
use oscine_engine::ProjectionFacts;
use oscine_experiment::{Ending, Outcome, Traces, Verdict, unit_symbol};
use oscine_network::Precision;
use oscine_report::{
    Claim, EventCount, Population, Projection, Report, RunFacts, SampleRecord, SpikeRecord, Spread,
    Stage, TraceRecord, Variable,
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
        run: run_facts(outcome),
        claims: outcome.measured.verdicts.iter().map(claim).collect(),
        notes: outcome
            .notes
            .iter()
            .chain(&facts.notes)
            .chain(&outcome.measured.notes)
            .chain(&outcome.recordings.notes)
            .cloned()
            .collect(),
        figures: outcome
            .measured
            .plots
            .iter()
            .map(measured_figures::figure)
            .collect(),
        populations: facts
            .populations
            .iter()
            .map(|population| Population {
                name: population.name.clone(),
                count: population.count as u64,
                model: population
                    .model
                    .clone()
                    .unwrap_or_else(|| "equations".into()),
                integrator: population.integrator.clone(),
            })
            .collect(),
        projections: facts
            .projections
            .iter()
            .map(|projection| self::projection(outcome, projection))
            .collect(),
        stages: outcome
            .stages
            .iter()
            .map(|(name, seconds)| Stage {
                name: (*name).to_owned(),
                seconds: *seconds,
            })
            .collect(),
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
            times: trains.times.clone(),
            cells: trains.indices.clone(),
        });
    }
    for traces in &outcome.recordings.traces {
        add_traces(&mut report, traces);
    }
    report
}

fn run_facts(outcome: &Outcome) -> RunFacts {
    let run = &outcome.experiment.run;
    RunFacts {
        duration: run.duration,
        dt: run.dt,
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
            Ending::SweepStopped { done, all } | Ending::PartDone { done, all } => {
                Some(format!("{done} of {all} runs are done"))
            }
        },
    }
}

fn events(outcome: &Outcome) -> Vec<EventCount> {
    let counts = outcome.counts;
    [
        ("spikes", counts.spikes),
        ("synaptic events", counts.synaptic_events),
        ("cell updates", counts.cell_updates),
        ("plastic updates", counts.plastic_updates),
    ]
    .into_iter()
    .filter(|(name, count)| *count > 0 || *name == "spikes")
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
fn claim(verdict: &Verdict) -> Claim {
    Claim {
        says: verdict.says.clone(),
        source: (!verdict.source.is_empty()).then(|| verdict.source.clone()),
        published: Some(verdict.published.clone()),
        measured: verdict.measured,
        unit: verdict.unit.clone(),
        tolerance: verdict.tolerance.clone(),
        holds: verdict.holds,
    }
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
        times: traces.times.clone(),
        cells: traces.indices[..drawn].to_vec(),
        variables: traces
            .variables
            .iter()
            .map(|variable| Variable {
                name: variable.name.clone(),
                unit: unit_symbol(variable.dimension),
                series: variable.series[..drawn].to_vec(),
            })
            .collect(),
    });
}
