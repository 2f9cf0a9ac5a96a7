//! One number from one expression: for what is computed once a step or once a run, and for tests.

use std::collections::HashMap;
use std::f64::consts::PI;

use crate::graph::{Binary, Expression, Function, Graph, Node, Symbol};

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
                poisson_quantile(values[&mean], values[&probability])
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

/// The least k at which the Poisson distribution function exceeds the probability, by summing it up.
///
/// NaN for a mean that is negative or not finite.
pub fn poisson_quantile(mean: f64, probability: f64) -> f64 {
    if !mean.is_finite() || mean < 0.0 || probability.is_nan() {
        return f64::NAN;
    }
    if mean == 0.0 {
        return 0.0;
    }
    // Below ten standard deviations from the mean there is nothing that a double can tell from 0.
    let spread = 10.0 * mean.sqrt() + 10.0;
    let mut count = (mean - spread).max(0.0).floor();
    let mut term = (count * mean.ln() - mean - log_factorial(count)).exp();
    let mut sum = term;
    while sum <= probability && count < mean + 2.0 * spread {
        count += 1.0;
        term *= mean / count;
        sum += term;
    }
    count
}

/// `ln k!`, by Stirling's series beyond 20 (Abramowitz & Stegun 6.1.41, error below 1e-13 there).
fn log_factorial(count: f64) -> f64 {
    if count <= 20.0 {
        return (1..=count as u32).map(|k| f64::from(k).ln()).sum();
    }
    let inverse = 1.0 / count;
    let square = inverse * inverse;
    let series =
        inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
    count * count.ln() - count + 0.5 * (2.0 * PI * count).ln() + series
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
    fn poisson_quantiles_have_the_mean_and_variance_of_the_distribution() {
        for mean in [0.1, 1.0, 7.3, 40.0, 900.0] {
            let draws: Vec<f64> = (0..20_000)
                .map(|place| poisson_quantile(mean, (f64::from(place) + 0.5) / 20_000.0))
                .collect();
            let average = draws.iter().sum::<f64>() / 20_000.0;
            let variance = draws
                .iter()
                .map(|draw| (draw - average).powi(2))
                .sum::<f64>()
                / 20_000.0;
            assert!(
                (average - mean).abs() < 1e-3 * mean + 1e-3,
                "{mean}: {average}"
            );
            assert!(
                (variance - mean).abs() < 5e-3 * mean + 1e-3,
                "{mean}: {variance}"
            );
        }
        assert_eq!(poisson_quantile(0.0, 0.999), 0.0);
        assert!(poisson_quantile(-1.0, 0.5).is_nan());
    }
}
