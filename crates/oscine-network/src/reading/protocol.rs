//! Reads `[[protocol]]`, and other lists of tables.

use super::fields::Fields;
use super::tree::{Kind, Node, Table};
use crate::{Named, Phase, Text};

/// Each table of `[[key]]`, in order.
pub(crate) fn list<'a, T>(
    fields: &Fields<'a>,
    key: &'static str,
    mut read: impl FnMut(Fields<'a>) -> T,
) -> Vec<T> {
    let Some(node) = fields.take(key) else {
        return Vec::new();
    };
    let Kind::List(nodes) = &node.kind else {
        fields.wrong(key, node, &format!("a list of tables, as in [[{key}]]"));
        return Vec::new();
    };
    nodes
        .iter()
        .filter_map(|node| Fields::of(fields.context, node, format!("[[{key}]]")))
        .map(&mut read)
        .collect()
}

pub(crate) fn phase(fields: Fields) -> Phase {
    let duration = fields.time("duration");
    if !fields.has("duration") {
        fields.missing("duration", "`duration = \"1 s\"`");
    }
    let phase = Phase {
        name: fields.string("name").unwrap_or_default(),
        duration: duration.unwrap_or(1.0),
        fire: dotted(&fields, "fire"),
        set: dotted(&fields, "set"),
    };
    fields.finish();
    phase
}

/// Texts by name, where a name may be written in quotation marks or as dotted keys: `{ "cells.I" = "1 nA" }`.
pub(crate) fn dotted(fields: &Fields, key: &'static str) -> Named<Text> {
    let Some(node) = fields.take(key) else {
        return Vec::new();
    };
    let Kind::Table(table) = &node.kind else {
        fields.wrong(key, node, "a table such as { name = \"10 Hz\" }");
        return Vec::new();
    };
    flatten(table)
        .into_iter()
        .filter_map(|(name, node)| {
            let text = fields.as_text(&format!("{key}.{name}"), node)?;
            Some((name, text))
        })
        .collect()
}

/// The values of a table and of those inside it, each with its dotted name.
pub(crate) fn flatten(table: &Table) -> Vec<(String, &Node)> {
    fn walk<'a>(table: &'a Table, before: &str, into: &mut Vec<(String, &'a Node)>) {
        for entry in &table.entries {
            let name = format!("{before}{}", entry.key);
            match &entry.node.kind {
                Kind::Table(inner) => walk(inner, &format!("{name}."), into),
                _ => into.push((name, &entry.node)),
            }
        }
    }
    let mut found = Vec::new();
    walk(table, "", &mut found);
    found
}
