//! A figure as the JSON that the page's script draws: scaled to readable units, thinned to what a screen can show, as short as can be.
//!
//! A line of too many values is drawn by the least and the greatest of each of many equal groups, so that no spike is lost; points are
//! thinned evenly. What was thinned is returned as a sentence, for the caption.

use std::fmt::Write as _;

use crate::quantity::{count, prefixed, with_unit};
use crate::{AxisScale, ColourMap, Figure, FigureAxis, Interval, Mark, Panel, Series};

/// Values of all lines of a figure together, about.
const LINE_VALUES: usize = 60_000;

/// Values of one line, at least and at most.
const VALUES_OF_A_LINE: (usize, usize) = (1000, 8000);

/// Points of one series.
const POINTS: usize = 6000;

/// A figure ready for the page.
pub(crate) struct FigureJson {
    /// The JSON; safe inside a `script` element.
    pub json: String,
    /// What was left out, as sentences; empty if nothing.
    pub left_out: String,
}

/// Turns a figure into what the page draws.
pub(crate) fn drawn(figure: &Figure) -> FigureJson {
    let mut json = String::with_capacity(1 << 16);
    let mut left_out = LeftOut::default();
    let lines = figure
        .panels
        .iter()
        .map(|panel| panel.series.len())
        .sum::<usize>()
        .max(1);
    let of_a_line = (LINE_VALUES / lines).clamp(VALUES_OF_A_LINE.0, VALUES_OF_A_LINE.1);
    // Series over the same horizontal values as the one before do not repeat them.
    let mut before = Vec::new();
    let x_values = || {
        figure.panels.iter().flat_map(|panel| {
            let series = panel.series.iter().flat_map(|series| &series.x);
            series.chain(panel.map.iter().flat_map(|map| &map.x))
        })
    };
    let x_factor = write_axis(&mut json, "{\"x\":", &figure.x, x_values(), false);
    let x = (x_factor, figure.x.scale);
    let _ = write!(
        json,
        ",\"zoom\":{},\"shown\":{},\"panels\":[",
        figure.zoom,
        figure.shown.unwrap_or(0)
    );
    for (place, panel) in figure.panels.iter().enumerate() {
        comma(&mut json, place);
        let counted = panel
            .series
            .iter()
            .any(|series| matches!(series.mark, Mark::Bars | Mark::Steps));
        let y_factor = write_axis(&mut json, "{\"y\":", &panel.y, y_values(panel), counted);
        let y = (y_factor, panel.y.scale);
        if let Some(map) = &panel.map {
            write_map(&mut json, map, x, y);
        }
        let _ = write!(json, ",\"height\":{},\"series\":[", panel.height.max(40));
        for (place, series) in panel.series.iter().enumerate() {
            comma(&mut json, place);
            let thinned = left_out.thinned(series, of_a_line);
            let repeats = thinned.0 == before;
            write_series(&mut json, series, &thinned, repeats, x, y);
            before = thinned.0;
        }
        json.push_str("]}");
    }
    json.push_str("]}");
    FigureJson {
        json,
        left_out: left_out.said(),
    }
}

#[derive(Default)]
struct LeftOut {
    lines: usize,
    points: usize,
}

impl LeftOut {
    fn thinned(
        &mut self,
        series: &Series,
        of_a_line: usize,
    ) -> (Vec<f64>, Vec<f64>, Option<Interval>) {
        let length = series.y.len().min(series.x.len());
        let most = if series.interval.is_some() {
            of_a_line
        } else {
            POINTS
        };
        match series.mark {
            Mark::Line | Mark::Dashes if length > of_a_line && series.interval.is_none() => {
                let group = length.div_ceil(of_a_line / 2);
                self.lines = self.lines.max(group);
                let (x, y) = extremes(&series.x[..length], &series.y[..length], group);
                (x, y, None)
            }
            Mark::Points | Mark::Marked | Mark::Line | Mark::Dashes if length > most => {
                let every = length.div_ceil(most);
                self.points = self.points.max(every);
                let pick = |values: &[f64]| values.iter().copied().step_by(every).collect();
                let interval = series.interval.as_ref().map(|interval| Interval {
                    low: pick(&interval.low),
                    high: pick(&interval.high),
                });
                let (x, y) = (pick(&series.x[..length]), pick(&series.y[..length]));
                (x, y, interval)
            }
            Mark::Bars | Mark::Steps => (series.x.clone(), series.y.clone(), None),
            _ => {
                let (x, y) = (series.x[..length].to_vec(), series.y[..length].to_vec());
                (x, y, series.interval.clone())
            }
        }
    }

