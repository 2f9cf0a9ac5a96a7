//! One mistake with the lines of the file that it stands in, underlined.

use std::fmt;
use std::ops::Range;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode,
};
use oscine::engine::BuildError;
use oscine::equations::EquationError;
use oscine::network::{DescriptionError, DescriptionErrors};

use super::screen;

/// Lines longer than this are cut around the place.
const LONGEST_LINE: usize = 160;
/// Characters kept before the place in a line that is cut.
const KEPT_BEFORE: usize = 50;

/// A mistake as it is shown.
#[derive(Debug)]
pub struct ShownProblem {
    message: String,
    help: Option<String>,
    source: Option<NamedSource<String>>,
    labels: Vec<(Range<usize>, String)>,
}

impl ShownProblem {
    /// A mistake without a place.
    pub fn new(message: impl Into<String>, help: Option<String>) -> Self {
        Self {
            message: message.into(),
            help,
            source: None,
            labels: Vec::new(),
        }
    }

    /// The same, at places of a text.
    fn at(mut self, name: &str, text: &str, places: Vec<(Range<usize>, String)>) -> Self {
        let Some((first, _)) = places.first() else {
            return self;
        };
        let start = floor(text, first.start);
        let begin = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line_is_long = end - begin > LONGEST_LINE;
        if !line_is_long {
            self.source = Some(NamedSource::new(name, text.to_owned()));
            self.labels = places;
            return self;
        }
        let from = floor(text, start.saturating_sub(KEPT_BEFORE).max(begin));
        let to = floor(text, end.min(from + LONGEST_LINE));
        let line = text[..begin].matches('\n').count() + 1;
        let dots = |cut: bool| if cut { "…" } else { "" };
        let (before, after) = (dots(from > begin), dots(to < end));
        self.source = Some(NamedSource::new(
            format!("{name}, line {line}"),
            format!("{before}{}{after}", &text[from..to]),
        ));
        self.labels = places
            .into_iter()
            .filter(|(place, _)| place.start >= from && place.start <= to)
            .map(|(place, label)| {
                let shift = |at: usize| at.min(to) - from + before.len();
                (shift(place.start)..shift(place.end.max(place.start)), label)
            })
            .collect();
        self
    }

    /// Every mistake of a description.
    pub fn of_description(errors: &DescriptionErrors) -> Vec<Self> {
        let mut problems: Vec<Self> = errors.errors.iter().map(Self::of_one).collect();
        if errors.left_out > 0 {
            problems.push(Self::new(
                format!("and {} more like these", errors.left_out),
                None,
            ));
        }
        problems
    }

    fn of_one(error: &DescriptionError) -> Self {
        let help = error.mistake.help();
        match &error.span {
            Some(span) => Self::new(error.mistake.to_string(), help).at(
                &error.name,
                &error.text,
                vec![(span.clone(), String::new())],
            ),
            None => Self::new(format!("{}: {}", error.name, error.mistake), help),
        }
    }

    /// What keeps a network from being built. `name` and `text` are the experiment file's.
    pub fn of_build(error: &BuildError, name: &str, text: Option<&str>) -> Self {
        match error {
            BuildError::Equation {
                place,
                owner,
                error,
            } => Self::of_equation(error, owner, place.clone(), name, text),
            BuildError::Description {
                place,
                owner,
                message,
                help,
            } => {
                let problem = Self::new(format!("{owner}: {message}"), help.clone());
                match (place, text) {
                    (Some(place), Some(text)) if place.end <= text.len() => {
                        problem.at(name, text, vec![(place.clone(), String::new())])
                    }
                    _ => problem,
                }
            }
            other => Self::new(other.to_string(), None),
        }
    }

    fn of_equation(
        error: &EquationError,
        owner: &str,
        place: Option<Range<usize>>,
        name: &str,
        text: Option<&str>,
    ) -> Self {
        let mut places = vec![(error.span(), error.label().to_owned())];
        if let Some((span, label)) = error.second() {
            places.push((span, label.to_owned()));
        }
        let problem = Self::new(
            format!("{owner}: {}", error.message()),
            error.help().map(str::to_owned),
        );
        // A text with escapes differs from what stands in the file, and what a model added to it stands nowhere there: these are shown
        // by themselves.
        let anchor = place.zip(text).filter(|(place, text)| {
            let content = text.get(place.clone());
            content.is_some_and(|content| {
                let inside = |(span, _): &(Range<usize>, String)| span.end <= content.len();
                error.text().starts_with(content) && places.iter().all(inside)
            })
        });
        match anchor {
            Some((place, text)) => {
                for (span, _) in &mut places {
                    *span = span.start + place.start..span.end + place.start;
                }
                problem.at(name, text, places)
            }
            None => problem.at(owner, error.text(), places),
        }
    }

    /// As text for the terminal, in colour where that is wanted.
    pub fn shown(&self) -> String {
        let theme = if screen::in_colour(screen::OutputStream::Error) {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_links(false)
            .with_width(screen::width());
        let mut text = String::new();
        match handler.render_report(&mut text, self) {
            Ok(()) => text,
            Err(_) => format!("{self}\n"),
        }
    }
}

/// The start of the character that this byte is of.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Display for ShownProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for ShownProblem {}

impl Diagnostic for ShownProblem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().map(|(span, label)| {
            let label = (!label.is_empty()).then(|| label.clone());
            LabeledSpan::new_with_span(label, span.clone())
        })))
    }
}
