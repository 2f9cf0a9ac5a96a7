//! One cell of a population: its texts as the engine reads them, every constant folded in, the freed parameters left as symbols.
//!
//! Where a number differs from cell to cell (`rand()`, `i`), the cell in the middle stands for all: a uniform draw is 1/2, a normal one 0, an index
//! 0; white noise in the equations is left out. What was left out or put in the middle is said in the notes.

use oscine_engine::{BuildError, CellEquations, Refractoriness};
use oscine_equations::graph::{Binary, Node, SymbolKind, Unary};
use oscine_equations::{
    Dimension, Expression, Graph, Model, WriteKind, declared_names, resolve_as,
};
use oscine_network::{Neurons, Text};

use super::ModelError;

/// A parameter or an input that a measure may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Free<'a> {
    /// Its name: a parameter of the model, or an input such as `I`.
    pub name: &'a str,
    /// Where it begins, as a quantity (`"0 uA/cm**2"`); else the value of the file. An input that a stimulus drives has no
    /// value of its own, and needs one here.
    pub value: Option<&'a str>,
}

impl<'a> From<&'a str> for Free<'a> {
    fn from(name: &'a str) -> Self {
        Self { name, value: None }
    }
}

/// One cell's texts as expressions.
pub(super) struct CellReading {
    pub equations: CellEquations,
    pub free: Vec<(String, Dimension, f64)>,
    /// Positive above the threshold.
    pub surface: Option<Expression>,
    /// New values of the states, where a spike changes any.
    pub reset: Vec<(String, Expression)>,
    /// When the cell listens again after a spike; never deaf where it has no threshold.
    pub refractory: Refractoriness,
    pub notes: Vec<String>,
}

