//! Kinds of value that stand under one key: texts, numbers, flags, and what is made of them.

use std::marker::PhantomData;

use super::ValueKind;
use super::reference::Shape;
use crate::reading::fields::{At, text_of};
use crate::reading::quantities;
use crate::reading::tree::{Kind, Node};
use crate::writing::expression;
use crate::{Mistake, Text};

/// A string.
pub(crate) struct Words;

impl ValueKind for Words {
    type Value = String;

    fn read(at: &At, node: &Node) -> Option<String> {
        match &node.kind {
            Kind::Text(value, _) => Some(value.clone()),
            _ => at.wrong(node, "a string"),
        }
    }

    fn write(value: &String) -> Option<Node> {
        Some(Node::string(value))
    }

    fn shape() -> Shape {
        Shape::Text
    }
}

/// An expression or equations: a string, or a number that stands for itself.
pub(crate) struct Expression;

impl ValueKind for Expression {
    type Value = Text;

    fn read(at: &At, node: &Node) -> Option<Text> {
        let text = text_of(node);
        match &node.kind {
            _ if text.is_some() => text,
            Kind::Float(_, written) => at.not_finite(node, written),
            _ => at.wrong(node, "a string or a number"),
        }
    }

    fn write(value: &Text) -> Option<Node> {
        Some(expression(value))
    }

    fn shape() -> Shape {
        Shape::Expression
    }
}

/// A range of values.
pub(crate) trait Range {
    /// What is in it.
    type Value;
    /// Which values are in it, in a few words.
    const SAYS: &'static str;
    /// Whether a value outside is shown without its quotation marks.
    const IN_TEXT: bool = false;

    /// Why a value is not in it.
    fn wrong(value: &Self::Value, what: &str) -> Option<Mistake>;

    /// What can be written, of what can be without the range.
    fn shape(all: Shape) -> Shape {
        all
    }
}

/// A kind of value within a range.
pub(crate) struct Within<K, R>(PhantomData<(K, R)>);

impl<K: ValueKind, R: Range<Value = K::Value>> ValueKind for Within<K, R> {
    type Value = K::Value;
    const IN_TEXT: bool = K::IN_TEXT || R::IN_TEXT;

    fn read(at: &At, node: &Node) -> Option<K::Value> {
        K::read(at, node)
    }

    fn write(value: &K::Value) -> Option<Node> {
        K::write(value)
    }

    fn wrong(value: &K::Value, what: &str) -> Option<Mistake> {
        R::wrong(value, what).or_else(|| K::wrong(value, what))
    }

    fn shape() -> Shape {
        R::shape(K::shape())
    }

    fn range() -> Option<&'static str> {
        K::range().or(Some(R::SAYS))
    }
}

/// A text that must say something.
pub(crate) type Filled<K> = Within<K, NotEmpty>;

pub(crate) struct NotEmpty;

impl Range for NotEmpty {
    type Value = Text;
    const SAYS: &'static str = "not empty";

    fn wrong(value: &Text, what: &str) -> Option<Mistake> {
        let is_empty = value.value.trim().is_empty();
        is_empty.then(|| Mistake::Empty { what: what.into() })
    }
}

/// What may be left out.
pub(crate) struct Maybe<K>(PhantomData<K>);

impl<K: ValueKind> ValueKind for Maybe<K> {
    type Value = Option<K::Value>;
    const IN_TEXT: bool = K::IN_TEXT;

    fn read(at: &At, node: &Node) -> Option<Self::Value> {
        K::read(at, node).map(Some)
    }

    fn write(value: &Self::Value) -> Option<Node> {
        K::write(value.as_ref()?)
    }

    fn wrong(value: &Self::Value, what: &str) -> Option<Mistake> {
        K::wrong(value.as_ref()?, what)
    }

    fn shape() -> Shape {
        K::shape()
    }

    fn range() -> Option<&'static str> {
        K::range()
    }
}

/// True or false.
pub(crate) struct Flag;

impl ValueKind for Flag {
    type Value = bool;

    fn read(at: &At, node: &Node) -> Option<bool> {
        match node.kind {
            Kind::Flag(flag) => Some(flag),
            _ => at.wrong(node, "true or false"),
        }
    }

