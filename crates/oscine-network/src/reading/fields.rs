//! Reading one table: every key that is asked for is remembered, and what nobody asked for is an error with the nearest
//! key that is known. A mistake is noted and reading goes on, so that all mistakes of a file are shown together.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::quantities;
use super::tree::{Entry, Kind, Node, Place, Source, Table};
use crate::{Mistake, Named, Text, nearest};

/// Looking further than this would take long and help nobody.
const MOST_FOUND: usize = 1000;

/// What all of the reading shares: the texts read and the mistakes found so far.
#[derive(Default)]
pub(crate) struct Context {
    pub sources: RefCell<Vec<Source>>,
    pub found: RefCell<Vec<(Place, Mistake)>>,
    /// Projections made from one table of numbers, by the name of that table.
    pub expanded: RefCell<HashMap<String, String>>,
}

impl Context {
    pub fn add_source(&self, name: impl Into<String>, text: &str) -> usize {
        let mut sources = self.sources.borrow_mut();
        sources.push(Source {
            name: name.into(),
            text: Arc::from(text),
        });
        sources.len() - 1
    }

    pub fn note(&self, place: &Place, mistake: Mistake) {
        let mut found = self.found.borrow_mut();
        if found.len() < MOST_FOUND {
            found.push((place.clone(), mistake));
        }
    }
}

/// A table that is being read.
pub(crate) struct Fields<'a> {
    pub context: &'a Context,
    table: &'a Table,
    /// Its header, or the whole of an inline table.
    pub place: Place,
    /// As in messages: `[neurons.cells]`.
    pub name: String,
    known: RefCell<Vec<&'static str>>,
}

impl<'a> Fields<'a> {
    /// Reads `node`; notes a mistake where it is no table.
    pub fn of(context: &'a Context, node: &'a Node, name: impl Into<String>) -> Option<Self> {
        let name = name.into();
        let Kind::Table(table) = &node.kind else {
            context.note(
                &node.place,
                Mistake::WrongType {
                    what: name,
                    expected: "a table".into(),
                    found: node.what().into(),
                },
            );
            return None;
        };
        Some(Self {
            context,
            table,
            place: node.place.clone(),
            name,
            known: RefCell::default(),
        })
    }

    /// The value of a key, which is known from now on.
    pub fn take(&self, key: &'static str) -> Option<&'a Node> {
        let mut known = self.known.borrow_mut();
        if !known.contains(&key) {
            known.push(key);
        }
        self.table.get(key).map(|entry| &entry.node)
    }

    /// The value of a key that someone else will ask for.
    pub fn peek(&self, key: &str) -> Option<&'a Node> {
        self.table.get(key).map(|entry| &entry.node)
    }

