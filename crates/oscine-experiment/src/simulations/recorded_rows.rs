//! Rows of tables (times in seconds) from what the simulation recorded (steps and indices).

use std::sync::Arc;

use oscine_engine::{RecordFacts, RecordKind, Recorded, Rows as Recording};

use crate::files::symbol::unit_symbol;
use crate::files::table::{
    ColumnKind, ColumnValues, TableColumn, TableKind, TableRows, TableSchema,
};

/// The layout of one record's table: its schema, and what the record covers.
pub(crate) struct RecordedTable {
    pub(crate) schema: TableSchema,
    /// What the record covers, in its order.
    covered: Vec<Covered>,
    grid: TimeGrid,
}

/// A population or projection, or a part of one, that a record covers.
struct Covered {
    name: Arc<str>,
    first: usize,
    /// Source and target of each synapse from `first` on; empty of cells.
    ends: Vec<(u32, u32)>,
}

impl RecordedTable {
    /// A table for each record that the simulation keeps, in their order.
    pub(crate) fn all(facts: &[RecordFacts], dt: f64) -> Vec<Self> {
        let grid = TimeGrid::new(dt);
        let mut tables: Vec<Self> = Vec::new();
        for record in facts {
            let known = tables
                .iter_mut()
                .find(|table| table.schema.record == record.name);
            match known {
                Some(table) => table.covered.push(Covered::of(record)),
                None => tables.push(Self {
                    schema: schema(record),
                    covered: vec![Covered::of(record)],
                    grid,
                }),
            }
        }
        for table in &mut tables {
            if table.covers_several() {
                let of = TableColumn {
                    name: "of".into(),
                    unit: String::new(),
                    kind: ColumnKind::Name,
                };
                table.schema.fields.insert(1, of);
            }
        }
        tables
    }

    /// Whether rows must say which population they are of.
    fn covers_several(&self) -> bool {
        self.covered
            .iter()
            .any(|covered| covered.name != self.covered[0].name)
    }

    /// What was recorded over some steps, as rows: by time, then in the record's order, then by cell. The columns of one piece, which is in order, are
    /// taken over.
    pub(crate) fn rows(&self, mut pieces: Vec<Recorded>) -> TableRows {
        let piece = match pieces.len() {
            1 => pieces.swap_remove(0),
            _ => return self.ordered_rows(&pieces),
        };
        let (steps, elements, variables) = match piece.rows {
            Recording::Spikes { steps, cells } => (steps, cells, Vec::new()),
            Recording::Samples {
                steps,
                elements,
                columns,
            } => (steps, elements, columns),
        };
        let times = steps.iter().map(|&step| self.grid.time(step));
        let mut columns = vec![ColumnValues::Numbers(times.collect())];
        if self.covers_several() {
            let name = self.shared_name(&piece.of);
            columns.push(ColumnValues::Names(vec![name; elements.len()]));
        }
        let ends = self.schema.position("source").map(|_| {
            let ends = elements
                .iter()
                .map(|&synapse| self.ends(&piece.of, synapse));
            ends.unzip::<u32, u32, Vec<u32>, Vec<u32>>()
        });
        columns.push(ColumnValues::Indices(elements));
        if let Some((sources, targets)) = ends {
            columns.extend([
                ColumnValues::Indices(sources),
                ColumnValues::Indices(targets),
            ]);
        }
        let variables = variables.into_iter().map(|(_, values)| values);
        columns.extend(variables.map(ColumnValues::Numbers));
        TableRows { columns }
    }

    /// The rows of several pieces, put in order.
    fn ordered_rows(&self, pieces: &[Recorded]) -> TableRows {
        let order = order_of(pieces, &self.covered);
        let mut columns = vec![ColumnValues::Numbers(picked(&order, |piece, row| {
            self.grid.time(steps(&pieces[piece].rows)[row])
        }))];
        if self.covers_several() {
            columns.push(ColumnValues::Names(picked(&order, |piece, _| {
                self.shared_name(&pieces[piece].of)
            })));
        }
        let element = |piece: usize, row: usize| match &pieces[piece].rows {
            Recording::Spikes { cells, .. } => cells[row],
            Recording::Samples { elements, .. } => elements[row],
        };
        columns.push(ColumnValues::Indices(picked(&order, element)));
        if self.schema.position("source").is_some() {
            let ends = |piece: usize, row: usize| self.ends(&pieces[piece].of, element(piece, row));
            columns.push(ColumnValues::Indices(picked(&order, |p, r| ends(p, r).0)));
            columns.push(ColumnValues::Indices(picked(&order, |p, r| ends(p, r).1)));
        }
        let variables = self.schema.fields.len() - columns.len();
        for variable in 0..variables {
            let values = picked(&order, |piece, row| match &pieces[piece].rows {
                Recording::Samples { columns, .. } => columns[variable].1[row],
                Recording::Spikes { .. } => f64::NAN,
            });
            columns.push(ColumnValues::Numbers(values));
        }
        TableRows { columns }
    }

    /// The name of what a piece is of, one in memory for all rows.
    fn shared_name(&self, of: &str) -> Arc<str> {
        let covered = self.covered.iter().find(|covered| *covered.name == *of);
        covered.map_or_else(|| Arc::from(of), |covered| covered.name.clone())
    }

