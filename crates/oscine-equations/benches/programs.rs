//! Programs against loops written by hand over the same arrays, compiled for the same vectors, in turns:
//! `cargo bench -p oscine-equations --bench programs`.
//!
//! The loops are what a careful person writes: relaxation to a steady value by one `exp` and one division for each variable,
//! everything else in registers; once with the `exp` of this crate and once with that of the standard library.

mod by_hand;

use std::hint::black_box;
use std::time::Instant;

use oscine_equations::graph::{Binary, Expression, Function};
use oscine_equations::integrator::{self, Integrator, System, Variable};
use oscine_equations::lanes::has_fused_multiply_add;
use oscine_equations::program::{
    Environment, NoEnvironment, Output, Place, Program, Vectors, lower,
};
use oscine_equations::{Binding, Dimension, Graph, Model, Quantity, Scope, Symbol};
use oscine_random::Stream;

/// A model of the comparison: its equations, its constants, the states' first values.
struct Case {
    name: &'static str,
    equations: &'static str,
    constants: &'static [(&'static str, &'static str)],
    integrator: Integrator,
    refractory: bool,
    dt: f64,
    initial: &'static [f64],
    by_hand: fn(&mut [Vec<f64>], f64, u64, bool),
}

const CASES: [Case; 3] = [
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

/// The program of a case's step: the states are columns 0, 1, …, then when a cell last fired; `t` and `dt` are uniforms.
fn program(case: &Case) -> Program {
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
    let outputs: Vec<Output> = (0..)
        .zip(step.new)
        .map(|(column, expression)| Output { expression, column })
        .collect();
    let place = |name: &str| match name {
        "t" => Some(Place::Uniform(0)),
        "dt" => Some(Place::Uniform(1)),
        "lastspike" => Some(Place::Column(names.len() as u16)),
        _ => names
            .iter()
            .position(|known| known == name)
            .map(|column| Place::Column(column as u16)),
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
struct Noise {
    stream: Stream,
    step: u64,
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
fn start(case: &Case, lanes: usize) -> Vec<Vec<f64>> {
    let spread = |lane: usize| 1.0 + 1e-3 * ((lane * 37 % 101) as f64 / 101.0);
    case.initial
        .iter()
        .map(|&value| (0..lanes).map(|lane| value * spread(lane)).collect())
        .collect()
}

fn main() {
    if !has_fused_multiply_add() {
        println!("this processor has no fused multiply-add on vectors");
        return;
    }
    for case in &CASES {
        let begin = Instant::now();
        let program = program(case);
        let mut columns = start(case, 4_000);
        let uniforms = [0.0, case.dt];
        let noise = &mut Noise {
            stream: Stream::new(1, "noise"),
            step: 0,
        };
        program.run(
            &mut program.workspace(),
            &mut columns,
            &uniforms,
            noise,
            0..4_000,
        );
        black_box(&columns);
        let reading = begin.elapsed().as_secs_f64() * 1e3;
        println!(
            "{}: from text to the first step of 4,000 cells {reading:.2} ms; {} instructions, {} registers, {} scalars before",
            case.name,
            program.body().len(),
            program.registers(),
            program.prologue().len(),
        );
        for lanes in [4_000, 100_000] {
            compare(case, &program, lanes);
        }
    }
}

/// Nanoseconds for a lane's step of each side: the least of many turns.
fn compare(case: &Case, program: &Program, lanes: usize) {
    let turns = 4_000_000 / lanes;
    let mut sides = [
        start(case, lanes),
        start(case, lanes),
        start(case, lanes),
        start(case, lanes),
    ];
    let mut least = [f64::INFINITY; 4];
    let mut workspace = program.workspace();
    let mut noise = Noise {
        stream: Stream::new(1, "noise"),
        step: 0,
    };
    for turn in 0..turns {
        for (side, (columns, least)) in sides.iter_mut().zip(&mut least).enumerate() {
            let begin = Instant::now();
            let t = turn as f64 * case.dt;
            match side {
                0 | 1 => {
                    let vectors = [Vectors::widest(), Vectors::Baseline][side];
                    noise.step = turn as u64;
                    let uniforms = [t, case.dt];
                    program.run_with(
                        vectors,
                        &mut workspace,
                        columns,
                        &uniforms,
                        &mut noise,
                        0..lanes,
                    );
                }
                _ => (case.by_hand)(columns, t, turn as u64, side == 2),
            }
            black_box(&columns);
            *least = least.min(begin.elapsed().as_secs_f64() / lanes as f64 * 1e9);
        }
    }
    let difference = (0..lanes)
        .map(|lane| (sides[0][0][lane] - sides[2][0][lane]).abs())
        .fold(0.0, f64::max);
    let [program, baseline, by_hand, standard] = least;
    println!(
        "  {lanes:6} cells: program {program:6.2} ns, by hand {by_hand:6.2} (ratio {:.2}), by hand with the standard exp \
         {standard:6.2} (ratio {:.2}), program on baseline vectors {baseline:6.2}; largest difference {difference:.0e}",
        program / by_hand,
        program / standard,
    );
}
