//! What was built, counted: for whoever shows a run.

use crate::facts::{Facts, PopulationFacts, ProjectionFacts, RecordFacts, RecordKind};
use crate::layout::memory;
use crate::layout::plan::{GroupPlan, RecordTarget as Target};
use crate::layout::synapse_plan::ProjectionPlan;
use crate::network::Network;
use crate::save::number::StateNumber;

impl<R: StateNumber> Network<R> {
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
            memory: memory::estimate(&self.plan),
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
