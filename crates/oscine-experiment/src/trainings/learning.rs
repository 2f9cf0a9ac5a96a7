//! A training: from a description with layers to a results folder with the weights, the course of the training and what was measured.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::time::Instant;

use oscine_engine::Facts;
use oscine_equations::lanes::Real;
use oscine_layers::{Array, Epoch, Judgement, LayerFacts, Training};
use oscine_network::{Examples, Experiment, Precision};
use oscine_tasks::Split;
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::error::ExperimentError;
use crate::files::folder::{Phase, ResultsFolder, State};
use crate::judging::decomposition::of_one_network;
use crate::judging::leaves::Leaves;
use crate::judging::leaves_file;
use crate::judging::measured::Measured;
use crate::judging::measuring::Measuring;
use crate::measures::Run;
use crate::runs::options::RunOptions;
use crate::runs::outcome::{Ending, Outcome, Seconds};
use crate::runs::progress::Progress;
use crate::runs::summary;
use crate::simulations::recordings::Recordings;
use crate::trainings::backpropagation;
use crate::trainings::checkpoint::{self as checkpoint, bytes_of};
use crate::trainings::given_weights;
use crate::trainings::looked_at::{self, Seen, Weights};
use crate::version::VERSION;

/// What came of a training.
#[derive(Clone, Debug)]
pub struct Learned {
    /// Each epoch.
    pub history: Vec<Epoch>,
    /// The epoch whose weights were kept, from 0.
    pub best: usize,
    /// The examples that were learned from, as the trained network sees them.
    pub training: Judged,
    /// Those kept for validation.
    pub validation: Judged,
    /// Those kept for the test.
    pub test: Judged,
    /// What backpropagation asks, where measures of that kind want it, by their number of examples.
    pub asked: Vec<(usize, backpropagation::AskedOf)>,
    /// The weights of each layer that has any.
    pub weights: Vec<Weights>,
    /// What each layer says of one example, and of each class on average.
    pub responses: Vec<Seen>,
    /// The greatest curvature of the loss of what was learned from, where a measure asks for it; else NaN.
    pub sharpness: f64,
}

/// What a trained network says of some examples.
#[derive(Clone, Debug)]
pub struct Judged {
    /// How many there are.
    pub examples: usize,
    /// What came out: loss, accuracy, outputs.
    pub judgement: Judgement,
    /// What should have come out, `[example][output]`.
    pub targets: Vec<f64>,
}

/// How a training ended.
pub(crate) enum Trained {
    /// At its end.
    Finished(Box<Learned>),
    /// Stopped by the user; it can go on.
    Stopped {
        /// Epochs done.
        done: usize,
        /// Epochs in all.
        epochs: usize,
    },
}

/// A training in a folder that is there already: alone, or before the neurons of the same file run.
pub(crate) struct TrainingCourse<'a> {
    pub experiment: &'a Experiment,
    pub options: &'a RunOptions,
    pub folder: &'a ResultsFolder,
    pub description: &'a str,
    /// Where the wall time went, s.
    pub seconds: Seconds,
    begin: Instant,
}

/// Trains the layers of an experiment that has nothing else, from the checkpoint in its folder, where there is one.
pub(crate) fn carry_out(
    experiment: &Experiment,
    measuring: &Measuring,
    options: &RunOptions,
    folder: ResultsFolder,
    description: String,
    progress: &mut dyn Progress,
) -> Result<Outcome, ExperimentError> {
    let mut course = TrainingCourse::new(experiment, options, &folder, &description);
    let trained = course.run(progress)?;
    let (seconds, begin) = (course.seconds, course.begin);
    let mut outcome = Outcome {
        threads: options.threads.most(),
        experiment: experiment.clone(),
        folder: folder.path().to_owned(),
        ending: Ending::Finished,
        facts: Facts::default(),
        counts: Default::default(),
        stages: Vec::new(),
        tables: Vec::new(),
        recordings: Recordings::default(),
        learned: None,
        measured: Measured::default(),
        seconds,
        notes: options.notes.clone(),
        description,
    };
    match trained {
        Trained::Stopped { done, epochs } => {
            outcome.ending = Ending::TrainingStopped { done, epochs };
        }
        Trained::Finished(learned) => {
            outcome.measured = measured(experiment, measuring, options, &folder, &learned)?;
            let epochs = learned.history.len();
            outcome.learned = Some(*learned);
            conclude(&mut outcome, options, folder, (epochs, begin))?;
        }
    }
    outcome.seconds.total = begin.elapsed().as_secs_f64();
    Ok(outcome)
}

