//! What must hold of any experiment, read or built: names, numbers, references. Equations are checked when they are compiled.

mod connections;
pub(crate) mod learning;
mod measures;
mod network;
mod records;
mod stimuli;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use oscine_equations::{Dimension, Scope};

use crate::declaration::Declared;
use crate::declaration::quantities::plain_quantity;
use crate::reading::slices;
use crate::{Experiment, Mistake, Neurons, Slice, StimulusKind, Text, nearest};

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

/// Tables of the file that could not be read, as `neurons` and the name; what refers to them is no mistake.
pub(crate) type Unread = [(&'static str, String)];

/// Everything that is wrong with what could be read of an experiment.
pub(crate) fn check(experiment: &Experiment, unread: &Unread) -> Vec<Finding> {
    let mut findings = Findings::default();
    let parts = Parts::of(experiment, unread);
    names(experiment, &parts, &mut findings);
    experiment.check_keys(&mut findings, "", "the file");
    run(experiment, unread, &mut findings);
    network::check(experiment, &parts, &mut findings);
    stimuli::check(experiment, &parts, &mut findings);
    learning::check(experiment, unread, &mut findings);
    records::check(experiment, &parts, &mut findings);
    measures::check(experiment, &parts, &mut findings);
    findings.0
}

/// What has been found so far.
#[derive(Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    /// A mistake in the value at a path of keys, joined by `/`.
    pub fn value(&mut self, path: &str, mistake: Mistake) {
        self.add(path, At::Value, None, mistake);
    }

    /// A mistake in the key at the end of a path.
    pub fn key(&mut self, path: &str, mistake: Mistake) {
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

    /// A text that must say something.
    fn filled(&mut self, path: &str, what: &str, text: &Text) {
        if text.value.trim().is_empty() {
            self.value(path, Mistake::Empty { what: what.into() });
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
        match plain_quantity(text, what, expected, dimension) {
            Ok(value) => value,
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

/// Every name of a population, stimulus or projection, and what it stands for.
struct Parts<'a> {
    known: Vec<(&'a str, Part<'a>)>,
    unread: &'a Unread,
    /// The step, s; 0 where the run could not be read.
    dt: f64,
}

impl<'a> Parts<'a> {
    fn of(experiment: &'a Experiment, unread: &'a Unread) -> Self {
        let neurons = experiment.neurons.iter();
        let neurons = neurons.map(|(name, one)| (name.as_str(), Part::Neurons(one)));
        let stimuli = experiment.stimuli.iter().map(|(name, one)| {
            let part = match &one.kind {
                StimulusKind::Poisson { count, .. } | StimulusKind::Spikes { count, .. } => {
                    Part::Spikes(*count)
                }
                StimulusKind::Task { shown } if shown.code.fires() => Part::Spikes(shown.count),
                kind => Part::Function(kind.name()),
            };
            (name.as_str(), part)
        });
        let synapses = experiment.synapses.iter();
        let synapses = synapses.map(|(name, _)| (name.as_str(), Part::Synapses));
        Self {
            known: neurons.chain(stimuli).chain(synapses).collect(),
            unread,
            dt: match unread.iter().any(|(table, _)| *table == "run") {
                true => 0.0,
                false => experiment.run.dt,
            },
        }
    }

    fn get(&self, name: &str) -> Option<Part<'a>> {
        let mut known = self.known.iter();
        known
            .find(|(known, _)| *known == name)
            .map(|(_, part)| *part)
    }

    /// Whether a name stands for a table that could not be read.
    fn is_unread(&self, name: &str) -> bool {
        let named = ["neurons", "stimulus", "synapses", "record", "measure"];
        let mut unread = self.unread.iter();
        unread.any(|(table, unread)| unread == name || (unread.is_empty() && named.contains(table)))
    }

    /// The names of the parts that are of some kind.
    fn names(&self, kind: impl Fn(&Part) -> bool) -> Vec<String> {
        let known = self.known.iter().filter(|(_, part)| kind(part));
        known.map(|(name, _)| name.to_string()).collect()
    }
}

/// Looks up what a slice is of, and whether it lies within; notes what is wrong.
fn part_of<'a>(
    parts: &Parts<'a>,
    findings: &mut Findings,
    path: &str,
    slice: &Slice,
    wanted: &str,
) -> Option<Part<'a>> {
    let Some(part) = parts.get(&slice.name) else {
        if parts.is_unread(&slice.name) {
            return None;
        }
        let there = parts.names(|part| wanted.contains("projection") || part.count().is_some());
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
    Some(part)
}

/// How many cells a slice has, where that is known.
fn length(slice: &Slice, part: &Part) -> Option<usize> {
    let end = slice.end.or(part.count())?;
    end.checked_sub(slice.first)
}

fn names(experiment: &Experiment, parts: &Parts, findings: &mut Findings) {
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
    for (name, part) in &parts.known {
        if let (Part::Function(_), Some(meaning)) = (part, Scope::reserved(name)) {
            let mistake = Mistake::Reserved {
                name: (*name).into(),
                meaning,
            };
            findings.key(&format!("stimulus/{name}"), mistake);
        }
    }
    if experiment.neurons.is_empty()
        && experiment.stimuli.is_empty()
        && experiment.layers.is_empty()
        && parts.unread.is_empty()
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

fn run(experiment: &Experiment, unread: &Unread, findings: &mut Findings) {
    let run = &experiment.run;
    let is_read = unread.iter().all(|(table, _)| *table != "run");
    let possible = |number: f64| number.is_finite() && number > 0.0;
    if !is_read || !possible(run.duration) || !possible(run.dt) {
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

/// The end of a stimulus or a record, after its beginning.
fn interval(findings: &mut Findings, path: &str, what: &str, from: f64, until: Option<f64>) {
    let Some(until) = until else {
        return;
    };
    let path = format!("{path}/until");
    if !until.is_finite() {
        let mistake = Mistake::NotFinite {
            what: format!("`until` in {what}"),
            value: with_unit(until, "s"),
        };
        findings.value(&path, mistake);
    } else if until <= from {
        let mistake = Mistake::EndsBeforeBegin {
            what: what.into(),
            begin: with_unit(from, "s"),
            end: with_unit(until, "s"),
        };
        findings.value(&path, mistake);
    }
}
