//! The figures of a file that asks for none: each measure against what it lies along.

use oscine_experiment::array::{ArrayAxis, AxisKind, NamedArray};
use oscine_experiment::{Measured, Plot, unit_symbol};
use oscine_report::{Figure, FigureAxis, Mark, Spread};

use super::naming::short;
use super::plotted::Plotted;
use super::{coordinates, present};

/// Figures that nobody asked for, at most.
const MOST: usize = 12;
/// Cells whose values are drawn as a histogram, at least.
const ENOUGH: usize = 9;

/// A figure for each measure that is more than a number; those after the twelfth are named in the caption of the last.
pub(super) fn figures(measured: &Measured, from_runs: &dyn Fn(&str) -> bool) -> Vec<Figure> {
    let drawn = measured.measures.iter().filter_map(|(name, array)| {
        let figure = figure(name, array, from_runs)?;
        Some((name, figure))
    });
    let (mut figures, mut left_out) = (Vec::new(), Vec::new());
    for (name, figure) in drawn {
        match figures.len() < MOST {
            true => figures.push(figure),
            false => left_out.push(name.as_str()),
        }
    }
    if let (Some(last), false) = (figures.last_mut(), left_out.is_empty()) {
        let names = left_out.join(", ");
        last.caption += &format!(" Not drawn, as no [[figure]] asks for them: {names}.");
    }
    figures
}

fn figure(name: &str, array: &NamedArray, from_runs: &dyn Fn(&str) -> bool) -> Option<Figure> {
    let of_kind = |kind| {
        let axes = array.axes.iter();
        axes.filter(move |axis: &&ArrayAxis| axis.kind == kind && axis.len() > 1)
    };
    // Along what lies within a run; else along the longest key of a sweep; else how the cells are spread.
    let within = of_kind(AxisKind::Within).next_back();
    let across = within.or_else(|| of_kind(AxisKind::Sweep).max_by_key(|axis| axis.len()));
    if let Some(across) = across {
        let plot = Plot {
            title: String::new(),
            series: vec![(name.to_owned(), array.clone())],
            against: (across.name.clone(), coordinates(across)),
        };
        return Some(Plotted::of(&plot, from_runs).figure());
    }
    let cells = of_kind(AxisKind::Elements).next()?;
    let unit = unit_symbol(array.dimension);
    let values = present(&array.values);
    let title = format!("{name} over {}", short(&cells.name));
    if values.len() < ENOUGH {
        let y = FigureAxis::new(name, unit);
        let mean = array.axes.len() == 1;
        let figure = Figure::new(title, FigureAxis::new(short(&cells.name), ""), y);
        return mean.then(|| {
            figure.with(
                name,
                Mark::Points,
                cells.coordinates.clone(),
                array.values.clone(),
            )
        });
    }
    let spread = Spread::of(name, unit.clone(), &values)?;
    let figure = Figure::new(
        title,
        FigureAxis::new(name, unit),
        FigureAxis::new("count", ""),
    );
    (spread.greatest > spread.least)
        .then(|| figure.with_histogram(name, Mark::Bars, &spread.histogram))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_equations::Dimension;

    fn drawn(axes: Vec<ArrayAxis>) -> Vec<Figure> {
        let count = axes.iter().map(ArrayAxis::len).product::<usize>();
        let array = NamedArray {
            dimension: Dimension::HERTZ,
            axes,
            values: (0..count).map(|at| at as f64).collect(),
        };
        let measured = Measured {
            measures: vec![("rate".into(), array)],
            ..Measured::default()
        };
        figures(&measured, &|_| true)
    }

    #[test]
    fn each_measure_is_drawn_along_what_it_has() {
        let cells = ArrayAxis::elements("cells", 0..30);
        let frequency = ArrayAxis::within("frequency", Dimension::HERTZ, vec![1.0, 2.0, 3.0]);
        let key = ArrayAxis {
            kind: AxisKind::Sweep,
            ..ArrayAxis::within("run.level", Dimension::DIMENSIONLESS, vec![1.0, 2.0])
        };
        assert!(drawn(Vec::new()).is_empty());
        let histogram = &drawn(vec![cells.clone()])[0];
        assert_eq!(histogram.panels[0].series[0].mark, Mark::Bars);
        let spectrum = &drawn(vec![key.clone(), frequency])[0];
        assert_eq!(
            (spectrum.x.name.as_str(), spectrum.panels[0].series.len()),
            ("frequency", 2)
        );
        let swept = &drawn(vec![key, cells])[0];
        assert_eq!(
            (swept.x.name.as_str(), swept.panels[0].series.len()),
            ("level", 1)
        );
    }
}
