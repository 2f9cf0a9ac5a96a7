//! `oscine lab [NAME…|all]`: lists the lab, shows an experiment, or runs some and ends with one table of claims.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use oscine::experiment::Ending;
use oscine::network::lab::{self, LabFile};
use oscine::network::nearest;
use oscine::{LabPage, Outcome, RunOptions};

use super::fault::Fault;
use super::progress::ProgressDisplay;
use super::run::{conclude, failures, judged, stop_on_interrupt};
use super::screen::{self, OutputStream};
use super::{quick, threads};

/// Significant digits of a measured number in the table of claims.
const DIGITS: usize = 4;

/// The experiments that ship with the program: lists them, shows one, or runs some and judges their claims.
#[derive(Args)]
#[command(after_help = "Examples:
  oscine lab                          lists the experiments by question
  oscine lab kuramoto                 runs one, and leaves lab-results/kuramoto/report.html
  oscine lab communication --quick    runs the short form of all that ask how it communicates
  oscine lab all --json               runs everything, a JSON object a line
  oscine lab noise-atlas noise-atlas-neurons
                                      runs two, and lab-results/index.html has the figures of both
  oscine lab kuramoto --show          prints its file, to change and run as your own")]
pub struct LabArguments {
    /// Experiments, folders of them, or `all`; a list of what there is where none is named.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Prints the files instead of running them.
    #[arg(long)]
    show: bool,
    /// The short form that each file sets.
    #[arg(long)]
    quick: bool,
    /// Each experiment has its folder of results in here, in place of an earlier run's; otherwise in lab-results, the short form in lab-results-quick.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Threads to run on; all of the machine's where not said. The results do not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Where data sets by name lie, such as MNIST; otherwise the folder that OSCINE_DATA names.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Prints one JSON object an experiment on standard output, and nothing else there.
    #[arg(long)]
    json: bool,
}

/// Lists, shows or runs.
pub fn carry_out(arguments: &LabArguments) -> Result<(), Fault> {
    if arguments.names.is_empty() {
        std::io::Write::write_all(&mut std::io::stdout(), list().as_bytes())?;
        return Ok(());
    }
    let files = named(&arguments.names)?;
    if arguments.show {
        for file in files {
            std::io::Write::write_all(&mut std::io::stdout(), file.text.as_bytes())?;
        }
        return Ok(());
    }
    let several = files.len() > 1;
    let options = options_of(arguments)?;
    let begin = Instant::now();
    let (mut failed, mut broken, mut lines) = (0, 0, Vec::new());
    let mut page = LabPage::default();
    for (number, file) in files.iter().enumerate() {
        if several {
            eprintln!("[{}/{}] {}", number + 1, files.len(), file.name);
        }
        let mut options = options.clone();
        options.folder = folder_of(arguments).join(file.name);
        let outcome = match run_one(file, options) {
            Ok(outcome) => outcome,
            // One that cannot be run is a failure among the others, and no reason to leave them out.
            Err(fault) if several => {
                eprint!("{}", fault.shown());
                broken += 1;
                continue;
            }
            Err(fault) => return Err(fault),
        };
        if outcome.ending != Ending::Finished {
            return conclude(&outcome, arguments.json).and_then(judged);
        }
        if several && !arguments.json {
            failed += failures(&outcome);
        } else {
            failed += conclude(&outcome, arguments.json)?;
        }
        lines.extend(rows(file, &outcome));
        if several {
            page.add(file.name, &outcome);
        }
    }
    if several {
        write_page(arguments, page)?;
        let table = table(&lines, files.len(), begin.elapsed().as_secs_f64());
        if arguments.json {
            eprint!("{table}");
        } else {
            std::io::Write::write_all(&mut std::io::stdout(), table.as_bytes())?;
        }
    }
    match broken {
        0 => judged(failed),
        1 => Err(Fault::of_the_machine(
            "one experiment came to no result: the reason is above",
            None,
        )),
        _ => Err(Fault::of_the_machine(
            format!("{broken} experiments came to no result: the reasons are above"),
            None,
        )),
    }
}

/// How all are run; each into a folder of its own.
fn options_of(arguments: &LabArguments) -> Result<RunOptions, Fault> {
    let mut options = RunOptions::new(folder_of(arguments), threads(arguments.threads));
    options.data.clone_from(&arguments.data);
    options.overwrite = true;
    options.quick = arguments.quick;
    options.stop = Some(stop_on_interrupt()?);
    options.page = Some(oscine::page_of);
    Ok(options)
}

