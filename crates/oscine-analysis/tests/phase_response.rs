//! What pulses do to the phase, against closed forms.

use std::f64::consts::TAU;

use oscine_analysis::model::{
    CycleSearch, DynamicalSystem, limit_cycle, phase_sensitivity, pulse_response,
};
use oscine_network::Neurons;

fn radial_clock() -> DynamicalSystem {
    let neurons = Neurons::new(1)
        .equations(
            "dx/dt = (x - 5*y - x*(x**2 + y**2))/second : 1
             dy/dt = (5*x + y - y*(x**2 + y**2))/second : 1",
        )
        .initial("x", "1");
    DynamicalSystem::read(&neurons, &[]).unwrap()
}

/// A kick A along x: θ' = atan2(sin θ, A + cos θ); winding number 1 for A < 1, 0 for A > 1 (Winfree 1980).
#[test]
fn the_radial_clock_is_reset_weakly_and_strongly() {
    let system = radial_clock();
    let cycle = limit_cycle(&system, &CycleSearch::default()).unwrap();
    for (kick, winding) in [(0.5, 1), (1.5, 0)] {
        let response = pulse_response(&system, &cycle, "x", kick, 64).unwrap();
        assert_eq!(response.winding_number(), Some(winding));
        let start = cycle.orbit[0][1].atan2(cycle.orbit[0][0]);
        for pulse in &response.pulses {
            let angle = TAU * pulse.phase + start;
            let after = (angle.sin()).atan2(kick + angle.cos());
            let expected = (after - start) / TAU;
            let miss = (pulse.new_phase.unwrap() - expected).rem_euclid(1.0);
            assert!(miss.min(1.0 - miss) < 1e-7, "{pulse:?} {expected}");
        }
    }
}

/// Z = (-sin θ, cos θ)/2π for the radial clock.
#[test]
fn the_adjoint_of_the_radial_clock_is_a_sinusoid() {
    let system = radial_clock();
    let cycle = limit_cycle(&system, &CycleSearch::default()).unwrap();
    let sensitivity = phase_sensitivity(&system, &cycle, 100).unwrap();
    for (state, gradient) in sensitivity.states.iter().zip(&sensitivity.gradient) {
        let angle = state[1].atan2(state[0]);
        assert!((gradient[0] + angle.sin() / TAU).abs() < 1e-8);
        assert!((gradient[1] - angle.cos() / TAU).abs() < 1e-8);
    }
}

/// The quadratic integrate-and-fire cell: dt/dv = τ/(v² + I), which is τ(1 - cos φ)/2I for a spike at infinity (Ermentrout 1996).
#[test]
fn the_quadratic_cell_only_advances() {
    let (current, tau) = (0.25, 0.01);
    let neurons = Neurons::of_model(1, "qif")
        .unwrap()
        .parameter("I", "0.25")
        .parameter("v_peak", "1e6");
    let system = DynamicalSystem::read(&neurons, &[]).unwrap();
    let cycle = limit_cycle(&system, &CycleSearch::default()).unwrap();
    let sensitivity = phase_sensitivity(&system, &cycle, 50).unwrap();
    let mut worst: f64 = 0.0;
    for (phase, gradient) in sensitivity.phases.iter().zip(&sensitivity.gradient) {
        let expected = tau * (1.0 - (TAU * phase).cos()) / (2.0 * current);
        worst = worst.max((gradient[0] * cycle.period - expected).abs() / (tau / current));
    }
    println!("{worst}");
    assert!(worst < 1e-5, "{worst}");
    assert!(sensitivity.delaying_part(0) < 1e-9);
}

