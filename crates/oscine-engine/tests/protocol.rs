//! `[[protocol]]`: phases set rates and parameters, each for its own time, to the step.

use std::path::Path;

use oscine_engine::{BuildError, Options, Recorded, Rows, Simulation, Threads};
use oscine_network::Experiment;

fn experiment(text: &str) -> Experiment {
    Experiment::parse(text, "test.toml", Path::new(".")).unwrap_or_else(|errors| panic!("{errors}"))
}

fn build(text: &str, threads: usize) -> Simulation {
    let threads = Threads::Exactly(threads);
    Simulation::build(&experiment(text), &Options { threads })
        .unwrap_or_else(|error| panic!("{error}"))
}

fn finish(simulation: &mut Simulation, steps: u64) -> Vec<Recorded> {
    let mut all = Vec::new();
    while simulation.step() < simulation.steps() {
        simulation.advance(steps).expect("the run goes well");
        all.extend(simulation.drain());
    }
    all
}

/// Samples of a variable, by step.
fn samples(all: &[Recorded], record: &str, variable: &str) -> Vec<f64> {
    let mut values = Vec::new();
    for recorded in all.iter().filter(|recorded| recorded.record == record) {
        if let Rows::Samples { columns, .. } = &recorded.rows {
            let column = columns.iter().find(|(name, _)| name == variable);
            values.extend(&column.expect("recorded").1);
        }
    }
    values
}

#[test]
fn a_source_fires_at_the_rate_of_each_phase() {
    let text = r#"
[run]
dt = "0.1 ms"
[stimulus.named]
kind = "spikes"
count = 400
[stimulus.driven]
kind = "poisson"
count = 400
rate = "20 Hz"
[[protocol]]
name = "baseline"
duration = "500 ms"
fire = { named = "10 Hz" }
[[protocol]]
name = "tetanus"
duration = "100 ms"
fire = { named = "100 Hz", driven = "0 Hz" }
[[protocol]]
duration = "200 ms"
[record.spikes]
of = ["named", "driven"]
spikes = true
"#;
    let mut simulation = build(text, 2);
    assert_eq!(simulation.steps(), 8_000);
    let all = finish(&mut simulation, 700);
    let count = |of: &str, from: u64, until: u64| -> f64 {
        let mut count = 0;
        for recorded in all.iter().filter(|recorded| recorded.of == of) {
            if let Rows::Spikes { steps, .. } = &recorded.rows {
                count += steps
                    .iter()
                    .filter(|step| (from..until).contains(step))
                    .count();
            }
        }
        count as f64
    };
    // Expected counts with four standard deviations of a Poisson count.
    let near = |found: f64, expected: f64| (found - expected).abs() < 4.0 * expected.sqrt();
    assert!(near(count("named", 0, 5_000), 2_000.0));
    assert!(near(count("named", 5_000, 6_000), 4_000.0));
    assert_eq!(count("named", 6_000, 8_000), 0.0);
    assert!(near(count("driven", 0, 5_000), 4_000.0));
    assert_eq!(count("driven", 5_000, 6_000), 0.0);
    // What a phase does not name has its value of the file.
    assert!(near(count("driven", 6_000, 8_000), 1_600.0));
    let phases = simulation.facts().phases;
    assert_eq!(
        phases
            .iter()
            .map(|phase| phase.name.as_str())
            .collect::<Vec<_>>(),
        ["baseline", "tetanus", "phase 3"]
    );
    assert!((phases[1].from - 0.5).abs() < 1e-12 && (phases[1].until - 0.6).abs() < 1e-12);
    assert_eq!(phases[1].fire[0], ("named".to_owned(), "100 Hz".to_owned()));
}

/// Two coupled linear equations under the exact integrator, against their closed form: `x` decays with `tau` of its phase towards
/// `drive` of its phase.
fn relaxes_exactly(tau: &str, tau_in_phase: &str, seconds: &dyn Fn(usize, bool) -> f64) {
    let text = format!(
        r#"
[run]
dt = "0.1 ms"
[neurons.cells]
count = 3
integrator = "exact"
equations = '''
    dx/dt = (drive - x)/tau : 1
    dy/dt = (x - y)/second : 1
    tau : second
    drive : 1
'''
parameters = {{ tau = "{tau}", drive = 1 }}
[[protocol]]
duration = "10 ms"
[[protocol]]
duration = "10 ms"
set = {{ "cells.tau" = "{tau_in_phase}", "cells.drive" = 3 }}
[[protocol]]
duration = "10 ms"
set = {{ "cells.drive" = 0 }}
[record.x]
of = "cells"
variables = ["x", "drive"]
"#
    );
    let all = finish(&mut build(&text, 2), 77);
    let (x, drive) = (samples(&all, "x", "x"), samples(&all, "x", "drive"));
    let mut expected = [0.0; 3];
    for step in 0..300 {
        let phase = step / 100;
        let target = [1.0, 3.0, 0.0][phase];
        for (cell, expected) in expected.iter_mut().enumerate() {
            assert_eq!(drive[3 * step + cell], target);
            let found = x[3 * step + cell];
            assert!(
                (found - *expected).abs() < 1e-12,
                "{found} for {expected} at step {step}"
            );
            let decay = (-1e-4 / seconds(cell, phase == 1)).exp();
            *expected = target + (*expected - target) * decay;
        }
    }
    assert!(expected[0] > 0.01);
}

