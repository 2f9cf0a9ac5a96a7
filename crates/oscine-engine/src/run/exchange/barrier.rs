//! A barrier that spins for a moment before it sleeps: steps are a few microseconds apart, less than it takes to wake a sleeping thread; but on
//! a machine that has other things to do a thread that only spins keeps its partner from running.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

/// Turns in the wait before the thread sleeps.
const PATIENCE: u32 = 4_000;

/// Lets `count` threads meet again and again.
pub(crate) struct Barrier {
    count: usize,
    arrived: AtomicUsize,
    /// What sleepers wait on.
    round: AtomicU32,
    sleepers: AtomicUsize,
    broken: AtomicBool,
}

impl Barrier {
    pub fn new(count: usize) -> Self {
        Self {
            count,
            arrived: AtomicUsize::new(0),
            round: AtomicU32::new(0),
            sleepers: AtomicUsize::new(0),
            broken: AtomicBool::new(false),
        }
    }

    /// Returns when all threads have come here. False where one of them will not come any more.
    pub fn wait(&self) -> bool {
        if self.count == 1 {
            return true;
        }
        let round = self.round.load(Ordering::Acquire);
        if self.broken.load(Ordering::SeqCst) {
            return false;
        }
        if self.arrived.fetch_add(1, Ordering::AcqRel) + 1 == self.count {
            self.arrived.store(0, Ordering::Relaxed);
            self.begin_round();
            return true;
        }
        for _ in 0..PATIENCE {
            if self.round.load(Ordering::Acquire) != round {
                return !self.broken.load(Ordering::SeqCst);
            }
            std::hint::spin_loop();
        }
        // Whoever begins the next round looks for sleepers after it has said so, and sleeping begins only where the round is still this one:
        // either the sleeper is seen and woken, or it never falls asleep.
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        while self.round.load(Ordering::SeqCst) == round {
            atomic_wait::wait(&self.round, round);
        }
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
        !self.broken.load(Ordering::SeqCst)
    }

    /// Lets all who wait go on, for good: a thread has failed.
    pub fn break_up(&self) {
        self.broken.store(true, Ordering::SeqCst);
        self.begin_round();
    }

    fn begin_round(&self) {
        self.round.fetch_add(1, Ordering::SeqCst);
        if self.sleepers.load(Ordering::SeqCst) > 0 {
            atomic_wait::wake_all(&self.round);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_a_round_ahead() {
        let (threads, rounds) = (3, 2_000);
        let barrier = Barrier::new(threads);
        let counters: Vec<AtomicUsize> = (0..threads).map(|_| AtomicUsize::new(0)).collect();
        std::thread::scope(|scope| {
            for own in 0..threads {
                let (barrier, counters) = (&barrier, &counters);
                scope.spawn(move || {
                    for round in 0..rounds {
                        counters[own].store(round, Ordering::SeqCst);
                        assert!(barrier.wait());
                        for other in counters {
                            assert!(other.load(Ordering::SeqCst) >= round);
                        }
                        assert!(barrier.wait());
                    }
                });
            }
        });
    }

    #[test]
    fn who_waits_long_is_woken_and_who_waits_in_vain_is_told() {
        let barrier = Barrier::new(2);
        std::thread::scope(|scope| {
            let sleeper = scope.spawn(|| (barrier.wait(), barrier.wait()));
            std::thread::sleep(std::time::Duration::from_millis(50));
            assert!(barrier.wait());
            std::thread::sleep(std::time::Duration::from_millis(50));
            barrier.break_up();
            assert_eq!(sleeper.join().unwrap(), (true, false));
        });
        assert!(!barrier.wait());
    }
}
