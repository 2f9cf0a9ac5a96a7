//! A run is a function of its description and seed: not of the number of threads, not of whether it was stopped and resumed.

use std::path::Path;

use oscine_engine::{Options, Recorded, Rows, Simulation, Threads};
use oscine_network::Experiment;

fn experiment(text: &str) -> Experiment {
    Experiment::parse(text, "test.toml", Path::new(".")).unwrap_or_else(|errors| panic!("{errors}"))
}

fn build(experiment: &Experiment, threads: usize) -> Simulation {
    Simulation::build(
        experiment,
        &Options {
            threads: Threads::Exactly(threads),
        },
    )
    .unwrap_or_else(|error| panic!("{error}"))
}

/// All that a run records, in pieces of `steps`.
fn run(experiment: &Experiment, threads: usize, steps: u64) -> Vec<Recorded> {
    let mut simulation = build(experiment, threads);
    finish(&mut simulation, steps)
}

fn finish(simulation: &mut Simulation, steps: u64) -> Vec<Recorded> {
    let mut all: Vec<Recorded> = simulation.drain();
    while simulation.step() < simulation.steps() {
        simulation.advance(steps).expect("the run goes well");
        append(&mut all, simulation.drain());
    }
    all
}

fn append(all: &mut [Recorded], more: Vec<Recorded>) {
    for (kept, new) in all.iter_mut().zip(more) {
        assert_eq!((&kept.record, &kept.of), (&new.record, &new.of));
        match (&mut kept.rows, new.rows) {
            (Rows::Spikes { steps, cells }, Rows::Spikes { steps: s, cells: c }) => {
                steps.extend(s);
                cells.extend(c);
            }
            (
                Rows::Samples {
                    steps,
                    elements,
                    columns,
                },
                Rows::Samples {
                    steps: s,
                    elements: e,
                    columns: c,
                },
            ) => {
                steps.extend(s);
                elements.extend(e);
                for (column, (_, more)) in columns.iter_mut().zip(c) {
                    column.1.extend(more);
                }
            }
            _ => panic!("a record changed its kind"),
        }
    }
}

/// The bits of everything recorded, so that even -0 and 0 differ.
fn bits(all: &[Recorded]) -> Vec<u64> {
    let mut bits = Vec::new();
    for recorded in all {
        match &recorded.rows {
            Rows::Spikes { steps, cells } => {
                bits.extend(steps);
                bits.extend(cells.iter().map(|cell| u64::from(*cell)));
            }
            Rows::Samples {
                steps,
                elements,
                columns,
            } => {
                bits.extend(steps);
                bits.extend(elements.iter().map(|element| u64::from(*element)));
                bits.extend(
                    columns
                        .iter()
                        .flat_map(|(_, values)| values.iter().map(|value| value.to_bits())),
                );
            }
        }
    }
    bits
}

/// Spikes of all records.
fn spikes(all: &[Recorded]) -> usize {
    all.iter()
        .map(|recorded| match &recorded.rows {
            Rows::Spikes { steps, .. } => steps.len(),
            Rows::Samples { .. } => 0,
        })
        .sum()
}

fn same_for_threads_and_restarts(text: &str) {
    let experiment = experiment(text);
    let reference = run(&experiment, 1, 100);
    assert!(
        spikes(&reference) > 50,
        "only {} spikes: the test would show nothing",
        spikes(&reference)
    );
    for threads in [2, 3, 8] {
        assert!(
            bits(&run(&experiment, threads, 37)) == bits(&reference),
            "{threads} threads"
        );
    }
    // Stopped after a third on two threads, gone on with on three.
    let mut first = build(&experiment, 2);
    let mut all = first.drain();
    while first.step() < first.steps() / 3 {
        first.advance(10).expect("the run goes well");
        append(&mut all, first.drain());
    }
    let checkpoint = first.checkpoint();
    let mut second = build(&experiment, 3);
    second
        .restore(&checkpoint)
        .expect("the checkpoint is of this experiment");
    assert_eq!(second.checkpoint(), checkpoint);
    let rest = finish(&mut second, 50);
    append(&mut all, rest);
    assert!(bits(&all) == bits(&reference), "resumed");
}

#[test]
fn conductance_based_network_without_delays() {
    same_for_threads_and_restarts(
        r#"
[run]
duration = "100 ms"
seed = 7
[neurons.cells]
count = 300
equations = '''
dv/dt  = (ge*(0*mV - v) + gi*(-80*mV - v) + E_L - v) / tau_m : volt (unless refractory)
dge/dt = -ge/(5*ms) : 1
dgi/dt = -gi/(10*ms) : 1
'''
threshold = "v > -50*mV"
reset = "v = -60*mV"
refractory = "5 ms"
parameters = { tau_m = "20 ms", E_L = "-49 mV" }
initial = { v = "E_L + (randn()*5 - 10)*mV", ge = "rand()" }
[synapses.excitatory]
from = "cells[0:240]"
to = "cells"
connect = { probability = 0.1 }
on_pre = "ge += 0.3"
[synapses.inhibitory]
from = "cells[240:300]"
to = "cells"
connect = { fixed-in-degree = 6, multapses = false }
on_pre = "gi += 2"
[record.raster]
of = "cells"
spikes = true
[record.membrane]
of = "cells[10:20]"
variables = ["v", "ge"]
every = "0.5 ms"
"#,
    );
}

