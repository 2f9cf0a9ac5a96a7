//! A training: from a description with layers to a results folder with the weights, the course of the training and what was measured.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::time::Instant;

use oscine_engine::{Facts, Threads};
use oscine_equations::lanes::Real;
use oscine_layers::{Array, Epoch, Examples, Judgement, LayerFacts, Shape, Targets, Training};
use oscine_network::{Experiment, Precision};
use oscine_tasks::Split;
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::backpropagation;
use crate::decomposition::decompose;
use crate::folder::{Phase, ResultsFolder, State};
use crate::given_weights;
use crate::learning_checkpoint::{self as checkpoint, bytes_of};
use crate::leaves::Leaves;
use crate::measured::Measured;
use crate::measures::Run;
use crate::measuring::Measuring;
use crate::run_options::RunOptions;
use crate::{
    Ending, ExperimentError, Outcome, Progress, Recordings, Seconds, VERSION, leaves_file, summary,
};

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

/// What the network, or one of its layers, makes of what it sees, to be looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The layer's name; `input` before the first.
    pub layer: String,
    /// Of one example.
    pub shape: Shape,
    /// Of the first example, `[channel, row, column]`.
    pub one: Vec<f64>,
    /// The mean over the examples of each class, `[class][channel, row, column]`; empty where the task has none.
    pub by_class: Vec<f64>,
    /// What the classes are called.
    pub classes: Vec<String>,
}

/// The weights of a layer, to be looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// The layer's name.
    pub layer: String,
    /// Units, or channels.
    pub units: usize,
    /// `[unit][input]`.
    pub values: Vec<f64>,
    /// Of the squares or images that they belong to: `[channel, row, column]` of one unit; a list where there are none.
    pub shape: Shape,
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

/// Trains the layers of an experiment in a folder that is there already, from the checkpoint in it, where there is one.
pub(crate) fn carry_out(
    experiment: &Experiment,
    measuring: &Measuring,
    options: &RunOptions,
    folder: ResultsFolder,
    description: String,
    progress: &mut dyn Progress,
) -> Result<Outcome, ExperimentError> {
    match experiment.run.precision {
        Precision::Single => {
            Course::<f32>::new(experiment, measuring, options, folder, description).run(progress)
        }
        Precision::Double => {
            Course::<f64>::new(experiment, measuring, options, folder, description).run(progress)
        }
    }
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
    let (training, validation) = (seen(&split.training), seen(&split.validation));
    let mut training = Training::new(experiment, training, validation, threads)
        .map_err(|error| ExperimentError::Layers(Box::new(error)))?;
    given_weights::put(experiment, &mut training)?;
    Ok(training)
}

/// Examples as the layers take them.
fn seen(examples: &oscine_tasks::Examples) -> Examples<'_> {
    let oscine_tasks::Shape {
        channels,
        height,
        width,
    } = examples.shape;
    Examples {
        inputs: &examples.inputs,
        shape: oscine_layers::Shape {
            channels,
            height,
            width,
        },
        targets: match &examples.targets {
            oscine_tasks::Targets::Classes { of, names } => Targets::Classes {
                of,
                count: names.len(),
            },
            oscine_tasks::Targets::Values { values, names } => Targets::Values {
                values,
                outputs: names.len(),
            },
        },
    }
}

/// A training on its way.
struct Course<'a, R> {
    experiment: &'a Experiment,
    measuring: &'a Measuring,
    options: &'a RunOptions,
    folder: ResultsFolder,
    description: String,
    begin: Instant,
    seconds: Seconds,
    real: std::marker::PhantomData<R>,
}

impl<'a, R: Real> Course<'a, R> {
    fn new(
        experiment: &'a Experiment,
        measuring: &'a Measuring,
        options: &'a RunOptions,
        folder: ResultsFolder,
        description: String,
    ) -> Self {
        Self {
            experiment,
            measuring,
            options,
            folder,
            description,
            begin: Instant::now(),
            seconds: Seconds::default(),
            real: std::marker::PhantomData,
        }
    }

