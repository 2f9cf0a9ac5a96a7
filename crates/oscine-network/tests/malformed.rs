//! What a person reads when a description is wrong: one small file for each kind of mistake, its message kept as a snapshot.
//! Files whose names begin with `equations-` are wrong in their equations, which are read when they are compiled.

use std::path::{Path, PathBuf};

use oscine_network::Experiment;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../oscine/tests/malformed");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    files
}

/// The message for a file, with its path cut to its name.
fn message(path: &Path) -> Option<String> {
    let errors = Experiment::read(path).err()?;
    let folder = format!("{}/", path.parent().unwrap().display());
    Some(errors.render().replace(&folder, ""))
}

#[test]
fn each_malformed_file_has_its_message() {
    let mut of_description = 0;
    for path in files() {
        let name = path.file_stem().unwrap().to_str().unwrap().to_string();
        let message = message(&path);
        if name.starts_with("equations-") && message.is_none() {
            continue;
        }
        of_description += 1;
        let message = message.unwrap_or_else(|| panic!("{name} is read without an error"));
        insta::assert_snapshot!(name, message);
    }
    assert!(of_description >= 60, "only {of_description} files");
}

#[test]
fn a_file_beyond_the_limit_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.toml");
    std::fs::File::create(&path)
        .unwrap()
        .set_len(100 << 20)
        .unwrap();
    insta::assert_snapshot!(
        "file-of-100-megabytes",
        message(&path)
            .unwrap()
            .replace(&format!("{}/", folder.path().display()), "")
    );
}

#[test]
fn a_long_expression_is_shown_in_part() {
    let equations = format!("dv/dt = {} : 1", "v + ".repeat(500_000));
    let text = format!(
        "[run]\nduration = \"1 s\"\nwrong = \"{equations}\"\n[neurons.cells]\ncount = 1\nequations = [\"{equations}\"]\n"
    );
    let errors = Experiment::parse(&text, "long.toml", Path::new("")).unwrap_err();
    assert_eq!(errors.errors.len(), 2);
    assert!(
        errors
            .render()
            .lines()
            .all(|line| line.chars().count() < 200)
    );
}

#[test]
fn files_that_cannot_be_read_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Experiment::read(&folder.path().join("missing.toml")).unwrap_err();
    assert!(missing.render().contains("there is no such file"));
    let of_folder = Experiment::read(folder.path()).unwrap_err();
    assert!(
        of_folder.render().contains("cannot read the file"),
        "{}",
        of_folder.render()
    );
}
