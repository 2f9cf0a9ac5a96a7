//! Populations and spike sources, read: what the ends of projections, records and inputs are.

use oscine_equations::graph::Binary;
use oscine_equations::{Expression, Graph};
use oscine_network::Slice;

use crate::error::BuildError;
use crate::read::cells::CellDraft;

/// A group while it is read.
pub(crate) enum GroupDraft {
    Cells(Box<CellDraft>),
    Trains(SpikeTrains),
}

impl GroupDraft {
    pub fn name(&self) -> &str {
        match self {
            GroupDraft::Cells(cells) => &cells.name,
            GroupDraft::Trains(trains) => &trains.name,
        }
    }

    pub fn count(&self) -> usize {
        match self {
            GroupDraft::Cells(cells) => cells.count,
            GroupDraft::Trains(trains) => trains.count,
        }
    }
}

/// The group of a name.
pub(crate) fn find_group(
    groups: &[GroupDraft],
    slice: &Slice,
    owner: &str,
) -> Result<usize, BuildError> {
    groups
        .iter()
        .position(|group| group.name() == slice.name)
        .ok_or_else(|| {
            let known: Vec<&str> = groups.iter().map(GroupDraft::name).collect();
            BuildError::description(
                owner,
                format!("there is no population or spike source `{}`", slice.name),
            )
            .with_help(format!("there are {}", known.join(", ")))
            .at(slice.place.clone())
        })
}

/// A slice's cells within its population.
pub(crate) fn slice_range(slice: &Slice, count: usize) -> std::ops::Range<usize> {
    slice.first.min(count)..slice.end.unwrap_or(count).min(count)
}

/// Whether a cell's index is in a range.
pub(crate) fn index_within(graph: &mut Graph, range: std::ops::Range<usize>) -> Expression {
    let index = graph.named("i");
    let first = graph.constant(range.start as f64);
    let end = graph.constant(range.end as f64);
    let after = graph.binary(Binary::LessOrEqual, first, index);
    let before = graph.binary(Binary::Less, index, end);
    graph.binary(Binary::And, after, before)
}

/// Trains with given times.
#[derive(Clone, Debug)]
pub(crate) struct SpikeTrains {
    pub name: String,
    pub count: usize,
    /// Step and train of each spike, in this order.
    pub spikes: Vec<(u64, u32)>,
}
