//! The plan of a run: every population, projection and record with its place, before any memory is taken.

use std::collections::HashMap;

use oscine_network::{Experiment, Precision, Record, RecordTimes, Slice};

use crate::error::BuildError;
use crate::layout::plan::{GroupPlan, Plan, RecordPlan, RecordTarget};
use crate::layout::runnable::RunSetting;
use crate::layout::{cells as cell_layout, synapses as synapse_layout};
use crate::read::cells::CellDraft;
use crate::read::groups::{GroupDraft, find_group, slice_range};
use crate::read::poisson_input::{PoissonInput, poisson_inputs};
use crate::read::projection::SynapseDraft;
use crate::read::{functions, protocol, source, unused};

/// Makes the plan of an experiment.
pub(crate) fn plan(experiment: &Experiment) -> Result<Plan, BuildError> {
    let run = &experiment.run;
    let steps = (run.duration / run.dt).round() as u64;
    let phases = protocol::boundaries(experiment)?;
    let functions = functions::functions(experiment)?;
    let setting = RunSetting {
        seed: run.seed,
        dt: run.dt,
        functions: &functions,
        phases: &phases,
    };
    let mut groups = Vec::new();
    for (name, neurons) in &experiment.neurons {
        let draft = CellDraft::read(experiment, &functions, name, neurons)?;
        groups.push(GroupDraft::Cells(Box::new(draft)));
    }
    source::drafts(experiment, &functions, steps, &mut groups)?;
    let inputs = poisson_inputs(experiment, &mut groups)?;
    let mut synapses = Vec::new();
    for (name, description) in &experiment.synapses {
        synapses.push(SynapseDraft::read(
            experiment,
            &functions,
            name,
            description,
            &mut groups,
        )?);
    }
    let records = records(experiment, &groups, steps)?;
    let mut notes = unused::notes(experiment);
    notes.extend(protocol::note(&phases, steps, run.dt));
    let mut planned = Vec::new();
    let mut drafts = groups;
    for (number, draft) in drafts.iter_mut().enumerate() {
        let samples = samples_of(&records, RecordTarget::Group(number));
        planned.push(match draft {
            GroupDraft::Cells(cells) => {
                let own: Vec<PoissonInput> = inputs_of(&inputs, number);
                let plan = cell_layout::plan(cells, &setting, &own, &samples)?;
                notes.append(&mut cells.notes);
                GroupPlan::Cells(Box::new(plan))
            }
            GroupDraft::Trains(trains) => {
                if let Some((record, _)) = samples.first() {
                    return Err(BuildError::description(
                        format!("[record.{}]", records[*record].name),
                        format!(
                            "`{}` is a source of spikes and has no variables",
                            trains.name
                        ),
                    ));
                }
                GroupPlan::Trains(trains.clone())
            }
        });
    }
    let mut projections = Vec::new();
    for (number, draft) in synapses.iter_mut().enumerate() {
        let samples = samples_of(&records, RecordTarget::Projection(number));
        projections.push(synapse_layout::plan(
            draft,
            &setting,
            &mut drafts,
            &planned,
            &samples,
        )?);
        notes.append(&mut draft.notes);
    }
    Ok(Plan {
        seed: run.seed,
        dt: run.dt,
        steps,
        single: run.precision == Precision::Single,
        functions,
        groups: planned,
        projections,
        records,
        phase_facts: protocol::facts(experiment, &phases),
        phases,
        notes,
    })
}

fn samples_of(records: &[RecordPlan], target: RecordTarget) -> Vec<(usize, Vec<String>)> {
    records
        .iter()
        .enumerate()
        .filter(|(_, record)| record.target == target && !record.variables.is_empty())
        .map(|(number, record)| (number, record.variables.clone()))
        .collect()
}

fn inputs_of(inputs: &[PoissonInput], group: usize) -> Vec<PoissonInput> {
    inputs
        .iter()
        .filter(|input| input.group == group)
        .cloned()
        .collect()
}

fn records(
    experiment: &Experiment,
    groups: &[GroupDraft],
    steps: u64,
) -> Result<Vec<RecordPlan>, BuildError> {
    let mut plans = Vec::new();
    let projections: HashMap<&str, usize> = experiment
        .synapses
        .iter()
        .enumerate()
        .map(|(number, (name, _))| (name.as_str(), number))
        .collect();
    for (name, record) in &experiment.records {
        for slice in &record.of {
            let owner = format!("[record.{name}]");
            let (target, range) = match projections.get(slice.name.as_str()) {
                Some(number) => {
                    if record.spikes {
                        return Err(BuildError::description(
                            owner,
                            "synapses do not fire: only variables of them are recorded",
                        ));
                    }
                    (
                        RecordTarget::Projection(*number),
                        slice.first..slice.end.unwrap_or(usize::MAX),
                    )
                }
                None => {
                    let group = find_group(groups, slice, &owner)?;
                    (
                        RecordTarget::Group(group),
                        slice_range(slice, groups[group].count()),
                    )
                }
            };
            plans.push(record_plan(
                experiment, name, record, slice, target, range, steps,
            )?);
        }
    }
    Ok(plans)
}

fn record_plan(
    experiment: &Experiment,
    name: &str,
    record: &Record,
    slice: &Slice,
    target: RecordTarget,
    range: std::ops::Range<usize>,
    steps: u64,
) -> Result<RecordPlan, BuildError> {
    let dt = experiment.run.dt;
    let step_of = |time: f64| (time / dt).round() as u64;
    let every = match record.times {
        RecordTimes::EveryStep => Some(1),
        RecordTimes::Every(interval) if interval < dt * 0.999 => {
            return Err(BuildError::description(
                format!("[record.{name}] every"),
                format!("{interval} s is shorter than the step of {dt} s"),
            ));
        }
        RecordTimes::Every(interval) => Some(step_of(interval).max(1)),
        RecordTimes::AtEnd => None,
    };
    Ok(RecordPlan {
        name: name.to_owned(),
        of: slice.name.clone(),
        target,
        spikes: record.spikes,
        variables: record.variables.clone(),
        first: range.start,
        end: range.end,
        every,
        from: step_of(record.from),
        until: record.until.map_or(steps, step_of),
    })
}