/// LIF: a pulse δv at v brings the spike forward by τ ln(1 + δv/(RI - v - δv)), none while the cell is deaf, at once where it reaches the threshold.
#[test]
fn the_leaky_cell_has_its_closed_form() {
    let neurons = Neurons::of_model(1, "lif")
        .unwrap()
        .parameter("I", "0.3 nA");
    let system = DynamicalSystem::read(&neurons, &[]).unwrap();
    let cycle = limit_cycle(&system, &CycleSearch::default()).unwrap();
    let sensitivity = phase_sensitivity(&system, &cycle, 100).unwrap();
    let response = pulse_response(&system, &cycle, "v", 1e-3, 100).unwrap();
    let (tau, drive, deaf) = (0.02, 0.03, 0.002);
    for number in 0..100 {
        let time = cycle.period * number as f64 / 100.0;
        let (slope, pulse) = (sensitivity.gradient[number][0], &response.pulses[number]);
        if time < deaf {
            assert_eq!(slope, 0.0);
            assert!(pulse.advance().unwrap().abs() < 1e-9);
            continue;
        }
        let left = drive * (-(time - deaf) / tau).exp();
        let expected = tau / left / cycle.period;
        assert!(
            (slope / expected - 1.0).abs() < 1e-8,
            "{time} {slope} {expected}"
        );
        let gained = tau * (left / (left - 1e-3)).ln();
        let wait = (cycle.period - time - gained).max(0.0);
        assert!((pulse.wait.unwrap() - wait).abs() < 1e-10, "{pulse:?}");
    }
}

/// Hodgkin and Huxley's axon is of type II: early pulses delay, late ones advance. The adjoint is the limit of small pulses.
#[test]
fn the_squid_axon_advances_and_delays() {
    let neurons = Neurons::of_model(1, "hodgkin-huxley")
        .unwrap()
        .parameter("I", "10 uA/cm**2");
    let system = DynamicalSystem::read(&neurons, &[]).unwrap();
    let cycle = limit_cycle(&system, &CycleSearch::default()).unwrap();
    let sensitivity = phase_sensitivity(&system, &cycle, 40).unwrap();
    let largest = sensitivity.to_variable(0).into_iter().fold(0.0, f64::max);
    let response = pulse_response(&system, &cycle, "v", 1e-7, 40).unwrap();
    let mut worst: f64 = 0.0;
    for (pulse, gradient) in response.pulses.iter().zip(&sensitivity.gradient) {
        let slope = pulse.advance().unwrap() / 1e-7;
        worst = worst.max((slope - gradient[0]).abs() / largest);
    }
    println!("{worst} {} {largest}", sensitivity.delaying_part(0));
    assert!(worst < 1e-3, "{worst}");
    assert!(sensitivity.delaying_part(0) > 0.1);
    let strong = pulse_response(&system, &cycle, "v", 5e-3, 40).unwrap();
    let advances: Vec<f64> = strong
        .pulses
        .iter()
        .filter_map(|pulse| pulse.advance())
        .collect();
    assert!(
        advances.iter().any(|value| *value > 0.02) && advances.iter().any(|value| *value < -0.02)
    );
}

/// AdEx with adaptation: two variables, a jump of both at the reset. Adjoint and small pulses agree across it.
#[test]
fn the_adjoint_goes_through_resets() {
    let neurons = Neurons::of_model(1, "adex:adapting")
        .unwrap()
        .parameter("I", "500 pA")
        .refractory("3 ms");
    let system = DynamicalSystem::read(&neurons, &[]).unwrap();
    let cycle = limit_cycle(&system, &CycleSearch::default()).unwrap();
    let sensitivity = phase_sensitivity(&system, &cycle, 20).unwrap();
    for (variable, place, size) in [("v", 0, 1e-6), ("w", 1, 1e-14)] {
        let response = pulse_response(&system, &cycle, variable, size, 20).unwrap();
        let all = sensitivity.to_variable(place);
        let largest = all
            .iter()
            .fold(0.0, |most: f64, value| most.max(value.abs()));
        for (pulse, slope) in response.pulses.iter().zip(&all) {
            let direct = pulse.advance().unwrap() / size;
            assert!(
                (direct - slope).abs() < 2e-3 * largest,
                "{variable} {pulse:?} {direct} {slope}"
            );
        }
    }
}