    fn said(&self) -> String {
        let mut said = Vec::new();
        if self.lines > 0 {
            said.push(format!(
                "Lines show the least and the greatest of every {} values.",
                count(self.lines as u64)
            ));
        }
        if self.points > 0 {
            said.push(format!(
                "One value in {} is drawn.",
                count(self.points as u64)
            ));
        }
        said.join(" ")
    }
}

/// All that lies along the vertical axis of a panel.
fn y_values(panel: &Panel) -> impl Iterator<Item = &f64> {
    let of_series = panel.series.iter().flat_map(|series| {
        let ends = series.interval.iter();
        let ends = ends.flat_map(|interval| interval.low.iter().chain(&interval.high));
        series.y.iter().chain(ends)
    });
    of_series.chain(panel.map.iter().flat_map(|map| &map.y))
}

/// One series as thinned: its horizontal values, its vertical ones, its interval; `repeats` where the horizontal ones are those of the series before.
fn write_series(
    json: &mut String,
    series: &Series,
    (x_values, y_values, interval): &(Vec<f64>, Vec<f64>, Option<Interval>),
    repeats: bool,
    x: (f64, AxisScale),
    y: (f64, AxisScale),
) {
    write_text(json, "{\"name\":", &series.name);
    let mark = match series.mark {
        Mark::Line => "line",
        Mark::Marked => "marked",
        Mark::Rate => "rate",
        Mark::Dashes => "dashes",
        Mark::Points => "points",
        Mark::Ticks => "ticks",
        Mark::Bars => "bars",
        Mark::Steps => "steps",
    };
    let _ = write!(json, ",\"mark\":\"{mark}\",\"x\":");
    match repeats {
        true => json.push_str("null"),
        false => write_numbers(json, x_values, x.0, x.1),
    }
    json.push_str(",\"y\":");
    write_numbers(json, y_values, y.0, y.1);
    if let Some(interval) = interval {
        json.push_str(",\"low\":");
        write_numbers(json, &interval.low, y.0, y.1);
        json.push_str(",\"high\":");
        write_numbers(json, &interval.high, y.0, y.1);
    }
    json.push('}');
}

/// Writes a plane of colours: places, values, and what the colours show.
fn write_map(json: &mut String, map: &ColourMap, x: (f64, AxisScale), y: (f64, AxisScale)) {
    let finite = map.values.iter().copied().filter(|value| value.is_finite());
    let largest = finite.map(f64::abs).fold(0.0, f64::max);
    let (size, unit) = prefixed(&map.shows.unit, largest);
    write_text(
        json,
        ",\"map\":{\"name\":",
        &with_unit(&map.shows.name, &unit),
    );
    json.push_str(",\"x\":");
    write_numbers(json, &map.x, x.0, x.1);
    json.push_str(",\"y\":");
    write_numbers(json, &map.y, y.0, y.1);
    json.push_str(",\"values\":");
    write_numbers(json, &map.values, 1.0 / size, AxisScale::Linear);
    json.push('}');
}

/// The least and the greatest of each group, in the order in which they come.
fn extremes(x: &[f64], y: &[f64], group: usize) -> (Vec<f64>, Vec<f64>) {
    let mut kept = (Vec::new(), Vec::new());
    for start in (0..y.len()).step_by(group) {
        let places = start..(start + group).min(y.len());
        let by_value = |&first: &usize, &second: &usize| y[first].total_cmp(&y[second]);
        let finite = || places.clone().filter(|&place| y[place].is_finite());
        let (least, greatest) = match (finite().min_by(by_value), finite().max_by(by_value)) {
            (Some(least), Some(greatest)) => (least, greatest),
            _ => (start, start),
        };
        for place in [least.min(greatest), least.max(greatest)] {
            kept.0.push(x[place]);
            kept.1.push(y[place]);
        }
    }
    kept
}

