//! The examples that a network sees, as whoever read them holds them.

use crate::Shape;

/// Some examples.
#[derive(Clone, Copy, Debug)]
pub struct Examples<'a> {
    /// `[example][channel, row, column]`.
    pub inputs: &'a [f32],
    /// Of one example.
    pub shape: Shape,
    /// What should come out.
    pub targets: Targets<'a>,
}

/// What should come out of the last layer.
#[derive(Clone, Copy, Debug)]
pub enum Targets<'a> {
    /// 1 at the output of its class, 0 elsewhere.
    Classes {
        /// The class of each example.
        of: &'a [u32],
        /// How many classes there are.
        count: usize,
    },
    /// Values to be met.
    Values {
        /// `[example][output]`.
        values: &'a [f64],
        /// Values of one example.
        outputs: usize,
    },
}

impl Examples<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self.targets {
            Targets::Classes { of, .. } => of.len(),
            Targets::Values { values, outputs } => values.len() / outputs.max(1),
        }
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Outputs that the last layer needs, and what they are.
    pub(crate) fn outputs(&self) -> (usize, &'static str) {
        match self.targets {
            Targets::Classes { count, .. } => (count, " classes"),
            Targets::Values { outputs, .. } => (outputs, " values"),
        }
    }
}
