//! A trained network goes out as ONNX and comes back.

use std::fs;

use crate::{call, said};

const NETWORK: &str = r#"
[task]
data = "digits"
test = 0.5
[layers.first]
kind       = "convolution"
channels   = 4
kernel     = 3
padding    = 1
activation = "relu"
[layers.pooled]
kind = "max-pooling"
size = 2
[layers.even]
kind = "layer-normalisation"
[layers.hidden]
size       = 12
depth      = 2
activation = "leaky-relu"
[layers.output]
size       = 10
activation = "softmax"
[training]
loss      = "cross-entropy"
optimiser = { kind = "sgd", rate = 0.1 }
epochs    = 1
"#;

#[test]
fn a_network_comes_back_from_onnx_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("a.toml"), NETWORK).unwrap();
    let still = NETWORK.replace(
        "rate = 0.1",
        "rate = 0 }\nweights_from = \"a/onnx/network.onnx\" #",
    );
    fs::write(at("b.toml"), &still).unwrap();
    for arguments in [
        &["run", "a.toml", "--out", "a"][..],
        &["export", "a", "--to", "onnx"],
        &["run", "b.toml", "--out", "b"],
    ] {
        let output = call(folder.path(), arguments);
        assert!(output.status.success(), "{}", said(&output));
    }
    let weights = |name: &str| fs::read(at(name).join("weights.safetensors")).unwrap();
    assert_eq!(weights("a"), weights("b"));
    // As run, the description finds the file from wherever it is resumed.
    let as_run = fs::read_to_string(at("b").join("experiment.toml")).unwrap();
    let file = at("a/onnx/network.onnx").display().to_string();
    assert!(as_run.contains(&file), "{as_run}");

    let refused = [
        (
            still.replace("\"leaky-relu\"", "\"tanh\""),
            "its layer for `hidden.1` has the activation leaky-relu, and the description tanh",
        ),
        (
            still.replace("padding    = 1", "padding    = 0"),
            "`first`: pads of its file are [1, 1, 1, 1], and the description says 0",
        ),
        (
            still.replace("depth      = 2", "depth      = 1"),
            "its layers are Conv, MaxPool, LayerNormalization, Gemm, Gemm, Gemm",
        ),
        (
            still.replace("size       = 12", "size       = 13"),
            "`hidden.1.weight` has the shape [12, 64], and [13, 64] is needed",
        ),
    ];
    for (text, sentence) in refused {
        fs::write(at("c.toml"), text).unwrap();
        let output = call(folder.path(), &["run", "c.toml", "--out", "c"]);
        let told = said(&output).replace("\n  │ ", " ").replace("\n  │", " ");
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(sentence), "{told}");
    }
}

#[test]
fn what_onnx_cannot_say_is_not_exported() {
    let folder = tempfile::tempdir().unwrap();
    let own = NETWORK.replace("\"leaky-relu\"", "\"tanh(2*x)\"");
    fs::write(folder.path().join("own.toml"), own).unwrap();
    let output = call(folder.path(), &["run", "own.toml", "--out", "own"]);
    assert!(output.status.success(), "{}", said(&output));
    let output = call(folder.path(), &["export", "own", "--to", "onnx"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("`tanh(2*x)`"), "{}", said(&output));
    assert!(!folder.path().join("own/onnx").exists());
}
