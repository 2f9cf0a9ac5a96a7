//! The inputs of an experiment's formulas, as one run gives them: measures by name, recorded variables, parameters.
//!
//! They are gathered once the run has ended, kept in `measures.safetensors`, and put together over the points of a sweep; formulas are evaluated on them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use oscine_engine::Simulation;
use oscine_equations::{Dimension, EquationError};

use crate::formula::array::{ArrayAxis, AxisKind, NamedArray};
use crate::formula::{Missing, names, value_of, without_places};
use crate::judging::measuring::{Measuring, PlacedFormula};
use crate::measures::MeasuredRun;

/// The inputs of formulas: arrays by their full name, such as `rate`, `snr.cell`, `weights.w`, `cells.drive`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FormulaLeaves {
    /// The arrays.
    pub arrays: BTreeMap<String, NamedArray>,
    /// Measures that could not be taken, with why, by the measure's name.
    pub failed: BTreeMap<String, String>,
    /// Notes about the measures that a reader must know, a sentence each.
    pub notes: Vec<String>,
}

impl FormulaLeaves {
    /// Measures a run, and takes from it what the formulas read.
    #[must_use]
    pub fn gather(measuring: &Measuring, run: &MeasuredRun, simulation: &Simulation) -> Self {
        let mut leaves = Self::of_models(measuring, run);
        for written in measuring.formulas() {
            for (_, name) in names(&written.formula) {
                let name = without_places(&name);
                for candidate in candidates(name, written) {
                    if leaves.arrays.contains_key(&candidate) {
                        break;
                    }
                    if let Some(array) = taken(&candidate, run, simulation) {
                        leaves.arrays.insert(candidate, array);
                        break;
                    }
                }
                // A bare name without `of` may be a variable of any population.
                if !name.contains('.') && written.of.is_none() {
                    for owner in owners(run) {
                        let candidate = format!("{owner}.{name}");
                        if let Some(array) = parameter(&owner, name, simulation) {
                            leaves.arrays.entry(candidate).or_insert(array);
                        }
                    }
                }
            }
        }
        leaves
    }

    /// Measures models alone: nothing is run, and what needs a run is missing.
    #[must_use]
    pub fn of_models(measuring: &Measuring, run: &MeasuredRun) -> Self {
        let mut leaves = Self::default();
        for prepared in &measuring.prepared {
            match prepared.carry_out(run) {
                Ok(fields) => leaves.arrays.extend(fields),
                Err(reason) => {
                    leaves.failed.insert(prepared.name.clone(), reason);
                }
            }
        }
        leaves
    }

    /// Takes the arrays of a measure and its fields away, by their full names.
    pub(crate) fn take_measure(
        &mut self,
        name: &str,
    ) -> impl Iterator<Item = (String, NamedArray)> {
        let field = format!("{name}.");
        self.arrays
            .extract_if(.., move |key, _| key == name || key.starts_with(&field))
    }

    /// The array that a name in a formula stands for: one of that name, or of the population that the formula is over, or of the only one that has it.
    pub(crate) fn find(
        &self,
        name: &str,
        written: &PlacedFormula,
    ) -> Result<Option<&NamedArray>, String> {
        for candidate in candidates(name, written) {
            if let Some(array) = self.arrays.get(&candidate) {
                return Ok(Some(array));
            }
        }
        if name.contains('.') {
            return Ok(None);
        }
        let ending = format!(".{name}");
        let mut found = self.arrays.iter().filter(|(key, _)| key.ends_with(&ending));
        let Some((first, array)) = found.next() else {
            return Ok(None);
        };
        match found.find(|(_, other)| *other != array) {
            Some((second, _)) => Err(format!(
                "`{name}` may be `{first}` or `{second}`, which differ"
            )),
            None => Ok(Some(array)),
        }
    }