    fn run(mut self, progress: &mut dyn Progress) -> Result<Outcome, ExperimentError> {
        let epochs = self
            .experiment
            .training
            .as_ref()
            .map_or(0, |training| training.epochs);
        let split = examples(self.experiment, self.options.data.as_deref())?;
        let mut training = begin::<R>(self.experiment, &split, self.threads())?;
        self.seconds.building = self.begin.elapsed().as_secs_f64();
        let path = self.folder.checkpoint();
        if let Some(state) = checkpoint::read::<R>(&path, &self.description)? {
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
                checkpoint::write(&path, &training.state(), &self.description)?;
                self.say(Phase::Stopped, done, epochs)?;
                return Ok(self
                    .outcome(Ending::TrainingStopped { done, epochs }, None)
                    .0);
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
                checkpoint::write(&path, &training.state(), &self.description)?;
                self.say(Phase::Running, done, epochs)?;
                saved = Instant::now();
            }
            progress.learns(done, epochs, &epoch, start.elapsed());
        }
        progress.ends();
        self.seconds.running = start.elapsed().as_secs_f64();
        let learned = finish(self.experiment, &mut training, &split);
        self.write(&learned, &training.weights())?;
        self.conclude(learned, epochs)
    }

    fn threads(&self) -> usize {
        match self.options.threads {
            Threads::Exactly(threads) | Threads::UpTo(threads) => threads,
        }
    }

    /// The weights, and the course of the training as a table.
    fn write(&self, learned: &Learned, weights: &[Array<R>]) -> Result<(), ExperimentError> {
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

    fn conclude(self, learned: Learned, epochs: usize) -> Result<Outcome, ExperimentError> {
        let recordings = Recordings::default();
        let notes = RefCell::default();
        let run = Run {
            experiment: self.experiment,
            recordings: &recordings,
            data: self.options.data.as_deref(),
            learned: Some(&learned),
            notes: &notes,
        };
        let mut leaves = Leaves::of_models(self.measuring, &run);
        leaves.notes = notes.into_inner();
        let options = self.options;
        if options.of_a_sweep || !leaves.arrays.is_empty() {
            leaves_file::write(&self.folder.path().join("measures.safetensors"), &leaves)?;
        }
        if !options.of_a_sweep {
            decompose(self.experiment, &mut leaves);
        }
        let measured = match options.of_a_sweep {
            true => Measured::default(),
            false => Measured::of(self.experiment, self.measuring, &leaves, options.quick)
                .map_err(ExperimentError::Build)?,
        };
        let state = self.state(Phase::Finished, learned.history.len(), epochs);
        let (mut outcome, folder) = self.outcome(Ending::Finished, Some(learned));
        outcome.measured = measured;
        if !options.of_a_sweep {
            folder.write("summary.json", &summary::of(&outcome))?;
        }
        if let Some(page) = options.page {
            folder.write("report.html", &page(&outcome))?;
        }
        folder.set_state(&state)?;
        folder.tidy()?;
        Ok(outcome)
    }

    fn outcome(self, ending: Ending, learned: Option<Learned>) -> (Outcome, ResultsFolder) {
        let outcome = Outcome {
            threads: self.threads(),
            experiment: self.experiment.clone(),
            folder: self.folder.path().to_owned(),
            ending,
            facts: Facts::default(),
            counts: Default::default(),
            stages: Vec::new(),
            tables: Vec::new(),
            recordings: Recordings::default(),
            learned,
            measured: Measured::default(),
            seconds: Seconds {
                total: self.begin.elapsed().as_secs_f64(),
                ..self.seconds
            },
            notes: self.options.notes.clone(),
            description: self.description,
        };
        (outcome, self.folder)
    }

    fn state(&self, phase: Phase, done: usize, all: usize) -> State {
        State {
            oscine: VERSION.to_owned(),
            state: phase,
            step: done as u64,
            steps: all as u64,
            time: 0.0,
            seconds: self.begin.elapsed().as_secs_f64(),
            quick: self.options.quick,
        }
    }

    fn say(&self, phase: Phase, done: usize, all: usize) -> Result<(), ExperimentError> {
        self.folder.set_state(&self.state(phase, done, all))
    }
}

