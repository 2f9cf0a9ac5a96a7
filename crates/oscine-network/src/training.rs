//! `[training]`: how an artificial network learns.

use crate::checks::Findings;
use crate::declaration::kinds::{AtLeastOne, Count, Expression, Maybe, Number};
use crate::declaration::quantities::{NotNegative, Positive};
use crate::declaration::reference::{Kinds, Shape, TableReference};
use crate::declaration::words::{Choice, NameOr, Names, unknown_word};
use crate::declaration::{Key, Keys, Table, ValueKind, describe_one, key, table, words};
use crate::reading::fields::{At, Fields, unknown_key};
use crate::reading::tree::{Kind, Node, Table as Tree};
use crate::{Mistake, Named, Text};

table! {
    /// How the layers learn.
    pub struct Training {
        /// `mean-squared-error`, `cross-entropy`, or an expression of `output` and `target`, summed over the outputs.
        loss: Text = NameOr<Loss>, or "mean-squared-error".into();
        /// What changes the weights: an optimiser by name, statements, or a table with its kind, rate and parameters.
        optimiser: Optimiser = Optimiser, or Optimiser::default();
        /// How many examples make a mini-batch.
        batch: usize = AtLeastOne, or 32;
        /// How many times all examples are seen.
        epochs: usize = AtLeastOne, needs "`epochs = 30`";
        /// The gradient is made no longer than this; without it, it keeps its length.
        clip: Option<f64> = Maybe<Positive<Number>>;
        /// The weight decay: each weight also shrinks, as by a penalty of half of this times its square.
        weight_decay: f64 = NotNegative<Number>, or 0.0;
        /// Training ends when the validation loss has not sunk for so many epochs, and the best weights are kept.
        patience: Option<usize> = Maybe<Count>;
        /// The device that computes it.
        device: Device = Choice<Device>, usually Device::Cpu;
        /// A file of weights to begin with (safetensors, with PyTorch's names), in place of those that the layers' texts draw.
        weights_from: Option<Text> = Maybe<Expression>;
    }
}

impl Table for Training {}

/// Losses by name.
pub const LOSSES: [&str; 2] = ["mean-squared-error", "cross-entropy"];

/// The losses, or an expression.
pub(crate) struct Loss;

impl Names for Loss {
    const NAMES: &'static [&'static str] = &LOSSES;
    const VARIABLES: &'static [&'static str] = &["output", "target"];
}

words! {
    /// The device that computes a training.
    pub enum Device, usually Cpu {
        /// Oscine's own layers, on the processor.
        Cpu = "cpu",
        /// The library `burn` on the processor: the second implementation.
        Flex = "flex",
        /// `burn` on a graphics card of Nvidia's.
        Cuda = "cuda",
        /// `burn` on any graphics card.
        Wgpu = "wgpu",
    }
}

/// The optimiser: what changes the weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimiser {
    /// `sgd`, `momentum`, `nesterov`, `rms-prop`, `adagrad`, `adam`, or statements that change `w` by its gradient `g`, at the `step` counted from 1.
    pub kind: Text,
    /// The learning rate, a number or an expression of `epoch` and `step`, counted from 0.
    pub rate: Text,
    /// Other parameters by name: `momentum`, `beta1`, `beta2`, `epsilon`.
    pub parameters: Named<f64>,
}

/// An optimiser by name.
pub struct OptimiserName {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// Its parameters, each with what it is.
    pub parameters: &'static [(&'static str, &'static str)],
}

const EPSILON: (&str, &str) = ("epsilon", "Added to the divisor, so that it is never 0.");
const MOMENTUM: (&str, &str) = (
    "momentum",
    "The part of the velocity that is kept, 0.9 where none is written.",
);

/// Optimisers by name.
pub const OPTIMISERS: [OptimiserName; 6] = [
    OptimiserName {
        name: "sgd",
        doc: "Gradient descent: each weight less the rate times its gradient.",
        parameters: &[],
    },
    OptimiserName {
        name: "momentum",
        doc: "Gradient descent with a velocity (Polyak 1964), as PyTorch has it.",
        parameters: &[MOMENTUM],
    },
    OptimiserName {
        name: "nesterov",
        doc: "Momentum that looks ahead (Nesterov 1983).",
        parameters: &[MOMENTUM],
    },
    OptimiserName {
        name: "rms-prop",
        doc: "The gradient over the root of its mean square (Tieleman & Hinton 2012).",
        parameters: &[
            (
                "decay",
                "The part of the mean square that is kept, 0.99 where none is written.",
            ),
            EPSILON,
        ],
    },
    OptimiserName {
        name: "adagrad",
        doc: "The gradient over the root of the sum of its squares (Duchi et al. 2011).",
        parameters: &[EPSILON],
    },
    OptimiserName {
        name: "adam",
        doc: "The mean gradient over the root of its mean square (Kingma & Ba 2015).",
        parameters: &[
            (
                "beta1",
                "The part of the mean gradient that is kept, 0.9 where none is written.",
            ),
            (
                "beta2",
                "The part of the mean square that is kept, 0.999 where none is written.",
            ),
            EPSILON,
        ],
    },
];

