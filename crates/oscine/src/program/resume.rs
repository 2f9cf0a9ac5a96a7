//! `oscine resume DIR`: goes on with a run that was stopped or killed.

use std::path::PathBuf;

use clap::Args;
use oscine::{ExperimentError, RunOptions};

use super::fault::Fault;
use super::progress::ProgressDisplay;
use super::run::{conclude, fault_of_folder, judged, stop_on_interrupt};
use super::threads;

/// Goes on with a run from its last checkpoint, to the same results as if it had never stopped.
#[derive(Args)]
#[command(after_help = "Example:\n  oscine resume coba-results")]
pub struct ResumeArguments {
    /// The results folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Threads to run on; all of the machine's where not said. The results do not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Where data sets by name lie, such as MNIST; otherwise the folder that OSCINE_DATA names.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Prints one JSON object on standard output, and nothing else there.
    #[arg(long)]
    json: bool,
}

/// Goes on.
pub fn carry_out(arguments: &ResumeArguments) -> Result<(), Fault> {
    let threads = threads(arguments.threads);
    let mut options = RunOptions::new(&arguments.folder, threads);
    options.data.clone_from(&arguments.data);
    options.stop = Some(stop_on_interrupt()?);
    options.page = Some(oscine::page_of);
    match oscine::resume(&options, &mut ProgressDisplay::new()) {
        Ok(outcome) => conclude(&outcome, arguments.json).and_then(judged),
        Err(ExperimentError::Finished { folder }) => {
            eprintln!(
                "the run in {} has come to its end already",
                folder.display()
            );
            Ok(())
        }
        Err(error) => Err(fault_of_folder(&error, &arguments.folder)),
    }
}
