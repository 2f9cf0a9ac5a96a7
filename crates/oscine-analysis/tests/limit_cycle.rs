//! Periods and Floquet multipliers, against closed forms and published values.

use oscine_analysis::model::{CycleSearch, DynamicalSystem, ModelError, limit_cycle};
use oscine_network::Neurons;

/// van der Pol 1926, integrated: 6.663287, 11.612231, 19.078370, 162.837071 for mu = 1, 5, 10, 100.
#[test]
fn the_relaxation_oscillator_has_its_periods() {
    let neurons = Neurons::of_model(1, "van-der-pol").unwrap();
    let mut system = DynamicalSystem::read(&neurons, &["mu".into()]).unwrap();
    for (mu, published) in [
        (1.0, 6.663287),
        (5.0, 11.612231),
        (10.0, 19.078370),
        (100.0, 162.837071),
    ] {
        system.set("mu", mu).unwrap();
        let cycle = limit_cycle(&system, &CycleSearch::default()).unwrap();
        let period = cycle.period / 1e-3;
        println!("{mu} {period} {:?}", cycle.multipliers);
        assert!(
            (period - published).abs() < 1e-6 * published,
            "{mu}: {period}"
        );
        assert!(cycle.is_stable());
        assert_eq!(cycle.multipliers.len(), 1);
        // The divergence is mu(1 - x²): its mean over the orbit is the logarithm of the multiplier (Liouville).
        let mean = cycle.orbit.iter().map(|state| 1.0 - state[0] * state[0]);
        let mean = mean.sum::<f64>() / cycle.orbit.len() as f64;
        if mu < 3.0 {
            let multiplier = (mu * mean * period).exp();
            assert!((cycle.multipliers[0].re / multiplier - 1.0).abs() < 1e-6);
        }
    }
}

/// z' = (λ + iω)z - z|z|²: radius √λ, period 2π/ω, multiplier exp(-2λT).
#[test]
fn the_hopf_normal_form_has_its_multiplier() {
    let neurons = Neurons::new(1)
        .equations(
            "dx/dt = (0.2*x - 3*y - x*(x**2 + y**2))/second : 1
             dy/dt = (3*x + 0.2*y - y*(x**2 + y**2))/second : 1",
        )
        .initial("x", "0.3");
    let system = DynamicalSystem::read(&neurons, &[]).unwrap();
    let cycle = limit_cycle(&system, &CycleSearch::default()).unwrap();
    let period = std::f64::consts::TAU / 3.0;
    println!("{} {:?}", cycle.period - period, cycle.multipliers);
    assert!((cycle.period - period).abs() < 1e-9);
    let multiplier = (-0.4 * period).exp();
    assert!((cycle.multipliers[0].re - multiplier).abs() < 1e-8);
    for state in &cycle.orbit {
        assert!((state[0].hypot(state[1]) - 0.2f64.sqrt()).abs() < 1e-9);
    }
}

/// 68.32 Hz at 10 µA/cm² (integrated); the trivial multiplier is left out.
#[test]
fn the_squid_axon_fires_at_its_rate() {
    let neurons = Neurons::of_model(1, "hodgkin-huxley")
        .unwrap()
        .parameter("I", "10 uA/cm**2");
    let system = DynamicalSystem::read(&neurons, &[]).unwrap();
    let cycle = limit_cycle(&system, &CycleSearch::default()).unwrap();
    println!("{} {:?}", cycle.frequency(), cycle.multipliers);
    assert!((cycle.frequency() - 68.32).abs() < 0.005);
    assert_eq!((cycle.spikes, cycle.multipliers.len()), (1, 3));
    assert!(cycle.is_stable());
}

/// Lapicque: t_ref + τ ln(RI/(RI - V_th)); the reset forgets the potential. QIF: τπ/√I, cut at ±v_peak.
#[test]
fn integrate_and_fire_models_have_closed_forms() {
    let neurons = Neurons::of_model(1, "lif")
        .unwrap()
        .parameter("I", "0.3 nA");
    let system = DynamicalSystem::read(&neurons, &[]).unwrap();
    let cycle = limit_cycle(&system, &CycleSearch::default()).unwrap();
    let period = 0.002 + 0.02 * (30.0f64 / 10.0).ln();
    assert!((cycle.period - period).abs() < 1e-11, "{}", cycle.period);
    assert!(cycle.multipliers.iter().all(|value| value.norm() < 1e-12));

    let neurons = Neurons::of_model(1, "qif").unwrap().parameter("I", "0.25");
    let system = DynamicalSystem::read(&neurons, &[]).unwrap();
    let cycle = limit_cycle(&system, &CycleSearch::default()).unwrap();
    let period = 0.01 * 2.0 / 0.5 * (100.0f64 / 0.5).atan();
    assert!((cycle.period - period).abs() < 1e-11, "{}", cycle.period);
}

/// AdEx in its bursting set: a period of several spikes, with resets of both variables.
#[test]
fn a_burst_is_one_cycle_of_many_spikes() {
    let neurons = Neurons::of_model(1, "adex:regular-bursting")
        .unwrap()
        .parameter("I", "210 pA");
    let system = DynamicalSystem::read(&neurons, &[]).unwrap();
    let cycle = limit_cycle(&system, &CycleSearch::default()).unwrap();
    println!("{} {} {:?}", cycle.spikes, cycle.period, cycle.multipliers);
    assert!(cycle.spikes > 1);
    assert!(cycle.is_stable());
}

#[test]
fn what_rests_or_never_repeats_is_no_cycle() {
    let neurons = Neurons::of_model(1, "hodgkin-huxley").unwrap();
    let system = DynamicalSystem::read(&neurons, &[]).unwrap();
    let error = limit_cycle(&system, &CycleSearch::default()).unwrap_err();
    assert!(matches!(error, ModelError::NoCycle { .. }));
    assert!(
        error.to_string().contains("comes to rest at v = -0.06"),
        "{error}"
    );
}
