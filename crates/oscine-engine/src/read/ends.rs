//! The two ends of a synapse: the names by which its texts call the variables of its source and of its target.

use std::collections::HashMap;

use oscine_equations::graph::{Node, SymbolKind};
use oscine_equations::{Binding, Expression, Graph, Scope, Symbol};

use crate::read::cells::CellDraft;
use crate::read::groups::GroupDraft;
use crate::read::names::stream_name;
use crate::read::protocol;
use crate::read::scope::given;

/// Whose variable a name of a synapse's text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Pre,
    Post,
}

/// The cell's variable that a synapse's text calls `v_post`, `v_pre` or, for the target, just `v`.
pub(crate) fn split_side(name: &str) -> (&str, Side) {
    if let Some(plain) = name.strip_suffix("_pre") {
        (plain, Side::Pre)
    } else if let Some(plain) = name.strip_suffix("_post") {
        (plain, Side::Post)
    } else {
        (name, Side::Post)
    }
}

/// True for names that mean the same for cells and synapses.
pub(crate) fn of_time(name: &str) -> bool {
    ["t", "dt", "t_in_timesteps", protocol::PHASE].contains(&name)
}

/// A draw of a cell in a synapse's graph: the same number for all of the cell's synapses, and the one that the cell itself draws.
#[derive(Clone, Debug)]
pub(crate) struct Borrowed {
    pub symbol: Symbol,
    /// The population's stream.
    pub stream: String,
    pub side: Side,
}

/// A cell's expression in a synapse's graph, its names with the suffix of its side; its draws are borrowed.
pub(crate) fn import(
    graph: &mut Graph,
    cells: &CellDraft,
    root: Expression,
    side: Side,
    borrowed: &mut Vec<Borrowed>,
) -> Expression {
    let mut image: HashMap<Expression, Expression> = HashMap::new();
    for expression in cells.graph.reachable(&[root]) {
        let new = match cells.graph.node(expression) {
            Node::Constant(bits) => graph.constant(f64::from_bits(bits)),
            Node::Symbol(symbol) => match cells.graph.symbol_kind(symbol) {
                SymbolKind::Named(name) if of_time(name) => graph.named(name),
                SymbolKind::Named(name) => match (name.as_str(), side) {
                    ("i", Side::Pre) => graph.named("i"),
                    ("i", Side::Post) => graph.named("j"),
                    (name, Side::Pre) => graph.named(&format!("{name}_pre")),
                    (name, Side::Post) => graph.named(&format!("{name}_post")),
                },
                kind => {
                    let normal = matches!(kind, SymbolKind::Normal(_));
                    let stream = stream_name(&cells.graph, symbol, &cells.name);
                    borrow(graph, stream, normal, side, borrowed)
                }
            },
            Node::Unary(operation, a) => graph.unary(operation, image[&a]),
            Node::Binary(operation, a, b) => graph.binary(operation, image[&a], image[&b]),
            Node::Select(a, b, c) => graph.select(image[&a], image[&b], image[&c]),
            Node::Apply(function, a, b) => {
                let function = graph.function(cells.graph.function_name(function));
                graph.apply(function, image[&a], image[&b])
            }
        };
        image.insert(expression, new);
    }
    image[&root]
}

/// The draw of a stream for the cell at one end, the same symbol wherever it is asked for.
fn borrow(
    graph: &mut Graph,
    stream: String,
    normal: bool,
    side: Side,
    borrowed: &mut Vec<Borrowed>,
) -> Expression {
    let known = borrowed
        .iter()
        .find(|lent| lent.stream == stream && lent.side == side);
    let symbol = match known {
        Some(lent) => lent.symbol,
        None => {
            let symbol = match normal {
                true => graph.normal_draw(),
                false => graph.uniform_draw(),
            };
            borrowed.push(Borrowed {
                symbol,
                stream,
                side,
            });
            symbol
        }
    };
    graph.symbol(symbol)
}

/// Binds the names of a cell, with suffixes.
pub(crate) fn bind_cell(scope: &mut Scope, group: &GroupDraft, suffixes: &[&str]) {
    let GroupDraft::Cells(cells) = group else {
        return;
    };
    let outside = Scope::new();
    for name in cells.model.scope.names() {
        let reserved = ["t", "dt", "i", "j", "N", "t_in_timesteps", "xi"].contains(&name);
        if reserved || outside.get(name).is_some() {
            continue;
        }
        let binding = match cells.model.scope.get(name) {
            Some(Binding::Constant(quantity)) => Binding::Constant(*quantity),
            Some(Binding::Symbol {
                dimension,
                writable,
            }) => Binding::Symbol {
                dimension: *dimension,
                writable: *writable,
            },
            Some(Binding::Expression { dimension, .. }) => given(*dimension),
            Some(Binding::Function { .. }) | None => continue,
        };
        for suffix in suffixes {
            scope.bind(format!("{name}{suffix}"), binding);
        }
    }
}
