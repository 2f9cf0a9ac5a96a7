//! Each table of the experiment file is declared once, by [`table!`] or [`variants!`]: its keys with their documentation, kind of value, default
//! and example. From the declaration come the struct or enum, the reader that collects all mistakes, the writer, the check of ranges, and
//! the [`crate::reference`], from which the JSON Schema and `oscine explain` are made.
//!
//! A kind of value ([`ValueKind`]) stands under one key. What stands under several keys of a table ([`Keys`]), such as all keys of a kind of
//! stimulus, is declared by itself and is a part of the table's declaration.

pub(crate) mod kinds;
mod macros;
pub(crate) mod named;
pub(crate) mod quantities;
pub mod reference;
pub(crate) mod tables;
pub(crate) mod words;

pub(crate) use macros::{key, key_name, rows, table, usual, variants, words};

use crate::Mistake;
use crate::checks::Findings;
use crate::reading::fields::{At, Fields};
use crate::reading::tree::{Node, Table as Tree};
use reference::{KeyReference, Shape, TableReference};

/// A key of a table.
pub(crate) struct Key {
    pub name: &'static str,
    pub doc: &'static str,
    /// What could be written where the key is missing and must not be.
    pub needs: Option<&'static str>,
}

/// A kind of value: how it is read from the tree of a file, written to it, and described.
pub(crate) trait ValueKind {
    /// What is read.
    type Value;
    /// Whether a value out of its range is shown without its quotation marks.
    const IN_TEXT: bool = false;

    /// Reads a node; notes what is wrong with it.
    fn read(at: &At, node: &Node) -> Option<Self::Value>;

    /// Puts what was read in the place of the default, or of what a model says.
    fn put(into: &mut Self::Value, read: Self::Value) {
        *into = read;
    }

    /// As it is written; `None` where the key is left out.
    fn write(value: &Self::Value) -> Option<Node>;

    /// Why the value is outside its range, if it is; `what` is how it is called.
    fn wrong(_value: &Self::Value, _what: &str) -> Option<Mistake> {
        None
    }

    /// What can be written.
    fn shape() -> Shape;

    /// Which values are possible, in a few words.
    fn range() -> Option<&'static str> {
        None
    }
}

/// What stands under one or more keys of a table.
pub(crate) trait Keys {
    /// What is read.
    type Value;

    /// Reads the keys; false where something is missing or cannot be read, which is noted.
    fn read_from(fields: &Fields, key: &Key, into: &mut Self::Value) -> bool;

    /// Writes the keys.
    fn write_into(value: &Self::Value, key: &Key, into: &mut Tree);

    /// Checks the ranges of values that were not read from a file.
    fn check(value: &Self::Value, key: &Key, findings: &mut Findings, path: &str, table: &str);

    /// Adds the keys to the reference; `default` is what holds where nothing is written.
    fn describe(key: &Key, default: Option<&Self::Value>, into: &mut TableReference);
}

impl<K: ValueKind> Keys for K {
    type Value = K::Value;

    fn read_from(fields: &Fields, key: &Key, into: &mut K::Value) -> bool {
        let Some(node) = fields.take(key.name) else {
            if let Some(example) = key.needs {
                fields.missing(key.name, example);
            }
            return key.needs.is_none();
        };
        let at = fields.at(key.name);
        let Some(value) = K::read(&at, node) else {
            return false;
        };
        if let Some(mistake) = K::wrong(&value, &at.called()) {
            match K::IN_TEXT {
                true => at.note_in_text(node, mistake),
                false => at.note(node, mistake),
            }
        }
        K::put(into, value);
        true
    }

    fn write_into(value: &K::Value, key: &Key, into: &mut Tree) {
        if let Some(node) = K::write(value) {
            into.add(key.name, node);
        }
    }

    fn check(value: &K::Value, key: &Key, findings: &mut Findings, path: &str, table: &str) {
        let what = format!("`{}` in {table}", key.name);
        if let Some(mistake) = K::wrong(value, &what) {
            findings.value(&format!("{path}/{}", key.name), mistake);
        }
    }

    fn describe(key: &Key, default: Option<&K::Value>, into: &mut TableReference) {
        let written = default.and_then(K::write);
        into.keys.push(KeyReference {
            name: key.name,
            doc: key.doc.trim(),
            shape: K::shape(),
            needs: key.needs,
            default: written.map(|node| crate::writing::inline_value(&node)),
            range: K::range(),
        });
    }
}

/// A table as [`table!`] declares it.
pub(crate) trait Declared: Sized {
    /// What the table is.
    const DOC: &'static str;

    /// All keys with their defaults.
    fn blank() -> Self;

    /// Reads every key onto what is there; false where something is missing or cannot be read.
    fn read_keys(&mut self, fields: &Fields) -> bool;

    /// Writes every key.
    fn write_keys(&self, into: &mut Tree);

    /// Checks the range of every key.
    fn check_keys(&self, findings: &mut Findings, path: &str, table: &str);

    /// Adds every key to the reference.
    fn describe_keys(into: &mut TableReference);
}

/// A table that stands by itself: what its declaration doesn't say of its keys together.
pub(crate) trait Table: Declared {
    /// Fills in what stands in another key, such as `model`, before the keys are read. False where it cannot be read.
    fn prepare(&mut self, _fields: &Fields) -> bool {
        true
    }

    /// Sees to it that the keys go together, after they were read. False where something is missing.
    fn settle(&mut self, _fields: &Fields) -> bool {
        true
    }

    /// Changes what was written, where a key holds more than one field.
    fn wrote(&self, _into: &mut Tree) {}
}

/// Reads a table onto its defaults; `None` where something is missing or cannot be read, which is noted.
pub(crate) fn read<T: Table>(fields: Fields, mut table: T) -> Option<T> {
    read_onto(fields, &mut table).then_some(table)
}

/// Reads a table onto what is there; false where something is missing or cannot be read, which is noted.
pub(crate) fn read_onto<T: Table>(fields: Fields, table: &mut T) -> bool {
    let prepared = table.prepare(&fields);
    let read = table.read_keys(&fields);
    let settled = table.settle(&fields);
    fields.finish();
    prepared && read && settled
}

/// The table as a tree.
pub(crate) fn write<T: Table>(table: &T) -> Node {
    let mut tree = Tree::default();
    table.write_keys(&mut tree);
    table.wrote(&mut tree);
    Node::table(tree)
}

/// The table in the reference.
pub(crate) fn describe<T: Declared>() -> TableReference {
    let mut reference = TableReference::new(T::DOC.trim());
    T::describe_keys(&mut reference);
    reference
}

/// A key whose kind of value has no default and no range.
pub(crate) fn describe_one(key: &Key, shape: Shape, into: &mut TableReference) {
    into.keys.push(KeyReference {
        name: key.name,
        doc: key.doc.trim(),
        shape,
        needs: key.needs,
        default: None,
        range: None,
    });
}
