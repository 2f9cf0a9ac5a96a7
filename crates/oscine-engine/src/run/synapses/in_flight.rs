//! Spikes on their way, named so that they outlive the rows that they are on: by arrival, delay and source.

use std::ops::Range;

use oscine_equations::lanes::Real;

use crate::run::synapses::Synapses;

/// A spike on its way to the synapses of its source that have one delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct InFlight {
    /// The step at which it arrives; where every spike's delay is drawn, the step at which it was sent.
    pub arrival: u64,
    /// Steps, 0 where every spike's delay is drawn.
    pub delay: u64,
    /// Its source, counted in its population.
    pub source: u64,
}

impl<R: Real> Synapses<R> {
    /// The spikes that arrive from `step` on.
    pub fn in_flight(&self, step: u64) -> Vec<InFlight> {
        if self.late.changes_delays() {
            return self.late.in_flight().collect();
        }
        self.slots_from(step)
            .flat_map(|(arrival, slot)| slot.iter().map(move |(start, _)| (arrival, *start)))
            .map(|(arrival, synapse)| InFlight {
                arrival,
                delay: self.delays.of(synapse),
                source: self.source_of(synapse),
            })
            .collect()
    }

    /// Puts spikes on their way again, those of other shards' synapses among them; `now` is the step to come.
    pub fn put_in_flight(&mut self, spikes: impl Iterator<Item = InFlight>, now: u64) {
        self.slots.iter_mut().for_each(Vec::clear);
        self.late.clear();
        for spike in spikes {
            let row = spike.source.checked_sub(u64::from(self.first_source));
            let Some(row) = row.filter(|row| row + 1 < self.row_start.len() as u64) else {
                continue;
            };
            if self.late.changes_delays() {
                self.send_late(spike.source as u32, spike.arrival, now);
                continue;
            }
            let is_its = |run: &(Range<u32>, u64)| run.1 == spike.delay && !run.0.is_empty();
            let run = self.runs_of_row(row as usize).find(is_its);
            if let Some((range, _)) = run {
                let slot = (spike.arrival % self.slots.len() as u64) as usize;
                self.slots[slot].push((range.start, range.end));
            }
        }
    }

    /// The slots of the steps from `step` on.
    fn slots_from(&self, step: u64) -> impl Iterator<Item = (u64, &Vec<(u32, u32)>)> {
        let count = self.slots.len() as u64;
        (step..step + count).map(move |arrival| (arrival, &self.slots[(arrival % count) as usize]))
    }

    fn source_of(&self, synapse: u32) -> u64 {
        let row = self.row_start.partition_point(|start| *start <= synapse) - 1;
        u64::from(self.first_source) + row as u64
    }

    /// Targets, counted in their population, whose spikes come back from `step` on, each with its arrival.
    pub fn back_in_flight(&self, step: u64) -> Vec<(u64, u32)> {
        let count = self.post_slots.len() as u64;
        (step..step + count)
            .flat_map(|arrival| {
                let slot = &self.post_slots[(arrival % count) as usize];
                slot.iter()
                    .map(move |target| (arrival, target + self.target_offset))
            })
            .collect()
    }

    /// Puts spikes of targets on their way back again; those of other shards' targets are left out.
    pub fn put_back_in_flight(&mut self, spikes: impl Iterator<Item = (u64, u64)>) {
        self.post_slots.iter_mut().for_each(Vec::clear);
        let owned = self
            .by_target
            .as_ref()
            .map_or(0, |all| all.targets() as u64);
        for (arrival, target) in spikes {
            let own = target.checked_sub(u64::from(self.target_offset));
            if let Some(target) = own.filter(|target| *target < owned) {
                let slot = (arrival % self.post_slots.len() as u64) as usize;
                self.post_slots[slot].push(target as u32);
            }
        }
    }
}

impl InFlight {
    /// The key that sorts spikes by when they were sent.
    fn in_order_sent(&self) -> (u64, u64, u64) {
        (self.arrival, u64::MAX - self.delay, self.source)
    }

    /// Spikes as the numbers of a checkpoint, each once: arrival, delay, source.
    pub fn list(mut spikes: Vec<Self>) -> Vec<u64> {
        spikes.sort_by_key(Self::in_order_sent);
        spikes.dedup();
        let numbers = spikes.into_iter();
        numbers
            .flat_map(|spike| [spike.arrival, spike.delay, spike.source])
            .collect()
    }

    /// The spikes that such numbers are of.
    pub fn listed(numbers: &[u64]) -> impl Iterator<Item = Self> {
        numbers.chunks_exact(3).map(|spike| Self {
            arrival: spike[0],
            delay: spike[1],
            source: spike[2],
        })
    }
}
