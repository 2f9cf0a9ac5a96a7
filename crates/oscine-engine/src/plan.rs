//! The plan of a run: every population, projection and record with its place, before any memory is taken.

use std::collections::HashMap;

use oscine_equations::graph::Binary;
use oscine_equations::{Dimension, Expression, Graph, resolve_as};
use oscine_network::{Experiment, Precision, Record, RecordTimes, Slice, StimulusKind, Text};

use crate::cell_layout;
use crate::cells::CellPlan;
use crate::draft::CellDraft;
use crate::environment::Setting;
use crate::error::BuildError;
use crate::facts::PhaseFacts;
use crate::functions::{self, TimeFunction};
use crate::memory::expected;
use crate::names::equation_error;
use crate::projection::{self, ProjectionPlan, SynapseDraft};
use crate::protocol;
use crate::source::{self, Trains};
use crate::unused;

/// All of a run.
pub(crate) struct Plan {
    pub seed: u64,
    pub dt: f64,
    pub steps: u64,
    pub single: bool,
    pub functions: Vec<TimeFunction>,
    pub groups: Vec<GroupPlan>,
    pub projections: Vec<ProjectionPlan>,
    pub records: Vec<RecordPlan>,
    /// The steps at which phases of the protocol begin, and the one at which the last ends.
    pub phases: Vec<u64>,
    pub phase_facts: Vec<PhaseFacts>,
    pub notes: Vec<String>,
}

impl Plan {
    /// Cells, and synapses that are computed at every step.
    pub fn updates_in_a_step(&self) -> usize {
        let cells = self
            .groups
            .iter()
            .map(|group| group.cells().map_or(0, |cells| cells.count));
        let synapses = self.projections.iter().map(|projection| {
            let programs = projection.sums.len() + usize::from(projection.integrate.is_some());
            (expected(projection) * programs as f64) as usize
        });
        cells.chain(synapses).sum()
    }
}

/// What fires, or could.
pub(crate) enum GroupPlan {
    Cells(Box<CellPlan>),
    Trains(Trains),
}

impl GroupPlan {
    pub fn name(&self) -> &str {
        match self {
            GroupPlan::Cells(cells) => &cells.name,
            GroupPlan::Trains(trains) => &trains.name,
        }
    }

    pub fn count(&self) -> usize {
        match self {
            GroupPlan::Cells(cells) => cells.count,
            GroupPlan::Trains(trains) => trains.count,
        }
    }

    pub fn cells(&self) -> Option<&CellPlan> {
        match self {
            GroupPlan::Cells(cells) => Some(cells),
            GroupPlan::Trains(_) => None,
        }
    }
}

/// A group while it is read.
pub(crate) enum GroupDraft {
    Cells(Box<CellDraft>),
    Trains(Trains),
}

impl GroupDraft {
    pub fn name(&self) -> &str {
        match self {
            GroupDraft::Cells(cells) => &cells.name,
            GroupDraft::Trains(trains) => &trains.name,
        }
    }

    pub fn count(&self) -> usize {
        match self {
            GroupDraft::Cells(cells) => cells.count,
            GroupDraft::Trains(trains) => trains.count,
        }
    }
}

/// What is sampled or whose spikes are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recorded {
    Group(usize),
    Projection(usize),
}

/// A record of one population or projection.
#[derive(Clone, Debug)]
pub(crate) struct RecordPlan {
    pub name: String,
    pub of: String,
    pub target: Recorded,
    pub spikes: bool,
    pub variables: Vec<String>,
    pub first: usize,
    pub end: usize,
    /// Steps between samples; `None`: once, at the end.
    pub every: Option<u64>,
    pub from: u64,
    pub until: u64,
}

impl RecordPlan {
    /// True where variables are sampled before this step.
    pub fn samples_at(&self, step: u64, steps: u64) -> bool {
        match self.every {
            _ if self.variables.is_empty() => false,
            Some(every) => {
                step < steps
                    && step >= self.from
                    && step < self.until
                    && (step - self.from).is_multiple_of(every)
            }
            None => step == steps,
        }
    }
}

/// Poisson input to a variable of a population.
pub(crate) struct PoissonInput {
    pub owner: String,
    pub group: usize,
    pub variable: String,
    first: usize,
    end: usize,
    inputs: usize,
    rate: Text,
    weight: Text,
    from: f64,
    until: Option<f64>,
}

