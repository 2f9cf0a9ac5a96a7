//! What was built, as plain data for reports and `oscine check`.

use oscine_equations::Dimension;

use crate::Memory;
use crate::layout::plan::{GroupPlan, Recorded as Target};
use crate::layout::synapse_plan::ProjectionPlan;
use crate::network::Network;
use crate::run::number::Number;

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

impl<R: Number> Network<R> {
    /// What was built, of this rank.
    pub fn facts(&self) -> Facts {
        let populations = self.plan.groups.iter().map(population_facts).collect();
        let projections = self
            .plan
            .projections
            .iter()
            .enumerate()
            .map(|(number, projection)| self.projection_facts(number, projection))
            .collect();
        Facts {
            populations,
            projections,
            records: (0..self.plan.records.len())
                .map(|record| self.record_facts(record))
                .collect(),
            phases: self.plan.phase_facts.clone(),
            notes: self.plan.notes.clone(),
            memory: Memory::estimate(&self.plan),
            interval: self.rhythm.interval,
        }
    }

    fn projection_facts(&self, number: usize, projection: &ProjectionPlan) -> ProjectionFacts {
        const MOST: usize = 10_000;
        let count = self.plan.groups[projection.to].count();
        let mut in_degrees = vec![0_u32; count];
        let (mut synapses, mut least, mut greatest) = (0, u64::MAX, 0);
        let mut parameters: Vec<(String, oscine_equations::Dimension, Vec<f64>)> = projection
            .columns
            .iter()
            .map(|column| (column.name.clone(), column.dimension, Vec::new()))
            .collect();
        for shard in &self.shards {
            let part = &shard.synapses[number];
            synapses += part.len() as u64;
            for target in part.each_target() {
                in_degrees[target as usize] += 1;
            }
            if let Some((shortest, longest)) = part.delay_range() {
                least = least.min(shortest);
                greatest = greatest.max(longest);
            }
            let share = MOST / self.shards.len();
            for (values, column) in parameters.iter_mut().zip(part.columns().each()) {
                let stride = (column.len() / share.max(1)).max(1);
                values.2.extend(
                    column
                        .iter()
                        .step_by(stride)
                        .take(share)
                        .map(|value| value.to_f64()),
                );
            }
        }
        parameters.retain(|(name, ..)| name != "last update");
        let seconds = |steps: u64| steps as f64 * self.plan.dt;
        ProjectionFacts {
            name: projection.name.clone(),
            from: self.plan.groups[projection.from].name().to_owned(),
            to: self.plan.groups[projection.to].name().to_owned(),
            synapses,
            in_degrees,
            delays: (seconds(least.min(greatest)), seconds(greatest)),
            parameters,
        }
    }

    fn record_facts(&self, number: usize) -> RecordFacts {
        let record = &self.plan.records[number];
        let mut pairs = Vec::new();
        let mut end = record.end;
        if let Target::Projection(projection) = record.target {
            end = end.min(self.totals[projection] as usize);
            pairs = vec![(0, 0); end.saturating_sub(record.first)];
            for (shard, order) in self.shards.iter().zip(&self.order[projection]) {
                let part = &shard.synapses[projection];
                let ends = part.each_source().zip(part.each_target());
                for (number, ends) in order.iter().zip(ends) {
                    let place = (*number as usize).checked_sub(record.first);
                    if let Some(pair) = place.and_then(|place| pairs.get_mut(place)) {
                        *pair = ends;
                    }
                }
            }
        }
        let kind = if record.spikes {
            RecordKind::Spikes
        } else {
            let dimension = |name: &String| match record.target {
                Target::Group(group) => self.plan.groups[group].cells().and_then(|cells| {
                    let column = cells.samples[&number]
                        .columns
                        .iter()
                        .find(|(known, _)| known == name)?;
                    Some(cells.columns[usize::from(column.1)].dimension)
                }),
                Target::Projection(projection) => {
                    self.plan.projections[projection].meanings.dimension(name)
                }
            };
            let named = |name: &String| {
                (
                    name.clone(),
                    dimension(name).unwrap_or(oscine_equations::Dimension::DIMENSIONLESS),
                )
            };
            RecordKind::Variables(record.variables.iter().map(named).collect())
        };
        RecordFacts {
            name: record.name.clone(),
            of: record.of.clone(),
            kind,
            first: record.first,
            end,
            pairs,
        }
    }
}

fn population_facts(group: &GroupPlan) -> PopulationFacts {
    match group {
        GroupPlan::Cells(cells) => PopulationFacts {
            name: cells.name.clone(),
            count: cells.count,
            model: cells.model_name.clone(),
            integrator: cells
                .integrator
                .map_or_else(String::new, |method| method.name().to_owned()),
            variables: cells
                .states
                .iter()
                .map(|state| &cells.columns[usize::from(*state)])
                .map(|column| (column.name.clone(), column.dimension))
                .collect(),
        },
        GroupPlan::Trains(trains) => PopulationFacts {
            name: trains.name.clone(),
            count: trains.count,
            model: Some("spikes".to_owned()),
            integrator: String::new(),
            variables: Vec::new(),
        },
    }
}
