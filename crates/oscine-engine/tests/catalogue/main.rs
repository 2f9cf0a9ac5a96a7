//! Every entry of the catalogue, run: neurons against Brian2's spike times, synapses and noises against closed forms.

mod neurons;
mod noises;
mod synapses;

use std::path::Path;

use oscine_engine::{Options, Recorded, Rows, Simulation, Threads};
use oscine_network::Experiment;

/// The network of a description, on one thread.
fn build(text: &str) -> Simulation {
    let experiment = Experiment::parse(text, "test.toml", Path::new("."))
        .unwrap_or_else(|errors| panic!("{errors}"));
    let options = Options {
        threads: Threads::Exactly(1),
    };
    Simulation::build(&experiment, &options).unwrap_or_else(|error| panic!("{error}"))
}

/// All that it records, in one piece.
fn run(text: &str) -> Vec<Recorded> {
    let mut simulation = build(text);
    simulation
        .advance(simulation.steps())
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(simulation.step(), simulation.steps());
    simulation.drain()
}

/// The values of a variable in the first record of samples, by time and then by element.
fn samples(all: &[Recorded], variable: &str) -> Vec<f64> {
    let columns = all.iter().find_map(|recorded| match &recorded.rows {
        Rows::Samples { columns, .. } => Some(columns),
        Rows::Spikes { .. } => None,
    });
    let (_, values) = columns
        .expect("there is a record of samples")
        .iter()
        .find(|(name, _)| name == variable)
        .expect("the variable was recorded");
    values.clone()
}

/// Whether two numbers are within so much of each other.
#[track_caller]
fn assert_near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: {found}, where {expected} within {tolerance} was expected"
    );
}
