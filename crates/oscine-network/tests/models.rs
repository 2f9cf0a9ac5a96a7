//! Populations and projections made from the catalogue, or from a file of the user's own.

mod told;

use std::fs;

use oscine_network::{Experiment, Neurons, catalogue};
use told::told;

fn experiment(neurons: &str, rest: &str) -> String {
    format!("[run]\nduration = \"1 s\"\n[neurons.cells]\ncount = 3\n{neurons}\n{rest}")
}

fn parse(text: &str, folder: &std::path::Path) -> Result<Experiment, String> {
    Experiment::parse(text, "cells.toml", folder).map_err(|errors| told(&errors))
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
    // What the person wrote keeps its place, so that a mistake in it is underlined in the file; what was added has none.
    let file = experiment(own, synapse);
    let text = &read.neurons[0].1.equations;
    let start = equations.find("magnesium").expect("it is there");
    let place = text.place_of(start..start + 9).expect("it is in the file");
    assert_eq!(&file[place], "magnesium");
    let added = equations.rfind("I_nmda").expect("it was added");
    assert_eq!(text.place_of(added..added + 6), None);
    let again = parse(&read.to_toml(), "".as_ref()).unwrap();
    assert_eq!(again, read);
}

#[test]
fn a_noise_brings_its_equations_and_the_values_that_the_population_does_not_give() {
    let own = "model = \"lif\"\nnoise = \"ornstein-uhlenbeck\"\ninput = { I = \"0.3*nA + I_noise\" }\nparameters = { tau_noise = \"2 ms\" }";
    let read = parse(&experiment(own, ""), "".as_ref()).unwrap();
    let cells = &read.neurons[0].1;
    let names = oscine_equations::declared_names(&cells.equations.value).unwrap();
    assert_eq!(names, ["v", "I_noise"]);
    let values = |name: &str| -> Vec<&str> {
        let all = cells.parameters.iter().chain(&cells.initial);
        all.filter(|(known, _)| known == name)
            .map(|(_, text)| text.value.as_str())
            .collect()
    };
    assert_eq!(values("tau_noise"), ["2 ms"]);
    assert_eq!(values("sigma_noise"), ["50 pA"]);
    assert_eq!(values("I_noise"), ["mu_noise + sigma_noise*randn()"]);
    assert_eq!(parse(&read.to_toml(), "".as_ref()).unwrap(), read);
}

#[test]
fn a_noise_is_added_by_calls_as_by_the_file() {
    let own = "model = \"lif\"\nnoise = \"ornstein-uhlenbeck\"\ninput = { I = \"0.3*nA + I_noise\" }\nparameters = { tau_noise = \"2 ms\" }";
    let read = parse(&experiment(own, ""), "".as_ref()).unwrap();
    let of_file = &read.neurons[0].1;
    let built = Neurons::of_model(of_file.count, "lif").unwrap();
    let built = built
        .input("I", "0.3*nA + I_noise")
        .parameter("tau_noise", "2 ms");
    let built = built.noise("ornstein-uhlenbeck").unwrap();
    assert_eq!(built, *of_file);
    let again = built.noise("white").unwrap_err().to_string();
    assert!(again.contains("another equation of `I_noise`"), "{again}");
    let unknown = Neurons::new(1).noise("ampa").unwrap_err().to_string();
    assert!(unknown.contains("not of a noise"), "{unknown}");
}

#[test]
fn a_noise_that_cannot_be_added_is_said() {
    for (noise, sentence) in [
        ("\"ornstein\"", "there is no model called `ornstein`"),
        ("\"ampa\"", "`ampa` is a model of a synapse, not of a noise"),
        ("3", "the name of a noise"),
        ("[\"white\", 3]", "the name of a noise"),
        (
            "[\"white\", \"poisson-shot\"]",
            "another equation of `I_noise`",
        ),
    ] {
        let own = format!("model = \"lif\"\ninput = {{ I = \"I_noise\" }}\nnoise = {noise}");
        let message = parse(&experiment(&own, ""), "".as_ref()).unwrap_err();
        assert!(message.contains(sentence), "{noise}: {message}");
    }
}

#[test]
fn every_entry_and_set_makes_a_population_a_projection_or_a_noise() {
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
                _ => experiment(
                    &format!("equations = \"v = 0*mV : volt\"\nnoise = \"{name}\""),
                    "",
                ),
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
