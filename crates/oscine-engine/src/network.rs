//! The network of a simulation: its shards, and how they run together.

use std::ops::Range;
use std::sync::Arc;

use oscine_equations::lanes::Real;
use oscine_threads::Team;

use crate::build::connectivity::Ground;
use crate::build::initial;
use crate::error::{BuildError, RunError};
use crate::facts::Counts;
use crate::layout::plan::{Plan, RecordPlan, RecordTarget as Target};
use crate::layout::synapse_plan::ProjectionPlan;
use crate::read::jitter::Jitter;
use crate::recorded::Recorded;
use crate::run::buffer::Buffer;
use crate::run::exchange::board::Board;
use crate::run::exchange::{Exchange, GaveUp};
use crate::run::recorder;
use crate::run::shard::{PopulationPart, Shard, part_of};
use crate::run::step::ExchangeRhythm;
use crate::run::synapses::{Numbering, Synapses};
use crate::run::timings::Stage;

/// A rank's part of a built network; of a run on one machine, all of it.
pub(crate) struct Network<R> {
    pub plan: Plan,
    pub shards: Vec<Shard<R>>,
    pub board: Board<R>,
    pub rhythm: ExchangeRhythm,
    pub step: u64,
    /// `[projection][shard][place]`: each synapse's number in the whole projection; empty where nobody asks for it.
    pub order: Vec<Vec<Vec<u32>>>,
    /// `[projection]`: how many synapses all ranks have; 0 where nobody asks for their numbers.
    pub totals: Vec<u32>,
}

/// The most steps between two exchanges of spikes.
const LONGEST_INTERVAL: u64 = 1_000;

/// Steps between two looks whether all variables are finite.
const LOOK_EVERY: u64 = 16;

impl<R: Real> Network<R> {
    /// Builds the part of a rank, on so many threads.
    pub fn build(
        plan: Plan,
        threads: usize,
        exchange: Arc<dyn Exchange>,
    ) -> Result<Self, BuildError> {
        let ranks = &*exchange;
        let (own, all_shards) = shards_of_rank(threads, ranks)?;
        let built = build_parts(&plan, &own, all_shards);
        if built.is_err() {
            ranks.give_up();
        }
        let (groups, synapses): (Vec<_>, Vec<_>) = built?.into_iter().unzip();
        let rhythm = rhythm(&plan, &synapses, ranks)?;
        let (mut order, mut totals) = (Vec::new(), Vec::new());
        for projection in 0..plan.projections.len() {
            let parts = synapses.iter().map(|shard| &shard[projection]);
            let (numbers, total) = if asks_for_order(&plan, projection) {
                numbers(parts, ranks)?
            } else {
                (vec![Vec::new(); own.len()], 0)
            };
            order.push(numbers);
            totals.push(total);
        }
        let shards = own.clone().zip(groups.into_iter().zip(synapses));
        let shards = shards
            .enumerate()
            .map(|(place, (number, (groups, synapses)))| {
                let own_order: Vec<&[u32]> = order.iter().map(|parts| &parts[place][..]).collect();
                let buffers = recorder::buffers(&plan, number, all_shards, &own_order);
                Shard::new(&plan, number, groups, synapses, buffers)
            });
        let shards = shards.collect();
        let board = Board::new(own, all_shards, plan.groups.len(), exchange);
        Ok(Self {
            plan,
            shards,
            board,
            rhythm,
            step: 0,
            order,
            totals,
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
                board.member(course)
            })
        });
        // What went wrong says more than that it did elsewhere.
        let is_own = |error: &RunError| *error != RunError::Elsewhere;
        let errors: Vec<RunError> = errors.into_iter().flatten().collect();
        if let Some(error) = errors.iter().find(|error| is_own(error)).or(errors.first()) {
            return Err(error.clone());
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
}

/// The shards of this rank, and how many all ranks have: a rank has as many as it has threads.
fn shards_of_rank(
    threads: usize,
    exchange: &dyn Exchange,
) -> Result<(Range<usize>, usize), BuildError> {
    let threads_of_ranks = exchange.gather(vec![threads as u32])?;
    let counts: Vec<usize> = threads_of_ranks
        .iter()
        .flatten()
        .map(|count| *count as usize)
        .collect();
    let before: usize = counts.iter().take(exchange.rank()).sum();
    Ok((before..before + threads, counts.iter().sum()))
}

/// A shard's parts of the groups, and its synapses.
type Built<R> = (Vec<PopulationPart<R>>, Vec<Synapses<R>>);

