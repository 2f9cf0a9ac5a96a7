//! `[quick]`: keys of the file with the values that they have in the short form.

use crate::declaration::ValueKind;
use crate::declaration::kinds::Expression;
use crate::declaration::named::{all, flatten};
use crate::declaration::reference::Shape;
use crate::reading::fields::At;
use crate::reading::tree::{Kind, Node, Place, Table};
use crate::{Named, Value};

/// The table of the short form.
pub(crate) struct Short;

impl ValueKind for Short {
    type Value = Named<Value>;

    fn read(at: &At, node: &Node) -> Option<Named<Value>> {
        let Kind::Table(table) = &node.kind else {
            return at.wrong(node, "a table such as { \"run.duration\" = \"1 s\" }");
        };
        all(flatten(table).into_iter().map(|(key, node)| {
            let value = match &node.kind {
                // As on the command line: `"sweep.repeat" = "4"`.
                Kind::Text(text, _) => Value::parse(text),
                _ => value(&at.inside(&key), node)?,
            };
            Some((key, value))
        }))
    }

    fn write(settings: &Named<Value>) -> Option<Node> {
        let mut table = Table::default();
        for (key, value) in settings {
            table.add(key, value.0.clone());
        }
        (!settings.is_empty()).then(|| Node::table(table))
    }

    fn shape() -> Shape {
        Shape::ByDottedName(Box::new(Shape::Anything))
    }
}

/// A flag, a text or number, or a list of those.
fn value(at: &At, node: &Node) -> Option<Value> {
    match &node.kind {
        Kind::List(nodes) => all(nodes.iter().map(|node| value(at, node))).map(drop)?,
        Kind::Flag(_) => {}
        _ => Expression::read(at, node).map(drop)?,
    }
    let mut node = node.clone();
    node.move_to(&Place::NOWHERE);
    Some(Value(node))
}
