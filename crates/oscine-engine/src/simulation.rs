//! A simulation: a network built from its description, to be stepped.

use std::sync::Arc;

use oscine_equations::Dimension;
use oscine_network::Experiment;
use oscine_threads::Threads;

use crate::error::{BuildError, RunError};
use crate::facts::{Counts, Facts, Memory};
use crate::layout::key::LARGEST_POPULATION;
use crate::layout::plan::Plan;
use crate::layout::{memory, network};
use crate::network::Network;
use crate::recorded::Recorded;
use crate::run::exchange::{Alone, Exchange};
use crate::save::checkpoint::{Checkpoint, RestoreError};
use crate::save::join::join;

/// How a network is run, as far as it does not change the results.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many threads the network runs on.
    pub threads: Threads,
}

/// Below so many updates of cells (about two microseconds) a second thread costs more than it brings.
const LEAST_UPDATES_OF_A_THREAD: usize = 500;

/// A network that can be stepped.
pub struct Simulation {
    core: Core,
}

enum Core {
    Double(Box<Network<f64>>),
    Single(Box<Network<f32>>),
}

macro_rules! each {
    ($core:expr, $network:ident => $value:expr) => {
        match $core {
            Core::Double($network) => $value,
            Core::Single($network) => $value,
        }
    };
}

impl Simulation {
    /// Reads and lays out a network without taking its memory.
    ///
    /// # Errors
    /// What does not fit together in the description, with its place.
    pub fn plan(experiment: &Experiment) -> Result<Planned, BuildError> {
        checked_plan(experiment).map(Planned)
    }

    /// Builds a network.
    ///
    /// # Errors
    /// As [`Simulation::plan`], and what only shows when its synapses are drawn.
    pub fn build(experiment: &Experiment, options: &Options) -> Result<Self, BuildError> {
        Self::plan(experiment)?.build(options)
    }

    /// Threads that it runs on.
    pub fn threads(&self) -> usize {
        each!(&self.core, network => network.shards.len())
    }

    /// Steps done.
    pub fn step(&self) -> u64 {
        each!(&self.core, network => network.step)
    }

    /// Steps in all.
    pub fn steps(&self) -> u64 {
        each!(&self.core, network => network.plan.steps)
    }

    /// Takes about so many steps: up to the next exchange of spikes, or the end.
    ///
    /// # Errors
    /// A variable that stopped being finite.
    pub fn advance(&mut self, steps: u64) -> Result<(), RunError> {
        each!(&mut self.core, network => network.advance(steps))
    }

    /// What was recorded since this was last asked.
    pub fn drain(&mut self) -> Vec<Recorded> {
        each!(&mut self.core, network => network.drain())
    }

    /// The state, to be restored later, on any number of threads; of one rank of several its part, for [`Simulation::join_checkpoints`].
    pub fn checkpoint(&self) -> Checkpoint {
        each!(&self.core, network => network.checkpoint())
    }

    /// One checkpoint of the whole run from those of all its ranks, in their order, taken at one step.
    ///
    /// # Errors
    /// Checkpoints of another experiment.
    pub fn join_checkpoints(&self, ranks: &[Checkpoint]) -> Result<Checkpoint, RestoreError> {
        match &self.core {
            Core::Double(network) => join::<f64>(&network.plan, ranks),
            Core::Single(network) => join::<f32>(&network.plan, ranks),
        }
    }

    /// Goes to the state of a checkpoint of the same experiment.
    ///
    /// # Errors
    /// A checkpoint of another experiment.
    pub fn restore(&mut self, checkpoint: &Checkpoint) -> Result<(), RestoreError> {
        each!(&mut self.core, network => network.restore(checkpoint))
    }

    /// The values of a variable or parameter of a population or projection at the present step, in SI units, with what they measure.
    ///
    /// `[cell]`, or `[synapse]` in the order of recording; one value alone where it is a constant of the file. Besides the variables,
    /// parameters, subexpressions and positions there are `i` and `N`, and of synapses `i`, `j`, `N`, `delay`, and the variables of their
    /// cells as `v_pre` and `v_post`. `None` where there is nothing of that name.
    pub fn values(&self, name: &str, variable: &str) -> Option<(Vec<f64>, Dimension)> {
        each!(&self.core, network => network.values(name, variable))
    }

    /// What was built.
    pub fn facts(&self) -> Facts {
        each!(&self.core, network => network.facts())
    }

    /// Seconds spent in each stage, averaged over threads.
    pub fn timings(&self) -> Vec<(&'static str, f64)> {
        each!(&self.core, network => network.timings())
    }

    /// How much was done.
    pub fn counts(&self) -> Counts {
        each!(&self.core, network => network.counts())
    }
}

/// A network laid out, whose memory is not taken yet.
pub struct Planned(Plan);

impl Planned {
    /// What the run will need in memory; the number of synapses is the expected one.
    pub fn memory(&self) -> Memory {
        memory::estimate(&self.0)
    }

    /// Builds the network.
    ///
    /// # Errors
    /// What only shows when its synapses are drawn: delays, bounds, degrees that cannot be had.
    pub fn build(self, options: &Options) -> Result<Simulation, BuildError> {
        self.build_rank(options, Arc::new(Alone))
    }

    /// Builds the part of one rank of several: its own cells, and the synapses onto them. What it records, counts and answers is of
    /// that part. All ranks build and advance together.
    ///
    /// # Errors
    /// As [`Planned::build`], and that another rank could not be built.
    pub fn build_rank(
        self,
        options: &Options,
        exchange: Arc<dyn Exchange>,
    ) -> Result<Simulation, BuildError> {
        let Planned(plan) = self;
        let useful = plan.updates_in_a_step() / LEAST_UPDATES_OF_A_THREAD;
        let threads = options.threads.of_use(useful);
        let core = if plan.single {
            Core::Single(Box::new(Network::build(plan, threads, exchange)?))
        } else {
            Core::Double(Box::new(Network::build(plan, threads, exchange)?))
        };
        Ok(Simulation { core })
    }
}

/// Steps beyond which single precision no longer counts them one by one.
const MOST_SINGLE_STEPS: u64 = 1 << 24;

fn checked_plan(experiment: &Experiment) -> Result<Plan, BuildError> {
    let plan = network::plan(experiment)?;
    if plan.single && plan.steps > MOST_SINGLE_STEPS {
        return Err(BuildError::description(
            "[run] precision",
            format!(
                "single precision counts up to {MOST_SINGLE_STEPS} steps, and this run has {}",
                plan.steps
            ),
        ));
    }
    if let Some(group) = plan
        .groups
        .iter()
        .find(|group| group.count() > LARGEST_POPULATION)
    {
        return Err(BuildError::description(
            group.name(),
            format!("a population has at most {LARGEST_POPULATION} cells"),
        ));
    }
    Ok(plan)
}
