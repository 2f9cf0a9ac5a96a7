//! What must hold of any experiment, read or built: names, numbers, references. Equations are checked when they are compiled.

mod connections;
pub(crate) mod learning;
mod measures;
mod network;
mod records;
mod stimuli;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use oscine_equations::{Dimension, Quantity, Scope};

use crate::reading::neurons::UNREAD;
use crate::reading::{quantities, slices};
use crate::{Experiment, Mistake, Neurons, Slice, SpikeTimes, StimulusKind, Text, nearest};

/// A mistake, and where in the experiment.
pub(crate) struct Finding {
    /// The keys that lead to it.
    pub path: Vec<String>,
    /// The key itself, or its value.
    pub at: At,
    /// Where it stands in the file, where that is known more exactly.
    pub place: Option<Range<usize>>,
    pub mistake: Mistake,
}

/// What of an entry is wrong.
#[derive(PartialEq)]
pub(crate) enum At {
    Key,
    Value,
}

/// Everything that is wrong with an experiment.
pub(crate) fn check(experiment: &Experiment) -> Vec<Finding> {
    let mut findings = Findings::default();
    names(experiment, &mut findings);
    run(experiment, &mut findings);
    network::check(experiment, &mut findings);
    stimuli::check(experiment, &mut findings);
    learning::check(experiment, &mut findings);
    records::check(experiment, &mut findings);
    measures::check(experiment, &mut findings);
    findings.0
}

/// What has been found so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    /// A mistake in the value at a path of keys, joined by `/`.
    fn value(&mut self, path: &str, mistake: Mistake) {
        self.add(path, At::Value, None, mistake);
    }

    /// A mistake in the key at the end of a path.
    fn key(&mut self, path: &str, mistake: Mistake) {
        self.add(path, At::Key, None, mistake);
    }

    /// A mistake in a text or slice that knows its place.
    fn placed(&mut self, path: &str, place: &Option<Range<usize>>, mistake: Mistake) {
        self.add(path, At::Value, place.clone(), mistake);
    }

    fn add(&mut self, path: &str, at: At, place: Option<Range<usize>>, mistake: Mistake) {
        self.0.push(Finding {
            path: path.split('/').map(str::to_string).collect(),
            at,
            place,
            mistake,
        });
    }

    /// A number that must be finite and more than 0.
    fn positive(&mut self, path: &str, what: &str, value: f64, unit: &str) {
        let what = what.to_string();
        let shown = with_unit(value, unit);
        if !value.is_finite() {
            self.value(path, Mistake::NotFinite { what, value: shown });
        } else if value <= 0.0 {
            self.value(path, Mistake::NotPositive { what, value: shown });
        }
    }

    /// A number that must be finite and not below 0.
    fn not_negative(&mut self, path: &str, what: &str, value: f64, unit: &str) {
        let what = what.to_string();
        let shown = with_unit(value, unit);
        if !value.is_finite() {
            self.value(path, Mistake::NotFinite { what, value: shown });
        } else if value < 0.0 {
            self.value(path, Mistake::Negative { what, value: shown });
        }
    }

    /// A text that must say something.
    fn filled(&mut self, path: &str, what: &str, text: &Text) {
        if text.value.trim().is_empty() {
            self.value(path, Mistake::Empty { what: what.into() });
        }
    }

    /// How many there are: at least one, and no more than can be counted in 32 bits.
    fn count(&mut self, path: &str, what: &str, count: usize) {
        if count == 0 {
            let mistake = Mistake::NotPositive {
                what: what.into(),
                value: "0".into(),
            };
            self.value(path, mistake);
        } else if count != UNREAD && count > u32::MAX as usize {
            let mistake = Mistake::TooMany {
                what: what.into(),
                value: count.to_string(),
                limit: u32::MAX.to_string(),
            };
            self.value(path, mistake);
        }
    }

    /// A text that, where it is a plain quantity, must be of a dimension and not negative; its value then.
    fn quantity(
        &mut self,
        path: &str,
        what: &str,
        text: &Text,
        expected: &str,
        dimension: Dimension,
    ) -> Option<f64> {
        let plain = Quantity::parse(text.value.trim()).is_ok()
            || text
                .value
                .trim()
                .parse::<f64>()
                .is_ok_and(|number| !number.is_finite());
        if !plain {
            return None;
        }
        match quantities::evaluate(what, &text.value, expected, dimension) {
            Ok(value) if value < 0.0 => {
                let mistake = Mistake::Negative {
                    what: what.into(),
                    value: text.value.clone(),
                };
                self.placed(path, &text.place, mistake);
                None
            }
            Ok(value) => Some(value),
            Err(mistake) => {
                self.placed(path, &text.place, mistake);
                None
            }
        }
    }
}

/// A number with its unit, as it is read most easily.
pub(crate) fn with_unit(value: f64, unit: &str) -> String {
    match unit {
        "" => format!("{value}"),
        "s" => crate::writing::time(value),
        unit => format!("{value} {unit}"),
    }
}

