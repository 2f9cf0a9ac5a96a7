//! What is wrong with a description: each mistake with the place where it stands, as a diagnostic that `miette` draws with its line underlined.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::Mistake;

/// No more mistakes than this are shown of one file; a person mends a few and looks again.
pub const MOST_SHOWN: usize = 20;

/// Everything that is wrong with an experiment, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct DescriptionErrors {
    /// At least one, at most [`MOST_SHOWN`].
    pub errors: Vec<DescriptionError>,
    /// How many more there were.
    pub left_out: usize,
}

/// One mistake and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct DescriptionError {
    /// What is wrong.
    pub mistake: Mistake,
    /// The file, or the setting (`--set run.seed=x`), or the name of the table where the experiment was built in Rust.
    pub name: String,
    /// Its text; empty where there is none.
    pub text: Arc<str>,
    /// Which bytes of the text; `None` where the mistake has no place.
    pub span: Option<Range<usize>>,
}

impl DescriptionErrors {
    /// One mistake about a file as a whole.
    pub(crate) fn of_file(name: impl Into<String>, mistake: Mistake) -> Self {
        Self {
            errors: vec![DescriptionError {
                mistake,
                name: name.into(),
                text: Arc::from(""),
                span: None,
            }],
            left_out: 0,
        }
    }
}

impl fmt::Display for DescriptionErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.errors.len() + self.left_out;
        match self.errors.first() {
            Some(first) if count > 1 => write!(f, "{first}, and {} more", count - 1),
            Some(first) => first.fmt(f),
            None => Ok(()),
        }
    }
}

impl std::error::Error for DescriptionErrors {}

impl miette::Diagnostic for DescriptionErrors {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        Some(Box::new(
            self.errors
                .iter()
                .map(|error| error as &dyn miette::Diagnostic),
        ))
    }
}

impl DescriptionError {
    /// Line and column, counted from 1.
    pub fn line_and_column(&self) -> Option<(usize, usize)> {
        let start = self.span.as_ref()?.start.min(self.text.len());
        let before = &self.text.as_bytes()[..start];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&before[line_start..])
            .chars()
            .count()
            + 1;
        Some((line, column))
    }
}

impl fmt::Display for DescriptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line_and_column() {
            Some((line, column)) => write!(f, "{}:{line}:{column}: {}", self.name, self.mistake),
            None => write!(f, "{}: {}", self.name, self.mistake),
        }
    }
}

impl std::error::Error for DescriptionError {}

impl miette::Diagnostic for DescriptionError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.mistake
            .help()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.span
            .is_some()
            .then_some(&self.text as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        let span = self.span.clone()?;
        let label = miette::LabeledSpan::new(Some("here".into()), span.start, span.len());
        Some(Box::new(std::iter::once(label)))
    }
}
