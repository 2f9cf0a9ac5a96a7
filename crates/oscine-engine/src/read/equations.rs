//! A population's equations for whoever looks at them without running them: read as for a run, and without what only a run knows.

use std::collections::HashMap;

use oscine_equations::{Dimension, Expression, Graph, Model, Symbol, Write};
use oscine_network::{Experiment, Neurons};

use crate::error::BuildError;
use crate::read::cells::{CellDraft, Refractoriness};
use crate::read::names::circle_sentence;

/// The equations of a population, and its statements and parameters, as expressions of one graph.
pub struct CellEquations {
    /// Holds all expressions.
    pub graph: Graph,
    /// The differential equations, subexpressions and declared parameters.
    pub model: Model,
    /// Parameters that were left open, with what they measure and the value of the file.
    pub open: Vec<(String, Dimension, Expression)>,
    /// Symbols that stand for expressions: all other parameters, driven ones too, and what is constant over a step.
    pub definitions: HashMap<Symbol, Expression>,
    /// Where variables start.
    pub initials: Vec<(String, Expression)>,
    /// The condition at which the cell fires.
    pub threshold: Option<Expression>,
    /// What happens when it has fired.
    pub reset: Vec<Write>,
    /// When it is refractory.
    pub refractory: Refractoriness,
}

impl CellEquations {
    /// Reads the texts of a population as a run does. Parameters called `open` keep their symbols, and so do time, the cell's index `i`,
    /// `dt` and `not_refractory`.
    ///
    /// # Errors
    /// A mistake in a text; its owner is the text's key in `[neurons.NAME]`: `equations`, `parameters.E_L`.
    pub fn read(neurons: &Neurons, open: &[&str]) -> Result<Self, BuildError> {
        let experiment = Experiment::new("");
        let draft = CellDraft::read_open(&experiment, &[], None, neurons, open)?;
        let CellDraft {
            mut graph,
            model,
            parameters,
            replaced: mut definitions,
            initials,
            threshold,
            reset,
            refractory,
            ..
        } = draft;
        for of_run in ["dt", "not_refractory"] {
            definitions.remove(&graph.name(of_run));
        }
        let mut left_open = Vec::new();
        for parameter in parameters {
            match open.contains(&parameter.name.as_str()) {
                true => left_open.push((parameter.name, parameter.dimension, parameter.value)),
                false => {
                    definitions.insert(graph.name(&parameter.name), parameter.value);
                }
            }
        }
        if let Some(circle) = graph.circle(&definitions) {
            let message = circle_sentence(&graph, &circle);
            return Err(BuildError::description("parameters", message));
        }
        Ok(Self {
            graph,
            model,
            open: left_open,
            definitions,
            initials,
            threshold,
            reset,
            refractory,
        })
    }

    /// Expressions with everything put in that has a definition.
    pub fn define(&mut self, expressions: &[Expression]) -> Vec<Expression> {
        self.graph.substitute_all(expressions, &self.definitions)
    }
}
