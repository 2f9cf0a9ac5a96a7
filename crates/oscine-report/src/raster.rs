//! The raster: which spikes are drawn where there are too many, and the figure with the population's rate below.
//!
//! Too many spikes are thinned by cells, evenly over the recorded range, so that time stays whole; if too few cells would be left, the end
//! of the recording is cut instead. Both are said in the caption.

use crate::activity::rate_in_time;
use crate::quantity::{count, counted, number, time};
use crate::{Figure, FigureAxis, Mark, Panel, Series, SpikeRecord};

/// Spikes drawn in all rasters of a page together, about.
const POINTS: usize = 40_000;

/// Thinning by cells leaves at least this many.
const LEAST_CELLS: usize = 80;

/// More records than this make a page that nobody reads.
const MOST_RECORDS: usize = 12;

/// Bins of the rate against time.
const RATE_BINS: usize = 4000;

/// The spikes chosen for drawing.
struct Thinned {
    times: Vec<f64>,
    cells: Vec<f64>,
    /// One cell of so many is drawn.
    every: u32,
    /// Cells drawn.
    drawn_cells: usize,
    /// Spikes are drawn up to this time (s), if not to the end.
    cut: Option<f64>,
}

/// The raster of each record over each other, and their rates below.
pub(crate) fn raster(records: &[SpikeRecord], dt: f64) -> Figure {
    let shown = &records[..records.len().min(MOST_RECORDS)];
    let mut caption = String::new();
    let mut panels = Vec::new();
    let each_height = (420 / shown.len().max(1) as u32).clamp(90, 340);
    for record in shown {
        let thinned = thin(record, POINTS / shown.len());
        caption.push_str(&thinned.said(record, shown.len() > 1));
        let (first, last) = (
            f64::from(record.recorded.start),
            f64::from(record.recorded.end.max(1) - 1),
        );
        let margin = ((last - first) * 0.01).max(0.5);
        let title = if shown.len() > 1 {
            format!("{}: cell", record.name)
        } else {
            "cell".to_owned()
        };
        panels.push(Panel {
            y: FigureAxis::new(title, "").between(first - margin, last + margin),
            series: vec![Series {
                name: record.name.clone(),
                mark: Mark::Ticks,
                x: thinned.times,
                y: thinned.cells,
                interval: None,
            }],
            height: each_height.min(60 + 20 * record.recorded.len() as u32),
            map: None,
        });
    }
    if records.len() > shown.len() {
        caption.push_str(&format!(
            "The first {} of {} records are drawn. ",
            shown.len(),
            records.len()
        ));
    }
    panels.push(rates(shown, dt, &mut caption));
    caption.push_str("To zoom, draw in the ends of the bar, or hold Ctrl and turn the wheel.");
    let from = shown
        .iter()
        .map(|record| record.from)
        .fold(f64::INFINITY, f64::min);
    let until = shown
        .iter()
        .map(|record| record.until)
        .fold(f64::NEG_INFINITY, f64::max);
    Figure {
        title: "Spikes".to_owned(),
        caption: caption.trim_end().to_owned(),
        x: FigureAxis::new("time", "s").between(from, until),
        panels,
        zoom: true,
        shown: None,
    }
}

/// The panel of firing rates in time; the caption says how wide their bins are.
fn rates(records: &[SpikeRecord], dt: f64, caption: &mut String) -> Panel {
    let mut rates = Panel {
        y: FigureAxis::new("rate of a cell", "Hz"),
        series: Vec::new(),
        height: 130,
        map: None,
    };
    let mut bins: Vec<f64> = Vec::new();
    for record in records {
        let rate = rate_in_time(record, dt, RATE_BINS);
        let middles = (0..rate.rate.len())
            .map(|bin| record.from + (bin as f64 + 0.5) * rate.bin)
            .collect();
        bins.push(rate.bin);
        rates.series.push(Series {
            name: record.name.clone(),
            mark: Mark::Rate,
            x: middles,
            y: rate.rate,
            interval: None,
        });
    }
    let (finest, coarsest) = bins
        .iter()
        .fold((f64::INFINITY, 0.0f64), |(low, high), &bin| {
            (low.min(bin), high.max(bin))
        });
    if coarsest > 0.0 {
        caption.push_str(&format!(
            "Rates in bins of {}. ",
            crate::quantity::range(finest, coarsest, "s")
        ));
    }
    rates
}

