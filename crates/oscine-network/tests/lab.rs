//! Every file of the lab, and every demonstration of the catalogue's neurons, reads without a mistake.

use std::path::{Path, PathBuf};

use oscine_network::{Experiment, catalogue};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)
        .expect("the lab is in the repository")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn the_lab_reads_as_written() {
    let lab = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lab");
    let found = files(&lab);
    assert!(
        found.len() >= 9,
        "the networks of the issue are there: {found:?}"
    );
    for path in found {
        let experiment = Experiment::read(&path).unwrap_or_else(|error| panic!("{error}"));
        assert!(
            !experiment.title.is_empty() && !experiment.question.is_empty(),
            "{}",
            path.display()
        );
        assert!(
            !experiment.claims.is_empty(),
            "{} claims nothing",
            path.display()
        );
    }
}

#[test]
fn every_demonstration_reads_as_an_experiment() {
    let mut shown = 0;
    for entry in catalogue::all().filter(|entry| entry.kind == "neuron") {
        let sets = entry
            .sets
            .iter()
            .map(|(name, _)| format!("{}:{name}", entry.name));
        for name in std::iter::once(entry.name.clone()).chain(sets) {
            let chosen = catalogue::find(&name).expect("it was just listed");
            let demonstration = chosen
                .demonstration
                .unwrap_or_else(|| panic!("{name} shows nothing"));
            let inputs: Vec<String> = demonstration
                .input
                .iter()
                .map(|(to, text)| format!("{to} = \"{}\"", text.value))
                .collect();
            let text = format!(
                "[run]\nduration = \"{} s\"\ndt = \"{} s\"\n[neurons.cell]\ncount = 1\nmodel = \"{name}\"\ninput = {{ {} }}\n",
                demonstration.duration,
                demonstration.dt,
                inputs.join(", "),
            );
            Experiment::parse(&text, "demonstration.toml", Path::new("."))
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            shown += 1;
        }
    }
    assert!(shown >= 45, "{shown} demonstrations");
}