/// What a name stands for.
#[derive(Clone, Copy)]
enum Part<'a> {
    Neurons(&'a Neurons),
    Synapses,
    /// This many trains.
    Spikes(usize),
    /// A stimulus that is no source of spikes, by its kind.
    Function(&'static str),
}

impl Part<'_> {
    /// How many cells it has, where it has cells.
    fn count(&self) -> Option<usize> {
        match self {
            Part::Neurons(neurons) => Some(neurons.count),
            Part::Spikes(count) => Some(*count),
            Part::Synapses | Part::Function(_) => None,
        }
        .filter(|count| *count != UNREAD)
    }

    fn kind(&self) -> String {
        match self {
            Part::Neurons(_) => "a population".into(),
            Part::Synapses => "a projection".into(),
            Part::Spikes(_) => "a source of spikes".into(),
            Part::Function(kind) => format!("a stimulus of kind \"{kind}\""),
        }
    }

    /// Why it never fires, if so.
    fn never_fires(&self) -> Option<&'static str> {
        match self {
            Part::Neurons(neurons) => {
                (neurons.threshold.is_none()).then_some("never fires: it has no threshold")
            }
            Part::Spikes(_) => None,
            Part::Synapses | Part::Function(_) => Some("does not fire"),
        }
    }
}

/// Every name of a population, projection or stimulus.
fn parts(experiment: &Experiment) -> Vec<(&str, Part<'_>)> {
    let neurons = experiment
        .neurons
        .iter()
        .map(|(name, one)| (name.as_str(), Part::Neurons(one)));
    let synapses = experiment
        .synapses
        .iter()
        .map(|(name, _)| (name.as_str(), Part::Synapses));
    let stimuli = experiment.stimuli.iter().map(|(name, one)| {
        let part = match &one.kind {
            StimulusKind::Step { .. } => Part::Function("step"),
            StimulusKind::Ramp { .. } => Part::Function("ramp"),
            StimulusKind::Sinusoid { .. } => Part::Function("sinusoid"),
            StimulusKind::Chirp { .. } => Part::Function("chirp"),
            StimulusKind::Values { .. } => Part::Function("values"),
            StimulusKind::File { .. } => Part::Function("file"),
            StimulusKind::PoissonInput { .. } => Part::Function("poisson-input"),
            StimulusKind::Task(shown) => match shown.code.fires() {
                true => Part::Spikes(shown.count),
                false => Part::Function("task"),
            },
            StimulusKind::Poisson { count, .. } | StimulusKind::Spikes { count, .. } => {
                Part::Spikes(*count)
            }
        };
        (name.as_str(), part)
    });
    neurons.chain(stimuli).chain(synapses).collect()
}

/// Looks up what a slice is of, and whether it lies within; notes what is wrong.
fn part_of<'a>(
    experiment: &'a Experiment,
    findings: &mut Findings,
    path: &str,
    slice: &Slice,
    wanted: &str,
) -> Option<Part<'a>> {
    if slice.name.is_empty() {
        return None;
    }
    let parts = parts(experiment);
    let Some((_, part)) = parts.iter().find(|(name, _)| *name == slice.name) else {
        let there: Vec<String> = parts
            .iter()
            .filter(|(_, part)| wanted.contains("projection") || part.count().is_some())
            .map(|(name, _)| name.to_string())
            .collect();
        let mistake = Mistake::UnknownName {
            what: wanted.into(),
            name: slice.name.clone(),
            nearest: nearest(&slice.name, there.iter().map(String::as_str)),
            there,
        };
        findings.placed(path, &slice.place, mistake);
        return None;
    };
    if slice.end.is_some_and(|end| end <= slice.first) {
        let mistake = Mistake::EmptySlice {
            written: slice.to_string(),
        };
        findings.placed(path, &slice.place, mistake);
    } else if let Some(count) = part.count()
        && (slice.first >= count.max(1) || slice.end.is_some_and(|end| end > count))
    {
        let mistake = Mistake::SliceTooFar {
            written: slice.to_string(),
            name: slice.name.clone(),
            count,
            cells: if matches!(part, Part::Spikes(_)) {
                "trains"
            } else {
                "cells"
            }
            .into(),
        };
        findings.placed(path, &slice.place, mistake);
    }
    Some(*part)
}

/// How many cells a slice has, where that is known.
fn length(slice: &Slice, part: &Part) -> Option<usize> {
    let end = slice.end.or(part.count())?;
    end.checked_sub(slice.first)
}

