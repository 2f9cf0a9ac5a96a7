//! Runs: the course of one run, from its description to its results folder, and what came of it.

pub(crate) mod course;
pub(crate) mod described;
pub(crate) mod epochs;
pub(crate) mod options;
pub(crate) mod outcome;
pub(crate) mod pace;
pub(crate) mod progress;
pub(crate) mod run_folder;
pub(crate) mod stage;
pub(crate) mod steps;
pub(crate) mod summary;
