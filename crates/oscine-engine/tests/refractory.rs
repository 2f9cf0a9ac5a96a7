//! When a cell is refractory, as in Brian2: a spike makes it so, and a duration or the end of a condition ends it.

use std::path::Path;

use oscine_engine::{Options, Rows, Simulation, Threads};
use oscine_network::Experiment;

/// The steps at which a cell fires; `v` rises by 0.01 in a step of 0.1 ms and `w` falls by 2 %.
fn spike_steps(charge: &str, refractory: &str, rest: &str) -> Vec<u64> {
    let text = format!(
        "[run]\nduration = \"60 ms\"\ndt = \"0.1 ms\"\n[neurons.cell]\ncount = 1\n\
         equations = '''\ndv/dt = 1/(10*ms) : 1 {charge}\ndw/dt = -w/(5*ms) : 1\n'''\n\
         threshold = \"v > 0.995\"\nreset = '''\nv = 0\nw = 1\n'''\nrefractory = \"{refractory}\"\n\
         [record.spikes]\nof = \"cell\"\nspikes = true\n{rest}"
    );
    let experiment = Experiment::parse(&text, "test.toml", Path::new("."))
        .unwrap_or_else(|errors| panic!("{errors}"));
    let threads = Threads::Exactly(1);
    let mut simulation = Simulation::build(&experiment, &Options { threads })
        .unwrap_or_else(|error| panic!("{error}"));
    simulation
        .advance(simulation.steps())
        .expect("the run goes well");
    match simulation.drain().remove(0).rows {
        Rows::Spikes { steps, .. } => steps,
        Rows::Samples { .. } => panic!("spikes were recorded"),
    }
}

#[test]
fn a_duration_holds_the_cell_and_then_lets_it_charge() {
    let steps = spike_steps("(unless refractory)", "5 ms", "");
    assert_eq!(steps, [99, 248, 397, 546]);
}

#[test]
fn a_condition_that_holds_before_any_spike_keeps_no_cell_from_firing() {
    // v passes 0.5 on its way to each spike, and is 0 after it.
    for charge in ["", "(unless refractory)"] {
        let steps = spike_steps(charge, "v > 0.5", "");
        assert_eq!(steps, [99, 199, 299, 399, 499, 599]);
    }
}

#[test]
fn a_condition_on_another_variable_holds_the_cell_until_it_ends() {
    // w begins the 50th step after the first with exp(-1) < 0.37.
    let steps = spike_steps("(unless refractory)", "w > 0.37", "");
    assert_eq!(steps, [99, 249, 399, 549]);
}

#[test]
fn a_synapse_moves_no_variable_of_a_cell_that_a_condition_holds() {
    for on_pre in ["v += 0.5", "v = 0.9"] {
        let input = format!(
            "[stimulus.early]\nkind = \"spikes\"\ncount = 1\ntimes = [[\"10 ms\", \"11 ms\", \"12 ms\"]]\n\
             [synapses.s]\nfrom = \"early\"\nto = \"cell\"\nconnect = \"all-to-all\"\non_pre = \"{on_pre}\"\n"
        );
        let steps = spike_steps("(unless refractory)", "w > 0.37", &input);
        assert_eq!(steps, [99, 249, 399, 549], "{on_pre}");
    }
}
