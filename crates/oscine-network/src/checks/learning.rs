//! Layers, their task and their training: that each has the others, that words are known and numbers possible.

use super::Findings;
use crate::reading::learning::unknown_word;
use crate::{Experiment, LayerKind, Mistake, StimulusKind};

/// Activations by name.
pub const ACTIVATIONS: [&str; 11] = [
    "linear",
    "sigmoid",
    "tanh",
    "relu",
    "leaky-relu",
    "elu",
    "softplus",
    "gelu",
    "swish",
    "softmax",
    "step",
];
/// Losses by name.
pub const LOSSES: [&str; 2] = ["mean-squared-error", "cross-entropy"];
/// Optimisers by name.
pub const OPTIMISERS: [&str; 6] = ["sgd", "momentum", "nesterov", "rms-prop", "adagrad", "adam"];
/// How weights may begin, by name.
pub const INITIALISATIONS: [&str; 8] = [
    "zeros",
    "ones",
    "xavier",
    "xavier-uniform",
    "he",
    "he-uniform",
    "lecun",
    "sussillo-abbott",
];

pub(super) fn check(experiment: &Experiment, findings: &mut Findings) {
    let there = [
        ("task", "[task]", experiment.task.is_some()),
        ("layers", "[layers]", !experiment.layers.is_empty()),
        ("training", "[training]", experiment.training.is_some()),
    ];
    if there.iter().all(|(.., there)| !there) {
        return;
    }
    let mut stimuli = experiment.stimuli.iter();
    let is_shown = stimuli.any(|(_, one)| matches!(one.kind, StimulusKind::Task(_)));
    if is_shown && experiment.layers.is_empty() && experiment.training.is_none() {
        // A task without layers is for neurons.
        task(experiment, findings);
        return;
    }
    for (lacking, name, _) in there.iter().filter(|(.., there)| !there) {
        let (path, table, _) = there.iter().find(|(.., there)| *there).unwrap_or(&there[0]);
        let mistake = Mistake::Idle {
            table: (*table).into(),
            why: format!("there is no {name}"),
            help: format!(
                "add a {} to it",
                if *lacking == "layers" {
                    "layer, `[layers.output]`, or a stimulus of kind \"task\""
                } else {
                    name
                }
            ),
        };
        findings.key(path, mistake);
    }
    task(experiment, findings);
    layers(experiment, findings);
    training(experiment, findings);
}

fn task(experiment: &Experiment, findings: &mut Findings) {
    let Some(task) = &experiment.task else {
        return;
    };
    findings.filled("task/data", "`data` in [task]", &task.data);
    for (key, value) in [("validation", Some(task.validation)), ("test", task.test)] {
        if let Some(value) = value.filter(|value| !(0.0..1.0).contains(value)) {
            let mistake = Mistake::NotAProbability {
                what: format!("`{key}` in [task], the part of the examples that is kept for it,"),
                value: value.to_string(),
            };
            findings.value(&format!("task/{key}"), mistake);
        }
    }
    for (key, count) in [("training", task.training), ("examples", task.examples)] {
        if let Some(count) = count {
            findings.count(&format!("task/{key}"), &format!("`{key}` in [task]"), count);
        }
    }
}

fn layers(experiment: &Experiment, findings: &mut Findings) {
    for (place, (name, layer)) in experiment.layers.iter().enumerate() {
        let at = |key: &str| format!("layers/{name}/{key}");
        let what = |key: &str| format!("`{key}` in [layers.{name}]");
        let counts: &[(&str, usize)] = match layer.kind {
            LayerKind::Dense { size }
            | LayerKind::Pooling { size, .. }
            | LayerKind::Recurrent { size, .. } => &[("size", size)],
            LayerKind::Normalisation { .. } => &[],
            LayerKind::Convolution {
                channels,
                kernel,
                stride,
                ..
            } => &[
                ("channels", channels),
                ("kernel", kernel),
                ("stride", stride),
            ],
        };
        for (key, count) in counts.iter().chain([&("depth", layer.depth)]) {
            findings.count(&at(key), &what(key), *count);
        }
        let words = [
            (
                "activation",
                Some(&layer.activation),
                &ACTIVATIONS[..],
                &["x"][..],
            ),
            (
                "weights",
                Some(&layer.weights),
                &INITIALISATIONS,
                &["fan_in", "fan_out"],
            ),
            (
                "biases",
                layer.biases.as_ref(),
                &INITIALISATIONS,
                &["fan_in", "fan_out"],
            ),
        ];
        for (key, text, names, variables) in words {
            let Some(text) = text else {
                continue;
            };
            findings.filled(&at(key), &what(key), text);
            if let Some(mistake) = unknown_word(&what(key), text, names, variables) {
                findings.placed(&at(key), &text.place, mistake);
            }
        }
        let is_last = place + 1 == experiment.layers.len();
        if layer.activation.value.trim() == "softmax" && !is_last {
            let mistake = Mistake::Contradiction {
                table: format!("[layers.{name}]"),
                first: "activation = \"softmax\"".into(),
                second: "a layer after it".into(),
                help: "softmax makes shares of 1 of the outputs; only the last layer can have it"
                    .into(),
            };
            findings.placed(&at("activation"), &layer.activation.place, mistake);
        }
    }
}

fn training(experiment: &Experiment, findings: &mut Findings) {
    let Some(training) = &experiment.training else {
        return;
    };
    for (key, count) in [("batch", training.batch), ("epochs", training.epochs)] {
        findings.count(
            &format!("training/{key}"),
            &format!("`{key}` in [training]"),
            count,
        );
    }
    if let Some(clip) = training.clip {
        findings.positive("training/clip", "`clip` in [training]", clip, "");
    }
    findings.not_negative(
        "training/weight_decay",
        "`weight_decay` in [training]",
        training.weight_decay,
        "",
    );
    let what = "`loss` in [training]";
    if let Some(mistake) = unknown_word(what, &training.loss, &LOSSES, &["output", "target"]) {
        findings.placed("training/loss", &training.loss.place, mistake);
    }
    let kind = &training.optimiser.kind;
    let what = "`kind` of `optimiser` in [training]";
    if !kind.value.contains('=')
        && let Some(mistake) = unknown_word(what, kind, &OPTIMISERS, &[])
    {
        findings.placed("training/optimiser/kind", &kind.place, mistake);
    }
    if training.patience.is_some()
        && experiment
            .task
            .as_ref()
            .is_some_and(|task| task.validation == 0.0)
    {
        let mistake = Mistake::Idle {
            table: "`patience` in [training]".into(),
            why: "no examples are kept for validation".into(),
            help: "set `validation = 0.1` in [task]".into(),
        };
        findings.value("training/patience", mistake);
    }
}
