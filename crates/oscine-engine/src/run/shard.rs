//! A shard: one thread's part of every group, all synapses onto it, and what it has recorded.

use std::collections::HashMap;
use std::ops::Range;

use oscine_equations::integrator::RosenbrockWorkspace;
use oscine_equations::lanes::Real;
use oscine_equations::program::Workspace;

use crate::build::initial;
use crate::error::RunError;
use crate::facts::Counts;
use crate::layout::batch::BatchSpace;
use crate::layout::cell_plan::{CellPlan, Ready};
use crate::layout::columns::Columns;
use crate::layout::plan::{GroupPlan, Plan};
use crate::run::buffer::Buffer;
use crate::run::synapses::Synapses;
use crate::run::timings::Timings;

/// Parts begin at multiples of this, so that no two threads share a cache line or a block of random numbers.
const GRAIN: usize = 16;

/// One thread's part of a network.
pub(crate) struct Shard<R> {
    pub number: usize,
    pub groups: Vec<PopulationPart<R>>,
    pub synapses: Vec<Synapses<R>>,
    /// Whole columns of groups, as other shards published them: `[group][column]`.
    pub views: Vec<Vec<Vec<R>>>,
    pub buffers: Vec<Buffer>,
    pub counts: Counts,
    pub timings: Timings,
    /// Why this shard cannot go on.
    pub failure: Option<RunError>,
}

/// A shard's part of one group.
pub(crate) struct PopulationPart<R> {
    /// Its cells, counted in the group.
    pub range: Range<usize>,
    pub columns: Columns<R>,
    /// Cells that fired in this step, counted in the group.
    pub fired: Vec<u32>,
    /// The next spike of a train source.
    pub next_spike: usize,
    pub rosenbrock: Option<RosenbrockWorkspace>,
    pub update: Option<Workspace<R>>,
    pub receive: Option<Workspace<R>>,
    pub ready: Option<BatchSpace<R>>,
    pub reset: Option<BatchSpace<R>>,
    pub samples: HashMap<usize, Workspace<R>>,
}

/// The part of `count` elements that a shard owns.
pub(crate) fn part_of(count: usize, shard: usize, shards: usize) -> Range<usize> {
    let size = count.div_ceil(shards).div_ceil(GRAIN) * GRAIN;
    (shard * size).min(count)..((shard + 1) * size).min(count)
}

impl<R: Real> Shard<R> {
    /// A shard of its parts of the groups, with its synapses.
    pub fn new(
        plan: &Plan,
        number: usize,
        groups: Vec<PopulationPart<R>>,
        synapses: Vec<Synapses<R>>,
        buffers: Vec<Buffer>,
    ) -> Self {
        Self {
            number,
            groups,
            synapses,
            views: plan
                .groups
                .iter()
                .map(|group| vec![Vec::new(); group.cells().map_or(0, |cells| cells.columns.len())])
                .collect(),
            buffers,
            counts: Counts::default(),
            timings: Timings::default(),
            failure: None,
        }
    }
}

impl<R: Real> PopulationPart<R> {
    /// The cells of a group in `range`, as they start.
    pub fn new(plan: &Plan, group: &GroupPlan, range: Range<usize>) -> Self {
        let cells: Option<&CellPlan> = group.cells();
        Self {
            columns: cells.map_or_else(
                || Columns::zeros(0, range.len()),
                |cells| initial::columns(plan, cells, range.clone()),
            ),
            fired: Vec::new(),
            next_spike: 0,
            rosenbrock: cells.and_then(|cells| Some(cells.rosenbrock.as_ref()?.workspace())),
            update: cells.and_then(|cells| Some(cells.update.as_ref()?.workspace())),
            receive: cells.and_then(|cells| Some(cells.receive.as_ref()?.workspace())),
            ready: cells.and_then(|cells| match &cells.ready {
                Ready::Computed(batch) => Some(batch.space()),
                _ => None,
            }),
            reset: cells.and_then(|cells| Some(cells.reset.as_ref()?.space())),
            samples: cells.map_or_else(HashMap::new, |cells| {
                cells
                    .samples
                    .iter()
                    .filter_map(|(record, sample)| {
                        Some((*record, sample.program.as_ref()?.workspace()))
                    })
                    .collect()
            }),
            range,
        }
    }
}
