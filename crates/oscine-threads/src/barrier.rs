//! A barrier whose threads spin for a moment, then let others run, and sleep at last: steps are a few microseconds apart, less than it takes
//! to wake a sleeping thread; but on a machine that has other things to do a thread that only spins keeps its partner from running.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

/// Turns in the wait, about 20 microseconds, before the thread lets others run. Four times as many made short stages three times as slow where
/// two busy processes share two cores, and no faster where there was one.
const SPINS: u32 = 500;

/// Times that the thread lets others run before it sleeps; about 100 microseconds where there is nobody else.
const YIELDS: u32 = 200;

/// A barrier: the place where so many threads meet, again and again.
pub struct Barrier {
    members: usize,
    arrived: AtomicUsize,
    /// What sleepers wait on.
    round: AtomicU32,
    sleepers: AtomicUsize,
    broken: AtomicBool,
}

impl Barrier {
    /// A barrier for so many threads.
    pub fn new(members: usize) -> Self {
        Self {
            members,
            arrived: AtomicUsize::new(0),
            round: AtomicU32::new(0),
            sleepers: AtomicUsize::new(0),
            broken: AtomicBool::new(false),
        }
    }

    /// Returns when all threads have come here. False where one of them will not come any more.
    #[must_use]
    pub fn wait(&self) -> bool {
        if self.members == 1 {
            return !self.broken.load(Ordering::Relaxed);
        }
        let round = self.round.load(Ordering::Acquire);
        if self.broken.load(Ordering::SeqCst) {
            return false;
        }
        if self.arrived.fetch_add(1, Ordering::AcqRel) + 1 == self.members {
            self.arrived.store(0, Ordering::Relaxed);
            self.begin_round();
            return true;
        }
        for turn in 0..SPINS + YIELDS {
            if self.round.load(Ordering::Acquire) != round {
                return !self.broken.load(Ordering::SeqCst);
            }
            match turn < SPINS {
                true => std::hint::spin_loop(),
                false => std::thread::yield_now(),
            }
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

    /// Lets all who wait go on, for good: one thread will not come any more.
    pub fn break_up(&self) {
        self.broken.store(true, Ordering::SeqCst);
        self.begin_round();
    }

    /// One thread's part of work in which all meet here. Where it panics the barrier breaks up, so that no other waits for it.
    pub fn member<T>(&self, part: impl FnOnce() -> T) -> T {
        struct Leaving<'a>(&'a Barrier);
        impl Drop for Leaving<'_> {
            fn drop(&mut self) {
                if std::thread::panicking() {
                    self.0.break_up();
                }
            }
        }
        let _leaving = Leaving(self);
        part()
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

    #[test]
    fn nobody_waits_for_a_thread_that_panicked() {
        let barrier = Barrier::new(2);
        std::thread::scope(|scope| {
            let other = scope.spawn(|| barrier.member(|| barrier.wait()));
            let panicked = scope.spawn(|| barrier.member(|| panic!("one of two")));
            assert!(!other.join().unwrap());
            assert!(panicked.join().is_err());
        });
    }
}
