//! The TOML file as a tree in which every key and value knows where it stands. Settings from outside (`--set`) are grafted
//! onto it before it is read; what they bring points to their own text instead of the file's.

use std::ops::Range;
use std::sync::Arc;

use toml_edit::{Item, Value};

/// A text that was read: a file, or one setting given by the caller.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Source {
    /// What it is called in messages.
    pub name: String,
    /// All of it.
    pub text: Arc<str>,
}

/// A range of bytes in one of the sources.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    /// Which source, counted in the order in which they were read; 0 is the experiment file.
    pub source: usize,
    /// Bytes.
    pub span: Range<usize>,
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub kind: Kind,
    pub place: Place,
}

/// The kinds of value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A string, and the bytes between its quotation marks where they stand for themselves (no escapes).
    Text(String, Option<Range<usize>>),
    /// A whole number, and how it is written.
    Integer(i64, String),
    /// A number, and how it is written.
    Float(f64, String),
    Flag(bool),
    Date,
    List(Vec<Node>),
    Table(Table),
}

/// Keys and values in the order in which they were written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    pub entries: Vec<Entry>,
}

/// One key with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub key: String,
    pub place: Place,
    pub node: Node,
}

impl Table {
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.key == key)
    }

    /// Adds a value that stands in no file.
    pub fn add(&mut self, key: &str, node: Node) {
        self.entries.push(Entry {
            key: key.into(),
            place: Place::NOWHERE,
            node,
        });
    }
}

impl Place {
    /// In no file.
    pub const NOWHERE: Self = Self {
        source: 0,
        span: 0..0,
    };
}

impl From<Kind> for Node {
    fn from(kind: Kind) -> Self {
        Self {
            kind,
            place: Place::NOWHERE,
        }
    }
}

/// Values that stand in no file.
impl Node {
    pub fn string(text: &str) -> Self {
        Kind::Text(text.into(), None).into()
    }

    pub fn flag(flag: bool) -> Self {
        Kind::Flag(flag).into()
    }

    pub fn integer(number: i64) -> Self {
        Kind::Integer(number, number.to_string()).into()
    }

    pub fn whole(number: usize) -> Self {
        Self::integer(i64::try_from(number).unwrap_or(i64::MAX))
    }

    pub fn number(number: f64) -> Self {
        Kind::Float(number, format!("{number:?}")).into()
    }

    pub fn list(nodes: impl Iterator<Item = Self>) -> Self {
        Kind::List(nodes.collect()).into()
    }

    pub fn table(table: Table) -> Self {
        Kind::Table(table).into()
    }

    /// One string, or a list of several; `None` where there are none.
    pub fn strings<'a>(texts: impl ExactSizeIterator<Item = &'a str>) -> Option<Self> {
        let mut nodes: Vec<Self> = texts.map(Self::string).collect();
        match nodes.len() {
            0 => None,
            1 => nodes.pop(),
            _ => Some(Kind::List(nodes).into()),
        }
    }
}

impl Node {
    /// True for a table.
    pub fn is_table(&self) -> bool {
        matches!(self.kind, Kind::Table(_))
    }

    /// Gives it and all in it one place.
    pub fn move_to(&mut self, place: &Place) {
        self.place = place.clone();
        match &mut self.kind {
            Kind::Text(_, content) => *content = None,
            Kind::List(nodes) => nodes.iter_mut().for_each(|node| node.move_to(place)),
            Kind::Table(table) => {
                for entry in &mut table.entries {
                    entry.place = place.clone();
                    entry.node.move_to(place);
                }
            }
            _ => {}
        }
    }

    /// What it is, in a reader's words.
    pub fn what(&self) -> &'static str {
        match self.kind {
            Kind::Text(..) => "a string",
            Kind::Integer(..) => "a whole number",
            Kind::Float(..) => "a number",
            Kind::Flag(_) => "true or false",
            Kind::Date => "a date",
            Kind::List(_) => "a list",
            Kind::Table(_) => "a table",
        }
    }
}

/// Parses the text of source number `source`.
pub(crate) fn parse(text: &str, source: usize) -> Result<Node, toml_edit::TomlError> {
    let document = toml_edit::Document::parse(text)?;
    let table = Builder { text, source }.table(document.as_table());
    Ok(Node {
        kind: Kind::Table(table),
        place: Place { source, span: 0..0 },
    })
}

