//! A sweep: the same experiment at each combination of values, with several seeds each, on all cores.
//!
//! Each run has a folder of its own below `points/`, and leaves there what it measured. A sweep that was stopped goes on with the runs that are
//! missing; parts of it (`--part 2/8`) may be carried out elsewhere, and their `points/` put together. Once all runs are there, formulas are evaluated on
//! what they measured, laid out along the keys of the sweep.

use std::ops::ControlFlow::{Break, Continue};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use oscine_engine::{Facts, Threads};
use oscine_network::{Experiment, Sweep};
use oscine_threads::queue;

use crate::error::ExperimentError;
use crate::files::folder::{Phase, ResultsFolder, State, remove_if_there};
use crate::files::table_reader::TableReader;
use crate::judging::decomposition::Decomposition;
use crate::judging::leaves::Leaves;
use crate::judging::leaves_file;
use crate::judging::measured::Measured;
use crate::judging::measuring::Measuring;
use crate::runs::described::described;
use crate::runs::options::RunOptions;
use crate::runs::outcome::{Ending, Outcome, Seconds};
use crate::runs::progress::Progress;
use crate::runs::run::{resume, run};
use crate::runs::summary;
use crate::simulations::building::build;
use crate::simulations::recorder::{Table, record_files};
use crate::simulations::recordings::Recordings;
use crate::sweeps::points::Points;
use crate::sweeps::table as sweep_table;
use crate::sweeps::together::{failures, together};
use crate::trainings::learning;

/// Carries a sweep out, or goes on with one in a folder that `begun` says is its.
///
/// # Errors
/// As for a single run, and where a point of the sweep is not possible.
pub(crate) fn carry_out(
    experiment: &Experiment,
    sweep: &Sweep,
    options: &RunOptions,
    begun: bool,
    progress: &mut dyn Progress,
) -> Result<Outcome, ExperimentError> {
    let begin = Instant::now();
    let measuring =
        Measuring::read(experiment).map_err(|error| ExperimentError::Build(Box::new(error)))?;
    let folder = match begun {
        true => ResultsFolder::open(&options.folder)?,
        false => ResultsFolder::create(&options.folder, options.overwrite)?,
    };
    let data = options.data.as_deref();
    let layers = match experiment.training {
        Some(_) => learning::layers_of(experiment, data).map(|_| ()),
        None => Ok(()),
    };
    let facts = layers.and_then(|()| match experiment.has_time() {
        true => build(experiment, Threads::Exactly(1), data).map(|simulation| simulation.facts()),
        false => Ok(Facts::default()),
    });
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) => {
            folder.withdraw();
            return Err(error);
        }
    };
    let description = described(experiment);
    folder.write("experiment.toml", &description)?;
    let course = Course {
        experiment,
        sweep,
        // Its runs have no sweep and no short form of their own, which would be checked again for each.
        each: Experiment {
            sweep: None,
            quick: Vec::new(),
            ..experiment.clone()
        },
        options,
        measuring,
        folder,
        facts,
        description,
        begin,
        rehearsed: AtomicBool::new(false),
    };
    course.run(progress)
}

struct Course<'a> {
    experiment: &'a Experiment,
    sweep: &'a Sweep,
    /// What each run is made from.
    each: Experiment,
    options: &'a RunOptions,
    measuring: Measuring,
    folder: ResultsFolder,
    /// The network as the file has it, for its facts.
    facts: Facts,
    description: String,
    begin: Instant,
    /// Whether the formulas were tried on what one run measured.
    rehearsed: AtomicBool,
}

