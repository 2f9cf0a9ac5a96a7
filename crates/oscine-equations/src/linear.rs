//! The linear parts of an expression in one of its symbols: `expression = slope*symbol + rest`.

use std::collections::HashMap;

use crate::graph::{Binary, Expression, Graph, Node, Symbol, Unary};

/// `(a, b)` with `expression = a*symbol + b`, both free of the symbol, or nothing where the expression is not of
/// that form.
pub fn linear_parts(
    graph: &mut Graph,
    expression: Expression,
    symbol: Symbol,
) -> Option<(Expression, Expression)> {
    let zero = graph.constant(0.0);
    let one = graph.constant(1.0);
    let mut known: HashMap<Expression, Option<(Expression, Expression)>> = HashMap::new();
    for node in graph.reachable(&[expression]) {
        let free = graph
            .operands(node)
            .all(|operand| known[&operand].is_some_and(|(slope, _)| slope == zero));
        let parts = match graph.node(node) {
            Node::Symbol(found) if found == symbol => Some((one, zero)),
            _ if free => Some((zero, node)),
            _ => combine(graph, node, zero, &known),
        };
        known.insert(node, parts);
    }
    known[&expression]
}

fn combine(
    graph: &mut Graph,
    node: Expression,
    zero: Expression,
    known: &HashMap<Expression, Option<(Expression, Expression)>>,
) -> Option<(Expression, Expression)> {
    match graph.node(node) {
        Node::Unary(Unary::Negate, x) => {
            let (slope, rest) = known[&x]?;
            Some((graph.negate(slope), graph.negate(rest)))
        }
        Node::Binary(operation @ (Binary::Add | Binary::Subtract), x, y) => {
            let ((a, b), (c, d)) = (known[&x]?, known[&y]?);
            Some((graph.binary(operation, a, c), graph.binary(operation, b, d)))
        }
        Node::Binary(Binary::Multiply, x, y) => {
            let (x, y) = (known[&x]?, known[&y]?);
            let (factor, (slope, rest)) = if x.0 == zero {
                (x.1, y)
            } else if y.0 == zero {
                (y.1, x)
            } else {
                return None;
            };
            Some((graph.multiply(slope, factor), graph.multiply(rest, factor)))
        }
        Node::Binary(Binary::Divide, x, y) => {
            let ((slope, rest), (below, divisor)) = (known[&x]?, known[&y]?);
            (below == zero).then(|| (graph.divide(slope, divisor), graph.divide(rest, divisor)))
        }
        Node::Select(condition, x, y) => {
            let ((under, condition), (a, b), (c, d)) = (known[&condition]?, known[&x]?, known[&y]?);
            (under == zero).then(|| (graph.select(condition, a, c), graph.select(condition, b, d)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dimension::Dimension;
    use crate::evaluate::evaluate;
    use crate::resolve::resolve;
    use crate::scope::{Binding, Scope};

    fn parts(text: &str) -> Option<(f64, f64)> {
        let mut scope = Scope::new();
        let dimension = Dimension::DIMENSIONLESS;
        for name in ["x", "m", "g", "tau"] {
            scope.bind(
                name,
                Binding::Symbol {
                    dimension,
                    writable: false,
                },
            );
        }
        let mut graph = Graph::new();
        let expression = resolve(&mut graph, &scope, text).unwrap().expression;
        let x = graph.name("x");
        let (slope, rest) = linear_parts(&mut graph, expression, x)?;
        assert!(!graph.depends_on(slope, x) && !graph.depends_on(rest, x));
        let value = |graph: &Graph, expression| {
            let symbols = |asked: Symbol| match graph.symbol_kind(asked) {
                crate::graph::SymbolKind::Named(name) if name == "m" => 0.5,
                crate::graph::SymbolKind::Named(name) if name == "g" => 3.0,
                _ => 4.0,
            };
            evaluate(graph, expression, &symbols, &|_, _, _| f64::NAN)
        };
        Some((value(&graph, slope), value(&graph, rest)))
    }

    #[test]
    fn membranes_are_linear_in_their_potential() {
        assert_eq!(parts("(2 - x)/tau"), Some((-0.25, 0.5)));
        assert_eq!(
            parts("g*m**3*(2 - x) - (x - 1)*8 + exp(m - m)"),
            Some((-8.375, 9.75))
        );
        assert_eq!(parts("where(m > 0, x, 3*x) - (-x)"), Some((2.0, 0.0)));
        assert_eq!(parts("3*m"), Some((0.0, 1.5)));
    }

    #[test]
    fn what_is_not_linear_has_no_parts() {
        for text in [
            "x*x",
            "exp(x)",
            "1/x",
            "where(x > 0, x, 1)",
            "abs(x)",
            "x**1.5",
            "max(x, 0)",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
