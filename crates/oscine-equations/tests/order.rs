//! Every integrator, from text to numbers, at its order of convergence and against closed forms.

use std::collections::HashMap;

use oscine_equations::graph::Function;
use oscine_equations::integrator::{self, Integrator, System, Variable};
use oscine_equations::lanes::normal_quantile;
use oscine_equations::program::{Environment, NoEnvironment, Output, Program, SymbolPlace, lower};
use oscine_equations::{Binding, Dimension, Graph, Model, Scope, Symbol};

/// A system with a program for its step: `columns` are named, the states first; uniforms are `t` and `dt`.
struct Stepper {
    program: Program,
    names: Vec<String>,
}

impl Stepper {
    /// `constants` are columns of one value for all lanes; where `active` is one of them, what is `unless refractory` obeys it.
    fn new(text: &str, method: Integrator, constants: &[(&str, f64)], dt: f64) -> Stepper {
        let mut graph = Graph::new();
        let mut scope = Scope::new();
        for name in ["t", "dt"] {
            let dimension = Dimension::SECOND;
            let writable = false;
            scope.bind(
                name,
                Binding::Symbol {
                    dimension,
                    writable,
                },
            );
        }
        let model = Model::compile(&mut graph, text, &scope).expect("equations");
        let mut names: Vec<String> = model
            .states
            .iter()
            .map(|state| state.name.clone())
            .collect();
        names.extend(constants.iter().map(|(name, _)| (*name).to_owned()));
        let active = constants.iter().any(|(name, _)| *name == "active");
        let system = System {
            variables: model
                .states
                .into_iter()
                .map(|state| Variable {
                    name: state.name,
                    symbol: state.symbol,
                    drift: state.drift,
                    diffusion: state.diffusion,
                    unless_refractory: state.unless_refractory,
                })
                .collect(),
            active: active.then(|| graph.named("active")),
            changing: Vec::new(),
        };
        let step = integrator::step(&mut graph, &system, method).expect("a step");
        // Propagators from each element's coefficients; here all elements have the same.
        let mut numbers: HashMap<Symbol, _> = HashMap::new();
        for propagators in &step.propagators {
            let coefficients: Vec<f64> = propagators
                .coefficients
                .iter()
                .map(|&entry| {
                    let symbols = |symbol| {
                        let named = |(name, _): &&(&str, f64)| graph.find(name) == Some(symbol);
                        constants.iter().find(named).expect("a constant").1
                    };
                    oscine_equations::evaluate(&graph, entry, &symbols, &|_, _, _| f64::NAN)
                })
                .collect();
            let (transition, input) = propagators.compute(&coefficients, dt);
            let symbols = propagators.transition.iter().chain(&propagators.input);
            for (symbol, number) in symbols.zip(transition.into_iter().chain(input)) {
                numbers.insert(*symbol, graph.constant(number));
            }
        }
        let new = graph.substitute(&step.new, &numbers);
        let outputs: Vec<Output> = new
            .into_iter()
            .zip(0..)
            .map(|(expression, column)| Output { expression, column })
            .collect();
        let place = |name: &str| match name {
            "t" => Some(SymbolPlace::Uniform(0)),
            "dt" => Some(SymbolPlace::Uniform(1)),
            _ => {
                let column = names.iter().position(|known| known == name)?;
                Some(SymbolPlace::Column(column as u16))
            }
        };
        let program = lower(&mut graph, &outputs, &place, 2).expect("places");
        Stepper { program, names }
    }
}

/// The states of one lane after `steps` steps to `end`.
fn integrate(
    text: &str,
    method: Integrator,
    initial: &[f64],
    constants: &[(&str, f64)],
    end: f64,
    steps: usize,
) -> Vec<f64> {
    let dt = end / steps as f64;
    let stepper = Stepper::new(text, method, constants, dt);
    let mut columns: Vec<Vec<f64>> = initial
        .iter()
        .chain(constants.iter().map(|(_, value)| value))
        .map(|&value| vec![value])
        .collect();
    assert_eq!(columns.len(), stepper.names.len());
    let mut workspace = stepper.program.workspace();
    for step in 0..steps {
        let uniforms = [step as f64 * dt, dt];
        let environment = &mut NoEnvironment;
        stepper
            .program
            .run(&mut workspace, &mut columns, &uniforms, environment, 0..1);
    }
    columns[..initial.len()]
        .iter()
        .map(|column| column[0])
        .collect()
}

/// The order at which the error falls between a step and half of it.
fn order(error: impl Fn(usize) -> f64, steps: usize) -> f64 {
    (error(steps) / error(2 * steps)).log2()
}

const LOGISTIC: &str = "dx/dt = x*(1 - x)*(1 + cos(t/second))/second : 1";
const PREDATORS: &str =
    "dx/dt = x*(1 - y + 0.3*sin(t/second))/second : 1\ndy/dt = y*(x - 1)/second : 1";

