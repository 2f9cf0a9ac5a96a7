//! Symbolic derivatives of expressions, shared subexpressions once each.

use std::collections::HashMap;

use crate::graph::{Binary, Expression, Graph, Node, Symbol, Unary};

/// The derivative of an expression with respect to a symbol.
///
/// What is constant piece by piece (`floor`, `sign`, comparisons) has the derivative 0, and choices (`where`,
/// `min`, `max`, `abs`) that of the piece chosen. Nothing where there is none to be had: external functions whose
/// argument depends on the symbol, remainders by something that does, Poisson numbers.
pub fn derivative(
    graph: &mut Graph,
    expression: Expression,
    with_respect_to: Symbol,
) -> Option<Expression> {
    let zero = graph.constant(0.0);
    let one = graph.constant(1.0);
    let mut known: HashMap<Expression, Option<Expression>> = HashMap::new();
    for node in graph.reachable(&[expression]) {
        let free = graph
            .operands(node)
            .all(|operand| known[&operand] == Some(zero));
        let result = match graph.node(node) {
            Node::Symbol(symbol) if symbol == with_respect_to => Some(one),
            _ if free => Some(zero),
            _ => chain(graph, node, &known),
        };
        known.insert(node, result);
    }
    known[&expression]
}

/// The chain rule at one node, of which an operand depends on the symbol.
fn chain(
    graph: &mut Graph,
    node: Expression,
    known: &HashMap<Expression, Option<Expression>>,
) -> Option<Expression> {
    match graph.node(node) {
        Node::Constant(_) | Node::Symbol(_) | Node::Apply(..) => None,
        Node::Unary(operation, x) => {
            if piecewise_constant(operation) {
                return Some(graph.constant(0.0));
            }
            let inner = known[&x]?;
            let outer = unary(graph, operation, x, node);
            Some(graph.multiply(outer, inner))
        }
        Node::Binary(operation, a, b) => binary(graph, operation, [a, b], node, known),
        Node::Select(condition, yes, no) => {
            let (yes, no) = (known[&yes]?, known[&no]?);
            Some(graph.select(condition, yes, no))
        }
    }
}

fn piecewise_constant(operation: Unary) -> bool {
    matches!(
        operation,
        Unary::Not | Unary::Floor | Unary::Ceil | Unary::Truncate | Unary::Sign
    )
}

/// The derivative of an operation with respect to its operand; `value` is the operation's own expression.
fn unary(graph: &mut Graph, operation: Unary, x: Expression, value: Expression) -> Expression {
    let one = graph.constant(1.0);
    match operation {
        Unary::Negate => graph.constant(-1.0),
        Unary::Absolute => graph.unary(Unary::Sign, x),
        Unary::SquareRoot => {
            let half = graph.constant(0.5);
            graph.divide(half, value)
        }
        Unary::Exp => value,
        Unary::ExpM1 => graph.unary(Unary::Exp, x),
        Unary::ExpRel => exprel(graph, x, value),
        Unary::Log => graph.divide(one, x),
        Unary::Log1p => {
            let shifted = graph.add(one, x);
            graph.divide(one, shifted)
        }
        Unary::Sin => graph.unary(Unary::Cos, x),
        Unary::Cos => {
            let sine = graph.unary(Unary::Sin, x);
            graph.negate(sine)
        }
        Unary::Tan => {
            let square = graph.multiply(value, value);
            graph.add(one, square)
        }
        Unary::Asin | Unary::Acos => {
            let square = graph.multiply(x, x);
            let rest = graph.subtract(one, square);
            let root = graph.unary(Unary::SquareRoot, rest);
            let slope = graph.divide(one, root);
            match operation {
                Unary::Asin => slope,
                _ => graph.negate(slope),
            }
        }
        Unary::Atan => {
            let square = graph.multiply(x, x);
            let rest = graph.add(one, square);
            graph.divide(one, rest)
        }
        Unary::Sinh => graph.unary(Unary::Cosh, x),
        Unary::Cosh => graph.unary(Unary::Sinh, x),
        Unary::Tanh => {
            let square = graph.multiply(value, value);
            graph.subtract(one, square)
        }
        Unary::Not | Unary::Floor | Unary::Ceil | Unary::Truncate | Unary::Sign => {
            graph.constant(0.0)
        }
    }
}

