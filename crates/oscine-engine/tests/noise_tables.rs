//! `[noise.NAME]`: what is added to an input or a parameter, and what is left of it otherwise.

use std::path::Path;

use oscine_engine::{Options, Rows, Simulation, Threads};
use oscine_network::Experiment;

const CELLS: usize = 500;

fn build(equations: &str, x: &str, noise: &str) -> Result<Simulation, String> {
    let text = format!(
        "[run]\nduration = \"100 ms\"\ndt = \"0.1 ms\"\n[neurons.cells]\ncount = {CELLS}\nequations = '''\n{equations}\n'''\n\
         parameters = {{ {x} }}\n[noise.n]\nat = \"cells.x\"\n{noise}\n\
         [record.cells]\nof = \"cells\"\nvariables = [\"x\"]\nevery = \"1 ms\"\n"
    );
    let experiment = Experiment::parse(&text, "test.toml", Path::new("."))
        .unwrap_or_else(|errors| panic!("{errors}"));
    let threads = Threads::Exactly(1);
    Simulation::build(&experiment, &Options { threads }).map_err(|error| error.to_string())
}

/// `x` at each millisecond, `[time][cell]`.
fn rows(equations: &str, x: &str, noise: &str) -> Vec<Vec<f64>> {
    let mut simulation = build(equations, x, noise).expect("it is built");
    simulation
        .advance(simulation.steps())
        .expect("the run goes well");
    match simulation.drain().remove(0).rows {
        Rows::Samples { columns, .. } => columns[0].1.chunks(CELLS).map(<[f64]>::to_vec).collect(),
        Rows::Spikes { .. } => panic!("values were recorded"),
    }
}

fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.into_iter().collect();
    values.iter().sum::<f64>() / values.len() as f64
}

const DECLARED: &str = "dv/dt = (x - v)/(10*ms) : 1\nx : 1";

#[test]
fn a_drawn_parameter_keeps_its_value_under_the_noise() {
    let rows = rows(DECLARED, "x = \"rand()\"", "kind = \"gaussian\"\nlevel = 0");
    assert!(rows.iter().all(|row| *row == rows[0]));
    assert!((mean(rows[0].iter().copied()) - 0.5).abs() < 0.06);
}

/// Four standard errors of the variance of white samples are 4 sqrt(2/50000) = 2.5 %; correlated over 5 ms, three times that.
#[test]
fn gaussian_uniform_and_correlated_noise_have_the_standard_deviation_that_is_asked_for() {
    for (kind, tolerance) in [
        ("\"gaussian\"", 0.025),
        ("\"uniform\"", 0.025),
        ("\"ornstein-uhlenbeck\"\ncorrelation = \"5 ms\"", 0.08),
    ] {
        let rows = rows(DECLARED, "x = \"1\"", &format!("kind = {kind}\nlevel = 2"));
        let values: Vec<f64> = rows.iter().flatten().map(|value| value - 1.0).collect();
        let variance = mean(values.iter().map(|value| value * value));
        assert!(
            (variance / 4.0 - 1.0).abs() < tolerance,
            "{kind}: {variance}"
        );
        let next: f64 = mean(rows.windows(2).flat_map(|pair| {
            let pairs = pair[0].iter().zip(&pair[1]);
            pairs
                .map(|(one, other)| (one - 1.0) * (other - 1.0))
                .collect::<Vec<_>>()
        }));
        let memory = if kind.contains("ornstein") {
            (-0.2_f64).exp()
        } else {
            0.0
        };
        assert!((next / 4.0 - memory).abs() < tolerance, "{kind}: {next}");
    }
}

#[test]
fn noise_at_a_variable_is_refused_at_the_place_of_the_noise() {
    let message = build(
        "dx/dt = -x/(10*ms) : 1",
        "",
        "kind = \"gaussian\"\nlevel = 1",
    )
    .err();
    let message = message.expect("it is refused");
    assert!(
        message.starts_with("[noise.n] at: `x` has an equation"),
        "{message}"
    );
}
