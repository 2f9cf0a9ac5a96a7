//! A cell's expressions, and their derivatives, as formulas that can be evaluated: a [`DynamicalSystem`] from what was read.

use std::cell::RefCell;

use oscine_engine::Refractoriness;
use oscine_equations::graph::SymbolKind;
use oscine_equations::{Expression, Symbol, derivative};

use super::formulas::{Formulas, Unknown};
use super::reading::CellReading;
use super::system::{Firing, Motion};
use super::{DynamicalSystem, ModelError, SystemVariable};

/// Expressions to formulas.
pub(super) struct Compiler {
    reading: CellReading,
    varying: Vec<Symbol>,
    fixed: Vec<Symbol>,
}

impl Compiler {
    pub fn of(mut reading: CellReading) -> Self {
        let time = reading.equations.graph.name("t");
        let states = reading
            .equations
            .model
            .states
            .iter()
            .map(|state| state.symbol);
        let varying = std::iter::once(time).chain(states).collect();
        let fixed = reading
            .free
            .iter()
            .map(|(name, ..)| reading.equations.graph.name(name))
            .collect();
        Self {
            reading,
            varying,
            fixed,
        }
    }

    pub fn system(mut self) -> Result<DynamicalSystem, ModelError> {
        let states = self.reading.equations.model.states.clone();
        let drifts: Vec<Expression> = states.iter().map(|state| state.drift).collect();
        let drifts = self.reading.define(&drifts);
        let zero = self.reading.equations.graph.constant(0.0);
        let kept: Vec<Expression> = states
            .iter()
            .zip(&drifts)
            .map(|(state, &drift)| if state.unless_refractory { zero } else { drift })
            .collect();
        let moving = self.with_refractory(&drifts, false);
        let still = self.with_refractory(&kept, true);
        let fires = self.reading.surface.is_some();
        let held = match self.reading.refractory {
            Refractoriness::For(_) if fires && still != moving => Some(self.motion(&still)?),
            Refractoriness::While(_) if fires && still != moving => {
                return Err(ModelError::Unsupported {
                    owner: "the refractory period".into(),
                    what: "a condition that decides when a variable moves again".into(),
                    help: "give a duration, or leave `unless refractory` out".into(),
                });
            }
            _ => None,
        };
        let active = self.motion(&moving)?;
        let used = self.reading.equations.graph.symbols_of(&moving);
        let depends_on_time = used.contains(&self.varying[0]);
        let firing = self.firing()?;
        let mut initial = Vec::new();
        for (name, expression) in self.reading.equations.initials.clone() {
            let expression = self.reading.define(&[expression]);
            let owner = format!("the initial value of `{name}`");
            let formulas = self.formulas(&expression, &owner)?;
            let place = states.iter().position(|state| state.name == name);
            initial.push((place.unwrap_or(0), RefCell::new(formulas)));
        }
        let variable = |name: &String, dimension| SystemVariable {
            name: name.clone(),
            dimension,
        };
        let mut system = DynamicalSystem {
            states: states
                .iter()
                .map(|state| variable(&state.name, state.dimension))
                .collect(),
            free: self
                .reading
                .free
                .iter()
                .map(|(name, dimension, _)| variable(name, *dimension))
                .collect(),
            values: vec![f64::NAN; self.fixed.len()],
            initial,
            active,
            held,
            firing,
            deaf: states.iter().map(|state| state.unless_refractory).collect(),
            depends_on_time,
            notes: self.reading.notes,
        };
        for (name, _, value) in &self.reading.free {
            system.set(name, *value)?;
        }
        Ok(system)
    }

    /// Expressions with `not_refractory` known.
    fn with_refractory(&mut self, expressions: &[Expression], deaf: bool) -> Vec<Expression> {
        let graph = &mut self.reading.equations.graph;
        let symbol = graph.name("not_refractory");
        let value = graph.constant(if deaf { 0.0 } else { 1.0 });
        graph.substitute(expressions, &[(symbol, value)].into())
    }

