//! Tokens to trees, by operator precedence (Pratt, "Top down operator precedence", POPL 1973), with Python's
//! precedences.

use std::ops::Range;

use super::{DEEPEST_NESTING, Operator, Prefix, Token, TokenKind, Tree, TreeKind};
use crate::error::{BoxedMistake, EquationMistake};

const NOT: u8 = 6;
const SIGN: u8 = 16;
const POWER: u8 = 18;

/// Reads expressions from the tokens of a text, one after the other.
pub struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    parentheses: usize,
    /// True where an expression ends with its line (statements, units), false where it goes on until something
    /// that cannot belong to it (equations, up to the colon).
    pub ends_with_line: bool,
    /// True where a name before a parenthesis is a function (not so in units, where flags follow).
    pub calls: bool,
}

impl<'a> Parser<'a> {
    /// A parser before the first token. The tokens must end with [`TokenKind::End`].
    pub fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Self {
            text,
            tokens,
            at: 0,
            depth: 0,
            parentheses: 0,
            ends_with_line: false,
            calls: true,
        }
    }

    /// The next token.
    pub fn peek(&self) -> &'a Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    /// Takes the next token.
    pub fn advance(&mut self) -> &'a Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    /// The bytes of the token that was taken last.
    pub fn previous_span(&self) -> Range<usize> {
        match self.at {
            0 => 0..0,
            at => self.tokens[at.min(self.tokens.len()) - 1].span.clone(),
        }
    }

    /// The text of a token.
    pub fn word(&self, token: &Token) -> &'a str {
        &self.text[token.span.clone()]
    }

    /// A part of the text.
    pub fn source(&self, span: Range<usize>) -> &'a str {
        &self.text[span]
    }

    /// What a token is called in a sentence.
    pub fn called(&self, token: &Token) -> String {
        match token.kind {
            TokenKind::End => "the end".to_owned(),
            _ => format!("`{}`", self.word(token)),
        }
    }

    /// Reads one expression and leaves what follows it.
    pub(crate) fn expression(&mut self) -> Result<Tree, BoxedMistake> {
        let mut tree = Tree::default();
        self.operand(&mut tree, 0)?;
        Ok(tree)
    }

    /// Reads one expression that everything belongs to.
    pub(crate) fn whole_expression(&mut self) -> Result<Tree, BoxedMistake> {
        if self.peek().kind == TokenKind::End {
            return Err(EquationMistake::Empty.at(0..self.text.len(), "nothing here"));
        }
        let tree = self.expression()?;
        match self.peek().kind {
            TokenKind::End => Ok(tree),
            _ => Err(self.unexpected("an operator or the end")),
        }
    }

    /// The problem of a next token that does not fit, with the advice that its kind calls for.
    pub(crate) fn unexpected(&self, expected: &str) -> BoxedMistake {
        let token = self.peek();
        let problem = match token.kind {
            TokenKind::Close => {
                return EquationMistake::UnopenedParenthesis
                    .at(token.span.clone(), "closes nothing");
            }
            _ => EquationMistake::Expected {
                expected: expected.to_owned(),
                found: self.called(token),
            }
            .at(self.visible_span(), format!("expected {expected}")),
        };
        let before = self.at.checked_sub(1).map(|at| &self.tokens[at]);
        let operand_before = before.is_some_and(|token| {
            matches!(
                token.kind,
                TokenKind::Number { .. } | TokenKind::Name | TokenKind::Close
            )
        });
        let begins_operand = matches!(
            token.kind,
            TokenKind::Number { .. } | TokenKind::Name | TokenKind::Open
        );
        if let Some(before) = before.filter(|_| operand_before && begins_operand) {
            if matches!(self.word(token), "if" | "else") {
                return problem.help("write `where(condition, yes, no)`");
            }
            let after = self.tokens.get(self.at + 1).map(|token| token.kind);
            if matches!(after, Some(TokenKind::Equal | TokenKind::PlusEqual)) {
                return problem.help("begin a new line, or put `;` between");
            }
            return problem.help(format!(
                "a product needs its sign: `{}*{}`",
                self.word(before),
                self.word(token)
            ));
        }
        match token.kind {
            TokenKind::Equal => problem.help("to compare, write `==`"),
            _ => problem,
        }
    }

    /// The bytes of the next token, or of the one before it where the text ends.
    fn visible_span(&self) -> Range<usize> {
        match self.peek().kind {
            TokenKind::End if self.at > 0 => self.previous_span(),
            _ => self.peek().span.clone(),
        }
    }

    fn deeper(&mut self) -> Result<(), BoxedMistake> {
        self.depth += 1;
        if self.depth > DEEPEST_NESTING {
            return Err(EquationMistake::TooDeep {
                limit: DEEPEST_NESTING,
            }
            .at(self.peek().span.clone(), "here")
            .help("give parts of it a name, as subexpressions"));
        }
        Ok(())
    }

    /// Reads operands joined by operators that bind at least as tightly as `least`.
    fn operand(&mut self, tree: &mut Tree, least: u8) -> Result<usize, BoxedMistake> {
        self.deeper()?;
        let mut left = self.prefix(tree)?;
        let mut compared: Option<Range<usize>> = None;
        while let Some((operator, binding)) = self.operator().filter(|found| found.1 >= least) {
            let sign = self.advance().span.clone();
            if operator.is_comparison()
                && let Some(first) = compared.replace(sign.clone())
            {
                return Err(EquationMistake::ChainedComparison
                    .at(sign, "second comparison")
                    .second(first, "first comparison")
                    .help("write `(a < b) and (b < c)`"));
            }
            // A power takes what stands to its right together with its sign, and groups to the right.
            let tighter = if operator == Operator::Power {
                SIGN
            } else {
                binding + 1
            };
            let right = self.operand(tree, tighter)?;
            let span = tree.nodes[left].span.start..tree.nodes[right].span.end;
            left = tree.push(TreeKind::Infix(operator, left, right), span);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operator(&self) -> Option<(Operator, u8)> {
        let token = self.peek();
        if token.begins_line && self.ends_with_line && self.parentheses == 0 {
            return None;
        }
        Some(match token.kind {
            TokenKind::Name => match self.word(token) {
                "or" => (Operator::Or, 2),
                "and" => (Operator::And, 4),
                _ => return None,
            },
            TokenKind::Less => (Operator::Less, 8),
            TokenKind::LessOrEqual => (Operator::LessOrEqual, 8),
            TokenKind::Greater => (Operator::Greater, 8),
            TokenKind::GreaterOrEqual => (Operator::GreaterOrEqual, 8),
            TokenKind::DoubleEqual => (Operator::Equal, 8),
            TokenKind::NotEqual => (Operator::NotEqual, 8),
            TokenKind::Bar => (Operator::Or, 9),
            TokenKind::Ampersand => (Operator::And, 10),
            TokenKind::Plus => (Operator::Add, 12),
            TokenKind::Minus => (Operator::Subtract, 12),
            TokenKind::Star => (Operator::Multiply, 14),
            TokenKind::Slash => (Operator::Divide, 14),
            TokenKind::DoubleSlash => (Operator::FloorDivide, 14),
            TokenKind::Percent => (Operator::Modulo, 14),
            TokenKind::DoubleStar => (Operator::Power, POWER),
            _ => return None,
        })
    }

    fn prefix(&mut self, tree: &mut Tree) -> Result<usize, BoxedMistake> {
        let token = self.peek();
        match token.kind {
            TokenKind::Number { value, decimal } => {
                self.advance();
                Ok(tree.push(TreeKind::Number { value, decimal }, token.span.clone()))
            }
            TokenKind::Minus => self.signed(tree, Prefix::Minus, SIGN),
            TokenKind::Plus => self.signed(tree, Prefix::Plus, SIGN),
            TokenKind::Tilde => self.signed(tree, Prefix::Not, SIGN),
            TokenKind::Name if self.word(token) == "not" => self.signed(tree, Prefix::Not, NOT),
            TokenKind::Name if matches!(self.word(token), "and" | "or") => {
                Err(self.unexpected("a number, a name or a parenthesis"))
            }
            TokenKind::Name => {
                self.advance();
                if self.calls && self.peek().kind == TokenKind::Open && !self.stands_on_next_line()
                {
                    return self.call(tree, token);
                }
                let name = self.word(token).to_owned();
                Ok(tree.push(TreeKind::Name(name), token.span.clone()))
            }
            TokenKind::Open => {
                self.advance();
                self.parentheses += 1;
                let inner = self.operand(tree, 0)?;
                let end = self.close(&token.span)?;
                tree.nodes[inner].span = token.span.start..end;
                Ok(inner)
            }
            _ => Err(self.unexpected("a number, a name or a parenthesis")),
        }
    }

    fn stands_on_next_line(&self) -> bool {
        self.peek().begins_line && self.ends_with_line && self.parentheses == 0
    }

    fn signed(
        &mut self,
        tree: &mut Tree,
        prefix: Prefix,
        binding: u8,
    ) -> Result<usize, BoxedMistake> {
        let start = self.advance().span.start;
        let operand = self.operand(tree, binding)?;
        let end = tree.nodes[operand].span.end;
        Ok(tree.push(TreeKind::Prefix(prefix, operand), start..end))
    }

    fn call(&mut self, tree: &mut Tree, name: &Token) -> Result<usize, BoxedMistake> {
        let open = self.advance().span.clone();
        self.parentheses += 1;
        let mut arguments = Vec::new();
        while self.peek().kind != TokenKind::Close {
            arguments.push(self.operand(tree, 0)?);
            match self.peek().kind {
                TokenKind::Comma => self.advance(),
                _ => break,
            };
        }
        let end = self.close(&open)?;
        let kind = TreeKind::Call {
            name: self.word(name).to_owned(),
            name_span: name.span.clone(),
            arguments,
        };
        Ok(tree.push(kind, name.span.start..end))
    }

    /// Takes the parenthesis that closes the one at `open`, and returns the place behind it.
    fn close(&mut self, open: &Range<usize>) -> Result<usize, BoxedMistake> {
        match self.peek().kind {
            TokenKind::Close => {
                self.parentheses -= 1;
                Ok(self.advance().span.end)
            }
            TokenKind::End | TokenKind::Colon | TokenKind::Equal | TokenKind::Semicolon => {
                Err(EquationMistake::UnclosedParenthesis.at(open.clone(), "opened here"))
            }
            TokenKind::Comma => Err(self.unexpected("an operator or `)`")),
            _ => Err(self.unexpected("an operator, `,` or `)`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::tokens;
    use proptest::prelude::*;

    /// The tree with every pair of parentheses written.
    fn grouped(text: &str) -> String {
        let tokens = tokens(text).unwrap();
        let tree = match Parser::new(text, &tokens).whole_expression() {
            Ok(tree) => tree,
            Err(problem) => return problem.within(text).message(),
        };
        let mut shown: Vec<String> = Vec::new();
        for node in &tree.nodes {
            shown.push(match &node.kind {
                TreeKind::Number { value, .. } => value.to_string(),
                TreeKind::Name(name) => name.clone(),
                TreeKind::Prefix(prefix, a) => format!("({prefix:?} {})", shown[*a]),
                TreeKind::Infix(operator, a, b) => {
                    format!("({} {operator:?} {})", shown[*a], shown[*b])
                }
                TreeKind::Call {
                    name, arguments, ..
                } => {
                    let arguments: Vec<&str> =
                        arguments.iter().map(|a| shown[*a].as_str()).collect();
                    format!("{name}({})", arguments.join(", "))
                }
            });
        }
        shown.pop().unwrap()
    }

    #[test]
    fn precedence_is_pythons() {
        assert_eq!(grouped("-x**2"), "(Minus (x Power 2))");
        assert_eq!(grouped("2**-x*3"), "((2 Power (Minus x)) Multiply 3)");
        assert_eq!(grouped("2**3**2"), "(2 Power (3 Power 2))");
        assert_eq!(grouped("a - b - c"), "((a Subtract b) Subtract c)");
        assert_eq!(grouped("a/b*c"), "((a Divide b) Multiply c)");
        assert_eq!(
            grouped("not a > 1 and b or c"),
            "(((Not (a Greater 1)) And b) Or c)"
        );
        assert_eq!(grouped("(a>1) & (b<2)"), "((a Greater 1) And (b Less 2))");
        assert_eq!(grouped("clip(a+1, 0, inf)"), "clip((a Add 1), 0, inf)");
        assert_eq!(grouped("rand()"), "rand()");
    }

    #[test]
    fn a_long_sum_is_no_deep_nesting() {
        let text = "a+".repeat(100_000) + "a";
        assert!(grouped_length(&text).is_ok());
    }

    fn grouped_length(text: &str) -> Result<usize, String> {
        let tokens = tokens(text).map_err(|problem| problem.within(text).message())?;
        Parser::new(text, &tokens)
            .whole_expression()
            .map(|tree| tree.nodes.len())
            .map_err(|problem| problem.within(text).message())
    }

    #[test]
    fn nesting_without_end_is_an_error() {
        for text in ["(", "-", "not ", "exp(", "2**"] {
            let error = grouped_length(&text.repeat(100_000)).unwrap_err();
            assert!(error.contains("nested"), "{text}: {error}");
        }
    }

    #[test]
    fn a_text_of_a_hundred_megabytes_is_an_error() {
        let error = grouped_length(&"x+".repeat(50_000_000)).unwrap_err();
        assert!(error.contains("bytes long"), "{error}");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*") {
            let _ = grouped_length(&text);
        }

        #[test]
        fn no_text_of_signs_makes_the_parser_panic(text in "[-+*/%<>=!&|~(),:;#\\\\\n 0-9.exyanotrd²µ]{0,60}") {
            let _ = grouped_length(&text);
        }
    }
}
