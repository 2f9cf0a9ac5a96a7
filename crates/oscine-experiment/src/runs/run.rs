//! A run: build, step, record, checkpoint, finish; and going on from a checkpoint.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use oscine_engine::{Counts, Simulation};
use oscine_network::Experiment;

use crate::error::ExperimentError;
use crate::files::folder::{Phase, ResultsFolder, State};
use crate::judging::decomposition::of_one_network;
use crate::judging::leaves::Leaves;
use crate::judging::leaves_file;
use crate::judging::measured::Measured;
use crate::judging::measuring::Measuring;
use crate::measures::Run;
use crate::runs::described::described;
use crate::runs::options::RunOptions;
use crate::runs::outcome::{Ending, Outcome, Seconds};
use crate::runs::pace::Pace;
use crate::runs::progress::{Moment, Progress};
use crate::runs::summary;
use crate::simulations::building::build;
use crate::simulations::checkpoint::SavedCheckpoint;
use crate::simulations::recorded_rows::{RecordedTable, TimeGrid};
use crate::simulations::recorder::{Recorder, Table, remove_parts};
use crate::simulations::recordings::Recordings;
use crate::sweeps::sweep;
use crate::trainings::learning;
use crate::trainings::learning::{Learned, Trained, TrainingCourse};

/// Runs an experiment from its beginning into a new folder.
///
/// # Errors
/// Where the description does not hold, cannot be built or does not fit the memory, the folder cannot be made or written, or the state
/// stops being finite.
pub fn run(
    experiment: &Experiment,
    options: &RunOptions,
    progress: &mut dyn Progress,
) -> Result<Outcome, ExperimentError> {
    let begin = Instant::now();
    experiment
        .validate()
        .map_err(|errors| ExperimentError::Description {
            path: options.folder.join("experiment.toml"),
            errors: Box::new(errors),
        })?;
    if let Some(sweep) = &experiment.sweep {
        return sweep::carry_out(experiment, sweep, options, false, progress);
    }
    let measuring = measuring(experiment, options)?;
    let folder = ResultsFolder::create(&options.folder, options.overwrite)?;
    // Of a sweep the layers were seen before its first run.
    if experiment.training.is_some()
        && !options.of_a_sweep
        && let Err(error) = learning::layers_of(experiment, options.data.as_deref())
    {
        folder.withdraw();
        return Err(error);
    }
    if !experiment.has_time() && experiment.training.is_some() {
        let description = described(experiment);
        folder.write("experiment.toml", &description)?;
        return learning::carry_out(
            experiment,
            &measuring,
            options,
            folder,
            description,
            progress,
        );
    }
    let simulation = match build(experiment, options.threads, options.data.as_deref()) {
        Ok(simulation) => simulation,
        Err(error) => {
            folder.withdraw();
            return Err(error);
        }
    };
    let description = described(experiment);
    folder.write("experiment.toml", &description)?;
    let course = Course::new(
        experiment,
        &measuring,
        options,
        folder,
        simulation,
        description,
        begin,
    );
    course.run(progress)
}

/// Goes on with a run that was killed, stopped, or could not write, from its last checkpoint, or from its beginning
/// where it had made none. The folder and the description are the folder's own.
///
/// # Errors
/// Where the folder is none of a run's, its files are damaged or of another version, or as for [`run`].
pub fn resume(
    options: &RunOptions,
    progress: &mut dyn Progress,
) -> Result<Outcome, ExperimentError> {
    let begin = Instant::now();
    let folder = ResultsFolder::open(&options.folder)?;
    let state = folder.state()?;
    if state.state == Phase::Finished {
        // It may have been killed before it had tidied up.
        remove_parts(&folder.records())?;
        folder.tidy()?;
        return Err(ExperimentError::Finished {
            folder: folder.path().to_owned(),
        });
    }
    let path = folder.description();
    let description =
        std::fs::read_to_string(&path).map_err(|error| ExperimentError::reading(&path, error))?;
    let experiment = Experiment::read(&path).map_err(|errors| ExperimentError::Description {
        path: path.clone(),
        errors: Box::new(errors),
    })?;
    if let Some(sweep) = &experiment.sweep {
        drop(folder);
        let options = RunOptions {
            quick: state.quick,
            ..options.clone()
        };
        return sweep::carry_out(&experiment, sweep, &options, true, progress);
    }
    let measuring = measuring(&experiment, options)?;
    if experiment.training.is_some() && !experiment.has_time() {
        let options = RunOptions {
            quick: state.quick,
            ..options.clone()
        };
        return learning::carry_out(
            &experiment,
            &measuring,
            &options,
            folder,
            description,
            progress,
        );
    }
    let saved = SavedCheckpoint::read(&folder.checkpoint(), &description)?;
    let simulation = build(&experiment, options.threads, options.data.as_deref())?;
    let options = RunOptions {
        quick: state.quick,
        ..options.clone()
    };
    let course = Course::new(
        &experiment,
        &measuring,
        &options,
        folder,
        simulation,
        description,
        begin,
    );
    course.go_on_from(saved)?.run(progress)
}

