//! What arrives at a step: spikes find the synapses of their cells, wait out the delay, and take effect.

use oscine_equations::WriteKind;
use oscine_equations::lanes::Real;

use crate::facts::Counts;
use crate::layout::batch::{BATCH, Batch, BatchSpace};
use crate::layout::columns::Columns;
use crate::layout::plan::Plan;
use crate::layout::synapse_plan::{Addition, Pathway, ProjectionPlan, SynapseField, Weight};
use crate::run::synapses::Synapses;
use crate::run::synapses::delays::Delays;
use crate::run::synapses::gather::Ends;

/// Where delivery writes.
pub(crate) struct Arrival<'a, R> {
    pub plan: &'a Plan,
    pub projection: &'a ProjectionPlan,
    /// Columns of the shard's part of the target population.
    pub post: &'a mut Columns<R>,
    /// Whole columns of the source population that programs read.
    pub pre: &'a [Vec<R>],
    pub step: u64,
    pub counts: &'a mut Counts,
}

impl<R: Real> Synapses<R> {
    /// Sends a source's spike on its way.
    pub fn send(&mut self, source: u32, step: u64) {
        if self.late.changes_delays() {
            self.send_late(source, step, step);
            return;
        }
        let row = (source - self.first_source) as usize;
        let slots = self.slots.len() as u64;
        match &self.delays {
            Delays::Same(delay) => {
                let range = (self.row_start[row], self.row_start[row + 1]);
                if range.0 < range.1 {
                    self.slots[((step + delay) % slots) as usize].push(range);
                }
            }
            Delays::Runs {
                row_runs,
                starts,
                delays,
            } => {
                for run in row_runs[row] as usize..row_runs[row + 1] as usize {
                    let arrival = step + u64::from(delays[run]);
                    self.slots[(arrival % slots) as usize].push((starts[run], starts[run + 1]));
                }
            }
        }
    }

    /// Carries out `on_pre` for the spikes that arrive at this step. True where any did.
    pub fn deliver(&mut self, arrival: &mut Arrival<'_, R>) -> bool {
        let slot = (arrival.step % self.slots.len() as u64) as usize;
        if self.slots[slot].is_empty() {
            return false;
        }
        let mut ranges = std::mem::take(&mut self.slots[slot]);
        let events: u64 = ranges
            .iter()
            .map(|(start, end)| u64::from(end - start))
            .sum();
        arrival.counts.synaptic_events += events;
        match &arrival.projection.on_pre {
            None => {}
            Some(Pathway::Additions(additions)) => {
                for addition in additions {
                    self.add(*addition, &ranges, arrival.post);
                }
            }
            Some(Pathway::Program { batch, in_turn }) => {
                arrival.counts.plastic_updates += events;
                let mut space = self.spaces.pre.take().expect("a program has a space");
                let synapses = ranges.iter().flat_map(|(start, end)| *start..*end);
                self.run(batch, *in_turn, synapses, &mut space, arrival);
                self.spaces.pre = Some(space);
            }
        }
        ranges.clear();
        self.slots[slot] = ranges;
        true
    }

    /// The hot loop: one addition for each synapse.
    fn add(&self, addition: Addition, ranges: &[(u32, u32)], post: &mut Columns<R>) {
        let into = post.values_mut(addition.target);
        match addition.weight {
            Weight::Same(weight) => {
                let weight = R::from_f64(weight);
                for (start, end) in ranges {
                    for target in &self.targets[*start as usize..*end as usize] {
                        into[*target as usize] += weight;
                    }
                }
            }
            Weight::Own(column) => {
                let weights = self.columns.values(column);
                for (start, end) in ranges {
                    let range = *start as usize..*end as usize;
                    for (target, weight) in self.targets[range.clone()].iter().zip(&weights[range])
                    {
                        into[*target as usize] += *weight;
                    }
                }
            }
        }
    }

    /// Sends a target's spike back to its synapses.
    pub fn send_back(&mut self, target: u32, step: u64, delay: u64) {
        let slots = self.post_slots.len() as u64;
        if slots > 0 {
            self.post_slots[((step + delay) % slots) as usize].push(target);
        }
    }

