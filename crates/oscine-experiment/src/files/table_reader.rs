//! Reads back the Parquet tables that Oscine wrote, row group by row group.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{ConvertedType, Type as Physical};
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::error::ExperimentError;
use crate::files::table::{
    ColumnKind, ColumnValues, TableColumn, TableKind, TableRows, TableSchema,
};

/// A complete table on disk.
pub struct TableReader {
    path: PathBuf,
    reader: SerializedFileReader<File>,
    schema: TableSchema,
    group: usize,
}

impl TableReader {
    /// Opens a table that Oscine wrote.
    ///
    /// # Errors
    /// Where the file is missing, damaged, or no table of Oscine's.
    pub fn open(path: &Path) -> Result<Self, ExperimentError> {
        let file = File::open(path).map_err(|error| ExperimentError::reading(path, error))?;
        let reader = SerializedFileReader::new(file).map_err(|error| damaged(path, &error))?;
        let schema = schema_of(path, &reader)?;
        Ok(Self {
            path: path.to_owned(),
            reader,
            schema,
            group: 0,
        })
    }

    /// Its columns.
    #[must_use]
    pub fn schema(&self) -> &TableSchema {
        &self.schema
    }

    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> u64 {
        u64::try_from(self.reader.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// The next row group; `None` after the last.
    ///
    /// # Errors
    /// Where the file is damaged.
    pub fn next_rows(&mut self) -> Result<Option<TableRows>, ExperimentError> {
        if self.group >= self.reader.num_row_groups() {
            return Ok(None);
        }
        let rows = read_group(&self.reader, self.group, self.schema.fields.len())
            .map_err(|error| damaged(&self.path, &error))?;
        self.group += 1;
        Ok(Some(rows))
    }
}

fn read_group(
    reader: &SerializedFileReader<File>,
    group: usize,
    columns: usize,
) -> Result<TableRows, ParquetError> {
    let group = reader.get_row_group(group)?;
    let rows = usize::try_from(group.metadata().num_rows())
        .map_err(|_| ParquetError::General("a negative number of rows".into()))?;
    let mut read = TableRows::default();
    for column in 0..columns {
        let values = match group.get_column_reader(column)? {
            ColumnReader::DoubleColumnReader(mut reader) => {
                let mut values = Vec::with_capacity(rows);
                reader.read_records(rows, None, None, &mut values)?;
                ColumnValues::Numbers(values)
            }
            ColumnReader::Int32ColumnReader(mut reader) => {
                let mut bits: Vec<i32> = Vec::with_capacity(rows);
                reader.read_records(rows, None, None, &mut bits)?;
                ColumnValues::Indices(bits.into_iter().map(i32::cast_unsigned).collect())
            }
            ColumnReader::ByteArrayColumnReader(mut reader) => {
                let mut texts = Vec::with_capacity(rows);
                reader.read_records(rows, None, None, &mut texts)?;
                ColumnValues::Names(shared_names(&texts)?)
            }
            _ => {
                return Err(ParquetError::General(
                    "a column of a type that Oscine does not write".into(),
                ));
            }
        };
        if values.len() != rows {
            return Err(ParquetError::General("a column ends early".into()));
        }
        read.columns.push(values);
    }
    Ok(read)
}

/// Each name once in memory, however often it occurs.
fn shared_names(texts: &[ByteArray]) -> Result<Vec<Arc<str>>, ParquetError> {
    let mut known: Vec<Arc<str>> = Vec::new();
    let mut names = Vec::with_capacity(texts.len());
    for text in texts {
        let text = text.as_utf8()?;
        let name = match known.iter().find(|name| &***name == text) {
            Some(name) => name.clone(),
            None => {
                known.push(Arc::from(text));
                known[known.len() - 1].clone()
            }
        };
        names.push(name);
    }
    Ok(names)
}

fn schema_of(
    path: &Path,
    reader: &SerializedFileReader<File>,
) -> Result<TableSchema, ExperimentError> {
    let not_ours = |reason: &str| ExperimentError::Damaged {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let file = reader.metadata().file_metadata();
    let value = |key: &str| {
        file.key_value_metadata()
            .and_then(|pairs| pairs.iter().find(|pair| pair.key == key))
            .and_then(|pair| pair.value.clone())
    };
    let record = value("oscine.record").ok_or_else(|| not_ours("it is no table of Oscine's"))?;
    let kind = match value("oscine.kind").as_deref() {
        Some("spikes") => TableKind::Spikes,
        Some("samples") => TableKind::Samples,
        Some("sweep") => TableKind::Sweep,
        _ => return Err(not_ours("it says neither spikes nor samples")),
    };
    let units: serde_json::Value = value("oscine.units")
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let mut fields = Vec::new();
    for column in file.schema_descr().columns() {
        let kind = match (column.physical_type(), column.converted_type()) {
            (Physical::DOUBLE, _) => ColumnKind::Number,
            (Physical::INT32, ConvertedType::UINT_32) => ColumnKind::Index,
            (Physical::BYTE_ARRAY, _) => ColumnKind::Name,
            _ => return Err(not_ours("a column has a type that Oscine does not write")),
        };
        fields.push(TableColumn {
            name: column.name().to_owned(),
            unit: units[column.name()].as_str().unwrap_or_default().to_owned(),
            kind,
        });
    }
    Ok(TableSchema {
        record,
        kind,
        fields,
    })
}

fn damaged(path: &Path, error: &ParquetError) -> ExperimentError {
    ExperimentError::Damaged {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}
