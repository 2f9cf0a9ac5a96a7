//! `oscine measures [NAME]`: what a file can measure by name, and the functions of formulas.

use std::fmt::Write;

use clap::Args;
use oscine::experiment::formula::FUNCTIONS;
use oscine::experiment::measures::{FAMILIES, MeasureKind, kinds};
use oscine::network::nearest;

use super::fault::Fault;
use super::screen;

/// Lists what an experiment file can measure by name, and the functions that its formulas know.
#[derive(Args)]
#[command(after_help = "Examples:\n  oscine measures\n  oscine measures phase-response")]
pub struct MeasuresArguments {
    /// One of them.
    name: Option<String>,
}

/// Prints the list, or one of it.
pub fn carry_out(arguments: &MeasuresArguments) -> Result<(), Fault> {
    let text = match &arguments.name {
        None => list(),
        Some(name) => one(name)?,
    };
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
    Ok(())
}

fn list() -> String {
    let mut text = String::new();
    for (family, kinds) in FAMILIES {
        let _ = writeln!(text, "measures {family}");
        for kind in *kinds {
            entry(&mut text, kind.name, kind.gives);
        }
        text.push('\n');
    }
    text.push_str("functions of formulas, along the innermost axis\n");
    for function in FUNCTIONS {
        entry(&mut text, function.example, function.gives);
    }
    text.push_str("\nIn a file: `[measure.rate]` and below it `what = \"firing-rate\"`, `of = \"raster\"`; or `value = \"mean(rate)/2\"`.\n");
    text
}

fn one(name: &str) -> Result<String, Fault> {
    let mut text = String::new();
    let known: Option<&MeasureKind> = kinds().find(|kind| kind.name == name);
    if let Some(kind) = known {
        entry(&mut text, kind.name, kind.gives);
        let of = if FAMILIES.iter().any(|(family, kinds)| {
            *family == "of models" && kinds.iter().any(|known| known.name == name)
        }) {
            "POPULATION"
        } else {
            "RECORD"
        };
        let _ = writeln!(text, "\n[measure.NAME]\nwhat = \"{name}\"\nof   = \"{of}\"");
        return Ok(text);
    }
    let functions: Vec<_> = FUNCTIONS
        .iter()
        .filter(|function| function.name == name)
        .collect();
    if functions.is_empty() {
        let names = kinds()
            .map(|kind| kind.name)
            .chain(FUNCTIONS.iter().map(|one| one.name));
        return Err(Fault::of_the_call(
            format!("there is no measure or function called `{name}`"),
            Some(match nearest(name, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`oscine measures` lists them".into(),
            }),
        ));
    }
    for function in functions {
        entry(&mut text, function.example, function.gives);
    }
    Ok(text)
}

/// A name, and what it gives, wrapped beside it.
fn entry(text: &mut String, name: &str, gives: &str) {
    const NAMES: usize = 30;
    let room = screen::width().saturating_sub(NAMES).max(24);
    let mut line = format!("  {name:width$}", width = NAMES - 2);
    let mut used = 0;
    for word in gives.split(' ') {
        let length = word.chars().count() + 1;
        if used > 0 && used + length > room {
            let _ = writeln!(text, "{}", line.trim_end());
            line = " ".repeat(NAMES);
            used = 0;
        }
        line.push_str(word);
        line.push(' ');
        used += length;
    }
    let _ = writeln!(text, "{}", line.trim_end());
}
