//! The names that the texts of a population may use, besides its own.

use oscine_equations::{Binding, Dimension, Quantity, Scope};

use crate::read::functions::TimeFunction;

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
