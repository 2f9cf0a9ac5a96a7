//! Measures of a trained network: accuracy, loss, generalisation gap, sharpness, bias and variance, learning curve.

use oscine_equations::Dimension;
use oscine_network::Experiment;

use super::{Carry, MeasureFields, MeasureKind, MeasuredRun, Of, Settings, Wrong, backpropagation};
use crate::formula::array::{ArrayAxis, NamedArray};
use crate::trainings::learned::{Judged, Questions, TrainedNetwork};

pub(super) const KINDS: &[MeasureKind] = &[
    MeasureKind {
        name: "accuracy",
        of: Of::Training,
        gives: "the accuracy, `on` = \"test\", \"validation\" or \"training\": the part of the examples whose class has the greatest output",
        read: accuracy,
    },
    MeasureKind {
        name: "loss",
        of: Of::Training,
        gives: "the mean loss of the examples, `on` = \"test\", \"validation\" or \"training\"",
        read: loss,
    },
    MeasureKind {
        name: "generalisation-gap",
        of: Of::Training,
        gives: "training accuracy minus test accuracy; where there are no classes, test loss minus training loss",
        read: gap,
    },
    MeasureKind {
        name: SHARPNESS,
        of: Of::Training,
        gives: "the greatest curvature of the training loss, over all weights and biases: the eigenvalue of its Hessian that is greatest in size",
        read: sharpness,
    },
    MeasureKind {
        name: backpropagation::NAME,
        of: Of::Training,
        gives: "what is asked of the trained network for its first examples (`examples` of them, 1): of each layer `LAYER.activation`, `LAYER.wanted` (what each unit is asked to change by), `LAYER.error` (of its sum), `LAYER.weights`, all for each example; `LAYER.batch` for the examples together, `LAYER.differences` the same by central differences of the loss; `input.activation`",
        read: backpropagation,
    },
    MeasureKind {
        name: BIAS_VARIANCE,
        of: Of::Training,
        gives: "over the seeds of a sweep, each of which draws its own training set: mean squared `error` on the test set, its `bias_squared` (with the noise of the targets) and `variance`",
        read: bias_variance,
    },
    MeasureKind {
        name: "learning-curve",
        of: Of::Training,
        gives: "over the epochs: `loss`, `accuracy`, `validation_loss`, `validation_accuracy`",
        read: curve,
    },
];

const PLAIN: Dimension = Dimension::DIMENSIONLESS;
const SHARPNESS: &str = "sharpness";
/// The measure that is parted into bias and variance once the networks of all seeds are there.
pub(crate) const BIAS_VARIANCE: &str = "bias-variance";

/// What the measures of an experiment ask of a trained network.
pub(crate) fn questions(experiment: &Experiment) -> Questions {
    let mut questions = Questions::default();
    for (_, measure) in &experiment.measures {
        match measure.what.as_deref() {
            Some(SHARPNESS) => questions.sharpness = true,
            Some(backpropagation::NAME) => {
                let count = backpropagation::count(&Settings::of(measure));
                questions.backpropagation.push(count.unwrap_or(1));
            }
            _ => {}
        }
    }
    questions
}

/// The set of examples that a measure is taken on.
#[derive(Clone, Copy)]
enum On {
    Test,
    Validation,
    Training,
}

impl On {
    fn read(settings: &Settings) -> Result<Self, Wrong> {
        let choices = [
            ("test", Self::Test),
            ("validation", Self::Validation),
            ("training", Self::Training),
        ];
        Ok(settings.choice("on", &choices)?.unwrap_or(Self::Test))
    }

    fn of<'a>(self, run: &'a MeasuredRun) -> Result<&'a Judged, String> {
        let learned = learned(run)?;
        let (judged, mend) = match self {
            Self::Test => (
                &learned.test,
                "there are no examples to test with: set `test = 0.2` in [task]",
            ),
            Self::Validation => (
                &learned.validation,
                "there are no examples to validate with: set `validation = 0.2` in [task]",
            ),
            Self::Training => (&learned.training, "there are no examples"),
        };
        match judged.examples {
            0 => Err(mend.to_owned()),
            _ => Ok(judged),
        }
    }
}

