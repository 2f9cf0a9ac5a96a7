//! The command line: one file for each subcommand.

mod analyse;
mod check;
mod completions;
mod data;
mod explain;
mod export;
mod fault;
mod lab;
mod measures;
mod models;
mod problem;
mod progress;
mod quick;
mod resume;
mod run;
mod schema;
mod screen;

use oscine::Threads;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use fault::Fault;

/// Runs experiments on biological and artificial neural networks.
#[derive(Parser)]
#[command(name = "oscine", version, about, after_help = EXAMPLE, max_term_width = 100)]
struct Call {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLE: &str = "Example:
  oscine run lab/networks/coba.toml
      runs a network of 4,000 cells and leaves coba-results/report.html

Exit status: 0 where all went well and every claim holds; 1 where one does not, or the machine failed; 2 for a mistake in the file or the call.";

#[derive(Subcommand)]
enum Command {
    Run(run::RunArguments),
    Check(check::CheckArguments),
    Resume(resume::ResumeArguments),
    Lab(lab::LabArguments),
    Analyse(analyse::AnalyseArguments),
    Measures(measures::MeasuresArguments),
    Data(data::DataArguments),
    Models(models::ModelsArguments),
    Export(export::ExportArguments),
    Explain(explain::ExplainArguments),
    Schema(schema::SchemaArguments),
    Completions(completions::CompletionsArguments),
}

/// Reads the call and carries it out.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("oscine: this should not have happened, and is a mistake in Oscine: {panic}");
        eprintln!(
            "what was recorded so far is kept; `oscine resume FOLDER` goes on from the last checkpoint"
        );
    }));
    let carried_out = std::panic::catch_unwind(|| match Call::parse().command {
        Command::Run(arguments) => run::carry_out(&arguments),
        Command::Check(arguments) => check::carry_out(&arguments),
        Command::Resume(arguments) => resume::carry_out(&arguments),
        Command::Analyse(arguments) => analyse::carry_out(&arguments),
        Command::Lab(arguments) => lab::carry_out(&arguments),
        Command::Measures(arguments) => measures::carry_out(&arguments),
        Command::Data(arguments) => data::carry_out(&arguments),
        Command::Models(arguments) => models::carry_out(&arguments),
        Command::Export(arguments) => export::carry_out(&arguments),
        Command::Explain(arguments) => explain::carry_out(&arguments),
        Command::Schema(arguments) => schema::carry_out(&arguments),
        Command::Completions(arguments) => completions::carry_out(&arguments),
    });
    match carried_out {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(fault)) => {
            eprint!("{}", fault.shown());
            ExitCode::from(fault.exit_code())
        }
        Err(_) => ExitCode::from(Fault::OF_THE_MACHINE),
    }
}

/// The threads of a call that names a number, or none.
fn threads(named: Option<u16>) -> Threads {
    named.map_or_else(Threads::automatic, |number| Threads::Exactly(number.into()))
}
