//! Layers, their task and their training: that each has the others, that words are known and numbers possible.

use super::{Findings, Unread};
use crate::{Experiment, Mistake, StimulusKind};

pub(super) fn check(experiment: &Experiment, unread: &Unread, findings: &mut Findings) {
    let is_unread = |table: &str| unread.iter().any(|(other, _)| *other == table);
    let there = [
        (
            "task",
            "[task]",
            experiment.task.is_some() || is_unread("task"),
        ),
        (
            "layers",
            "[layers]",
            !experiment.layers.is_empty() || is_unread("layers"),
        ),
        (
            "training",
            "[training]",
            experiment.training.is_some() || is_unread("training"),
        ),
    ];
    if there.iter().all(|(.., there)| !there) {
        return;
    }
    let mut stimuli = experiment.stimuli.iter();
    let is_shown = stimuli.any(|(_, one)| matches!(one.kind, StimulusKind::Task { .. }));
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
    for (key, of) in task.of_other_data() {
        let mistake = Mistake::Contradiction {
            table: "[task]".into(),
            first: format!("data = \"{}\"", task.data.value),
            second: key.into(),
            help: format!("`{key}` belongs to {of}"),
        };
        findings.value(&format!("task/{key}"), mistake);
    }
}

fn layers(experiment: &Experiment, findings: &mut Findings) {
    for (place, (name, layer)) in experiment.layers.iter().enumerate() {
        let at = |key: &str| format!("layers/{name}/{key}");
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
