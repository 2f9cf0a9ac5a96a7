//! The value of a setting: what `--set`, the points of a sweep, the short form and [`Experiment::set`] give to a key of the file.

use std::fmt;

use crate::reading::tree::{self, Kind, Node, Table};
use crate::{Named, writing};

/// A value of a key: a text, a number, a flag, a list or a table.
///
/// ```
/// use oscine_network::Value;
///
/// assert_eq!(Value::from(3_u32), Value::parse("3"));
/// assert_eq!(Value::from("10 ms"), Value::parse("10 ms"));
/// assert_eq!(Value::from(vec!["a", "b"]).to_string(), "[\"a\", \"b\"]");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Value(pub(crate) Node);

impl Value {
    /// The value of a text of the command line, `--set KEY=VALUE`: what TOML has for it (`3`, `true`, `[1, 2]`), all else a string.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self(tree::parse_value(text))
    }

    /// Values by name.
    #[must_use]
    pub fn table(values: Named<Self>) -> Self {
        let mut table = Table::default();
        for (name, value) in values {
            table.add(&name, value.0);
        }
        Self(Node::table(table))
    }
}

/// As it stands after `--set KEY=`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            Kind::Text(text, _) => f.write_str(text),
            _ => f.write_str(&writing::inline_value(&self.0)),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(Node::string(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self(Node::string(&text))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self(Node::number(number))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self(Node::integer(number))
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        i64::from(number).into()
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        i64::from(number).into()
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self(Node::whole(number))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self(Node::flag(flag))
    }
}

impl<V: Into<Value>> From<Vec<V>> for Value {
    fn from(values: Vec<V>) -> Self {
        Self(Node::list(values.into_iter().map(|value| value.into().0)))
    }
}
