//! The state of a run at one step, as named arrays that do not depend on the number of threads.
//!
//! Kept are all columns that change, and the spikes on their way: of each synaptic event its synapse and its step of arrival. Random numbers
//! need no state: they are functions of the step.

use std::collections::HashMap;

use crate::layout::cell_plan::Column;
use crate::layout::plan::GroupPlan;
use crate::network::Network;
use crate::run::shard::PopulationPart;
use crate::run::synapses::{InFlight, Synapses};
use crate::save::number::StateNumber;

/// A checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Steps done.
    pub step: u64,
    /// Everything that changes in a run, by name. Cells stand in their order, synapses by source, then target, then delay.
    pub arrays: Vec<(String, StateArray)>,
}

/// An array of a checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub enum StateArray {
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

impl StateArray {
    /// How many numbers it has.
    pub fn len(&self) -> usize {
        match self {
            StateArray::F64(numbers) => numbers.len(),
            StateArray::F32(numbers) => numbers.len(),
            StateArray::U64(numbers) => numbers.len(),
            StateArray::U32(numbers) => numbers.len(),
        }
    }

    /// True where it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The arrays of a checkpoint by name.
pub(super) struct NamedArrays<'a>(HashMap<&'a str, &'a StateArray>);

impl<'a> NamedArrays<'a> {
    pub fn of(checkpoint: &'a Checkpoint) -> Self {
        let arrays = checkpoint.arrays.iter();
        Self(arrays.map(|(name, array)| (name.as_str(), array)).collect())
    }

    fn get(&self, name: &str) -> Result<&'a StateArray, RestoreError> {
        let array = self.0.get(name).copied();
        array.ok_or_else(|| RestoreError::Missing(name.to_owned()))
    }

    /// Values of this precision, however many there are.
    pub fn all_numbers<R: StateNumber>(&self, name: &str) -> Result<&'a [R], RestoreError> {
        let array = self.get(name)?;
        R::numbers(array).ok_or_else(|| other_shape(name, 0, array))
    }

    fn numbers<R: StateNumber>(
        &self,
        name: &str,
        expected: usize,
    ) -> Result<&'a [R], RestoreError> {
        let array = self.get(name)?;
        R::numbers(array)
            .filter(|numbers| numbers.len() == expected)
            .ok_or_else(|| other_shape(name, expected, array))
    }

    /// Steps and counts.
    pub fn steps(&self, name: &str) -> Result<&'a [u64], RestoreError> {
        match self.get(name)? {
            StateArray::U64(numbers) => Ok(numbers),
            other => Err(other_shape(name, 0, other)),
        }
    }

    /// Numbers of synapses.
    pub fn synapses(&self, name: &str) -> Result<&'a [u32], RestoreError> {
        match self.get(name)? {
            StateArray::U32(numbers) => Ok(numbers),
            other => Err(other_shape(name, 0, other)),
        }
    }
}

fn other_shape(name: &str, expected: usize, array: &StateArray) -> RestoreError {
    RestoreError::Shape {
        name: name.to_owned(),
        expected,
        found: array.len(),
    }
}

/// The names of a checkpoint's arrays.
pub(super) mod names {
    pub fn variable(owner: &str, column: &str) -> String {
        format!("{owner}.{column}")
    }
    pub fn next_spike(trains: &str) -> String {
        format!("{trains}.next spike")
    }
    pub fn in_flight(projection: &str) -> String {
        format!("{projection}.on the way")
    }
    pub fn back_in_flight(projection: &str) -> String {
        format!("{projection}.on the way back")
    }
    /// Of a rank's part: which of the projection's synapses it has.
    pub fn numbers(projection: &str) -> String {
        format!("{projection}.numbers")
    }
    pub const COUNTS: &str = "counts";
}

/// The columns that checkpoints keep, with their places.
pub(super) fn changing(columns: &[Column]) -> impl Iterator<Item = (u16, &Column)> {
    (0..).zip(columns).filter(|(_, column)| column.changes)
}

impl<R: StateNumber> Network<R> {
    /// The state of this rank's part; of a run on one machine, all of it.
    pub fn checkpoint(&self) -> Checkpoint {
        let mut arrays = Vec::new();
        for number in 0..self.plan.groups.len() {
            self.keep_group(number, &mut arrays);
        }
        for number in 0..self.plan.projections.len() {
            self.keep_projection(number, &mut arrays);
        }
        let counts = self.counts();
        let counts = [
            counts.spikes,
            counts.synaptic_events,
            counts.cell_updates,
            counts.plastic_updates,
        ];
        arrays.push((names::COUNTS.to_owned(), StateArray::U64(counts.to_vec())));
        Checkpoint {
            step: self.step,
            arrays,
        }
    }

    fn keep_group(&self, number: usize, arrays: &mut Vec<(String, StateArray)>) {
        let parts = || self.shards.iter().map(|shard| &shard.groups[number]);
        match &self.plan.groups[number] {
            GroupPlan::Cells(cells) => {
                for (place, column) in changing(&cells.columns) {
                    let values = parts().flat_map(|part| part.columns.values(place));
                    let array = R::array(values.copied().collect());
                    arrays.push((names::variable(&cells.name, &column.name), array));
                }
            }
            GroupPlan::Trains(trains) => {
                let next = parts()
                    .map(|part: &PopulationPart<R>| part.next_spike as u64)
                    .max();
                let next = StateArray::U64(vec![next.unwrap_or(0)]);
                arrays.push((names::next_spike(&trains.name), next));
            }
        }
    }

