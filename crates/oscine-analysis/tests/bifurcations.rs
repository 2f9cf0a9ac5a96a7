//! Where rest states change, against published values.

use oscine_analysis::model::{BifurcationKind, Bifurcations, DynamicalSystem, bifurcations};
use oscine_network::Neurons;

/// A/m² in one µA/cm².
const MICROAMPERE: f64 = 0.01;

fn of_current(neurons: &Neurons, from: f64, to: f64) -> Bifurcations {
    let system = DynamicalSystem::read(neurons, &["I".into()]).unwrap();
    bifurcations(&system, "I", from * MICROAMPERE, to * MICROAMPERE).unwrap()
}

fn first_coefficient(found: &Bifurcations, number: usize) -> f64 {
    let hopf = found.points.iter().filter_map(|point| match point.kind {
        BifurcationKind::Hopf {
            first_lyapunov_coefficient,
            ..
        } => Some(first_lyapunov_coefficient),
        _ => None,
    });
    hopf.into_iter().nth(number).unwrap()
}

/// E_L = -54.387 mV: 9.775 and 154.52; E_L = -54.4 mV: 9.779 and 154.53 µA/cm² (Rinzel & Miller 1980; integrated). The first is
/// subcritical, the second supercritical.
#[test]
fn the_squid_axon_has_two_hopf_points() {
    for (leak, first, second) in [("-54.387 mV", 9.775, 154.52), ("-54.4 mV", 9.779, 154.53)] {
        let neurons = Neurons::of_model(1, "hodgkin-huxley")
            .unwrap()
            .parameter("E_L", leak);
        let found = of_current(&neurons, 0.0, 200.0);
        let hopf: Vec<f64> = found.hopf().iter().map(|at| at / MICROAMPERE).collect();
        println!("{hopf:?} {:?}", found.points);
        assert_eq!(hopf.len(), 2, "{hopf:?}");
        assert!((hopf[0] - first).abs() < 0.001, "{hopf:?}");
        assert!((hopf[1] - second).abs() < 0.01, "{hopf:?}");
        assert!(found.saddle_nodes().is_empty());
        assert_eq!(found.branches.len(), 1);
        assert!(first_coefficient(&found, 0) > 0.0 && first_coefficient(&found, 1) < 0.0);
    }
}

/// Rinzel & Ermentrout 1998: a saddle-node at 39.96 with the parameters of class 1, a Hopf point at 93.86 µA/cm² with those of class 2.
#[test]
fn the_barnacle_muscle_has_a_saddle_node_or_a_hopf_point() {
    let class_1 = Neurons::of_model(1, "morris-lecar:class-1").unwrap();
    let found = of_current(&class_1, 0.0, 150.0);
    let folds: Vec<f64> = found
        .saddle_nodes()
        .iter()
        .map(|at| at / MICROAMPERE)
        .collect();
    println!("{folds:?} {:?}", found.hopf());
    assert_eq!(folds.len(), 1, "{folds:?}");
    assert!((folds[0] - 39.96).abs() < 0.01, "{folds:?}");

    let class_2 = Neurons::of_model(1, "morris-lecar").unwrap();
    let found = of_current(&class_2, 0.0, 150.0);
    let hopf: Vec<f64> = found.hopf().iter().map(|at| at / MICROAMPERE).collect();
    println!("{hopf:?} {:?}", found.saddle_nodes());
    assert!((hopf[0] - 93.86).abs() < 0.01, "{hopf:?}");
    assert!(found.saddle_nodes().is_empty());
}

/// x' = r + x²: the fold at 0. x' = (r - r_c)x - x³: branches cross at r_c. z' = (r + i 2π 3)z - z|z|²: a supercritical Hopf point at 0 with 3 Hz.
#[test]
fn normal_forms_change_where_they_should() {
    let range = |equations: &str| {
        let neurons = Neurons::new(1)
            .equations(equations)
            .parameter("r", "-1")
            .initial("x", "-0.9");
        let system = DynamicalSystem::read(&neurons, &["r".into()]).unwrap();
        bifurcations(&system, "r", -1.0, 1.5).unwrap()
    };
    let fold = range("dx/dt = (r + x**2)/second : 1");
    assert_eq!(fold.points.len(), 1, "{:?}", fold.points);
    assert!(fold.saddle_nodes()[0].abs() < 1e-9);

    let pitchfork = range("dx/dt = ((r - 0.3)*x - x**3)/second : 1");
    let crossing = &pitchfork.points[0];
    assert_eq!(crossing.kind, BifurcationKind::Crossing);
    assert!((crossing.parameter - 0.3).abs() < 1e-9);

    let hopf = range(
        "dx/dt = (r*x - 6*pi*y - x*(x**2 + y**2))/second : 1
         dy/dt = (6*pi*x + r*y - y*(x**2 + y**2))/second : 1",
    );
    assert_eq!(hopf.points.len(), 1);
    let BifurcationKind::Hopf {
        frequency,
        first_lyapunov_coefficient,
    } = hopf.points[0].kind
    else {
        panic!("{:?}", hopf.points);
    };
    assert!(hopf.points[0].parameter.abs() < 1e-9);
    assert!((frequency - 3.0).abs() < 1e-9);
    assert!(first_lyapunov_coefficient < 0.0);
}
