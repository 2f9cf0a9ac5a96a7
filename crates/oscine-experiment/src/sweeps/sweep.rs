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
use oscine_network::{Experiment, Sweep, Value};
use oscine_threads::queue;

use crate::error::ExperimentError;
use crate::files::folder::{RunPhase, remove_if_there};
use crate::files::table_reader::TableReader;
use crate::files::task_examples::TaskExamples;
use crate::judging::decomposition::Decomposition;
use crate::judging::leaves::FormulaLeaves;
use crate::judging::leaves_file;
use crate::judging::measured::Measured;
use crate::judging::measuring::Measuring;
use crate::runs::course::{self, reopen};
use crate::runs::options::RunOptions;
use crate::runs::outcome::{Ending, Outcome};
use crate::runs::progress::Progress;
use crate::runs::run_folder::{Begun, Reached, RunFolder};
use crate::simulations::building::build;
use crate::simulations::recorder::{RecordTable, record_files};
use crate::simulations::recordings::Recordings;
use crate::sweeps::points::Points;
use crate::sweeps::table;
use crate::sweeps::together::{failures, together};
use crate::trainings::building::layers_of;

/// Carries a sweep out in a new folder, or goes on in the one in which it was begun.
///
/// # Errors
/// As for a single run, and where a point of the sweep is not possible.
pub(crate) fn carry_out(
    experiment: &Experiment,
    sweep: &Sweep,
    options: &RunOptions,
    begun: Option<Begun>,
    progress: &mut dyn Progress,
) -> Result<Outcome, ExperimentError> {
    let measuring =
        Measuring::read(experiment).map_err(|error| ExperimentError::Build(Box::new(error)))?;
    let build = || tried(experiment, options);
    let (folder, facts) = RunFolder::claim(experiment, options, begun, build)?;
    let course = SweepCourse {
        sweep,
        // Its runs have no sweep and no short form of their own, which would be checked again for each.
        each: Experiment {
            sweep: None,
            quick: Vec::new(),
            ..experiment.clone()
        },
        folder,
        measuring,
        facts,
        rehearsed: AtomicBool::new(false),
    };
    course.run(progress)
}

/// Builds the network as the file has it, so that what is wrong with it is said before the first run. Returns its facts.
fn tried(experiment: &Experiment, options: &RunOptions) -> Result<Facts, ExperimentError> {
    let examples = TaskExamples::of(experiment, options.data.as_deref());
    if experiment.training.is_some() {
        layers_of(experiment, &examples)?;
    }
    match experiment.has_time() {
        true => Ok(build(experiment, Threads::Exactly(1), &examples)?.facts()),
        false => Ok(Facts::default()),
    }
}

/// A sweep on its way.
struct SweepCourse<'a> {
    sweep: &'a Sweep,
    /// What each run is made from.
    each: Experiment,
    folder: RunFolder<'a>,
    measuring: Measuring,
    /// The network as the file has it, for its facts.
    facts: Facts,
    /// Whether the formulas were tried on what one run measured.
    rehearsed: AtomicBool,
}

