//! From a TOML file to an [`Experiment`]: every key known or an error, every mistake of the file at once, each at its place.

pub(crate) mod fields;
pub(crate) mod models;
pub(crate) mod quantities;
mod settings;
pub(crate) mod slices;
pub(crate) mod tree;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use fields::{Context, Fields};
use tree::{Kind, Node, Place};

use crate::checks::{self, Finding};
use crate::declaration::{self, Declared};
use crate::{DescriptionError, DescriptionErrors, Experiment, MOST_SHOWN, Mistake, Value};

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

    /// Reads an experiment file as if each key of `settings` had the value beside it, as on the command line: `("run.seed", "3")`.
    ///
    /// # Errors
    /// Everything that is wrong with the file or the settings.
    pub fn read_with_settings(
        path: &Path,
        settings: &[(&str, &str)],
    ) -> Result<Self, DescriptionErrors> {
        Self::read_with_values(path, &parsed(settings))
    }

    /// Reads an experiment file as if each key of `settings` had the value beside it.
    ///
    /// # Errors
    /// Everything that is wrong with the file or the settings.
    pub fn read_with_values(
        path: &Path,
        settings: &[(String, Value)],
    ) -> Result<Self, DescriptionErrors> {
        let name = path.display().to_string();
        let text = read_text(path).map_err(|mistake| DescriptionErrors::of_file(&name, mistake))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        parse(&text, &name, folder, settings)
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
        parse(text, file_name, folder, &parsed(settings))
    }

    /// As [`Experiment::parse`], as if each key of `settings` had the value beside it.
    ///
    /// # Errors
    /// Everything that is wrong with the text or the settings.
    pub fn parse_with_values(
        text: &str,
        file_name: &str,
        folder: &Path,
        settings: &[(String, Value)],
    ) -> Result<Self, DescriptionErrors> {
        parse(text, file_name, folder, settings)
    }

    /// Gives a key of the file a value: `run.seed`, `neurons.cells.parameters.tau_m`, `protocol.rest.duration`. The key is the path to it, with
    /// points between; a phase of the protocol is named by its number or its name. Nothing changes where the value isn't possible.
    ///
    /// ```
    /// use oscine_network::{Experiment, Neurons, Value};
    ///
    /// let cells = Neurons::new(10).equations("dv/dt = -v/tau : 1").parameter("tau", "20 ms");
    /// let mut experiment = Experiment::new("A membrane").add_neurons("cells", cells);
    /// experiment.set("run.duration", "2 s")?;
    /// experiment.set("run.seed", 7)?;
    /// experiment.set("neurons.cells.parameters.tau", "10 ms")?;
    /// experiment.set("neurons.cells.initial", Value::table(vec![("v".into(), 0.5.into())]))?;
    /// assert_eq!((experiment.run.duration, experiment.run.seed), (2.0, 7));
    /// assert_eq!(experiment.neurons[0].1.parameters, [("tau".into(), "10 ms".into())]);
    ///
    /// let errors = experiment.set("neurons.cells.count", -3).unwrap_err();
    /// assert_eq!(
    ///     errors.errors[0].mistake.to_string(),
    ///     "`count` in [neurons.cells] must not be below 0, and it is -3"
    /// );
    /// assert_eq!(experiment.neurons[0].1.count, 10);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A key that is not there, a value that is not possible.
    pub fn set(&mut self, key: &str, value: impl Into<Value>) -> Result<(), DescriptionErrors> {
        *self = self.with_values(&[(key.into(), value.into())])?;
        Ok(())
    }

    /// The same experiment with other values of some keys, each as on the command line.
    ///
    /// # Errors
    /// A key that is not there, a value that is not possible.
    pub fn with_settings(&self, settings: &[(&str, &str)]) -> Result<Self, DescriptionErrors> {
        self.with_values(&parsed(settings))
    }

    /// The same experiment with other values of some keys, as for one point of a sweep. They are looked at together.
    ///
    /// # Errors
    /// A key that is not there, a value that is not possible.
    pub fn with_values(&self, settings: &[(String, Value)]) -> Result<Self, DescriptionErrors> {
        let context = Context::of_no_file(&self.folder);
        let mut root = declaration::write(self);
        settings::apply(&context, &mut root, settings);
        read_tree(&context, &root)
    }

    /// Checks names, numbers and references, as reading does; equations are checked when they are compiled.
    ///
    /// # Errors
    /// Everything that is wrong, each mistake with the place where it would stand in a file.
    pub fn validate(&self) -> Result<(), DescriptionErrors> {
        let mut findings = checks::check(self, &[]);
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

/// Settings of the command line as typed values.
fn parsed(settings: &[(&str, &str)]) -> Vec<(String, Value)> {
    let settings = settings.iter();
    settings
        .map(|(key, value)| ((*key).into(), Value::parse(value)))
        .collect()
}

/// Reads the text of a file.
fn parse(
    text: &str,
    name: &str,
    folder: &Path,
    settings: &[(String, Value)],
) -> Result<Experiment, DescriptionErrors> {
    let length = text.len() as u64;
    if length > LONGEST_FILE {
        return Err(DescriptionErrors::of_file(name, too_large(length)));
    }
    let context = Context {
        folder: folder.to_path_buf(),
        ..Context::default()
    };
    let source = context.add_source(name, text);
    let mut root = match tree::parse(text, source) {
        Ok(root) => root,
        Err(error) => {
            note_syntax(&context, source, &error);
            return Err(collect(&context));
        }
    };
    settings::apply(&context, &mut root, settings);
    read_tree(&context, &root)
}

/// Reads a tree, and checks what was read.
fn read_tree(context: &Context, root: &Node) -> Result<Experiment, DescriptionErrors> {
    let Some(experiment) = read_root(context, root) else {
        return Err(collect(context));
    };
    let clean = context.found.borrow().is_empty();
    for finding in checks::check(&experiment, &context.unread.borrow()) {
        note_finding(context, root, finding);
    }
    if clean && context.found.borrow().is_empty() {
        settings::check_sweep(context, root, &experiment);
        settings::check_quick(context, root, &experiment);
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

/// Reads all tables that can be read; `None` where there are none.
fn read_root(context: &Context, root: &Node) -> Option<Experiment> {
    let fields = Fields::of_file(context, root, "the file")?;
    let mut experiment = Experiment {
        folder: context.folder.clone(),
        ..Experiment::blank()
    };
    declaration::read_onto(fields, &mut experiment);
    for (population, equations) in context.wanted.take() {
        experiment.add_target_equations(&population, &equations);
    }
    Some(experiment)
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
