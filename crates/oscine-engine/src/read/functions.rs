//! Stimuli that are functions of time: steps, ramps, sinusoids, chirps, recorded values. Called by programs as `name(t)`, or
//! `name(t, i)` where a table has a column for each element.

use std::f64::consts::TAU;
use std::sync::Arc;

use oscine_equations::{Dimension, Graph, Quantity, Scope, resolve};
use oscine_network::{Experiment, Stimulus, StimulusKind, Text};

use crate::error::{BuildError, equation_error};

/// A function of time, ready to be called.
#[derive(Clone, Debug)]
pub(crate) struct TimeFunction {
    pub name: String,
    pub dimension: Dimension,
    pub indexed: bool,
    from: f64,
    until: f64,
    course: TimeCourse,
}

#[derive(Clone, Debug)]
enum TimeCourse {
    Step {
        amplitude: f64,
    },
    Ramp {
        start: f64,
        end: f64,
    },
    Sinusoid {
        amplitude: f64,
        frequency: f64,
        phase: f64,
        offset: f64,
    },
    Chirp {
        amplitude: f64,
        first: f64,
        last: f64,
        logarithmic: bool,
    },
    /// Rows in `unit`, each `every` s; one that comes again is shared.
    Table {
        rows: Vec<Arc<[f64]>>,
        unit: f64,
        every: f64,
        linear: bool,
    },
}

/// A time a hair before a boundary counts as on it: steps are multiples of dt in binary, boundaries decimal numbers.
const HAIR: f64 = 1e-9;

impl TimeFunction {
    /// The value at a time in s and, for tables with columns, of an element.
    pub fn value(&self, time: f64, index: f64) -> f64 {
        let since = time - self.from;
        let hair = HAIR * (1.0 + time.abs());
        if since < -hair || time >= self.until - hair {
            return 0.0;
        }
        let since = since.max(0.0);
        let length = self.until - self.from;
        match &self.course {
            TimeCourse::Step { amplitude } => *amplitude,
            TimeCourse::Ramp { start, end } => start + (end - start) * since / length,
            TimeCourse::Sinusoid {
                amplitude,
                frequency,
                phase,
                offset,
            } => offset + amplitude * (TAU * frequency * since + phase).sin(),
            TimeCourse::Chirp {
                amplitude,
                first,
                last,
                logarithmic,
            } => {
                let cycles = if *logarithmic && first != last {
                    let rate = (last / first).ln() / length;
                    first * (rate * since).exp_m1() / rate
                } else {
                    first * since + 0.5 * (last - first) / length * since * since
                };
                amplitude * (TAU * cycles).sin()
            }
            TimeCourse::Table {
                rows,
                unit,
                every,
                linear,
            } => {
                let place = since / every + HAIR;
                let (row, share) = ((place.floor() as usize).min(rows.len() - 1), place.fract());
                let value = |row: &Arc<[f64]>| row[(index as usize).min(row.len() - 1)] * unit;
                let here = value(&rows[row]);
                match rows.get(row + 1) {
                    Some(next) if *linear => here + (value(next) - here) * share.max(0.0),
                    _ => here,
                }
            }
        }
    }
}

/// A graph for texts that call these functions, by their places in the table.
pub(crate) fn graph_calling(functions: &[TimeFunction]) -> Graph {
    Graph::calling(functions.iter().map(|function| function.name.as_str()))
}

/// The functions among an experiment's stimuli.
pub(crate) fn functions(experiment: &Experiment) -> Result<Vec<TimeFunction>, BuildError> {
    let mut found = Vec::new();
    for (name, stimulus) in &experiment.stimuli {
        if let Some(function) = function(experiment, name, stimulus)? {
            found.push(function);
        }
    }
    Ok(found)
}

fn function(
    experiment: &Experiment,
    name: &str,
    stimulus: &Stimulus,
) -> Result<Option<TimeFunction>, BuildError> {
    let owner = format!("[stimulus.{name}]");
    let not_loaded = |what: &str| format!("{what} was not loaded before the network was built");
    let measured = match &stimulus.kind {
        StimulusKind::File { path, .. } => {
            let message = not_loaded(&path.display().to_string());
            return Err(BuildError::File { owner, message });
        }
        StimulusKind::Task { .. } => {
            return Err(BuildError::description(owner, not_loaded("the task")));
        }
        StimulusKind::Values {
            values,
            every,
            unit,
            linear,
        } => {
            let unit = unit_of(unit, &owner)?;
            Some(table(values, *every, unit, *linear, &owner)?)
        }
        formula => formula_of_time(formula, &owner)?,
    };
    let Some((course, dimension)) = measured else {
        return Ok(None);
    };
    // A ramp and a chirp end with the run where nothing else is said, as their course depends on it.
    let has_length = matches!(course, TimeCourse::Ramp { .. } | TimeCourse::Chirp { .. });
    let usual_end = match has_length {
        true => experiment.run.duration,
        false => f64::INFINITY,
    };
    Ok(Some(TimeFunction {
        name: name.to_owned(),
        dimension,
        indexed: matches!(&course, TimeCourse::Table { rows, .. } if rows[0].len() > 1),
        from: stimulus.from,
        until: stimulus.until.unwrap_or(usual_end),
        course,
    }))
}

