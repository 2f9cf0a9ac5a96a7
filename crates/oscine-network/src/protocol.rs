//! `[[protocol]]`: the phases of an experiment in time.

use crate::declaration::kinds::Words;
use crate::declaration::named::ExpressionsByDottedName;
use crate::declaration::quantities::{Positive, Time};
use crate::declaration::{Table, table};
use crate::{Named, Text};

table! {
    /// A phase of a protocol. What it names holds while it lasts; what it does not name has its value of the file.
    pub struct Phase {
        /// Its duration, s.
        duration: f64 = Positive<Time>, needs "`duration = \"1 s\"`";
        /// Its name.
        name: String = Words, usually String::new();
        /// Rates at which spike sources fire in it, each train as a Poisson process; a source without times is silent where it is not named.
        fire: Named<Text> = ExpressionsByDottedName;
        /// Parameters changed in it, `population.parameter` or `projection.parameter`. Random values are drawn once, for all of the phase.
        set: Named<Text> = ExpressionsByDottedName;
    }
}

impl Table for Phase {}
