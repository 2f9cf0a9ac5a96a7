//! The change of a variable over one step at the rate of its start, `f dt`, where `f = a x + b` with `a` and `b` free of `x`:
//! `a dt x + b dt`, in which constants meet and are folded before anything runs.

use super::Variable;
use crate::graph::{Binary, Expression, Graph, Node, Unary};
use crate::linear_parts;

/// The change in a step, `f dt`, of a variable whose drift is linear in itself: `f = a x + b`.
pub(super) struct LinearChange {
    /// `a dt`
    pub exponent: Expression,
    /// `b` is 0.
    pub decays: bool,
    /// `a dt x + b dt`
    pub change: Expression,
}

impl LinearChange {
    /// `None` where the drift is not linear in its own variable.
    pub fn of(graph: &mut Graph, variable: &Variable) -> Option<Self> {
        let (slope, rest) = linear_parts(graph, variable.drift, variable.symbol)?;
        let value = graph.symbol(variable.symbol);
        let exponent = of_a_step(graph, slope, 1.0);
        let bent = graph.multiply(exponent, value);
        let straight = of_a_step(graph, rest, 1.0);
        Some(Self {
            exponent,
            decays: graph.constant_value(rest) == Some(0.0),
            change: graph.add(bent, straight),
        })
    }
}

/// `f dt` in the form that takes fewer operations: as it is written, or taken apart.
pub(super) fn change(graph: &mut Graph, variable: &Variable) -> Expression {
    let h = graph.named("dt");
    let written = graph.multiply(h, variable.drift);
    match LinearChange::of(graph, variable) {
        Some(linear) if operations(graph, linear.change) < operations(graph, written) => {
            linear.change
        }
        _ => written,
    }
}

/// How many operations an expression has on what is not the same for all cells.
fn operations(graph: &Graph, expression: Expression) -> usize {
    let step = graph.find("dt");
    let mut varying = vec![false; graph.len()];
    let mut count = 0;
    for node in graph.reachable(&[expression]) {
        varying[graph.index(node)] = match graph.node(node) {
            Node::Constant(_) => false,
            Node::Symbol(symbol) => Some(symbol) != step,
            _ => {
                let varies = graph.operands(node).any(|x| varying[graph.index(x)]);
                count += usize::from(varies);
                varies
            }
        };
    }
    count
}

/// `factor * rate * dt`. Constant factors, terms and signs are gathered, so that they are folded before anything runs.
fn of_a_step(graph: &mut Graph, rate: Expression, factor: f64) -> Expression {
    match graph.node(rate) {
        Node::Unary(Unary::Negate, x) => return of_a_step(graph, x, -factor),
        Node::Binary(operation, x, y) => {
            let (left, right) = (graph.constant_value(x), graph.constant_value(y));
            match (operation, left, right) {
                (Binary::Multiply, Some(value), _) => return of_a_step(graph, y, factor * value),
                (Binary::Multiply, _, Some(value)) => return of_a_step(graph, x, factor * value),
                (Binary::Divide, _, Some(value)) => return of_a_step(graph, x, factor / value),
                (Binary::Add | Binary::Subtract, _, _) if left.or(right).is_some() => {
                    let opposite = if operation == Binary::Add {
                        factor
                    } else {
                        -factor
                    };
                    let (x, y) = (of_a_step(graph, x, factor), of_a_step(graph, y, opposite));
                    return graph.add(x, y);
                }
                _ => {}
            }
        }
        _ => {}
    }
    let (factor, h) = (graph.constant(factor), graph.named("dt"));
    let factor = graph.multiply(factor, h);
    graph.multiply(rate, factor)
}
