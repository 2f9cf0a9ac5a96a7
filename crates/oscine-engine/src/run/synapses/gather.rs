//! What a program over synapses reads: its own numbers, those of its source and of its target, gathered into a batch.

use oscine_equations::lanes::Real;

use crate::layout::batch::{BATCH, Batch, BatchSpace};
use crate::layout::columns::Columns;
use crate::layout::key::key;
use crate::layout::plan::Plan;
use crate::layout::synapse_plan::SynapseField;
use crate::run::synapses::Synapses;

/// The cells at both ends, as programs over synapses read them.
#[derive(Clone, Copy)]
pub(crate) struct Ends<'a, R> {
    /// Columns of the shard's part of the target population.
    pub post: &'a Columns<R>,
    /// Whole columns of the source population, by column; those that nobody reads are empty.
    pub pre: &'a [Vec<R>],
}

impl<R: Real> Synapses<R> {
    /// Gathers a batch's inputs for some synapses; `sources` has the source of each, where the batch asks for them.
    pub(super) fn gather(
        &self,
        batch: &Batch<SynapseField>,
        synapses: &[u32],
        sources: &[u32],
        ends: Ends<'_, R>,
        space: &mut BatchSpace<R>,
    ) {
        let shift = batch.outputs.len();
        for (place, field) in batch.inputs.iter().enumerate() {
            let out = space.columns[shift + place].iter_mut().zip(synapses);
            match field {
                SynapseField::Own(column) => {
                    let column = self.columns.values(*column);
                    out.for_each(|(value, synapse)| *value = column[*synapse as usize]);
                }
                SynapseField::Source => out.for_each(|(value, synapse)| {
                    *value = R::from_f64(f64::from(sources[*synapse as usize]));
                }),
                SynapseField::Target => out.for_each(|(value, synapse)| {
                    let target = self.targets[*synapse as usize] + self.target_offset;
                    *value = R::from_f64(f64::from(target));
                }),
                SynapseField::Post(column) => {
                    let column = ends.post.values(*column);
                    out.for_each(|(value, synapse)| {
                        *value = column[self.targets[*synapse as usize] as usize]
                    });
                }
                SynapseField::Pre(column) => {
                    let column = &ends.pre[usize::from(*column)];
                    out.for_each(|(value, synapse)| {
                        *value = column[sources[*synapse as usize] as usize]
                    });
                }
            }
        }
        space.elements.clear();
        if batch.runnable.streams.is_empty() {
            space.elements.resize(synapses.len(), 0);
        } else {
            let keys = synapses.iter().map(|synapse| self.key_of(*synapse));
            space.elements.extend(keys);
        }
    }

    /// The key of a synapse's random numbers.
    pub(super) fn key_of(&self, synapse: u32) -> u64 {
        let target = self.targets[synapse as usize] + self.target_offset;
        let duplicate = self.duplicates.get(synapse as usize).copied().unwrap_or(0);
        key(self.sources[synapse as usize], target, duplicate)
    }

    /// What a batch computes for some synapses, handed over in pieces: its columns, and how many synapses they are of.
    pub fn compute(
        &self,
        batch: &Batch<SynapseField>,
        synapses: &[u32],
        ends: Ends<'_, R>,
        (plan, step): (&Plan, u64),
        mut take: impl FnMut(&[Vec<R>], usize),
    ) {
        let mut space = batch.space::<R>();
        for chosen in synapses.chunks(BATCH) {
            self.gather(batch, chosen, &self.sources, ends, &mut space);
            batch.run(&mut space, &plan.functions, step, plan.dt);
            take(&space.columns, chosen.len());
        }
    }

    /// What a batch that draws nothing computes for each synapse, in their order here.
    pub fn compute_each(
        &self,
        batch: &Batch<SynapseField>,
        ends: Ends<'_, R>,
        (plan, step): (&Plan, u64),
    ) -> Vec<f64> {
        let sources: Vec<u32> = self.each_source().collect();
        let all: Vec<u32> = (0..self.targets.len() as u32).collect();
        let mut space = batch.space::<R>();
        let mut values = Vec::with_capacity(all.len());
        for chosen in all.chunks(BATCH) {
            self.gather(batch, chosen, &sources, ends, &mut space);
            batch.run(&mut space, &plan.functions, step, plan.dt);
            let computed = &space.columns[0][..chosen.len()];
            values.extend(computed.iter().map(|value| value.to_f64()));
        }
        values
    }
}
