//! Populations as they start: parameters, initial values, entries of exact steps.
//!
//! A value is a function of the file, the seed and the cell, so each shard computes those of its own cells only.

use std::collections::HashMap;
use std::ops::Range;

use oscine_equations::lanes::Real;

use crate::layout::cell_plan::{CellPlan, CellPropagators};
use crate::layout::columns::Columns;
use crate::layout::plan::Plan;
use crate::layout::runnable::Runnable;
use crate::layout::synapse_plan::{DelayPlan, ProjectionPlan, columns_of_source};

/// Cells computed together where only some of their columns are kept.
const PIECE: usize = 1 << 14;

/// The columns of the cells in `range`, ready for the first step.
pub(crate) fn columns<R: Real>(plan: &Plan, cells: &CellPlan, range: Range<usize>) -> Columns<R> {
    let mut columns = first_values(plan, cells, range.clone());
    for propagators in &cells.propagators {
        fill_propagators(plan, propagators, range.clone(), &mut columns);
    }
    columns
}

/// What the synapses of a projection ask of their sources when they are built: whole columns of these, the others empty.
pub(crate) fn columns_of_sources<R: Real>(plan: &Plan, projection: &ProjectionPlan) -> Vec<Vec<R>> {
    let Some(cells) = plan.groups[projection.from].cells() else {
        return Vec::new();
    };
    let mut kept: Vec<Vec<R>> = vec![Vec::new(); cells.columns.len()];
    let wanted = asked_of_sources(projection);
    if wanted.is_empty() {
        return kept;
    }
    for first in (0..cells.count).step_by(PIECE) {
        let piece = first_values::<R>(plan, cells, first..cells.count.min(first + PIECE));
        for column in &wanted {
            kept[usize::from(*column)].extend_from_slice(piece.values(*column));
        }
    }
    kept
}

/// The columns of sources that wiring, first values and delays read.
fn asked_of_sources(projection: &ProjectionPlan) -> Vec<u16> {
    let delay = match &projection.delay {
        DelayPlan::Same(_) => None,
        DelayPlan::Each(bounded) => Some(&bounded.batch),
    };
    let fills = projection.fills.iter().map(|fill| &fill.values.batch);
    columns_of_source(fills.chain(delay).chain(&projection.condition))
}

fn first_values<R: Real>(plan: &Plan, cells: &CellPlan, range: Range<usize>) -> Columns<R> {
    let mut columns = Columns::zeros(cells.columns.len(), range.len());
    if let Some(index) = cells.index {
        let numbers = range.clone().map(|cell| R::from_f64(cell as f64));
        columns.set(index, numbers.collect());
    }
    if let Some(last_spike) = cells.last_spike {
        let never = R::from_f64(f64::NEG_INFINITY);
        columns.values_mut(last_spike).fill(never);
    }
    for fill in &cells.fills {
        run(plan, fill, range.clone(), &mut columns);
    }
    columns
}

fn run<R: Real>(plan: &Plan, fill: &Runnable, range: Range<usize>, columns: &mut Columns<R>) {
    let (now, lanes) = ((plan, 0), 0..range.len());
    columns.run(fill, &mut fill.workspace(), now, range.start, lanes);
}

/// The matrices of an exact step for each cell; cells with the same coefficients share the work.
fn fill_propagators<R: Real>(
    plan: &Plan,
    own: &CellPropagators,
    range: Range<usize>,
    columns: &mut Columns<R>,
) {
    run(plan, &own.coefficients, range.clone(), columns);
    let mut known: HashMap<Vec<u64>, Vec<f64>> = HashMap::new();
    for lane in 0..range.len() {
        let coefficients: Vec<f64> = own
            .coefficient_columns
            .iter()
            .map(|column| columns.values(*column)[lane].to_f64())
            .collect();
        let bits = coefficients.iter().map(|value| value.to_bits()).collect();
        let entries = known.entry(bits).or_insert_with(|| {
            let (mut transition, input) = own.propagators.compute(&coefficients, plan.dt);
            transition.extend(input);
            transition
        });
        for (column, entry) in own.entry_columns.iter().zip(entries.iter()) {
            columns.values_mut(*column)[lane] = R::from_f64(*entry);
        }
    }
}
