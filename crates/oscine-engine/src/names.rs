//! The names that a population's texts may use, and errors that say whose text is wrong.

use oscine_equations::{Binding, Dimension, EquationError, Quantity, Scope};
use oscine_network::Text;

use crate::error::BuildError;
use crate::functions::TimeFunction;

/// The uniforms that every program is given, in their order.
pub(crate) const UNIFORMS: [&str; 2] = ["t", "t_in_timesteps"];

/// The place of a name among the uniforms.
pub(crate) fn uniform(name: &str) -> Option<u16> {
    UNIFORMS
        .iter()
        .position(|known| *known == name)
        .map(|place| place as u16)
}

/// An error of the equation language with the place of its text.
pub(crate) fn equation_error(text: &Text, owner: &str, error: EquationError) -> BuildError {
    BuildError::Equation {
        place: text.place.clone(),
        owner: owner.to_owned(),
        error: Box::new(error),
    }
}

/// Time, and the functions of time.
pub(crate) fn time_scope(functions: &[TimeFunction]) -> Scope {
    let mut scope = Scope::new();
    let second = Dimension::SECOND;
    scope.bind("t", given(second));
    scope.bind("dt", given(second));
    scope.bind("t_in_timesteps", given(Dimension::DIMENSIONLESS));
    for function in functions {
        let binding = Binding::Function {
            dimension: function.dimension,
            argument: second,
            indexed: function.indexed,
        };
        scope.bind(function.name.clone(), binding);
    }
    scope
}

/// The names of one population of `count` cells, besides its own.
pub(crate) fn cell_scope(functions: &[TimeFunction], count: usize) -> Scope {
    let mut scope = time_scope(functions);
    scope.bind("i", given(Dimension::DIMENSIONLESS));
    scope.bind("N", Binding::Constant(Quantity::plain(count as f64)));
    scope.bind("lastspike", given(Dimension::SECOND));
    scope.bind("not_refractory", given(Dimension::DIMENSIONLESS));
    scope
}

/// A number that is given and not to be written.
pub(crate) fn given(dimension: Dimension) -> Binding {
    Binding::Symbol {
        dimension,
        writable: false,
    }
}

/// Resolves texts that may refer to each other in any order: each round resolves those it can. `resolve` gives an error for a
/// text that it cannot resolve yet; the first one left over is the error.
pub(crate) fn in_any_order<T>(
    mut open: Vec<T>,
    mut resolve: impl FnMut(&T) -> Result<(), BuildError>,
) -> Result<(), BuildError> {
    while !open.is_empty() {
        let before = open.len();
        let mut first_error = None;
        open.retain(|text| match resolve(text) {
            Ok(()) => false,
            Err(error) => {
                first_error.get_or_insert(error);
                true
            }
        });
        if let Some(error) = first_error
            && open.len() == before
        {
            return Err(error);
        }
    }
    Ok(())
}
