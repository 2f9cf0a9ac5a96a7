//! What must hold of any experiment, read or built: names, numbers, references. Equations are checked when they are compiled.

use crate::{Experiment, Mistake};
use std::ops::Range;

/// A mistake, and where in the experiment.
pub(crate) struct Finding {
    /// The keys that lead to it.
    pub path: Vec<String>,
    /// The key itself, or its value.
    pub at: At,
    /// Where it stands in the file, where that is known more exactly.
    pub place: Option<Range<usize>>,
    pub mistake: Mistake,
}

#[derive(PartialEq)]
pub(crate) enum At {
    Key,
    Value,
}

pub(crate) fn check(_experiment: &Experiment) -> Vec<Finding> {
    Vec::new()
}
pub(crate) fn defined_name(line: &str) -> Option<String> {
    Some(line.into())
}
