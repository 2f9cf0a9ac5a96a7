//! The lines of a model as they are written: `dx/dt = ... : unit (flags)`, `x = ... : unit`, `x : unit`.

use std::ops::Range;

use crate::dimension::Dimension;
use crate::error::{BoxedMistake, EquationError, EquationMistake};
use crate::graph::Graph;
use crate::resolve::Resolver;
use crate::scope::Scope;
use crate::syntax::{Parser, TokenKind, Tree, tokens};
use crate::units;

/// What values a parameter or subexpression takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ValueKind {
    Number,
    Integer,
    Boolean,
}

/// What a line defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineKind {
    Differential,
    Subexpression,
    Parameter,
}

impl LineKind {
    fn called(self) -> &'static str {
        match self {
            LineKind::Differential => "a differential equation",
            LineKind::Subexpression => "a subexpression",
            LineKind::Parameter => "a parameter",
        }
    }

    fn flags(self) -> &'static [&'static str] {
        match self {
            LineKind::Differential => &["unless refractory", "event-driven", "clock-driven"],
            LineKind::Subexpression => &["summed", "constant over dt", "shared"],
            LineKind::Parameter => &["constant", "shared"],
        }
    }
}

const FLAGS: [&str; 7] = [
    "unless refractory",
    "event-driven",
    "clock-driven",
    "summed",
    "constant over dt",
    "shared",
    "constant",
];

/// One definition.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) kind: LineKind,
    pub(crate) name: String,
    pub(crate) name_span: Range<usize>,
    /// The right side; empty for a parameter.
    pub(crate) tree: Tree,
    pub(crate) dimension: Dimension,
    pub(crate) values: ValueKind,
    flags: Vec<(String, Range<usize>)>,
    pub(crate) span: Range<usize>,
}

impl Line {
    /// True where the line has the flag.
    pub(crate) fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|(name, _)| name == flag)
    }
}

/// The names that equations define, in the order of the text: of state variables, subexpressions and parameters.
///
/// # Errors
/// A mistake of syntax or a unit that is not known.
pub fn declared_names(equations: &str) -> Result<Vec<String>, EquationError> {
    let lines = lines(equations).map_err(|problem| problem.within(equations))?;
    Ok(lines.into_iter().map(|line| line.name).collect())
}

/// All definitions of a text, in its order, no name twice.
pub(crate) fn lines(text: &str) -> Result<Vec<Line>, BoxedMistake> {
    let tokens = tokens(text)?;
    let mut parser = Parser::new(text, &tokens);
    let mut found: Vec<Line> = Vec::new();
    let mut places = std::collections::HashMap::new();
    loop {
        while parser.peek().kind == TokenKind::Semicolon {
            parser.advance();
        }
        if parser.peek().kind == TokenKind::End {
            return Ok(found);
        }
        let line = definition(&mut parser)?;
        if let Some(first) = places.insert(line.name.clone(), line.name_span.clone()) {
            return Err(EquationMistake::DefinedTwice(line.name)
                .at(line.name_span, "again here")
                .second(first, "first here"));
        }
        found.push(line);
    }
}

fn definition(parser: &mut Parser<'_>) -> Result<Line, BoxedMistake> {
    let (kind, name, name_span) = head(parser)?;
    if let Some(reserved) = Scope::reserved(&name) {
        return Err(EquationMistake::Reserved { name, reserved }
            .at(name_span, "taken")
            .help("choose another name"));
    }
    let start = name_span.start;
    let tree = match kind {
        LineKind::Parameter => Tree::default(),
        _ => right_side(parser, &name)?,
    };
    parser.advance();
    let (dimension, values) = unit(parser, kind)?;
    let flags = flags(parser, kind)?;
    let next = parser.peek();
    if !next.begins_line && next.kind != TokenKind::Semicolon {
        return Err(parser
            .unexpected("flags in parentheses, or the end of the line")
            .help("a line is `name = expression : unit (flags)`"));
    }
    Ok(Line {
        kind,
        name,
        name_span,
        tree,
        dimension,
        values,
        flags,
        span: start..parser.previous_span().end,
    })
}

