//! The step of a simulation, in the order of Brian2's schedule: what is recorded is the state before the step; spikes are detected after
//! the state was updated, delivered (those without delay within the same step), and only then are the cells that fired reset.

use std::time::Instant;

use oscine_equations::lanes::Real;

use crate::error::RunError;
use crate::layout::batch::{Batch, BatchSpace};
use crate::layout::cell_plan::{CellPlan, Ready};
use crate::layout::plan::{GroupPlan, Plan, RecordTarget};
use crate::run::exchange::board::{Board, Meeting, ReadMoment};
use crate::run::recorder::is_of_group;
use crate::run::shard::{PopulationPart, Shard};
use crate::run::synapses::{Arrival, Ends};
use crate::run::timings::{Stage, TIMED_EVERY, Timings};

/// How the shards of a run keep in step.
pub(crate) struct ExchangeRhythm {
    /// Steps between exchanges of spikes: one more than the least delay, since spikes are exchanged before they are delivered.
    pub interval: u64,
    /// The columns of sources that synapses read at the start of a step: group and column.
    pub read_at_start: Vec<(usize, u16)>,
    /// Those that pathways read when spikes are delivered.
    pub read_at_delivery: Vec<(usize, u16)>,
}

impl ExchangeRhythm {
    /// The columns that synapses read of their sources at a moment.
    fn read_at(&self, moment: ReadMoment) -> &[(usize, u16)] {
        match moment {
            ReadMoment::Start => &self.read_at_start,
            ReadMoment::Delivery => &self.read_at_delivery,
        }
    }
}

/// Reads the clock between stages, in some of the steps.
struct Clock {
    last: Option<Instant>,
}

impl Clock {
    fn lap(&mut self, stage: Stage, timings: &mut Timings) {
        if let Some(last) = &mut self.last {
            let now = Instant::now();
            timings.add(stage, now - *last);
            *last = now;
        }
    }
}

impl<R: Real> Shard<R> {
    /// One step. False where another thread has failed.
    pub fn step(
        &mut self,
        plan: &Plan,
        board: &Board<R>,
        rhythm: &ExchangeRhythm,
        step: u64,
    ) -> bool {
        let timed = step.is_multiple_of(TIMED_EVERY);
        let mut clock = Clock {
            last: timed.then(Instant::now),
        };
        self.record(plan, step);
        clock.lap(Stage::Record, &mut self.timings);
        if !rhythm.read_at_start.is_empty() && !self.meet_and_read(board, rhythm, step) {
            return false;
        }
        self.update_synapses(plan, step);
        clock.lap(Stage::Synapses, &mut self.timings);
        if !self.integrate(plan, step) {
            return false;
        }
        clock.lap(Stage::Integrate, &mut self.timings);
        self.detect(plan, board, rhythm, step);
        clock.lap(Stage::Detect, &mut self.timings);
        if !self.exchange(plan, board, rhythm, step) {
            return false;
        }
        clock.lap(Stage::Exchange, &mut self.timings);
        let written = self.deliver(plan, step);
        clock.lap(Stage::Deliver, &mut self.timings);
        self.receive(plan, step, &written);
        clock.lap(Stage::Receive, &mut self.timings);
        self.reset(plan, step);
        clock.lap(Stage::Reset, &mut self.timings);
        true
    }

    /// Samples the records that are due.
    pub fn record(&mut self, plan: &Plan, step: u64) {
        for (number, record) in plan.records.iter().enumerate() {
            if !record.samples_at(step, plan.steps) {
                continue;
            }
            match record.target {
                RecordTarget::Group(group) => self.sample_cells(plan, number, group, step),
                RecordTarget::Projection(projection) => {
                    self.sample_synapses(plan, number, projection, step)
                }
            }
        }
    }

    fn sample_cells(&mut self, plan: &Plan, number: usize, group: usize, step: u64) {
        let record = &plan.records[number];
        let (part, buffer) = (&mut self.groups[group], &mut self.buffers[number]);
        let first = record.first.max(part.range.start);
        let end = record.end.min(part.range.end);
        let Some(cells) = plan.groups[group].cells() else {
            return;
        };
        if first >= end {
            return;
        }
        let lanes = first - part.range.start..end - part.range.start;
        let sample = &cells.samples[&number];
        if let (Some(program), Some(workspace)) = (&sample.program, part.samples.get_mut(&number)) {
            let (now, lanes) = ((plan, step), lanes.clone());
            let first = part.range.start;
            part.columns.run(program, workspace, now, first, lanes);
        }
        buffer.steps.push(step);
        for (values, (_, column)) in buffer.values.iter_mut().zip(&sample.columns) {
            let column = &part.columns.values(*column)[lanes.clone()];
            values.extend(column.iter().map(|value| value.to_f64()));
        }
    }

