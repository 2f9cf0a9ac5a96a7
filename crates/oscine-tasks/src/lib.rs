//! The examples that artificial networks learn from: read, parted into those to learn from, to validate with and to be tested on.
//!
//! [`load`] gives what a [`Task`](oscine_network::Task) describes: the digits that ship inside, MNIST, a table, a folder of images, or examples made by expressions.

// Only the program prints.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

mod cells;
mod digits;
mod error;

mod fetch;
mod generated;
mod idx;
mod images;
mod split;
mod subset;
mod table;

use std::path::Path;
use std::sync::Arc;

use oscine_network::Task;

use subset::with_classes;

pub use error::TaskError;
pub use fetch::{MNIST_PLACES, fetch_mnist};
pub use split::Split;

/// The variable that names the folder of data sets where the call does not.
pub const DATA_VARIABLE: &str = "OSCINE_DATA";

/// Reads the examples of a task.
///
/// `seed` draws which examples are learned from and which validated with, `folder` is where relative paths start from, `data_folder`
/// where data sets by name lie; where it is none, the folder that `OSCINE_DATA` names.
///
/// # Errors
/// Data that is not there, is damaged, or does not hold what the task names.
pub fn load(
    task: &Task,
    seed: u64,
    folder: &Path,
    data_folder: Option<&Path>,
) -> Result<Split, TaskError> {
    let name = task.data.value.trim();
    let mut sets = match name {
        "digits" => Arc::new((digits::read()?, None)),
        "mnist" => {
            let named = std::env::var_os(DATA_VARIABLE).map(std::path::PathBuf::from);
            let place = data_folder.map(Path::to_owned).or(named);
            // Runs of a sweep that learn from a few of them each read the same files.
            idx::mnist(place.as_deref(), task.training.is_some())?
        }
        "generated" => {
            // Those to be tested with are others than those learned from, and the same for every seed.
            let count = task.examples.unwrap_or(0) as f64 * task.test.unwrap_or(0.0);
            let tested = Task {
                examples: Some(count.round() as usize),
                ..task.clone()
            };
            let test = generated::make(&tested, generated::SEED_OF_THE_TEST)?;
            Arc::new((generated::make(task, seed)?, Some(test)))
        }
        _ if is_path(name) => {
            let path = folder.join(name);
            let examples = match path.is_dir() {
                true => images::read(&path)?,
                false => table::read(&path, task)?,
            };
            Arc::new((examples, None))
        }
        _ => return Err(TaskError::Unknown { name: name.into() }),
    };
    if !task.classes.is_empty() {
        let (all, own_test) = &*sets;
        let own_test = own_test.as_ref();
        let own_test = own_test.map(|test| with_classes(test, &task.classes));
        let all = with_classes(all, &task.classes)?;
        sets = Arc::new((all, own_test.transpose()?));
    }
    let task = match name {
        "generated" => &Task {
            test: None,
            ..task.clone()
        },
        _ => task,
    };
    split::split(&sets.0, sets.1.as_ref(), task, seed)
}

/// Whether this data is a table or a folder of images, whose path is written, and not a set that has a name.
#[must_use]
pub fn is_path(data: &str) -> bool {
    let lower = data.trim().to_ascii_lowercase();
    lower.ends_with(".csv") || lower.ends_with(".parquet") || lower.contains(['/', '\\'])
}
