//! `oscine models [NAME]`: the catalogue, and what is known of one model.

use std::fmt::Write;

use clap::Args;
use oscine::network::{Entry, Named, Refractory, Text, catalogue, nearest};
use serde_json::{Map, Value, json};

use super::fault::Fault;

/// Lists the models of the catalogue, or shows one: equations, parameters, source.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  oscine models\n  oscine models hodgkin-huxley\n  oscine models adex:tonic"
)]
pub struct ModelsArguments {
    /// The model, with a set of its parameters after a colon where it has several.
    name: Option<String>,
    /// Prints one JSON object on standard output.
    #[arg(long)]
    json: bool,
}

/// Prints it.
pub fn carry_out(arguments: &ModelsArguments) -> Result<(), Fault> {
    let text = match &arguments.name {
        None if arguments.json => {
            let entries: Vec<Value> = catalogue::all().map(|entry| as_json(&entry)).collect();
            format!("{}\n", json!({ "models": entries }))
        }
        None => list(),
        Some(name) => {
            let entry = catalogue::find(name).ok_or_else(|| unknown(name))?;
            if arguments.json {
                format!("{}\n", as_json(&entry))
            } else {
                shown(&entry)
            }
        }
    };
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
    Ok(())
}

fn unknown(name: &str) -> Fault {
    let stem = name.split(':').next().unwrap_or(name);
    if let Some(entry) = catalogue::find(stem) {
        let sets: Vec<&str> = entry.sets.iter().map(|(set, _)| set.as_str()).collect();
        return Fault::of_the_call(
            format!("the model `{stem}` has no such set of parameters"),
            Some(match sets.is_empty() {
                true => "it has none".into(),
                false => format!("it has {}", sets.join(", ")),
            }),
        );
    }
    let help = match nearest(stem, catalogue::names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`oscine models` lists them".into(),
    };
    Fault::of_the_call(
        format!("there is no model called `{name}` in the catalogue"),
        Some(help),
    )
}

/// All models by kind.
fn list() -> String {
    let entries: Vec<Entry> = catalogue::all().collect();
    let width = entries
        .iter()
        .map(|entry| entry.name.len())
        .max()
        .unwrap_or(0);
    let mut kinds: Vec<&str> = Vec::new();
    for entry in &entries {
        if !kinds.contains(&entry.kind.as_str()) {
            kinds.push(&entry.kind);
        }
    }
    let mut text = String::new();
    for kind in kinds {
        let _ = writeln!(text, "{kind}");
        for entry in entries.iter().filter(|entry| entry.kind == kind) {
            let sets = match entry.sets.len() {
                0 => String::new(),
                1 => " (one set of parameters)".to_owned(),
                sets => format!(" ({sets} sets of parameters)"),
            };
            let _ = writeln!(text, "  {:width$}  {}{sets}", entry.name, entry.title);
        }
        text.push('\n');
    }
    text.push_str("`oscine models NAME` shows one; in an experiment: model = \"NAME\"\n");
    text
}

/// One model, as a person reads it.
fn shown(entry: &Entry) -> String {
    let mut text = format!(
        "{}: {}\n{}\n\nsource: {}\n",
        entry.name, entry.title, entry.about, entry.source
    );
    let mut block = |name: &str, body: &str| {
        if !body.trim().is_empty() {
            let _ = writeln!(text, "\n{name}");
            for line in body.trim().lines() {
                let _ = writeln!(text, "  {line}");
            }
        }
    };
    let of = |text: &Option<Text>| {
        text.as_ref()
            .map_or(String::new(), |text| text.value.clone())
    };
    block("equations", &entry.equations.value);
    block("threshold", &of(&entry.threshold));
    block("reset", &of(&entry.reset));
    block(
        "refractory",
        &match &entry.refractory {
            Some(Refractory::Duration(duration)) => duration.value.clone(),
            Some(Refractory::While(condition)) => format!("while {}", condition.value),
            None => String::new(),
        },
    );
    block("on_pre", &of(&entry.on_pre));
    block("on_post", &of(&entry.on_post));
    block("in the target population", &entry.target.value);
    block("parameters", &lines(&entry.parameters));
    block("initial", &lines(&entry.initial));
    block("input", &lines(&entry.input));
    block(
        "integrator",
        entry.integrator.as_deref().unwrap_or_default(),
    );
    let sets: Vec<String> = entry
        .sets
        .iter()
        .map(|(name, set)| format!("{}:{name}  {}", entry.name, set.about))
        .collect();
    block("sets of parameters", &sets.join("\n"));
    text
}

fn lines(named: &Named<Text>) -> String {
    let width = named.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines: Vec<String> = named
        .iter()
        .map(|(name, value)| format!("{name:width$} = {}", value.value))
        .collect();
    lines.join("\n")
}

fn as_json(entry: &Entry) -> Value {
    let table = |named: &Named<Text>| -> Map<String, Value> {
        let pairs = named.iter();
        pairs
            .map(|(name, value)| (name.clone(), value.value.clone().into()))
            .collect()
    };
    let of = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
    let sets: Map<String, Value> = entry
        .sets
        .iter()
        .map(|(name, set)| (name.clone(), set.about.clone().into()))
        .collect();
    json!({
        "name": entry.name,
        "title": entry.title,
        "about": entry.about,
        "source": entry.source,
        "kind": entry.kind,
        "equations": entry.equations.value,
        "threshold": of(&entry.threshold),
        "reset": of(&entry.reset),
        "on_pre": of(&entry.on_pre),
        "on_post": of(&entry.on_post),
        "parameters": table(&entry.parameters),
        "initial": table(&entry.initial),
        "sets": sets,
    })
}
