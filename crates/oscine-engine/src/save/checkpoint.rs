//! The state of a run at one step, as named arrays that do not depend on the number of threads.
//!
//! Kept are all columns that change, and the spikes on their way: of each synaptic event its synapse and its step of arrival. Random numbers
//! need no state: they are functions of the step.

use std::collections::HashMap;

use crate::layout::plan::GroupPlan;
use crate::network::Network;
use crate::run::number::Number;
use crate::run::shard::Part;
use crate::run::synapses::{InFlight, Synapses};

/// A checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Steps done.
    pub step: u64,
    /// Everything that changes in a run, by name. Cells stand in their order, synapses by source, then target, then delay.
    pub arrays: Vec<(String, Array)>,
}

/// An array of a checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub enum Array {
    /// Double precision.
    F64(Vec<f64>),
    /// Single precision.
    F32(Vec<f32>),
    /// Steps and counts.
    U64(Vec<u64>),
    /// Cells and synapses.
    U32(Vec<u32>),
}

/// Why a checkpoint does not fit a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// An array is missing.
    #[error("the checkpoint has no `{0}`: it is of another experiment or another version")]
    Missing(String),
    /// An array has another length or type.
    #[error(
        "`{name}` of the checkpoint has {found} numbers where the network has {expected}: it is of another experiment"
    )]
    Shape {
        /// Its name.
        name: String,
        /// In the network.
        expected: usize,
        /// In the checkpoint.
        found: usize,
    },
    /// A step beyond the run's end.
    #[error("the checkpoint is at step {step} of a run with {steps}")]
    Step {
        /// Of the checkpoint.
        step: u64,
        /// Of the run.
        steps: u64,
    },
}

impl Array {
    /// How many numbers it has.
    pub fn len(&self) -> usize {
        match self {
            Array::F64(numbers) => numbers.len(),
            Array::F32(numbers) => numbers.len(),
            Array::U64(numbers) => numbers.len(),
            Array::U32(numbers) => numbers.len(),
        }
    }

    /// True where it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The arrays of a checkpoint by name.
struct Named<'a>(HashMap<&'a str, &'a Array>);

impl Named<'_> {
    fn get(&self, name: &str) -> Result<&Array, RestoreError> {
        self.0
            .get(name)
            .copied()
            .ok_or_else(|| RestoreError::Missing(name.to_owned()))
    }

    fn numbers<R: Number>(&self, name: &str, expected: usize) -> Result<&[R], RestoreError> {
        let array = self.get(name)?;
        R::numbers(array)
            .filter(|numbers| numbers.len() == expected)
            .ok_or_else(|| RestoreError::Shape {
                name: name.to_owned(),
                expected,
                found: array.len(),
            })
    }

    fn steps(&self, name: &str) -> Result<&[u64], RestoreError> {
        match self.get(name)? {
            Array::U64(numbers) => Ok(numbers),
            other => Err(RestoreError::Shape {
                name: name.to_owned(),
                expected: 0,
                found: other.len(),
            }),
        }
    }
}

impl<R: Number> Network<R> {
    pub fn checkpoint(&self) -> Checkpoint {
        let mut arrays = Vec::new();
        for (number, group) in self.plan.groups.iter().enumerate() {
            let parts = || self.shards.iter().map(|shard| &shard.groups[number]);
            match group {
                GroupPlan::Cells(cells) => {
                    for (place, column) in cells
                        .columns
                        .iter()
                        .enumerate()
                        .filter(|(_, column)| column.changes)
                    {
                        let numbers = parts()
                            .flat_map(|part| part.columns.values(place as u16).iter().copied())
                            .collect();
                        arrays.push((format!("{}.{}", cells.name, column.name), R::array(numbers)));
                    }
                }
                GroupPlan::Trains(trains) => {
                    let next = parts()
                        .map(|part: &Part<R>| part.next_spike as u64)
                        .max()
                        .unwrap_or(0);
                    arrays.push((
                        format!("{}.next spike", trains.name),
                        Array::U64(vec![next]),
                    ));
                }
            }
        }
        for (number, projection) in self.plan.projections.iter().enumerate() {
            let parts: Vec<&Synapses<R>> = self
                .shards
                .iter()
                .map(|shard| &shard.synapses[number])
                .collect();
            for (place, column) in projection
                .columns
                .iter()
                .enumerate()
                .filter(|(_, column)| column.changes)
            {
                let total = parts.iter().map(|part| part.len()).sum();
                let mut numbers = vec![R::ZERO; total];
                for (part, order) in parts.iter().zip(&self.order[number]) {
                    for (value, synapse) in part.columns().values(place as u16).iter().zip(order) {
                        numbers[*synapse as usize] = *value;
                    }
                }
                arrays.push((
                    format!("{}.{}", projection.name, column.name),
                    R::array(numbers),
                ));
            }
            arrays.push((
                format!("{}.on the way", projection.name),
                Array::U64(self.on_the_way(&parts)),
            ));
            arrays.push((
                format!("{}.on the way back", projection.name),
                Array::U64(self.on_the_way_back(&parts)),
            ));
        }
        let counts = self.counts();
        let counts = [
            counts.spikes,
            counts.synaptic_events,
            counts.cell_updates,
            counts.plastic_updates,
        ];
        arrays.push(("counts".to_owned(), Array::U64(counts.to_vec())));
        Checkpoint {
            step: self.step,
            arrays,
        }
    }

