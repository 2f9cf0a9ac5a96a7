//! `model = "…"`: an entry of the catalogue, with a set of its parameters (`adex:bursting`), or a file of the user's own.

use std::path::PathBuf;

use super::fields::{Context, Fields};
use super::tree::{self, Kind, Node};
use super::{integrators, neurons};
use crate::{Mistake, Named, Refractory, Text, catalogue, nearest};

/// A named model: the texts that a population, a projection or a noise is made from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// As it is asked for: `hodgkin-huxley`, `adex:bursting`.
    pub name: String,
    /// What a reader sees first.
    pub title: String,
    /// What it is and what it shows.
    pub about: String,
    /// Where it was published.
    pub source: String,
    /// `neuron`, `synapse` or `noise`.
    pub kind: String,
    /// Brian2-style equations.
    pub equations: Text,
    /// The condition for a spike.
    pub threshold: Option<Text>,
    /// What a spike resets.
    pub reset: Option<Text>,
    /// When the cell is deaf.
    pub refractory: Option<Refractory>,
    /// At the arrival of a presynaptic spike.
    pub on_pre: Option<Text>,
    /// At a postsynaptic spike.
    pub on_post: Option<Text>,
    /// Constants and expressions, by name.
    pub parameters: Named<Text>,
    /// Where the variables start.
    pub initial: Named<Text>,
    /// Names that stand for an expression of time.
    pub input: Named<Text>,
    /// The integrator that it asks for.
    pub integrator: Option<String>,
    /// Equations that a synapse needs in its target population.
    pub target: Text,
    /// Named sets of parameters that stand in for the entry's own.
    pub sets: Named<ParameterSet>,
    /// A run that shows what the model does; a set's own replaces it.
    pub demonstration: Option<Demonstration>,
}

/// A run that shows what a model does: said to the reader and used by the tests, never applied to a population.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Demonstration {
    /// What is seen.
    pub shows: String,
    /// s.
    pub duration: f64,
    /// The step, s.
    pub dt: f64,
    /// The integrator by name.
    pub integrator: Option<String>,
    /// The stimulus: expressions of `t`, by the name that they stand for.
    pub input: Named<Text>,
}

/// A named set of parameters of a model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParameterSet {
    /// What the model does with it.
    pub about: String,
    /// Replaced one by one.
    pub parameters: Named<Text>,
    /// Replaced one by one.
    pub initial: Named<Text>,
    /// Replaced one by one.
    pub input: Named<Text>,
    /// Replaces the entry's.
    pub demonstration: Option<Demonstration>,
}

/// Where models are looked up.
pub(crate) struct Models {
    /// The folder that a path to a user's file starts from.
    pub folder: PathBuf,
}

impl Models {
    /// The entry under the key `model`, where there is one.
    pub fn of(&self, fields: &Fields, kind: &str) -> Option<Entry> {
        let name = fields.string("model")?;
        let node = fields.take("model")?;
        if fields.has("equations") {
            fields.context.note(
                &node.place,
                Mistake::Contradiction {
                    table: fields.name.clone(),
                    first: "model".into(),
                    second: "equations".into(),
                    help: "keep `model` and override its parameters, threshold, reset …, or keep `equations`".into(),
                },
            );
        }
        match self.find(fields.context, &name, kind) {
            Ok(entry) => entry,
            Err(mistake) => {
                fields.context.note(&node.place, mistake);
                None
            }
        }
    }

