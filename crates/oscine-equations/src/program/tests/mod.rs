//! Programs against the plain evaluation of the same expressions.

mod cases;
mod random_graphs;

use std::collections::HashMap;

use super::{Environment, Output, SymbolPlace, lower};
use crate::evaluate::evaluate;
use crate::graph::{Expression, Function, Graph, Symbol, SymbolKind};
use crate::lanes::Real;

/// Where the names of the tests are: `c0`, `c1` are columns, `u0`, `u1` are uniforms.
pub(super) fn place(name: &str) -> Option<SymbolPlace> {
    let number = name.get(1..)?.parse().ok()?;
    match name.get(..1)? {
        "c" => Some(SymbolPlace::Column(number)),
        "u" => Some(SymbolPlace::Uniform(number)),
        _ => None,
    }
}

/// Draws and functions with values that a test can compute again.
pub(super) struct Known<'a>(pub &'a Graph);

/// What [`Known`] draws for a lane, exact in single precision.
pub(super) fn drawn(draw: Symbol, lane: usize, graph: &Graph) -> f64 {
    match graph.symbol_kind(draw) {
        SymbolKind::Uniform(number) | SymbolKind::Normal(number) => {
            ((lane * 37 + *number as usize * 11 + 5) % 64) as f64 / 64.0 + 1.0 / 128.0
        }
        SymbolKind::Named(name) => panic!("{name} is no draw"),
    }
}

/// What [`Known`] answers for a function.
pub(super) fn applied(time: f64, index: f64) -> f64 {
    time * 2.0 + index * 3.0
}

impl<R: Real> Environment<R> for Known<'_> {
    fn draw(&mut self, _: usize, symbol: Symbol, first: usize, out: &mut [R]) {
        for (lane, out) in out.iter_mut().enumerate() {
            *out = R::from_f64(drawn(symbol, first + lane, self.0));
        }
    }
    fn apply(&self, _: Function, time: f64, index: f64) -> f64 {
        applied(time, index)
    }
}

/// A number between -2 and 2, exact in single precision.
pub(super) fn given(column: usize, lane: usize) -> f64 {
    ((lane * 7919 + column * 104_729 + lane * lane * 31) % 1021) as f64 / 256.0 - 2.0
}

/// The columns before a run.
pub(super) fn columns<R: Real>(count: usize, lanes: usize) -> Vec<Vec<R>> {
    (0..count)
        .map(|column| {
            (0..lanes)
                .map(|lane| R::from_f64(given(column, lane)))
                .collect()
        })
        .collect()
}

/// The value of an expression at a lane of [`columns`].
pub(super) fn expected(
    graph: &Graph,
    expression: Expression,
    uniforms: &[f64],
    lane: usize,
) -> f64 {
    let symbols = |symbol| symbol_value(graph, symbol, uniforms, lane);
    evaluate(graph, expression, &symbols, &|_, time, index| {
        applied(time, index)
    })
}

/// The value of a symbol at a lane.
pub(super) fn symbol_value(graph: &Graph, symbol: Symbol, uniforms: &[f64], lane: usize) -> f64 {
    match graph.symbol_kind(symbol) {
        SymbolKind::Named(name) => match place(name) {
            Some(SymbolPlace::Column(column)) => given(column.into(), lane),
            Some(SymbolPlace::Uniform(uniform)) => uniforms[usize::from(uniform)],
            None => panic!("{name} has no place"),
        },
        _ => drawn(symbol, lane, graph),
    }
}

/// Lowers outputs, runs them over all lanes, and gives the columns.
pub(super) fn run<R: Real>(
    graph: &mut Graph,
    outputs: &[(Expression, u16)],
    uniforms: &[f64],
    count: usize,
    lanes: usize,
) -> Vec<Vec<R>> {
    let outputs: Vec<Output> = outputs
        .iter()
        .map(|&(expression, column)| Output { expression, column })
        .collect();
    let program = lower(graph, &outputs, &place, uniforms.len()).expect("every name has a place");
    let mut columns = columns::<R>(count, lanes);
    let mut workspace = program.workspace();
    program.run(
        &mut workspace,
        &mut columns,
        uniforms,
        &mut Known(graph),
        0..lanes,
    );
    columns
}

/// Bounds on the error of computing an expression in a precision of `epsilon`, whatever the order of its sums and products.
pub(super) fn error_bound(
    graph: &Graph,
    expression: Expression,
    uniforms: &[f64],
    lane: usize,
    epsilon: f64,
) -> f64 {
    use crate::graph::{Binary, Node, Unary};
    let mut known: HashMap<Expression, (f64, f64)> = HashMap::new();
    for node in graph.reachable(&[expression]) {
        let (value, carried) = match graph.node(node) {
            Node::Constant(bits) => (f64::from_bits(bits), 0.0),
            Node::Symbol(symbol) => (symbol_value(graph, symbol, uniforms, lane), 0.0),
            Node::Unary(operation, x) => {
                let (x, error) = known[&x];
                let value = operation.evaluate(x);
                let slope = match operation {
                    Unary::Exp => value * error.exp(),
                    Unary::ExpM1 | Unary::ExpRel => x.abs().exp() * error.exp(),
                    // The square roots of the tests are of numbers above 1; the rest have slopes up to 1.
                    _ => 1.0,
                };
                (value, slope * error)
            }
            Node::Binary(operation, x, y) => {
                let ((x, a), (y, b)) = (known[&x], known[&y]);
                let value = operation.evaluate(x, y);
                let carried = match operation {
                    Binary::Multiply => x.abs() * b + y.abs() * a + a * b,
                    Binary::Divide => (a + value.abs() * b) / (y.abs() - b),
                    // What the parts round to can be more than the sum.
                    Binary::Add | Binary::Subtract => a + b + (x.abs() + y.abs()) * epsilon,
                    Binary::Minimum | Binary::Maximum => a.max(b),
                    _ => 0.0, // comparisons of exact numbers
                };
                (value, carried)
            }
            Node::Select(condition, yes, no) => {
                let chosen = if known[&condition].0 != 0.0 { yes } else { no };
                known[&chosen]
            }
            Node::Apply(_, time, index) => {
                let ((time, a), (index, b)) = (known[&time], known[&index]);
                (applied(time, index), 2.0 * a + 3.0 * b)
            }
        };
        known.insert(node, (value, carried + 3.0 * epsilon * value.abs()));
    }
    known[&expression].1
}
