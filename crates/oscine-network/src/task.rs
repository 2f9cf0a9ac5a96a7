//! The task: the examples that a network learns from, and those that it is judged by.

use crate::{Named, Text};

/// Examples, and how they are parted.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// `digits`, `mnist`, a table (`.csv`, `.parquet`), a folder with one folder of images for each class, or `generated`.
    pub data: Text,
    /// The classes that are kept, by name, in the order of the outputs; all where empty.
    pub classes: Vec<String>,
    /// The part that is kept for validation of the examples that are not for the test, 0 to below 1.
    pub validation: f64,
    /// The part that is kept for the test. Where the data comes with a test set of its own, that is used if nothing is written here, and
    /// left alone else. Of generated examples these are made beside the others: as many as this part of them.
    pub test: Option<f64>,
    /// At most so many examples to learn from, drawn anew for each seed; all where `None`.
    pub training: Option<usize>,
    /// The column of a table that is to be known; the last where `None`.
    pub target: Option<Text>,
    /// The columns of a table that are seen; all others where empty. Of generated data: expressions of `rand()`, `randn()` by name.
    pub inputs: Named<Text>,
    /// Of generated data: expressions of the inputs, of `rand()` and `randn()`, by name.
    pub targets: Named<Text>,
    /// Of generated data: how many examples.
    pub examples: Option<usize>,
}
