//! Measures by name: arrays from the recordings of a run, a trained network, or a model itself.
//!
//! A measure is read before the run, so that a mistake in its settings costs no run; what it then carries out is a function of the run.
//! It may give several arrays: `onset.hopf`, `snr.cell`.

mod backpropagation;
mod frequencies;
mod information;
pub(crate) mod learned;
mod locking;
mod models;
mod of;
mod settings;
mod shown;
mod spikes;
mod synchronies;
mod waves;

use std::borrow::Cow;
use std::cell::RefCell;

use oscine_equations::Dimension;
use oscine_network::{Experiment, Measure, nearest};

use crate::files::task_examples::TaskExamples;
use crate::formula::array::{ArrayAxis, NamedArray};
use crate::simulations::recordings::{RecordedSpikes, Recordings, Traces};
use crate::trainings::learned::TrainedNetwork;

pub use of::Of;
pub use settings::{Settings, Wrong, range_of};

/// The run that a measure is taken of: what it recorded and learned.
#[derive(Clone, Copy)]
pub struct MeasuredRun<'a> {
    /// The experiment as run.
    pub experiment: &'a Experiment,
    /// Its recordings.
    pub recordings: &'a Recordings,
    /// The trained network, where it has layers.
    pub learned: Option<&'a TrainedNetwork>,
    /// The examples of its task.
    pub examples: &'a TaskExamples<'a>,
    /// Notes about the measures that a reader must know, a sentence each.
    pub notes: &'a RefCell<Vec<String>>,
}

/// The fields of a measure: arrays by name, the main one by the empty name.
pub type MeasureFields = Vec<(String, NamedArray)>;

/// A measure that was read, as a function of the run.
pub type Carry = Box<dyn Fn(&MeasuredRun) -> Result<MeasureFields, String> + Send + Sync>;

/// A kind of measure, which every file can name.
pub struct MeasureKind {
    /// Its name: `what = "firing-rate"`.
    pub name: &'static str,
    /// What the measure is taken of.
    pub of: Of,
    /// What it gives, in a line.
    pub gives: &'static str,
    /// Reads its settings.
    pub(crate) read: fn(&Settings, &[String]) -> Result<Carry, Wrong>,
}

/// All measures, by family.
pub const FAMILIES: &[(&str, &[MeasureKind])] = &[
    ("of spike trains, cell by cell", spikes::KINDS),
    ("of cells together", synchronies::KINDS),
    ("of neurons that are shown a task", shown::KINDS),
    ("by frequency", frequencies::KINDS),
    ("of traces in time", waves::KINDS),
    ("of information", information::KINDS),
    ("of models", models::KINDS),
    ("of trained layers", learned::KINDS),
];

/// All measures.
pub fn kinds() -> impl Iterator<Item = &'static MeasureKind> {
    FAMILIES.iter().flat_map(|(_, kinds)| kinds.iter())
}

/// A measure that was read.
pub struct Prepared {
    /// Its name in the file.
    pub name: String,
    carry: Carry,
}

impl Prepared {
    /// Reads a measure; `None` where it is an expression.
    ///
    /// # Errors
    /// A measure that is not known, or a setting that is wrong.
    pub fn read(
        name: &str,
        measure: &Measure,
        experiment: &Experiment,
    ) -> Result<Option<Self>, Wrong> {
        let Some(what) = &measure.what else {
            return Ok(None);
        };
        let Some(kind) = kinds().find(|kind| kind.name == what) else {
            let wrong = Wrong::with_measure(format!("there is no measure called `{what}`"));
            return Err(match nearest(what, kinds().map(|kind| kind.name)) {
                Some(nearest) => wrong.help(format!("did you mean `{nearest}`?")),
                None => wrong.help("`oscine measures` lists them"),
            });
        };
        if kind.of == Of::Training {
            kind.of
                .check(what, measure.of.first().map_or("", |of| of), experiment)?;
        } else if measure.of.is_empty() {
            return Err(Wrong::with_measure(format!("`{what}` needs `of`"))
                .help("name a record or a population, as in `of = \"raster\"`"));
        }
        let settings = Settings::of(measure);
        shown::check(kind, &settings, experiment)?;
        let carry = (kind.read)(&settings, &measure.of)?;
        settings.finish(&format!("`{what}`"))?;
        for of in measure.of.iter().filter(|_| kind.of != Of::Training) {
            kind.of.check(what, of, experiment)?;
        }
        Ok(Some(Self {
            name: name.to_owned(),
            carry,
        }))
    }

