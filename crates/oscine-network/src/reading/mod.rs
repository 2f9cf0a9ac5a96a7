//! From a TOML file to an [`Experiment`]: every key known or an error, every mistake of the file at once, each at its place.

mod connect;
mod fields;
mod integrators;
pub(crate) mod learning;
mod matrix;
mod measures;
pub(crate) mod models;
pub(crate) mod neurons;
mod noise;
mod protocol;
pub(crate) mod quantities;
mod quick;
mod record;
mod run;
mod settings;
pub(crate) mod slices;
mod stimulus;
mod sweep;
mod synapses;
mod tree;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

pub use integrators::INTEGRATORS;
pub use sweep::expand;

use fields::Fields;
pub(crate) use fields::{Context, not_one_of};
use models::Models;
use tree::{Kind, Node, Place};

use crate::checks::{self, Finding};
use crate::{DescriptionError, DescriptionErrors, Experiment, MOST_SHOWN, Mistake, Noise, Text};

/// An experiment file may have this many bytes; longer lists of numbers belong in files of their own.
pub const LONGEST_FILE: u64 = 16 << 20;

impl Experiment {
    /// Reads an experiment file.
    ///
    /// # Errors
    /// Everything that is wrong with the file, each mistake with its place.
    pub fn read(path: &Path) -> Result<Self, DescriptionErrors> {
        Self::read_with_settings(path, &[])
    }

    /// Reads an experiment file as if each key of `settings` had the value beside it: `("run.seed", "3")`.
    ///
    /// # Errors
    /// Everything that is wrong with the file or the settings.
    pub fn read_with_settings(
        path: &Path,
        settings: &[(&str, &str)],
    ) -> Result<Self, DescriptionErrors> {
        let name = path.display().to_string();
        let text = read_text(path).map_err(|mistake| DescriptionErrors::of_file(&name, mistake))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse_with_settings(&text, &name, folder, settings)
    }

    /// Reads the text of an experiment file; `file_name` is for messages, relative paths start from `folder`.
    ///
    /// # Errors
    /// Everything that is wrong with the text, each mistake with its place.
    pub fn parse(text: &str, file_name: &str, folder: &Path) -> Result<Self, DescriptionErrors> {
        Self::parse_with_settings(text, file_name, folder, &[])
    }

    /// As [`Experiment::parse`], as if each key of `settings` had the value beside it.
    ///
    /// A value that is TOML (`3`, `true`, `[1, 2]`) is taken as such, all else as a string: `("neurons.cells.parameters.tau_m", "10 ms")`.
    /// A phase of the protocol is named by its number or its name: `protocol.rest.duration`.
    ///
    /// # Errors
    /// Everything that is wrong with the text or the settings.
    pub fn parse_with_settings(
        text: &str,
        file_name: &str,
        folder: &Path,
        settings: &[(&str, &str)],
    ) -> Result<Self, DescriptionErrors> {
        parse(&Context::default(), text, file_name, folder, settings)
    }

    /// The same experiment with other values of some keys, as for one point of a sweep.
    ///
    /// # Errors
    /// A key that is not there, a value that is not possible.
    pub fn with_settings(&self, settings: &[(&str, &str)]) -> Result<Self, DescriptionErrors> {
        // Only texts of the first source have places; this one is no file.
        let context = Context::default();
        context.add_source("", "");
        let text = self.to_toml();
        parse(&context, &text, "the experiment", &self.folder, settings)
    }

    /// Checks names, numbers and references, as reading does; equations are checked when they are compiled.
    ///
    /// # Errors
    /// Everything that is wrong, each mistake with the place where it would stand in a file.
    pub fn validate(&self) -> Result<(), DescriptionErrors> {
        let mut findings = checks::check(self);
        let left_out = findings.len().saturating_sub(MOST_SHOWN);
        findings.truncate(MOST_SHOWN);
        if findings.is_empty() {
            return Ok(());
        }
        let errors = findings.into_iter().map(|finding| DescriptionError {
            mistake: finding.mistake,
            name: finding.path.join("."),
            text: Arc::from(""),
            span: None,
        });
        Err(DescriptionErrors {
            errors: errors.collect(),
            left_out,
        })
    }
}

