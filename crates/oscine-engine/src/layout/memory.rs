//! What a run needs in memory, said before it is taken.

use crate::facts::Memory;
use crate::layout::plan::{GroupPlan, Plan};
use crate::layout::synapse_plan::{DelayPlan, expected};

/// What a plan will take: columns of cells, and of the synapses that are to be expected.
pub(crate) fn estimate(plan: &Plan) -> Memory {
    let number: u64 = if plan.single { 4 } else { 8 };
    let cells = plan.groups.iter().map(|group| {
        let bytes = match group {
            GroupPlan::Cells(cells) => (cells.columns.len() * cells.count) as u64 * number,
            GroupPlan::Trains(trains) => 16 * trains.spikes.len() as u64,
        };
        (group.name().to_owned(), bytes)
    });
    let synapses = plan.projections.iter().map(|projection| {
        // A target, and another number of that size while the rows are sorted or turned round.
        let mut each = 8 + number * projection.columns.len() as u64;
        let programs = projection.columns.iter().any(|column| column.changes);
        if programs || matches!(projection.delay, DelayPlan::Each(_)) {
            each += 8;
        }
        if projection.on_post.is_some() {
            each += 4;
        }
        let rows = 4 * projection.from_range.len() as u64;
        (
            projection.name.clone(),
            rows + (expected(projection) * each as f64) as u64,
        )
    });
    Memory {
        parts: cells.chain(synapses).collect(),
    }
}