    fn keep_projection(&self, number: usize, arrays: &mut Vec<(String, StateArray)>) {
        let projection = &self.plan.projections[number];
        let parts: Vec<&Synapses<R>> = self
            .shards
            .iter()
            .map(|shard| &shard.synapses[number])
            .collect();
        let order = self.order[number].concat();
        for (place, column) in changing(&projection.columns) {
            let values = parts.iter().flat_map(|part| part.columns().values(place));
            let mut numbered: Vec<(u32, R)> = order.iter().copied().zip(values.copied()).collect();
            numbered.sort_unstable_by_key(|(number, _)| *number);
            let array = R::array(numbered.into_iter().map(|(_, value)| value).collect());
            arrays.push((names::variable(&projection.name, &column.name), array));
        }
        if !self.board.is_alone() {
            let mut numbers = order;
            numbers.sort_unstable();
            arrays.push((names::numbers(&projection.name), StateArray::U32(numbers)));
        }
        let spikes = StateArray::U64(self.on_the_way(&parts));
        arrays.push((names::in_flight(&projection.name), spikes));
        let back = StateArray::U64(self.on_the_way_back(&parts));
        arrays.push((names::back_in_flight(&projection.name), back));
    }

    /// Spikes on their way, each once however many threads have a part of its synapses.
    fn on_the_way(&self, parts: &[&Synapses<R>]) -> Vec<u64> {
        let spikes = parts.iter().flat_map(|part| part.in_flight(self.step));
        InFlight::list(spikes.collect())
    }

    /// Spikes on their way back: step of arrival and target.
    fn on_the_way_back(&self, parts: &[&Synapses<R>]) -> Vec<u64> {
        let spikes = parts.iter().flat_map(|part| part.back_in_flight(self.step));
        let mut spikes: Vec<(u64, u32)> = spikes.collect();
        spikes.sort_unstable();
        let pairs = spikes.into_iter();
        pairs
            .flat_map(|(arrival, target)| [arrival, u64::from(target)])
            .collect()
    }

    /// Goes to the state of a checkpoint of the whole run.
    pub fn restore(&mut self, checkpoint: &Checkpoint) -> Result<(), RestoreError> {
        if checkpoint.step > self.plan.steps {
            return Err(RestoreError::Step {
                step: checkpoint.step,
                steps: self.plan.steps,
            });
        }
        let named = NamedArrays::of(checkpoint);
        for number in 0..self.plan.groups.len() {
            self.restore_group(number, &named)?;
        }
        for number in 0..self.plan.projections.len() {
            self.restore_projection(number, &named, checkpoint.step)?;
        }
        for shard in &mut self.shards {
            shard.counts = crate::Counts::default();
        }
        let counts = named.steps(names::COUNTS)?;
        if let [spikes, synaptic_events, cell_updates, plastic_updates] = *counts
            && self.shards[0].number == 0
        {
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

    fn restore_group(&mut self, number: usize, named: &NamedArrays) -> Result<(), RestoreError> {
        let parts = self
            .shards
            .iter_mut()
            .map(|shard| &mut shard.groups[number]);
        match &self.plan.groups[number] {
            GroupPlan::Cells(cells) => {
                let mut parts: Vec<_> = parts.collect();
                for (place, column) in changing(&cells.columns) {
                    let name = names::variable(&cells.name, &column.name);
                    let values = named.numbers::<R>(&name, cells.count)?;
                    for part in &mut parts {
                        let own = &values[part.range.clone()];
                        part.columns.values_mut(place).copy_from_slice(own);
                    }
                }
            }
            GroupPlan::Trains(trains) => {
                let next = named.steps(&names::next_spike(&trains.name))?;
                let next = next.first().copied().unwrap_or(0) as usize;
                parts.for_each(|part| part.next_spike = next);
            }
        }
        Ok(())
    }

    fn restore_projection(
        &mut self,
        number: usize,
        named: &NamedArrays,
        now: u64,
    ) -> Result<(), RestoreError> {
        let projection = &self.plan.projections[number];
        for (place, column) in changing(&projection.columns) {
            let name = names::variable(&projection.name, &column.name);
            let values = named.numbers::<R>(&name, self.totals[number] as usize)?;
            for (shard, order) in self.shards.iter_mut().zip(&self.order[number]) {
                let columns = shard.synapses[number].columns_mut();
                for (own, synapse) in columns.values_mut(place).iter_mut().zip(order) {
                    *own = values[*synapse as usize];
                }
            }
        }
        let spikes = named.steps(&names::in_flight(&projection.name))?;
        let back = named.steps(&names::back_in_flight(&projection.name))?;
        for shard in &mut self.shards {
            let synapses = &mut shard.synapses[number];
            synapses.put_in_flight(InFlight::listed(spikes), now);
            synapses.put_back_in_flight(back.chunks_exact(2).map(|pair| (pair[0], pair[1])));
        }
        Ok(())
    }
}
