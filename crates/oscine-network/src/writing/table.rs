//! One table being written: its keys first, then the tables inside it.

use super::values::{key, number, string, text, time};
use crate::{Named, Text};

/// A longer inline table becomes a table with a header of its own.
const LONGEST_LINE: usize = 110;

/// The lines of a table under a header.
pub(super) struct Table {
    header: String,
    lines: Vec<(String, String)>,
    inside: Vec<Table>,
}

impl Table {
    /// Under `header`, as in `[run]`; the top of the file has none.
    pub fn new(header: impl Into<String>) -> Self {
        Self {
            header: header.into(),
            lines: Vec::new(),
            inside: Vec::new(),
        }
    }

    /// A value as TOML.
    pub fn raw(&mut self, name: &str, value: impl Into<String>) {
        self.lines.push((key(name), value.into()));
    }

    pub fn string(&mut self, name: &str, value: &str) {
        self.raw(name, string(value));
    }

    /// A string, left out where it is empty.
    pub fn filled(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.string(name, value);
        }
    }

    pub fn text(&mut self, name: &str, value: &Text) {
        self.raw(name, text(value));
    }

    pub fn optional_text(&mut self, name: &str, value: &Option<Text>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    pub fn time(&mut self, name: &str, seconds: f64) {
        self.string(name, &time(seconds));
    }

    pub fn frequency(&mut self, name: &str, hertz: f64) {
        self.string(name, &format!("{} Hz", number(hertz)));
    }

    pub fn flag(&mut self, name: &str, value: bool) {
        self.raw(name, value.to_string());
    }

    /// One string, or a list.
    pub fn strings(&mut self, name: &str, values: &[String]) {
        match values {
            [one] => self.string(name, one),
            _ => self.raw(name, list(values.iter().map(|value| string(value)))),
        }
    }

    /// Values by name, as TOML.
    pub fn named(&mut self, name: &str, values: Vec<(String, String)>) {
        if values.is_empty() {
            return;
        }
        let inline = inline(
            values
                .iter()
                .map(|(name, value)| (name.as_str(), value.clone())),
        );
        if inline.len() <= LONGEST_LINE && !inline.contains('\n') {
            self.raw(name, inline);
            return;
        }
        let header = self.header.trim_start_matches('[').trim_end_matches(']');
        let mut inside = Table::new(format!("[{header}.{}]", key(name)));
        for (name, value) in values {
            inside.raw(&name, value);
        }
        self.inside.push(inside);
    }

    /// Expressions by name.
    pub fn named_texts(&mut self, name: &str, values: &Named<Text>) {
        let values = values
            .iter()
            .map(|(name, value)| (name.clone(), text(value)));
        self.named(name, values.collect());
    }

    /// Appends all of it, with a blank line before each header.
    pub fn write(&self, out: &mut String) {
        if !self.header.is_empty() {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&self.header);
            out.push('\n');
        }
        let width = self
            .lines
            .iter()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or(0);
        for (name, value) in &self.lines {
            out.push_str(&format!("{name:width$} = {value}\n"));
        }
        for inside in &self.inside {
            inside.write(out);
        }
    }
}

/// `[a, b]`.
pub(super) fn list(values: impl Iterator<Item = String>) -> String {
    format!("[{}]", values.collect::<Vec<_>>().join(", "))
}

/// `{ a = 1, b = 2 }`.
pub(super) fn inline<'a>(values: impl Iterator<Item = (&'a str, String)>) -> String {
    let entries: Vec<String> = values
        .map(|(name, value)| format!("{} = {value}", key(name)))
        .collect();
    match entries.is_empty() {
        true => "{}".into(),
        false => format!("{{ {} }}", entries.join(", ")),
    }
}
