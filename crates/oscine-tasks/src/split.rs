//! Which examples are learned from, validated with, and tested on.
//!
//! The test examples are the same for every seed, so that networks of a sweep are judged by the same; the seed draws which of the others
//! are learned from and which validated with.

use oscine_network::{Examples, Task};
use oscine_random::Stream;

use crate::TaskError;
use crate::subset::at;

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
    all: &Examples,
    own_test: Option<&Examples>,
    task: &Task,
    seed: u64,
) -> Result<Split, TaskError> {
    let count = all.len();
    // The same test for every seed.
    let mut places: Vec<usize> = (0..count).collect();
    Stream::new(0, "task.test").sequence(0).shuffle(&mut places);
    let test = match (task.test, own_test) {
        (None, Some(test)) => test.clone(),
        (fraction, _) => {
            let kept = portion(count, fraction.unwrap_or(0.0));
            at(all, &places.split_off(count - kept))
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
        validation: at(all, &validation),
        training: at(all, &places),
        test,
    })
}

/// A part of so many, to the nearest.
fn portion(count: usize, fraction: f64) -> usize {
    ((count as f64 * fraction).round() as usize).min(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_network::{Shape, Targets, Text};

    fn examples(count: usize) -> Examples {
        Examples {
            inputs: (0..count).map(|example| example as f32).collect(),
            shape: Shape {
                channels: 1,
                height: 1,
                width: 1,
            },
            targets: Targets::Classes {
                of: vec![0; count],
                names: vec!["one".into()],
            },
        }
    }

    fn task(test: Option<f64>, validation: f64, training: Option<usize>) -> Task {
        Task {
            data: Text::new("digits"),
            classes: Vec::new(),
            validation,
            test,
            training,
            target: None,
            inputs: Vec::new(),
            targets: Vec::new(),
            examples: None,
        }
    }

    fn parts(split: &Split) -> [&Vec<f32>; 3] {
        [&split.training, &split.validation, &split.test].map(|part| &part.inputs)
    }

    #[test]
    fn every_example_is_in_one_part() {
        let split = split(&examples(100), None, &task(Some(0.2), 0.25, None), 1).unwrap();
        assert_eq!(parts(&split).map(Vec::len), [60, 20, 20]);
        let mut all: Vec<f32> = parts(&split).into_iter().flatten().copied().collect();
        all.sort_by(f32::total_cmp);
        assert_eq!(all, examples(100).inputs);
    }

    #[test]
    fn the_seed_draws_what_is_learned_and_not_what_is_tested() {
        let task = task(Some(0.2), 0.25, Some(30));
        let [one, other] = [1, 2].map(|seed| split(&examples(100), None, &task, seed).unwrap());
        assert_eq!(one.training.len(), 30);
        assert_eq!(one.test, other.test);
        assert_ne!(one.training, other.training);
        assert_ne!(one.validation, other.validation);
    }

    #[test]
    fn a_test_set_of_its_own_is_used_where_no_part_is_written() {
        let own = split(&examples(10), Some(&examples(3)), &task(None, 0.0, None), 1).unwrap();
        assert_eq!((own.training.len(), own.test.len()), (10, 3));
        let said = split(&examples(2), None, &task(Some(0.5), 0.9, None), 1).unwrap_err();
        assert!(
            said.to_string().contains("none is left to learn from"),
            "{said}"
        );
    }
}
