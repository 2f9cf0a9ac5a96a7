//! A number that a cell draws is one number in a step, whoever reads it: its own equations, a record, the synapses at either end.

use std::path::Path;

use oscine_engine::{Options, Rows, Simulation, Threads};
use oscine_network::Experiment;

fn simulation(text: &str) -> Simulation {
    let experiment = Experiment::parse(text, "test.toml", Path::new("."))
        .unwrap_or_else(|errors| panic!("{errors}"));
    let threads = Threads::Exactly(2);
    let mut simulation = Simulation::build(&experiment, &Options { threads })
        .unwrap_or_else(|error| panic!("{error}"));
    simulation
        .advance(simulation.steps())
        .expect("the run goes well");
    simulation
}

/// The recorded values by variable, `[step][cell]`, of the record with this name.
fn recorded(simulation: &mut Simulation) -> Vec<(String, String, Vec<f64>)> {
    let mut all = Vec::new();
    for record in simulation.drain() {
        if let Rows::Samples { columns, .. } = record.rows {
            for (name, values) in columns {
                all.push((record.record.clone(), name, values));
            }
        }
    }
    all
}

fn column<'a>(all: &'a [(String, String, Vec<f64>)], record: &str, name: &str) -> &'a [f64] {
    let found = all.iter().find(|(r, n, _)| r == record && n == name);
    &found.expect("it was recorded").2
}

#[test]
fn synapses_read_the_number_that_the_cell_drew() {
    const STEPS: usize = 20;
    let mut simulation = simulation(
        r#"
[run]
duration = "2 ms"
dt = "0.1 ms"
[neurons.source]
count = 3
equations = '''
x = 10*i + noisy + rand() : 1
noisy : 1
'''
[neurons.target]
count = 4
equations = '''
y = randn() : 1
total : 1
other : 1
'''
[noise.n]
at = "source.noisy"
kind = "gaussian"
level = 2
[synapses.sum]
from = "source"
to = "target"
connect = "all-to-all"
equations = '''
total_post = x_pre + y_post/3 : 1 (summed)
'''
[synapses.again]
from = "source"
to = "target"
connect = "all-to-all"
equations = '''
other_post = x_pre : 1 (summed)
'''
[record.source]
of = "source"
variables = ["x"]
[record.target]
of = "target"
variables = ["y", "total", "other"]
"#,
    );
    let all = recorded(&mut simulation);
    let (x, y) = (column(&all, "source", "x"), column(&all, "target", "y"));
    let (total, other) = (
        column(&all, "target", "total"),
        column(&all, "target", "other"),
    );
    assert_eq!(x.len(), 3 * STEPS);
    for step in 1..STEPS {
        // A sum that is recorded at a step was taken in the step before.
        let before = &x[3 * (step - 1)..3 * step];
        for cell in 0..4 {
            let own = y[4 * (step - 1) + cell];
            let sum: f64 = before.iter().map(|x| x + own / 3.0).sum();
            let found = total[4 * step + cell];
            assert!(
                (found - sum).abs() < 1e-12,
                "{step}, {cell}: {found}, not {sum}"
            );
            let sum: f64 = before.iter().sum();
            assert!((other[4 * step + cell] - sum).abs() < 1e-12);
        }
    }
    assert!(x[0] != x[3] && y[0] != y[1]);
}

#[test]
fn noise_at_a_part_of_a_population_leaves_the_others_alone() {
    let mut simulation = simulation(
        "[run]\nduration = \"50 ms\"\n[neurons.cells]\ncount = 10\nequations = \"x : 1\"\nparameters = { x = 1 }\n\
         [noise.n]\nat = [\"cells[2:4].x\", \"cells[9].x\"]\nkind = \"gaussian\"\nlevel = 1\n\
         [record.cells]\nof = \"cells\"\nvariables = [\"x\"]\n",
    );
    let all = recorded(&mut simulation);
    for row in column(&all, "cells", "x").chunks(10) {
        for (cell, x) in row.iter().enumerate() {
            assert_eq!(*x != 1.0, [2, 3, 9].contains(&cell), "{cell}: {x}");
        }
    }
}

