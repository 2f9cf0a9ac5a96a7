//! Words: one of a few, or one of a list or an expression.

use std::marker::PhantomData;

use oscine_equations::Integrator;

use super::ValueKind;
use super::kinds::{Expression, Range, Within};
use super::reference::Shape;
use crate::reading::fields::{At, not_one_of};
use crate::reading::tree::Node;
use crate::{Mistake, Text};

/// An enum whose values are words of the file.
pub(crate) trait Word: Copy + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// As it is written.
    fn word(&self) -> &'static str;

    /// What it is, in a sentence; empty where there is none.
    fn doc(&self) -> &'static str {
        ""
    }
}

/// The words of an enum.
pub(crate) fn words<W: Word>() -> Vec<&'static str> {
    W::ALL.iter().map(Word::word).collect()
}

fn find<W: Word>(at: &At, node: &Node) -> Option<W> {
    let word = at.word(node, &words::<W>())?;
    W::ALL.iter().find(|known| known.word() == word).copied()
}

/// One of the words of an enum.
pub(crate) struct Choice<W>(PhantomData<W>);

impl<W: Word> ValueKind for Choice<W> {
    type Value = W;

    fn read(at: &At, node: &Node) -> Option<W> {
        find(at, node)
    }

    fn write(value: &W) -> Option<Node> {
        Some(Node::string(value.word()))
    }

    fn shape() -> Shape {
        Shape::Choice(
            W::ALL
                .iter()
                .map(|word| (word.word(), word.doc()))
                .collect(),
        )
    }
}

impl Word for Integrator {
    const ALL: &'static [Self] = &Integrator::ALL;

    fn word(&self) -> &'static str {
        self.name()
    }
}

/// The name of an integrator, as a string.
pub(crate) struct IntegratorName;

impl ValueKind for IntegratorName {
    type Value = Option<String>;

    fn read(at: &At, node: &Node) -> Option<Self::Value> {
        find::<Integrator>(at, node).map(|integrator| Some(integrator.name().into()))
    }

    fn write(value: &Self::Value) -> Option<Node> {
        value.as_deref().map(Node::string)
    }

    fn wrong(value: &Self::Value, _: &str) -> Option<Mistake> {
        let written = value.as_deref()?;
        let names = words::<Integrator>();
        let wrong = || not_one_of("`integrator`".into(), written, names.iter().copied());
        (!names.contains(&written)).then(wrong)
    }

    fn shape() -> Shape {
        Choice::<Integrator>::shape()
    }
}

/// Names that stand for a text, and the variables that an expression in their place can have.
pub(crate) trait Names {
    /// The names.
    const NAMES: &'static [&'static str];
    /// The variables.
    const VARIABLES: &'static [&'static str];
}

/// One of a list of names, or an expression.
pub(crate) type NameOr<N> = Within<Expression, OneOf<N>>;

pub(crate) struct OneOf<N>(PhantomData<N>);

impl<N: Names> Range for OneOf<N> {
    type Value = Text;
    const SAYS: &'static str = "a name or an expression";
    const IN_TEXT: bool = true;

    fn wrong(value: &Text, what: &str) -> Option<Mistake> {
        unknown_word(what, value, N::NAMES, N::VARIABLES)
    }

    fn shape(_: Shape) -> Shape {
        Shape::NameOr(N::NAMES.to_vec())
    }
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
