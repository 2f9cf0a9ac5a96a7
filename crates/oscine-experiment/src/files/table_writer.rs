//! Tables as Parquet files, which pandas, polars, DuckDB and R read.
//!
//! A file's bytes are a function of its rows alone, not of the portions in which they came: rows are collected to
//! row groups of a fixed size, and each column of a row group is written in one go. Units and the record's name stand
//! in the file's key-value metadata (`oscine.units` is a JSON object from column to SI unit).
//! Format: <https://parquet.apache.org/docs/file-format/>.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type};

use crate::error::ExperimentError;
use crate::files::folder::partial_path;
use crate::files::table::{ColumnKind, ColumnValues, TableKind, TableRows, TableSchema};

/// Rows in each row group but the last. A row group is what a writer and a reader hold in memory at a time.
pub(crate) const ROWS_IN_GROUP: usize = 1 << 19;

/// Writes a table, row group by row group; the file bears its name only once it is complete.
pub(crate) struct TableWriter {
    path: PathBuf,
    partial: PathBuf,
    writer: SerializedFileWriter<BufWriter<File>>,
    pending: TableRows,
    rows: u64,
}

impl TableWriter {
    /// Begins a file under a name of its own, beside `path`.
    pub(crate) fn create(path: &Path, schema: &TableSchema) -> Result<Self, ExperimentError> {
        let partial = partial_path(path);
        let file = File::create(&partial).map_err(|error| ExperimentError::writing(path, error))?;
        let file_schema = parquet_schema(schema).map_err(|error| failed(path, error))?;
        let writer = SerializedFileWriter::new(
            BufWriter::with_capacity(1 << 18, file),
            file_schema,
            properties(schema),
        )
        .map_err(|error| failed(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            partial,
            writer,
            pending: schema.no_rows(),
            rows: 0,
        })
    }

    /// Puts rows at the end of the table.
    pub(crate) fn append(&mut self, rows: TableRows) -> Result<(), ExperimentError> {
        self.rows += rows.len() as u64;
        self.pending.append(rows);
        while self.pending.len() >= ROWS_IN_GROUP {
            let rest = self.pending.split_off(ROWS_IN_GROUP);
            let group = std::mem::replace(&mut self.pending, rest);
            self.write_group(&group, 0..group.len())?;
        }
        Ok(())
    }

    /// Writes a table of which all rows are there. The file is the one that [`append`](Self::append) would have made.
    pub(crate) fn write_whole(mut self, rows: &TableRows) -> Result<u64, ExperimentError> {
        self.rows = rows.len() as u64;
        for first in (0..rows.len()).step_by(ROWS_IN_GROUP) {
            let end = rows.len().min(first + ROWS_IN_GROUP);
            self.write_group(rows, first..end)?;
        }
        self.finish()
    }

    /// Writes what is left, makes sure that it is on the disk, and gives the file its name. Returns the number of rows.
    pub(crate) fn finish(mut self) -> Result<u64, ExperimentError> {
        if !self.pending.is_empty() {
            let group = std::mem::take(&mut self.pending);
            self.write_group(&group, 0..group.len())?;
        }
        let Self {
            path,
            partial,
            writer,
            rows,
            ..
        } = self;
        let mut buffer = writer.into_inner().map_err(|error| failed(&path, error))?;
        buffer
            .flush()
            .and_then(|()| buffer.get_ref().sync_all())
            .and_then(|()| std::fs::rename(&partial, &path))
            .map_err(|error| ExperimentError::writing(&path, error))?;
        Ok(rows)
    }

    fn write_group(
        &mut self,
        rows: &TableRows,
        range: Range<usize>,
    ) -> Result<(), ExperimentError> {
        write_row_group(&mut self.writer, rows, range).map_err(|error| failed(&self.path, error))
    }
}

