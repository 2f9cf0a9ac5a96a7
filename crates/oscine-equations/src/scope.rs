//! What names mean where a text is read: variables, constants, subexpressions, tables of time.

use std::collections::BTreeMap;

use crate::dimension::Dimension;
use crate::functions;
use crate::graph::Expression;
use crate::quantity::Quantity;
use crate::units::{self, UnitPlace};

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Binding {
    /// A number that the program is given: a state variable, a parameter of each element, `t`, `dt`, `i`.
    Symbol {
        /// What it measures.
        dimension: Dimension,
        /// True where statements may change it.
        writable: bool,
    },
    /// A number known when the text is read.
    Constant(Quantity),
    /// A name for an expression that is in the graph already.
    Expression {
        /// What it stands for.
        expression: Expression,
        /// What it measures.
        dimension: Dimension,
    },
    /// An external function or table: `signal(t)`, or `signal(t, i)` with a column for each element.
    Function {
        /// What its values measure.
        dimension: Dimension,
        /// What its argument measures, mostly time.
        argument: Dimension,
        /// True where it takes an index as its second argument.
        indexed: bool,
    },
}

/// The names that a text may use. Units and functions (`exp`, `rand`, `where` and their like) are known in every scope.
#[derive(Clone, Debug)]
pub struct Scope {
    bindings: BTreeMap<String, Binding>,
}

/// Constants that every scope knows: name, value in SI, dimension. Physical constants are CODATA 2018.
fn constants() -> [(&'static str, f64, Dimension); 11] {
    let per_mole = |dimension: Dimension| dimension / Dimension::MOLE;
    [
        ("pi", std::f64::consts::PI, Dimension::DIMENSIONLESS),
        ("e", std::f64::consts::E, Dimension::DIMENSIONLESS),
        ("inf", f64::INFINITY, Dimension::DIMENSIONLESS),
        ("True", 1.0, Dimension::DIMENSIONLESS),
        ("False", 0.0, Dimension::DIMENSIONLESS),
        ("zero_celsius", 273.15, Dimension::KELVIN),
        (
            "gas_constant",
            8.314_462_618,
            per_mole(Dimension::JOULE / Dimension::KELVIN),
        ),
        (
            "faraday_constant",
            96_485.332_12,
            per_mole(Dimension::COULOMB),
        ),
        ("elementary_charge", 1.602_176_634e-19, Dimension::COULOMB),
        (
            "avogadro_constant",
            6.022_140_76e23,
            per_mole(Dimension::DIMENSIONLESS),
        ),
        (
            "boltzmann_constant",
            1.380_649e-23,
            Dimension::JOULE / Dimension::KELVIN,
        ),
    ]
}

/// Names that the simulation gives a meaning of their own.
const GIVEN: [(&str, &str); 8] = [
    ("t", "the time of the simulation"),
    ("dt", "the time step"),
    ("i", "the index of an element"),
    ("j", "the index of the postsynaptic element"),
    ("N", "the number of elements"),
    ("lastspike", "the time of an element's last spike"),
    ("not_refractory", "true outside of the refractory period"),
    ("t_in_timesteps", "the number of the time step"),
];

/// More names than this are not listed in an error.
const MOST_LISTED: usize = 15;

/// Words of the language.
const KEYWORDS: [&str; 3] = ["and", "or", "not"];

impl Default for Scope {
    fn default() -> Self {
        Self::new()
    }
}

impl Scope {
    /// Only what every scope knows: units, functions, `pi`, `e`, `inf`, `True`, `False`, and physical constants
    /// (`zero_celsius`, `gas_constant`, `faraday_constant`, `elementary_charge`, ...).
    pub fn new() -> Self {
        let bindings = constants()
            .into_iter()
            .map(|(name, value, dimension)| {
                let quantity = Quantity { value, dimension };
                (name.to_owned(), Binding::Constant(quantity))
            })
            .collect();
        Self { bindings }
    }

    /// Gives a name a meaning, in place of any that it had.
    pub fn bind(&mut self, name: impl Into<String>, binding: Binding) {
        self.bindings.insert(name.into(), binding);
    }

    /// Takes a name's meaning away, and returns it.
    pub fn unbind(&mut self, name: &str) -> Option<Binding> {
        self.bindings.remove(name)
    }

    /// What a name was bound to. Units and built-in functions are not bound.
    pub fn get(&self, name: &str) -> Option<&Binding> {
        self.bindings.get(name)
    }

    /// All names that were bound, the constants of every scope among them, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.bindings.keys().map(String::as_str)
    }

    /// The known name that is most like a misspelt one: of a variable, a function or a unit.
    pub fn nearest(&self, name: &str) -> Option<String> {
        // A variable that the model made up is the likeliest to be meant, then functions, then units.
        units::nearest(name, self.names().chain(functions::names()))
            .map(str::to_owned)
            .or_else(|| units::nearest_unit(name, UnitPlace::Expression))
    }

    /// What to say about a name that is not known: the nearest known one, or what there is to choose from.
    pub(crate) fn advice(&self, name: &str) -> Option<String> {
        if let Some(nearest) = self.nearest(name) {
            return Some(format!("did you mean `{nearest}`?"));
        }
        let own: Vec<String> = self
            .names()
            .filter(|name| constants().iter().all(|constant| constant.0 != *name))
            .map(|name| format!("`{name}`"))
            .collect();
        (1..=MOST_LISTED)
            .contains(&own.len())
            .then(|| format!("known here are {}", own.join(", ")))
    }

    /// Why no equation, parameter or variable may be called this, if so: `the unit mV`, `the function exp`.
    pub fn reserved(name: &str) -> Option<String> {
        if let Some((_, meaning)) = GIVEN.iter().find(|given| given.0 == name) {
            return Some((*meaning).to_owned());
        }
        if KEYWORDS.contains(&name) {
            return Some("a word of the language".to_owned());
        }
        if name == "xi" || name.starts_with("xi_") {
            return Some("a name for white noise".to_owned());
        }
        if functions::names().any(|function| function == name) {
            return Some(format!("the function `{name}`"));
        }
        if constants().iter().any(|constant| constant.0 == name) {
            return Some(format!("the constant `{name}`"));
        }
        units::unit(name, UnitPlace::Expression).map(|_| format!("the unit `{name}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_meaning_are_reserved() {
        for name in ["mV", "exp", "pi", "t", "xi_1", "not", "second", "rand"] {
            assert!(Scope::reserved(name).is_some(), "{name}");
        }
        for name in ["v", "m", "h", "n", "ge", "tau_m", "V", "C", "x", "Ca", "Mg"] {
            assert_eq!(Scope::reserved(name), None, "{name}");
        }
    }

    #[test]
    fn the_models_own_names_are_nearest() {
        let mut scope = Scope::new();
        let dimension = Dimension::SECOND;
        scope.bind(
            "tau_m",
            Binding::Symbol {
                dimension,
                writable: false,
            },
        );
        assert_eq!(scope.nearest("tau_n").as_deref(), Some("tau_m"));
        assert_eq!(scope.nearest("sqr").as_deref(), Some("sqrt"));
        assert_eq!(scope.nearest("milivolt").as_deref(), Some("millivolt"));
        assert_eq!(scope.nearest("zzzzzz"), None);
    }
}
