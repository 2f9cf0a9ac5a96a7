//! `model = "…"`: an entry of the catalogue, with a set of its parameters (`adex:bursting`), or a file of the user's own.

use super::fields::{Context, Fields};
use super::tree::{self, Kind, Node};
use crate::declaration::kinds::{Expression, Maybe, Words};
use crate::declaration::named::{ExpressionsByName, override_with};
use crate::declaration::quantities::Time;
use crate::declaration::reference::Shape;
use crate::declaration::tables::{AtMostOne, ByName};
use crate::declaration::words::IntegratorName;
use crate::declaration::{Declared, Table, ValueKind, read, table};
use crate::reading::fields::At;
use crate::run::DEFAULT_STEP;
use crate::{Mistake, Named, Refractory, Text, catalogue, nearest};

table! {
    /// A named model: the texts that a population, a projection or a noise is made from.
    pub struct Entry {
        /// The title, what a reader sees first.
        title: String = Words, usually String::new();
        /// What it is and what it shows.
        about: String = Words, usually String::new();
        /// Where it was published.
        source: String = Words, usually String::new();
        /// `neuron`, `synapse` or `noise`.
        kind: String = ModelKind, or ModelKind::KINDS[0].into();
        /// Brian2-style equations.
        equations: Text = Expression;
        /// The condition for a spike.
        threshold: Option<Text> = Maybe<Expression>;
        /// What a spike resets.
        reset: Option<Text> = Maybe<Expression>;
        /// When the cell is deaf.
        refractory: Option<Refractory> = Maybe<Refractory>;
        /// Statements at the arrival of a presynaptic spike.
        on_pre: Option<Text> = Maybe<Expression>;
        /// Statements at a postsynaptic spike.
        on_post: Option<Text> = Maybe<Expression>;
        /// Constants and expressions, by name.
        parameters: Named<Text> = ExpressionsByName;
        /// Where the variables start.
        initial: Named<Text> = ExpressionsByName;
        /// Names that stand for an expression of time.
        input: Named<Text> = ExpressionsByName;
        /// The integrator that it asks for.
        integrator: Option<String> = IntegratorName;
        /// Equations that a synapse needs in its target population.
        target: Text = Expression;
        /// A run that shows what the model does; a set's own replaces it.
        demonstration: Option<Demonstration> = AtMostOne<Demonstration>;
        /// Named sets of parameters that stand in for the entry's own.
        sets: Named<ParameterSet> = ByName<ParameterSet>;
    }
    keeps {
        /// As it is asked for: `hodgkin-huxley`, `adex:bursting`.
        name: String;
    }
}

impl Table for Entry {}

table! {
    /// A run that shows what a model does: said to the reader and used by the tests, never applied to a population.
    pub struct Demonstration {
        /// What is seen.
        shows: String = Words, usually String::new();
        /// Its duration, s.
        duration: f64 = Time, or 1.0;
        /// The step, s.
        dt: f64 = Time, or DEFAULT_STEP;
        /// The integrator by name.
        integrator: Option<String> = IntegratorName;
        /// The stimulus: expressions of `t`, by the name that they stand for.
        input: Named<Text> = ExpressionsByName;
    }
}

impl Table for Demonstration {}

table! {
    /// A named set of parameters of a model.
    pub struct ParameterSet {
        /// What the model does with it.
        about: String = Words, usually String::new();
        /// Parameters, replaced one by one.
        parameters: Named<Text> = ExpressionsByName;
        /// Initial values, replaced one by one.
        initial: Named<Text> = ExpressionsByName;
        /// Inputs, replaced one by one.
        input: Named<Text> = ExpressionsByName;
        /// A run that replaces the entry's.
        demonstration: Option<Demonstration> = AtMostOne<Demonstration>;
    }
}

impl Table for ParameterSet {}

/// What a model is of.
struct ModelKind;

impl ModelKind {
    const KINDS: [&str; 3] = ["neuron", "synapse", "noise"];
}

impl ValueKind for ModelKind {
    type Value = String;

    fn read(at: &At, node: &Node) -> Option<String> {
        at.word(node, &Self::KINDS).map(str::to_string)
    }

    fn write(kind: &String) -> Option<Node> {
        Words::write(kind)
    }

    fn shape() -> Shape {
        Shape::Choice(Self::KINDS.map(|kind| (kind, "")).to_vec())
    }
}

/// The entry under the key `model`, where there is one that can be read.
pub(crate) fn of(fields: &Fields, kind: &str) -> Option<Entry> {
    let node = fields.take("model")?;
    let name = Words::read(&fields.at("model"), node)?;
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
    match find(fields.context, &name, kind) {
        Ok(entry) => entry,
        Err(mistake) => {
            fields.context.note(&node.place, mistake);
            None
        }
    }
}

/// Goes over the noises under the key `noise`, one or a list, each with where it is asked for. False where one cannot be read.
pub(crate) fn noises<'a>(fields: &Fields<'a>, mut each: impl FnMut(&'a Node, &Entry)) -> bool {
    let Some(node) = fields.take("noise") else {
        return true;
    };
    let nodes = match &node.kind {
        Kind::List(nodes) => nodes.iter().collect(),
        _ => vec![node],
    };
    let mut whole = true;
    for node in nodes {
        let Kind::Text(name, _) = &node.kind else {
            let expected = "the name of a noise, or a list of names";
            whole = fields.at("noise").wrong::<()>(node, expected).is_some();
            continue;
        };
        match find(fields.context, name, "noise") {
            Ok(Some(entry)) => each(node, &entry),
            Ok(None) => whole = false,
            Err(mistake) => {
                fields.context.note(&node.place, mistake);
                whole = false;
            }
        }
    }
    whole
}

fn find(context: &Context, written: &str, kind: &str) -> Result<Option<Entry>, Mistake> {
    let (name, set) = match written.split_once(':') {
        Some((name, set)) => (name, Some(set)),
        None => (written, None),
    };
    let entry = if name.ends_with(".toml") || name.starts_with("./") || name.starts_with("../") {
        read_file(context, name)?
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

fn read_file(context: &Context, name: &str) -> Result<Option<Entry>, Mistake> {
    let path = context.folder.join(name);
    let text = super::read_text(&path).map_err(|mistake| Mistake::UnreadableModel {
        path: name.into(),
        reason: match mistake {
            Mistake::Unreadable { reason } => reason,
            other => other.to_string(),
        },
    })?;
    Ok(read_entry(context, name, name, &text))
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
    let fields = Fields::of_file(context, &root, "the model")?;
    let blank = Entry {
        name: name.into(),
        ..Entry::blank()
    };
    read(fields, blank)
}

impl Entry {
    /// Puts a named set in place of the entry's own parameters; `Err` with the names that there are.
    pub fn choose(&mut self, set: &str) -> Result<(), Vec<String>> {
        let Some((_, chosen)) = self.sets.iter().find(|(name, _)| name == set) else {
            return Err(self.sets.iter().map(|(name, _)| name.clone()).collect());
        };
        let chosen = chosen.clone();
        override_with(&mut self.parameters, chosen.parameters);
        override_with(&mut self.initial, chosen.initial);
        override_with(&mut self.input, chosen.input);
        self.demonstration = chosen.demonstration.or(self.demonstration.take());
        Ok(())
    }
}
