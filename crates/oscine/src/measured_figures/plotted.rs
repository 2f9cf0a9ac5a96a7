//! One plot as a figure: which axis runs across, what becomes a line each, what a plane of colours, and what is averaged.

use oscine_experiment::array::{ArrayAxis, AxisKind, NamedArray, common_axes};
use oscine_experiment::{Plot, unit_symbol};
use oscine_report::{ColourMap, Figure, FigureAxis, Interval, Mark, Panel, Series};

use super::naming::{is_key, names, short, value_name, y_name};
use super::{LEVEL, coordinates, present, present_mean};

/// Values of other axes that are drawn as a line each, at most; of more, a plane of colours is drawn.
const MOST_LINES: usize = 8;
/// Combinations of values of several keys that are drawn as the rows of a plane, at most; of more, keys are averaged over.
const MOST_ROWS: usize = 64;
/// Height of a row with a name, in pixels.
const ROW: u32 = 16;
/// What runs measured within a run is drawn as points beside a closed form where it is less than this.
const FEW_POINTS: usize = 200;
/// Coordinates whose ratios are as equal as this are drawn on a logarithmic axis.
const EQUAL_RATIOS: f64 = 1e-6;
/// Positive values that span more than this are drawn on a logarithmic axis.
const WIDE: f64 = 1e4;

/// A plot and what is known of it.
pub(super) struct Plotted<'a> {
    plot: &'a Plot,
    from_runs: Vec<bool>,
    names: Vec<String>,
    caption: Vec<String>,
}

impl<'a> Plotted<'a> {
    /// `from_runs` says whether a formula takes something that a run measured.
    pub(super) fn of(plot: &'a Plot, from_runs: &dyn Fn(&str) -> bool) -> Self {
        Self {
            from_runs: plot
                .series
                .iter()
                .map(|(text, _)| from_runs(text))
                .collect(),
            names: names(&plot.series),
            plot,
            caption: Vec::new(),
        }
    }

    /// The figure: a panel for each unit, and one for each plane.
    pub(super) fn figure(mut self) -> Figure {
        let (x_text, against) = &self.plot.against;
        let against = over_seeds(against).0;
        let named = named_axis(&against);
        let x_name = match along_itself(&against) {
            Some(axis) => short(&axis.name),
            None => short(x_text),
        };
        let mut x = FigureAxis::new(x_name.clone(), unit_symbol(against.dimension));
        match named {
            Some(axis) => x = FigureAxis::new(x_name.clone(), "").labelled(axis.labels.clone()),
            None if is_logarithmic(&against.values) => x = x.logarithmic(),
            None => {}
        }
        if is_key(x_text) && *x_text != x_name {
            self.say(format!("{x_name}: {x_text}."));
        }
        let mut lines: Vec<(String, Vec<String>, Vec<Series>)> = Vec::new();
        let mut planes = Vec::new();
        for place in 0..self.plot.series.len() {
            let y = &self.plot.series[place].1;
            let unit = unit_symbol(y.dimension);
            match self.drawn(place, &against, y) {
                Pieces::Lines(series) => {
                    let known = lines.iter_mut().find(|(known, ..)| *known == unit);
                    match known {
                        Some((_, names, all)) => {
                            names.push(self.names[place].clone());
                            all.extend(series);
                        }
                        None => lines.push((unit, vec![self.names[place].clone()], series)),
                    }
                }
                Pieces::Plane(panel) => planes.push(*panel),
            }
        }
        let several = lines.len() + planes.len() > 1;
        let height = if several { 170 } else { 240 };
        let panels = lines.into_iter().map(|(unit, names, series)| {
            let y = vertical(y_name(&names, &self.plot.series), unit, &series);
            Panel {
                y,
                series,
                height,
                map: None,
            }
        });
        let title = match self.plot.title.is_empty() {
            true => format!("{} against {x_name}", self.names.join(", ")),
            false => self.plot.title.clone(),
        };
        Figure {
            title,
            caption: self.caption.join(" "),
            x,
            panels: panels.chain(planes).collect(),
            ..Figure::default()
        }
    }

    fn say(&mut self, sentence: String) {
        if !self.caption.contains(&sentence) {
            self.caption.push(sentence);
        }
    }