    fn sample_synapses(&mut self, plan: &Plan, number: usize, projection: usize, step: u64) {
        let planned = &plan.projections[projection];
        let sample = &planned.samples[&number];
        let (synapses, buffer) = (&self.synapses[projection], &mut self.buffers[number]);
        let ends = Ends {
            post: &self.groups[planned.to].columns,
            pre: &[],
        };
        buffer.steps.push(step);
        let kept = &mut buffer.values;
        let keep = |columns: &[Vec<R>], count: usize| {
            for (values, column) in kept.iter_mut().zip(columns) {
                values.extend(column[..count].iter().map(|value| value.to_f64()));
            }
        };
        synapses.compute(&sample.batch, &buffer.places, ends, (plan, step), keep);
    }

    /// Publishes what synapses read of their sources at the start of a step, waits for the others, and takes theirs.
    fn meet_and_read(&mut self, board: &Board<R>, rhythm: &ExchangeRhythm, step: u64) -> bool {
        self.publish(board, rhythm, ReadMoment::Start, step);
        let meeting = Meeting {
            variables: Some((ReadMoment::Start, step)),
            ..Meeting::default()
        };
        if !board.meet(self.number, meeting) {
            return false;
        }
        self.read_published(board, rhythm, ReadMoment::Start, step);
        true
    }

    fn publish(&self, board: &Board<R>, rhythm: &ExchangeRhythm, moment: ReadMoment, step: u64) {
        let mut published = board.publish(moment, step, self.number);
        let wanted = rhythm.read_at(moment);
        published.resize_with(wanted.len(), Vec::new);
        for (column, (group, number)) in published.iter_mut().zip(wanted) {
            column.clear();
            column.extend_from_slice(self.groups[*group].columns.values(*number));
        }
    }

    fn read_published(
        &mut self,
        board: &Board<R>,
        rhythm: &ExchangeRhythm,
        moment: ReadMoment,
        step: u64,
    ) {
        let wanted = rhythm.read_at(moment);
        for (group, number) in wanted {
            self.views[*group][usize::from(*number)].clear();
        }
        for shard in 0..board.shards() {
            let published = board.published(moment, step, shard);
            for (column, (group, number)) in published.iter().zip(wanted) {
                self.views[*group][usize::from(*number)].extend_from_slice(column);
            }
        }
    }

    /// Sums over synapses, and clock-driven synaptic equations.
    fn update_synapses(&mut self, plan: &Plan, step: u64) {
        for (number, projection) in plan.projections.iter().enumerate() {
            if projection.sums.is_empty() && projection.integrate.is_none() {
                continue;
            }
            let mut here = Arrival {
                plan,
                projection,
                post: &mut self.groups[projection.to].columns,
                pre: &self.views[projection.from],
                step,
                counts: &mut self.counts,
            };
            let begun = |target: u16| {
                plan.projections[..number].iter().any(|earlier| {
                    earlier.to == projection.to
                        && earlier.sums.iter().any(|other| other.target == target)
                })
            };
            let synapses = &mut self.synapses[number];
            synapses.sum(&mut here, begun);
            synapses.integrate(&mut here);
        }
    }

    /// The new state of every cell. False where one could not be computed.
    fn integrate(&mut self, plan: &Plan, step: u64) -> bool {
        for (part, group) in self.groups.iter_mut().zip(&plan.groups) {
            let Some(cells) = group.cells() else { continue };
            let (now, first, lanes) = ((plan, step), part.range.start, 0..part.range.len());
            if let (Some(method), Some(workspace)) = (&cells.rosenbrock, &mut part.rosenbrock) {
                let columns = &mut part.columns;
                let done = columns.advance(method, workspace, now, lanes.clone());
                if let Err(failed) = done {
                    self.failure = Some(RunError::TooStiff {
                        population: cells.name.clone(),
                        index: first + failed.lane,
                        time: failed.time,
                    });
                    return false;
                }
            }
            if let (Some(program), Some(workspace)) = (&cells.update, &mut part.update) {
                self.counts.cell_updates += lanes.len() as u64;
                part.columns.run(program, workspace, now, first, lanes);
            }
        }
        true
    }

    /// Who fired; they are refractory from now on.
    fn detect(&mut self, plan: &Plan, board: &Board<R>, rhythm: &ExchangeRhythm, step: u64) {
        let round = step / rhythm.interval;
        let mut outbox = board.write_spikes(round, self.number);
        for (number, (part, group)) in self.groups.iter_mut().zip(&plan.groups).enumerate() {
            part.fired.clear();
            match group {
                GroupPlan::Cells(cells) => part.detect(cells, plan, step),
                GroupPlan::Trains(trains) => {
                    while let Some((_, train)) = trains
                        .spikes
                        .get(part.next_spike)
                        .filter(|spike| spike.0 <= step)
                    {
                        part.next_spike += 1;
                        if part.range.contains(&(*train as usize)) {
                            part.fired.push(*train);
                        }
                    }
                }
            }
            self.counts.spikes += part.fired.len() as u64;
            let spikes = &mut outbox[number];
            if step.is_multiple_of(rhythm.interval) {
                spikes.clear();
            }
            spikes.cells.extend_from_slice(&part.fired);
            spikes.step_ends.push(spikes.cells.len() as u32);
            if !part.fired.is_empty() {
                for (record, buffer) in plan.records.iter().zip(&mut self.buffers) {
                    if is_of_group(record, number) {
                        buffer.note(record, step, &part.fired);
                    }
                }
            }
        }
    }

