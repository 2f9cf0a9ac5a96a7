//! Text to numbers: Brian2-style equations, their units, their integrators, their programs.

// Only the program prints.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

mod decimal;
pub mod derivative;
pub mod dimension;
pub mod equations;
pub mod error;
pub mod evaluate;
pub mod formula;
mod functions;
pub mod graph;
pub mod integrator;
pub mod lanes;
pub mod linear;
pub mod model;
mod order;
pub mod print;
pub mod program;
pub mod quantity;
pub mod resolve;
pub mod scope;
pub mod statements;
mod syntax;
pub mod units;

pub use derivative::derivative;
pub use dimension::Dimension;
pub use equations::{ValueKind, declared_names};
pub use error::{EquationError, EquationMistake};
pub use evaluate::{Evaluation, evaluate};
pub use formula::{Formula, FormulaPart};
pub use graph::{Expression, Graph, Symbol};
pub use integrator::{Integrator, IntegratorError};
pub use linear::linear_parts;
pub use model::{Model, Parameter, StateVariable, Subexpression};
pub use print::print;
pub use quantity::Quantity;
pub use resolve::{Typed, resolve, resolve_as, resolve_condition};
pub use scope::{Binding, Scope};
pub use statements::{Write, WriteKind, resolve_statements};
