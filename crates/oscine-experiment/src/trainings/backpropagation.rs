//! What backpropagation asks of a trained network, example by example and together, as arrays that formulas and figures take.

use oscine_equations::Dimension;
use oscine_equations::lanes::Real;
use oscine_layers::{Asked, Training};
use oscine_network::{Examples, Experiment};

use crate::formula::array::{Array, Axis};
use crate::measures::{Fields, Settings, Wrong};

/// The measure's name.
pub(crate) const NAME: &str = "backpropagation";
const PLAIN: Dimension = Dimension::DIMENSIONLESS;

/// What was asked for some examples.
#[derive(Clone, Debug)]
pub struct AskedOf {
    /// What was seen, `[example][input]`.
    input: Vec<Vec<f64>>,
    /// `[example][layer]`.
    each: Vec<Vec<Asked>>,
    /// Of the examples together, by layer.
    batch: Vec<Asked>,
}

/// A measure's setting: how many examples, the first that are learned from.
///
/// # Errors
/// A setting that is no such number.
pub(crate) fn count(settings: &Settings) -> Result<usize, Wrong> {
    Ok(settings.count("examples", 1)?.unwrap_or(1))
}

/// What the measures of this kind ask for, each by its number of examples.
pub(crate) fn asked<R: Real>(
    experiment: &Experiment,
    training: &mut Training<R>,
    examples: &Examples,
) -> Vec<(usize, AskedOf)> {
    let measures = experiment.measures.iter();
    let measures = measures.filter(|(_, measure)| measure.what.as_deref() == Some(NAME));
    let one = |(_, measure): &(String, oscine_network::Measure)| {
        let wanted = count(&Settings::of(measure)).unwrap_or(1);
        let count = wanted.min(examples.len());
        let members: Vec<u32> = (0..count as u32).collect();
        let features = examples.shape.features();
        let seen = examples.inputs.chunks(features.max(1)).take(count);
        let asked = AskedOf {
            input: seen
                .map(|input| input.iter().map(|&x| f64::from(x)).collect())
                .collect(),
            each: members
                .iter()
                .map(|&member| training.asked(examples, &[member], false))
                .collect(),
            batch: training.asked(examples, &members, true),
        };
        (wanted, asked)
    };
    measures.map(one).collect()
}

impl AskedOf {
    /// The arrays by field: units first, then what they see, then examples.
    pub(crate) fn fields(&self) -> Fields {
        let numbered = |name: &str, count: usize| {
            Axis::within(name, PLAIN, (0..count).map(|at| at as f64).collect())
        };
        let example = numbered("example", self.each.len());
        let mut before = numbered("input", self.input.first().map_or(0, Vec::len));
        let inputs: Vec<&Vec<f64>> = self.input.iter().collect();
        let mut fields = vec![(
            "input.activation".to_owned(),
            by_example(&[before.clone()], &example, &inputs),
        )];
        for (place, batch) in self.batch.iter().enumerate() {
            let units = numbered(&batch.layer, batch.activation.len());
            let each = |of: fn(&Asked) -> &Vec<f64>, axes: &[Axis]| {
                let values: Vec<&Vec<f64>> =
                    self.each.iter().map(|asked| of(&asked[place])).collect();
                by_example(axes, &example, &values)
            };
            let own = std::slice::from_ref(&units);
            let mut add = |field: &str, array: Array| {
                fields.push((format!("{}.{field}", batch.layer), array))
            };
            add("activation", each(|asked| &asked.activation, own));
            add("wanted", each(|asked| &asked.wanted, own));
            add("error", each(|asked| &asked.error, own));
            if batch.weights.len() == units.len() * before.len() {
                let axes = [units.clone(), before];
                let together = |values: &Vec<f64>| Array {
                    dimension: PLAIN,
                    axes: axes.to_vec(),
                    values: values.clone(),
                };
                add("weights", each(|asked| &asked.weights, &axes));
                add("batch", together(&batch.weights));
                add("differences", together(&batch.differences));
            }
            before = units;
        }
        fields
    }
}

/// Values of each example, with the examples along the last axis.
fn by_example(axes: &[Axis], example: &Axis, values: &[&Vec<f64>]) -> Array {
    let count: usize = axes.iter().map(Axis::len).product();
    let number = |at: usize| {
        values
            .iter()
            .map(move |values| values.get(at).copied().unwrap_or(f64::NAN))
    };
    Array {
        dimension: PLAIN,
        axes: axes.iter().chain([example]).cloned().collect(),
        values: (0..count).flat_map(number).collect(),
    }
}
