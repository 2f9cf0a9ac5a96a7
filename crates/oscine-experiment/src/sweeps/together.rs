//! The arrays of a sweep: what its runs measured, stacked along its axes.

use std::collections::BTreeMap;

use oscine_network::Experiment;

use crate::formula::array::{ArrayAxis, AxisKind, NamedArray, stacked};
use crate::judging::leaves::FormulaLeaves;

/// The arrays of all runs, stacked along the axes of the sweep. A parameter that is the same in all of them stays one.
pub(crate) fn together(
    axes: &[ArrayAxis],
    each: &[FormulaLeaves],
    experiment: &Experiment,
) -> FormulaLeaves {
    let mut leaves = FormulaLeaves {
        notes: each.iter().flat_map(|run| run.notes.clone()).collect(),
        ..FormulaLeaves::default()
    };
    leaves.notes.sort();
    leaves.notes.dedup();
    let mut names: Vec<&String> = each.iter().flat_map(|run| run.arrays.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let arrays: Vec<Option<&NamedArray>> =
            each.iter().map(|run| run.arrays.get(name)).collect();
        let head = name.split('.').next().unwrap_or(name);
        let is_measured = experiment.measures.iter().any(|(known, _)| known == head)
            || experiment.records.iter().any(|(known, _)| known == head);
        let first = arrays.iter().flatten().next();
        let same = arrays.iter().flatten().all(|array| Some(array) == first);
        match first {
            Some(array) if same && !is_measured => {
                leaves.arrays.insert(name.clone(), (*array).clone());
            }
            _ => leaves
                .arrays
                .extend(stacked(axes, &arrays).map(|array| (name.clone(), array))),
        }
    }
    for axis in axes.iter().filter(|axis| axis.kind == AxisKind::Sweep) {
        let array = NamedArray::along(axis.clone(), axis.dimension, axis.coordinates.clone());
        leaves.arrays.insert(axis.name.clone(), array);
    }
    // A measure that no run could take is missing; what some could is there, not a number elsewhere.
    for (name, reason) in each.iter().flat_map(|run| &run.failed) {
        let field = format!("{name}.");
        let some = leaves
            .arrays
            .keys()
            .any(|key| key == name || key.starts_with(&field));
        if !some && name != "run" {
            leaves
                .failed
                .entry(name.clone())
                .or_insert_with(|| reason.clone());
        }
    }
    leaves
}

/// The failures of runs and measures at some points, a sentence each.
pub(crate) fn failures(each: &[FormulaLeaves]) -> Vec<String> {
    let mut counted: BTreeMap<&str, (usize, &str)> = Default::default();
    for (name, reason) in each.iter().flat_map(|run| &run.failed) {
        let entry = counted.entry(name).or_insert((0, reason));
        entry.0 += 1;
    }
    counted
        .into_iter()
        .map(|(name, (count, reason))| match name {
            "run" => format!(
                "{count} of {} runs did not come to their end: {reason}",
                each.len()
            ),
            _ => format!(
                "`{name}` could not be measured in {count} of {} runs: {reason}",
                each.len()
            ),
        })
        .collect()
}
