//! Who connects to whom: the synapses onto one shard's targets, the same ones for any number of shards.
//!
//! Each source (or target, for rules of fixed in-degree) draws from a sequence of its own, so that a shard finds its part
//! without asking the others.

use std::collections::HashSet;
use std::ops::Range;

use oscine_equations::lanes::Real;
use oscine_network::Connect;
use oscine_random::{Geometric, Sequence, Stream};

use crate::error::BuildError;
use crate::layout::batch::BATCH;
use crate::layout::columns::Columns;
use crate::layout::key::key;
use crate::layout::synapse_plan::{ProjectionPlan, SynapseField};
use crate::read::functions::TimeFunction;

/// Synapses by source: those of source `first + row` are `row_start[row]..row_start[row + 1]`, in the order of their targets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wiring {
    pub row_start: Vec<u32>,
    /// Targets, counted in their population.
    pub targets: Vec<u32>,
}

/// What the synapses onto a part of a population are made of, besides the plan.
pub(crate) struct Ground<'a, R> {
    pub seed: u64,
    pub dt: f64,
    pub table: &'a [TimeFunction],
    /// Columns of the part of the target population, as they start.
    pub post: &'a Columns<R>,
    /// The first cell of that part.
    pub first: usize,
    /// Whole columns of the sources, those that are asked for.
    pub pre: &'a [Vec<R>],
}

/// The synapses onto the targets in `own`.
pub(crate) fn wire<R: Real>(
    plan: &ProjectionPlan,
    own: Range<usize>,
    ground: &Ground<'_, R>,
) -> Result<Wiring, BuildError> {
    let own = own.start.max(plan.to_range.start)..own.end.min(plan.to_range.end);
    let own = if own.start < own.end {
        own
    } else {
        plan.to_range.start..plan.to_range.start
    };
    let stream = Stream::new(ground.seed, &format!("[synapses.{}] connect", plan.name));
    let rule = ConnectionRule { plan, own, stream };
    let wiring = match &plan.connect {
        Connect::AllToAll => rule.by_source(|_, targets, own| targets.extend(own)),
        Connect::OneToOne => rule.one_to_one()?,
        Connect::Probability {
            probability,
            autapses,
        } => rule.probability(*probability, *autapses),
        Connect::FixedInDegree {
            count,
            autapses,
            multapses,
        } => rule.in_degree(*count, *autapses, *multapses)?,
        Connect::FixedOutDegree {
            count,
            autapses,
            multapses,
        } => rule.out_degree(*count, *autapses, *multapses)?,
        Connect::FixedTotal {
            count,
            autapses,
            multapses,
        } => rule.total(*count, *autapses, *multapses)?,
        Connect::Condition { .. } => rule.condition(ground),
        Connect::Pairs { pairs } => rule.pairs(pairs)?,
        Connect::File { path } => {
            return Err(BuildError::File {
                owner: format!("[synapses.{}] connect", plan.name),
                message: format!(
                    "{} was not loaded before the network was built",
                    path.display()
                ),
            });
        }
    };
    if wiring.targets.len() > u32::MAX as usize {
        return Err(rule.error(
            "more than 4,294,967,295 synapses of one projection on one thread: use more threads",
        ));
    }
    Ok(wiring)
}

/// The cells drawn in a round, and of each cell the last round in which it was drawn.
#[derive(Default)]
struct DrawnCells {
    cells: Vec<u32>,
    round: u32,
    last_round: Vec<u32>,
}

struct ConnectionRule<'a> {
    plan: &'a ProjectionPlan,
    own: Range<usize>,
    stream: Stream,
}

