//! Neural codes of a task: its examples shown one after another as rates, latencies or currents, or their targets.

use std::iter::repeat_n;
use std::sync::Arc;

use oscine_engine::BuildError;
use oscine_network::{
    Code, Examples, Experiment, Shown, SpikeTimes, Stimulus, StimulusKind, Targets, Text,
};
use oscine_random::Stream;

use crate::files::task_examples::TaskExamples;

/// The most memory that a table of what is shown may take, bytes.
const MOST_BYTES: usize = 2 << 30;

/// A presentation: one example, and when it is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Presentation {
    /// When it begins, in steps.
    pub begin: u64,
    /// When it ends, and a pause or the next begins.
    pub end: u64,
    /// Its place among the examples of its set.
    pub example: usize,
}

/// The presentations of a stimulus in a run, in order; stimuli that show the same set for the same time show the same examples.
///
/// # Errors
/// No examples, or times shorter than a step.
pub(crate) fn presentations(
    experiment: &Experiment,
    stimulus: &Stimulus,
    shown: &Shown,
    examples: usize,
) -> Result<Vec<Presentation>, String> {
    let dt = experiment.run.dt;
    let steps = |seconds: f64| (seconds / dt).round() as u64;
    let (each, pause) = (steps(shown.each), steps(shown.pause));
    if each == 0 {
        return Err(format!("`each` is shorter than the step of {dt} s"));
    }
    let examples = examples.min(shown.examples.unwrap_or(usize::MAX));
    if examples == 0 {
        let set = shown.set.name();
        return Err(format!("the task keeps no examples for the {set} set"));
    }
    let until = steps(
        stimulus
            .until
            .unwrap_or(f64::INFINITY)
            .min(experiment.run.duration),
    );
    let order_stream = Stream::new(experiment.run.seed, "task.shown");
    let (mut found, mut begin) = (Vec::new(), steps(stimulus.from));
    for pass in 0.. {
        let mut order: Vec<usize> = (0..examples).collect();
        order_stream.sequence(pass).shuffle(&mut order);
        for example in order {
            if begin >= until {
                return Ok(found);
            }
            found.push(Presentation {
                begin,
                end: begin + each,
                example,
            });
            begin += each + pause;
        }
    }
    Ok(found)
}

/// The experiment with the stimuli that its task becomes in place of the task's name.
///
/// # Errors
/// Examples that cannot be had, or do not fit what is said of them.
pub(crate) fn with_tasks_shown(
    experiment: &Experiment,
    examples: &TaskExamples,
) -> Result<Experiment, BuildError> {
    let mut filled = experiment.clone();
    for (name, stimulus) in &experiment.stimuli {
        let StimulusKind::Task { shown } = &stimulus.kind else {
            continue;
        };
        let owner = format!("[stimulus.{name}]");
        let wrong = |message: String| BuildError::File {
            owner: owner.clone(),
            message,
        };
        let examples = examples.set(shown.set).map_err(wrong)?;
        let showing = presentations(experiment, stimulus, shown, examples.len()).map_err(wrong)?;
        check(examples, shown).map_err(wrong)?;
        let showing = Showing {
            experiment,
            shown,
            showing: &showing,
            examples,
        };
        let kind = match shown.code {
            Code::Latencies => showing.latencies(),
            Code::Currents | Code::Targets => showing.table().map_err(wrong)?,
            Code::Rates => {
                let values = format!("{name}_values");
                let mut names = experiment.neurons.iter().map(|(name, _)| name);
                let mut stimuli = experiment.stimuli.iter().map(|(name, _)| name);
                if names.any(|name| *name == values) || stimuli.any(|name| *name == values) {
                    return Err(wrong(format!(
                        "`{values}` is the name of what it shows, and of something else too; rename that"
                    )));
                }
                let table = Stimulus {
                    kind: showing.table().map_err(wrong)?,
                    ..stimulus.clone()
                };
                filled.stimuli.push((values.clone(), table));
                showing.rates(&values)
            }
        };
        let known = filled.stimuli.iter_mut().find(|(known, _)| known == name);
        if let Some((_, stimulus)) = known {
            stimulus.kind = kind;
        }
    }
    Ok(filled)
}