/// Reads what stands before the right side, up to and with the `=`; for a parameter, up to the colon.
fn head(parser: &mut Parser<'_>) -> Result<(LineKind, String, Range<usize>), BoxedMistake> {
    let examples = "lines are `dv/dt = (E_L - v)/tau : volt`, `I = g*v : amp` or `tau : second`";
    let first = parser.peek();
    if first.kind != TokenKind::Name {
        return Err(EquationMistake::NotAnEquation
            .at(first.span.clone(), "a name was expected")
            .help(examples));
    }
    parser.advance();
    let word = parser.word(first).to_owned();
    let next = parser.peek();
    match next.kind {
        TokenKind::Colon => Ok((LineKind::Parameter, word, first.span.clone())),
        TokenKind::Equal => {
            parser.advance();
            Ok((LineKind::Subexpression, word, first.span.clone()))
        }
        TokenKind::Slash => {
            parser.advance();
            let below = parser.peek();
            let variable = word
                .strip_prefix('d')
                .filter(|variable| !variable.is_empty());
            let whole = first.span.start..below.span.end;
            let Some(variable) = variable.filter(|_| parser.word(below) == "dt") else {
                return Err(EquationMistake::NotAnEquation
                    .at(whole, "not a derivative with respect to time")
                    .help(examples));
            };
            parser.advance();
            if parser.peek().kind != TokenKind::Equal {
                return Err(parser.unexpected("`=`"));
            }
            parser.advance();
            let span = first.span.start + 1..first.span.end;
            Ok((LineKind::Differential, variable.to_owned(), span))
        }
        _ if next.begins_line => Err(EquationMistake::MissingUnit(word)
            .at(first.span.clone(), "no unit")
            .help("add what it is measured in: `: volt`, or `: 1` for a number without unit")),
        _ => Err(EquationMistake::NotAnEquation
            .at(first.span.start..next.span.end, "not a definition")
            .help(examples)),
    }
}

/// Reads an expression up to its colon, over as many lines as it takes.
fn right_side(parser: &mut Parser<'_>, name: &str) -> Result<Tree, BoxedMistake> {
    parser.ends_with_line = false;
    parser.calls = true;
    let tree = parser.expression()?;
    let next = parser.peek();
    match next.kind {
        TokenKind::Colon => Ok(tree),
        _ if next.begins_line => Err(EquationMistake::MissingUnit(name.to_owned())
            .at(parser.previous_span(), "the line ends here")
            .help("add what it is measured in: `: volt`, or `: 1` for a number without unit")),
        _ => Err(parser.unexpected("an operator, or `:` and the unit")),
    }
}

fn unit(parser: &mut Parser<'_>, kind: LineKind) -> Result<(Dimension, ValueKind), BoxedMistake> {
    parser.ends_with_line = true;
    parser.calls = false;
    let first = parser.peek();
    if first.begins_line {
        return Err(EquationMistake::Empty
            .at(parser.previous_span(), "a unit was expected")
            .help("write `: volt`, or `: 1` for a number without unit"));
    }
    let values = match parser.word(first) {
        "integer" => Some(ValueKind::Integer),
        "boolean" => Some(ValueKind::Boolean),
        _ => None,
    };
    if let Some(values) = values {
        parser.advance();
        if kind == LineKind::Differential {
            return Err(EquationMistake::WholeState(parser.word(first).to_owned())
                .at(first.span.clone(), "what changes smoothly is a number")
                .help("write `: 1`"));
        }
        return Ok((Dimension::DIMENSIONLESS, values));
    }
    let tree = parser.expression()?;
    if let [only] = tree.nodes.as_slice()
        && let crate::syntax::TreeKind::Name(name) = &only.kind
        && ["bool", "int", "float", "double"].contains(&name.as_str())
    {
        let meant = match name.as_str() {
            "bool" => "boolean",
            "int" => "integer",
            _ => "1",
        };
        return Err(EquationMistake::UnknownUnit(name.clone())
            .at(only.span.clone(), "not a unit")
            .help(format!("write `: {meant}`")));
    }
    let (mut graph, scope) = (Graph::new(), Scope::new());
    let value = Resolver::of_quantities(&mut graph, &scope).tree(&tree)?;
    let span = tree.span();
    if graph.constant_value(value.expression) != Some(1.0) {
        let written = parser.source(span.clone()).to_owned();
        return Err(EquationMistake::ScaledUnit(written)
            .at(span, "scaled")
            .help(format!(
                "write `: {}`; values with a prefix may be given anywhere else",
                value.dimension
            )));
    }
    Ok((value.dimension, ValueKind::Number))
}

