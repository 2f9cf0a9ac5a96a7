//! Delays that every spike finds changed, at each synapse by a fresh number: `[noise.NAME] at = "synapses.delay"`.

use std::collections::VecDeque;
use std::ops::Range;

use oscine_equations::lanes::Real;

use crate::layout::key::key;
use crate::read::jitter::Jitter;
use crate::run::synapses::{InFlight, Synapses};

/// The spikes that are on their way through a projection with such delays.
#[derive(Clone, Debug, Default)]
pub(super) struct Late {
    jitters: Vec<Jitter>,
    /// Step and source of each spike of which some may be on its way.
    sent: VecDeque<(u64, u32)>,
}

impl Late {
    /// Nothing on its way yet.
    pub fn of(jitters: &[Jitter]) -> Self {
        Self {
            jitters: jitters.to_vec(),
            sent: VecDeque::new(),
        }
    }

    /// True where delays are changed at all.
    pub fn changes_delays(&self) -> bool {
        !self.jitters.is_empty()
    }

    /// What was sent: when it arrives is drawn again.
    pub fn in_flight(&self) -> impl Iterator<Item = InFlight> {
        self.sent.iter().map(|(step, source)| InFlight {
            arrival: *step,
            delay: 0,
            source: u64::from(*source),
        })
    }

    pub fn clear(&mut self) {
        self.sent.clear();
    }
}

impl<R: Real> Synapses<R> {
    /// Sends a source's spike on its way, to each synapse with a delay of its own; what would have arrived before `now` is left out.
    pub(super) fn send_late(&mut self, source: u32, step: u64, now: u64) {
        let slots = self.slots.len() as u64;
        let gone = |sent: u64| sent + slots <= step;
        while self.late.sent.front().is_some_and(|(sent, _)| gone(*sent)) {
            self.late.sent.pop_front();
        }
        self.late.sent.push_back((step, source));
        let row = (source - self.first_source) as usize;
        let runs: Vec<_> = self.runs_of_row(row).collect();
        for (range, delay) in runs {
            self.send_each(range, source, delay, (step, now));
        }
    }

    fn send_each(
        &mut self,
        synapses: Range<u32>,
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