impl Course<'_> {
    fn run(self, progress: &mut dyn Progress) -> Result<Outcome, ExperimentError> {
        let points = Points::new(self.sweep, self.experiment.run.seed);
        let all = points.count();
        let part = self.options.part;
        let missing: Vec<usize> = (0..all)
            .filter(|&run| part.is_none_or(|part| part.holds(run)))
            .filter(|&run| !self.measures(run).is_file())
            .collect();
        let there = |course: &Self| {
            (0..all)
                .filter(|&run| course.measures(run).is_file())
                .count()
        };
        let first = there(&self);
        self.say(Phase::Running, first, all)?;
        let running = Instant::now();
        let carried_out = self.carry_out(&points, &missing, &mut |done| {
            progress.sweeps(first + done, all, first + missing.len(), running.elapsed());
        });
        progress.ends();
        carried_out?;
        let done = there(&self);
        let running = running.elapsed().as_secs_f64();
        if done < all {
            let stopped = self.options.is_stopped();
            self.say(Phase::Stopped, done, all)?;
            let ending = match stopped {
                true => Ending::SweepStopped { done, all },
                false => Ending::PartDone { done, all },
            };
            return Ok(self.outcome(ending, running).0);
        }
        self.finish(&points, running)
    }

    /// Each run that is missing, as many at a time as there are threads.
    fn carry_out(
        &self,
        points: &Points,
        missing: &[usize],
        done: &mut dyn FnMut(usize),
    ) -> Result<(), ExperimentError> {
        let threads = self.options.threads.most().max(1);
        let workers = threads.min(missing.len().max(1));
        let each = Threads::Exactly((threads / workers).max(1));
        let work = |&run: &usize| match self.options.is_stopped() {
            true => Break(Ok(false)),
            false => match self.point(points, run, each) {
                Ok(done) => Continue(Ok(done)),
                Err(error) => Break(Err(error)),
            },
        };
        let (mut finished, mut first_error) = (0, None);
        queue(workers, missing, work, |result| {
            match result {
                Ok(true) => finished += 1,
                Ok(false) => {}
                Err(error) => {
                    first_error.get_or_insert(error);
                }
            }
            done(finished);
        });
        first_error.map_or(Ok(()), Err)
    }

    /// One run: what it measured is in its folder afterwards. False where it was stopped.
    fn point(
        &self,
        points: &Points,
        run_number: usize,
        threads: Threads,
    ) -> Result<bool, ExperimentError> {
        let settings = points.settings(run_number);
        let settings: Vec<(&str, &str)> = settings
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        let experiment =
            self.each
                .with_settings(&settings)
                .map_err(|errors| ExperimentError::Description {
                    path: self.folder.description(),
                    errors: Box::new(errors),
                })?;
        let folder = self.point_folder(run_number);
        let options = RunOptions {
            folder: folder.clone(),
            overwrite: true,
            threads,
            page: None,
            of_a_sweep: true,
            keeps_tables: run_number == 0 || self.sweep.keep_records,
            part: None,
            ..self.options.clone()
        };
        let begun =
            folder.join("progress.json").is_file() && folder.join("experiment.toml").is_file();
        let outcome = match begun {
            true => resume(&options, &mut ()),
            false => run(&experiment, &options, &mut ()),
        };
        match outcome {
            Ok(outcome)
                if matches!(
                    outcome.ending,
                    Ending::Stopped { .. } | Ending::TrainingStopped { .. }
                ) =>
            {
                return Ok(false);
            }
            Ok(_) => self.rehearse(points, run_number)?,
            // A state that is not finite at one point is a result of the sweep, and no reason to lose the others.
            Err(error @ (ExperimentError::Run { .. } | ExperimentError::Training { .. })) => {
                let mut leaves = Leaves::default();
                leaves.failed.insert("run".into(), error.to_string());
                leaves_file::write(&self.measures(run_number), &leaves)?;
            }
            Err(error) => return Err(error),
        }
        if run_number > 0 && !self.sweep.keep_records {
            let records = folder.join("records");
            std::fs::remove_dir_all(&records)
                .map_err(|error| ExperimentError::writing(&records, error))?;
            for name in [
                "experiment.toml",
                "progress.json",
                "weights.safetensors",
                "training.csv",
            ] {
                remove_if_there(&folder.join(name))?;
            }
        }
        Ok(true)
    }

    /// Evaluates the formulas as if all runs had measured what the first that ended has: a mistake in them is said then, and not after
    /// the last run.
    fn rehearse(&self, points: &Points, run: usize) -> Result<(), ExperimentError> {
        if self.rehearsed.load(Ordering::Relaxed) {
            return Ok(());
        }
        let leaves = leaves_file::read(&self.measures(run))?;
        if !leaves.failed.is_empty() || self.rehearsed.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let (_, leaves) = self.assembled(points, |_| Ok(leaves.clone()))?;
        Measured::of(
            self.experiment,
            &self.measuring,
            &leaves,
            self.options.quick,
        )
        .map(|_| ())
        .map_err(ExperimentError::Build)
    }

    /// What each run measured, and all of it along the axes of the sweep.
    fn assembled(
        &self,
        points: &Points,
        measured: impl Fn(usize) -> Result<Leaves, ExperimentError>,
    ) -> Result<(Vec<Leaves>, Leaves), ExperimentError> {
        let axes = points.axes();
        let mut each = Vec::with_capacity(points.count());
        let mut decomposition = Decomposition::default();
        for first in (0..points.count()).step_by(points.repeats()) {
            let point = (first..first + points.repeats()).map(&measured);
            let mut point = point.collect::<Result<Vec<Leaves>, ExperimentError>>()?;
            decomposition.take(self.experiment, &mut point);
            each.extend(point);
        }
        let mut leaves = together(&axes, &each, self.experiment);
        decomposition.put(&axes, &mut leaves);
        Ok((each, leaves))
    }

    /// Puts what the runs measured together, and evaluates the formulas on it.
    fn finish(self, points: &Points, running: f64) -> Result<Outcome, ExperimentError> {
        let (each, leaves) =
            self.assembled(points, |run| leaves_file::read(&self.measures(run)))?;
        let quick = self.options.quick;
        let mut measured = Measured::of(self.experiment, &self.measuring, &leaves, quick)
            .map_err(ExperimentError::Build)?;
        measured.failures.extend(failures(&each));
        sweep_table::write(&self.folder.path().join("sweep.parquet"), points, &measured)?;
        let (tables, recordings) = self.first_run()?;
        let page = self.options.page;
        let state = self.state(Phase::Finished, points.count(), points.count());
        let keeps_records = self.sweep.keep_records;
        let (mut outcome, results) = self.outcome(Ending::Finished, running);
        outcome.measured = measured;
        outcome.recordings = recordings;
        outcome.tables = tables;
        if !keeps_records && !outcome.tables.is_empty() {
            outcome.notes.push(
                "the records of the first run are kept and drawn; of the others what was measured is kept \
                 (`keep_records = true` in [sweep] keeps all)"
                    .into(),
            );
        }
        results.write("summary.json", &summary::of(&outcome))?;
        if let Some(page) = page {
            results.write("report.html", &page(&outcome))?;
        }
        results.set_state(&state)?;
        Ok(outcome)
    }

    /// The tables of the first run, which is kept so that a person can look at it.
    fn first_run(&self) -> Result<(Vec<Table>, Recordings), ExperimentError> {
        let folder = self.point_folder(0);
        if !folder.join("progress.json").is_file() {
            return Ok(Default::default());
        }
        let mut tables = Vec::new();
        for (_, files) in record_files(&folder)? {
            for path in files {
                let reader = TableReader::open(&path)?;
                let (schema, rows) = (reader.schema().clone(), reader.rows());
                tables.push(Table::on_disk(schema, path, rows));
            }
        }
        let recordings = Recordings::read(&tables, &self.facts, self.experiment)?;
        Ok((tables, recordings))
    }

    fn point_folder(&self, run: usize) -> PathBuf {
        self.folder.path().join("points").join(format!("{run:06}"))
    }

    fn measures(&self, run: usize) -> PathBuf {
        self.point_folder(run).join("measures.safetensors")
    }

    /// What came of it, and the folder, which stays locked as long as it is held.
    fn outcome(self, ending: Ending, running: f64) -> (Outcome, ResultsFolder) {
        let outcome = Outcome {
            experiment: self.experiment.clone(),
            folder: self.folder.path().to_owned(),
            ending,
            facts: self.facts,
            counts: Default::default(),
            stages: Vec::new(),
            tables: Vec::new(),
            recordings: Recordings::default(),
            learned: None,
            measured: Measured::default(),
            threads: self.options.threads.most(),
            seconds: Seconds {
                running,
                total: self.begin.elapsed().as_secs_f64(),
                ..Seconds::default()
            },
            notes: self.options.notes.clone(),
            description: self.description,
        };
        (outcome, self.folder)
    }

    fn say(&self, phase: Phase, done: usize, all: usize) -> Result<(), ExperimentError> {
        self.folder.set_state(&self.state(phase, done, all))
    }

    fn state(&self, phase: Phase, done: usize, all: usize) -> State {
        State {
            oscine: crate::version::VERSION.to_owned(),
            state: phase,
            step: done as u64,
            steps: all as u64,
            time: 0.0,
            seconds: self.begin.elapsed().as_secs_f64(),
            quick: self.options.quick,
        }
    }
}