fn finish<R: Real>(experiment: &Experiment, training: &mut Training<R>, split: &Split) -> Learned {
    let best = training.finish();
    let mut measures = experiment.measures.iter();
    let is_asked = measures.any(|(_, measure)| measure.what.as_deref() == Some("sharpness"));
    let sharpness = match is_asked {
        true => training.sharpness(seen(&split.training)),
        false => f64::NAN,
    };
    let asked = backpropagation::asked(experiment, training, seen(&split.training));
    let mut judged = |examples: &oscine_tasks::Examples| Judged {
        examples: examples.len(),
        judgement: training.judge(seen(examples)),
        targets: targets(examples),
    };
    Learned {
        best,
        training: judged(&split.training),
        validation: judged(&split.validation),
        test: judged(&split.test),
        asked,
        weights: weights(training),
        responses: responses(training, split),
        history: training.history().to_vec(),
        sharpness,
    }
}

fn weights<R: Real>(training: &Training<R>) -> Vec<Weights> {
    let layers = training.layers();
    let arrays = training.weights().into_iter();
    let arrays = arrays.filter(|array| array.shape.len() > 1);
    let weights = arrays.map(|array| {
        let layer = array.name.trim_end_matches(".weight").to_owned();
        let inputs = array.values.len() / array.shape[0].max(1);
        let input = layers.iter().find(|known| known.name == layer);
        let input = input.map(|known| known.input);
        let shape = match array.shape[..] {
            [_, channels, height, width] => Shape {
                channels,
                height,
                width,
            },
            _ => input
                .filter(|shape| shape.features() == inputs)
                .unwrap_or_else(|| Shape::list(inputs)),
        };
        Weights {
            layer,
            units: array.shape[0],
            values: array.values.iter().map(|weight| weight.to_f64()).collect(),
            shape,
        }
    });
    weights.collect()
}

/// What the input and each layer are for the test examples, or for those that were learned from where there are none to be tested on.
fn responses<R: Real>(training: &mut Training<R>, split: &Split) -> Vec<Seen> {
    const MOST: usize = 500;
    let examples = match split.test.is_empty() {
        true => &split.training,
        false => &split.test,
    };
    let count = examples.len().min(MOST);
    let features = examples.shape.features();
    let inputs = examples.inputs[..count * features].iter();
    let input = oscine_layers::Response {
        layer: "input".into(),
        shape: seen(examples).shape,
        values: inputs.map(|value| f64::from(*value)).collect(),
    };
    let layers = training.responses(seen(examples), MOST);
    let (of, names): (&[u32], &[String]) = match &examples.targets {
        oscine_tasks::Targets::Classes { of, names } => (of, names),
        oscine_tasks::Targets::Values { .. } => (&[], &[]),
    };
    let looked_at = |response: oscine_layers::Response| {
        let features = response.shape.features();
        let mut sums = vec![0.0; names.len() * features];
        let mut counts = vec![0.0; names.len()];
        for (values, class) in response.values.chunks(features.max(1)).zip(of) {
            let class = *class as usize;
            counts[class] += 1.0;
            for (sum, value) in sums[class * features..].iter_mut().zip(values) {
                *sum += value;
            }
        }
        for (place, sum) in sums.iter_mut().enumerate() {
            *sum /= counts[place / features.max(1)];
        }
        Seen {
            one: response.values.into_iter().take(features).collect(),
            layer: response.layer,
            shape: response.shape,
            by_class: sums,
            classes: names.to_vec(),
        }
    };
    std::iter::once(input)
        .chain(layers)
        .map(looked_at)
        .collect()
}

/// Of classes 1 at the output of the class, 0 elsewhere.
fn targets(examples: &oscine_tasks::Examples) -> Vec<f64> {
    match &examples.targets {
        oscine_tasks::Targets::Values { values, .. } => values.clone(),
        oscine_tasks::Targets::Classes { of, names } => {
            let mut targets = vec![0.0; of.len() * names.len()];
            for (example, &class) in of.iter().enumerate() {
                targets[example * names.len() + class as usize] = 1.0;
            }
            targets
        }
    }
}
