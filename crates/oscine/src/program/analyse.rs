//! `oscine analyse MODEL --what …`: measures of one model, the catalogue's or a file's, with plots; nothing is simulated as a network.
//!
//! What the command does is an experiment file, which `--show` prints: copy it to go further.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use oscine::Experiment;
use oscine::experiment::array::NamedArray;
use oscine::experiment::{Measured, fresh_folder, measure_models, unit_symbol};
use oscine::network::{self, Figure, Measure, Neurons, nearest};
use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::run::key_and_value;
use super::screen::rounded;

/// Significant digits that are shown.
const DIGITS: usize = 6;

/// Measures a model by itself: rest, bifurcations, rhythm, phase response, impedance, chaos, rate of firing.
#[derive(Args)]
#[command(after_help = "Examples:
  oscine analyse hodgkin-huxley --what bifurcations --over \"I=0:200 uA/cm**2\"
  oscine analyse morris-lecar:class-1 --what firing-rate --over \"I=30:60 uA/cm**2\"
  oscine analyse my-neuron.toml --what phase-response --at \"I=0.3 nA\" --set pulse=\"0.1 mV\"
  oscine analyse lif --what impedance --set \"frequencies=0.1:100 Hz\"
  oscine analyse paper.toml --of interneuron --what limit-cycle,lyapunov --set lyapunov.duration=\"20 s\"")]
pub struct AnalyseArguments {
    /// A model of the catalogue, a model file, or an experiment file with a population.
    model: String,
    /// What to measure, several with commas between: rest, bifurcations, limit-cycle, cycles, phase-response, impedance, lyapunov, firing-rate.
    #[arg(long, value_delimiter = ',', required = true)]
    what: Vec<String>,
    /// The population, of an experiment file that has several.
    #[arg(long, value_name = "NAME")]
    of: Option<String>,
    /// The parameter or input that is varied, with its range.
    #[arg(long, value_name = "NAME=FROM:TO", value_parser = setting)]
    over: Option<(String, String)>,
    /// A parameter or input and its value.
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    at: Vec<(String, String)>,
    /// A setting of the measure, as in an experiment file; of one of several measures with its name before it: lyapunov.duration="20 s".
    #[arg(long, value_name = "KEY=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
    /// The page goes here; otherwise into a new folder MODEL-analysis.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Prints the experiment file that does the same, and measures nothing.
    #[arg(long)]
    show: bool,
    /// Prints one JSON object on standard output, and nothing else there.
    #[arg(long)]
    json: bool,
}

/// What can be asked for: its word, the measure, whether it is over a parameter, and what is drawn.
struct Analysis {
    word: &'static str,
    measure: &'static str,
    over: bool,
    figures: &'static [(&'static str, &'static str)],
}

/// `$` stands for the measure's name in the file.
const ASKED: [Analysis; 8] = [
    Analysis {
        word: "rest",
        measure: "rest",
        over: false,
        figures: &[],
    },
    Analysis {
        word: "bifurcations",
        measure: "bifurcations",
        over: true,
        figures: &[("Rest states", "$.branch.state against $.branch.parameter")],
    },
    Analysis {
        word: "limit-cycle",
        measure: "limit-cycle",
        over: false,
        figures: &[(
            "The rhythm's harmonics",
            "$.harmonic against along($.harmonic) + 1",
        )],
    },
    Analysis {
        word: "cycles",
        measure: "cycles",
        over: true,
        figures: &[("Period of the rhythm", "$.period against $.parameter")],
    },
    Analysis {
        word: "phase-response",
        measure: "phase-response",
        over: false,
        figures: &[("Phase response", "$.adjoint against $.phase")],
    },
    Analysis {
        word: "impedance",
        measure: "impedance",
        over: false,
        figures: &[
            ("Impedance", "$.gain against along($.gain)"),
            ("Phase of the impedance", "$.angle against along($.angle)"),
        ],
    },
    Analysis {
        word: "lyapunov",
        measure: "lyapunov",
        over: false,
        figures: &[],
    },
    Analysis {
        word: "firing-rate",
        measure: "firing-rate-curve",
        over: true,
        figures: &[("Rate of firing", "$ against along($)")],
    },
];

