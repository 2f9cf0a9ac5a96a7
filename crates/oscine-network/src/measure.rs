//! `[measure.NAME]`, `[[claim]]` and `[[figure]]`: their form; what they mean is worked out when they are carried out.

use crate::checks::Findings;
use crate::declaration::kinds::{Expression, Filled, Flag, Maybe, Strings, Words};
use crate::declaration::named::all;
use crate::declaration::reference::TableReference;
use crate::declaration::{Key, Keys, Table, table};
use crate::reading::fields::{At, Fields, text_of};
use crate::reading::tree::{Kind, Node, Table as Tree};
use crate::{Mistake, Named, Text};

table! {
    /// A measure: by name, with its settings, or an expression over others.
    pub struct Measure {
        /// A measure by name.
        what: Option<String> = Maybe<Words>;
        /// An expression over other measures, records and parameters.
        value: Option<Text> = Maybe<Filled<Expression>>;
        /// The records or populations that it is of.
        of: Vec<String> = Strings;
        /// Everything else as written: `frequency`, `from`, `over`.
        settings: Named<Setting> = Settings;
    }
}

impl Table for Measure {
    fn settle(&mut self, fields: &Fields) -> bool {
        match (fields.has("what"), fields.has("value")) {
            (true, true) => fields.note(Mistake::Contradiction {
                table: fields.name.clone(),
                first: "what".into(),
                second: "value".into(),
                help: "a measure is one by name, or an expression over others".into(),
            }),
            (false, false) => {
                fields.missing("what", "`what = \"firing-rate\"`, or `value = \"2*rate\"`")
            }
            _ => return true,
        }
        false
    }
}

/// A setting of a measure, as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// Text, often a quantity.
    Text(Text),
    /// A number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// Several.
    List(Vec<Setting>),
    /// By name.
    Table(Named<Setting>),
}

impl Setting {
    fn read(at: &At, node: &Node) -> Option<Self> {
        Some(match &node.kind {
            Kind::Text(..) => Self::Text(text_of(node)?),
            Kind::Integer(value, _) => Self::Number(*value as f64),
            Kind::Float(value, _) if value.is_finite() => Self::Number(*value),
            Kind::Float(_, written) => return at.not_finite(node, written),
            Kind::Flag(flag) => Self::Flag(*flag),
            Kind::Date => {
                return at.wrong(node, "a string, a number, true or false, a list or a table");
            }
            Kind::List(nodes) => Self::List(all(nodes.iter().map(|node| Self::read(at, node)))?),
            Kind::Table(table) => Self::Table(all(table
                .entries
                .iter()
                .map(|entry| Some((entry.key.clone(), Self::read(at, &entry.node)?))))?),
        })
    }

    fn write(&self) -> Node {
        match self {
            Self::Text(text) => Node::string(&text.value),
            Self::Number(number) => Node::number(*number),
            Self::Flag(flag) => Node::flag(*flag),
            Self::List(values) => Node::list(values.iter().map(Self::write)),
            Self::Table(values) => {
                let mut table = Tree::default();
                for (name, value) in values {
                    table.add(name, value.write());
                }
                Node::table(table)
            }
        }
    }
}

/// All keys of a measure that are its own.
struct Settings;

impl Keys for Settings {
    type Value = Named<Setting>;

    fn read_from(fields: &Fields, _: &Key, into: &mut Named<Setting>) -> bool {
        let read = all(fields.rest().map(|entry| {
            let setting = Setting::read(&fields.at(&entry.key), &entry.node)?;
            Some((entry.key.clone(), setting))
        }));
        fields.leave_rest();
        let whole = read.is_some();
        into.extend(read.unwrap_or_default());
        whole
    }

    fn write_into(settings: &Named<Setting>, _: &Key, into: &mut Tree) {
        for (name, setting) in settings {
            into.add(name, setting.write());
        }
    }

    fn check(_: &Named<Setting>, _: &Key, _: &mut Findings, _: &str, _: &str) {}

    fn describe(_: &Key, _: Option<&Named<Setting>>, into: &mut TableReference) {
        into.is_open = true;
    }
}

table! {
    /// A claim: what the experiment says that its measures show.
    pub struct Claim {
        /// What it says, in words.
        says: String = Words, needs "`says = \"the cells fire near 20 Hz\"`";
        /// An expression over measures.
        value: Text = Filled<Expression>, needs "`value = \"mean(rate)\"`";
        /// The published value.
        published: Text = Expression, needs "`published = \"20 Hz\"`";
        /// The tolerance, how far from it, absolute or in `%`; without it exactly.
        tolerance: Option<Text> = Maybe<Expression>;
        /// Where it was published.
        source: String = Words, usually String::new();
        /// Whether the short form of the experiment judges it too.
        quick: bool = Flag, usually true;
    }
}

impl Table for Claim {}

table! {
    /// A figure: expressions against an expression.
    pub struct Figure {
        /// What is drawn: `rate against drive, exact against drive`.
        plot: Text = Filled<Expression>, needs "`plot = \"rate against drive\"`";
        /// Its title.
        title: Option<String> = Maybe<Words>;
    }
}

impl Table for Figure {}