#[test]
fn the_exact_integrator_takes_the_coefficients_of_each_phase() {
    let same = |_, second: bool| if second { 2e-3 } else { 5e-3 };
    relaxes_exactly("5 ms", "2 ms", &same);
    let each = |cell: usize, second: bool| {
        if second {
            2e-3
        } else {
            (5.0 + cell as f64) * 1e-3
        }
    };
    relaxes_exactly("(5 + i)*ms", "2 ms", &each);
    let both = |cell: usize, second: bool| {
        1e-3 * if second {
            2.0 + cell as f64
        } else {
            5.0 + cell as f64
        }
    };
    relaxes_exactly("(5 + i)*ms", "(2 + i)*ms", &both);
}

#[test]
fn a_phase_replaces_an_input_and_the_noise_on_it_stays() {
    let text = r#"
[run]
dt = "0.1 ms"
[neurons.driven]
count = 1
equations = "dx/dt = I/second : 1\nI : 1"
input = { I = "wave(t)" }
[neurons.noisy]
count = 1000
equations = "dx/dt = I/second : 1\nI : 1"
parameters = { I = 1 }
[stimulus.wave]
kind = "step"
amplitude = "7"
[noise.jitter]
kind = "gaussian"
level = "0.5"
at = "noisy.I"
[[protocol]]
duration = "1 ms"
[[protocol]]
duration = "1 ms"
set = { "driven.I" = "2 + t/ms", "noisy.I" = 5 }
[record.input]
of = "driven"
variables = ["I"]
[record.noisy]
of = "noisy"
variables = ["I"]
"#;
    let all = finish(&mut build(text, 1), 5);
    let input = samples(&all, "input", "I");
    assert_eq!(input[9], 7.0);
    assert!((input[10] - 3.0).abs() < 1e-9 && (input[15] - 3.5).abs() < 1e-9);
    let noisy = samples(&all, "noisy", "I");
    for (step, mean) in [(0, 1.0), (9, 1.0), (10, 5.0), (19, 5.0)] {
        let now = &noisy[1000 * step..1000 * (step + 1)];
        let found = now.iter().sum::<f64>() / 1000.0;
        // Five standard errors.
        assert!(
            (found - mean).abs() < 5.0 * 0.5 / 1000_f64.sqrt(),
            "{found}"
        );
        let spread = now.iter().map(|value| (value - found).powi(2)).sum::<f64>() / 999.0;
        assert!((spread.sqrt() - 0.5).abs() < 0.06);
    }
}

const PLASTIC: &str = r#"
[run]
dt = "0.1 ms"
seed = 3
[stimulus.source]
kind = "spikes"
count = 40
[neurons.cells]
count = 90
equations = '''
    dv/dt = (I - v)/tau : 1 (unless refractory)
    I : 1
'''
threshold = "v > 1"
reset = "v = 0"
refractory = "1 ms"
parameters = { I = "0.4 + 0.2*rand()", tau = "10 ms", gain = 1 }
[synapses.input]
from = "source"
to = "cells"
connect = { probability = 0.3 }
delay = "0.3*ms + rand()*ms"
equations = '''
    w : 1
    eta : 1
    dx/dt = -x/(20*ms) : 1 (event-driven)
'''
initial = { w = "0.1*rand()" }
parameters = { eta = 0, gain = 3 }
on_pre = "v_post += gain*gain_post*w; x += 1"
on_post = "w += eta*x"
[[protocol]]
duration = "50 ms"
fire = { source = "50 Hz" }
[[protocol]]
duration = "50 ms"
fire = { source = "100 Hz" }
set = { "input.eta" = "0.01*rand()", "cells.I" = "1 + rand()", "cells.gain" = 0.5, "input.gain" = 2 }
[[protocol]]
duration = "50 ms"
fire = { source = "20 Hz" }
[record.spikes]
of = ["source", "cells"]
spikes = true
[record.weights]
of = "input"
variables = ["w", "eta"]
every = "5 ms"
[record.cells]
of = "cells"
variables = ["v", "I"]
every = "1 ms"
"#;

fn bits(all: &[Recorded]) -> Vec<u64> {
    let mut kept = Vec::new();
    for name in ["w", "eta"] {
        kept.extend(samples(all, "weights", name));
    }
    for name in ["v", "I"] {
        kept.extend(samples(all, "cells", name));
    }
    let mut bits: Vec<u64> = kept.iter().map(|value| value.to_bits()).collect();
    for of in ["source", "cells"] {
        for recorded in all.iter().filter(|recorded| recorded.of == of) {
            if let Rows::Spikes { steps, cells } = &recorded.rows {
                bits.extend(
                    steps
                        .iter()
                        .zip(cells)
                        .flat_map(|(step, cell)| [*step, u64::from(*cell)]),
                );
            }
        }
    }
    bits
}