#[test]
fn euler_rk2_heun_and_rk4_have_their_orders_on_a_logistic_equation_driven_in_time() {
    // logit x = logit x0 + t + sin t
    let end: f64 = 2.0;
    let odds = 0.2 / 0.8 * (end + end.sin()).exp();
    let right = odds / (1.0 + odds);
    for (method, nominal, steps) in [
        (Integrator::Euler, 1.0, 200),
        (Integrator::Rk2, 2.0, 100),
        (Integrator::Heun, 2.0, 100),
        (Integrator::Rk4, 4.0, 40),
    ] {
        let error = |steps| (integrate(LOGISTIC, method, &[0.2], &[], end, steps)[0] - right).abs();
        let found = order(error, steps);
        assert!((found - nominal).abs() < 0.12, "{method}: order {found}");
    }
}

#[test]
fn orders_hold_for_coupled_equations() {
    let initial = [1.5, 0.7];
    let right = integrate(PREDATORS, Integrator::Rk4, &initial, &[], 3.0, 4000);
    for (method, nominal, steps) in [
        (Integrator::Euler, 1.0, 400),
        (Integrator::ExponentialEuler, 1.0, 400),
        (Integrator::Rk2, 2.0, 200),
        (Integrator::Heun, 2.0, 200),
        (Integrator::Rk4, 4.0, 60),
    ] {
        let error = |steps| {
            let found = integrate(PREDATORS, method, &initial, &[], 3.0, steps);
            (found[0] - right[0]).hypot(found[1] - right[1])
        };
        let found = order(error, steps);
        assert!((found - nominal).abs() < 0.12, "{method}: order {found}");
    }
}

#[test]
fn exponential_euler_is_exact_where_coefficients_stand_still() {
    let text = "dx/dt = (3 - x)/tau : 1\ntau : second";
    let found = integrate(
        text,
        Integrator::ExponentialEuler,
        &[1.0],
        &[("tau", 0.4)],
        1.0,
        7,
    )[0];
    assert!((found - (3.0 - 2.0 * (-1.0f64 / 0.4).exp())).abs() < 1e-14);
    // A coefficient that is 0: the derivative alone.
    let text = "dx/dt = a*x + 2/second : 1\na : Hz";
    let found = integrate(
        text,
        Integrator::ExponentialEuler,
        &[1.0],
        &[("a", 0.0)],
        1.0,
        7,
    )[0];
    assert!((found - 3.0).abs() < 1e-14);
}

/// The closed form against the exact integrator over steps of two sizes.
fn exact(text: &str, initial: &[f64], constants: &[(&str, f64)], right: &[f64]) {
    for steps in [1, 23] {
        let found = integrate(text, Integrator::Exact, initial, constants, 1.5, steps);
        for (found, right) in found.iter().zip(right) {
            let error = (found - right).abs();
            assert!(
                error < 1e-12,
                "{text}: {found} for {right} in {steps} steps"
            );
        }
    }
}

#[test]
fn exact_is_the_closed_form_of_currents_that_drive_a_membrane() {
    let text = "dv/dt = (2 + g - v)/(0.5*second) : 1\ndg/dt = -g/(0.2*second) : 1";
    let (v, g) = ((-1.5f64 / 0.5).exp(), (-1.5f64 / 0.2).exp());
    // g(t) = 3 g, particular solution 3/(1 - 0.5/0.2) g = -2 g
    exact(
        text,
        &[1.0, 3.0],
        &[],
        &[2.0 - 2.0 * g + (1.0 - 2.0 + 2.0) * v, 3.0 * g],
    );
}

#[test]
fn exact_is_the_closed_form_where_time_constants_are_equal() {
    let text = "dh/dt = (g - h)/tau : 1\ndg/dt = -g/tau : 1\ntau : second (constant)";
    let decay = (-1.5f64 / 0.3).exp();
    let right = [(1.0 + 2.0 * 1.5 / 0.3) * decay, 2.0 * decay];
    exact(text, &[1.0, 2.0], &[("tau", 0.3)], &right);
}

#[test]
fn exact_is_the_closed_form_where_the_matrix_is_singular() {
    let text = "dx/dt = v/second : 1\ndv/dt = (1 - v)/second : 1\ndz/dt = 2/second : 1";
    let decay = (-1.5f64).exp();
    let right = [
        0.5 + 1.5 + (3.0 - 1.0) * (1.0 - decay),
        1.0 + 2.0 * decay,
        4.0 + 3.0,
    ];
    exact(text, &[0.5, 3.0, 4.0], &[], &right);
    // A rotation, in which the eigenvalues are imaginary.
    let text = "dx/dt = 2*y/second : 1\ndy/dt = -2*x/second : 1";
    exact(text, &[1.0, 0.0], &[], &[3f64.cos(), -3f64.sin()]);
}