/// A text as TOML where it is TOML, else as a string; it stands in no file.
pub(crate) fn parse_value(text: &str) -> Node {
    let mut node = match text.trim().parse::<Value>() {
        Ok(value) if !matches!(value, Value::Datetime(_)) => {
            Builder { text, source: 0 }.value(&value, 0..0)
        }
        _ => Node::string(text),
    };
    node.move_to(&Place::NOWHERE);
    node
}

struct Builder<'a> {
    text: &'a str,
    source: usize,
}

impl Builder<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        Place {
            source: self.source,
            span,
        }
    }

    fn table(&self, table: &toml_edit::Table) -> Table {
        let entries = table.iter().map(|(key, item)| {
            let span = table.key(key).and_then(|key| key.span());
            self.entry(key, span.or(item.span()), item)
        });
        Table {
            entries: entries.collect(),
        }
    }

    fn entry(&self, key: &str, span: Option<Range<usize>>, item: &Item) -> Entry {
        let span = span.unwrap_or(0..0);
        Entry {
            key: key.to_string(),
            place: self.place(span.clone()),
            node: self.item(item, span),
        }
    }

    fn item(&self, item: &Item, key: Range<usize>) -> Node {
        match item {
            Item::Value(value) => self.value(value, key),
            Item::Table(table) => Node {
                kind: Kind::Table(self.table(table)),
                place: self.place(table.span().unwrap_or(key)),
            },
            Item::ArrayOfTables(tables) => {
                let nodes = tables.iter().map(|table| Node {
                    kind: Kind::Table(self.table(table)),
                    place: self.place(table.span().unwrap_or(key.clone())),
                });
                Node {
                    kind: Kind::List(nodes.collect()),
                    place: self.place(key.clone()),
                }
            }
            Item::None => Node {
                kind: Kind::Table(Table::default()),
                place: self.place(key),
            },
        }
    }

    fn value(&self, value: &Value, key: Range<usize>) -> Node {
        let span = value.span().unwrap_or(key);
        let written = |default: String| {
            let raw = self.text.get(span.clone()).unwrap_or("").replace('_', "");
            // Hexadecimal and the like are no numbers of the equation language.
            if raw.is_empty()
                || raw.starts_with("0x")
                || raw.starts_with("0o")
                || raw.starts_with("0b")
            {
                default
            } else {
                raw.trim_start_matches('+').to_string()
            }
        };
        let kind = match value {
            Value::String(string) => Kind::Text(
                string.value().clone(),
                content(self.text, &span, string.value()),
            ),
            Value::Integer(number) => {
                Kind::Integer(*number.value(), written(number.value().to_string()))
            }
            Value::Float(number) => {
                Kind::Float(*number.value(), written(format!("{:?}", number.value())))
            }
            Value::Boolean(flag) => Kind::Flag(*flag.value()),
            Value::Datetime(_) => Kind::Date,
            Value::Array(array) => Kind::List(
                array
                    .iter()
                    .map(|value| self.value(value, span.clone()))
                    .collect(),
            ),
            Value::InlineTable(table) => {
                let entries = table.iter().map(|(key, value)| {
                    let place = table.key(key).and_then(|key| key.span());
                    let place = place.unwrap_or(span.clone());
                    Entry {
                        key: key.to_string(),
                        place: self.place(place.clone()),
                        node: self.value(value, place),
                    }
                });
                Kind::Table(Table {
                    entries: entries.collect(),
                })
            }
        };
        Node {
            kind,
            place: self.place(span),
        }
    }
}

/// The bytes between the quotation marks, where they are the string's value as it stands.
fn content(text: &str, span: &Range<usize>, value: &str) -> Option<Range<usize>> {
    let raw = text.get(span.clone())?;
    let marks = ["'''", "\"\"\"", "'", "\""]
        .into_iter()
        .find(|marks| raw.starts_with(marks) && raw.len() >= 2 * marks.len())?;
    let mut inner = marks.len()..raw.len() - marks.len();
    if marks.len() == 3 {
        // The line break right after the opening marks is not part of the value.
        if raw[inner.clone()].starts_with("\r\n") {
            inner.start += 2;
        } else if raw[inner.clone()].starts_with('\n') {
            inner.start += 1;
        }
    }
    (&raw[inner.clone()] == value).then(|| span.start + inner.start..span.start + inner.end)
}