    /// Carries out `on_post` for the spikes that come back at this step. True where any did.
    pub fn deliver_back(&mut self, arrival: &mut Arrival<'_, R>) -> bool {
        let (Some(by_target), Some(pathway)) = (self.by_target.take(), &arrival.projection.on_post)
        else {
            return false;
        };
        let slot = (arrival.step % self.post_slots.len() as u64) as usize;
        let mut targets = std::mem::take(&mut self.post_slots[slot]);
        let any = !targets.is_empty();
        if any {
            let lengths = targets.iter().map(|target| by_target.of(*target).len());
            let events = lengths.sum::<usize>() as u64;
            arrival.counts.synaptic_events += events;
            match pathway {
                Pathway::Additions(additions) => {
                    for addition in additions {
                        for synapse in targets.iter().flat_map(|target| by_target.of(*target)) {
                            self.add(*addition, &[(*synapse, *synapse + 1)], arrival.post);
                        }
                    }
                }
                Pathway::Program { batch, in_turn } => {
                    arrival.counts.plastic_updates += events;
                    let mut space = self.spaces.post.take().expect("a program has a space");
                    let synapses = targets.iter().flat_map(|target| by_target.of(*target));
                    let synapses = synapses.copied();
                    self.run(batch, *in_turn, synapses, &mut space, arrival);
                    self.spaces.post = Some(space);
                }
            }
        }
        targets.clear();
        self.post_slots[slot] = targets;
        self.by_target = Some(by_target);
        any
    }

    /// Sums over the synapses of each target; `begun` says whether another projection's sum is there already.
    pub fn sum(&mut self, arrival: &mut Arrival<'_, R>, begun: impl Fn(u16) -> bool) {
        let mut spaces = std::mem::take(&mut self.spaces.sums);
        for (sum, space) in arrival.projection.sums.iter().zip(&mut spaces) {
            if !begun(sum.target) {
                arrival.post.values_mut(sum.target).fill(R::ZERO);
            }
            self.run(&sum.batch, false, 0..self.len() as u32, space, arrival);
        }
        self.spaces.sums = spaces;
    }

    /// One step of the clock-driven equations.
    pub fn integrate(&mut self, arrival: &mut Arrival<'_, R>) {
        if let (Some(batch), Some(mut space)) =
            (&arrival.projection.integrate, self.spaces.integrate.take())
        {
            self.run(batch, false, 0..self.len() as u32, &mut space, arrival);
            self.spaces.integrate = Some(space);
        }
    }

    /// Runs a program over synapses, in batches or one after the other.
    fn run(
        &mut self,
        batch: &Batch<SynapseField>,
        in_turn: bool,
        mut synapses: impl Iterator<Item = u32>,
        space: &mut BatchSpace<R>,
        arrival: &mut Arrival<'_, R>,
    ) {
        let most = if in_turn { 1 } else { BATCH };
        let mut chosen: Vec<u32> = Vec::with_capacity(most);
        loop {
            chosen.clear();
            chosen.extend(synapses.by_ref().take(most));
            if chosen.is_empty() {
                return;
            }
            let ends = Ends {
                post: arrival.post,
                pre: arrival.pre,
            };
            self.gather(batch, &chosen, &self.sources, ends, space);
            batch.run(
                space,
                &arrival.plan.functions,
                arrival.step,
                arrival.plan.dt,
            );
            self.put_back(batch, &chosen, space, arrival.post);
        }
    }

    /// Writes a batch's outputs to the synapses and their targets, in the order of the synapses.
    fn put_back(
        &mut self,
        batch: &Batch<SynapseField>,
        chosen: &[u32],
        space: &BatchSpace<R>,
        post: &mut Columns<R>,
    ) {
        for (place, (field, kind)) in batch.outputs.iter().enumerate() {
            let values = &space.columns[place];
            let (column, of_target) = match field {
                SynapseField::Own(column) => (self.columns.values_mut(*column), false),
                SynapseField::Post(column) => (post.values_mut(*column), true),
                SynapseField::Source | SynapseField::Target | SynapseField::Pre(_) => continue,
            };
            for (value, synapse) in values.iter().zip(chosen) {
                let index = if of_target {
                    self.targets[*synapse as usize]
                } else {
                    *synapse
                };
                match kind {
                    WriteKind::Set => column[index as usize] = *value,
                    WriteKind::Add => column[index as usize] += *value,
                }
            }
        }
    }
}