/// `(exp(x) - exprel(x))/x`, and near 0, where that cancels, its series 1/2 + x/3 + x^2/8 + x^3/30.
fn exprel(graph: &mut Graph, x: Expression, value: Expression) -> Expression {
    let exponential = graph.unary(Unary::Exp, x);
    let difference = graph.subtract(exponential, value);
    let quotient = graph.divide(difference, x);
    let mut series = graph.constant(1.0 / 144.0);
    for coefficient in [1.0 / 30.0, 0.125, 1.0 / 3.0, 0.5] {
        let coefficient = graph.constant(coefficient);
        let product = graph.multiply(series, x);
        series = graph.add(coefficient, product);
    }
    let size = graph.unary(Unary::Absolute, x);
    let limit = graph.constant(1e-3);
    let near = graph.binary(Binary::Less, size, limit);
    graph.select(near, series, quotient)
}

fn binary(
    graph: &mut Graph,
    operation: Binary,
    [a, b]: [Expression; 2],
    value: Expression,
    known: &HashMap<Expression, Option<Expression>>,
) -> Option<Expression> {
    let slopes = (known[&a], known[&b]);
    match operation {
        Binary::Less | Binary::LessOrEqual | Binary::Equal | Binary::And | Binary::Or => {
            return Some(graph.constant(0.0));
        }
        Binary::PoissonQuantile => return None,
        _ => {}
    }
    let (da, db) = (slopes.0?, slopes.1?);
    let fixed = |graph: &Graph, slope| graph.constant_value(slope) == Some(0.0);
    Some(match operation {
        Binary::Add => graph.add(da, db),
        Binary::Subtract => graph.subtract(da, db),
        Binary::Multiply => {
            let (left, right) = (graph.multiply(da, b), graph.multiply(a, db));
            graph.add(left, right)
        }
        Binary::Divide if fixed(graph, db) => graph.divide(da, b),
        Binary::Divide => {
            let product = graph.multiply(value, db);
            let difference = graph.subtract(da, product);
            graph.divide(difference, b)
        }
        Binary::Power => {
            let base = if fixed(graph, da) {
                da
            } else {
                let one = graph.constant(1.0);
                let less = graph.subtract(b, one);
                let power = graph.binary(Binary::Power, a, less);
                let slope = graph.multiply(b, power);
                graph.multiply(slope, da)
            };
            if fixed(graph, db) {
                return Some(base);
            }
            let logarithm = graph.unary(Unary::Log, a);
            let slope = graph.multiply(value, logarithm);
            let exponent = graph.multiply(slope, db);
            graph.add(base, exponent)
        }
        // The remainder moves with its left side; with its right it jumps.
        Binary::Modulo if fixed(graph, db) => da,
        Binary::Modulo => return None,
        Binary::Minimum => {
            let less = graph.binary(Binary::Less, a, b);
            graph.select(less, da, db)
        }
        Binary::Maximum => {
            let less = graph.binary(Binary::Less, a, b);
            graph.select(less, db, da)
        }
        Binary::Less
        | Binary::LessOrEqual
        | Binary::Equal
        | Binary::And
        | Binary::Or
        | Binary::PoissonQuantile => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::evaluate;
    use crate::print::print;
    use crate::resolve::resolve;
    use crate::scope::{Binding, Scope};
    use proptest::prelude::*;

    fn scope() -> Scope {
        let mut scope = Scope::new();
        let dimension = crate::dimension::Dimension::DIMENSIONLESS;
        for name in ["x", "y"] {
            scope.bind(
                name,
                Binding::Symbol {
                    dimension,
                    writable: false,
                },
            );
        }
        let argument = dimension;
        scope.bind(
            "table",
            Binding::Function {
                dimension,
                argument,
                indexed: false,
            },
        );
        scope
    }

    fn differentiated(text: &str) -> Option<String> {
        let mut graph = Graph::new();
        let expression = resolve(&mut graph, &scope(), text).unwrap().expression;
        let x = graph.name("x");
        derivative(&mut graph, expression, x).map(|result| print(&graph, result))
    }

    #[test]
    fn derivatives_are_those_of_the_tables() {
        assert_eq!(differentiated("x*y + 3").as_deref(), Some("y"));
        assert_eq!(
            differentiated("exp(-x/y)").as_deref(),
            Some("-(exp(-(x/y))*(1/y))")
        );
        assert_eq!(
            differentiated("floor(x) + int(x > 1)").as_deref(),
            Some("0")
        );
        assert_eq!(
            differentiated("where(x > 1, x*x, y)").as_deref(),
            Some("where(1 < x, x + x, 0)")
        );
        assert_eq!(differentiated("table(x)"), None);
        assert_eq!(differentiated("table(y)*x").as_deref(), Some("table(y)"));
        assert_eq!(differentiated("poisson(x)"), None);
        assert_eq!(differentiated("y % x"), None);
    }

    /// Random smooth expressions of x and y.
    fn expression() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("x".to_owned()),
            Just("y".to_owned()),
            (-3.0..3.0f64).prop_map(|value| format!("({value:.3})")),
        ];
        leaf.prop_recursive(5, 40, 2, |inner| {
            let one = prop::sample::select(vec![
                "sin({})",
                "cos({})",
                "tanh({})",
                "arctan({})",
                "expm1(0.3*{})",
                "exprel({})",
                "exp(-abs({}))",
                "sqrt(1 + ({})**2)",
                "log1p(({})**2)",
                "arcsin(0.9*tanh({}))",
                "arccos(0.9*tanh({}))",
                "sinh(tanh({}))",
                "cosh(tanh({}))",
                "log(2 + sin({}))",
                "tan(tanh({}))",
                "({})**3",
                "-({})",
                "(1 + ({})**2)**1.3",
            ]);
            let two = prop::sample::select(vec![
                "({a} + {b})",
                "({a} - {b})",
                "({a}*{b})",
                "({a}/(2 + sin({b})))",
                "(2 + sin({a}))**tanh({b})",
                "where({a} > {b}, {a}, 2*{b})",
                "min({a}, {b})",
                "max({a}, {b})",
                "({a} % 1.7)",
            ]);
            prop_oneof![
                (one, inner.clone()).prop_map(|(form, a)| form.replace("{}", &a)),
                (two, inner.clone(), inner)
                    .prop_map(|(form, a, b)| form.replace("{a}", &a).replace("{b}", &b)),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn derivatives_agree_with_central_differences(text in expression(), x in -2.0..2.0f64, y in -2.0..2.0f64) {
            let mut graph = Graph::new();
            let whole = resolve(&mut graph, &scope(), &text).unwrap().expression;
            let symbol = graph.name("x");
            let slope = derivative(&mut graph, whole, symbol).unwrap();
            let at = |graph: &Graph, expression, x: f64| {
                evaluate(graph, expression, &|asked| if asked == symbol { x } else { y }, &|_, _, _| f64::NAN)
            };
            let exact = at(&graph, slope, x);
            let difference = |step: f64| (at(&graph, whole, x + step) - at(&graph, whole, x - step)) / (2.0 * step);
            let (coarse, fine) = (difference(2e-5), difference(1e-5));
            let middle = at(&graph, whole, x);
            let ahead = (at(&graph, whole, x + 1e-5) - middle) / 1e-5;
            let behind = (middle - at(&graph, whole, x - 1e-5)) / 1e-5;
            // Kinks and steep places, where differences themselves disagree, say nothing.
            prop_assume!(exact.is_finite() && fine.is_finite());
            prop_assume!((ahead - behind).abs() < 1e-2 * (1.0 + fine.abs()));
            prop_assume!((coarse - fine).abs() < 1e-6 * (1.0 + fine.abs()));
            prop_assert!((exact - fine).abs() < 1e-4 * (1.0 + fine.abs()), "{}: {} and {}", text, exact, fine);
        }
    }
}
