//! The exact step of a linear system with constant coefficients, `dx/dt = M x + b`:
//! `x(t + h) = exp(M h) x(t) + (∫₀ʰ exp(M s) ds) b`, with the input `b` held over the step (Rotter & Diesmann 1999).
//!
//! The entries of both matrices are symbols: whoever runs the step puts numbers in their places where all coefficients are numbers,
//! else columns which are computed once, before the first step.

use nalgebra::DMatrix;

use super::{IntegrationStep, IntegratorError, System};
use crate::graph::{Expression, Graph, Symbol, SymbolKind};
use crate::linear_parts;

/// The propagators, the two matrices of an exact step.
#[derive(Clone, Debug)]
pub struct Propagators {
    /// How many variables there are.
    pub size: usize,
    /// The coefficients `M`, row by row: expressions of constants of each element.
    pub coefficients: Vec<Expression>,
    /// The symbols that stand for `exp(M h)`, row by row.
    pub transition: Vec<Symbol>,
    /// The symbols that stand for `∫₀ʰ exp(M s) ds`, row by row.
    pub input: Vec<Symbol>,
}

impl Propagators {
    /// The coefficients, where all of them are numbers.
    pub fn numbers(&self, graph: &Graph) -> Option<Vec<f64>> {
        self.coefficients
            .iter()
            .map(|entry| graph.constant_value(*entry))
            .collect()
    }

    /// The entries of both matrices, row by row, for one element's coefficients and a step of `h` seconds.
    pub fn compute(&self, coefficients: &[f64], h: f64) -> (Vec<f64>, Vec<f64>) {
        matrix_exponential(self.size, coefficients, h)
    }
}

/// `exp(M h)` and `∫₀ʰ exp(M s) ds`, row by row, from the exponential of the matrix `[[M h, I h], [0, 0]]` (Van Loan 1978).
pub fn matrix_exponential(size: usize, coefficients: &[f64], h: f64) -> (Vec<f64>, Vec<f64>) {
    let mut augmented = DMatrix::<f64>::zeros(2 * size, 2 * size);
    for row in 0..size {
        for column in 0..size {
            augmented[(row, column)] = coefficients[row * size + column] * h;
        }
        augmented[(row, size + row)] = h;
    }
    let exponential = augmented.exp();
    let block = |shift: usize| {
        (0..size * size)
            .map(|entry| exponential[(entry / size, shift + entry % size)])
            .collect()
    };
    (block(0), block(size))
}

/// The coefficients `M`, row by row, and the inputs `b`.
pub(super) fn coefficients(
    graph: &mut Graph,
    system: &System,
) -> Result<(Vec<Expression>, Vec<Expression>), IntegratorError> {
    let symbols: Vec<Symbol> = system
        .variables
        .iter()
        .map(|variable| variable.symbol)
        .collect();
    let time = graph.name("t");
    let (mut matrix, mut inputs) = (Vec::new(), Vec::new());
    for variable in &system.variables {
        let not_linear = || IntegratorError::NotLinear(variable.name.clone());
        let mut rest = variable.drift;
        for symbol in &symbols {
            let (coefficient, remainder) =
                linear_parts(graph, rest, *symbol).ok_or_else(not_linear)?;
            // A number that is drawn is another one at every step, and the propagators are computed once.
            let constant = graph.symbols_of(&[coefficient]).iter().all(|found| {
                matches!(graph.symbol_kind(*found), SymbolKind::Named(_))
                    && !symbols.contains(found)
                    && !system.changing.contains(found)
                    && *found != time
            });
            if !constant {
                return Err(not_linear());
            }
            matrix.push(coefficient);
            rest = remainder;
        }
        inputs.push(rest);
    }
    Ok((matrix, inputs))
}

/// The new values.
pub(super) fn step(graph: &mut Graph, system: &System) -> Result<IntegrationStep, IntegratorError> {
    let (matrix, inputs) = coefficients(graph, system)?;
    let mut propagators = Vec::new();
    let moving = advance(graph, system, &matrix, &inputs, &mut propagators);
    let Some(active) = system.active else {
        return Ok(IntegrationStep {
            new: moving,
            propagators,
        });
    };
    // While a cell is refractory, the equations of what stands still have no right-hand side.
    let size = system.variables.len();
    let zero = graph.constant(0.0);
    let frozen = |row: usize| system.variables[row].unless_refractory;
    let still_matrix: Vec<Expression> = (0..size * size)
        .map(|entry| {
            if frozen(entry / size) {
                zero
            } else {
                matrix[entry]
            }
        })
        .collect();
    let still_inputs: Vec<Expression> = (0..size)
        .map(|row| if frozen(row) { zero } else { inputs[row] })
        .collect();
    let coupled = (0..size * size).any(|entry| {
        !frozen(entry / size)
            && frozen(entry % size)
            && graph.constant_value(matrix[entry]) != Some(0.0)
    });
    let new = if coupled {
        let still = advance(
            graph,
            system,
            &still_matrix,
            &still_inputs,
            &mut propagators,
        );
        moving
            .into_iter()
            .zip(still)
            .map(|(moving, still)| graph.select(active, moving, still))
            .collect()
    } else {
        system
            .variables
            .iter()
            .zip(moving)
            .map(|(variable, moving)| system.or_stand_still(graph, variable, moving))
            .collect()
    };
    Ok(IntegrationStep { new, propagators })
}

/// `transition x + input b`, with numbers for the entries where they are, else symbols.
fn advance(
    graph: &mut Graph,
    system: &System,
    matrix: &[Expression],
    inputs: &[Expression],
    propagators: &mut Vec<Propagators>,
) -> Vec<Expression> {
    let size = system.variables.len();
    let values = system.values(graph);
    let coupled = coupled_pairs(graph, matrix, size);
    let number = propagators.len();
    let mut symbols = |kind: &str| -> Vec<Symbol> {
        (0..size * size)
            .map(|entry| {
                let (row, column) = (entry / size, entry % size);
                let (row, column) = (&system.variables[row].name, &system.variables[column].name);
                graph.name(&format!("{kind} {number} {row} {column}"))
            })
            .collect()
    };
    let (transition, input) = (symbols("transition"), symbols("input"));
    let new = (0..size)
        .map(|row| {
            let mut sum = graph.constant(0.0);
            for column in (0..size).filter(|column| coupled[row * size + column]) {
                let entry = row * size + column;
                let (carry, give) = (graph.symbol(transition[entry]), graph.symbol(input[entry]));
                let carried = graph.multiply(values[column], carry);
                let given = graph.multiply(inputs[column], give);
                let both = graph.add(carried, given);
                sum = graph.add(sum, both);
            }
            sum
        })
        .collect();
    propagators.push(Propagators {
        size,
        coefficients: matrix.to_vec(),
        transition,
        input,
    });
    new
}

/// Which variables a variable depends on, directly or through others (itself included): elsewhere the matrices are 0.
fn coupled_pairs(graph: &Graph, matrix: &[Expression], size: usize) -> Vec<bool> {
    let mut coupled: Vec<bool> = (0..size * size)
        .map(|entry| {
            entry / size == entry % size || graph.constant_value(matrix[entry]) != Some(0.0)
        })
        .collect();
    for through in 0..size {
        for row in 0..size {
            for column in 0..size {
                if coupled[row * size + through] && coupled[through * size + column] {
                    coupled[row * size + column] = true;
                }
            }
        }
    }
    coupled
}
