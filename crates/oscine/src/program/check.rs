//! `oscine check FILE`: what an experiment is, its units, its size in memory, what is wrong with it. Runs nothing.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use oscine::engine::{Facts, RecordKind};
use oscine::experiment::{LayerFacts, Measuring, Shape, TaskExamples, build, in_bytes, layers_of};
use oscine::network::Experiment;
use oscine::{ExperimentError, Threads};
use serde_json::{Map, Value, json};

use super::fault::Fault;

/// Reads and checks an experiment, and says what it is and needs. Runs nothing.
#[derive(Args)]
#[command(after_help = "Example:\n  oscine check lab/networks/coba.toml")]
pub struct CheckArguments {
    /// Experiment files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where data sets by name lie, such as MNIST; otherwise the folder that OSCINE_DATA names.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Prints one JSON object a file on standard output, and nothing else there.
    #[arg(long)]
    json: bool,
}

/// Checks each file in turn.
pub fn carry_out(arguments: &CheckArguments) -> Result<(), Fault> {
    for file in &arguments.files {
        let experiment = Experiment::read(file).map_err(|errors| Fault::of_description(&errors))?;
        let failed = |error: ExperimentError| Fault::of_experiment(&error, file);
        let unbuilt = |error| failed(ExperimentError::Build(Box::new(error)));
        Measuring::read(&experiment).map_err(unbuilt)?;
        let mut text = format!("{}\n", experiment.title);
        let mut object = json!({ "experiment": experiment.title, "seed": experiment.run.seed });
        let mut add = |part: Value| {
            if let (Some(object), Value::Object(part)) = (object.as_object_mut(), part) {
                object.extend(part);
            }
        };
        let examples = TaskExamples::of(&experiment, arguments.data.as_deref());
        if experiment.training.is_some() {
            let (layers, counts) = layers_of(&experiment, &examples).map_err(failed)?;
            text.push_str(&layers_shown(&experiment, &layers, counts));
            add(layers_as_json(&layers, counts));
        }
        if experiment.has_time() {
            let simulation = build(&experiment, Threads::automatic(), &examples).map_err(failed)?;
            let facts = simulation.facts();
            text.push_str(&shown(&experiment, &facts));
            add(as_json(&facts));
        }
        if arguments.json {
            text = format!("{object}\n");
        }
        std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
    }
    Ok(())
}

fn layers_shown(experiment: &Experiment, layers: &[LayerFacts], examples: [usize; 3]) -> String {
    let mut text = String::new();
    let [training, validation, test] = examples;
    let _ = writeln!(
        text,
        "{training} examples to learn from, {validation} to validate with, {test} to test with, seed {}",
        experiment.run.seed
    );
    text.push_str("\nlayers\n");
    for layer in layers {
        let (input, output) = (size(layer.input), size(layer.output));
        let _ = writeln!(
            text,
            "  {}: {input} -> {output}, {} weights and biases",
            layer.name, layer.learned
        );
    }
    text
}

/// `16 x 14 x 14`, or of a list its length.
fn size(shape: Shape) -> String {
    match (shape.height, shape.width) {
        (1, 1) => shape.channels.to_string(),
        (height, width) => format!("{} x {height} x {width}", shape.channels),
    }
}

fn layers_as_json(layers: &[LayerFacts], examples: [usize; 3]) -> Value {
    let layers: Vec<Value> = layers
        .iter()
        .map(|layer| {
            json!({
                "name": layer.name,
                "input": size(layer.input),
                "output": size(layer.output),
                "learned": layer.learned,
            })
        })
        .collect();
    let [training, validation, test] = examples;
    json!({
        "examples": { "training": training, "validation": validation, "test": test },
        "layers": layers,
    })
}

