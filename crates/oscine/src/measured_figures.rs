//! From what an experiment file asks to be drawn to a figure.

use oscine_experiment::array::{Array, Axis, AxisKind, common_axes};
use oscine_experiment::{Plot, unit_symbol};
use oscine_report::{Axis as Drawn, Figure, Mark};

/// An axis that is neither the horizontal one nor seeds is drawn as a line for each of its values, where these are no more.
const MOST_LINES: usize = 8;
/// Coordinates whose ratios are as equal as this are drawn on a logarithmic axis.
const EQUAL_RATIOS: f64 = 1e-6;

/// The figure that a plot describes.
pub(crate) fn figure(plot: &Plot) -> Figure {
    let (x_text, x) = &plot.against;
    let mut drawn_x = Drawn::new(x_text.clone(), unit_symbol(x.dimension));
    if is_logarithmic(x) {
        drawn_x = drawn_x.logarithmic();
    }
    let names: Vec<&str> = plot.series.iter().map(|(name, _)| name.as_str()).collect();
    let y_unit = plot.series.first().map(|(_, y)| unit_symbol(y.dimension));
    let y_name = match names.as_slice() {
        [one] => (*one).to_owned(),
        _ => String::new(),
    };
    let title = match plot.title.is_empty() {
        true => format!("{} against {x_text}", names.join(", ")),
        false => plot.title.clone(),
    };
    let mut figure = Figure::new(
        title,
        drawn_x,
        Drawn::new(y_name, y_unit.unwrap_or_default()),
    );
    for (name, y) in &plot.series {
        for (name, mark, x, y) in lines(name, x, y) {
            figure = figure.with(name, mark, x, y);
        }
    }
    figure
}

/// Whether the values grow by equal ratios, as those of a logarithmic range do.
fn is_logarithmic(x: &Array) -> bool {
    let values = &x.values;
    if values.len() < 4 || values[0] <= 0.0 || values[1] == values[0] {
        return false;
    }
    let ratio = values[1] / values[0];
    values
        .windows(2)
        .all(|pair| (pair[1] / pair[0] / ratio - 1.0).abs() < EQUAL_RATIOS)
}

/// The lines of one series: one, or one for each value of another axis; the mean over seeds.
fn lines(name: &str, x: &Array, y: &Array) -> Vec<(String, Mark, Vec<f64>, Vec<f64>)> {
    let Ok(axes) = common_axes([x, y]) else {
        return Vec::new();
    };
    let (x, y) = (over_seeds(x, &axes), over_seeds(y, &axes));
    let Ok(axes) = common_axes([&x, &y]) else {
        return Vec::new();
    };
    let along: Vec<&Axis> = axes
        .iter()
        .filter(|axis| x.axis(&axis.name).is_some())
        .collect();
    let other = axes
        .iter()
        .find(|axis| x.axis(&axis.name).is_none() && axis.len() <= MOST_LINES);
    let Some(other) = other else {
        return vec![line(name, &x, &y, &along)];
    };
    let place = y.axis(&other.name).unwrap_or_default();
    (0..other.len())
        .map(|at| {
            let value = match other.labels.get(at) {
                Some(label) => label.clone(),
                None => format!("{} = {}", other.name, other.coordinates[at]),
            };
            line(&format!("{name}, {value}"), &x, &y.at(place, at), &along)
        })
        .collect()
}

/// The mean of values over every axis that the horizontal one does not have.
fn line(name: &str, x: &Array, y: &Array, along: &[&Axis]) -> (String, Mark, Vec<f64>, Vec<f64>) {
    let mut y = y.clone();
    while let Some(axis) = y
        .axes
        .iter()
        .rposition(|axis| along.iter().all(|known| known.name != axis.name))
    {
        let dimension = y.dimension;
        y = y.reduced(axis, dimension, present_mean);
    }
    let axes: Vec<Axis> = along.iter().map(|axis| (*axis).clone()).collect();
    let (x, y) = (x.spread(&axes), y.spread(&axes));
    let sorted = x.windows(2).all(|pair| pair[0] <= pair[1]);
    let mark = if sorted && axes.len() <= 1 {
        Mark::Line
    } else {
        Mark::Points
    };
    (name.to_owned(), mark, x, y)
}

fn over_seeds(array: &Array, _: &[Axis]) -> Array {
    match array
        .axes
        .iter()
        .position(|axis| axis.kind == AxisKind::Repeat)
    {
        Some(axis) => array.reduced(axis, array.dimension, present_mean),
        None => array.clone(),
    }
}

fn present_mean(values: &[f64]) -> f64 {
    let present: Vec<f64> = values
        .iter()
        .copied()
        .filter(|value| !value.is_nan())
        .collect();
    oscine_analysis::mean(&present).unwrap_or(f64::NAN)
}
