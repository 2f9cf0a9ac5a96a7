//! `[layers.NAME]`: the layers of an artificial network, in the order in which a signal passes them.

use std::marker::PhantomData;

use crate::checks::Findings;
use crate::declaration::kinds::{AtLeastOne, Count, Expression, Filled, Flag};
use crate::declaration::reference::{Shape, TableReference};
use crate::declaration::words::{NameOr, Names};
use crate::declaration::{Key, Keys, Table, ValueKind, rows, table};
use crate::reading::fields::{At, Fields};
use crate::reading::tree::{Kind, Node, Table as Tree};
use crate::{Mistake, Text};

table! {
    /// A layer: what is done to the signal, and the activation after it.
    pub struct Layer {
        /// What kind of layer.
        kind: LayerKind = LayerKind, or LayerKind::Dense { size: 1 };
        /// How many such layers follow one another, each with weights of its own.
        depth: usize = Learned<AtLeastOne>, or 1;
        /// The activation: a name (`sigmoid`, `tanh`, `relu`, `softplus`, `softmax`, `linear`, …) or an expression of `x`.
        activation: Text = Learned<Filled<NameOr<Activation>>>, or "linear".into();
        /// How weights begin: a name (`xavier`, `he`, `sussillo-abbott`, `zeros`), or an expression of `randn()`, `rand()`, `fan_in`, `fan_out`.
        weights: Text = Learned<Filled<NameOr<Initialisation>>>, or "xavier".into();
        /// How biases begin, likewise; `false`: the layer has no biases.
        biases: Option<Text> = Learned<Biases>, or Some("zeros".into());
    }
}

/// The kinds of layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LayerKind {
    /// Each unit sees all of the signal.
    Dense {
        /// Units.
        size: usize,
    },
    /// Each unit sees a square of the image; the weights are shared by all places.
    Convolution {
        /// Images that come out.
        channels: usize,
        /// Side of the square.
        kernel: usize,
        /// Pixels between two places.
        stride: usize,
        /// Pixels of 0 added around the image.
        padding: usize,
    },
    /// At each step of a sequence (a row of an image, a number of a list) the units see what comes and what they said before.
    Recurrent {
        /// Units.
        size: usize,
        /// Whether all steps come out, as an image with a row for each; else what the units say at the last.
        every_step: bool,
    },
    /// Numbers less their mean, over their deviation; its weights are gains.
    Normalisation {
        /// Over the samples of a batch, each channel by itself; else over the numbers of each sample.
        over_batch: bool,
    },
    /// The greatest, or the mean, of each square of the image.
    Pooling {
        /// Side of the square, and pixels between two places.
        size: usize,
        /// The mean instead of the greatest.
        average: bool,
    },
}

rows! {
    LayerKind by "kind" "What kind of layer.", or "dense" {
        /// Each unit sees all of the signal.
        "dense" = Dense {
            /// How many units.
            size: usize = AtLeastOne, needs "`size = 30`";
        };
        /// Each unit sees a square of the image; the weights are shared by all places.
        "convolution" = Convolution {
            /// How many images come out.
            channels: usize = AtLeastOne, needs "`channels = 16`";
            /// The side of the square.
            kernel: usize = AtLeastOne, needs "`kernel = 3`";
            /// The pixels between two places.
            stride: usize = AtLeastOne, or 1;
            /// The pixels of 0 added around the image.
            padding: usize = Count, or 0;
        };
        /// The greatest of each square of the image.
        "max-pooling" = Pooling where average = false {
            /// The side of the square, and the pixels between two places.
            size: usize = AtLeastOne, or 2;
        };
        /// The mean of each square of the image.
        "average-pooling" = Pooling where average = true {
            /// The side of the square, and the pixels between two places.
            size: usize = AtLeastOne, or 2;
        };
        /// At each step of a sequence (a row of an image, a number of a list) the units see what comes and what they said before.
        "recurrent" = Recurrent {
            /// How many units.
            size: usize = AtLeastOne, needs "`size = 30`";
            /// Whether all steps come out, as an image with a row for each; else what the units say at the last.
            every_step: bool = Flag, or false;
        };
        /// Each channel less its mean over the samples of a batch, over its deviation; its weights are gains.
        "batch-normalisation" = Normalisation where over_batch = true;
        /// The numbers of each sample less their mean, over their deviation; its weights are gains.
        "layer-normalisation" = Normalisation where over_batch = false;
    }
}

