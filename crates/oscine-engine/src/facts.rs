//! What was built, as plain data for reports and `oscine check`.

use oscine_equations::Dimension;

/// The network as built.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Populations and spike sources.
    pub populations: Vec<PopulationFacts>,
    /// Projections.
    pub projections: Vec<ProjectionFacts>,
    /// Records.
    pub records: Vec<RecordFacts>,
    /// Phases of the protocol, in time; empty without one.
    pub phases: Vec<PhaseFacts>,
    /// Approximations taken and things a reader should know.
    pub notes: Vec<String>,
    /// What it takes.
    pub memory: Memory,
    /// Steps between two exchanges of spikes.
    pub interval: u64,
}

/// A phase of the protocol, as it is carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseFacts {
    /// Its name, or `phase 2` where it has none.
    pub name: String,
    /// Begins here, s.
    pub from: f64,
    /// Ends here, s.
    pub until: f64,
    /// Rates of spike sources in it, as written.
    pub fire: Vec<(String, String)>,
    /// Parameters in it, as written.
    pub set: Vec<(String, String)>,
}

/// A population or a source of spikes.
#[derive(Clone, Debug)]
pub struct PopulationFacts {
    /// Its name.
    pub name: String,
    /// Cells.
    pub count: usize,
    /// The catalogue's entry, if any; `"spikes"` or `"poisson"` for sources.
    pub model: Option<String>,
    /// The integrator by name; empty where nothing is integrated.
    pub integrator: String,
    /// State variables and what they measure.
    pub variables: Vec<(String, Dimension)>,
}

/// A projection.
#[derive(Clone, Debug)]
pub struct ProjectionFacts {
    /// Its name.
    pub name: String,
    /// Source population.
    pub from: String,
    /// Target population.
    pub to: String,
    /// Synapses.
    pub synapses: u64,
    /// Synapses onto each target of the whole population.
    pub in_degrees: Vec<u32>,
    /// Least and greatest delay, s.
    pub delays: (f64, f64),
    /// Parameters and variables of up to 10,000 synapses, with what they measure.
    pub parameters: Vec<(String, Dimension, Vec<f64>)>,
}

/// A record.
#[derive(Clone, Debug)]
pub struct RecordFacts {
    /// Its name.
    pub name: String,
    /// Population or projection.
    pub of: String,
    /// What is kept.
    pub kind: RecordKind,
    /// First cell or synapse.
    pub first: usize,
    /// One past the last.
    pub end: usize,
    /// Of synapses: source and target of each, in their order.
    pub pairs: Vec<(u32, u32)>,
}

/// What a record keeps.
#[derive(Clone, Debug)]
pub enum RecordKind {
    /// Spikes.
    Spikes,
    /// Variables and what they measure.
    Variables(Vec<(String, Dimension)>),
}

/// How much was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Spikes of populations and sources.
    pub spikes: u64,
    /// Synapses that a spike came to, or went back to.
    pub synaptic_events: u64,
    /// Cells times steps.
    pub cell_updates: u64,
    /// Synaptic events that ran a program (plastic synapses) instead of one addition.
    pub plastic_updates: u64,
}

impl Counts {
    /// Adds another thread's.
    pub(crate) fn add(&mut self, other: &Counts) {
        self.spikes += other.spikes;
        self.synaptic_events += other.synaptic_events;
        self.cell_updates += other.cell_updates;
        self.plastic_updates += other.plastic_updates;
    }
}

/// Bytes, by what they are for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Part and bytes.
    pub parts: Vec<(String, u64)>,
}

impl Memory {
    /// All parts together.
    pub fn total(&self) -> u64 {
        self.parts.iter().map(|(_, bytes)| bytes).sum()
    }
}