    /// The lines of one series, or its plane.
    fn drawn(&mut self, place: usize, x: &NamedArray, y: &NamedArray) -> Pieces {
        let mut y = joined(x, y);
        while let Some(axis) = self.to_average(x, &y) {
            let (name, many, kind) = (&y.axes[axis].name, y.axes[axis].len(), y.axes[axis].kind);
            let what = match kind {
                AxisKind::Elements => format!("the {many} of {}", short(name)),
                _ => format!("the {many} values of {}", short(name)),
            };
            self.say(format!("{}: the mean over {what}.", self.names[place]));
            y = y.reduced(axis, y.dimension, present_mean);
        }
        let seeds = y.axes.iter().find(|axis| axis.kind == AxisKind::Repeat);
        if let Some(seeds) = seeds.map(ArrayAxis::len) {
            self.say(format!(
                "The mean over {seeds} seeds, with its 95 % confidence interval."
            ));
        }
        let (mean, ends) = over_seeds(&y);
        let Ok(axes) = common_axes([x, &mean]) else {
            return Pieces::Lines(Vec::new());
        };
        let (along, others): (Vec<ArrayAxis>, Vec<ArrayAxis>) = axes
            .into_iter()
            .partition(|axis| x.axis(&axis.name).is_some());
        if let ([across], [other]) = (along.as_slice(), others.as_slice())
            && other.len() > MOST_LINES
        {
            return Pieces::Plane(Box::new(plane(&self.names[place], x, &mean, across, other)));
        }
        let mark = self.mark(place, x, &along);
        let mut lines = vec![(self.names[place].clone(), mean, ends)];
        for other in &others {
            let each = lines.into_iter().flat_map(|(name, mean, ends)| {
                (0..other.len()).map(move |value| {
                    let at = |array: &NamedArray| match array.axis(&other.name) {
                        Some(axis) => array.at(axis, value),
                        None => array.clone(),
                    };
                    let ends = ends.as_ref().map(|(low, high)| (at(low), at(high)));
                    (
                        format!("{name}, {}", value_name(other, value)),
                        at(&mean),
                        ends,
                    )
                })
            });
            lines = each.collect();
        }
        let alone = self.plot.series.len() == 1;
        let series = lines.into_iter().map(|(name, mean, ends)| {
            // Where there is one series, its lines are told apart by the value alone.
            let name = match (alone, name.split_once(", ")) {
                (true, Some((_, value))) if !others.is_empty() => value.to_owned(),
                _ => name,
            };
            line(name, mark, x, &mean, ends, &along)
        });
        Pieces::Lines(series.collect())
    }

    /// The axis of a series that is averaged: cells that do not run across, and further axes where the lines would be too many.
    fn to_average(&self, x: &NamedArray, y: &NamedArray) -> Option<usize> {
        let free =
            |axis: &&ArrayAxis| axis.kind != AxisKind::Repeat && x.axis(&axis.name).is_none();
        let many = |axis: &ArrayAxis| axis.kind == AxisKind::Elements && axis.len() > MOST_LINES;
        if let Some(cells) = y.axes.iter().position(|axis| free(&axis) && many(axis)) {
            return Some(cells);
        }
        let others: Vec<&ArrayAxis> = y.axes.iter().filter(free).collect();
        let lines: usize = others.iter().map(|axis| axis.len()).product();
        match others.len() {
            0 => None,
            1 if lines <= MOST_LINES || x.axes.len() == 1 => None,
            _ if lines <= MOST_LINES => None,
            _ => y.axis(&others.last()?.name),
        }
    }

    fn mark(&self, place: usize, x: &NamedArray, along: &[ArrayAxis]) -> Mark {
        let from_runs = self.from_runs[place];
        let beside_a_closed_form = self.from_runs.contains(&false);
        let itself = along_itself(x).is_some();
        let [across] = along else {
            return Mark::Points;
        };
        if !across.labels.is_empty() {
            return Mark::Points;
        }
        match across.kind {
            _ if !from_runs => Mark::Line,
            AxisKind::Elements => Mark::Points,
            AxisKind::Sweep if itself && !beside_a_closed_form => Mark::Marked,
            AxisKind::Sweep | AxisKind::Repeat => Mark::Points,
            AxisKind::Within if beside_a_closed_form && across.len() < FEW_POINTS => Mark::Points,
            AxisKind::Within => Mark::Line,
        }
    }
}

enum Pieces {
    Lines(Vec<Series>),
    Plane(Box<Panel>),
}