/// What is measured; of a sweep, all names were checked before its first run.
fn measuring(experiment: &Experiment, options: &RunOptions) -> Result<Measuring, ExperimentError> {
    let read = match options.of_a_sweep {
        true => Measuring::of_point(experiment),
        false => Measuring::read(experiment),
    };
    read.map_err(|error| ExperimentError::Build(Box::new(error)))
}

/// A run on its way.
struct Course<'a> {
    experiment: &'a Experiment,
    measuring: &'a Measuring,
    options: &'a RunOptions,
    folder: ResultsFolder,
    simulation: Simulation,
    recorder: Recorder,
    description: String,
    grid: TimeGrid,
    begin: Instant,
    flushed: Instant,
    saved: Instant,
    /// Steps between the checkpoints that the experiment asks for.
    checkpoint_steps: Option<u64>,
    seconds: Seconds,
    earlier_seconds: f64,
    earlier_running: f64,
    earlier_counts: Counts,
    first_step: u64,
    /// What the layers of the same file learned, before the first step.
    learned: Option<Learned>,
}

impl<'a> Course<'a> {
    fn new(
        experiment: &'a Experiment,
        measuring: &'a Measuring,
        options: &'a RunOptions,
        folder: ResultsFolder,
        simulation: Simulation,
        description: String,
        begin: Instant,
    ) -> Self {
        let tables = RecordedTable::all(&simulation.facts().records, experiment.run.dt);
        let checkpoint_steps = experiment
            .run
            .checkpoint_every
            .map(|every| ((every / experiment.run.dt).round() as u64).max(1));
        Self {
            recorder: Recorder::new(folder.records(), tables),
            experiment,
            measuring,
            options,
            folder,
            simulation,
            description,
            grid: TimeGrid::new(experiment.run.dt),
            begin,
            flushed: Instant::now(),
            saved: Instant::now(),
            checkpoint_steps,
            seconds: Seconds {
                building: begin.elapsed().as_secs_f64(),
                ..Seconds::default()
            },
            earlier_seconds: 0.0,
            earlier_running: 0.0,
            earlier_counts: Counts::default(),
            first_step: 0,
            learned: None,
        }
    }

    fn go_on_from(mut self, saved: Option<SavedCheckpoint>) -> Result<Self, ExperimentError> {
        match saved {
            Some(saved) => {
                self.simulation
                    .restore(&saved.checkpoint)
                    .map_err(|error| ExperimentError::Restore {
                        path: self.folder.checkpoint(),
                        error: Box::new(error),
                    })?;
                self.earlier_counts = saved.counts;
                self.earlier_seconds = saved.seconds;
                self.earlier_running = saved.running;
                self.first_step = saved.checkpoint.step;
                self.recorder.return_to(&saved.positions)?;
            }
            None => self.recorder.return_to(&[])?,
        }
        Ok(self)
    }

