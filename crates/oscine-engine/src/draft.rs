//! A population's texts, read: every name has its meaning, nothing has a place in memory yet.

use std::collections::{BTreeSet, HashMap};

use oscine_equations::integrator::Integrator;
use oscine_equations::{
    Binding, Dimension, Expression, Graph, Model, Quantity, Scope, Symbol, Write, graph::Unary,
    resolve, resolve_as,
};
use oscine_network::{Experiment, Neurons, Text};

use crate::error::BuildError;
use crate::functions::TimeFunction;
use crate::names::{equation_error, in_any_order};
use crate::protocol::Phased;
use crate::reading::Reading;

/// A population of cells, read.
pub(crate) struct CellDraft {
    pub name: String,
    pub count: usize,
    pub model_name: Option<String>,
    pub graph: Graph,
    pub model: Model,
    /// Every name that stands for a number of each cell, or of all: parameters of the file, constants.
    pub parameters: Vec<ParameterDraft>,
    pub noises: Vec<NoiseDraft>,
    /// Symbols that stand for expressions: driven parameters, constants among the declared parameters.
    pub replaced: HashMap<Symbol, Expression>,
    pub initials: Vec<(String, Expression)>,
    pub threshold: Option<Expression>,
    pub reset: Vec<Write>,
    pub refractory: Deaf,
    pub integrator: Option<Integrator>,
    /// Variables that synapses and stimuli write.
    pub written: BTreeSet<String>,
    /// Parameters that phases of the protocol set.
    pub phased: Vec<Phased>,
    pub notes: Vec<String>,
}

/// A parameter with a number for each cell.
#[derive(Clone, Debug)]
pub(crate) struct ParameterDraft {
    pub name: String,
    pub dimension: Dimension,
    pub value: Expression,
}

/// How a parameter's value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// As a number in the programs: one constant for all, that nobody writes.
    Number,
    /// In a column, which may be written, and may begin with an initial value instead.
    Column { written: bool, starts: bool },
}

impl ParameterDraft {
    /// How a value is kept, where so many names are written and so many have initial values.
    pub fn kept<'a>(
        &self,
        graph: &Graph,
        value: Expression,
        mut writes: impl Iterator<Item = &'a str>,
        initials: &[(String, Expression)],
    ) -> Kept {
        let written = writes.any(|name| name == self.name);
        let starts = initials.iter().any(|(name, _)| *name == self.name);
        if graph.constant_value(value).is_some() && !written && !starts {
            Kept::Number
        } else {
            Kept::Column { written, starts }
        }
    }
}

/// A correlated noise: one hidden variable for each cell.
pub(crate) struct NoiseDraft {
    pub name: String,
    pub dimension: Dimension,
    pub initial: Expression,
    pub new: Expression,
}

/// How a cell is refractory.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deaf {
    Never,
    /// For so many seconds after a spike.
    For(Expression),
    /// While this holds.
    While(Expression),
}

impl CellDraft {
    /// Reads a population.
    pub fn read(
        experiment: &Experiment,
        functions: &[TimeFunction],
        name: &str,
        neurons: &Neurons,
    ) -> Result<Self, BuildError> {
        let mut reading = Reading::new(experiment, functions, name, neurons)?;
        reading.undeclared_parameters()?;
        reading.undeclared_inputs()?;
        let owner = reading.owner("equations");
        let model = Model::compile(&mut reading.graph, &neurons.equations.value, &reading.scope)
            .map_err(|error| equation_error(&neurons.equations, &owner, error))?;
        reading.scope = model.scope.clone();
        reading.finish(model)
    }

    /// An expression with all that stands for something else replaced.
    pub fn replace(&mut self, expressions: &[Expression]) -> Vec<Expression> {
        // A replacement may hold symbols that are replaced themselves.
        let mut current = expressions.to_vec();
        for _ in 0..8 {
            let next = self.graph.substitute(&current, &self.replaced);
            if next == current {
                break;
            }
            current = next;
        }
        current
    }

    /// What a variable measures, where there is one of that name.
    pub fn dimension(&self, name: &str) -> Option<Dimension> {
        match self.model.scope.get(name) {
            Some(Binding::Symbol { dimension, .. } | Binding::Expression { dimension, .. }) => {
                Some(*dimension)
            }
            Some(Binding::Constant(quantity)) => Some(quantity.dimension),
            _ => None,
        }
    }

    /// The state variable of that name.
    pub fn is_state(&self, name: &str) -> bool {
        self.model.states.iter().any(|state| state.name == name)
    }

    /// True where a variable refuses input while its cell is refractory.
    pub fn refuses_input(&self, name: &str) -> bool {
        !matches!(self.refractory, Deaf::Never)
            && self
                .model
                .states
                .iter()
                .any(|state| state.name == name && state.unless_refractory)
    }
}