/// Writes the page of all.
fn write_page(arguments: &LabArguments, page: LabPage) -> Result<(), Fault> {
    let path = folder_of(arguments).join("index.html");
    std::fs::write(&path, page.to_html()).map_err(|error| {
        Fault::of_the_machine(
            format!("{} could not be written: {error}", path.display()),
            None,
        )
    })?;
    eprintln!("one page of all: {}", path.display());
    Ok(())
}

fn run_one(file: &LabFile, mut options: RunOptions) -> Result<Outcome, Fault> {
    let faulty = |errors| Fault::of_description(&errors);
    let mut experiment = file.read(&[]).map_err(faulty)?;
    if options.quick {
        if !experiment.quick.is_empty() {
            experiment = file.read(&experiment.quick).map_err(faulty)?;
        }
        experiment = quick::short_form(experiment, &mut options.notes);
    }
    oscine::run(&experiment, &options, &mut ProgressDisplay::new())
        .map_err(|error| Fault::of_experiment_text(&error, &file.path(), file.text))
}

/// Where the results go: the short form never takes the place of the whole.
fn folder_of(arguments: &LabArguments) -> PathBuf {
    let usual = match arguments.quick {
        true => "lab-results-quick",
        false => "lab-results",
    };
    arguments.out.clone().unwrap_or_else(|| usual.into())
}

/// The files that names stand for, each once, in the order of the lab.
fn named(names: &[String]) -> Result<Vec<LabFile>, Fault> {
    let all = lab::all();
    for name in names {
        let known = name == "all"
            || all
                .iter()
                .any(|file| file.name == name || file.folder == name);
        if !known {
            let there = all.iter().flat_map(|file| [file.name, file.folder]);
            return Err(Fault::of_the_call(
                format!("the lab has no experiment called `{name}`"),
                Some(match nearest(name, there) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`oscine lab` lists them".into(),
                }),
            ));
        }
    }
    let wanted = |file: &LabFile| {
        let is = |name: &String| name == "all" || name == file.name || name == file.folder;
        names.iter().any(is)
    };
    Ok(all.into_iter().filter(wanted).collect())
}

/// The experiments by question.
fn list() -> String {
    let mut text = String::new();
    let all = lab::all();
    let width = all.iter().map(|file| file.name.len()).max().unwrap_or(0);
    for (folder, question) in lab::QUESTIONS {
        let files: Vec<&LabFile> = all.iter().filter(|file| file.folder == *folder).collect();
        if files.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{question} ({folder})");
        for file in files {
            let asks = file
                .read(&[])
                .map(|experiment| experiment.question)
                .unwrap_or_default();
            let _ = writeln!(text, "  {:width$}  {asks}", file.name);
        }
        text.push('\n');
    }
    text.push_str("`oscine lab NAME` runs one, `oscine lab all` all of them; `--quick` is their short form.\n");
    text
}

/// One line of the table of claims.
struct ClaimRow {
    experiment: &'static str,
    verdict: &'static str,
    says: String,
    numbers: String,
}

fn rows(file: &LabFile, outcome: &Outcome) -> Vec<ClaimRow> {
    let row = |verdict: &oscine::experiment::Verdict| ClaimRow {
        experiment: file.name,
        verdict: match verdict.holds {
            Some(true) => "holds",
            Some(false) => "does not hold",
            None => "not run",
        },
        says: verdict.says.clone(),
        numbers: match verdict.measured {
            Some(measured) => format!(
                "{} {} (published {})",
                screen::rounded(measured, DIGITS),
                verdict.unit,
                verdict.published
            ),
            None => format!("published {}", verdict.published),
        },
    };
    outcome.measured.verdicts.iter().map(row).collect()
}

fn table(rows: &[ClaimRow], experiments: usize, seconds: f64) -> String {
    let mut text = String::from("\n");
    let colour = screen::in_colour(OutputStream::Output);
    let width = rows
        .iter()
        .map(|row| row.experiment.len())
        .max()
        .unwrap_or(0);
    for row in rows {
        let painted = match (colour, row.verdict) {
            (true, "holds") => "\u{1b}[32mholds        \u{1b}[0m".to_owned(),
            (true, "does not hold") => "\u{1b}[31mdoes not hold\u{1b}[0m".to_owned(),
            (_, verdict) => format!("{verdict:13}"),
        };
        let _ = writeln!(
            text,
            "{painted}  {:width$}  {}: {}",
            row.experiment, row.says, row.numbers
        );
    }
    let count = |verdict: &str| rows.iter().filter(|row| row.verdict == verdict).count();
    let _ = writeln!(
        text,
        "\n{} claims of {experiments} experiments in {seconds:.0} s: {} hold, {} do not hold, {} not run",
        rows.len(),
        count("holds"),
        count("does not hold"),
        count("not run")
    );
    text
}
