//! What a person can do wrong before a run, and what can go wrong in it.

use std::ops::Range;

use oscine_equations::{EquationError, IntegratorError};
use oscine_network::Text;

use crate::run::exchange::GaveUp;

/// Why a network could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A text of the equation language does not hold.
    #[error("{owner}: {error}")]
    Equation {
        /// Where the text's content begins and ends in the experiment file.
        place: Option<Range<usize>>,
        /// Whose text it is: `[neurons.cells] equations`.
        owner: String,
        /// What is wrong.
        error: Box<EquationError>,
    },
    /// Something in the description that only shows when it is put together.
    #[error("{owner}: {message}")]
    Description {
        /// Where it stands in the experiment file.
        place: Option<Range<usize>>,
        /// Whose it is: `[synapses.excitatory] delay`.
        owner: String,
        /// What is wrong.
        message: String,
        /// How to mend it.
        help: Option<String>,
    },
    /// The integrator asked for does not serve the equations.
    #[error("{owner}: {error}")]
    Integrator {
        /// Whose equations.
        owner: String,
        /// Why not.
        error: IntegratorError,
    },
    /// A file of pairs, spikes or values could not be read.
    #[error("{owner}: {message}")]
    File {
        /// Whose file.
        owner: String,
        /// What is wrong, with the file's name.
        message: String,
    },
}

impl From<GaveUp> for BuildError {
    fn from(gave_up: GaveUp) -> Self {
        BuildError::description("[run]", gave_up.to_string())
    }
}

impl BuildError {
    /// An error about a description.
    pub(crate) fn description(owner: impl Into<String>, message: impl Into<String>) -> Self {
        BuildError::Description {
            place: None,
            owner: owner.into(),
            message: message.into(),
            help: None,
        }
    }

    /// The same with advice.
    pub(crate) fn with_help(mut self, advice: impl Into<String>) -> Self {
        if let BuildError::Description { help, .. } = &mut self {
            *help = Some(advice.into());
        }
        self
    }

    /// The same with its place in the file.
    pub(crate) fn at(mut self, range: Option<Range<usize>>) -> Self {
        if let BuildError::Description { place, .. } = &mut self {
            *place = range;
        }
        self
    }
}

/// Why a run ended before its time.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunError {
    /// A variable became infinite or not a number.
    #[error(
        "`{variable}` of {population}[{index}] {} (its value is {value}): \
         the step may be too long for these equations, or they divide by 0 there",
        when(*after, *by)
    )]
    NotFinite {
        /// Population or projection.
        population: String,
        /// Cell or synapse.
        index: usize,
        /// Variable.
        variable: String,
        /// What it became.
        value: f64,
        /// It was finite then, s; variables are looked at every few steps. The same as `by` where it was not to begin with.
        after: f64,
        /// No longer then, s.
        by: f64,
    },
    /// Another thread or rank stopped.
    #[error("another rank of the run stopped; its own message says why")]
    Elsewhere,
    /// The adaptive integrator could not keep to its tolerance.
    #[error(
        "`{population}[{index}]` could not be integrated to the tolerance at t = {time} s: \
         its equations change too fast there even for the smallest step"
    )]
    TooStiff {
        /// Population.
        population: String,
        /// Cell.
        index: usize,
        /// s.
        time: f64,
    },
}

/// When a variable stopped being finite.
fn when(after: f64, by: f64) -> String {
    // Steps times dt, without the digits of the rounding.
    let seconds = |time: f64| format!("{time:.12e}").parse().unwrap_or(time);
    if after == by {
        format!("is not finite at t = {} s", seconds(by))
    } else {
        format!(
            "stopped being finite after t = {} s and by t = {} s",
            seconds(after),
            seconds(by)
        )
    }
}

/// An error of the equation language with the place of its text.
pub(crate) fn equation_error(text: &Text, owner: &str, error: EquationError) -> BuildError {
    BuildError::Equation {
        place: text.place.clone(),
        owner: owner.to_owned(),
        error: Box::new(error),
    }
}
