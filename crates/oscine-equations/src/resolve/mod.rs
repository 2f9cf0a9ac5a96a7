//! Trees to the graph: names get their meaning, every operation is checked for its dimensions, constants fold.
//!
//! The numbers 0 and `inf`, written as such, fit any dimension (`v > 0`, `clip(w, 0, inf)`): they are the same in
//! every unit. Calculations with decimal numbers and units are exact where their result
//! is a decimal number, and round once.

mod calls;
mod operators;
mod value;

use std::collections::HashMap;
use std::ops::Range;

use crate::dimension::Dimension;
use crate::error::{BoxedMistake, EquationError, EquationMistake};
use crate::functions;
use crate::graph::{Expression, Graph};
use crate::quantity;
use crate::scope::{Binding, Scope};
use crate::syntax::{Parser, Tree, TreeKind, tokens};
use crate::units::{self, UnitPlace};

pub(crate) use value::Meaning;

/// An expression and what it measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Typed {
    pub expression: Expression,
    pub dimension: Dimension,
}

/// Reads an expression, or a quantity as [`crate::Quantity::parse`] reads it (`"20 ms"`).
///
/// # Errors
/// A mistake of syntax, a name that is not known, or dimensions that do not fit.
pub fn resolve(graph: &mut Graph, scope: &Scope, text: &str) -> Result<Typed, EquationError> {
    let value = read(graph, scope, text).map_err(|problem| problem.within(text))?;
    Ok(Typed {
        expression: value.expression,
        dimension: value.dimension,
    })
}

/// Reads an expression that must have a dimension; `what` names it in an error: "the initial value of v".
/// A condition counts as the number 0 or 1.
///
/// # Errors
/// As [`resolve`], and where the dimension is another.
pub fn resolve_as(
    graph: &mut Graph,
    scope: &Scope,
    text: &str,
    expected: Dimension,
    what: &str,
) -> Result<Expression, EquationError> {
    let value = read(graph, scope, text).map_err(|problem| problem.within(text))?;
    value
        .fits(expected, what, trimmed(text))
        .map_err(|problem| problem.within(text))?;
    Ok(value.expression)
}

/// Reads a condition, such as a threshold: a comparison, `and`, `or` and `not` of them, or the name of a truth value.
///
/// # Errors
/// As [`resolve`], and where the text is a number instead.
pub fn resolve_condition(
    graph: &mut Graph,
    scope: &Scope,
    text: &str,
    what: &str,
) -> Result<Expression, EquationError> {
    let value = read(graph, scope, text).map_err(|problem| problem.within(text))?;
    value
        .must_be_condition(what, trimmed(text))
        .map_err(|problem| problem.within(text))?;
    Ok(value.expression)
}

fn read(graph: &mut Graph, scope: &Scope, text: &str) -> Result<Meaning, BoxedMistake> {
    if let Some(temperature) = quantity::celsius(text) {
        let value = graph.constant(temperature.value);
        return Ok(Meaning::number(value, temperature.dimension));
    }
    let tokens = tokens(text)?;
    if let Some(value) = quantity::number_and_unit(graph, scope, text, &tokens)? {
        return Ok(value);
    }
    let tree = Parser::new(text, &tokens).whole_expression()?;
    Resolver::new(graph, scope).tree(&tree)
}

/// The bytes of a text without the white space around it.
fn trimmed(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    start..start + text.trim().len()
}

/// What people write for units that are called otherwise here.
const MEANT: [(&str, &str); 8] = [
    ("sec", "second"),
    ("secs", "second"),
    ("msec", "ms"),
    ("usec", "us"),
    ("mho", "siemens"),
    ("kOhm", "kohm"),
    ("MOhm", "Mohm"),
    ("GOhm", "Gohm"),
];