    /// Measures a run: arrays by their full name.
    ///
    /// # Errors
    /// Why it cannot be measured, a sentence.
    pub fn carry_out(&self, run: &MeasuredRun) -> Result<MeasureFields, String> {
        let fields = (self.carry)(run)?;
        Ok(fields
            .into_iter()
            .map(|(field, array)| match field.as_str() {
                "" => (self.name.clone(), array),
                _ => (format!("{}.{field}", self.name), array),
            })
            .collect())
    }
}

/// The message about a window in which nothing was recorded.
pub(crate) const OUTSIDE: &str = "nothing was recorded between its `from` and `until`";

/// The window of time that a measure looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeWindow {
    from: f64,
    until: f64,
}

impl TimeWindow {
    /// The samples of traces that lie in it.
    pub(crate) fn of_traces<'a>(self, traces: &'a Traces) -> Traces<'a> {
        traces.between(self.from, self.until)
    }

    /// All that was recorded.
    pub(crate) fn whole() -> Self {
        Self {
            from: 0.0,
            until: f64::INFINITY,
        }
    }

    /// What of it lies within a recording.
    pub(crate) fn of(self, recorded: std::ops::Range<f64>) -> std::ops::Range<f64> {
        let start = self.from.max(recorded.start);
        start..self.until.min(recorded.end).max(start)
    }

    /// `from` and `until`.
    pub(crate) fn read(settings: &Settings) -> Result<Self, Wrong> {
        let from = settings.quantity("from", Dimension::SECOND, "\"0.5 s\"")?;
        let until = settings.quantity("until", Dimension::SECOND, "\"2 s\"")?;
        let window = Self {
            from: from.unwrap_or(0.0),
            until: until.unwrap_or(f64::INFINITY),
        };
        if window.from >= window.until {
            return Err(settings.wrong("until", "comes before `from`"));
        }
        Ok(window)
    }
}

/// One recording that a measure is taken of, with the name that its result has among others.
pub(crate) enum Selected<'a> {
    /// Spikes.
    Spikes(&'a RecordedSpikes<'static>),
    /// One variable of traces, by its place.
    Trace(&'a Traces<'static>, usize),
}

/// One trace of one cell or synapse.
pub(crate) struct Trace<'a> {
    /// `[sample]`.
    pub(crate) values: Cow<'a, [f64]>,
    /// Their dimension.
    pub(crate) dimension: Dimension,
    /// The time of the first, s.
    pub(crate) from: f64,
    /// The sampling interval, s.
    pub(crate) step: f64,
}

impl Trace<'_> {
    /// Whether its samples lie at these times (the first, between two, how many), so that the two can be compared one by one.
    pub(crate) fn alongside(&self, from: f64, step: f64, count: usize) -> Result<(), String> {
        let last =
            |from: f64, step: f64, count: usize| from + step * count.saturating_sub(1) as f64;
        let apart = last(self.from, self.step, self.values.len()) - last(from, step, count);
        let half = 0.5 * step;
        if self.values.len() == count && (self.from - from).abs() < half && apart.abs() < half {
            return Ok(());
        }
        Err(format!(
            "the two traces are not recorded at the same times: {count} samples from {from} s on, and {} from {} s on",
            self.values.len(),
            self.from
        ))
    }
}

