//! The stage of a run in which its neurons are simulated, step by step, and what they do is recorded.

use std::time::{Duration, Instant};

use oscine_engine::{Counts, Simulation};
use oscine_network::Experiment;

use crate::error::ExperimentError;
use crate::files::task_examples::TaskExamples;
use crate::runs::options::RunOptions;
use crate::runs::outcome::Ending;
use crate::runs::pace::Pace;
use crate::runs::progress::{Progress, RunMoment};
use crate::runs::run_folder::{Reached, RunFolder};
use crate::runs::stage::RunStage;
use crate::simulations::building::build;
use crate::simulations::checkpoint::SavedCheckpoint;
use crate::simulations::recorded_rows::{RecordedTable, TimeGrid};
use crate::simulations::recorder::{RecordTable, Recorder};

/// The simulation of a run's neurons, and the recorder of what they do.
pub(crate) struct Steps {
    pub(crate) simulation: Simulation,
    recorder: Recorder,
    grid: TimeGrid,
    pace: Pace,
    /// Steps between the checkpoints that the experiment asks for.
    checkpoint_steps: Option<u64>,
    /// Wall time of stepping since it began or went on.
    running: Duration,
    earlier: Earlier,
}

/// What was done before a simulation was gone on with.
#[derive(Default)]
struct Earlier {
    counts: Counts,
    /// Wall time of stepping, s.
    running: f64,
    steps: u64,
}

impl Steps {
    /// Builds the simulation of an experiment; its records will lie in the folder of results.
    ///
    /// # Errors
    /// What cannot be built, or does not fit the memory.
    pub(crate) fn build(
        experiment: &Experiment,
        options: &RunOptions,
        examples: &TaskExamples,
    ) -> Result<Self, ExperimentError> {
        let simulation = build(experiment, options.threads, examples)?;
        let dt = experiment.run.dt;
        let tables = RecordedTable::all(&simulation.facts().records, dt);
        let every = experiment.run.checkpoint_every;
        Ok(Self {
            recorder: Recorder::new(options.folder.join("records"), tables),
            simulation,
            grid: TimeGrid::new(dt),
            pace: Pace::new(),
            checkpoint_steps: every.map(|every| ((every / dt).round() as u64).max(1)),
            running: Duration::ZERO,
            earlier: Earlier::default(),
        })
    }

    /// Goes on from a checkpoint, or from the beginning where there is none.
    ///
    /// # Errors
    /// A checkpoint that does not fit, records that are damaged.
    pub(crate) fn restore(
        &mut self,
        saved: Option<SavedCheckpoint>,
        folder: &mut RunFolder,
    ) -> Result<(), ExperimentError> {
        let Some(saved) = saved else {
            return self.recorder.return_to(&[]);
        };
        self.simulation
            .restore(&saved.checkpoint)
            .map_err(|error| ExperimentError::Restore {
                path: folder.results.checkpoint(),
                error: Box::new(error),
            })?;
        folder.earlier_seconds = saved.seconds;
        self.earlier = Earlier {
            counts: saved.counts,
            running: saved.running,
            steps: saved.checkpoint.step,
        };
        self.recorder.return_to(&saved.positions)
    }

    /// Writes the tables of all records.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(crate) fn finish_tables(
        &mut self,
        kept: bool,
    ) -> Result<Vec<RecordTable>, ExperimentError> {
        self.recorder.finish(kept)
    }

    /// What was done, over all resumptions.
    pub(crate) fn counts(&self) -> Counts {
        let (now, earlier) = (self.simulation.counts(), self.earlier.counts);
        Counts {
            spikes: now.spikes + earlier.spikes,
            synaptic_events: now.synaptic_events + earlier.synaptic_events,
            cell_updates: now.cell_updates + earlier.cell_updates,
            plastic_updates: now.plastic_updates + earlier.plastic_updates,
        }
    }

    /// Wall time of stepping, over all resumptions, s.
    pub(crate) fn running(&self) -> f64 {
        self.earlier.running + self.running.as_secs_f64()
    }

    fn moment(&self) -> RunMoment {
        let (step, steps) = (self.simulation.step(), self.simulation.steps());
        RunMoment {
            step,
            steps,
            time: self.grid.time(step),
            duration: self.grid.time(steps),
            running: self.running,
            since: step - self.earlier.steps,
        }
    }
}

impl RunStage for Steps {
    fn reached(&self) -> Reached {
        let step = self.simulation.step();
        Reached {
            done: step,
            all: self.simulation.steps(),
            time: self.grid.time(step),
        }
    }

    fn is_finished(&self) -> bool {
        self.simulation.step() >= self.simulation.steps()
    }

    fn advance(&mut self, folder: &RunFolder) -> Result<(), ExperimentError> {
        let step = self.simulation.step();
        let stop = self
            .checkpoint_steps
            .map_or(u64::MAX, |every| (step / every + 1) * every);
        let steps = self.pace.steps(step, stop.min(self.simulation.steps()));
        let start = Instant::now();
        let advanced = self.simulation.advance(steps);
        let took = start.elapsed();
        self.running += took;
        self.pace.learn(steps, took);
        self.recorder.accept(self.simulation.drain());
        advanced.map_err(|error| ExperimentError::Run {
            error: Box::new(error),
            folder: folder.results.path().to_owned(),
        })
    }

    fn is_checkpoint_due(&self) -> bool {
        let step = self.simulation.step();
        self.checkpoint_steps
            .is_some_and(|every| step.is_multiple_of(every))
    }

    fn is_full(&self) -> bool {
        self.recorder.is_full()
    }

    fn flush(&mut self) -> Result<(), ExperimentError> {
        self.recorder.flush()
    }

    fn save(&mut self, folder: &RunFolder) -> Result<(), ExperimentError> {
        let saved = SavedCheckpoint {
            checkpoint: self.simulation.checkpoint(),
            positions: self.recorder.positions(),
            counts: self.counts(),
            seconds: folder.total_seconds(),
            running: self.running(),
        };
        saved.write(&folder.results.checkpoint(), &folder.description)
    }

    fn begins(&self, progress: &mut dyn Progress) {
        progress.begins(&self.simulation.facts(), &self.moment());
    }

    fn reaches(&self, progress: &mut dyn Progress) {
        progress.reaches(&self.moment());
    }

    fn stopped(&self) -> Ending {
        Ending::Stopped {
            time: self.reached().time,
        }
    }
}
