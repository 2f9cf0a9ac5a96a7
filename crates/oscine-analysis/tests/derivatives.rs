//! The engine and the analysis of models read the same texts: their derivatives agree at random states, for every neuron of the catalogue.

use oscine_analysis::model::{DynamicalSystem, Mode, SystemVariable};
use oscine_engine::{Options, Simulation, Threads};
use oscine_equations::Dimension;
use oscine_network::{Experiment, Neurons, catalogue};
use oscine_random::Stream;

/// Random states of each model.
const STATES: u64 = 20;

/// One step of a second by the method of Euler adds the derivative to the state.
fn derivatives_of_the_engine(neurons: &Neurons, states: &[SystemVariable], at: &[f64]) -> Vec<f64> {
    let mut cell = neurons.clone();
    (cell.threshold, cell.reset, cell.refractory, cell.integrator) = (None, None, None, None);
    cell.initial.clear();
    for (variable, value) in states.iter().zip(at) {
        let unit = match variable.dimension.is_dimensionless() {
            true => String::new(),
            false => format!("*{}", variable.dimension),
        };
        cell = cell.initial(variable.name.as_str(), format!("{value:?}{unit}"));
    }
    let experiment = Experiment::new("one step")
        .duration("1 s")
        .and_then(|experiment| experiment.dt("1 s"))
        .unwrap()
        .integrator("euler")
        .add_neurons("cell", cell);
    let options = Options {
        threads: Threads::Exactly(1),
    };
    let mut simulation = Simulation::build(&experiment, &options).unwrap();
    simulation.advance(1).unwrap();
    let after = states.iter().map(|variable| {
        let (values, _) = simulation.values("cell", &variable.name).unwrap();
        values[0]
    });
    after
        .zip(at)
        .map(|(after, before)| after - before)
        .collect()
}

/// A state that the variable may well have.
fn drawn(variable: &SystemVariable, uniform: f64) -> f64 {
    match variable.dimension {
        Dimension::VOLT => -0.09 + 0.1 * uniform,
        Dimension::AMPERE => 1e-9 * (uniform - 0.5),
        _ => uniform,
    }
}

#[test]
fn engine_and_analysis_have_the_same_derivatives() {
    let mut read = 0;
    for entry in catalogue::all().filter(|entry| entry.kind == "neuron") {
        let neurons = Neurons::of_model(1, &entry.name).unwrap();
        let system = DynamicalSystem::read(&neurons, &[]).unwrap();
        let stream = Stream::new(7, &entry.name);
        for number in 0..STATES {
            let variables = system.states().iter().enumerate();
            let state: Vec<f64> = variables
                .map(|(place, variable)| drawn(variable, stream.uniform(place as u64, number)))
                .collect();
            let mut analysis = vec![0.0; state.len()];
            system.rates(Mode::Active, 0.0, &state, &mut analysis);
            let engine = derivatives_of_the_engine(&neurons, system.states(), &state);
            for (place, (one, other)) in engine.iter().zip(&analysis).enumerate() {
                // The state is added to and taken away again, and the two have an `exp` each.
                let rounding = 4.0 * f64::EPSILON * state[place].abs();
                assert!(
                    (one - other).abs() <= 1e-11 * other.abs() + rounding,
                    "{} {}: {one} {other} at {state:?}",
                    entry.name,
                    system.states()[place].name
                );
            }
        }
        read += 1;
    }
    assert!(read >= 15, "{read}");
}
