//! Delays that every spike finds changed, at each synapse by a fresh number: `[noise.NAME] at = "synapses.delay"`.

use std::collections::VecDeque;

use crate::layout::key::key;
use crate::read::jitter::Jitter;
use crate::run::synapses::{Delays, Synapses};

/// The spikes that are on their way through a projection with such delays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Late {
    pub jitters: Vec<Jitter>,
    /// Step and source of each spike of which some may be on its way.
    pub sent: VecDeque<(u64, u32)>,
}

impl<R> Synapses<R> {
    /// Sends a source's spike on its way, to each synapse with a delay of its own; what would have arrived before `now` is left out.
    pub fn send_late(&mut self, source: u32, step: u64, now: u64) {
        let slots = self.slots.len() as u64;
        let gone = |sent: u64| sent + slots <= step;
        while self.late.sent.front().is_some_and(|(sent, _)| gone(*sent)) {
            self.late.sent.pop_front();
        }
        self.late.sent.push_back((step, source));
        let row = (source - self.first_source) as usize;
        match &self.delays {
            Delays::Same(delay) => {
                let delay = *delay;
                let range = self.row_start[row]..self.row_start[row + 1];
                self.send_each(range, source, delay, (step, now));
            }
            Delays::Runs {
                row_runs,
                starts,
                delays,
            } => {
                let runs = row_runs[row] as usize..row_runs[row + 1] as usize;
                let runs: Vec<_> = runs
                    .map(|run| (starts[run]..starts[run + 1], u64::from(delays[run])))
                    .collect();
                for (range, delay) in runs {
                    self.send_each(range, source, delay, (step, now));
                }
            }
        }
    }

    fn send_each(
        &mut self,
        synapses: std::ops::Range<u32>,
        source: u32,
        delay: u64,
        (step, now): (u64, u64),
    ) {
        let slots = self.slots.len() as u64;
        for synapse in synapses {
            let target = self.targets[synapse as usize] + self.target_offset;
            let duplicate = self.duplicates.get(synapse as usize).copied().unwrap_or(0);
            let element = key(source, target, duplicate);
            let drawn = self
                .late
                .jitters
                .iter()
                .map(|jitter| jitter.draw(element, step));
            let steps = (delay as f64 + drawn.sum::<f64>()).round();
            let arrival = step + (steps.max(0.0) as u64).min(slots - 1);
            if arrival >= now {
                self.slots[(arrival % slots) as usize].push((synapse, synapse + 1));
            }
        }
    }
}
