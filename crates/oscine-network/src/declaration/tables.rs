//! Tables as what stands under a key: one, one for each name, a list of them.

use std::marker::PhantomData;

use super::reference::{Shape, TableReference};
use super::{Declared, Key, Keys, Table, describe, describe_one, read, write};
use crate::Named;
use crate::checks::Findings;
use crate::reading::fields::Fields;
use crate::reading::tree::{Kind, Node, Table as Tree};

/// One table.
pub(crate) struct One<T>(PhantomData<T>);

/// One table, or none.
pub(crate) struct AtMostOne<T>(PhantomData<T>);

/// The keys of a table as keys of the one that it stands in.
pub(crate) struct Flat<T>(PhantomData<T>);

/// A table for each name.
pub(crate) struct ByName<T>(PhantomData<T>);

/// Tables one after another.
pub(crate) struct InOrder<T>(PhantomData<T>);

fn shape<T: Table>() -> Shape {
    Shape::Table(Box::new(describe::<T>()))
}

impl<T: Declared> Keys for Flat<T> {
    type Value = T;

    fn read_from(fields: &Fields, _: &Key, into: &mut T) -> bool {
        into.read_keys(fields)
    }

    fn write_into(value: &T, _: &Key, into: &mut Tree) {
        value.write_keys(into);
    }

    fn check(value: &T, _: &Key, findings: &mut Findings, path: &str, table: &str) {
        value.check_keys(findings, path, table);
    }

    fn describe(_: &Key, _: Option<&T>, into: &mut TableReference) {
        T::describe_keys(into);
    }
}

impl<T: Table> Keys for One<T> {
    type Value = T;

    fn read_from(fields: &Fields, key: &Key, into: &mut T) -> bool {
        let Some(node) = fields.take(key.name) else {
            return true;
        };
        let inside = Fields::of(fields.context, node, fields.inside(key.name));
        let table = inside.and_then(|inside| read(inside, T::blank()));
        match table {
            Some(table) => *into = table,
            None => fields.unread(key.name, ""),
        }
        true
    }

    fn write_into(value: &T, key: &Key, into: &mut Tree) {
        into.add(key.name, write(value));
    }

    fn check(value: &T, key: &Key, findings: &mut Findings, path: &str, table: &str) {
        AtMostOne::check_one(value, key, findings, path, table);
    }

    fn describe(key: &Key, _: Option<&T>, into: &mut TableReference) {
        describe_one(key, shape::<T>(), into);
    }
}

impl<T: Table> AtMostOne<T> {
    fn check_one(value: &T, key: &Key, findings: &mut Findings, path: &str, table: &str) {
        let name = key.name;
        match path {
            "" => value.check_keys(findings, name, &format!("[{name}]")),
            _ => value.check_keys(
                findings,
                &format!("{path}/{name}"),
                &format!("`{name}` of {table}"),
            ),
        }
    }
}

impl<T: Table> Keys for AtMostOne<T> {
    type Value = Option<T>;

    fn read_from(fields: &Fields, key: &Key, into: &mut Option<T>) -> bool {
        let Some(node) = fields.take(key.name) else {
            return true;
        };
        let inside = Fields::of(fields.context, node, fields.inside(key.name));
        *into = inside.and_then(|inside| read(inside, T::blank()));
        if into.is_none() {
            fields.unread(key.name, key.name);
        }
        into.is_some() || fields.is_root
    }

    fn write_into(value: &Option<T>, key: &Key, into: &mut Tree) {
        if let Some(table) = value {
            into.add(key.name, write(table));
        }
    }

    fn check(value: &Option<T>, key: &Key, findings: &mut Findings, path: &str, table: &str) {
        if let Some(value) = value {
            Self::check_one(value, key, findings, path, table);
        }
    }

    fn describe(key: &Key, _: Option<&Option<T>>, into: &mut TableReference) {
        describe_one(key, shape::<T>(), into);
    }
}

impl<T: Table> Keys for ByName<T> {
    type Value = Named<T>;

    fn read_from(fields: &Fields, key: &Key, into: &mut Named<T>) -> bool {
        each(fields, key.name, |name, inside| {
            match read(inside, T::blank()) {
                Some(table) => into.push((name.into(), table)),
                None => fields.unread(key.name, name),
            }
        });
        true
    }

    fn write_into(values: &Named<T>, key: &Key, into: &mut Tree) {
        let mut tables = Tree::default();
        for (name, table) in values {
            tables.add(name, write(table));
        }
        if !values.is_empty() {
            into.add(key.name, Node::table(tables));
        }
    }

    fn check(values: &Named<T>, key: &Key, findings: &mut Findings, _: &str, _: &str) {
        let kind = key.name;
        for (name, table) in values {
            table.check_keys(
                findings,
                &format!("{kind}/{name}"),
                &format!("[{kind}.{name}]"),
            );
        }
    }

    fn describe(key: &Key, _: Option<&Named<T>>, into: &mut TableReference) {
        describe_one(key, Shape::ByName(Box::new(shape::<T>())), into);
    }
}

impl<T: Table> Keys for InOrder<T> {
    type Value = Vec<T>;

    fn read_from(fields: &Fields, key: &Key, into: &mut Vec<T>) -> bool {
        let Some(node) = fields.take(key.name) else {
            return true;
        };
        let Kind::List(nodes) = &node.kind else {
            let expected = format!("a list of tables, as in [[{}]]", key.name);
            fields.at(key.name).wrong::<()>(node, &expected);
            fields.unread(key.name, "");
            return true;
        };
        for (index, node) in nodes.iter().enumerate() {
            let inside = Fields::of(fields.context, node, format!("[[{}]]", key.name));
            match inside.and_then(|inside| read(inside, T::blank())) {
                Some(table) => into.push(table),
                None => fields.unread(key.name, &index.to_string()),
            }
        }
        true
    }

    fn write_into(values: &Vec<T>, key: &Key, into: &mut Tree) {
        if !values.is_empty() {
            into.add(key.name, Node::list(values.iter().map(write)));
        }
    }

    fn check(values: &Vec<T>, key: &Key, findings: &mut Findings, _: &str, _: &str) {
        let kind = key.name;
        for (index, table) in values.iter().enumerate() {
            table.check_keys(findings, &format!("{kind}/{index}"), &format!("[[{kind}]]"));
        }
    }

    fn describe(key: &Key, _: Option<&Vec<T>>, into: &mut TableReference) {
        describe_one(key, Shape::List(Box::new(shape::<T>())), into);
    }
}

/// Reads every table of `[kind.NAME]`, in order.
pub(crate) fn each<'a>(
    fields: &Fields<'a>,
    key: &'static str,
    mut read: impl FnMut(&str, Fields<'a>),
) {
    let Some(node) = fields.take(key) else {
        return;
    };
    let Kind::Table(table) = &node.kind else {
        let expected = format!("tables with a name each, as in [{key}.name]");
        fields.at(key).wrong::<()>(node, &expected);
        fields.unread(key, "");
        return;
    };
    for entry in &table.entries {
        let name = &entry.key;
        let inside = Fields::of(fields.context, &entry.node, format!("[{key}.{name}]"));
        match inside {
            Some(inside) => read(name, inside),
            None => fields.unread(key, name),
        }
    }
}