    fn write(value: &bool) -> Option<Node> {
        Some(Node::flag(*value))
    }

    fn shape() -> Shape {
        Shape::Flag
    }
}

/// A whole number that is not negative.
pub(crate) struct Count;

impl ValueKind for Count {
    type Value = usize;

    fn read(at: &At, node: &Node) -> Option<usize> {
        match node.kind {
            Kind::Integer(value, _) if value >= 0 => Some(value as usize),
            Kind::Integer(value, _) => at.refuse(
                node,
                Mistake::Negative {
                    what: at.called(),
                    value: value.to_string(),
                },
            ),
            Kind::Float(value, ref written) if !value.is_finite() => at.not_finite(node, written),
            // A whole number written as `4e3`.
            Kind::Float(value, _) if value >= 0.0 && value.fract() == 0.0 && value < 1e15 => {
                Some(value as usize)
            }
            _ => at.wrong(node, "a whole number"),
        }
    }

    fn write(value: &usize) -> Option<Node> {
        Some(Node::whole(*value))
    }

    fn shape() -> Shape {
        Shape::Count { least: 0 }
    }
}

/// How many there are: at least one, and no more than can be counted in 32 bits.
pub(crate) type AtLeastOne = Within<Count, FromOne>;

pub(crate) struct FromOne;

impl Range for FromOne {
    type Value = usize;
    const SAYS: &'static str = "1 or more";

    fn wrong(value: &usize, what: &str) -> Option<Mistake> {
        let what = what.to_string();
        match *value {
            0 => Some(Mistake::NotPositive {
                what,
                value: "0".into(),
            }),
            count if count > u32::MAX as usize => Some(Mistake::TooMany {
                what,
                value: count.to_string(),
                limit: u32::MAX.to_string(),
            }),
            _ => None,
        }
    }

    fn shape(_: Shape) -> Shape {
        Shape::Count { least: 1 }
    }
}

/// A number without a unit.
pub(crate) struct Number;

impl ValueKind for Number {
    type Value = f64;

    fn read(at: &At, node: &Node) -> Option<f64> {
        let value = match &node.kind {
            Kind::Integer(value, _) => *value as f64,
            Kind::Float(value, _) => *value,
            Kind::Text(text, _) => {
                return quantities::number(at.context, &node.place, &at.called(), text);
            }
            _ => return at.wrong(node, "a number"),
        };
        match value.is_finite() {
            true => Some(value),
            false => at.not_finite(node, &value.to_string()),
        }
    }

    fn write(value: &f64) -> Option<Node> {
        Some(Node::number(*value))
    }

    fn shape() -> Shape {
        Shape::Number
    }
}

/// One string or a list of them, with the place of each.
pub(crate) struct Texts;

impl ValueKind for Texts {
    type Value = Vec<Text>;

    fn read(at: &At, node: &Node) -> Option<Vec<Text>> {
        match &node.kind {
            Kind::List(nodes) => {
                let mut texts = Vec::with_capacity(nodes.len());
                let mut whole = true;
                for node in nodes {
                    match node.kind {
                        Kind::Text(..) => texts.extend(text_of(node)),
                        _ => whole = at.wrong::<()>(node, "a list of strings").is_some(),
                    }
                }
                whole.then_some(texts)
            }
            Kind::Text(..) => Some(text_of(node).into_iter().collect()),
            _ => at.wrong(node, "a string or a list of strings"),
        }
    }

    fn write(values: &Vec<Text>) -> Option<Node> {
        Node::strings(values.iter().map(|text| text.value.as_str()))
    }

    fn shape() -> Shape {
        Shape::Several(Box::new(Shape::Text))
    }
}

/// One string or a list of them.
pub(crate) struct Strings;

impl ValueKind for Strings {
    type Value = Vec<String>;

    fn read(at: &At, node: &Node) -> Option<Vec<String>> {
        let texts = Texts::read(at, node)?.into_iter();
        Some(texts.map(|text| text.value).collect())
    }

    fn write(values: &Vec<String>) -> Option<Node> {
        Node::strings(values.iter().map(String::as_str))
    }

    fn shape() -> Shape {
        Texts::shape()
    }
}