fn names(experiment: &Experiment, findings: &mut Findings) {
    let own = |table: &'static str, what: &'static str, names: Vec<&str>| {
        names
            .into_iter()
            .map(|name| (table, what, name.to_string()))
            .collect::<Vec<_>>()
    };
    fn of<T>(named: &crate::Named<T>) -> Vec<&str> {
        named.iter().map(|(name, _)| name.as_str()).collect()
    }
    let mut shared = own("neurons", "a population", of(&experiment.neurons));
    shared.extend(own("stimulus", "a stimulus", of(&experiment.stimuli)));
    shared.extend(own("layers", "a layer", of(&experiment.layers)));
    shared.extend(own("synapses", "a projection", of(&experiment.synapses)));
    let apart = [
        own("noise", "noise", of(&experiment.noise)),
        own("record", "a record", of(&experiment.records)),
        own("measure", "a measure", of(&experiment.measures)),
    ];
    for group in std::iter::once(&shared).chain(&apart) {
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for (table, what, name) in group {
            let path = format!("{table}/{name}");
            if !slices::is_name(name) {
                findings.key(&path, Mistake::NotAName { name: name.clone() });
            } else if let Some(first) = seen.insert(name, what) {
                let first = first.to_string();
                let name = name.clone();
                findings.key(&path, Mistake::Clash { name, first });
            }
        }
    }
    for (name, part) in parts(experiment) {
        if let (Part::Function(_), Some(meaning)) = (part, Scope::reserved(name)) {
            let mistake = Mistake::Reserved {
                name: name.into(),
                meaning,
            };
            findings.key(&format!("stimulus/{name}"), mistake);
        }
    }
    if experiment.neurons.is_empty()
        && experiment.stimuli.is_empty()
        && experiment.layers.is_empty()
    {
        findings.key("title", Mistake::NoNetwork);
    }
}

/// Names of parameters and variables must be ones that an equation can hold.
fn variable_names<'a>(findings: &mut Findings, path: &str, names: impl Iterator<Item = &'a str>) {
    let mut seen: HashSet<&str> = HashSet::new();
    for name in names {
        let path = format!("{path}/{name}");
        if !slices::is_name(name) {
            findings.key(&path, Mistake::NotAName { name: name.into() });
        } else if let Some(meaning) = Scope::reserved(name) {
            findings.key(
                &path,
                Mistake::Reserved {
                    name: name.into(),
                    meaning,
                },
            );
        } else if seen.contains(name) {
            let first = "a value of the same table".into();
            findings.key(
                &path,
                Mistake::Clash {
                    name: name.into(),
                    first,
                },
            );
        }
        seen.insert(name);
    }
}

/// More steps than this cannot be counted exactly by the clock.
const MOST_STEPS: f64 = 1e15;

fn run(experiment: &Experiment, findings: &mut Findings) {
    let run = &experiment.run;
    let before = findings.0.len();
    // A duration that could not be read is infinite.
    if run.duration != f64::INFINITY {
        findings.positive("run/duration", "`duration` in [run]", run.duration, "s");
    }
    findings.positive("run/dt", "`dt` in [run]", run.dt, "s");
    if let Some(every) = run.checkpoint_every {
        findings.positive(
            "run/checkpoint_every",
            "`checkpoint_every` in [run]",
            every,
            "s",
        );
    }
    if let Some(integrator) = &run.integrator {
        integrator_name(findings, "run/integrator", integrator);
    }
    if findings.0.len() > before || run.duration == f64::INFINITY {
        return;
    }
    let steps = run.duration / run.dt;
    if steps < 1.0 - 1e-9 {
        let mistake = Mistake::ShorterThanStep {
            duration: with_unit(run.duration, "s"),
            dt: with_unit(run.dt, "s"),
        };
        findings.value("run/duration", mistake);
    } else if steps > MOST_STEPS {
        findings.value(
            "run/duration",
            Mistake::TooManySteps {
                steps,
                limit: MOST_STEPS,
            },
        );
    }
}

/// The integrators of built experiments are plain strings too.
fn integrator_name(findings: &mut Findings, path: &str, name: &str) {
    if !crate::INTEGRATORS.contains(&name) {
        let mistake = Mistake::NotOneOf {
            what: "`integrator`".into(),
            written: name.into(),
            choices: crate::INTEGRATORS
                .iter()
                .map(|name| name.to_string())
                .collect(),
            nearest: nearest(name, crate::INTEGRATORS),
        };
        findings.value(path, mistake);
    }
}

/// From and until of a stimulus or a record.
fn interval(findings: &mut Findings, path: &str, what: &str, from: f64, until: Option<f64>) {
    findings.not_negative(
        &format!("{path}/from"),
        &format!("`from` in {what}"),
        from,
        "s",
    );
    if let Some(until) = until {
        if !until.is_finite() {
            findings.positive(
                &format!("{path}/until"),
                &format!("`until` in {what}"),
                until,
                "s",
            );
        } else if until <= from {
            let mistake = Mistake::EndsBeforeBegin {
                what: what.into(),
                begin: with_unit(from, "s"),
                end: with_unit(until, "s"),
            };
            findings.value(&format!("{path}/until"), mistake);
        }
    }
}

/// The number of spikes of each train where they are listed.
fn listed_trains(times: &Option<SpikeTimes>) -> Option<&Vec<Vec<f64>>> {
    match times {
        Some(SpikeTimes::List(trains)) => Some(trains),
        _ => None,
    }
}
