//! `[stimulus.NAME]`: a function of time, or a source of spikes.

use std::path::PathBuf;
use std::sync::Arc;

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
        /// `[time][column]`, in `unit`; a row that comes again may be shared.
        values: Vec<Arc<[f64]>>,
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
    /// The examples of the experiment's task, one after another.
    Task(Shown),
}

/// How neurons are shown the examples of a task: again from the first when all were shown, in an order that the run's seed draws anew each time.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// What stands for an example.
    pub code: Code,
    /// Numbers of an example, or of its targets: trains, or columns of the function.
    pub count: usize,
    /// Which examples.
    pub set: ExampleSet,
    /// The first so many of them; all where `None`.
    pub examples: Option<usize>,
    /// How long each is shown, s.
    pub each: f64,
    /// Nothing between two, s.
    pub pause: f64,
    /// Of a train whose number is 1, with the dimension of Hz: of rates.
    pub rate: Option<Text>,
}

/// What stands for an example of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Poisson trains, each as fast as its number says.
    Rates,
    /// One spike of each train, the earlier the greater its number: at once where it is 1, at the end where it is just above 0, none where it is 0.
    Latencies,
    /// A function `name(t, i)`: the numbers themselves.
    Currents,
    /// A function `name(t, i)`: 1 for the class of the example, 0 for the others; or the values to be met.
    Targets,
}

impl Code {
    /// All of them by name.
    pub const NAMES: [&str; 4] = ["rates", "latencies", "currents", "targets"];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rates => "rates",
            Self::Latencies => "latencies",
            Self::Currents => "currents",
            Self::Targets => "targets",
        }
    }

    /// The code of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Rates, Self::Latencies, Self::Currents, Self::Targets]
            .into_iter()
            .find(|code| code.name() == name)
    }

    /// Whether it is a source of spikes, and not a function of time.
    pub fn fires(self) -> bool {
        matches!(self, Self::Rates | Self::Latencies)
    }
}

/// The examples of a task by what they are kept for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExampleSet {
    /// To learn from.
    #[default]
    Training,
    /// To be judged by while learning.
    Validation,
    /// To be judged by at the end.
    Test,
}

impl ExampleSet {
    /// All of them by name.
    pub const NAMES: [&str; 3] = ["training", "validation", "test"];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
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
