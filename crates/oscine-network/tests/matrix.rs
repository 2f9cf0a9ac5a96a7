//! Many projections from one table of numbers.

mod told;

use std::path::Path;

use oscine_network::{Connect, Experiment};
use told::told;

const FILE: &str = r#"
[run]
duration = "1 s"
[neurons.L23e]
count = 20
equations = "dv/dt = -v/(10*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
[neurons.L23i]
count = 5
equations = "dv/dt = -v/(10*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
[synapses.cortex]
from = ["L23e", "L23i"]
to = ["L23e", "L23i"]
connect = { probability = [[0.1, 0.2], [0.3, 0.0]], autapses = false }
delay = [["1.5 ms", "0.8 ms"], ["1.4 ms", "0.7 ms"]]
parameters = { w = [[0.1, -0.4], [0.2, -0.5]], k = 3 }
on_pre = "v += w*k"
"#;

#[test]
fn rows_are_targets_and_columns_sources() {
    let experiment = Experiment::parse(FILE, "cortex.toml", Path::new(""))
        .unwrap_or_else(|errors| panic!("{errors}"));
    let names: Vec<&str> = experiment
        .synapses
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        names,
        ["cortex_L23e_L23e", "cortex_L23i_L23e", "cortex_L23e_L23i"]
    );
    let inhibition = &experiment.synapses[1].1;
    assert_eq!(
        (inhibition.from.name.as_str(), inhibition.to.name.as_str()),
        ("L23i", "L23e")
    );
    assert_eq!(
        inhibition.connect,
        Connect::Probability {
            probability: 0.2,
            autapses: false
        }
    );
    assert_eq!(inhibition.delay.value, Some("0.8 ms".into()));
    assert_eq!(
        inhibition.parameters,
        [("w".into(), "-0.4".into()), ("k".into(), "3".into())]
    );
    let again = Experiment::parse(&experiment.to_toml(), "again.toml", Path::new("")).unwrap();
    assert_eq!(again, experiment);
}

#[test]
fn one_source_for_several_targets_needs_no_matrix() {
    let text = FILE
        .replace("from = [\"L23e\", \"L23i\"]", "from = \"L23e\"")
        .replace("[[0.1, 0.2], [0.3, 0.0]]", "[[0.1], [0.2]]")
        .replace(
            "[[\"1.5 ms\", \"0.8 ms\"], [\"1.4 ms\", \"0.7 ms\"]]",
            "\"1 ms\"",
        )
        .replace("[[0.1, -0.4], [0.2, -0.5]]", "0.1");
    let experiment = Experiment::parse(&text, "cortex.toml", Path::new(""))
        .unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(experiment.synapses.len(), 2);
}

#[test]
fn a_mistake_in_the_table_is_shown_in_it_once() {
    let text = FILE.replace("on_pre = ", "on_pere = ");
    let errors = Experiment::parse(&text, "cortex.toml", Path::new("")).unwrap_err();
    assert_eq!(errors.errors.len(), 1, "{errors}");
    assert!(told(&errors).contains("did you mean `on_pre`?"));
    let text = FILE.replace("0.3", "1.3");
    let errors = Experiment::parse(&text, "cortex.toml", Path::new("")).unwrap_err();
    assert!(
        told(&errors).contains("between 0 and 1, and it is 1.3"),
        "{}",
        errors.to_string()
    );
}
