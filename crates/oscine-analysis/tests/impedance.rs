//! Impedances against closed forms, and the linearised one against the driven model.

use std::f64::consts::{FRAC_1_SQRT_2, PI, TAU};

use oscine_analysis::model::{DynamicalSystem, driven_impedance, linearised};
use oscine_network::Neurons;

/// RC: |Z| = R/√(1 + (2πfτ)²), -3 dB at 1/2πτ, a lag of 45° there, no resonance.
#[test]
fn a_membrane_alone_lets_slow_input_pass() {
    let neurons = Neurons::of_model(1, "lif").unwrap();
    let system = DynamicalSystem::read(&neurons, &["I".into()]).unwrap();
    let cell = linearised(&system, "I", "v").unwrap();
    let (resistance, tau) = (1e8, 0.02);
    assert!((cell.at(0.0).re - resistance).abs() < 1e-4);
    let corner = cell.at(1.0 / (TAU * tau));
    assert!((corner.norm() / resistance - FRAC_1_SQRT_2).abs() < 1e-12);
    assert!((corner.arg() + PI / 4.0).abs() < 1e-12);
    let resonance = cell.resonance(0.1, 1000.0).unwrap();
    assert_eq!((resonance.strength, resonance.quality), (1.0, None));
}

/// x'' + γx' + ω²x = I: |Z| = 1/|ω² - Ω² + iγΩ|, which peaks at √(ω² - γ²/2) with Q/√(1 - 1/4Q²) times its value at 0, Q = ω/γ.
#[test]
fn a_resonator_has_its_peak() {
    let (own, damping) = (10.0, 2.0);
    let neurons = Neurons::new(1)
        .equations(
            "dx/dt = y : 1
             dy/dt = -2/second*y - 100*x/second**2 + I : hertz",
        )
        .parameter("I", "0/second**2");
    let system = DynamicalSystem::read(&neurons, &["I".into()]).unwrap();
    let cell = linearised(&system, "I", "x").unwrap();
    let found = cell.resonance(0.01, 100.0).unwrap();
    let expected = (own * own - damping * damping / 2.0f64).sqrt() / TAU;
    assert!((found.frequency - expected).abs() < 1e-6, "{found:?}");
    let quality: f64 = own / damping;
    let gain = quality / (1.0 - 1.0 / (4.0 * quality * quality)).sqrt();
    assert!(
        (found.strength / gain - 1.0).abs() < 1e-4,
        "{found:?} {gain}"
    );
    // |Z|² falls to half where (Ω² - peak²)² = γ²(ω² - γ²/4): the edges are exact.
    let (peak, spread) = (
        own * own - damping * damping / 2.0,
        damping * (own * own - damping * damping / 4.0f64).sqrt(),
    );
    let width = ((peak + spread).sqrt() - (peak - spread).sqrt()) / TAU;
    assert!(
        (found.quality.unwrap() - expected / width).abs() < 1e-6,
        "{found:?}"
    );
}

/// The squid axon at rest resonates near 67 Hz; what a small sinusoid does to the model itself is what the linearised one says.
#[test]
fn the_squid_axon_resonates_as_its_linearisation_says() {
    let neurons = Neurons::of_model(1, "hodgkin-huxley").unwrap();
    let system = DynamicalSystem::read(&neurons, &["I".into()]).unwrap();
    let cell = linearised(&system, "I", "v").unwrap();
    let found = cell.resonance(1.0, 1000.0).unwrap();
    println!("{found:?} {:?}", cell.rest.eigenvalues);
    assert!(found.strength > 1.5 && found.frequency > 40.0 && found.frequency < 90.0);
    let frequencies = [5.0, 30.0, found.frequency, 200.0];
    let driven = driven_impedance(&system, "I", "v", 1e-7, &frequencies).unwrap();
    for (frequency, value) in frequencies.iter().zip(&driven.values) {
        let expected = cell.at(*frequency);
        assert!(
            (value - expected).norm() < 1e-4 * expected.norm(),
            "{frequency} {value} {expected}"
        );
    }
}
