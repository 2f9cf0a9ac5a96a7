//! A sweep gives the same numbers whole, in parts, gone on with, and on any number of threads.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use oscine_experiment::{
    ColumnValues, Ending, ExperimentError, Outcome, Progress, RunOptions, SweepPart, TableReader,
    Threads, resume, run,
};
use oscine_network::Experiment;

const FILE: &str = r#"
title = "drive"
[run]
duration = "200 ms"
[neurons.cells]
count = 5
equations = "dv/dt = (drive - v)/(10*ms) + 0.1*xi/sqrt(10*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
parameters = { drive = 1.5 }
[record.raster]
of = "cells"
spikes = true
[measure.rate]
what = "firing-rate"
of = "raster"
[measure.best]
value = "argmax(mean(rate))"
[sweep]
over = { "neurons.cells.parameters.drive" = "1:3:0.5" }
repeat = 3
[[claim]]
says = "more drive, more spikes"
value = "slope(mean(rate)) > 10*Hz"
published = "1"
[[claim]]
says = "the most drive is best"
value = "best"
published = "3"
[[figure]]
plot = "rate against neurons.cells.parameters.drive"
"#;

fn experiment() -> Experiment {
    Experiment::parse(FILE, "drive.toml", Path::new("")).unwrap()
}

fn options(folder: &Path, threads: usize) -> RunOptions {
    RunOptions::new(folder, Threads::Exactly(threads))
}

/// The table of a sweep, bit by bit.
fn table(folder: &Path) -> Vec<Vec<u64>> {
    let mut reader = TableReader::open(&folder.join("sweep.parquet")).unwrap();
    let rows = reader.next_rows().unwrap().unwrap();
    let bits = |values: &ColumnValues| {
        let numbers = values.numbers().unwrap();
        numbers.iter().map(|value| value.to_bits()).collect()
    };
    rows.columns.iter().map(bits).collect()
}

fn whole(folder: &Path, threads: usize) -> Outcome {
    run(&experiment(), &options(folder, threads), &mut ()).unwrap()
}

#[test]
fn claims_and_the_table_come_from_the_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep");
    let outcome = whole(&path, 2);
    assert_eq!(outcome.ending, Ending::Finished);
    let holds: Vec<_> = outcome
        .measured
        .verdicts
        .iter()
        .map(|verdict| verdict.holds)
        .collect();
    assert_eq!(holds, [Some(true), Some(true)]);
    let reader = TableReader::open(&path.join("sweep.parquet")).unwrap();
    let names: Vec<&str> = reader
        .schema()
        .fields
        .iter()
        .map(|field| &*field.name)
        .collect();
    assert_eq!(
        names,
        [
            "neurons.cells.parameters.drive",
            "repeat",
            "run.seed",
            "rate.mean"
        ]
    );
    assert_eq!(reader.rows(), 15);
    // Seeds differ, so rates do; the first run of the first value is the file as it stands with that value.
    let columns = table(&path);
    let rates: Vec<f64> = columns[3]
        .iter()
        .map(|bits| f64::from_bits(*bits))
        .collect();
    assert!(rates[..3].iter().any(|rate| *rate != rates[0]));
    let alone = experiment()
        .with_settings(&[("neurons.cells.parameters.drive", "1")])
        .unwrap();
    let alone = Experiment {
        sweep: None,
        claims: Vec::new(),
        figures: Vec::new(),
        measures: alone.measures[..1].to_vec(),
        ..alone
    };
    let alone = run(&alone, &options(&folder.path().join("alone"), 1), &mut ()).unwrap();
    let values = &alone.measured.measures[0].1.values;
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    assert_eq!(mean.to_bits(), rates[0].to_bits());
}

#[test]
fn threads_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let (one, three) = (folder.path().join("1"), folder.path().join("3"));
    whole(&one, 1);
    whole(&three, 3);
    assert_eq!(table(&one), table(&three));
}

