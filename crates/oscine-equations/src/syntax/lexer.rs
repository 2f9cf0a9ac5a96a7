//! Characters to tokens. Comments and white space vanish; a token knows whether it begins a line.

use std::ops::Range;

use super::LONGEST_TEXT;
use crate::decimal::Decimal;
use crate::error::{BoxedMistake, EquationMistake};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum TokenKind {
    Number {
        value: f64,
        decimal: Option<Decimal>,
    },
    Name,
    Plus,
    Minus,
    Star,
    Slash,
    DoubleSlash,
    Percent,
    DoubleStar,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    DoubleEqual,
    NotEqual,
    Ampersand,
    Bar,
    Tilde,
    Open,
    Close,
    Comma,
    Colon,
    Semicolon,
    Equal,
    PlusEqual,
    MinusEqual,
    StarEqual,
    SlashEqual,
    PercentEqual,
    DoubleStarEqual,
    DoubleSlashEqual,
    End,
}

/// A word or sign of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes.
    pub span: Range<usize>,
    /// True where a line break that a backslash does not undo comes before it.
    pub begins_line: bool,
}

/// Longer signs before those that they begin with.
const SIGNS: [(&str, TokenKind); 32] = [
    ("**=", TokenKind::DoubleStarEqual),
    ("//=", TokenKind::DoubleSlashEqual),
    ("**", TokenKind::DoubleStar),
    ("//", TokenKind::DoubleSlash),
    ("<=", TokenKind::LessOrEqual),
    (">=", TokenKind::GreaterOrEqual),
    ("==", TokenKind::DoubleEqual),
    ("!=", TokenKind::NotEqual),
    ("+=", TokenKind::PlusEqual),
    ("-=", TokenKind::MinusEqual),
    ("*=", TokenKind::StarEqual),
    ("/=", TokenKind::SlashEqual),
    ("%=", TokenKind::PercentEqual),
    ("+", TokenKind::Plus),
    ("-", TokenKind::Minus),
    ("\u{2212}", TokenKind::Minus),
    ("*", TokenKind::Star),
    ("\u{b7}", TokenKind::Star),
    ("\u{d7}", TokenKind::Star),
    ("/", TokenKind::Slash),
    ("%", TokenKind::Percent),
    ("<", TokenKind::Less),
    (">", TokenKind::Greater),
    ("=", TokenKind::Equal),
    ("&", TokenKind::Ampersand),
    ("|", TokenKind::Bar),
    ("~", TokenKind::Tilde),
    ("(", TokenKind::Open),
    (")", TokenKind::Close),
    (",", TokenKind::Comma),
    (":", TokenKind::Colon),
    (";", TokenKind::Semicolon),
];

/// All tokens of a text; the last is [`TokenKind::End`].
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, BoxedMistake> {
    tokens_where(text, false)
}

/// As [`tokens`], where a name goes on with fields and places: `onset.hopf[0]` is one.
pub(crate) fn tokens_with_paths(text: &str) -> Result<Vec<Token>, BoxedMistake> {
    tokens_where(text, true)
}

