//! The adaptive method against closed forms, other methods, and the period of a stiff oscillator.

use super::{Rosenbrock, RosenbrockWorkspace, Tolerance};
use crate::dimension::Dimension;
use crate::graph::{Function, Graph, Symbol};
use crate::integrator::{IntegratorError, System, Variable};
use crate::lanes::Real;
use crate::model::Model;
use crate::program::{Environment, NoEnvironment, SymbolPlace};
use crate::scope::{Binding, Scope};

const VAN_DER_POL: &str = "dx/dt = y/second : 1\ndy/dt = (mu*(1 - x*x)*y - x)/second : 1\nmu : 1";

/// The system of a text in which `t` is the time; where `active` is a parameter, it says what is not refractory.
fn system(graph: &mut Graph, text: &str) -> (System, Vec<String>) {
    let mut scope = Scope::new();
    let (dimension, writable) = (Dimension::SECOND, false);
    scope.bind(
        "t",
        Binding::Symbol {
            dimension,
            writable,
        },
    );
    let model = Model::compile(graph, text, &scope).expect("equations");
    let states = model.states.iter().map(|state| state.name.clone());
    let parameters = model
        .parameters
        .iter()
        .map(|parameter| parameter.name.clone());
    let names: Vec<String> = states.chain(parameters).collect();
    let active = names.iter().any(|name| name == "active");
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
    (system, names)
}

/// The method for a text: its states, its parameters, and the last column, for the steps.
fn method(text: &str, tolerance: f64) -> Result<Rosenbrock, IntegratorError> {
    let mut graph = Graph::new();
    let (system, names) = system(&mut graph, text);
    let place = |name: &str| match name {
        "t" => Some(SymbolPlace::Uniform(0)),
        _ => names
            .iter()
            .position(|known| known == name)
            .map(|column| SymbolPlace::Column(column as u16)),
    };
    let tolerance = Tolerance {
        relative: if tolerance.is_finite() {
            tolerance
        } else {
            0.0
        },
        absolute: vec![tolerance; system.variables.len()],
    };
    let step = Some(names.len() as u16);
    Rosenbrock::new(&mut graph, &system, &place, 1, step, tolerance)
}

/// Advances one lane from 0 to `end` in parts, and counts steps.
fn advance(text: &str, tolerance: f64, initial: &[f64], end: f64, parts: usize) -> (Vec<f64>, u64) {
    let method = method(text, tolerance).expect("a method");
    let mut columns: Vec<Vec<f64>> = initial.iter().map(|&value| vec![value]).collect();
    columns.push(vec![0.0]);
    let mut workspace = method.workspace();
    let dt = end / parts as f64;
    for part in 0..parts {
        // Each part begins afresh where the steps are to be those of the caller.
        if tolerance.is_infinite() {
            columns.last_mut().expect("the steps")[0] = 0.0;
        }
        go(
            &method,
            &mut workspace,
            &mut columns,
            0..1,
            part as f64 * dt,
            dt,
        );
    }
    let found = columns.iter().map(|column| column[0]).collect();
    (found, workspace.steps.iter().sum())
}

fn go<R: Real>(
    method: &Rosenbrock,
    workspace: &mut RosenbrockWorkspace,
    columns: &mut [Vec<R>],
    lanes: std::ops::Range<usize>,
    t: f64,
    dt: f64,
) {
    method
        .advance(workspace, columns, &[t], &NoEnvironment, lanes, t, dt)
        .expect("a solution");
}

#[test]
fn fixed_steps_converge_at_order_3_time_in_the_equations_included() {
    // logit x = logit x0 + t + sin t
    let text = "dx/dt = x*(1 - x)*(1 + cos(t/second))/second : 1";
    let odds = 0.25 * (2.0 + 2.0f64.sin()).exp();
    let error = |parts| {
        let (found, steps) = advance(text, f64::INFINITY, &[0.2], 2.0, parts);
        assert_eq!(steps, parts as u64);
        (found[0] - odds / (1.0 + odds)).abs()
    };
    let order = (error(160) / error(1280)).log2() / 3.0;
    assert!((order - 3.0).abs() < 0.15, "{order}");
    // Coupled: a predator and its prey keep x - log x + y - log y.
    let text = "dx/dt = x*(1 - y)/second : 1\ndy/dt = y*(x - 1)/second : 1";
    let kept = |x: f64, y: f64| x - x.ln() + y - y.ln();
    let error = |parts| {
        let (found, _) = advance(text, f64::INFINITY, &[1.5, 0.7], 3.0, parts);
        (kept(found[0], found[1]) - kept(1.5, 0.7)).abs()
    };
    let order = (error(200) / error(1600)).log2() / 3.0;
    assert!((order - 3.0).abs() < 0.2, "{order}");
}

