//! What a shard has recorded since it was last asked.

use crate::layout::plan::RecordPlan;

/// One record's rows of one shard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buffer {
    /// Steps and cells of spikes.
    pub spikes: Vec<(u64, u32)>,
    /// Steps of samples.
    pub steps: Vec<u64>,
    /// Values, `[variable][sample * elements + element]`.
    pub values: Vec<Vec<f64>>,
    /// Elements of the shard that the record is of, by their number in the whole population or projection.
    pub elements: Vec<u32>,
    /// Of synapses: where those lie on the shard.
    pub places: Vec<u32>,
}

impl Buffer {
    /// Notes a group's spikes of one step.
    pub fn note(&mut self, record: &RecordPlan, step: u64, cells: &[u32]) {
        if record.spikes && step >= record.from && step < record.until {
            let kept = cells
                .iter()
                .filter(|cell| (record.first..record.end).contains(&(**cell as usize)));
            self.spikes.extend(kept.map(|cell| (step, *cell)));
        }
    }
}
