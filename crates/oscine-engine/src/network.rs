//! The network of a simulation: its shards, and how they run together.

use oscine_equations::lanes::Real;
use oscine_threads::Team;

use crate::build::connectivity::Ground;
use crate::build::initial;
use crate::error::{BuildError, RunError};
use crate::facts::{Facts, PopulationFacts, ProjectionFacts, RecordFacts, RecordKind};
use crate::layout::memory::Memory;
use crate::layout::plan::{GroupPlan, Plan, Recorded as Target};
use crate::layout::synapse_plan::{DelayPlan, ProjectionPlan};
use crate::read::jitter::Jitter;
use crate::recorded::Recorded;
use crate::run::buffer::Buffer;
use crate::run::exchange::board::Board;
use crate::run::number::Number;
use crate::run::recorder;
use crate::run::shard::{Shard, part_of};
use crate::run::step::Rhythm;
use crate::run::synapses::{Delays, Synapses};
use crate::run::timings::{Counts, Stage};
use crate::save::order::synapse_order;

/// A built network.
pub(crate) struct Network<R> {
    pub plan: Plan,
    pub shards: Vec<Shard<R>>,
    board: Board<R>,
    pub rhythm: Rhythm,
    pub step: u64,
    /// `[projection][shard][place]`: each synapse's number in the whole projection.
    pub order: Vec<Vec<Vec<u32>>>,
}

/// The most steps between two exchanges of spikes.
const LONGEST_INTERVAL: u64 = 1_000;

/// Steps between two looks whether all variables are finite.
const LOOK_EVERY: u64 = 16;

impl<R: Number> Network<R> {
    pub fn build(plan: Plan, threads: usize) -> Result<Self, BuildError> {
        let populations = initial::populations::<R>(&plan);
        let ground = Ground {
            seed: plan.seed,
            dt: plan.dt,
            table: &plan.functions,
            populations: &populations,
        };
        let mut shards: Vec<usize> = (0..threads).collect();
        let built = Team::gather(threads, |team| {
            team.map(&mut shards, |shard, _| {
                build_synapses(&plan, *shard, threads, &ground)
            })
        });
        let mut synapses = built.into_iter().collect::<Result<Vec<_>, _>>()?;
        let needed = |projection: usize| {
            plan.records
                .iter()
                .any(|record| record.target == Target::Projection(projection))
                || plan.projections[projection]
                    .columns
                    .iter()
                    .any(|column| column.changes)
        };
        let order: Vec<Vec<Vec<u32>>> = (0..plan.projections.len())
            .map(|projection| {
                let parts: Vec<&Synapses<R>> =
                    synapses.iter().map(|shard| &shard[projection]).collect();
                if needed(projection) {
                    synapse_order(&parts)
                } else {
                    vec![Vec::new(); threads]
                }
            })
            .collect();
        let rhythm = rhythm(&plan, &synapses);
        let mut shards = Vec::new();
        for (number, own) in synapses.drain(..).enumerate() {
            let own_order: Vec<Vec<u32>> =
                order.iter().map(|parts| parts[number].clone()).collect();
            let buffers = recorder::buffers(&plan, number, threads, &own_order);
            shards.push(Shard::new(
                &plan,
                number,
                threads,
                &populations,
                own,
                buffers,
            ));
        }
        let board = Board::new(threads, plan.groups.len());
        Ok(Self {
            plan,
            shards,
            board,
            rhythm,
            step: 0,
            order,
        })
    }

    pub fn advance(&mut self, steps: u64) -> Result<(), RunError> {
        let interval = self.rhythm.interval;
        let end = (self.step + steps.max(1)).div_ceil(interval) * interval;
        let (start, end) = (self.step, end.min(self.plan.steps));
        let (plan, board, rhythm) = (&self.plan, &self.board, &self.rhythm);
        // One shard to a thread: they meet at the board.
        let errors = Team::gather(self.shards.len(), |team| {
            team.map(&mut self.shards, |shard, _| {
                let course = || run(shard, plan, board, rhythm, start, end);
                board.barrier.member(course)
            })
        });
        if let Some(error) = errors.into_iter().flatten().next() {
            return Err(error);
        }
        if start < self.plan.steps && end == self.plan.steps {
            for shard in &mut self.shards {
                shard.record(&self.plan, end);
            }
        }
        self.step = end;
        Ok(())
    }

    pub fn drain(&mut self) -> Vec<Recorded> {
        let records = self.plan.records.len();
        let mut buffers: Vec<Vec<&mut Buffer>> = (0..records).map(|_| Vec::new()).collect();
        for shard in &mut self.shards {
            for (record, buffer) in shard.buffers.iter_mut().enumerate() {
                buffers[record].push(buffer);
            }
        }
        recorder::join(&self.plan, &mut buffers)
    }

    pub fn counts(&self) -> Counts {
        recorder::total(self.shards.iter().map(|shard| &shard.counts))
    }