impl CellReading {
    pub fn read(neurons: &Neurons, free: &[Free<'_>]) -> Result<Self, ModelError> {
        let declared =
            declared_names(&neurons.equations.value).map_err(|error| ModelError::Equation {
                owner: "the equations".into(),
                error: Box::new(error),
            })?;
        let names = Names {
            declared: &declared,
            neurons,
            free,
        };
        names.known()?;
        let cell = names.one_cell();
        let open: Vec<&str> = free.iter().map(|free| free.name).collect();
        let mut equations =
            CellEquations::read(&cell, &open).map_err(|error| names.mistake(error))?;
        if equations.model.states.is_empty() {
            return Err(ModelError::NoStates);
        }
        let index = equations.graph.name("i");
        let first = equations.graph.constant(0.0);
        equations.definitions.insert(index, first);
        let values = names.values(&mut equations)?;
        let has_equation = |name: &str| {
            equations
                .model
                .states
                .iter()
                .any(|state| state.name == name)
        };
        equations.initials.retain(|(name, _)| has_equation(name));
        let mut reading = Self {
            equations,
            free: values,
            surface: None,
            reset: Vec::new(),
            refractory: Refractoriness::Never,
            notes: Vec::new(),
        };
        reading.draws_in_the_middle();
        reading.firing(neurons)?;
        Ok(reading)
    }

    pub fn graph(&mut self) -> &mut Graph {
        &mut self.equations.graph
    }

    pub fn model(&self) -> &Model {
        &self.equations.model
    }

    /// Expressions with everything put in that has a definition.
    pub fn define(&mut self, expressions: &[Expression]) -> Vec<Expression> {
        self.equations.define(expressions)
    }

    /// Draws of the equations and parameters get the value in their middle; noise in the equations is left out by the drift.
    fn draws_in_the_middle(&mut self) {
        let CellEquations {
            graph,
            model,
            definitions,
            initials,
            ..
        } = &mut self.equations;
        for state in model
            .states
            .iter()
            .filter(|state| !state.diffusion.is_empty())
        {
            self.notes.push(format!(
                "the noise of `{}` is left out: the cell is measured without it",
                state.name
            ));
        }
        let drifts = model.states.iter().map(|state| state.drift);
        let subexpressions = model.subexpressions.iter().map(|known| known.expression);
        let starts = initials.iter().map(|(_, value)| *value);
        let roots: Vec<Expression> = definitions
            .values()
            .copied()
            .chain(drifts)
            .chain(subexpressions)
            .chain(starts)
            .collect();
        let mut found = false;
        for symbol in graph.symbols_of(&roots) {
            let middle = match graph.symbol_kind(symbol) {
                SymbolKind::Uniform(_) => 0.5,
                SymbolKind::Normal(_) => 0.0,
                SymbolKind::Named(_) => continue,
            };
            found = true;
            let middle = graph.constant(middle);
            definitions.insert(symbol, middle);
        }
        if found && self.notes.is_empty() {
            self.notes.push(
                "random numbers are taken at their middle: `rand()` as 1/2, `randn()` as 0".into(),
            );
        }
    }

    fn firing(&mut self, neurons: &Neurons) -> Result<(), ModelError> {
        let (Some(text), Some(condition)) = (&neurons.threshold, self.equations.threshold) else {
            return Ok(());
        };
        self.surface =
            Some(
                surface(self.graph(), condition).ok_or_else(|| ModelError::Unsupported {
                    owner: format!("the threshold `{}`", text.value),
                    what: "a condition that no crossing of a number tells".into(),
                    help: "write it as a comparison: `v > V_th`, joined by `and` or `or`".into(),
                })?,
            );
        for write in std::mem::take(&mut self.equations.reset) {
            let mut states = self.model().states.iter();
            if !states.any(|state| state.name == write.name) {
                return Err(ModelError::Unsupported {
                    owner: "the reset".into(),
                    what: format!("`{}`, which has no differential equation", write.name),
                    help: format!(
                        "give `{}` one, even `d{}/dt = 0/second`",
                        write.name, write.name
                    ),
                });
            }
            let value = match write.kind {
                WriteKind::Set => write.expression,
                WriteKind::Add => {
                    let old = self.graph().named(&write.name);
                    self.graph().add(old, write.expression)
                }
            };
            self.reset.push((write.name, value));
        }
        self.refractory = self.equations.refractory;
        if let Refractoriness::For(duration) = self.refractory
            && self.graph().constant_value(duration) == Some(0.0)
        {
            self.refractory = Refractoriness::Never;
        }
        Ok(())
    }
}

/// An expression that is positive exactly where a condition of comparisons holds.
fn surface(graph: &mut Graph, condition: Expression) -> Option<Expression> {
    match graph.node(condition) {
        Node::Binary(Binary::Less | Binary::LessOrEqual, low, high) => {
            Some(graph.subtract(high, low))
        }
        Node::Binary(Binary::And, a, b) => {
            let (a, b) = (surface(graph, a)?, surface(graph, b)?);
            Some(graph.binary(Binary::Minimum, a, b))
        }
        Node::Binary(Binary::Or, a, b) => {
            let (a, b) = (surface(graph, a)?, surface(graph, b)?);
            Some(graph.binary(Binary::Maximum, a, b))
        }
        Node::Unary(Unary::Not, inner) => {
            let inner = surface(graph, inner)?;
            Some(graph.negate(inner))
        }
        _ => None,
    }
}

/// The names that a cell's texts are given.
struct Names<'a> {
    declared: &'a [String],
    neurons: &'a Neurons,
    free: &'a [Free<'a>],
}

