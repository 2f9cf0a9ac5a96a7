//! Carries an experiment out: from a description to a results folder, streaming to disk, resumable at any time.
//!
//! [`run`] builds the simulation, steps it, and leaves the folder that [`ResultsFolder`] describes; [`resume`] goes on
//! in such a folder to the same bits as an uninterrupted run. [`Outcome`] has the facts and tables for a report.

mod analysis_of_models;
pub mod array;
mod backpropagation;
mod building;
mod checkpoint_file;
mod csv;
mod decomposition;
mod described;
mod error;
mod folder;
pub mod formula;
mod given_files;
mod given_weights;
mod learning;
mod learning_checkpoint;
mod leaves;
mod leaves_file;
mod looked_at;
mod measured;
pub mod measures;
mod measuring;
mod memory;
mod numbers_file;
mod onnx_export;
mod onnx_weights;
mod outcome;
mod pace;
mod points;
mod progress;
mod recorded_rows;
mod recorder;
mod recordings;
mod run;
mod run_options;
mod shown;
mod summary;
mod sweep;
mod sweep_table;
mod symbol;
mod table;
mod table_file;
mod table_reader;
mod together;
mod verdict;

pub use analysis_of_models::measure_models;
pub use building::build;
pub use csv::write_csv;
pub use error::{ExperimentError, in_bytes};
pub use folder::{Phase, ResultsFolder, State, fresh_folder, is_occupied, read_state};
pub use learning::{Judged, Learned, layers_of};
pub use leaves::Leaves;
pub use looked_at::{Seen, Weights};
pub use measured::{Measured, Plot};
pub use measuring::{Measuring, Plotted, Written};
pub use onnx_export::to_onnx;
pub use oscine_engine::Threads;
pub use oscine_layers::{Epoch, LayerFacts, Shape};
pub use outcome::{Ending, Outcome, Seconds};
pub use points::Part;
pub use progress::{Moment, Progress};
pub use recorder::{Table, merge_files, record_files};
pub use recordings::{Recordings, SpikeTrains, Traces, Variable};
pub use run::{resume, run};
pub use run_options::RunOptions;
pub use summary::metrics;
pub use symbol::unit_symbol;
pub use table::{Field, FieldKind, Rows, Schema, TableKind, Values};
pub use table_reader::TableReader;
pub use verdict::Verdict;

/// The version of Oscine.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
