//! Reads `cells`, `cells[5]`, `cells[0:10]`, `cells[10:]`, `cells[:10]`.

use super::fields::{At, text_of};
use super::tree::Node;
use crate::declaration::ValueKind;
use crate::declaration::kinds::Texts;
use crate::declaration::named::all;
use crate::declaration::reference::Shape;
use crate::{Mistake, Slice};

/// A population, or a part of it.
pub(crate) struct OneSlice;

impl OneSlice {
    /// The slice of a node that is one and holds no mistake.
    pub fn plain(node: &Node) -> Option<Slice> {
        parse(&text_of(node)?.value).ok()
    }
}

impl ValueKind for OneSlice {
    type Value = Slice;

    fn read(at: &At, node: &Node) -> Option<Slice> {
        let mut slices = Slices::read(at, node)?;
        match slices.len() {
            1 => slices.pop(),
            _ => at.wrong(node, "one population or a part of one"),
        }
    }

    fn write(slice: &Slice) -> Option<Node> {
        Some(Node::string(&slice.to_string()))
    }

    fn shape() -> Shape {
        Slices::shape()
    }
}

/// One or more populations, or parts of them.
pub(crate) struct Slices;

impl ValueKind for Slices {
    type Value = Vec<Slice>;

    fn read(at: &At, node: &Node) -> Option<Vec<Slice>> {
        let texts = Texts::read(at, node)?;
        all(texts.into_iter().map(|text| match parse(&text.value) {
            Ok(mut slice) => {
                slice.place = text.place;
                Some(slice)
            }
            Err(mistake) => {
                let mut place = node.place.clone();
                if let Some(span) = text.place {
                    place.span = span;
                }
                at.context.note(&place, mistake);
                None
            }
        }))
    }

    fn write(slices: &Vec<Slice>) -> Option<Node> {
        let written: Vec<String> = slices.iter().map(ToString::to_string).collect();
        Node::strings(written.iter().map(String::as_str))
    }

    fn shape() -> Shape {
        Texts::shape()
    }
}

/// Parses a slice that stands in no file.
pub fn parse(text: &str) -> Result<Slice, Mistake> {
    let written = text.trim();
    let wrong = || Mistake::NotASlice {
        written: super::quantities::shorten(written),
    };
    let number = |digits: &str| digits.trim().parse::<usize>().map_err(|_| wrong());
    let Some((name, range)) = written.split_once('[') else {
        return match is_name(written) {
            true => Ok(Slice::all(written)),
            false => Err(wrong()),
        };
    };
    let name = name.trim();
    let range = range.strip_suffix(']').ok_or_else(wrong)?;
    if !is_name(name) {
        return Err(wrong());
    }
    let (first, end) = match range.split_once(':') {
        None => {
            let only = number(range)?;
            (only, Some(only.checked_add(1).ok_or_else(wrong)?))
        }
        Some((first, end)) => {
            let first = if first.trim().is_empty() {
                0
            } else {
                number(first)?
            };
            let end = if end.trim().is_empty() {
                None
            } else {
                Some(number(end)?)
            };
            (first, end)
        }
    };
    if end.is_some_and(|end| end <= first) {
        return Err(Mistake::EmptySlice {
            written: written.into(),
        });
    }
    Ok(Slice {
        name: name.into(),
        first,
        end,
        place: None,
    })
}

/// True for a letter or `_`, then letters, digits and `_`.
pub(crate) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|other| other.is_ascii_alphanumeric() || other == '_')
}