/// Measures, and leaves a page.
pub fn carry_out(arguments: &AnalyseArguments) -> Result<(), Fault> {
    let mut experiment = described(arguments)?;
    experiment = experiment
        .with_values(&settings(arguments)?)
        .map_err(|errors| Fault::of_description(&errors))?;
    if arguments.show {
        std::io::Write::write_all(&mut std::io::stdout(), experiment.to_toml().as_bytes())?;
        return Ok(());
    }
    let measured = measure_models(&experiment)
        .map_err(|error| Fault::of_experiment(&error, Path::new(&arguments.model)))?;
    let folder = folder_of(arguments);
    std::fs::create_dir_all(&folder).map_err(|error| {
        Fault::of_the_machine(
            format!("{} cannot be made: {error}", folder.display()),
            None,
        )
    })?;
    let page = folder.join("report.html");
    let report = oscine::report_of_models(&experiment, &measured);
    std::fs::write(&page, report.to_html())
        .and_then(|()| std::fs::write(folder.join("experiment.toml"), experiment.to_toml()))
        .map_err(|error| {
            Fault::of_the_machine(
                format!("{} cannot be written: {error}", page.display()),
                None,
            )
        })?;
    let text = match arguments.json {
        true => format!("{}\n", as_json(&experiment, &measured, &folder)),
        false => shown(&measured, &page),
    };
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
    Ok(())
}

/// The experiment that holds the model and what is asked of it.
fn described(arguments: &AnalyseArguments) -> Result<Experiment, Fault> {
    let (mut experiment, population) = with_model(arguments)?;
    experiment.question = String::new();
    experiment.measures.clear();
    experiment.claims.clear();
    experiment.figures.clear();
    experiment.sweep = None;
    experiment.quick.clear();
    let mut words = Vec::new();
    for word in &arguments.what {
        let asked = asked(word)?;
        if asked.over && arguments.over.is_none() {
            return Err(Fault::of_the_call(
                format!("`{word}` is taken over a parameter, and none is named"),
                Some(over_what(&experiment, &population)),
            ));
        }
        let name = word.replace('-', "_");
        let measure = Measure {
            what: Some(asked.measure.into()),
            value: None,
            of: vec![population.clone()],
            settings: Vec::new(),
        };
        experiment.measures.push((name.clone(), measure));
        for (title, plot) in figures(asked, arguments) {
            experiment.figures.push(Figure {
                plot: plot.replace('$', &name).into(),
                title: Some(title),
            });
        }
        words.push(word.as_str());
    }
    experiment.title = format!("{}: {}", arguments.model, words.join(", "));
    Ok(experiment)
}

fn figures(asked: &Analysis, arguments: &AnalyseArguments) -> Vec<(String, String)> {
    let mut figures: Vec<(String, String)> = asked
        .figures
        .iter()
        .map(|(title, plot)| ((*title).to_owned(), (*plot).to_owned()))
        .collect();
    let pulsed = arguments.set.iter().any(|(key, _)| key == "pulse");
    if asked.word == "phase-response" && pulsed {
        figures[0].1 = "$.direct, $.adjoint against $.phase".into();
        figures.push((
            "New phase by old phase".into(),
            "$.new_phase against $.phase".into(),
        ));
    }
    figures
}

fn asked(word: &str) -> Result<&'static Analysis, Fault> {
    let known = ASKED
        .iter()
        .find(|asked| asked.word == word || asked.measure == word);
    known.ok_or_else(|| {
        let words = ASKED.iter().map(|asked| asked.word);
        let help = match nearest(word, words.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", words.collect::<Vec<_>>().join(", ")),
        };
        Fault::of_the_call(format!("`{word}` is no measure of a model"), Some(help))
    })
}

/// The parameters that a model could be followed over.
fn over_what(experiment: &Experiment, population: &str) -> String {
    let neurons = experiment
        .neurons
        .iter()
        .find(|(name, _)| name == population);
    let names: Vec<&str> = neurons
        .iter()
        .flat_map(|(_, neurons)| neurons.parameters.iter().chain(&neurons.input))
        .map(|(name, _)| name.as_str())
        .collect();
    format!(
        "as in `--over \"I=0:10 nA\"`; the model has {}",
        names.join(", ")
    )
}

