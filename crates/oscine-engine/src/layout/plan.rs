//! A network laid out: its populations, projections and records, and the programs of a step.

use crate::facts::PhaseFacts;
use crate::layout::cell_plan::CellPlan;
use crate::layout::synapse_plan::{ProjectionPlan, expected};
use crate::read::functions::TimeFunction;
use crate::read::groups::SpikeTrains;

/// All of a run.
pub(crate) struct Plan {
    pub seed: u64,
    pub dt: f64,
    pub steps: u64,
    pub single: bool,
    pub functions: Vec<TimeFunction>,
    pub groups: Vec<GroupPlan>,
    pub projections: Vec<ProjectionPlan>,
    pub records: Vec<RecordPlan>,
    /// The steps at which phases of the protocol begin, and the one at which the last ends.
    pub phases: Vec<u64>,
    pub phase_facts: Vec<PhaseFacts>,
    pub notes: Vec<String>,
}

impl Plan {
    /// Cells, and synapses that are computed at every step.
    pub fn updates_in_a_step(&self) -> usize {
        let cells = self
            .groups
            .iter()
            .map(|group| group.cells().map_or(0, |cells| cells.count));
        let synapses = self.projections.iter().map(|projection| {
            let programs = projection.sums.len() + usize::from(projection.integrate.is_some());
            (expected(projection) * programs as f64) as usize
        });
        cells.chain(synapses).sum()
    }
}

/// What fires, or could.
pub(crate) enum GroupPlan {
    Cells(Box<CellPlan>),
    Trains(SpikeTrains),
}

impl GroupPlan {
    pub fn name(&self) -> &str {
        match self {
            GroupPlan::Cells(cells) => &cells.name,
            GroupPlan::Trains(trains) => &trains.name,
        }
    }

    pub fn count(&self) -> usize {
        match self {
            GroupPlan::Cells(cells) => cells.count,
            GroupPlan::Trains(trains) => trains.count,
        }
    }

    pub fn cells(&self) -> Option<&CellPlan> {
        match self {
            GroupPlan::Cells(cells) => Some(cells),
            GroupPlan::Trains(_) => None,
        }
    }
}

/// What is sampled or whose spikes are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordTarget {
    Group(usize),
    Projection(usize),
}

/// A record of one population or projection.
#[derive(Clone, Debug)]
pub(crate) struct RecordPlan {
    pub name: String,
    pub of: String,
    pub target: RecordTarget,
    pub spikes: bool,
    pub variables: Vec<String>,
    pub first: usize,
    pub end: usize,
    /// Steps between samples; `None`: once, at the end.
    pub every: Option<u64>,
    pub from: u64,
    pub until: u64,
}

impl RecordPlan {
    /// True where variables are sampled before this step.
    pub fn samples_at(&self, step: u64, steps: u64) -> bool {
        match self.every {
            _ if self.variables.is_empty() => false,
            Some(every) => {
                step < steps
                    && step >= self.from
                    && step < self.until
                    && (step - self.from).is_multiple_of(every)
            }
            None => step == steps,
        }
    }
}
