//! Tables as text: comma-separated values with a header line, by RFC 4180.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::ExperimentError;
use crate::files::folder::partial_path;
use crate::files::table::{ColumnValues, TableRows, TableSchema};
use crate::files::table_reader::TableReader;

/// Writes the files of one record as one CSV file; a column with a unit is called `v [V]`. Numbers are written with as
/// many digits as are needed to read the same number back. Returns the number of rows.
///
/// # Errors
/// Where a file is damaged, or the text cannot be written.
pub fn write_csv(files: &[PathBuf], to: &Path) -> Result<u64, ExperimentError> {
    let failed = |error| ExperimentError::writing(to, error);
    let partial = partial_path(to);
    let mut out = BufWriter::new(File::create(&partial).map_err(failed)?);
    let mut written = 0;
    for (number, file) in files.iter().enumerate() {
        let mut reader = TableReader::open(file)?;
        if number == 0 {
            write_header(&mut out, reader.schema()).map_err(failed)?;
        }
        while let Some(rows) = reader.next_rows()? {
            write_rows(&mut out, &rows).map_err(failed)?;
            written += rows.len() as u64;
        }
    }
    out.flush()
        .and_then(|()| std::fs::rename(&partial, to))
        .map_err(failed)?;
    Ok(written)
}

fn write_header(out: &mut impl Write, schema: &TableSchema) -> io::Result<()> {
    let names: Vec<String> = schema
        .fields
        .iter()
        .map(|field| match field.unit.as_str() {
            "" => quoted(&field.name),
            unit => quoted(&format!("{} [{unit}]", field.name)),
        })
        .collect();
    writeln!(out, "{}", names.join(","))
}

fn write_rows(out: &mut impl Write, rows: &TableRows) -> io::Result<()> {
    for row in 0..rows.len() {
        for (place, column) in rows.columns.iter().enumerate() {
            if place > 0 {
                out.write_all(b",")?;
            }
            match column {
                ColumnValues::Numbers(values) => write!(out, "{}", values[row])?,
                ColumnValues::Indices(values) => write!(out, "{}", values[row])?,
                ColumnValues::Names(values) => out.write_all(quoted(&values[row]).as_bytes())?,
            }
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
