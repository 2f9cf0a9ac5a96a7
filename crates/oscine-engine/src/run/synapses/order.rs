//! The order of a projection's synapses that does not depend on the number of shards: by source, then target, then delay.
//!
//! Shards own ranges of targets that follow one another, so the synapses of a row are those of the first shard, then those of the second.
//! A shard numbers its own from the lengths of the rows alone, its own and those of the shards before it.

use oscine_equations::lanes::Real;

use crate::run::synapses::Synapses;
use crate::run::synapses::delays::Delays;

/// Where the synapses of each of a shard's rows begin in the order of the whole projection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbering {
    /// `[row]`
    pub first: Vec<u32>,
    /// Synapses of all shards.
    pub total: u32,
}

impl Numbering {
    /// The numbering of each shard, from `[shard][row]`, how many synapses it has there.
    pub fn of(lengths: &[Vec<u32>]) -> Vec<Self> {
        let rows = lengths.first().map_or(0, Vec::len);
        let mut all: Vec<Self> = lengths
            .iter()
            .map(|_| Self {
                first: Vec::with_capacity(rows),
                total: 0,
            })
            .collect();
        let mut next = 0;
        for row in 0..rows {
            for (shard, lengths) in all.iter_mut().zip(lengths) {
                shard.first.push(next);
                next += lengths[row];
            }
        }
        all.iter_mut().for_each(|shard| shard.total = next);
        all
    }
}

impl<R: Real> Synapses<R> {
    /// How many synapses each source has.
    pub fn row_lengths(&self) -> Vec<u32> {
        let rows = self.row_start.windows(2);
        rows.map(|row| row[1] - row[0]).collect()
    }

    /// The number of each synapse in the whole projection.
    pub fn numbers(&self, numbering: &Numbering) -> Vec<u32> {
        let mut numbers = vec![0; self.targets.len()];
        let mut row_synapses: Vec<(u32, u32)> = Vec::new();
        for (row, first) in self.row_start.windows(2).zip(&numbering.first) {
            row_synapses.clear();
            row_synapses.extend((row[0]..row[1]).map(|own| (self.targets[own as usize], own)));
            if matches!(self.delays, Delays::Runs { .. }) {
                // Equal targets keep the order of their delays.
                row_synapses.sort();
            }
            for ((_, own), number) in row_synapses.iter().zip(*first..) {
                numbers[*own as usize] = number;
            }
        }
        numbers
    }

    /// `[shard][place]`: the number of each synapse among those of some shards that follow one another.
    pub fn order_of(parts: &[&Self]) -> Vec<Vec<u32>> {
        let lengths: Vec<Vec<u32>> = parts.iter().map(|part| part.row_lengths()).collect();
        let numberings = Numbering::of(&lengths);
        let own = parts.iter().zip(&numberings);
        own.map(|(part, numbering)| part.numbers(numbering))
            .collect()
    }
}
