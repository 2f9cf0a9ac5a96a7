//! Judging: the measures, formulas, claims and figures of a file, read before a run, and evaluated on what the run gave.

pub(crate) mod analysis_of_models;
pub(crate) mod decomposition;
pub(crate) mod leaves;
pub(crate) mod leaves_file;
pub(crate) mod measured;
pub(crate) mod measuring;
pub(crate) mod verdict;
