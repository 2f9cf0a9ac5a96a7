//! Malformed experiments: each ends with a sentence and exit status 2, and none with a panic.

use std::path::{Path, PathBuf};

use crate::{call, said};

fn malformed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/malformed")
}

#[test]
fn every_malformed_experiment_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let mut files: Vec<PathBuf> = std::fs::read_dir(malformed())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    assert!(files.len() >= 100, "{} malformed experiments", files.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut accepted = Vec::new();
    for file in &files {
        let stem = file.file_stem().unwrap().to_str().unwrap();
        let name = format!("{stem}.toml");
        // Messages name files as they were called: from here, so that they are the same everywhere.
        std::fs::copy(file, folder.path().join(&name)).unwrap();
        let out = format!("{stem}-results");
        let output = call(
            folder.path(),
            &["run", &name, "--out", &out, "--threads", "1"],
        );
        let text = said(&output);
        assert!(
            !text.contains("panicked") && !text.contains("mistake in Oscine"),
            "{name}: {text}"
        );
        if output.status.code() != Some(2) {
            accepted.push(format!("{name} ended with {}: {text}", output.status));
            continue;
        }
        // What was recorded before the state stopped being finite is kept.
        let ran = text.contains("the run stopped");
        assert_eq!(folder.path().join(&out).exists(), ran, "{name}: {text}");
        settings.bind(|| insta::assert_snapshot!(stem, text));
    }
    assert!(accepted.is_empty(), "{}", accepted.join("\n"));
}

#[test]
fn an_expression_of_a_hundred_megabytes_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from(
        "title = \"t\"\n[run]\nduration = \"1 s\"\ndt = \"1 ms\"\n[neurons.a]\ncount = 1\nequations = \"dv/dt = (",
    );
    text.push_str(&"v + ".repeat(25_000_000));
    text.push_str("v)/second : 1\"\n");
    std::fs::write(folder.path().join("huge.toml"), text).unwrap();
    let output = call(folder.path(), &["run", "huge.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).len() < 2000, "{}", said(&output));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bytes.toml"), b"title = \"\xff\xfe\"\n").unwrap();
    let output = call(folder.path(), &["run", "bytes.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("UTF-8"), "{}", said(&output));
}
