//! Populations and projections made from the catalogue, or from a file of the user's own.

use std::fs;

use oscine_network::{Experiment, Neurons, catalogue};

fn experiment(neurons: &str, rest: &str) -> String {
    format!("[run]\nduration = \"1 s\"\n[neurons.cells]\ncount = 3\n{neurons}\n{rest}")
}

fn parse(text: &str, folder: &std::path::Path) -> Result<Experiment, String> {
    Experiment::parse(text, "cells.toml", folder).map_err(|errors| errors.render())
}

#[test]
fn keys_of_the_experiment_override_those_of_the_model() {
    let entry = catalogue::find("adex").unwrap();
    let text = experiment(
        "model = \"adex\"\nthreshold = \"v > 10*mV\"\nparameters = { C = \"100 pF\" }\ninput = { I = \"1*nA*sin(t/ms)\" }",
        "",
    );
    let cells = parse(&text, "".as_ref()).unwrap().neurons.remove(0).1;
    let value = |name: &str| {
        cells
            .parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, text)| text.value.as_str())
    };
    assert_eq!(cells.model.as_deref(), Some("adex"));
    assert_eq!(cells.equations, entry.equations);
    assert_eq!(cells.threshold, Some("v > 10*mV".into()));
    assert_eq!(value("C"), Some("100 pF"));
    assert_eq!(
        value("g_L"),
        entry
            .parameters
            .iter()
            .find(|(name, _)| name == "g_L")
            .map(|(_, text)| text.value.as_str())
    );
    // The model's constant current gives way to the input of the same name.
    assert_eq!(value("I"), None);
    assert_eq!(cells.equations.place, None);
}

#[test]
fn a_set_stands_in_for_the_parameters_it_names() {
    let tonic = Neurons::of_model(1, "adex:tonic").unwrap();
    let plain = Neurons::of_model(1, "adex").unwrap();
    assert_ne!(tonic.parameters, plain.parameters);
    assert_eq!(tonic.model.as_deref(), Some("adex:tonic"));
    let names = |neurons: &Neurons| {
        neurons
            .parameters
            .iter()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&tonic), names(&plain));
}

#[test]
fn a_synapse_brings_the_equations_that_its_target_lacks() {
    let synapse = "[stimulus.input]\nkind = \"poisson\"\ncount = 3\nrate = \"10 Hz\"\n[synapses.slow]\nfrom = \"input\"\nto = \"cells\"\nconnect = \"one-to-one\"\nmodel = \"nmda\"\n";
    let own = "equations = '''\ndv/dt = I_nmda/(100*pF) : volt\nmagnesium = 2 : 1\n'''";
    let read = parse(&experiment(own, synapse), "".as_ref()).unwrap();
    let equations = &read.neurons[0].1.equations.value;
    let names = oscine_equations::declared_names(equations).unwrap();
    for name in ["v", "magnesium", "I_nmda", "g_nmda", "block_nmda", "E_nmda"] {
        assert_eq!(
            names.iter().filter(|known| *known == name).count(),
            1,
            "{name} in\n{equations}"
        );
    }
    assert!(equations.contains("magnesium = 2"));
    let again = parse(&read.to_toml(), "".as_ref()).unwrap();
    assert_eq!(again, read);
}

#[test]
fn every_entry_and_set_makes_a_population_or_a_projection() {
    for entry in catalogue::all() {
        let sets = entry
            .sets
            .iter()
            .map(|(set, _)| format!("{}:{set}", entry.name));
        for name in std::iter::once(entry.name.clone()).chain(sets) {
            let text = match entry.kind.as_str() {
                "neuron" => experiment(&format!("model = \"{name}\""), ""),
                "synapse" => experiment(
                    "equations = \"dv/dt = -v/ms : volt\"\nthreshold = \"v > 1*mV\"",
                    &format!(
                        "[synapses.s]\nfrom = \"cells\"\nto = \"cells\"\nconnect = \"i != j\"\nmodel = \"{name}\"\n"
                    ),
                ),
                _ => continue,
            };
            if let Err(errors) = parse(&text, "".as_ref()) {
                panic!("{name}: {errors}");
            }
        }
    }
}

#[test]
fn a_model_of_ones_own_is_read_beside_the_experiment_and_its_mistakes_are_shown_there() {
    let folder = tempfile::tempdir().unwrap();
    let model = "title = \"Mine\"\nsource = \"none\"\nkind = \"neuron\"\nequations = \"dv/dt = -v/tau : 1\"\nparameters = { tau = \"5 ms\" }\n";
    fs::write(folder.path().join("mine.toml"), model).unwrap();
    let text = experiment(
        "model = \"./mine.toml\"\nparameters = { tau = \"7 ms\" }",
        "",
    );
    let cells = parse(&text, folder.path()).unwrap().neurons.remove(0).1;
    assert_eq!(cells.parameters, [("tau".into(), "7 ms".into())]);
    fs::write(
        folder.path().join("mine.toml"),
        model.replace("kind = \"neuron\"", "knid = \"neuron\""),
    )
    .unwrap();
    insta::assert_snapshot!(
        "mistake-in-a-model-file",
        parse(&text, folder.path()).unwrap_err()
    );
    fs::write(folder.path().join("mine.toml"), b"title = \"caf\xe9\"").unwrap();
    insta::assert_snapshot!(
        "model-file-not-utf8",
        parse(&text, folder.path()).unwrap_err()
    );
}
