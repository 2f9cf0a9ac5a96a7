//! The adaptive method for stiff equations: each lane goes from `t` to `t + dt` in steps of its own, with its own error control,
//! so that no result depends on its neighbours. RODAS3 (see `method`), the Jacobian from the symbolic derivatives.
//!
//! The equations are evaluated at the time within the step; what else the caller gives (uniforms, other columns, and
//! whether a cell is refractory) is held over `dt`. Whatever the precision of the columns, steps are computed in double precision.

mod advance;
mod elimination;
mod method;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::{Integrator, IntegratorError, System, jacobian};
use crate::derivative;
use crate::graph::{Expression, Graph, Symbol, SymbolKind};
use crate::program::{Output, Program, SymbolPlace, Workspace, lower};

pub use advance::{RosenbrockWorkspace, StepFailed};

/// The name of the time within a step: no name in a text has a space.
const TIME_WITHIN: &str = "time within the step";

/// The name of a step's length.
const STEP_LENGTH: &str = "length of the step";

/// The part of a step over which stimuli are differentiated in time: small against the step, large against rounding.
const DIFFERENCE: f64 = 1e-4;

/// Error tolerances of an adaptive method.
#[derive(Clone, Debug, PartialEq)]
pub struct Tolerance {
    /// Against the size of each variable.
    pub relative: f64,
    /// Of each variable, in its unit.
    pub absolute: Vec<f64>,
}

/// The Rosenbrock method for one system, ready to advance it.
#[derive(Clone, Debug)]
pub struct Rosenbrock {
    /// Derivatives, Jacobian, and derivatives by time.
    start: Program,
    /// Derivatives alone.
    stage: Program,
    /// The columns of the states.
    states: Vec<u16>,
    /// The other columns that the equations read.
    others: Vec<u16>,
    /// The column that keeps each lane's last step (s) for the next call.
    step: Option<u16>,
    tolerance: Tolerance,
}

impl Rosenbrock {
    /// Prepares a system whose states are columns. `place` says where each name is found, `uniforms` how many uniforms there are,
    /// `step` which column keeps the length of each lane's last step (0 where there was none yet).
    ///
    /// # Errors
    /// Noise or random numbers in an equation, an equation that cannot be differentiated, a name without a place.
    pub fn new(
        graph: &mut Graph,
        system: &System,
        place: &dyn Fn(&str) -> Option<SymbolPlace>,
        uniforms: usize,
        step: Option<u16>,
        tolerance: Tolerance,
    ) -> Result<Rosenbrock, IntegratorError> {
        let system = within_the_step(graph, system);
        refuse_noise(graph, &system)?;
        let size = system.variables.len();
        let (drifts, rows, by_time) = derivatives(graph, &system)?;
        // Columns of a lane's own: states, time, step, what else is read, then the results.
        let no_place = |name: &str| IntegratorError::NoPlace(name.to_owned());
        let mut own: HashMap<String, SymbolPlace> = HashMap::new();
        let mut states = Vec::with_capacity(size);
        for (number, variable) in system.variables.iter().enumerate() {
            let SymbolKind::Named(name) = graph.symbol_kind(variable.symbol) else {
                return Err(no_place(&variable.name));
            };
            let Some(SymbolPlace::Column(column)) = place(name) else {
                return Err(no_place(name));
            };
            states.push(column);
            own.insert(name.clone(), SymbolPlace::Column(number as u16));
        }
        own.insert(TIME_WITHIN.to_owned(), SymbolPlace::Column(size as u16));
        own.insert(STEP_LENGTH.to_owned(), SymbolPlace::Column(size as u16 + 1));
        let mut roots = drifts.clone();
        roots.extend(rows.iter().chain(&by_time));
        let mut others = Vec::new();
        for symbol in graph.symbols_of(&roots) {
            let SymbolKind::Named(name) = graph.symbol_kind(symbol) else {
                continue;
            };
            if own.contains_key(name) {
                continue;
            }
            let found = match place(name).ok_or_else(|| no_place(name))? {
                SymbolPlace::Column(column) => {
                    others.push(column);
                    SymbolPlace::Column((size + 1 + others.len()) as u16)
                }
                uniform => uniform,
            };
            own.insert(name.clone(), found);
        }
        let first = size + 2 + others.len();
        let own_place = |name: &str| own.get(name).copied();
        let mut program = |expressions: &[Expression]| {
            let outputs: Vec<Output> = expressions
                .iter()
                .zip(first..)
                .map(|(&expression, column)| Output {
                    expression,
                    column: column as u16,
                })
                .collect();
            lower(graph, &outputs, &own_place, uniforms).map_err(|name| no_place(&name))
        };
        Ok(Rosenbrock {
            start: program(&roots)?,
            stage: program(&drifts)?,
            states,
            others,
            step,
            tolerance,
        })
    }

