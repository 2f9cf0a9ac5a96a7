//! What is wrong with a description: each mistake with the place where it stands, shown with its line underlined.

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

    /// All of them as plain text: place, line, underlining, help.
    pub fn render(&self) -> String {
        let mut out = String::new();
        for error in &self.errors {
            out.push_str(&error.render());
            out.push('\n');
        }
        if self.left_out > 0 {
            out.push_str(&format!("and {} more\n", self.left_out));
        }
        out
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

    /// As plain text: place, sentence, the line underlined, help.
    pub fn render(&self) -> String {
        let Some(span) = &self.span else {
            let mut out = format!("{}: {}\n", self.name, self.mistake);
            if let Some(help) = self.mistake.help() {
                out.push_str(&format!("  help: {help}\n"));
            }
            return out;
        };
        let (line, column) = self.line_and_column().unwrap_or((1, 1));
        let mut out = format!("{}:{line}:{column}: {}\n", self.name, self.mistake);
        let excerpt = Excerpt::new(&self.text, span);
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        out.push_str(&format!("{margin} |\n{number} | {}\n", excerpt.line));
        out.push_str(&format!(
            "{margin} | {}{}\n",
            " ".repeat(excerpt.before),
            "^".repeat(excerpt.width)
        ));
        if let Some(help) = self.mistake.help() {
            out.push_str(&format!("{margin} = help: {help}\n"));
        }
        out
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

/// The line of a place, cut to a readable length around it.
struct Excerpt {
    line: String,
    before: usize,
    width: usize,
}

impl Excerpt {
    /// Characters shown before the place, at most.
    const BEFORE: usize = 60;
    /// Characters shown in all, at most.
    const WIDTH: usize = 120;

    fn new(text: &str, span: &Range<usize>) -> Self {
        let floor = |mut at: usize| {
            at = at.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = floor(span.start);
        let end = floor(span.end).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let show = |c: char| if c.is_control() { ' ' } else { c };
        let before: Vec<char> = text[line_start..start].chars().map(show).collect();
        let cut = before.len().saturating_sub(Self::BEFORE);
        let mut line: String = before[cut..].iter().collect();
        let mut offset = before.len() - cut;
        if cut > 0 {
            line.insert_str(0, "… ");
            offset += 2;
        }
        let room = Self::WIDTH.saturating_sub(offset);
        let mut rest = text[start..line_end].chars().map(show);
        line.extend(rest.by_ref().take(room));
        if rest.next().is_some() {
            line.push_str(" …");
        }
        let width = text[start..end.min(line_end)].chars().take(room).count();
        Self {
            line: line.trim_end().to_string(),
            before: offset,
            width: width.max(1),
        }
    }
}
