//! Bias and variance of the test error, over networks that learned from training sets drawn anew. Geman, Bienenstock & Doursat (1992)
//! Neural Comput. 4:1.
//!
//! Of what came out for one test example over the seeds: the mean squared error is the squared distance of the mean from the target (bias², which holds the
//! target's own noise) and the variance about that mean; both summed over the outputs and averaged over the examples.

use oscine_network::Experiment;

use crate::array::{Array, AxisKind};
use crate::leaves::Leaves;

/// The measure's name.
pub(crate) const NAME: &str = "bias-variance";

/// Puts `bias_squared`, `variance` and `error` in place of what came out of each network.
pub(crate) fn decompose(experiment: &Experiment, leaves: &mut Leaves) {
    for (name, measure) in &experiment.measures {
        if measure.what.as_deref() != Some(NAME) {
            continue;
        }
        let outputs = leaves.arrays.remove(&format!("{name}.outputs"));
        let targets = leaves.arrays.remove(&format!("{name}.targets"));
        let (Some(outputs), Some(targets)) = (outputs, targets) else {
            continue;
        };
        match parts(&outputs, &targets) {
            Some(parts) => leaves.arrays.extend(parts.map(|(field, array)| {
                let field = format!("{name}.{field}");
                (field, array)
            })),
            None => {
                let reason = "it is over networks that learned from different examples: set `repeat = 10` in [sweep]";
                leaves.failed.insert(name.clone(), reason.into());
            }
        }
    }
}

/// The parts at each point of the sweep; `None` where there are not two networks at least.
fn parts(outputs: &Array, targets: &Array) -> Option<[(&'static str, Array); 3]> {
    let repeat = outputs
        .axes
        .iter()
        .position(|axis| axis.kind == AxisKind::Repeat)?;
    let (outer, inner) = (&outputs.axes[..repeat], &outputs.axes[repeat + 1..]);
    let networks = outputs.axes[repeat].len();
    if networks < 2 {
        return None;
    }
    let examples = inner.first()?.len();
    let numbers: usize = inner.iter().map(|axis| axis.len()).product();
    let points: usize = outer.iter().map(|axis| axis.len()).product();
    // The test examples are the same for all.
    let target = &targets.values[..numbers];
    let (mut biases, mut variances) = (Vec::new(), Vec::new());
    for point in 0..points {
        let first = point * networks * numbers;
        let (mut bias, mut variance) = (0.0, 0.0);
        for (number, target) in target.iter().enumerate() {
            let said = |network: usize| outputs.values[first + network * numbers + number];
            let mean = (0..networks).map(said).sum::<f64>() / networks as f64;
            let squares = (0..networks).map(|network| (said(network) - mean).powi(2));
            variance += squares.sum::<f64>() / networks as f64;
            bias += (mean - target).powi(2);
        }
        biases.push(bias / examples as f64);
        variances.push(variance / examples as f64);
    }
    let errors = biases
        .iter()
        .zip(&variances)
        .map(|(bias, variance)| bias + variance);
    let array = |values: Vec<f64>| Array {
        dimension: outputs.dimension,
        axes: outer.to_vec(),
        values,
    };
    Some([
        ("error", array(errors.collect())),
        ("bias_squared", array(biases)),
        ("variance", array(variances)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Axis;
    use oscine_equations::Dimension;

    #[test]
    fn error_is_bias_and_variance() {
        let plain = Dimension::DIMENSIONLESS;
        let seeds = Axis {
            kind: AxisKind::Repeat,
            ..Axis::within("seed", plain, vec![1.0, 2.0])
        };
        let examples = Axis::elements("example", 0..2);
        let one = Axis::within("output", plain, vec![0.0]);
        // Of two networks for two examples with the targets 1 and 0: 1 and 3 for the first, 0 and 0 for the second.
        let outputs = Array {
            dimension: plain,
            axes: vec![seeds.clone(), examples.clone(), one.clone()],
            values: vec![1.0, 0.0, 3.0, 0.0],
        };
        let targets = Array {
            dimension: plain,
            axes: vec![seeds, examples, one],
            values: vec![1.0, 0.0, 1.0, 0.0],
        };
        let [(_, error), (_, bias), (_, variance)] = parts(&outputs, &targets).unwrap();
        // The mean of the first is 2: bias² 1, variance 1, both halved over the examples; the errors are 0 and 4.
        assert_eq!(
            (error.values[0], bias.values[0], variance.values[0]),
            (1.0, 0.5, 0.5)
        );
    }
}
