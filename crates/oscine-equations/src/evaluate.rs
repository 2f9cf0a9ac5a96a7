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
    let mut values: HashMap<Expression, f64> = HashMap::new();
    for node in graph.reachable(&[expression]) {
        let value = match graph.node(node) {
            Node::Constant(bits) => f64::from_bits(bits),
            Node::Symbol(symbol) => symbols(symbol),
            Node::Unary(operation, x) => operation.evaluate(values[&x]),
            Node::Binary(Binary::PoissonQuantile, mean, probability) => {
                // Fused, as programs compute it.
                poisson_quantile::<true>(values[&mean], values[&probability])
            }
            Node::Binary(operation, a, b) => operation.evaluate(values[&a], values[&b]),
            Node::Select(condition, yes, no) => {
                if values[&condition] != 0.0 {
                    values[&yes]
                } else {
                    values[&no]
                }
            }
            Node::Apply(function, time, index) => {
                functions(function, values[&time], values[&index])
            }
        };
        values.insert(node, value);
    }
    values[&expression]
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
