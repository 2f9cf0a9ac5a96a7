//! Bias and variance of the test error, over networks that learned from training sets drawn anew. Geman, Bienenstock & Doursat (1992)
//! Neural Comput. 4:1.
//!
//! Of what came out for one test example over the seeds: the mean squared error is the squared distance of the mean from the target (bias², which holds the
//! target's own noise) and the variance about that mean; both summed over the outputs and averaged over the examples.

use std::collections::{BTreeMap, BTreeSet};

use oscine_equations::Dimension;
use oscine_network::Experiment;

use crate::formula::array::{ArrayAxis, AxisKind, NamedArray};
use crate::judging::leaves::FormulaLeaves;
use crate::measures::learned::BIAS_VARIANCE;

/// The fields that the measure gives.
const FIELDS: [&str; 3] = ["error", "bias_squared", "variance"];
const ALONE: &str =
    "it is over networks that learned from different examples: set `repeat = 10` in [sweep]";

/// Bias and variance at each point of a sweep, found point by point: what came out of all networks of all points would not fit the memory.
#[derive(Default)]
pub(crate) struct Decomposition {
    /// By measure, of each point.
    found: BTreeMap<String, Vec<[f64; 3]>>,
    /// Measures of networks that stand alone.
    alone: BTreeSet<String>,
}

impl Decomposition {
    /// Takes the outputs of the networks of one point, which differ in their seeds alone.
    pub(crate) fn take(&mut self, experiment: &Experiment, point: &mut [FormulaLeaves]) {
        for (name, measure) in &experiment.measures {
            if measure.what.as_deref() != Some(BIAS_VARIANCE) {
                continue;
            }
            let mut taken = |field: &str| {
                let key = format!("{name}.{field}");
                let arrays = point.iter_mut().map(|run| run.arrays.remove(&key));
                arrays.collect::<Vec<Option<NamedArray>>>()
            };
            let (outputs, targets) = (taken("outputs"), taken("targets"));
            let networks = outputs.len();
            let outputs: Vec<NamedArray> = outputs.into_iter().flatten().collect();
            let target = targets.into_iter().flatten().next();
            if target.is_some() && networks < 2 {
                self.alone.insert(name.clone());
            }
            // Of a point where a network did not come to its end there is nothing to say.
            let of_point = target
                .filter(|_| networks > 1 && outputs.len() == networks)
                .map_or([f64::NAN; 3], |target| parts(&outputs, &target));
            self.found.entry(name.clone()).or_default().push(of_point);
        }
    }

    /// Puts error, bias and variance among the measured arrays; `axes` are those of the sweep.
    pub(crate) fn put(self, axes: &[ArrayAxis], leaves: &mut FormulaLeaves) {
        for name in self.alone {
            leaves.failed.insert(name, ALONE.into());
        }
        let axes = axes.iter().filter(|axis| axis.kind != AxisKind::Repeat);
        let axes: Vec<ArrayAxis> = axes.cloned().collect();
        for (name, points) in self.found {
            if leaves.failed.contains_key(&name)
                || points.iter().flatten().all(|value| value.is_nan())
            {
                continue;
            }
            for (place, field) in FIELDS.iter().enumerate() {
                let array = NamedArray {
                    dimension: Dimension::DIMENSIONLESS,
                    axes: axes.clone(),
                    values: points.iter().map(|parts| parts[place]).collect(),
                };
                leaves.arrays.insert(format!("{name}.{field}"), array);
            }
        }
    }
}

/// A network alone has no variance: takes away what came out of it, and says so where a measure asks for it.
pub(crate) fn of_one_network(experiment: &Experiment, leaves: &mut FormulaLeaves) {
    let mut decomposition = Decomposition::default();
    decomposition.take(experiment, std::slice::from_mut(leaves));
    decomposition.put(&[], leaves);
}

/// Error, squared bias and variance of networks that were asked the same; outputs are `[example, output]`.
fn parts(outputs: &[NamedArray], target: &NamedArray) -> [f64; 3] {
    let networks = outputs.len() as f64;
    let examples = target.axes.first().map_or(1, ArrayAxis::len) as f64;
    let (mut bias, mut variance) = (0.0, 0.0);
    for (number, target) in target.values.iter().enumerate() {
        let said = || outputs.iter().map(|output| output.values[number]);
        let mean = said().sum::<f64>() / networks;
        variance += said().map(|said| (said - mean).powi(2)).sum::<f64>() / networks;
        bias += (mean - target).powi(2);
    }
    let (bias, variance) = (bias / examples, variance / examples);
    [bias + variance, bias, variance]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_is_bias_and_variance() {
        let array = |values: [f64; 2]| NamedArray {
            dimension: Dimension::DIMENSIONLESS,
            axes: vec![
                ArrayAxis::elements("example", 0..2),
                ArrayAxis::within("output", Dimension::DIMENSIONLESS, vec![0.0]),
            ],
            values: values.to_vec(),
        };
        // Of two networks for two examples with the targets 1 and 0: 1 and 3 for the first, 0 and 0 for the second. The mean of the first is 2:
        // bias² 1, variance 1, both halved over the examples; the errors are 0 and 4.
        let outputs = [array([1.0, 0.0]), array([3.0, 0.0])];
        assert_eq!(parts(&outputs, &array([1.0, 0.0])), [1.0, 0.5, 0.5]);
    }
}
