//! Models whose rest, bifurcations, rhythms and filters are known in closed form.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::{all_near, measure, measured, near};

/// The normal forms of a Hopf bifurcation, with time in ms: `r' = mu r - r^3` and `r' = mu r + r^3 - r^5`, a turn in 2 pi ms.
const MODELS: &str = r#"
[run]
duration = "1 ms"
[neurons.circle]
count = 1
equations = '''
dx/dt = (mu*x - y - x*(x**2 + y**2))/ms : 1
dy/dt = (x + mu*y - y*(x**2 + y**2))/ms : 1
'''
parameters = { mu = 1 }
initial = { x = 0.9 }
[neurons.hard]
count = 1
equations = '''
dx/dt = (mu*x - y + x*(x**2 + y**2) - x*(x**2 + y**2)**2)/ms : 1
dy/dt = (x + mu*y + y*(x**2 + y**2) - y*(x**2 + y**2)**2)/ms : 1
'''
parameters = { mu = 0.1 }
initial = { x = 1.2 }
[neurons.fold]
count = 1
equations = "dx/dt = (1 - x**2 - a)/(10*ms) : 1"
parameters = { a = 0 }
initial = { x = 1.1 }
[neurons.leak]
count = 1
equations = "dv/dt = (x - v)/(20*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
parameters = { x = 0.5 }
"#;

fn of(text: &str) -> super::Found {
    measured(&(MODELS.to_owned() + text))
}

#[test]
fn a_leak_rests_where_it_is_driven_to() {
    let found = of(&(measure("own", "rest", "leak")
        + &measure("set", "rest", "leak")
        + "at = { x = 0.25 }\n"
        + &measure("middle", "rest", "circle")
        + "at = { mu = -2 }\n"));
    near(found.number("own.v"), 0.5, 1e-9);
    near(found.number("set.v"), 0.25, 1e-9);
    near(found.number("own.stable"), 1.0, 0.0);
    all_near(found.values("own.eigenvalue"), &[-50.0], 1e-3);
    near(found.number("middle.x"), 0.0, 1e-9);
    all_near(found.values("middle.eigenvalue"), &[-2000.0; 2], 0.1);
}

#[test]
fn bifurcations_lie_where_the_normal_forms_have_them() {
    let found = of(&(measure("turns", "bifurcations", "circle")
        + "over = { mu = \"-1:1\" }\n"
        + &measure("ends", "bifurcations", "fold")
        + "over = { a = \"-1:2\" }\n"));
    all_near(found.values("turns.hopf"), &[0.0], 1e-6);
    all_near(
        found.values("turns.hopf_frequency"),
        &[1e3 / (2.0 * PI)],
        1e-2,
    );
    assert!(found.values("turns.saddle_node").is_empty());
    all_near(found.values("ends.saddle_node"), &[1.0], 1e-5);
    assert!(found.values("ends.hopf").is_empty());
    // On the branch x^2 = 1 - a.
    let along = found.values("ends.branch.parameter").iter();
    for (a, x) in along.zip(found.values("ends.branch.state")) {
        if a.is_finite() {
            near(x * x, 1.0 - a, 1e-6);
        }
    }
}

#[test]
fn a_circle_is_a_limit_cycle_of_one_harmonic() {
    let found = of(&measure("round", "limit-cycle", "circle"));
    let period = 2.0 * PI * 1e-3;
    near(found.number("round.period"), period, 1e-6 * period);
    near(found.number("round.frequency"), 1.0 / period, 1e-3);
    near(found.number("round.lowest"), -1.0, 1e-3);
    near(found.number("round.highest"), 1.0, 1e-3);
    near(found.number("round.distortion"), 0.0, 1e-3);
    near(found.values("round.harmonic")[0], 1.0, 1e-3);
    // Across the cycle: exp(-2 mu T), which is 3e-6.
    all_near(found.values("round.multiplier"), &[(-4.0 * PI).exp()], 1e-7);
    let orbit = found
        .values("round.orbit.x")
        .iter()
        .zip(found.values("round.orbit.y"));
    for (x, y) in orbit {
        near(x.hypot(*y), 1.0, 1e-5);
    }
}

