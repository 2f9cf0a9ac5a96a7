//! Parameters and initial values, read: of cells and of synapses alike.

use oscine_equations::{
    Binding, Dimension, Expression, Graph, Model, Quantity, Scope, resolve, resolve_as,
};
use oscine_network::Text;

use crate::error::{BuildError, equation_error};
use crate::read::names::in_any_order;

/// A parameter with a number for each cell.
#[derive(Clone, Debug)]
pub(crate) struct ParameterDraft {
    pub name: String,
    pub dimension: Dimension,
    pub value: Expression,
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

/// How a parameter's value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// As a number in the programs: one constant for all, that nobody writes.
    Number,
    /// In a column, which may be written, and may begin with an initial value instead.
    Column { written: bool, starts: bool },
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

/// A parameter that phases set.
#[derive(Clone, Debug)]
pub(crate) struct Phased {
    pub name: String,
    pub dimension: Dimension,
    /// The hidden name of its value of the file, where that is no constant.
    pub kept: String,
}