/// The layers of an experiment as they would be built, and how many examples there are to learn from, to validate with and to test with.
///
/// # Errors
/// Examples that cannot be had, layers that do not fit them.
pub fn layers_of(
    experiment: &Experiment,
    data: Option<&Path>,
) -> Result<(Vec<LayerFacts>, [usize; 3]), ExperimentError> {
    let split = examples(experiment, data)?;
    let layers = begin::<f32>(experiment, &split, 1)?.layers();
    let counts = [&split.training, &split.validation, &split.test].map(|set| set.len());
    Ok((layers, counts))
}

fn examples(experiment: &Experiment, data: Option<&Path>) -> Result<Split, ExperimentError> {
    let task = experiment.task.as_ref().ok_or(ExperimentError::NoTask)?;
    let seed = experiment.run.seed;
    oscine_tasks::load(task, seed, &experiment.folder, data)
        .map_err(|error| ExperimentError::Task(Box::new(error)))
}

fn begin<'a, R: Real>(
    experiment: &Experiment,
    split: &'a Split,
    threads: usize,
) -> Result<Training<'a, R>, ExperimentError> {
    let (training, validation) = (&split.training, &split.validation);
    let mut training = Training::new(experiment, training, validation, threads)
        .map_err(|error| ExperimentError::Layers(Box::new(error)))?;
    given_weights::put(experiment, &mut training)?;
    Ok(training)
}

impl<'a> TrainingCourse<'a> {
    pub(crate) fn new(
        experiment: &'a Experiment,
        options: &'a RunOptions,
        folder: &'a ResultsFolder,
        description: &'a str,
    ) -> Self {
        Self {
            experiment,
            options,
            folder,
            description,
            begin: Instant::now(),
            seconds: Seconds::default(),
        }
    }

    /// Trains, and leaves the weights and the course of the training in the folder.
    pub(crate) fn run(&mut self, progress: &mut dyn Progress) -> Result<Trained, ExperimentError> {
        match self.experiment.run.precision {
            Precision::Single => self.train::<f32>(progress),
            Precision::Double => self.train::<f64>(progress),
        }
    }

    fn train<R: Real>(&mut self, progress: &mut dyn Progress) -> Result<Trained, ExperimentError> {
        let training = self.experiment.training.as_ref();
        let epochs = training.map_or(0, |training| training.epochs);
        let split = examples(self.experiment, self.options.data.as_deref())?;
        let mut training = begin::<R>(self.experiment, &split, self.options.threads.most())?;
        self.seconds.building = self.begin.elapsed().as_secs_f64();
        let path = self.folder.training_checkpoint(self.experiment);
        if let Some(state) = checkpoint::read::<R>(&path, self.description)? {
            let restored = training.restore(state);
            restored.map_err(|error| ExperimentError::Layers(Box::new(error)))?;
        }
        self.say(Phase::Running, training.history().len(), epochs)?;
        let mut saved = Instant::now();
        let start = Instant::now();
        while !training.is_finished() {
            if self.options.is_stopped() {
                progress.ends();
                let done = training.history().len();
                checkpoint::write(&path, &training.state(), self.description)?;
                self.say(Phase::Stopped, done, epochs)?;
                return Ok(Trained::Stopped { done, epochs });
            }
            let epoch = training.epoch().map_err(|error| {
                // The reason is what counts; where the folder cannot be written either, that was said before.
                let _ = self.say(Phase::Failed, training.history().len(), epochs);
                ExperimentError::Training {
                    error: Box::new(error),
                    folder: self.folder.path().to_owned(),
                }
            })?;
            let done = training.history().len();
            if saved.elapsed() >= self.options.checkpoint_every && !training.is_finished() {
                checkpoint::write(&path, &training.state(), self.description)?;
                self.say(Phase::Running, done, epochs)?;
                saved = Instant::now();
            }
            progress.learns(done, epochs, &epoch, start.elapsed());
        }
        if self.experiment.has_time() {
            // What goes on after the training begins from here.
            checkpoint::write(&path, &training.state(), self.description)?;
        }
        progress.ends();
        self.seconds.running = start.elapsed().as_secs_f64();
        let learned = finish(self.experiment, &mut training, &split);
        self.write(&learned, &training.weights())?;
        Ok(Trained::Finished(Box::new(learned)))
    }

