//! How long each stage takes, and how much was done: data that a user can print.

use std::time::Duration;

/// The stages of a step, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Sampling variables.
    Record,
    /// Synaptic sums and clock-driven synaptic equations.
    Synapses,
    /// The new state of every cell, and the condition of its threshold.
    Integrate,
    /// Who fired.
    Detect,
    /// Waiting for the other threads and reading their spikes.
    Exchange,
    /// `on_pre` and `on_post`.
    Deliver,
    /// Input to cells that may refuse it, and Poisson input.
    Receive,
    /// Resets.
    Reset,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Stage; 8] = [
        Stage::Record,
        Stage::Synapses,
        Stage::Integrate,
        Stage::Detect,
        Stage::Exchange,
        Stage::Deliver,
        Stage::Receive,
        Stage::Reset,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Record => "record",
            Stage::Synapses => "synapses",
            Stage::Integrate => "integrate",
            Stage::Detect => "detect",
            Stage::Exchange => "exchange",
            Stage::Deliver => "deliver",
            Stage::Receive => "receive",
            Stage::Reset => "reset",
        }
    }
}

/// Only each of so many steps is timed, since reading the clock takes as long as some stages.
pub(crate) const TIMED_EVERY: u64 = 16;

/// Time spent in each stage by one thread, estimated from the steps that were timed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Timings {
    pub spent: [Duration; Stage::ALL.len()],
}

impl Timings {
    pub fn add(&mut self, stage: Stage, spent: Duration) {
        self.spent[stage as usize] += spent * TIMED_EVERY as u32;
    }
}
