//! Files with layers: trained, stopped and gone on with, swept, and what is said of mistakes.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{call, oscine, said};

const DIGITS: &str = r#"
title = "Digits"
[task]
data       = "digits"
validation = 0.2
test       = 0.2
[layers.hidden]
size       = 30
activation = "sigmoid"
[layers.output]
size       = 10
activation = "sigmoid"
[training]
optimiser = { kind = "momentum", rate = "0.1/(1 + epoch/10)" }
batch     = 10
epochs    = 10
[noise.weights]
at    = "hidden.weights"
kind  = "gaussian"
level = 0.02
[measure.right]
what = "accuracy"
[measure.gap]
what = "generalisation-gap"
"#;

fn folder_with(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("digits.toml"), text).unwrap();
    folder
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = call(folder, &[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn digits_are_learned_and_the_folder_holds_weights_course_and_page() {
    let folder = folder_with(DIGITS);
    let outcome = json(folder.path(), &["run", "digits.toml", "--out", "trained"]);
    let right = outcome["metrics"]["right"].as_f64().unwrap();
    // One in ten is right by chance; the best of the field are above 98 %.
    assert!((0.93..0.999).contains(&right), "{right}");
    let trained = folder.path().join("trained");
    let course = fs::read_to_string(trained.join("training.csv")).unwrap();
    assert_eq!(course.lines().count(), 11);
    let weights = fs::read(trained.join("weights.safetensors")).unwrap();
    let header = String::from_utf8_lossy(&weights[8..300]).into_owned();
    assert!(
        header.contains(r#""hidden.weight":{"dtype":"F32","shape":[30,64]"#),
        "{header}"
    );
    let page = fs::read_to_string(trained.join("report.html")).unwrap();
    assert!(page.contains("Accuracy") && page.contains("epoch"));
}

#[test]
fn a_training_that_was_stopped_goes_on_to_the_same_bytes_on_other_threads() {
    let folder = folder_with(&DIGITS.replace("epochs    = 10", "epochs = 600\npatience = 600"));
    let run = |out| ["run", "digits.toml", "--threads", "1", "--out", out];
    assert!(call(folder.path(), &run("whole")).status.success());
    let mut child = oscine(folder.path())
        .args(run("stopped"))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !folder.path().join("stopped/progress.json").exists() {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "it does not begin"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    let interrupt = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    let status = child.wait().unwrap();
    assert_eq!(
        status.code(),
        Some(1),
        "it ends with the exit status of a run that was stopped"
    );
    assert!(
        folder
            .path()
            .join("stopped/checkpoint.safetensors")
            .exists()
    );
    let output = call(folder.path(), &["resume", "stopped", "--threads", "2"]);
    assert!(output.status.success(), "{}", said(&output));
    for file in ["weights.safetensors", "training.csv"] {
        let read = |out: &str| fs::read(folder.path().join(out).join(file)).unwrap();
        assert!(read("whole") == read("stopped"), "{file} differs");
    }
    assert!(
        !folder
            .path()
            .join("stopped/checkpoint.safetensors")
            .exists()
    );
}

#[test]
fn a_network_that_does_not_learn_is_all_bias() {
    let text = r#"
title = "Nothing learned"
[task]
data     = "generated"
examples = 50
test     = 0.9
inputs   = { x = "2*rand() - 1" }
targets  = { y = "x + 0.1*randn()" }
[layers.output]
size    = 1
weights = "zeros"
[training]
optimiser = { kind = "sgd", rate = "0*step" }
batch     = 50
epochs    = 1
[sweep]
over   = { "training.batch" = "10:50:40" }
repeat = 4
[measure.parts]
what = "bias-variance"
"#;
    let folder = folder_with(text);
    let outcome = json(folder.path(), &["run", "digits.toml", "--out", "swept"]);
    let metric = |name: &str| outcome["metrics"][name].as_f64().unwrap();
    // A network that does not learn says 0 whatever it was shown: no variance, and all of the error is bias.
    assert_eq!(metric("parts.variance.mean"), 0.0);
    let error = metric("parts.error.mean");
    assert_eq!(metric("parts.bias_squared.mean"), error);
    assert!(
        (0.2..0.5).contains(&error),
        "the mean square of y is 0.34, and of 45 examples about that: {error}"
    );
}

#[test]
fn mistakes_about_data_and_layers_say_how_to_mend_them() {
    let cases = [
        ("data       = \"digits\"", "data = \"mnist\"", "OSCINE_DATA"),
        (
            "data       = \"digits\"",
            "data = \"digit\"",
            "there is no data called `digit`",
        ),
        ("data       = \"digits\"", "data = \"none.csv\"", "none.csv"),
        ("size       = 10", "size = 9", "set its size to 10"),
        (
            "validation = 0.2",
            "validation = 0.2\nclasses = [1, 12]",
            "there is no class `12`",
        ),
        (
            "what = \"accuracy\"",
            "what = \"accuracy\"\non = \"tests\"",
            "did you mean `test`?",
        ),
        (
            "\"0.1/(1 + epoch/10)\"",
            "\"0.1/(1 + epochs)\"",
            "training.optimiser.rate",
        ),
        (
            "rate = \"0.1/(1 + epoch/10)\"",
            "rate = \"log(-1 - step)\"",
            "stopped being finite",
        ),
    ];
    for (from, to, expected) in cases {
        let folder = folder_with(&DIGITS.replacen(from, to, 1));
        let output = oscine(folder.path())
            .args(["run", "digits.toml"])
            .env_remove("OSCINE_DATA")
            .output()
            .unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{to}: {said}");
        let flat = said
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace("│ ", "");
        assert!(flat.contains(expected), "{to}: {said}");
    }
}

#[test]
fn what_a_training_left_is_replaced_and_a_mistake_leaves_no_half_of_a_folder() {
    let folder = folder_with(DIGITS);
    json(
        folder.path(),
        &["run", "digits.toml", "--out", "trained", "--quick"],
    );
    assert!(folder.path().join("trained/weights.safetensors").is_file());
    let wrong = DIGITS.replace("\"digits\"", "\"./images/\"");
    fs::write(folder.path().join("wrong.toml"), wrong).unwrap();
    let again = ["run", "wrong.toml", "--out", "trained", "--overwrite"];
    let output = call(folder.path(), &again);
    assert!(!output.status.success());
    assert!(said(&output).contains("images"), "{}", said(&output));
    assert!(!folder.path().join("trained").exists(), "it is taken away");
    json(
        folder.path(),
        &["run", "digits.toml", "--out", "trained", "--quick"],
    );
    let course = fs::read_to_string(folder.path().join("trained/training.csv")).unwrap();
    assert_eq!(course.lines().count(), 2, "a tenth of the epochs");
}
