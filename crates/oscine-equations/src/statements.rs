//! Statements: what happens at a reset or at a spike, line by line, each line seeing what those before it wrote.
//!
//! They become one expression of the *old* values for each name that is written (static single assignment), so
//! that a program computes them all and stores them at once.

use std::collections::HashMap;
use std::ops::Range;

use crate::dimension::Dimension;
use crate::error::{BoxedMistake, EquationError, EquationMistake};
use crate::graph::{Expression, Graph, Symbol};
use crate::resolve::{Meaning, Resolver};
use crate::scope::{Binding, Scope};
use crate::syntax::{Operator, Parser, Token, TokenKind, Tree, tokens};

/// How a variable is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteKind {
    /// The expression is the new value.
    Set,
    /// The expression is added to the old value, on which it does not depend.
    Add,
}

/// A variable that statements change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The variable.
    pub name: String,
    /// Whether the expression is its new value or is added to the old one.
    pub kind: WriteKind,
    /// A function of the values before any statement.
    pub expression: Expression,
}

/// Reads statements, one a line or separated by `;`: `v = -60*mV`, `ge += w`, `w = clip(w + pre, 0, w_max)`.
///
/// A name that the scope does not know is a local value of these statements, if a later line reads it. The writes
/// come in the order in which the variables are first written.
///
/// # Errors
/// As [`crate::resolve::resolve`]; a variable that cannot be written, or a new value of another dimension.
pub fn resolve_statements(
    graph: &mut Graph,
    scope: &Scope,
    text: &str,
) -> Result<Vec<Write>, EquationError> {
    Statements::read(graph, scope, text).map_err(|problem| problem.within(text))
}

struct Assignment {
    name: String,
    span: Range<usize>,
    /// The operator of `+=` and its like; none for `=`.
    operator: Option<Operator>,
    tree: Tree,
}

/// A variable as written so far.
struct WrittenVariable {
    old: Symbol,
    dimension: Dimension,
    current: Expression,
    /// The sum of what was added, while nothing else was done to it.
    added: Option<Expression>,
}

struct Statements<'a> {
    resolver: Resolver<'a>,
    scope: &'a Scope,
    order: Vec<String>,
    written: HashMap<String, WrittenVariable>,
}

impl<'a> Statements<'a> {
    fn read(
        graph: &'a mut Graph,
        scope: &'a Scope,
        text: &str,
    ) -> Result<Vec<Write>, BoxedMistake> {
        let tokens = tokens(text)?;
        let assignments = assignments(text, &tokens)?;
        let mut statements = Statements {
            resolver: Resolver::new(graph, scope),
            scope,
            order: Vec::new(),
            written: HashMap::new(),
        };
        for (place, assignment) in assignments.iter().enumerate() {
            match scope.get(&assignment.name) {
                Some(binding) => statements.variable(assignment, binding)?,
                None => statements.local(assignment, &assignments[place + 1..])?,
            }
        }
        Ok(statements.writes())
    }

    fn variable(&mut self, assignment: &Assignment, binding: &Binding) -> Result<(), BoxedMistake> {
        let name = &assignment.name;
        let not_writable = |reason| {
            EquationMistake::NotWritable {
                name: name.clone(),
                reason,
            }
            .at(assignment.span.clone(), "cannot be changed")
        };
        let dimension = match binding {
            Binding::Symbol {
                dimension,
                writable: true,
            } => *dimension,
            Binding::Symbol { .. } => return Err(not_writable("given from outside or constant")),
            Binding::Constant(quantity) => {
                return Err(not_writable("a constant").help(format!(
                    "for a value that changes, add `{name} : {}` to the equations",
                    quantity.dimension
                )));
            }
            Binding::Expression { .. } => {
                return Err(not_writable("a subexpression")
                    .help("change one of the variables that it is made of"));
            }
            Binding::Function { .. } => return Err(not_writable("a function of time")),
        };
        let old = self.resolver.graph.name(name);
        let current = match self.written.get(name) {
            Some(written) => written.current,
            None => self.resolver.graph.symbol(old),
        };
        let value = self.resolver.tree(&assignment.tree)?;
        check(assignment, dimension, &value)?;
        let new = self.apply(assignment.operator, current, value.expression);
        if !self.written.contains_key(name) {
            self.order.push(name.clone());
            let nothing = self.resolver.graph.constant(0.0);
            self.written.insert(
                name.clone(),
                WrittenVariable {
                    old,
                    dimension,
                    current,
                    added: Some(nothing),
                },
            );
        }
        let graph = &mut *self.resolver.graph;
        if let Some(written) = self.written.get_mut(name) {
            let independent = !graph.depends_on(value.expression, written.old);
            written.added = match (assignment.operator, written.added) {
                (Some(Operator::Add), Some(sum)) if independent => {
                    Some(graph.add(sum, value.expression))
                }
                (Some(Operator::Subtract), Some(sum)) if independent => {
                    Some(graph.subtract(sum, value.expression))
                }
                _ => None,
            };
            written.current = new;
            let value = Meaning::of_name(new, written.dimension);
            self.resolver.given.insert(name.clone(), value);
        }
        Ok(())
    }

