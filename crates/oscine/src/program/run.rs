//! `oscine run FILE…`: from experiment files to results folders with reports.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use oscine::experiment::{Ending, Outcome, SweepPart, Verdict, fresh_folder, metrics};
use oscine::network::{self, Experiment};
use oscine::{ExperimentError, RunOptions};
use serde_json::{Value, json};

use super::fault::Fault;
use super::progress::ProgressDisplay;
use super::screen::{self, OutputStream};
use super::{quick, threads};

/// Runs experiments, and leaves a folder of results with a report for each.
#[derive(Args)]
#[command(after_help = "Examples:
  oscine run lab/networks/coba.toml
  oscine run lif.toml --set run.seed=2 --set neurons.cells.count=500 --out lif-2
  oscine run lab/networks/*.toml --quick --json")]
pub struct RunArguments {
    /// Experiment files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Results go here (of several files, each into a folder of its own in here); otherwise into a new folder NAME-results.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Threads to run on; all of the machine's where not said. The results do not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Runs as if KEY had VALUE in the file: run.seed=2, neurons.cells.parameters.tau_m="10 ms".
    #[arg(long, value_name = "KEY=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
    /// The short form that the file sets in [quick]; a tenth of its duration where it sets none.
    #[arg(long)]
    quick: bool,
    /// Of a sweep, carries out one share of the runs: 2/8 is the second of eight. The shares may run anywhere; once the `points/` of all are in one
    /// folder, `oscine resume DIR` measures the whole.
    #[arg(long, value_name = "I/N", value_parser = part)]
    part: Option<SweepPart>,
    /// Where data sets by name lie, such as MNIST; otherwise the folder that OSCINE_DATA names.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Prints one JSON object a file on standard output, and nothing else there.
    #[arg(long)]
    json: bool,
    /// Replaces results that are there already.
    #[arg(long)]
    overwrite: bool,
}

/// Runs each file in turn; the first that fails ends it.
pub fn carry_out(arguments: &RunArguments) -> Result<(), Fault> {
    let settings: Vec<(String, network::Value)> = arguments
        .set
        .iter()
        .map(|(key, value)| (key.clone(), network::Value::parse(value)))
        .collect();
    let stop = stop_on_interrupt()?;
    let mut failed = 0;
    for file in &arguments.files {
        let experiment = read(file, &settings, arguments.quick)?;
        let threads = threads(arguments.threads);
        let mut options = RunOptions::new(folder_of(arguments, file), threads);
        options.overwrite = arguments.overwrite;
        options.quick = arguments.quick;
        options.stop = Some(stop.clone());
        options.page = Some(oscine::page_of);
        options.part = arguments.part;
        options.data.clone_from(&arguments.data);
        if arguments.part.is_some() && experiment.sweep.is_none() {
            return Err(Fault::of_the_call(
                format!(
                    "{} has no [sweep], so that there are no runs to share out",
                    file.display()
                ),
                Some("leave --part out".into()),
            ));
        }
        let experiment = match arguments.quick {
            true => quick::short_form(experiment, &mut options.notes),
            false => experiment,
        };
        let outcome = oscine::run(&experiment, &options, &mut ProgressDisplay::new())
            .map_err(|error| Fault::of_experiment(&error, file))?;
        failed += conclude(&outcome, arguments.json)?;
    }
    judged(failed)
}

/// Reads a file, as its short form where that is asked for and it has one.
pub fn read(
    file: &Path,
    settings: &[(String, network::Value)],
    quick: bool,
) -> Result<Experiment, Fault> {
    let faulty = |errors| Fault::of_description(&errors);
    let experiment = Experiment::read_with_values(file, settings).map_err(faulty)?;
    if !quick || experiment.quick.is_empty() {
        return Ok(experiment);
    }
    // What the call sets comes after what the short form does.
    let all = [&experiment.quick, settings].concat();
    Experiment::read_with_values(file, &all).map_err(faulty)
}

/// Says how a run ended, as JSON or on one screen. Returns how many of its claims do not hold.
pub fn conclude(outcome: &Outcome, as_json: bool) -> Result<usize, Fault> {
    let folder = outcome.folder.display();
    let go_on = Some(format!("go on with `oscine resume {folder}`"));
    match outcome.ending {
        Ending::Finished => {}
        Ending::Stopped { time } => {
            return Err(Fault::of_the_machine(
                format!("stopped at {time} s of biological time; what was recorded is in {folder}"),
                go_on,
            ));
        }
        Ending::TrainingStopped { done, epochs } => {
            return Err(Fault::of_the_machine(
                format!("stopped after {done} of {epochs} epochs; what was learned is in {folder}"),
                go_on,
            ));
        }
        Ending::SweepStopped { done, all } => {
            return Err(Fault::of_the_machine(
                format!("stopped after {done} of {all} runs; what they measured is in {folder}"),
                go_on,
            ));
        }
        Ending::PartDone { done, all } => {
            eprintln!(
                "this part is done: {done} of {all} runs are in {folder}/points; once all are there, `oscine resume {folder}` measures the whole"
            );
            return Ok(0);
        }
    }
    let mut out = std::io::stdout();
    let text = if as_json {
        format!("{}\n", as_json_object(outcome))
    } else {
        oscine::report_of(outcome)
            .terminal_summary(screen::width(), screen::in_colour(OutputStream::Output))
    };
    std::io::Write::write_all(&mut out, text.as_bytes())?;
    Ok(failures(outcome))
}

/// How many claims do not hold.
pub fn failures(outcome: &Outcome) -> usize {
    let verdicts = outcome.measured.verdicts.iter();
    verdicts
        .filter(|verdict| verdict.holds == Some(false))
        .count()
}

/// The exit status 1 of claims that do not hold.
pub fn judged(failed: usize) -> Result<(), Fault> {
    match failed {
        0 => Ok(()),
        1 => Err(Fault::of_the_machine("one claim does not hold", None)),
        _ => Err(Fault::of_the_machine(
            format!("{failed} claims do not hold"),
            None,
        )),
    }
}

/// What DESIGN.md says of `--json`.
fn as_json_object(outcome: &Outcome) -> Value {
    let experiment = &outcome.experiment;
    let claims: Vec<Value> = outcome.measured.verdicts.iter().map(verdict).collect();
    let run = &experiment.run;
    let parameters = json!({
        "duration": run.duration,
        "dt": run.dt,
        "seed": run.seed,
        "threads": outcome.threads,
    });
    let notes: Vec<&String> = outcome
        .notes
        .iter()
        .chain(&outcome.facts.notes)
        .chain(&outcome.measured.notes)
        .chain(&outcome.measured.failures)
        .collect();
    json!({
        "experiment": experiment.title,
        "seconds": outcome.seconds.total,
        "parameters": parameters,
        "metrics": metrics(outcome),
        "claims": claims,
        "folder": outcome.folder,
        "notes": notes,
    })
}

/// A claim with what was measured.
fn verdict(verdict: &Verdict) -> Value {
    json!({
        "says": verdict.says,
        "source": verdict.source,
        "published": verdict.published,
        "measured": verdict.measured,
        "interval": verdict.interval.map(|(low, high)| [low, high]),
        "unit": verdict.unit,
        "tolerance": verdict.tolerance,
        "holds": verdict.holds,
        "note": verdict.note,
    })
}

/// Where the results of a file go.
fn folder_of(arguments: &RunArguments, file: &Path) -> PathBuf {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    match &arguments.out {
        Some(out) if arguments.files.len() > 1 => out.join(&*name),
        Some(out) => out.clone(),
        None if arguments.overwrite => PathBuf::from(format!("{name}-results")),
        None => fresh_folder(Path::new(&format!("{name}-results"))),
    }
}

/// Ctrl-C asks a run to stop with a checkpoint; a second one ends the program at once.
pub fn stop_on_interrupt() -> Result<Arc<AtomicBool>, Fault> {
    const INTERRUPTED: i32 = 130;
    let stop = Arc::new(AtomicBool::new(false));
    let asked = stop.clone();
    ctrlc::set_handler(move || {
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
    })
    .map_err(|error| {
        Fault::of_the_machine(format!("Ctrl-C cannot be watched for: {error}"), None)
    })?;
    Ok(stop)
}

fn part(text: &str) -> Result<SweepPart, String> {
    let numbers = text
        .split_once('/')
        .and_then(|(number, of)| Some((number.trim().parse().ok()?, of.trim().parse().ok()?)));
    match numbers {
        Some((number, of)) if (1..=of).contains(&number) => Ok(SweepPart { number, of }),
        _ => Err("write I/N with I from 1 to N, as in 2/8".into()),
    }
}

fn setting(text: &str) -> Result<(String, String), String> {
    key_and_value(text, "write KEY=VALUE, as in run.seed=2")
}

/// A key and its value with `=` between them; `advice` says how they are written.
pub fn key_and_value(text: &str, advice: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok((key.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err(advice.into()),
    }
}

/// Errors of a run that is gone on with name the description in its folder.
pub fn fault_of_folder(error: &ExperimentError, folder: &Path) -> Fault {
    Fault::of_experiment(error, &folder.join("experiment.toml"))
}
