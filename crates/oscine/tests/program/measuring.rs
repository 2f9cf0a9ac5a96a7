//! Claims, sweeps, the lab and analyses, as a person asks for them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{call, said};

const FILE: &str = r#"
title = "One cell"
[run]
duration = "1 s"
[neurons.cell]
count = 1
equations = "dv/dt = (drive - v)/(10*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
parameters = { drive = 1.5 }
[record.spikes]
of = "cell"
spikes = true
[measure.rate]
what = "firing-rate"
of = "spikes"
from = "0.1 s"
[[claim]]
says = "it fires at 1/(tau ln 3)"
value = "rate"
published = "91 Hz"
tolerance = "1 Hz"
[quick]
"run.duration" = "300 ms"
"#;

fn printed(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn object(output: &std::process::Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(output)))
}

#[test]
fn a_claim_is_judged_from_the_run_and_decides_the_exit_status() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cell.toml"), FILE).unwrap();
    let output = call(folder.path(), &["run", "cell.toml", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let claim = &object(&output)["claims"][0];
    assert_eq!(claim["holds"], true);
    let measured = claim["measured"].as_f64().unwrap();
    // Steps of 0.1 ms lengthen the interval of 10.986 ms to a whole number of them.
    assert!((measured - 1.0 / 0.011).abs() < 0.5, "{measured}");
    let faster = [
        "run",
        "cell.toml",
        "--json",
        "--set",
        "neurons.cell.parameters.drive=2",
        "--out",
        "faster",
    ];
    let output = call(folder.path(), &faster);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert_eq!(object(&output)["claims"][0]["holds"], false);
    assert!(said(&output).contains("one claim does not hold"));
}

#[test]
fn the_short_form_is_the_one_that_the_file_sets() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cell.toml"), FILE).unwrap();
    let output = call(folder.path(), &["run", "cell.toml", "--quick", "--json"]);
    let object = object(&output);
    assert_eq!(object["parameters"]["duration"], 0.3);
    assert!(
        object["notes"][0]
            .as_str()
            .unwrap()
            .contains("run.duration = 300 ms")
    );
}

#[test]
fn a_mistake_in_a_measure_or_a_formula_costs_no_run() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to, sentence, help) in [
        (
            "firing-rate",
            "fireing-rate",
            "no measure called `fireing-rate`",
            "`firing-rate`",
        ),
        (
            "value = \"rate\"",
            "value = \"raet\"",
            "`raet` is no measure",
            "`rate`",
        ),
        (
            "value = \"rate\"",
            "value = \"maen(rate)\"",
            "no function called `maen`",
            "`mean`",
        ),
        ("from = ", "form = ", "`form` is no setting", "`from`"),
        ("0.1 s", "1 mV", "should be", "from ="),
    ] {
        fs::write(folder.path().join("wrong.toml"), FILE.replace(from, to)).unwrap();
        let output = call(folder.path(), &["run", "wrong.toml"]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(sentence) && said.contains(help), "{said}");
        assert!(!folder.path().join("wrong-results").exists());
    }
}

#[test]
fn a_claim_of_another_dimension_is_a_mistake() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("wrong.toml"),
        FILE.replace("91 Hz", "91 mV").replace("1 Hz", "1 mV"),
    )
    .unwrap();
    let output = call(folder.path(), &["run", "wrong.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("it measures"), "{}", said(&output));
}

/// Models from the literature that the catalogue does not have.
fn model(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models");
    folder.join(name).display().to_string()
}

#[test]
fn persistent_sodium_and_potassium_loses_its_rest_as_in_izhikevich_2007() {
    let folder = tempfile::tempdir().unwrap();
    let analyse = |file: &str, out: &str| {
        let over = "I=0:60 uA/cm**2";
        let path = model(file);
        let call = call(
            folder.path(),
            &[
                "analyse",
                &path,
                "--what",
                "bifurcations",
                "--over",
                over,
                "--json",
                "--out",
                out,
            ],
        );
        assert_eq!(call.status.code(), Some(0), "{}", said(&call));
        assert!(folder.path().join(out).join("report.html").is_file());
        object(&call)["metrics"].clone()
    };
    // Figure 4.33 and page 168: a saddle-node at 4.51, and with the low threshold a Hopf point at 14.66 uA/cm2.
    let high = analyse("persistent-sodium.toml", "high");
    let saddle_node = high["bifurcations.saddle_node"][0].as_f64().unwrap();
    assert!((saddle_node * 100.0 - 4.51).abs() < 0.01, "{saddle_node}");
    let low = analyse("persistent-sodium-low.toml", "low");
    let hopf = low["bifurcations.hopf"][0].as_f64().unwrap();
    assert!((hopf * 100.0 - 14.66).abs() < 0.01, "{hopf}");
}

#[test]
fn an_analysis_of_a_model_shows_its_file_and_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = model("wilson-cowan.toml");
    let shown = call(
        folder.path(),
        &["analyse", &path, "--what", "limit-cycle", "--show"],
    );
    assert!(
        printed(&shown).contains("what = \"limit-cycle\""),
        "{}",
        said(&shown)
    );
    let output = call(
        folder.path(),
        &[
            "analyse",
            &path,
            "--what",
            "limit-cycle",
            "--json",
            "--out",
            "o",
        ],
    );
    let period = object(&output)["metrics"]["limit_cycle.period"]
        .as_f64()
        .unwrap();
    assert!((0.03..0.05).contains(&period), "{period}");
    let without = call(folder.path(), &["analyse", &path, "--what", "bifurcations"]);
    assert_eq!(without.status.code(), Some(2));
    assert!(said(&without).contains("--over"), "{}", said(&without));
    let unknown = call(
        folder.path(),
        &["analyse", "hodgkin-huxly", "--what", "rest"],
    );
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        said(&unknown).contains("hodgkin-huxley"),
        "{}",
        said(&unknown)
    );
}

#[test]
fn the_lab_lists_shows_and_runs() {
    let folder = tempfile::tempdir().unwrap();
    let list = printed(&call(folder.path(), &["lab"]));
    assert!(
        list.contains("How does it communicate?") && list.contains("mirollo-strogatz"),
        "{list}"
    );
    let shown = printed(&call(folder.path(), &["lab", "mirollo-strogatz", "--show"]));
    assert!(shown.contains("[neurons."), "{shown}");
    let output = call(
        folder.path(),
        &["lab", "mirollo-strogatz", "--quick", "--json"],
    );
    assert_eq!(
        object(&output)["experiment"].as_str().map(str::is_empty),
        Some(false)
    );
    assert!(
        folder
            .path()
            .join("lab-results-quick/mirollo-strogatz/report.html")
            .is_file()
    );
    let unknown = call(folder.path(), &["lab", "mirollo"]);
    assert_eq!(unknown.status.code(), Some(2));
}
