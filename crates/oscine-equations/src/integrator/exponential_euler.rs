//! Exponential Euler: where `dx/dt = a x + b` with `a` and `b` free of `x`, and both held over the step,
//! `x + (a dt x + b dt) (exp(a dt) - 1)/(a dt)`; all variables move at once from the values at the step's start.

use super::linear_change::LinearChange;
use super::{IntegratorError, System};
use crate::graph::{Expression, Graph, Unary};

/// The new values.
pub(super) fn step(graph: &mut Graph, system: &System) -> Result<Vec<Expression>, IntegratorError> {
    let mut new = Vec::with_capacity(system.variables.len());
    for variable in &system.variables {
        let LinearChange {
            exponent,
            decays,
            change,
        } = LinearChange::of(graph, variable)
            .ok_or_else(|| IntegratorError::NotLinearInItself(variable.name.clone()))?;
        let value = graph.symbol(variable.symbol);
        if decays {
            let decay = graph.unary(Unary::Exp, exponent);
            let moved = graph.multiply(value, decay);
            new.push(system.or_stand_still(graph, variable, moved));
        } else {
            let share = graph.unary(Unary::ExpRel, exponent);
            let change = graph.multiply(change, share);
            let change = system.while_active(graph, variable, change);
            new.push(graph.add(value, change));
        }
    }
    Ok(new)
}