/// Whether the examples hold numbers that the stimulus can show.
fn check(examples: &Examples, shown: &Shown) -> Result<(), String> {
    let (found, what) = match shown.code {
        Code::Targets => (examples.targets.outputs(), "targets"),
        _ => (examples.shape.features(), "numbers"),
    };
    if found != shown.count {
        return Err(format!(
            "`count` is {}, and the examples have {found} {what}; set `count = {found}`",
            shown.count
        ));
    }
    let mut values = examples.inputs.iter().map(|value| f64::from(*value));
    let outside = match shown.code {
        Code::Rates => values
            .find(|value| *value < 0.0)
            .map(|value| (value, "from 0 on")),
        Code::Latencies => values
            .find(|value| !(0.0..=1.0).contains(value))
            .map(|value| (value, "from 0 to 1")),
        Code::Currents | Code::Targets => None,
    };
    match outside {
        Some((value, range)) => Err(format!(
            "`code = \"{}\"` needs numbers {range}, and there is {value}; scale the inputs, or take \"currents\"",
            shown.code.name()
        )),
        None => Ok(()),
    }
}

/// A stimulus, with what it shows.
struct Showing<'a> {
    experiment: &'a Experiment,
    shown: &'a Shown,
    showing: &'a [Presentation],
    examples: &'a Examples,
}

