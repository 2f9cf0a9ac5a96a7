//! From a description to a simulation that can be stepped.

use oscine_engine::{Options, Simulation, Threads};
use oscine_network::Experiment;

use crate::error::ExperimentError;
use crate::files::task_examples::TaskExamples;
use crate::simulations::given_files::with_files_read;
use crate::simulations::memory::available_memory;

/// Builds the simulation of an experiment, its files read and its task shown, after looking whether it fits the memory.
///
/// # Errors
/// What cannot be built, or does not fit the memory.
pub fn build(
    experiment: &Experiment,
    threads: Threads,
    examples: &TaskExamples,
) -> Result<Simulation, ExperimentError> {
    let failed = |error| ExperimentError::Build(Box::new(error));
    let experiment = &with_files_read(experiment, examples).map_err(failed)?;
    let planned = Simulation::plan(experiment).map_err(failed)?;
    let memory = planned.memory();
    if let Some(available) = available_memory()
        && memory.total() > available
    {
        return Err(ExperimentError::Memory {
            needed: memory.total(),
            available,
            parts: memory.parts,
        });
    }
    planned.build(&Options { threads }).map_err(failed)
}
