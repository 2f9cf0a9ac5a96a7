//! `summary.json`: what ran, what it took, and a number or two for each record.

use oscine_engine::Facts;
use serde_json::{Map, Value, json};

use crate::files::table::TableKind;
use crate::runs::outcome::Outcome;
use crate::simulations::recorder::RecordTable;

/// The summary of a run, as JSON text.
pub(crate) fn of(outcome: &Outcome) -> String {
    let experiment = &outcome.experiment;
    let run = &experiment.run;
    let facts = &outcome.facts;
    let stages: Map<String, Value> = outcome
        .stages
        .iter()
        .map(|(stage, seconds)| ((*stage).to_owned(), (*seconds).into()))
        .collect();
    let notes: Vec<&String> = outcome
        .notes
        .iter()
        .chain(&facts.notes)
        .chain(&outcome.measured.failures)
        .collect();
    let mut summary = json!({
        "title": experiment.title,
        "question": experiment.question,
        "source": experiment.source,
        "oscine": crate::version::VERSION,
        "duration": run.duration,
        "dt": run.dt,
        "seed": run.seed,
        "threads": outcome.threads,
        "populations": populations(facts),
        "projections": projections(facts),
        "records": records(&outcome.tables),
        "metrics": metrics(outcome),
        "counts": {
            "spikes": outcome.counts.spikes,
            "synaptic_events": outcome.counts.synaptic_events,
            "cell_updates": outcome.counts.cell_updates,
            "plastic_updates": outcome.counts.plastic_updates,
        },
        "seconds": {
            "building": outcome.seconds.building,
            "training": outcome.seconds.training,
            "running": outcome.seconds.running,
            "writing": outcome.seconds.writing,
            "total": outcome.seconds.total,
            "stages": stages,
        },
        "memory": facts.memory.total(),
        "notes": notes,
    });
    if let Some(training) = &experiment.training {
        // Layers have no time.
        if let Some(summary) = summary.as_object_mut() {
            if !experiment.has_time() {
                summary.remove("duration");
                summary.remove("dt");
            }
            summary.insert("epochs".into(), training.epochs.into());
        }
    }
    format!("{summary:#}\n")
}

fn populations(facts: &Facts) -> Map<String, Value> {
    let populations = facts.populations.iter().map(|population| {
        let about = json!({
            "count": population.count,
            "model": population.model,
            "integrator": population.integrator,
        });
        (population.name.clone(), about)
    });
    populations.collect()
}

fn projections(facts: &Facts) -> Map<String, Value> {
    let projections = facts.projections.iter().map(|projection| {
        let about = json!({
            "from": projection.from,
            "to": projection.to,
            "synapses": projection.synapses,
            "delay": [projection.delays.0, projection.delays.1],
        });
        (projection.name.clone(), about)
    });
    projections.collect()
}

fn records(tables: &[RecordTable]) -> Map<String, Value> {
    let records = tables.iter().map(|table| {
        let fields = table.schema.fields.iter();
        let columns: Map<String, Value> = fields
            .map(|field| (field.name.clone(), field.unit.clone().into()))
            .collect();
        let file = table.path.file_name().unwrap_or_default().to_string_lossy();
        let about = json!({
            "file": format!("records/{file}"),
            "rows": table.rows,
            "columns": columns,
        });
        (table.schema.record.clone(), about)
    });
    records.collect()
}

/// Numbers by name: every measure in SI units (the mean of one with several values), how many spikes each record holds, and the mean rate of its cells in Hz.
#[must_use]
pub fn metrics(outcome: &Outcome) -> Map<String, Value> {
    let mut metrics = Map::new();
    for (name, array) in &outcome.measured.measures {
        let present = array
            .values
            .iter()
            .copied()
            .filter(|value| value.is_finite());
        let values: Vec<f64> = present.collect();
        let Some(mean) = oscine_analysis::mean(&values) else {
            continue;
        };
        let name = match array.values.len() {
            1 => name.clone(),
            _ => format!("{name}.mean"),
        };
        metrics.insert(name, mean.into());
    }
    for table in &outcome.tables {
        let name = &table.schema.record;
        if table.schema.kind != TableKind::Spikes {
            continue;
        }
        metrics.insert(format!("{name}.spikes"), table.rows.into());
        if let Some(rate) = mean_rate(outcome, name, table.rows) {
            metrics.insert(format!("{name}.rate"), rate.into());
        }
    }
    metrics
}

/// Spikes per cell and second of recording, Hz.
fn mean_rate(outcome: &Outcome, record: &str, spikes: u64) -> Option<f64> {
    let cells: usize = outcome
        .facts
        .records
        .iter()
        .filter(|facts| facts.name == record)
        .map(|facts| facts.end - facts.first)
        .sum();
    let (_, described) = outcome
        .experiment
        .records
        .iter()
        .find(|(name, _)| name == record)?;
    let end = outcome.experiment.run.duration;
    let span = described.until.unwrap_or(end).min(end) - described.from;
    (cells > 0 && span > 0.0).then(|| spikes as f64 / (cells as f64 * span))
}