impl<'a> Selected<'a> {
    /// The trace, where it is one of a single element.
    pub(crate) fn trace(&self, window: TimeWindow) -> Result<Trace<'a>, String> {
        let Self::Trace(traces, place) = self else {
            return Err(format!("a trace is wanted, and `{}` are spikes", self.of()));
        };
        if traces.indices.len() != 1 {
            return Err(format!(
                "one trace is wanted, and `{}` records {}",
                traces.record,
                traces.indices.len()
            ));
        }
        let mut traces = window.of_traces(traces);
        let step = traces.step().ok_or("there are too few samples")?;
        let mut variable = traces.variables.swap_remove(*place);
        Ok(Trace {
            values: variable.series.swap_remove(0),
            dimension: variable.dimension,
            from: traces.times[0],
            step,
        })
    }

    fn of(&self) -> &str {
        match self {
            Self::Spikes(trains) => &trains.of,
            Self::Trace(traces, _) => &traces.of,
        }
    }

    fn variable(&self) -> &str {
        match self {
            Self::Spikes(_) => "",
            Self::Trace(traces, place) => &traces.variables[*place].name,
        }
    }
}

/// The one trace that a setting names: `input = "drive.I"`.
pub(crate) fn only_trace<'a>(
    run: &MeasuredRun<'a>,
    key: &str,
    name: &str,
    window: TimeWindow,
) -> Result<Trace<'a>, String> {
    let mut found = selected(run, &[name.to_owned()])?;
    match (found.len(), found.pop()) {
        (1, Some((_, one))) => one.trace(window),
        _ => Err(format!(
            "`{key}` should be one trace, and `{name}` is several"
        )),
    }
}

/// The recordings that `of` names: a record (`raster`), a variable of one (`membrane.v`), a population of one (`activation.hard`), or the
/// spikes of a population.
pub(crate) fn selected<'a>(
    run: &MeasuredRun<'a>,
    of: &[String],
) -> Result<Vec<(String, Selected<'a>)>, String> {
    let mut all: Vec<Selected<'a>> = Vec::new();
    for name in of {
        let mut steps = name.split('.').map(str::trim);
        let record = steps.next().unwrap_or_default();
        let rest: Vec<&str> = steps.collect();
        let before = all.len();
        for trains in &run.recordings.trains {
            let named = trains.record == record && rest.iter().all(|step| *step == trains.of);
            if named || (trains.of == record && rest.is_empty()) {
                all.push(Selected::Spikes(trains));
            }
        }
        for traces in run
            .recordings
            .traces
            .iter()
            .filter(|traces| traces.record == record)
        {
            for (place, variable) in traces.variables.iter().enumerate() {
                if rest
                    .iter()
                    .all(|step| *step == traces.of || *step == variable.name)
                {
                    all.push(Selected::Trace(traces, place));
                }
            }
        }
        if all.len() == before {
            return Err(format!("nothing recorded is called `{name}`"));
        }
    }
    let several = |key: &dyn Fn(&Selected) -> String| {
        let first = key(&all[0]);
        all.iter().any(|one| key(one) != first)
    };
    let populations = several(&|one| one.of().to_owned());
    let variables = several(&|one| one.variable().to_owned());
    let label = |one: &Selected| {
        let mut parts = Vec::new();
        if populations {
            parts.push(one.of());
        }
        // Spikes have no variable; beside traces of another population they need none.
        if !one.variable().is_empty() && variables && !(populations && one_each(&all)) {
            parts.push(one.variable());
        }
        parts.join(".")
    };
    let labels: Vec<String> = all.iter().map(label).collect();
    Ok(labels.into_iter().zip(all).collect())
}

/// Whether no population comes twice.
fn one_each(all: &[Selected]) -> bool {
    all.iter()
        .enumerate()
        .all(|(at, one)| all[..at].iter().all(|other| other.of() != one.of()))
}

/// Carries a measure of spikes out for each population.
pub(crate) fn of_spikes(
    what: &'static str,
    of: &[String],
    window: TimeWindow,
    measure: impl Fn(&RecordedSpikes) -> Result<MeasureFields, String> + Send + Sync + 'static,
) -> Carry {
    let of = of.to_vec();
    Box::new(move |run| {
        each(selected(run, &of)?, |one| match one {
            Selected::Spikes(trains) => {
                let trains = trains.between(window.from, window.until);
                match trains.span() > 0.0 {
                    true => measure(&trains),
                    false => Err(OUTSIDE.into()),
                }
            }
            Selected::Trace(traces, _) => Err(format!(
                "`{what}` is of spikes, and `{}` records variables",
                traces.record
            )),
        })
    })
}

