//! A team of threads, kept for many stages: a thread is started in tens of microseconds, and a stage is shorter.
//!
//! All threads meet before a stage and after it. Between two stages the calling thread is alone, and the others wait for it.

use std::cell::{Cell, UnsafeCell};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError};

use crate::{Barrier, Panic};

/// A team of threads, which work together on the pieces of one stage after another. The thread that gathered it is one of them.
pub struct Team<'a> {
    crew: &'a Crew,
    /// Work can't reach for its own team: a stage within a stage would wait for threads that are busy.
    not_shared: PhantomData<Cell<()>>,
}

/// The work of one stage, called with the thread that does it.
type Work<'a> = dyn Fn(usize) + Sync + 'a;

/// What the threads of a team have in common.
struct Crew {
    threads: usize,
    meeting: Barrier,
    /// Valid from the meeting before a stage to that after it.
    stage: UnsafeCell<Option<&'static Work<'static>>>,
    /// The first panic of the stage.
    panic: Mutex<Option<Panic>>,
}

// SAFETY: `stage` is written by the calling thread while the others wait at the meeting, and read by them after it.
unsafe impl Sync for Crew {}

impl Team<'_> {
    /// Carries `body` out with a team of so many threads, one at least.
    pub fn gather<T>(threads: usize, body: impl FnOnce(&Team) -> T) -> T {
        let threads = threads.max(1);
        let crew = Crew {
            threads,
            meeting: Barrier::new(threads),
            stage: UnsafeCell::new(None),
            panic: Mutex::new(None),
        };
        std::thread::scope(|scope| {
            // However the body ends, the others are let go.
            let _dismissal = Dismissal(&crew);
            for thread in 1..threads {
                let crew = &crew;
                scope.spawn(move || crew.follow(thread));
            }
            body(&Team {
                crew: &crew,
                not_shared: PhantomData,
            })
        })
    }

    /// One stage: works on all pieces and comes back when all are done. The pieces are dealt out in turn, each to one thread, so that as many
    /// as there are threads are worked on at once, and may meet at a [`Barrier`]. `work` is called with a piece and the thread.
    ///
    /// # Panics
    /// Where the work on a piece panicked, when the others have ended.
    pub fn share<T: Send>(&self, pieces: &mut [T], work: impl Fn(&mut T, usize) + Sync) {
        let threads = self.crew.threads;
        if threads == 1 || pieces.len() < 2 {
            for piece in pieces {
                work(piece, 0);
            }
            return;
        }
        let count = pieces.len();
        let first = Pointer(pieces.as_mut_ptr());
        self.crew.stage(&move |thread| {
            let first = &first;
            for place in (thread..count).step_by(threads) {
                // SAFETY: each place is below the length and one thread's alone, and the slice is borrowed until all are done.
                work(unsafe { &mut *first.0.add(place) }, thread);
            }
        });
    }

    /// One stage, as [`Team::share`], with what came of each piece, in their order.
    pub fn map<T: Send, O: Send>(
        &self,
        pieces: &mut [T],
        work: impl Fn(&mut T, usize) -> O + Sync,
    ) -> Vec<O> {
        let mut done: Vec<(&mut T, Option<O>)> =
            pieces.iter_mut().map(|piece| (piece, None)).collect();
        self.share(&mut done, |(piece, outcome), thread| {
            *outcome = Some(work(piece, thread));
        });
        done.into_iter()
            .filter_map(|(_, outcome)| outcome)
            .collect()
    }
}

impl Crew {
    /// The calling thread's side of a stage.
    fn stage(&self, work: &Work) {
        // SAFETY: the lifetime is lengthened only until the second meeting, after which no thread calls the work; the others wait now.
        unsafe {
            *self.stage.get() = Some(std::mem::transmute::<&Work, &'static Work<'static>>(work))
        };
        let _ = self.meeting.wait();
        self.work(work, 0);
        let _ = self.meeting.wait();
        if let Some(panic) = self.first_panic().take() {
            resume_unwind(panic);
        }
    }

    /// Another thread's side of all stages.
    fn follow(&self, thread: usize) {
        while self.meeting.wait() {
            // SAFETY: it was written before the meeting, and is not written again before the next.
            if let Some(work) = unsafe { *self.stage.get() } {
                self.work(work, thread);
            }
            let _ = self.meeting.wait();
        }
    }

    fn work(&self, work: &Work, thread: usize) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(thread))) {
            self.first_panic().get_or_insert(panic);
        }
    }

    fn first_panic(&self) -> std::sync::MutexGuard<'_, Option<Panic>> {
        self.panic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets the other threads go when it is dropped.
struct Dismissal<'a>(&'a Crew);

impl Drop for Dismissal<'_> {
    fn drop(&mut self) {
        self.0.meeting.break_up();
    }
}

/// A pointer that other threads may have.
struct Pointer<T>(*mut T);

// SAFETY: `share` gives each element to one thread.
unsafe impl<T: Send> Sync for Pointer<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for Pointer<T> {}

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
    fn as_many_pieces_as_threads_meet_and_what_comes_of_them_is_in_their_order() {
        for threads in [1, 2, 5] {
            let barrier = Barrier::new(threads);
            let mut pieces: Vec<usize> = (0..threads).collect();
            let squares = Team::gather(threads, |team| {
                team.map(&mut pieces, |piece, thread| {
                    assert_eq!(*piece, thread);
                    assert!(barrier.wait());
                    *piece * *piece
                })
            });
            assert!(
                squares
                    .into_iter()
                    .eq((0..threads).map(|place| place * place))
            );
        }
    }

    #[test]
    fn a_team_works_on_after_a_panic() {
        let mut pieces = [0, 1, 2];
        Team::gather(2, |team| {
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                team.share(&mut pieces, |piece, _| assert_ne!(*piece, 1));
            }));
            assert!(panicked.is_err());
            team.share(&mut pieces, |piece, _| *piece += 1);
        });
        assert_eq!(pieces, [1, 2, 3]);
    }

    #[test]
    #[should_panic(expected = "the third piece")]
    fn a_panic_of_a_thread_is_the_callers_while_others_meet() {
        let barrier = Barrier::new(3);
        Team::gather(3, |team| {
            team.share(&mut [0, 1, 2], |piece, _| {
                barrier.member(|| {
                    assert_ne!(*piece, 2, "the third piece");
                    assert!(!barrier.wait());
                });
            });
        });
    }
}