    /// The weights, and the course of the training as a table.
    fn write<R: Real>(
        &self,
        learned: &Learned,
        weights: &[Array<R>],
    ) -> Result<(), ExperimentError> {
        let mut text =
            String::from("epoch,loss,accuracy,validation_loss,validation_accuracy,rate\n");
        for (number, epoch) in learned.history.iter().enumerate() {
            let numbers = [
                epoch.loss,
                epoch.accuracy,
                epoch.validation_loss,
                epoch.validation_accuracy,
                epoch.rate,
            ];
            text.push_str(&(number + 1).to_string());
            for number in numbers {
                text.push(',');
                if number.is_finite() {
                    text.push_str(&number.to_string());
                }
            }
            text.push('\n');
        }
        self.folder.write("training.csv", &text)?;
        let dtype = if R::BYTES == 4 {
            Dtype::F32
        } else {
            Dtype::F64
        };
        let bytes: Vec<Vec<u8>> = weights
            .iter()
            .map(|array| bytes_of(&array.values))
            .collect();
        let views = weights.iter().zip(&bytes).filter_map(|(array, bytes)| {
            let view = TensorView::new(dtype, array.shape.clone(), bytes).ok()?;
            Some((array.name.clone(), view))
        });
        let path = self.folder.path().join("weights.safetensors");
        let failed =
            |reason: String| ExperimentError::writing(&path, std::io::Error::other(reason));
        let file =
            safetensors::serialize(views, None).map_err(|error| failed(error.to_string()))?;
        fs::write(&path, file).map_err(|error| ExperimentError::writing(&path, error))
    }

    fn say(&self, phase: Phase, done: usize, all: usize) -> Result<(), ExperimentError> {
        let state = state(self.options, phase, (done, all), self.begin);
        self.folder.set_state(&state)
    }
}

fn state(options: &RunOptions, phase: Phase, (done, all): (usize, usize), begin: Instant) -> State {
    State {
        oscine: VERSION.to_owned(),
        state: phase,
        step: done as u64,
        steps: all as u64,
        time: 0.0,
        seconds: begin.elapsed().as_secs_f64(),
        quick: options.quick,
    }
}

/// Measures what was learned, and keeps what was measured.
fn measured(
    experiment: &Experiment,
    measuring: &Measuring,
    options: &RunOptions,
    folder: &ResultsFolder,
    learned: &Learned,
) -> Result<Measured, ExperimentError> {
    let recordings = Recordings::default();
    let notes = RefCell::default();
    let run = Run {
        experiment,
        recordings: &recordings,
        data: options.data.as_deref(),
        learned: Some(learned),
        notes: &notes,
    };
    let mut leaves = Leaves::of_models(measuring, &run);
    leaves.notes = notes.into_inner();
    if options.of_a_sweep || !leaves.arrays.is_empty() {
        leaves_file::write(&folder.path().join("measures.safetensors"), &leaves)?;
    }
    if options.of_a_sweep {
        return Ok(Measured::default());
    }
    of_one_network(experiment, &mut leaves);
    Measured::of(experiment, measuring, &leaves, options.quick).map_err(ExperimentError::Build)
}

/// Writes what a person reads, and says that all is done.
fn conclude(
    outcome: &mut Outcome,
    options: &RunOptions,
    folder: ResultsFolder,
    (epochs, begin): (usize, Instant),
) -> Result<(), ExperimentError> {
    outcome.seconds.total = begin.elapsed().as_secs_f64();
    if !options.of_a_sweep {
        folder.write("summary.json", &summary::of(outcome))?;
    }
    if let Some(page) = options.page {
        folder.write("report.html", &page(outcome))?;
    }
    let training = outcome.experiment.training.as_ref();
    let all = training.map_or(0, |training| training.epochs);
    folder.set_state(&state(options, Phase::Finished, (epochs, all), begin))?;
    folder.tidy()
}

fn finish<R: Real>(experiment: &Experiment, training: &mut Training<R>, split: &Split) -> Learned {
    let best = training.finish();
    let mut measures = experiment.measures.iter();
    let is_asked = measures.any(|(_, measure)| measure.what.as_deref() == Some("sharpness"));
    let sharpness = match is_asked {
        true => training.sharpness(&split.training),
        false => f64::NAN,
    };
    let asked = backpropagation::asked(experiment, training, &split.training);
    let mut judged = |examples: &Examples| Judged {
        examples: examples.len(),
        judgement: training.judge(examples),
        targets: examples.targets.as_values(),
    };
    Learned {
        best,
        training: judged(&split.training),
        validation: judged(&split.validation),
        test: judged(&split.test),
        asked,
        weights: looked_at::weights(training),
        responses: looked_at::responses(training, split),
        history: training.history().to_vec(),
        sharpness,
    }
}
