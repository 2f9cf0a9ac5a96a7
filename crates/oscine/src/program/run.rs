//! `oscine run FILE…`: from experiment files to results folders with reports.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use oscine::experiment::{Ending, Outcome, fresh_folder, metrics};
use oscine::network::Experiment;
use oscine::{ExperimentError, RunOptions};
use serde_json::{Value, json};

use super::fault::Fault;
use super::progress::Shown;
use super::screen::{self, Stream};
use super::{quick, threads};

/// Runs experiments, and leaves a folder of results with a report for each.
#[derive(Args)]
#[command(after_help = "Examples:
  oscine run lab/networks/coba.toml
  oscine run lif.toml --set run.seed=2 --set neurons.cells.count=500 --out lif-2
  oscine run lab/networks/*.toml --quick --json")]
pub struct Arguments {
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
    /// A short form of the experiment, to see that it works: a tenth of its duration.
    #[arg(long)]
    quick: bool,
    /// Prints one JSON object a file on standard output, and nothing else there.
    #[arg(long)]
    json: bool,
    /// Replaces results that are there already.
    #[arg(long)]
    overwrite: bool,
}

/// Runs each file in turn; the first that fails ends it.
pub fn carry_out(arguments: &Arguments) -> Result<(), Fault> {
    let settings: Vec<(&str, &str)> = arguments
        .set
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let stop = stop_on_interrupt()?;
    for file in &arguments.files {
        let mut experiment = Experiment::read_with_settings(file, &settings)
            .map_err(|errors| Fault::of_description(&errors))?;
        let threads = threads(arguments.threads);
        let mut options = RunOptions::new(folder_of(arguments, file), threads);
        options.overwrite = arguments.overwrite;
        options.quick = arguments.quick;
        options.stop = Some(stop.clone());
        options.page = Some(oscine::page_of);
        if arguments.quick {
            options.notes.push(quick::shorten(&mut experiment));
        }
        options.notes.extend(left_for_later(&experiment));
        let outcome = oscine::run(&experiment, &options, &mut Shown::new())
            .map_err(|error| Fault::of_experiment(&error, file))?;
        conclude(&outcome, arguments.json)?;
    }
    Ok(())
}

/// Says how a run ended: as JSON, or on one screen.
pub fn conclude(outcome: &Outcome, as_json: bool) -> Result<(), Fault> {
    let folder = outcome.folder.display();
    if let Ending::Stopped { time } = outcome.ending {
        return Err(Fault::of_the_machine(
            format!("stopped at {time} s of biological time; what was recorded is in {folder}"),
            Some(format!("go on with `oscine resume {folder}`")),
        ));
    }
    let mut out = std::io::stdout();
    if as_json {
        std::io::Write::write_all(
            &mut out,
            format!("{}\n", as_json_object(outcome)).as_bytes(),
        )?;
        return Ok(());
    }
    let summary = oscine::report_of(outcome)
        .terminal_summary(screen::width(), screen::in_colour(Stream::Output));
    std::io::Write::write_all(&mut out, summary.as_bytes())?;
    Ok(())
}

/// What DESIGN.md says of `--json`.
fn as_json_object(outcome: &Outcome) -> Value {
    let experiment = &outcome.experiment;
    let claims: Vec<Value> = experiment
        .claims
        .iter()
        .map(|claim| {
            json!({
                "says": claim.says,
                "source": claim.source,
                "published": claim.published.value,
                "measured": null,
                "unit": null,
                "tolerance": claim.tolerance.as_ref().map(|tolerance| &tolerance.value),
                "holds": null,
                "note": "not judged in this version",
            })
        })
        .collect();
    let run = &experiment.run;
    let parameters = json!({
        "duration": run.duration,
        "dt": run.dt,
        "seed": run.seed,
        "threads": outcome.threads,
    });
    let notes: Vec<&String> = outcome.notes.iter().chain(&outcome.facts.notes).collect();
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

/// What the file asks for and this version only reads, a sentence each.
pub fn left_for_later(experiment: &Experiment) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(sweep) = &experiment.sweep {
        let keys: Vec<&str> = sweep.over.iter().map(|(key, _)| key.as_str()).collect();
        notes.push(format!(
            "the sweep over {} is not carried out in this version: this is one run of the file as it stands",
            keys.join(", ")
        ));
    }
    match experiment.claims.len() {
        0 => {}
        1 => notes.push("the claim is not judged in this version".into()),
        claims => notes.push(format!(
            "the {claims} claims are not judged in this version"
        )),
    }
    if !experiment.measures.is_empty() {
        notes.push("measures are read and checked, and not yet carried out in this version".into());
    }
    notes
}

/// Where the results of a file go.
fn folder_of(arguments: &Arguments, file: &Path) -> PathBuf {
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

fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok((key.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("write KEY=VALUE, as in run.seed=2".into()),
    }
}

/// Errors of a run that is gone on with name the description in its folder.
pub fn fault_of_folder(error: &ExperimentError, folder: &Path) -> Fault {
    Fault::of_experiment(error, &folder.join("experiment.toml"))
}
