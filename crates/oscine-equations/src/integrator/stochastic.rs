//! Methods for equations with noise, `dx = f dt + Σ g_k dW_k`, in which `dW_k = √dt ξ_k` with a standard normal `ξ_k` for each noise
//! (Kloeden & Platen 1992). Without noise, `euler` and `heun` are the deterministic methods of those names.

use super::{IntegratorError, System, linear_change};
use crate::derivative;
use crate::graph::{Expression, Graph, Unary};

/// `x + f dt + Σ g dW` (Itô).
pub(super) fn euler(graph: &mut Graph, system: &System) -> Vec<Expression> {
    let kicks = kicks(graph, system);
    system
        .variables
        .iter()
        .zip(kicks)
        .map(|(variable, kick)| {
            let change = linear_change::change(graph, variable);
            let change = system.while_active(graph, variable, change);
            let value = graph.symbol(variable.symbol);
            let moved = graph.add(value, change);
            graph.add(moved, kick)
        })
        .collect()
}

/// Half of the changes at the start and half of those at an Euler step's end, drift and noise alike (Stratonovich).
pub(super) fn heun(graph: &mut Graph, system: &System) -> Vec<Expression> {
    let predicted = euler(graph, system);
    let (h, t) = (graph.named("dt"), graph.named("t"));
    let end = graph.add(t, h);
    let drifts = system.drifts(graph);
    let kicks = kicks(graph, system);
    let drifts_then = system.at(graph, &drifts, &predicted, end);
    let kicks_then = system.at(graph, &kicks, &predicted, end);
    let half = graph.constant(0.5);
    let half_step = graph.multiply(h, half);
    let values = system.values(graph);
    (0..values.len())
        .map(|place| {
            let drift = graph.add(drifts[place], drifts_then[place]);
            let drift = graph.multiply(drift, half_step);
            let kick = graph.add(kicks[place], kicks_then[place]);
            let kick = graph.multiply(kick, half);
            let moved = graph.add(values[place], drift);
            graph.add(moved, kick)
        })
        .collect()
}

/// `x + f dt + g dW + ½ g g' dW²` (Stratonovich), one noise a variable that no other variable's `g` depends on.
pub(super) fn milstein(
    graph: &mut Graph,
    system: &System,
) -> Result<Vec<Expression>, IntegratorError> {
    let plain = euler(graph, system);
    let half = graph.constant(0.5);
    let mut new = Vec::with_capacity(plain.len());
    for (variable, moved) in system.variables.iter().zip(plain) {
        let [(noise, coefficient)] = variable.diffusion[..] else {
            if variable.diffusion.len() > 1 {
                return Err(IntegratorError::SeveralNoises(variable.name.clone()));
            }
            new.push(moved);
            continue;
        };
        let slope = derivative(graph, coefficient, variable.symbol)
            .ok_or_else(|| IntegratorError::NoDerivative(variable.name.clone()))?;
        let increment = wiener_increment(graph, noise);
        let square = graph.multiply(increment, increment);
        let product = graph.multiply(coefficient, slope);
        let product = graph.multiply(product, half);
        let correction = graph.multiply(product, square);
        let correction = system.while_active(graph, variable, correction);
        new.push(graph.add(moved, correction));
    }
    Ok(new)
}

/// `√dt ξ`
fn wiener_increment(graph: &mut Graph, noise: crate::graph::Symbol) -> Expression {
    let h = graph.named("dt");
    let root = graph.unary(Unary::SquareRoot, h);
    let draw = graph.symbol(noise);
    graph.multiply(draw, root)
}

/// `Σ g dW` of each variable.
fn kicks(graph: &mut Graph, system: &System) -> Vec<Expression> {
    system
        .variables
        .iter()
        .map(|variable| {
            let mut sum = graph.constant(0.0);
            for (noise, coefficient) in &variable.diffusion {
                let increment = wiener_increment(graph, *noise);
                let kick = graph.multiply(*coefficient, increment);
                sum = graph.add(sum, kick);
            }
            system.while_active(graph, variable, sum)
        })
        .collect()
}
