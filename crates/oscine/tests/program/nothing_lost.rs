//! A run that is killed or stopped keeps what it recorded, and goes on to the same bits.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use oscine::experiment::{TableReader, record_files};

use crate::{call, folder_with_network, oscine, said};

/// Long enough to be caught in the middle, with many checkpoints.
const LONG: [&str; 4] = [
    "--set",
    "run.duration=30 s",
    "--set",
    "run.checkpoint_every=500 ms",
];

fn begin(folder: &Path, out: &str, threads: &str) -> Child {
    oscine(folder)
        .args(["run", "small.toml", "--out", out, "--threads", threads])
        .args(LONG)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}

/// Waits until a run has made a checkpoint.
fn wait_for_checkpoint(folder: &Path, out: &str, child: &mut Child) {
    let checkpoint = folder.join(out).join("checkpoint.safetensors");
    let begin = Instant::now();
    while !checkpoint.exists() {
        assert!(
            child.try_wait().unwrap().is_none(),
            "the run ended before it could be caught"
        );
        assert!(
            begin.elapsed() < Duration::from_secs(120),
            "no checkpoint came"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether two runs recorded the same, to the last byte.
fn assert_same_records(folder: &Path, one: &str, other: &str) {
    for table in ["raster", "membrane", "weights"] {
        let bytes =
            |run: &str| fs::read(folder.join(format!("{run}/records/{table}.parquet"))).unwrap();
        assert!(
            bytes(one) == bytes(other),
            "{table} of {one} and {other} differ"
        );
    }
}

#[test]
fn a_killed_run_keeps_what_it_recorded_and_goes_on_to_the_same_bytes_on_other_threads() {
    let folder = folder_with_network();
    let whole = begin(folder.path(), "whole", "1").wait().unwrap();
    assert!(whole.success());

    let mut child = begin(folder.path(), "killed", "2");
    wait_for_checkpoint(folder.path(), "killed", &mut child);
    child.kill().unwrap();
    child.wait().unwrap();

    let files = record_files(&folder.path().join("killed")).unwrap();
    let (_, parts) = files.iter().find(|(record, _)| record == "raster").unwrap();
    let rows: u64 = parts
        .iter()
        .map(|part| TableReader::open(part).unwrap().rows())
        .sum();
    assert!(rows > 0, "what was recorded can be read");

    let output = call(folder.path(), &["resume", "killed", "--threads", "3"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("going on from"), "{}", said(&output));
    assert_same_records(folder.path(), "whole", "killed");
    assert!(!folder.path().join("killed/checkpoint.safetensors").exists());
    assert!(!folder.path().join("killed/records/raster").exists());
}

#[test]
fn an_interrupted_run_ends_cleanly_and_goes_on_to_the_same_bytes() {
    let folder = folder_with_network();
    assert!(begin(folder.path(), "whole", "2").wait().unwrap().success());

    let mut child = begin(folder.path(), "stopped", "2");
    wait_for_checkpoint(folder.path(), "stopped", &mut child);
    let interrupt = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupt.success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let progress = fs::read_to_string(folder.path().join("stopped/progress.json")).unwrap();
    assert!(progress.contains("\"stopped\""), "{progress}");

    assert!(call(folder.path(), &["resume", "stopped"]).status.success());
    assert_same_records(folder.path(), "whole", "stopped");
}

#[test]
fn a_run_killed_before_its_first_checkpoint_begins_again() {
    let folder = folder_with_network();
    assert!(
        call(folder.path(), &["run", "small.toml", "--out", "whole"])
            .status
            .success()
    );
    let killed = folder.path().join("killed");
    fs::create_dir_all(killed.join("records/raster")).unwrap();
    fs::copy(
        folder.path().join("whole/experiment.toml"),
        killed.join("experiment.toml"),
    )
    .unwrap();
    let progress = fs::read_to_string(folder.path().join("whole/progress.json")).unwrap();
    fs::write(
        killed.join("progress.json"),
        progress.replace("finished", "running"),
    )
    .unwrap();
    fs::write(
        killed.join("records/raster/part-00000.parquet.partial"),
        "half a part",
    )
    .unwrap();
    let output = call(folder.path(), &["resume", "killed"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_same_records(folder.path(), "whole", "killed");
}

#[test]
fn a_finished_run_has_nothing_left_to_do() {
    let folder = folder_with_network();
    assert!(
        call(folder.path(), &["run", "small.toml", "--out", "out"])
            .status
            .success()
    );
    let before = fs::read(folder.path().join("out/records/raster.parquet")).unwrap();
    let output = call(folder.path(), &["resume", "out"]);
    assert!(output.status.success());
    assert!(
        said(&output).contains("come to its end"),
        "{}",
        said(&output)
    );
    assert!(fs::read(folder.path().join("out/records/raster.parquet")).unwrap() == before);
}

#[test]
fn a_damaged_results_folder_is_called_so() {
    let folder = folder_with_network();
    let mut child = begin(folder.path(), "cut", "2");
    wait_for_checkpoint(folder.path(), "cut", &mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    let cut = folder.path().join("cut");
    let part = cut.join("records/raster/part-00000.parquet");
    let whole = fs::read(&part).unwrap();

    fs::write(&part, &whole[..whole.len() / 2]).unwrap();
    let output = call(folder.path(), &["resume", "cut"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("is damaged"), "{}", said(&output));

    fs::remove_file(&part).unwrap();
    let output = call(folder.path(), &["resume", "cut"]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("part-00000.parquet"),
        "{}",
        said(&output)
    );

    fs::write(&part, &whole).unwrap();
    let described = fs::read_to_string(cut.join("experiment.toml")).unwrap();
    fs::write(
        cut.join("experiment.toml"),
        described.replace("drive - v", "drive - 2*v"),
    )
    .unwrap();
    let output = call(folder.path(), &["resume", "cut"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("another description"),
        "{}",
        said(&output)
    );

    fs::remove_file(cut.join("experiment.toml")).unwrap();
    let output = call(folder.path(), &["resume", "cut"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("no experiment.toml"),
        "{}",
        said(&output)
    );
}
