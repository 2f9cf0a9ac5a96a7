//! One number from one expression: for what is computed once a step or once a run, and for tests.

use std::collections::HashMap;

use crate::graph::{Binary, Expression, Function, Graph, Node, Symbol};
use crate::lanes::poisson_quantile;

/// The value of an expression, each shared part computed once.
///
/// `symbols` gives the value of each symbol, `functions` that of each external function at a time and an index.
pub fn evaluate(
    graph: &Graph,
    expression: Expression,
    symbols: &dyn Fn(Symbol) -> f64,
    functions: &dyn Fn(Function, f64, f64) -> f64,
) -> f64 {
    Evaluation::of(graph, expression).value(symbols, functions)
}

/// The evaluation of an expression, laid out to be computed again and again with other values of its symbols.
pub struct Evaluation {
    /// Each node after its operands, which are named by their place; the last is the expression.
    nodes: Vec<(Node, [usize; 3])>,
    values: Vec<f64>,
}

impl Evaluation {
    /// Lays an expression out.
    pub fn of(graph: &Graph, expression: Expression) -> Self {
        let order = graph.reachable(&[expression]);
        let places: HashMap<Expression, usize> = order
            .iter()
            .enumerate()
            .map(|(place, node)| (*node, place))
            .collect();
        let nodes = order
            .iter()
            .map(|&expression| {
                let mut operands = [0; 3];
                for (operand, place) in graph.operands(expression).zip(&mut operands) {
                    *place = places[&operand];
                }
                (graph.node(expression), operands)
            })
            .collect();
        Self {
            values: vec![0.0; order.len()],
            nodes,
        }
    }

    /// The value, with these values of the symbols and functions.
    pub fn value(
        &mut self,
        symbols: &dyn Fn(Symbol) -> f64,
        functions: &dyn Fn(Function, f64, f64) -> f64,
    ) -> f64 {
        for (place, (node, operands)) in self.nodes.iter().enumerate() {
            let [a, b, c] = operands.map(|operand| self.values[operand]);
            self.values[place] = match *node {
                Node::Constant(bits) => f64::from_bits(bits),
                Node::Symbol(symbol) => symbols(symbol),
                Node::Unary(operation, _) => operation.evaluate(a),
                // Fused, as programs compute it.
                Node::Binary(Binary::PoissonQuantile, ..) => poisson_quantile::<true>(a, b),
                Node::Binary(operation, ..) => operation.evaluate(a, b),
                Node::Select(..) => {
                    if a != 0.0 {
                        b
                    } else {
                        c
                    }
                }
                Node::Apply(function, ..) => functions(function, a, b),
            };
        }
        self.values.last().copied().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_parts_are_computed_once() {
        let mut graph = Graph::new();
        let mut expression = graph.named("x");
        for _ in 0..60 {
            expression = graph.add(expression, expression);
        }
        let value = evaluate(&graph, expression, &|_| 1.0, &|_, _, _| f64::NAN);
        assert_eq!(value, 2f64.powi(60));
    }

    #[test]
    fn poisson_numbers_are_quantiles() {
        let mut graph = Graph::new();
        let (mean, draw) = (graph.named("mean"), graph.named("draw"));
        let count = graph.binary(Binary::PoissonQuantile, mean, draw);
        let symbol = graph.name("mean");
        // P(k <= 2) = 5 exp(-2) = 0.677 and P(k <= 3) = 0.857 for the mean 2.
        let value = |probability: f64| {
            let symbols = |asked| if asked == symbol { 2.0 } else { probability };
            evaluate(&graph, count, &symbols, &|_, _, _| f64::NAN)
        };
        assert_eq!([value(0.676), value(0.677), value(0.856)], [2.0, 3.0, 3.0]);
    }
}