    /// The coordinates of an axis: `potential.time` of what `potential` gives, or `time` where only one axis is called so.
    pub(crate) fn axis(&self, name: &str) -> Result<Option<NamedArray>, String> {
        let (owner, wanted) = match name.rsplit_once('.') {
            Some((owner, wanted)) => (Some(owner), wanted),
            None => (None, name),
        };
        let is_owned = |key: &str| {
            owner.is_none_or(|owner| {
                let rest = key.strip_prefix(owner);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        let mut axes = self
            .arrays
            .iter()
            .filter(|(key, _)| is_owned(key))
            .filter_map(|(key, array)| Some((key, &array.axes[array.axis(wanted)?])))
            .filter(|(_, axis)| axis.kind == AxisKind::Within);
        let Some((first, axis)) = axes.next() else {
            return Ok(None);
        };
        if let Some((second, _)) = axes.find(|(_, other)| *other != axis) {
            return Err(format!(
                "`{name}` may be that of `{first}` or of `{second}`, which differ"
            ));
        }
        let values = axis.coordinates.clone();
        Ok(Some(NamedArray::along(
            axis.clone(),
            axis.dimension,
            values,
        )))
    }
}

/// The full names that a name may be short for, likeliest first.
fn candidates(name: &str, written: &PlacedFormula) -> Vec<String> {
    let within = written.of.as_ref().filter(|_| !name.contains('.'));
    let mut all: Vec<String> = within.iter().map(|of| format!("{of}.{name}")).collect();
    all.push(name.to_owned());
    all
}

fn owners(run: &MeasuredRun) -> Vec<String> {
    let experiment = run.experiment;
    let neurons = experiment.neurons.iter().map(|(name, _)| name.clone());
    let synapses = experiment.synapses.iter().map(|(name, _)| name.clone());
    neurons.chain(synapses).collect()
}

/// A recorded variable, a variable or parameter as it is at the end of the run, or a number of the run itself.
fn taken(name: &str, run: &MeasuredRun, simulation: &Simulation) -> Option<NamedArray> {
    let (owner, rest) = name.split_once('.')?;
    if owner == "run" {
        let run = &run.experiment.run;
        return match rest {
            "duration" => Some(NamedArray::number(run.duration, Dimension::SECOND)),
            "dt" => Some(NamedArray::number(run.dt, Dimension::SECOND)),
            "seed" => Some(NamedArray::number(
                run.seed as f64,
                Dimension::DIMENSIONLESS,
            )),
            _ => None,
        };
    }
    recorded(owner, rest, run).or_else(|| parameter(owner, rest, simulation))
}

/// A variable of a record: `weights.w`, or `activation.hard.a` where the record is of several populations.
fn recorded(record: &str, rest: &str, run: &MeasuredRun) -> Option<NamedArray> {
    let (of, variable) = match rest.rsplit_once('.') {
        Some((of, variable)) => (Some(of), variable),
        None => (None, rest),
    };
    let mut traces = run
        .recordings
        .traces
        .iter()
        .filter(|traces| traces.record == record && of.is_none_or(|of| traces.of == of));
    let traces = traces.next()?;
    let variable = traces
        .variables
        .iter()
        .find(|known| known.name == variable)?;
    let elements = ArrayAxis::elements(traces.of.clone(), traces.indices.iter().copied());
    let time = ArrayAxis::within("time", Dimension::SECOND, traces.times.to_vec());
    let mut array = NamedArray {
        dimension: variable.dimension,
        axes: vec![elements, time],
        values: variable.series.concat(),
    };
    if traces.times.len() == 1 {
        array.axes.pop();
    }
    if traces.indices.len() == 1 {
        array.axes.remove(0);
    }
    Some(array)
}

fn parameter(owner: &str, name: &str, simulation: &Simulation) -> Option<NamedArray> {
    let (values, dimension) = simulation.values(owner, name)?;
    if let [value] = values.as_slice() {
        return Some(NamedArray::number(*value, dimension));
    }
    let count = u32::try_from(values.len()).ok()?;
    Some(NamedArray::along(
        ArrayAxis::elements(owner, 0..count),
        dimension,
        values,
    ))
}

/// The evaluation of formulas on their inputs; expressions that a formula names are evaluated as they are needed.
pub(crate) struct Evaluator<'a> {
    leaves: &'a FormulaLeaves,
    measuring: &'a Measuring,
    /// Expressions on their way, so that one that needs itself is noticed.
    open: std::cell::RefCell<Vec<String>>,
    /// Expressions that were evaluated.
    known: std::cell::RefCell<BTreeMap<String, NamedArray>>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(leaves: &'a FormulaLeaves, measuring: &'a Measuring) -> Self {
        Self {
            leaves,
            measuring,
            open: std::cell::RefCell::default(),
            known: std::cell::RefCell::default(),
        }
    }

    /// The value of a formula.
    pub(crate) fn value(&self, written: &PlacedFormula) -> Result<NamedArray, EquationError> {
        value_of(&written.formula, &|name| self.named(name, written))
    }

    fn named(
        &self,
        name: &str,
        written: &PlacedFormula,
    ) -> Result<Option<Cow<'_, NamedArray>>, Missing> {
        let missing = |reason: String| Missing { reason, help: None };
        let expressions = &self.measuring.expressions;
        if let Some((_, expression)) = expressions.iter().find(|(known, _)| known == name) {
            if let Some(array) = self.known.borrow().get(name) {
                return Ok(Some(Cow::Owned(array.clone())));
            }
            if self.open.borrow().iter().any(|known| known == name) {
                return Err(missing(format!("the measure `{name}` needs itself")));
            }
            self.open.borrow_mut().push(name.to_owned());
            let value = self.value(expression);
            self.open.borrow_mut().pop();
            let value = value.map_err(|error| missing(format!("the measure `{name}`: {error}")))?;
            let mut known = self.known.borrow_mut();
            known.insert(name.to_owned(), value.clone());
            return Ok(Some(Cow::Owned(value)));
        }
        let head = name.split('.').next().unwrap_or(name);
        if let Some(reason) = self.leaves.failed.get(head) {
            return Err(missing(format!("`{head}` could not be measured: {reason}")));
        }
        let found = self.leaves.find(name, written).map_err(|reason| Missing {
            reason,
            help: Some("write the population before it".into()),
        })?;
        if let Some(array) = found {
            return Ok(Some(Cow::Borrowed(array)));
        }
        let axis = self.leaves.axis(name).map_err(|reason| Missing {
            reason,
            help: Some("write the record or the measure before it".into()),
        })?;
        if let Some(axis) = axis {
            return Ok(Some(Cow::Owned(axis)));
        }
        let Some((before, label)) = name.rsplit_once('.') else {
            return self.perhaps_fields(name);
        };
        if let Ok(Some(array)) = self.named(before, written)
            && let Some(chosen) = at_label(&array, label)
        {
            return Ok(Some(Cow::Owned(chosen)));
        }
        Err(self.not_there(name, head))
    }

    fn not_there(&self, name: &str, head: &str) -> Missing {
        let there: Vec<&String> = self
            .leaves
            .arrays
            .keys()
            .filter(|key| key.split('.').next() == Some(head))
            .collect();
        let nearest = oscine_network::nearest(name, there.iter().map(|key| key.as_str()));
        Missing {
            reason: format!("there is no `{name}`"),
            help: match nearest {
                Some(nearest) => Some(format!("did you mean `{nearest}`?")),
                None if there.is_empty() => None,
                None => {
                    let there: Vec<String> = there.iter().map(|key| format!("`{key}`")).collect();
                    Some(format!("there are {}", there.join(", ")))
                }
            },
        }
    }

    /// A measure of several fields has no value of its own.
    fn perhaps_fields(&self, name: &str) -> Result<Option<Cow<'_, NamedArray>>, Missing> {
        let is_measure = self
            .measuring
            .prepared
            .iter()
            .any(|known| known.name == name);
        if is_measure {
            let mut missing = self.not_there(name, name);
            missing.reason = format!("`{name}` gives several things");
            return Err(missing);
        }
        Ok(None)
    }
}

