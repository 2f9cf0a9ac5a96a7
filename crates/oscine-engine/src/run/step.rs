//! The step of a simulation, in the order of Brian2's schedule: what is recorded is the state before the step; spikes are detected after
//! the state was updated, delivered (those without delay within the same step), and only then are the cells that fired reset.

use std::time::Instant;

use oscine_equations::lanes::Real;

use crate::error::RunError;
use crate::layout::batch::{BATCH, Batch, BatchSpace};
use crate::layout::cell_plan::{CellPlan, Ready};
use crate::layout::plan::{GroupPlan, Plan, Recorded};
use crate::layout::runnable::{Contiguous, Runnable, uniforms};
use crate::read::functions::TimeFunction;
use crate::run::delivery::Arrival;
use crate::run::exchange::board::{Board, Moment};
use crate::run::recorder::is_of_group;
use crate::run::shard::{Part, Shard};
use crate::run::timings::{Stage, TIMED_EVERY, Timings};

/// How the shards of a run keep in step.
pub(crate) struct Rhythm {
    /// Steps between exchanges of spikes: one more than the least delay, since spikes are exchanged before they are delivered.
    pub interval: u64,
    /// The columns of sources that synapses read at the start of a step: group and column.
    pub read_at_start: Vec<(usize, u16)>,
    /// Those that pathways read when spikes are delivered.
    pub read_at_delivery: Vec<(usize, u16)>,
}

