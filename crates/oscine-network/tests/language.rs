//! The files of the language by example are read as written.

mod told;

use std::path::{Path, PathBuf};

use oscine_network::{
    Connect, Correlation, Experiment, Mistake, NoiseKind, RecordTimes, Refractory,
};
use told::told;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language")
}

fn read(name: &str) -> Experiment {
    let path = folder().join(format!("{name}.toml"));
    Experiment::read(&path).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn coba_is_read_as_written() {
    let coba = read("coba");
    assert_eq!(
        (coba.run.duration, coba.run.dt, coba.run.seed),
        (10.0, 1e-4, 1)
    );
    let (name, cells) = &coba.neurons[0];
    assert_eq!(
        (name.as_str(), cells.count, cells.parameters.len()),
        ("cells", 4000, 6)
    );
    assert_eq!(cells.refractory, Some(Refractory::Duration("5 ms".into())));
    let inhibitory = &coba.synapses[1].1;
    assert_eq!(inhibitory.from.to_string(), "cells[3200:4000]");
    assert_eq!(
        inhibitory.connect,
        Connect::Probability {
            probability: 0.02,
            autapses: true
        }
    );
    let membrane = &coba.records[1].1;
    assert_eq!(membrane.variables, ["v", "ge", "gi"]);
    assert_eq!(
        (&membrane.times, membrane.until),
        (&RecordTimes::Every(5e-4), Some(1.0))
    );
    assert_eq!(coba.claims[0].tolerance, Some("10 %".into()));
}

#[test]
fn places_lead_back_to_the_text() {
    let text = std::fs::read_to_string(folder().join("coba.toml")).unwrap();
    let coba = read("coba");
    let cells = &coba.neurons[0].1;
    for written in [
        &cells.equations,
        cells.threshold.as_ref().unwrap(),
        &cells.parameters[2].1,
    ] {
        let place = written.place.clone().unwrap();
        assert_eq!(text[place], written.value);
    }
    let slice = &coba.synapses[0].1.from;
    assert_eq!(&text[slice.place.clone().unwrap()], "cells[0:3200]");
}

#[test]
fn the_others_are_read_as_written() {
    assert_eq!(read("lif").neurons[0].1.count, 100);
    let sweep = read("phase-reset").sweep.unwrap();
    assert_eq!(sweep.over[0].1.1.len(), 20);
    assert_eq!(sweep.over[0].1.1[19], "20");
    let window = read("stdp-window");
    assert_eq!(window.synapses[0].1.parameters[3].1.value, "-0.005");
    let axon = &read("hodgkin-huxley").neurons[0].1;
    assert_eq!(axon.model.as_deref(), Some("hodgkin-huxley"));
    assert!(axon.equations.value.contains("dv/dt"));
    assert!(axon.input.contains(&("I".into(), "step(t)".into())));
    let resonance = read("stochastic-resonance");
    assert_eq!(
        resonance.noise[0].1.kind,
        NoiseKind::OrnsteinUhlenbeck {
            correlation: Correlation::Time(2e-3)
        }
    );
    let levels = &resonance.sweep.as_ref().unwrap().over[0].1.1;
    assert_eq!(
        (levels.len(), levels[0].as_str(), levels[24].as_str()),
        (25, "0.02", "1")
    );
}

#[test]
fn layers_are_read_as_written_and_written_as_read() {
    let digits = read("digits");
    let training = digits.training.as_ref().unwrap();
    assert_eq!(training.optimiser.rate, "3.0".into());
    assert_eq!((training.batch, training.epochs), (10, 30));
    assert_eq!(digits.task.as_ref().unwrap().test, Some(0.2));
    let images = digits.to_toml().replace(
        "[layers.hidden]",
        "[layers.see]\nkind = \"convolution\"\nchannels = 4\nkernel = 3\nbiases = false\n\
        [layers.pool]\nkind = \"max-pooling\"\n[layers.hidden]",
    );
    for text in [digits.to_toml(), images] {
        let read = Experiment::parse(&text, "again.toml", &folder())
            .unwrap_or_else(|errors| panic!("{errors}"));
        let again = Experiment::parse(&read.to_toml(), "again.toml", &folder());
        assert_eq!(again.unwrap(), read);
    }
}

#[test]
fn mistakes_of_layers_are_named() {
    let text = std::fs::read_to_string(folder().join("digits.toml")).unwrap();
    let cases = [
        ("\"sigmoid\"", "\"sigmoit\"", "did you mean `sigmoid`?"),
        ("size       = 30", "sise = 30", "unknown key `sise`"),
        ("kind = \"sgd\"", "kind = \"adm\"", "did you mean `adam`?"),
        ("hidden.weights", "hidden.weight", "did you mean `weights`?"),
        ("hidden.weights", "hiden.weights", "did you mean `hidden`?"),
        ("\"gaussian\"", "\"white\"", "layers have no time"),
        (
            "epochs    = 30",
            "epochs = 0",
            "`epochs` in [training] must be more than 0",
        ),
        ("validation = 0.2", "validation = 1.5", "between 0 and 1"),
        (
            "\"mean-squared-error\"",
            "\"mean-square-error\"",
            "did you mean `mean-squared-error`?",
        ),
    ];
    for (from, to, expected) in cases {
        let text = text.replacen(from, to, 1);
        let errors = Experiment::parse(&text, "digits.toml", &folder()).unwrap_err();
        let said = told(&errors);
        assert!(said.contains(expected), "{to}: {said}");
    }
}

#[test]
fn a_protocol_is_read_where_its_models_are_there() {
    let text = std::fs::read_to_string(folder().join("ltp-associative.toml")).unwrap();
    let errors = Experiment::parse(&text, "ltp.toml", &folder()).unwrap_err();
    let unknown = |error: &oscine_network::DescriptionError| {
        matches!(error.mistake, Mistake::UnknownModel { .. })
    };
    assert!(errors.errors.iter().all(unknown), "{errors}");
    let text = text
        .replace("\"ca1-point\"", "\"lif\"")
        .replace("\"calcium-plasticity-with-capture\"", "\"delta\"");
    let ltp =
        Experiment::parse(&text, "ltp.toml", &folder()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(ltp.protocol.len(), 3);
    assert_eq!(ltp.run.duration, 1200.0 + 1.0 + 4.0 * 3600.0);
    assert_eq!(ltp.protocol[1].fire[1], ("strong".into(), "100 Hz".into()));
    assert_eq!(ltp.records[0].1.of.len(), 2);
}