    /// The noises under the key `noise`, one or a list, each with where it is asked for.
    pub fn noises<'a>(&self, fields: &Fields<'a>) -> Vec<(&'a Node, Entry)> {
        let Some(node) = fields.take("noise") else {
            return Vec::new();
        };
        let nodes = match &node.kind {
            Kind::List(nodes) => nodes.iter().collect(),
            _ => vec![node],
        };
        let mut found = Vec::new();
        for node in nodes {
            let Kind::Text(name, _) = &node.kind else {
                fields.wrong("noise", node, "the name of a noise, or a list of names");
                continue;
            };
            match self.find(fields.context, name, "noise") {
                Ok(entry) => found.extend(entry.map(|entry| (node, entry))),
                Err(mistake) => fields.context.note(&node.place, mistake),
            }
        }
        found
    }

    fn find(&self, context: &Context, written: &str, kind: &str) -> Result<Option<Entry>, Mistake> {
        let (name, set) = match written.split_once(':') {
            Some((name, set)) => (name, Some(set)),
            None => (written, None),
        };
        let entry = if name.ends_with(".toml") || name.starts_with("./") || name.starts_with("../")
        {
            self.read_file(context, name)?
        } else {
            catalogue::find(name)
                .map(Some)
                .ok_or_else(|| Mistake::UnknownModel {
                    name: name.into(),
                    nearest: nearest(name, catalogue::names()),
                })?
        };
        let Some(mut entry) = entry else {
            return Ok(None);
        };
        if entry.kind != kind {
            return Err(Mistake::WrongModel {
                name: name.into(),
                found: format!("a {}", entry.kind),
                wanted: format!("a {kind}"),
            });
        }
        if let Some(set) = set {
            entry.choose(set).map_err(|there| Mistake::UnknownSet {
                name: name.into(),
                set: set.into(),
                nearest: nearest(set, there.iter().map(String::as_str)),
                there,
            })?;
        }
        entry.name = written.to_string();
        Ok(Some(entry))
    }

    fn read_file(&self, context: &Context, name: &str) -> Result<Option<Entry>, Mistake> {
        let path = self.folder.join(name);
        let text = super::read_text(&path).map_err(|mistake| Mistake::UnreadableModel {
            path: name.into(),
            reason: match mistake {
                Mistake::Unreadable { reason } => reason,
                other => other.to_string(),
            },
        })?;
        Ok(read_entry(context, name, name, &text))
    }
}

/// Reads the text of a model's file; what is wrong with it is noted with its place there.
pub(crate) fn read_entry(context: &Context, name: &str, file: &str, text: &str) -> Option<Entry> {
    let source = context.add_source(file, text);
    let root = match tree::parse(text, source) {
        Ok(root) => root,
        Err(error) => {
            super::note_syntax(context, source, &error);
            return None;
        }
    };
    let fields = Fields::of(context, &root, "the model")?;
    let mut entry = Entry {
        name: name.into(),
        title: fields.string("title").unwrap_or_default(),
        about: fields.string("about").unwrap_or_default(),
        source: fields.string("source").unwrap_or_default(),
        kind: "neuron".into(),
        ..Entry::default()
    };
    if let Some(kind) = fields.choice("kind", &["neuron", "synapse", "noise"]) {
        entry.kind = kind.into();
    }
    entry.equations = fields.text("equations").unwrap_or_default();
    entry.threshold = fields.text("threshold");
    entry.reset = fields.text("reset");
    entry.refractory = neurons::refractory(&fields);
    entry.on_pre = fields.text("on_pre");
    entry.on_post = fields.text("on_post");
    entry.parameters = fields.named_texts("parameters");
    entry.initial = fields.named_texts("initial");
    entry.input = fields.named_texts("input");
    entry.integrator = integrators::read(&fields);
    entry.target = fields.text("target").unwrap_or_default();
    entry.demonstration = demonstration(&fields);
    neurons::each(&fields, "sets", |name, inside, _: &Node| {
        let set = ParameterSet {
            about: inside.string("about").unwrap_or_default(),
            parameters: inside.named_texts("parameters"),
            initial: inside.named_texts("initial"),
            input: inside.named_texts("input"),
            demonstration: demonstration(&inside),
        };
        entry.sets.push((name.to_string(), set));
        inside.finish();
    });
    fields.finish();
    Some(entry)
}

fn demonstration(fields: &Fields) -> Option<Demonstration> {
    let node = fields.take("demonstration")?;
    let inside = Fields::of(fields.context, node, "[demonstration]")?;
    let demonstration = Demonstration {
        shows: inside.string("shows").unwrap_or_default(),
        duration: inside.time("duration").unwrap_or(1.0),
        dt: inside.time("dt").unwrap_or(super::run::DEFAULT_STEP),
        integrator: integrators::read(&inside),
        input: inside.named_texts("input"),
    };
    inside.finish();
    Some(demonstration)
}

impl Entry {
    /// Puts a named set in place of the entry's own parameters; `Err` with the names that there are.
    pub fn choose(&mut self, set: &str) -> Result<(), Vec<String>> {
        let Some((_, chosen)) = self.sets.iter().find(|(name, _)| name == set) else {
            return Err(self.sets.iter().map(|(name, _)| name.clone()).collect());
        };
        let chosen = chosen.clone();
        neurons::override_with(&mut self.parameters, chosen.parameters);
        neurons::override_with(&mut self.initial, chosen.initial);
        neurons::override_with(&mut self.input, chosen.input);
        self.demonstration = chosen.demonstration.or(self.demonstration.take());
        Ok(())
    }
}

/// True for a table, which is what a bounded value is written as.
pub(crate) fn is_table(node: &Node) -> bool {
    matches!(node.kind, Kind::Table(_))
}
