//! The course of one run: its folder claimed and described, its layers trained, its neurons simulated, all measured, and concluded.
//!
//! Both stages go through [`Course::carry_through`], which flushes and saves what is due between their pieces.

use std::cell::RefCell;
use std::time::Instant;

use oscine_network::Experiment;

use crate::error::ExperimentError;
use crate::files::folder::{ResultsFolder, RunPhase};
use crate::files::task_examples::TaskExamples;
use crate::judging::decomposition::of_one_network;
use crate::judging::leaves::FormulaLeaves;
use crate::judging::leaves_file;
use crate::judging::measured::Measured;
use crate::judging::measuring::Measuring;
use crate::measures::MeasuredRun;
use crate::runs::epochs::{Epochs, build_epochs};
use crate::runs::options::RunOptions;
use crate::runs::outcome::{Ending, Outcome, Seconds};
use crate::runs::progress::Progress;
use crate::runs::run_folder::{Begun, Reached, RunFolder};
use crate::runs::stage::RunStage;
use crate::runs::steps::Steps;
use crate::simulations::checkpoint::SavedCheckpoint;
use crate::simulations::recorder::{RecordTable, remove_parts};
use crate::simulations::recordings::Recordings;
use crate::trainings::learned::TrainedNetwork;

/// Carries out an experiment that has no sweep: in a new folder, or from where it had come in the one in which it was begun.
///
/// # Errors
/// What the experiment measures cannot be; it cannot be built or does not fit the memory; the folder cannot be made or written; something stops being finite.
pub(crate) fn carry_out(
    experiment: &Experiment,
    options: &RunOptions,
    begun: Option<Begun>,
    progress: &mut dyn Progress,
) -> Result<Outcome, ExperimentError> {
    let measuring = measuring(experiment, options)?;
    let examples = TaskExamples::of(experiment, options.data.as_deref());
    let goes_on = begun.is_some();
    let start = Instant::now();
    let build = || RunStages::build(experiment, options, &examples);
    let (mut folder, mut stages) = RunFolder::claim(experiment, options, begun, build)?;
    let building = start.elapsed().as_secs_f64();
    if goes_on {
        stages.restore(&mut folder)?;
    }
    let course = Course {
        folder,
        measuring: &measuring,
        examples: &examples,
        seconds: Seconds {
            building,
            ..Seconds::default()
        },
    };
    course.run(stages, progress)
}

/// Opens the folder of a run or a sweep that was killed, stopped, or could not write: what it is of, and how it goes on.
///
/// # Errors
/// A folder that is none of a run's, a run that has come to its end, a description that does not hold.
pub(crate) fn reopen(
    options: &RunOptions,
) -> Result<(Experiment, RunOptions, Begun), ExperimentError> {
    let results = ResultsFolder::open(&options.folder)?;
    let state = results.state()?;
    if state.state == RunPhase::Finished {
        // It may have been killed before it had tidied up.
        remove_parts(&results.records())?;
        results.tidy()?;
        return Err(ExperimentError::Finished {
            folder: results.path().to_owned(),
        });
    }
    let path = results.description();
    let description =
        std::fs::read_to_string(&path).map_err(|error| ExperimentError::reading(&path, error))?;
    let experiment = Experiment::read(&path).map_err(|errors| ExperimentError::Description {
        path: path.clone(),
        errors: Box::new(errors),
    })?;
    let options = RunOptions {
        quick: state.quick,
        ..options.clone()
    };
    let begun = Begun {
        results,
        description,
    };
    Ok((experiment, options, begun))
}

/// What is measured; of a sweep, all names were checked before its first run.
fn measuring(experiment: &Experiment, options: &RunOptions) -> Result<Measuring, ExperimentError> {
    let read = match options.of_a_sweep {
        true => Measuring::of_point(experiment),
        false => Measuring::read(experiment),
    };
    read.map_err(|error| ExperimentError::Build(Box::new(error)))
}

/// The stages of a run: a training, a simulation, or the one before the other.
struct RunStages<'a> {
    epochs: Option<Box<dyn Epochs + 'a>>,
    steps: Option<Steps>,
}