impl ConnectionRule<'_> {
    fn error(&self, message: impl Into<String>) -> BuildError {
        BuildError::description(format!("[synapses.{}] connect", self.plan.name), message)
    }

    fn sources(&self) -> Range<usize> {
        self.plan.from_range.clone()
    }

    /// True where the pair is a cell and itself.
    fn is_autapse(&self, source: usize, target: usize) -> bool {
        self.plan.from == self.plan.to && source == target
    }

    /// Rows filled one after the other with targets in `own`, which are sorted then.
    fn by_source(&self, mut fill: impl FnMut(usize, &mut Vec<u32>, Range<u32>)) -> Wiring {
        let own = self.own.start as u32..self.own.end as u32;
        let mut wiring = Wiring {
            row_start: vec![0],
            targets: Vec::new(),
        };
        for source in self.sources() {
            let before = wiring.targets.len();
            fill(source, &mut wiring.targets, own.clone());
            wiring.targets[before..].sort_unstable();
            wiring.row_start.push(wiring.targets.len() as u32);
        }
        wiring
    }

    fn one_to_one(&self) -> Result<Wiring, BuildError> {
        let (from, to) = (&self.plan.from_range, &self.plan.to_range);
        if from.len() != to.len() {
            return Err(self.error(format!(
                "one-to-one needs as many sources as targets, and there are {} and {}",
                from.len(),
                to.len()
            )));
        }
        Ok(self.by_source(|source, targets, own| {
            let target = (source - from.start + to.start) as u32;
            targets.extend(own.contains(&target).then_some(target));
        }))
    }

    fn probability(&self, probability: f64, autapses: bool) -> Wiring {
        if probability >= 1.0 {
            return self.by_source(|source, targets, own| {
                targets.extend(
                    own.filter(|target| autapses || !self.is_autapse(source, *target as usize)),
                );
            });
        }
        let (first, end) = (
            self.plan.to_range.start as u64,
            self.plan.to_range.end as u64,
        );
        let gap = (probability > 0.0).then(|| Geometric::new(probability));
        self.by_source(|source, targets, own| {
            let Some(gap) = &gap else { return };
            let mut sequence = self.stream.sequence(source as u64);
            let mut target = first.saturating_add(sequence.skip(gap));
            while target < end.min(u64::from(own.end)) {
                let kept = target >= u64::from(own.start)
                    && (autapses || !self.is_autapse(source, target as usize));
                if kept {
                    targets.push(target as u32);
                }
                target = target.saturating_add(1).saturating_add(sequence.skip(gap));
            }
        })
    }

    /// `count` draws from `range` that `refuse` does not refuse, each once unless `multapses`.
    fn draw(
        &self,
        sequence: &mut Sequence,
        range: &Range<usize>,
        count: usize,
        multapses: bool,
        refuse: impl Fn(usize) -> bool,
        drawn: &mut DrawnCells,
    ) {
        drawn.cells.clear();
        drawn.round += 1;
        drawn.last_round.resize(range.len(), 0);
        while drawn.cells.len() < count {
            let place = sequence.below(range.len() as u64) as usize;
            let index = range.start + place;
            if refuse(index) || (!multapses && drawn.last_round[place] == drawn.round) {
                continue;
            }
            drawn.last_round[place] = drawn.round;
            drawn.cells.push(index as u32);
        }
    }

    fn check_degree(
        &self,
        count: usize,
        available: usize,
        autapses: bool,
        multapses: bool,
        of: &str,
    ) -> Result<(), BuildError> {
        let spare = usize::from(!autapses && self.plan.from == self.plan.to);
        let available = available.saturating_sub(spare);
        if count > 0 && (available == 0 || (!multapses && count > available)) {
            return Err(self.error(format!(
                "{count} different {of} were asked for and there are {available}: allow `multapses`, or ask for fewer"
            )));
        }
        Ok(())
    }

    fn in_degree(
        &self,
        count: usize,
        autapses: bool,
        multapses: bool,
    ) -> Result<Wiring, BuildError> {
        let sources = self.sources();
        self.check_degree(count, sources.len(), autapses, multapses, "sources")?;
        let mut pairs_of_target: Vec<u32> = Vec::with_capacity(self.own.len() * count);
        let mut drawn = DrawnCells::default();
        for target in self.own.clone() {
            let mut sequence = self.stream.sequence(target as u64);
            let refuse = |source| !autapses && self.is_autapse(source, target);
            self.draw(
                &mut sequence,
                &sources,
                count,
                multapses,
                refuse,
                &mut drawn,
            );
            pairs_of_target.extend_from_slice(&drawn.cells);
        }
        // Turned round by counting: targets come in their order, so rows are sorted.
        let mut row_start = vec![0_u32; sources.len() + 1];
        for source in &pairs_of_target {
            row_start[*source as usize - sources.start + 1] += 1;
        }
        for row in 0..sources.len() {
            row_start[row + 1] += row_start[row];
        }
        let mut next = row_start.clone();
        let mut targets = vec![0_u32; pairs_of_target.len()];
        for (place, source) in pairs_of_target.iter().enumerate() {
            let row = *source as usize - sources.start;
            targets[next[row] as usize] = (self.own.start + place / count) as u32;
            next[row] += 1;
        }
        Ok(Wiring { row_start, targets })
    }

    fn out_degree(
        &self,
        count: usize,
        autapses: bool,
        multapses: bool,
    ) -> Result<Wiring, BuildError> {
        let all = self.plan.to_range.clone();
        self.check_degree(count, all.len(), autapses, multapses, "targets")?;
        let mut drawn = DrawnCells::default();
        Ok(self.by_source(|source, targets, own| {
            let mut sequence = self.stream.sequence(source as u64);
            let refuse = |target| !autapses && self.is_autapse(source, target);
            self.draw(&mut sequence, &all, count, multapses, refuse, &mut drawn);
            targets.extend(drawn.cells.iter().filter(|target| own.contains(target)));
        }))
    }

    fn total(&self, count: usize, autapses: bool, multapses: bool) -> Result<Wiring, BuildError> {
        let (from, to) = (self.sources(), self.plan.to_range.clone());
        let pairs = from.len() * to.len();
        if count > 0 && (pairs == 0 || (!multapses && count > pairs)) {
            return Err(self.error(format!(
                "{count} synapses were asked for and there are {pairs} pairs"
            )));
        }
        let mut sequence = self.stream.sequence(0);
        let mut seen: HashSet<(u32, u32)> = HashSet::new();
        let mut found: Vec<(u32, u32)> = Vec::new();
        let mut made = 0;
        while made < count {
            let source = from.start + sequence.below(from.len() as u64) as usize;
            let target = to.start + sequence.below(to.len() as u64) as usize;
            let refused = (!autapses && self.is_autapse(source, target))
                || (!multapses && !seen.insert((source as u32, target as u32)));
            if refused {
                continue;
            }
            made += 1;
            if self.own.contains(&target) {
                found.push((source as u32, target as u32));
            }
        }
        Ok(self.sorted_pairs(found))
    }

    fn pairs(&self, pairs: &[(usize, usize)]) -> Result<Wiring, BuildError> {
        let (from, to) = (self.sources(), &self.plan.to_range);
        if let Some((source, target)) = pairs
            .iter()
            .find(|(source, target)| !from.contains(source) || !to.contains(target))
        {
            return Err(self.error(format!(
                "the pair ({source}, {target}) is outside of sources {from:?} and targets {to:?}"
            )));
        }
        let own = pairs
            .iter()
            .filter(|(_, target)| self.own.contains(target))
            .map(|(source, target)| (*source as u32, *target as u32))
            .collect();
        Ok(self.sorted_pairs(own))
    }

    fn sorted_pairs(&self, mut pairs: Vec<(u32, u32)>) -> Wiring {
        pairs.sort_unstable();
        let mut next = 0;
        self.by_source(|source, targets, _| {
            while let Some((_, target)) = pairs.get(next).filter(|pair| pair.0 as usize == source) {
                targets.push(*target);
                next += 1;
            }
        })
    }

    /// Every pair for which the condition holds, with its probability.
    fn condition<R: Real>(&self, ground: &Ground<'_, R>) -> Wiring {
        let batch = self
            .plan
            .condition
            .as_ref()
            .expect("a condition was lowered");
        let mut space = batch.space::<R>();
        self.by_source(|source, targets, own| {
            let mut first = own.start;
            while first < own.end {
                let end = own.end.min(first + BATCH as u32);
                space.elements.clear();
                for (lane, target) in (first..end).enumerate() {
                    space.elements.push(key(source as u32, target, 0));
                    for (place, field) in batch.inputs.iter().enumerate() {
                        space.columns[batch.outputs.len() + place][lane] = match field {
                            SynapseField::Source => R::from_f64(source as f64),
                            SynapseField::Target => R::from_f64(f64::from(target)),
                            SynapseField::Pre(column) => ground.pre[usize::from(*column)][source],
                            SynapseField::Post(column) => {
                                ground.post.values(*column)[target as usize - ground.first]
                            }
                            SynapseField::Own(_) => R::ZERO,
                        };
                    }
                }
                batch.run(&mut space, ground.table, 0, ground.dt);
                for (lane, target) in (first..end).enumerate() {
                    let probability = space.columns[1][lane].to_f64();
                    let holds = space.columns[0][lane] != R::ZERO
                        && (probability >= 1.0
                            || self.stream.uniform(key(source as u32, target, 0), 0) < probability);
                    if holds {
                        targets.push(target);
                    }
                }
                first = end;
            }
        })
    }
}
