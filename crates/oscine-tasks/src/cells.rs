//! The cells of a person's own table, as they are written: a CSV or a Parquet file.

use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use crate::TaskError;

/// A table.
pub(crate) struct Cells {
    path: PathBuf,
    /// The names of its columns.
    pub names: Vec<String>,
    /// `[row][column]`, and the line of the file, or the row, counted from 1.
    pub rows: Vec<(u64, Vec<String>)>,
    /// What a row is called: `line` of a text, `row` else.
    counted: &'static str,
}

impl Cells {
    /// Reads a file; what it is shows in the ending of its name.
    ///
    /// # Errors
    /// A file that cannot be read, a row that lacks cells, a name that two columns have, no row at all.
    pub fn read(path: &Path) -> Result<Self, TaskError> {
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        let cells = if ending.is_some_and(|ending| ending == "parquet") {
            read_parquet(path)
        } else {
            read_csv(path)
        };
        let cells = cells.map_err(|reason| TaskError::Unreadable {
            path: path.to_owned(),
            reason,
        })?;
        let unreadable = |reason: String| {
            Err(TaskError::Unreadable {
                path: path.to_owned(),
                reason,
            })
        };
        for (place, name) in cells.names.iter().enumerate() {
            if cells.names[..place].contains(name) {
                return unreadable(format!("it has two columns called `{name}`"));
            }
        }
        if cells.rows.is_empty() {
            return unreadable("it has a header and no row of values".into());
        }
        Ok(cells)
    }

    /// The place of a column.
    ///
    /// # Errors
    /// A name that no column has.
    pub fn column(&self, name: &str) -> Result<usize, TaskError> {
        let place = self.names.iter().position(|column| column == name);
        place.ok_or_else(|| TaskError::NoColumn {
            name: name.to_owned(),
            there: self.names.join(", "),
        })
    }

    /// The number in a cell, which single precision can hold.
    ///
    /// # Errors
    /// A cell that holds none; `hint` says how else to read the column.
    pub fn number(&self, row: usize, column: usize, hint: &str) -> Result<f64, TaskError> {
        let (line, cells) = &self.rows[row];
        let written = &cells[column];
        let value: Option<f64> = written.parse().ok();
        let value = value.filter(|&value| (value as f32).is_finite());
        value.ok_or_else(|| TaskError::NotANumber {
            place: format!("{}, {} {line}", self.path.display(), self.counted),
            column: self.names[column].clone(),
            written: written.clone(),
            hint: hint.to_owned(),
        })
    }

    /// The name of a class in a cell.
    ///
    /// # Errors
    /// An empty cell.
    pub fn name(&self, row: usize, column: usize) -> Result<&str, TaskError> {
        let (line, cells) = &self.rows[row];
        if cells[column].is_empty() {
            return Err(TaskError::Empty {
                place: format!("{}, {} {line}", self.path.display(), self.counted),
                column: self.names[column].clone(),
            });
        }
        Ok(&cells[column])
    }
}

fn read_csv(path: &Path) -> Result<Cells, String> {
    let wrong = |error: csv::Error| error.to_string();
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_path(path)
        .map_err(wrong)?;
    let header = reader.headers().map_err(wrong)?;
    let names: Vec<String> = header.iter().map(str::to_owned).collect();
    if !names.is_empty() && names.iter().all(|name| name.parse::<f64>().is_ok()) {
        return Err("the first line should name the columns, and it holds numbers".into());
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((line, record.iter().map(str::to_owned).collect()));
    }
    Ok(Cells {
        path: path.to_owned(),
        names,
        rows,
        counted: "line",
    })
}

fn read_parquet(path: &Path) -> Result<Cells, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let reader = SerializedFileReader::new(file).map_err(|error| error.to_string())?;
    let schema = reader.metadata().file_metadata().schema();
    let fields = schema.get_fields().iter();
    let names = fields.map(|field| field.name().to_owned()).collect();
    let mut rows = Vec::new();
    let records = reader
        .get_row_iter(None)
        .map_err(|error| error.to_string())?;
    for (number, record) in records.enumerate() {
        let record = record.map_err(|error| error.to_string())?;
        let cells = record.get_column_iter().map(|(_, field)| written(field));
        rows.push((number as u64 + 1, cells.collect()));
    }
    Ok(Cells {
        path: path.to_owned(),
        names,
        rows,
        counted: "row",
    })
}

/// A value as a CSV file would hold it.
fn written(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        other => other.to_string(),
    }
}
