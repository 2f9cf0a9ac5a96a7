//! The synapses of a projection onto one shard: their arrays, and how they are laid out when they are built.

use std::ops::Range;

use oscine_equations::lanes::Real;

use crate::build::connectivity::{Ground, wire};
use crate::error::BuildError;
use crate::layout::batch::{BATCH, Batch, BatchSpace};
use crate::layout::key::key;
use crate::layout::synapse_plan::{
    Bounded, DelayPlan, Field, Pathway, ProjectionPlan, delay_steps,
};
use crate::read::jitter::Jitter;
use crate::run::jitter::Late;

/// Synapses by source, within a source by delay and then target.
#[derive(Clone, Debug)]
pub(crate) struct Synapses<R> {
    /// The first source; row `r` is of source `first_source + r`.
    pub first_source: u32,
    pub row_start: Vec<u32>,
    /// Targets, counted in the shard's part of their population.
    pub targets: Vec<u32>,
    /// The first target of the shard's part.
    pub target_offset: u32,
    /// Sources, where any program asks for them; else empty.
    pub sources: Vec<u32>,
    /// Which of several synapses between two cells each is; empty where no two cells have several.
    pub duplicates: Vec<u8>,
    pub columns: Vec<Vec<R>>,
    pub delays: Delays,
    /// Synapses by target, where `on_post` asks for them.
    pub by_target: Option<ByTarget>,
    /// Ranges of synapses to which spikes are on their way, by the step of arrival modulo the number of slots.
    pub slots: Vec<Vec<(u32, u32)>>,
    /// Targets whose spikes are on their way back.
    pub post_slots: Vec<Vec<u32>>,
    /// Where delays change from spike to spike: what is on its way.
    pub late: Late,
    pub pre_space: Option<BatchSpace<R>>,
    pub post_space: Option<BatchSpace<R>>,
    pub sum_spaces: Vec<BatchSpace<R>>,
    pub integrate_space: Option<BatchSpace<R>>,
}

/// Delays in steps.
#[derive(Clone, Debug)]
pub(crate) enum Delays {
    Same(u64),
    /// Runs of synapses of one source with the same delay: those of row `r` are `row_runs[r]..row_runs[r + 1]`, run `k` is
    /// the synapses `starts[k]..starts[k + 1]`.
    Runs {
        row_runs: Vec<u32>,
        starts: Vec<u32>,
        delays: Vec<u16>,
    },
}

/// Synapses by target.
#[derive(Clone, Debug)]
pub(crate) struct ByTarget {
    pub start: Vec<u32>,
    pub synapses: Vec<u32>,
}

/// Where a batch over synapses reads from.
pub(crate) struct Reading<'a, R> {
    pub columns: &'a [Vec<R>],
    pub sources: &'a [u32],
    pub targets: &'a [u32],
    pub target_offset: u32,
    /// Columns of the shard's part of the target population.
    pub post: &'a [Vec<R>],
    /// Whole columns of the source population, by column; those that nobody reads are empty.
    pub pre: &'a [Vec<R>],
    pub duplicates: &'a [u8],
}

impl<R: Real> Reading<'_, R> {
    /// Gathers a batch's inputs for some synapses.
    pub fn gather(&self, batch: &Batch<Field>, synapses: &[u32], space: &mut BatchSpace<R>) {
        let shift = batch.outputs.len();
        for (place, field) in batch.inputs.iter().enumerate() {
            let out = space.columns[shift + place].iter_mut().zip(synapses);
            match field {
                Field::Own(column) => {
                    let column = &self.columns[usize::from(*column)];
                    out.for_each(|(value, synapse)| *value = column[*synapse as usize]);
                }
                Field::Source => out.for_each(|(value, synapse)| {
                    *value = R::from_f64(f64::from(self.sources[*synapse as usize]));
                }),
                Field::Target => out.for_each(|(value, synapse)| {
                    let target = self.targets[*synapse as usize] + self.target_offset;
                    *value = R::from_f64(f64::from(target));
                }),
                Field::Post(column) => {
                    let column = &self.post[usize::from(*column)];
                    out.for_each(|(value, synapse)| {
                        *value = column[self.targets[*synapse as usize] as usize]
                    });
                }
                Field::Pre(column) => {
                    let column = &self.pre[usize::from(*column)];
                    out.for_each(|(value, synapse)| {
                        *value = column[self.sources[*synapse as usize] as usize]
                    });
                }
            }
        }
        space.elements.clear();
        if batch.runnable.streams.is_empty() {
            space.elements.resize(synapses.len(), 0);
        } else {
            let duplicate =
                |synapse: u32| self.duplicates.get(synapse as usize).copied().unwrap_or(0);
            space.elements.extend(synapses.iter().map(|synapse| {
                let target = self.targets[*synapse as usize] + self.target_offset;
                key(self.sources[*synapse as usize], target, duplicate(*synapse))
            }));
        }
    }
}