    /// The keys and values themselves.
    pub fn table(&self) -> &'a Table {
        self.table
    }

    /// True where the key was written.
    pub fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// The keys that nobody asked for.
    pub fn rest(&self) -> impl Iterator<Item = &'a Entry> {
        let known = self.known.borrow();
        let rest: Vec<&Entry> = self
            .table
            .entries
            .iter()
            .filter(|entry| !known.contains(&entry.key.as_str()))
            .collect();
        rest.into_iter()
    }

    /// Notes every key that nobody asked for.
    pub fn finish(self) {
        let known = self.known.borrow();
        for entry in self.rest().take(MOST_FOUND) {
            let meant = nearest(&entry.key, known.iter().copied());
            // A key that is only misspelt is not missing too.
            self.context.found.borrow_mut().retain(|(place, mistake)| {
                let missing = matches!(mistake, Mistake::MissingKey { key, .. } if Some(key) == meant.as_ref());
                !(missing && *place == self.place)
            });
            self.context.note(
                &entry.place,
                Mistake::UnknownKey {
                    key: entry.key.clone(),
                    table: self.name.clone(),
                    nearest: meant,
                    known: known.iter().map(|key| key.to_string()).collect(),
                },
            );
        }
    }

    pub fn note(&self, mistake: Mistake) {
        self.context.note(&self.place, mistake);
    }

    pub fn missing(&self, key: &str, example: &str) {
        self.note(Mistake::MissingKey {
            key: key.into(),
            table: self.name.clone(),
            example: example.into(),
        });
    }

    /// `duration in [run]`: how a field is called in messages.
    pub fn called(&self, key: &str) -> String {
        format!("`{key}` in {}", self.name)
    }

    pub fn wrong(&self, key: &str, node: &Node, expected: &str) {
        self.context.note(
            &node.place,
            Mistake::WrongType {
                what: self.called(key),
                expected: expected.into(),
                found: node.what().into(),
            },
        );
    }

    /// An expression or equations: a string, or a number that stands for itself.
    pub fn text(&self, key: &'static str) -> Option<Text> {
        let node = self.take(key)?;
        self.as_text(key, node)
    }

    pub fn as_text(&self, key: &str, node: &Node) -> Option<Text> {
        let text = text_of(node);
        match &node.kind {
            _ if text.is_some() => {}
            Kind::Float(_, written) => self.context.note(
                &node.place,
                Mistake::NotFinite {
                    what: self.called(key),
                    value: written.clone(),
                },
            ),
            _ => self.wrong(key, node, "a string or a number"),
        }
        text
    }

    /// A string.
    pub fn string(&self, key: &'static str) -> Option<String> {
        let node = self.take(key)?;
        match &node.kind {
            Kind::Text(value, _) => Some(value.clone()),
            _ => {
                self.wrong(key, node, "a string");
                None
            }
        }
    }

    /// One string or a list of them.
    pub fn texts(&self, key: &'static str) -> Vec<Text> {
        match self.take(key) {
            Some(node) => self.as_texts(key, node),
            None => Vec::new(),
        }
    }

    pub fn as_texts(&self, key: &str, node: &Node) -> Vec<Text> {
        match &node.kind {
            Kind::List(nodes) => nodes
                .iter()
                .filter_map(|node| match node.kind {
                    Kind::Text(..) => text_of(node),
                    _ => {
                        self.wrong(key, node, "a list of strings");
                        None
                    }
                })
                .collect(),
            Kind::Text(..) => text_of(node).into_iter().collect(),
            _ => {
                self.wrong(key, node, "a string or a list of strings");
                Vec::new()
            }
        }
    }

    pub fn flag(&self, key: &'static str) -> Option<bool> {
        let node = self.take(key)?;
        match node.kind {
            Kind::Flag(flag) => Some(flag),
            _ => {
                self.wrong(key, node, "true or false");
                None
            }
        }
    }

    /// A whole number that is not negative.
    pub fn count(&self, key: &'static str) -> Option<usize> {
        let node = self.take(key)?;
        let what = || self.called(key);
        match node.kind {
            Kind::Integer(value, _) if value >= 0 => Some(value as usize),
            Kind::Integer(value, _) => {
                let value = value.to_string();
                self.context.note(
                    &node.place,
                    Mistake::Negative {
                        what: what(),
                        value,
                    },
                );
                None
            }
            Kind::Float(value, ref written) if !value.is_finite() => {
                let value = written.clone();
                self.context.note(
                    &node.place,
                    Mistake::NotFinite {
                        what: what(),
                        value,
                    },
                );
                None
            }
            // A whole number written as `4e3`.
            Kind::Float(value, _) if value >= 0.0 && value.fract() == 0.0 && value < 1e15 => {
                Some(value as usize)
            }
            _ => {
                self.wrong(key, node, "a whole number");
                None
            }
        }
    }

    /// A plain number.
    pub fn number(&self, key: &'static str) -> Option<f64> {
        let node = self.take(key)?;
        let value = match &node.kind {
            Kind::Integer(value, _) => Some(*value as f64),
            Kind::Float(value, _) => Some(*value),
            Kind::Text(text, _) => {
                return quantities::number(self.context, &node.place, &self.called(key), text);
            }
            _ => None,
        };
        match value {
            Some(value) if value.is_finite() => Some(value),
            Some(value) => {
                let value = value.to_string();
                self.context.note(
                    &node.place,
                    Mistake::NotFinite {
                        what: self.called(key),
                        value,
                    },
                );
                None
            }
            None => {
                self.wrong(key, node, "a number");
                None
            }
        }
    }

    /// A time, in s.
    pub fn time(&self, key: &'static str) -> Option<f64> {
        let node = self.take(key)?;
        quantities::time(self.context, node, &self.called(key))
    }

    /// A frequency, in Hz.
    pub fn frequency(&self, key: &'static str) -> Option<f64> {
        let node = self.take(key)?;
        quantities::frequency(self.context, node, &self.called(key))
    }

    /// Expressions by name.
    pub fn named_texts(&self, key: &'static str) -> Named<Text> {
        let Some(node) = self.take(key) else {
            return Vec::new();
        };
        let Kind::Table(table) = &node.kind else {
            self.wrong(key, node, "a table such as { tau = \"10 ms\" }");
            return Vec::new();
        };
        table
            .entries
            .iter()
            .filter_map(|entry| {
                let name = format!("{key}.{}", entry.key);
                Some((entry.key.clone(), self.as_text(&name, &entry.node)?))
            })
            .collect()
    }

    /// One of a few words.
    pub fn choice(&self, key: &'static str, choices: &[&'static str]) -> Option<&'static str> {
        let node = self.take(key)?;
        let Kind::Text(written, _) = &node.kind else {
            self.wrong(key, node, "a string");
            return None;
        };
        let choice = choices.iter().find(|choice| *choice == written);
        if choice.is_none() {
            self.context.note(
                &node.place,
                not_one_of(self.called(key), written, choices.iter().copied()),
            );
        }
        choice.copied()
    }
}

/// A word that is none of the choices.
pub(crate) fn not_one_of<'a>(
    what: String,
    written: &str,
    choices: impl Iterator<Item = &'a str> + Clone,
) -> Mistake {
    Mistake::NotOneOf {
        what,
        written: written.into(),
        nearest: nearest(written, choices.clone()),
        choices: choices.map(str::to_string).collect(),
    }
}

/// A string, or a finite number as it is written; `None` for all else.
pub(crate) fn text_of(node: &Node) -> Option<Text> {
    let in_file = node.place.source == 0 && !node.place.span.is_empty();
    let place = in_file.then(|| node.place.span.clone());
    match &node.kind {
        Kind::Text(value, content) => Some(Text {
            value: value.clone(),
            place: content.clone().filter(|_| in_file).or(place),
        }),
        Kind::Integer(_, written) => Some(Text {
            value: written.clone(),
            place,
        }),
        Kind::Float(value, written) if value.is_finite() => Some(Text {
            value: written.clone(),
            place,
        }),
        _ => None,
    }
}
