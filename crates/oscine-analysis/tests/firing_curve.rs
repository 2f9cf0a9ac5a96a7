//! Firing rates and their onset, against closed forms and published values.

use oscine_analysis::model::{
    DynamicalSystem, Excitability, Watching, bifurcations, firing_curve, firing_onset,
};
use oscine_network::Neurons;

const MICROAMPERE: f64 = 0.01;

/// Lapicque: 1/(t_ref + τ ln(RI/(RI - V_th))).
#[test]
fn the_leaky_cell_has_its_closed_form() {
    let neurons = Neurons::of_model(1, "lif").unwrap();
    let system = DynamicalSystem::read(&neurons, &["I".into()]).unwrap();
    let values: Vec<f64> = [0.1, 0.19, 0.21, 0.25, 0.3, 0.6, 1.0]
        .map(|i| i * 1e-9)
        .to_vec();
    let watching = Watching {
        transient: 0.2,
        duration: 1.0,
    };
    for rate in firing_curve(&system, "I", &values, watching).unwrap() {
        let drive = 1e8 * rate.parameter;
        let expected = if drive > 0.02 {
            1.0 / (0.002 + 0.02 * (drive / (drive - 0.02)).ln())
        } else {
            0.0
        };
        assert!(
            (rate.frequency - expected).abs() < 1e-6,
            "{rate:?} {expected}"
        );
    }
}

/// The squid axon's stable firing ends at 6.260 µA/cm², at 50.4 Hz (Rinzel & Miller 1980; integrated): class 2.
#[test]
fn the_squid_axon_begins_at_fifty_hertz() {
    let neurons = Neurons::of_model(1, "hodgkin-huxley").unwrap();
    let system = DynamicalSystem::read(&neurons, &["I".into()]).unwrap();
    let watching = Watching {
        transient: 1.2,
        duration: 0.4,
    };
    let onset = firing_onset(
        &system,
        "I",
        5.0 * MICROAMPERE,
        10.0 * MICROAMPERE,
        watching,
    )
    .unwrap();
    println!("{onset:?}");
    assert!(
        (onset.parameter / MICROAMPERE - 6.260).abs() < 0.002,
        "{onset:?}"
    );
    assert!((onset.frequency - 50.4).abs() < 0.3, "{onset:?}");
    assert_eq!(onset.class, Excitability::Class2);
}

/// Class 1: Morris-Lecar at the saddle-node, 39.96 µA/cm², rising with the root; QIF √I/(πτ).
#[test]
fn slow_beginners_are_of_class_1() {
    let neurons = Neurons::of_model(1, "morris-lecar:class-1").unwrap();
    let system = DynamicalSystem::read(&neurons, &["I".into()]).unwrap();
    let watching = Watching {
        transient: 0.5,
        duration: 4.0,
    };
    let onset = firing_onset(
        &system,
        "I",
        30.0 * MICROAMPERE,
        50.0 * MICROAMPERE,
        watching,
    )
    .unwrap();
    println!("{onset:?}");
    assert!(
        (onset.parameter / MICROAMPERE - 39.963).abs() < 0.005,
        "{onset:?}"
    );
    assert!((onset.exponent - 0.5).abs() < 0.1, "{onset:?}");
    assert_eq!(onset.class, Excitability::Class1);
    let rests = bifurcations(&system, "I", 0.0, 50.0 * MICROAMPERE).unwrap();
    assert_eq!(
        onset.on_invariant_circle(&rests),
        Some(rests.saddle_nodes()[0])
    );

    let neurons = Neurons::of_model(1, "qif").unwrap();
    let system = DynamicalSystem::read(&neurons, &["I".into()]).unwrap();
    let onset = firing_onset(&system, "I", -0.5, 1.0, watching).unwrap();
    println!("{onset:?}");
    assert!(onset.parameter.abs() < 1e-4, "{onset:?}");
    assert!((onset.exponent - 0.5).abs() < 0.05, "{onset:?}");
    assert_eq!(onset.class, Excitability::Class1);

    let neurons = Neurons::of_model(1, "lif").unwrap();
    let system = DynamicalSystem::read(&neurons, &["I".into()]).unwrap();
    let onset = firing_onset(&system, "I", 0.0, 1e-9, watching).unwrap();
    println!("{onset:?}");
    assert!((onset.parameter - 0.2e-9).abs() < 1e-14, "{onset:?}");
    assert_eq!(onset.class, Excitability::Class1);
}
