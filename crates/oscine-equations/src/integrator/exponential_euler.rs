//! Exponential Euler: where `dx/dt = f = a x + b` with `a` and `b` free of `x`, and both held over the step,
//! `x + f dt (exp(a dt) - 1)/(a dt)`; all variables move at once from the values at the step's start.

use super::{IntegratorError, System};
use crate::graph::{Expression, Graph, Unary};
use crate::linear_parts;

/// The new values.
pub(super) fn step(graph: &mut Graph, system: &System) -> Result<Vec<Expression>, IntegratorError> {
    let h = graph.named("dt");
    let mut new = Vec::with_capacity(system.variables.len());
    for variable in &system.variables {
        let (slope, rest) = linear_parts(graph, variable.drift, variable.symbol)
            .ok_or_else(|| IntegratorError::NotLinearInItself(variable.name.clone()))?;
        let value = graph.symbol(variable.symbol);
        let exponent = graph.multiply(slope, h);
        let moved = if graph.constant_value(rest) == Some(0.0) {
            let decay = graph.unary(Unary::Exp, exponent);
            graph.multiply(value, decay)
        } else {
            let share = graph.unary(Unary::ExpRel, exponent);
            let share = graph.multiply(share, h);
            let change = graph.multiply(variable.drift, share);
            graph.add(value, change)
        };
        new.push(system.or_stand_still(graph, variable, moved));
    }
    Ok(new)
}
