//! The results folder of a run or of a sweep while it is filled: claimed, described, told how far all has come, and concluded.

use std::time::Instant;

use oscine_network::Experiment;

use crate::error::ExperimentError;
use crate::files::folder::{ResultsFolder, RunPhase, RunState};
use crate::runs::described::described;
use crate::runs::options::RunOptions;
use crate::runs::outcome::{Ending, Outcome, Seconds};
use crate::runs::summary;
use crate::version::VERSION;

/// A results folder, with what is carried out in it.
pub(crate) struct RunFolder<'a> {
    pub(crate) experiment: &'a Experiment,
    pub(crate) options: &'a RunOptions,
    pub(crate) results: ResultsFolder,
    /// The text of its `experiment.toml`.
    pub(crate) description: String,
    /// Wall time spent before it was gone on with, s.
    pub(crate) earlier_seconds: f64,
    begin: Instant,
}

/// A folder of results in which something was begun.
pub(crate) struct Begun {
    pub(crate) results: ResultsFolder,
    /// The text of its `experiment.toml`.
    pub(crate) description: String,
}

impl<'a> RunFolder<'a> {
    /// Claims a folder (a new one, or that of what was begun) for what is built now, and describes it there. Where that cannot be built, a new folder is
    /// taken away again.
    ///
    /// # Errors
    /// A folder that cannot be made or written; what `build` finds wrong.
    pub(crate) fn claim<T>(
        experiment: &'a Experiment,
        options: &'a RunOptions,
        begun: Option<Begun>,
        build: impl FnOnce() -> Result<T, ExperimentError>,
    ) -> Result<(Self, T), ExperimentError> {
        let begin = Instant::now();
        let (results, description, built) = match begun {
            Some(begun) => (begun.results, begun.description, build()?),
            None => {
                let results = ResultsFolder::create(&options.folder, options.overwrite)?;
                let built = match build() {
                    Ok(built) => built,
                    Err(error) => {
                        results.withdraw();
                        return Err(error);
                    }
                };
                let description = described(experiment);
                results.write("experiment.toml", &description)?;
                (results, description, built)
            }
        };
        let folder = Self {
            experiment,
            options,
            results,
            description,
            earlier_seconds: 0.0,
            begin,
        };
        Ok((folder, built))
    }

    /// Wall time since the beginning, over all resumptions, s.
    pub(crate) fn total_seconds(&self) -> f64 {
        self.earlier_seconds + self.begin.elapsed().as_secs_f64()
    }

    /// Says in `progress.json` how far all has come.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(crate) fn say(&self, phase: RunPhase, reached: Reached) -> Result<(), ExperimentError> {
        self.results.set_state(&RunState {
            oscine: VERSION.to_owned(),
            state: phase,
            step: reached.done,
            steps: reached.all,
            time: reached.time,
            seconds: self.total_seconds(),
            quick: self.options.quick,
        })
    }

    /// What came of it, as long as nothing was recorded, learned or measured.
    pub(crate) fn outcome(&self, ending: Ending) -> Outcome {
        Outcome {
            experiment: self.experiment.clone(),
            description: self.description.clone(),
            folder: self.results.path().to_owned(),
            ending,
            facts: Default::default(),
            counts: Default::default(),
            stages: Vec::new(),
            tables: Vec::new(),
            recordings: Default::default(),
            learned: None,
            threads: self.options.threads.most(),
            seconds: Seconds {
                total: self.total_seconds(),
                ..Seconds::default()
            },
            measured: Default::default(),
            notes: self.options.notes.clone(),
        }
    }

    /// Writes what a person reads, and says that all is done. One run of a sweep has no summary of its own.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(crate) fn conclude(
        &self,
        outcome: &Outcome,
        reached: Reached,
    ) -> Result<(), ExperimentError> {
        if !self.options.of_a_sweep {
            self.results.write("summary.json", &summary::of(outcome))?;
        }
        if let Some(page) = self.options.page {
            self.results.write("report.html", &page(outcome))?;
        }
        self.say(RunPhase::Finished, reached)
    }
}

/// The progress of a stage, or of a sweep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reached {
    /// Steps, epochs or runs done.
    pub(crate) done: u64,
    /// In all.
    pub(crate) all: u64,
    /// Biological time, s; 0 where there is none.
    pub(crate) time: f64,
}

impl Reached {
    /// So many of what has no time of its own: epochs, runs.
    pub(crate) fn of(done: usize, all: usize) -> Self {
        Self {
            done: done as u64,
            all: all as u64,
            time: 0.0,
        }
    }
}
