//! Writes `[task]`, `[layers.NAME]` and `[training]`.

use super::table::Table;
use super::values;
use crate::{Device, Layer, LayerKind, Task, Text, Training};

pub(super) fn task(task: &Task) -> Table {
    let mut table = Table::new("[task]");
    table.text("data", &task.data);
    if !task.classes.is_empty() {
        table.strings("classes", &task.classes);
    }
    table.raw("validation", format!("{:?}", task.validation));
    if let Some(test) = task.test {
        table.raw("test", format!("{test:?}"));
    }
    for (key, count) in [("training", task.training), ("examples", task.examples)] {
        if let Some(count) = count {
            table.raw(key, count.to_string());
        }
    }
    table.optional_text("target", &task.target);
    // Of columns the name is all that there is.
    if task.inputs.iter().all(|(name, text)| *name == text.value) && !task.inputs.is_empty() {
        let names: Vec<String> = task.inputs.iter().map(|(name, _)| name.clone()).collect();
        table.strings("inputs", &names);
    } else {
        table.named_texts("inputs", &task.inputs);
    }
    table.named_texts("targets", &task.targets);
    table
}

pub(super) fn layer(name: &str, layer: &Layer) -> Table {
    let mut table = Table::new(format!("[layers.{}]", values::key(name)));
    let mut count = |key: &str, count: usize| table.raw(key, count.to_string());
    let kind = match layer.kind {
        LayerKind::Dense { size } => {
            count("size", size);
            "dense"
        }
        LayerKind::Convolution {
            channels,
            kernel,
            stride,
            padding,
        } => {
            count("channels", channels);
            count("kernel", kernel);
            count("stride", stride);
            count("padding", padding);
            "convolution"
        }
        LayerKind::Recurrent { size, every_step } => {
            count("size", size);
            table.raw("every_step", every_step.to_string());
            "recurrent"
        }
        LayerKind::Normalisation { over_batch: true } => "batch-normalisation",
        LayerKind::Normalisation { over_batch: false } => "layer-normalisation",
        LayerKind::Pooling { size, average } => {
            count("size", size);
            if average {
                "average-pooling"
            } else {
                "max-pooling"
            }
        }
    };
    table.string("kind", kind);
    if !matches!(layer.kind, LayerKind::Pooling { .. }) {
        table.raw("depth", layer.depth.to_string());
        table.text("activation", &layer.activation);
        table.text("weights", &layer.weights);
        match &layer.biases {
            Some(biases) => table.text("biases", biases),
            None => table.raw("biases", "false"),
        }
    }
    table
}

pub(super) fn training(training: &Training) -> Table {
    let mut table = Table::new("[training]");
    table.text("loss", &training.loss);
    let optimiser = &training.optimiser;
    let mut parts = vec![
        ("kind".to_owned(), values::text(&optimiser.kind)),
        ("rate".to_owned(), values::text(&optimiser.rate)),
    ];
    for (name, value) in &optimiser.parameters {
        parts.push((name.clone(), format!("{value:?}")));
    }
    table.named("optimiser", parts);
    table.raw("batch", training.batch.to_string());
    table.raw("epochs", training.epochs.to_string());
    if let Some(clip) = training.clip {
        table.raw("clip", format!("{clip:?}"));
    }
    table.raw("weight_decay", format!("{:?}", training.weight_decay));
    if let Some(patience) = training.patience {
        table.raw("patience", patience.to_string());
    }
    if training.device != Device::Cpu {
        table.text("device", &Text::new(training.device.name()));
    }
    if let Some(file) = &training.weights_from {
        table.text("weights_from", file);
    }
    table
}
