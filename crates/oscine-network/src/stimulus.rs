//! `[stimulus.NAME]`: a function of time, or a source of spikes.

use std::path::PathBuf;

use crate::{Slice, Text};

/// A stimulus. Amplitudes carry their unit in their text.
#[derive(Clone, Debug, PartialEq)]
pub struct Stimulus {
    /// What it is.
    pub kind: StimulusKind,
    /// Begins here, s.
    pub from: f64,
    /// Ends here, s; `None`: never. Functions are 0 outside, sources silent.
    pub until: Option<f64>,
}

/// The kinds of stimulus. Times are in s, frequencies in Hz.
#[derive(Clone, Debug, PartialEq)]
pub enum StimulusKind {
    /// `amplitude` from `from` until `until`.
    Step {
        /// With its unit.
        amplitude: Text,
    },
    /// From `start` at `from` to `end` at `until`, in a straight line.
    Ramp {
        /// Value at `from`.
        start: Text,
        /// Value at `until`.
        end: Text,
    },
    /// `offset + amplitude sin(2π frequency (t - from) + phase)`.
    Sinusoid {
        /// With its unit.
        amplitude: Text,
        /// Hz.
        frequency: f64,
        /// Radians.
        phase: f64,
        /// Added; 0 where `None`.
        offset: Option<Text>,
    },
    /// A sinusoid whose frequency runs from `first` to `last` between `from` and `until` (ZAP).
    Chirp {
        /// With its unit.
        amplitude: Text,
        /// Hz at `from`.
        first: f64,
        /// Hz at `until`.
        last: f64,
        /// Exponentially, instead of linearly.
        logarithmic: bool,
    },
    /// Values held (or joined by straight lines) at a fixed interval; several columns are called as `name(t, i)`.
    Values {
        /// `[time][column]`, in `unit`.
        values: Vec<Vec<f64>>,
        /// s between rows.
        every: f64,
        /// Unit of the values, as text: `"nA"`, `"1"`.
        unit: Text,
        /// Joined by straight lines instead of held.
        linear: bool,
    },
    /// As `Values`, from a CSV or Parquet file.
    File {
        /// Relative to the experiment's folder.
        path: PathBuf,
        /// Columns, all but the time column where empty.
        columns: Vec<String>,
        /// The column with the time in s; `None`: rows are `every` apart.
        time: Option<String>,
        /// s between rows.
        every: Option<f64>,
        /// Unit of the values.
        unit: Text,
        /// Joined by straight lines instead of held.
        linear: bool,
    },
    /// `count` independent Poisson trains.
    Poisson {
        /// Trains.
        count: usize,
        /// With the dimension of Hz; an expression of `t` and `i`.
        rate: Text,
    },
    /// At each step each target draws `poisson(inputs*rate*dt)` and adds that many times `weight` to a variable.
    PoissonInput {
        /// The targets.
        to: Slice,
        /// The variable added to.
        variable: String,
        /// How many sources each target has.
        inputs: usize,
        /// Of each source, with the dimension of Hz; an expression of `t`.
        rate: Text,
        /// Added for each event; an expression of parameters.
        weight: Text,
    },
    /// `count` trains with given times; without times, only a protocol makes it fire.
    Spikes {
        /// Trains.
        count: usize,
        /// When.
        times: Option<SpikeTimes>,
    },
}

/// When a spike source fires.
#[derive(Clone, Debug, PartialEq)]
pub enum SpikeTimes {
    /// An expression of the train `i` and the spike `k`, for `k` below `each`.
    Expression {
        /// With the dimension of time.
        times: Text,
        /// Spikes of each train.
        each: usize,
    },
    /// `[train][spike]`, in s.
    List(Vec<Vec<f64>>),
    /// A CSV or Parquet file with columns `time` (s) and `index`.
    File(PathBuf),
}
