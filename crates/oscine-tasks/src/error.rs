//! What can be wrong with the data of a task.

use std::path::PathBuf;

use oscine_equations::EquationError;
use thiserror::Error;

/// Data that cannot be had.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum TaskError {
    #[error(
        "there is no data called `{name}`: `digits`, `mnist`, `generated`, or the path of a table that ends in .csv"
    )]
    Unknown { name: String },
    #[error("{path}: {reason}", path = path.display())]
    Unreadable { path: PathBuf, reason: String },
    /// A data set that is fetched by hand.
    #[error(
        "MNIST is not here{looked}: put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and \
        t10k-labels-idx1-ubyte.gz into a folder, and name it with --data FOLDER or OSCINE_DATA=FOLDER"
    )]
    NoMnist {
        /// Where it was looked for, with a space before.
        looked: String,
    },
    #[error("{path} is damaged: {reason}", path = path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("{path}, line {line}, column `{column}`: `{written}` is not a number", path = path.display())]
    NotANumber {
        path: PathBuf,
        line: u64,
        column: String,
        written: String,
    },
    #[error("there is no column `{name}`; there are {there}")]
    NoColumn { name: String, there: String },
    #[error("there is no class `{name}`; there are {there}")]
    NoClass { name: String, there: String },
    #[error("this task has values to be met, not classes; leave out `classes`")]
    NotClasses,
    #[error("{place}: {error}")]
    Equation {
        /// As a key of the file.
        place: String,
        error: Box<EquationError>,
    },
    #[error("`data = \"generated\"` needs {what} in [task]: {example}")]
    NotGenerated {
        what: &'static str,
        example: &'static str,
    },
    #[error(
        "of {examples} examples none is left to learn from: `validation` and `test` take them all"
    )]
    NothingLeft { examples: usize },
}