impl Default for Optimiser {
    fn default() -> Self {
        Self {
            kind: "sgd".into(),
            rate: "0.1".into(),
            parameters: Vec::new(),
        }
    }
}

impl Optimiser {
    const KIND: Key = key!(
        kind,
        "The optimiser by name, or statements that change `w` by its gradient `g`, at the `step` counted from 1."
    );
    const RATE: Key = key!(
        rate,
        "The learning rate, a number or an expression of `epoch` and `step`, counted from 0."
    );

    /// Why it is neither the name of an optimiser nor statements.
    fn unknown(kind: &Text) -> Option<Mistake> {
        if kind.value.contains('=') {
            return None;
        }
        let what = "`kind` of `optimiser` in [training]";
        unknown_word(what, kind, &OPTIMISERS.map(|known| known.name), &[])
    }

    /// The parameters of an optimiser by name; `None` of statements, which have what they read.
    fn known(kind: &Text) -> Option<&'static OptimiserName> {
        let name = kind.value.trim();
        OPTIMISERS.iter().find(|known| known.name == name)
    }

    fn read_table(at: &At, node: &Node, into: &mut Self) -> Option<bool> {
        let inside = at.fields(node)?;
        let mut whole = true;
        for (key, text) in [("kind", &mut into.kind), ("rate", &mut into.rate)] {
            if let Some(node) = inside.take(key) {
                let read = Expression::read(&at.inside(key), node);
                whole &= read.is_some();
                *text = read.unwrap_or_default();
            }
        }
        if let Some(mistake) = Self::unknown(&into.kind) {
            at.note_in_text(inside.peek("kind").unwrap_or(node), mistake);
            return Some(false);
        }
        let mut parameter = |key: &str, node: &Node| {
            let read = Number::read(&at.inside(key), node);
            whole &= read.is_some();
            into.parameters
                .extend(read.map(|read| (key.to_owned(), read)));
        };
        match Self::known(&into.kind) {
            Some(known) => {
                for (key, _) in known.parameters {
                    if let Some(node) = inside.take(key) {
                        parameter(key, node);
                    }
                }
                inside.finish();
            }
            None => {
                for entry in inside.rest() {
                    parameter(&entry.key, &entry.node);
                }
            }
        }
        Some(whole)
    }
}

impl Keys for Optimiser {
    type Value = Self;

    fn read_from(fields: &Fields, key: &Key, into: &mut Self) -> bool {
        let Some(node) = fields.take(key.name) else {
            return true;
        };
        let at = fields.at(key.name);
        if let Kind::Table(_) = node.kind {
            return Self::read_table(&at, node, into).unwrap_or(false);
        }
        let Some(kind) = Expression::read(&at, node) else {
            return false;
        };
        if let Some(mistake) = Self::unknown(&kind) {
            at.note_in_text(node, mistake);
            return false;
        }
        into.kind = kind;
        true
    }

    fn write_into(value: &Self, key: &Key, into: &mut Tree) {
        let mut table = Tree::default();
        <Expression as Keys>::write_into(&value.kind, &Self::KIND, &mut table);
        <Expression as Keys>::write_into(&value.rate, &Self::RATE, &mut table);
        for (name, value) in &value.parameters {
            table.add(name, Node::number(*value));
        }
        into.add(key.name, Node::table(table));
    }

    fn check(value: &Self, key: &Key, findings: &mut Findings, path: &str, _: &str) {
        if let Some(mistake) = Self::unknown(&value.kind) {
            findings.value(&format!("{path}/{}/kind", key.name), mistake);
        } else if let Some(known) = Self::known(&value.kind) {
            let parameters: Vec<&str> = known.parameters.iter().map(|(name, _)| *name).collect();
            let mut written = value.parameters.iter();
            if let Some((name, _)) = written.find(|(name, _)| !parameters.contains(&name.as_str()))
            {
                let path = format!("{path}/{}/{name}", key.name);
                let table = format!("`{}` of [training]", key.name);
                findings.key(&path, unknown_key(name, table, &parameters));
            }
        }
    }

    fn describe(key: &Key, _: Option<&Self>, into: &mut TableReference) {
        let mut table = TableReference::new("An optimiser with its rate and parameters.");
        <Expression as Keys>::describe(&Self::RATE, Some(&Self::default().rate), &mut table);
        let variants = OPTIMISERS.iter().map(|known| {
            let mut variant = TableReference::new(known.doc);
            for (name, doc) in known.parameters {
                let key = Key {
                    name,
                    doc,
                    needs: None,
                };
                describe_one(&key, Shape::Number, &mut variant);
            }
            (known.name, variant)
        });
        table.kinds = Some(Kinds {
            key: "kind",
            doc: Self::KIND.doc,
            needs: None,
            usual: Some("sgd"),
            variants: variants.collect(),
            others: Some("statements of your own, with the parameters that they read"),
        });
        let names = OPTIMISERS.map(|known| known.name).to_vec();
        describe_one(
            key,
            Shape::Either(vec![Shape::NameOr(names), Shape::Table(Box::new(table))]),
            into,
        );
    }
}
