//! Formulas over things that were measured: `max(abs(rate - exact))`, `onset.hopf[0]`.
//!
//! The syntax is that of the equations, except that a name may have fields and places. What a name is, and what a function is that
//! the equations do not know (`last`, `argmax`), is for whoever evaluates the formula to say: they take such a part out with
//! [`Formula::part`], and put a name in its place with [`Formula::put_name`]. What is left is an expression of the equations' own, resolved with its dimensions checked.

use std::ops::Range;

use crate::error::{EquationError, EquationMistake};
use crate::functions;
use crate::graph::Graph;
use crate::resolve::{Resolver, Typed};
use crate::scope::Scope;
use crate::syntax::{Parser, Tree, TreeKind, tokens_with_paths};

/// A formula that was read, and not yet resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    text: String,
    tree: Tree,
}

/// What stands at a place of a formula.
#[derive(Clone, Debug, PartialEq)]
pub enum FormulaPart {
    /// A name with its fields and places.
    Name(String),
    /// A call of a function, with the places of its arguments.
    Call {
        /// Its name.
        function: String,
        /// Places of the arguments.
        arguments: Vec<usize>,
    },
    /// A number, or a sign with its operands.
    Other,
}

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// A mistake of syntax.
    pub fn parse(text: &str) -> Result<Self, EquationError> {
        let tokens = tokens_with_paths(text).map_err(|problem| problem.within(text))?;
        let tree = Parser::new(text, &tokens)
            .whole_expression()
            .map_err(|problem| problem.within(text))?;
        Ok(Self {
            text: text.to_owned(),
            tree,
        })
    }

    /// The text that it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many places it has; operands have a lower place than what uses them, and the last is the whole.
    pub fn places(&self) -> usize {
        self.tree.nodes.len()
    }

    /// What stands at a place.
    pub fn at(&self, place: usize) -> FormulaPart {
        match &self.tree.nodes[place].kind {
            TreeKind::Name(name) => FormulaPart::Name(name.clone()),
            TreeKind::Call {
                name, arguments, ..
            } => FormulaPart::Call {
                function: name.clone(),
                arguments: arguments.clone(),
            },
            _ => FormulaPart::Other,
        }
    }

    /// The bytes of the text that a place was read from.
    pub fn span(&self, place: usize) -> Range<usize> {
        self.tree.nodes[place].span.clone()
    }

    /// The formula that ends at a place.
    pub fn part(&self, place: usize) -> Self {
        let mut needed = vec![false; place + 1];
        needed[place] = true;
        for at in (0..=place).rev() {
            if needed[at] {
                for operand in operands(&self.tree.nodes[at].kind) {
                    needed[operand] = true;
                }
            }
        }
        let mut moved = vec![0; place + 1];
        let mut tree = Tree::default();
        for at in (0..=place).filter(|&at| needed[at]) {
            let node = &self.tree.nodes[at];
            let kind = with_operands(&node.kind, |operand| moved[operand]);
            moved[at] = tree.push(kind, node.span.clone());
        }
        Self {
            text: self.text.clone(),
            tree,
        }
    }

    /// Puts a name where something else stands.
    pub fn put_name(&mut self, place: usize, name: impl Into<String>) {
        self.tree.nodes[place].kind = TreeKind::Name(name.into());
    }

    /// Turns it into an expression of the graph.
    ///
    /// # Errors
    /// A name that is not known, or dimensions that do not fit.
    pub fn resolve(&self, graph: &mut Graph, scope: &Scope) -> Result<Typed, EquationError> {
        let whole = self.part(self.places() - 1);
        let value = Resolver::new(graph, scope)
            .tree(&whole.tree)
            .map_err(|problem| problem.within(&self.text))?;
        Ok(Typed {
            expression: value.expression,
            dimension: value.dimension,
        })
    }

    /// An error at a place of this formula.
    pub fn error(&self, place: usize, sentence: &str, help: Option<String>) -> EquationError {
        EquationMistake::Formula(sentence.to_owned())
            .at(self.span(place), "here")
            .maybe_help(help)
            .within(&self.text)
    }
}

/// Whether the equations know a function of this name that takes so many arguments.
pub fn is_function(name: &str, arguments: usize) -> bool {
    functions::builtin(name)
        .is_some_and(|builtin| (builtin.arguments.0..=builtin.arguments.1).contains(&arguments))
}

fn operands(kind: &TreeKind) -> Vec<usize> {
    match kind {
        TreeKind::Number { .. } | TreeKind::Name(_) => Vec::new(),
        TreeKind::Prefix(_, operand) => vec![*operand],
        TreeKind::Infix(_, left, right) => vec![*left, *right],
        TreeKind::Call { arguments, .. } => arguments.clone(),
    }
}

fn with_operands(kind: &TreeKind, moved: impl Fn(usize) -> usize) -> TreeKind {
    match kind {
        TreeKind::Number { .. } | TreeKind::Name(_) => kind.clone(),
        TreeKind::Prefix(prefix, operand) => TreeKind::Prefix(*prefix, moved(*operand)),
        TreeKind::Infix(operator, left, right) => {
            TreeKind::Infix(*operator, moved(*left), moved(*right))
        }
        TreeKind::Call {
            name,
            name_span,
            arguments,
        } => TreeKind::Call {
            name: name.clone(),
            name_span: name_span.clone(),
            arguments: arguments.iter().map(|&operand| moved(operand)).collect(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dimension::Dimension;
    use crate::evaluate;
    use crate::scope::Binding;

    #[test]
    fn names_have_fields_and_places() {
        let formula = Formula::parse("last(weights.w)[0] - 1").err();
        assert!(formula.is_some(), "a place follows a name only");
        let formula = Formula::parse("onset.hopf[0] + noise.jitter.level*2. - a[-1]").unwrap();
        let names: Vec<String> = (0..formula.places())
            .filter_map(|place| match formula.at(place) {
                FormulaPart::Name(name) => Some(name),
                _ => None,
            })
            .collect();
        assert_eq!(names, ["onset.hopf[0]", "noise.jitter.level", "a[-1]"]);
    }

    #[test]
    fn a_part_is_taken_out_and_the_rest_is_resolved() {
        let mut formula = Formula::parse("2*last(x.y*1000) + 1").unwrap();
        let call = (0..formula.places())
            .find(|&place| matches!(formula.at(place), FormulaPart::Call { .. }))
            .unwrap();
        let FormulaPart::Call { arguments, .. } = formula.at(call) else {
            panic!("it is a call")
        };
        let inner = formula.part(arguments[0]);
        let mut scope = Scope::new();
        let plain = Binding::Symbol {
            dimension: Dimension::DIMENSIONLESS,
            writable: false,
        };
        scope.bind("x.y", plain);
        scope.bind("last 1", plain);
        let mut graph = Graph::new();
        let typed = inner.resolve(&mut graph, &scope).unwrap();
        let value = evaluate(&graph, typed.expression, &|_| 3.0, &|_, _, _| f64::NAN);
        assert_eq!(value, 3000.0);
        formula.put_name(call, "last 1");
        let typed = formula.resolve(&mut graph, &scope).unwrap();
        let value = evaluate(&graph, typed.expression, &|_| 5.0, &|_, _, _| f64::NAN);
        assert_eq!(value, 11.0);
        assert!(is_function("abs", 1) && !is_function("max", 1) && is_function("max", 2));
    }
}