    /// Once an interval the threads meet, and spikes are sent on their way. Spikes of the shard's own cells go back to their synapses at once.
    fn exchange(
        &mut self,
        plan: &Plan,
        board: &Board<R>,
        rhythm: &ExchangeRhythm,
        step: u64,
    ) -> bool {
        for (synapses, projection) in self.synapses.iter_mut().zip(&plan.projections) {
            if projection.on_post.is_some() {
                let part = &self.groups[projection.to];
                for cell in &part.fired {
                    synapses.send_back(cell - part.range.start as u32, step, projection.post_delay);
                }
            }
        }
        if !(step + 1).is_multiple_of(rhythm.interval) && step + 1 != plan.steps {
            return true;
        }
        let reads = !rhythm.read_at_delivery.is_empty();
        if reads {
            self.publish(board, rhythm, ReadMoment::Delivery, step);
        }
        let round = step / rhythm.interval;
        let meeting = Meeting {
            spikes: Some(round),
            variables: reads.then_some((ReadMoment::Delivery, step)),
        };
        if !board.meet(self.number, meeting) {
            return false;
        }
        if reads {
            self.read_published(board, rhythm, ReadMoment::Delivery, step);
        }
        let first = round * rhythm.interval;
        // By step, then by shard: the order in which spikes come to a cell is the same for any number of shards.
        let all: Vec<_> = (0..board.shards())
            .map(|shard| board.read_spikes(round, shard))
            .collect();
        for past in first..=step {
            for (synapses, projection) in self.synapses.iter_mut().zip(&plan.projections) {
                let from = &projection.from_range;
                for spikes in &all {
                    for cell in spikes[projection.from].of_step((past - first) as usize) {
                        if from.contains(&(*cell as usize)) {
                            synapses.send(*cell, past);
                        }
                    }
                }
            }
        }
        true
    }

    /// `on_pre` of the spikes that arrive, then `on_post` of those that come back. True for each group that input came to.
    fn deliver(&mut self, plan: &Plan, step: u64) -> Vec<bool> {
        let mut written = vec![false; self.groups.len()];
        for back in [false, true] {
            for (synapses, projection) in self.synapses.iter_mut().zip(&plan.projections) {
                let mut arrival = Arrival {
                    plan,
                    projection,
                    post: &mut self.groups[projection.to].columns,
                    pre: &self.views[projection.from],
                    step,
                    counts: &mut self.counts,
                };
                let any = if back {
                    synapses.deliver_back(&mut arrival)
                } else {
                    synapses.deliver(&mut arrival)
                };
                written[projection.to] |= any;
            }
        }
        written
    }

    /// Input to variables that refuse it while refractory, and Poisson input.
    fn receive(&mut self, plan: &Plan, step: u64, written: &[bool]) {
        for (number, (part, group)) in self.groups.iter_mut().zip(&plan.groups).enumerate() {
            let Some(cells) = group.cells() else { continue };
            if !written[number] && !cells.receives_always {
                continue;
            }
            if let (Some(program), Some(workspace)) = (&cells.receive, &mut part.receive) {
                let (first, lanes) = (part.range.start, 0..part.range.len());
                let now = (plan, step);
                part.columns.run(program, workspace, now, first, lanes);
            }
        }
    }

    fn reset(&mut self, plan: &Plan, step: u64) {
        for (part, group) in self.groups.iter_mut().zip(&plan.groups) {
            if let Some(cells) = group.cells()
                && let (Some(batch), Some(mut space)) = (&cells.reset, part.reset.take())
            {
                part.run_for_fired(batch, &mut space, plan, step);
                part.reset = Some(space);
            }
        }
    }
}

impl<R: Real> PopulationPart<R> {
    fn detect(&mut self, cells: &CellPlan, plan: &Plan, step: u64) {
        let first = self.range.start as u32;
        if let Some(update) = &self.update {
            self.fired
                .extend(update.listed().iter().map(|lane| first + lane));
        }
        if self.fired.is_empty() {
            return;
        }
        if let (Ready::After(steps), Some(ready_at)) = (&cells.ready, cells.ready_at) {
            let ready = R::from_f64((step + steps) as f64);
            for cell in &self.fired {
                self.columns.values_mut(ready_at)[(cell - first) as usize] = ready;
            }
        }
        if let (Ready::Computed(batch), Some(mut space)) = (&cells.ready, self.ready.take()) {
            self.run_for_fired(batch, &mut space, plan, step);
            self.ready = Some(space);
        }
        if let Some(last_spike) = cells.last_spike {
            let time = R::from_f64(step as f64 * plan.dt);
            for cell in &self.fired {
                self.columns.values_mut(last_spike)[(cell - first) as usize] = time;
            }
        }
    }

    /// Runs a program for the cells that fired.
    fn run_for_fired(
        &mut self,
        batch: &Batch<u16>,
        space: &mut BatchSpace<R>,
        plan: &Plan,
        step: u64,
    ) {
        let (now, first) = ((plan, step), self.range.start);
        self.columns
            .run_picked(batch, space, now, first, &self.fired);
    }
}