#[test]
fn errors_follow_the_tolerance() {
    let text = "dx/dt = x*(1 - x)*(1 + cos(t/second))/second : 1";
    let odds = 0.25 * (6.0 + 6.0f64.sin()).exp();
    let mut before = (f64::INFINITY, 0);
    for tolerance in [1e-4, 1e-6, 1e-8] {
        let (found, steps) = advance(text, tolerance, &[0.2], 6.0, 1);
        let error = (found[0] - odds / (1.0 + odds)).abs();
        assert!(
            error < 20.0 * tolerance && error < before.0,
            "{error:e} at {tolerance:e}"
        );
        assert!(steps > before.1);
        before = (error, steps);
    }
}

#[test]
fn van_der_pol_at_100_has_its_period_of_162_837071() {
    let method = method(VAN_DER_POL, 1e-7).expect("a method");
    let mut columns = vec![vec![2.0], vec![0.0], vec![100.0], vec![0.0]];
    let mut workspace = method.workspace();
    let (dt, mut t, mut crossings) = (0.5, 0.0, Vec::new());
    while crossings.len() < 3 {
        let before = columns.clone();
        go(&method, &mut workspace, &mut columns, 0..1, t, dt);
        if before[0][0] < 0.0 && columns[0][0] >= 0.0 {
            let (mut low, mut high) = (0.0, dt);
            while high - low > 1e-9 {
                let middle = 0.5 * (low + high);
                let mut part = before.clone();
                go(&method, &mut workspace, &mut part, 0..1, t, middle);
                if part[0][0] < 0.0 {
                    low = middle
                } else {
                    high = middle
                }
            }
            crossings.push(t + low);
        }
        t += dt;
    }
    let period = crossings[2] - crossings[1];
    assert!((period - 162.837_071).abs() < 1e-3, "{period}");
    assert!(workspace.steps[0] < 60_000, "{:?}", workspace.steps);
}

#[test]
fn stiffness_does_not_shorten_the_steps() {
    // Prothero & Robinson (1974): x = cos t, with a rate of a million.
    let text = "dx/dt = -1e6*(x - cos(t/second))/second - sin(t/second)/second : 1";
    let (found, steps) = advance(text, 1e-6, &[1.0], 10.0, 1);
    assert!((found[0] - 10f64.cos()).abs() < 1e-5, "{}", found[0]);
    assert!(steps < 2000, "{steps}");
    let (found, _) = advance(text, 1e-6, &[1.5], 0.01, 1);
    assert!((found[0] - 0.01f64.cos()).abs() < 1e-5, "{}", found[0]);
}

/// 150 oscillators of different stiffness, advanced over ranges.
fn oscillators<R: Real>(cuts: &[usize]) -> Vec<Vec<R>> {
    let method = method(VAN_DER_POL, 1e-5).expect("a method");
    let lanes = |value: &dyn Fn(f64) -> f64| -> Vec<R> {
        (0..150)
            .map(|lane| R::from_f64(value(f64::from(lane))))
            .collect()
    };
    let mut columns = vec![
        lanes(&|lane| 2.0 - lane / 100.0),
        lanes(&|lane| lane / 150.0),
        lanes(&|lane| 0.1 + lane),
        lanes(&|_| 0.0),
    ];
    let mut workspace = method.workspace();
    for part in 0..3 {
        for cut in cuts.windows(2) {
            let t = f64::from(part) * 2.0;
            go(
                &method,
                &mut workspace,
                &mut columns,
                cut[0]..cut[1],
                t,
                2.0,
            );
        }
    }
    columns
}