#[test]
fn exact_takes_coefficients_of_each_element_through_columns() {
    let text = "dv/dt = (g - v)/tau : 1\ndg/dt = -g/(0.2*second) : 1\ntau : second (constant)";
    let mut graph = Graph::new();
    let model = Model::compile(&mut graph, text, &Scope::new()).expect("equations");
    let variables = model.states.into_iter().map(|state| Variable {
        name: state.name,
        symbol: state.symbol,
        drift: state.drift,
        diffusion: state.diffusion,
        unless_refractory: state.unless_refractory,
    });
    let system = System {
        variables: variables.collect(),
        active: None,
        changing: Vec::new(),
    };
    let chosen = integrator::choose(&mut graph, &system);
    assert_eq!(chosen, Integrator::Exact);
    let step = integrator::step(&mut graph, &system, chosen).expect("a step");
    let [propagators] = &step.propagators[..] else {
        panic!("one set of propagators")
    };
    assert_eq!(propagators.numbers(&graph), None);
    let taus = [0.1, 0.3, 1.0];
    let mut names = vec![graph.name("v"), graph.name("g")];
    names.extend(propagators.transition.iter().chain(&propagators.input));
    let mut columns = vec![vec![0.5; 3], vec![2.0; 3]];
    columns.resize(names.len(), vec![0.0; 3]);
    for (lane, tau) in taus.into_iter().enumerate() {
        let coefficients: Vec<f64> = propagators
            .coefficients
            .iter()
            .map(|&entry| oscine_equations::evaluate(&graph, entry, &|_| tau, &|_, _, _| f64::NAN))
            .collect();
        let (transition, input) = propagators.compute(&coefficients, 0.25);
        for (number, value) in transition.into_iter().chain(input).enumerate() {
            columns[2 + number][lane] = value;
        }
    }
    let outputs: Vec<Output> = (0..)
        .zip(step.new)
        .map(|(column, expression)| Output { expression, column })
        .collect();
    let known = graph.clone();
    let place = |name: &str| {
        let symbol = known.find(name)?;
        let column = names.iter().position(|known| *known == symbol)?;
        Some(SymbolPlace::Column(column as u16))
    };
    let program = lower(&mut graph, &outputs, &place, 0).expect("places");
    let mut workspace = program.workspace();
    for _ in 0..6 {
        program.run(&mut workspace, &mut columns, &[], &mut NoEnvironment, 0..3);
    }
    for (lane, tau) in taus.into_iter().enumerate() {
        // v = c exp(-t/tau) + 2 exp(-t/0.2)/(1 - tau/0.2)
        let forced = 2.0 / (1.0 - tau / 0.2);
        let (slow, fast) = ((-1.5 / tau).exp(), (-1.5f64 / 0.2).exp());
        let right = (0.5 - forced) * slow + forced * fast;
        let found = columns[0][lane];
        assert!(
            (found - right).abs() < 1e-12,
            "tau {tau}: {found} for {right}"
        );
    }
}

#[test]
fn what_is_frozen_drives_the_others_from_where_it_stands() {
    let text = "dv/dt = (w - v)/(0.5*second) : 1 (unless refractory)\n\
                dw/dt = (0.8*v - w)/(0.2*second) : 1";
    let frozen = 0.8 * 2.0 + (1.0 - 0.8 * 2.0) * (-1.5f64 / 0.2).exp();
    exact(text, &[2.0, 1.0], &[("active", 0.0)], &[2.0, frozen]);
    // Active: the same as without the flag.
    let plain = text.replace(" (unless refractory)", "");
    let right = integrate(&plain, Integrator::Exact, &[2.0, 1.0], &[], 1.5, 1);
    exact(text, &[2.0, 1.0], &[("active", 1.0)], &right);
    // And every other method leaves it where it stands, and agrees with the closed form about the rest.
    for method in [
        Integrator::Euler,
        Integrator::ExponentialEuler,
        Integrator::Rk2,
        Integrator::Rk4,
        Integrator::Heun,
        Integrator::Milstein,
    ] {
        let found = integrate(text, method, &[2.0, 1.0], &[("active", 0.0)], 1.5, 3000);
        assert_eq!(found[0], 2.0, "{method}");
        assert!((found[1] - frozen).abs() < 1e-3, "{method}: {}", found[1]);
    }
}

/// A noise of which each step's draw is the sum of the draws of a finer path.
struct Path<'a> {
    /// `[fine step][lane]`, standard normal.
    draws: &'a [Vec<f64>],
}