    /// Spikes on their way: step of arrival, delay, source, each once however many threads have a part of its synapses.
    fn on_the_way(&self, parts: &[&Synapses<R>]) -> Vec<u64> {
        let mut spikes: Vec<InFlight> = parts
            .iter()
            .flat_map(|part| part.in_flight(self.step))
            .collect();
        spikes.sort_by_key(InFlight::in_order_sent);
        spikes.dedup();
        spikes
            .into_iter()
            .flat_map(|spike| [spike.arrival, spike.delay, spike.source])
            .collect()
    }

    /// Spikes on their way back: step of arrival and target.
    fn on_the_way_back(&self, parts: &[&Synapses<R>]) -> Vec<u64> {
        let mut spikes: Vec<(u64, u32)> = parts
            .iter()
            .flat_map(|part| part.back_in_flight(self.step))
            .collect();
        spikes.sort_unstable();
        spikes
            .into_iter()
            .flat_map(|(arrival, target)| [arrival, u64::from(target)])
            .collect()
    }

    pub fn restore(&mut self, checkpoint: &Checkpoint) -> Result<(), RestoreError> {
        if checkpoint.step > self.plan.steps {
            return Err(RestoreError::Step {
                step: checkpoint.step,
                steps: self.plan.steps,
            });
        }
        let named = Named(
            checkpoint
                .arrays
                .iter()
                .map(|(name, array)| (name.as_str(), array))
                .collect(),
        );
        for (number, group) in self.plan.groups.iter().enumerate() {
            match group {
                GroupPlan::Cells(cells) => {
                    for (place, column) in cells
                        .columns
                        .iter()
                        .enumerate()
                        .filter(|(_, column)| column.changes)
                    {
                        let name = format!("{}.{}", cells.name, column.name);
                        let numbers = named.numbers::<R>(&name, cells.count)?;
                        for shard in &mut self.shards {
                            let part = &mut shard.groups[number];
                            part.columns
                                .values_mut(place as u16)
                                .copy_from_slice(&numbers[part.range.clone()]);
                        }
                    }
                }
                GroupPlan::Trains(trains) => {
                    let next = named.steps(&format!("{}.next spike", trains.name))?;
                    for shard in &mut self.shards {
                        shard.groups[number].next_spike =
                            next.first().copied().unwrap_or(0) as usize;
                    }
                }
            }
        }
        for (number, projection) in self.plan.projections.iter().enumerate() {
            for (place, column) in projection
                .columns
                .iter()
                .enumerate()
                .filter(|(_, column)| column.changes)
            {
                let name = format!("{}.{}", projection.name, column.name);
                let total = self.totals[number] as usize;
                let numbers = named.numbers::<R>(&name, total)?;
                for (shard, order) in self.shards.iter_mut().zip(&self.order[number]) {
                    let part = &mut shard.synapses[number];
                    for (value, synapse) in part
                        .columns_mut()
                        .values_mut(place as u16)
                        .iter_mut()
                        .zip(order)
                    {
                        *value = numbers[*synapse as usize];
                    }
                }
            }
            let events = named.steps(&format!("{}.on the way", projection.name))?;
            let back = named.steps(&format!("{}.on the way back", projection.name))?;
            for shard in &mut self.shards {
                let synapses = &mut shard.synapses[number];
                let spikes = events.chunks_exact(3).map(|spike| InFlight {
                    arrival: spike[0],
                    delay: spike[1],
                    source: spike[2],
                });
                synapses.put_in_flight(spikes, checkpoint.step);
                synapses.put_back_in_flight(back.chunks_exact(2).map(|pair| (pair[0], pair[1])));
            }
        }
        if let [spikes, synaptic_events, cell_updates, plastic_updates] = *named.steps("counts")? {
            for shard in &mut self.shards {
                shard.counts = crate::Counts::default();
            }
            self.shards[0].counts = crate::Counts {
                spikes,
                synaptic_events,
                cell_updates,
                plastic_updates,
            };
        }
        self.step = checkpoint.step;
        Ok(())
    }
}
