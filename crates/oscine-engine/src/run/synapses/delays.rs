//! Delays: one for all synapses of a projection, or one for each, by which the synapses of a row are sorted.

use std::ops::Range;

use oscine_equations::lanes::Real;

use crate::build::connectivity::Ground;
use crate::error::BuildError;
use crate::layout::synapse_plan::{DelayPlan, ProjectionPlan, delay_steps};
use crate::read::jitter::Jitter;
use crate::run::synapses::Synapses;

/// Delays in steps.
#[derive(Clone, Debug)]
pub(super) enum Delays {
    Same(u64),
    /// Runs of synapses of one source with the same delay: those of row `r` are `row_runs[r]..row_runs[r + 1]`, run `k` is
    /// the synapses `starts[k]..starts[k + 1]`.
    Runs {
        row_runs: Vec<u32>,
        starts: Vec<u32>,
        delays: Vec<u16>,
    },
}

impl Delays {
    /// The delay of a synapse.
    pub fn of(&self, synapse: u32) -> u64 {
        match self {
            Delays::Same(delay) => *delay,
            Delays::Runs { starts, delays, .. } => {
                u64::from(delays[starts.partition_point(|start| *start <= synapse) - 1])
            }
        }
    }
}

impl<R: Real> Synapses<R> {
    /// The least and the greatest delay in steps, as the projection declares them or as they were drawn; `None` where there is none.
    pub fn delay_range(&self) -> Option<(u64, u64)> {
        match &self.delays {
            Delays::Same(delay) => Some((*delay, *delay)),
            Delays::Runs { delays, .. } => {
                let (least, greatest) = (delays.iter().min()?, delays.iter().max()?);
                Some((u64::from(*least), u64::from(*greatest)))
            }
        }
    }

    /// The delay of each synapse, s.
    pub fn delays_in_s(&self, dt: f64) -> Vec<f64> {
        match &self.delays {
            Delays::Same(steps) => vec![*steps as f64 * dt; self.targets.len()],
            Delays::Runs { starts, delays, .. } => delays
                .iter()
                .zip(starts.windows(2))
                .flat_map(|(delay, run)| (run[0]..run[1]).map(|_| f64::from(*delay) * dt))
                .collect(),
        }
    }

    /// The synapses of a row that have one delay: all, or those of its runs.
    pub(super) fn runs_of_row(&self, row: usize) -> impl Iterator<Item = (Range<u32>, u64)> {
        let (whole, runs) = match &self.delays {
            Delays::Same(delay) => (
                Some((self.row_start[row]..self.row_start[row + 1], *delay)),
                None,
            ),
            Delays::Runs {
                row_runs,
                starts,
                delays,
            } => {
                let runs = row_runs[row] as usize..row_runs[row + 1] as usize;
                let run = move |run: usize| (starts[run]..starts[run + 1], u64::from(delays[run]));
                (None, Some(runs.map(run)))
            }
        };
        whole.into_iter().chain(runs.into_iter().flatten())
    }

    /// Draws the delays, sorts each row by them, and makes room for the spikes on their way.
    pub(super) fn lay_out_delays(
        &mut self,
        plan: &ProjectionPlan,
        ground: &Ground<'_, R>,
    ) -> Result<(), BuildError> {
        let longest = match &plan.delay {
            DelayPlan::Same(steps) => {
                self.delays = Delays::Same(*steps);
                *steps
            }
            DelayPlan::Each(bounded) => {
                let seconds = self.first_values(plan, bounded, ground, "delay")?;
                let owner = format!("[synapses.{}] delay", plan.name);
                let steps = seconds
                    .iter()
                    .map(|delay| short_delay(delay.to_f64(), ground.dt, &owner));
                self.sort_by_delay(&steps.collect::<Result<Vec<_>, _>>()?)
            }
        };
        let slots = longest + 1 + Jitter::reach(&plan.jitters);
        self.slots = vec![Vec::new(); slots as usize];
        Ok(())
    }

    /// Sorts each row by delay, and says the longest.
    fn sort_by_delay(&mut self, steps: &[u16]) -> u64 {
        let mut order: Vec<u32> = (0..steps.len() as u32).collect();
        let (mut row_runs, mut starts, mut delays) = (vec![0], Vec::new(), Vec::new());
        for row in 0..self.row_start.len() - 1 {
            let range = self.row_start[row] as usize..self.row_start[row + 1] as usize;
            order[range.clone()].sort_by_key(|place| steps[*place as usize]);
            for place in range {
                let delay: u16 = steps[order[place] as usize];
                if delays.len() == *row_runs.last().expect("never empty") as usize
                    || delays.last() != Some(&delay)
                {
                    starts.push(place as u32);
                    delays.push(delay);
                }
            }
            row_runs.push(delays.len() as u32);
        }
        starts.push(steps.len() as u32);
        self.targets = sorted(&order, &self.targets);
        if !self.duplicates.is_empty() {
            self.duplicates = sorted(&order, &self.duplicates);
        }
        let longest = delays.iter().copied().max().unwrap_or(0);
        self.delays = Delays::Runs {
            row_runs,
            starts,
            delays,
        };
        u64::from(longest)
    }
}

fn sorted<T: Copy>(order: &[u32], values: &[T]) -> Vec<T> {
    order.iter().map(|place| values[*place as usize]).collect()
}

/// A delay in steps, of so many as a projection with many delays can have.
fn short_delay(seconds: f64, dt: f64, owner: &str) -> Result<u16, BuildError> {
    let steps = delay_steps(seconds, dt, owner)?;
    u16::try_from(steps).map_err(|_| {
        let message = format!("a delay of {steps} steps is longer than 65,535");
        BuildError::description(owner, message)
    })
}
