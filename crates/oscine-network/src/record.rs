//! `[record.NAME]`: what is kept.

use crate::Slice;

/// Spikes or variables of one or more populations or projections.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Of which cells (or synapses, counted in their order).
    pub of: Vec<Slice>,
    /// Spikes: time and cell of each.
    pub spikes: bool,
    /// Variables, parameters, subexpressions by name.
    pub variables: Vec<String>,
    /// When the variables are sampled.
    pub times: RecordTimes,
    /// From here on, s.
    pub from: f64,
    /// Until here, s; `None`: to the end.
    pub until: Option<f64>,
}

/// When variables are sampled.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum RecordTimes {
    /// At every step.
    #[default]
    EveryStep,
    /// At this interval, s.
    Every(f64),
    /// Once, when the run ends.
    AtEnd,
}
