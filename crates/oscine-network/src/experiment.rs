//! The experiment: all tables of the file together.

use std::path::PathBuf;

use crate::reading::slices;
use crate::{Layer, Neurons, Record, Run, Slice, Stimulus, Synapses, Task, Text, Training};

/// Things by name, in the order in which they were written.
pub type Named<T> = Vec<(String, T)>;

/// One experiment: a network, what is done to it, what is recorded, measured and claimed.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// What a reader sees first.
    pub title: String,
    /// What it asks.
    pub question: String,
    /// Where it comes from.
    pub source: String,
    /// What a reader should know to understand what is seen, in paragraphs.
    pub explanation: String,
    /// What to try next, a sentence or a command each.
    pub try_next: Vec<String>,
    /// The short form (`--quick`): keys of the file with the values that they have in it.
    pub quick: Named<Text>,
    /// How the run goes.
    pub run: Run,
    /// Populations.
    pub neurons: Named<Neurons>,
    /// Projections.
    pub synapses: Named<Synapses>,
    /// Functions of time and sources of spikes.
    pub stimuli: Named<Stimulus>,
    /// Noise at named places.
    pub noise: Named<Noise>,
    /// The examples that layers learn from.
    pub task: Option<Task>,
    /// Layers of an artificial network, in the order in which a signal passes them.
    pub layers: Named<Layer>,
    /// How they learn.
    pub training: Option<Training>,
    /// Phases in time.
    pub protocol: Vec<Phase>,
    /// What is kept.
    pub records: Named<Record>,
    /// Runs over values and seeds.
    pub sweep: Option<Sweep>,
    /// What is measured.
    pub measures: Named<Measure>,
    /// What is claimed.
    pub claims: Vec<Claim>,
    /// What is drawn besides the figures that every report has.
    pub figures: Vec<Figure>,
    /// The folder that relative paths start from.
    pub folder: PathBuf,
}

impl Experiment {
    /// Whether it steps in time: layers alone do not.
    #[must_use]
    pub fn has_time(&self) -> bool {
        !self.neurons.is_empty() || !self.stimuli.is_empty()
    }
}

/// Noise at one or more places of the network.
#[derive(Clone, Debug, PartialEq)]
pub struct Noise {
    /// Places: `cell.x`, an input or variable of a population; of layers `hidden.input` (what comes to the layer), `hidden.weights`, `hidden.sum`
    /// (before the activation), `hidden.activation` (after it), `training.gradients`, `training.targets`, `training.labels`.
    pub at: Vec<Text>,
    /// What kind.
    pub kind: NoiseKind,
    /// Its standard deviation (Ornstein–Uhlenbeck: stationary; white: per √Hz), with the unit of its place; of dropout, salt-and-pepper and labels
    /// a probability. Of layers it may be an expression of `epoch` and `step`, counted from 0.
    pub level: Text,
    /// Of layers: when it acts.
    pub when: When,
}

/// When the noise of layers acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// While the network learns.
    #[default]
    Training,
    /// While it is judged.
    Test,
    /// Always.
    Both,
}

/// How long a noise lasts: neurons have time, layers have steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Correlation {
    /// s.
    Time(f64),
    /// Steps of the training.
    Steps(f64),
}

/// A place of noise in a population or a projection: `cells.x`, `cells[0:10].x`, `synapses.delay`.
#[derive(Clone, Debug, PartialEq)]
pub struct NoisePlace<'a> {
    /// Which cells.
    pub of: Slice,
    /// Their input, or `delay`.
    pub variable: &'a str,
}

impl<'a> NoisePlace<'a> {
    /// Reads a place as it stands in `at`; `None` where it is none.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (of, variable) = text.trim().rsplit_once('.')?;
        let of = slices::parse(of).ok()?;
        slices::is_name(variable).then_some(Self { of, variable })
    }
}

/// The kinds of noise. Layers have no time but steps, and so no white noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NoiseKind {
    /// `level * xi`: white in time.
    White,
    /// A fresh normal number at each step, `level` wide whatever dt is.
    Gaussian,
    /// A fresh uniform number at each step, of standard deviation `level`.
    Uniform,
    /// Correlated over this time; stationary from the start, exact for any dt.
    OrnsteinUhlenbeck {
        /// After which the correlation is 1/e.
        correlation: Correlation,
    },
    /// The value times a normal number of mean 1 and standard deviation `level`.
    Multiplicative,
    /// With probability `level` 0, else divided by what is kept, so that the mean stays. Srivastava et al. (2014) JMLR 15:1929.
    Dropout,
    /// With probability `level` 0 or 1, each as likely.
    SaltAndPepper,
    /// A normal number whose power falls as one over frequency.
    ///
    /// Of layers over 2 to 1,024 steps of a training: the sum of numbers held for 1, 2, 4 … steps (Voss, in Gardner 1978, Sci. Am. 238(4):16).
    /// Of neurons from dt to the longest time that it lasts: the sum of Ornstein–Uhlenbeck processes, each four times as long as the one before
    /// and all as wide (Bernamont 1937, Ann. Phys. 11(7):71).
    Pink {
        /// The longest time that it lasts, of neurons.
        longest: Option<Correlation>,
    },
}

impl NoiseKind {
    /// Whether the level has no unit, whatever the unit of its place: a probability, or a share of what is there.
    pub fn is_relative(self) -> bool {
        matches!(
            self,
            Self::Multiplicative | Self::Dropout | Self::SaltAndPepper
        )
    }
}

/// A phase of a protocol. What it names holds while it lasts; what it does not name has its value of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// s.
    pub duration: f64,
    /// Rates at which spike sources fire in it, each train as a Poisson process; a source without times is silent where it is not named.
    pub fire: Named<Text>,
    /// Parameters changed in it, `population.parameter` or `projection.parameter`. Random values are drawn once, for all of the phase.
    pub set: Named<Text>,
}

/// Runs over values of keys, and over seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// Values by key of the file: as written (`"0:2:0.1"`) and as they come out.
    pub over: Named<(Text, Vec<String>)>,
    /// Seeds for each point.
    pub repeat: usize,
    /// Whether the records of each run are kept, besides what was measured of them.
    pub keep_records: bool,
}

/// A measure: by name, with its settings, or an expression over others.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// A measure by name.
    pub what: Option<String>,
    /// An expression over other measures, records and parameters.
    pub value: Option<Text>,
    /// Records or populations.
    pub of: Vec<String>,
    /// Everything else as written: `frequency`, `from`, `over`.
    pub settings: Named<Setting>,
}

/// A setting of a measure, as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// Text, often a quantity.
    Text(Text),
    /// A number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// Several.
    List(Vec<Setting>),
    /// By name.
    Table(Named<Setting>),
}

/// What the experiment claims.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// In words.
    pub says: String,
    /// An expression over measures.
    pub value: Text,
    /// The published value.
    pub published: Text,
    /// How far from it, absolute or in `%`; exactly where `None`.
    pub tolerance: Option<Text>,
    /// Where it was published.
    pub source: String,
    /// Whether the short form of the experiment judges it too.
    pub quick: bool,
}

/// A figure: expressions against an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// `"rate against drive, exact against drive"`.
    pub plot: Text,
    /// Its title.
    pub title: Option<String>,
}
