//! From what was measured to figures: those that the file asks for, or one for each measure where it asks for none.

mod naming;
mod plotted;
mod unasked;

use oscine_experiment::array::{ArrayAxis, AxisKind, NamedArray};
use oscine_experiment::{Measured, unit_symbol};
use oscine_network::Experiment;
use oscine_report::{Figure, NumberRow};

use plotted::Plotted;

/// The confidence level of intervals over seeds.
const LEVEL: f64 = 0.95;

/// The figures of what was measured.
pub(crate) fn figures(experiment: &Experiment, measured: &Measured) -> Vec<Figure> {
    let from_runs = |text: &str| is_from_runs(experiment, text, experiment.measures.len());
    if experiment.figures.is_empty() {
        return unasked::figures(measured, &from_runs);
    }
    let plots = measured.plots.iter();
    plots
        .map(|plot| Plotted::of(plot, &from_runs).figure())
        .collect()
}

/// The measures that are one number, or one for each seed: their mean, and its confidence interval.
pub(crate) fn numbers(measured: &Measured) -> Vec<NumberRow> {
    let single = measured.measures.iter().filter(|(_, array)| {
        let mut axes = array.axes.iter();
        axes.all(|axis| axis.kind == AxisKind::Repeat || axis.len() == 1)
    });
    single
        .map(|(name, array)| {
            let interval = oscine_analysis::confidence_interval(&present(&array.values), LEVEL);
            NumberRow {
                name: name.clone(),
                value: present_mean(&array.values),
                unit: unit_symbol(array.dimension),
                interval: interval.map(|interval| (interval.low, interval.high)),
            }
        })
        .collect()
}

/// Whether a formula takes something that a run measured, by itself or through other measures; else it is a closed form.
fn is_from_runs(experiment: &Experiment, text: &str, deep: usize) -> bool {
    let names = text.split(|letter: char| !(letter.is_alphanumeric() || "_.".contains(letter)));
    names
        .filter_map(|name| {
            let head = name.split('.').next()?;
            experiment.measures.iter().find(|(known, _)| known == head)
        })
        .any(|(_, measure)| match (&measure.what, &measure.value) {
            (Some(_), _) => true,
            (None, Some(value)) => deep > 0 && is_from_runs(experiment, &value.value, deep - 1),
            (None, None) => false,
        })
}

/// The coordinates of an axis as an array along it.
fn coordinates(axis: &ArrayAxis) -> NamedArray {
    NamedArray::along(axis.clone(), axis.dimension, axis.coordinates.clone())
}

fn present(values: &[f64]) -> Vec<f64> {
    let present = values.iter().copied().filter(|value| !value.is_nan());
    present.collect()
}

fn present_mean(values: &[f64]) -> f64 {
    oscine_analysis::mean(&present(values)).unwrap_or(f64::NAN)
}
