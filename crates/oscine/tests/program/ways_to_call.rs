//! The subcommands and their options.

use std::fs;

use crate::{call, folder_with_network, said};

#[test]
fn results_are_never_overwritten_without_being_asked() {
    let folder = folder_with_network();
    for expected in ["small-results", "small-results-2"] {
        assert!(call(folder.path(), &["run", "small.toml"]).status.success());
        assert!(folder.path().join(expected).join("report.html").exists());
    }
    let again = ["run", "small.toml", "--out", "small-results"];
    let output = call(folder.path(), &again);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--overwrite"), "{}", said(&output));
    let output = call(folder.path(), &[&again[..], &["--overwrite"]].concat());
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn a_folder_of_somebody_elses_is_left_alone_even_when_asked() {
    let folder = folder_with_network();
    fs::create_dir(folder.path().join("thesis")).unwrap();
    fs::write(folder.path().join("thesis/chapter.tex"), "years of work").unwrap();
    let output = call(
        folder.path(),
        &["run", "small.toml", "--out", "thesis", "--overwrite"],
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("left alone"), "{}", said(&output));
    assert!(folder.path().join("thesis/chapter.tex").exists());
}

#[test]
fn a_place_that_cannot_be_written_is_a_failure_of_the_machine() {
    let folder = folder_with_network();
    let output = call(
        folder.path(),
        &["run", "small.toml", "--out", "small.toml/results"],
    );
    assert_eq!(
        output.status.code(),
        Some(2),
        "a file stands where the folder should be: {}",
        said(&output)
    );
    let output = call(
        folder.path(),
        &["run", "small.toml", "--out", "/proc/oscine"],
    );
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("/proc/oscine"), "{}", said(&output));
}

#[test]
fn a_run_that_cannot_be_built_leaves_no_folder() {
    let folder = folder_with_network();
    let wrong = crate::NETWORK.replace("(drive - v)/tau", "(drive - v)/nonsense");
    fs::write(folder.path().join("wrong.toml"), wrong).unwrap();
    let output = call(folder.path(), &["run", "wrong.toml", "--out", "out"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("nonsense"), "{}", said(&output));
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_network_beyond_the_memory_stops_with_the_figure() {
    let folder = folder_with_network();
    let output = call(
        folder.path(),
        &[
            "run",
            "small.toml",
            "--out",
            "out",
            "--set",
            "neurons.cells.count=200000000",
        ],
    );
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("of memory"), "{}", said(&output));
    assert!(!folder.path().join("out").exists());
}

#[test]
fn the_quick_form_is_a_tenth_and_says_so() {
    let folder = folder_with_network();
    let output = call(folder.path(), &["run", "small.toml", "--quick", "--json"]);
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["parameters"]["duration"], 0.02);
    assert!(
        object["notes"].to_string().contains("quick form"),
        "{object}"
    );
}

#[test]
fn check_says_what_there_is_and_runs_nothing() {
    let folder = folder_with_network();
    let output = call(folder.path(), &["check", "small.toml"]);
    assert!(output.status.success(), "{}", said(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    for expected in [
        "A small network",
        "cells: 60 x",
        "plastic:",
        "raster: spikes of cells[0:60]",
        "memory:",
    ] {
        assert!(text.contains(expected), "no `{expected}` in\n{text}");
    }
    let output = call(folder.path(), &["check", "small.toml", "--json"]);
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["populations"][0]["count"], 60);
    assert!(object["memory"]["bytes"].as_u64().unwrap() > 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn models_lists_the_catalogue_and_shows_a_model_with_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let list = String::from_utf8(call(folder.path(), &["models"]).stdout).unwrap();
    assert!(
        list.contains("hodgkin-huxley") && list.contains("nmda"),
        "{list}"
    );
    let one = String::from_utf8(call(folder.path(), &["models", "hodgkin-huxley"]).stdout).unwrap();
    assert!(one.contains("1952") && one.contains("dv/dt"), "{one}");
    let output = call(folder.path(), &["models", "hodgkin-huxly"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("did you mean `hodgkin-huxley`?"),
        "{}",
        said(&output)
    );
}

#[test]
fn every_command_has_an_example_in_its_help() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["run", "check", "resume", "models", "export", "completions"] {
        let output = call(folder.path(), &[command, "--help"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(&format!("\n  oscine {command}")), "{text}");
    }
}

#[test]
fn completions_name_the_commands() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let output = call(folder.path(), &["completions", shell]);
        assert!(
            String::from_utf8(output.stdout).unwrap().contains("resume"),
            "{shell}"
        );
    }
}
