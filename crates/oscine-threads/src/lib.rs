//! Threads: how many there are, and how they share work and meet.
//!
//! A [`Team`] works on the pieces of a stage, each on one thread: layers train so, and the shards of a network step so. A [`Barrier`] is
//! where the threads of one stage meet within it. A [`queue`] gives independent work, such as the runs of a sweep, to whichever thread is
//! free. What the pieces are is the caller's to say, so no result depends on how many threads there are; and a thread that panics keeps
//! no other waiting: its panic goes on in the thread that called.

// Only the program prints.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

mod barrier;
mod number;
mod queue;
mod team;

pub use barrier::Barrier;
pub use number::Threads;
pub use queue::queue;
pub use team::Team;

/// What a thread that panicked said.
type Panic = Box<dyn std::any::Any + Send>;
