//! Reads `[task]`, `[layers.NAME]` and `[training]`.

use super::fields::{Fields, not_one_of, text_of};
use super::tree::{Kind, Node};
use crate::{Device, Layer, LayerKind, Mistake, Named, Optimiser, Task, Text, Training};

const LAYER_KINDS: [&str; 7] = [
    "dense",
    "convolution",
    "max-pooling",
    "average-pooling",
    "recurrent",
    "batch-normalisation",
    "layer-normalisation",
];

pub(crate) fn task(fields: Fields) -> Task {
    if !fields.has("data") {
        fields.missing("data", "`data = \"digits\"`");
    }
    let task = Task {
        data: fields.text("data").unwrap_or_default(),
        classes: names(&fields, "classes"),
        validation: fields.number("validation").unwrap_or(0.0),
        test: fields.number("test"),
        training: fields.count("training"),
        target: fields.text("target"),
        inputs: inputs(&fields),
        targets: fields.named_texts("targets"),
        examples: fields.count("examples"),
    };
    fields.finish();
    task
}

/// Words or numbers, as words.
fn names(fields: &Fields, key: &'static str) -> Vec<String> {
    let Some(node) = fields.take(key) else {
        return Vec::new();
    };
    let Kind::List(nodes) = &node.kind else {
        fields.wrong(key, node, "a list such as [0, 1] or [\"cat\", \"dog\"]");
        return Vec::new();
    };
    let name = |node: &Node| {
        let text = text_of(node);
        if text.is_none() {
            fields.wrong(key, node, "a list of names or numbers");
        }
        text.map(|text| text.value)
    };
    nodes.iter().filter_map(name).collect()
}

/// Names of columns, or expressions by name.
fn inputs(fields: &Fields) -> Named<Text> {
    match fields.peek("inputs").map(|node| &node.kind) {
        Some(Kind::Table(_)) => fields.named_texts("inputs"),
        _ => {
            let columns = fields.texts("inputs").into_iter();
            columns
                .map(|column| (column.value.clone(), column))
                .collect()
        }
    }
}

pub(crate) fn layer(fields: Fields) -> Layer {
    let kind = match fields.choice("kind", &LAYER_KINDS) {
        Some("convolution") => {
            for (key, example) in [("channels", "`channels = 16`"), ("kernel", "`kernel = 3`")] {
                if !fields.has(key) {
                    fields.missing(key, example);
                }
            }
            LayerKind::Convolution {
                channels: fields.count("channels").unwrap_or(1),
                kernel: fields.count("kernel").unwrap_or(1),
                stride: fields.count("stride").unwrap_or(1),
                padding: fields.count("padding").unwrap_or(0),
            }
        }
        Some(pooling @ ("max-pooling" | "average-pooling")) => LayerKind::Pooling {
            size: fields.count("size").unwrap_or(2),
            average: pooling == "average-pooling",
        },
        Some(over @ ("batch-normalisation" | "layer-normalisation")) => LayerKind::Normalisation {
            over_batch: over == "batch-normalisation",
        },
        other => {
            if !fields.has("size") {
                fields.missing("size", "`size = 30`");
            }
            if other == Some("recurrent") {
                LayerKind::Recurrent {
                    size: fields.count("size").unwrap_or(1),
                    every_step: fields.flag("every_step").unwrap_or(false),
                }
            } else {
                LayerKind::Dense {
                    size: fields.count("size").unwrap_or(1),
                }
            }
        }
    };
    let learns = !matches!(kind, LayerKind::Pooling { .. });
    let usual = Layer::of(kind);
    let layer = Layer {
        kind,
        depth: if learns { fields.count("depth") } else { None }.unwrap_or(1),
        activation: text_where(&fields, learns, "activation", usual.activation),
        weights: text_where(&fields, learns, "weights", usual.weights),
        biases: match fields.peek("biases").map(|node| &node.kind) {
            Some(Kind::Flag(false)) if learns => {
                fields.take("biases");
                None
            }
            _ => usual
                .biases
                .map(|usual| text_where(&fields, true, "biases", usual)),
        },
    };
    fields.finish();
    layer
}

/// A text of layers that learn; those that do not have no such key.
fn text_where(fields: &Fields, learns: bool, key: &'static str, usual: Text) -> Text {
    let written = if learns { fields.text(key) } else { None };
    written.unwrap_or(usual)
}

pub(crate) fn training(fields: Fields) -> Training {
    if !fields.has("epochs") {
        fields.missing("epochs", "`epochs = 30`");
    }
    let usual = Training::new(fields.count("epochs").unwrap_or(1));
    let training = Training {
        loss: fields.text("loss").unwrap_or(usual.loss),
        optimiser: optimiser(&fields, usual.optimiser),
        batch: fields.count("batch").unwrap_or(usual.batch),
        epochs: usual.epochs,
        clip: fields.number("clip"),
        weight_decay: fields.number("weight_decay").unwrap_or(usual.weight_decay),
        patience: fields.count("patience"),
        device: fields
            .choice("device", &Device::NAMES)
            .and_then(Device::named)
            .unwrap_or_default(),
        weights_from: fields.text("weights_from"),
    };
    fields.finish();
    training
}

fn optimiser(fields: &Fields, usual: Optimiser) -> Optimiser {
    let mut optimiser = usual;
    let Some(node) = fields.take("optimiser") else {
        return optimiser;
    };
    if let Kind::Table(table) = &node.kind {
        for entry in &table.entries {
            let key = format!("optimiser.{}", entry.key);
            let text = fields.as_text(&key, &entry.node);
            match (entry.key.as_str(), text) {
                ("kind", Some(text)) => optimiser.kind = text,
                ("rate", Some(text)) => optimiser.rate = text,
                (name, Some(text)) => {
                    let what = fields.called(&key);
                    let value = super::quantities::number(
                        fields.context,
                        &entry.node.place,
                        &what,
                        &text.value,
                    );
                    optimiser
                        .parameters
                        .extend(value.map(|value| (name.to_owned(), value)));
                }
                (_, None) => {}
            }
        }
    } else if let Some(text) = fields.as_text("optimiser", node) {
        optimiser.kind = text;
    }
    optimiser
}

/// Refuses a word that is neither one of the names nor an expression; whatever holds a sign or a bracket is one.
pub(crate) fn unknown_word(
    what: &str,
    text: &Text,
    names: &[&str],
    variables: &[&str],
) -> Option<Mistake> {
    let written = text.value.trim();
    let is_word = written
        .chars()
        .all(|letter| letter.is_alphanumeric() || letter == '-' || letter == '_');
    let is_number = written.parse::<f64>().is_ok();
    if !is_word || is_number || names.contains(&written) || variables.contains(&written) {
        return None;
    }
    Some(not_one_of(what.to_owned(), written, names.iter().copied()))
}