/// Reads a text as a new source of the context.
fn parse(
    context: &Context,
    text: &str,
    name: &str,
    folder: &Path,
    settings: &[(&str, &str)],
) -> Result<Experiment, DescriptionErrors> {
    let length = text.len() as u64;
    if length > LONGEST_FILE {
        return Err(DescriptionErrors::of_file(name, too_large(length)));
    }
    let source = context.add_source(name, text);
    let mut root = match tree::parse(text, source) {
        Ok(root) => root,
        Err(error) => {
            note_syntax(context, source, &error);
            return Err(collect(context));
        }
    };
    settings::apply(context, &mut root, settings);
    let Some(experiment) = read_root(context, &root, folder) else {
        return Err(collect(context));
    };
    let clean = context.found.borrow().is_empty();
    for finding in checks::check(&experiment) {
        note_finding(context, &root, finding);
    }
    if clean && context.found.borrow().is_empty() {
        settings::check_sweep(context, &root, &experiment);
        settings::check_quick(context, &root, &experiment);
    }
    if context.found.borrow().is_empty() {
        Ok(experiment)
    } else {
        Err(collect(context))
    }
}

/// Reads a file of text, of a length that can be an experiment.
pub(crate) fn read_text(path: &Path) -> Result<String, Mistake> {
    let unreadable = |error: std::io::Error| Mistake::Unreadable {
        reason: match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".into(),
            std::io::ErrorKind::PermissionDenied => "permission denied".into(),
            std::io::ErrorKind::IsADirectory => "it is a folder".into(),
            _ => error.to_string(),
        },
    };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_file() && metadata.len() > LONGEST_FILE {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::new();
    let read = file.take(LONGEST_FILE + 1).read_to_end(&mut bytes);
    read.map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST_FILE {
        return Err(too_large(bytes.len() as u64));
    }
    String::from_utf8(bytes).map_err(|error| Mistake::NotUtf8 {
        byte: error.utf8_error().valid_up_to(),
    })
}

fn too_large(length: u64) -> Mistake {
    Mistake::TooLarge {
        megabytes: length.div_ceil(1 << 20),
        limit: LONGEST_FILE >> 20,
    }
}

pub(crate) fn note_syntax(context: &Context, source: usize, error: &toml_edit::TomlError) {
    let length = context.sources.borrow()[source].text.len();
    let span = error.span().unwrap_or(0..0);
    let place = Place {
        source,
        span: span.start.min(length)..span.end.min(length),
    };
    let message = error.message().trim().replace('\n', ", ");
    context.note(&place, Mistake::Syntax { message });
}

/// Reads all tables; `None` where there are none.
fn read_root(context: &Context, root: &Node, folder: &Path) -> Option<Experiment> {
    let fields = Fields::of(context, root, "the file")?;
    let models = Models {
        folder: folder.to_path_buf(),
    };
    let protocol = protocol::list(&fields, "protocol", protocol::phase);
    let of_protocol =
        (!protocol.is_empty()).then(|| protocol.iter().map(|phase| phase.duration).sum());
    let run_fields = fields
        .take("run")
        .and_then(|node| Fields::of(context, node, "[run]"));
    // Layers have no time.
    let has_layers = fields.has("layers");
    let has_time = fields.has("neurons") || fields.has("stimulus");
    let only_layers = has_layers && !has_time;
    if run_fields.is_none() && !fields.has("run") && !only_layers {
        fields.missing("run", "`[run]` and below it `duration = \"1 s\"`");
    }
    let mut experiment = Experiment {
        title: fields.string("title").unwrap_or_default(),
        question: fields.string("question").unwrap_or_default(),
        source: fields.string("source").unwrap_or_default(),
        explanation: fields.string("explanation").unwrap_or_default(),
        try_next: fields
            .texts("try_next")
            .into_iter()
            .map(|text| text.value)
            .collect(),
        quick: quick::read(&fields),
        run: run::read(run_fields, of_protocol, only_layers),
        neurons: Vec::new(),
        synapses: Vec::new(),
        stimuli: Vec::new(),
        noise: Vec::new(),
        task: None,
        layers: Vec::new(),
        training: None,
        protocol,
        records: Vec::new(),
        sweep: None,
        measures: Vec::new(),
        claims: protocol::list(&fields, "claim", measures::claim),
        figures: protocol::list(&fields, "figure", measures::figure),
        folder: folder.to_path_buf(),
    };
    neurons::each(&fields, "neurons", |name, inside, _| {
        let neurons = neurons::read(inside, &models);
        experiment.neurons.push((name.into(), neurons));
    });
    let mut targets: Vec<(String, Text)> = Vec::new();
    neurons::each(&fields, "synapses", |name, inside, _| {
        for (name, synapses, target) in matrix::read(name, inside, &models) {
            targets.push((synapses.to.name.clone(), target));
            experiment.synapses.push((name, synapses));
        }
    });
    for (population, equations) in targets {
        experiment.add_target_equations(&population, &equations);
    }
    neurons::each(&fields, "stimulus", |name, inside, _| {
        // One that could not be read is a name all the same: what refers to it is no mistake.
        let stimulus = stimulus::read(inside).unwrap_or_else(stimulus::unread);
        experiment.stimuli.push((name.into(), stimulus));
    });
    neurons::each(&fields, "noise", |name, inside, _| {
        let noise: Option<Noise> = noise::read(inside);
        experiment
            .noise
            .extend(noise.map(|noise| (name.into(), noise)));
    });
    let learning = |key| {
        let node = fields.take(key)?;
        Fields::of(context, node, format!("[{key}]"))
    };
    experiment.task = learning("task").map(learning::task);
    experiment.training = learning("training").map(learning::training);
    neurons::each(&fields, "layers", |name, inside, _| {
        experiment
            .layers
            .push((name.into(), learning::layer(inside)));
    });
    neurons::each(&fields, "record", |name, inside, _| {
        experiment.records.push((name.into(), record::read(inside)));
    });
    neurons::each(&fields, "measure", |name, inside, _| {
        experiment
            .measures
            .push((name.into(), measures::measure(inside)));
    });
    let sweep = fields
        .take("sweep")
        .and_then(|node| Fields::of(context, node, "[sweep]"));
    experiment.sweep = sweep.map(sweep::read);
    fields.finish();
    Some(experiment)
}