fn flags(
    parser: &mut Parser<'_>,
    kind: LineKind,
) -> Result<Vec<(String, Range<usize>)>, BoxedMistake> {
    let mut found: Vec<(String, Range<usize>)> = Vec::new();
    let open = parser.peek();
    if open.kind != TokenKind::Open || open.begins_line {
        return Ok(found);
    }
    parser.advance();
    loop {
        let start = parser.peek().span.start;
        let mut flag = String::new();
        while matches!(parser.peek().kind, TokenKind::Name | TokenKind::Minus) {
            let hyphen = parser.peek().kind == TokenKind::Minus;
            if !flag.is_empty() && !hyphen && !flag.ends_with('-') {
                flag.push(' ');
            }
            let token = parser.advance();
            flag.push_str(parser.word(token));
        }
        if flag.is_empty() {
            return Err(parser.unexpected("a flag"));
        }
        let span = start..parser.previous_span().end;
        accept(&flag, &span, kind, &found)?;
        found.push((flag, span));
        match parser.peek().kind {
            TokenKind::Comma => parser.advance(),
            TokenKind::Close => {
                parser.advance();
                return Ok(found);
            }
            TokenKind::End => {
                return Err(
                    EquationMistake::UnclosedParenthesis.at(open.span.clone(), "opened here")
                );
            }
            _ => return Err(parser.unexpected("`,` or `)`")),
        };
    }
}

fn accept(
    flag: &str,
    span: &Range<usize>,
    kind: LineKind,
    before: &[(String, Range<usize>)],
) -> Result<(), BoxedMistake> {
    if !FLAGS.contains(&flag) {
        let nearest = units::nearest(flag, FLAGS);
        let help = match nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("{} takes {}", kind.called(), listed(kind.flags())),
        };
        return Err(EquationMistake::UnknownFlag(flag.to_owned())
            .at(span.clone(), "not a flag")
            .help(help));
    }
    if !kind.flags().contains(&flag) {
        return Err(EquationMistake::MisplacedFlag {
            flag: flag.to_owned(),
            kind: kind.called(),
        }
        .at(span.clone(), "this flag")
        .help(format!("{} takes {}", kind.called(), listed(kind.flags()))));
    }
    let excluded = |other: &str| {
        let pair = [flag, other];
        pair == ["event-driven", "clock-driven"]
            || pair == ["clock-driven", "event-driven"]
            || pair == ["summed", "constant over dt"]
            || pair == ["constant over dt", "summed"]
            || flag == other
    };
    match before.iter().find(|(other, _)| excluded(other)) {
        Some((other, first)) => Err(EquationMistake::ContradictoryFlags(
            other.clone(),
            flag.to_owned(),
        )
        .at(span.clone(), "this one")
        .second(first.clone(), "and this one")),
        None => Ok(()),
    }
}

fn listed(flags: &[&str]) -> String {
    let quoted: Vec<String> = flags.iter().map(|flag| format!("`{flag}`")).collect();
    quoted.join(", ")
}