#[test]
fn plastic_noisy_network_with_a_delay_for_each_synapse() {
    same_for_threads_and_restarts(
        r#"
[run]
duration = "200 ms"
seed = 3
[neurons.cells]
count = 70
equations = "dv/dt = (drive - v)/tau + sigma*xi*tau**-0.5 : 1 (unless refractory)"
threshold = "v > 1"
reset = "v = 0"
refractory = "2*ms + rand()*ms"
parameters = { drive = "0.9 + 0.2*rand()", tau = "10 ms", sigma = 0.2 }
[stimulus.outside]
kind = "poisson-input"
to = "cells[0:40]"
variable = "v"
inputs = 100
rate = "10 Hz"
weight = "0.1"
[synapses.plastic]
from = "cells"
to = "cells"
connect = { condition = "i != j", probability = "0.3" }
delay = { value = "2*ms + randn()*ms", lower = "0.2 ms", upper = "6 ms" }
equations = '''
w : 1
dpre/dt = -pre/(20*ms) : 1 (event-driven)
dpost/dt = -post/(20*ms) : 1 (event-driven)
'''
on_pre = '''
v_post += w*int(rand() < 0.7)
pre += 0.01
w = clip(w - post, 0, 0.1)
'''
on_post = '''
post += 0.011
w = clip(w + pre, 0, 0.1)
'''
initial = { w = "0.05*rand()" }
[record.raster]
of = "cells"
spikes = true
[record.weights]
of = "plastic"
variables = ["w", "pre"]
every = "20 ms"
"#,
    );
}

#[test]
fn gap_junctions_and_clock_driven_synapses() {
    same_for_threads_and_restarts(
        r#"
[run]
duration = "200 ms"
seed = 5
[neurons.cells]
count = 50
equations = '''
dv/dt = (drive - v + I_gap + I_slow)/(10*ms) : 1
I_gap : 1
I_slow : 1
'''
threshold = "v > 1"
reset = "v = 0"
parameters = { drive = "1.02 + 0.01*i" }
initial = { v = "rand()" }
[synapses.gaps]
from = "cells"
to = "cells"
connect = { fixed-total = 200, autapses = false }
equations = '''
w : 1
I_gap_post = w*(v_pre - v_post) : 1 (summed)
'''
parameters = { w = "0.02*rand()" }
[synapses.slow]
from = "cells"
to = "cells"
connect = { fixed-out-degree = 3 }
equations = '''
dg/dt = -g/(30*ms) : 1 (clock-driven)
I_slow_post = -0.01*g*v_pre : 1 (summed)
'''
on_pre = "g += 1"
delay = "1 ms"
[record.raster]
of = "cells"
spikes = true
[record.trace]
of = "cells[0:50]"
variables = ["v", "I_gap", "I_slow"]
every = "1 ms"
"#,
    );
}

#[test]
fn adaptive_steps_with_a_stimulus() {
    same_for_threads_and_restarts(
        r#"
[run]
duration = "100 ms"
dt = "0.5 ms"
integrator = "rosenbrock"
[stimulus.wave]
kind = "sinusoid"
amplitude = 0.3
frequency = "30 Hz"
[neurons.cells]
count = 60
equations = '''
dx/dt = mu*(x - x**3/3 - y)/ms : 1
dy/dt = (x + 0.3*drive)/mu/ms : 1
'''
threshold = "x > 1"
refractory = "x > 1"
parameters = { mu = "4 + i*0.1" }
input = { drive = "wave(t)" }
initial = { x = "rand()", y = "rand()" }
[synapses.weak]
from = "cells"
to = "cells"
connect = { probability = 0.2 }
on_pre = "x += 0.01"
delay = "1 ms"
[record.raster]
of = "cells"
spikes = true
[record.trace]
of = "cells[0:60]"
variables = ["x", "y"]
every = "5 ms"
"#,
    );
}

#[test]
fn delays_that_change_from_spike_to_spike_and_noise_of_several_octaves() {
    same_for_threads_and_restarts(
        r#"
[run]
duration = "200 ms"
seed = 6
[neurons.cells]
count = 60
equations = "dv/dt = (drive - v)/(10*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
parameters = { drive = "1.02 + 0.01*rand()" }
initial = { v = "rand()" }
[synapses.late]
from = "cells"
to = "cells"
connect = { fixed-in-degree = 12 }
on_pre = "v += 0.03*rand()"
delay = "2*ms + 4*ms*rand()"
[synapses.later]
from = "cells[0:20]"
to = "cells"
connect = { fixed-in-degree = 5 }
on_pre = "v -= 0.05"
delay = "3 ms"
[noise.jitter]
at = ["late.delay", "later.delay"]
kind = "gaussian"
level = "0.7 ms"
[noise.slow]
at = "cells[10:50].drive"
kind = "pink"
correlation = "100 ms"
level = 0.05
[record.raster]
of = "cells"
spikes = true
[record.trace]
of = "cells"
variables = ["v"]
every = "1 ms"
"#,
    );
}
