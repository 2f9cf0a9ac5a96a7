//! `[neurons.NAME]`: a population, of neurons or of artificial units.

use crate::{Named, Text};

/// A population: `count` cells that follow the same equations.
#[derive(Clone, Debug, PartialEq)]
pub struct Neurons {
    /// How many cells.
    pub count: usize,
    /// The catalogue's entry or the user's file that it was made from (already merged into the other fields).
    pub model: Option<String>,
    /// Brian2-style equations, one a line.
    pub equations: Text,
    /// The condition at which a cell fires; a population without one never does.
    pub threshold: Option<Text>,
    /// Statements carried out for the cells that fired.
    pub reset: Option<Text>,
    /// For how long, or while what holds, a cell is deaf and does not fire.
    pub refractory: Option<Refractory>,
    /// Constants, and expressions of `i`, `N`, `rand()`, `randn()`, `x`, `y`, `z` and other parameters, by name.
    pub parameters: Named<Text>,
    /// Where the variables start: expressions as for parameters.
    pub initial: Named<Text>,
    /// Names in the equations that stand for an expression of time: `I = "step(t)"`.
    pub input: Named<Text>,
    /// The integrator by name, instead of the run's.
    pub integrator: Option<String>,
    /// Where the cells lie; gives `x`, `y`, `z`.
    pub positions: Option<Positions>,
}

/// When a cell is refractory.
#[derive(Clone, Debug, PartialEq)]
pub enum Refractory {
    /// A duration after each spike: an expression with the dimension of time, of parameters and `rand()`.
    Duration(Text),
    /// While a condition holds: `v > -20*mV`.
    While(Text),
}

/// Where the cells of a population lie: expressions of `i`, `N` and `rand()`, with the dimension of length or none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Positions {
    /// The first coordinate.
    pub x: Option<Text>,
    /// The second.
    pub y: Option<Text>,
    /// The third.
    pub z: Option<Text>,
}
