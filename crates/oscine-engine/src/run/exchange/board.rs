//! The board on which threads leave what others read: spikes once an interval, and the variables that synapses read of their
//! sources. Each is written by its owner between two meetings and read by the others after the second, so nobody ever waits for a lock.

use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use oscine_threads::Barrier;

/// The spikes of one group in one interval.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spikes {
    pub cells: Vec<u32>,
    /// Where each step's spikes end.
    pub step_ends: Vec<u32>,
}

impl Spikes {
    /// The spikes of the `step`-th step of the interval.
    pub fn of_step(&self, step: usize) -> &[u32] {
        let start = if step == 0 {
            0
        } else {
            self.step_ends[step - 1]
        };
        &self.cells[start as usize..self.step_ends[step] as usize]
    }

    pub fn clear(&mut self) {
        self.cells.clear();
        self.step_ends.clear();
    }
}

/// Columns that others read, `[variable][cell]`.
type Published<R> = Vec<Vec<R>>;

/// The board. Everything is there twice, so that one can be written while the other is still read.
pub(crate) struct Board<R> {
    pub barrier: Barrier,
    /// `[parity][shard][group]`
    spikes: [Vec<RwLock<Vec<Spikes>>>; 2],
    /// `[parity][shard][variable]`, of the start of a step and of delivery.
    published: [[Vec<RwLock<Published<R>>>; 2]; 2],
}

/// When a variable is read by synapses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Start = 0,
    Delivery = 1,
}

impl<R> Board<R> {
    pub fn new(shards: usize, groups: usize) -> Self {
        let spikes = || {
            (0..shards)
                .map(|_| RwLock::new((0..groups).map(|_| Spikes::default()).collect()))
                .collect()
        };
        let variables = || (0..shards).map(|_| RwLock::new(Vec::new())).collect();
        Self {
            barrier: Barrier::new(shards),
            spikes: [spikes(), spikes()],
            published: [[variables(), variables()], [variables(), variables()]],
        }
    }

    pub fn shards(&self) -> usize {
        self.spikes[0].len()
    }

    pub fn write_spikes(&self, round: u64, shard: usize) -> RwLockWriteGuard<'_, Vec<Spikes>> {
        self.spikes[(round % 2) as usize][shard]
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub fn read_spikes(&self, round: u64, shard: usize) -> RwLockReadGuard<'_, Vec<Spikes>> {
        self.spikes[(round % 2) as usize][shard]
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub fn publish(
        &self,
        moment: Moment,
        round: u64,
        shard: usize,
    ) -> RwLockWriteGuard<'_, Vec<Vec<R>>> {
        self.published[moment as usize][(round % 2) as usize][shard]
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub fn published(
        &self,
        moment: Moment,
        round: u64,
        shard: usize,
    ) -> RwLockReadGuard<'_, Vec<Vec<R>>> {
        self.published[moment as usize][(round % 2) as usize][shard]
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
