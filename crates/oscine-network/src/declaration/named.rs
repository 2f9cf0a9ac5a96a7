//! Kinds of value that hold many things by name.

use super::ValueKind;
use super::kinds::Expression;
use super::reference::Shape;
use crate::reading::fields::At;
use crate::reading::tree::{Kind, Node, Table};
use crate::{Named, Text};
use std::collections::HashMap;

/// Expressions by name; what is written replaces those of the same name and is added otherwise.
pub(crate) struct ExpressionsByName;

impl ValueKind for ExpressionsByName {
    type Value = Named<Text>;

    fn read(at: &At, node: &Node) -> Option<Named<Text>> {
        by_name(
            at,
            node,
            "a table such as { tau = \"10 ms\" }",
            Expression::read,
        )
    }

    fn put(into: &mut Named<Text>, read: Named<Text>) {
        override_with(into, read);
    }

    fn write(values: &Named<Text>) -> Option<Node> {
        write_by_name::<Expression>(values)
    }

    fn shape() -> Shape {
        Shape::ByName(Box::new(Shape::Expression))
    }
}

/// Expressions by name, where a name may be written in quotation marks or as dotted keys: `{ "cells.I" = "1 nA" }`.
pub(crate) struct ExpressionsByDottedName;

impl ValueKind for ExpressionsByDottedName {
    type Value = Named<Text>;

    fn read(at: &At, node: &Node) -> Option<Named<Text>> {
        let Kind::Table(table) = &node.kind else {
            return at.wrong(node, "a table such as { name = \"10 Hz\" }");
        };
        let values = flatten(table).into_iter();
        all(values.map(|(name, node)| {
            let text = Expression::read(&at.inside(&name), node)?;
            Some((name, text))
        }))
    }

    fn write(values: &Named<Text>) -> Option<Node> {
        write_by_name::<Expression>(values)
    }

    fn shape() -> Shape {
        Shape::ByDottedName(Box::new(Shape::Expression))
    }
}

/// All values, `None` where one of them is missing; each is asked for, so that every mistake is noted.
pub(crate) fn all<T>(values: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let mut whole = true;
    let mut found = Vec::new();
    for value in values {
        whole &= value.is_some();
        found.extend(value);
    }
    whole.then_some(found)
}

/// Reads each value of a table.
pub(crate) fn by_name<T>(
    at: &At,
    node: &Node,
    expected: &str,
    read: impl Fn(&At, &Node) -> Option<T>,
) -> Option<Named<T>> {
    let Kind::Table(table) = &node.kind else {
        return at.wrong(node, expected);
    };
    let entries = table.entries.iter();
    all(entries.map(|entry| {
        let value = read(&at.inside(&entry.key), &entry.node)?;
        Some((entry.key.clone(), value))
    }))
}

/// Writes values by name; nothing where there are none.
pub(crate) fn write_by_name<K: ValueKind>(values: &Named<K::Value>) -> Option<Node> {
    let mut table = Table::default();
    for (name, value) in values {
        if let Some(node) = K::write(value) {
            table.add(name, node);
        }
    }
    (!values.is_empty()).then(|| Node::table(table))
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

/// Values by name: the new ones replace those of the same name and are added otherwise.
pub(crate) fn override_with<T>(values: &mut Named<T>, new: Named<T>) {
    let known = values.iter().enumerate();
    let known: HashMap<String, usize> = known.map(|(at, (name, _))| (name.clone(), at)).collect();
    for (name, value) in new {
        match known.get(&name) {
            Some(at) => values[*at].1 = value,
            None => values.push((name, value)),
        }
    }
}