impl<R: Real> Synapses<R> {
    /// Builds the synapses of a projection onto the targets in `own`.
    pub fn build(
        plan: &ProjectionPlan,
        own: Range<usize>,
        ground: &Ground<'_, R>,
    ) -> Result<Self, BuildError> {
        let wiring = wire(plan, own.clone(), ground)?;
        let target_offset = own.start as u32;
        let mut synapses = Synapses {
            first_source: plan.from_range.start as u32,
            row_start: wiring.row_start,
            targets: wiring
                .targets
                .into_iter()
                .map(|target| target - target_offset)
                .collect(),
            target_offset,
            sources: Vec::new(),
            duplicates: Vec::new(),
            columns: vec![Vec::new(); plan.columns.len()],
            delays: Delays::Same(0),
            by_target: None,
            slots: Vec::new(),
            post_slots: Vec::new(),
            late: Late {
                jitters: plan.jitters.clone(),
                ..Late::default()
            },
            pre_space: pathway_space(&plan.on_pre),
            post_space: pathway_space(&plan.on_post),
            sum_spaces: plan.sums.iter().map(|sum| sum.batch.space()).collect(),
            integrate_space: plan.integrate.as_ref().map(Batch::space),
        };
        let programs = !plan.fills.is_empty()
            || matches!(plan.delay, DelayPlan::Each(_))
            || asks_for_sources(plan);
        if programs {
            synapses.name_sources();
            synapses.count_duplicates();
        }
        synapses.lay_out_delays(plan, ground)?;
        let slots = synapses.slots.len() + Jitter::reach(&plan.jitters) as usize;
        synapses.slots.resize(slots, Vec::new());
        for column in &mut synapses.columns {
            *column = vec![R::ZERO; synapses.targets.len()];
        }
        for fill in &plan.fills {
            let what = &plan.columns[usize::from(fill.column)].name;
            let values = synapses.values(plan, &fill.values, ground, what)?;
            synapses.columns[usize::from(fill.column)] = values;
        }
        if !asks_for_sources(plan) {
            synapses.sources = Vec::new();
            synapses.duplicates = Vec::new();
        }
        if plan.on_post.is_some() {
            synapses.by_target = Some(ByTarget::new(&synapses.targets, own.len()));
            synapses.post_slots = vec![Vec::new(); plan.post_delay as usize + 1];
        }
        Ok(synapses)
    }

    fn name_sources(&mut self) {
        self.sources = self.each_source().collect();
    }

    /// The source of each synapse.
    pub fn each_source(&self) -> impl Iterator<Item = u32> {
        let rows = (self.first_source..).zip(self.row_start.windows(2));
        rows.flat_map(|(source, row)| (row[0]..row[1]).map(move |_| source))
    }

    /// The delay of each synapse, s.
    pub fn delays_in_s(&self, dt: f64) -> Vec<f64> {
        match &self.delays {
            Delays::Same(steps) => vec![*steps as f64 * dt; self.targets.len()],
            Delays::Runs { starts, delays, .. } => delays
                .iter()
                .zip(starts.windows(2))
                .flat_map(|(delay, run)| (run[0]..run[1]).map(|_| f64::from(*delay) * dt))
                .collect(),
        }
    }

    /// Rows are in the order of targets here, so that synapses between the same two cells stand side by side.
    fn count_duplicates(&mut self) {
        let several = (1..self.targets.len()).any(|place| self.follows_its_like(place));
        if several {
            let mut duplicates = vec![0_u8; self.targets.len()];
            for place in 1..self.targets.len() {
                if self.follows_its_like(place) {
                    duplicates[place] = duplicates[place - 1].wrapping_add(1);
                }
            }
            self.duplicates = duplicates;
        }
    }

    fn follows_its_like(&self, place: usize) -> bool {
        self.targets[place] == self.targets[place - 1]
            && self.sources[place] == self.sources[place - 1]
    }

