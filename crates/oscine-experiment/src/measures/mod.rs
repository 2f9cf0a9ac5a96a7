//! Measures by name: from what a run recorded, or from a model itself, to arrays.
//!
//! A measure is read before the run, so that a mistake in its settings costs no run; what it then carries out is a function of the run.
//! It may give several arrays: `onset.hopf`, `snr.cell`.

mod models;
mod settings;
mod spikes;

use std::cell::RefCell;

use oscine_equations::Dimension;
use oscine_network::{Experiment, Measure, nearest};

use crate::array::{Array, Axis};
use crate::recordings::{Recordings, SpikeTrains, Traces};

pub use settings::{Settings, Wrong, range_of};

/// What a measure is taken of.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The experiment as run.
    pub experiment: &'a Experiment,
    /// What it recorded.
    pub recordings: &'a Recordings,
    /// What a reader must know about the measures, a sentence each.
    pub notes: &'a RefCell<Vec<String>>,
}

/// What a measure gives: arrays by field, the main one by the empty name.
pub type Fields = Vec<(String, Array)>;

/// Carries a measure out.
pub type Carry = Box<dyn Fn(&Run) -> Result<Fields, String> + Send + Sync>;

/// A measure that every file can name.
pub struct Kind {
    /// Its name: `what = "firing-rate"`.
    pub name: &'static str,
    /// What it gives, in a line.
    pub gives: &'static str,
    /// Reads its settings.
    pub(crate) read: fn(&Settings, &[String]) -> Result<Carry, Wrong>,
}

/// All measures, by what they are of.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    [models::KINDS, spikes::KINDS].into_iter().flatten()
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
    pub fn read(name: &str, measure: &Measure) -> Result<Option<Self>, Wrong> {
        let Some(what) = &measure.what else {
            return Ok(None);
        };
        let Some(kind) = kinds().find(|kind| kind.name == what) else {
            let wrong = Wrong::with_measure(format!("there is no measure called `{what}`"));
            return Err(match nearest(what, kinds().map(|kind| kind.name)) {
                Some(nearest) => wrong.help(format!("did you mean `{nearest}`?")),
                None => wrong.help("`oscine models measures` lists them"),
            });
        };
        if measure.of.is_empty() {
            return Err(Wrong::with_measure(format!("`{what}` needs `of`"))
                .help("name a record or a population, as in `of = \"raster\"`"));
        }
        let settings = Settings::of(measure);
        let carry = (kind.read)(&settings, &measure.of)?;
        settings.finish(&format!("`{what}`"))?;
        Ok(Some(Self {
            name: name.to_owned(),
            carry,
        }))
    }

    /// Measures a run: arrays by their full name.
    ///
    /// # Errors
    /// Why it cannot be measured, a sentence.
    pub fn carry_out(&self, run: &Run) -> Result<Fields, String> {
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

/// A span of time that a measure looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    from: f64,
    until: f64,
}

impl Window {
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
    Spikes(&'a SpikeTrains),
    /// One variable of traces, by its place.
    Trace(&'a Traces, usize),
}

impl Selected<'_> {
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

/// The recordings that `of` names: a record (`raster`), a variable of one (`membrane.v`), a population of one (`activation.hard`), or the
/// spikes of a population.
pub(crate) fn selected<'a>(
    run: &Run<'a>,
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
    window: Window,
    measure: impl Fn(&SpikeTrains) -> Result<Fields, String> + Send + Sync + 'static,
) -> Carry {
    let of = of.to_vec();
    Box::new(move |run| {
        each(selected(run, &of)?, |one| match one {
            Selected::Spikes(trains) => measure(&trains.between(window.from, window.until)),
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
    measure: impl Fn(&Selected<'a>) -> Result<Fields, String>,
) -> Result<Fields, String> {
    let mut fields = Fields::new();
    for (label, one) in all {
        for (field, array) in measure(&one)? {
            let parts: Vec<&str> = [label.as_str(), field.as_str()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect();
            fields.push((parts.join("."), array));
        }
    }
    Ok(fields)
}

/// A number of each recorded cell.
pub(crate) fn by_cell(trains: &SpikeTrains, dimension: Dimension, values: Vec<f64>) -> Array {
    Array::along(
        Axis::elements(trains.of.clone(), trains.cells.clone()),
        dimension,
        values,
    )
    .squeezed()
}