/// Writes the axis and returns the factor by which its values are to be multiplied.
fn write_axis<'a>(
    json: &mut String,
    key: &str,
    axis: &FigureAxis,
    values: impl Iterator<Item = &'a f64>,
    counted: bool,
) -> f64 {
    let (low, high) = values
        .copied()
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    let (range_low, range_high) = axis.range.unwrap_or((low, high));
    let (unit_size, unit) = match axis.scale {
        AxisScale::Linear => prefixed(&axis.unit, range_low.abs().max(range_high.abs())),
        AxisScale::Logarithmic => prefixed(&axis.unit, 1.0),
    };
    let factor = 1.0 / unit_size;
    write_text(json, key, "");
    json.truncate(json.len() - 2);
    write_text(json, "{\"name\":", &with_unit(&axis.name, &unit));
    let _ = write!(json, ",\"log\":{}", axis.scale == AxisScale::Logarithmic);
    if let Some((low, high)) = axis.range {
        let _ = write!(
            json,
            ",\"min\":{},\"max\":{}",
            rounded(low * factor),
            rounded(high * factor)
        );
    }
    // An axis that nearly reaches zero begins there.
    let zero = counted || (low >= 0.0 && low < 0.5 * high);
    let _ = write!(json, ",\"zero\":{zero}");
    if !axis.labels.is_empty() {
        json.push_str(",\"labels\":[");
        for (place, label) in axis.labels.iter().enumerate() {
            comma(json, place);
            write_text(json, "", label);
        }
        json.push(']');
    }
    json.push('}');
    factor
}

fn comma(json: &mut String, place: usize) {
    if place > 0 {
        json.push(',');
    }
}

/// A key and a text as JSON; what could end a `script` element is escaped.
fn write_text(json: &mut String, key: &str, text: &str) {
    json.push_str(key);
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                json.push('\\');
                json.push(letter);
            }
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\x1f' | '\x7f' => {
                let _ = write!(json, "\\u{:04x}", letter as u32);
            }
            _ => json.push(letter),
        }
    }
    json.push('"');
}

/// Twelve figures: unrounded enough for the edge of an axis.
fn rounded(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}

/// Numbers to a part in 50,000 of their range, which is finer than a screen zoomed ten times; in a logarithm, to five figures.
fn write_numbers(json: &mut String, values: &[f64], factor: f64, scale: AxisScale) {
    json.push('[');
    let finite = || {
        values
            .iter()
            .map(|value| value * factor)
            .filter(|value| value.is_finite())
    };
    let (low, high) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let size = low.abs().max(high.abs());
    let range = if high > low { high - low } else { size };
    let decimals = (50_000.0 / range).log10().ceil();
    let fixed = scale == AxisScale::Linear
        && (0.0..=15.0).contains(&decimals)
        && size * 10f64.powf(decimals) < 9e15;
    let decimals = if fixed { decimals as usize } else { 0 };
    let shift = 10f64.powi(decimals as i32);
    for (place, &value) in values.iter().enumerate() {
        comma(json, place);
        let value = value * factor;
        if !value.is_finite() || (scale == AxisScale::Logarithmic && value <= 0.0) {
            json.push_str("null");
        } else if fixed {
            write_decimal(json, (value * shift).round() as i64, decimals);
        } else {
            // Rust writes the shortest digits that read back the same.
            let _ = write!(
                json,
                "{}",
                format!("{value:.4e}").parse::<f64>().unwrap_or(value)
            );
        }
    }
    json.push(']');
}