/// The part of an array at one name of an axis that has names: `accuracy.hidden_input` of a sweep over places. What is no letter or
/// digit in the name is written `_`.
fn at_label(array: &NamedArray, label: &str) -> Option<NamedArray> {
    let plain = |name: &String| -> String {
        let letters = name.chars();
        letters
            .map(|letter| {
                if letter.is_alphanumeric() {
                    letter
                } else {
                    '_'
                }
            })
            .collect()
    };
    array.axes.iter().enumerate().find_map(|(place, axis)| {
        let value = axis.labels.iter().position(|name| plain(name) == label)?;
        Some(array.at(place, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_an_axis_chooses_a_part() {
        let places = ArrayAxis {
            labels: vec!["hidden.input".into(), "salt-and-pepper".into()],
            ..ArrayAxis::within("noise.one.at", Dimension::DIMENSIONLESS, vec![0.0, 1.0])
        };
        let level = ArrayAxis::within("level", Dimension::DIMENSIONLESS, vec![0.1, 0.2, 0.3]);
        let array = NamedArray {
            dimension: Dimension::DIMENSIONLESS,
            axes: vec![places, level],
            values: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        };
        let chosen = at_label(&array, "salt_and_pepper").unwrap();
        assert_eq!(chosen.values, [4.0, 5.0, 6.0]);
        assert_eq!(chosen.axes.len(), 1);
        assert_eq!(at_label(&array, "hidden_weights"), None);
    }
}
