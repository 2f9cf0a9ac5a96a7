//! The order of a projection's synapses that does not depend on the number of shards: by source, then target, then delay.

use crate::run::synapses::{Delays, Synapses};

/// `[shard][place]`: each synapse's number in the whole projection.
pub(crate) fn synapse_order<R>(shards: &[&Synapses<R>]) -> Vec<Vec<u32>> {
    let mut order: Vec<Vec<u32>> = shards
        .iter()
        .map(|part| vec![0; part.targets.len()])
        .collect();
    let rows = shards.first().map_or(0, |part| part.row_start.len() - 1);
    let mut row_synapses: Vec<(u32, usize, u32)> = Vec::new();
    let mut number = 0;
    for row in 0..rows {
        for (shard, part) in shards.iter().enumerate() {
            row_synapses.clear();
            let range = part.row_start[row]..part.row_start[row + 1];
            row_synapses.extend(range.map(|place| (part.targets[place as usize], shard, place)));
            if matches!(part.delays, Delays::Runs { .. }) {
                // Equal targets keep the order of their delays.
                row_synapses.sort();
            }
            for (_, shard, place) in &row_synapses {
                order[*shard][*place as usize] = number;
                number += 1;
            }
        }
    }
    order
}