fn learned<'a>(run: &'a MeasuredRun) -> Result<&'a TrainedNetwork, String> {
    run.learned.ok_or_else(|| "nothing was trained".to_owned())
}

fn one(value: f64) -> MeasureFields {
    vec![(String::new(), NamedArray::number(value, PLAIN))]
}

fn accuracy(settings: &Settings, _: &[String]) -> Result<Carry, Wrong> {
    let on = On::read(settings)?;
    Ok(Box::new(move |run| {
        let accuracy = on.of(run)?.judgement.accuracy;
        match accuracy.is_nan() {
            true => Err("the task has values to be met, not classes; measure its `loss`".into()),
            false => Ok(one(accuracy)),
        }
    }))
}

fn loss(settings: &Settings, _: &[String]) -> Result<Carry, Wrong> {
    let on = On::read(settings)?;
    Ok(Box::new(move |run| Ok(one(on.of(run)?.judgement.loss))))
}

fn gap(_: &Settings, _: &[String]) -> Result<Carry, Wrong> {
    Ok(Box::new(|run| {
        let learned = &On::Training.of(run)?.judgement;
        let test = &On::Test.of(run)?.judgement;
        Ok(one(match test.accuracy.is_nan() {
            true => test.loss - learned.loss,
            false => learned.accuracy - test.accuracy,
        }))
    }))
}

fn backpropagation(settings: &Settings, _: &[String]) -> Result<Carry, Wrong> {
    let count = backpropagation::count(settings)?;
    Ok(Box::new(move |run| {
        let asked = &learned(run)?.asked;
        let own = asked.iter().find(|(known, _)| *known == count);
        own.map(|(_, asked)| backpropagation::fields(asked))
            .ok_or_else(|| "nothing was asked".to_owned())
    }))
}

fn sharpness(_: &Settings, _: &[String]) -> Result<Carry, Wrong> {
    Ok(Box::new(|run| Ok(one(learned(run)?.sharpness))))
}

/// The outputs of one network; decomposed once those of all seeds are there.
fn bias_variance(_: &Settings, _: &[String]) -> Result<Carry, Wrong> {
    Ok(Box::new(|run| {
        let test = On::Test.of(run)?;
        let outputs = test.judgement.outputs.len() / test.examples;
        let array = |values: &[f64]| NamedArray {
            dimension: PLAIN,
            axes: vec![
                ArrayAxis::elements("example", 0..test.examples as u32),
                ArrayAxis::within(
                    "output",
                    PLAIN,
                    (0..outputs).map(|output| output as f64).collect(),
                ),
            ],
            values: values.to_vec(),
        };
        Ok(vec![
            ("outputs".into(), array(&test.judgement.outputs)),
            ("targets".into(), array(&test.targets)),
        ])
    }))
}

fn curve(_: &Settings, _: &[String]) -> Result<Carry, Wrong> {
    Ok(Box::new(|run| {
        let history = &learned(run)?.history;
        let numbers: Vec<f64> = (1..=history.len()).map(|epoch| epoch as f64).collect();
        let along = |name: &str, value: fn(&oscine_layers::Epoch) -> f64| {
            let values = history.iter().map(value).collect();
            let axis = ArrayAxis::within("epoch", PLAIN, numbers.clone());
            (name.to_owned(), NamedArray::along(axis, PLAIN, values))
        };
        Ok(vec![
            along("loss", |epoch| epoch.loss),
            along("accuracy", |epoch| epoch.accuracy),
            along("validation_loss", |epoch| epoch.validation_loss),
            along("validation_accuracy", |epoch| epoch.validation_accuracy),
        ])
    }))
}