/// `digits / 10^decimals`, without zeros at its end.
fn write_decimal(json: &mut String, digits: i64, mut decimals: usize) {
    let mut size = digits.unsigned_abs();
    while decimals > 0 && size.is_multiple_of(10) {
        size /= 10;
        decimals -= 1;
    }
    if digits < 0 && size > 0 {
        json.push('-');
    }
    let mut buffer = [b'0'; 32];
    let mut begin = buffer.len();
    let mut written = 0;
    while size > 0 || written <= decimals {
        if decimals > 0 && written == decimals {
            begin -= 1;
            buffer[begin] = b'.';
        }
        begin -= 1;
        buffer[begin] = b'0' + (size % 10) as u8;
        size /= 10;
        written += 1;
    }
    json.push_str(std::str::from_utf8(&buffer[begin..]).unwrap_or("0"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(digits: i64, decimals: usize) -> String {
        let mut json = String::new();
        write_decimal(&mut json, digits, decimals);
        json
    }

    #[test]
    fn decimals_are_as_short_as_can_be() {
        assert_eq!(decimal(0, 4), "0");
        assert_eq!(decimal(-12_340, 4), "-1.234");
        assert_eq!(decimal(5, 3), "0.005");
        assert_eq!(decimal(120, 0), "120");
        assert_eq!(decimal(70_000, 4), "7");
    }

    #[test]
    fn a_text_cannot_end_the_script() {
        let figure = Figure::new(
            "",
            FigureAxis::new("</script><b>\"\\\n", ""),
            FigureAxis::new("y", ""),
        );
        let json = drawn(&figure).json;
        assert!(
            !json.contains('<')
                && json.contains("\\u003c/script\\u003e")
                && json.contains("\\\"\\\\\\u000a"),
            "{json}"
        );
    }

    #[test]
    fn values_come_in_readable_units() {
        let figure = Figure::new("", FigureAxis::new("time", "s"), FigureAxis::new("v", "V")).with(
            "a",
            Mark::Line,
            vec![0.0, 0.01],
            vec![-0.06, f64::NAN],
        );
        let json = drawn(&figure).json;
        assert!(
            json.contains("\"time (ms)\"") && json.contains("\"v (mV)\""),
            "{json}"
        );
        assert!(json.contains("\"x\":[0,10],\"y\":[-60,null]"), "{json}");
    }

    #[test]
    fn a_long_line_keeps_its_extremes_and_says_so() {
        let mut values = vec![0.0; 100_000];
        values[54_321] = 1.0;
        let figure = Figure::new("", FigureAxis::default(), FigureAxis::default()).with(
            "spike",
            Mark::Line,
            (0..100_000).map(f64::from).collect(),
            values,
        );
        let drawn = drawn(&figure);
        assert!(drawn.json.contains("54321,"), "the spike's time is kept");
        assert!(drawn.json.contains(",1,0,0"), "the spike is kept");
        assert_eq!(
            drawn.left_out,
            "Lines show the least and the greatest of every 25 values."
        );
    }

    #[test]
    fn an_interval_a_plane_and_names_are_written_in_the_units_of_their_axes() {
        let x = FigureAxis::new("kind", "").labelled(vec!["soft".into(), "</script>".into()]);
        let mut figure = Figure::new("", x, FigureAxis::new("rate", "Hz")).with_series(Series {
            name: "rate".into(),
            mark: Mark::Marked,
            x: vec![0.0, 1.0],
            y: vec![2e3, 4e3],
            interval: Some(Interval {
                low: vec![1e3, 3e3],
                high: vec![3e3, f64::NAN],
            }),
        });
        figure.panels[0].map = Some(ColourMap {
            shows: FigureAxis::new("gain", "V"),
            x: vec![0.0, 1.0],
            y: vec![1e3],
            values: vec![0.002, f64::NAN],
        });
        let json = drawn(&figure).json;
        assert!(
            json.contains("\"labels\":[\"soft\",\"\\u003c/script\\u003e\"]"),
            "{json}"
        );
        assert!(json.contains("\"low\":[1,3],\"high\":[3,null]"), "{json}");
        assert!(
            json.contains(
                "\"map\":{\"name\":\"gain (mV)\",\"x\":[0,1],\"y\":[1],\"values\":[2,null]}"
            ),
            "{json}"
        );
    }

    #[test]
    fn values_on_a_logarithmic_axis_keep_their_figures_and_zero_is_a_gap() {
        let figure = Figure::new(
            "",
            FigureAxis::default(),
            FigureAxis::default().logarithmic(),
        )
        .with(
            "power",
            Mark::Line,
            vec![1.0, 2.0, 3.0],
            vec![1.23456e-9, 0.0, 4.0e5],
        );
        assert!(
            drawn(&figure)
                .json
                .contains("[0.0000000012346,null,400000]"),
            "{}",
            drawn(&figure).json
        );
    }
}
