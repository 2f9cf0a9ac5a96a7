//! Cycles over a parameter, against closed forms and published values.

use oscine_analysis::model::{
    CycleChange, CycleSearch, DynamicalSystem, cycle_at, follow_cycle, limit_cycle,
};
use oscine_network::Neurons;

/// r' = r(μ + r² - r⁴): cycles at r² = (1 ± √(1 + 4μ))/2; they meet at μ = -1/4, and the inner one is unstable and ends at μ = 0.
#[test]
fn two_cycles_of_the_subcritical_normal_form_meet() {
    let neurons = Neurons::new(1)
        .equations(
            "dx/dt = (x*(mu + s - s**2) - 6*y)/second : 1
             dy/dt = (y*(mu + s - s**2) + 6*x)/second : 1
             s = x**2 + y**2 : 1",
        )
        .parameter("mu", "0.2")
        .initial("x", "1");
    let mut system = DynamicalSystem::read(&neurons, &["mu".into()]).unwrap();
    let cycle = limit_cycle(&system, &CycleSearch::default()).unwrap();
    let branch = follow_cycle(&system, "mu", &cycle, -0.5).unwrap();
    let folds: Vec<f64> = branch
        .changes
        .iter()
        .filter(|change| change.0 == CycleChange::Fold)
        .map(|change| change.1.parameter)
        .collect();
    println!("{folds:?} {} points: {}", branch.points.len(), branch.end);
    assert_eq!(folds.len(), 1);
    assert!((folds[0] + 0.25).abs() < 1e-6, "{folds:?}");
    let period = std::f64::consts::TAU / 6.0;
    let mut unstable = 0;
    for point in &branch.points {
        let radius_squared = point.state.iter().map(|value| value * value).sum::<f64>();
        let root = (1.0 + 4.0 * point.parameter).sqrt();
        let expected = if point.is_stable() {
            1.0 + root
        } else {
            1.0 - root
        } / 2.0;
        assert!((radius_squared - expected).abs() < 1e-6, "{point:?}");
        // The divergence of the radius: 2r²(1 - 2r²).
        let rate = 2.0 * radius_squared * (1.0 - 2.0 * radius_squared);
        assert!((point.multipliers[0].re - (rate * period).exp()).abs() < 1e-6);
        unstable += usize::from(!point.is_stable());
    }
    assert!(unstable > 5);
    let last = branch.points.last().unwrap();
    let inner = cycle_at(&mut system, "mu", &cycle, last).unwrap();
    assert!(!inner.is_stable());
}

/// The squid axon's stable firing ends where it meets an unstable cycle: 6.260 µA/cm², 50.4 Hz (Rinzel & Miller 1980; integrated).
#[test]
fn the_firing_of_the_squid_axon_ends_in_a_fold() {
    let neurons = Neurons::of_model(1, "hodgkin-huxley").unwrap();
    let mut system = DynamicalSystem::read(&neurons, &["I".into()]).unwrap();
    system.set("I", 0.08).unwrap();
    let search = CycleSearch {
        from: Some(vec![-0.03, 0.5, 0.4, 0.4]),
        ..CycleSearch::default()
    };
    let cycle = limit_cycle(&system, &search).unwrap();
    let branch = follow_cycle(&system, "I", &cycle, 0.05).unwrap();
    println!("{} points: {}", branch.points.len(), branch.end);
    for (kind, point) in &branch.changes {
        println!(
            "{kind:?} {} {} {:?}",
            point.parameter,
            1.0 / point.period,
            point.multipliers
        );
    }
    let (kind, fold) = &branch.changes[0];
    assert_eq!(*kind, CycleChange::Fold);
    assert!((fold.parameter * 100.0 - 6.260).abs() < 0.001, "{fold:?}");
    assert!((1.0 / fold.period - 50.4).abs() < 0.2, "{fold:?}");
}

/// Rössler (a = b = 0.2): where a multiplier passes -1, runs on either side take one turn and two.
#[test]
fn rossler_doubles_its_period() {
    let neurons = Neurons::new(1)
        .equations(
            "dx/dt = (-y - z)/second : 1
             dy/dt = (x + 0.2*y)/second : 1
             dz/dt = (0.2 + z*(x - c))/second : 1",
        )
        .parameter("c", "2.5")
        .initial("x", "1");
    let mut system = DynamicalSystem::read(&neurons, &["c".into()]).unwrap();
    let cycle = limit_cycle(&system, &CycleSearch::default()).unwrap();
    let branch = follow_cycle(&system, "c", &cycle, 3.2).unwrap();
    let (kind, point) = &branch.changes[0];
    println!(
        "{kind:?} {} {:?}; {}",
        point.parameter, point.multipliers, branch.end
    );
    assert_eq!(*kind, CycleChange::PeriodDoubling);
    // Just above it the cycle that a run settles on takes two turns.
    system.set("c", point.parameter + 0.05).unwrap();
    let doubled = limit_cycle(&system, &CycleSearch::default()).unwrap();
    assert!(
        (doubled.period / point.period - 2.0).abs() < 0.05,
        "{}",
        doubled.period
    );
    system.set("c", point.parameter - 0.05).unwrap();
    let single = limit_cycle(&system, &CycleSearch::default()).unwrap();
    assert!((single.period / point.period - 1.0).abs() < 0.05);
}