    fn run(mut self, progress: &mut dyn Progress) -> Result<Outcome, ExperimentError> {
        if let Some(ending) = self.train(progress)? {
            return Ok(self.outcome(Vec::new(), ending));
        }
        self.say(Phase::Running)?;
        let facts = self.simulation.facts();
        progress.begins(&facts, &self.moment());
        let steps = self.simulation.steps();
        let mut pace = Pace::new();
        while self.simulation.step() < steps {
            if self.options.is_stopped() {
                return self.stop(progress);
            }
            self.stretch(&mut pace)?;
            if self.simulation.step() < steps {
                self.keep()?;
            }
            progress.reaches(&self.moment());
        }
        progress.ends();
        self.finish()
    }

    /// Trains the layers of the file, where it has any; how that ended, where it was stopped.
    fn train(&mut self, progress: &mut dyn Progress) -> Result<Option<Ending>, ExperimentError> {
        if self.experiment.training.is_none() {
            return Ok(None);
        }
        let mut course = TrainingCourse::new(
            self.experiment,
            self.options,
            &self.folder,
            &self.description,
        );
        let trained = course.run(progress)?;
        self.seconds.training = course.seconds.running;
        Ok(match trained {
            Trained::Stopped { done, epochs } => Some(Ending::TrainingStopped { done, epochs }),
            Trained::Finished(learned) => {
                self.learned = Some(*learned);
                None
            }
        })
    }

    /// Some steps, about a tenth of a second of them.
    fn stretch(&mut self, pace: &mut Pace) -> Result<(), ExperimentError> {
        let step = self.simulation.step();
        let stop = self
            .checkpoint_steps
            .map_or(u64::MAX, |every| (step / every + 1) * every);
        let steps = pace.steps(step, stop.min(self.simulation.steps()));
        let start = Instant::now();
        let advanced = self.simulation.advance(steps);
        let took = start.elapsed();
        self.seconds.running += took.as_secs_f64();
        pace.learn(steps, took);
        self.recorder.accept(self.simulation.drain());
        if let Err(error) = advanced {
            self.recorder.flush()?;
            self.say(Phase::Failed)?;
            return Err(ExperimentError::Run {
                error: Box::new(error),
                folder: self.folder.path().to_owned(),
            });
        }
        Ok(())
    }

