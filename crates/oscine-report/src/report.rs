//! What a report says: the facts of a run and what it recorded, as plain data in SI units.

use std::ops::Range;

use oscine_analysis::{Histogram, mean};

use crate::Figure;

/// Everything that the page and the terminal summary are made from.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What the experiment is called.
    pub title: String,
    /// What it asks.
    pub question: Option<String>,
    /// The paper or book it comes from.
    pub source: Option<String>,
    /// What a reader should know to understand what is seen, a paragraph each.
    pub explanation: Vec<String>,
    /// What to try next: a sentence, or a command that begins with `oscine `.
    pub try_next: Vec<String>,
    /// How it was run; `None` where nothing was.
    pub run: Option<RunFacts>,
    /// Of several runs, which one the records are of, as a sentence.
    pub records_of: Option<String>,
    /// What it claims, with what was measured.
    pub claims: Vec<ReportedClaim>,
    /// Single numbers that were measured.
    pub numbers: Vec<NumberRow>,
    /// What was asked for and could not be had, a sentence each.
    pub failures: Vec<String>,
    /// Approximations taken and things that the reader must know, a sentence each.
    pub notes: Vec<String>,
    /// The populations of cells.
    pub populations: Vec<Population>,
    /// The synapses, by table.
    pub projections: Vec<Projection>,
    /// Recorded spikes.
    pub spikes: Vec<SpikeRecord>,
    /// Recorded variables against time.
    pub traces: Vec<TraceRecord>,
    /// Variables recorded at one time only, such as weights at the end.
    pub samples: Vec<SampleRecord>,
    /// Figures that the experiment asked for; they come first on the page.
    pub figures: Vec<Figure>,
    /// Where the time went.
    pub stages: Vec<StageTime>,
    /// How much happened.
    pub events: Vec<EventCount>,
    /// The experiment as run, as TOML.
    pub experiment: String,
    /// The results folder, as the user would type it.
    pub folder: Option<String>,
}

/// How the run was made and how long it took.
#[derive(Debug, Clone, Default)]
pub struct RunFacts {
    /// Biological time simulated in each run, s.
    pub duration: f64,
    /// Runs of a sweep; 0 and 1 of a run by itself.
    pub runs: usize,
    /// Time step, s; 0 of what has no time.
    pub dt: f64,
    /// Seed of all random draws.
    pub seed: u64,
    /// `double` or `single`.
    pub precision: String,
    /// Threads used.
    pub threads: usize,
    /// Version of the program.
    pub version: String,
    /// Wall time of stepping alone, s.
    pub running_seconds: f64,
    /// Wall time of everything, building included, s.
    pub total_seconds: f64,
    /// What ended the run early, as a sentence; `None` of a run that went to its end.
    pub stopped: Option<String>,
}

/// One claim of the experiment.
#[derive(Debug, Clone, Default)]
pub struct ReportedClaim {
    /// The claim, in words.
    pub says: String,
    /// Where the published value comes from.
    pub source: Option<String>,
    /// The published value as the file gives it, unit included.
    pub published: Option<String>,
    /// What this run measured, in `unit`.
    pub measured: Option<f64>,
    /// 95 % confidence interval of `measured` over seeds, in `unit`.
    pub interval: Option<(f64, f64)>,
    /// Unit of `measured`, such as `Hz`; empty or `1` where it has none.
    pub unit: String,
    /// The published number and how far off it may be, in `unit`, for the drawing; `None` where they are no numbers.
    pub expected: Option<(f64, f64)>,
    /// How far off it may be, as the file gives it.
    pub tolerance: Option<String>,
    /// Whether it holds; `None`: not judged.
    pub holds: Option<bool>,
    /// What the reader must know about the verdict.
    pub note: Option<String>,
}

/// One number that was measured.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NumberRow {
    /// Its name in the file.
    pub name: String,
    /// Its value, in `unit`; not finite where it could not be measured.
    pub value: f64,
    /// Its SI unit; empty where it has none.
    pub unit: String,
    /// 95 % confidence interval over seeds, in `unit`.
    pub interval: Option<(f64, f64)>,
}

/// One population of cells.
#[derive(Debug, Clone, Default)]
pub struct Population {
    /// Its name in the file.
    pub name: String,
    /// How many cells.
    pub count: u64,
    /// Name of its model, or what it is (`equations`, `spike source`).
    pub model: String,
    /// How its equations are stepped; empty for sources.
    pub integrator: String,
}

/// One table of synapses.
#[derive(Debug, Clone, Default)]
pub struct Projection {
    /// Its name in the file.
    pub name: String,
    /// The cells they come from, as the file says it.
    pub from: String,
    /// The cells they end on, as the file says it.
    pub to: String,
    /// How many synapses.
    pub synapses: u64,
    /// How many cells they may come from.
    pub sources: u64,
    /// How many cells they may end on.
    pub targets: u64,
    /// What varies among them or their cells: in-degree, weights, delays.
    pub spreads: Vec<Spread>,
}