/// Power of pink noise falls as 1/f: over each factor of four in frequency, from 1/(2π 100 ms) to 1/(2π 1 ms), by four.
#[test]
fn pink_noise_of_neurons_falls_as_one_over_frequency() {
    const CELLS: usize = 200;
    const ROWS: usize = 8192;
    let mut simulation = simulation(&format!(
        "[run]\nduration = \"{} ms\"\ndt = \"0.25 ms\"\n[neurons.cells]\ncount = {CELLS}\nequations = \"x : 1\"\n\
         [noise.n]\nat = \"cells.x\"\nkind = \"pink\"\ncorrelation = \"400 ms\"\nlevel = 3\n\
         [record.cells]\nof = \"cells\"\nvariables = [\"x\"]\n",
        ROWS as f64 * 0.25
    ));
    let all = recorded(&mut simulation);
    let values = column(&all, "cells", "x");
    let variance = values.iter().map(|x| x * x).sum::<f64>() / values.len() as f64;
    assert!((variance / 9.0 - 1.0).abs() < 0.1, "{variance}");
    // Power at single frequencies, a Hann window against leaks, averaged over cells.
    let power = |hertz: f64| {
        let mut sum = 0.0;
        for cell in 0..CELLS {
            let (mut cosine, mut sine) = (0.0, 0.0);
            for row in 0..ROWS {
                let phase = std::f64::consts::TAU * row as f64;
                let window = 1.0 - (phase / ROWS as f64).cos();
                let x = values[row * CELLS + cell] * window;
                cosine += x * (phase * hertz * 0.25e-3).cos();
                sine += x * (phase * hertz * 0.25e-3).sin();
            }
            sum += cosine * cosine + sine * sine;
        }
        sum
    };
    let powers: Vec<f64> = [4.0, 16.0, 64.0].into_iter().map(power).collect();
    for pair in powers.windows(2) {
        // Of 200 cells the ratio of two exponential averages is known to 10 %.
        let ratio = pair[0] / pair[1];
        assert!((ratio / 4.0 - 1.0).abs() < 0.3, "{ratio}: {powers:?}");
    }
}

/// One spike of one source, at a thousand targets after 10 ms: arrivals are as wide as the noise says.
#[test]
fn each_spike_is_late_by_a_fresh_number_at_each_synapse() {
    for (kind, farthest) in [("gaussian", 6.0), ("uniform", 3f64.sqrt())] {
        let mut simulation = simulation(&format!(
            "[run]\nduration = \"40 ms\"\n[stimulus.s]\nkind = \"spikes\"\ncount = 1\ntimes = [[\"1 ms\", \"2 ms\"]]\n\
             [neurons.cells]\ncount = 1000\nequations = \"n : 1\\nat : second\\nsum : second\"\n\
             [synapses.late]\nfrom = \"s\"\nto = \"cells\"\nconnect = \"all-to-all\"\ndelay = \"10 ms\"\non_pre = \"n += 1; sum += t; at = t\"\n\
             [noise.jitter]\nat = \"late.delay\"\nkind = \"{kind}\"\nlevel = \"1.5 ms\"\n\
             [record.cells]\nof = \"cells\"\nvariables = [\"n\", \"sum\", \"at\"]\nat = \"end\"\n"
        ));
        let all = recorded(&mut simulation);
        assert!(column(&all, "cells", "n").iter().all(|n| *n == 2.0));
        let late: Vec<f64> = column(&all, "cells", "sum")
            .iter()
            .map(|sum| sum - 23e-3)
            .collect();
        let mean = late.iter().sum::<f64>() / 1000.0;
        let variance = late.iter().map(|x| x * x).sum::<f64>() / 1000.0;
        // Of two spikes the variances add; five standard errors of 1,000 sums.
        let expected = 2.0 * 1.5e-3f64.powi(2);
        assert!(mean.abs() < 5.0 * (expected / 1000.0).sqrt(), "{mean}");
        assert!(
            (variance / expected - 1.0).abs() < 5.0 * (2.0f64 / 1000.0).sqrt(),
            "{variance}"
        );
        assert!(
            late.iter()
                .all(|x| x.abs() < 2.0 * farthest * 1.5e-3 + 1e-4)
        );
        // Both spikes come at other times to each synapse.
        let at = column(&all, "cells", "at");
        assert!((0..999).any(|cell| at[cell] != at[cell + 1]));
    }
}

/// A number that is drawn may stand in the coefficient of a linear equation: it is a new one at every step there too.
#[test]
fn a_coefficient_that_is_drawn_is_new_at_every_step() {
    const STEPS: usize = 200;
    let mut simulation = simulation(
        r#"
[run]
duration = "200 ms"
dt = "1 ms"
[neurons.cell]
count = 3
equations = '''
dv/dt = -(1 + extra)*v/(20*ms) : 1
du/dt = -drawn*u/(20*ms) : 1
drawn = rand() : 1
leak = extra : 1
extra : 1
'''
initial = { v = 1, u = 1 }
parameters = { extra = 0 }
[noise.n]
at = "cell.extra"
kind = "gaussian"
level = 0.3
[record.cell]
of = "cell"
variables = ["v", "u", "leak", "drawn"]
"#,
    );
    let all = recorded(&mut simulation);
    let [v, u, leak, drawn] =
        ["v", "u", "leak", "drawn"].map(|name| column(&all, "cell", name).to_vec());
    for step in 0..STEPS - 1 {
        for place in 3 * step..3 * step + 3 {
            let decays = |rate: f64| (-rate / 20.0).exp();
            let expected = v[place] * decays(1.0 + leak[place]);
            assert!((v[place + 3] / expected - 1.0).abs() < 1e-12, "v at {step}");
            let expected = u[place] * decays(drawn[place]);
            assert!((u[place + 3] / expected - 1.0).abs() < 1e-12, "u at {step}");
        }
    }
    assert!(leak[3] != leak[0] && drawn[3] != drawn[0]);
}
