//! What can go wrong when a model is measured, each a sentence.

use oscine_equations::EquationError;

/// Why a model could not be read or measured.
#[derive(Clone, Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ModelError {
    #[error("in {owner}: {error}")]
    Equation {
        owner: String,
        error: Box<EquationError>,
    },
    #[error("in {owner}: {message}")]
    Description { owner: String, message: String },
    #[error("there is no parameter or input `{name}` to vary; the model has {known}")]
    NothingToVary { name: String, known: String },
    #[error(
        "`{name}` was not freed when the model was read, so it cannot be set; free are {known}"
    )]
    NotFree { name: String, known: String },
    #[error("there is no state variable `{name}`; the model has {known}")]
    NoVariable { name: String, known: String },
    #[error("{owner} depends on {what}, and a measure of one cell alone has none: {help}")]
    Unsupported {
        owner: String,
        what: String,
        help: String,
    },
    #[error(
        "the model has no state variable, so there is nothing that moves: give it a differential equation"
    )]
    NoStates,
    #[error("`{of}` has no derivative by `{by}`: {why}")]
    NoDerivative { of: String, by: String, why: String },
    #[error(
        "the equations depend on time itself, and {measure} needs a cell whose input is constant: give the input that changes a fixed value"
    )]
    DependsOnTime { measure: String },
    #[error("{value} is no value for `{name}`: it must be a finite number")]
    NotFinite { name: String, value: f64 },
    #[error("`{variable}` grew without bound, or became no number, at {time} s")]
    Diverged { variable: String, time: f64 },
    #[error("the steps became shorter than rounding allows at {time} s: {help}")]
    StepTooSmall { time: f64, help: String },
    #[error(
        "the reset leaves the cell above its threshold at {time} s, so that it would fire without end"
    )]
    EndlessFiring { time: f64 },
    #[error("no rest state was found near {near}")]
    NoRest { near: String },
    #[error("the model does not settle into a rhythm: {why}")]
    NoCycle { why: String },
    #[error("the model has no threshold, so that nothing says when it fires; give it one")]
    NoThreshold,
    #[error("{what} must be {expected}, not {found}")]
    Setting {
        what: String,
        expected: String,
        found: String,
    },
    #[error("the eigenvalues of a {size} by {size} matrix did not converge")]
    Eigenvalues { size: usize },
}

impl ModelError {
    pub(crate) fn setting(what: &str, expected: &str, found: impl std::fmt::Display) -> Self {
        Self::Setting {
            what: what.to_owned(),
            expected: expected.to_owned(),
            found: found.to_string(),
        }
    }
}
