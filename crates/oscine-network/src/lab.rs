//! The experiments that ship with the program: every file of `lab/`, embedded when it is built.

use std::path::Path;

use crate::{DescriptionErrors, Experiment, Value};

/// Name, folder, text of each file, by folder and name.
const FILES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/lab.rs"));

/// What the folders of the lab ask, in the order in which a reader meets them.
pub const QUESTIONS: &[(&str, &str)] = &[
    ("communication", "How does it communicate?"),
    ("noise", "What does noise do to it?"),
    ("change", "How do its connections change?"),
    ("networks", "Networks from the literature"),
];

/// An experiment of the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabFile {
    /// Its name: the file's, without its ending.
    pub name: &'static str,
    /// The folder that it is in.
    pub folder: &'static str,
    /// The file.
    pub text: &'static str,
}

impl LabFile {
    /// Where it stands in the project.
    #[must_use]
    pub fn path(&self) -> String {
        format!("lab/{}/{}.toml", self.folder, self.name)
    }

    /// The experiment, with other values of some keys.
    ///
    /// # Errors
    /// What is wrong with it, or with the settings.
    pub fn read(&self, settings: &[(String, Value)]) -> Result<Experiment, DescriptionErrors> {
        Experiment::parse_with_values(self.text, &self.path(), Path::new(""), settings)
    }
}

/// Every experiment, by question, then by name.
#[must_use]
pub fn all() -> Vec<LabFile> {
    let file = |&(name, folder, text): &(&'static str, &'static str, &'static str)| LabFile {
        name,
        folder,
        text,
    };
    let mut files: Vec<LabFile> = FILES.iter().map(file).collect();
    let order = |folder: &str| QUESTIONS.iter().position(|(known, _)| *known == folder);
    files.sort_by_key(|file| (order(file.folder).unwrap_or(usize::MAX), file.name));
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_reads_in_its_whole_and_in_its_short_form() {
        for file in all() {
            let experiment = file.read(&[]).unwrap_or_else(|errors| panic!("{errors}"));
            let short = file.read(&experiment.quick);
            assert!(short.is_ok(), "{}: {short:?}", file.name);
            assert!(
                !experiment.question.is_empty(),
                "{} asks nothing",
                file.name
            );
        }
    }

    #[test]
    fn names_are_unique_and_folders_have_a_question() {
        let mut names: Vec<&str> = all().iter().map(|file| file.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        for file in all() {
            assert!(
                QUESTIONS.iter().any(|(folder, _)| *folder == file.folder),
                "{}",
                file.folder
            );
        }
    }
}
