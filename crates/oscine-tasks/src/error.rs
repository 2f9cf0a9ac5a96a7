//! What can be wrong with the data of a task.

use std::path::PathBuf;

use oscine_equations::EquationError;
use thiserror::Error;

/// Data that cannot be had.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum TaskError {
    #[error(
        "there is no data called `{name}`: `digits`, `mnist`, `generated`, the path of a table that ends in .csv or .parquet, or a folder of images with its path: `./{name}/`"
    )]
    Unknown { name: String },
    #[error("{path}: {reason}", path = path.display())]
    Unreadable { path: PathBuf, reason: String },
    /// A data set that is fetched by hand.
    #[error(
        "MNIST is not here{looked}: `oscine data mnist --data FOLDER` fetches it; or put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, \
        t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz into a folder. Then name the folder with --data FOLDER or OSCINE_DATA=FOLDER"
    )]
    NoMnist {
        /// Where it was looked for, with a space before.
        looked: String,
    },
    #[error(
        "`{name}` could not be fetched: {reasons}; try again later, or put the file there by hand"
    )]
    NotFetched { name: String, reasons: String },
    #[error("{path} is damaged: {reason}", path = path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("{place}, column `{column}`: {said}{hint}", said = not_a_number(written))]
    NotANumber {
        /// The file and its line.
        place: String,
        column: String,
        written: String,
        /// What else may be meant, with a sign before.
        hint: String,
    },
    #[error("{place}, column `{column}`: it is empty, where the name of a class was expected")]
    Empty { place: String, column: String },
    #[error("`{name}` is the target, and `inputs` names it too: the answer would be seen")]
    TargetSeen { name: String },
    #[error("there is no column beside `{name}`, which is to be known, to see")]
    NothingSeen { name: String },
    #[error("there is no column `{name}`; there are {there}")]
    NoColumn { name: String, there: String },
    #[error("`classes` names `{name}` twice")]
    ClassTwice { name: String },
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
    #[error(
        "[task]: `{name} = {text}` is {value} in example {example}; every number must be finite in single precision"
    )]
    NotFinite {
        name: String,
        text: String,
        example: u64,
        value: f64,
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

fn not_a_number(written: &str) -> String {
    if written.is_empty() {
        return "it is empty, where a number was expected".into();
    }
    match written.parse::<f64>() {
        Ok(value) if value.is_finite() => {
            format!("`{written}` is more than single precision holds (3.4e38)")
        }
        Ok(_) => format!("`{written}` is not finite"),
        Err(_) => format!("`{written}` is not a number"),
    }
}