impl Rhythm {
    /// The columns that synapses read of their sources at a moment.
    fn read_at(&self, moment: Moment) -> &[(usize, u16)] {
        match moment {
            Moment::Start => &self.read_at_start,
            Moment::Delivery => &self.read_at_delivery,
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
    pub fn step(&mut self, plan: &Plan, board: &Board<R>, rhythm: &Rhythm, step: u64) -> bool {
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
                Recorded::Group(group) => self.sample_cells(plan, number, group, step),
                Recorded::Projection(projection) => {
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
            let mut environment = contiguous(program, &plan.functions, step, part.range.start);
            let uniforms = uniforms(step, plan.dt);
            program.program.run(
                workspace,
                &mut part.columns,
                &uniforms,
                &mut environment,
                lanes.clone(),
            );
        }
        buffer.steps.push(step);
        for (values, (_, column)) in buffer.values.iter_mut().zip(&sample.columns) {
            let column = &part.columns[usize::from(*column)][lanes.clone()];
            values.extend(column.iter().map(|value| value.to_f64()));
        }
    }

    fn sample_synapses(&mut self, plan: &Plan, number: usize, projection: usize, step: u64) {
        let planned = &plan.projections[projection];
        let sample = &planned.samples[&number];
        let (synapses, buffer) = (&self.synapses[projection], &mut self.buffers[number]);
        let post = &self.groups[planned.to].columns;
        let mut space = sample.batch.space::<R>();
        buffer.steps.push(step);
        for chosen in buffer.places.chunks(BATCH) {
            synapses.compute(&sample.batch, chosen, &mut space, plan, step, post, &[]);
            for (values, column) in buffer.values.iter_mut().zip(&space.columns) {
                values.extend(column[..chosen.len()].iter().map(|value| value.to_f64()));
            }
        }
    }

    /// Publishes what synapses read of their sources at the start of a step, waits for the others, and takes theirs.
    fn meet_and_read(&mut self, board: &Board<R>, rhythm: &Rhythm, step: u64) -> bool {
        self.publish(board, rhythm, Moment::Start, step);
        if !board.barrier.wait() {
            return false;
        }
        self.read_published(board, rhythm, Moment::Start, step);
        true
    }

    fn publish(&self, board: &Board<R>, rhythm: &Rhythm, moment: Moment, step: u64) {
        let mut published = board.publish(moment, step, self.number);
        let wanted = rhythm.read_at(moment);
        published.resize_with(wanted.len(), Vec::new);
        for (column, (group, number)) in published.iter_mut().zip(wanted) {
            column.clone_from(&self.groups[*group].columns[usize::from(*number)]);
        }
    }

    fn read_published(&mut self, board: &Board<R>, rhythm: &Rhythm, moment: Moment, step: u64) {
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
            let synapses = &mut self.synapses[number];
            let count = synapses.targets.len() as u32;
            let mut here = Arrival {
                plan,
                projection,
                post: &mut self.groups[projection.to].columns,
                pre: &self.views[projection.from],
                step,
                counts: &mut self.counts,
            };
            let mut spaces = std::mem::take(&mut synapses.sum_spaces);
            for (sum, space) in projection.sums.iter().zip(&mut spaces) {
                if !plan.projections[..number].iter().any(|earlier| {
                    earlier.to == projection.to
                        && earlier.sums.iter().any(|other| other.target == sum.target)
                }) {
                    here.post[usize::from(sum.target)].fill(R::ZERO);
                }
                synapses.run(&sum.batch, false, 0..count, space, &mut here);
            }
            synapses.sum_spaces = spaces;
            if let (Some(batch), Some(mut space)) =
                (&projection.integrate, synapses.integrate_space.take())
            {
                synapses.run(batch, false, 0..count, &mut space, &mut here);
                synapses.integrate_space = Some(space);
            }
        }
    }

    /// The new state of every cell. False where one could not be computed.
    fn integrate(&mut self, plan: &Plan, step: u64) -> bool {
        let uniforms = uniforms(step, plan.dt);
        for (part, group) in self.groups.iter_mut().zip(&plan.groups) {
            let Some(cells) = group.cells() else { continue };
            let lanes = 0..part.range.len();
            if let (Some((method, calls)), Some(workspace)) =
                (&cells.rosenbrock, &mut part.rosenbrock)
            {
                let environment = contiguous(calls, &plan.functions, step, part.range.start);
                let (columns, start) = (&mut part.columns, uniforms[0]);
                let done = method.advance(
                    workspace,
                    columns,
                    &uniforms,
                    &environment,
                    lanes.clone(),
                    start,
                    plan.dt,
                );
                if let Err(failed) = done {
                    self.failure = Some(RunError::TooStiff {
                        population: cells.name.clone(),
                        index: part.range.start + failed.lane,
                        time: failed.time,
                    });
                    return false;
                }
            }
            let (Some(program), Some(workspace)) = (&cells.update, &mut part.update) else {
                continue;
            };
            self.counts.cell_updates += lanes.len() as u64;
            let mut environment = contiguous(program, &plan.functions, step, part.range.start);
            program.program.run(
                workspace,
                &mut part.columns,
                &uniforms,
                &mut environment,
                lanes,
            );
        }
        true
    }

    /// Who fired; they are refractory from now on.
    fn detect(&mut self, plan: &Plan, board: &Board<R>, rhythm: &Rhythm, step: u64) {
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
    fn exchange(&mut self, plan: &Plan, board: &Board<R>, rhythm: &Rhythm, step: u64) -> bool {
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
            self.publish(board, rhythm, Moment::Delivery, step);
        }
        if !board.barrier.wait() {
            return false;
        }
        if reads {
            self.read_published(board, rhythm, Moment::Delivery, step);
        }
        let round = step / rhythm.interval;
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
        let uniforms = uniforms(step, plan.dt);
        for (number, (part, group)) in self.groups.iter_mut().zip(&plan.groups).enumerate() {
            let Some(cells) = group.cells() else { continue };
            let (Some(program), Some(workspace)) = (&cells.receive, &mut part.receive) else {
                continue;
            };
            if !written[number] && !cells.receives_always {
                continue;
            }
            let mut environment = contiguous(program, &plan.functions, step, part.range.start);
            let lanes = 0..part.range.len();
            program.program.run(
                workspace,
                &mut part.columns,
                &uniforms,
                &mut environment,
                lanes,
            );
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

impl<R: Real> Part<R> {
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
                self.columns[usize::from(ready_at)][(cell - first) as usize] = ready;
            }
        }
        if let (Ready::Computed(batch), Some(mut space)) = (&cells.ready, self.ready.take()) {
            self.run_for_fired(batch, &mut space, plan, step);
            self.ready = Some(space);
        }
        if let Some(last_spike) = cells.last_spike {
            let time = R::from_f64(step as f64 * plan.dt);
            for cell in &self.fired {
                self.columns[usize::from(last_spike)][(cell - first) as usize] = time;
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
        let first = self.range.start as u32;
        for cells in self.fired.chunks(BATCH) {
            space.elements.clear();
            space
                .elements
                .extend(cells.iter().map(|cell| u64::from(*cell)));
            for (place, input) in batch.inputs.iter().enumerate() {
                let column = &self.columns[usize::from(*input)];
                let out = &mut space.columns[batch.outputs.len() + place];
                for (value, cell) in out.iter_mut().zip(cells) {
                    *value = column[(cell - first) as usize];
                }
            }
            batch.run(space, &plan.functions, step, plan.dt);
            for (place, (output, kind)) in batch.outputs.iter().enumerate() {
                let column = &mut self.columns[usize::from(*output)];
                for (value, cell) in space.columns[place].iter().zip(cells) {
                    let old = &mut column[(cell - first) as usize];
                    match kind {
                        oscine_equations::WriteKind::Set => *old = *value,
                        oscine_equations::WriteKind::Add => *old += *value,
                    }
                }
            }
        }
    }
}

fn contiguous<'a>(
    runnable: &'a Runnable,
    table: &'a [TimeFunction],
    step: u64,
    first: usize,
) -> Contiguous<'a> {
    Contiguous {
        runnable,
        table,
        step,
        first: first as u64,
    }
}