/// One series along the horizontal axes; in the order of its horizontal values where a line runs through what has no order of its own.
fn line(
    name: String,
    mark: Mark,
    x: &NamedArray,
    y: &NamedArray,
    ends: Option<(NamedArray, NamedArray)>,
    along: &[ArrayAxis],
) -> Series {
    let horizontal = match named_axis(x) {
        Some(axis) => (0..axis.len()).map(|at| at as f64).collect(),
        None => x.spread(along),
    };
    let mut order: Vec<usize> = (0..horizontal.len()).collect();
    if mark != Mark::Points && along.iter().all(|axis| axis.kind != AxisKind::Within) {
        order.sort_by(|&one, &other| horizontal[one].total_cmp(&horizontal[other]));
    }
    let ordered = |values: Vec<f64>| -> Vec<f64> {
        order
            .iter()
            .map(|&at| values.get(at).copied().unwrap_or(f64::NAN))
            .collect()
    };
    Series {
        name,
        mark,
        y: ordered(y.spread(along)),
        interval: ends.map(|(low, high)| Interval {
            low: ordered(low.spread(along)),
            high: ordered(high.spread(along)),
        }),
        x: ordered(horizontal),
    }
}

/// A plane of colours: `across` runs horizontally, `up` vertically.
fn plane(name: &str, x: &NamedArray, y: &NamedArray, across: &ArrayAxis, up: &ArrayAxis) -> Panel {
    let places = |axis: &ArrayAxis, values: Vec<f64>| -> (Vec<usize>, Vec<f64>) {
        let values = match axis.labels.is_empty() {
            true => values,
            false => (0..axis.len()).map(|at| at as f64).collect(),
        };
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&one, &other| values[one].total_cmp(&values[other]));
        let sorted = order.iter().map(|&at| values[at]).collect();
        (order, sorted)
    };
    let (columns, horizontal) = places(across, x.spread(std::slice::from_ref(across)));
    let (rows, vertical) = places(up, up.coordinates.clone());
    let values = y.spread(&[up.clone(), across.clone()]);
    let ordered = rows
        .iter()
        .flat_map(|&row| columns.iter().map(move |&column| (row, column)))
        .map(|(row, column)| values[row * across.len() + column]);
    let mut axis = FigureAxis::new(short(&up.name), unit_symbol(up.dimension));
    if !up.labels.is_empty() {
        axis = axis.labelled(up.labels.clone());
    } else if is_logarithmic(&vertical) {
        axis = axis.logarithmic();
    }
    Panel {
        y: axis,
        series: Vec::new(),
        height: match up.labels.len() {
            0 => 280,
            rows => (rows as u32 * ROW).max(280),
        },
        map: Some(ColourMap {
            shows: FigureAxis::new(name, unit_symbol(y.dimension)),
            x: horizontal,
            y: vertical,
            values: ordered.collect(),
        }),
    }
}

/// Where lines of several keys would be too many: those keys as one, whose values are their combinations.
fn joined(x: &NamedArray, y: &NamedArray) -> NamedArray {
    let is_key = |axis: &&ArrayAxis| axis.kind == AxisKind::Sweep && x.axis(&axis.name).is_none();
    let (keys, rest): (Vec<&ArrayAxis>, Vec<&ArrayAxis>) = y.axes.iter().partition(is_key);
    let rows: usize = keys.iter().map(|axis| axis.len()).product();
    let alone = x.axes.len() == 1 && rest.iter().all(|axis| axis.kind != AxisKind::Elements);
    if keys.len() < 2 || !alone || rows <= MOST_LINES || rows > MOST_ROWS {
        return y.clone();
    }
    let mut labels = vec![String::new()];
    for axis in &keys {
        let name = |value: usize| match axis.labels.get(value) {
            Some(label) => label.clone(),
            None => value_name(axis, value),
        };
        let values = |label: &String| -> Vec<String> {
            let before = match label.is_empty() {
                true => String::new(),
                false => format!("{label}, "),
            };
            let each = (0..axis.len()).map(|value| format!("{before}{}", name(value)));
            each.collect()
        };
        labels = labels.iter().flat_map(values).collect();
    }
    let names: Vec<String> = keys.iter().map(|axis| short(&axis.name)).collect();
    let row = ArrayAxis {
        name: names.join(", "),
        coordinates: (0..rows).map(|row| row as f64).collect(),
        labels,
        ..keys[0].clone()
    };
    let in_order: Vec<ArrayAxis> = keys
        .into_iter()
        .chain(rest.iter().copied())
        .cloned()
        .collect();
    NamedArray {
        dimension: y.dimension,
        values: y.spread(&in_order),
        axes: std::iter::once(row)
            .chain(rest.into_iter().cloned())
            .collect(),
    }
}

