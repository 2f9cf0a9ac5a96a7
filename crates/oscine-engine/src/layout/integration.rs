//! The new state of a population: which integrator, and what it needs.

use oscine_equations::integrator::{
    Integrator, Propagators, Rosenbrock, System, Tolerance, Variable,
};
use oscine_equations::program::SymbolPlace;
use oscine_equations::{Dimension, Expression, Symbol, integrator};

use crate::error::BuildError;
use crate::layout::cell_plan::CellPropagators;
use crate::layout::cells::CellLayout;
use crate::read::protocol;

/// The error of one step of the adaptive integrator that is borne, against a variable's size.
const RELATIVE_TOLERANCE: f64 = 1e-6;

/// Below this (SI) a variable of this dimension counts as 0 for the adaptive integrator.
fn smallest(dimension: Dimension) -> f64 {
    if dimension == Dimension::DIMENSIONLESS {
        1e-8
    } else if dimension == Dimension::VOLT {
        1e-10
    } else {
        1e-16
    }
}

impl CellLayout<'_, '_> {
    /// The new value of each state variable.
    pub(crate) fn integrate(&mut self) -> Result<Vec<Expression>, BuildError> {
        let mut system = self.system();
        if system.variables.is_empty() {
            return Ok(Vec::new());
        }
        let drifts: Vec<Expression> = system
            .variables
            .iter()
            .map(|variable| variable.drift)
            .collect();
        let drifts = self.draft.replace(&drifts);
        for (variable, drift) in system.variables.iter_mut().zip(drifts) {
            variable.drift = drift;
            for (_, coefficient) in &mut variable.diffusion {
                *coefficient = self.draft.replace(&[*coefficient])[0];
            }
        }
        if let Some(active) = system.active {
            system.active = Some(self.draft.replace(&[active])[0]);
        }
        let graph = &mut self.draft.graph;
        let method = match self.draft.integrator {
            Some(method) => method,
            None => integrator::choose(graph, &system),
        };
        if self.draft.integrator.is_none() && method == Integrator::Heun {
            self.draft.notes.push(format!(
                "{}: its noise is multiplicative, so it is integrated by `heun`, in the sense of Stratonovich",
                self.draft.name
            ));
        }
        self.plan.integrator = Some(method);
        if method == Integrator::Rosenbrock {
            return self.rosenbrock(&system);
        }
        let step =
            integrator::step(graph, &system, method).map_err(|error| BuildError::Integrator {
                owner: format!("[neurons.{}]", self.draft.name),
                error,
            })?;
        for propagators in step.propagators {
            self.propagators(propagators)?;
        }
        Ok(step.new)
    }

    /// The adaptive method is no expression: its loop runs before the program of the step, which leaves the states as they are then.
    fn rosenbrock(&mut self, system: &System) -> Result<Vec<Expression>, BuildError> {
        let mut system = system.clone();
        for variable in &mut system.variables {
            variable.drift = self.by_step(variable.drift);
        }
        system.active = system.active.map(|active| self.by_step(active));
        let drifts: Vec<Expression> = system
            .variables
            .iter()
            .map(|variable| variable.drift)
            .chain(system.active)
            .collect();
        self.columns_named_in(&drifts);
        let length = self.add_column("length of the last step", Dimension::SECOND, true);
        let tolerance = Tolerance {
            relative: RELATIVE_TOLERANCE,
            absolute: self
                .draft
                .model
                .states
                .iter()
                .map(|state| smallest(state.dimension))
                .collect(),
        };
        let plan = &self.plan;
        let place = |name: &str| match crate::read::names::uniform(name) {
            Some(number) => Some(SymbolPlace::Uniform(number)),
            None => plan.column(name).map(SymbolPlace::Column),
        };
        let graph = &mut self.draft.graph;
        let uniforms = crate::read::names::UNIFORMS.len();
        let method = Rosenbrock::new(graph, &system, &place, uniforms, Some(length), tolerance)
            .map_err(|error| BuildError::Integrator {
                owner: format!("[neurons.{}]", self.draft.name),
                error,
            })?;
        self.plan.rosenbrock = Some(method);
        self.draft.notes.push(format!(
            "{}: `rosenbrock` keeps each step's error below {RELATIVE_TOLERANCE:e} of each variable",
            self.draft.name
        ));
        Ok(system
            .variables
            .iter()
            .map(|variable| self.draft.graph.symbol(variable.symbol))
            .collect())
    }