#[test]
fn a_protocol_gives_the_same_bits_on_any_threads_and_after_a_stop_within_a_phase() {
    let reference = finish(&mut build(PLASTIC, 1), 100);
    let (weights, rates) = (
        samples(&reference, "weights", "w"),
        samples(&reference, "weights", "eta"),
    );
    let synapses = weights.len() / 30;
    let at =
        |values: &[f64], sample: usize| values[synapses * sample..synapses * (sample + 1)].to_vec();
    assert_eq!(at(&weights, 0), at(&weights, 10));
    assert_ne!(at(&weights, 10), at(&weights, 20));
    assert_eq!(at(&weights, 20), at(&weights, 29));
    assert!(
        at(&rates, 9)
            .iter()
            .chain(&at(&rates, 20))
            .all(|eta| *eta == 0.0)
    );
    assert!(at(&rates, 10).iter().all(|eta| (0.0..0.01).contains(eta)));
    assert_eq!(at(&rates, 10), at(&rates, 19));
    for threads in [2, 3, 8] {
        let again = finish(&mut build(PLASTIC, threads), 37);
        assert!(bits(&again) == bits(&reference), "{threads} threads");
    }
    // Stopped in the second phase, and at its very beginning.
    for stop in [500, 730] {
        let mut first = build(PLASTIC, 2);
        let mut all = Vec::new();
        while first.step() < stop {
            first.advance(1).expect("the run goes well");
            all.extend(first.drain());
        }
        let mut second = build(PLASTIC, 3);
        second
            .restore(&first.checkpoint())
            .expect("the same experiment");
        all.extend(finish(&mut second, 41));
        assert!(bits(&all) == bits(&reference), "stopped at {stop}");
    }
}

#[test]
fn values_are_those_of_the_phase() {
    let mut simulation = build(PLASTIC, 2);
    let gain = |simulation: &Simulation, name: &str| {
        let (values, _) = simulation.values(name, "gain").expect("a parameter");
        assert!(values.iter().all(|value| *value == values[0]));
        values[0]
    };
    let mut seen = Vec::new();
    while simulation.step() < simulation.steps() {
        seen.push((
            simulation.step(),
            gain(&simulation, "cells"),
            gain(&simulation, "input"),
        ));
        simulation.advance(100).expect("the run goes well");
    }
    for (step, cells, synapses) in seen {
        let second = (500..1_000).contains(&step);
        assert_eq!(
            (cells, synapses),
            if second { (0.5, 2.0) } else { (1.0, 3.0) }
        );
    }
}

#[test]
fn what_a_phase_cannot_do_is_said() {
    let message = |protocol: &str| -> String {
        let text = format!(
            "{}\n[[protocol]]\nduration = \"1 ms\"\n{protocol}\n",
            PLASTIC.replace("[run]", "[run]\nduration = \"1 ms\"")
        );
        match Simulation::plan(&experiment(&text)) {
            Err(BuildError::Description { owner, message, .. }) => format!("{owner}: {message}"),
            Err(other) => other.to_string(),
            Ok(_) => panic!("{protocol} was accepted"),
        }
    };
    let set = |what: &str, value: &str| message(&format!("set = {{ \"{what}\" = \"{value}\" }}"));
    assert_eq!(
        set("cells.v", "1"),
        "[[protocol]] set.cells.v: `v` has an equation, and a phase sets parameters only"
    );
    assert_eq!(
        set("cells.J", "1"),
        "[[protocol]] set.cells.J: `cells` has no parameter `J`"
    );
    assert_eq!(
        set("input.w", "1"),
        "[[protocol]] set.input.w: `w` is changed by the network itself, so that a phase cannot hold it at a value"
    );
    assert!(set("cells.I", "1 nA").starts_with("[[protocol]] set.cells.I: "));
    let short = PLASTIC.replacen("duration = \"50 ms\"", "duration = \"0.01 ms\"", 1);
    let Err(error) = Simulation::plan(&experiment(&short)) else {
        panic!("a phase without a step was accepted");
    };
    assert!(
        error.to_string().contains("shorter than the step"),
        "{error}"
    );
}

#[test]
fn a_run_longer_than_its_protocol_goes_on_with_the_file_and_says_so() {
    let text = PLASTIC.replace("[run]", "[run]\nduration = \"200 ms\"");
    let mut simulation = build(&text, 1);
    let notes = simulation.facts().notes;
    assert!(
        notes
            .iter()
            .any(|note| note.starts_with("[[protocol]] ends at 0.15")),
        "{notes:?}"
    );
    let all = finish(&mut simulation, 300);
    let late = all.iter().filter(|recorded| recorded.of == "source").any(|recorded| {
        matches!(&recorded.rows, Rows::Spikes { steps, .. } if steps.iter().any(|step| *step >= 1_500))
    });
    assert!(!late, "the source of a finished protocol is silent");
}
