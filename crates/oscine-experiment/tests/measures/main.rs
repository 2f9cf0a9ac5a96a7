//! Each measure of recordings through a whole file, from text to number, on recordings whose answer is known beforehand.

mod information;
mod settings;
mod shown;
mod spikes;
mod traces;

use std::collections::BTreeMap;
use std::path::Path;

use oscine_experiment::array::NamedArray;
use oscine_experiment::{ExperimentError, Outcome, RunOptions, Threads, run};
use oscine_network::Experiment;

fn outcome(file: &str) -> Result<Outcome, ExperimentError> {
    let experiment = Experiment::parse(file, "file.toml", Path::new(""))
        .unwrap_or_else(|errors| panic!("{errors}\n{file}"));
    let folder = tempfile::tempdir().unwrap();
    let options = RunOptions::new(folder.path().join("results"), Threads::Exactly(1));
    run(&experiment, &options, &mut ())
}

/// What a file measures, by name.
fn measured(file: &str) -> BTreeMap<String, NamedArray> {
    let outcome = outcome(file).unwrap();
    assert_eq!(outcome.measured.failures, Vec::<String>::new());
    assert_eq!(outcome.measured.notes, Vec::<String>::new());
    outcome.measured.measures.into_iter().collect()
}

fn assert_near(found: &NamedArray, expected: &[f64], tolerance: f64) {
    let near = |(found, expected): (&f64, &f64)| {
        (found.is_nan() && expected.is_nan()) || (found - expected).abs() <= tolerance
    };
    assert!(
        found.values.len() == expected.len() && found.values.iter().zip(expected).all(near),
        "{:?} should be {expected:?} within {tolerance}",
        found.values
    );
}

/// Where along its axis, which has this name, an array is greatest.
fn greatest_at(found: &NamedArray, axis: &str) -> f64 {
    assert_eq!(found.axes.len(), 1);
    assert_eq!(found.axes[0].name, axis);
    let values = found.values.iter().enumerate();
    let greatest = values.max_by(|left, right| left.1.total_cmp(right.1));
    found.axes[0].coordinates[greatest.unwrap().0]
}

/// The value at the place of its axis that is nearest to this.
fn nearest_to(found: &NamedArray, place: f64) -> f64 {
    let distances = found.axes[0]
        .coordinates
        .iter()
        .map(|at| (at - place).abs());
    let nearest = distances
        .enumerate()
        .min_by(|left, right| left.1.total_cmp(&right.1));
    found.values[nearest.unwrap().0]
}

/// A file with a second of spikes at given times (ms), a train for each cell, and these measures.
fn of_trains(trains: &[&[u32]], measures: &str) -> BTreeMap<String, NamedArray> {
    let train = |times: &&[u32]| {
        let times: Vec<String> = times.iter().map(|time| format!("\"{time} ms\"")).collect();
        format!("[{}]", times.join(", "))
    };
    let times: Vec<String> = trains.iter().map(train).collect();
    measured(&format!(
        "title = \"trains\"\n[run]\nduration = \"1 s\"\ndt = \"1 ms\"\n[stimulus.source]\nkind = \"spikes\"\ncount = {}\ntimes = [{}]\n\
         [record.raster]\nof = \"source\"\nspikes = true\n{measures}",
        trains.len(),
        times.join(", ")
    ))
}

/// A file with one unit of these equations, some variables recorded every millisecond, and these measures.
fn of_traces(
    duration: &str,
    equations: &str,
    variables: &[&str],
    measures: &str,
) -> BTreeMap<String, NamedArray> {
    measured(&format!(
        "title = \"traces\"\n[run]\nduration = \"{duration}\"\ndt = \"1 ms\"\n[neurons.unit]\ncount = 1\nequations = '''\n{equations}\n'''\n\
         [record.trace]\nof = \"unit\"\nvariables = {variables:?}\n{measures}"
    ))
}

/// Every 100 ms.
const REGULAR: &[u32] = &[25, 125, 225, 325, 425, 525, 625, 725, 825, 925];
/// Intervals of 100 and 300 ms in turn.
const ALTERNATING: &[u32] = &[50, 150, 450, 550, 850, 950];