impl Experiment {
    /// Appends the equations that a synapse's model wants in its target, where no equation of that name is there yet.
    fn add_target_equations(&mut self, population: &str, equations: &Text) {
        let Some((_, neurons)) = self.neurons.iter_mut().find(|(name, _)| name == population)
        else {
            return;
        };
        neurons.add_equations(equations);
    }
}

/// Notes what a check found, at the place in the tree that its path leads to.
fn note_finding(context: &Context, root: &Node, finding: Finding) {
    // Where something could not be read or is misspelt, what seems to be absent may be that.
    let absence = matches!(finding.mistake, Mistake::NoNetwork | Mistake::Idle { .. });
    if absence && !context.found.borrow().is_empty() {
        return;
    }
    let mut node = root;
    let mut place = &root.place;
    let expanded = context.expanded.borrow();
    for step in &finding.path {
        let step = expanded.get(step).unwrap_or(step);
        let next = match &node.kind {
            Kind::Table(table) => table.get(step).map(|entry| (&entry.node, &entry.place)),
            Kind::List(nodes) => step
                .parse::<usize>()
                .ok()
                .and_then(|index| nodes.get(index))
                .map(|node| (node, &node.place)),
            _ => None,
        };
        let Some((next, key)) = next else {
            break;
        };
        node = next;
        place = if matches!(finding.at, checks::At::Key) || node.place.span.is_empty() {
            key
        } else {
            &node.place
        };
    }
    let mut place = place.clone();
    if let Some(span) = finding.place {
        place = Place { source: 0, span };
    }
    // What could not be read has its mistake already.
    let read = context.found.borrow().iter().all(|(other, _)| {
        other.source != place.source
            || other.span.start >= place.span.end
            || place.span.start >= other.span.end
    });
    if read || place.span.is_empty() {
        context.note(&place, finding.mistake);
    }
}

/// All mistakes in the order of the file, each once.
fn collect(context: &Context) -> DescriptionErrors {
    let mut found = context.found.borrow().clone();
    found.sort_by_key(|(place, _)| (place.source, place.span.start, place.span.end));
    found.dedup();
    let left_out = found.len().saturating_sub(MOST_SHOWN);
    found.truncate(MOST_SHOWN);
    let sources = context.sources.borrow();
    let errors = found.into_iter().map(|(place, mistake)| {
        let source = &sources[place.source];
        DescriptionError {
            mistake,
            name: source.name.clone(),
            text: source.text.clone(),
            span: (place.span != (0..0)).then_some(place.span),
        }
    });
    DescriptionErrors {
        errors: errors.collect(),
        left_out,
    }
}
