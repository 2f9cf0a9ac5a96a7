//! The board on which threads leave what others read: spikes once an interval, and the variables that synapses read of their
//! sources. Each is written by its owner between two meetings and read by the others after the second, so nobody ever waits for a lock.

use std::ops::Range;
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

use oscine_equations::lanes::Real;
use oscine_threads::Barrier;

use crate::run::exchange::message::{Message, write_columns, write_spikes};
use crate::run::exchange::{Exchange, GaveUp};

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

/// The board of a rank. Everything is there twice, so that one can be written while the other is still read. Shards are counted over
/// all ranks; what the others' have published lies here too.
pub(crate) struct Board<R> {
    barrier: Barrier,
    /// The shards of this rank.
    own: Range<usize>,
    exchange: Arc<dyn Exchange>,
    /// `[parity][shard][group]`
    spikes: [Vec<RwLock<Vec<Spikes>>>; 2],
    /// `[parity][shard][variable]`, of the start of a step and of delivery.
    published: [[Vec<RwLock<Published<R>>>; 2]; 2],
}

/// What is exchanged when the shards meet.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meeting {
    /// The spikes of a round.
    pub spikes: Option<u64>,
    /// The variables read at a moment of a step.
    pub variables: Option<(ReadMoment, u64)>,
}

/// When a variable is read by synapses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadMoment {
    Start = 0,
    Delivery = 1,
}

impl<R: Real> Board<R> {
    /// The board of a rank that has the shards `own` of so many in all.
    pub fn new(
        own: Range<usize>,
        shards: usize,
        groups: usize,
        exchange: Arc<dyn Exchange>,
    ) -> Self {
        let spikes = || {
            (0..shards)
                .map(|_| RwLock::new((0..groups).map(|_| Spikes::default()).collect()))
                .collect()
        };
        let variables = || (0..shards).map(|_| RwLock::new(Vec::new())).collect();
        Self {
            barrier: Barrier::new(own.len()),
            own,
            exchange,
            spikes: [spikes(), spikes()],
            published: [[variables(), variables()], [variables(), variables()]],
        }
    }

    /// How many shards all ranks have.
    pub fn shards(&self) -> usize {
        self.spikes[0].len()
    }

    /// True where there is no other rank.
    pub fn is_alone(&self) -> bool {
        self.exchange.ranks() == 1
    }

    /// Waits until all shards of all ranks have published. False where one has failed.
    pub fn meet(&self, shard: usize, meeting: Meeting) -> bool {
        if !self.barrier.wait() {
            return false;
        }
        if self.is_alone() {
            return true;
        }
        if shard == self.own.start && self.exchange_with_ranks(meeting).is_err() {
            self.barrier.break_up();
            return false;
        }
        self.barrier.wait()
    }

    /// A shard's part of a run, in which all meet here. Where it panics the others are told.
    pub fn member<T>(&self, part: impl FnOnce() -> T) -> T {
        struct Leaving<'a>(&'a dyn Exchange);
        impl Drop for Leaving<'_> {
            fn drop(&mut self) {
                if std::thread::panicking() {
                    self.0.give_up();
                }
            }
        }
        let _leaving = Leaving(&*self.exchange);
        self.barrier.member(part)
    }

    /// Tells all others that a shard has failed.
    pub fn break_up(&self) {
        self.barrier.break_up();
        self.exchange.give_up();
    }

    fn exchange_with_ranks(&self, meeting: Meeting) -> Result<(), GaveUp> {
        let mut message = vec![self.own.len() as u32];
        for shard in self.own.clone() {
            if let Some(round) = meeting.spikes {
                write_spikes(&self.read_spikes(round, shard), &mut message);
            }
            if let Some((moment, step)) = meeting.variables {
                write_columns(&self.published(moment, step, shard), &mut message);
            }
        }
        let mut shard = 0;
        for message in self.exchange.gather(message)? {
            shard = self.take(&message, shard, meeting).ok_or(GaveUp)?;
        }
        Ok(())
    }

    /// Takes what the shards of a rank have published, the first of which is `shard`; says the first of the next rank.
    fn take(&self, message: &[u32], shard: usize, meeting: Meeting) -> Option<usize> {
        let (count, rest) = message.split_first()?;
        let shards = shard..shard + *count as usize;
        if shards == self.own {
            return Some(shards.end);
        }
        let mut message = Message(rest);
        for shard in shards.clone() {
            if let Some(round) = meeting.spikes {
                message.read_spikes(&mut self.write_spikes(round, shard))?;
            }
            if let Some((moment, step)) = meeting.variables {
                message.read_columns(&mut self.publish(moment, step, shard))?;
            }
        }
        Some(shards.end)
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
        moment: ReadMoment,
        round: u64,
        shard: usize,
    ) -> RwLockWriteGuard<'_, Vec<Vec<R>>> {
        self.published[moment as usize][(round % 2) as usize][shard]
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub fn published(
        &self,
        moment: ReadMoment,
        round: u64,
        shard: usize,
    ) -> RwLockReadGuard<'_, Vec<Vec<R>>> {
        self.published[moment as usize][(round % 2) as usize][shard]
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
