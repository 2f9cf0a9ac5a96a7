//! A team of threads that share the pieces of one stage of a step.
//!
//! What the pieces are does not depend on how many threads there are, and each is worked on by one thread alone: so the numbers
//! that come out are the same for any number. Between two stages the threads wait awake for a moment, since a stage is short.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Turns of a waiting thread before it lets others run.
const AWAKE: u32 = 2_000;

/// The task of one stage: called with the place of a piece and of the thread.
type Work = dyn Fn(usize, usize) + Sync;

/// Threads at work together.
pub(crate) struct Team {
    threads: usize,
    /// Counts the stages; odd numbers never occur, 0 is before the first.
    stage: AtomicUsize,
    pieces: AtomicUsize,
    /// A reference to the work, as two words; valid while a stage is on.
    work: std::cell::UnsafeCell<Option<&'static Work>>,
    finished: AtomicUsize,
    closed: AtomicBool,
    panicked: AtomicBool,
}

// SAFETY: `work` is written by the leader while no stage is on, and read by others only after they saw the new stage.
unsafe impl Sync for Team {}

impl Team {
    /// Carries `body` out with so many threads ready for [`Team::share`].
    pub fn gather<T>(threads: usize, body: impl FnOnce(&Team) -> T) -> T {
        let team = Team {
            threads: threads.max(1),
            stage: AtomicUsize::new(0),
            pieces: AtomicUsize::new(0),
            work: std::cell::UnsafeCell::new(None),
            finished: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            panicked: AtomicBool::new(false),
        };
        std::thread::scope(|scope| {
            // However the body ends, the others are let go.
            let _open = Open(&team);
            for thread in 1..team.threads {
                let team = &team;
                scope.spawn(move || team.follow(thread));
            }
            body(&team)
        })
    }

    /// Works on all pieces, each by one thread; comes back when all are done. The second argument of `work` is the thread.
    pub fn share<T: Send>(&self, pieces: &mut [T], work: impl Fn(&mut T, usize) + Sync) {
        if self.threads == 1 || pieces.len() < 2 {
            for piece in pieces {
                work(piece, 0);
            }
            return;
        }
        let count = pieces.len();
        let first = Pointer(pieces.as_mut_ptr());
        let on_piece = move |place: usize, thread: usize| {
            let first = &first;
            // SAFETY: each place is below the length and given to one thread, and the slice is borrowed until all are done.
            work(unsafe { &mut *first.0.add(place) }, thread);
        };
        let on_piece: &(dyn Fn(usize, usize) + Sync) = &on_piece;
        // SAFETY: the lifetime is only lengthened until the end of this function, before which all threads have finished;
        // nobody reads `work` now.
        unsafe {
            *self.work.get() = Some(std::mem::transmute::<
                &(dyn Fn(usize, usize) + Sync),
                &'static Work,
            >(on_piece));
        }
        self.pieces.store(count, Ordering::Relaxed);
        self.finished.store(0, Ordering::Relaxed);
        self.stage.fetch_add(2, Ordering::Release);
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for place in (0..count).step_by(self.threads) {
                on_piece(place, 0);
            }
        }));
        wait(|| self.finished.load(Ordering::Acquire) == self.threads - 1);
        if let Err(panic) = done {
            std::panic::resume_unwind(panic);
        }
        assert!(
            !self.panicked.load(Ordering::Relaxed),
            "a thread of the team panicked"
        );
    }

    fn follow(&self, thread: usize) {
        let mut seen = 0;
        loop {
            wait(|| {
                self.stage.load(Ordering::Acquire) != seen || self.closed.load(Ordering::Acquire)
            });
            if self.stage.load(Ordering::Acquire) == seen {
                return;
            }
            seen += 2;
            let count = self.pieces.load(Ordering::Relaxed);
            // SAFETY: the leader wrote it before it raised the stage, and waits for this thread.
            let work = unsafe { *self.work.get() }.expect("a stage has work");
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                for place in (thread..count).step_by(self.threads) {
                    work(place, thread);
                }
            }));
            if done.is_err() {
                self.panicked.store(true, Ordering::Relaxed);
            }
            self.finished.fetch_add(1, Ordering::Release);
        }
    }
}

/// Lets the threads go when it is dropped.
struct Open<'a>(&'a Team);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.closed.store(true, Ordering::Release);
    }
}

/// A pointer that other threads may have.
struct Pointer<T>(*mut T);

// SAFETY: `share` gives each element to one thread.
unsafe impl<T: Send> Sync for Pointer<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for Pointer<T> {}

fn wait(over: impl Fn() -> bool) {
    let mut turns = 0;
    while !over() {
        if turns < AWAKE {
            turns += 1;
            std::hint::spin_loop();
        } else {
            std::thread::yield_now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_worked_on_once_in_each_of_many_stages() {
        for threads in [1, 2, 3, 8] {
            let mut counts = vec![0u32; 13];
            Team::gather(threads, |team| {
                for _ in 0..200 {
                    team.share(&mut counts, |count, _| *count += 1);
                }
            });
            assert_eq!(counts, [200; 13], "{threads} threads");
        }
    }

    #[test]
    #[should_panic(expected = "team panicked")]
    fn a_panic_of_a_thread_is_the_leaders() {
        Team::gather(2, |team| {
            team.share(&mut [0, 1], |piece, _| assert_eq!(*piece, 0));
        });
    }
}
