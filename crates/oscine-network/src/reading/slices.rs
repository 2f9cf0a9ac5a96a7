//! Reads `cells`, `cells[5]`, `cells[0:10]`, `cells[10:]`, `cells[:10]`.

use super::fields::Fields;
use crate::{Mistake, Slice, Text};

/// Reads a list of slices.
pub(crate) fn list(fields: &Fields, key: &'static str) -> Vec<Slice> {
    fields
        .texts(key)
        .iter()
        .filter_map(|text| read(fields, key, text))
        .collect()
}

/// Reads the slice under a key, which must be there.
pub(crate) fn required(fields: &Fields, key: &'static str, example: &str) -> Option<Slice> {
    if !fields.has(key) {
        fields.take(key);
        fields.missing(key, example);
        return None;
    }
    let mut slices = list(fields, key);
    if slices.len() > 1 {
        fields.wrong(key, fields.take(key)?, "one population or a part of one");
    }
    (slices.len() == 1).then(|| slices.remove(0))
}

fn read(fields: &Fields, key: &'static str, text: &Text) -> Option<Slice> {
    match parse(&text.value) {
        Ok(mut slice) => {
            slice.place = text.place.clone();
            Some(slice)
        }
        Err(mistake) => {
            let mut place = fields.take(key)?.place.clone();
            if let Some(span) = &text.place {
                place.span = span.clone();
            }
            fields.context.note(&place, mistake);
            None
        }
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