/// The fields of each recording, under its name where there are several.
pub(crate) fn each<'a>(
    all: Vec<(String, Selected<'a>)>,
    measure: impl Fn(&Selected<'a>) -> Result<MeasureFields, String>,
) -> Result<MeasureFields, String> {
    let mut fields = MeasureFields::new();
    for (at, (label, one)) in all.iter().enumerate() {
        if all[..at].iter().any(|(other, _)| other == label) {
            return Err(format!(
                "`of` names several recordings of `{}`: give each slice of it a record of its own",
                one.of()
            ));
        }
        for (field, array) in measure(one)? {
            let parts: Vec<&str> = [label.as_str(), field.as_str()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect();
            fields.push((parts.join("."), array));
        }
    }
    Ok(fields)
}

/// An array with a number for each recorded cell.
pub(crate) fn by_cell(
    trains: &RecordedSpikes,
    dimension: Dimension,
    values: Vec<f64>,
) -> NamedArray {
    NamedArray::along(
        ArrayAxis::elements(trains.of.clone(), trains.cells.clone()),
        dimension,
        values,
    )
    .squeezed()
}

/// An array with a number for each recorded cell or synapse of traces.
pub(crate) fn by_element(traces: &Traces, dimension: Dimension, values: Vec<f64>) -> NamedArray {
    let axis = ArrayAxis::elements(traces.of.clone(), traces.indices.iter().copied());
    NamedArray::along(axis, dimension, values).squeezed()
}

/// An array with a line for each recorded cell or synapse, all along one axis.
pub(crate) fn stacked_lines(
    traces: &Traces,
    axis: ArrayAxis,
    dimension: Dimension,
    lines: Vec<Vec<f64>>,
) -> NamedArray {
    let elements = ArrayAxis::elements(traces.of.clone(), traces.indices.iter().copied());
    NamedArray {
        dimension,
        axes: vec![elements, axis],
        values: lines.concat(),
    }
    .squeezed()
}

/// Carries a measure of traces out for each variable and population.
pub(crate) fn of_traces(
    what: &'static str,
    of: &[String],
    window: TimeWindow,
    measure: impl Fn(&MeasuredRun, &Traces, usize) -> Result<MeasureFields, String>
    + Send
    + Sync
    + 'static,
) -> Carry {
    let of = of.to_vec();
    Box::new(move |run| {
        each(selected(run, &of)?, |one| match one {
            Selected::Trace(traces, place) => {
                let traces = window.of_traces(traces);
                match traces.times.is_empty() {
                    true => Err(OUTSIDE.into()),
                    false => measure(run, &traces, *place),
                }
            }
            Selected::Spikes(trains) => Err(format!(
                "`{what}` is of recorded variables, and `{}` records spikes",
                trains.record
            )),
        })
    })
}

/// The two recordings that a measure compares.
pub(crate) fn pair<'a>(
    what: &str,
    found: Vec<(String, Selected<'a>)>,
) -> Result<[Selected<'a>; 2], String> {
    let all: Vec<Selected<'a>> = found.into_iter().map(|(_, one)| one).collect();
    let count = all.len();
    <[Selected<'a>; 2]>::try_from(all)
        .map_err(|_| format!("`{what}` is of two recordings, and `of` names {count}"))
}

/// The mid-range of a trace.
pub(crate) fn middle(series: &[f64]) -> f64 {
    let least = series.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = series.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    0.5 * (least + greatest)
}

/// An array under the name of a field.
pub(crate) fn field(name: &str, array: NamedArray) -> (String, NamedArray) {
    (name.to_owned(), array)
}

/// One number under the name of a field.
pub(crate) fn number(name: &str, value: f64, dimension: Dimension) -> (String, NamedArray) {
    field(name, NamedArray::number(value, dimension))
}

/// An array that is all a measure gives.
pub(crate) fn main(array: NamedArray) -> MeasureFields {
    vec![field("", array)]
}