/// An experiment with the model as a population, and the population's name.
fn with_model(arguments: &AnalyseArguments) -> Result<(Experiment, String), Fault> {
    let path = Path::new(&arguments.model);
    let is_file = path.extension().is_some_and(|ending| ending == "toml") || path.is_file();
    if !is_file {
        let neurons = Neurons::of_model(1, &arguments.model)
            .map_err(|mistake| Fault::of_the_call(mistake.to_string(), mistake.help()))?;
        let mut experiment = Experiment::new(&*arguments.model);
        experiment.neurons.push(("cell".into(), neurons));
        return Ok((experiment, "cell".into()));
    }
    let text = std::fs::read_to_string(path).map_err(|error| {
        Fault::of_the_call(format!("{} cannot be read: {error}", path.display()), None)
    })?;
    if !text
        .lines()
        .any(|line| line.trim_start().starts_with("[neurons."))
    {
        let file = std::path::absolute(path)
            .unwrap_or_else(|_| path.to_owned())
            .display()
            .to_string();
        let quoted = Value::from(file).to_string();
        let text =
            format!("[run]\nduration = \"1 s\"\n[neurons.cell]\ncount = 1\nmodel = {quoted}\n");
        let experiment = Experiment::parse(&text, &arguments.model, Path::new(""))
            .map_err(|errors| Fault::of_description(&errors))?;
        return Ok((experiment, "cell".into()));
    }
    let experiment = Experiment::read(path).map_err(|errors| Fault::of_description(&errors))?;
    let names: Vec<&str> = experiment
        .neurons
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let population = match (&arguments.of, names.as_slice()) {
        (Some(of), _) if names.contains(&of.as_str()) => of.clone(),
        (Some(of), _) => {
            return Err(Fault::of_the_call(
                format!("{} has no population `{of}`", path.display()),
                Some(format!("it has {}", names.join(", "))),
            ));
        }
        (None, [one]) => (*one).to_owned(),
        (None, _) => {
            return Err(Fault::of_the_call(
                format!("{} has several populations", path.display()),
                Some(format!("choose one with --of: {}", names.join(", "))),
            ));
        }
    };
    Ok((experiment, population))
}

/// The settings of every measure, by their key in the file.
fn settings(arguments: &AnalyseArguments) -> Result<Vec<(String, network::Value)>, Fault> {
    let mut settings = Vec::new();
    let mut set = |key: String, value: &str| settings.push((key, network::Value::parse(value)));
    for word in &arguments.what {
        let asked = asked(word)?;
        let name = word.replace('-', "_");
        for (key, value) in &arguments.at {
            set(format!("measure.{name}.at.{key}"), value);
        }
        if let (Some((key, range)), true) = (&arguments.over, asked.over) {
            set(format!("measure.{name}.over.{key}"), range);
        }
        for (key, value) in &arguments.set {
            let own = key
                .split_once('.')
                .filter(|(before, _)| asked_for(arguments, before));
            match own {
                Some((before, _)) if before != word => {}
                Some((_, key)) => set(format!("measure.{name}.{key}"), value),
                None => set(format!("measure.{name}.{key}"), value),
            }
        }
    }
    Ok(settings)
}

fn asked_for(arguments: &AnalyseArguments, word: &str) -> bool {
    arguments.what.iter().any(|asked| asked == word)
}

fn folder_of(arguments: &AnalyseArguments) -> PathBuf {
    let stem = Path::new(&arguments.model).file_stem().unwrap_or_default();
    let name = stem.to_string_lossy().replace(':', "-");
    let default = || fresh_folder(Path::new(&format!("{name}-analysis")));
    arguments.out.clone().unwrap_or_else(default)
}

/// Every measure that is one number or a short list.
fn numbers(measured: &Measured) -> Vec<(&str, &NamedArray)> {
    const LONGEST_LIST: usize = 8;
    let measures = measured
        .measures
        .iter()
        .map(|(name, array)| (name.as_str(), array));
    measures
        .filter(|(_, array)| array.values.len() <= LONGEST_LIST)
        .collect()
}

fn shown(measured: &Measured, page: &Path) -> String {
    let mut text = String::new();
    let numbers = numbers(measured);
    let width = numbers
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or(0);
    for (name, array) in numbers {
        let unit = unit_symbol(array.dimension);
        let values: Vec<String> = array
            .values
            .iter()
            .map(|value| rounded(*value, DIGITS))
            .collect();
        let values = match array.values.iter().all(|value| value.is_nan()) {
            true => "none".to_owned(),
            false => format!("{} {unit}", values.join(", ")),
        };
        let _ = writeln!(text, "{name:width$}  {values}");
    }
    for note in measured.failures.iter().chain(&measured.notes) {
        let _ = writeln!(text, "note: {note}");
    }
    let _ = writeln!(text, "\n{}", page.display());
    text
}

fn as_json(experiment: &Experiment, measured: &Measured, folder: &Path) -> Value {
    let mut metrics = Map::new();
    let mut units = Map::new();
    for (name, array) in numbers(measured) {
        let finite = |value: &f64| value.is_finite().then_some(*value);
        let value = match array.single() {
            Some(value) => json!(finite(&value)),
            None => array.values.iter().map(finite).collect(),
        };
        metrics.insert(name.to_owned(), value);
        units.insert(name.to_owned(), unit_symbol(array.dimension).into());
    }
    let notes = [&measured.failures[..], &measured.notes[..]].concat();
    json!({
        "experiment": experiment.title,
        "metrics": metrics,
        "units": units,
        "notes": notes,
        "folder": folder,
    })
}

fn setting(text: &str) -> Result<(String, String), String> {
    key_and_value(text, "write NAME=VALUE, as in I=\"0.3 nA\"")
}
