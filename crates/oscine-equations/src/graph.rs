//! The expression graph: every expression of a model, hash-consed, so that an expression that occurs twice is
//! one node and is computed once.
//!
//! The graph knows no dimension and no unit (they are checked when text is resolved into it), no array and no
//! processor. Truth is 1, falsehood 0; any number other than 0 is true.

use std::collections::{HashMap, HashSet};

use crate::lanes::Real;

/// An expression: a handle to a node of one [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Expression(u32);

/// A name that stands for a number which the graph does not know: a variable, a parameter, time, a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(u32);

/// A table or function of time, known by name to whoever runs the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Function(u32);

impl Function {
    /// Its place among the functions of its graph, in the order in which they were first named.
    pub fn place(self) -> usize {
        self.0 as usize
    }
}

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
#[allow(missing_docs)]
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
#[allow(missing_docs)]
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
#[allow(missing_docs)]
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

/// The expression graph, an arena of hash-consed nodes.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    known: HashMap<Node, Expression>,
    symbols: Vec<SymbolKind>,
    symbol_ids: HashMap<SymbolKind, Symbol>,
    functions: Vec<String>,
    draws: u32,
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// The node of an expression.
    pub fn node(&self, expression: Expression) -> Node {
        self.nodes[expression.0 as usize]
    }

    /// How many nodes there are. Operands always come before the nodes that use them.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// True where nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The place of an expression in the order of nodes, in which operands come first.
    pub fn index(&self, expression: Expression) -> usize {
        expression.0 as usize
    }

    /// The expression at a place in the order of nodes.
    pub fn at(&self, index: usize) -> Expression {
        assert!(index < self.nodes.len(), "no node {index}");
        Expression(index as u32)
    }

    fn insert(&mut self, node: Node) -> Expression {
        if let Some(&known) = self.known.get(&node) {
            return known;
        }
        let expression = Expression(self.nodes.len() as u32);
        self.nodes.push(node);
        self.known.insert(node, expression);
        expression
    }

    /// A number.
    pub fn constant(&mut self, value: f64) -> Expression {
        // One node for both zeros would change the sign of 1/x: they stay apart.
        self.insert(Node::Constant(value.to_bits()))
    }

    /// The number, where the expression is one.
    pub fn constant_value(&self, expression: Expression) -> Option<f64> {
        match self.node(expression) {
            Node::Constant(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    /// The symbol for a name, the same for the same name.
    pub fn name(&mut self, name: &str) -> Symbol {
        self.intern(SymbolKind::Named(name.to_owned()))
    }

    /// The symbol for a name, if any expression ever used it.
    pub fn find(&self, name: &str) -> Option<Symbol> {
        self.symbol_ids
            .get(&SymbolKind::Named(name.to_owned()))
            .copied()
    }

    /// A new uniform draw: each call of `rand()` in a text is one.
    pub fn uniform_draw(&mut self) -> Symbol {
        self.draws += 1;
        self.intern(SymbolKind::Uniform(self.draws - 1))
    }

    /// A new standard normal draw: each call of `randn()` in a text, and each noise, is one.
    pub fn normal_draw(&mut self) -> Symbol {
        self.draws += 1;
        self.intern(SymbolKind::Normal(self.draws - 1))
    }

    fn intern(&mut self, kind: SymbolKind) -> Symbol {
        if let Some(&known) = self.symbol_ids.get(&kind) {
            return known;
        }
        let symbol = Symbol(self.symbols.len() as u32);
        self.symbols.push(kind.clone());
        self.symbol_ids.insert(kind, symbol);
        symbol
    }

    /// What a symbol stands for.
    pub fn symbol_kind(&self, symbol: Symbol) -> &SymbolKind {
        &self.symbols[symbol.0 as usize]
    }

    /// The expression that is just this symbol.
    pub fn symbol(&mut self, symbol: Symbol) -> Expression {
        self.insert(Node::Symbol(symbol))
    }

    /// The expression that is just this name.
    pub fn named(&mut self, name: &str) -> Expression {
        let symbol = self.name(name);
        self.symbol(symbol)
    }

    /// A graph that calls the external functions of a table by their places in it: see [`Function::place`].
    pub fn calling<'a>(functions: impl IntoIterator<Item = &'a str>) -> Self {
        let mut graph = Self::new();
        for name in functions {
            graph.function(name);
        }
        graph
    }

    /// The handle for an external function or table of time.
    pub fn function(&mut self, name: &str) -> Function {
        let place = self.functions.iter().position(|known| known == name);
        Function(place.unwrap_or_else(|| {
            self.functions.push(name.to_owned());
            self.functions.len() - 1
        }) as u32)
    }

    /// The name of an external function.
    pub fn function_name(&self, function: Function) -> &str {
        &self.functions[function.0 as usize]
    }

    /// An external function at a time and, for tables with a column for each element, an index.
    pub fn apply(&mut self, function: Function, time: Expression, index: Expression) -> Expression {
        self.insert(Node::Apply(function, time, index))
    }

    /// An operation on one number, simplified where that loses no bit.
    pub fn unary(&mut self, operation: Unary, operand: Expression) -> Expression {
        if let Some(value) = self.constant_value(operand) {
            return self.constant(operation.evaluate(value));
        }
        match (operation, self.node(operand)) {
            (Unary::Negate, Node::Unary(Unary::Negate, inner)) => inner,
            _ => self.insert(Node::Unary(operation, operand)),
        }
    }

    /// An operation on two numbers, simplified by the rules of real numbers: `0*x` is 0 and `x - x` is 0 whatever `x` is.
    pub fn binary(&mut self, operation: Binary, left: Expression, right: Expression) -> Expression {
        let (a, b) = (self.constant_value(left), self.constant_value(right));
        if let (Some(a), Some(b)) = (a, b)
            && operation != Binary::PoissonQuantile
        {
            return self.constant(operation.evaluate(a, b));
        }
        if let Some(simpler) = self.with_constant(operation, (left, a), (right, b)) {
            return simpler;
        }
        if left == right && operation == Binary::Subtract {
            return self.constant(0.0);
        }
        match (operation, self.node(left), self.node(right)) {
            (Binary::Add, _, Node::Unary(Unary::Negate, inner)) => {
                self.binary(Binary::Subtract, left, inner)
            }
            (Binary::Add, Node::Unary(Unary::Negate, inner), _) => {
                self.binary(Binary::Subtract, right, inner)
            }
            (Binary::Subtract, _, Node::Unary(Unary::Negate, inner)) => {
                self.binary(Binary::Add, left, inner)
            }
            // Signs go outwards, where sums take them up: no bit changes by that.
            (Binary::Subtract, Node::Unary(Unary::Negate, inner), _) => {
                let sum = self.add(inner, right);
                self.negate(sum)
            }
            (Binary::Multiply | Binary::Divide, Node::Unary(Unary::Negate, inner), _) => {
                if let (Binary::Multiply, Some(value)) = (operation, b) {
                    let opposite = self.constant(-value);
                    return self.multiply(inner, opposite);
                }
                let product = self.binary(operation, inner, right);
                self.negate(product)
            }
            (Binary::Multiply | Binary::Divide, _, Node::Unary(Unary::Negate, inner)) => {
                if let Some(value) = a {
                    let opposite = self.constant(-value);
                    return self.binary(operation, opposite, inner);
                }
                let product = self.binary(operation, left, inner);
                self.negate(product)
            }
            _ => {
                let (left, right) = match operation {
                    Binary::Add | Binary::Multiply | Binary::Equal if right < left => (right, left),
                    _ => (left, right),
                };
                self.insert(Node::Binary(operation, left, right))
            }
        }
    }

    /// What an operation comes to where one of the numbers is a constant that makes it simpler: the neutral one, nought, a small power.
    fn with_constant(
        &mut self,
        operation: Binary,
        (left, a): (Expression, Option<f64>),
        (right, b): (Expression, Option<f64>),
    ) -> Option<Expression> {
        match (operation, a, b) {
            (Binary::Add, Some(0.0), _) | (Binary::Multiply, Some(1.0), _) => Some(right),
            (Binary::Add | Binary::Subtract, _, Some(0.0))
            | (Binary::Multiply | Binary::Divide, _, Some(1.0))
            | (Binary::Power, _, Some(1.0)) => Some(left),
            (Binary::Multiply, Some(0.0), _)
            | (Binary::Multiply, _, Some(0.0))
            | (Binary::Divide, Some(0.0), _)
            | (Binary::And, Some(0.0), _)
            | (Binary::And, _, Some(0.0)) => Some(self.constant(0.0)),
            (Binary::Power, _, Some(0.0)) => Some(self.constant(1.0)),
            (Binary::Power, _, Some(0.5)) => Some(self.unary(Unary::SquareRoot, left)),
            (Binary::Power, _, Some(2.0)) => Some(self.multiply(left, left)),
            (Binary::Power, _, Some(3.0)) => {
                let square = self.multiply(left, left);
                Some(self.multiply(square, left))
            }
            (Binary::Power, _, Some(4.0)) => {
                let square = self.multiply(left, left);
                Some(self.multiply(square, square))
            }
            (Binary::Power, _, Some(-1.0)) => {
                let one = self.constant(1.0);
                Some(self.divide(one, left))
            }
            (Binary::Multiply, _, Some(-1.0)) | (Binary::Divide, _, Some(-1.0)) => {
                Some(self.negate(left))
            }
            (Binary::Multiply, Some(-1.0), _) | (Binary::Subtract, Some(0.0), _) => {
                Some(self.negate(right))
            }
            // A power of two divides as exactly as its inverse multiplies.
            (Binary::Divide, _, Some(value)) if value.abs().log2().fract() == 0.0 => {
                let inverse = self.constant(1.0 / value);
                Some(self.multiply(left, inverse))
            }
            _ => None,
        }
    }

    /// `yes` where `condition` is true, else `no`.
    pub fn select(&mut self, condition: Expression, yes: Expression, no: Expression) -> Expression {
        match self.constant_value(condition) {
            Some(0.0) => no,
            Some(_) => yes,
            None if yes == no => yes,
            None => self.insert(Node::Select(condition, yes, no)),
        }
    }

    /// The sum.
    pub fn add(&mut self, left: Expression, right: Expression) -> Expression {
        self.binary(Binary::Add, left, right)
    }

    /// The difference.
    pub fn subtract(&mut self, left: Expression, right: Expression) -> Expression {
        self.binary(Binary::Subtract, left, right)
    }

    /// The product.
    pub fn multiply(&mut self, left: Expression, right: Expression) -> Expression {
        self.binary(Binary::Multiply, left, right)
    }

    /// The quotient.
    pub fn divide(&mut self, left: Expression, right: Expression) -> Expression {
        self.binary(Binary::Divide, left, right)
    }

    /// The negative.
    pub fn negate(&mut self, operand: Expression) -> Expression {
        self.unary(Unary::Negate, operand)
    }

    /// The operands of an expression, at most three.
    pub fn operands(&self, expression: Expression) -> impl Iterator<Item = Expression> + use<> {
        let found = match self.node(expression) {
            Node::Constant(_) | Node::Symbol(_) => [None; 3],
            Node::Unary(_, a) => [Some(a), None, None],
            Node::Binary(_, a, b) | Node::Apply(_, a, b) => [Some(a), Some(b), None],
            Node::Select(a, b, c) => [Some(a), Some(b), Some(c)],
        };
        found.into_iter().flatten()
    }

    /// Every expression that the roots are made of, the roots included, operands first.
    pub fn reachable(&self, roots: &[Expression]) -> Vec<Expression> {
        let mut seen = vec![false; self.nodes.len()];
        let mut open = roots.to_vec();
        while let Some(expression) = open.pop() {
            if !std::mem::replace(&mut seen[self.index(expression)], true) {
                open.extend(self.operands(expression));
            }
        }
        (0..self.nodes.len())
            .filter(|&index| seen[index])
            .map(|index| Expression(index as u32))
            .collect()
    }

    /// The symbols that the roots depend on, in the order in which they were first named.
    pub fn symbols_of(&self, roots: &[Expression]) -> Vec<Symbol> {
        let mut found: Vec<Symbol> = self
            .reachable(roots)
            .into_iter()
            .filter_map(|expression| match self.node(expression) {
                Node::Symbol(symbol) => Some(symbol),
                _ => None,
            })
            .collect();
        found.sort();
        found
    }

    /// True where the expression depends on the symbol.
    pub fn depends_on(&self, expression: Expression, symbol: Symbol) -> bool {
        self.symbols_of(&[expression]).contains(&symbol)
    }

    /// The roots with some symbols replaced by expressions, simplified anew.
    pub fn substitute(
        &mut self,
        roots: &[Expression],
        replacements: &HashMap<Symbol, Expression>,
    ) -> Vec<Expression> {
        self.rewrite(roots, |_, node| match node {
            Node::Symbol(symbol) => replacements.get(&symbol).copied(),
            _ => None,
        })
    }

    /// The roots with symbols replaced until none of them is left: a replacement may hold symbols that are replaced themselves.
    ///
    /// The replacements go in no circle, which [`Graph::circle`] tells.
    pub fn substitute_all(
        &mut self,
        roots: &[Expression],
        replacements: &HashMap<Symbol, Expression>,
    ) -> Vec<Expression> {
        let mut current = roots.to_vec();
        // No chain is longer than there are replacements; the rest lets simplifications settle.
        for _ in 0..replacements.len() + 8 {
            let next = self.substitute(&current, replacements);
            if next == current {
                break;
            }
            current = next;
        }
        current
    }

    /// Symbols each of whose replacements holds the next one, and the last the first; `None` where the replacements go in no circle.
    pub fn circle(&self, replacements: &HashMap<Symbol, Expression>) -> Option<Vec<Symbol>> {
        let mut open: Vec<Symbol> = replacements.keys().copied().collect();
        open.sort_unstable();
        let mut ended = HashSet::new();
        for start in open {
            if let Some(circle) = self.circle_from(start, replacements, &mut ended) {
                return Some(circle);
            }
        }
        None
    }

    /// As [`Graph::circle`], among what a symbol leads to; `ended` are those that lead to none.
    fn circle_from(
        &self,
        start: Symbol,
        replacements: &HashMap<Symbol, Expression>,
        ended: &mut HashSet<Symbol>,
    ) -> Option<Vec<Symbol>> {
        let held = |symbol: Symbol| {
            let mut held = self.symbols_of(&[replacements[&symbol]]);
            held.retain(|symbol| replacements.contains_key(symbol));
            held
        };
        // The way from the start, with what each symbol on it still leads to.
        let mut way = vec![(start, held(start))];
        while let Some((symbol, left)) = way.last_mut() {
            let symbol = *symbol;
            let Some(next) = left.pop() else {
                ended.insert(symbol);
                way.pop();
                continue;
            };
            if let Some(first) = way.iter().position(|(known, _)| *known == next) {
                return Some(way[first..].iter().map(|(symbol, _)| *symbol).collect());
            }
            if !ended.contains(&next) {
                way.push((next, held(next)));
            }
        }
        None
    }

    /// The roots with some nodes replaced, simplified anew. What a node stands on is rewritten before it.
    pub fn rewrite(
        &mut self,
        roots: &[Expression],
        mut replaced: impl FnMut(&mut Self, Node) -> Option<Expression>,
    ) -> Vec<Expression> {
        let order = self.reachable(roots);
        let mut image: HashMap<Expression, Expression> = HashMap::with_capacity(order.len());
        for expression in order {
            let node = match self.node(expression) {
                leaf @ (Node::Constant(_) | Node::Symbol(_)) => leaf,
                Node::Unary(operation, a) => Node::Unary(operation, image[&a]),
                Node::Binary(operation, a, b) => Node::Binary(operation, image[&a], image[&b]),
                Node::Select(a, b, c) => Node::Select(image[&a], image[&b], image[&c]),
                Node::Apply(function, a, b) => Node::Apply(function, image[&a], image[&b]),
            };
            let made = match (replaced(self, node), node) {
                (Some(other), _) => other,
                (None, Node::Constant(_) | Node::Symbol(_)) => expression,
                (None, Node::Unary(operation, a)) => self.unary(operation, a),
                (None, Node::Binary(operation, a, b)) => self.binary(operation, a, b),
                (None, Node::Select(a, b, c)) => self.select(a, b, c),
                (None, Node::Apply(function, a, b)) => self.apply(function, a, b),
            };
            image.insert(expression, made);
        }
        roots.iter().map(|root| image[root]).collect()
    }
}

impl Unary {
    /// The operation on one `f64`, by the standard library: for constants, at reading time.
    pub fn evaluate(self, x: f64) -> f64 {
        match self {
            Unary::Negate => -x,
            Unary::Not => f64::from(x == 0.0),
            Unary::Absolute => x.abs(),
            Unary::SquareRoot => x.sqrt(),
            Unary::Exp => x.exp(),
            Unary::ExpM1 => x.exp_m1(),
            Unary::ExpRel if x == 0.0 => 1.0,
            Unary::ExpRel => x.exp_m1() / x,
            Unary::Log => x.ln(),
            Unary::Log1p => x.ln_1p(),
            Unary::Sin => x.sin(),
            Unary::Cos => x.cos(),
            Unary::Tan => x.tan(),
            Unary::Asin => x.asin(),
            Unary::Acos => x.acos(),
            Unary::Atan => x.atan(),
            Unary::Sinh => x.sinh(),
            Unary::Cosh => x.cosh(),
            Unary::Tanh => x.tanh(),
            Unary::Floor => x.floor(),
            Unary::Ceil => x.ceil(),
            Unary::Truncate => x.trunc(),
            Unary::Sign if x == 0.0 => 0.0,
            Unary::Sign => x.signum(),
        }
    }
}

impl Binary {
    /// The operation on two `f64`, by the standard library: for constants, at reading time.
    ///
    /// # Panics
    /// For [`Binary::PoissonQuantile`], which is never folded.
    pub fn evaluate(self, a: f64, b: f64) -> f64 {
        match self {
            Binary::Add => a + b,
            Binary::Subtract => a - b,
            Binary::Multiply => a * b,
            Binary::Divide => a / b,
            Binary::Power => a.powf(b),
            Binary::Modulo => a - b * (a / b).floor(),
            // Unlike `f64::min`, what is not a number stays so.
            Binary::Minimum => Real::minimum(a, b),
            Binary::Maximum => Real::maximum(a, b),
            Binary::Less => f64::from(a < b),
            Binary::LessOrEqual => f64::from(a <= b),
            Binary::Equal => f64::from(a == b),
            Binary::And => f64::from(a != 0.0 && b != 0.0),
            Binary::Or => f64::from(a != 0.0 || b != 0.0),
            Binary::PoissonQuantile => unreachable!("a draw is not a constant"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_number_is_neither_the_least_nor_the_greatest() {
        for operation in [Binary::Minimum, Binary::Maximum] {
            assert!(operation.evaluate(f64::NAN, 1.0).is_nan());
            assert!(operation.evaluate(1.0, f64::NAN).is_nan());
        }
        assert_eq!(Binary::Minimum.evaluate(2.0, 1.0), 1.0);
        assert_eq!(Binary::Maximum.evaluate(2.0, 1.0), 2.0);
    }

    #[test]
    fn equal_expressions_are_one_node() {
        let mut graph = Graph::new();
        let (x, y) = (graph.named("x"), graph.named("y"));
        let one = graph.add(x, y);
        let other = graph.add(y, x);
        assert_eq!(one, other);
    }

    #[test]
    fn constants_fold_and_neutral_elements_vanish() {
        let mut graph = Graph::new();
        let x = graph.named("x");
        let (zero, one, two) = (
            graph.constant(0.0),
            graph.constant(1.0),
            graph.constant(2.0),
        );
        let three = graph.add(one, two);
        assert_eq!(graph.constant_value(three), Some(3.0));
        assert_eq!(graph.add(x, zero), x);
        assert_eq!(graph.multiply(one, x), x);
        let nothing = graph.multiply(zero, x);
        assert_eq!(graph.constant_value(nothing), Some(0.0));
    }

    #[test]
    fn substitution_simplifies_anew() {
        let mut graph = Graph::new();
        let (x, tau) = (graph.named("x"), graph.named("tau"));
        let ratio = graph.divide(x, tau);
        let symbol = graph.name("tau");
        let four = graph.constant(4.0);
        let replaced = graph.substitute(&[ratio], &HashMap::from([(symbol, four)]));
        let quarter = graph.constant(0.25);
        let expected = graph.multiply(x, quarter);
        assert_eq!(replaced, vec![expected]);
    }

    #[test]
    fn draws_are_never_shared() {
        let mut graph = Graph::new();
        assert_ne!(graph.normal_draw(), graph.normal_draw());
        assert_ne!(graph.uniform_draw(), graph.normal_draw());
    }

    #[test]
    fn a_chain_of_replacements_runs_to_its_end_and_a_circle_is_told() {
        let mut graph = Graph::new();
        let links: Vec<Symbol> = (0..20)
            .map(|link| graph.name(&format!("x{link}")))
            .collect();
        let one = graph.constant(1.0);
        let mut replacements = HashMap::new();
        for pair in links.windows(2) {
            let next = graph.symbol(pair[1]);
            let sum = graph.add(next, one);
            replacements.insert(pair[0], sum);
        }
        replacements.insert(links[19], one);
        let first = graph.symbol(links[0]);
        assert_eq!(graph.circle(&replacements), None);
        let ended = graph.substitute_all(&[first], &replacements);
        assert_eq!(graph.constant_value(ended[0]), Some(20.0));
        let back = graph.symbol(links[17]);
        let back = graph.add(back, one);
        replacements.insert(links[19], back);
        assert_eq!(graph.circle(&replacements).as_deref(), Some(&links[17..20]));
        let own = graph.symbol(links[3]);
        assert_eq!(
            graph.circle(&HashMap::from([(links[3], own)])).as_deref(),
            Some(&links[3..4])
        );
    }
}