impl SweepCourse<'_> {
    fn run(self, progress: &mut dyn Progress) -> Result<Outcome, ExperimentError> {
        let options = self.folder.options;
        let points = Points::new(self.sweep, self.folder.experiment.run.seed);
        let all = points.count();
        let part = options.part;
        let missing: Vec<usize> = (0..all)
            .filter(|&run| part.is_none_or(|part| part.holds(run)))
            .filter(|&run| !self.measures(run).is_file())
            .collect();
        let there = || (0..all).filter(|&run| self.measures(run).is_file()).count();
        let first = there();
        self.folder
            .say(RunPhase::Running, Reached::of(first, all))?;
        let running = Instant::now();
        let carried_out = self.carry_out(&points, &missing, &mut |done| {
            progress.sweeps(first + done, all, first + missing.len(), running.elapsed());
        });
        progress.ends();
        carried_out?;
        let done = there();
        let running = running.elapsed().as_secs_f64();
        if done < all {
            let ending = match options.is_stopped() {
                true => Ending::SweepStopped { done, all },
                false => Ending::PartDone { done, all },
            };
            self.folder.say(RunPhase::Stopped, Reached::of(done, all))?;
            return Ok(self.outcome(ending, running));
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
        let threads = self.folder.options.threads.most().max(1);
        let workers = threads.min(missing.len().max(1));
        let each = Threads::Exactly((threads / workers).max(1));
        let work = |&run: &usize| match self.folder.options.is_stopped() {
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
        let settings: Vec<(String, Value)> = points
            .settings(run_number)
            .into_iter()
            .map(|(key, value)| (key, Value::parse(&value)))
            .collect();
        let experiment =
            self.each
                .with_values(&settings)
                .map_err(|errors| ExperimentError::Description {
                    path: self.folder.results.description(),
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
            ..self.folder.options.clone()
        };
        match carried_out(&experiment, &options) {
            Ok(outcome) if outcome.ending != Ending::Finished => return Ok(false),
            Ok(_) => self.rehearse(points, run_number)?,
            // A state that is not finite at one point is a result of the sweep, and no reason to lose the others.
            Err(error @ (ExperimentError::Run { .. } | ExperimentError::Training { .. })) => {
                let mut leaves = FormulaLeaves::default();
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
            self.folder.experiment,
            &self.measuring,
            leaves,
            self.folder.options.quick,
        )
        .map(|_| ())
        .map_err(ExperimentError::Build)
    }

    /// What each run measured, and all of it along the axes of the sweep.
    fn assembled(
        &self,
        points: &Points,
        measured: impl Fn(usize) -> Result<FormulaLeaves, ExperimentError>,
    ) -> Result<(Vec<FormulaLeaves>, FormulaLeaves), ExperimentError> {
        let axes = points.axes();
        let mut each = Vec::with_capacity(points.count());
        let mut decomposition = Decomposition::default();
        for first in (0..points.count()).step_by(points.repeats()) {
            let point = (first..first + points.repeats()).map(&measured);
            let mut point = point.collect::<Result<Vec<FormulaLeaves>, ExperimentError>>()?;
            decomposition.take(self.folder.experiment, &mut point);
            each.extend(point);
        }
        let mut leaves = together(&axes, &each, self.folder.experiment);
        decomposition.put(&axes, &mut leaves);
        Ok((each, leaves))
    }

    /// Puts what the runs measured together, and evaluates the formulas on it.
    fn finish(self, points: &Points, running: f64) -> Result<Outcome, ExperimentError> {
        let RunFolder {
            experiment,
            options,
            results,
            ..
        } = &self.folder;
        let (each, leaves) =
            self.assembled(points, |run| leaves_file::read(&self.measures(run)))?;
        let mut measured = Measured::of(experiment, &self.measuring, leaves, options.quick)
            .map_err(ExperimentError::Build)?;
        measured.failures.extend(failures(&each));
        table::write(&results.path().join("sweep.parquet"), points, &measured)?;
        let (tables, recordings) = self.first_run()?;
        let mut outcome = Outcome {
            tables,
            recordings,
            measured,
            ..self.outcome(Ending::Finished, running)
        };
        if !self.sweep.keep_records && !outcome.tables.is_empty() {
            outcome.notes.push(
                "the records of the first run are kept and drawn; of the others what was measured is kept \
                 (`keep_records = true` in [sweep] keeps all)"
                    .into(),
            );
        }
        let all = points.count();
        self.folder.conclude(&outcome, Reached::of(all, all))?;
        Ok(outcome)
    }

    /// The tables of the first run, which is kept so that a person can look at it.
    fn first_run(&self) -> Result<(Vec<RecordTable>, Recordings), ExperimentError> {
        let folder = self.point_folder(0);
        if !folder.join("progress.json").is_file() {
            return Ok(Default::default());
        }
        let mut tables = Vec::new();
        for (_, files) in record_files(&folder)? {
            for path in files {
                let reader = TableReader::open(&path)?;
                let (schema, rows) = (reader.schema().clone(), reader.rows());
                tables.push(RecordTable::on_disk(schema, path, rows));
            }
        }
        let recordings = Recordings::read(&mut tables, &self.facts, self.folder.experiment)?;
        Ok((tables, recordings))
    }

    fn point_folder(&self, run: usize) -> PathBuf {
        self.folder
            .results
            .path()
            .join("points")
            .join(format!("{run:06}"))
    }

    fn measures(&self, run: usize) -> PathBuf {
        self.point_folder(run).join("measures.safetensors")
    }

    /// What came of it, as far as it came.
    fn outcome(&self, ending: Ending, running: f64) -> Outcome {
        let mut outcome = self.folder.outcome(ending);
        outcome.facts = self.facts.clone();
        outcome.seconds.running = running;
        outcome
    }
}

/// Carries one run out, or goes on with it where it was begun.
fn carried_out(experiment: &Experiment, options: &RunOptions) -> Result<Outcome, ExperimentError> {
    let folder = &options.folder;
    let is_begun =
        folder.join("progress.json").is_file() && folder.join("experiment.toml").is_file();
    if is_begun {
        let (experiment, options, begun) = reopen(options)?;
        return course::carry_out(&experiment, &options, Some(begun), &mut ());
    }
    course::carry_out(experiment, options, None, &mut ())
}
