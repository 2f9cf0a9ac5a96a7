//! The estimator where the exponent is known, then where it is asked for.

use oscine_analysis::model::{DynamicalSystem, LyapunovSettings, lyapunov_exponent};
use oscine_network::Neurons;

fn exponent(neurons: &Neurons, duration: f64, step: Option<f64>) -> (f64, f64) {
    let system = DynamicalSystem::read(neurons, &[]).unwrap();
    let settings = LyapunovSettings {
        step,
        ..LyapunovSettings::lasting(duration)
    };
    let found = lyapunov_exponent(&system, &settings).unwrap();
    println!(
        "{} ± {} step {:?}",
        found.exponent, found.standard_error, found.step
    );
    (found.exponent, found.standard_error)
}

/// A linear system's exponent is its largest eigenvalue; so is that of a rest state.
#[test]
fn a_rest_state_has_the_real_part_of_its_eigenvalue() {
    let neurons = Neurons::new(1).equations(
        "dx/dt = (-0.3*x + 2*y)/second : 1
         dy/dt = (-2*x - 0.3*y)/second : 1",
    );
    let (found, _) = exponent(&neurons, 200.0, None);
    assert!((found + 0.3).abs() < 0.005, "{found}");
}

/// Lorenz (10, 28, 8/3): 0.9056; Rössler (0.2, 0.2, 5.7): 0.0714 (Wolf et al. 1985).
#[test]
fn lorenz_and_rossler_have_their_exponents() {
    let lorenz = Neurons::new(1)
        .equations(
            "dx/dt = 10*(y - x)/second : 1
             dy/dt = (x*(28 - z) - y)/second : 1
             dz/dt = (x*y - 8*z/3)/second : 1",
        )
        .initial("x", "1")
        .initial("y", "1")
        .initial("z", "20");
    let (found, error) = exponent(&lorenz, 30_000.0, None);
    assert!(
        (found - 0.9056).abs() < (3.0 * error).min(0.0025),
        "{found} {error}"
    );
    let rossler = Neurons::new(1)
        .equations(
            "dx/dt = (-y - z)/second : 1
             dy/dt = (x + 0.2*y)/second : 1
             dz/dt = (0.2 + z*(x - 5.7))/second : 1",
        )
        .initial("x", "1");
    let (found, error) = exponent(&rossler, 60_000.0, None);
    assert!((found - 0.0714).abs() < 0.001, "{found} {error}");
}

/// Hindmarsh & Rose 1984: 0.0131 at I = 3.25, 0 at I = 2 and 3.5 (integrated), in units of 1/ms here.
#[test]
fn the_bursting_model_is_chaotic_in_between() {
    let at = |current: &str, duration| {
        let neurons = Neurons::of_model(1, "hindmarsh-rose")
            .unwrap()
            .parameter("I", current);
        let (found, error) = exponent(&neurons, duration, None);
        (found * 1e-3, error * 1e-3)
    };
    let (found, error) = at("3.25", 80.0);
    assert!(
        (found - 0.0131).abs() < (3.0 * error).min(0.001),
        "{found} {error}"
    );
    for current in ["2", "3.5"] {
        let (found, _) = at(current, 20.0);
        assert!(found.abs() < 0.0005, "{current}: {found}");
    }
}

/// A rhythm neither parts nor comes together along itself, resets or not.
#[test]
fn integrate_and_fire_rhythms_have_exponent_zero() {
    for (model, current) in [("lif", "0.3 nA"), ("adex:adapting", "500 pA")] {
        let neurons = Neurons::of_model(1, model).unwrap().parameter("I", current);
        let (found, _) = exponent(&neurons, 20.0, None);
        assert!(found.abs() < 0.5, "{model} {found}");
    }
}

/// A clock that at each tick of 1 s takes u to 4u(1 - u): ln 2 a second, all of it at the resets.
#[test]
fn a_logistic_reset_parts_by_a_factor_of_two() {
    let neurons = Neurons::new(1)
        .equations(
            "dv/dt = 1/second : 1
             du/dt = 0/second : 1",
        )
        .threshold("v > 1")
        .reset("v = 0\nu = 4*u*(1 - u)")
        .initial("u", "0.3");
    let (found, error) = exponent(&neurons, 20_000.0, None);
    assert!(
        (found - 2f64.ln()).abs() < (4.0 * error).min(0.01),
        "{found} {error}"
    );
}
