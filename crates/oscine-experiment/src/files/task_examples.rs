//! The examples of an experiment's task, read once for all who need them: layers that learn, neurons that are shown them, measures of what was recognised.

use std::cell::OnceCell;
use std::path::Path;

use oscine_network::{ExampleSet, Examples, Experiment};
use oscine_tasks::Split;

use crate::error::ExperimentError;

/// The examples of a task: read when they are first asked for, and kept.
pub struct TaskExamples<'a> {
    experiment: &'a Experiment,
    data: Option<&'a Path>,
    split: OnceCell<Split>,
}

impl<'a> TaskExamples<'a> {
    /// The examples of an experiment's task, not read yet; data sets by name lie in `data`.
    #[must_use]
    pub fn of(experiment: &'a Experiment, data: Option<&'a Path>) -> Self {
        Self {
            experiment,
            data,
            split: OnceCell::new(),
        }
    }

    /// The training, validation and test sets.
    ///
    /// # Errors
    /// No task; examples that cannot be had.
    pub fn split(&self) -> Result<&Split, ExperimentError> {
        if let Some(split) = self.split.get() {
            return Ok(split);
        }
        let experiment = self.experiment;
        let task = experiment.task.as_ref().ok_or(ExperimentError::NoTask)?;
        let split = oscine_tasks::load(task, experiment.run.seed, &experiment.folder, self.data)
            .map_err(|error| ExperimentError::Task(Box::new(error)))?;
        Ok(self.split.get_or_init(|| split))
    }

    /// One of the sets, for neurons that are shown it.
    ///
    /// # Errors
    /// As [`Self::split`], a sentence.
    pub(crate) fn set(&self, set: ExampleSet) -> Result<&Examples, String> {
        let split = self.split().map_err(|error| match error {
            ExperimentError::NoTask => "there is no [task]".to_owned(),
            other => other.to_string(),
        })?;
        Ok(match set {
            ExampleSet::Training => &split.training,
            ExampleSet::Validation => &split.validation,
            ExampleSet::Test => &split.test,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("points.csv");
        std::fs::write(&table, "a,b,kind\n1,2,up\n3,4,down\n5,6,up\n").unwrap();
        let text = "[run]\nduration = \"1 s\"\n[task]\ndata = \"points.csv\"\n\
                    [neurons.cells]\ncount = 1\nequations = \"x : 1\"\n\
                    [stimulus.points]\nkind = \"task\"\ncode = \"currents\"\ncount = 2\neach = \"20 ms\"\n";
        let experiment = Experiment::parse(text, "test.toml", folder.path()).unwrap();
        let examples = TaskExamples::of(&experiment, None);
        assert_eq!(examples.split().unwrap().training.len(), 3);
        std::fs::remove_file(&table).unwrap();
        assert_eq!(examples.set(ExampleSet::Training).unwrap().len(), 3);
        assert!(TaskExamples::of(&experiment, None).split().is_err());
    }
}
