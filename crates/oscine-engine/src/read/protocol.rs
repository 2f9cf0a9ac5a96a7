//! `[[protocol]]`: phases in time, each with parameters and rates of its own. What a phase sets holds for that phase only; what it
//! does not name has its value of the file.
//!
//! A parameter that phases set stands for a choice by the number of the phase, and that number follows from the step: there is
//! nothing to change while the run goes on, and nothing to keep in a checkpoint. First values are those of the file.

use std::collections::HashMap;

use oscine_equations::graph::Binary;
use oscine_equations::{Dimension, Expression, Graph, Scope, Symbol, resolve_as};
use oscine_network::{Experiment, Phase, Text};

use crate::error::{BuildError, equation_error};
use crate::facts::PhaseFacts;
use crate::read::parameters::{ParameterDraft, Phased};

/// The symbol of the phase's number, from 0; the number of phases after the last. No text can name it.
pub(crate) const PHASE: &str = "phase of the protocol";

/// The name of a spike source's rate.
pub(crate) const RATE: &str = "rate";

/// The steps at which phases begin, and the one at which the last ends; empty without a protocol.
pub(crate) fn boundaries(experiment: &Experiment) -> Result<Vec<u64>, BuildError> {
    let dt = experiment.run.dt;
    let mut boundaries = Vec::new();
    let (mut end, mut step) = (0.0, 0);
    for (number, phase) in experiment.protocol.iter().enumerate() {
        boundaries.push(step);
        end += phase.duration;
        let next = (end / dt).round() as u64;
        if next == step {
            return Err(BuildError::description(
                format!("[[protocol]] {}", title(phase, number)),
                format!(
                    "a phase of {} s is shorter than the step of {dt} s",
                    phase.duration
                ),
            )
            .with_help("lengthen the phase, or shorten [run] dt"));
        }
        step = next;
    }
    if !boundaries.is_empty() {
        boundaries.push(step);
    }
    Ok(boundaries)
}

/// What a reader should know of a protocol that does not last as long as the run.
pub(crate) fn note(boundaries: &[u64], steps: u64, dt: f64) -> Option<String> {
    let end = *boundaries.last()?;
    let seconds = |steps: u64| steps as f64 * dt;
    match end {
        _ if end < steps => Some(format!(
            "[[protocol]] ends at {} s: from there to the end of the run everything has its value of the file",
            seconds(end)
        )),
        _ if end > steps => Some(format!(
            "[[protocol]] lasts until {} s, but the run ends at {} s",
            seconds(end),
            seconds(steps)
        )),
        _ => None,
    }
}

/// The phases as plain data.
pub(crate) fn facts(experiment: &Experiment, boundaries: &[u64]) -> Vec<PhaseFacts> {
    let texts = |named: &[(String, Text)]| -> Vec<(String, String)> {
        let pairs = named.iter();
        pairs
            .map(|(name, text)| (name.clone(), text.value.clone()))
            .collect()
    };
    let dt = experiment.run.dt;
    let phases = experiment.protocol.iter().enumerate();
    phases
        .zip(boundaries.windows(2))
        .map(|((number, phase), steps)| PhaseFacts {
            name: title(phase, number),
            from: steps[0] as f64 * dt,
            until: steps[1] as f64 * dt,
            fire: texts(&phase.fire),
            set: texts(&phase.set),
        })
        .collect()
}

/// The phase's name, or its place where it has none.
fn title(phase: &Phase, number: usize) -> String {
    match phase.name.as_str() {
        "" => format!("phase {}", number + 1),
        name => name.to_owned(),
    }
}

/// What one phase sets a parameter to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PhaseValue<'a> {
    pub phase: usize,
    pub text: &'a Text,
    fires: bool,
}

impl PhaseValue<'_> {
    /// Whose text it is: `[[protocol]] set.cells.I`.
    pub fn owner(&self, population: &str, parameter: &str) -> String {
        if self.fires {
            format!("[[protocol]] fire.{population}")
        } else {
            format!("[[protocol]] set.{population}.{parameter}")
        }
    }

    /// Its expression.
    pub fn resolve(
        &self,
        graph: &mut Graph,
        scope: &Scope,
        dimension: Dimension,
        population: &str,
        parameter: &str,
    ) -> Result<Expression, BuildError> {
        let what = format!("`{parameter}` in a phase of the protocol");
        resolve_as(graph, scope, &self.text.value, dimension, &what)
            .map_err(|error| equation_error(self.text, &self.owner(population, parameter), error))
    }
}