impl Names<'_> {
    fn is_declared(&self, name: &str) -> bool {
        self.declared.iter().any(|known| known == name)
    }

    fn is_free(&self, name: &str) -> bool {
        self.free.iter().any(|free| free.name == name)
    }

    /// Every free name is one of the model's.
    fn known(&self) -> Result<(), ModelError> {
        let given = self.neurons.parameters.iter().chain(&self.neurons.input);
        let known: Vec<&str> = given.map(|(name, _)| name.as_str()).collect();
        for free in self.free {
            if !known.contains(&free.name) && !self.is_declared(free.name) {
                let listed: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                return Err(ModelError::NothingToVary {
                    name: free.name.to_owned(),
                    known: listed.join(", "),
                });
            }
        }
        Ok(())
    }

    /// The text that gives a free name its value: the caller's, the file's, else none.
    fn text_of(&self, free: &Free<'_>) -> Option<String> {
        let given = self.neurons.parameters.iter().chain(&self.neurons.input);
        let mut given = given.filter(|(name, _)| name == free.name);
        let of_file = || given.next().map(|(_, text)| text.value.clone());
        free.value.map(str::to_owned).or_else(of_file)
    }

    /// The population as one cell without a place, of which the free names are parameters, driven or not; one that the equations declare gets its
    /// value when they are read.
    fn one_cell(&self) -> Neurons {
        let mut cell = self.neurons.clone();
        cell.integrator = None;
        cell.positions = None;
        cell.parameters.retain(|(name, _)| !self.is_free(name));
        cell.input.retain(|(name, _)| !self.is_free(name));
        for free in self.free.iter().filter(|free| !self.is_declared(free.name)) {
            if let Some(text) = self.text_of(free) {
                cell.parameters
                    .push((free.name.to_owned(), Text::new(text)));
            }
        }
        cell
    }

    /// The free names with what they measure and where they begin: those that the equations do not declare first.
    fn values(
        &self,
        equations: &mut CellEquations,
    ) -> Result<Vec<(String, Dimension, f64)>, ModelError> {
        let model = equations.model.clone();
        let has_equation = |name: &str| {
            model.states.iter().any(|state| state.name == name)
                || model.subexpressions.iter().any(|known| known.name == name)
        };
        if let Some(free) = self.free.iter().find(|free| has_equation(free.name)) {
            return Err(ModelError::Unsupported {
                owner: format!("`{}`", free.name),
                what: "an equation of its own".into(),
                help: "only a parameter or an input can be varied".into(),
            });
        }
        let mut values = Vec::new();
        for (place, free) in self.free.iter().enumerate() {
            // A name may be freed twice, with a value each: both are set, one after the other.
            let same = |known: &str| known == free.name;
            let before = self.free[..place].iter().filter(|free| same(free.name));
            let mut open = equations.open.iter().filter(|(name, ..)| same(name));
            let Some((_, dimension, value)) = open
                .nth(before.count())
                .filter(|_| !self.is_declared(free.name))
            else {
                continue;
            };
            let (dimension, value) = (*dimension, *value);
            let value = self.number(free, equations, value)?;
            values.push((free.name.to_owned(), dimension, value));
        }
        for parameter in &model.parameters {
            let Some(free) = self.free.iter().find(|free| free.name == parameter.name) else {
                continue;
            };
            let dimension = parameter.dimension;
            let value = match self.text_of(free) {
                Some(text) => {
                    let owner = value_of(free.name);
                    let graph = &mut equations.graph;
                    let value = resolve_as(graph, &model.scope, &text, dimension, &owner);
                    let value = value.map_err(|error| ModelError::Equation {
                        owner,
                        error: Box::new(error),
                    })?;
                    self.number(free, equations, value)?
                }
                None => 0.0,
            };
            values.push((parameter.name.clone(), dimension, value));
        }
        Ok(values)
    }

    /// Where a free name begins, which must be one number.
    fn number(
        &self,
        free: &Free<'_>,
        equations: &mut CellEquations,
        value: Expression,
    ) -> Result<f64, ModelError> {
        let value = equations.define(&[value])[0];
        let value = equations.graph.constant_value(value);
        value.ok_or_else(|| {
            let text = self.text_of(free).unwrap_or_default();
            ModelError::Unsupported {
                owner: value_of(free.name),
                what: format!("time or on other values (`{text}`)"),
                help: format!("give the quantity at which `{}` begins", free.name),
            }
        })
    }

    /// A mistake in a text, which says whose it is.
    fn mistake(&self, error: BuildError) -> ModelError {
        match error {
            BuildError::Equation { owner, error, .. } => ModelError::Equation {
                owner: self.said(&owner),
                error,
            },
            BuildError::Description { owner, message, .. } => ModelError::Description {
                owner: self.said(&owner),
                message,
            },
            other => ModelError::Description {
                owner: "the population".into(),
                message: other.to_string(),
            },
        }
    }

    /// A key of the population's table, in words.
    fn said(&self, key: &str) -> String {
        match key.split_once('.') {
            Some(("parameters", name)) if self.is_free(name) => value_of(name),
            Some(("input", name)) if !self.is_declared(name) => format!("the input `{name}`"),
            Some(("parameters" | "input", name)) => format!("the parameter `{name}`"),
            Some(("initial", name)) => format!("the initial value of `{name}`"),
            _ if key == "refractory" => "the refractory period".into(),
            _ => format!("the {key}"),
        }
    }
}

fn value_of(free: &str) -> String {
    format!("the value of `{free}`")
}