    /// Memory to advance in: one for each thread.
    pub fn workspace(&self) -> RosenbrockWorkspace {
        RosenbrockWorkspace::new(self)
    }

    fn size(&self) -> usize {
        self.states.len()
    }

    /// The place of the first result among a lane's own columns.
    fn first_result(&self) -> usize {
        self.size() + 2 + self.others.len()
    }

    fn program_workspaces(&self) -> [Workspace<f64>; 2] {
        [self.start.workspace(), self.stage.workspace()]
    }
}

/// The system with the time within the step for the time in its drifts; whether it is active is settled at the step's start.
fn within_the_step(graph: &mut Graph, system: &System) -> System {
    let time = graph.name("t");
    let within = graph.named(TIME_WITHIN);
    let replacements: HashMap<Symbol, Expression> = HashMap::from([(time, within)]);
    let mut system = system.clone();
    for variable in &mut system.variables {
        variable.drift = graph.substitute(&[variable.drift], &replacements)[0];
    }
    system
}

fn refuse_noise(graph: &Graph, system: &System) -> Result<(), IntegratorError> {
    for variable in &system.variables {
        let drawn = graph
            .symbols_of(&[variable.drift])
            .into_iter()
            .any(|symbol| !matches!(graph.symbol_kind(symbol), SymbolKind::Named(_)));
        if drawn || !variable.diffusion.is_empty() {
            let name = variable.name.clone();
            return Err(IntegratorError::Noise(Integrator::Rosenbrock, name));
        }
    }
    Ok(())
}

/// The derivatives in time, the Jacobian row by row, and what time itself changes: by a difference where there is no derivative,
/// as for stimuli.
#[allow(clippy::type_complexity)]
fn derivatives(
    graph: &mut Graph,
    system: &System,
) -> Result<(Vec<Expression>, Vec<Expression>, Vec<Expression>), IntegratorError> {
    let drifts = system.drifts(graph);
    let undifferentiable = |graph: &mut Graph| {
        let symbols: Vec<Symbol> = system.variables.iter().map(|v| v.symbol).collect();
        let smooth = |graph: &mut Graph, drift| {
            symbols
                .iter()
                .all(|symbol| derivative(graph, drift, *symbol).is_some())
        };
        let place = drifts.iter().position(|drift| !smooth(graph, *drift));
        IntegratorError::NoJacobian(system.variables[place.unwrap_or(0)].name.clone())
    };
    let Some(rows) = jacobian(graph, system) else {
        return Err(undifferentiable(graph));
    };
    let by_time = drifts.iter().map(|drift| by_time(graph, *drift)).collect();
    Ok((drifts, rows.into_iter().flatten().collect(), by_time))
}

/// The change of a derivative with time alone.
fn by_time(graph: &mut Graph, drift: Expression) -> Expression {
    let time = graph.name(TIME_WITHIN);
    if let Some(slope) = derivative(graph, drift, time) {
        return slope;
    }
    let (now, step, part) = (
        graph.symbol(time),
        graph.named(STEP_LENGTH),
        graph.constant(DIFFERENCE),
    );
    let ahead = graph.multiply(step, part);
    let later = graph.add(now, ahead);
    let then = graph.substitute(&[drift], &HashMap::from([(time, later)]))[0];
    let change = graph.subtract(then, drift);
    graph.divide(change, ahead)
}