fn tokens_where(text: &str, paths: bool) -> Result<Vec<Token>, BoxedMistake> {
    if text.len() > LONGEST_TEXT {
        return Err(EquationMistake::TooLong {
            bytes: text.len(),
            limit: LONGEST_TEXT,
        }
        .at(0..0, "starts here")
        .help("no model is written out at such length; is this the right file?"));
    }
    let mut found: Vec<Token> = Vec::new();
    let mut at = 0;
    let mut begins_line = true;
    while let Some(character) = text[at..].chars().next() {
        let rest = &text[at..];
        if character == '\n' {
            begins_line = true;
            at += 1;
        } else if character.is_whitespace() {
            at += character.len_utf8();
        } else if character == '#' {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if let Some(length) = continuation(rest) {
            at += length;
        } else {
            let before = found.len();
            at = token(text, at, character, &mut found)?;
            if paths
                && let Some(Token {
                    kind: TokenKind::Name,
                    span,
                    ..
                }) = found.last_mut()
            {
                span.end += path_length(&text[span.end..]);
                at = span.end;
            }
            for token in &mut found[before..] {
                token.begins_line = std::mem::take(&mut begins_line);
            }
        }
    }
    found.push(Token {
        kind: TokenKind::End,
        span: text.len()..text.len(),
        begins_line: true,
    });
    Ok(found)
}

/// The length of the fields and places that follow a name: `.hopf[0]`.
fn path_length(text: &str) -> usize {
    let mut length = 0;
    loop {
        let rest = &text[length..];
        let step = match rest.as_bytes() {
            [b'.', first, ..] if first.is_ascii_alphabetic() || *first == b'_' => {
                1 + rest[1..]
                    .find(|next: char| !(next.is_ascii_alphanumeric() || next == '_'))
                    .unwrap_or(rest.len() - 1)
            }
            [b'[', ..] => {
                let inside = rest[1..].find(']').map(|end| &rest[1..=end]);
                match inside.filter(|inside| inside.trim().parse::<i64>().is_ok()) {
                    Some(inside) => inside.len() + 2,
                    None => return length,
                }
            }
            _ => return length,
        };
        length += step;
    }
}

/// The length of a backslash that ends a line, with the line break.
fn continuation(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('\\')?;
    let blank = after.len() - after.trim_start_matches([' ', '\t', '\r']).len();
    match after[blank..].chars().next() {
        Some('\n') => Some(blank + 2),
        None => Some(blank + 1),
        Some(_) => None,
    }
}

/// Reads one token (a superscript gives two) and returns the place behind it.
fn token(
    text: &str,
    at: usize,
    character: char,
    found: &mut Vec<Token>,
) -> Result<usize, BoxedMistake> {
    let rest = &text[at..];
    let mut push = |kind, length: usize| {
        found.push(Token {
            kind,
            span: at..at + length,
            begins_line: false,
        });
        Ok(at + length)
    };
    if character.is_ascii_digit()
        || (character == '.' && rest[1..].starts_with(|next: char| next.is_ascii_digit()))
    {
        let length = number_length(rest);
        let digits = &rest[..length];
        return push(
            TokenKind::Number {
                value: digits.parse().unwrap_or(f64::NAN),
                decimal: Decimal::parse(digits),
            },
            length,
        );
    }
    if character.is_alphabetic() || character == '_' {
        let length = rest
            .find(|next: char| !(next.is_alphanumeric() || next == '_') || "²³".contains(next))
            .unwrap_or(rest.len());
        return push(TokenKind::Name, length);
    }
    if let Some(power) = "²³".find(character).map(|place| 2 + place as i128 / 2) {
        push(TokenKind::DoubleStar, character.len_utf8())?;
        return push(
            TokenKind::Number {
                value: power as f64,
                decimal: Decimal::new(power, 0),
            },
            character.len_utf8(),
        );
    }
    if let Some((sign, kind)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
        return push(*kind, sign.len());
    }
    let problem = EquationMistake::UnexpectedCharacter(character)
        .at(at..at + character.len_utf8(), "this character");
    Err(match character {
        '^' => problem.help("a power is written `**`, as in `m**3`"),
        '!' => problem.help("write `not x`, or `x != y`"),
        '[' | ']' => {
            problem.help("a variable here is that of one element: there is nothing to index")
        }
        '{' | '}' => problem.help("group with round parentheses"),
        '\\' => problem.help("a backslash continues a line only as its last character"),
        '\'' | '"' => problem.help("an expression holds no text in quotes"),
        '$' | '@' | '?' | '`' => problem.help("names are made of letters, digits and `_`"),
        _ => problem,
    })
}

/// The length of the number that the text begins with.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = end + 1 + sign;
        if digits(exponent) > exponent {
            end = digits(exponent);
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let found = tokens(text).unwrap();
        found
            .iter()
            .map(|token| &text[token.span.clone()])
            .collect()
    }

    #[test]
    fn numbers_end_where_python_ends_them() {
        assert_eq!(
            words("1.5e-3+2.e4 .5 2ms 3e"),
            ["1.5e-3", "+", "2.e4", ".5", "2", "ms", "3", "e", ""]
        );
    }

    #[test]
    fn comments_and_continuations_vanish() {
        let found = tokens("a # b\n + c \\\n d").unwrap();
        let lines: Vec<bool> = found.iter().map(|token| token.begins_line).collect();
        assert_eq!(lines, [true, true, false, false, true]);
    }

    #[test]
    fn superscripts_are_powers() {
        assert_eq!(words("cm²"), ["cm", "²", "²", ""]);
    }

    #[test]
    fn strange_characters_are_named() {
        let problem = tokens("v ^ 2").err().unwrap().within("v ^ 2");
        assert_eq!(problem.span(), 2..3);
        assert!(problem.help().unwrap().contains("**"));
    }
}