impl Thinned {
    fn said(&self, record: &SpikeRecord, named: bool) -> String {
        let mut said = String::new();
        if self.times.len() == record.times.len() {
            return said;
        }
        if named {
            said.push_str(&format!("{}: ", record.name));
        }
        said.push_str(&format!(
            "{} of {} are drawn",
            count(self.times.len() as u64),
            counted(record.times.len() as u64, "spike")
        ));
        if self.every > 1 {
            said.push_str(&format!(
                ", those of every {} cell ({} cells)",
                ordinal(self.every),
                count(self.drawn_cells as u64)
            ));
        }
        if let Some(cut) = self.cut {
            said.push_str(&format!(
                ", up to {}",
                if cut < 120.0 {
                    format!("{} s", number(cut))
                } else {
                    time(cut)
                }
            ));
        }
        said.push_str("; every measure uses them all. ");
        said
    }
}

fn thin(record: &SpikeRecord, budget: usize) -> Thinned {
    let spikes = record.times.len();
    let wanted = spikes.div_ceil(budget.max(1)).max(1);
    let most = (record.recorded.len() / LEAST_CELLS).max(1);
    let every = wanted.min(most) as u32;
    let (mut times, mut cells) = (Vec::new(), Vec::new());
    let mut cut = None;
    // Cells that fire more than others may bring a half more than the budget.
    let limit = budget + budget / 2;
    for (&time, &cell) in record.times.iter().zip(&record.cells) {
        if cell
            .wrapping_sub(record.recorded.start)
            .is_multiple_of(every)
            && record.recorded.contains(&cell)
        {
            if times.len() >= limit {
                cut = Some(time);
                break;
            }
            times.push(time);
            cells.push(f64::from(cell));
        }
    }
    Thinned {
        times,
        cells,
        every,
        drawn_cells: record.recorded.len().div_ceil(every as usize),
        cut,
    }
}

fn ordinal(value: u32) -> String {
    let ending = match (value % 10, value % 100) {
        (1, tens) if tens != 11 => "st",
        (2, tens) if tens != 12 => "nd",
        (3, tens) if tens != 13 => "rd",
        _ => "th",
    };
    format!("{value}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regular(cells: u32, spikes: usize) -> SpikeRecord {
        SpikeRecord {
            name: "raster".into(),
            recorded: 0..cells,
            until: spikes as f64 * 1e-4,
            times: (0..spikes).map(|spike| spike as f64 * 1e-4).collect(),
            cells: (0..spikes)
                .map(|spike| (spike as u32).wrapping_mul(2_654_435_761) % cells)
                .collect(),
            ..SpikeRecord::default()
        }
    }

    #[test]
    fn few_spikes_are_all_drawn_and_nothing_is_said() {
        let figure = raster(&[regular(20, 1000)], 1e-4);
        assert_eq!(figure.panels[0].series[0].x.len(), 1000);
        assert!(!figure.caption.contains("drawn"), "{}", figure.caption);
    }

    #[test]
    fn many_cells_are_thinned_by_cell_over_the_whole_time() {
        let record = regular(4000, 400_000);
        let thinned = thin(&record, POINTS);
        assert_eq!((thinned.every, thinned.cut), (10, None));
        assert!(thinned.cells.iter().all(|cell| cell % 10.0 == 0.0));
        assert!(*thinned.times.last().unwrap() > 0.99 * record.until);
        let said = thinned.said(&record, false);
        assert!(
            said.contains("of 400,000 spikes are drawn") && said.contains("every 10th cell"),
            "{said}"
        );
    }

    #[test]
    fn few_cells_are_cut_in_time() {
        let record = regular(100, 400_000);
        let thinned = thin(&record, POINTS);
        assert_eq!(thinned.every, 1);
        assert!(thinned.times.len() == POINTS * 3 / 2 && thinned.cut.is_some());
        let said = thinned.said(&record, true);
        assert!(
            said.contains("60,000 of 400,000 spikes are drawn, up to 6 s"),
            "{said}"
        );
    }

    #[test]
    fn ordinals_are_spelt_as_in_english() {
        for (value, text) in [
            (1, "1st"),
            (2, "2nd"),
            (3, "3rd"),
            (11, "11th"),
            (12, "12th"),
            (22, "22nd"),
            (113, "113th"),
        ] {
            assert_eq!(ordinal(value), text);
        }
    }
}