#[test]
fn lanes_do_not_depend_on_their_neighbours() {
    let whole = oscillators::<f64>(&[0, 150]);
    for cuts in [&[0, 1, 150][..], &[0, 70, 71, 149, 150]] {
        assert!(whole == oscillators::<f64>(cuts), "{cuts:?}");
    }
    let single = oscillators::<f32>(&[0, 150]);
    for (exact, single) in whole[0].iter().zip(&single[0]) {
        assert!(
            (exact - f64::from(*single)).abs() < 1e-2,
            "{exact} {single}"
        );
    }
}

#[test]
fn what_is_frozen_stands_still_and_drives_the_rest() {
    let text = "dv/dt = (w - v*v*v)/second : 1 (unless refractory)\n\
                dw/dt = (v - w)/second : 1\n\
                active : 1";
    let (found, _) = advance(text, 1e-9, &[2.0, 1.0, 0.0], 1.5, 3);
    assert_eq!(found[0], 2.0);
    assert!(
        (found[1] - (2.0 - (-1.5f64).exp())).abs() < 1e-7,
        "{}",
        found[1]
    );
}

#[test]
fn a_lane_without_a_solution_is_told_with_its_time() {
    // From 0 it reaches 1, above which there is no root, at 2 (1 - log 2); from -3 at 2 (2 - log 3).
    let method = method("dx/dt = (1 + sqrt(1 - x))/second : 1", 1e-6).expect("a method");
    let mut columns = vec![vec![-3.0, 0.0, -3.0], vec![0.0; 3]];
    let mut workspace = method.workspace();
    let failed = method
        .advance(
            &mut workspace,
            &mut columns,
            &[0.0],
            &NoEnvironment,
            0..3,
            0.0,
            1.0,
        )
        .expect_err("no root");
    assert_eq!(failed.lane, 1);
    let right = 2.0 * (1.0 - 2f64.ln());
    assert!((failed.time - right).abs() < 1e-3, "{failed}");
}

/// A function that is the square of the time.
struct Square;

impl Environment<f64> for Square {
    fn draw(&mut self, _: usize, _: Symbol, _: usize, _: &mut [f64]) {
        panic!("nothing to draw")
    }
    fn apply(&self, _: Function, time: f64, _: f64) -> f64 {
        time * time
    }
}

#[test]
fn stimuli_are_followed_within_the_step() {
    // dx/dt = t² - x, from 0: x = t² - 2t + 2 - 2 exp(-t)
    let mut graph = Graph::new();
    let (time, x, zero) = (graph.named("t"), graph.named("x"), graph.constant(0.0));
    let square = graph.function("square");
    let square = graph.apply(square, time, zero);
    let variable = Variable {
        name: "x".to_owned(),
        symbol: graph.name("x"),
        drift: graph.subtract(square, x),
        diffusion: Vec::new(),
        unless_refractory: false,
    };
    let system = System {
        variables: vec![variable],
        active: None,
        changing: Vec::new(),
    };
    let place = |name: &str| match name {
        "x" => Some(SymbolPlace::Column(0)),
        _ => Some(SymbolPlace::Uniform(0)),
    };
    let tolerance = Tolerance {
        relative: 1e-7,
        absolute: vec![1e-7],
    };
    let method = Rosenbrock::new(&mut graph, &system, &place, 1, None, tolerance).unwrap();
    let mut columns = vec![vec![0.0]];
    let mut workspace = method.workspace();
    method
        .advance(
            &mut workspace,
            &mut columns,
            &[0.0],
            &Square,
            0..1,
            0.0,
            2.0,
        )
        .unwrap();
    let right = 2.0 - 2.0 * (-2.0f64).exp();
    assert!(
        (columns[0][0] - right).abs() < 1e-5,
        "{} {right}",
        columns[0][0]
    );
}

#[test]
fn noise_is_refused() {
    let text = "dx/dt = -x/second + xi*second**-0.5 : 1";
    let error = method(text, 1e-6).expect_err("noise");
    assert!(matches!(error, IntegratorError::Noise(..)), "{error}");
}
