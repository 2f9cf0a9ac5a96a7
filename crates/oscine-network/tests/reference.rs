//! The reference says what the reader does: every key is documented, and the keys of both are the same.

use std::path::Path;

use oscine_network::reference::{self, KeyReference, Shape, TableReference};
use oscine_network::{Experiment, Mistake};

/// A table of one kind, where it has kinds, with the header that it has in a file.
struct Walked<'a> {
    header: String,
    kind: Option<(&'static str, &'static str)>,
    keys: Vec<&'a KeyReference>,
    is_open: bool,
}

fn walk<'a>(header: &str, table: &'a TableReference, into: &mut Vec<Walked<'a>>) {
    let below = |key: &KeyReference, header: &str| {
        let path = header.trim_matches(['[', ']']);
        let path = match path {
            "" => key.name.to_string(),
            path => format!("{path}.{}", key.name),
        };
        match &key.shape {
            Shape::ByName(_) if header.is_empty() => format!("[{path}.one]"),
            Shape::ByName(_) => format!("[{path}.value]"),
            Shape::List(_) => format!("[[{path}]]"),
            _ => format!("[{path}]"),
        }
    };
    let mut add = |kind: Option<(&'static str, &'static str)>, keys: Vec<&'a KeyReference>| {
        into.push(Walked {
            header: header.into(),
            kind,
            keys,
            is_open: table.is_open,
        });
    };
    let own: Vec<&KeyReference> = table.keys.iter().collect();
    match &table.kinds {
        None => add(None, own),
        Some(kinds) => {
            for (name, variant) in &kinds.variants {
                let keys = own.iter().copied().chain(&variant.keys).collect();
                add(Some((kinds.key, *name)), keys);
            }
        }
    }
    for (_, key) in table.all_keys() {
        if let Some(inner) = key.shape.table() {
            walk(&below(key, header), inner, into);
        }
    }
}

fn tables(file: &TableReference) -> Vec<Walked<'_>> {
    let mut tables = Vec::new();
    walk("", file, &mut tables);
    tables
}

/// The unknown keys of a text, and the keys that are known there.
fn unknown(text: &str) -> Vec<(String, Vec<String>)> {
    let errors = Experiment::parse(text, "any.toml", Path::new("")).unwrap_err();
    let mistakes = errors.errors.into_iter().map(|error| error.mistake);
    mistakes
        .filter_map(|mistake| match mistake {
            Mistake::UnknownKey { key, known, .. } => Some((key, known)),
            _ => None,
        })
        .collect()
}

#[test]
fn every_key_of_every_table_is_documented() {
    let file = reference::file();
    let tables = tables(&file);
    assert!(tables.len() > 40, "{}", tables.len());
    for table in tables {
        for key in table.keys {
            let ends = key.doc.ends_with('.') || key.doc.ends_with(':');
            assert!(
                ends || key.doc.contains('.'),
                "{} {}: {}",
                table.header,
                key.name,
                key.doc
            );
            assert!(!key.doc.is_empty(), "{} {}", table.header, key.name);
        }
    }
}

#[test]
fn every_key_of_the_reference_is_read() {
    let file = reference::file();
    for table in tables(&file) {
        let mut text = format!("{}\n", table.header);
        if let Some((key, name)) = table.kind {
            text.push_str(&format!("{key} = \"{name}\"\n"));
        }
        for key in table
            .keys
            .iter()
            .filter(|key| key.shape.table().is_none() || !table.header.is_empty())
        {
            let value = match &key.shape {
                Shape::Choice(words) => format!("\"{}\"", words[0].0),
                _ => "1979-05-27".into(),
            };
            text.push_str(&format!("{} = {value}\n", key.name));
        }
        let unknown = unknown(&text);
        assert!(unknown.is_empty(), "{text}{unknown:?}");
    }
}

#[test]
fn every_key_that_is_read_is_in_the_reference() {
    let file = reference::file();
    for table in tables(&file).iter().filter(|table| !table.is_open) {
        let mut text = format!("{}\n", table.header);
        if let Some((key, name)) = table.kind {
            text.push_str(&format!("{key} = \"{name}\"\n"));
        }
        text.push_str("zyxwvutsrq = 1\n");
        let unknown = unknown(&text);
        let known = unknown.iter().find(|(key, _)| key == "zyxwvutsrq");
        let (_, known) = known.unwrap_or_else(|| panic!("{text} is read without an error"));
        for key in known {
            let is_kind = table.kind.is_some_and(|(kind, _)| kind == key);
            let is_known = table.keys.iter().any(|known| known.name == key);
            assert!(is_kind || is_known, "{}: {key}", table.header);
        }
    }
}

#[test]
fn keys_are_found_by_their_path() {
    let file = reference::file();
    let found = |path: &str| -> Vec<String> {
        let found = file.find(path).into_iter();
        found
            .map(|found| match found.kind {
                Some(kind) => format!("{} {kind}", found.path),
                None => found.path,
            })
            .collect()
    };
    assert_eq!(found("run.seed"), ["run.seed"]);
    assert_eq!(found("neurons.threshold"), ["neurons.NAME.threshold"]);
    assert_eq!(found("neurons.cells.threshold"), ["neurons.NAME.threshold"]);
    assert_eq!(
        found("stimulus.rate"),
        [
            "stimulus.NAME.rate poisson",
            "stimulus.NAME.rate poisson-input",
            "stimulus.NAME.rate task"
        ]
    );
    assert_eq!(
        found("training.optimiser.rate"),
        ["training.optimiser.rate"]
    );
    assert!(found("run.sed").is_empty() && found("seed").is_empty());
}

#[test]
fn keys_of_another_kind_are_refused() {
    let refused = |text: &str| {
        let errors = Experiment::parse(text, "any.toml", Path::new("")).unwrap_err();
        let mistakes = errors.errors.iter();
        let mistakes: Vec<String> = mistakes.map(|error| error.mistake.to_string()).collect();
        mistakes.join("\n")
    };
    let layers = |task: &str, optimiser: &str| {
        format!(
            "[task]\ndata = \"digits\"\n{task}\n[layers.output]\nsize = 10\n[training]\nepochs = 1\noptimiser = {optimiser}\n"
        )
    };
    assert_eq!(
        refused(&layers("", "{ kind = \"sgd\", momentum = 0.9, lr = 0.5 }")),
        "unknown key `momentum` in `optimiser` of [training]\nunknown key `lr` in `optimiser` of [training]"
    );
    assert_eq!(
        refused(&layers("examples = 50", "\"adam\"")),
        "[task] has both `data = \"digits\"` and `examples`"
    );
    let spikes = "[run]\nduration = \"50 ms\"\n[stimulus.in]\nkind = \"spikes\"\ncount = 2\nfile = \"spikes.csv\"\nunit = \"ms\"\n";
    assert_eq!(refused(spikes), "[stimulus.in] has both `file` and `unit`");
    let step = "[run]\nduration = \"50 ms\"\n[stimulus.in]\nkind = \"step\"\namplitude = 1\nrate = \"3 Hz\"\n";
    assert_eq!(refused(step), "unknown key `rate` in [stimulus.in]");
}
