//! What a person can do wrong in an equation, each with its place in the text and a way to mend it.

use std::fmt;
use std::ops::Range;

use miette::{Diagnostic, LabeledSpan, SourceCode};

use crate::dimension::Dimension;

/// What is wrong, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum EquationMistake {
    #[error("the text is {bytes} bytes long; at most {limit} are read")]
    TooLong { bytes: usize, limit: usize },
    #[error("the expression is nested more than {limit} levels deep")]
    TooDeep { limit: usize },
    #[error("the character `{0}` means nothing here")]
    UnexpectedCharacter(char),
    #[error("expected {expected}, found {found}")]
    Expected { expected: String, found: String },
    #[error("there is no expression here")]
    Empty,
    #[error("{0}")]
    Formula(String),
    #[error("this parenthesis is never closed")]
    UnclosedParenthesis,
    #[error("this parenthesis was never opened")]
    UnopenedParenthesis,
    #[error("comparisons cannot be chained")]
    ChainedComparison,
    #[error("`{0}` is not known here")]
    UnknownName(String),
    #[error("there is no function called `{0}`")]
    UnknownFunction(String),
    #[error("`{0}` is not a function")]
    NotAFunction(String),
    #[error("`{0}` is a function and needs its arguments")]
    FunctionAlone(String),
    #[error("`{function}` takes {expected}, not {found}")]
    ArgumentCount {
        function: String,
        expected: String,
        found: usize,
    },
    #[error("cannot {operation}: {} and {} are different dimensions", named(*left), named(*right))]
    DifferentDimensions {
        operation: String,
        left: Dimension,
        right: Dimension,
    },
    #[error("`{function}` needs {}, not {}", named(*expected), named(*found))]
    ArgumentDimension {
        function: String,
        expected: Dimension,
        found: Dimension,
    },
    #[error("{what} should be {}, but this is {}", named(*expected), named(*found))]
    WrongDimension {
        what: String,
        expected: Dimension,
        found: Dimension,
    },
    #[error("an exponent must be a number without dimension, not {}", named(*.0))]
    ExponentWithDimension(Dimension),
    #[error("{} can only be raised to a power that is a constant", named(*.0))]
    ExponentNotConstant(Dimension),
    #[error("{} to the power of {exponent} has no dimension that can be kept", named(*base))]
    ExponentOdd { base: Dimension, exponent: String },
    #[error("{0} must be a condition, true or false")]
    NotACondition(String),
    #[error("a condition is not a number")]
    ConditionAsNumber,
    #[error("`{0}` has no unit: a line ends with `: unit`")]
    MissingUnit(String),
    #[error("`{0}` is not a unit")]
    UnknownUnit(String),
    #[error("`{0}` is a scaled unit: equations keep SI values")]
    ScaledUnit(String),
    #[error("this is not a line of equations")]
    NotAnEquation,
    #[error("`{0}` variables have no differential equation")]
    WholeState(String),
    #[error("`{0}` cannot take a sum over synapses")]
    SummedTarget(String),
    #[error("`{0}` is not a flag")]
    UnknownFlag(String),
    #[error("the flag `{flag}` has no meaning for {kind}")]
    MisplacedFlag { flag: String, kind: &'static str },
    #[error("the flags `{0}` and `{1}` exclude each other")]
    ContradictoryFlags(String, String),
    #[error("`{0}` is defined twice")]
    DefinedTwice(String),
    #[error("`{name}` cannot be defined: it is {reserved}")]
    Reserved { name: String, reserved: String },
    #[error("these subexpressions need each other: {}", .0.join(" -> "))]
    Cycle(Vec<String>),
    #[error(
        "the noise `{0}` must enter as a term or a factor, not inside a function or a product with noise"
    )]
    NonlinearNoise(String),
    #[error("the noise `{0}` has a meaning only in a differential equation")]
    MisplacedNoise(String),
    #[error("`{name}` cannot be changed here: it is {reason}")]
    NotWritable { name: String, reason: &'static str },
    #[error("`{0}` is not a variable here, and nothing reads it afterwards")]
    UnusedName(String),
    #[error("this is not a quantity: a number, a unit, or both")]
    NotAQuantity,
}

