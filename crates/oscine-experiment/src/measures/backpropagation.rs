//! Gradients of a trained network, example by example and together, as arrays that formulas and figures take.

use oscine_equations::Dimension;
use oscine_layers::LayerGradients;

use super::{MeasureFields, Settings, Wrong};
use crate::formula::array::{ArrayAxis, NamedArray};
use crate::trainings::learned::AskedOf;

/// The measure's name.
pub(super) const NAME: &str = "backpropagation";
const PLAIN: Dimension = Dimension::DIMENSIONLESS;

/// A measure's setting: how many examples, the first that are learned from.
///
/// # Errors
/// A setting that is no such number.
pub(super) fn count(settings: &Settings) -> Result<usize, Wrong> {
    Ok(settings.count("examples", 1)?.unwrap_or(1))
}

/// The arrays by field: units first, then what they see, then examples.
pub(super) fn fields(asked_of: &AskedOf) -> MeasureFields {
    let numbered = |name: &str, count: usize| {
        ArrayAxis::within(name, PLAIN, (0..count).map(|at| at as f64).collect())
    };
    let example = numbered("example", asked_of.each.len());
    let mut before = numbered("input", asked_of.input.first().map_or(0, Vec::len));
    let inputs: Vec<&Vec<f64>> = asked_of.input.iter().collect();
    let mut fields = vec![(
        "input.activation".to_owned(),
        by_example(&[before.clone()], &example, &inputs),
    )];
    for (place, batch) in asked_of.batch.iter().enumerate() {
        let units = numbered(&batch.layer, batch.activation.len());
        let each = |of: fn(&LayerGradients) -> &Vec<f64>, axes: &[ArrayAxis]| {
            let values: Vec<&Vec<f64>> = asked_of
                .each
                .iter()
                .map(|asked| of(&asked[place]))
                .collect();
            by_example(axes, &example, &values)
        };
        let own = std::slice::from_ref(&units);
        let mut add = |field: &str, array: NamedArray| {
            fields.push((format!("{}.{field}", batch.layer), array))
        };
        add("activation", each(|asked| &asked.activation, own));
        add("wanted", each(|asked| &asked.wanted, own));
        add("error", each(|asked| &asked.error, own));
        if batch.weights.len() == units.len() * before.len() {
            let axes = [units.clone(), before];
            let together = |values: &Vec<f64>| NamedArray {
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

/// Values of each example, with the examples along the last axis.
fn by_example(axes: &[ArrayAxis], example: &ArrayAxis, values: &[&Vec<f64>]) -> NamedArray {
    let count: usize = axes.iter().map(ArrayAxis::len).product();
    let number = |at: usize| {
        values
            .iter()
            .map(move |values| values.get(at).copied().unwrap_or(f64::NAN))
    };
    NamedArray {
        dimension: PLAIN,
        axes: axes.iter().chain([example]).cloned().collect(),
        values: (0..count).flat_map(number).collect(),
    }
}