    fn lay_out_delays(
        &mut self,
        plan: &ProjectionPlan,
        ground: &Ground<'_, R>,
    ) -> Result<(), BuildError> {
        let bounded = match &plan.delay {
            DelayPlan::Same(steps) => {
                self.delays = Delays::Same(*steps);
                self.slots = vec![Vec::new(); *steps as usize + 1];
                return Ok(());
            }
            DelayPlan::Each(bounded) => bounded,
        };
        let seconds = self.values(plan, bounded, ground, "delay")?;
        let owner = format!("[synapses.{}] delay", plan.name);
        let mut steps = Vec::with_capacity(seconds.len());
        for delay in &seconds {
            let delay = delay_steps(delay.to_f64(), ground.dt, &owner)?;
            steps.push(u16::try_from(delay).map_err(|_| {
                BuildError::description(
                    owner.clone(),
                    format!("a delay of {delay} steps is longer than 65,535"),
                )
            })?);
        }
        let mut order: Vec<u32> = (0..steps.len() as u32).collect();
        let (mut row_runs, mut starts, mut delays) = (vec![0], Vec::new(), Vec::new());
        for row in 0..self.row_start.len() - 1 {
            let range = self.row_start[row] as usize..self.row_start[row + 1] as usize;
            order[range.clone()].sort_by_key(|place| steps[*place as usize]);
            for place in range {
                let delay: u16 = steps[order[place] as usize];
                if delays.len() == *row_runs.last().expect("never empty") as usize
                    || delays.last() != Some(&delay)
                {
                    starts.push(place as u32);
                    delays.push(delay);
                }
            }
            row_runs.push(delays.len() as u32);
        }
        starts.push(steps.len() as u32);
        self.targets = order
            .iter()
            .map(|place| self.targets[*place as usize])
            .collect();
        if !self.duplicates.is_empty() {
            self.duplicates = order
                .iter()
                .map(|place| self.duplicates[*place as usize])
                .collect();
        }
        let longest = delays.iter().copied().max().unwrap_or(0);
        self.slots = vec![Vec::new(); usize::from(longest) + 1];
        self.delays = Delays::Runs {
            row_runs,
            starts,
            delays,
        };
        Ok(())
    }

    /// First values of all synapses, drawn again while outside of their bounds.
    fn values(
        &self,
        plan: &ProjectionPlan,
        bounded: &Bounded,
        ground: &Ground<'_, R>,
        what: &str,
    ) -> Result<Vec<R>, BuildError> {
        const PATIENCE: u64 = 1_000;
        let batch = &bounded.batch;
        let mut space = batch.space::<R>();
        let own = self.target_offset as usize;
        // At this time the target's columns are those of the whole population.
        let targets: Vec<u32> = self
            .targets
            .iter()
            .map(|target| target + self.target_offset)
            .collect();
        debug_assert!(targets.iter().all(|target| *target as usize >= own));
        let reading = Reading {
            columns: &self.columns,
            sources: &self.sources,
            targets: &targets,
            target_offset: 0,
            post: &ground.populations[plan.to],
            pre: &ground.populations[plan.from],
            duplicates: &self.duplicates,
        };
        let mut values = vec![R::ZERO; self.targets.len()];
        let mut open: Vec<u32> = (0..values.len() as u32).collect();
        for attempt in 0..PATIENCE {
            let mut again = Vec::new();
            for synapses in open.chunks(BATCH) {
                reading.gather(batch, synapses, &mut space);
                batch.run(&mut space, ground.table, attempt, ground.dt);
                for (lane, synapse) in synapses.iter().enumerate() {
                    let value = space.columns[0][lane];
                    let below = bounded.lower && value < space.columns[1][lane];
                    let above = bounded.upper
                        && value > space.columns[1 + usize::from(bounded.lower)][lane];
                    if below || above {
                        again.push(*synapse);
                    } else {
                        values[*synapse as usize] = value;
                    }
                }
            }
            open = again;
            if open.is_empty() {
                return Ok(values);
            }
        }
        Err(BuildError::description(
            format!("[synapses.{}] {what}", plan.name),
            format!(
                "{} values were still outside of their bounds after {PATIENCE} draws",
                open.len()
            ),
        ))
    }
}

fn pathway_space<R: Real>(pathway: &Option<Pathway>) -> Option<BatchSpace<R>> {
    match pathway {
        Some(Pathway::Program { batch, .. }) => Some(batch.space()),
        _ => None,
    }
}

/// True where a program of the run, not only of the building, asks who a synapse's source is, or draws.
fn asks_for_sources(plan: &ProjectionPlan) -> bool {
    let asks = |batch: &Batch<Field>| {
        !batch.runnable.streams.is_empty()
            || batch
                .inputs
                .iter()
                .any(|field| matches!(field, Field::Source | Field::Pre(_)))
    };
    let pathway = |pathway: &Option<Pathway>| match pathway {
        Some(Pathway::Program { batch, .. }) => asks(batch),
        _ => false,
    };
    !plan.jitters.is_empty()
        || pathway(&plan.on_pre)
        || pathway(&plan.on_post)
        || plan.sums.iter().any(|sum| asks(&sum.batch))
        || plan.integrate.iter().any(asks)
        || !plan.samples.is_empty()
}

impl ByTarget {
    fn new(targets: &[u32], count: usize) -> Self {
        let mut start = vec![0_u32; count + 1];
        for target in targets {
            start[*target as usize + 1] += 1;
        }
        for target in 0..count {
            start[target + 1] += start[target];
        }
        let mut next = start.clone();
        let mut synapses = vec![0_u32; targets.len()];
        for (synapse, target) in targets.iter().enumerate() {
            let place = &mut next[*target as usize];
            synapses[*place as usize] = synapse as u32;
            *place += 1;
        }
        Self { start, synapses }
    }
}
