//! A piece of text with the place in the file where it stands.

use std::ops::Range;

/// Text that a person wrote (an expression, equations, a quantity), with its place in the experiment file where it
/// came from one. Two texts are equal when they say the same, wherever they stand.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// What it says.
    pub value: String,
    /// The bytes of the file that hold it, without quotation marks. Where the range is as long as `value`, byte k of `value`
    /// stands at `start + k`; where it is shorter, what follows was added by a model; where it is longer (a string with
    /// escapes) it is the range of the whole literal.
    pub place: Option<Range<usize>>,
}

impl Text {
    /// Text that stands in no file.
    pub fn new(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            place: None,
        }
    }

    /// Where the bytes `span` of `value` stand in the file, if they stand there as they are.
    pub fn place_of(&self, span: Range<usize>) -> Option<Range<usize>> {
        let place = self.place.as_ref()?;
        let within = place.len() <= self.value.len() && span.end <= place.len();
        within.then(|| place.start + span.start..place.start + span.end)
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl From<&str> for Text {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

impl From<String> for Text {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}