    fn apply(
        &mut self,
        operator: Option<Operator>,
        old: Expression,
        value: Expression,
    ) -> Expression {
        let graph = &mut *self.resolver.graph;
        match operator {
            Some(Operator::Add) => graph.add(old, value),
            Some(Operator::Subtract) => graph.subtract(old, value),
            Some(Operator::Multiply) => graph.multiply(old, value),
            Some(_) => graph.divide(old, value),
            None => value,
        }
    }

    /// A name that only these statements know: it must be read later, or it is a misspelt variable.
    fn local(&mut self, assignment: &Assignment, later: &[Assignment]) -> Result<(), BoxedMistake> {
        let name = &assignment.name;
        if let Some(reserved) = Scope::reserved(name) {
            return Err(EquationMistake::Reserved {
                name: name.clone(),
                reserved,
            }
            .at(assignment.span.clone(), "taken")
            .help("choose another name"));
        }
        let known = self.resolver.given.get(name).copied();
        let read = later.iter().any(|next| {
            next.tree.names().any(|(read, _)| read == name)
                || (next.name == *name && next.operator.is_some())
        });
        if (assignment.operator.is_some() && known.is_none()) || (!read && known.is_none()) {
            let mistake = match assignment.operator {
                Some(_) => EquationMistake::UnknownName(name.clone()),
                None => EquationMistake::UnusedName(name.clone()),
            };
            return Err(mistake
                .at(assignment.span.clone(), "not known")
                .maybe_help(self.scope.advice(name)));
        }
        let mut value = self.resolver.tree(&assignment.tree)?;
        if let (Some(operator), Some(known)) = (assignment.operator, known) {
            check(assignment, known.dimension, &value)?;
            let expression = self.apply(Some(operator), known.expression, value.expression);
            value = Meaning::of_name(expression, known.dimension);
        }
        self.resolver.given.insert(name.clone(), value);
        Ok(())
    }

    fn writes(mut self) -> Vec<Write> {
        let mut writes = Vec::with_capacity(self.order.len());
        for name in self.order {
            let Some(written) = self.written.remove(&name) else {
                continue;
            };
            let (kind, expression) = match written.added {
                Some(sum) => (WriteKind::Add, sum),
                None => (WriteKind::Set, written.current),
            };
            writes.push(Write {
                name,
                kind,
                expression,
            });
        }
        writes
    }
}

/// The dimension of a value against that of the variable which takes it.
fn check(
    assignment: &Assignment,
    dimension: Dimension,
    value: &Meaning,
) -> Result<(), BoxedMistake> {
    let (expected, what) = match assignment.operator {
        Some(Operator::Multiply | Operator::Divide) => (
            Dimension::DIMENSIONLESS,
            format!("the factor of `{}`", assignment.name),
        ),
        Some(_) => (dimension, format!("what is added to `{}`", assignment.name)),
        None => (dimension, format!("the new value of `{}`", assignment.name)),
    };
    value.fits(expected, &what, assignment.tree.span())
}

