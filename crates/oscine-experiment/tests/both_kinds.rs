//! One file with neurons and layers: both learn the same task, and a run that was stopped in either of them ends with the same bits.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use oscine_experiment::{
    Ending, Epoch, Outcome, Progress, RunMoment, RunOptions, TableReader, Threads, resume, run,
};
use oscine_network::Experiment;

const FILE: &str = r#"
[run]
duration = "3 s"
dt = "1 ms"
[task]
data = "digits"
test = 0.2
[layers.output]
size = 10
activation = "softmax"
[training]
loss = "cross-entropy"
optimiser = { kind = "sgd", rate = 0.5 }
epochs = 5
[stimulus.images]
kind = "task"
code = "rates"
count = 64
each = "100 ms"
rate = "100 Hz"
[neurons.retina]
count = 64
equations = '''
dx/dt = -x/(10*ms) : 1
extra : 1
'''
threshold = "x > 0.5 + extra"
reset = "x = 0"
parameters = { extra = 0 }
[synapses.seen]
from = "images"
to = "retina"
connect = "one-to-one"
on_pre = "x += 1"
[noise.one]
at = ["output.input", "retina.extra"]
kind = "gaussian"
level = 0.1
[record.spikes]
of = "retina"
spikes = true
[measure.rate]
what = "firing-rate"
of = "spikes"
[measure.right]
what = "accuracy"
[[claim]]
says = "the layers learn what the neurons are shown"
value = "right > 0.9 and mean(rate) > 1*Hz"
published = "1"
"#;

fn experiment() -> Experiment {
    Experiment::parse(FILE, "both.toml", Path::new("")).unwrap()
}

fn options(folder: &Path) -> RunOptions {
    RunOptions::new(folder, Threads::Exactly(1))
}

/// Stops in the training, or while the neurons run.
struct Stopper {
    stop: Arc<AtomicBool>,
    in_training: bool,
}

impl Progress for Stopper {
    fn learns(&mut self, done: usize, _: usize, _: &Epoch, _: Duration) {
        if self.in_training && done == 2 {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn reaches(&mut self, _: &RunMoment) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// What a run leaves, byte by byte, and its spikes.
fn left_in(folder: &Path) -> Vec<(&'static str, Vec<u8>)> {
    let names = [
        "weights.safetensors",
        "measures.safetensors",
        "training.csv",
    ];
    let mut left: Vec<(&str, Vec<u8>)> = names
        .iter()
        .map(|name| (*name, std::fs::read(folder.join(name)).unwrap()))
        .collect();
    let mut reader = TableReader::open(&folder.join("records/spikes.parquet")).unwrap();
    let mut spikes = Vec::new();
    while let Some(rows) = reader.next_rows().unwrap() {
        for column in &rows.columns {
            spikes.extend(format!("{column:?}").into_bytes());
        }
    }
    left.push(("spikes", spikes));
    left
}

fn claim_holds(outcome: &Outcome) -> bool {
    outcome.ending == Ending::Finished && outcome.measured.verdicts[0].holds == Some(true)
}

#[test]
fn both_are_carried_out_and_go_on_where_they_were_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    let outcome = run(&experiment(), &options(&whole), &mut ()).unwrap();
    assert!(claim_holds(&outcome), "{:?}", outcome.measured.verdicts);
    assert!(outcome.learned.is_some() && outcome.recordings.trains.len() == 1);
    for in_training in [true, false] {
        let stopped = folder.path().join(format!("stopped-{in_training}"));
        let stop = Arc::new(AtomicBool::new(false));
        let mut halting = options(&stopped);
        halting.stop = Some(stop.clone());
        let mut stopper = Stopper { stop, in_training };
        let halted = run(&experiment(), &halting, &mut stopper).unwrap();
        match halted.ending {
            Ending::TrainingStopped { done: 2, epochs: 5 } => assert!(in_training),
            Ending::Stopped { .. } => assert!(!in_training),
            other => panic!("{other:?}"),
        }
        let again = resume(&options(&stopped), &mut ()).unwrap();
        assert!(claim_holds(&again));
        let measured = |outcome: &Outcome| format!("{:?}", outcome.measured.measures);
        assert_eq!(measured(&outcome), measured(&again));
        for ((name, one), (_, other)) in left_in(&whole).iter().zip(left_in(&stopped)) {
            assert!(
                *one == other,
                "{name} differs, stopped in training: {in_training}"
            );
        }
        let checkpoints = std::fs::read_dir(&stopped).unwrap();
        let names = checkpoints.map(|entry| entry.unwrap().file_name());
        assert!(
            !names
                .into_iter()
                .any(|name| name.to_string_lossy().contains("checkpoint"))
        );
    }
}
