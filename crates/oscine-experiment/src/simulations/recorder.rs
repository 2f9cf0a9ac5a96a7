//! The recorder takes rows to disk while the simulation runs: they wait in memory for at most a few seconds, then become
//! a complete part file; when the run ends the parts become one table. Without parts the table is written directly.

use std::fs;
use std::path::{Path, PathBuf};

use oscine_engine::Recorded;
use serde::{Deserialize, Serialize};

use crate::error::ExperimentError;
use crate::files::folder::remove_if_there;
use crate::files::table::{TableRows, TableSchema};
use crate::files::table_reader::TableReader;
use crate::files::table_writer::TableWriter;
use crate::simulations::recorded_rows::RecordedTable;

/// Rows waiting in memory are written early once they take this many bytes.
const MOST_BYTES_WAITING: usize = 256 << 20;

/// The recorder of a run: the tables of all its records so far.
pub(crate) struct Recorder {
    folder: PathBuf,
    records: Vec<OpenRecord>,
}

/// The table of one record so far.
struct OpenRecord {
    table: RecordedTable,
    waiting: TableRows,
    position: Position,
}

/// The position of a record: how much of it is in part files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    /// The record's name.
    pub(crate) record: String,
    /// Part files.
    pub(crate) parts: u32,
    /// Rows in them.
    pub(crate) rows: u64,
}

/// The finished table of a record.
#[derive(Debug)]
pub struct RecordTable {
    /// The schema: its columns.
    pub schema: TableSchema,
    /// Its file.
    pub path: PathBuf,
    /// How many rows it has.
    pub rows: u64,
    /// The rows themselves, where they never left the memory.
    in_memory: Option<TableRows>,
}

impl Recorder {
    /// Begins with empty tables in `folder`.
    pub(crate) fn new(folder: PathBuf, tables: Vec<RecordedTable>) -> Self {
        let records = tables
            .into_iter()
            .map(|table| OpenRecord {
                waiting: table.schema.no_rows(),
                position: Position {
                    record: table.schema.record.clone(),
                    parts: 0,
                    rows: 0,
                },
                table,
            })
            .collect();
        Self { folder, records }
    }

    /// Goes back to given positions: parts written later are deleted, and so are finished tables.
    pub(crate) fn return_to(&mut self, positions: &[Position]) -> Result<(), ExperimentError> {
        for record in &mut self.records {
            let name = &record.table.schema.record;
            if let Some(position) = positions.iter().find(|position| &position.record == name) {
                record.position = position.clone();
            }
            remove_if_there(&table_path(&self.folder, name))?;
            let folder = parts_folder(&self.folder, name);
            for part in part_files(&folder)? {
                if part
                    .number
                    .is_none_or(|number| number >= record.position.parts)
                {
                    remove_if_there(&part.path)?;
                }
            }
            let mut rows = 0;
            for number in 0..record.position.parts {
                rows += TableReader::open(&part_path(&folder, number))?.rows();
            }
            if rows != record.position.rows {
                return Err(ExperimentError::Damaged {
                    path: folder,
                    reason: format!(
                        "its parts hold {rows} rows, and the checkpoint counts {}",
                        record.position.rows
                    ),
                });
            }
        }
        Ok(())
    }

    /// Takes over what the simulation recorded since the last time.
    pub(crate) fn accept(&mut self, recorded: Vec<Recorded>) {
        let mut by_record: Vec<Vec<Recorded>> = self.records.iter().map(|_| Vec::new()).collect();
        for piece in recorded {
            let place = self
                .records
                .iter()
                .position(|record| record.table.schema.record == piece.record);
            debug_assert!(
                place.is_some(),
                "the simulation records only what was asked for"
            );
            if let Some(place) = place {
                by_record[place].push(piece);
            }
        }
        for (record, pieces) in self.records.iter_mut().zip(by_record) {
            if !pieces.is_empty() {
                record.waiting.append(record.table.rows(pieces));
            }
        }
    }

    /// Whether so many rows wait in memory that they should be written now.
    pub(crate) fn is_full(&self) -> bool {
        let bytes: usize = self
            .records
            .iter()
            .map(|record| record.waiting.bytes())
            .sum();
        bytes >= MOST_BYTES_WAITING
    }

    /// Writes the rows that wait, as one more part of each record.
    pub(crate) fn flush(&mut self) -> Result<(), ExperimentError> {
        for record in &mut self.records {
            if record.waiting.is_empty() {
                continue;
            }
            let schema = &record.table.schema;
            let folder = parts_folder(&self.folder, &schema.record);
            fs::create_dir_all(&folder)
                .map_err(|error| ExperimentError::writing(&folder, error))?;
            let path = part_path(&folder, record.position.parts);
            let rows = TableWriter::create(&path, schema)?.write_whole(&record.waiting)?;
            record.waiting = schema.no_rows();
            record.position.parts += 1;
            record.position.rows += rows;
        }
        Ok(())
    }

    /// The position of each record.
    pub(crate) fn positions(&self) -> Vec<Position> {
        self.records
            .iter()
            .map(|record| record.position.clone())
            .collect()
    }

