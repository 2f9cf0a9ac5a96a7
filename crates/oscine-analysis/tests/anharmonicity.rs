//! How evenly rhythms move.

use std::f64::consts::PI;

use oscine_analysis::model::{CycleSearch, DynamicalSystem, anharmonicity, limit_cycle};
use oscine_network::Neurons;

#[test]
fn a_sinusoid_has_one_harmonic() {
    let neurons = Neurons::new(1)
        .equations(
            "dx/dt = (x - 5*y - x*(x**2 + y**2))/second : 1
             dy/dt = (5*x + y - y*(x**2 + y**2))/second : 1",
        )
        .initial("x", "1");
    let system = DynamicalSystem::read(&neurons, &[]).unwrap();
    let search = CycleSearch {
        points: 4096,
        ..CycleSearch::default()
    };
    let cycle = limit_cycle(&system, &search).unwrap();
    let wave = anharmonicity(&cycle, 0).unwrap();
    assert!(wave.distortion < 1e-8 && wave.mean.abs() < 1e-8);
    assert!((wave.harmonics[0] - 1.0).abs() < 1e-8);
    // |cos| < 2/π.
    let slow = 1.0 - 2.0 * (2.0 / PI).acos() / PI;
    assert!(
        (wave.slow_part - slow).abs() < 2e-3,
        "{} {slow}",
        wave.slow_part
    );
}

/// van der Pol, large mu: two slow phases alike, each (3 - 2 ln 2)mu/2 and a little more (Grasman 1987); small mu: third harmonic mu/8 of the first's 2... in x.
#[test]
fn the_relaxation_oscillator_creeps_and_jumps() {
    let neurons = Neurons::of_model(1, "van-der-pol").unwrap();
    let mut system = DynamicalSystem::read(&neurons, &["mu".into()]).unwrap();
    let search = CycleSearch {
        points: 4096,
        ..CycleSearch::default()
    };
    system.set("mu", 0.05).unwrap();
    let wave = anharmonicity(&limit_cycle(&system, &search).unwrap(), 0).unwrap();
    // x = 2 cos t + (mu/4)(3 sin t - sin 3t) to first order in mu.
    assert!(
        (wave.harmonics[2] / (0.05 / 4.0) - 1.0).abs() < 0.01,
        "{}",
        wave.harmonics[2]
    );
    system.set("mu", 100.0).unwrap();
    let cycle = limit_cycle(&system, &search).unwrap();
    let wave = anharmonicity(&cycle, 0).unwrap();
    println!("{} {:?}", wave.distortion, wave.pieces);
    let slow: Vec<f64> = wave
        .pieces
        .iter()
        .filter(|piece| piece.1)
        .map(|piece| piece.0)
        .collect();
    assert_eq!(slow.len(), 2, "{:?}", wave.pieces);
    let half = 0.5 * (3.0 - 4f64.ln()) * 100.0 * 1e-3;
    assert!((slow[0] / slow[1] - 1.0).abs() < 0.01);
    assert!((slow[0] / half - 1.0).abs() < 0.03, "{slow:?} {half}");
    assert!(wave.distortion > 0.2);
}
