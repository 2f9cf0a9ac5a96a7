//! A projection's plan: where its variables lie, and what the arrival of a spike does: one addition, or a program.

use std::collections::HashMap;
use std::ops::Range;

use oscine_network::Connect;

use crate::error::BuildError;
use crate::layout::batch::Batch;
use crate::layout::cell_plan::Column;
use crate::layout::meanings::Meanings;
use crate::layout::plan::GroupPlan;
use crate::read::ends::{Side, split_side};
use crate::read::jitter::Jitter;

/// Where a number of a synapse's program is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SynapseField {
    /// A column of the synapses.
    Own(u16),
    /// The index of the source.
    Source,
    /// The index of the target.
    Target,
    /// A column of the target population.
    Post(u16),
    /// A column of the source population.
    Pre(u16),
}

/// What a spike does to each synapse that it comes to.
#[derive(Clone, Debug)]
pub(crate) enum Pathway {
    /// Adds to variables of the target.
    Additions(Vec<Addition>),
    /// Runs a program; `in_turn`: one synapse after the other, since it reads what it writes of the target.
    Program {
        batch: Box<Batch<SynapseField>>,
        in_turn: bool,
    },
}

/// One addition to a column of the target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addition {
    pub target: u16,
    pub weight: Weight,
}

/// What is added.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Weight {
    Same(f64),
    /// A column of the synapses.
    Own(u16),
}

/// A first value, drawn again while it lies outside of its bounds: outputs are the value, then the bounds that there are.
#[derive(Clone, Debug)]
pub(crate) struct Fill {
    pub column: u16,
    pub values: Bounded,
}

/// A value with bounds.
#[derive(Clone, Debug)]
pub(crate) struct Bounded {
    pub batch: Batch<SynapseField>,
    pub lower: bool,
    pub upper: bool,
}

/// Delays.
#[derive(Clone, Debug)]
pub(crate) enum DelayPlan {
    /// Steps, the same for all synapses.
    Same(u64),
    /// Seconds, for each synapse.
    Each(Box<Bounded>),
}

/// A sum over the synapses of each target.
#[derive(Clone, Debug)]
pub(crate) struct SumPlan {
    pub batch: Batch<SynapseField>,
    pub target: u16,
}

/// What a record samples of the synapses.
#[derive(Clone, Debug)]
pub(crate) struct SynapseSample {
    pub batch: Batch<SynapseField>,
}

/// A projection, ready to be built.
pub(crate) struct ProjectionPlan {
    pub name: String,
    pub from: usize,
    pub to: usize,
    pub from_range: Range<usize>,
    pub to_range: Range<usize>,
    pub connect: Connect,
    pub condition: Option<Batch<SynapseField>>,
    pub columns: Vec<Column>,
    pub fills: Vec<Fill>,
    pub delay: DelayPlan,
    /// What changes the delay of every spike.
    pub jitters: Vec<Jitter>,
    pub post_delay: u64,
    pub on_pre: Option<Pathway>,
    pub on_post: Option<Pathway>,
    pub sums: Vec<SumPlan>,
    pub integrate: Option<Batch<SynapseField>>,
    /// Columns of the source that sums and clock-driven equations read at the start of a step.
    pub reads_at_start: Vec<u16>,
    /// Columns of the source that pathways read when spikes are delivered.
    pub reads_at_delivery: Vec<u16>,
    pub samples: HashMap<usize, SynapseSample>,
    /// What its own names stand for, for those who ask between steps.
    pub meanings: Meanings,
}

impl ProjectionPlan {
    /// Where a name of its programs is found.
    pub fn field(&self, groups: &[GroupPlan], name: &str) -> Option<SynapseField> {
        field(&self.columns, groups, (self.from, self.to), name)
    }
}

/// Where a name of a synapse's program is found: in a column of the synapses, of the source or of the target.
pub(crate) fn field(
    columns: &[Column],
    groups: &[GroupPlan],
    (from, to): (usize, usize),
    name: &str,
) -> Option<SynapseField> {
    if let Some(place) = columns.iter().position(|column| column.name == name) {
        return Some(SynapseField::Own(place as u16));
    }
    match name {
        "i" => return Some(SynapseField::Source),
        "j" => return Some(SynapseField::Target),
        _ => {}
    }
    let (plain, side) = split_side(name);
    match side {
        Side::Pre => groups[from].cells()?.column(plain).map(SynapseField::Pre),
        Side::Post => groups[to].cells()?.column(plain).map(SynapseField::Post),
    }
}

/// A delay in steps.
pub(crate) fn delay_steps(seconds: f64, dt: f64, owner: &str) -> Result<u64, BuildError> {
    if !seconds.is_finite() || seconds < 0.0 {
        return Err(BuildError::description(
            owner,
            format!("a delay of {seconds} s is before its spike"),
        ));
    }
    if seconds > 0.0 && seconds < 0.999_999 * dt {
        return Err(BuildError::description(
            owner,
            format!("a delay of {seconds} s is shorter than the step of {dt} s"),
        )
        .with_help("a delay is 0 or at least one step: lengthen it, or shorten [run] dt"));
    }
    Ok((seconds / dt).round() as u64)
}

/// Synapses to be expected; for a condition, all pairs.
pub(crate) fn expected(projection: &ProjectionPlan) -> f64 {
    let (from, to) = (
        projection.from_range.len() as f64,
        projection.to_range.len() as f64,
    );
    match &projection.connect {
        Connect::AllToAll | Connect::Condition { .. } => from * to,
        Connect::OneToOne => from.min(to),
        Connect::Probability { probability, .. } => from * to * probability,
        Connect::FixedInDegree { count, .. } => to * *count as f64,
        Connect::FixedOutDegree { count, .. } => from * *count as f64,
        Connect::FixedTotal { count, .. } => *count as f64,
        Connect::Pairs { pairs } => pairs.len() as f64,
        Connect::File { .. } => 0.0,
    }
}

/// The columns of the source that programs read.
pub(crate) fn columns_of_source<'a>(
    batches: impl Iterator<Item = &'a Batch<SynapseField>>,
) -> Vec<u16> {
    let mut columns: Vec<u16> = batches
        .flat_map(|batch| &batch.inputs)
        .filter_map(|field| match field {
            SynapseField::Pre(column) => Some(*column),
            _ => None,
        })
        .collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}
