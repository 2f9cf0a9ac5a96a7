//! The stage of a run in which its layers are trained, epoch by epoch.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use oscine_equations::lanes::Real;
use oscine_layers::Training;
use oscine_network::{Experiment, Precision};
use oscine_tasks::Split;

use crate::error::ExperimentError;
use crate::files::task_examples::TaskExamples;
use crate::measures::learned::questions;
use crate::runs::options::RunOptions;
use crate::runs::outcome::Ending;
use crate::runs::progress::Progress;
use crate::runs::run_folder::{Reached, RunFolder};
use crate::runs::stage::RunStage;
use crate::trainings::building::build_layers;
use crate::trainings::checkpoint;
use crate::trainings::files::{learning_curve, write_weights};
use crate::trainings::learned::TrainedNetwork;

/// The training of a run's layers, in either precision.
pub(crate) trait Epochs: RunStage {
    /// Goes on from the checkpoint in the folder, where there is one.
    ///
    /// # Errors
    /// A checkpoint that is damaged, or of another experiment.
    fn restore(&mut self, folder: &RunFolder) -> Result<(), ExperimentError>;

    /// Ends the training: leaves the weights and the learning curve in the folder, and asks the trained network what the measures want to know.
    ///
    /// # Errors
    /// A file that cannot be written.
    fn conclude(&mut self, folder: &RunFolder) -> Result<TrainedNetwork, ExperimentError>;

    /// Wall time of training since it began or went on, s.
    fn running(&self) -> f64;
}

/// Builds the training of an experiment in the precision of its run.
///
/// # Errors
/// Examples that cannot be had, layers that do not fit them.
pub(crate) fn build_epochs<'a>(
    experiment: &Experiment,
    options: &RunOptions,
    examples: &'a TaskExamples,
) -> Result<Box<dyn Epochs + 'a>, ExperimentError> {
    let (split, threads) = (examples.split()?, options.threads.most());
    let epochs = experiment.training.as_ref();
    let epochs = epochs.map_or(0, |training| training.epochs);
    Ok(match experiment.run.precision {
        Precision::Single => {
            let training = build_layers::<f32>(experiment, split, threads)?;
            Box::new(OfPrecision::new(training, split, epochs))
        }
        Precision::Double => {
            let training = build_layers::<f64>(experiment, split, threads)?;
            Box::new(OfPrecision::new(training, split, epochs))
        }
    })
}

/// A training whose numbers are of one precision.
struct OfPrecision<'a, R> {
    training: Training<'a, R>,
    split: &'a Split,
    /// Epochs in all.
    epochs: usize,
    running: Duration,
}

impl<'a, R: Real> OfPrecision<'a, R> {
    fn new(training: Training<'a, R>, split: &'a Split, epochs: usize) -> Self {
        Self {
            training,
            split,
            epochs,
            running: Duration::ZERO,
        }
    }

    fn done(&self) -> usize {
        self.training.history().len()
    }
}

/// Where the checkpoint of the training lies.
fn checkpoint_of(folder: &RunFolder) -> PathBuf {
    folder.results.training_checkpoint(folder.experiment)
}

impl<R: Real> RunStage for OfPrecision<'_, R> {
    fn reached(&self) -> Reached {
        Reached::of(self.done(), self.epochs)
    }

    fn is_finished(&self) -> bool {
        self.training.is_finished()
    }

    fn advance(&mut self, folder: &RunFolder) -> Result<(), ExperimentError> {
        let start = Instant::now();
        let epoch = self.training.epoch();
        self.running += start.elapsed();
        epoch
            .map(|_| ())
            .map_err(|error| ExperimentError::Training {
                error: Box::new(error),
                folder: folder.results.path().to_owned(),
            })
    }

    fn is_checkpoint_due(&self) -> bool {
        false
    }

    fn is_full(&self) -> bool {
        false
    }

    fn flush(&mut self) -> Result<(), ExperimentError> {
        Ok(())
    }

    fn save(&mut self, folder: &RunFolder) -> Result<(), ExperimentError> {
        let state = self.training.state();
        checkpoint::write(&checkpoint_of(folder), &state, &folder.description)
    }

    fn begins(&self, _: &mut dyn Progress) {}

    fn reaches(&self, progress: &mut dyn Progress) {
        if let Some(epoch) = self.training.history().last() {
            progress.learns(self.done(), self.epochs, epoch, self.running);
        }
    }

    fn stopped(&self) -> Ending {
        Ending::TrainingStopped {
            done: self.done(),
            epochs: self.epochs,
        }
    }
}

impl<R: Real> Epochs for OfPrecision<'_, R> {
    fn restore(&mut self, folder: &RunFolder) -> Result<(), ExperimentError> {
        match checkpoint::read::<R>(&checkpoint_of(folder), &folder.description)? {
            Some(state) => self
                .training
                .restore(state)
                .map_err(|error| ExperimentError::Layers(Box::new(error))),
            None => Ok(()),
        }
    }

    fn conclude(&mut self, folder: &RunFolder) -> Result<TrainedNetwork, ExperimentError> {
        let questions = questions(folder.experiment);
        let learned = TrainedNetwork::of(&mut self.training, self.split, &questions);
        let curve = learning_curve(&learned.history);
        folder.results.write("training.csv", &curve)?;
        let path = folder.results.path().join("weights.safetensors");
        write_weights(&path, &self.training.weights())?;
        Ok(learned)
    }

    fn running(&self) -> f64 {
        self.running.as_secs_f64()
    }
}
