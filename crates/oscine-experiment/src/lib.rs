//! Carries an experiment out: from a description to a results folder, streaming to disk, resumable at any time.
//!
//! [`run`] builds the simulation, steps it, and leaves the folder that [`ResultsFolder`] describes; [`resume`] goes on
//! in such a folder to the same bits as an uninterrupted run. [`Outcome`] has the facts and tables for a report.

mod checkpoint_file;
mod csv;
mod error;
mod folder;
mod given_files;
mod memory;
mod numbers_file;
mod outcome;
mod pace;
mod progress;
mod recorded_rows;
mod recorder;
mod run;
mod summary;
mod symbol;
mod table;
mod table_file;
mod table_reader;

pub use csv::write_csv;
pub use error::{ExperimentError, in_bytes};
pub use folder::{Phase, ResultsFolder, State, fresh_folder, is_occupied, read_state};
pub use given_files::with_files_read;
pub use memory::available_memory;
pub use oscine_engine::Threads;
pub use outcome::{Ending, Outcome, Seconds};
pub use progress::{Moment, Progress};
pub use recorder::{Table, merge_files, record_files};
pub use run::{RunOptions, resume, run};
pub use summary::metrics;
pub use symbol::unit_symbol;
pub use table::{Field, FieldKind, Rows, Schema, TableKind, Values};
pub use table_reader::TableReader;

/// The version of Oscine.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
