//! Integrators, as transformations of the graph: from the derivatives of a system to the expressions of its state one step
//! later. All of them are one step of `dt` from the values at its start; noise enters through standard normal draws.

mod exact;
mod exponential_euler;
mod linear_change;
pub mod rosenbrock;
mod runge_kutta;
mod stochastic;

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use crate::derivative;
use crate::graph::{Expression, Graph, Symbol};
use crate::linear_parts;

pub use exact::{Propagators, matrix_exponential};
pub use rosenbrock::{Rosenbrock, RosenbrockWorkspace, StepFailed, Tolerance};

/// The integration methods by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Integrator {
    /// The matrix exponential of a linear system with constant coefficients; input is held over the step.
    Exact,
    /// Each variable by the exponential of its own coefficient, all others held over the step: order 1.
    ExponentialEuler,
    /// Forward Euler; with noise Euler–Maruyama (Itô): order 1, strong order 1/2 (1 where the noise is additive).
    Euler,
    /// The midpoint rule: order 2.
    Rk2,
    /// The classical Runge–Kutta method: order 4.
    Rk4,
    /// The trapezoid rule with an Euler predictor; with noise in the sense of Stratonovich: order 2, strong order 1.
    Heun,
    /// With noise in the sense of Stratonovich, one noise a variable: strong order 1.
    Milstein,
    /// A stiff method with error control inside each step: Rosenbrock, order 3(2), L-stable.
    Rosenbrock,
}

impl Integrator {
    /// Every integrator.
    pub const ALL: [Integrator; 8] = [
        Integrator::Exact,
        Integrator::ExponentialEuler,
        Integrator::Euler,
        Integrator::Rk2,
        Integrator::Rk4,
        Integrator::Heun,
        Integrator::Milstein,
        Integrator::Rosenbrock,
    ];

    /// Its name in an experiment file.
    pub fn name(self) -> &'static str {
        match self {
            Integrator::Exact => "exact",
            Integrator::ExponentialEuler => "exponential-euler",
            Integrator::Euler => "euler",
            Integrator::Rk2 => "rk2",
            Integrator::Rk4 => "rk4",
            Integrator::Heun => "heun",
            Integrator::Milstein => "milstein",
            Integrator::Rosenbrock => "rosenbrock",
        }
    }
}

impl fmt::Display for Integrator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Integrator {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|known| known.name() == name)
            .ok_or_else(|| {
                let names: Vec<_> = Self::ALL.iter().map(|known| known.name()).collect();
                format!(
                    "there is no integrator `{name}`: there are {}",
                    names.join(", ")
                )
            })
    }
}

/// One variable of a system.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name, for messages.
    pub name: String,
    /// Its symbol.
    pub symbol: Symbol,
    /// Its derivative without noise.
    pub drift: Expression,
    /// What each noise, a standard normal draw with the dimension of √Hz taken apart, is multiplied by.
    pub diffusion: Vec<(Symbol, Expression)>,
    /// It stands still while the cell is refractory.
    pub unless_refractory: bool,
}

/// A system of differential equations that is integrated.
#[derive(Clone, Debug)]
pub struct System {
    /// The variables.
    pub variables: Vec<Variable>,
    /// True (1) where a cell is not refractory; `None` where it never is.
    pub active: Option<Expression>,
    /// Symbols, besides the variables, that may change from step to step.
    pub changing: Vec<Symbol>,
}

/// Why an integration method does not serve a system.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntegratorError {
    /// `exact` on what is not linear with constant coefficients.
    #[error(
        "`exact` needs equations that are linear with constant coefficients, and that of `{0}` is not"
    )]
    NotLinear(String),
    /// `exponential-euler` on what is not linear in itself.
    #[error(
        "`exponential-euler` needs each equation to be linear in its own variable, and that of `{0}` is not"
    )]
    NotLinearInItself(String),
    /// Noise with a method that has no place for it.
    #[error(
        "`{0}` does not integrate noise, and the equation of `{1}` has some (`euler`, `heun` and `milstein` do)"
    )]
    Noise(Integrator, String),
    /// `milstein` with several noises in one equation.
    #[error(
        "`milstein` takes one noise in an equation, and that of `{0}` has several (`heun` takes them)"
    )]
    SeveralNoises(String),
    /// `euler` would read Itô, the others Stratonovich.
    #[error("the noise of `{0}` cannot be differentiated by `{0}` as `milstein` needs")]
    NoDerivative(String),
    /// `rosenbrock` on what cannot be differentiated.
    #[error(
        "`rosenbrock` needs equations that can be differentiated by their variables, and that of `{0}` cannot"
    )]
    NoJacobian(String),
    /// A name that the integrator does not find.
    #[error("the equations read `{0}`, which has no value here")]
    NoPlace(String),
}

/// One integration step of a system.
#[derive(Clone, Debug)]
pub struct IntegrationStep {
    /// The new value of each variable.
    pub new: Vec<Expression>,
    /// Numbers to be computed for each element before the first step, for `exact`.
    pub propagators: Vec<Propagators>,
}