fn shown(experiment: &Experiment, facts: &Facts) -> String {
    let mut text = String::new();
    let run = &experiment.run;
    let _ = writeln!(
        text,
        "{} s in steps of {} s, seed {}",
        run.duration, run.dt, run.seed
    );
    text.push_str("\npopulations\n");
    for population in &facts.populations {
        let model = population.model.as_deref().unwrap_or("equations");
        let integrator = match population.integrator.as_str() {
            "" => String::new(),
            integrator => format!(", {integrator}"),
        };
        let _ = writeln!(
            text,
            "  {}: {} x {model}{integrator}",
            population.name, population.count
        );
        for (variable, dimension) in &population.variables {
            let _ = writeln!(text, "      {variable} : {dimension}");
        }
    }
    add_projections(&mut text, facts);
    add_records(&mut text, facts);
    let _ = writeln!(text, "\nmemory: {}", in_bytes(facts.memory.total()));
    for (part, bytes) in &facts.memory.parts {
        let _ = writeln!(text, "  {part}: {}", in_bytes(*bytes));
    }
    for note in &facts.notes {
        let _ = writeln!(text, "\nnote: {note}");
    }
    text
}

fn add_projections(text: &mut String, facts: &Facts) {
    if !facts.projections.is_empty() {
        text.push_str("\nsynapses\n");
    }
    for projection in &facts.projections {
        let (least, greatest) = projection.delays;
        let delay = if greatest == 0.0 {
            String::new()
        } else if least == greatest {
            format!(", delay {} ms", least * 1e3)
        } else {
            format!(", delays {} to {} ms", least * 1e3, greatest * 1e3)
        };
        let _ = writeln!(
            text,
            "  {}: {} from {} to {}{delay}",
            projection.name, projection.synapses, projection.from, projection.to
        );
    }
}

fn add_records(text: &mut String, facts: &Facts) {
    if !facts.records.is_empty() {
        text.push_str("\nrecords\n");
    }
    for record in &facts.records {
        let what = match &record.kind {
            RecordKind::Spikes => "spikes".to_owned(),
            RecordKind::Variables(variables) => {
                let names: Vec<String> = variables
                    .iter()
                    .map(|(name, dimension)| format!("{name} : {dimension}"))
                    .collect();
                names.join(", ")
            }
        };
        let _ = writeln!(
            text,
            "  {}: {what} of {}[{}:{}]",
            record.name, record.of, record.first, record.end
        );
    }
}

fn as_json(facts: &Facts) -> Value {
    let variables = |variables: &[(String, oscine::equations::Dimension)]| -> Map<String, Value> {
        let pairs = variables.iter();
        pairs
            .map(|(name, dimension)| (name.clone(), dimension.to_string().into()))
            .collect()
    };
    let populations: Vec<Value> = facts
        .populations
        .iter()
        .map(|population| {
            json!({
                "name": population.name,
                "count": population.count,
                "model": population.model,
                "integrator": population.integrator,
                "variables": variables(&population.variables),
            })
        })
        .collect();
    let projections: Vec<Value> = facts
        .projections
        .iter()
        .map(|projection| {
            json!({
                "name": projection.name,
                "from": projection.from,
                "to": projection.to,
                "synapses": projection.synapses,
                "delay": [projection.delays.0, projection.delays.1],
            })
        })
        .collect();
    let records: Vec<Value> = facts
        .records
        .iter()
        .map(|record| {
            let kept = match &record.kind {
                RecordKind::Spikes => json!("spikes"),
                RecordKind::Variables(kept) => variables(kept).into(),
            };
            json!({
                "name": record.name,
                "of": record.of,
                "first": record.first,
                "end": record.end,
                "keeps": kept,
            })
        })
        .collect();
    let parts: Map<String, Value> = facts
        .memory
        .parts
        .iter()
        .map(|(part, bytes)| (part.clone(), (*bytes).into()))
        .collect();
    let notes: Vec<String> = facts.notes.to_vec();
    json!({
        "populations": populations,
        "projections": projections,
        "records": records,
        "memory": { "bytes": facts.memory.total(), "parts": parts },
        "notes": notes,
    })
}
