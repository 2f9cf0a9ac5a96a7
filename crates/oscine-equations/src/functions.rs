//! The functions that every equation may call: what they take, what they give, and the graph they become.

use std::f64::consts::{FRAC_PI_2, LN_10, PI};

use crate::graph::{Binary, Expression, Graph, Unary};

/// What a function wants of its arguments and gives back, as far as dimensions go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DimensionRule {
    /// Plain numbers in, a plain number out.
    Plain,
    /// Any dimension in, a plain number out.
    Any,
    /// Any one dimension for all arguments, the same out.
    Same,
    /// Any one dimension for all arguments, a plain number out.
    Ratio,
    /// A square root.
    Root,
    /// A number or a condition in, a whole number out.
    Whole,
    /// A condition and two of one dimension, the same out.
    Choice,
}

/// A built-in function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    /// Least and greatest number of arguments.
    pub(crate) arguments: (usize, usize),
    pub(crate) rule: DimensionRule,
    build: Build,
}

#[derive(Clone, Copy, Debug)]
enum Build {
    Unary(Unary),
    Fold(Binary),
    Expression(fn(&mut Graph, &[Expression]) -> Expression),
}

const fn unary(name: &'static str, operation: Unary, rule: DimensionRule) -> Builtin {
    Builtin {
        name,
        arguments: (1, 1),
        rule,
        build: Build::Unary(operation),
    }
}

const fn other(
    name: &'static str,
    arguments: (usize, usize),
    rule: DimensionRule,
    build: fn(&mut Graph, &[Expression]) -> Expression,
) -> Builtin {
    Builtin {
        name,
        arguments,
        rule,
        build: Build::Expression(build),
    }
}

/// Enough for `min` and `max` of anything that a person writes.
const MANY: usize = 64;

const BUILTINS: [Builtin; 36] = [
    unary("exp", Unary::Exp, DimensionRule::Plain),
    unary("expm1", Unary::ExpM1, DimensionRule::Plain),
    unary("exprel", Unary::ExpRel, DimensionRule::Plain),
    unary("log", Unary::Log, DimensionRule::Plain),
    unary("log1p", Unary::Log1p, DimensionRule::Plain),
    other("log10", (1, 1), DimensionRule::Plain, log10),
    unary("sqrt", Unary::SquareRoot, DimensionRule::Root),
    unary("sin", Unary::Sin, DimensionRule::Plain),
    unary("cos", Unary::Cos, DimensionRule::Plain),
    unary("tan", Unary::Tan, DimensionRule::Plain),
    unary("arcsin", Unary::Asin, DimensionRule::Plain),
    unary("arccos", Unary::Acos, DimensionRule::Plain),
    unary("arctan", Unary::Atan, DimensionRule::Plain),
    unary("asin", Unary::Asin, DimensionRule::Plain),
    unary("acos", Unary::Acos, DimensionRule::Plain),
    unary("atan", Unary::Atan, DimensionRule::Plain),
    other("arctan2", (2, 2), DimensionRule::Ratio, arctan2),
    other("atan2", (2, 2), DimensionRule::Ratio, arctan2),
    unary("sinh", Unary::Sinh, DimensionRule::Plain),
    unary("cosh", Unary::Cosh, DimensionRule::Plain),
    unary("tanh", Unary::Tanh, DimensionRule::Plain),
    unary("abs", Unary::Absolute, DimensionRule::Same),
    unary("sign", Unary::Sign, DimensionRule::Any),
    unary("floor", Unary::Floor, DimensionRule::Plain),
    unary("ceil", Unary::Ceil, DimensionRule::Plain),
    unary("int", Unary::Truncate, DimensionRule::Whole),
    other("clip", (3, 3), DimensionRule::Same, clip),
    Builtin {
        name: "min",
        arguments: (2, MANY),
        rule: DimensionRule::Same,
        build: Build::Fold(Binary::Minimum),
    },
    Builtin {
        name: "max",
        arguments: (2, MANY),
        rule: DimensionRule::Same,
        build: Build::Fold(Binary::Maximum),
    },
    Builtin {
        name: "minimum",
        arguments: (2, 2),
        rule: DimensionRule::Same,
        build: Build::Fold(Binary::Minimum),
    },
    Builtin {
        name: "maximum",
        arguments: (2, 2),
        rule: DimensionRule::Same,
        build: Build::Fold(Binary::Maximum),
    },
    other("where", (3, 3), DimensionRule::Choice, |graph, given| {
        graph.select(given[0], given[1], given[2])
    }),
    other("rand", (0, 0), DimensionRule::Plain, |graph, _| {
        let draw = graph.uniform_draw();
        graph.symbol(draw)
    }),
    other("randn", (0, 0), DimensionRule::Plain, |graph, _| {
        let draw = graph.normal_draw();
        graph.symbol(draw)
    }),
    other("poisson", (1, 1), DimensionRule::Plain, |graph, given| {
        let draw = graph.uniform_draw();
        let uniform = graph.symbol(draw);
        graph.binary(Binary::PoissonQuantile, given[0], uniform)
    }),
    other("timestep", (2, 2), DimensionRule::Ratio, timestep),
];

