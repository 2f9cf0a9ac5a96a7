//! A barrier that spins for a moment before it gives way: steps are a few microseconds apart, less than it takes to wake
//! a sleeping thread.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Turns in the wait before the thread offers its core to another.
const PATIENCE: u32 = 4_000;

/// Lets `count` threads meet again and again.
pub(crate) struct Barrier {
    count: usize,
    arrived: AtomicUsize,
    round: AtomicUsize,
    broken: AtomicBool,
}

impl Barrier {
    pub fn new(count: usize) -> Self {
        Self {
            count,
            arrived: AtomicUsize::new(0),
            round: AtomicUsize::new(0),
            broken: AtomicBool::new(false),
        }
    }

    /// Returns when all threads have come here. False where one of them will not come any more.
    pub fn wait(&self) -> bool {
        if self.count == 1 {
            return true;
        }
        let round = self.round.load(Ordering::Acquire);
        if self.arrived.fetch_add(1, Ordering::AcqRel) + 1 == self.count {
            self.arrived.store(0, Ordering::Relaxed);
            self.round.store(round.wrapping_add(1), Ordering::Release);
            return true;
        }
        let mut turns = 0_u32;
        while self.round.load(Ordering::Acquire) == round {
            if self.broken.load(Ordering::Relaxed) {
                return false;
            }
            turns += 1;
            if turns < PATIENCE {
                std::hint::spin_loop();
            } else {
                std::thread::yield_now();
            }
        }
        true
    }

    /// Lets all who wait go on, for good: a thread has failed.
    pub fn break_up(&self) {
        self.broken.store(true, Ordering::Relaxed);
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
}
