//! A population's texts, read: every name has its meaning, nothing has a place in memory yet.

use std::collections::{BTreeSet, HashMap};

use oscine_equations::graph::Unary;
use oscine_equations::integrator::Integrator;
use oscine_equations::{Binding, Dimension, Expression, Graph, Model, Symbol, Write};
use oscine_network::{Experiment, Neurons};

use crate::error::{BuildError, equation_error};
use crate::read::functions::TimeFunction;
use crate::read::parameters::{ParameterDraft, Phased};
use crate::read::population::PopulationReader;

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
    pub refractory: Refractoriness,
    pub integrator: Option<Integrator>,
    /// Variables that synapses and stimuli write.
    pub written: BTreeSet<String>,
    /// Parameters that phases of the protocol set.
    pub phased: Vec<Phased>,
    pub notes: Vec<String>,
}

/// A correlated noise: one hidden variable for each cell.
pub(crate) struct NoiseDraft {
    pub name: String,
    pub dimension: Dimension,
    pub initial: Expression,
    pub new: Expression,
}

/// When a cell is refractory.
#[derive(Clone, Copy, Debug)]
pub enum Refractoriness {
    /// It never is.
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
        Self::read_open(experiment, functions, Some(name), neurons, &[])
    }

    /// Reads a population, or one that has no name, with some parameters that are no constants whatever their value.
    pub fn read_open(
        experiment: &Experiment,
        functions: &[TimeFunction],
        name: Option<&str>,
        neurons: &Neurons,
        open: &[&str],
    ) -> Result<Self, BuildError> {
        let mut reading = PopulationReader::new(experiment, functions, name, neurons, open)?;
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
        self.graph.substitute_all(expressions, &self.replaced)
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
        !matches!(self.refractory, Refractoriness::Never)
            && self
                .model
                .states
                .iter()
                .any(|state| state.name == name && state.unless_refractory)
    }
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
            Refractoriness::Never | Refractoriness::For(_) => Some(listens),
            Refractoriness::While(condition) => {
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
        if matches!(self.refractory, Refractoriness::Never) {
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

/// The expression that a name stands for: a variable or parameter itself, a subexpression, a constant.
pub(crate) fn value_of(draft: &mut CellDraft, name: &str) -> Option<Expression> {
    use oscine_equations::Binding;
    if let Some(known) = draft
        .model
        .subexpressions
        .iter()
        .find(|known| known.name == name)
    {
        return Some(known.expression);
    }
    match *draft.model.scope.get(name)? {
        Binding::Symbol { .. } => Some(draft.graph.named(name)),
        Binding::Constant(quantity) => Some(draft.graph.constant(quantity.value)),
        Binding::Expression { expression, .. } => Some(expression),
        Binding::Function { .. } => None,
    }
}