    /// Source and target of a synapse.
    fn ends(&self, of: &str, synapse: u32) -> (u32, u32) {
        self.covered
            .iter()
            .filter(|covered| *covered.name == *of)
            .find_map(|covered| {
                let place = (synapse as usize).checked_sub(covered.first)?;
                covered.ends.get(place).copied()
            })
            .unwrap_or((u32::MAX, u32::MAX))
    }
}

impl Covered {
    fn of(record: &RecordFacts) -> Self {
        Self {
            name: Arc::from(&*record.of),
            first: record.first,
            ends: record.pairs.clone(),
        }
    }
}

/// The order of rows that came in several pieces: piece and row of each.
fn order_of(pieces: &[Recorded], covered: &[Covered]) -> Vec<(usize, usize)> {
    let rank = |name: &str| covered.iter().position(|covered| *covered.name == *name);
    let mut keyed: Vec<(u64, Option<usize>, usize, usize)> = Vec::new();
    for (number, piece) in pieces.iter().enumerate() {
        let rank = rank(&piece.of);
        let steps = steps(&piece.rows).iter().enumerate();
        keyed.extend(steps.map(|(row, &step)| (step, rank, number, row)));
    }
    keyed.sort_unstable();
    let order = keyed.into_iter().map(|(_, _, piece, row)| (piece, row));
    order.collect()
}

fn picked<T>(order: &[(usize, usize)], value: impl Fn(usize, usize) -> T) -> Vec<T> {
    order
        .iter()
        .map(|&(piece, row)| value(piece, row))
        .collect()
}

fn steps(rows: &Recording) -> &[u64] {
    match rows {
        Recording::Spikes { steps, .. } | Recording::Samples { steps, .. } => steps,
    }
}

fn schema(record: &RecordFacts) -> TableSchema {
    let index = |name: &str| TableColumn {
        name: name.into(),
        unit: String::new(),
        kind: ColumnKind::Index,
    };
    let number = |name: &str, unit: String| TableColumn {
        name: name.into(),
        unit,
        kind: ColumnKind::Number,
    };
    let mut fields = vec![number("time", "s".into())];
    let kind = match &record.kind {
        RecordKind::Spikes => {
            fields.push(index("cell"));
            TableKind::Spikes
        }
        RecordKind::Variables(variables) => {
            if record.pairs.is_empty() {
                fields.push(index("cell"));
            } else {
                fields.extend(["synapse", "source", "target"].map(index));
            }
            for (name, dimension) in variables {
                fields.push(number(name, unit_symbol(*dimension)));
            }
            TableKind::Samples
        }
    };
    TableSchema {
        record: record.name.clone(),
        kind,
        fields,
    }
}

/// The time grid of a simulation: the times of its steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TimeGrid {
    dt: f64,
    /// Steps in a second, where that is a whole number: dividing by it gives the double next to the true time, so that
    /// 3 steps of 0.1 ms are 0.0003 s, where multiplying gives 0.00030000000000000003 s.
    steps_a_second: Option<f64>,
}

impl TimeGrid {
    pub(crate) fn new(dt: f64) -> Self {
        let steps = (1.0 / dt).round();
        let whole = steps >= 1.0 && (steps * dt - 1.0).abs() < 1e-12;
        Self {
            dt,
            steps_a_second: whole.then_some(steps),
        }
    }

    /// The time of a step, s.
    pub(crate) fn time(self, step: u64) -> f64 {
        match self.steps_a_second {
            Some(steps) => step as f64 / steps,
            None => step as f64 * self.dt,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spikes(of: &str, steps: &[u64], cells: &[u32]) -> Recorded {
        Recorded {
            record: "raster".into(),
            of: of.into(),
            rows: Recording::Spikes {
                steps: steps.to_vec(),
                cells: cells.to_vec(),
            },
        }
    }

    fn facts(of: &str) -> RecordFacts {
        RecordFacts {
            name: "raster".into(),
            of: of.into(),
            kind: RecordKind::Spikes,
            first: 0,
            end: 10,
            pairs: Vec::new(),
        }
    }

    #[test]
    fn spikes_of_two_populations_stand_in_one_table_by_time_then_as_listed() {
        let table = &RecordedTable::all(&[facts("b"), facts("a")], 1e-4)[0];
        let rows = table.rows(vec![
            spikes("a", &[1, 3], &[5, 6]),
            spikes("b", &[1, 2], &[7, 8]),
        ]);
        assert_eq!(rows.columns[0].numbers().unwrap(), [1e-4, 1e-4, 2e-4, 3e-4]);
        let of: Vec<&str> = rows.columns[1]
            .names()
            .unwrap()
            .iter()
            .map(|n| &**n)
            .collect();
        assert_eq!(of, ["b", "a", "b", "a"]);
        assert_eq!(rows.columns[2].indices().unwrap(), [7, 5, 8, 6]);
    }

    #[test]
    fn a_table_of_one_population_does_not_name_it() {
        let table = &RecordedTable::all(&[facts("cells")], 1e-4)[0];
        let names: Vec<&str> = table
            .schema
            .fields
            .iter()
            .map(|field| &*field.name)
            .collect();
        assert_eq!(names, ["time", "cell"]);
    }

    #[test]
    fn times_on_a_decimal_grid_are_the_doubles_nearest_to_them() {
        let grid = TimeGrid::new(1e-4);
        assert_eq!(grid.time(3), 0.0003);
        assert_ne!(3.0 * 1e-4, 0.0003);
        assert_eq!(TimeGrid::new(0.3).time(2), 0.6);
    }
}