impl Showing<'_> {
    /// The numbers of one example that are shown: its inputs, or its targets.
    fn numbers(&self, example: usize) -> Vec<f64> {
        match (self.shown.code, &self.examples.targets) {
            (Code::Targets, Targets::Classes { of, names }) => {
                let mut row = vec![0.0; names.len()];
                row[of[example] as usize] = 1.0;
                row
            }
            (Code::Targets, Targets::Values { values, names }) => {
                values[example * names.len()..][..names.len()].to_vec()
            }
            _ => {
                let features = self.examples.shape.features();
                let inputs = &self.examples.inputs[example * features..][..features];
                inputs.iter().map(|value| f64::from(*value)).collect()
            }
        }
    }

    /// The latency code: a spike of each train, the earlier the greater its number.
    fn latencies(&self) -> StimulusKind {
        let dt = self.experiment.run.dt;
        let mut trains = vec![Vec::new(); self.shown.count];
        for one in self.showing {
            let length = (one.end - one.begin) as f64;
            for (train, value) in trains.iter_mut().zip(self.numbers(one.example)) {
                if value > 0.0 {
                    // Before the end of its time, also where the number is all but 0.
                    let late = ((1.0 - value) * length).floor().min(length - 1.0);
                    train.push((one.begin as f64 + late) * dt);
                }
            }
        }
        StimulusKind::Spikes {
            count: self.shown.count,
            times: Some(SpikeTimes::List(trains)),
        }
    }

    /// The numbers in time, 0 in pauses. An example that is shown again, or for several rows, is one row that they share.
    fn table(&self) -> Result<StimulusKind, String> {
        let dt = self.experiment.run.dt;
        let steps = |seconds: f64| (seconds / dt).round() as u64;
        let (each, pause) = (steps(self.shown.each), steps(self.shown.pause));
        let row = greatest_common_divisor(each, pause);
        let (shown, paused) = (each / row, pause / row);
        let rows = self.showing.len() * (shown + paused) as usize;
        if rows.saturating_mul(size_of::<Arc<[f64]>>()) > MOST_BYTES {
            return Err(format!(
                "{} examples in rows of {} s take more than 2 GiB; make `pause` a part of `each`, or the run shorter",
                self.showing.len(),
                row as f64 * dt
            ));
        }
        let mut values: Vec<Arc<[f64]>> = Vec::with_capacity(rows);
        let nothing: Arc<[f64]> = vec![0.0; self.shown.count].into();
        let mut of_example: Vec<Option<Arc<[f64]>>> = vec![None; self.examples.len()];
        for one in self.showing {
            let row =
                of_example[one.example].get_or_insert_with(|| self.numbers(one.example).into());
            values.extend(repeat_n(&*row, shown as usize).cloned());
            values.extend(repeat_n(&nothing, paused as usize).cloned());
        }
        Ok(StimulusKind::Values {
            values,
            every: row as f64 * dt,
            unit: Text::new("1"),
            linear: false,
        })
    }

    /// The rate code: Poisson trains as fast as the numbers of this function say.
    fn rates(&self, values: &str) -> StimulusKind {
        let count = self.shown.count;
        let arguments = if count > 1 { "t, i" } else { "t" };
        let rate = self.shown.rate.as_ref().map_or("0*Hz", |rate| &rate.value);
        let rate = match oscine_equations::Quantity::parse(rate) {
            Ok(rate) => format!("{:e}*Hz", rate.value),
            Err(_) => format!("({rate})"),
        };
        StimulusKind::Poisson {
            count,
            rate: Text {
                value: format!("{rate}*{values}({arguments})"),
                ..self.shown.rate.clone().unwrap_or_default()
            },
        }
    }
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    use oscine_network::ExampleSet;

    fn experiment(stimulus: &str) -> Experiment {
        let text = format!(
            "[run]\nduration = \"2 s\"\nseed = 3\n[task]\ndata = \"digits\"\nclasses = [0, 1]\ntest = 0.2\n\
             [neurons.cells]\ncount = 1\nequations = \"x : 1\"\n[stimulus.images]\nkind = \"task\"\n{stimulus}"
        );
        Experiment::parse(&text, "test.toml", Path::new("."))
            .unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn kind(experiment: &Experiment) -> Result<StimulusKind, String> {
        let filled = with_tasks_shown(experiment, &TaskExamples::of(experiment, None))
            .map_err(|error| error.to_string())?;
        Ok(filled.stimuli[0].1.kind.clone())
    }

    #[test]
    fn an_example_is_told_by_when_its_trains_fire() {
        let experiment = experiment(
            "code = \"latencies\"\ncount = 64\neach = \"20 ms\"\npause = \"5 ms\"\nset = \"test\"\n",
        );
        let Ok(StimulusKind::Spikes {
            times: Some(SpikeTimes::List(trains)),
            ..
        }) = kind(&experiment)
        else {
            panic!("spikes are shown")
        };
        let task = TaskExamples::of(&experiment, None);
        let test = task.set(ExampleSet::Test).unwrap();
        let StimulusKind::Task { shown } = &experiment.stimuli[0].1.kind else {
            panic!("a task is shown")
        };
        let stimulus = &experiment.stimuli[0].1;
        let all = presentations(&experiment, stimulus, shown, test.len()).unwrap();
        assert_eq!(all.len(), 80);
        // Each example once before any is shown again.
        let mut first: Vec<usize> = all[..test.len()].iter().map(|one| one.example).collect();
        first.sort_unstable();
        assert!(first.iter().copied().eq(0..test.len()));
        for (number, one) in all.iter().enumerate() {
            let begin = number as f64 * 25e-3;
            let image = &test.inputs[one.example * 64..][..64];
            for (train, &value) in trains.iter().zip(image) {
                let mut inside = train
                    .iter()
                    .filter(|time| (begin - 1e-9..begin + 20e-3 - 1e-9).contains(*time));
                let expected = begin + (1.0 - f64::from(value)) * 20e-3;
                match inside.next() {
                    Some(time) => assert!((time - expected).abs() < 1.01e-4),
                    None => assert_eq!(value, 0.0),
                }
                assert_eq!(inside.next(), None);
            }
        }
    }

    #[test]
    fn currents_and_targets_show_the_same_examples_at_the_same_time() {
        let times = "each = \"20 ms\"\npause = \"10 ms\"\n";
        let rows = |stimulus: &str| match kind(&experiment(stimulus)) {
            Ok(StimulusKind::Values { values, every, .. }) => (values, every),
            other => panic!("{other:?}"),
        };
        let (images, every) = rows(&format!("code = \"currents\"\ncount = 64\n{times}"));
        let (targets, _) = rows(&format!("code = \"targets\"\ncount = 2\n{times}"));
        assert!((every - 10e-3).abs() < 1e-12);
        assert_eq!((images.len(), targets.len()), (201, 201));
        let experiment = experiment("code = \"targets\"\ncount = 2\neach = \"1 ms\"");
        let task = TaskExamples::of(&experiment, None);
        let training = task.set(ExampleSet::Training).unwrap();
        let Targets::Classes { of, .. } = &training.targets else {
            panic!("digits have classes")
        };
        for (rows, targets) in images.chunks(3).zip(targets.chunks(3)) {
            assert!(Arc::ptr_eq(&rows[0], &rows[1]), "an example is one row");
            assert!(
                rows[2]
                    .iter()
                    .chain(&*targets[2])
                    .all(|value| *value == 0.0)
            );
            let class = targets[0].iter().position(|target| *target == 1.0).unwrap();
            let is_there = (0..training.len()).any(|example| {
                let image = &training.inputs[example * 64..][..64];
                of[example] as usize == class
                    && image
                        .iter()
                        .zip(&*rows[0])
                        .all(|(a, b)| f64::from(*a) == *b)
            });
            assert!(is_there);
        }
    }

    #[test]
    fn what_does_not_fit_is_said() {
        for (stimulus, expected) in [
            (
                "code = \"currents\"\ncount = 63\neach = \"1 ms\"",
                "set `count = 64`",
            ),
            (
                "code = \"targets\"\ncount = 10\neach = \"1 ms\"",
                "set `count = 2`",
            ),
            (
                "code = \"currents\"\ncount = 64\neach = \"0.01 ms\"",
                "shorter than the step",
            ),
            (
                "code = \"currents\"\ncount = 64\neach = \"1 ms\"\nset = \"validation\"",
                "no examples for the validation set",
            ),
        ] {
            let message = kind(&experiment(stimulus)).unwrap_err();
            assert!(message.contains(expected), "{message}");
        }
    }
}