    fn system(&mut self) -> System {
        let variables = self
            .draft
            .model
            .states
            .iter()
            .map(|state| Variable {
                name: state.name.clone(),
                symbol: state.symbol,
                drift: state.drift,
                diffusion: state.diffusion.clone(),
                unless_refractory: state.unless_refractory,
            })
            .collect();
        let changing: Vec<Symbol> = self
            .plan
            .columns
            .iter()
            .filter(|column| column.changes)
            .map(|column| column.name.clone())
            .chain([
                "t".to_owned(),
                "t_in_timesteps".to_owned(),
                "lastspike".to_owned(),
            ])
            .map(|name| self.draft.graph.name(&name))
            .collect();
        let active = self.draft.active();
        System {
            variables,
            active,
            changing,
        }
    }

    fn by_step(&mut self, expression: Expression) -> Expression {
        protocol::by_step(&mut self.draft.graph, &[expression], self.setting.phases)[0]
    }

    /// The matrices of an exact step: one pair, or one for each phase of the protocol where phases change the coefficients.
    fn propagators(&mut self, propagators: Propagators) -> Result<(), BuildError> {
        let coefficients = self.draft.replace(&propagators.coefficients);
        let symbols: Vec<Symbol> = propagators
            .transition
            .iter()
            .chain(&propagators.input)
            .copied()
            .collect();
        let graph = &mut self.draft.graph;
        let phased = coefficients
            .iter()
            .any(|entry| protocol::depends(graph, *entry));
        if !phased {
            let entries = self.entries(&propagators, coefficients, "")?;
            self.draft.replaced.extend(symbols.into_iter().zip(entries));
            return Ok(());
        }
        let mut known: Vec<(Vec<Expression>, Vec<Expression>)> = Vec::new();
        let mut of_phases: Vec<Vec<(usize, Expression)>> = vec![Vec::new(); symbols.len()];
        // One more than there are phases: what is after them.
        for phase in 0..self.setting.phases.len() {
            let graph = &mut self.draft.graph;
            let here: Vec<Expression> = coefficients
                .iter()
                .map(|entry| protocol::in_phase(graph, *entry, phase))
                .collect();
            let entries = match known.iter().find(|(same, _)| *same == here) {
                Some((_, entries)) => entries.clone(),
                None => self.entries(&propagators, here.clone(), &format!(" {phase}"))?,
            };
            for (of_phases, entry) in of_phases.iter_mut().zip(&entries) {
                of_phases.push((phase, *entry));
            }
            known.push((here, entries));
        }
        for (symbol, of_phases) in symbols.into_iter().zip(of_phases) {
            let (first, others) = of_phases.split_first().expect("a protocol has a phase");
            let choice = protocol::choose(&mut self.draft.graph, first.1, others);
            self.draft.replaced.insert(symbol, choice);
        }
        Ok(())
    }

    /// The entries of both matrices, row by row: numbers, or columns where they differ from cell to cell.
    fn entries(
        &mut self,
        propagators: &Propagators,
        coefficients: Vec<Expression>,
        suffix: &str,
    ) -> Result<Vec<Expression>, BuildError> {
        let propagators = Propagators {
            coefficients,
            ..propagators.clone()
        };
        if let Some(numbers) = propagators.numbers(&self.draft.graph) {
            let (transition, input) = propagators.compute(&numbers, self.setting.dt);
            let graph = &mut self.draft.graph;
            let entries = transition.into_iter().chain(input);
            return Ok(entries.map(|number| graph.constant(number)).collect());
        }
        let symbols = propagators.transition.iter().chain(&propagators.input);
        let names: Vec<String> = symbols
            .map(|symbol| match self.draft.graph.symbol_kind(*symbol) {
                oscine_equations::graph::SymbolKind::Named(name) => format!("{name}{suffix}"),
                _ => unreachable!("propagators are named"),
            })
            .collect();
        let hidden = |layout: &mut Self, name: &str| {
            layout.add_column(name, Dimension::DIMENSIONLESS, false)
        };
        let entry_columns = names.iter().map(|name| hidden(self, name)).collect();
        let number = self.plan.propagators.len();
        let coefficient_columns: Vec<u16> = (0..propagators.coefficients.len())
            .map(|entry| hidden(self, &format!("coefficient {number} {entry}")))
            .collect();
        let outputs: Vec<(u16, Expression)> = coefficient_columns
            .iter()
            .copied()
            .zip(propagators.coefficients.iter().copied())
            .collect();
        let coefficients = self.lower(&outputs)?;
        self.plan.propagators.push(CellPropagators {
            propagators,
            coefficients,
            coefficient_columns,
            entry_columns,
        });
        let graph = &mut self.draft.graph;
        Ok(names.iter().map(|name| graph.named(name)).collect())
    }
}
