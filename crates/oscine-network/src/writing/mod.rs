//! From an [`Experiment`] to a TOML file that reads back equal. What came from the catalogue or from a matrix of many pairs is written
//! out in full, so that the file stands by itself.

mod values;

pub(crate) use values::{expression, number, string, time};

use crate::Experiment;
use crate::declaration;
use crate::reading::tree::{Kind, Node, Table};
use values::key;

/// A longer inline table becomes a table with a header of its own.
const LONGEST_LINE: usize = 110;

impl Experiment {
    /// The experiment as the text of a file, with all defaults filled in.
    ///
    /// ```
    /// # use oscine_network::Experiment;
    /// # use std::path::Path;
    /// let text = "[run]\nduration = \"1 s\"\n[neurons.cell]\ncount = 1\nequations = \"dv/dt = -v/(10*ms) : 1\"\n";
    /// let experiment = Experiment::parse(text, "cell.toml", Path::new("")).unwrap();
    /// let again = Experiment::parse(&experiment.to_toml(), "again.toml", Path::new("")).unwrap();
    /// assert_eq!(again, experiment);
    /// ```
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        if let Kind::Table(root) = declaration::write(self).kind {
            section(&mut out, "", &root);
        }
        out
    }
}

/// Writes a table: its header, its keys, then the tables inside it.
fn section(out: &mut String, path: &str, table: &Table) {
    let below = |name: &str| match path {
        "" => key(name),
        path => format!("{path}.{}", key(name)),
    };
    // Tables with a name each have no header together.
    let is_named = !path.contains('.') && table.entries.iter().all(|entry| entry.node.is_table());
    let (mut lines, mut inside) = (Vec::new(), Vec::new());
    for entry in &table.entries {
        match is_named || apart(path, &entry.node) {
            true => inside.push((below(&entry.key), &entry.node)),
            false => lines.push((key(&entry.key), inline_value(&entry.node))),
        }
    }
    if !path.is_empty() && (!is_named || inside.is_empty()) {
        begin(out, &format!("[{path}]"));
    }
    write_lines(out, &lines);
    for (path, node) in inside {
        match &node.kind {
            Kind::Table(table) => section(out, &path, table),
            Kind::List(tables) => {
                for node in tables {
                    if let Kind::Table(table) = &node.kind {
                        begin(out, &format!("[[{path}]]"));
                        entry_lines(out, &path, table);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The keys of one of the tables of a list, and the longer tables inside it.
fn entry_lines(out: &mut String, path: &str, table: &Table) {
    let (long, short): (Vec<_>, Vec<_>) = table
        .entries
        .iter()
        .partition(|entry| apart(path, &entry.node));
    let lines: Vec<(String, String)> = short
        .iter()
        .map(|entry| (key(&entry.key), inline_value(&entry.node)))
        .collect();
    write_lines(out, &lines);
    for entry in long {
        if let Kind::Table(table) = &entry.node.kind {
            section(out, &format!("{path}.{}", key(&entry.key)), table);
        }
    }
}

/// Whether a value is a table with a header of its own, or a list of such. These come after other keys, so that tables whose keys are names of the
/// file, or settings of a measure, stay inside in their order.
fn apart(path: &str, node: &Node) -> bool {
    let keeps_order = path.matches('.').count() > 1 || path.starts_with("measure.");
    match &node.kind {
        Kind::Table(_) if keeps_order => false,
        Kind::Table(_) if path.is_empty() => true,
        Kind::List(nodes) if path.is_empty() => nodes.iter().any(Node::is_table),
        Kind::Table(table) => {
            let inline = inline_value(node);
            !table.entries.is_empty() && (inline.len() > LONGEST_LINE || inline.contains('\n'))
        }
        _ => false,
    }
}

fn begin(out: &mut String, header: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(header);
    out.push('\n');
}

fn write_lines(out: &mut String, lines: &[(String, String)]) {
    let width = lines
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    for (name, value) in lines {
        out.push_str(&format!("{name:width$} = {value}\n"));
    }
}

/// A value on one line, but for texts that have several.
pub(crate) fn inline_value(node: &Node) -> String {
    match &node.kind {
        Kind::Text(text, _) => string(text),
        Kind::Integer(_, written) | Kind::Float(_, written) => written.clone(),
        Kind::Flag(flag) => flag.to_string(),
        // No value of an experiment is a date.
        Kind::Date => String::new(),
        Kind::List(nodes) => {
            let values: Vec<String> = nodes.iter().map(inline_value).collect();
            format!("[{}]", values.join(", "))
        }
        Kind::Table(table) if table.entries.is_empty() => "{}".into(),
        Kind::Table(table) => {
            let entries = table.entries.iter();
            let entries: Vec<String> = entries
                .map(|entry| format!("{} = {}", key(&entry.key), inline_value(&entry.node)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}
