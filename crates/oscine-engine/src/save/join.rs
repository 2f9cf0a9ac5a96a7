//! The checkpoints of all ranks as one of the whole run, which any number of ranks and threads can go on from.

use crate::layout::plan::{GroupPlan, Plan};
use crate::run::synapses::InFlight;
use crate::save::checkpoint::{Checkpoint, NamedArrays, RestoreError, StateArray, changing, names};
use crate::save::number::StateNumber;

/// Puts the ranks' checkpoints together, which stand in the order of ranks and are of one step.
pub(crate) fn join<R: StateNumber>(
    plan: &Plan,
    ranks: &[Checkpoint],
) -> Result<Checkpoint, RestoreError> {
    let step = ranks.first().map_or(0, |rank| rank.step);
    let parts: Vec<NamedArrays> = ranks.iter().map(NamedArrays::of).collect();
    let mut arrays = Vec::new();
    for group in &plan.groups {
        match group {
            GroupPlan::Cells(cells) => {
                for (_, column) in changing(&cells.columns) {
                    let name = names::variable(&cells.name, &column.name);
                    let mut values: Vec<R> = Vec::with_capacity(cells.count);
                    for part in &parts {
                        values.extend_from_slice(part.all_numbers(&name)?);
                    }
                    arrays.push((name, R::array(values)));
                }
            }
            GroupPlan::Trains(trains) => {
                let name = names::next_spike(&trains.name);
                let next = all_steps(&parts, &name)?.into_iter().max();
                arrays.push((name, StateArray::U64(next.into_iter().collect())));
            }
        }
    }
    for projection in &plan.projections {
        for (_, column) in changing(&projection.columns) {
            let name = names::variable(&projection.name, &column.name);
            let mut numbered: Vec<(u32, R)> = Vec::new();
            for part in &parts {
                let numbers = part.synapses(&names::numbers(&projection.name))?;
                let values = part.all_numbers::<R>(&name)?;
                numbered.extend(numbers.iter().copied().zip(values.iter().copied()));
            }
            numbered.sort_unstable_by_key(|(number, _)| *number);
            let values = numbered.into_iter().map(|(_, value)| value).collect();
            arrays.push((name, R::array(values)));
        }
        let name = names::in_flight(&projection.name);
        let spikes = all_steps(&parts, &name)?;
        let spikes = InFlight::list(InFlight::listed(&spikes).collect());
        arrays.push((name, StateArray::U64(spikes)));
        let name = names::back_in_flight(&projection.name);
        let spikes = all_steps(&parts, &name)?;
        let mut spikes: Vec<&[u64]> = spikes.chunks_exact(2).collect();
        spikes.sort_unstable();
        arrays.push((name, StateArray::U64(spikes.concat())));
    }
    let counts = all_steps(&parts, names::COUNTS)?;
    let kinds = counts.len() / parts.len().max(1);
    let total = |kind: usize| counts.iter().skip(kind).step_by(kinds).sum();
    let totals = (0..kinds).map(total).collect();
    arrays.push((names::COUNTS.to_owned(), StateArray::U64(totals)));
    Ok(Checkpoint { step, arrays })
}

/// The numbers of all ranks, one after the other.
fn all_steps(parts: &[NamedArrays], name: &str) -> Result<Vec<u64>, RestoreError> {
    let mut all = Vec::new();
    for part in parts {
        all.extend_from_slice(part.steps(name)?);
    }
    Ok(all)
}
