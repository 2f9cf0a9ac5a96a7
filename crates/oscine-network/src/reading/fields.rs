//! Reading one table: every key that is asked for is remembered, and what nobody asked for is an error with the nearest
//! key that is known. A mistake is noted and reading goes on, so that all mistakes of a file are shown together.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::tree::{Entry, Kind, Node, Place, Source, Table};
use crate::{Mistake, Text, nearest};

/// Looking further than this would take long and help nobody.
const MOST_FOUND: usize = 1000;

/// What all of the reading shares: the texts read and the mistakes found so far.
#[derive(Default)]
pub(crate) struct Context {
    pub sources: RefCell<Vec<Source>>,
    pub found: RefCell<Vec<(Place, Mistake)>>,
    /// Projections made from one table of numbers, by the name of that table.
    pub expanded: RefCell<HashMap<String, String>>,
    /// Tables that could not be read, as `neurons` and the name.
    pub unread: RefCell<Vec<(&'static str, String)>>,
    /// The equations that the models of projections want in their targets, by the target.
    pub wanted: RefCell<Vec<(String, Text)>>,
    /// Whether nothing but the run says how long it lasts.
    pub needs_duration: Cell<bool>,
    /// The folder that paths in the file start from.
    pub folder: PathBuf,
}

impl Context {
    /// For what stands in no file: only texts of the first source have places.
    pub fn of_no_file(folder: &Path) -> Self {
        let context = Self {
            folder: folder.to_path_buf(),
            ..Self::default()
        };
        context.add_source("", "");
        context
    }

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
    /// Whether it is the file itself.
    pub is_root: bool,
    /// Whether keys that nobody asked for are mistakes.
    is_closed: Cell<bool>,
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
            is_root: false,
            is_closed: Cell::new(true),
            known: RefCell::default(),
        })
    }

    /// A file itself.
    pub fn of_file(context: &'a Context, root: &'a Node, name: &str) -> Option<Self> {
        let mut fields = Self::of(context, root, name)?;
        fields.is_root = true;
        Some(fields)
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

    /// True where a key is written with this word.
    pub fn writes(&self, key: &str, word: &str) -> bool {
        let node = self.peek(key).map(|node| &node.kind);
        matches!(node, Some(Kind::Text(written, _)) if written == word)
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

    /// Refuses a key that a table of this kind has not, as if nobody had asked for it. True where it is not written.
    pub fn refuse(&self, key: &str) -> bool {
        self.known.borrow_mut().retain(|known| *known != key);
        !self.has(key)
    }

    /// Notes every key that nobody asked for.
    pub fn finish(self) {
        if !self.is_closed.get() {
            return;
        }
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
                unknown_key(&entry.key, self.name.clone(), &known),
            );
        }
    }

    /// Leaves the keys that nobody asked for unjudged: they are all taken, or the kind of table isn't known.
    pub fn leave_rest(&self) {
        self.is_closed.set(false);
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

    /// A key of this table, as what is wrong with it is told.
    pub fn at<'f>(&'f self, key: &'f str) -> At<'f> {
        At {
            context: self.context,
            table: &self.name,
            key: key.into(),
        }
    }

    /// How the table under a key is called.
    pub fn inside(&self, key: &str) -> String {
        match self.is_root {
            true => format!("[{key}]"),
            false => format!("`{key}` of {}", self.name),
        }
    }

    /// Remembers a table of the file that could not be read, so that what refers to it is no mistake.
    pub fn unread(&self, table: &'static str, name: &str) {
        if self.is_root {
            let mut unread = self.context.unread.borrow_mut();
            unread.push((table, name.to_string()));
        }
    }

    /// The name of the kind of table, where it is one of `names`. Where it is not, no other key can be judged.
    pub fn kind(
        &self,
        key: &'static str,
        names: &[&'static str],
        needs: Option<&str>,
        usual: Option<&'static str>,
    ) -> Option<&'static str> {
        let Some(node) = self.take(key) else {
            if let Some(example) = needs {
                self.missing(key, example);
            }
            if usual.is_none() {
                self.leave_rest();
            }
            return usual;
        };
        let found = self.at(key).word(node, names);
        if found.is_none() {
            self.leave_rest();
        }
        found
    }
}

/// A value under a key of a table.
pub(crate) struct At<'a> {
    pub context: &'a Context,
    table: &'a str,
    key: Cow<'a, str>,
}

impl At<'_> {
    /// How it is called in messages: `duration in [run]`.
    pub fn called(&self) -> String {
        format!("`{}` in {}", self.key, self.table)
    }

    /// A value inside this one.
    pub fn inside(&self, key: &str) -> At<'_> {
        At {
            context: self.context,
            table: self.table,
            key: format!("{}.{key}", self.key).into(),
        }
    }

    /// The keys of a table under this key.
    pub fn fields<'n>(&'n self, node: &'n Node) -> Option<Fields<'n>> {
        Fields::of(
            self.context,
            node,
            format!("`{}` of {}", self.key, self.table),
        )
    }

    pub fn note(&self, node: &Node, mistake: Mistake) {
        self.context.note(&node.place, mistake);
    }

    /// Notes a mistake in what a text says, without its quotation marks.
    pub fn note_in_text(&self, node: &Node, mistake: Mistake) {
        let mut place = node.place.clone();
        if let (Kind::Text(_, Some(content)), false) =
            (&node.kind, matches!(mistake, Mistake::Empty { .. }))
        {
            place.span = content.clone();
        }
        self.context.note(&place, mistake);
    }

    /// Notes a mistake; there is no value.
    pub fn refuse<T>(&self, node: &Node, mistake: Mistake) -> Option<T> {
        self.note(node, mistake);
        None
    }

    /// Notes that the value is of the wrong type.
    pub fn wrong<T>(&self, node: &Node, expected: &str) -> Option<T> {
        let mistake = Mistake::WrongType {
            what: self.called(),
            expected: expected.into(),
            found: node.what().into(),
        };
        self.refuse(node, mistake)
    }

    /// One of a few words.
    pub fn word(&self, node: &Node, words: &[&'static str]) -> Option<&'static str> {
        let Kind::Text(written, _) = &node.kind else {
            return self.wrong(node, "a string");
        };
        let found = words.iter().find(|word| *word == written);
        if found.is_none() {
            self.note(
                node,
                not_one_of(self.called(), written, words.iter().copied()),
            );
        }
        found.copied()
    }

    /// Notes that the number is not finite.
    pub fn not_finite<T>(&self, node: &Node, written: &str) -> Option<T> {
        let mistake = Mistake::NotFinite {
            what: self.called(),
            value: written.into(),
        };
        self.refuse(node, mistake)
    }
}

/// A key that a table does not have.
pub(crate) fn unknown_key(key: &str, table: String, known: &[&str]) -> Mistake {
    Mistake::UnknownKey {
        key: key.into(),
        table,
        nearest: nearest(key, known.iter().copied()),
        known: known.iter().map(|key| key.to_string()).collect(),
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