/// A dimension as it reads in a sentence.
pub(crate) fn named(dimension: Dimension) -> String {
    if dimension.is_dimensionless() {
        "a number without unit".to_owned()
    } else {
        dimension.to_string()
    }
}

/// A mistake in a text, with its place: shown by `miette` with the text underlined.
///
/// Spans are byte ranges of [`EquationError::text`], so that a caller that took the text out of a file can point
/// into the file instead.
#[derive(Clone)]
pub struct EquationError {
    text: String,
    problem: BoxedMistake,
}

/// A mistake before the text that it is in is attached.
pub(crate) type BoxedMistake = Box<PlacedMistake>;

/// A mistake and its place.
#[derive(Clone, Debug)]
pub(crate) struct PlacedMistake {
    mistake: EquationMistake,
    span: Range<usize>,
    label: String,
    second: Option<(Range<usize>, String)>,
    help: Option<String>,
}

impl EquationMistake {
    /// The mistake at a place.
    pub(crate) fn at(self, span: Range<usize>, label: impl Into<String>) -> BoxedMistake {
        Box::new(PlacedMistake {
            mistake: self,
            span,
            label: label.into(),
            second: None,
            help: None,
        })
    }
}

impl PlacedMistake {
    pub(crate) fn help(mut self: Box<Self>, help: impl Into<String>) -> BoxedMistake {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn maybe_help(mut self: Box<Self>, help: Option<String>) -> BoxedMistake {
        self.help = help;
        self
    }

    pub(crate) fn second(
        mut self: Box<Self>,
        span: Range<usize>,
        label: impl Into<String>,
    ) -> BoxedMistake {
        self.second = Some((span, label.into()));
        self
    }

    /// Attaches the text, of which no more is kept than can be shown.
    pub(crate) fn within(self: Box<Self>, text: &str) -> EquationError {
        let mut end = text.len().min(crate::syntax::LONGEST_TEXT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        EquationError {
            text: text[..end].to_owned(),
            problem: self,
        }
    }
}

impl EquationError {
    /// What is wrong.
    pub fn mistake(&self) -> &EquationMistake {
        &self.problem.mistake
    }

    /// The sentence that says what is wrong.
    pub fn message(&self) -> String {
        self.problem.mistake.to_string()
    }

    /// The place, in bytes of [`Self::text`].
    pub fn span(&self) -> Range<usize> {
        self.problem.span.clone()
    }

    /// What is said at the place.
    pub fn label(&self) -> &str {
        &self.problem.label
    }

    /// A second place that has to do with it, and what is said there.
    pub fn second(&self) -> Option<(Range<usize>, &str)> {
        let (span, label) = self.problem.second.as_ref()?;
        Some((span.clone(), label))
    }

    /// How to mend it.
    pub fn help(&self) -> Option<&str> {
        self.problem.help.as_deref()
    }

    /// The whole text that the mistake is in.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for EquationError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.mistake.fmt(out)
    }
}

impl fmt::Debug for EquationError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("EquationError")
            .field("mistake", &self.problem.mistake)
            .field("span", &self.problem.span)
            .field("label", &self.problem.label)
            .field("second", &self.problem.second)
            .field("help", &self.problem.help)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for EquationError {}

impl Diagnostic for EquationError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.problem.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.text)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let first = LabeledSpan::new_primary_with_span(
            Some(self.problem.label.clone()),
            self.problem.span.clone(),
        );
        let second = self
            .problem
            .second
            .as_ref()
            .map(|(span, label)| LabeledSpan::new_with_span(Some(label.clone()), span.clone()));
        Some(Box::new(std::iter::once(first).chain(second)))
    }
}
