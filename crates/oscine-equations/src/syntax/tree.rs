//! The tree of an expression, flat: operands stand before what uses them, the root is last.

use std::ops::Range;

use crate::decimal::Decimal;

/// A sign before an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Prefix {
    Plus,
    Minus,
    Not,
}

/// A sign between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    And,
    Or,
}

impl Operator {
    /// True for `<`, `==` and their like.
    pub fn is_comparison(self) -> bool {
        matches!(
            self,
            Operator::Less
                | Operator::LessOrEqual
                | Operator::Greater
                | Operator::GreaterOrEqual
                | Operator::Equal
                | Operator::NotEqual
        )
    }
}

/// What a node is. Operands are places in [`Tree::nodes`].
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum TreeKind {
    Number {
        value: f64,
        decimal: Option<Decimal>,
    },
    Name(String),
    Prefix(Prefix, usize),
    Infix(Operator, usize, usize),
    Call {
        name: String,
        name_span: Range<usize>,
        arguments: Vec<usize>,
    },
}

/// A node and the bytes of the text that it was read from.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct TreeNode {
    pub kind: TreeKind,
    pub span: Range<usize>,
}

/// An expression as it was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// The nodes, operands first, the root last.
    pub nodes: Vec<TreeNode>,
}

impl Tree {
    /// Adds a node whose operands are there already, and returns its place.
    pub fn push(&mut self, kind: TreeKind, span: Range<usize>) -> usize {
        self.nodes.push(TreeNode { kind, span });
        self.nodes.len() - 1
    }

    /// The bytes of the whole expression.
    pub fn span(&self) -> Range<usize> {
        self.nodes.last().map_or(0..0, |root| root.span.clone())
    }

    /// The names that are read, functions not among them, in the order of the text; repeated as they are there.
    pub fn names(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        self.nodes.iter().filter_map(|node| match &node.kind {
            TreeKind::Name(name) => Some((name.as_str(), node.span.clone())),
            _ => None,
        })
    }
}
