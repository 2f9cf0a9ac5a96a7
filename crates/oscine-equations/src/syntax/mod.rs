//! From characters to a tree: the syntax of Brian2's expressions, statements and equations.
//!
//! Nothing here knows what a name means. Trees are flat, operands before what uses them, so that no expression
//! is too deep to be walked or dropped; nesting is bounded by [`DEEPEST_NESTING`] and texts by [`LONGEST_TEXT`].

mod lexer;
mod parser;
mod tree;

pub use lexer::{Token, TokenKind};
pub(crate) use lexer::{tokens, tokens_with_paths};
pub use parser::Parser;
pub use tree::{Operator, Prefix, Tree, TreeKind};

/// The longest text that is read, bytes.
pub const LONGEST_TEXT: usize = 1 << 20;

/// The deepest nesting of parentheses, signs and powers that is read.
pub const DEEPEST_NESTING: usize = 200;
