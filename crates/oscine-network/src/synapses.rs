//! `[synapses.NAME]`: a projection from one population, or spike source, to another.

use std::path::PathBuf;

use crate::{Named, Text};

/// A projection.
#[derive(Clone, Debug, PartialEq)]
pub struct Synapses {
    /// The sources: a slice of a population or of a stimulus that fires.
    pub from: Slice,
    /// The targets: a slice of a population (or of a spike source, for plasticity without a cell).
    pub to: Slice,
    /// The catalogue's entry or the user's file that it was made from (already merged into the other fields).
    pub model: Option<String>,
    /// Who connects to whom.
    pub connect: Connect,
    /// Equations of the synapse: parameters, `event-driven`, `clock-driven` and `summed` ones.
    pub equations: Text,
    /// Statements at the arrival of a presynaptic spike.
    pub on_pre: Option<Text>,
    /// Statements at a postsynaptic spike.
    pub on_post: Option<Text>,
    /// From the presynaptic spike to `on_pre` (axonal).
    pub delay: Delay,
    /// From the postsynaptic spike to `on_post` (dendritic, back-propagating).
    pub delay_post: Delay,
    /// Constants, and expressions of `i`, `j`, `rand()`, `randn()`, positions `x_pre` … and distance, by name.
    pub parameters: Named<Text>,
    /// Where the synaptic variables start: expressions as for parameters.
    pub initial: Named<Text>,
    /// For a parameter or initial value, by its name: draw again while it lies outside (lower, upper).
    pub bounds: Named<(Option<Text>, Option<Text>)>,
    /// The integrator of clock-driven equations by name.
    pub integrator: Option<String>,
}

/// A delay.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delay {
    /// An expression with the dimension of time: a constant, or of `rand()`, `randn()`, positions; 0 where `None`.
    pub value: Option<Text>,
    /// Draw again while it lies below this.
    pub lower: Option<Text>,
    /// Draw again while it lies above this.
    pub upper: Option<Text>,
}

/// `cells[0:3200]`: a population by name, and a contiguous part of it.
///
/// Two slices are equal when they hold the same cells, wherever they stand.
#[derive(Clone, Debug, Default)]
pub struct Slice {
    /// The population or stimulus.
    pub name: String,
    /// The first cell.
    pub first: usize,
    /// One past the last cell; `None`: to the end.
    pub end: Option<usize>,
    /// Where it stands in the file.
    pub place: Option<std::ops::Range<usize>>,
}

impl Slice {
    /// A whole population.
    pub fn all(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            first: 0,
            end: None,
            place: None,
        }
    }
}

impl PartialEq for Slice {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.first, self.end) == (&other.name, other.first, other.end)
    }
}

impl Eq for Slice {}

impl std::fmt::Display for Slice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.first, self.end) {
            (0, None) => f.write_str(&self.name),
            (first, Some(end)) if end == first + 1 => write!(f, "{}[{first}]", self.name),
            (first, Some(end)) => write!(f, "{}[{first}:{end}]", self.name),
            (first, None) => write!(f, "{}[{first}:]", self.name),
        }
    }
}

/// Who connects to whom. `i` counts sources and `j` targets from 0, within their slices' populations.
#[derive(Clone, Debug, PartialEq)]
pub enum Connect {
    /// Every source to every target.
    AllToAll,
    /// The k-th source of the slice to the k-th target.
    OneToOne,
    /// Each pair by itself with this probability; `autapses`: a cell may connect to itself.
    Probability {
        /// In [0, 1].
        probability: f64,
        /// Whether a cell may connect to itself.
        autapses: bool,
    },
    /// Each target has exactly this many synapses, from sources drawn with (`multapses`) or without replacement.
    FixedInDegree {
        /// Synapses of each target.
        count: usize,
        /// Whether a cell may connect to itself.
        autapses: bool,
        /// Whether a pair may have more than one synapse.
        multapses: bool,
    },
    /// Each source has exactly this many synapses.
    FixedOutDegree {
        /// Synapses of each source.
        count: usize,
        /// Whether a cell may connect to itself.
        autapses: bool,
        /// Whether a pair may have more than one synapse.
        multapses: bool,
    },
    /// This many synapses in all, each between a source and a target drawn alike.
    FixedTotal {
        /// Synapses in all.
        count: usize,
        /// Whether a cell may connect to itself.
        autapses: bool,
        /// Whether a pair may have more than one synapse.
        multapses: bool,
    },
    /// Where a condition holds, of `i`, `j`, `rand()`, positions `x_pre`, `x_post` … and parameters: `i != j`; and there with
    /// a probability (an expression of the same).
    Condition {
        /// The condition.
        condition: Text,
        /// With this probability where the condition holds; 1 where `None`.
        probability: Option<Text>,
    },
    /// Pairs from a file with columns `i` and `j` (and `weight`-like further ones by the name of a parameter, and `delay`): CSV or Parquet.
    File {
        /// The file, relative to the experiment's folder.
        path: PathBuf,
    },
    /// Pairs as they stand.
    Pairs {
        /// Source and target.
        pairs: Vec<(usize, usize)>,
    },
}