/// How a quantity is spread over synapses or cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// What it is: `synapses onto a cell`, `w`, `delay`.
    pub name: String,
    /// Its unit; empty where it has none.
    pub unit: String,
    /// The least value.
    pub least: f64,
    /// The mean.
    pub mean: f64,
    /// The greatest value.
    pub greatest: f64,
    /// How many have which value.
    pub histogram: Histogram,
}

/// Spikes of a range of cells over a span of time.
#[derive(Debug, Clone, Default)]
pub struct SpikeRecord {
    /// Its name in the file.
    pub name: String,
    /// The population.
    pub population: String,
    /// The indices in the population of the cells that were recorded.
    pub recorded: Range<u32>,
    /// When recording began, s.
    pub from: f64,
    /// When it ended, s.
    pub until: f64,
    /// Times of the spikes, s, sorted, `[spike]`.
    pub times: Vec<f64>,
    /// Index in the population of the cell of each spike, `[spike]`.
    pub cells: Vec<u32>,
}

/// Variables of some cells, sampled together.
#[derive(Debug, Clone, Default)]
pub struct TraceRecord {
    /// Its name in the file.
    pub name: String,
    /// The population or synapses.
    pub of: String,
    /// Times of the samples, s, `[sample]`.
    pub times: Vec<f64>,
    /// Index of each recorded cell or synapse, `[cell]`.
    pub cells: Vec<u32>,
    /// The variables.
    pub variables: Vec<TraceVariable>,
}

/// One variable of a [`TraceRecord`].
#[derive(Debug, Clone, Default)]
pub struct TraceVariable {
    /// Its name in the equations.
    pub name: String,
    /// Its SI unit; empty where it has none.
    pub unit: String,
    /// Its values, `[cell][sample]`.
    pub series: Vec<Vec<f64>>,
}

/// One variable of many cells or synapses at one time.
#[derive(Debug, Clone, Default)]
pub struct SampleRecord {
    /// Its name in the file.
    pub name: String,
    /// The population or synapses.
    pub of: String,
    /// What an index counts: `cell` or `synapse`.
    pub each: String,
    /// Name of the variable.
    pub variable: String,
    /// Its SI unit; empty where it has none.
    pub unit: String,
    /// When, s.
    pub at: f64,
    /// Its values, `[cell or synapse]`.
    pub values: Vec<f64>,
}

/// Wall time of one stage of the run.
#[derive(Debug, Clone, Default)]
pub struct StageTime {
    /// Its name: `integrate`, `deliver`.
    pub name: String,
    /// Wall time in it, s.
    pub seconds: f64,
}

/// How often something happened.
#[derive(Debug, Clone, Default)]
pub struct EventCount {
    /// What: `spikes`, `synaptic events`.
    pub name: String,
    /// How often.
    pub count: u64,
}

impl RunFacts {
    /// Biological time over wall time of stepping; `None` where either is unknown.
    #[must_use]
    pub fn speed(&self) -> Option<f64> {
        (self.duration > 0.0 && self.running_seconds > 0.0)
            .then(|| self.runs.max(1) as f64 * self.duration / self.running_seconds)
    }
}

impl Spread {
    /// The spread of some values in `unit`; `None` of no finite values.
    #[must_use]
    pub fn of(name: impl Into<String>, unit: impl Into<String>, values: &[f64]) -> Option<Self> {
        let finite: Vec<f64> = values
            .iter()
            .copied()
            .filter(|value| value.is_finite())
            .collect();
        let least = finite.iter().copied().min_by(f64::total_cmp)?;
        let greatest = finite.iter().copied().max_by(f64::total_cmp)?;
        let centre = mean(&finite)?.clamp(least, greatest);
        Some(Self {
            name: name.into(),
            unit: unit.into(),
            least,
            mean: centre,
            greatest,
            histogram: Histogram::of(&finite),
        })
    }

    /// The spread of whole numbers, such as degrees: a bin to each number where they are few.
    #[must_use]
    pub fn of_counts(name: impl Into<String>, counts: &[u32]) -> Option<Self> {
        let values: Vec<f64> = counts.iter().copied().map(f64::from).collect();
        let mut spread = Self::of(name, "", &values)?;
        let range = spread.greatest - spread.least;
        // Bins are centred on whole numbers, each as many numbers wide.
        let wide = oscine_analysis::step_near((range / 40.0).max(1.0)).max(1.0);
        let bins = (range / wide).floor() as u64 + 1;
        let edges = (0..=bins)
            .map(|bin| spread.least - 0.5 + bin as f64 * wide)
            .collect();
        spread.histogram = Histogram::with_edges(&values, edges);
        Some(spread)
    }
}

impl SpikeRecord {
    /// Length of the recording, s.
    #[must_use]
    pub fn span(&self) -> f64 {
        (self.until - self.from).max(0.0)
    }
}
