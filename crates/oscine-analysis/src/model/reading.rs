//! The texts of a population, read for one cell: every constant folded in, the freed parameters left as symbols.
//!
//! Names get their meaning in the order in which the engine gives it: parameters that the equations do not declare, inputs,
//! equations, values of declared parameters. Where a number differs from cell to cell (`rand()`, `i`), the cell in the middle
//! stands for all: a uniform draw is 1/2, a normal one 0, an index 0; white noise in the equations is left out. What was left
//! out or put in the middle is said in the notes.

use std::collections::HashMap;

use oscine_equations::graph::{Binary, Node, SymbolKind, Unary};
use oscine_equations::{
    Binding, Dimension, EquationError, Expression, Graph, Model, Quantity, Scope, Symbol,
    declared_names, resolve, resolve_as, resolve_condition, resolve_statements,
};
use oscine_network::{Neurons, Refractory, Text};

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

/// When a cell that fired listens again.
pub(super) enum Deaf {
    Never,
    For(Expression),
    While,
}

/// One cell's texts as expressions.
pub(super) struct Reading {
    pub graph: Graph,
    pub model: Model,
    pub free: Vec<(String, Dimension, f64)>,
    pub initials: Vec<(String, Expression)>,
    /// Positive above the threshold.
    pub surface: Option<Expression>,
    /// New values of the states, where a spike changes any.
    pub reset: Vec<(String, Expression)>,
    pub deaf: Deaf,
    /// Symbols that stand for expressions.
    pub replaced: HashMap<Symbol, Expression>,
    pub notes: Vec<String>,
}

fn within(owner: impl Into<String>) -> impl FnOnce(EquationError) -> ModelError {
    let owner = owner.into();
    move |error| ModelError::Equation {
        owner,
        error: Box::new(error),
    }
}

fn symbol(dimension: Dimension) -> Binding {
    Binding::Symbol {
        dimension,
        writable: false,
    }
}

