//! What only a program may do to expressions, since it moves roundings: numbers known before the first lane (constants and
//! uniforms) are gathered, and a division by one becomes a multiplication by its reciprocal, computed once.

use std::collections::HashMap;

use crate::graph::{Binary, Expression, Graph, Node, Symbol, SymbolKind, Unary};

/// The roots, with uniform factors gathered and uniform divisors inverted.
pub(super) fn simplify(
    graph: &mut Graph,
    roots: &[Expression],
    is_uniform: &dyn Fn(Symbol) -> bool,
) -> Vec<Expression> {
    let mut pass = Pass {
        graph,
        is_uniform,
        uniform: HashMap::new(),
    };
    let order = pass.graph.reachable(roots);
    let exact = decided_upon(pass.graph, &order);
    let mut image: HashMap<Expression, Expression> = HashMap::with_capacity(order.len());
    for expression in order {
        if exact[pass.graph.index(expression)] {
            image.insert(expression, expression);
            continue;
        }
        let new = match pass.graph.node(expression) {
            Node::Constant(_) | Node::Symbol(_) => expression,
            Node::Unary(operation, a) => pass.graph.unary(operation, image[&a]),
            Node::Binary(Binary::Multiply, a, b) => pass.multiply(image[&a], image[&b]),
            Node::Binary(Binary::Divide, a, b) => pass.divide(image[&a], image[&b]),
            Node::Binary(operation @ (Binary::Add | Binary::Subtract), a, b) => {
                pass.sum(operation, image[&a], image[&b])
            }
            Node::Binary(operation, a, b) => pass.graph.binary(operation, image[&a], image[&b]),
            Node::Select(a, b, c) => pass.graph.select(image[&a], image[&b], image[&c]),
            Node::Apply(function, a, b) => pass.graph.apply(function, image[&a], image[&b]),
        };
        image.insert(expression, new);
    }
    roots.iter().map(|root| image[root]).collect()
}

/// What whole numbers depend on: there a different rounding could give a different one (`floor(i/49)`). A comparison only asks for
/// it where it compares counts (`i/49 >= 1`); a membrane that crosses its threshold does not.
fn decided_upon(graph: &Graph, order: &[Expression]) -> Vec<bool> {
    use Binary::{And, Equal, Less, LessOrEqual, Modulo, Or};
    use Unary::{Ceil, Floor, Not, Sign, Truncate};
    let mut exact = vec![false; graph.len()];
    for &expression in order.iter().rev() {
        let inherited = exact[graph.index(expression)];
        let asks = match graph.node(expression) {
            Node::Unary(Ceil | Floor | Sign | Truncate, _) => true,
            Node::Binary(Equal | Modulo, ..) | Node::Apply(..) => true,
            Node::Binary(Less | LessOrEqual, ..) => counts_only(graph, expression),
            Node::Unary(Not, _) | Node::Binary(And | Or, ..) => false,
            _ => inherited,
        };
        if asks {
            for operand in graph.operands(expression) {
                exact[graph.index(operand)] = true;
            }
        }
    }
    exact
}

/// True where an expression names nothing but counts: of elements and of steps.
fn counts_only(graph: &Graph, expression: Expression) -> bool {
    const COUNTS: [&str; 4] = ["i", "j", "k", "t_in_timesteps"];
    graph
        .symbols_of(&[expression])
        .iter()
        .all(|symbol| match graph.symbol_kind(*symbol) {
            SymbolKind::Named(name) => COUNTS.contains(&name.as_str()),
            _ => false,
        })
}

struct Pass<'a> {
    graph: &'a mut Graph,
    is_uniform: &'a dyn Fn(Symbol) -> bool,
    uniform: HashMap<Expression, bool>,
}

impl Pass<'_> {
    fn uniform(&mut self, expression: Expression) -> bool {
        if let Some(&known) = self.uniform.get(&expression) {
            return known;
        }
        let answer = match self.graph.node(expression) {
            Node::Constant(_) => true,
            Node::Symbol(symbol) => (self.is_uniform)(symbol),
            _ => {
                let operands: Vec<_> = self.graph.operands(expression).collect();
                operands.into_iter().all(|operand| self.uniform(operand))
            }
        };
        self.uniform.insert(expression, answer);
        answer
    }

    /// `(x*u)*w` becomes `x*(u*w)` for uniform `u` and `w`, and the uniform factor of a product of two goes outside.
    fn multiply(&mut self, a: Expression, b: Expression) -> Expression {
        let (uniform_a, uniform_b) = (self.uniform(a), self.uniform(b));
        if uniform_a && uniform_b {
            return self.graph.multiply(a, b);
        }
        let (varying, factor) = if uniform_a {
            (b, Some(a))
        } else {
            (a, uniform_b.then_some(b))
        };
        if let Some(factor) = factor {
            if let Node::Binary(Binary::Divide, above, below) = self.graph.node(varying)
                && self.uniform(above)
            {
                let above = self.graph.multiply(above, factor);
                return self.graph.divide(above, below);
            }
            let (rest, inner) = self.split(varying);
            let factor = match inner {
                Some(inner) => self.graph.multiply(inner, factor),
                None => factor,
            };
            return self.graph.multiply(rest, factor);
        }
        let ((rest_a, factor_a), (rest_b, factor_b)) = (self.split(a), self.split(b));
        let rest = self.graph.multiply(rest_a, rest_b);
        match (factor_a, factor_b) {
            (Some(u), Some(w)) => {
                let factor = self.graph.multiply(u, w);
                self.graph.multiply(rest, factor)
            }
            // One factor stays where it stands: moving it out would part it from a sum that it could be fused with.
            _ => self.graph.multiply(a, b),
        }
    }

    /// `x + x*u` becomes `x*(1 + u)` for uniform `u`, `x - x*u` alike.
    fn sum(&mut self, operation: Binary, a: Expression, b: Expression) -> Expression {
        let ((rest_a, factor_a), (rest_b, factor_b)) = (self.split(a), self.split(b));
        if rest_a != rest_b || self.uniform(rest_a) || factor_a.or(factor_b).is_none() {
            return self.graph.binary(operation, a, b);
        }
        let one = self.graph.constant(1.0);
        let (factor_a, factor_b) = (factor_a.unwrap_or(one), factor_b.unwrap_or(one));
        let factor = self.graph.binary(operation, factor_a, factor_b);
        self.graph.multiply(rest_a, factor)
    }

    fn divide(&mut self, a: Expression, b: Expression) -> Expression {
        let (uniform_a, uniform_b) = (self.uniform(a), self.uniform(b));
        if uniform_b && !uniform_a {
            let one = self.graph.constant(1.0);
            let inverse = self.graph.divide(one, b);
            return self.multiply(a, inverse);
        }
        self.graph.divide(a, b)
    }

    /// An expression as a product of a varying and, if it has one, a uniform factor.
    fn split(&mut self, expression: Expression) -> (Expression, Option<Expression>) {
        if let Node::Binary(Binary::Multiply, a, b) = self.graph.node(expression) {
            if self.uniform(a) {
                return (b, Some(a));
            }
            if self.uniform(b) {
                return (a, Some(b));
            }
        }
        (expression, None)
    }
}
