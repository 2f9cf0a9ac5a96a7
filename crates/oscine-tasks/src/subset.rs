//! Subsets of examples: those at some places, those of some classes.

use oscine_network::{Examples, Targets};

use crate::TaskError;

/// The examples at some places, in that order.
pub(crate) fn at(examples: &Examples, places: &[usize]) -> Examples {
    let features = examples.shape.features();
    let mut inputs = Vec::with_capacity(places.len() * features);
    for &place in places {
        inputs.extend_from_slice(&examples.inputs[place * features..(place + 1) * features]);
    }
    let targets = match &examples.targets {
        Targets::Classes { of, names } => Targets::Classes {
            of: places.iter().map(|&place| of[place]).collect(),
            names: names.clone(),
        },
        Targets::Values { values, names } => Targets::Values {
            values: places
                .iter()
                .flat_map(|&place| &values[place * names.len()..(place + 1) * names.len()])
                .copied()
                .collect(),
            names: names.clone(),
        },
    };
    Examples {
        inputs,
        shape: examples.shape,
        targets,
    }
}

/// The examples of some classes, numbered in this order.
///
/// # Errors
/// A class that is not there.
pub(crate) fn with_classes(examples: &Examples, classes: &[String]) -> Result<Examples, TaskError> {
    let Targets::Classes { of, names } = &examples.targets else {
        return Err(TaskError::NotClasses);
    };
    let mut numbers = vec![None; names.len()];
    for (number, class) in classes.iter().enumerate() {
        let place = names.iter().position(|name| name == class);
        let place = place.ok_or_else(|| TaskError::NoClass {
            name: class.clone(),
            there: names.join(", "),
        })?;
        if numbers[place].replace(number as u32).is_some() {
            return Err(TaskError::ClassTwice {
                name: class.clone(),
            });
        }
    }
    let kept: Vec<usize> = (0..of.len())
        .filter(|&example| numbers[of[example] as usize].is_some())
        .collect();
    let mut chosen = at(examples, &kept);
    chosen.targets = Targets::Classes {
        of: kept
            .iter()
            .filter_map(|&example| numbers[of[example] as usize])
            .collect(),
        names: classes.to_vec(),
    };
    Ok(chosen)
}