/// The parameters of a population or projection that phases set, with their values by phase.
pub(crate) fn values_of<'a>(
    experiment: &'a Experiment,
    population: &str,
) -> Vec<(String, Vec<PhaseValue<'a>>)> {
    let mut found: Vec<(String, Vec<PhaseValue<'a>>)> = Vec::new();
    for (phase, described) in experiment.protocol.iter().enumerate() {
        let set = described.set.iter().filter_map(|(place, text)| {
            let (name, parameter) = place.split_once('.')?;
            (name == population).then_some((parameter, text, false))
        });
        let fire = described.fire.iter();
        let fire = fire
            .filter(|(source, _)| source == population)
            .map(|(_, text)| (RATE, text, true));
        for (parameter, text, fires) in set.chain(fire) {
            let value = PhaseValue { phase, text, fires };
            match found.iter_mut().find(|(known, _)| known == parameter) {
                Some((_, values)) => values.push(value),
                None => found.push((parameter.to_owned(), vec![value])),
            }
        }
    }
    found
}

/// The value of the file, or in some phases another.
pub(crate) fn choose(
    graph: &mut Graph,
    of_file: Expression,
    of_phases: &[(usize, Expression)],
) -> Expression {
    let phase = graph.named(PHASE);
    of_phases
        .iter()
        .fold(of_file, |otherwise, (number, value)| {
            let number = graph.constant(*number as f64);
            let now = graph.binary(Binary::Equal, phase, number);
            graph.select(now, *value, otherwise)
        })
}

/// Expressions with the phase's number as it follows from the step.
pub(crate) fn by_step(
    graph: &mut Graph,
    expressions: &[Expression],
    boundaries: &[u64],
) -> Vec<Expression> {
    let Some(phase) = graph.find(PHASE) else {
        return expressions.to_vec();
    };
    let now = graph.named("t_in_timesteps");
    let mut number = graph.constant(0.0);
    for boundary in boundaries.iter().skip(1) {
        let boundary = graph.constant(*boundary as f64);
        let begun = graph.binary(Binary::LessOrEqual, boundary, now);
        number = graph.add(number, begun);
    }
    graph.substitute(expressions, &HashMap::from([(phase, number)]))
}

/// An expression in one phase.
pub(crate) fn in_phase(graph: &mut Graph, expression: Expression, number: usize) -> Expression {
    fixed(graph, expression, number as f64)
}

/// An expression with the values of the file.
pub(crate) fn of_file(graph: &mut Graph, expression: Expression) -> Expression {
    fixed(graph, expression, -1.0)
}

fn fixed(graph: &mut Graph, expression: Expression, number: f64) -> Expression {
    let Some(phase) = graph.find(PHASE) else {
        return expression;
    };
    let number = graph.constant(number);
    graph.substitute(&[expression], &HashMap::from([(phase, number)]))[0]
}

/// True where an expression is not the same in all phases.
pub(crate) fn depends(graph: &Graph, expression: Expression) -> bool {
    graph
        .find(PHASE)
        .is_some_and(|phase| graph.depends_on(expression, phase))
}

/// A population's or projection's own parameters while the phases' values are put in their places.
pub(crate) struct Parameters<'a> {
    pub experiment: &'a Experiment,
    pub population: &'a str,
    pub graph: &'a mut Graph,
    pub scope: &'a Scope,
    pub parameters: &'a mut Vec<ParameterDraft>,
    pub replaced: &'a mut HashMap<Symbol, Expression>,
}

impl Parameters<'_> {
    /// Lets each parameter that phases set stand for the choice between its values; those that differ between elements are drawn once.
    /// Returns the parameters, with what each measures and under which name its value of the file is kept.
    ///
    /// `driven` says which have been seen to already.
    pub fn put(
        mut self,
        driven: &dyn Fn(&str) -> bool,
        has_equation: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<Phased>, BuildError> {
        let mut phased = Vec::new();
        for (name, values) in values_of(self.experiment, self.population) {
            if driven(&name) {
                continue;
            }
            let known = self.parameters.iter().position(|known| known.name == name);
            let Some(place) = known else {
                return Err(self.unknown(&name, &values, has_equation(&name)));
            };
            let parameter = self.parameters.remove(place);
            let dimension = parameter.dimension;
            let kept = format!("{name} of the file");
            // In its old place, since the values of later parameters may be made of it.
            let base = self.keep(place, &kept, dimension, parameter.value);
            let mut chosen = Vec::new();
            for value in &values {
                let expression =
                    value.resolve(self.graph, self.scope, dimension, self.population, &name)?;
                let hidden = format!("{name} in phase {}", value.phase + 1);
                let last = self.parameters.len();
                let kept = self.keep(last, &hidden, dimension, expression);
                chosen.push((value.phase, kept));
            }
            let choice = choose(self.graph, base, &chosen);
            self.replaced.insert(self.graph.name(&name), choice);
            phased.push(Phased {
                name,
                dimension,
                kept,
            });
        }
        Ok(phased)
    }

    /// A value that differs between elements is kept under a hidden name.
    fn keep(
        &mut self,
        place: usize,
        hidden: &str,
        dimension: Dimension,
        value: Expression,
    ) -> Expression {
        if self.graph.constant_value(value).is_some() {
            return value;
        }
        let draft = ParameterDraft {
            name: hidden.to_owned(),
            dimension,
            value,
        };
        self.parameters.insert(place, draft);
        self.graph.named(hidden)
    }

    fn unknown(&self, name: &str, values: &[PhaseValue<'_>], has_equation: bool) -> BuildError {
        let owner = values[0].owner(self.population, name);
        let place = values[0].text.place.clone();
        if has_equation {
            let message = format!("`{name}` has an equation, and a phase sets parameters only");
            return BuildError::description(owner, message).at(place);
        }
        let known: Vec<&str> = self
            .parameters
            .iter()
            .map(|parameter| parameter.name.as_str())
            .collect();
        let error = BuildError::description(
            owner,
            format!("`{}` has no parameter `{name}`", self.population),
        );
        let error = match oscine_network::nearest(name, known.iter().copied()) {
            Some(nearest) => error.with_help(format!("did you mean `{nearest}`?")),
            None if known.is_empty() => error,
            None => error.with_help(format!("there are {}", known.join(", "))),
        };
        error.at(place)
    }
}

/// A parameter that phases set is the phases' alone.
pub(crate) fn refuse_writes<'a>(
    population: &str,
    phased: &[Phased],
    mut written: impl Iterator<Item = &'a str>,
) -> Result<(), BuildError> {
    match written.find(|name| phased.iter().any(|known| known.name == *name)) {
        None => Ok(()),
        Some(name) => Err(BuildError::description(
            format!("[[protocol]] set.{population}.{name}"),
            format!(
                "`{name}` is changed by the network itself, so that a phase cannot hold it at a value"
            ),
        )
        .with_help("let the phase set a parameter that only the equations read")),
    }
}
