//! Analysis of models without a run: what `oscine analyse` shows.

use std::cell::RefCell;

use oscine_network::Experiment;

use crate::error::ExperimentError;
use crate::files::task_examples::TaskExamples;
use crate::judging::leaves::FormulaLeaves;
use crate::judging::measured::Measured;
use crate::judging::measuring::Measuring;
use crate::measures::MeasuredRun;
use crate::simulations::recordings::Recordings;

/// Carries out the measures of models that an experiment asks for, and evaluates its figures and claims on them; runs nothing.
///
/// # Errors
/// A measure that is not known or cannot be taken, with why; a formula that needs a run.
pub fn measure_models(experiment: &Experiment) -> Result<Measured, ExperimentError> {
    let of_build = |error| ExperimentError::Build(Box::new(error));
    let measuring = Measuring::read(experiment).map_err(of_build)?;
    let recordings = Recordings::default();
    let notes = RefCell::default();
    let run = MeasuredRun {
        experiment,
        recordings: &recordings,
        examples: &TaskExamples::of(experiment, None),
        learned: None,
        notes: &notes,
    };
    let mut leaves = FormulaLeaves::of_models(&measuring, &run);
    if let Some((measure, reason)) = leaves.failed.pop_first() {
        return Err(ExperimentError::Measure { measure, reason });
    }
    leaves.notes = notes.into_inner();
    leaves.notes.dedup();
    Measured::of(experiment, &measuring, leaves, false).map_err(ExperimentError::Build)
}
