//! The names that a population's texts may use, and errors that say whose text is wrong.

use oscine_equations::graph::SymbolKind;
use oscine_equations::{Graph, Symbol};

use crate::error::BuildError;

/// The uniforms that every program is given, in their order.
pub(crate) const UNIFORMS: [&str; 2] = ["t", "t_in_timesteps"];

/// The place of a name among the uniforms.
pub(crate) fn uniform(name: &str) -> Option<u16> {
    UNIFORMS
        .iter()
        .position(|known| *known == name)
        .map(|place| place as u16)
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

/// The name of a draw's stream: the population or projection, and which call of its texts it is.
pub(crate) fn stream_name(graph: &Graph, symbol: Symbol, owner: &str) -> String {
    match graph.symbol_kind(symbol) {
        SymbolKind::Uniform(number) => format!("{owner} uniform {number}"),
        SymbolKind::Normal(number) => format!("{owner} normal {number}"),
        SymbolKind::Named(name) => unreachable!("{name} is not a draw"),
    }
}

/// What is wrong with names each of which is made of the next, and the last of the first.
pub(crate) fn circle_sentence(graph: &Graph, circle: &[Symbol]) -> String {
    let name = |symbol: &Symbol| match graph.symbol_kind(*symbol) {
        SymbolKind::Named(name) => format!("`{name}`"),
        _ => "a random number".to_owned(),
    };
    let names: Vec<String> = circle.iter().map(name).collect();
    let Some((first, others)) = names.split_first() else {
        return String::new();
    };
    if others.is_empty() {
        return format!("{first} is made of itself");
    }
    let mut sentence = format!("{first} is made of {}", others[0]);
    for pair in others.windows(2) {
        sentence.push_str(&format!(", {} of {}", pair[0], pair[1]));
    }
    sentence.push_str(&format!(", and {} of {first}", others[others.len() - 1]));
    sentence
}

/// The name of the column in which input to a variable is gathered.
pub(crate) fn gathered_name(variable: &str) -> String {
    format!("input of {variable}")
}
