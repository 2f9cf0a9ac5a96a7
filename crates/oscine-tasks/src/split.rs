//! Which examples are learned from, validated with, and tested on.
//!
//! The test examples are the same for every seed, so that networks of a sweep are judged by the same; the seed draws which of the others
//! are learned from and which validated with.

use oscine_network::Task;
use oscine_random::Stream;

use crate::{Examples, TaskError};

/// Examples by what they are for.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// To learn from.
    pub training: Examples,
    /// To be judged by after each epoch; may be empty.
    pub validation: Examples,
    /// To be judged by at the end; may be empty.
    pub test: Examples,
}

pub(crate) fn split(
    all: Examples,
    own_test: Option<Examples>,
    task: &Task,
    seed: u64,
) -> Result<Split, TaskError> {
    let count = all.len();
    // The same test for every seed.
    let mut places: Vec<usize> = (0..count).collect();
    Stream::new(0, "task.test").sequence(0).shuffle(&mut places);
    let test = match (task.test, own_test) {
        (None, Some(test)) => test,
        (fraction, _) => {
            let kept = portion(count, fraction.unwrap_or(0.0));
            all.at(&places.split_off(count - kept))
        }
    };
    places.sort_unstable();
    Stream::new(seed, "task.split")
        .sequence(0)
        .shuffle(&mut places);
    let validation = places.split_off(places.len() - portion(places.len(), task.validation));
    if let Some(most) = task.training {
        places.truncate(most);
    }
    if places.is_empty() {
        return Err(TaskError::NothingLeft { examples: count });
    }
    Ok(Split {
        validation: all.at(&validation),
        training: all.at(&places),
        test,
    })
}

/// A part of so many, to the nearest.
fn portion(count: usize, fraction: f64) -> usize {
    ((count as f64 * fraction).round() as usize).min(count)
}