    fn formulas(&self, expressions: &[Expression], owner: &str) -> Result<Formulas, ModelError> {
        let graph = &self.reading.equations.graph;
        Formulas::compile(graph, expressions, &self.varying, &self.fixed).map_err(|unknown| {
            let (what, help) = match unknown {
                Unknown::Symbol(symbol) => (
                    match graph.symbol_kind(symbol) {
                        SymbolKind::Named(name) => format!("`{name}`"),
                        _ => "a random number".into(),
                    },
                    "write the model without it",
                ),
                Unknown::Function(name) => {
                    (format!("the stimulus `{name}`"), "free what it drives")
                }
                Unknown::Random => ("Poisson numbers".into(), "use their mean"),
            };
            ModelError::Unsupported {
                owner: owner.to_owned(),
                what,
                help: help.to_owned(),
            }
        })
    }

    /// Derivatives of each expression by each symbol, expression by expression.
    fn derivatives(
        &mut self,
        expressions: &[Expression],
        by: &[Symbol],
        of: &str,
    ) -> Result<RefCell<Formulas>, ModelError> {
        let mut found = Vec::with_capacity(expressions.len() * by.len());
        for &expression in expressions {
            for &symbol in by {
                let slope = derivative(&mut self.reading.equations.graph, expression, symbol);
                found.push(slope.ok_or_else(|| {
                    let kind = self.reading.equations.graph.symbol_kind(symbol);
                    ModelError::NoDerivative {
                        of: of.to_owned(),
                        by: match kind {
                            SymbolKind::Named(name) => name.clone(),
                            _ => "a random number".into(),
                        },
                        why: "it holds a function whose derivative is not known".into(),
                    }
                })?);
            }
        }
        Ok(RefCell::new(self.formulas(&found, of)?))
    }

    fn motion(&mut self, rates: &[Expression]) -> Result<Motion, ModelError> {
        let states = self.varying[1..].to_vec();
        let fixed = self.fixed.clone();
        Ok(Motion {
            rates: RefCell::new(self.formulas(rates, "the equations")?),
            jacobian: self.derivatives(rates, &states, "the right-hand side"),
            slopes: self.derivatives(rates, &fixed, "the right-hand side"),
        })
    }

    fn firing(&mut self) -> Result<Option<Firing>, ModelError> {
        let Some(surface) = self.reading.surface else {
            return Ok(None);
        };
        let states = self.varying[1..].to_vec();
        let surface = self.reading.define(&[surface]);
        let surface = self.with_refractory(&surface, false);
        let mut after: Vec<Expression> = Vec::new();
        for &state in &states {
            after.push(self.reading.equations.graph.symbol(state));
        }
        let old = after.clone();
        for (name, value) in self.reading.reset.clone() {
            let states = &self.reading.equations.model.states;
            if let Some(place) = states.iter().position(|state| state.name == name) {
                after[place] = value;
            }
        }
        let after = self.reading.define(&after);
        let changes = after != old;
        let refractory = match self.reading.refractory {
            Refractoriness::For(duration) => {
                let duration = self.reading.define(&[duration]);
                let reads_state = self
                    .reading
                    .equations
                    .graph
                    .symbols_of(&duration)
                    .iter()
                    .any(|symbol| self.varying.contains(symbol));
                if reads_state {
                    return Err(ModelError::Unsupported {
                        owner: "the refractory period".into(),
                        what: "a state variable".into(),
                        help: "give a duration that is the same after every spike".into(),
                    });
                }
                Some(RefCell::new(
                    self.formulas(&duration, "the refractory period")?,
                ))
            }
            Refractoriness::Never | Refractoriness::While(_) => None,
        };
        Ok(Some(Firing {
            surface: RefCell::new(self.formulas(&surface, "the threshold")?),
            gradient: self.derivatives(&surface, &states, "the threshold"),
            reset: match changes {
                true => Some(RefCell::new(self.formulas(&after, "the reset")?)),
                false => None,
            },
            reset_jacobian: changes.then(|| self.derivatives(&after, &states, "the reset")),
            refractory,
        }))
    }
}