impl Table for Layer {
    fn prepare(&mut self, fields: &Fields) -> bool {
        let kind = kind_of(fields);
        for (key, text) in [
            ("activation", &mut self.activation),
            ("weights", &mut self.weights),
        ] {
            if let Some(usual) = usual(key, &kind) {
                *text = usual.into();
            }
        }
        if !learns(&kind) {
            self.biases = None;
        }
        true
    }

    fn wrote(&self, into: &mut Tree) {
        if !learns(self.kind.name()) {
            let learned = ["depth", "activation", "weights", "biases"];
            into.entries
                .retain(|entry| !learned.contains(&entry.key.as_str()));
        }
    }
}

impl Layer {
    /// A layer of this kind with what a file has where it says nothing else: weights after Glorot & Bengio (2010), biases of 0, no activation but the
    /// hyperbolic tangent of recurrent units.
    pub fn of(kind: LayerKind) -> Self {
        let text = |key, otherwise| usual(key, kind.name()).unwrap_or(otherwise).into();
        Self {
            kind,
            depth: 1,
            activation: text("activation", "linear"),
            weights: text("weights", "xavier"),
            biases: learns(kind.name()).then(|| "zeros".into()),
        }
    }
}

/// What a text is where none is written, for the kinds that have something of their own.
fn usual(key: &str, kind: &str) -> Option<&'static str> {
    match (key, kind) {
        ("activation", "recurrent") => Some("tanh"),
        ("weights", "batch-normalisation" | "layer-normalisation") => Some("ones"),
        _ => None,
    }
}

/// Whether layers of a kind have weights.
fn learns(kind: &str) -> bool {
    !kind.ends_with("-pooling")
}

fn kind_of(fields: &Fields) -> String {
    match fields.peek("kind").map(|node| &node.kind) {
        Some(Kind::Text(kind, _)) => kind.clone(),
        _ => String::new(),
    }
}

/// A key of layers that learn; those that do not have no such key.
struct Learned<K>(PhantomData<K>);

impl<K: ValueKind> Keys for Learned<K> {
    type Value = K::Value;

    fn read_from(fields: &Fields, key: &Key, into: &mut K::Value) -> bool {
        !learns(&kind_of(fields)) || <K as Keys>::read_from(fields, key, into)
    }

    fn write_into(value: &K::Value, key: &Key, into: &mut Tree) {
        <K as Keys>::write_into(value, key, into);
    }

    fn check(value: &K::Value, key: &Key, findings: &mut Findings, path: &str, table: &str) {
        <K as Keys>::check(value, key, findings, path, table);
    }

    fn describe(key: &Key, default: Option<&K::Value>, into: &mut TableReference) {
        let kinds = into.kinds.iter_mut().flat_map(|kinds| &mut kinds.variants);
        for (name, variant) in kinds.filter(|(name, _)| learns(name)) {
            <K as Keys>::describe(key, default, variant);
            if let (Some(usual), Some(last)) = (usual(key.name, name), variant.keys.last_mut()) {
                last.default = Some(format!("\"{usual}\""));
            }
        }
    }
}

/// A text that says how biases begin, or `false` for none.
struct Biases;

impl ValueKind for Biases {
    type Value = Option<Text>;
    const IN_TEXT: bool = true;

    fn read(at: &At, node: &Node) -> Option<Self::Value> {
        match node.kind {
            Kind::Flag(false) => Some(None),
            _ => Expression::read(at, node).map(Some),
        }
    }

    fn write(value: &Self::Value) -> Option<Node> {
        Some(match value {
            Some(text) => return Expression::write(text),
            None => Node::flag(false),
        })
    }

    fn wrong(value: &Self::Value, what: &str) -> Option<Mistake> {
        Filled::<NameOr<Initialisation>>::wrong(value.as_ref()?, what)
    }

    fn shape() -> Shape {
        Shape::Either(vec![NameOr::<Initialisation>::shape(), Shape::No])
    }
}

/// The activations.
struct Activation;

impl Names for Activation {
    const NAMES: &'static [&'static str] = &ACTIVATIONS;
    const VARIABLES: &'static [&'static str] = &["x"];
}

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

/// What weights begin with.
struct Initialisation;

impl Names for Initialisation {
    const NAMES: &'static [&'static str] = &INITIALISATIONS;
    const VARIABLES: &'static [&'static str] = &["fan_in", "fan_out"];
}

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
