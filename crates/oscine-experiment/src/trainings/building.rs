//! From a description to layers that can be trained.

use oscine_equations::lanes::Real;
use oscine_layers::{LayerFacts, Training};
use oscine_network::Experiment;
use oscine_tasks::Split;

use crate::error::ExperimentError;
use crate::files::task_examples::TaskExamples;
use crate::trainings::given_weights;

/// The layers of an experiment as they would be built, and the sizes of the training, validation and test sets.
///
/// # Errors
/// Examples that cannot be had, layers that do not fit them.
pub fn layers_of(
    experiment: &Experiment,
    examples: &TaskExamples,
) -> Result<(Vec<LayerFacts>, [usize; 3]), ExperimentError> {
    let split = examples.split()?;
    let layers = build_layers::<f32>(experiment, split, 1)?.layers();
    let counts = [&split.training, &split.validation, &split.test].map(|set| set.len());
    Ok((layers, counts))
}

/// Builds the training of an experiment, with the weights that its file names put in.
///
/// # Errors
/// Layers that do not fit the examples, weights that do not fit the layers.
pub(crate) fn build_layers<'a, R: Real>(
    experiment: &Experiment,
    split: &'a Split,
    threads: usize,
) -> Result<Training<'a, R>, ExperimentError> {
    let mut training = Training::new(experiment, &split.training, &split.validation, threads)
        .map_err(|error| ExperimentError::Layers(Box::new(error)))?;
    given_weights::put(experiment, &mut training)?;
    Ok(training)
}