impl<'a> RunStages<'a> {
    fn build(
        experiment: &Experiment,
        options: &RunOptions,
        examples: &'a TaskExamples,
    ) -> Result<Self, ExperimentError> {
        let learns = experiment.training.is_some();
        Ok(Self {
            epochs: match learns {
                true => Some(build_epochs(experiment, options, examples)?),
                false => None,
            },
            steps: match experiment.has_time() || !learns {
                true => Some(Steps::build(experiment, options, examples)?),
                false => None,
            },
        })
    }

    /// Goes on from the checkpoints in the folder.
    fn restore(&mut self, folder: &mut RunFolder) -> Result<(), ExperimentError> {
        if let Some(epochs) = &mut self.epochs {
            epochs.restore(folder)?;
        }
        if let Some(steps) = &mut self.steps {
            let path = folder.results.checkpoint();
            let saved = SavedCheckpoint::read(&path, &folder.description)?;
            steps.restore(saved, folder)?;
        }
        Ok(())
    }
}

/// A run on its way.
struct Course<'a> {
    folder: RunFolder<'a>,
    measuring: &'a Measuring,
    examples: &'a TaskExamples<'a>,
    seconds: Seconds,
}

impl Course<'_> {
    /// Trains the layers, then simulates the neurons, and measures and concludes; or stops on the way.
    fn run(
        mut self,
        stages: RunStages,
        progress: &mut dyn Progress,
    ) -> Result<Outcome, ExperimentError> {
        let RunStages { epochs, mut steps } = stages;
        let mut learned = None;
        let mut reached = Reached::of(0, 0);
        if let Some(mut epochs) = epochs {
            let ending = self.carry_through(&mut *epochs, progress)?;
            reached = epochs.reached();
            match steps {
                Some(_) => self.seconds.training = epochs.running(),
                None => self.seconds.running = epochs.running(),
            }
            if ending != Ending::Finished {
                return Ok(self.outcome(steps.as_ref(), ending));
            }
            if steps.is_some() {
                // What goes on after the training begins from here.
                epochs.save(&self.folder)?;
            }
            learned = Some(epochs.conclude(&self.folder)?);
        }
        if let Some(steps) = &mut steps {
            let ending = self.carry_through(steps, progress)?;
            reached = steps.reached();
            if ending != Ending::Finished {
                return Ok(self.outcome(Some(steps), ending));
            }
        }
        self.finish(steps, learned, reached)
    }

    /// Advances a stage to its end, or until the user stops it, and takes to disk what is due on the way.
    fn carry_through(
        &mut self,
        stage: &mut dyn RunStage,
        progress: &mut dyn Progress,
    ) -> Result<Ending, ExperimentError> {
        self.folder.say(RunPhase::Running, stage.reached())?;
        stage.begins(progress);
        let mut last = Last {
            flushed: Instant::now(),
            saved: Instant::now(),
        };
        while !stage.is_finished() {
            if self.folder.options.is_stopped() {
                progress.ends();
                self.flush(stage)?;
                stage.save(&self.folder)?;
                self.folder.say(RunPhase::Stopped, stage.reached())?;
                return Ok(stage.stopped());
            }
            if let Err(error) = stage.advance(&self.folder) {
                stage.flush()?;
                // The reason is what counts, not that the folder cannot be written either.
                let _ = self.folder.say(RunPhase::Failed, stage.reached());
                return Err(error);
            }
            if !stage.is_finished() {
                self.keep(stage, &mut last)?;
            }
            stage.reaches(progress);
        }
        progress.ends();
        Ok(Ending::Finished)
    }

    /// Takes to disk what is due.
    fn keep(&mut self, stage: &mut dyn RunStage, last: &mut Last) -> Result<(), ExperimentError> {
        let start = Instant::now();
        let options = self.folder.options;
        let is_saved =
            stage.is_checkpoint_due() || last.saved.elapsed() >= options.checkpoint_every;
        if !is_saved && last.flushed.elapsed() < options.flush_every && !stage.is_full() {
            return Ok(());
        }
        self.flush(stage)?;
        last.flushed = Instant::now();
        if is_saved {
            stage.save(&self.folder)?;
            last.saved = Instant::now();
        }
        self.seconds.writing += start.elapsed().as_secs_f64();
        Ok(())
    }

    /// Takes to disk what was recorded, and says how far that is.
    fn flush(&self, stage: &mut dyn RunStage) -> Result<(), ExperimentError> {
        stage.flush()?;
        self.folder.say(RunPhase::Running, stage.reached())
    }

    /// Writes the tables, measures, evaluates what the file asks, and writes what a person reads.
    fn finish(
        mut self,
        mut steps: Option<Steps>,
        learned: Option<TrainedNetwork>,
        reached: Reached,
    ) -> Result<Outcome, ExperimentError> {
        let options = self.folder.options;
        let experiment = self.folder.experiment;
        let start = Instant::now();
        let mut tables = match &mut steps {
            Some(steps) => steps.finish_tables(options.keeps_tables)?,
            None => Vec::new(),
        };
        self.seconds.writing += start.elapsed().as_secs_f64();
        let (recordings, mut leaves) =
            self.measure(&mut tables, steps.as_ref(), learned.as_ref())?;
        let measured = match options.of_a_sweep {
            true => Measured::default(),
            false => {
                if learned.is_some() {
                    of_one_network(experiment, &mut leaves);
                }
                Measured::of(experiment, self.measuring, leaves, options.quick)
                    .map_err(ExperimentError::Build)?
            }
        };
        let mut outcome = Outcome {
            tables,
            recordings,
            learned,
            measured,
            ..self.outcome(steps.as_ref(), Ending::Finished)
        };
        self.folder.conclude(&outcome, reached)?;
        remove_parts(&self.folder.results.records())?;
        self.folder.results.tidy()?;
        outcome.seconds.total = self.folder.total_seconds();
        Ok(outcome)
    }

    /// Measures the run, and keeps what was measured.
    fn measure(
        &self,
        tables: &mut [RecordTable],
        steps: Option<&Steps>,
        learned: Option<&TrainedNetwork>,
    ) -> Result<(Recordings, FormulaLeaves), ExperimentError> {
        let RunFolder {
            experiment,
            options,
            results,
            ..
        } = &self.folder;
        let simulation = steps.map(|steps| &steps.simulation);
        let recordings = match simulation {
            Some(simulation) => Recordings::read(tables, &simulation.facts(), experiment)?,
            None => Recordings::default(),
        };
        let notes = RefCell::default();
        let run = MeasuredRun {
            experiment,
            recordings: &recordings,
            examples: self.examples,
            learned,
            notes: &notes,
        };
        let mut leaves = match simulation {
            Some(simulation) => FormulaLeaves::gather(self.measuring, &run, simulation),
            None => FormulaLeaves::of_models(self.measuring, &run),
        };
        leaves.notes = notes.into_inner();
        leaves.notes.sort();
        leaves.notes.dedup();
        // Of a run of a sweep the file also says that the run is done.
        if options.of_a_sweep || !leaves.arrays.is_empty() {
            leaves_file::write(&results.path().join("measures.safetensors"), &leaves)?;
        }
        Ok((recordings, leaves))
    }

    /// What came of the stages, as far as they came.
    fn outcome(&self, steps: Option<&Steps>, ending: Ending) -> Outcome {
        let mut outcome = self.folder.outcome(ending);
        outcome.seconds = Seconds {
            total: outcome.seconds.total,
            ..self.seconds
        };
        if let Some(steps) = steps {
            outcome.facts = steps.simulation.facts();
            outcome.counts = steps.counts();
            outcome.stages = steps.simulation.timings();
            outcome.threads = steps.simulation.threads();
            outcome.seconds.running = steps.running();
        }
        outcome
    }
}

/// When a stage was last taken to disk.
struct Last {
    flushed: Instant,
    saved: Instant,
}