/// The mean over seeds, and the ends of its confidence interval where there are seeds.
fn over_seeds(array: &NamedArray) -> (NamedArray, Option<(NamedArray, NamedArray)>) {
    let seeds = array.axes.iter();
    let Some(axis) = seeds.clone().position(|axis| axis.kind == AxisKind::Repeat) else {
        return (array.clone(), None);
    };
    let reduced = |number: &dyn Fn(&[f64]) -> f64| array.reduced(axis, array.dimension, number);
    let end = |values: &[f64], high: bool| {
        let present = present(values);
        match oscine_analysis::confidence_interval(&present, LEVEL) {
            Some(interval) if high => interval.high,
            Some(interval) => interval.low,
            None => f64::NAN,
        }
    };
    let ends = (
        reduced(&|values| end(values, false)),
        reduced(&|values| end(values, true)),
    );
    (reduced(&present_mean), Some(ends))
}

/// The axis whose coordinates the values are.
fn along_itself(x: &NamedArray) -> Option<&ArrayAxis> {
    match x.axes.as_slice() {
        [axis] if coordinates(axis).values == x.values => Some(axis),
        _ => None,
    }
}

/// The axis that has names and no numbers, where the values lie along it alone.
fn named_axis(x: &NamedArray) -> Option<&ArrayAxis> {
    match x.axes.as_slice() {
        [axis] if !axis.labels.is_empty() => Some(axis),
        _ => None,
    }
}

/// Whether the values grow or fall by equal ratios, as those of a logarithmic range do.
fn is_logarithmic(values: &[f64]) -> bool {
    if values.len() < 4 || values.iter().any(|&value| value <= 0.0) || values[1] == values[0] {
        return false;
    }
    let ratio = values[1] / values[0];
    values
        .windows(2)
        .all(|pair| (pair[1] / pair[0] / ratio - 1.0).abs() < EQUAL_RATIOS)
}

