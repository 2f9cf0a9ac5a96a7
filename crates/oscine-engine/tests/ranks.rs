//! A run is the same bits for any number of ranks, each of which builds and steps its own cells and synapses only.

use std::path::Path;
use std::sync::Arc;

use oscine_engine::{DryRun, Options, Recorded, Rows, RunError, Simulation, Threads};
use oscine_network::Experiment;

const RANKS: [usize; 3] = [2, 3, 5];

fn experiment(text: &str) -> Experiment {
    Experiment::parse(text, "test.toml", Path::new(".")).unwrap_or_else(|errors| panic!("{errors}"))
}

fn options(threads: usize) -> Options {
    Options {
        threads: Threads::Exactly(threads),
    }
}

/// Steps a simulation, or one rank of it, to its end.
fn finish(simulation: &mut Simulation) -> Result<Vec<Recorded>, RunError> {
    while simulation.step() < simulation.steps() {
        simulation.advance(50)?;
    }
    Ok(simulation.drain())
}

/// What each of so many ranks gives, every other one with two threads.
fn on_ranks<T: Send>(
    experiment: &Experiment,
    ranks: usize,
    run: impl Fn(Simulation) -> T + Sync,
) -> Vec<T> {
    std::thread::scope(|scope| {
        let ranks: Vec<_> = DryRun::of(ranks)
            .into_iter()
            .enumerate()
            .map(|(number, rank)| {
                let run = &run;
                scope.spawn(move || {
                    let planned = Simulation::plan(experiment).expect("the file is right");
                    let options = options(1 + number % 2);
                    let built = planned.build_rank(&options, Arc::new(rank));
                    run(built.expect("every rank can be built"))
                })
            })
            .collect();
        ranks
            .into_iter()
            .map(|rank| rank.join().expect("no rank panics"))
            .collect()
    })
}

/// A row: record, step, element, bits of the values.
type Row = (String, u64, u32, Vec<u64>);

/// All rows in the order of records, steps and elements.
fn rows(recorded: &[Recorded]) -> Vec<Row> {
    let mut rows = Vec::new();
    for record in recorded {
        match &record.rows {
            Rows::Spikes { steps, cells } => {
                let spikes = steps.iter().zip(cells);
                rows.extend(spikes.map(|(step, cell)| {
                    (format!("spikes of {}", record.record), *step, *cell, vec![])
                }));
            }
            Rows::Samples {
                steps,
                elements,
                columns,
            } => {
                rows.extend((0..steps.len()).map(|row| {
                    let bits = columns.iter().map(|(_, values)| values[row].to_bits());
                    let (step, element) = (steps[row], elements[row]);
                    (record.record.clone(), step, element, bits.collect())
                }));
            }
        }
    }
    rows.sort();
    rows
}

fn same_for_ranks(text: &str) {
    let experiment = experiment(text);
    let mut whole = Simulation::build(&experiment, &options(1)).expect("it can be built");
    let reference = rows(&finish(&mut whole).expect("the run goes well"));
    assert!(reference.len() > 50, "only {} rows", reference.len());
    let synapses = |simulation: &Simulation| -> u64 {
        let projections = simulation.facts().projections;
        projections
            .iter()
            .map(|projection| projection.synapses)
            .sum()
    };
    for ranks in RANKS {
        let parts = on_ranks(&experiment, ranks, |mut rank| {
            let recorded = finish(&mut rank).expect("the run goes well");
            (recorded, synapses(&rank), rank.counts())
        });
        let recorded: Vec<Recorded> = parts.iter().flat_map(|part| part.0.clone()).collect();
        assert!(rows(&recorded) == reference, "{ranks} ranks");
        let own: Vec<u64> = parts.iter().map(|part| part.1).collect();
        assert_eq!(own.iter().sum::<u64>(), synapses(&whole));
        let most = own.iter().max().expect("there are ranks");
        assert!(
            *most < synapses(&whole),
            "a rank holds all synapses: {own:?}"
        );
        let spikes: u64 = parts.iter().map(|part| part.2.spikes).sum();
        assert_eq!(spikes, whole.counts().spikes);
    }
    same_after_a_stop(&experiment, &reference);
}

/// Stopped on two ranks after a third, gone on with on three.
fn same_after_a_stop(experiment: &Experiment, reference: &[Row]) {
    let stop = |mut rank: Simulation| {
        while rank.step() < rank.steps() / 3 {
            rank.advance(10).expect("the run goes well");
        }
        (rank.drain(), rank.checkpoint())
    };
    let mut whole = Simulation::build(experiment, &options(2)).expect("it can be built");
    let (mut recorded, checkpoints): (Vec<_>, Vec<_>) =
        on_ranks(experiment, 2, stop).into_iter().unzip();
    let joined = whole.join_checkpoints(&checkpoints);
    let joined = joined.expect("the checkpoints are of this experiment");
    while whole.step() < joined.step {
        whole.advance(1).expect("the run goes well");
    }
    assert_eq!(whole.checkpoint(), joined);
    recorded.extend(on_ranks(experiment, 3, |mut rank| {
        rank.restore(&joined)
            .expect("the checkpoint is of this experiment");
        finish(&mut rank).expect("the run goes well")
    }));
    assert!(
        rows(&recorded.concat()) == reference,
        "stopped and gone on with"
    );
}

