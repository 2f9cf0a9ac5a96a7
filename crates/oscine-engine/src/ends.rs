//! The two ends of a synapse: the names by which its texts call the variables of its source and of its target.

use std::collections::HashMap;

use oscine_equations::graph::{Node, SymbolKind};
use oscine_equations::{Binding, Expression, Graph, Scope};

use crate::draft::CellDraft;
use crate::names::given;
use crate::plan::GroupDraft;
use crate::protocol;

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

/// A cell's expression in a synapse's graph, its names with the suffix of its side.
pub(crate) fn import(
    graph: &mut Graph,
    cells: &CellDraft,
    root: Expression,
    side: Side,
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
                SymbolKind::Uniform(_) => {
                    let draw = graph.uniform_draw();
                    graph.symbol(draw)
                }
                SymbolKind::Normal(_) => {
                    let draw = graph.normal_draw();
                    graph.symbol(draw)
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
