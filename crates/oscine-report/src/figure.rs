//! A figure: panels above each other that share one horizontal axis, each with series of points, lines or bars.
//!
//! Values are in SI units; the prefix that suits them (mV, ms) is chosen when the figure is drawn.

use oscine_analysis::Histogram;

/// One figure with its title and caption.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figure {
    /// What is seen.
    pub title: String,
    /// What the reader should know; what was left out of the drawing is added to it.
    pub caption: String,
    /// The horizontal axis.
    pub x: FigureAxis,
    /// The panels, from the top.
    pub panels: Vec<Panel>,
    /// Whether the reader can zoom along the horizontal axis.
    pub zoom: bool,
    /// How many of the first names the reader sees at first, where each series of a name can be switched on and off; `None`: all.
    pub shown: Option<usize>,
}

/// One panel of a figure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Panel {
    /// The vertical axis.
    pub y: FigureAxis,
    /// Its series; those of one name in several panels share a colour.
    pub series: Vec<Series>,
    /// Height on the page, in pixels.
    pub height: u32,
    /// Values over a plane, drawn as colours behind the series.
    pub map: Option<ColourMap>,
}

/// Values over a plane of two variables, drawn as colours.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ColourMap {
    /// What the colours show.
    pub shows: FigureAxis,
    /// Horizontal places, `[column]`.
    pub x: Vec<f64>,
    /// Vertical places, `[row]`.
    pub y: Vec<f64>,
    /// The values, `[row, column]`; one that is not finite is left blank.
    pub values: Vec<f64>,
}

/// An axis of a figure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FigureAxis {
    /// What it shows.
    pub name: String,
    /// SI unit of the values; empty where they have none.
    pub unit: String,
    /// Linear or logarithmic.
    pub scale: AxisScale,
    /// From and to, in the unit of the values; `None`: what the values need.
    pub range: Option<(f64, f64)>,
    /// What the values 0, 1, 2 … are called, where they are names and no numbers; else empty.
    pub labels: Vec<String>,
}

/// The scale of an axis, linear or logarithmic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AxisScale {
    /// Equal differences are equally far.
    #[default]
    Linear,
    /// Equal ratios are equally far; values of zero and below are not drawn.
    Logarithmic,
}

/// One series of values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// How it is drawn.
    pub mark: Mark,
    /// Horizontal values, `[value]`; of bars and steps the edges, `[value + 1]`.
    pub x: Vec<f64>,
    /// Vertical values, `[value]`; one that is not finite leaves a gap.
    pub y: Vec<f64>,
    /// How sure each value is: a band about a line, bars about points.
    pub interval: Option<Interval>,
}

/// A confidence band: an interval about each value of a series.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Interval {
    /// Lower ends, `[value]`.
    pub low: Vec<f64>,
    /// Upper ends, `[value]`.
    pub high: Vec<f64>,
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// A line through the values.
    #[default]
    Line,
    /// A line with a point at each value.
    Marked,
    /// A rate in fine bins: a line that stands behind its own mean over wider bins until the reader zooms in.
    Rate,
    /// A dashed line, for what is expected.
    Dashes,
    /// A point at each value.
    Points,
    /// A short upright tick at each value: spikes.
    Ticks,
    /// A bar from edge to edge.
    Bars,
    /// An outline from edge to edge, where several histograms lie over each other.
    Steps,
}

impl FigureAxis {
    /// A linear axis.
    #[must_use]
    pub fn new(name: impl Into<String>, unit: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            unit: unit.into(),
            ..Self::default()
        }
    }

    /// The same axis, logarithmic.
    #[must_use]
    pub fn logarithmic(self) -> Self {
        Self {
            scale: AxisScale::Logarithmic,
            ..self
        }
    }

    /// The same axis with names at 0, 1, 2 ….
    #[must_use]
    pub fn labelled(self, labels: Vec<String>) -> Self {
        Self { labels, ..self }
    }

    /// The same axis from `from` to `to`.
    #[must_use]
    pub fn between(self, from: f64, to: f64) -> Self {
        Self {
            range: (from < to).then_some((from, to)),
            ..self
        }
    }
}

impl Figure {
    /// A figure of one panel without series.
    #[must_use]
    pub fn new(title: impl Into<String>, x: FigureAxis, y: FigureAxis) -> Self {
        let panel = Panel {
            y,
            series: Vec::new(),
            height: 220,
            map: None,
        };
        Self {
            title: title.into(),
            x,
            panels: vec![panel],
            ..Self::default()
        }
    }

    /// The same figure with a caption.
    #[must_use]
    pub fn caption(self, caption: impl Into<String>) -> Self {
        Self {
            caption: caption.into(),
            ..self
        }
    }

    /// The same figure with a series more in its last panel.
    #[must_use]
    pub fn with(self, name: impl Into<String>, mark: Mark, x: Vec<f64>, y: Vec<f64>) -> Self {
        self.with_series(Series {
            name: name.into(),
            mark,
            x,
            y,
            interval: None,
        })
    }

    /// The same figure with a series more in its last panel.
    #[must_use]
    pub fn with_series(mut self, series: Series) -> Self {
        if let Some(panel) = self.panels.last_mut() {
            panel.series.push(series);
        }
        self
    }

    /// The same figure with a histogram more in its last panel.
    #[must_use]
    pub fn with_histogram(
        self,
        name: impl Into<String>,
        mark: Mark,
        histogram: &Histogram,
    ) -> Self {
        let counts = histogram.counts.iter().map(|&count| count as f64).collect();
        self.with(name, mark, histogram.edges.clone(), counts)
    }
}
