//! What a simulation says of its parameters and variables between two steps.

use std::path::Path;

use oscine_engine::{Options, Rows, Simulation, Threads};
use oscine_equations::Dimension;
use oscine_network::Experiment;

const NETWORK: &str = r#"
[run]
duration = "20 ms"
dt = "0.1 ms"
seed = 5

[neurons.cells]
count = 50
equations = '''
    dv/dt = (drive - v)/tau : 1
    twice = 2*v : 1
    drive = strength*shared_gain : 1
    strength : 1 (constant)
    shared_gain : 1 (shared, constant)
'''
threshold = "v > 1"
reset = "v = 0"
initial = { v = "rand()" }
parameters = { tau = "10 ms", strength = "1.2 + 0.4*rand()", shared_gain = 1.5, w = 7 }
positions = { x = "i*10*um", y = "5*um" }

[stimulus.source]
kind = "poisson"
count = 7
rate = "50 Hz"

[synapses.plastic]
from = "cells"
to = "cells"
connect = { probability = 0.2 }
equations = '''
    w : 1
    dtrace/dt = -trace/tau_trace : 1 (event-driven)
    both = w*trace : 1
'''
on_pre = "trace += 1; v_post += w*0.01"
initial = { w = "rand()" }
parameters = { tau_trace = "20 ms" }
delay = "0.3*ms + rand()*ms"

[synapses.static]
from = "source"
to = "cells"
connect = { fixed-in-degree = 2 }
on_pre = "v += J"
parameters = { J = 0.05, tau = "3 ms" }
delay = "0.2 ms"

[record.membrane]
of = "cells"
variables = ["v", "twice"]
at = "end"

[record.strengths]
of = "plastic"
variables = ["w", "trace", "both"]
at = "end"
"#;

fn finished(threads: usize) -> Simulation {
    let experiment = Experiment::parse(NETWORK, "test.toml", Path::new("."))
        .unwrap_or_else(|errors| panic!("{errors}"));
    let threads = Threads::Exactly(threads);
    let mut simulation = Simulation::build(&experiment, &Options { threads })
        .unwrap_or_else(|error| panic!("{error}"));
    while simulation.step() < simulation.steps() {
        simulation.advance(50).expect("the run goes well");
    }
    simulation
}

fn values(simulation: &Simulation, name: &str, variable: &str) -> Vec<f64> {
    let found = simulation.values(name, variable);
    found.unwrap_or_else(|| panic!("{name}.{variable}")).0
}

#[test]
fn values_are_those_that_are_recorded() {
    for threads in [1, 3] {
        let mut simulation = finished(threads);
        let mut compared = 0;
        for recorded in simulation.drain() {
            let Rows::Samples { columns, .. } = &recorded.rows else {
                continue;
            };
            for (variable, sampled) in columns {
                let now = values(&simulation, &recorded.of, variable);
                assert!(now == *sampled, "{}.{variable}", recorded.of);
                assert!(now.iter().any(|value| *value != now[0]));
                compared += 1;
            }
        }
        assert_eq!(compared, 5);
    }
}

#[test]
fn constants_positions_and_indices_are_values() {
    let simulation = finished(2);
    let of = |variable: &str| simulation.values("cells", variable);
    assert_eq!(of("tau"), Some((vec![0.01], Dimension::SECOND)));
    let (gain, _) = of("shared_gain").expect("a shared parameter");
    assert_eq!(gain, [1.5]);
    let strength = values(&simulation, "cells", "strength");
    assert!(strength.iter().all(|value| (1.2..1.6).contains(value)));
    let drive = values(&simulation, "cells", "drive");
    assert!(
        drive
            .iter()
            .zip(&strength)
            .all(|(drive, one)| *drive == one * 1.5)
    );
    let (x, dimension) = of("x").expect("positions");
    assert_eq!((x.len(), dimension), (50, Dimension::METRE));
    assert!((x[7] - 70e-6).abs() < 1e-18);
    assert_eq!(of("i").expect("indices").0[49], 49.0);
    assert_eq!(of("N"), Some((vec![50.0], Dimension::DIMENSIONLESS)));
    assert_eq!(values(&simulation, "source", "N"), [7.0]);
    assert_eq!(of("nothing"), None);
    assert_eq!(simulation.values("nobody", "v"), None);
}

#[test]
fn synapses_have_ends_delays_and_constants_of_their_own() {
    for threads in [1, 2] {
        let simulation = finished(threads);
        let of = |variable: &str| values(&simulation, "static", variable);
        let (sources, targets) = (of("i"), of("j"));
        assert_eq!(of("N"), [100.0]);
        for target in 0..50 {
            let own = targets.iter().filter(|known| **known == f64::from(target));
            assert_eq!(own.count(), 2);
        }
        assert!(sources.is_sorted() && sources.iter().all(|source| *source < 7.0));
        assert!(of("delay").iter().all(|delay| (delay - 2e-4).abs() < 1e-12));
        assert_eq!(of("J"), [0.05]);
        // The synapse's own parameter hides the target's.
        assert_eq!(of("tau"), [3e-3]);
        assert_eq!(of("tau_post"), [10e-3]);
        let voltages = values(&simulation, "cells", "v");
        let ends = of("v_post").into_iter().zip(&targets);
        assert!(
            ends.into_iter()
                .all(|(v, target)| v == voltages[*target as usize])
        );
        // Delays of each synapse: between 0.3 and 1.3 ms, in steps.
        let delays = values(&simulation, "plastic", "delay");
        assert!(delays.iter().all(|delay| (2.9e-4..1.31e-3).contains(delay)));
        assert!(delays.iter().any(|delay| *delay != delays[0]));
    }
}