fn write_row_group<W: Write + Send>(
    writer: &mut SerializedFileWriter<W>,
    rows: &TableRows,
    range: Range<usize>,
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    let mut columns = rows.columns.iter();
    while let Some(mut column) = group.next_column()? {
        match (column.untyped(), columns.next()) {
            (ColumnWriter::DoubleColumnWriter(column), Some(ColumnValues::Numbers(values))) => {
                column.write_batch(&values[range.clone()], None, None)?;
            }
            (ColumnWriter::Int32ColumnWriter(column), Some(ColumnValues::Indices(values))) => {
                // Parquet keeps unsigned numbers in the bits of signed ones.
                let bits: Vec<i32> = values[range.clone()]
                    .iter()
                    .map(|value| value.cast_signed())
                    .collect();
                column.write_batch(&bits, None, None)?;
            }
            (ColumnWriter::ByteArrayColumnWriter(column), Some(ColumnValues::Names(names))) => {
                let texts: Vec<ByteArray> = names[range.clone()]
                    .iter()
                    .map(|name| ByteArray::from(&**name))
                    .collect();
                column.write_batch(&texts, None, None)?;
            }
            _ => {
                return Err(ParquetError::General(
                    "rows do not fit the columns of their table".into(),
                ));
            }
        }
        column.close()?;
    }
    group.close()?;
    Ok(())
}

fn parquet_schema(schema: &TableSchema) -> Result<Arc<Type>, ParquetError> {
    let column = |field: &crate::files::table::TableColumn| {
        let (physical, logical) = match field.kind {
            ColumnKind::Number => (Physical::DOUBLE, None),
            ColumnKind::Index => (Physical::INT32, Some(LogicalType::integer(32, false))),
            ColumnKind::Name => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        Type::primitive_type_builder(&field.name, physical)
            .with_logical_type(logical)
            .with_repetition(Repetition::REQUIRED)
            .build()
            .map(Arc::new)
    };
    let columns = schema
        .fields
        .iter()
        .map(column)
        .collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("table")
        .with_fields(columns)
        .build()
        .map(Arc::new)
}

/// Times and values repeat in bytes that Snappy finds; indices are packed to the bits they need, names become numbers.
fn properties(schema: &TableSchema) -> WriterPropertiesPtr {
    let units: serde_json::Map<String, serde_json::Value> = schema
        .fields
        .iter()
        .map(|field| (field.name.clone(), field.unit.clone().into()))
        .collect();
    let kind = match schema.kind {
        TableKind::Spikes => "spikes",
        TableKind::Samples => "samples",
        TableKind::Sweep => "sweep",
    };
    let mut properties = WriterProperties::builder()
        .set_created_by(format!("oscine {}", crate::version::VERSION))
        .set_compression(Compression::SNAPPY)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(ROWS_IN_GROUP))
        .set_key_value_metadata(Some(vec![
            KeyValue::new("oscine.record".to_owned(), schema.record.clone()),
            KeyValue::new("oscine.kind".to_owned(), kind.to_owned()),
            KeyValue::new(
                "oscine.units".to_owned(),
                serde_json::Value::Object(units).to_string(),
            ),
        ]));
    for field in &schema.fields {
        let column = ColumnPath::from(field.name.as_str());
        properties = match field.kind {
            ColumnKind::Number => properties.set_column_encoding(column, Encoding::PLAIN),
            ColumnKind::Index => properties
                .set_column_encoding(column.clone(), Encoding::DELTA_BINARY_PACKED)
                .set_column_compression(column, Compression::UNCOMPRESSED),
            ColumnKind::Name => properties.set_column_dictionary_enabled(column, true),
        };
    }
    Arc::new(properties.build())
}

fn failed(path: &Path, error: ParquetError) -> ExperimentError {
    match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(error) => ExperimentError::writing(path, *error),
            Err(other) => ExperimentError::writing(path, std::io::Error::other(other.to_string())),
        },
        other => ExperimentError::writing(path, std::io::Error::other(other.to_string())),
    }
}
