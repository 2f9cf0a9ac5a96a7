//! Expressions as text that a person reads: infix, with no more parentheses than needed.

use crate::graph::{Binary, Expression, Graph, Node, SymbolKind, Unary};

/// Beyond this length an expression is cut off, bytes: shared parts are repeated, and could be without end.
const LONGEST: usize = 4000;

/// Beyond this depth parts are left out.
const DEEPEST: usize = 100;

const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARISON: u8 = 4;
const SUM: u8 = 5;
const PRODUCT: u8 = 6;
const SIGN: u8 = 7;
const POWER: u8 = 8;
const ATOM: u8 = 9;

/// The expression in the language it was written in; draws show as `rand_0` and `randn_0`, parts beyond some
/// thousand characters as `...`.
pub fn print(graph: &Graph, expression: Expression) -> String {
    let mut out = String::new();
    write(graph, expression, 0, 0, &mut out);
    out
}

fn write(graph: &Graph, expression: Expression, least: u8, depth: usize, out: &mut String) {
    if out.len() > LONGEST || depth > DEEPEST {
        out.push_str("...");
        return;
    }
    let binding = binding(graph, expression);
    if binding < least {
        out.push('(');
    }
    let mut part =
        |expression, least, out: &mut String| write(graph, expression, least, depth + 1, out);
    match graph.node(expression) {
        Node::Constant(bits) => out.push_str(&number(f64::from_bits(bits))),
        Node::Symbol(symbol) => match graph.symbol_kind(symbol) {
            SymbolKind::Named(name) => out.push_str(name),
            SymbolKind::Uniform(draw) => out.push_str(&format!("rand_{draw}")),
            SymbolKind::Normal(draw) => out.push_str(&format!("randn_{draw}")),
        },
        Node::Unary(Unary::Negate, x) => {
            out.push('-');
            part(x, SIGN, out);
        }
        Node::Unary(Unary::Not, x) => {
            out.push_str("not ");
            part(x, NOT, out);
        }
        Node::Unary(operation, x) => call(function(operation), &[x], &mut part, out),
        Node::Binary(operation, a, b) => match sign(operation) {
            Some((sign, own, right)) => {
                // Powers group to the right, and comparisons cannot be chained.
                let tight = operation == Binary::Power || own == COMPARISON;
                let left = if tight { own + 1 } else { own };
                part(a, left, out);
                out.push_str(sign);
                part(b, right, out);
            }
            None => {
                let name = match operation {
                    Binary::Minimum => "min",
                    Binary::Maximum => "max",
                    _ => "poisson",
                };
                call(name, &[a, b], &mut part, out);
            }
        },
        Node::Select(condition, yes, no) => call("where", &[condition, yes, no], &mut part, out),
        Node::Apply(function, time, index) => {
            let name = graph.function_name(function);
            match graph.constant_value(index) {
                Some(0.0) => call(name, &[time], &mut part, out),
                _ => call(name, &[time, index], &mut part, out),
            }
        }
    }
    if binding < least {
        out.push(')');
    }
}

fn call(
    name: &str,
    arguments: &[Expression],
    part: &mut impl FnMut(Expression, u8, &mut String),
    out: &mut String,
) {
    out.push_str(name);
    out.push('(');
    for (place, &argument) in arguments.iter().enumerate() {
        if place > 0 {
            out.push_str(", ");
        }
        part(argument, 0, out);
    }
    out.push(')');
}

/// How tightly an expression holds together.
fn binding(graph: &Graph, expression: Expression) -> u8 {
    match graph.node(expression) {
        Node::Constant(bits) if f64::from_bits(bits).is_sign_negative() => SIGN,
        Node::Unary(Unary::Negate, _) => SIGN,
        Node::Unary(Unary::Not, _) => NOT,
        Node::Binary(operation, _, _) => sign(operation).map_or(ATOM, |found| found.1),
        _ => ATOM,
    }
}

/// The sign of an operation, how tightly it binds, and how tightly its right side must.
fn sign(operation: Binary) -> Option<(&'static str, u8, u8)> {
    Some(match operation {
        Binary::Add => (" + ", SUM, SUM + 1),
        Binary::Subtract => (" - ", SUM, SUM + 1),
        Binary::Multiply => ("*", PRODUCT, PRODUCT + 1),
        Binary::Divide => ("/", PRODUCT, PRODUCT + 1),
        Binary::Modulo => (" % ", PRODUCT, PRODUCT + 1),
        Binary::Power => ("**", POWER, SIGN),
        Binary::Less => (" < ", COMPARISON, COMPARISON + 1),
        Binary::LessOrEqual => (" <= ", COMPARISON, COMPARISON + 1),
        Binary::Equal => (" == ", COMPARISON, COMPARISON + 1),
        Binary::And => (" and ", AND, AND + 1),
        Binary::Or => (" or ", OR, OR + 1),
        Binary::Minimum | Binary::Maximum | Binary::PoissonQuantile => return None,
    })
}

fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e9).contains(&size) && value.is_finite() {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

fn function(operation: Unary) -> &'static str {
    match operation {
        Unary::Negate => "-",
        Unary::Not => "not",
        Unary::Absolute => "abs",
        Unary::SquareRoot => "sqrt",
        Unary::Exp => "exp",
        Unary::ExpM1 => "expm1",
        Unary::ExpRel => "exprel",
        Unary::Log => "log",
        Unary::Log1p => "log1p",
        Unary::Sin => "sin",
        Unary::Cos => "cos",
        Unary::Tan => "tan",
        Unary::Asin => "arcsin",
        Unary::Acos => "arccos",
        Unary::Atan => "arctan",
        Unary::Sinh => "sinh",
        Unary::Cosh => "cosh",
        Unary::Tanh => "tanh",
        Unary::Floor => "floor",
        Unary::Ceil => "ceil",
        Unary::Truncate => "int",
        Unary::Sign => "sign",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dimension::Dimension;
    use crate::resolve::resolve;
    use crate::scope::{Binding, Scope};

    #[test]
    fn what_is_printed_reads_back_as_the_same_expression() {
        let mut scope = Scope::new();
        let dimension = Dimension::DIMENSIONLESS;
        for name in ["a", "b", "c"] {
            scope.bind(
                name,
                Binding::Symbol {
                    dimension,
                    writable: false,
                },
            );
        }
        let mut graph = Graph::new();
        for text in [
            "a - (b - c)",
            "a/(b/c)",
            "-(a + b)",
            "(-a)**b",
            "-a**b",
            "a**-b",
            "a**(b**c)",
            "(a**b)**c",
            "not (a > b and c <= a) or b == c",
            "clip(a, 0, 1)*exp(-b/3)",
            "where(a > 0, b % c, 1e-12)",
            "a*(b + c)",
            "a - (-b)*c",
            "a//b",
            "2 - -3*a",
            "(a < b) == (b < c)",
            "-3**a",
            "(-3)**a",
        ] {
            let first = resolve(&mut graph, &scope, text).unwrap().expression;
            let printed = print(&graph, first);
            let again = resolve(&mut graph, &scope, &printed)
                .unwrap_or_else(|error| panic!("{printed}: {error}"));
            assert_eq!(again.expression, first, "{text} became {printed}");
        }
    }

    #[test]
    fn what_is_shared_without_end_is_cut_off() {
        let mut graph = Graph::new();
        let mut expression = graph.named("x");
        for _ in 0..10_000 {
            expression = graph.multiply(expression, expression);
        }
        assert!(print(&graph, expression).len() < 10_000);
    }
}
