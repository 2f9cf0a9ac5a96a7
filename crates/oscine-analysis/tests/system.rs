//! Texts become dynamical systems: Jacobians against differences, and what a person can do wrong, in sentences.

use oscine_analysis::model::{DynamicalSystem, Free, Mode, limit_cycle, rest_states};
use oscine_network::{Neurons, catalogue};

/// Every neuron of the catalogue, at its initial state: the symbolic Jacobian is what differences of the rates are.
#[test]
fn the_catalogue_has_the_jacobians_of_its_rates() {
    let mut read = 0;
    for entry in catalogue::all().filter(|entry| entry.kind == "neuron") {
        let neurons = Neurons::of_model(1, &entry.name).unwrap();
        let system = DynamicalSystem::read(&neurons, &[]).unwrap();
        let state = system.initial();
        let n = state.len();
        let jacobian = system.jacobian(Mode::Active, 0.0, &state).unwrap();
        for column in 0..n {
            let step = 1e-6 * state[column].abs().max(1e-3);
            let at = |shift: f64| {
                let mut moved = state.clone();
                moved[column] += shift;
                let mut rates = vec![0.0; n];
                system.rates(Mode::Active, 0.0, &moved, &mut rates);
                rates
            };
            let (up, down) = (at(step), at(-step));
            for row in 0..n {
                let slope = (up[row] - down[row]) / (2.0 * step);
                let symbolic = jacobian[(row, column)];
                let large = up[row].abs() / step * 1e-9;
                assert!(
                    (slope - symbolic).abs() <= 1e-5 * symbolic.abs() + large + 1e-9,
                    "{} {row} {column}: {slope} {symbolic}",
                    entry.name
                );
            }
        }
        read += 1;
    }
    assert!(read >= 15, "{read}");
}

#[test]
fn an_input_that_a_stimulus_drives_is_freed_with_a_value() {
    let neurons = Neurons::of_model(1, "hodgkin-huxley")
        .unwrap()
        .input("I", "step(t)");
    let error = DynamicalSystem::read(&neurons, &[])
        .unwrap_err()
        .to_string();
    assert!(error.contains("`step`"), "{error}");
    let free = Free {
        name: "I",
        value: Some("10 uA/cm**2"),
    };
    let system = DynamicalSystem::read(&neurons, &[free]).unwrap();
    assert!((system.value("I").unwrap() - 0.1).abs() < 1e-15);
    assert_eq!(system.free()[0].name, "I");
}

/// `v` stands still while the cell is deaf, and what is derived from a freed parameter follows it.
#[test]
fn parameters_of_others_follow_and_refractory_variables_hold() {
    let neurons = Neurons::new(1)
        .equations("dv/dt = (E - v)/tau : volt (unless refractory)")
        .threshold("v > -50*mV")
        .reset("v = -70*mV")
        .refractory("2 ms")
        .parameter("E", "E_0 + 10*mV")
        .parameter("E_0", "-70 mV")
        .parameter("tau", "10 ms");
    let mut system = DynamicalSystem::read(&neurons, &["E_0".into()]).unwrap();
    system.set("E_0", -0.05).unwrap();
    let mut rate = [0.0];
    system.rates(Mode::Active, 0.0, &[-0.06], &mut rate);
    assert!((rate[0] - 2.0).abs() < 1e-12);
    system.rates(Mode::Refractory, 0.0, &[-0.06], &mut rate);
    assert_eq!(rate[0], 0.0);
    assert!(system.jumps());
}

#[test]
fn mistakes_are_sentences() {
    let read = |neurons: &Neurons, free: &[Free<'_>]| {
        DynamicalSystem::read(neurons, free)
            .unwrap_err()
            .to_string()
    };
    let lif = Neurons::of_model(1, "lif").unwrap();
    let error = read(&lif, &["J".into()]);
    assert!(
        error.contains("no parameter or input `J`") && error.contains("`tau_m`"),
        "{error}"
    );
    let error = read(&lif, &["v".into()]);
    assert!(error.contains("equation of its own"), "{error}");
    let counting = Neurons::new(1)
        .equations("dv/dt = 1/second : 1\nspikes : 1")
        .threshold("v > 1")
        .reset("v = 0\nspikes += 1");
    let error = read(&counting, &[]);
    assert!(
        error.contains("`spikes`, which has no differential equation"),
        "{error}"
    );
    let circle = Neurons::new(1)
        .equations("dv/dt = (a - v)/second : 1\na : 1\nb : 1")
        .parameter("a", "b + 1")
        .parameter("b", "2*a");
    let error = read(&circle, &[]);
    assert!(
        error.contains("`a` is made of `b`, and `b` of `a`"),
        "{error}"
    );
    let driven = Neurons::new(1).equations("dv/dt = (sin(6*t/second) - v)/second : 1");
    let system = DynamicalSystem::read(&driven, &[]).unwrap();
    assert!(system.depends_on_time());
    let error = rest_states(&system).unwrap_err().to_string();
    assert!(error.contains("depend on time"), "{error}");
    let mut system = DynamicalSystem::read(&lif, &["I".into()]).unwrap();
    assert!(system.set("I", f64::NAN).is_err() && system.set("R", 1.0).is_err());
}

/// A reset above the threshold fires without end; what grows without bound says so.
#[test]
fn endless_firing_and_divergence_are_told() {
    let endless = Neurons::new(1)
        .equations("dv/dt = 1/second : 1")
        .threshold("v > 1")
        .reset("v = 2");
    let system = DynamicalSystem::read(&endless, &[]).unwrap();
    let error = limit_cycle(&system, &Default::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("without end"), "{error}");
    let growing = Neurons::new(1)
        .equations("dx/dt = x**2/second : 1")
        .initial("x", "1");
    let system = DynamicalSystem::read(&growing, &[]).unwrap();
    let error = limit_cycle(&system, &Default::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("without bound"), "{error}");
}
