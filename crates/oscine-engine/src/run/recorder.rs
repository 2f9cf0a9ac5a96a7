//! What one shard has recorded since it was last asked.

use crate::facts::Counts;
use crate::layout::plan::{Plan, RecordPlan, RecordTarget as Target};
use crate::recorded::{Recorded, Rows};
use crate::run::buffer::Buffer;
use crate::run::shard::part_of;

/// Joins the shards' rows: by step, within a step by element.
pub(crate) fn join(plan: &Plan, buffers: &mut [Vec<&mut Buffer>]) -> Vec<Recorded> {
    let mut joined = Vec::new();
    for (record, parts) in plan.records.iter().zip(buffers) {
        if record.spikes {
            let mut spikes: Vec<(u64, u32)> =
                Vec::with_capacity(parts.iter().map(|part| part.spikes.len()).sum());
            for part in parts.iter_mut() {
                spikes.append(&mut part.spikes);
            }
            // Each part is in order, so this merges runs.
            spikes.sort();
            let (steps, cells) = spikes.into_iter().unzip();
            joined.push(recorded(record, Rows::Spikes { steps, cells }));
        }
        if !record.variables.is_empty() {
            joined.push(recorded(record, samples(record, parts)));
        }
    }
    joined
}

fn recorded(record: &RecordPlan, rows: Rows) -> Recorded {
    Recorded {
        record: record.name.clone(),
        of: record.of.clone(),
        rows,
    }
}

fn samples(record: &RecordPlan, parts: &mut [&mut Buffer]) -> Rows {
    let times = parts.iter().map(|part| part.steps.len()).max().unwrap_or(0);
    let (mut steps, mut elements) = (Vec::new(), Vec::new());
    let mut columns: Vec<(String, Vec<f64>)> = record
        .variables
        .iter()
        .map(|name| (name.clone(), Vec::new()))
        .collect();
    // Synapses of one source lie on several shards: they are put in order here. Cells are in order already.
    let mut order: Vec<(u32, usize, usize)> = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        order.extend(
            part.elements
                .iter()
                .enumerate()
                .map(|(place, element)| (*element, number, place)),
        );
    }
    order.sort_unstable();
    for time in 0..times {
        for (element, number, place) in &order {
            let part = &parts[*number];
            steps.push(part.steps[time]);
            elements.push(*element);
            for (variable, (_, column)) in columns.iter_mut().enumerate() {
                column.push(part.values[variable][time * part.elements.len() + place]);
            }
        }
    }
    for part in parts.iter_mut() {
        part.steps.clear();
        part.values.iter_mut().for_each(Vec::clear);
    }
    Rows::Samples {
        steps,
        elements,
        columns,
    }
}

/// Empty buffers for the records of a shard that owns part `number` of `shards`; `order` has the numbers of its synapses.
pub(crate) fn buffers(plan: &Plan, number: usize, shards: usize, order: &[&[u32]]) -> Vec<Buffer> {
    plan.records
        .iter()
        .map(|record| {
            let mut buffer = Buffer {
                values: vec![Vec::new(); record.variables.len()],
                ..Buffer::default()
            };
            let range = record.first as u64..record.end as u64;
            match record.target {
                _ if record.variables.is_empty() => {}
                Target::Group(group) => {
                    let part = part_of(plan.groups[group].count(), number, shards);
                    let (first, end) = (record.first.max(part.start), record.end.min(part.end));
                    buffer.elements = (first as u32..end.max(first) as u32).collect();
                }
                Target::Projection(projection) => {
                    for (place, synapse) in order[projection].iter().enumerate() {
                        if range.contains(&u64::from(*synapse)) {
                            buffer.elements.push(*synapse);
                            buffer.places.push(place as u32);
                        }
                    }
                }
            }
            buffer
        })
        .collect()
}

/// True where a record is of this group.
pub(crate) fn is_of_group(record: &RecordPlan, group: usize) -> bool {
    record.target == Target::Group(group)
}

/// All shards' counts together.
pub(crate) fn total<'a>(counts: impl Iterator<Item = &'a Counts>) -> Counts {
    let mut sum = Counts::default();
    for count in counts {
        sum.add(count);
    }
    sum
}