/// The function of a name.
pub(crate) fn builtin(name: &str) -> Option<&'static Builtin> {
    BUILTINS.iter().find(|builtin| builtin.name == name)
}

/// The names of all functions.
pub(crate) fn names<'a>() -> impl Iterator<Item = &'a str> {
    BUILTINS.iter().map(|builtin| builtin.name)
}

impl Builtin {
    /// The call as an expression. The number of arguments must be one that it takes.
    pub(crate) fn call(&self, graph: &mut Graph, arguments: &[Expression]) -> Expression {
        match self.build {
            Build::Unary(operation) => graph.unary(operation, arguments[0]),
            Build::Fold(operation) => {
                let mut result = arguments[0];
                for &argument in &arguments[1..] {
                    result = graph.binary(operation, result, argument);
                }
                result
            }
            Build::Expression(build) => build(graph, arguments),
        }
    }

    /// How many arguments it takes, in words.
    pub(crate) fn takes(&self) -> String {
        match self.arguments {
            (0, 0) => "no arguments".to_owned(),
            (1, 1) => "one argument".to_owned(),
            (least, MANY) => format!("{least} or more arguments"),
            (least, _) => format!("{least} arguments"),
        }
    }
}

fn log10(graph: &mut Graph, given: &[Expression]) -> Expression {
    if let Some(value) = graph.constant_value(given[0]) {
        return graph.constant(value.log10());
    }
    let logarithm = graph.unary(Unary::Log, given[0]);
    let scale = graph.constant(1.0 / LN_10);
    graph.multiply(logarithm, scale)
}

/// The least of the greatest: limits that cross give the upper one, as in NumPy.
fn clip(graph: &mut Graph, given: &[Expression]) -> Expression {
    let raised = graph.binary(Binary::Maximum, given[0], given[1]);
    graph.binary(Binary::Minimum, raised, given[2])
}

/// Brian2's count of whole steps, safe against times a rounding below a multiple of `dt`.
fn timestep(graph: &mut Graph, given: &[Expression]) -> Expression {
    let slack = graph.constant(1e-3);
    let steps = graph.divide(given[0], given[1]);
    let safe = graph.add(steps, slack);
    graph.unary(Unary::Floor, safe)
}

/// The angle of the point (x, y), from -pi to pi.
fn arctan2(graph: &mut Graph, given: &[Expression]) -> Expression {
    let (y, x) = (given[0], given[1]);
    if let (Some(y), Some(x)) = (graph.constant_value(y), graph.constant_value(x)) {
        return graph.constant(y.atan2(x));
    }
    let [zero, half, minus_half, pi, minus_pi] =
        [0.0, FRAC_PI_2, -FRAC_PI_2, PI, -PI].map(|value| graph.constant(value));
    let ratio = graph.divide(y, x);
    let angle = graph.unary(Unary::Atan, ratio);
    let [right, left] = [
        graph.binary(Binary::Less, zero, x),
        graph.binary(Binary::Less, x, zero),
    ];
    let [above, below] = [
        graph.binary(Binary::Less, zero, y),
        graph.binary(Binary::Less, y, zero),
    ];
    let turn = graph.select(below, minus_pi, pi);
    let turned = graph.add(angle, turn);
    let down = graph.select(below, minus_half, zero);
    let vertical = graph.select(above, half, down);
    let otherwise = graph.select(left, turned, vertical);
    graph.select(right, angle, otherwise)
}
