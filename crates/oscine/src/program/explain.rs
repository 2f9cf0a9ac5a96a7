//! `oscine explain TABLE|TABLE.KEY`: what a table of the experiment file or one of its keys is.

use std::fmt::Write;

use clap::Args;
use oscine::network::nearest;
use oscine::network::reference::{self, Found, KeyReference, Shape, TableReference};

use super::fault::Fault;

/// Explains a table of the experiment file, or one of its keys.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  oscine explain\n  oscine explain run\n  oscine explain neurons.threshold\n  oscine explain stimulus.rate"
)]
pub struct ExplainArguments {
    /// A table (`run`), or a key (`run.seed`); all tables where nothing is named.
    of: Option<String>,
}

/// Prints it.
pub fn carry_out(arguments: &ExplainArguments) -> Result<(), Fault> {
    let file = reference::file();
    let text = match &arguments.of {
        None => list(&file),
        Some(path) => explained(&file, path)?,
    };
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
    Ok(())
}

/// All tables, and the keys of the file that are none.
fn list(file: &TableReference) -> String {
    let mut text = format!("{}\n\n", file.doc);
    for key in &file.keys {
        let _ = writeln!(text, "  {:16} {}", header(key), key.doc);
    }
    text.push_str("\n`oscine explain run` lists the keys of a table, `oscine explain run.seed` explains one.\n");
    text
}

/// How a table begins in a file; the name of a key that is none.
fn header(key: &KeyReference) -> String {
    match (&key.shape, key.shape.table()) {
        (Shape::List(_), Some(_)) => format!("[[{}]]", key.name),
        (_, Some(_)) if key.shape.has_names() => format!("[{}.NAME]", key.name),
        (Shape::Table(_), _) | (Shape::ByDottedName(_), _) => format!("[{}]", key.name),
        _ => key.name.into(),
    }
}

fn explained(file: &TableReference, path: &str) -> Result<String, Fault> {
    let path = path.trim_matches(['[', ']']);
    let found = file.find(path);
    if found.is_empty() {
        return kind_explained(file, path).ok_or_else(|| unknown(file, path));
    }
    let texts: Vec<String> = found.iter().map(one).collect();
    Ok(texts.join("\n"))
}

/// The key that names the kind of a table.
fn kind_explained(file: &TableReference, path: &str) -> Option<String> {
    let (table, key) = path.rsplit_once('.')?;
    let found = file.find(table);
    let kinds = found.first()?.key.shape.table()?.kinds.as_ref()?;
    if kinds.key != key {
        return None;
    }
    let mut text = format!("{path}\n  {}\n", kinds.doc);
    if let Some(usual) = kinds.usual {
        let _ = writeln!(text, "  \"{usual}\" where nothing is written");
    }
    text.push('\n');
    for (name, variant) in &kinds.variants {
        let _ = writeln!(text, "  {name:20} {}", variant.doc);
    }
    if let Some(others) = kinds.others {
        let _ = writeln!(text, "  {:20} {others}", "");
    }
    Some(text)
}

fn unknown(file: &TableReference, path: &str) -> Fault {
    let (table, key) = path.rsplit_once('.').unwrap_or(("", path));
    let inside = file.find(table);
    let names = match inside.first().and_then(|found| found.key.shape.table()) {
        Some(table) => table.names(),
        None => file.names(),
    };
    let near = nearest(key, names.iter().copied());
    let help = match (near, table) {
        (Some(near), "") => format!("did you mean `{near}`?"),
        (Some(near), table) => format!("did you mean `{table}.{near}`?"),
        (None, "") => "`oscine explain` lists the tables".into(),
        (None, _) => format!("there is {}", names.join(", ")),
    };
    Fault::of_the_call(
        format!("there is no table or key called `{path}`"),
        Some(help),
    )
}

/// A key; the keys of a table with it.
fn one(found: &Found) -> String {
    let key = found.key;
    let mut text = match found.kind {
        Some(kind) => format!("{} (of kind \"{kind}\")\n  {}\n", found.path, key.doc),
        None => format!("{}\n  {}\n", found.path, key.doc),
    };
    let table = key.shape.table();
    if table.is_none() || matches!(key.shape, Shape::Either(_) | Shape::OrMatrix(_)) {
        let _ = writeln!(text, "  takes      {}", takes(&key.shape));
    }
    for (label, value) in [
        ("range", key.range.map(str::to_string)),
        ("default", key.default.clone()),
        ("needed, as", key.needs.map(str::to_string)),
    ] {
        if let Some(value) = value {
            let _ = writeln!(text, "  {label:10} {value}");
        }
    }
    if let Some(table) = table {
        let _ = writeln!(text, "\n  {}", table.doc);
        keys(&mut text, table);
    }
    text
}

/// The keys of a table, one a line; those of its kinds below each.
fn keys(text: &mut String, table: &TableReference) {
    let line = |text: &mut String, key: &KeyReference| {
        let _ = writeln!(text, "    {:16} {}{}", key.name, key.doc, default(key));
    };
    for key in &table.keys {
        line(text, key);
    }
    if table.is_open {
        let _ = writeln!(text, "    {:16} further keys as settings", "…");
    }
    let Some(kinds) = &table.kinds else {
        return;
    };
    let _ = writeln!(text, "    {:16} {}", kinds.key, kinds.doc);
    for (name, variant) in &kinds.variants {
        let _ = writeln!(text, "\n  {} = \"{name}\": {}", kinds.key, variant.doc);
        for key in &variant.keys {
            line(text, key);
        }
    }
}

fn default(key: &KeyReference) -> String {
    match &key.default {
        Some(default) => format!(" [{default}]"),
        None if key.needs.is_some() => " [needed]".into(),
        None => String::new(),
    }
}

/// What can be written, in words.
fn takes(shape: &Shape) -> String {
    match shape {
        Shape::Text => "a string".into(),
        Shape::Expression => "an expression: a string or a number".into(),
        Shape::Quantity { expected, unit } => format!("{expected}, read in {unit}"),
        Shape::Number => "a number".into(),
        Shape::Count { .. } => "a whole number".into(),
        Shape::Digits => "a whole number as a string".into(),
        Shape::Flag => "true or false".into(),
        Shape::No => "false".into(),
        Shape::Choice(words) => {
            let words: Vec<String> = words
                .iter()
                .map(|(word, _)| format!("\"{word}\""))
                .collect();
            words.join(", ")
        }
        Shape::NameOr(names) => format!("{}, or an expression", names.join(", ")),
        Shape::Several(one) => format!("{}, or a list of such", takes(one)),
        Shape::List(one) => format!("a list: {}", takes(one)),
        Shape::OrMatrix(one) => format!("{}, or a matrix of such", takes(one)),
        Shape::Either(shapes) => {
            let shapes: Vec<String> = shapes.iter().map(takes).collect();
            shapes.join("; or ")
        }
        Shape::ByName(one) | Shape::ByDottedName(one) => {
            format!("a table; each value {}", takes(one))
        }
        Shape::Table(_) => "a table with the keys below".into(),
        Shape::Anything => "a value".into(),
    }
}