/// Turns trees into expressions of one graph.
pub(crate) struct Resolver<'a> {
    pub(crate) graph: &'a mut Graph,
    scope: &'a Scope,
    /// Meanings that come before the scope's: values that statements have just given.
    pub(crate) given: HashMap<String, Meaning>,
    place: UnitPlace,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(graph: &'a mut Graph, scope: &'a Scope) -> Self {
        Self {
            graph,
            scope,
            given: HashMap::new(),
            place: UnitPlace::Expression,
        }
    }

    /// A resolver in whose texts single letters are units.
    pub(crate) fn of_quantities(graph: &'a mut Graph, scope: &'a Scope) -> Self {
        Self {
            place: UnitPlace::Quantity,
            ..Self::new(graph, scope)
        }
    }

    /// The meaning of a whole tree. Trees have at least one node.
    pub(crate) fn tree(&mut self, tree: &Tree) -> Result<Meaning, BoxedMistake> {
        let mut values: Vec<Meaning> = Vec::with_capacity(tree.nodes.len());
        for node in &tree.nodes {
            let span = |place: usize| tree.nodes[place].span.clone();
            let value = match &node.kind {
                TreeKind::Number { value, decimal } => Meaning {
                    decimal: *decimal,
                    fits_any: *value == 0.0,
                    ..Meaning::number(self.graph.constant(*value), Dimension::DIMENSIONLESS)
                },
                TreeKind::Name(name) => self.name(name, node.span.clone())?,
                TreeKind::Prefix(prefix, operand) => {
                    self.prefix(*prefix, values[*operand], span(*operand))?
                }
                TreeKind::Infix(operator, left, right) => {
                    let sides = [(values[*left], span(*left)), (values[*right], span(*right))];
                    self.infix(*operator, sides, node.span.clone())?
                }
                TreeKind::Call {
                    name,
                    name_span,
                    arguments,
                } => {
                    let given: Vec<(Meaning, Range<usize>)> = arguments
                        .iter()
                        .map(|&place| (values[place], span(place)))
                        .collect();
                    self.call(name, name_span.clone(), &given, node.span.clone())?
                }
            };
            values.push(value);
        }
        values
            .pop()
            .ok_or_else(|| EquationMistake::Empty.at(0..0, "nothing here"))
    }

    fn name(&mut self, name: &str, span: Range<usize>) -> Result<Meaning, BoxedMistake> {
        if let Some(value) = self.given.get(name) {
            return Ok(*value);
        }
        match self.scope.get(name) {
            Some(Binding::Symbol { dimension, .. }) => {
                let expression = self.graph.named(name);
                Ok(Meaning::of_name(expression, *dimension))
            }
            Some(Binding::Expression {
                expression,
                dimension,
            }) => Ok(Meaning::of_name(*expression, *dimension)),
            Some(Binding::Constant(quantity)) => {
                let expression = self.graph.constant(quantity.value);
                let value = Meaning::of_name(expression, quantity.dimension);
                Ok(match name {
                    "True" | "False" => Meaning::condition(expression),
                    "inf" => Meaning {
                        fits_any: true,
                        ..value
                    },
                    _ => value,
                })
            }
            Some(Binding::Function { indexed, .. }) => {
                let arguments = if *indexed { "t, i" } else { "t" };
                Err(EquationMistake::FunctionAlone(name.to_owned())
                    .at(span, "a function of time")
                    .help(format!("write `{name}({arguments})`")))
            }
            None => self.unit(name, span),
        }
    }

    fn unit(&mut self, name: &str, span: Range<usize>) -> Result<Meaning, BoxedMistake> {
        if let Some(unit) = units::unit(name, self.place) {
            return Ok(Meaning::exact(self.graph, unit.scale, unit.dimension));
        }
        if functions::builtin(name).is_some() {
            return Err(EquationMistake::FunctionAlone(name.to_owned())
                .at(span, "a function")
                .help(format!("write `{name}(...)`")));
        }
        if self.place == UnitPlace::Quantity {
            let meant = MEANT.iter().find(|(written, _)| *written == name);
            let nearest = meant
                .map(|(_, unit)| (*unit).to_owned())
                .or_else(|| units::nearest_unit(name, self.place));
            return Err(EquationMistake::UnknownUnit(name.to_owned())
                .at(span, "not a unit")
                .maybe_help(nearest.map(|unit| format!("did you mean `{unit}`?"))));
        }
        let problem = match name {
            "xi" => EquationMistake::MisplacedNoise(name.to_owned()).at(span, "white noise"),
            _ if name.starts_with("xi_") => {
                EquationMistake::MisplacedNoise(name.to_owned()).at(span, "white noise")
            }
            _ => EquationMistake::UnknownName(name.to_owned()).at(span, "not known"),
        };
        Err(problem.maybe_help(self.help_with_name(name)))
    }

    fn help_with_name(&self, name: &str) -> Option<String> {
        match name {
            "xi" => return Some("for a fresh number at every step, use `randn()`".to_owned()),
            "degC" | "celsius" => {
                return Some(
                    "temperatures are absolute: write `(6.3 + 273.15)*kelvin` or `\"6.3 degC\"` as a parameter"
                        .to_owned(),
                );
            }
            _ => {}
        }
        if let Some((_, unit)) = MEANT.iter().find(|(written, _)| *written == name) {
            return Some(format!("write `{unit}`"));
        }
        if let Some(unit) = units::unit(name, UnitPlace::Quantity) {
            let spelt = unit.dimension;
            let meant = self
                .scope
                .names()
                .find(|known| known.eq_ignore_ascii_case(name));
            return Some(match meant {
                Some(meant) => {
                    format!("did you mean `{meant}`? the unit is spelt out, as in `{spelt}`")
                }
                None => format!(
                    "in expressions this is no unit, since short names are variables; spell it out, as in `{spelt}`"
                ),
            });
        }
        let given = units::nearest(name, self.given.keys().map(String::as_str)).map(str::to_owned);
        match given {
            Some(nearest) => Some(format!("did you mean `{nearest}`?")),
            None => self.scope.advice(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::evaluate;
    use crate::graph::{Function, Symbol, SymbolKind};
    use crate::print::print;
    use proptest::prelude::*;

    const T: f64 = 0.2503;

    fn scope() -> Scope {
        let mut scope = Scope::new();
        let symbol = |dimension| Binding::Symbol {
            dimension,
            writable: true,
        };
        scope.bind("v", symbol(Dimension::VOLT));
        scope.bind("t", symbol(Dimension::SECOND));
        scope.bind("dt", symbol(Dimension::SECOND));
        scope.bind("i", symbol(Dimension::DIMENSIONLESS));
        scope.bind("active", symbol(Dimension::DIMENSIONLESS));
        let function = |indexed| Binding::Function {
            dimension: Dimension::AMPERE,
            argument: Dimension::SECOND,
            indexed,
        };
        scope.bind("signal", function(false));
        scope.bind("table", function(true));
        scope
    }

    /// The value of a text where v is -50 mV, t 250.3 ms, dt 0.1 ms, i 7 and active true.
    fn value(text: &str) -> f64 {
        let mut graph = Graph::new();
        let typed =
            resolve(&mut graph, &scope(), text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let symbols = |symbol: Symbol| match graph.symbol_kind(symbol) {
            SymbolKind::Named(name) => match name.as_str() {
                "v" => -0.05,
                "t" => T,
                "dt" => 1e-4,
                "i" => 7.0,
                _ => 1.0,
            },
            SymbolKind::Uniform(_) => 0.75,
            SymbolKind::Normal(_) => -1.5,
        };
        let functions = |_: Function, time: f64, index: f64| time + 100.0 * index;
        evaluate(&graph, typed.expression, &symbols, &functions)
    }

    #[test]
    fn every_function_means_what_it_says() {
        let cases = [
            (
                "exp(1) + expm1(i) - log(2)",
                1f64.exp() + 7f64.exp_m1() - 2f64.ln(),
            ),
            ("log10(i)", 7f64.log10()),
            ("log10(1000)", 3.0),
            ("log1p(i)*exprel(i)", 7f64.ln_1p() * (7f64.exp_m1() / 7.0)),
            ("exprel(0)", 1.0),
            (
                "sin(i) + cos(i) + tan(i)",
                7f64.sin() + 7f64.cos() + 7f64.tan(),
            ),
            (
                "arcsin(1/i) + arccos(1/i) + arctan(i)",
                (1f64 / 7.0).asin() + (1f64 / 7.0).acos() + 7f64.atan(),
            ),
            (
                "sinh(1) + cosh(1) + tanh(i)",
                1f64.sinh() + 1f64.cosh() + 7f64.tanh(),
            ),
            ("arctan2(v, -v)", (-0.05f64).atan2(0.05)),
            ("arctan2(-v, v)", 0.05f64.atan2(-0.05)),
            ("arctan2(v, v)", (-0.05f64).atan2(-0.05)),
            ("arctan2(i, 0)", std::f64::consts::FRAC_PI_2),
            ("abs(v)/volt", 0.05),
            ("sign(v)", -1.0),
            ("floor(-i/2)", -4.0),
            ("ceil(-i/2)", -3.0),
            ("int(-i/2)", -3.0),
            ("int(v < 0*mV) + int(v > 0)", 1.0),
            ("clip(i, 0, 5)", 5.0),
            ("clip(v, -40*mV, inf)/mV", -40.0),
            ("min(i, 3, 5) + max(i, 9)", 12.0),
            ("where(v > -60*mV and i != 7, 1, 2)", 2.0),
            ("sqrt(v**2)/mV", 50.0),
            ("i//2 + i % 2", 4.0),
            ("-i % 4", 1.0),
            ("-2**2", -4.0),
            ("i**3 - i**-1 - i**0.5", 343.0 - 1.0 / 7.0 - 7f64.sqrt()),
            ("2**i", 128.0),
            ("i**7", 823_543.0),
            ("rand() + randn()", -0.75),
            ("poisson(2)", 3.0),
            ("timestep(t, dt)", 2503.0),
            ("signal(t)/amp", T),
            ("table(t, i)/amp", T + 700.0),
            ("int(not active or i >= 7)", 1.0),
            ("int((i > 3) & ~(i > 9) | (v > 0))", 1.0),
            ("pi + e*0 + int(True)", std::f64::consts::PI + 1.0),
            ("\\\n  1 + # one\n 2", 3.0),
        ];
        for (text, expected) in cases {
            let found = value(text);
            assert!(
                (found - expected).abs() <= 1e-14 * expected.abs(),
                "{text}: {found}, not {expected}"
            );
        }
    }

    #[test]
    fn units_are_exact_where_the_result_is_decimal() {
        for (text, expected) in [
            ("0.1*ms", 1e-4),
            ("3*0.1*mV", 3e-4),
            ("70*mV + 0.5*mV", 0.0705),
            ("10*uA/cm**2", 0.1),
            ("-54.387*mV", -0.054387),
            ("0.3*msiemens/cm2", 3.0),
            ("1/(20*ms)", 50.0),
            ("20 ms", 0.02),
            ("6.3 degC", 279.45),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
        // Division by a unit does not round either.
        assert_eq!(value("v/mV"), -50.0);
    }

    #[test]
    fn dimensions_follow_the_operations() {
        for (text, dimension) in [
            ("v/(10*ms)", Dimension::VOLT / Dimension::SECOND),
            ("sqrt(2/(20*ms))", Dimension::SECOND.power(-0.5).unwrap()),
            ("v**2*siemens", Dimension::WATT),
            ("v > 0", Dimension::DIMENSIONLESS),
            ("signal(t)*ohm", Dimension::VOLT),
            ("v - 0", Dimension::VOLT),
            ("0 - v", Dimension::VOLT),
            ("where(i > 3, 0, v)", Dimension::VOLT),
            ("clip(0, v, inf)", Dimension::VOLT),
            (
                "8.314*joule/kelvin/mole - gas_constant",
                Dimension::JOULE / Dimension::KELVIN / Dimension::MOLE,
            ),
            ("(v/volt)**i", Dimension::DIMENSIONLESS),
            ("metre**(1/3)", Dimension::METRE.power(1.0 / 3.0).unwrap()),
        ] {
            let mut graph = Graph::new();
            let typed = resolve(&mut graph, &scope(), text)
                .unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(typed.dimension, dimension, "{text}");
        }
    }

    #[test]
    fn each_call_of_a_random_function_is_a_draw_of_its_own() {
        let mut graph = Graph::new();
        let typed = resolve(&mut graph, &scope(), "rand() - rand() + randn()").unwrap();
        assert_eq!(graph.symbols_of(&[typed.expression]).len(), 3);
    }

    #[test]
    fn a_hundred_thousand_terms_are_no_deep_recursion() {
        let mut graph = Graph::new();
        let text = "i*v/mV + ".repeat(50_000) + "1";
        let typed = resolve(&mut graph, &scope(), &text).unwrap();
        assert!(!print(&graph, typed.expression).is_empty());
        let symbol = graph.name("v");
        assert!(crate::derivative(&mut graph, typed.expression, symbol).is_some());
        assert!(crate::linear_parts(&mut graph, typed.expression, symbol).is_some());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_resolver_panic(
            words in prop::collection::vec(prop::sample::select(vec![
                "v", "i", "t", "mV", "ms", "2", "0", "inf", "1e300", "(", ")", "(", ")", "+", "-", "*", "/", "//", "%",
                "**", "<", "==", "and", "not", "or", "exp", "sqrt", "where(", "clip(", "poisson(", "signal(", ",", "x",
                "table(", "rand()", "arctan2(", "True", "degC", "0.1", "\n", "=", "+=", ":", "volt", "xi", "dv/dt", "#",
            ]), 0..24),
        ) {
            let text = words.join(" ");
            let mut graph = Graph::new();
            let _ = resolve(&mut graph, &scope(), &text);
            let _ = resolve_condition(&mut graph, &scope(), &text, "this");
            let _ = crate::resolve_statements(&mut graph, &scope(), &text);
            let _ = crate::Model::compile(&mut graph, &text, &scope());
            let _ = crate::Quantity::parse(&text);
        }
    }
}
