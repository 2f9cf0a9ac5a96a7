//! A queue of independent work, such as the runs of a sweep: each takes seconds, none as long as another.

use std::ops::ControlFlow::{self, Break, Continue};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// A queue of items: each of so many threads takes the next one whenever it is free, and the calling thread hears what comes of each as soon
/// as it is done. Once work says `Break`, or panics, nothing more is taken; what was begun is ended.
///
/// # Panics
/// Where the work on an item panicked.
pub fn queue<T: Sync, O: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> ControlFlow<O, O> + Sync,
    mut heard: impl FnMut(O),
) {
    let next = AtomicUsize::new(0);
    let (report, reports) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, items.len().max(1)) {
            let (report, next, work) = (report.clone(), &next, &work);
            scope.spawn(move || {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let done = catch_unwind(AssertUnwindSafe(|| work(item)));
                    if !matches!(done, Ok(Continue(_))) {
                        next.store(items.len(), Ordering::Relaxed);
                    }
                    if report.send(done).is_err() {
                        return;
                    }
                }
            });
        }
        drop(report);
        for done in reports {
            match done {
                Ok(Continue(outcome) | Break(outcome)) => heard(outcome),
                Err(panic) => resume_unwind(panic),
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once() {
        let items: Vec<usize> = (0..100).collect();
        for threads in [0, 1, 3, 200] {
            let mut heard = Vec::new();
            queue(
                threads,
                &items,
                |item| Continue(item * 2),
                |twice| heard.push(twice),
            );
            heard.sort_unstable();
            assert!(
                heard.into_iter().eq((0..100).map(|item| item * 2)),
                "{threads} threads"
            );
        }
        queue(2, &[], |item: &usize| Continue(*item), |_| unreachable!());
    }

    #[test]
    fn nothing_more_is_taken_after_a_break() {
        let items: Vec<usize> = (0..1_000).collect();
        let mut heard = Vec::new();
        let work = |item: &usize| match item {
            3 => Break(*item),
            item => Continue(*item),
        };
        queue(1, &items, work, |item| heard.push(item));
        assert_eq!(heard, [0, 1, 2, 3]);
    }

    #[test]
    #[should_panic(expected = "the fourth item")]
    fn a_panic_is_the_callers() {
        let items: Vec<usize> = (0..1_000).collect();
        let work = |item: &usize| {
            assert_ne!(*item, 3, "the fourth item");
            Continue(())
        };
        queue(2, &items, work, |()| {});
    }
}
