//! What people look up: `oscine explain` and `oscine schema`.

use std::path::Path;

use crate::{call, said};

fn printed(arguments: &[&str]) -> String {
    let output = call(Path::new("."), arguments);
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_key_is_explained() {
    assert_eq!(
        printed(&["explain", "run.dt"]),
        "run.dt\n  The step, s.\n  takes      a time such as \"10 ms\", read in s\n  range      more than 0\n  default    \"0.1 ms\"\n"
    );
    let integrators = printed(&["explain", "neurons.integrator"]);
    assert!(
        integrators.contains("\"exact\", \"exponential-euler\""),
        "{integrators}"
    );
    let rates = printed(&["explain", "stimulus.rate"]);
    assert!(
        rates.contains("of kind \"poisson\"") && rates.contains("of kind \"task\""),
        "{rates}"
    );
    let kinds = printed(&["explain", "stimulus.kind"]);
    assert!(kinds.contains("poisson-input"), "{kinds}");
}

#[test]
fn a_table_is_explained_with_its_keys() {
    let run = printed(&["explain", "run"]);
    for key in [
        "duration",
        "dt",
        "seed",
        "integrator",
        "precision",
        "checkpoint_every",
    ] {
        assert!(run.contains(key), "{run}");
    }
    assert!(printed(&["explain"]).contains("[neurons.NAME]"));
    assert!(printed(&["explain", "[training]"]).contains("epochs"));
}

#[test]
fn what_is_not_there_has_its_nearest_name() {
    for (path, near) in [("run.sed", "`run.seed`"), ("nuerons", "`neurons`")] {
        let output = call(Path::new("."), &["explain", path]);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(near), "{}", said(&output));
    }
}

#[test]
fn the_schema_is_json_and_closed() {
    let schema: serde_json::Value = serde_json::from_str(&printed(&["schema"])).unwrap();
    assert_eq!(schema["additionalProperties"], false);
    let run = &schema["properties"]["run"];
    assert_eq!(run["additionalProperties"], false);
    assert_eq!(run["properties"]["dt"]["default"], "0.1 ms");
    assert_eq!(run["properties"]["precision"]["enum"][0], "double");
    let kinds = schema["properties"]["stimulus"]["additionalProperties"]["anyOf"].as_array();
    assert_eq!(kinds.map(Vec::len), Some(10));
}