#[test]
fn plastic_synapses_with_a_delay_each_and_records_of_all() {
    same_for_ranks(
        r#"
[run]
duration = "60 ms"
seed = 3
[neurons.cells]
count = 200
equations = "dv/dt = (drive - v)/(10*ms) : 1 (unless refractory)"
threshold = "v > 1"
reset = "v = 0"
refractory = "2 ms"
parameters = { drive = "1.2 + 0.3*rand()" }
initial = { v = "rand()" }
[synapses.loop]
from = "cells"
to = "cells"
connect = { probability = 0.05 }
equations = '''
w : 1
dtrace/dt = -trace/(20*ms) : 1 (event-driven)
'''
on_pre = '''
v_post += w
trace += 1
w = clip(w - 0.001*trace, 0, 1)
'''
on_post = "w = clip(w + 0.002*trace, 0, 1)"
delay = "1*ms + 2*ms*rand()"
delay_post = "0.5 ms"
initial = { w = "0.02*rand() + 0.01*drive_pre" }
[record.raster]
of = "cells"
spikes = true
[record.weights]
of = "loop"
variables = ["w"]
every = "10 ms"
[record.v]
of = "cells[30:90]"
variables = ["v"]
every = "1 ms"
"#,
    );
}

#[test]
fn synapses_that_read_their_sources_at_every_step() {
    same_for_ranks(
        r#"
[run]
duration = "30 ms"
precision = "single"
[neurons.cells]
count = 150
equations = '''
dv/dt = (1.3 - v + coupling)/(10*ms) + 0.05*xi*(10*ms)**-0.5 : 1
coupling : 1
'''
threshold = "v > 1"
reset = "v = 0"
initial = { v = "rand()" }
positions = { x = "i*um" }
[synapses.gap]
from = "cells"
to = "cells"
connect = { condition = "abs(x_pre - x_post) < 5*um and i != j" }
equations = "coupling_post = 0.05*(v_pre - v_post) : 1 (summed)"
[synapses.reads]
from = "cells"
to = "cells"
connect = { fixed-in-degree = 5 }
on_pre = "v_post += 0.01*v_pre"
[record.raster]
of = "cells"
spikes = true
[record.v]
of = "cells"
variables = ["v", "coupling"]
every = "2 ms"
"#,
    );
}

#[test]
fn delays_that_change_from_spike_to_spike_and_poisson_sources() {
    same_for_ranks(
        r#"
[run]
duration = "60 ms"
[stimulus.noise]
kind = "poisson"
count = 90
rate = "200 Hz"
[stimulus.given]
kind = "spikes"
count = 40
times = "i*1*ms + k*5*ms"
each = 4
[neurons.cells]
count = 120
equations = "dv/dt = -v/(10*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
[synapses.in]
from = "noise"
to = "cells"
connect = { fixed-out-degree = 10 }
on_pre = "v += 0.3"
delay = "3 ms"
[synapses.also]
from = "given"
to = "cells"
connect = { fixed-total = 300 }
on_pre = "v += 0.4"
delay = "1 ms"
[noise.jitter]
at = "in.delay"
kind = "gaussian"
level = "0.5 ms"
[record.raster]
of = "cells"
spikes = true
"#,
    );
}

#[test]
fn a_rank_that_fails_stops_the_others_with_a_sentence() {
    let experiment = experiment(
        r#"
[run]
duration = "100 ms"
[neurons.cells]
count = 100
equations = "dv/dt = v*v*v/ms : 1"
threshold = "v > 1e300"
reset = ""
initial = { v = "int(i == 99)" }
integrator = "euler"
[synapses.loop]
from = "cells"
to = "cells"
connect = { probability = 0.1 }
on_pre = "v += 0.01"
delay = "1 ms"
"#,
    );
    let ends = on_ranks(&experiment, 3, |mut rank| finish(&mut rank).unwrap_err());
    let failed = ends
        .iter()
        .filter(|end| matches!(end, RunError::NotFinite { index: 99, .. }));
    assert_eq!(failed.count(), 1, "{ends:?}");
    let told = ends.iter().filter(|end| **end == RunError::Elsewhere);
    assert_eq!(told.count(), 2, "{ends:?}");
}