    /// Takes to disk what is due.
    fn keep(&mut self) -> Result<(), ExperimentError> {
        let start = Instant::now();
        let step = self.simulation.step();
        let asked_for = self
            .checkpoint_steps
            .is_some_and(|every| step.is_multiple_of(every));
        if asked_for || self.saved.elapsed() >= self.options.checkpoint_every {
            self.checkpoint()?;
        } else if self.flushed.elapsed() >= self.options.flush_every || self.recorder.is_full() {
            self.flush()?;
        } else {
            return Ok(());
        }
        self.seconds.writing += start.elapsed().as_secs_f64();
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ExperimentError> {
        self.recorder.flush()?;
        self.say(Phase::Running)?;
        self.flushed = Instant::now();
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<(), ExperimentError> {
        self.flush()?;
        let saved = SavedCheckpoint {
            checkpoint: self.simulation.checkpoint(),
            positions: self.recorder.positions(),
            counts: self.counts(),
            seconds: self.total_seconds(),
            running: self.earlier_running + self.seconds.running,
        };
        saved.write(&self.folder.checkpoint(), &self.description)?;
        self.saved = Instant::now();
        Ok(())
    }

    fn stop(mut self, progress: &mut dyn Progress) -> Result<Outcome, ExperimentError> {
        progress.ends();
        self.checkpoint()?;
        self.say(Phase::Stopped)?;
        let time = self.grid.time(self.simulation.step());
        Ok(self.outcome(Vec::new(), Ending::Stopped { time }))
    }

    fn finish(mut self) -> Result<Outcome, ExperimentError> {
        let start = Instant::now();
        let recorder = std::mem::replace(
            &mut self.recorder,
            Recorder::new(self.folder.records(), Vec::new()),
        );
        let tables = recorder.finish(self.options.keeps_tables)?;
        self.seconds.writing += start.elapsed().as_secs_f64();
        let (recordings, mut leaves) = self.measure(&tables)?;
        if self.learned.is_some() && !self.options.of_a_sweep {
            of_one_network(self.experiment, &mut leaves);
        }
        let folder = self.folder.records();
        let state = self.state(Phase::Finished);
        let page = self.options.page;
        let is_point = self.options.of_a_sweep;
        let (begin, earlier) = (self.begin, self.earlier_seconds);
        let measured = match self.options.of_a_sweep {
            true => Ok(Measured::default()),
            false => Measured::of(self.experiment, self.measuring, &leaves, self.options.quick),
        };
        let (mut outcome, results) = self.outcome_and_folder(tables, Ending::Finished);
        outcome.recordings = recordings;
        outcome.measured = measured.map_err(ExperimentError::Build)?;
        if !is_point {
            results.write("summary.json", &summary::of(&outcome))?;
        }
        if let Some(page) = page {
            results.write("report.html", &page(&outcome))?;
        }
        results.set_state(&state)?;
        remove_parts(&folder)?;
        results.tidy()?;
        outcome.seconds.total = earlier + begin.elapsed().as_secs_f64();
        Ok(outcome)
    }

    /// Reads the tables back, measures the run, and keeps what was measured.
    fn measure(&self, tables: &[Table]) -> Result<(Recordings, Leaves), ExperimentError> {
        let facts = self.simulation.facts();
        let recordings = Recordings::read(tables, &facts, self.experiment)?;
        let notes = RefCell::default();
        let run = Run {
            experiment: self.experiment,
            recordings: &recordings,
            data: self.options.data.as_deref(),
            learned: self.learned.as_ref(),
            notes: &notes,
        };
        let mut leaves = Leaves::gather(self.measuring, &run, &self.simulation);
        leaves.notes = notes.into_inner();
        leaves.notes.sort();
        leaves.notes.dedup();
        // Of a run of a sweep the file also says that the run is done.
        if self.options.of_a_sweep || !leaves.arrays.is_empty() {
            leaves_file::write(&self.folder.path().join("measures.safetensors"), &leaves)?;
        }
        Ok((recordings, leaves))
    }

    fn outcome(self, tables: Vec<Table>, ending: Ending) -> Outcome {
        self.outcome_and_folder(tables, ending).0
    }

    fn outcome_and_folder(
        mut self,
        tables: Vec<Table>,
        ending: Ending,
    ) -> (Outcome, ResultsFolder) {
        self.seconds.total = self.total_seconds();
        self.seconds.running += self.earlier_running;
        let outcome = Outcome {
            experiment: self.experiment.clone(),
            folder: self.folder.path().to_owned(),
            ending,
            facts: self.simulation.facts(),
            counts: self.counts(),
            stages: self.simulation.timings(),
            tables,
            recordings: Recordings::default(),
            learned: self.learned,
            measured: Measured::default(),
            threads: self.simulation.threads(),
            seconds: self.seconds,
            notes: self.options.notes.clone(),
            description: self.description,
        };
        (outcome, self.folder)
    }

    fn total_seconds(&self) -> f64 {
        self.earlier_seconds + self.begin.elapsed().as_secs_f64()
    }

    fn counts(&self) -> Counts {
        let (now, earlier) = (self.simulation.counts(), self.earlier_counts);
        Counts {
            spikes: now.spikes + earlier.spikes,
            synaptic_events: now.synaptic_events + earlier.synaptic_events,
            cell_updates: now.cell_updates + earlier.cell_updates,
            plastic_updates: now.plastic_updates + earlier.plastic_updates,
        }
    }

    fn moment(&self) -> Moment {
        let step = self.simulation.step();
        Moment {
            step,
            steps: self.simulation.steps(),
            time: self.grid.time(step),
            duration: self.grid.time(self.simulation.steps()),
            running: Duration::from_secs_f64(self.seconds.running),
            since: step - self.first_step,
        }
    }

    fn state(&self, phase: Phase) -> State {
        State {
            oscine: crate::version::VERSION.to_owned(),
            state: phase,
            step: self.simulation.step(),
            steps: self.simulation.steps(),
            time: self.grid.time(self.simulation.step()),
            seconds: self.total_seconds(),
            quick: self.options.quick,
        }
    }

    fn say(&self, phase: Phase) -> Result<(), ExperimentError> {
        self.folder.set_state(&self.state(phase))
    }
}
