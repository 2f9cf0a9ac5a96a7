//! From what came of a run to what a person looks at.

use oscine_engine::ProjectionFacts;
use oscine_experiment::{Ending, Outcome, Rows, Table, TableKind, unit_symbol};
use oscine_network::Precision;
use oscine_report::{
    Claim, EventCount, Population, Projection, Report, RunFacts, SampleRecord, SpikeRecord, Spread,
    Stage, TraceRecord, Variable,
};

/// Rows of a table that a report looks at, at most; a longer table is drawn from its beginning, and says so.
const MOST_ROWS: usize = 20_000_000;
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
        claims: experiment
            .claims
            .iter()
            .map(|claim| Claim {
                says: claim.says.clone(),
                source: given(&claim.source),
                published: Some(claim.published.value.clone()),
                measured: None,
                unit: String::new(),
                tolerance: claim.tolerance.as_ref().map(|text| text.value.clone()),
                holds: None,
            })
            .collect(),
        notes: outcome.notes.iter().chain(&facts.notes).cloned().collect(),
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
    for table in &outcome.tables {
        match table.load(MOST_ROWS) {
            Ok((rows, all)) => {
                if !all {
                    report.notes.push(format!(
                        "`{}` has {} rows; the first {} are drawn",
                        table.schema.record,
                        table.rows,
                        rows.len()
                    ));
                }
                add_table(&mut report, outcome, table, &rows);
            }
            Err(error) => report
                .notes
                .push(format!("`{}` is not drawn: {error}", table.schema.record)),
        }
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

fn add_table(report: &mut Report, outcome: &Outcome, table: &Table, rows: &Rows) {
    let record = &table.schema.record;
    let covered: Vec<_> = outcome
        .facts
        .records
        .iter()
        .filter(|facts| facts.name == *record)
        .collect();
    let described = outcome
        .experiment
        .records
        .iter()
        .find(|(name, _)| name == record);
    let end = outcome.experiment.run.duration;
    let (from, until) = described.map_or((0.0, end), |(_, record)| {
        (record.from.min(end), record.until.unwrap_or(end).min(end))
    });
    let of = table
        .schema
        .position("of")
        .and_then(|place| rows.columns[place].names());
    for facts in &covered {
        let is_of_it: Vec<usize> = match of {
            Some(names) => (0..rows.len())
                .filter(|&row| *names[row] == *facts.of)
                .collect(),
            None => Vec::new(),
        };
        let part = Part {
            rows,
            picked: of.is_some().then_some(is_of_it),
        };
        let Some(times) = table
            .schema
            .position("time")
            .map(|place| part.numbers(place))
        else {
            continue;
        };
        let element = if table.schema.position("synapse").is_some() {
            "synapse"
        } else {
            "cell"
        };
        let Some(elements) = table
            .schema
            .position(element)
            .map(|place| part.indices(place))
        else {
            continue;
        };
        let name = if covered.len() > 1 {
            format!("{record}.{}", facts.of)
        } else {
            record.clone()
        };
        match table.schema.kind {
            TableKind::Spikes => report.spikes.push(SpikeRecord {
                name,
                population: facts.of.clone(),
                recorded: facts.first as u32..facts.end as u32,
                from,
                until,
                times,
                cells: elements,
            }),
            TableKind::Samples => {
                let variables: Vec<(String, String, Vec<f64>)> = table
                    .schema
                    .fields
                    .iter()
                    .enumerate()
                    .filter(|(_, field)| {
                        field.kind == oscine_experiment::FieldKind::Number && field.name != "time"
                    })
                    .map(|(place, field)| {
                        (field.name.clone(), field.unit.clone(), part.numbers(place))
                    })
                    .collect();
                add_samples(
                    report, &name, &facts.of, element, &times, &elements, variables,
                );
            }
        }
    }
}

/// The rows of a table that are of one population.
struct Part<'a> {
    rows: &'a Rows,
    /// `None`: all.
    picked: Option<Vec<usize>>,
}

impl Part<'_> {
    fn numbers(&self, place: usize) -> Vec<f64> {
        self.pick(self.rows.columns[place].numbers().unwrap_or_default())
    }

    fn indices(&self, place: usize) -> Vec<u32> {
        self.pick(self.rows.columns[place].indices().unwrap_or_default())
    }

    fn pick<T: Copy>(&self, values: &[T]) -> Vec<T> {
        match &self.picked {
            None => values.to_vec(),
            Some(picked) => picked
                .iter()
                .filter_map(|&row| values.get(row).copied())
                .collect(),
        }
    }
}

/// Samples at one time are a distribution; samples at several are traces.
fn add_samples(
    report: &mut Report,
    name: &str,
    of: &str,
    element: &str,
    times: &[f64],
    elements: &[u32],
    variables: Vec<(String, String, Vec<f64>)>,
) {
    let (Some(&first), Some(&last)) = (times.first(), times.last()) else {
        return;
    };
    if first == last {
        for (variable, unit, values) in variables {
            report.samples.push(SampleRecord {
                name: name.to_owned(),
                of: of.to_owned(),
                each: element.to_owned(),
                variable,
                unit,
                at: first,
                values,
            });
        }
        return;
    }
    // Every time has the same elements in the same order, so that those of the first time are a row of each.
    let each = times.iter().take_while(|&&time| time == first).count();
    let samples = times.len() / each;
    let drawn = each.min(MOST_TRACES);
    if drawn < each {
        report.notes.push(format!(
            "`{name}` has {each} {element}s; the first {drawn} are drawn"
        ));
    }
    let variables = variables
        .into_iter()
        .map(|(variable, unit, values)| Variable {
            name: variable,
            unit,
            series: (0..drawn)
                .map(|row| {
                    (0..samples)
                        .map(|sample| values[sample * each + row])
                        .collect()
                })
                .collect(),
        })
        .collect();
    report.traces.push(TraceRecord {
        name: name.to_owned(),
        of: of.to_owned(),
        times: times.iter().step_by(each).take(samples).copied().collect(),
        cells: elements[..drawn].to_vec(),
        variables,
    });
}
