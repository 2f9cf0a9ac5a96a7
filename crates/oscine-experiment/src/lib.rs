//! Carries an experiment out: from a description to a results folder, streaming to disk, resumable at any time.
//!
//! [`run`] builds the simulation, steps it, and leaves the folder that [`ResultsFolder`] describes; [`resume`] goes on
//! in such a folder to the same bits as an uninterrupted run. [`Outcome`] has the facts and tables for a report.

// Only the program prints.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

mod error;
mod files;
pub mod formula;
mod judging;
pub mod measures;
mod run;
mod runs;
mod simulations;
mod sweeps;
mod trainings;
mod version;

pub use error::{ExperimentError, in_bytes};
pub use files::csv::write_csv;
pub use files::folder::{ResultsFolder, RunPhase, RunState, fresh_folder, is_occupied, read_state};
pub use files::symbol::unit_symbol;
pub use files::table::{ColumnKind, ColumnValues, TableColumn, TableKind, TableRows, TableSchema};
pub use files::table_reader::TableReader;
pub use files::task_examples::TaskExamples;
pub use formula::array;
pub use judging::analysis_of_models::measure_models;
pub use judging::leaves::FormulaLeaves;
pub use judging::measured::{Measured, Plot};
pub use judging::measuring::{Measuring, PlacedFormula, PlotFormulas};
pub use judging::verdict::Verdict;
pub use oscine_engine::Threads;
pub use oscine_layers::{Epoch, LayerFacts};
pub use oscine_network::Shape;
pub use run::{resume, run};
pub use runs::options::{RunOptions, SweepPart};
pub use runs::outcome::{Ending, Outcome, Seconds};
pub use runs::progress::{Progress, RunMoment};
pub use runs::summary::metrics;
pub use simulations::building::build;
pub use simulations::recorder::{RecordTable, merge_files, record_files};
pub use simulations::recordings::{RecordedSpikes, Recordings, TracedVariable, Traces};
pub use trainings::building::layers_of;
pub use trainings::learned::{Judged, TrainedNetwork};
pub use trainings::looked_at::{LayerResponse, Weights};
pub use trainings::onnx_export::to_onnx;
pub use version::VERSION;