/// The integrator that serves a system where the user names none: `exact`, else `exponential-euler`, else `rk4`; with noise
/// `euler` where it is additive, else `heun`.
pub fn choose(graph: &mut Graph, system: &System) -> Integrator {
    let noisy = system
        .variables
        .iter()
        .any(|variable| !variable.diffusion.is_empty());
    if noisy {
        let symbols: Vec<Symbol> = system
            .variables
            .iter()
            .map(|variable| variable.symbol)
            .collect();
        let coefficients: Vec<Expression> = system
            .variables
            .iter()
            .flat_map(|variable| {
                variable
                    .diffusion
                    .iter()
                    .map(|(_, coefficient)| *coefficient)
            })
            .collect();
        let found = graph.symbols_of(&coefficients);
        return if symbols.iter().any(|symbol| found.contains(symbol)) {
            Integrator::Heun
        } else {
            Integrator::Euler
        };
    }
    if exact::coefficients(graph, system).is_ok() {
        Integrator::Exact
    } else if system
        .variables
        .iter()
        .all(|variable| linear_parts(graph, variable.drift, variable.symbol).is_some())
    {
        Integrator::ExponentialEuler
    } else {
        Integrator::Rk4
    }
}

/// The new value of each variable after one step of `dt` (a symbol of that name), at time `t`.
///
/// # Errors
/// Where the integrator does not serve the system.
///
/// # Panics
/// For [`Integrator::Rosenbrock`], which is not a transformation of the graph but a loop of its own.
pub fn step(
    graph: &mut Graph,
    system: &System,
    integrator: Integrator,
) -> Result<IntegrationStep, IntegratorError> {
    if !matches!(
        integrator,
        Integrator::Euler | Integrator::Heun | Integrator::Milstein
    ) && let Some(noisy) = system
        .variables
        .iter()
        .find(|variable| !variable.diffusion.is_empty())
    {
        return Err(IntegratorError::Noise(integrator, noisy.name.clone()));
    }
    let plain = |new| IntegrationStep {
        new,
        propagators: Vec::new(),
    };
    match integrator {
        Integrator::Exact => exact::step(graph, system),
        Integrator::ExponentialEuler => exponential_euler::step(graph, system).map(plain),
        Integrator::Euler => Ok(plain(stochastic::euler(graph, system))),
        Integrator::Rk2 => Ok(plain(runge_kutta::midpoint(graph, system))),
        Integrator::Rk4 => Ok(plain(runge_kutta::classical(graph, system))),
        Integrator::Heun => Ok(plain(stochastic::heun(graph, system))),
        Integrator::Milstein => stochastic::milstein(graph, system).map(plain),
        Integrator::Rosenbrock => panic!("the Rosenbrock method is not one expression"),
    }
}

impl System {
    /// The derivatives, 0 for what stands still while refractory.
    fn drifts(&self, graph: &mut Graph) -> Vec<Expression> {
        self.variables
            .iter()
            .map(|variable| self.while_active(graph, variable, variable.drift))
            .collect()
    }

    fn while_active(&self, graph: &mut Graph, variable: &Variable, rate: Expression) -> Expression {
        match self.active {
            Some(active) if variable.unless_refractory => {
                let zero = graph.constant(0.0);
                graph.select(active, rate, zero)
            }
            _ => rate,
        }
    }

    /// The old value where the variable stands still, else the new one.
    fn or_stand_still(
        &self,
        graph: &mut Graph,
        variable: &Variable,
        new: Expression,
    ) -> Expression {
        match self.active {
            Some(active) if variable.unless_refractory => {
                let old = graph.symbol(variable.symbol);
                graph.select(active, new, old)
            }
            _ => new,
        }
    }

    /// Expressions at other values of the variables and another time.
    fn at(
        &self,
        graph: &mut Graph,
        expressions: &[Expression],
        values: &[Expression],
        time: Expression,
    ) -> Vec<Expression> {
        let mut replacements: HashMap<Symbol, Expression> = self
            .variables
            .iter()
            .zip(values)
            .map(|(variable, value)| (variable.symbol, *value))
            .collect();
        replacements.insert(graph.name("t"), time);
        graph.substitute(expressions, &replacements)
    }

    fn values(&self, graph: &mut Graph) -> Vec<Expression> {
        self.variables
            .iter()
            .map(|variable| graph.symbol(variable.symbol))
            .collect()
    }
}

/// The Jacobian `∂drift[row]/∂variable[column]`, row by row; `None` where an equation cannot be differentiated.
pub fn jacobian(graph: &mut Graph, system: &System) -> Option<Vec<Vec<Expression>>> {
    let drifts = system.drifts(graph);
    drifts
        .into_iter()
        .map(|drift| {
            system
                .variables
                .iter()
                .map(|variable| derivative(graph, drift, variable.symbol))
                .collect()
        })
        .collect()
}
