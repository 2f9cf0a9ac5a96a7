//! First values of synapses: programs over them, drawn again while a value lies outside of its bounds.

use oscine_equations::lanes::Real;

use crate::build::connectivity::Ground;
use crate::error::BuildError;
use crate::layout::batch::BATCH;
use crate::layout::synapse_plan::{Bounded, ProjectionPlan};
use crate::run::synapses::Synapses;
use crate::run::synapses::gather::Ends;

/// Draws after which a value that never lies within its bounds is given up.
const PATIENCE: u64 = 1_000;

impl<R: Real> Synapses<R> {
    /// First values of all synapses.
    pub(super) fn first_values(
        &self,
        plan: &ProjectionPlan,
        bounded: &Bounded,
        ground: &Ground<'_, R>,
        what: &str,
    ) -> Result<Vec<R>, BuildError> {
        let batch = &bounded.batch;
        let mut space = batch.space::<R>();
        let ends = Ends {
            post: ground.post,
            pre: ground.pre,
        };
        let mut values = vec![R::ZERO; self.targets.len()];
        let mut open: Vec<u32> = (0..values.len() as u32).collect();
        for attempt in 0..PATIENCE {
            let mut again = Vec::new();
            for synapses in open.chunks(BATCH) {
                self.gather(batch, synapses, &self.sources, ends, &mut space);
                batch.run(&mut space, ground.table, attempt, ground.dt);
                for (lane, synapse) in synapses.iter().enumerate() {
                    let value = space.columns[0][lane];
                    let below = bounded.lower && value < space.columns[1][lane];
                    let above = bounded.upper
                        && value > space.columns[1 + usize::from(bounded.lower)][lane];
                    if below || above {
                        again.push(*synapse);
                    } else {
                        values[*synapse as usize] = value;
                    }
                }
            }
            open = again;
            if open.is_empty() {
                return Ok(values);
            }
        }
        Err(BuildError::description(
            format!("[synapses.{}] {what}", plan.name),
            format!(
                "{} values were still outside of their bounds after {PATIENCE} draws",
                open.len()
            ),
        ))
    }
}