    /// Writes each record's table; the parts stay until [`remove_parts`]. Where tables are not kept, those that never left the memory are not written.
    pub(crate) fn finish(&mut self, kept: bool) -> Result<Vec<RecordTable>, ExperimentError> {
        let folder = &self.folder;
        let finish = |record: OpenRecord| {
            let schema = record.table.schema;
            let path = table_path(folder, &schema.record);
            if record.position.parts == 0 && !kept {
                return Ok(RecordTable {
                    rows: record.waiting.len() as u64,
                    in_memory: Some(record.waiting),
                    path,
                    schema,
                });
            }
            let writer = TableWriter::create(&path, &schema)?;
            if record.position.parts == 0 {
                return Ok(RecordTable {
                    rows: writer.write_whole(&record.waiting)?,
                    in_memory: Some(record.waiting),
                    path,
                    schema,
                });
            }
            let parts = parts_folder(folder, &schema.record);
            let paths = (0..record.position.parts).map(|number| part_path(&parts, number));
            Ok(RecordTable {
                rows: merge(writer, paths, Some(record.waiting))?,
                in_memory: None,
                path,
                schema,
            })
        };
        self.records.drain(..).map(finish).collect()
    }
}

impl RecordTable {
    /// A table that is on disk already.
    pub(crate) fn on_disk(schema: TableSchema, path: PathBuf, rows: u64) -> Self {
        Self {
            schema,
            path,
            rows,
            in_memory: None,
        }
    }

    /// The rows, as many as `most`, and whether these are all. Those that are in memory are handed over.
    ///
    /// # Errors
    /// Where the file cannot be read back.
    pub(crate) fn take_rows(&mut self, most: usize) -> Result<(TableRows, bool), ExperimentError> {
        if let Some(rows) = self.in_memory.take_if(|rows| rows.len() <= most) {
            return Ok((rows, true));
        }
        let mut reader = TableReader::open(&self.path)?;
        let mut read = reader.schema().no_rows();
        while read.len() < most
            && let Some(rows) = reader.next_rows()?
        {
            read.append(rows);
        }
        if read.len() > most {
            let _rest = read.split_off(most);
        }
        let all = read.len() as u64 == self.rows;
        Ok((read, all))
    }
}

/// Deletes the parts of all records, once their tables are complete.
pub(crate) fn remove_parts(records: &Path) -> Result<(), ExperimentError> {
    let failed = |error| ExperimentError::writing(records, error);
    for entry in fs::read_dir(records).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            fs::remove_dir_all(&path).map_err(failed)?;
        }
    }
    Ok(())
}

/// The files that hold each record of a results folder, finished or not, in the order of their names.
///
/// # Errors
/// Where the folder cannot be read.
pub fn record_files(folder: &Path) -> Result<Vec<(String, Vec<PathBuf>)>, ExperimentError> {
    let records = folder.join("records");
    let failed = |error| ExperimentError::reading(&records, error);
    let mut found: Vec<(String, Vec<PathBuf>)> = Vec::new();
    for entry in fs::read_dir(&records).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let stem = |path: &Path| {
            path.file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        if path.is_dir() {
            let finished = path.with_extension("parquet");
            let parts = part_files(&path)?;
            let complete = parts.into_iter().filter(|part| part.number.is_some());
            let files: Vec<PathBuf> = complete.map(|part| part.path).collect();
            if !files.is_empty() && !finished.exists() {
                found.push((
                    path.file_name()
                        .unwrap_or_default()
                        .to_string_lossy()
                        .into_owned(),
                    files,
                ));
            }
        } else if path
            .extension()
            .is_some_and(|extension| extension == "parquet")
        {
            found.push((stem(&path), vec![path]));
        }
    }
    found.sort();
    Ok(found)
}

/// Writes the files of one record as one table.
///
/// # Errors
/// Where a file is damaged, or the table cannot be written.
pub fn merge_files(files: &[PathBuf], to: &Path) -> Result<u64, ExperimentError> {
    let Some(first) = files.first() else {
        return Ok(0);
    };
    let schema = TableReader::open(first)?.schema().clone();
    merge(
        TableWriter::create(to, &schema)?,
        files.iter().cloned(),
        None,
    )
}

fn merge(
    mut writer: TableWriter,
    parts: impl Iterator<Item = PathBuf>,
    last: Option<TableRows>,
) -> Result<u64, ExperimentError> {
    for part in parts {
        let mut reader = TableReader::open(&part)?;
        while let Some(rows) = reader.next_rows()? {
            writer.append(rows)?;
        }
    }
    if let Some(rows) = last {
        writer.append(rows)?;
    }
    writer.finish()
}

/// A part file of a record; without a number where it was never completed.
struct PartFile {
    number: Option<u32>,
    path: PathBuf,
}

fn part_files(folder: &Path) -> Result<Vec<PartFile>, ExperimentError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let failed = |error| ExperimentError::reading(folder, error);
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let number = name
            .strip_prefix("part-")
            .and_then(|rest| rest.strip_suffix(".parquet"))
            .and_then(|number| number.parse().ok());
        parts.push(PartFile { number, path });
    }
    parts.sort_by_key(|part| part.number);
    Ok(parts)
}

fn table_path(records: &Path, name: &str) -> PathBuf {
    records.join(format!("{}.parquet", file_stem(name)))
}

fn parts_folder(records: &Path, name: &str) -> PathBuf {
    records.join(file_stem(name))
}

fn part_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("part-{number:05}.parquet"))
}

/// A record's name, with what a file's name cannot hold written as `%2f`.
fn file_stem(name: &str) -> String {
    let mut stem = String::new();
    for character in name.chars() {
        if character.is_alphanumeric() || "_- ".contains(character) {
            stem.push(character);
        } else {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                stem.push_str(&format!("%{byte:02x}"));
            }
        }
    }
    stem
}
