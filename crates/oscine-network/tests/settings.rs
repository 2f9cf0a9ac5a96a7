//! `--set KEY=VALUE` and sweeps: other values of the keys of a file, and what is wrong with them.

mod told;

use std::path::Path;

use oscine_network::{Connect, Experiment, Refractory, expand};
use told::told;

const FILE: &str = r#"
[run]
duration = "1 s"

[neurons.cells]
count = 10
equations = "dv/dt = -v/tau_m : 1"
threshold = "v > 1"
reset = "v = 0"
parameters = { tau_m = "20 ms" }

[synapses.excitatory]
from = "cells"
to = "cells"
connect = { probability = 0.1 }
on_pre = "v += 0.1"

[stimulus.drive]
kind = "spikes"
count = 1

[[protocol]]
name = "rest"
duration = "1 s"
fire = { drive = "1 Hz" }
"#;

fn with(settings: &[(&str, &str)]) -> Result<Experiment, String> {
    Experiment::parse_with_settings(FILE, "cells.toml", Path::new(""), settings)
        .map_err(|errors| told(&errors))
}

#[test]
fn values_are_taken_for_what_they_are() {
    let experiment = with(&[
        ("run.seed", "3"),
        ("neurons.cells.parameters.tau_m", "10 ms"),
        ("neurons.cells.refractory", "v > 0.5"),
        ("synapses.excitatory.connect.probability", "0.5"),
        ("protocol.rest.duration", "2 s"),
        ("protocol.0.fire.drive", "5 Hz"),
        ("title", "1979-05-27"),
    ])
    .unwrap();
    let cells = &experiment.neurons[0].1;
    assert_eq!(experiment.run.seed, 3);
    assert_eq!(cells.parameters, [("tau_m".into(), "10 ms".into())]);
    assert_eq!(cells.refractory, Some(Refractory::While("v > 0.5".into())));
    assert_eq!(experiment.synapses[0].1.connect, Connect::probability(0.5));
    assert_eq!(
        (
            experiment.protocol[0].duration,
            experiment.protocol[0].fire[0].1.value.as_str()
        ),
        (2.0, "5 Hz")
    );
    assert_eq!(experiment.title, "1979-05-27");
}

#[test]
fn a_built_experiment_takes_settings_too() {
    let experiment = with(&[]).unwrap();
    let changed = experiment.with_settings(&[("run.seed", "7")]).unwrap();
    assert_eq!(changed.run.seed, 7);
    assert_eq!(changed.neurons, experiment.neurons);
    assert_eq!(changed.neurons[0].1.equations.place, None);
}

#[test]
fn mistakes_point_to_the_setting() {
    let message = |key: &str, value: &str| with(&[(key, value)]).unwrap_err();
    insta::assert_snapshot!("set-unknown-key", message("run.sed", "3"));
    insta::assert_snapshot!("set-unknown-population", message("neurons.cels.count", "3"));
    insta::assert_snapshot!("set-unknown-table", message("nuerons.cells.count", "3"));
    insta::assert_snapshot!("set-wrong-dimension", message("run.duration", "3 mV"));
    insta::assert_snapshot!("set-impossible-value", message("neurons.cells.count", "0"));
    insta::assert_snapshot!("set-too-deep", message("run.seed.deeper", "0"));
    insta::assert_snapshot!("set-no-key", message("", "0"));
    insta::assert_snapshot!("set-no-phase", message("protocol.tetanus.duration", "1 s"));
}

#[test]
fn ranges_expand_to_their_values() {
    let values = |text: &str| expand(text).unwrap().join(" | ");
    assert_eq!(values("0:0.5:0.1"), "0 | 0.1 | 0.2 | 0.3 | 0.4 | 0.5");
    assert_eq!(values("1:4"), "1 | 2 | 3 | 4");
    assert_eq!(values("4:1"), "4 | 3 | 2 | 1");
    assert_eq!(values("1:100:log:3"), "1 | 10 | 100");
    assert_eq!(values("0:1:lin:3"), "0 | 0.5 | 1");
    assert_eq!(
        values("0:20 uA/cm**2:10 uA/cm**2"),
        "0 uA/cm**2 | 10 uA/cm**2 | 20 uA/cm**2"
    );
    assert_eq!(values("0 s:2 ms:1 ms"), "0 ms | 1 ms | 2 ms");
    assert_eq!(values("10*mV:30*mV:10*mV"), "10 mV | 20 mV | 30 mV");
    assert_eq!(values("-1e-3:1e-3:1e-3"), "-0.001 | 0 | 0.001");
    assert_eq!(values("adex:bursting"), "adex:bursting");
    assert_eq!(values("5 ms"), "5 ms");
    assert_eq!(values("1:1:lin:1"), "1");
    for wrong in [
        "1:2:3:4:5",
        "1:2:cubic:3",
        "1:x",
        "1:2:lin:0",
        "0:inf",
        "1:2:lin:many",
    ] {
        assert!(expand(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_sweep_goes_over_any_key_of_the_file() {
    let text = format!(
        "{FILE}\n[sweep]\nrepeat = 2\n[sweep.over]\n\"neurons.cells.parameters.tau_m\" = [\"5 ms\", \"10 ms\"]\nrun.seed = \"1:3\"\n"
    );
    let experiment = Experiment::parse(&text, "cells.toml", Path::new(""))
        .unwrap_or_else(|errors| panic!("{errors}"));
    let sweep = experiment.sweep.as_ref().unwrap();
    assert_eq!(sweep.over[0].1.1, ["5 ms", "10 ms"]);
    assert_eq!(
        (sweep.over[1].0.as_str(), sweep.over[1].1.1.len()),
        ("run.seed", 3)
    );
    let again = Experiment::parse(&experiment.to_toml(), "again.toml", Path::new("")).unwrap();
    assert_eq!(again, experiment);
}
