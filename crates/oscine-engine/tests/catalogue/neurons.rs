//! Each neuron and each of its sets under the stimulus of its demonstration: the spike times that Brian2 2.9 finds for the same
//! equations, integrator and step (`bench/reference/catalogue.json`), and periods that are known in closed form.

use std::collections::BTreeMap;
use std::f64::consts::PI;

use oscine_engine::Rows;
use oscine_network::catalogue;
use serde_json::Value;

use crate::{assert_near, build};

/// Spikes that are compared; a run with as many ends there.
const ENOUGH: usize = 12;
/// Longer runs than this are left to `bench/check_catalogue.py`.
const MOST_STEPS: u64 = 240_000;

/// Spike times in steps, up to the end or until there are enough.
fn spike_steps(model: &str, duration: &str, dt: &str, integrator: &str, input: &str) -> Vec<u64> {
    let input = match input {
        "" => String::new(),
        input => format!("input = {{ {input} }}"),
    };
    let mut simulation = build(&format!(
        "[run]\nduration = \"{duration}\"\ndt = \"{dt}\"\n[neurons.cell]\ncount = 1\nmodel = \"{model}\"\n\
         integrator = \"{integrator}\"\n{input}\n[record.spikes]\nof = \"cell\"\nspikes = true\n"
    ));
    let mut spikes = Vec::new();
    while simulation.step() < simulation.steps() && spikes.len() < ENOUGH {
        simulation
            .advance(2000)
            .unwrap_or_else(|error| panic!("{model}: {error}"));
        for recorded in simulation.drain() {
            if let Rows::Spikes { steps, .. } = recorded.rows {
                spikes.extend(steps);
            }
        }
    }
    spikes.truncate(ENOUGH);
    spikes
}

/// A time with its unit, in ms.
fn milliseconds(text: &str) -> f64 {
    let quantity = oscine_equations::Quantity::parse(text).expect("a time");
    quantity.value * 1e3
}

fn reference() -> BTreeMap<String, Value> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../bench/reference/catalogue.json"
    );
    let text = std::fs::read_to_string(path).expect("the reference is in the repository");
    serde_json::from_str(&text).expect("the reference is JSON")
}

/// Compares every `of`-th of the cases, so that several tests share the work.
fn fires_as_in_brian2(share: usize, of: usize) {
    let mut compared = 0;
    for (case, wanted) in reference().iter().skip(share).step_by(of) {
        let text = |key: &str| wanted[key].as_str().expect("a text");
        let (duration, dt) = (milliseconds(text("duration")), milliseconds(text("dt")));
        let times = wanted["spike_times_ms"].as_array().expect("a list");
        let times: Vec<f64> = times
            .iter()
            .take(ENOUGH)
            .map(|time| time.as_f64().expect("a number"))
            .collect();
        let last = times.last().filter(|_| times.len() == ENOUGH);
        if last.unwrap_or(&duration) / dt > MOST_STEPS as f64 {
            continue;
        }
        let input: Vec<String> = wanted["input"]
            .as_object()
            .expect("a table")
            .iter()
            .map(|(name, text)| format!("{name} = {text}"))
            .collect();
        let model = case.split(" at ").next().expect("a name");
        let found = spike_steps(
            model,
            text("duration"),
            text("dt"),
            text("integrator"),
            &input.join(", "),
        );
        assert_eq!(found.len(), times.len(), "spikes of {case}");
        for (step, time) in found.iter().zip(&times) {
            // One step: the last bit decides at a threshold.
            assert_near(*step as f64, time / dt, 1.01, case);
        }
        compared += 1;
    }
    assert!(compared > 15, "only {compared} cases were short enough");
}

#[test]
fn spikes_of_a_first_third_of_the_demonstrations_are_those_of_brian2() {
    fires_as_in_brian2(0, 3);
}

#[test]
fn spikes_of_a_second_third_of_the_demonstrations_are_those_of_brian2() {
    fires_as_in_brian2(1, 3);
}

#[test]
fn spikes_of_a_last_third_of_the_demonstrations_are_those_of_brian2() {
    fires_as_in_brian2(2, 3);
}

#[test]
fn every_neuron_and_set_has_a_reference() {
    let reference = reference();
    for entry in catalogue::all().filter(|entry| entry.kind == "neuron") {
        assert!(
            reference
                .keys()
                .any(|case| case.split([':', ' ']).next() == Some(&entry.name)),
            "{}",
            entry.name
        );
        for (set, _) in &entry.sets {
            let name = format!("{}:{set}", entry.name);
            assert!(reference.contains_key(&name), "{name}");
        }
    }
}

/// The last of the intervals, ms.
fn period(model: &str, dt: &str, integrator: &str, input: &str) -> f64 {
    let spikes = spike_steps(model, "1 s", dt, integrator, input);
    let (last, before) = (spikes[spikes.len() - 1], spikes[spikes.len() - 2]);
    (last - before) as f64 * milliseconds(dt)
}

#[test]
fn lif_fires_at_the_closed_rate_for_each_current() {
    for current in [0.21_f64, 0.3, 1.0] {
        let drive = 100.0 * current;
        let expected = 2.0 + 20.0 * (drive / (drive - 20.0)).ln();
        let found = period("lif", "0.01 ms", "exact", &format!("I = \"{current}*nA\""));
        assert_near(found, expected, 0.011, &format!("{current} nA"));
    }
}

#[test]
fn qif_and_theta_are_one_cell_of_period_pi_tau_over_the_root_of_the_current() {
    for current in [0.5_f64, 2.0] {
        let root = current.sqrt();
        let theta = period("theta", "0.01 ms", "rk4", &format!("I = \"{current}\""));
        assert_near(theta, PI * 10.0 / root, 0.011, "theta");
        // Cut at plus and minus 100, and one step short of the last stretch.
        let cut = 20.0 * (100.0 / root).atan() / root;
        let qif = period("qif", "0.005 ms", "rk4", &format!("I = \"{current}\""));
        assert_near(qif, cut, 0.02, "qif");
    }
}

/// Periods in units of tau: Andersen & Geer (1982) SIAM J. Appl. Math. 42:678 for mu = 1.
#[test]
fn van_der_pol_has_its_known_periods() {
    assert_near(
        period("van-der-pol", "0.005 ms", "rk4", ""),
        6.663_287,
        0.006,
        "mu = 1",
    );
    assert_near(
        period("van-der-pol:relaxation", "0.005 ms", "rk4", ""),
        19.078_370,
        0.006,
        "mu = 10",
    );
}
