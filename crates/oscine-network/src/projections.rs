//! The projections of a file. One table makes one, or, where `from` and `to` are lists of populations, many: `connect`, delays and parameters may
//! then be matrices of numbers with one row a target and one column a source, as in Potjans & Diesmann (2014).
//! Each pair that connects becomes a projection of its own, `NAME_FROM_TO`.

use crate::checks::Findings;
use crate::declaration::reference::TableReference;
use crate::declaration::tables::{ByName, each};
use crate::declaration::{Declared, Key, Keys, ValueKind, read};
use crate::reading::fields::{Fields, text_of};
use crate::reading::slices::Slices;
use crate::reading::tree::{Entry, Kind, Node, Table};
use crate::{Mistake, Named, Slice, Synapses};

/// The tables of projections.
pub(crate) struct Projections;

impl Keys for Projections {
    type Value = Named<Synapses>;

    fn read_from(fields: &Fields, key: &Key, into: &mut Named<Synapses>) -> bool {
        each(fields, key.name, |name, inside| {
            let several = |key| {
                inside
                    .peek(key)
                    .is_some_and(|node| matches!(node.kind, Kind::List(_)))
            };
            let found = match several("from") || several("to") {
                true => expanded(name, &inside),
                false => read(inside, Synapses::blank()).map(|one| vec![(name.to_string(), one)]),
            };
            match found {
                Some(projections) => into.extend(projections),
                None => fields.unread(key.name, name),
            }
        });
        true
    }

    fn write_into(value: &Named<Synapses>, key: &Key, into: &mut Table) {
        ByName::<Synapses>::write_into(value, key, into);
    }

    fn check(value: &Named<Synapses>, key: &Key, findings: &mut Findings, path: &str, table: &str) {
        ByName::<Synapses>::check(value, key, findings, path, table);
    }

    fn describe(key: &Key, default: Option<&Named<Synapses>>, into: &mut TableReference) {
        ByName::<Synapses>::describe(key, default, into);
    }
}

/// A projection for each pair of populations that connects.
fn expanded(name: &str, fields: &Fields) -> Option<Named<Synapses>> {
    let mut ends = Vec::new();
    for key in ["from", "to"] {
        let Some(node) = fields.take(key) else {
            fields.missing(key, &format!("`{key} = \"cells\"`"));
            return None;
        };
        ends.push(Slices::read(&fields.at(key), node)?);
    }
    let (sources, targets) = (&ends[0], &ends[1]);
    let shape = Shape {
        rows: targets.len(),
        columns: sources.len(),
    };
    if shape.rows == 0 || shape.columns == 0 || !shape.check(fields) {
        return None;
    }
    let mut projections = Vec::new();
    let mut whole = true;
    for (row, target) in targets.iter().enumerate() {
        for (column, source) in sources.iter().enumerate() {
            let cell = Cell { row, column };
            let table = cell.table(fields.table());
            if cell.is_empty(&table) {
                continue;
            }
            let node = Node {
                kind: Kind::Table(table),
                place: fields.place.clone(),
            };
            let one = Fields::of(fields.context, &node, fields.name.clone())
                .and_then(|inside| read(inside, Synapses::blank()));
            let full = format!("{name}_{}_{}", label(source), label(target));
            let mut aliases = fields.context.expanded.borrow_mut();
            aliases.insert(full.clone(), name.to_string());
            whole &= one.is_some();
            projections.extend(one.map(|one| (full, one)));
        }
    }
    whole.then_some(projections)
}

/// A slice as part of a name: `cells`, `cells_0_10`.
fn label(slice: &Slice) -> String {
    match (slice.first, slice.end) {
        (0, None) => slice.name.clone(),
        (first, Some(end)) => format!("{}_{first}_{end}", slice.name),
        (first, None) => format!("{}_{first}", slice.name),
    }
}

/// Targets by sources.
struct Shape {
    rows: usize,
    columns: usize,
}

impl Shape {
    /// Every matrix of the table must have this shape; notes those that have another.
    fn check(&self, fields: &Fields) -> bool {
        let mut right = true;
        let mut look = |key: &str, node: &Node| {
            let Kind::List(rows) = &node.kind else {
                return;
            };
            let widths: Vec<usize> = rows
                .iter()
                .map(|row| match &row.kind {
                    Kind::List(cells) => cells.len(),
                    _ => 0,
                })
                .collect();
            if widths.len() == self.rows && widths.iter().all(|width| *width == self.columns) {
                return;
            }
            right = false;
            let found = match widths.iter().find(|width| **width != self.columns) {
                Some(width) if widths.len() == self.rows => format!("one has {width}"),
                _ => format!("there are {} rows", widths.len()),
            };
            fields.context.note(
                &node.place,
                Mistake::WrongMatrix {
                    what: fields.at(key).called(),
                    rows: self.rows,
                    columns: self.columns,
                    found,
                },
            );
        };
        for entry in &fields.table().entries {
            if !CAN_BE_MATRICES.contains(&entry.key.as_str()) {
                continue;
            }
            look(&entry.key, &entry.node);
            if let Kind::Table(table) = &entry.node.kind {
                for inner in table.entries.iter().filter(|inner| inner.key != "pairs") {
                    look(&format!("{}.{}", entry.key, inner.key), &inner.node);
                }
            }
        }
        right
    }
}

/// One of a list of populations.
fn one_of(node: &Node, index: usize) -> Node {
    match &node.kind {
        Kind::List(nodes) => nodes.get(index).unwrap_or(node).clone(),
        _ => node.clone(),
    }
}

/// The keys that may hold a matrix, or a table with matrices.
const CAN_BE_MATRICES: [&str; 5] = ["connect", "delay", "delay_post", "parameters", "initial"];

/// One pair of populations.
struct Cell {
    row: usize,
    column: usize,
}

impl Cell {
    /// The table as it is for this pair: each matrix replaced by its number.
    fn table(&self, table: &Table) -> Table {
        let entries = table.entries.iter().map(|entry| {
            let mut entry = entry.clone();
            match entry.key.as_str() {
                "from" => entry.node = one_of(&entry.node, self.column),
                "to" => entry.node = one_of(&entry.node, self.row),
                _ => {}
            }
            if CAN_BE_MATRICES.contains(&entry.key.as_str()) {
                entry.node = self.pick(&entry.node);
                if let Kind::Table(inner) = &mut entry.node.kind {
                    for Entry { key, node, .. } in &mut inner.entries {
                        if key != "pairs" {
                            *node = self.pick(node);
                        }
                    }
                }
            }
            entry
        });
        Table {
            entries: entries.collect(),
        }
    }

    fn pick(&self, node: &Node) -> Node {
        let Kind::List(rows) = &node.kind else {
            return node.clone();
        };
        match rows.get(self.row).map(|row| &row.kind) {
            Some(Kind::List(cells)) => cells.get(self.column).unwrap_or(node).clone(),
            _ => node.clone(),
        }
    }

    /// True where the rule of this pair makes no synapse: a probability or number of 0.
    fn is_empty(&self, table: &Table) -> bool {
        let Some(Kind::Table(connect)) = table.get("connect").map(|entry| &entry.node.kind) else {
            return false;
        };
        [
            "probability",
            "fixed-in-degree",
            "fixed-out-degree",
            "fixed-total",
        ]
        .iter()
        .filter_map(|rule| connect.get(rule))
        .filter_map(|entry| text_of(&entry.node))
        .any(|text| text.value.trim().parse::<f64>() == Ok(0.0))
    }
}
