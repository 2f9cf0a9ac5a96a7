//! Populations as they start: parameters, initial values, entries of exact steps.

use std::collections::HashMap;

use oscine_equations::lanes::Real;

use crate::build::connectivity::Populations;
use crate::layout::cell_plan::{CellPlan, CellPropagators};
use crate::layout::plan::Plan;
use crate::layout::runnable::{Contiguous, Runnable, uniforms};

/// The columns of every population, whole.
pub(crate) fn populations<R: Real>(plan: &Plan) -> Populations<R> {
    plan.groups
        .iter()
        .map(|group| {
            group
                .cells()
                .map_or_else(Vec::new, |cells| columns(plan, cells))
        })
        .collect()
}

fn columns<R: Real>(plan: &Plan, cells: &CellPlan) -> Vec<Vec<R>> {
    let mut columns = vec![vec![R::ZERO; cells.count]; cells.columns.len()];
    if let Some(index) = cells.index {
        let numbers = (0..cells.count).map(|cell| R::from_f64(cell as f64));
        columns[usize::from(index)] = numbers.collect();
    }
    if let Some(last_spike) = cells.last_spike {
        columns[usize::from(last_spike)].fill(R::from_f64(f64::NEG_INFINITY));
    }
    for fill in &cells.fills {
        run(plan, cells, fill, &mut columns);
    }
    for propagators in &cells.propagators {
        fill_propagators(plan, cells, propagators, &mut columns);
    }
    columns
}

fn run<R: Real>(plan: &Plan, cells: &CellPlan, runnable: &Runnable, columns: &mut [Vec<R>]) {
    let mut workspace = runnable.workspace();
    let mut environment = Contiguous {
        runnable,
        table: &plan.functions,
        step: 0,
        first: 0,
    };
    let uniforms = uniforms(0, plan.dt);
    runnable.program.run(
        &mut workspace,
        columns,
        &uniforms,
        &mut environment,
        0..cells.count,
    );
}

/// The matrices of an exact step for each cell; cells with the same coefficients share the work.
#[allow(clippy::needless_range_loop)] // a cell is a row across columns
fn fill_propagators<R: Real>(
    plan: &Plan,
    cells: &CellPlan,
    own: &CellPropagators,
    columns: &mut [Vec<R>],
) {
    run(plan, cells, &own.coefficients, columns);
    let mut known: HashMap<Vec<u64>, Vec<f64>> = HashMap::new();
    for cell in 0..cells.count {
        let coefficients: Vec<f64> = own
            .coefficient_columns
            .iter()
            .map(|column| columns[usize::from(*column)][cell].to_f64())
            .collect();
        let bits = coefficients.iter().map(|value| value.to_bits()).collect();
        let entries = known.entry(bits).or_insert_with(|| {
            let (mut transition, input) = own.propagators.compute(&coefficients, plan.dt);
            transition.extend(input);
            transition
        });
        for (column, entry) in own.entry_columns.iter().zip(entries.iter()) {
            columns[usize::from(*column)][cell] = R::from_f64(*entry);
        }
    }
}
