//! A plastic network with delays, step by step as in Brian2 2.9 (`bench/peers/plastic_check.py`): every spike and every weight.

use std::path::Path;

use oscine_engine::{Options, Rows, Simulation, Threads};
use oscine_network::Experiment;
use serde_json::Value;

fn description(reached: &str, refractory: &str) -> String {
    format!(
        r#"
[run]
duration   = "400 ms"
dt         = "0.1 ms"
integrator = "exact"

[neurons.cells]
count      = 20
equations  = '''
dv/dt = (drive - v + g)/tau_m : volt (unless refractory)
dg/dt = -g/tau_g : volt
drive : volt (constant)
'''
threshold  = "v > 15*mV"
reset      = "v = 0*mV"
refractory = "{refractory}"
parameters = {{ tau_m = "10 ms", tau_g = "3 ms", drive = "(14 + 0.37*i)*mV" }}
initial    = {{ v = "0.5*i*mV" }}

[synapses.plastic]
from       = "cells"
to         = "cells"
connect    = "i != j"
delay      = "(0.5 + 0.1*((i*5 + j*3) % 7))*ms"
delay_post = "0.3 ms"
equations  = '''
w : volt
dApre/dt = -Apre/taupre : 1 (event-driven)
dApost/dt = -Apost/taupost : 1 (event-driven)
'''
on_pre     = '''
{reached} += w
Apre += 0.01
w = clip(w + Apost*mV, 0*mV, 2*mV)
'''
on_post    = '''
Apost += -0.0105
w = clip(w + Apre*mV, 0*mV, 2*mV)
'''
parameters = {{ taupre = "20 ms", taupost = "20 ms" }}
initial    = {{ w = "(0.2 + 0.01*((i*7 + j*3) % 11))*mV" }}

[record.raster]
of     = "cells"
spikes = true

[record.weights]
of        = "plastic"
variables = ["w"]
at        = "end"
"#
    )
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list");
    list.iter()
        .map(|number| number.as_f64().expect("a number"))
        .collect()
}

#[test]
fn every_spike_and_every_weight_is_that_of_brian2() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../bench/reference/plastic-network.json"
    );
    let text = std::fs::read_to_string(path).expect("the reference is in the repository");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("the reference is JSON");
    assert_eq!(cases.len(), 6);
    for case in &cases {
        let word = |key: &str| case[key].as_str().expect("a text");
        let (reached, refractory) = (word("reached"), word("refractory"));
        let what = format!("{reached}, {refractory}");
        let text = description(reached, refractory);
        let experiment = Experiment::parse(&text, "test.toml", Path::new("."))
            .unwrap_or_else(|errors| panic!("{errors}"));
        let threads = Threads::Exactly(2);
        let mut simulation = Simulation::build(&experiment, &Options { threads })
            .unwrap_or_else(|error| panic!("{error}"));
        while simulation.step() < simulation.steps() {
            simulation.advance(4000).expect("the run goes well");
        }
        let (mut spikes, mut weights) = (Vec::new(), Vec::new());
        for recorded in simulation.drain() {
            match recorded.rows {
                Rows::Spikes { steps, cells } => {
                    let cells = cells.into_iter().map(f64::from);
                    spikes.extend(steps.into_iter().map(|step| step as f64).zip(cells));
                }
                Rows::Samples { columns, .. } => weights.extend(columns[0].1.clone()),
            }
        }
        let expected = numbers(&case["steps"]).into_iter();
        let expected: Vec<(f64, f64)> = expected.zip(numbers(&case["cells"])).collect();
        assert!(spikes.len() > 300, "{what}");
        assert!(spikes == expected, "the spikes differ: {what}");
        let expected = numbers(&case["weights_mV"]);
        assert_eq!(weights.len(), expected.len());
        for (found, expected) in weights.iter().zip(expected) {
            assert!((found * 1e3 - expected).abs() < 1e-11, "{what}");
        }
    }
}