impl Reading {
    pub fn read(neurons: &Neurons, free: &[Free<'_>]) -> Result<Self, ModelError> {
        let declared = declared_names(&neurons.equations.value).map_err(within("the equations"))?;
        let mut names = Names {
            graph: Graph::new(),
            scope: cell_scope(neurons.count),
            declared: &declared,
            neurons,
            free,
            values: Vec::new(),
        };
        names.known()?;
        names.free_undeclared()?;
        names.undeclared(&neurons.parameters, "the parameter")?;
        names.undeclared(&neurons.input, "the input")?;
        let equations = &neurons.equations.value;
        let model = Model::compile(&mut names.graph, equations, &names.scope)
            .map_err(within("the equations"))?;
        if model.states.is_empty() {
            return Err(ModelError::NoStates);
        }
        let replaced = names.declared(&model)?;
        let Names {
            mut graph, values, ..
        } = names;
        let mut initials = Vec::new();
        for (name, text) in &neurons.initial {
            if let Some(state) = model.states.iter().find(|state| state.name == *name) {
                let what = format!("the initial value of `{name}`");
                let value = resolve_as(
                    &mut graph,
                    &model.scope,
                    &text.value,
                    state.dimension,
                    &what,
                )
                .map_err(within(what.clone()))?;
                initials.push((name.clone(), value));
            }
        }
        let mut reading = Self {
            graph,
            model,
            free: values,
            initials,
            surface: None,
            reset: Vec::new(),
            deaf: Deaf::Never,
            replaced,
            notes: Vec::new(),
        };
        reading.draws_in_the_middle();
        reading.firing(neurons)?;
        Ok(reading)
    }

    /// Draws get the value in their middle; noise in the equations is left out by the drift.
    fn draws_in_the_middle(&mut self) {
        let noisy = self
            .model
            .states
            .iter()
            .filter(|state| !state.diffusion.is_empty());
        for state in noisy {
            let note = format!(
                "the noise of `{}` is left out: the cell is measured without it",
                state.name
            );
            self.notes.push(note);
        }
        let mut found = false;
        let count = self.graph.len();
        for index in 0..count {
            let expression = self.graph.at(index);
            if let Node::Symbol(symbol) = self.graph.node(expression) {
                let middle = match self.graph.symbol_kind(symbol) {
                    SymbolKind::Uniform(_) => 0.5,
                    SymbolKind::Normal(_) => 0.0,
                    SymbolKind::Named(_) => continue,
                };
                found = true;
                let middle = self.graph.constant(middle);
                self.replaced.insert(symbol, middle);
            }
        }
        if found && self.notes.is_empty() {
            self.notes.push(
                "random numbers are taken at their middle: `rand()` as 1/2, `randn()` as 0".into(),
            );
        }
    }

    /// Expressions with all that stands for something else replaced; a replacement may hold what is replaced itself.
    pub fn replace(&mut self, expressions: &[Expression]) -> Vec<Expression> {
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

    fn firing(&mut self, neurons: &Neurons) -> Result<(), ModelError> {
        let Some(threshold) = &neurons.threshold else {
            return Ok(());
        };
        let scope = self.model.scope.clone();
        let condition = resolve_condition(&mut self.graph, &scope, &threshold.value, "a threshold")
            .map_err(within("the threshold"))?;
        self.surface =
            Some(
                surface(&mut self.graph, condition).ok_or_else(|| ModelError::Unsupported {
                    owner: format!("the threshold `{}`", threshold.value),
                    what: "a condition that no crossing of a number tells".into(),
                    help: "write it as a comparison: `v > V_th`, joined by `and` or `or`".into(),
                })?,
            );
        if let Some(reset) = &neurons.reset {
            let writes = resolve_statements(&mut self.graph, &scope, &reset.value)
                .map_err(within("the reset"))?;
            for write in writes {
                if !self
                    .model
                    .states
                    .iter()
                    .any(|state| state.name == write.name)
                {
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
                    oscine_equations::WriteKind::Set => write.expression,
                    oscine_equations::WriteKind::Add => {
                        let old = self.graph.named(&write.name);
                        self.graph.add(old, write.expression)
                    }
                };
                self.reset.push((write.name, value));
            }
        }
        self.deaf = match &neurons.refractory {
            None => Deaf::Never,
            Some(Refractory::While(_)) => Deaf::While,
            Some(Refractory::Duration(text)) => {
                let what = "the refractory period";
                let duration = resolve_as(
                    &mut self.graph,
                    &scope,
                    &text.value,
                    Dimension::SECOND,
                    what,
                )
                .map_err(within(what))?;
                match self.graph.constant_value(duration) {
                    Some(0.0) => Deaf::Never,
                    _ => Deaf::For(duration),
                }
            }
        };
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

/// The names that one cell knows besides its own.
fn cell_scope(count: usize) -> Scope {
    let mut scope = Scope::new();
    let plain = |value| Binding::Constant(Quantity::plain(value));
    scope.bind("t", symbol(Dimension::SECOND));
    scope.bind("dt", symbol(Dimension::SECOND));
    scope.bind("t_in_timesteps", symbol(Dimension::DIMENSIONLESS));
    scope.bind("lastspike", symbol(Dimension::SECOND));
    scope.bind("not_refractory", symbol(Dimension::DIMENSIONLESS));
    scope.bind("i", plain(0.0));
    scope.bind("N", plain(count as f64));
    scope
}

/// Names while they get their meaning.
struct Names<'a> {
    graph: Graph,
    scope: Scope,
    declared: &'a [String],
    neurons: &'a Neurons,
    free: &'a [Free<'a>],
    values: Vec<(String, Dimension, f64)>,
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

    /// A text that must be one number.
    fn number(
        &mut self,
        free: &Free<'_>,
        expected: Option<Dimension>,
    ) -> Result<(Dimension, f64), ModelError> {
        let Some(text) = self.text_of(free) else {
            return Ok((expected.unwrap_or(Dimension::DIMENSIONLESS), 0.0));
        };
        let owner = format!("the value of `{}`", free.name);
        let (expression, dimension) = match expected {
            Some(expected) => {
                let scope = &self.scope;
                let value = resolve_as(&mut self.graph, scope, &text, expected, &owner)
                    .map_err(within(owner.clone()))?;
                (value, expected)
            }
            None => {
                let typed =
                    resolve(&mut self.graph, &self.scope, &text).map_err(within(owner.clone()))?;
                (typed.expression, typed.dimension)
            }
        };
        let value =
            self.graph
                .constant_value(expression)
                .ok_or_else(|| ModelError::Unsupported {
                    owner,
                    what: format!("time or on other values (`{text}`)"),
                    help: format!("give the quantity at which `{}` begins", free.name),
                })?;
        Ok((dimension, value))
    }

    /// Free names that the equations do not declare become symbols before any text reads them.
    fn free_undeclared(&mut self) -> Result<(), ModelError> {
        for free in self.free {
            if self.is_declared(free.name) {
                continue;
            }
            let (dimension, value) = self.number(free, None)?;
            self.values.push((free.name.to_owned(), dimension, value));
            self.scope.bind(free.name, symbol(dimension));
        }
        Ok(())
    }

    /// Names that the equations do not declare: constants, or names for expressions of others, in any order.
    fn undeclared(&mut self, texts: &[(String, Text)], kind: &str) -> Result<(), ModelError> {
        let mut open: Vec<&(String, Text)> = texts
            .iter()
            .filter(|(name, _)| !self.is_declared(name) && !self.is_free(name))
            .collect();
        while !open.is_empty() {
            let before = open.len();
            let mut first = None;
            let mut left = Vec::new();
            for entry in open {
                let (name, text) = entry;
                match resolve(&mut self.graph, &self.scope, &text.value) {
                    Ok(typed) => {
                        let (expression, dimension) = (typed.expression, typed.dimension);
                        let binding = match self.graph.constant_value(expression) {
                            Some(value) => Binding::Constant(Quantity { value, dimension }),
                            None => Binding::Expression {
                                expression,
                                dimension,
                            },
                        };
                        self.scope.bind(name.clone(), binding);
                    }
                    Err(error) => {
                        first.get_or_insert((name, error));
                        left.push(entry);
                    }
                }
            }
            open = left;
            if let Some((name, error)) = first
                && open.len() == before
            {
                return Err(within(format!("{kind} `{name}`"))(error));
            }
        }
        Ok(())
    }

    /// What the parameters that the equations declare stand for: their value, or their input; 0 without either.
    fn declared(&mut self, model: &Model) -> Result<HashMap<Symbol, Expression>, ModelError> {
        let mut replaced = HashMap::new();
        self.scope = model.scope.clone();
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
        for parameter in &model.parameters {
            let name = &parameter.name;
            if let Some(free) = self.free.iter().find(|free| free.name == *name) {
                let (dimension, value) = self.number(free, Some(parameter.dimension))?;
                self.values.push((name.clone(), dimension, value));
                continue;
            }
            let given = self.neurons.input.iter().chain(&self.neurons.parameters);
            let text = given.into_iter().find(|(known, _)| known == name);
            let value = match text {
                Some((_, text)) => {
                    let what = format!("the parameter `{name}`");
                    resolve_as(
                        &mut self.graph,
                        &self.scope,
                        &text.value,
                        parameter.dimension,
                        &what,
                    )
                    .map_err(within(what.clone()))?
                }
                None => self.graph.constant(0.0),
            };
            replaced.insert(parameter.symbol, value);
        }
        for held in model
            .subexpressions
            .iter()
            .filter(|known| known.constant_over_dt)
        {
            replaced.insert(self.graph.name(&held.name), held.expression);
        }
        Ok(replaced)
    }
}
