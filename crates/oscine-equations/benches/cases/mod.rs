//! The models of the comparison, with what a step of each computes.

use oscine_equations::graph::{Binary, Expression, Function};
use oscine_equations::integrator::{self, Integrator, System, Variable};
use oscine_equations::program::{Environment, NoEnvironment, Output, Program, SymbolPlace, lower};
use oscine_equations::{Binding, Dimension, Graph, Model, Quantity, Scope, Symbol};
use oscine_random::Stream;

use crate::by_hand;

/// A model of the comparison: its equations, its constants, the states' first values.
pub struct Case {
    /// What it is called.
    pub name: &'static str,
    /// Its equations.
    pub equations: &'static str,
    /// Its constants.
    pub constants: &'static [(&'static str, &'static str)],
    /// How it is integrated.
    pub integrator: Integrator,
    /// Whether a cell pauses after it fired.
    pub refractory: bool,
    /// The step, s.
    pub dt: f64,
    /// The first values of the columns.
    pub initial: &'static [f64],
    /// The loop: columns, time, number of the step, whether `exp` is this crate's.
    pub by_hand: fn(&mut [Vec<f64>], f64, u64, bool),
}

/// The three.
pub const CASES: [Case; 3] = [
    Case {
        name: "COBA, exponential Euler",
        equations: "dv/dt = (ge*(E_e - v) + gi*(E_i - v) + E_L - v)/tau_m : volt (unless refractory)\n\
                    dge/dt = -ge/tau_e : 1\n\
                    dgi/dt = -gi/tau_i : 1",
        constants: &[
            ("tau_m", "20 ms"),
            ("tau_e", "5 ms"),
            ("tau_i", "10 ms"),
            ("E_L", "-60 mV"),
            ("E_e", "0 mV"),
            ("E_i", "-80 mV"),
        ],
        integrator: Integrator::ExponentialEuler,
        refractory: true,
        dt: 1e-4,
        initial: &[-0.06, 4.0, 20.0, -1.0],
        by_hand: by_hand::coba,
    },
    Case {
        name: "Hodgkin-Huxley, exponential Euler",
        equations: by_hand::HODGKIN_HUXLEY,
        constants: &[
            ("C", "1 uF/cm**2"),
            ("g_Na", "120 mS/cm**2"),
            ("g_K", "36 mS/cm**2"),
            ("g_L", "0.3 mS/cm**2"),
            ("E_Na", "50 mV"),
            ("E_K", "-77 mV"),
            ("E_L", "-54.387 mV"),
            ("phi", "1"),
            ("I", "10 uA/cm**2"),
        ],
        integrator: Integrator::ExponentialEuler,
        refractory: false,
        dt: 1e-5,
        initial: &[-0.065, 0.05293, 0.59612, 0.31768],
        by_hand: by_hand::hodgkin_huxley,
    },
    Case {
        name: "noisy FitzHugh-Nagumo, Euler",
        equations: "dv/dt = (v - v**3/3 - w + I)/tau : 1\n\
                    dw/dt = epsilon*(v + a - b*w)/tau + sigma*xi : 1",
        constants: &[
            ("tau", "1 ms"),
            ("epsilon", "0.08"),
            ("a", "0.7"),
            ("b", "0.8"),
            ("I", "0.5"),
            ("sigma", "1 second**-0.5"),
        ],
        integrator: Integrator::Euler,
        refractory: false,
        dt: 5e-5,
        initial: &[-1.1994, -0.6243],
        by_hand: by_hand::fitzhugh_nagumo,
    },
];

/// The new values of a case's states, and their names: the states are columns 0, 1, …, then when a cell last fired (`lastspike`).
pub fn step(case: &Case) -> (Graph, Vec<Expression>, Vec<String>) {
    let mut graph = Graph::new();
    let mut scope = Scope::new();
    let writable = false;
    for name in ["t", "dt"] {
        let dimension = Dimension::SECOND;
        scope.bind(
            name,
            Binding::Symbol {
                dimension,
                writable,
            },
        );
    }
    for (name, value) in case.constants {
        let value = Quantity::parse(value).expect("a quantity");
        let expression = graph.constant(value.value);
        let dimension = value.dimension;
        scope.bind(
            *name,
            Binding::Expression {
                expression,
                dimension,
            },
        );
    }
    let model = Model::compile(&mut graph, case.equations, &scope).expect("equations");
    let names: Vec<String> = model
        .states
        .iter()
        .map(|state| state.name.clone())
        .collect();
    let active = case.refractory.then(|| active(&mut graph));
    let variables = model.states.into_iter().map(|state| Variable {
        name: state.name,
        symbol: state.symbol,
        drift: state.drift,
        diffusion: state.diffusion,
        unless_refractory: state.unless_refractory,
    });
    let system = System {
        variables: variables.collect(),
        active,
        changing: Vec::new(),
    };
    let step = integrator::step(&mut graph, &system, case.integrator).expect("a step");
    (graph, step.new, names)
}

/// The program of a case's step; `t` and `dt` are uniforms.
pub fn program(case: &Case) -> Program {
    let (mut graph, new, names) = step(case);
    let outputs: Vec<Output> = (0..)
        .zip(new)
        .map(|(column, expression)| Output { expression, column })
        .collect();
    let place = |name: &str| match name {
        "t" => Some(SymbolPlace::Uniform(0)),
        "dt" => Some(SymbolPlace::Uniform(1)),
        "lastspike" => Some(SymbolPlace::Column(names.len() as u16)),
        _ => names
            .iter()
            .position(|known| known == name)
            .map(|column| SymbolPlace::Column(column as u16)),
    };
    lower(&mut graph, &outputs, &place, 2).expect("places")
}

/// `lastspike + 5 ms <= t`
fn active(graph: &mut Graph) -> Expression {
    let (time, last, pause) = (
        graph.named("t"),
        graph.named("lastspike"),
        graph.constant(0.005),
    );
    let until = graph.add(last, pause);
    graph.binary(Binary::LessOrEqual, until, time)
}

/// Normal numbers from one stream.
pub struct Noise {
    /// Where they come from.
    pub stream: Stream,
    /// The step of the simulation.
    pub step: u64,
}

impl Environment<f64> for Noise {
    fn draw(&mut self, _: usize, _: Symbol, first: usize, out: &mut [f64]) {
        self.stream.fill_normal(self.step, first as u64, out);
    }
    fn apply(&self, function: Function, time: f64, index: f64) -> f64 {
        Environment::<f64>::apply(&NoEnvironment, function, time, index)
    }
}

/// The states at the start, a little different from lane to lane.
pub fn start(case: &Case, lanes: usize) -> Vec<Vec<f64>> {
    let spread = |lane: usize| 1.0 + 1e-3 * ((lane * 37 % 101) as f64 / 101.0);
    case.initial
        .iter()
        .map(|&value| (0..lanes).map(|lane| value * spread(lane)).collect())
        .collect()
}