/// A step, ramp, sinusoid or chirp, and what it measures; `None` for a source of spikes.
fn formula_of_time(
    kind: &StimulusKind,
    owner: &str,
) -> Result<Option<(TimeCourse, Dimension)>, BuildError> {
    let quantity = |text: &Text, key: &str| constant(text, &format!("{owner} {key}"));
    Ok(Some(match kind {
        StimulusKind::Ramp { start, end } => {
            let (first, last) = (quantity(start, "start")?, quantity(end, "end")?);
            same(owner, "start", first, "end", last)?;
            let measured = if first.value == 0.0 { last } else { first };
            let course = TimeCourse::Ramp {
                start: first.value,
                end: last.value,
            };
            (course, measured.dimension)
        }
        StimulusKind::Sinusoid {
            amplitude,
            frequency,
            phase,
            offset,
        } => {
            let amplitude = quantity(amplitude, "amplitude")?;
            let mut level = 0.0;
            if let Some(text) = offset {
                let offset = quantity(text, "offset")?;
                same(owner, "amplitude", amplitude, "offset", offset)?;
                level = offset.value;
            }
            let course = TimeCourse::Sinusoid {
                amplitude: amplitude.value,
                frequency: *frequency,
                phase: *phase,
                offset: level,
            };
            (course, amplitude.dimension)
        }
        StimulusKind::Chirp {
            amplitude,
            first,
            last,
            logarithmic,
        } => {
            let amplitude = quantity(amplitude, "amplitude")?;
            let course = TimeCourse::Chirp {
                amplitude: amplitude.value,
                first: *first,
                last: *last,
                logarithmic: *logarithmic,
            };
            (course, amplitude.dimension)
        }
        StimulusKind::Step { amplitude } => {
            let amplitude = quantity(amplitude, "amplitude")?;
            let course = TimeCourse::Step {
                amplitude: amplitude.value,
            };
            (course, amplitude.dimension)
        }
        _ => return Ok(None),
    }))
}

/// Values at regular times, and what they measure.
fn table(
    rows: &[Arc<[f64]>],
    every: f64,
    unit: Quantity,
    linear: bool,
    owner: &str,
) -> Result<(TimeCourse, Dimension), BuildError> {
    let columns = rows.first().map_or(0, |row| row.len());
    if columns == 0 || rows.iter().any(|row| row.len() != columns) {
        return Err(BuildError::description(
            owner,
            "`values` needs rows of equal length",
        ));
    }
    let course = TimeCourse::Table {
        rows: rows.to_vec(),
        unit: unit.value,
        every,
        linear,
    };
    Ok((course, unit.dimension))
}

/// A text that stands for a number with a unit.
fn constant(text: &Text, owner: &str) -> Result<Quantity, BuildError> {
    if let Ok(quantity) = Quantity::parse(&text.value) {
        return Ok(quantity);
    }
    let mut graph = Graph::new();
    let typed = resolve(&mut graph, &Scope::new(), &text.value)
        .map_err(|error| equation_error(text, owner, error))?;
    match graph.constant_value(typed.expression) {
        Some(value) => Ok(Quantity {
            value,
            dimension: typed.dimension,
        }),
        None => Err(
            BuildError::description(owner, "expected a constant such as \"10 nA\"")
                .at(text.place.clone()),
        ),
    }
}

/// A unit such as `nA`, with `1` for none.
fn unit_of(text: &Text, owner: &str) -> Result<Quantity, BuildError> {
    let with_one = Text {
        value: format!("1*({})", text.value),
        place: None,
    };
    constant(&with_one, &format!("{owner} unit"))
}

fn same(owner: &str, a: &str, x: Quantity, b: &str, y: Quantity) -> Result<(), BuildError> {
    if x.dimension == y.dimension || x.value == 0.0 || y.value == 0.0 {
        return Ok(());
    }
    Err(BuildError::description(
        owner,
        format!("`{a}` is in {} and `{b}` in {}", x.dimension, y.dimension),
    ))
}
