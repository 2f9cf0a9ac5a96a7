//! The expression graph: every expression of a model, hash-consed, so that an expression that occurs twice is
//! one node and is computed once.
//!
//! The graph knows no dimension and no unit (they are checked when text is resolved into it), no array and no
//! processor. Truth is 1, falsehood 0; any number other than 0 is true.

use std::collections::HashMap;

/// An expression: a handle to a node of one [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Expression(u32);

/// A name that stands for a number which the graph does not know: a variable, a parameter, time, a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(u32);

/// A table or function of time, known by name to whoever runs the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Function(u32);

/// What a symbol stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// A named quantity: `v`, `t`, `dt`, `i`, `w`, `v_post`.
    Named(String),
    /// A fresh number at every element and step, uniform on (0, 1): one call of `rand()` in the text.
    Uniform(u32),
    /// A fresh number at every element and step, standard normal: one call of `randn()`, or one `xi`.
    Normal(u32),
}

/// Operations on one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unary {
    Negate,
    Not,
    Absolute,
    SquareRoot,
    Exp,
    /// `exp(x) - 1` without cancellation near 0.
    ExpM1,
    /// `(exp(x) - 1)/x`, 1 at 0.
    ExpRel,
    Log,
    Log1p,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Floor,
    Ceil,
    /// Towards zero: `int` of a number.
    Truncate,
    /// -1, 0 or 1.
    Sign,
}

/// Operations on two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    /// Python's `%`: the result has the sign of the divisor.
    Modulo,
    Minimum,
    Maximum,
    Less,
    LessOrEqual,
    Equal,
    And,
    Or,
    /// The number of events `k` at which the Poisson distribution with mean `left` first exceeds the
    /// probability `right`: `poisson(mean)` with a uniform draw.
    PoissonQuantile,
}

/// One node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// The bits of a number.
    Constant(u64),
    Symbol(Symbol),
    Unary(Unary, Expression),
    Binary(Binary, Expression, Expression),
    /// The second where the first is true, else the third.
    Select(Expression, Expression, Expression),
    /// An external function of time and, for tables with a column for each element, of an index (else 0).
    Apply(Function, Expression, Expression),
}

/// The arena of nodes.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    known: HashMap<Node, Expression>,
    symbols: Vec<SymbolKind>,
    symbol_ids: HashMap<SymbolKind, Symbol>,
    functions: Vec<String>,
    draws: u32,
}