/// The vertical axis of some series.
fn vertical(name: String, unit: String, series: &[Series]) -> FigureAxis {
    let axis = FigureAxis::new(name, unit);
    let values = || {
        let all = series.iter().flat_map(|series| &series.y).copied();
        all.filter(|value| value.is_finite())
    };
    let (least, greatest) = values().fold((f64::INFINITY, 0.0f64), |(least, greatest), value| {
        (least.min(value), greatest.max(value))
    });
    if least > 0.0 && greatest > WIDE * least && values().count() > MOST_LINES {
        return axis.logarithmic();
    }
    axis
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_equations::Dimension;

    const PLAIN: Dimension = Dimension::DIMENSIONLESS;

    fn axis(name: &str, kind: AxisKind, coordinates: Vec<f64>) -> ArrayAxis {
        ArrayAxis {
            kind,
            ..ArrayAxis::within(name, PLAIN, coordinates)
        }
    }

    fn array(axes: Vec<ArrayAxis>, value: impl Fn(usize) -> f64) -> NamedArray {
        let count = axes.iter().map(ArrayAxis::len).product();
        NamedArray {
            dimension: Dimension::HERTZ,
            axes,
            values: (0..count).map(value).collect(),
        }
    }

    fn figure(series: Vec<(&str, NamedArray)>, x: (&str, NamedArray)) -> Figure {
        let plot = Plot {
            title: String::new(),
            series: series
                .into_iter()
                .map(|(name, array)| (name.to_owned(), array))
                .collect(),
            against: (x.0.to_owned(), x.1),
        };
        Plotted::of(&plot, &|text| text == "rate").figure()
    }

    #[test]
    fn what_was_measured_is_points_and_its_closed_form_a_line_in_order() {
        let cells = axis("cells", AxisKind::Elements, vec![0.0, 1.0, 2.0]);
        let drive = NamedArray::along(cells.clone(), PLAIN, vec![3.0, 1.0, 2.0]);
        let rate = array(vec![cells], |at| at as f64);
        let figure = figure(
            vec![("rate", rate.clone()), ("exact", rate)],
            ("drive", drive),
        );
        let [rate, exact] = figure.panels[0].series.as_slice() else {
            panic!("{figure:?}")
        };
        assert_eq!((rate.mark, exact.mark), (Mark::Points, Mark::Line));
        assert_eq!(
            (exact.x.as_slice(), exact.y.as_slice()),
            ([1.0, 2.0, 3.0].as_slice(), [1.0, 2.0, 0.0].as_slice())
        );
        assert_eq!(figure.title, "rate, exact against drive");
    }

    #[test]
    fn seeds_become_a_band_about_their_mean() {
        let key = axis(
            "noise.jitter.level",
            AxisKind::Sweep,
            vec![0.1, 1.0, 10.0, 100.0],
        );
        let seeds = axis("repeat", AxisKind::Repeat, vec![0.0, 1.0, 2.0]);
        let rate = array(vec![key.clone(), seeds], |at| (at % 3) as f64);
        let x = coordinates(&key);
        let figure = figure(vec![("rate", rate)], ("noise.jitter.level", x));
        let series = &figure.panels[0].series[0];
        assert_eq!(
            (series.mark, series.y.as_slice()),
            (Mark::Marked, [1.0; 4].as_slice())
        );
        let interval = series.interval.as_ref().unwrap();
        assert!(interval.low[0] < 0.0 && interval.high[0] > 2.0);
        assert_eq!(figure.x.scale, oscine_report::AxisScale::Logarithmic);
        assert_eq!(figure.x.name, "jitter level");
        assert!(
            figure.caption.contains("noise.jitter.level") && figure.caption.contains("3 seeds")
        );
    }

    #[test]
    fn a_second_key_becomes_lines_or_a_plane() {
        let level = axis("run.level", AxisKind::Sweep, vec![2.0, 1.0]);
        let few = axis("run.gain", AxisKind::Sweep, vec![1.0, 2.0]);
        let many = axis("run.gain", AxisKind::Sweep, (0..9).map(f64::from).collect());
        let x = || ("run.level", coordinates(&level));
        let lines = figure(
            vec![("rate", array(vec![few, level.clone()], |at| at as f64))],
            x(),
        );
        let [one, two] = lines.panels[0].series.as_slice() else {
            panic!("{lines:?}")
        };
        assert_eq!(
            (one.name.as_str(), two.name.as_str()),
            ("gain = 1", "gain = 2")
        );
        assert_eq!(
            (two.x.as_slice(), two.y.as_slice()),
            ([1.0, 2.0].as_slice(), [3.0, 2.0].as_slice())
        );
        let plane = figure(
            vec![("rate", array(vec![many, level.clone()], |at| at as f64))],
            x(),
        );
        let map = plane.panels[0].map.as_ref().unwrap();
        assert_eq!((map.x.as_slice(), map.y.len()), ([1.0, 2.0].as_slice(), 9));
        assert_eq!(map.values[..4], [1.0, 0.0, 3.0, 2.0]);
    }

    #[test]
    fn several_keys_become_the_rows_of_a_plane() {
        let named = |name: &str, labels: &[&str]| ArrayAxis {
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            ..axis(
                name,
                AxisKind::Sweep,
                (0..labels.len()).map(|at| at as f64).collect(),
            )
        };
        let at = named("noise.one.at", &["input", "weights", "sum"]);
        let kind = named("noise.one.kind", &["gaussian", "uniform", "dropout"]);
        let level = axis("run.level", AxisKind::Sweep, vec![1.0, 2.0]);
        let seeds = axis("repeat", AxisKind::Repeat, vec![0.0, 1.0]);
        let right = array(vec![at, kind, level.clone(), seeds], |place| {
            (place / 2) as f64
        });
        let figure = figure(vec![("right", right)], ("run.level", coordinates(&level)));
        let panel = &figure.panels[0];
        assert_eq!(
            panel.y.labels[..4],
            [
                "input, gaussian",
                "input, uniform",
                "input, dropout",
                "weights, gaussian"
            ]
        );
        let map = panel.map.as_ref().unwrap();
        assert_eq!((map.x.len(), map.y.len()), (2, 9));
        assert_eq!(map.values[..4], [0.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn names_stand_along_the_axis_and_cells_are_averaged() {
        let kind = ArrayAxis {
            labels: vec!["soft".into(), "hard".into()],
            ..axis("unit.kind", AxisKind::Sweep, vec![0.0, 1.0])
        };
        let cells = axis(
            "cells",
            AxisKind::Elements,
            (0..10).map(f64::from).collect(),
        );
        let rate = array(vec![kind.clone(), cells], |at| at as f64);
        let figure = figure(vec![("rate", rate)], ("unit.kind", coordinates(&kind)));
        let series = &figure.panels[0].series[0];
        assert_eq!(figure.x.labels, ["soft", "hard"]);
        assert_eq!(
            (series.mark, series.y.as_slice()),
            (Mark::Points, [4.5, 14.5].as_slice())
        );
        assert!(
            figure.caption.contains("mean over the 10 of cells"),
            "{}",
            figure.caption
        );
    }
}
