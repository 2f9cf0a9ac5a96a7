//! The synapses of a projection onto one shard: a sparse matrix by source, and an event queue of the spikes on their way.
//!
//! Where a synapse lies is known in this folder only. What leaves it names spikes on their way as (arrival, delay, source) and synapses
//! by their order in the projection, so that rows can be built anew while spikes are on their way: by another number of shards, or
//! by synapses that come and go.

mod by_target;
mod delays;
mod delivery;
mod fill;
mod gather;
mod in_flight;
mod late;
mod order;

use std::ops::Range;

use oscine_equations::lanes::Real;

use crate::build::connectivity::{Ground, wire};
use crate::error::BuildError;
use crate::layout::batch::{Batch, BatchSpace};
use crate::layout::columns::Columns;
use crate::layout::synapse_plan::{DelayPlan, Pathway, ProjectionPlan, SynapseField};

use by_target::ByTarget;
use delays::Delays;
pub(crate) use delivery::Arrival;
pub(crate) use gather::Ends;
pub(crate) use in_flight::InFlight;
use late::Late;
pub(crate) use order::Numbering;

/// Synapses by source, within a source by delay and then target.
#[derive(Clone, Debug)]
pub(crate) struct Synapses<R> {
    /// The first source; row `r` is of source `first_source + r`.
    first_source: u32,
    row_start: Vec<u32>,
    /// Targets, counted in the shard's part of their population.
    targets: Vec<u32>,
    /// The first target of the shard's part.
    target_offset: u32,
    /// Sources, where any program asks for them; else empty.
    sources: Vec<u32>,
    /// Which of several synapses between two cells each is; empty where no two cells have several.
    duplicates: Vec<u8>,
    columns: Columns<R>,
    delays: Delays,
    /// Synapses by target, where `on_post` asks for them.
    by_target: Option<ByTarget>,
    /// Ranges of synapses to which spikes are on their way, by the step of arrival modulo the number of slots.
    slots: Vec<Vec<(u32, u32)>>,
    /// Targets whose spikes are on their way back.
    post_slots: Vec<Vec<u32>>,
    /// Where delays change from spike to spike: what is on its way.
    late: Late,
    spaces: Spaces<R>,
}

/// The memory of the projection's programs.
#[derive(Clone, Debug)]
struct Spaces<R> {
    pre: Option<BatchSpace<R>>,
    post: Option<BatchSpace<R>>,
    sums: Vec<BatchSpace<R>>,
    integrate: Option<BatchSpace<R>>,
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
        let targets = wiring.targets.into_iter();
        let mut synapses = Synapses {
            first_source: plan.from_range.start as u32,
            row_start: wiring.row_start,
            targets: targets.map(|target| target - target_offset).collect(),
            target_offset,
            sources: Vec::new(),
            duplicates: Vec::new(),
            columns: Columns::zeros(plan.columns.len(), 0),
            delays: Delays::Same(0),
            by_target: None,
            slots: Vec::new(),
            post_slots: Vec::new(),
            late: Late::of(&plan.jitters),
            spaces: Spaces {
                pre: pathway_space(&plan.on_pre),
                post: pathway_space(&plan.on_post),
                sums: plan.sums.iter().map(|sum| sum.batch.space()).collect(),
                integrate: plan.integrate.as_ref().map(Batch::space),
            },
        };
        let programs = !plan.fills.is_empty()
            || matches!(plan.delay, DelayPlan::Each(_))
            || asks_for_sources(plan);
        if programs {
            synapses.sources = synapses.each_source().collect();
            synapses.count_duplicates();
        }
        synapses.lay_out_delays(plan, ground)?;
        synapses.columns = Columns::zeros(plan.columns.len(), synapses.len());
        for fill in &plan.fills {
            let what = &plan.columns[usize::from(fill.column)].name;
            let values = synapses.first_values(plan, &fill.values, ground, what)?;
            synapses.columns.set(fill.column, values);
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

    /// How many synapses there are.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// The source of each synapse, counted in its population.
    pub fn each_source(&self) -> impl Iterator<Item = u32> {
        let rows = (self.first_source..).zip(self.row_start.windows(2));
        rows.flat_map(|(source, row)| (row[0]..row[1]).map(move |_| source))
    }

    /// The target of each synapse, counted in its population.
    pub fn each_target(&self) -> impl Iterator<Item = u32> {
        self.targets.iter().map(|own| own + self.target_offset)
    }

    /// The values of each synapse, by column.
    pub fn columns(&self) -> &Columns<R> {
        &self.columns
    }

    /// The same, to be changed.
    pub fn columns_mut(&mut self) -> &mut Columns<R> {
        &mut self.columns
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
}

fn pathway_space<R: Real>(pathway: &Option<Pathway>) -> Option<BatchSpace<R>> {
    match pathway {
        Some(Pathway::Program { batch, .. }) => Some(batch.space()),
        _ => None,
    }
}

/// True where a program of the run, not only of the building, asks who a synapse's source is, or draws.
fn asks_for_sources(plan: &ProjectionPlan) -> bool {
    let asks = |batch: &Batch<SynapseField>| {
        !batch.runnable.streams.is_empty()
            || batch
                .inputs
                .iter()
                .any(|field| matches!(field, SynapseField::Source | SynapseField::Pre(_)))
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
