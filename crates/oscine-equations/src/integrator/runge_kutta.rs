//! Runge–Kutta methods for equations without noise.

use super::System;
use crate::graph::{Expression, Graph};

/// `x + h f(x + h/2 f(x, t), t + h/2)`: order 2.
pub(super) fn midpoint(graph: &mut Graph, system: &System) -> Vec<Expression> {
    let (values, h, t) = start(graph, system);
    let k1 = system.drifts(graph);
    let half = scaled(graph, h, 0.5);
    let middle = graph.add(t, half);
    let k2 = stage(graph, system, &values, &k1, half, middle);
    along(graph, &values, &k2, h)
}

/// The classical method of order 4 (Kutta 1901).
pub(super) fn classical(graph: &mut Graph, system: &System) -> Vec<Expression> {
    let (values, h, t) = start(graph, system);
    let half = scaled(graph, h, 0.5);
    let (middle, end) = (graph.add(t, half), graph.add(t, h));
    let k1 = system.drifts(graph);
    let k2 = stage(graph, system, &values, &k1, half, middle);
    let k3 = stage(graph, system, &values, &k2, half, middle);
    let k4 = stage(graph, system, &values, &k3, h, end);
    let sixth = scaled(graph, h, 1.0 / 6.0);
    let two = graph.constant(2.0);
    (0..values.len())
        .map(|place| {
            let inner = graph.add(k2[place], k3[place]);
            let doubled = graph.multiply(inner, two);
            let outer = graph.add(k1[place], k4[place]);
            let sum = graph.add(outer, doubled);
            let change = graph.multiply(sum, sixth);
            graph.add(values[place], change)
        })
        .collect()
}

fn start(graph: &mut Graph, system: &System) -> (Vec<Expression>, Expression, Expression) {
    (system.values(graph), graph.named("dt"), graph.named("t"))
}

fn scaled(graph: &mut Graph, expression: Expression, factor: f64) -> Expression {
    let factor = graph.constant(factor);
    graph.multiply(expression, factor)
}

/// The derivatives at `values + h slopes` and a time.
fn stage(
    graph: &mut Graph,
    system: &System,
    values: &[Expression],
    slopes: &[Expression],
    h: Expression,
    time: Expression,
) -> Vec<Expression> {
    let moved = along(graph, values, slopes, h);
    let drifts = system.drifts(graph);
    system.at(graph, &drifts, &moved, time)
}

/// `values + h slopes`
fn along(
    graph: &mut Graph,
    values: &[Expression],
    slopes: &[Expression],
    h: Expression,
) -> Vec<Expression> {
    values
        .iter()
        .zip(slopes)
        .map(|(value, slope)| {
            let change = graph.multiply(h, *slope);
            graph.add(*value, change)
        })
        .collect()
}