fn assignments(text: &str, tokens: &[Token]) -> Result<Vec<Assignment>, BoxedMistake> {
    let mut parser = Parser::new(text, tokens);
    parser.ends_with_line = true;
    let mut found = Vec::new();
    loop {
        while parser.peek().kind == TokenKind::Semicolon {
            parser.advance();
        }
        let name = parser.peek();
        if name.kind == TokenKind::End {
            return Ok(found);
        }
        if name.kind != TokenKind::Name {
            return Err(parser.unexpected("a variable to change"));
        }
        parser.advance();
        let sign = parser.peek();
        let operator = match sign.kind {
            TokenKind::Equal => None,
            TokenKind::PlusEqual => Some(Operator::Add),
            TokenKind::MinusEqual => Some(Operator::Subtract),
            TokenKind::StarEqual => Some(Operator::Multiply),
            TokenKind::SlashEqual => Some(Operator::Divide),
            _ => {
                let help = match parser.word(name) {
                    "if" => "a choice is an expression: `w = where(v > 0*mV, 1, w)`",
                    _ => "a statement changes a variable: `v = -60*mV`, `ge += w`",
                };
                return Err(parser.unexpected("`=` or `+=`").help(help));
            }
        };
        parser.advance();
        if parser.peek().begins_line {
            return Err(EquationMistake::Empty.at(sign.span.clone(), "nothing follows"));
        }
        let tree = parser.expression()?;
        found.push(Assignment {
            name: parser.word(name).to_owned(),
            span: name.span.clone(),
            operator,
            tree,
        });
        let next = parser.peek();
        if !next.begins_line && next.kind != TokenKind::Semicolon {
            return Err(parser.unexpected("an operator or the end of the line"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::print;

    fn scope() -> Scope {
        let mut scope = Scope::new();
        for name in ["pre", "post", "w", "x"] {
            let dimension = Dimension::DIMENSIONLESS;
            scope.bind(
                name,
                Binding::Symbol {
                    dimension,
                    writable: true,
                },
            );
        }
        let (dimension, writable) = (Dimension::VOLT, true);
        scope.bind(
            "v",
            Binding::Symbol {
                dimension,
                writable,
            },
        );
        let dimension = Dimension::DIMENSIONLESS;
        scope.bind(
            "A",
            Binding::Symbol {
                dimension,
                writable: false,
            },
        );
        scope
    }

    fn shown(text: &str) -> String {
        let mut graph = Graph::new();
        match resolve_statements(&mut graph, &scope(), text) {
            Ok(writes) => writes
                .iter()
                .map(|write| {
                    let sign = if write.kind == WriteKind::Add {
                        "+="
                    } else {
                        "="
                    };
                    format!(
                        "{} {sign} {}; ",
                        write.name,
                        print(&graph, write.expression)
                    )
                })
                .collect(),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn later_lines_see_what_earlier_ones_wrote() {
        assert_eq!(shown("pre += A\nw += post"), "pre += A; w += post; ");
        assert_eq!(shown("pre += A; w += pre"), "pre += A; w += pre + A; ");
        assert_eq!(shown("w = x\nw += x"), "w = x + x; ");
        assert_eq!(shown("w += 1\nw += x"), "w += 1 + x; ");
        assert_eq!(shown("w += 1\nw *= 2"), "w = (w + 1)*2; ");
        assert_eq!(shown("w += w*x"), "w = w + w*x; ");
        assert_eq!(shown("w -= x"), "w += -x; ");
    }

    #[test]
    fn locals_live_within_the_statements() {
        assert_eq!(
            shown("change = x*A\nw += change\npre -= change"),
            "w += x*A; pre += -(x*A); "
        );
        assert_eq!(
            shown("ww = x"),
            "error: `ww` is not a variable here, and nothing reads it afterwards"
        );
        assert_eq!(
            shown("mV = x"),
            "error: `mV` cannot be defined: it is the unit `mV`"
        );
    }

    #[test]
    fn lines_end_where_they_end() {
        assert_eq!(
            shown("v = -60*mV\n\n# nothing\nw = max(x,\n 2)"),
            "v = -0.06; w = max(x, 2); "
        );
        assert_eq!(
            shown("w = x\n-x"),
            "error: expected a variable to change, found `-`"
        );
        assert_eq!(shown("w = "), "error: there is no expression here");
        assert_eq!(
            shown("w = x x"),
            "error: expected an operator or the end of the line, found `x`"
        );
    }

    #[test]
    fn dimensions_and_permissions_are_checked() {
        assert_eq!(
            shown("v = 3"),
            "error: the new value of `v` should be volt, but this is a number without unit"
        );
        assert_eq!(
            shown("v += 1*ms"),
            "error: what is added to `v` should be volt, but this is second"
        );
        assert_eq!(
            shown("v *= 2*mV"),
            "error: the factor of `v` should be a number without unit, but this is volt"
        );
        assert_eq!(
            shown("A = 3"),
            "error: `A` cannot be changed here: it is given from outside or constant"
        );
        assert_eq!(shown("v = 0"), "v = 0; ");
    }
}
