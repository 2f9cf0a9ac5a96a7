//! Tables of records: a column for time, columns that say which cell, and a column a variable.

use std::sync::Arc;

/// The kind of a table: what its rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableKind {
    /// A row for each spike.
    Spikes,
    /// A row for each recorded cell or synapse at each time of sampling.
    Samples,
    /// A row for each run of a sweep.
    Sweep,
}

/// The schema of a table: its columns.
#[derive(Clone, Debug, PartialEq)]
pub struct TableSchema {
    /// The record's name in the experiment file.
    pub record: String,
    /// What its rows are.
    pub kind: TableKind,
    /// Columns from left to right.
    pub fields: Vec<TableColumn>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct TableColumn {
    /// Its name: `time`, `cell`, `v`.
    pub name: String,
    /// The SI unit of its values; empty where they have none.
    pub unit: String,
    /// The type of its values.
    pub kind: ColumnKind,
}

/// The type of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnKind {
    /// 64-bit numbers.
    Number,
    /// Indices of cells or synapses.
    Index,
    /// One of a few names.
    Name,
}

/// The values of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnValues {
    /// Of [`ColumnKind::Number`], `[row]`.
    Numbers(Vec<f64>),
    /// Of [`ColumnKind::Index`], `[row]`.
    Indices(Vec<u32>),
    /// Of [`ColumnKind::Name`]: which of the names, `[row]`.
    Names(Vec<Arc<str>>),
}

/// Rows of a table, column by column; all columns are equally long.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TableRows {
    /// In the order of the schema's fields.
    pub columns: Vec<ColumnValues>,
}

impl TableSchema {
    /// No rows of this schema.
    #[must_use]
    pub fn no_rows(&self) -> TableRows {
        let empty = |field: &TableColumn| match field.kind {
            ColumnKind::Number => ColumnValues::Numbers(Vec::new()),
            ColumnKind::Index => ColumnValues::Indices(Vec::new()),
            ColumnKind::Name => ColumnValues::Names(Vec::new()),
        };
        TableRows {
            columns: self.fields.iter().map(empty).collect(),
        }
    }

    /// The place of the column of this name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
}

impl ColumnValues {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Indices(values) => values.len(),
            Self::Names(values) => values.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers, where it holds numbers.
    #[must_use]
    pub fn numbers(&self) -> Option<&[f64]> {
        match self {
            Self::Numbers(values) => Some(values),
            _ => None,
        }
    }

    /// The indices, where it holds indices.
    #[must_use]
    pub fn indices(&self) -> Option<&[u32]> {
        match self {
            Self::Indices(values) => Some(values),
            _ => None,
        }
    }

    /// The names, where it holds names.
    #[must_use]
    pub fn names(&self) -> Option<&[Arc<str>]> {
        match self {
            Self::Names(values) => Some(values),
            _ => None,
        }
    }

    fn append(&mut self, more: &mut Self) {
        match (self, more) {
            (Self::Numbers(all), Self::Numbers(more)) => all.append(more),
            (Self::Indices(all), Self::Indices(more)) => all.append(more),
            (Self::Names(all), Self::Names(more)) => all.append(more),
            _ => debug_assert!(false, "rows of one table have the same columns"),
        }
    }

    fn split_off(&mut self, at: usize) -> Self {
        match self {
            Self::Numbers(values) => Self::Numbers(values.split_off(at)),
            Self::Indices(values) => Self::Indices(values.split_off(at)),
            Self::Names(values) => Self::Names(values.split_off(at)),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len() * size_of::<f64>(),
            Self::Indices(values) => values.len() * size_of::<u32>(),
            Self::Names(values) => values.len() * size_of::<Arc<str>>(),
        }
    }
}

impl TableRows {
    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, ColumnValues::len)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What they take in memory, bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(ColumnValues::bytes).sum()
    }

    /// Puts other rows of the same schema at the end; takes them over without a copy where there are none yet.
    pub fn append(&mut self, mut more: Self) {
        if self.is_empty() {
            *self = more;
            return;
        }
        for (all, more) in self.columns.iter_mut().zip(&mut more.columns) {
            all.append(more);
        }
    }

    /// Takes the rows from `at` on away.
    #[must_use]
    pub fn split_off(&mut self, at: usize) -> Self {
        Self {
            columns: self
                .columns
                .iter_mut()
                .map(|column| column.split_off(at))
                .collect(),
        }
    }
}