#[test]
fn parts_put_together_are_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (all, parts) = (folder.path().join("all"), folder.path().join("parts"));
    whole(&all, 2);
    let mut first = options(&parts, 1);
    first.part = Some(SweepPart { number: 1, of: 2 });
    let outcome = run(&experiment(), &first, &mut ()).unwrap();
    assert_eq!(outcome.ending, Ending::PartDone { done: 8, all: 15 });
    // The second part, carried out elsewhere.
    let elsewhere = folder.path().join("elsewhere");
    let mut second = options(&elsewhere, 1);
    second.part = Some(SweepPart { number: 2, of: 2 });
    run(&experiment(), &second, &mut ()).unwrap();
    for entry in std::fs::read_dir(elsewhere.join("points")).unwrap() {
        let entry = entry.unwrap();
        std::fs::rename(entry.path(), parts.join("points").join(entry.file_name())).unwrap();
    }
    let outcome = resume(&options(&parts, 1), &mut ()).unwrap();
    assert_eq!(outcome.ending, Ending::Finished);
    assert_eq!(table(&all), table(&parts));
}

/// Stops a sweep once some of its runs are done.
struct Stopper(Arc<AtomicBool>);

impl Progress for Stopper {
    fn sweeps(&mut self, done: usize, _: usize, _: usize, _: Duration) {
        if done >= 4 {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

#[test]
fn a_sweep_that_was_stopped_goes_on_to_the_same_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let (all, stopped) = (folder.path().join("all"), folder.path().join("stopped"));
    whole(&all, 2);
    let stop = Arc::new(AtomicBool::new(false));
    let mut halting = options(&stopped, 2);
    halting.stop = Some(stop.clone());
    let outcome = run(&experiment(), &halting, &mut Stopper(stop)).unwrap();
    assert!(matches!(outcome.ending, Ending::SweepStopped { done, .. } if done >= 4));
    assert!(outcome.measured.verdicts.is_empty());
    resume(&options(&stopped, 1), &mut ()).unwrap();
    assert_eq!(table(&all), table(&stopped));
}

#[test]
fn what_cannot_be_measured_at_a_point_is_said() {
    let text = FILE
        .replace("drive = 1.5", "drive = 1.5, blow = 0")
        .replace(
            "sqrt(10*ms) : 1",
            "sqrt(10*ms) : 1; du/dt = exp(blow*t/ms)/ms : 1",
        );
    let text = text.replace(
        "neurons.cells.parameters.drive",
        "neurons.cells.parameters.blow",
    );
    let text = text
        .replace("\"1:3:0.5\"", "[0, 50]")
        .replace("\"best\"", "\"0*best + 3\"");
    let experiment = Experiment::parse(&text, "blow.toml", Path::new("")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let outcome = run(&experiment, &options(&folder.path().join("s"), 2), &mut ()).unwrap();
    assert!(
        outcome
            .measured
            .failures
            .iter()
            .any(|note| note.contains("3 of 6 runs did not come to their end")),
        "{:?}",
        outcome.measured.failures
    );
}

/// The unit of a place along an axis is known once something was measured: a mistake there must not cost the whole sweep.
#[test]
fn a_mistake_in_a_formula_is_said_after_the_first_run() {
    let text = FILE.replace("\"best\"", "\"at(mean(rate), 3*second)\"");
    let experiment = Experiment::parse(&text, "late.toml", Path::new("")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("s");
    let error = run(&experiment, &options(&folder, 1), &mut ()).unwrap_err();
    assert!(matches!(error, ExperimentError::Build(_)), "{error}");
    assert_eq!(std::fs::read_dir(folder.join("points")).unwrap().count(), 1);
}

/// Bias and variance belong to a point: each of its rows has them.
#[test]
fn what_is_measured_over_seeds_stands_in_each_row() {
    let text = r#"
[task]
data = "digits"
test = 0.5
training = 50
[layers.output]
size = 10
activation = "softmax"
[training]
loss = "cross-entropy"
epochs = 2
[sweep]
over = { "training.optimiser.rate" = [0, 0.1] }
repeat = 3
[measure.parts]
what = "bias-variance"
"#;
    let experiment = Experiment::parse(text, "parts.toml", Path::new("")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let outcome = run(&experiment, &options(&path, 2), &mut ()).unwrap();
    assert!(outcome.measured.failures.is_empty());
    let reader = TableReader::open(&path.join("sweep.parquet")).unwrap();
    let mut fields = reader.schema().fields.iter();
    let place = fields
        .position(|field| field.name == "parts.error")
        .unwrap();
    let errors = &table(&path)[place];
    assert_eq!(errors.len(), 6);
    for point in errors.chunks(3) {
        assert!(point.iter().all(|error| *error == point[0]));
    }
    assert!(f64::from_bits(errors[3]) < f64::from_bits(errors[0]));
}