    pub fn timings(&self) -> Vec<(&'static str, f64)> {
        let share = 1.0 / self.shards.len() as f64;
        Stage::ALL
            .into_iter()
            .map(|stage| {
                let spent = |shard: &Shard<R>| shard.timings.spent[stage as usize].as_secs_f64();
                (
                    stage.name(),
                    share * self.shards.iter().map(spent).sum::<f64>(),
                )
            })
            .collect()
    }

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
            synapses += part.targets.len() as u64;
            for target in &part.targets {
                in_degrees[(target + part.target_offset) as usize] += 1;
            }
            match &part.delays {
                Delays::Same(delay) => (least, greatest) = (*delay, *delay),
                Delays::Runs { delays, .. } => {
                    for delay in delays {
                        least = least.min(u64::from(*delay));
                        greatest = greatest.max(u64::from(*delay));
                    }
                }
            }
            let share = MOST / self.shards.len();
            for (values, column) in parameters.iter_mut().zip(&part.columns) {
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
            let total: usize = self.order[projection].iter().map(Vec::len).sum();
            end = end.min(total);
            pairs = vec![(0, 0); end.saturating_sub(record.first)];
            for (shard, order) in self.shards.iter().zip(&self.order[projection]) {
                let part = &shard.synapses[projection];
                for (place, synapse) in order.iter().enumerate() {
                    if let Some(pair) = (*synapse as usize)
                        .checked_sub(record.first)
                        .and_then(|k| pairs.get_mut(k))
                    {
                        *pair = (
                            part.sources[place],
                            part.targets[place] + part.target_offset,
                        );
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

fn build_synapses<R: Real>(
    plan: &Plan,
    shard: usize,
    shards: usize,
    ground: &Ground<'_, R>,
) -> Result<Vec<Synapses<R>>, BuildError> {
    plan.projections
        .iter()
        .map(|projection| {
            let own = part_of(plan.groups[projection.to].count(), shard, shards);
            Synapses::build(projection, own, ground)
        })
        .collect()
}

/// The interval of exchange: the least delay of all synapses that there are, and one step.
fn rhythm<R>(plan: &Plan, synapses: &[Vec<Synapses<R>>]) -> Rhythm {
    let read_at_start = read_of_sources(plan, |projection| &projection.reads_at_start);
    let read_at_delivery = read_of_sources(plan, |projection| &projection.reads_at_delivery);
    let delays = plan
        .projections
        .iter()
        .enumerate()
        .flat_map(|(number, projection)| {
            synapses.iter().flat_map(move |shard| {
                let delays = match (&projection.delay, &shard[number].delays) {
                    (DelayPlan::Same(delay), _) => vec![*delay],
                    (_, Delays::Runs { delays, .. }) => {
                        delays.iter().map(|delay| u64::from(*delay)).collect()
                    }
                    (_, Delays::Same(delay)) => vec![*delay],
                };
                let reach = Jitter::reach(&projection.jitters);
                delays
                    .into_iter()
                    .map(move |delay| delay.saturating_sub(reach))
            })
        });
    // Without synapses nobody waits for anybody.
    let least = delays.min().unwrap_or(LONGEST_INTERVAL);
    let interval = if read_at_delivery.is_empty() {
        least.min(LONGEST_INTERVAL) + 1
    } else {
        1
    };
    Rhythm {
        interval,
        read_at_start,
        read_at_delivery,
    }
}

/// The columns of sources, group and column, that any projection reads.
fn read_of_sources(
    plan: &Plan,
    columns: impl Fn(&ProjectionPlan) -> &Vec<u16>,
) -> Vec<(usize, u16)> {
    let mut read: Vec<(usize, u16)> = plan
        .projections
        .iter()
        .flat_map(|projection| {
            columns(projection)
                .iter()
                .map(|column| (projection.from, *column))
        })
        .collect();
    read.sort_unstable();
    read.dedup();
    read
}

/// One thread's steps. An error is told to the others, who stop waiting.
fn run<R: Real>(
    shard: &mut Shard<R>,
    plan: &Plan,
    board: &Board<R>,
    rhythm: &Rhythm,
    start: u64,
    end: u64,
) -> Option<RunError> {
    let mut finite = start;
    if start == 0
        && let Some(error) = not_finite(shard, plan, 0, 0)
    {
        board.barrier.break_up();
        return Some(error);
    }
    for step in start..end {
        if !shard.step(plan, board, rhythm, step) {
            if shard.failure.is_some() {
                board.barrier.break_up();
            }
            return shard.failure.take();
        }
        let looks = (step + 1).is_multiple_of(LOOK_EVERY) || step + 1 == end;
        if looks {
            if let Some(error) = not_finite(shard, plan, finite, step + 1) {
                board.barrier.break_up();
                return Some(error);
            }
            finite = step + 1;
        }
    }
    None
}

/// What is not finite at the start of step `now`, while all was at `before`.
fn not_finite<R: Real>(shard: &Shard<R>, plan: &Plan, before: u64, now: u64) -> Option<RunError> {
    for (part, group) in shard.groups.iter().zip(&plan.groups) {
        let Some(cells) = group.cells() else { continue };
        for state in &cells.states {
            let column = &part.columns[usize::from(*state)];
            if all_finite(column) {
                continue;
            }
            let Some(index) = column.iter().position(|value| !value.is_finite()) else {
                continue;
            };
            return Some(RunError::NotFinite {
                population: cells.name.clone(),
                index: part.range.start + index,
                variable: cells.columns[usize::from(*state)].name.clone(),
                value: column[index].to_f64(),
                after: before as f64 * plan.dt,
                by: now as f64 * plan.dt,
            });
        }
    }
    None
}

/// `x - x` is 0 for what is finite, else NaN: eight sums side by side instead of a question for each number.
#[allow(clippy::eq_op)]
fn all_finite<R: Real>(column: &[R]) -> bool {
    let mut sums = [R::ZERO; 8];
    let eights = column.chunks_exact(8);
    let rest = eights.remainder();
    for eight in eights {
        for (sum, value) in sums.iter_mut().zip(eight) {
            *sum += *value - *value;
        }
    }
    sums.iter().all(|sum| *sum == R::ZERO) && rest.iter().all(|value| value.is_finite())
}
