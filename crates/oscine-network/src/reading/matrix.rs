//! Many projections from one table: `from` and `to` are lists of populations, and `connect`, delays and parameters may
//! be matrices of numbers with one row a target and one column a source, as in Potjans & Diesmann (2014).
//! Each pair that connects becomes a projection of its own, `NAME_FROM_TO`.

use super::fields::{Fields, text_of};
use super::models::Models;
use super::tree::{Entry, Kind, Node, Table};
use super::{slices, synapses};
use crate::{Connect, Mistake, Slice, Synapses, Text};

/// Reads one table of `[synapses.NAME]` into one projection, or one for each pair that connects.
pub(crate) fn read(name: &str, fields: Fields, models: &Models) -> Vec<(String, Synapses, Text)> {
    let several = |key: &'static str| {
        matches!(
            fields.peek(key),
            Some(Node {
                kind: Kind::List(_),
                ..
            })
        )
    };
    if !several("from") && !several("to") {
        let (synapses, target) = synapses::read(fields, models);
        return vec![(name.to_string(), synapses, target)];
    }
    let sources = slices::list(&fields, "from");
    let targets = slices::list(&fields, "to");
    for (key, found) in [("from", &sources), ("to", &targets)] {
        if !fields.has(key) {
            fields.missing(key, &format!("`{key} = \"cells\"`"));
            return Vec::new();
        }
        if found.is_empty() {
            return Vec::new();
        }
    }
    let shape = Shape {
        rows: targets.len(),
        columns: sources.len(),
    };
    if !shape.check(&fields) {
        return Vec::new();
    }
    let mut expanded = Vec::new();
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
            let Some(one) = Fields::of(fields.context, &node, fields.name.clone()) else {
                continue;
            };
            one.take("from");
            one.take("to");
            let connect = super::connect::read(&one).unwrap_or(Connect::AllToAll);
            let (synapses, wanted) =
                synapses::rest(one, models, source.clone(), target.clone(), connect);
            let full = format!("{name}_{}_{}", label(source), label(target));
            let mut aliases = fields.context.expanded.borrow_mut();
            aliases.insert(full.clone(), name.to_string());
            expanded.push((full, synapses, wanted));
        }
    }
    expanded
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
                    what: fields.called(key),
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