/// Gives names that the equations do not declare their meaning: a constant, or a number of each element; `changing` names those
/// that are no constants, whatever their value.
pub(crate) fn undeclared_parameters(
    graph: &mut Graph,
    scope: &mut Scope,
    open: Vec<(String, Text)>,
    changing: &dyn Fn(&str) -> bool,
    owner: &str,
) -> Result<Vec<ParameterDraft>, BuildError> {
    let mut found = Vec::new();
    in_any_order(open, |(name, text)| {
        let owner = format!("{owner}.{name}");
        if let Some(meaning) = Scope::reserved(name) {
            let message = format!("a parameter cannot be called `{name}`: that is {meaning}");
            return Err(BuildError::description(owner, message).at(text.place.clone()));
        }
        let typed = resolve(graph, scope, &text.value)
            .map_err(|error| equation_error(text, &owner, error))?;
        let dimension = typed.dimension;
        let constant = graph.constant_value(typed.expression);
        let binding = match constant.filter(|_| !changing(name)) {
            Some(value) => Binding::Constant(Quantity { value, dimension }),
            None => {
                found.push(ParameterDraft {
                    name: name.clone(),
                    dimension,
                    value: typed.expression,
                });
                Binding::Symbol {
                    dimension,
                    writable: true,
                }
            }
        };
        scope.bind(name.clone(), binding);
        Ok(())
    })?;
    Ok(found)
}

/// Values of the parameters that equations declare, 0 for one without a value; `skip` names those that are driven.
pub(crate) fn declared_parameters(
    graph: &mut Graph,
    model: &Model,
    values: &[(String, Text)],
    skip: &dyn Fn(&str) -> bool,
    owner: &str,
) -> Result<Vec<ParameterDraft>, BuildError> {
    for (name, text) in values {
        let has_equation = model.states.iter().any(|state| state.name == *name)
            || model.subexpressions.iter().any(|known| known.name == *name);
        if has_equation {
            let message = format!("`{name}` has an equation; where it starts is said in `initial`");
            return Err(
                BuildError::description(format!("{owner}.{name}"), message).at(text.place.clone())
            );
        }
    }
    let mut found = Vec::new();
    for parameter in model
        .parameters
        .iter()
        .filter(|parameter| !skip(&parameter.name))
    {
        let value = match values.iter().find(|(name, _)| *name == parameter.name) {
            Some((name, text)) => {
                let what = format!("the parameter `{name}`");
                resolve_as(graph, &model.scope, &text.value, parameter.dimension, &what)
                    .map_err(|error| equation_error(text, &format!("{owner}.{name}"), error))?
            }
            None => graph.constant(0.0),
        };
        found.push(ParameterDraft {
            name: parameter.name.clone(),
            dimension: parameter.dimension,
            value,
        });
    }
    Ok(found)
}

/// Where variables start.
pub(crate) fn initials(
    graph: &mut Graph,
    model: &Model,
    texts: &[(String, Text)],
    owner: &str,
) -> Result<Vec<(String, Expression)>, BuildError> {
    let mut found = Vec::new();
    for (name, text) in texts {
        let owner = format!("{owner}.{name}");
        let dimension = model
            .states
            .iter()
            .map(|state| (&state.name, state.dimension))
            .chain(
                model
                    .parameters
                    .iter()
                    .map(|known| (&known.name, known.dimension)),
            )
            .find(|(known, _)| *known == name)
            .map(|(_, dimension)| dimension);
        let Some(dimension) = dimension else {
            let known: Vec<String> = model
                .states
                .iter()
                .map(|state| format!("`{}`", state.name))
                .collect();
            let message = format!("there is no variable `{name}` that could start somewhere");
            return Err(BuildError::description(owner, message)
                .with_help(format!("the variables are {}", known.join(", ")))
                .at(text.place.clone()));
        };
        let what = format!("the initial value of `{name}`");
        let value = resolve_as(graph, &model.scope, &text.value, dimension, &what)
            .map_err(|error| equation_error(text, &owner, error))?;
        found.push((name.clone(), value));
    }
    Ok(found)
}

/// The hidden variable that holds the step from which on a cell is active again; 0 where it is.
pub(crate) const READY_AT: &str = "refractory until";

impl CellDraft {
    /// True (1) where a cell is not refractory at the current step, asked before the step; `None` where it never is.
    ///
    /// As in Brian2, a spike makes a cell refractory; where a condition decides, it ends with the first step that does not
    /// begin with the condition.
    pub fn active(&mut self) -> Option<Expression> {
        let listens = self.listens()?;
        match self.refractory {
            Deaf::Never | Deaf::For(_) => Some(listens),
            Deaf::While(condition) => {
                let over = self.graph.unary(Unary::Not, condition);
                Some(
                    self.graph
                        .binary(oscine_equations::graph::Binary::Or, listens, over),
                )
            }
        }
    }

    /// True where a cell takes input that arrives at the current step, after it may have fired.
    pub fn listens(&mut self) -> Option<Expression> {
        if matches!(self.refractory, Deaf::Never) {
            return None;
        }
        let ready = self.graph.named(READY_AT);
        let now = self.graph.named("t_in_timesteps");
        Some(
            self.graph
                .binary(oscine_equations::graph::Binary::LessOrEqual, ready, now),
        )
    }

    pub fn replace_not_refractory(&mut self) {
        let active = self.active().unwrap_or_else(|| self.graph.constant(1.0));
        let symbol = self.graph.name("not_refractory");
        self.replaced.insert(symbol, active);
    }
}