/// Each thread builds its shard: its own cells, and the synapses onto them.
fn build_parts<R: Real>(
    plan: &Plan,
    own: &Range<usize>,
    shards: usize,
) -> Result<Vec<Built<R>>, BuildError> {
    let mut numbers: Vec<usize> = own.clone().collect();
    let built = Team::gather(numbers.len(), |team| {
        team.map(&mut numbers, |shard, _| build_shard(plan, *shard, shards))
    });
    built.into_iter().collect()
}

fn build_shard<R: Real>(plan: &Plan, shard: usize, shards: usize) -> Result<Built<R>, BuildError> {
    let groups: Vec<PopulationPart<R>> = plan
        .groups
        .iter()
        .map(|group| PopulationPart::new(plan, group, part_of(group.count(), shard, shards)))
        .collect();
    let mut synapses = Vec::with_capacity(plan.projections.len());
    for projection in &plan.projections {
        let target = &groups[projection.to];
        let ground = Ground {
            seed: plan.seed,
            dt: plan.dt,
            table: &plan.functions,
            post: &target.columns,
            first: target.range.start,
            pre: &initial::columns_of_sources(plan, projection),
        };
        synapses.push(Synapses::build(projection, target.range.clone(), &ground)?);
    }
    Ok((groups, synapses))
}

/// True where a record or a checkpoint asks for the order of a projection's synapses.
fn asks_for_order(plan: &Plan, projection: usize) -> bool {
    let is_recorded = |record: &RecordPlan| record.target == Target::Projection(projection);
    let columns = &plan.projections[projection].columns;
    plan.records.iter().any(is_recorded) || columns.iter().any(|column| column.changes)
}

/// `[shard][place]`, each synapse's number in the whole projection, and how many synapses all ranks have.
fn numbers<'a, R: Real>(
    parts: impl Iterator<Item = &'a Synapses<R>>,
    exchange: &dyn Exchange,
) -> Result<(Vec<Vec<u32>>, u32), GaveUp> {
    let parts: Vec<&Synapses<R>> = parts.collect();
    let lengths: Vec<Vec<u32>> = parts.iter().map(|part| part.row_lengths()).collect();
    let rows = lengths.first().map_or(0, Vec::len).max(1);
    let (mut all, mut before) = (Vec::new(), 0);
    for (rank, message) in exchange.gather(lengths.concat())?.iter().enumerate() {
        all.extend(message.chunks(rows).map(<[u32]>::to_vec));
        if rank < exchange.rank() {
            before = all.len();
        }
    }
    let numberings = Numbering::of(&all);
    let total = numberings.first().map_or(0, |numbering| numbering.total);
    let own = parts.iter().zip(&numberings[before..]);
    Ok((
        own.map(|(part, numbering)| part.numbers(numbering))
            .collect(),
        total,
    ))
}

/// The interval of exchange: the least delay of all synapses that there are, and one step.
fn rhythm<R: Real>(
    plan: &Plan,
    synapses: &[Vec<Synapses<R>>],
    exchange: &dyn Exchange,
) -> Result<ExchangeRhythm, GaveUp> {
    let read_at_start = read_of_sources(plan, |projection| &projection.reads_at_start);
    let read_at_delivery = read_of_sources(plan, |projection| &projection.reads_at_delivery);
    let delays = synapses
        .iter()
        .flat_map(|shard| shard.iter().zip(&plan.projections));
    let delays = delays.filter_map(|(synapses, projection)| {
        let (least, _) = synapses.delay_range()?;
        Some(least.saturating_sub(Jitter::reach(&projection.jitters)))
    });
    // Without synapses nobody waits for anybody.
    let least = delays
        .min()
        .unwrap_or(LONGEST_INTERVAL)
        .min(LONGEST_INTERVAL);
    let least = u64::from(exchange.least(least as u32)?);
    let interval = if read_at_delivery.is_empty() {
        least + 1
    } else {
        1
    };
    Ok(ExchangeRhythm {
        interval,
        read_at_start,
        read_at_delivery,
    })
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
    rhythm: &ExchangeRhythm,
    start: u64,
    end: u64,
) -> Option<RunError> {
    let mut finite = start;
    if start == 0
        && let Some(error) = not_finite(shard, plan, 0, 0)
    {
        board.break_up();
        return Some(error);
    }
    for step in start..end {
        if !shard.step(plan, board, rhythm, step) {
            if shard.failure.is_some() {
                board.break_up();
            }
            return Some(shard.failure.take().unwrap_or(RunError::Elsewhere));
        }
        let looks = (step + 1).is_multiple_of(LOOK_EVERY) || step + 1 == end;
        if looks {
            if let Some(error) = not_finite(shard, plan, finite, step + 1) {
                board.break_up();
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
            let column = part.columns.values(*state);
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