impl Environment<f64> for Path<'_> {
    fn draw(&mut self, _: usize, _: Symbol, first: usize, out: &mut [f64]) {
        let scale = (self.draws.len() as f64).sqrt();
        for (lane, out) in out.iter_mut().enumerate() {
            *out = self
                .draws
                .iter()
                .map(|step| step[first + lane])
                .sum::<f64>()
                / scale;
        }
    }
    fn apply(&self, _: Function, _: f64, _: f64) -> f64 {
        f64::NAN
    }
}

/// Standard normal numbers, `[step][lane]` (SplitMix64 through the normal quantile).
fn draws(steps: usize, lanes: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        normal_quantile::<false>((((z ^ (z >> 31)) >> 11) as f64 + 0.5) / (1u64 << 53) as f64)
    };
    (0..steps)
        .map(|_| (0..lanes).map(|_| next()).collect())
        .collect()
}

/// One state from `initial` at every lane to time 1, in steps of `stride` fine steps.
fn paths(
    text: &str,
    method: Integrator,
    initial: f64,
    fine: &[Vec<f64>],
    stride: usize,
) -> Vec<f64> {
    let dt = stride as f64 / fine.len() as f64;
    let stepper = Stepper::new(text, method, &[], dt);
    let lanes = fine[0].len();
    let mut columns = vec![vec![initial; lanes]];
    let mut workspace = stepper.program.workspace();
    for (step, draws) in fine.chunks(stride).enumerate() {
        let uniforms = [step as f64 * dt, dt];
        let environment = &mut Path { draws };
        stepper.program.run(
            &mut workspace,
            &mut columns,
            &uniforms,
            environment,
            0..lanes,
        );
    }
    columns.swap_remove(0)
}

/// The slope of the mean absolute error at time 1 against the step, on common Brownian paths.
fn strong_order(text: &str, method: Integrator, initial: f64, right: impl Fn(f64) -> f64) -> f64 {
    let fine = draws(256, 1000, 7);
    let error = |stride: usize| {
        let found = paths(text, method, initial, &fine, stride);
        let scale = (fine.len() as f64).sqrt();
        let error = found.iter().enumerate().map(|(lane, found)| {
            let path = fine.iter().map(|step| step[lane]).sum::<f64>() / scale;
            (found - right(path)).abs()
        });
        error.sum::<f64>() / found.len() as f64
    };
    (error(16) / error(1)).log2() / 4.0
}

const GEOMETRIC: &str = "dx/dt = 0.5*x/second + 0.8*x*xi*second**-0.5 : 1";
const HYPERBOLIC: &str = "dx/dt = 0.6*sqrt(1 + x*x)*xi*second**-0.5 : 1";

#[test]
fn heun_and_milstein_converge_strongly_at_order_1_to_stratonovich() {
    for method in [Integrator::Heun, Integrator::Milstein] {
        let right = |w: f64| (0.5 + 0.8 * w).exp();
        let found = strong_order(GEOMETRIC, method, 1.0, right);
        assert!((found - 1.0).abs() < 0.12, "{method}: {found}");
        let right = |w: f64| (0.6 * w + 0.5f64.asinh()).sinh();
        let found = strong_order(HYPERBOLIC, method, 0.5, right);
        assert!((found - 1.0).abs() < 0.12, "{method}: {found}");
    }
}

#[test]
fn euler_converges_strongly_at_order_one_half_to_ito_and_at_1_where_noise_is_additive() {
    let right = |w: f64| (0.5 - 0.5 * 0.8 * 0.8 + 0.8 * w).exp();
    let found = strong_order(GEOMETRIC, Integrator::Euler, 1.0, right);
    assert!((found - 0.5).abs() < 0.12, "{found}");
    // dx = (1 + t) dt + dW: the drift alone is not exact.
    let text = "dx/dt = (1 + 2*t/second)/second + xi*second**-0.5 : 1";
    let found = strong_order(text, Integrator::Euler, 0.0, |w| 2.0 + w);
    assert!((found - 1.0).abs() < 0.05, "{found}");
}

#[test]
fn euler_converges_weakly_at_order_1_on_the_variance_of_ornstein_uhlenbeck() {
    let text = "dx/dt = -3*x/second + sqrt(6)*xi*second**-0.5 : 1";
    let right = 1.0 - (-6.0f64).exp();
    let fine = draws(16, 150_000, 3);
    let bias = |stride| {
        let found = paths(text, Integrator::Euler, 0.0, &fine, stride);
        found.iter().map(|x| x * x).sum::<f64>() / found.len() as f64 - right
    };
    // 1/(1 - 3 dt/2) - 1 for large t: 0.6, 0.23, 0.10
    let (coarse, middle, small) = (bias(4), bias(2), bias(1));
    assert!(
        (coarse / middle).log2() > 0.9 && (middle / small).log2() > 0.9,
        "{coarse} {middle} {small}"
    );
    assert!((middle / small).log2() < 1.35, "{middle} {small}");
}
