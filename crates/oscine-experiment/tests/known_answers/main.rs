//! Measures through whole small experiments: those of models against closed forms, those of recordings against chance, and the settings of all.

mod chance;
mod models;
mod settings;

use std::path::Path;

use oscine_experiment::array::NamedArray;
use oscine_experiment::{Outcome, RunOptions, Threads, run};
use oscine_network::Experiment;

/// What an experiment measured.
struct Found(Vec<(String, NamedArray)>);

/// Runs an experiment that is written here.
fn outcome(text: &str) -> Outcome {
    let experiment = Experiment::parse(text, "measures.toml", Path::new(""))
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let folder = tempfile::tempdir().unwrap();
    let options = RunOptions::new(folder.path().join("results"), Threads::Exactly(1));
    run(&experiment, &options, &mut ()).unwrap()
}

fn measured(text: &str) -> Found {
    Found(outcome(text).measured.measures)
}

/// What a reader is told about the measures.
fn noted(text: &str) -> Vec<String> {
    let measured = outcome(text).measured;
    [measured.failures, measured.notes].concat()
}

impl Found {
    fn array(&self, name: &str) -> &NamedArray {
        let known = || self.0.iter().map(|(name, _)| name).collect::<Vec<_>>();
        let found = self.0.iter().find(|(known, _)| known == name);
        &found
            .unwrap_or_else(|| panic!("no {name} in {:?}", known()))
            .1
    }

    fn values(&self, name: &str) -> &[f64] {
        &self.array(name).values
    }

    fn number(&self, name: &str) -> f64 {
        let array = self.array(name);
        array
            .single()
            .unwrap_or_else(|| panic!("{name} is {:?}", array.axes))
    }

    fn mean(&self, name: &str) -> f64 {
        let values = self.values(name);
        values.iter().sum::<f64>() / values.len() as f64
    }

    /// Where the values of one line lie: its frequencies, lags, times.
    fn coordinates(&self, name: &str) -> &[f64] {
        &self.array(name).axes.last().unwrap().coordinates
    }

    /// Where a line is highest.
    fn highest(&self, name: &str) -> f64 {
        let values = self.values(name);
        let best = (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b]));
        self.coordinates(name)[best.unwrap()]
    }

    /// The value of a line at the coordinate nearest to this one.
    fn at(&self, name: &str, place: f64) -> f64 {
        let away = |at: &usize| (self.coordinates(name)[*at] - place).abs();
        let near = (0..self.coordinates(name).len()).min_by(|a, b| away(a).total_cmp(&away(b)));
        self.values(name)[near.unwrap()]
    }
}

#[track_caller]
fn near(value: f64, wanted: f64, tolerance: f64) {
    assert!(
        (value - wanted).abs() <= tolerance,
        "{value} is not {wanted} within {tolerance}"
    );
}

#[track_caller]
fn all_near(values: &[f64], wanted: &[f64], tolerance: f64) {
    let close = |(value, wanted): (&f64, &f64)| (value - wanted).abs() <= tolerance;
    assert!(
        values.len() == wanted.len() && values.iter().zip(wanted).all(close),
        "{values:?} are not {wanted:?} within {tolerance}"
    );
}

/// A measure without settings but its recording.
fn measure(name: &str, what: &str, of: &str) -> String {
    format!("[measure.{name}]\nwhat = \"{what}\"\nof = \"{of}\"\n")
}
