//! The named models that ship with the program: every file of `catalogue/`, embedded when it is built.

use crate::Entry;
use crate::reading::fields::Context;
use crate::reading::models::read_entry;

/// Name, folder, text of each entry, by folder and name.
const ENTRIES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// The entry of that name; `adex:bursting` is the entry `adex` with its set `bursting` in place of its own parameters.
///
/// ```
/// assert!(oscine_network::catalogue::find("no-such-model").is_none());
/// ```
pub fn find(name: &str) -> Option<Entry> {
    let (stem, set) = match name.split_once(':') {
        Some((stem, set)) => (stem, Some(set)),
        None => (name, None),
    };
    let (stem, _, text) = ENTRIES.iter().find(|(known, ..)| *known == stem)?;
    let mut entry = parse(stem, text)?;
    if let Some(set) = set {
        entry.choose(set).ok()?;
        entry.name = name.to_string();
    }
    Some(entry)
}

/// Every entry, by folder and name.
pub fn all() -> impl Iterator<Item = Entry> {
    ENTRIES
        .iter()
        .filter_map(|(name, _, text)| parse(name, text))
}

/// The names of all entries.
pub fn names() -> impl Iterator<Item = &'static str> {
    ENTRIES.iter().map(|(name, ..)| *name)
}

/// An entry with its mistakes left out; the tests see to it that there are none.
fn parse(name: &str, text: &str) -> Option<Entry> {
    // Its places are not the experiment's: the first source is left free for that.
    let context = Context::default();
    context.add_source("", "");
    read_entry(&context, name, name, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_reads_without_a_mistake() {
        for (name, folder, text) in ENTRIES {
            let context = Context::default();
            context.add_source("", "");
            let entry = read_entry(&context, name, name, text);
            let found = context.found.borrow();
            assert!(found.is_empty(), "{folder}/{name}: {found:?}");
            assert!(
                entry.is_some_and(|entry| !entry.title.is_empty() && !entry.source.is_empty()),
                "{name}"
            );
        }
    }

    #[test]
    fn names_are_unique() {
        let mut seen: Vec<&str> = names().collect();
        seen.sort_unstable();
        let count = seen.len();
        seen.dedup();
        assert_eq!(seen.len(), count);
    }
}
