//! A state that stops being finite ends the run, and says between which two times it did.

use std::path::Path;

use oscine_engine::{Options, RunError, Simulation, Threads};
use oscine_network::Experiment;

/// The slope of one cell is divided by 0 from 20 ms on.
fn explodes(initial: &str, threads: usize) -> RunError {
    let text = format!(
        r#"
[run]
duration = "100 ms"
dt = "0.1 ms"
[neurons.cells]
count = 40
integrator = "euler"
equations = "dx/dt = 1/(1 - int(i == 33)*int(t >= 20*ms))/second : 1"
initial = {{ x = "{initial}" }}
"#
    );
    let experiment = Experiment::parse(&text, "test.toml", Path::new("."))
        .unwrap_or_else(|errors| panic!("{errors}"));
    let threads = Threads::Exactly(threads);
    let mut simulation = Simulation::build(&experiment, &Options { threads })
        .unwrap_or_else(|error| panic!("{error}"));
    loop {
        if let Err(error) = simulation.advance(70) {
            return error;
        }
        assert!(simulation.step() < simulation.steps(), "nothing was found");
    }
}

#[test]
fn the_times_around_it_are_said() {
    for threads in [1, 3] {
        let error = explodes("0", threads);
        let RunError::NotFinite {
            index, after, by, ..
        } = &error
        else {
            panic!("{error}");
        };
        assert_eq!(*index, 33);
        // The step from 20 ms divides by 0; states are looked at every 16 steps.
        assert!(
            *after <= 20e-3 && *by >= 20.1e-3 - 1e-12 && by - after < 1.601e-3,
            "{error}"
        );
        let times = "after t = 0.0192 s and by t = 0.0208 s";
        assert!(error.to_string().contains(times), "{error}");
    }
}

#[test]
fn what_never_was_finite_is_said_at_the_start() {
    let error = explodes("1/int(i != 5)", 2);
    assert!(
        error
            .to_string()
            .starts_with("`x` of cells[5] is not finite at t = 0 s (its value is inf)"),
        "{error}"
    );
}
