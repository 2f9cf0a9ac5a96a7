//! Synapses by target: the transpose of the sparse matrix, for `on_post`.

use std::ops::Range;

/// The synapses of each target of the shard's part.
#[derive(Clone, Debug)]
pub(super) struct ByTarget {
    start: Vec<u32>,
    synapses: Vec<u32>,
}

impl ByTarget {
    /// Turns rows round: `targets` has the target of each synapse, of `count` that there are.
    pub fn new(targets: &[u32], count: usize) -> Self {
        let mut start = vec![0_u32; count + 1];
        for target in targets {
            start[*target as usize + 1] += 1;
        }
        for target in 0..count {
            start[target + 1] += start[target];
        }
        let mut next = start.clone();
        let mut synapses = vec![0_u32; targets.len()];
        for (synapse, target) in targets.iter().enumerate() {
            let place = &mut next[*target as usize];
            synapses[*place as usize] = synapse as u32;
            *place += 1;
        }
        Self { start, synapses }
    }

    /// How many targets there are.
    pub fn targets(&self) -> usize {
        self.start.len() - 1
    }

    /// The synapses onto a target.
    pub fn of(&self, target: u32) -> &[u32] {
        let range: Range<usize> =
            self.start[target as usize] as usize..self.start[target as usize + 1] as usize;
        &self.synapses[range]
    }
}
