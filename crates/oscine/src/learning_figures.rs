//! What a training looks like: its course, and the weights that it came to.

use oscine_analysis::Histogram;
use oscine_experiment::{Epoch, LayerResponse, TrainedNetwork, Weights};
use oscine_report::{ColourMap, Figure, FigureAxis, Mark};

/// Weights of a layer that are drawn one by one, at most.
const MOST_CELLS: usize = 16_384;
/// Units whose weights are drawn one by one, at most.
const MOST_UNITS: usize = 128;
/// Layers whose weights are drawn, at most: of deep networks the first ones.
const MOST_LAYERS: usize = 6;
/// Small images side by side, at most.
const MOST_TILES: usize = 64;

/// Loss and accuracy over the epochs, and the weights of each layer.
pub(crate) fn figures(learned: &TrainedNetwork) -> Vec<Figure> {
    let numbers: Vec<f64> = (1..=learned.history.len())
        .map(|epoch| epoch as f64)
        .collect();
    let curve = |title: &str, y: &str, of: [fn(&Epoch) -> f64; 2]| {
        let mut figure = Figure::new(title, FigureAxis::new("epoch", ""), FigureAxis::new(y, ""));
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
    let seen = learned.responses.iter().take(MOST_LAYERS + 1);
    figures.extend(seen.filter_map(responses));
    figures
}

/// The weights of a layer: of those that see images an image for each unit, else all as colours where they are few enough to be seen, else how
/// they are spread.
fn weights(weights: &Weights) -> Figure {
    let Weights {
        layer,
        units,
        values,
        shape,
    } = weights;
    let inputs = values.len() / (*units).max(1);
    let title = format!("Weights of {layer}");
    if shape.height > 1 {
        let area = shape.height * shape.width;
        let tiles = values.chunks(area).take(MOST_TILES);
        let tiles: Vec<&[f64]> = tiles.collect();
        let whole = values.len() / area.max(1);
        return mosaic(title, "weight", (shape.height, shape.width), &tiles).caption(format!(
            "{} images of {}: of each unit one for each channel that it sees, unit after unit",
            tiles.len(),
            whole
        ));
    }
    if values.len() > MOST_CELLS || *units > MOST_UNITS {
        let axes = (
            FigureAxis::new("weight", ""),
            FigureAxis::new("weights", ""),
        );
        let figure = Figure::new(title, axes.0, axes.1);
        return figure.with_histogram(layer, Mark::Bars, &Histogram::of(values));
    }
    let axes = [FigureAxis::new("input", ""), FigureAxis::new("unit", "")];
    coloured(title, axes, "weight", (inputs, *units), values.clone())
        .caption("a row for each unit, a column for each number that it sees")
}

/// What a layer makes of what it sees: of images one example, channel by channel; of lists each class on average.
fn responses(seen: &LayerResponse) -> Option<Figure> {
    let LayerResponse {
        layer,
        shape,
        one,
        by_class,
        classes,
    } = seen;
    if shape.height > 1 {
        let tiles: Vec<&[f64]> = one
            .chunks(shape.height * shape.width)
            .take(MOST_TILES)
            .collect();
        let (title, whose) = match layer.as_str() {
            "input" => ("What it sees: one example".to_owned(), ""),
            _ => (format!("What {layer} makes of it"), ", of the same example"),
        };
        let drawn = mosaic(title, "value", (shape.height, shape.width), &tiles);
        let channels = match shape.channels {
            1 => format!("one channel{whose}"),
            _ => format!("{} of {} channels{whose}", tiles.len(), shape.channels),
        };
        return Some(drawn.caption(channels));
    }
    let units = shape.features();
    if layer == "input" || by_class.is_empty() || units > MOST_UNITS {
        return None;
    }
    let axes = [FigureAxis::new("unit", ""), FigureAxis::new("class", "")];
    let title = format!("What {layer} says of each class");
    let drawn = coloured(
        title,
        axes,
        "mean value",
        (units, classes.len()),
        by_class.clone(),
    );
    Some(drawn.caption(format!(
        "the mean over the examples of each class, from below: {}",
        classes.join(", ")
    )))
}

/// Small images side by side, as near to a square as they fill.
fn mosaic(title: String, shows: &str, (height, width): (usize, usize), tiles: &[&[f64]]) -> Figure {
    let across = (tiles.len() as f64).sqrt().ceil().max(1.0) as usize;
    let down = tiles.len().div_ceil(across);
    let (columns, rows) = (across * (width + 1) - 1, (down * (height + 1)).max(1) - 1);
    let mut values = vec![f64::NAN; columns * rows];
    for (number, tile) in tiles.iter().enumerate() {
        let (top, left) = (
            number / across * (height + 1),
            number % across * (width + 1),
        );
        for (place, value) in tile.iter().enumerate() {
            // The first row of an image is its uppermost, and the first of a plane its lowest.
            let row = rows - 1 - (top + place / width);
            values[row * columns + left + place % width] = *value;
        }
    }
    let axes = [FigureAxis::new("column", ""), FigureAxis::new("row", "")];
    coloured(title, axes, shows, (columns, rows), values)
}

fn coloured(
    title: String,
    [x, y]: [FigureAxis; 2],
    shows: &str,
    (columns, rows): (usize, usize),
    values: Vec<f64>,
) -> Figure {
    let places = |count: usize| (0..count).map(|place| place as f64).collect();
    let mut figure = Figure::new(title, x, y);
    if let Some(panel) = figure.panels.last_mut() {
        panel.map = Some(ColourMap {
            shows: FigureAxis::new(shows, ""),
            x: places(columns),
            y: places(rows),
            values,
        });
    }
    figure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_of_a_mosaic_stand_upright_and_apart() {
        let (first, second) = ([1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]);
        let figure = mosaic("tiles".into(), "value", (2, 2), &[&first, &second]);
        let map = figure.panels[0].map.as_ref().unwrap();
        assert_eq!((map.x.len(), map.y.len()), (5, 2));
        let nan = f64::NAN;
        // The lowest row first.
        let expected = [3.0, 4.0, nan, 7.0, 8.0, 1.0, 2.0, nan, 5.0, 6.0];
        for (found, expected) in map.values.iter().zip(expected) {
            assert!(*found == expected || (found.is_nan() && expected.is_nan()));
        }
    }
}