impl PoissonInput {
    /// What is added to the variable in a step: `poisson(inputs rate dt) weight`.
    pub fn expression(
        &self,
        draft: &mut CellDraft,
        setting: &Setting<'_>,
    ) -> Result<Expression, BuildError> {
        let dimension = draft
            .dimension(&self.variable)
            .unwrap_or(Dimension::DIMENSIONLESS);
        let scope = draft.model.scope.clone();
        let graph = &mut draft.graph;
        let rate = resolve_as(
            graph,
            &scope,
            &self.rate.value,
            Dimension::HERTZ,
            "the rate",
        )
        .map_err(|error| equation_error(&self.rate, &format!("{} rate", self.owner), error))?;
        let weight = resolve_as(graph, &scope, &self.weight.value, dimension, "the weight")
            .map_err(|error| {
                equation_error(&self.weight, &format!("{} weight", self.owner), error)
            })?;
        let factor = graph.constant(self.inputs as f64 * setting.dt);
        let mut mean = graph.multiply(rate, factor);
        if self.from > 0.0 || self.until.is_some() {
            let (time, zero) = (graph.named("t"), graph.constant(0.0));
            let from = graph.constant(self.from - 1e-9 * setting.dt);
            let begun = graph.binary(Binary::LessOrEqual, from, time);
            let until = graph.constant(self.until.unwrap_or(f64::INFINITY) - 1e-9 * setting.dt);
            let lasts = graph.binary(Binary::Less, time, until);
            let now = graph.binary(Binary::And, begun, lasts);
            mean = graph.select(now, mean, zero);
        }
        let draw = graph.uniform_draw();
        let draw = graph.symbol(draw);
        let events = graph.binary(Binary::PoissonQuantile, mean, draw);
        let added = graph.multiply(events, weight);
        if self.first == 0 && self.end == draft.count {
            return Ok(added);
        }
        let zero = graph.constant(0.0);
        let inside = index_within(graph, self.first..self.end);
        Ok(graph.select(inside, added, zero))
    }
}

/// Whether a cell's index is in a range.
pub(crate) fn index_within(graph: &mut Graph, range: std::ops::Range<usize>) -> Expression {
    let index = graph.named("i");
    let first = graph.constant(range.start as f64);
    let end = graph.constant(range.end as f64);
    let after = graph.binary(Binary::LessOrEqual, first, index);
    let before = graph.binary(Binary::Less, index, end);
    graph.binary(Binary::And, after, before)
}

/// Makes the plan of an experiment.
pub(crate) fn plan(experiment: &Experiment) -> Result<Plan, BuildError> {
    let run = &experiment.run;
    let steps = (run.duration / run.dt).round() as u64;
    let phases = protocol::boundaries(experiment)?;
    let functions = functions::functions(experiment)?;
    let setting = Setting {
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
        let samples = samples_of(&records, Recorded::Group(number));
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
        let samples = samples_of(&records, Recorded::Projection(number));
        projections.push(projection::plan(
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

fn samples_of(records: &[RecordPlan], target: Recorded) -> Vec<(usize, Vec<String>)> {
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
        .map(|input| PoissonInput {
            owner: input.owner.clone(),
            variable: input.variable.clone(),
            rate: input.rate.clone(),
            weight: input.weight.clone(),
            ..*input
        })
        .collect()
}

/// The group of a name.
pub(crate) fn find_group(
    groups: &[GroupDraft],
    slice: &Slice,
    owner: &str,
) -> Result<usize, BuildError> {
    groups
        .iter()
        .position(|group| group.name() == slice.name)
        .ok_or_else(|| {
            let known: Vec<&str> = groups.iter().map(GroupDraft::name).collect();
            BuildError::description(
                owner,
                format!("there is no population or spike source `{}`", slice.name),
            )
            .with_help(format!("there are {}", known.join(", ")))
            .at(slice.place.clone())
        })
}

/// A slice's cells within its population.
pub(crate) fn slice_range(slice: &Slice, count: usize) -> std::ops::Range<usize> {
    slice.first.min(count)..slice.end.unwrap_or(count).min(count)
}

fn poisson_inputs(
    experiment: &Experiment,
    groups: &mut [GroupDraft],
) -> Result<Vec<PoissonInput>, BuildError> {
    let mut inputs = Vec::new();
    for (name, stimulus) in &experiment.stimuli {
        let StimulusKind::PoissonInput {
            to,
            variable,
            inputs: count,
            rate,
            weight,
        } = &stimulus.kind
        else {
            continue;
        };
        let owner = format!("[stimulus.{name}]");
        let group = find_group(groups, to, &owner)?;
        let GroupDraft::Cells(cells) = &mut groups[group] else {
            return Err(BuildError::description(
                owner,
                format!("`{}` has no variables", to.name),
            ));
        };
        let known = cells.is_state(variable)
            || cells
                .model
                .parameters
                .iter()
                .any(|parameter| parameter.name == *variable);
        if !known {
            return Err(BuildError::description(
                owner,
                format!(
                    "[neurons.{}] has no variable `{variable}` to add to",
                    to.name
                ),
            )
            .at(to.place.clone()));
        }
        cells.written.insert(variable.clone());
        let range = slice_range(to, cells.count);
        inputs.push(PoissonInput {
            owner,
            group,
            variable: variable.clone(),
            first: range.start,
            end: range.end,
            inputs: *count,
            rate: rate.clone(),
            weight: weight.clone(),
            from: stimulus.from,
            until: stimulus.until,
        });
    }
    Ok(inputs)
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
                        Recorded::Projection(*number),
                        slice.first..slice.end.unwrap_or(usize::MAX),
                    )
                }
                None => {
                    let group = find_group(groups, slice, &owner)?;
                    (
                        Recorded::Group(group),
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
    target: Recorded,
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
