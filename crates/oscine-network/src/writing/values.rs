//! How single values are written, so that they read back as they were.

use oscine_equations::Quantity;

use crate::Text;
use crate::reading::tree::{Kind, Node};

/// A string: over several lines where it has several, plain otherwise.
pub(crate) fn string(text: &str) -> String {
    let plain = text
        .chars()
        .all(|c| !c.is_control() || c == '\n' || c == '\t');
    if text.contains('\n') && plain && !text.contains("'''") && !text.ends_with('\'') {
        return format!("'''\n{text}'''");
    }
    if !text.contains(['"', '\\']) && text.chars().all(|c| !c.is_control()) {
        return format!("\"{text}\"");
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\U{:08X}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// An expression; one that is just a number is written as one.
pub(crate) fn expression(text: &Text) -> Node {
    let written = text.value.as_str();
    let digits = written.strip_prefix('-').unwrap_or(written);
    let looks_like_one = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | '-'));
    if !looks_like_one {
        return Node::string(written);
    }
    match written.parse::<toml_edit::Value>() {
        Ok(toml_edit::Value::Integer(number)) => {
            Kind::Integer(*number.value(), written.into()).into()
        }
        Ok(toml_edit::Value::Float(number)) => Kind::Float(*number.value(), written.into()).into(),
        _ => Node::string(written),
    }
}

/// A key: bare where it can be.
pub(crate) fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(bare) {
        name.to_string()
    } else {
        string(&name.replace('\n', " "))
    }
}

/// A number in the shortest digits that read back as it.
pub(crate) fn number(value: f64) -> String {
    format!("{value:?}")
}

/// A time in the unit in which it is shortest, among those in which it reads back as it is.
pub(crate) fn time(seconds: f64) -> String {
    if seconds == 0.0 {
        return "0 s".into();
    }
    const UNITS: [(&str, f64); 4] = [("s", 1.0), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)];
    let exact = format!("{seconds:?} s");
    UNITS
        .iter()
        .map(|(unit, factor)| {
            let rounded: f64 = format!("{:.14e}", seconds / factor)
                .parse()
                .unwrap_or(seconds);
            format!("{rounded} {unit}")
        })
        .filter(|written| Quantity::parse(written).is_ok_and(|quantity| quantity.value == seconds))
        .min_by_key(String::len)
        .unwrap_or(exact)
}