#[test]
fn a_hard_rhythm_ends_in_a_fold() {
    let found = of(&(measure("followed", "cycles", "hard") + "over = { mu = \"-0.5:0.1\" }\n"));
    // r^2 = (1 + sqrt(1 + 4 mu))/2 down to mu = -1/4.
    all_near(found.values("followed.fold"), &[-0.25], 1e-4);
    all_near(
        found.values("followed.fold_period"),
        &[2.0 * PI * 1e-3],
        1e-6,
    );
    assert!(found.values("followed.period_doubling").is_empty());
    near(found.values("followed.stable")[0], 1.0, 0.0);
}

#[test]
fn the_phase_of_a_circle_answers_to_a_pulse_as_a_sine() {
    let found =
        of(&(measure("answer", "phase-response", "circle") + "phases = 40\npulse = 0.001\n"));
    let greatest = 1.0 / (2.0 * PI);
    // A sine of the phase, in cycles for each unit of x; 40 phases may miss its top by a 40th of a turn.
    near(found.number("answer.greatest"), greatest, 4e-3 * greatest);
    near(found.number("answer.least"), -greatest, 4e-3 * greatest);
    near(found.number("answer.delaying"), 0.5, 0.03);
    near(found.number("answer.winding"), 1.0, 0.0);
    // The second order of a pulse of 0.001.
    near(found.number("answer.difference"), 0.0, 2e-3);
}

#[test]
fn perturbations_of_a_leak_die_away_with_its_time_constant() {
    let found = of(&(measure("chaos", "lyapunov", "fold")
        + "duration = \"1 s\"\ntransient = \"0.2 s\"\nstep = \"1 ms\"\n"));
    // -2x/(10 ms) at x = 1.
    near(found.number("chaos"), -200.0, 0.1);
    assert!(found.number("chaos.error").is_finite());
}

#[test]
fn a_leak_is_a_low_pass_filter() {
    let found = of(&(measure("filter", "impedance", "leak")
        + "current = \"x\"\nfrequencies = \"0.5:100 Hz\"\npoints = 50\n"));
    for (frequency, gain) in found
        .coordinates("filter.gain")
        .iter()
        .zip(found.values("filter.gain"))
    {
        let turns = 2.0 * PI * frequency * 0.02;
        near(*gain, 1.0 / turns.hypot(1.0), 1e-6);
    }
    let turns = 2.0 * PI * 100.0 * 0.02_f64;
    near(
        *found.values("filter.angle").last().unwrap(),
        -turns.atan(),
        1e-6,
    );
    near(found.number("filter.cutoff"), 1.0 / (2.0 * PI * 0.02), 1e-4);
    near(found.at("filter.gain", 8.0), FRAC_1_SQRT_2, 0.03);
    assert!(found.number("filter.resonance").is_nan());
}

#[test]
fn a_leak_fires_at_the_rate_of_its_closed_form() {
    let found = of(&(measure("curve", "firing-rate-curve", "leak")
        + "over = { x = \"0.4:2.9\" }\npoints = 6\nduration = \"1 s\"\n"));
    all_near(
        found.coordinates("curve"),
        &[0.4, 0.9, 1.4, 1.9, 2.4, 2.9],
        1e-12,
    );
    let rates = found.values("curve");
    all_near(&rates[..2], &[0.0; 2], 0.0);
    for (x, rate) in found.values("curve.x").iter().zip(rates).skip(2) {
        let exact = 1.0 / (0.02 * (x / (x - 1.0)).ln());
        near(*rate, exact, 2e-3 * exact);
    }
    near(found.number("curve.onset"), 1.0, 1e-3);
    near(found.number("curve.class"), 1.0, 0.0);
}
