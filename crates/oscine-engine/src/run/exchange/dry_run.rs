//! Ranks in one process, each on a thread of its own: they share no memory but copies of messages, as if they were on many machines.

use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use crate::run::exchange::{Exchange, GaveUp};

/// One of several ranks in one process: what a run on many machines does, tried on one.
#[derive(Debug)]
pub struct DryRun {
    rank: usize,
    ranks: usize,
    table: Arc<MeetingTable>,
}

/// Where the ranks leave their messages.
#[derive(Debug, Default)]
struct MeetingTable {
    round: Mutex<Round>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Round {
    /// Rounds that are over.
    number: u64,
    /// Messages of the round that goes on, by rank.
    arriving: Vec<Option<Vec<u32>>>,
    /// Those of the last round.
    arrived: Vec<Vec<u32>>,
    given_up: bool,
}

impl DryRun {
    /// So many ranks, each to be used on a thread of its own.
    pub fn of(ranks: usize) -> Vec<Self> {
        let table = Arc::new(MeetingTable::default());
        table.lock().arriving = vec![None; ranks];
        (0..ranks)
            .map(|rank| Self {
                rank,
                ranks,
                table: Arc::clone(&table),
            })
            .collect()
    }
}

impl MeetingTable {
    fn lock(&self) -> MutexGuard<'_, Round> {
        self.round
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Exchange for DryRun {
    fn rank(&self) -> usize {
        self.rank
    }

    fn ranks(&self) -> usize {
        self.ranks
    }

    fn gather(&self, own: Vec<u32>) -> Result<Vec<Vec<u32>>, GaveUp> {
        let mut round = self.table.lock();
        let number = round.number;
        round.arriving[self.rank] = Some(own);
        if round.arriving.iter().all(Option::is_some) {
            // Nobody can begin the next round before all have taken this one's messages: each brings its next message after that.
            let empty = vec![None; self.ranks];
            let messages = mem::replace(&mut round.arriving, empty);
            round.arrived = messages.into_iter().flatten().collect();
            round.number += 1;
            self.table.changed.notify_all();
        }
        while round.number == number && !round.given_up {
            let woken = self.table.changed.wait(round);
            round = woken.unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        if round.number == number {
            return Err(GaveUp);
        }
        Ok(round.arrived.clone())
    }

    fn give_up(&self) {
        self.table.lock().given_up = true;
        self.table.changed.notify_all();
    }
}

impl Drop for DryRun {
    fn drop(&mut self) {
        self.give_up();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rank_has_the_messages_of_all_in_their_order() {
        let ranks = DryRun::of(3);
        std::thread::scope(|scope| {
            for rank in &ranks {
                scope.spawn(move || {
                    for round in 0..100 {
                        let own = vec![rank.rank() as u32, round];
                        let all = rank.gather(own).unwrap();
                        assert_eq!(all, [[0, round], [1, round], [2, round]]);
                        assert_eq!(rank.least(7 - rank.rank() as u32), Ok(5));
                    }
                });
            }
        });
    }

    #[test]
    fn nobody_waits_for_a_rank_that_gave_up() {
        let mut ranks = DryRun::of(2);
        drop(ranks.pop());
        assert_eq!(ranks[0].gather(vec![1]), Err(GaveUp));
    }
}
