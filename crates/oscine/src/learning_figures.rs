//! What a training looks like: its course, and the weights that it came to.

use oscine_analysis::Histogram;
use oscine_experiment::{Epoch, Learned, Weights};
use oscine_report::{Axis, ColourMap, Figure, Mark};

/// Weights of a layer that are drawn one by one, at most.
const MOST_CELLS: usize = 16_384;
/// Units whose weights are drawn one by one, at most.
const MOST_UNITS: usize = 128;
/// Layers whose weights are drawn, at most: of deep networks the first ones.
const MOST_LAYERS: usize = 6;

/// Loss and accuracy over the epochs, and the weights of each layer.
pub(crate) fn figures(learned: &Learned) -> Vec<Figure> {
    let numbers: Vec<f64> = (1..=learned.history.len())
        .map(|epoch| epoch as f64)
        .collect();
    let curve = |title: &str, y: &str, of: [fn(&Epoch) -> f64; 2]| {
        let mut figure = Figure::new(title, Axis::new("epoch", ""), Axis::new(y, ""));
        for (name, of) in ["learned from", "validation"].into_iter().zip(of) {
            let values: Vec<f64> = learned.history.iter().map(of).collect();
            if values.iter().any(|value| value.is_finite()) {
                figure = figure.with(name, Mark::Line, numbers.clone(), values);
            }
        }
        figure.caption(format!(
            "the weights are those after epoch {}; examples that are learned from are judged as they are learned, with the noise that acts on them",
            learned.best + 1
        ))
    };
    let loss = curve(
        "Loss",
        "loss",
        [|epoch| epoch.loss, |epoch| epoch.validation_loss],
    );
    let mut figures = vec![loss];
    if learned.test.judgement.accuracy.is_finite()
        || learned.training.judgement.accuracy.is_finite()
    {
        let of: [fn(&Epoch) -> f64; 2] =
            [|epoch| epoch.accuracy, |epoch| epoch.validation_accuracy];
        figures.push(curve("Accuracy", "part that is recognised", of));
    }
    figures.extend(learned.weights.iter().take(MOST_LAYERS).map(weights));
    figures
}

/// The weights of a layer: all as colours where they are few enough to be seen, else how they are spread.
fn weights(weights: &Weights) -> Figure {
    let Weights {
        layer,
        units,
        values,
    } = weights;
    let inputs = values.len() / (*units).max(1);
    let title = format!("Weights of {layer}");
    if values.len() > MOST_CELLS || *units > MOST_UNITS {
        let axes = (Axis::new("weight", ""), Axis::new("weights", ""));
        let figure = Figure::new(title, axes.0, axes.1);
        return figure.with_histogram(layer, Mark::Bars, &Histogram::of(values));
    }
    let places = |count: usize| (0..count).map(|place| place as f64).collect();
    let mut figure = Figure::new(title, Axis::new("input", ""), Axis::new("unit", ""));
    if let Some(panel) = figure.panels.last_mut() {
        panel.map = Some(ColourMap {
            shows: Axis::new("weight", ""),
            x: places(inputs),
            y: places(*units),
            values: values.clone(),
        });
    }
    figure.caption("a row for each unit, a column for each number that it sees; of images pixel after pixel, row after row")
}
