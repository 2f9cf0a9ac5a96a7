//! Oscine: one engine for biological and artificial neural networks.
//!
//! An experiment is data: read from a file, or built here. [`run`] carries it out and leaves a results folder;
//! [`report_of`] turns what came of it into a page and a summary for the terminal.
//!
//! ```no_run
//! use oscine::{Experiment, RunOptions, Threads};
//!
//! let experiment = Experiment::read("lab/networks/coba.toml".as_ref())?;
//! let outcome = oscine::run(&experiment, &RunOptions::new("coba-results", Threads::automatic()), &mut ())?;
//! print!("{}", oscine::report_of(&outcome).terminal_summary(80, false));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The parts: [`network`] is the description, [`equations`] the language, [`engine`] what runs it, [`experiment`] the
//! results folder, [`analysis`] numbers from recordings, [`report`] what a person looks at.

// Only the program prints.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

mod lab_page;
mod learning_figures;
mod measured_figures;
mod model_report;
mod reporting;

use std::path::Path;

pub use oscine_analysis as analysis;
pub use oscine_engine as engine;
pub use oscine_equations as equations;
pub use oscine_experiment as experiment;
pub use oscine_network as network;
pub use oscine_random as random;
pub use oscine_report as report;
pub use oscine_tasks as tasks;

pub use lab_page::LabPage;
pub use model_report::report_of_models;
pub use oscine_engine::Simulation;
pub use oscine_experiment::{ExperimentError, Outcome, RunOptions, Threads, resume, run};
pub use oscine_network::{Experiment, Text};
pub use oscine_report::Report;
pub use reporting::{page_of, report_of};

/// Runs an experiment on all cores into a new folder `NAME-results` (or `NAME-results-2` …) with its report.
///
/// # Errors
/// As for [`run`].
pub fn run_to_report(experiment: &Experiment, name: &str) -> Result<Outcome, ExperimentError> {
    let folder = oscine_experiment::fresh_folder(Path::new(&format!("{name}-results")));
    let mut options = RunOptions::new(folder, Threads::automatic());
    options.page = Some(page_of);
    run(experiment, &options, &mut ())
}
