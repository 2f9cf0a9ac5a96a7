//! Figures of recorded variables: traces against time, and values at one time.

use oscine_analysis::Histogram;

use crate::quantity::{count, quantity};
use crate::{Figure, FigureAxis, Mark, Panel, SampleRecord, Series, TraceRecord};

/// Traces of more cells than this are not told apart.
const MOST_CELLS: usize = 12;

/// Cells that are seen before the reader chooses.
const FIRST_SEEN: usize = 2;

/// Variables of one record that are drawn.
const MOST_VARIABLES: usize = 12;

/// The variables of a record under each other, a colour to each cell; `None` of a record without samples.
pub(crate) fn traces(record: &TraceRecord, each: &str) -> Option<Figure> {
    if record.times.is_empty() || record.cells.is_empty() || record.variables.is_empty() {
        return None;
    }
    let chosen = evenly(record.cells.len(), MOST_CELLS);
    let variables = &record.variables[..record.variables.len().min(MOST_VARIABLES)];
    let mut caption = String::new();
    if chosen.len() < record.cells.len() {
        caption.push_str(&format!(
            "{} of {} {each}s are drawn. ",
            chosen.len(),
            count(record.cells.len() as u64)
        ));
    }
    if variables.len() < record.variables.len() {
        caption.push_str(&format!(
            "The first {MOST_VARIABLES} of {} variables are drawn. ",
            record.variables.len()
        ));
    }
    let panels = variables
        .iter()
        .map(|variable| Panel {
            y: FigureAxis::new(&variable.name, &variable.unit),
            height: if variables.len() == 1 { 260 } else { 150 },
            map: None,
            series: chosen
                .iter()
                .filter_map(|&cell| {
                    let values = variable.series.get(cell)?;
                    Some(Series {
                        name: format!("{each} {}", record.cells[cell]),
                        mark: Mark::Line,
                        x: record.times[..record.times.len().min(values.len())].to_vec(),
                        y: values.clone(),
                        interval: None,
                    })
                })
                .collect(),
        })
        .collect();
    // A sample stands for the time up to the next.
    let last = record.times.len() - 1;
    let interval = if last > 0 {
        record.times[last] - record.times[last - 1]
    } else {
        0.0
    };
    let (from, until) = (record.times[0], record.times[last] + interval);
    Some(Figure {
        title: record.name.clone(),
        caption,
        x: FigureAxis::new("time", "s").between(from, until),
        panels,
        zoom: true,
        shown: Some(FIRST_SEEN),
    })
}

/// The values of a variable as a histogram and against the index; none of a record without values.
pub(crate) fn samples(record: &SampleRecord) -> Vec<Figure> {
    if record.values.is_empty() {
        return Vec::new();
    }
    let finite = record
        .values
        .iter()
        .filter(|value| value.is_finite())
        .count();
    let mut caption = format!("At {}.", quantity(record.at, "s"));
    if finite < record.values.len() {
        let missing = count((record.values.len() - finite) as u64);
        caption.push_str(&format!(
            " Not finite, and not drawn: {missing} of {}.",
            count(record.values.len() as u64)
        ));
    }
    let title = format!("{}: {}", record.name, record.variable);
    let value = FigureAxis::new(&record.variable, &record.unit);
    let plural = format!("{}s", record.each);
    let index = (0..record.values.len()).map(|index| index as f64).collect();
    vec![
        Figure::new(title.clone(), value.clone(), FigureAxis::new(plural, ""))
            .with_histogram(&record.variable, Mark::Bars, &Histogram::of(&record.values))
            .caption(caption.clone()),
        Figure::new(
            format!("{title} against index"),
            FigureAxis::new(&record.each, "").between(0.0, (record.values.len() - 1) as f64),
            value,
        )
        .with(&record.variable, Mark::Points, index, record.values.clone())
        .caption(caption),
    ]
}

/// `most` indices at most, evenly over `0..count`, the first among them.
fn evenly(count: usize, most: usize) -> Vec<usize> {
    let drawn = count.min(most);
    (0..drawn).map(|place| place * count / drawn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TraceVariable;

    #[test]
    fn many_cells_are_thinned_and_it_is_said() {
        let record = TraceRecord {
            times: vec![0.0, 1.0],
            cells: (0..100).collect(),
            variables: vec![TraceVariable {
                name: "v".into(),
                unit: "V".into(),
                series: vec![vec![0.0, 0.1]; 100],
            }],
            ..TraceRecord::default()
        };
        let figure = traces(&record, "cell").unwrap();
        assert_eq!(figure.panels[0].series.len(), 12);
        assert!(figure.caption.contains("12 of 100 cells are drawn"));
        assert!(traces(&TraceRecord::default(), "cell").is_none());
    }

    #[test]
    fn values_that_are_not_finite_are_said() {
        let record = SampleRecord {
            values: vec![1.0, f64::NAN, 2.0],
            each: "synapse".into(),
            ..SampleRecord::default()
        };
        let figures = samples(&record);
        assert!(
            figures[0].caption.contains("not drawn: 1 of 3"),
            "{}",
            figures[0].caption
        );
    }
}
