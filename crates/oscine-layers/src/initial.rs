//! How weights begin: an expression of `randn()`, `rand()`, `fan_in` and `fan_out`.

use oscine_equations::Graph;
use oscine_equations::graph::{Function, Symbol, SymbolKind};
use oscine_equations::lanes::Real;
use oscine_equations::program::{Environment, SymbolPlace, Vectors};
use oscine_network::Text;
use oscine_random::Stream;

use crate::{LayersError, text::TextReading};

/// The text of each initialisation by name.
///
/// Glorot & Bengio (2010); He et al. (2015); LeCun et al. (1998); Sussillo & Abbott (2014) arXiv:1412.6558, their gain for ReLU.
pub const INITIALISATION_TEXTS: [(&str, &str); 8] = [
    ("zeros", "0"),
    ("ones", "1"),
    ("xavier", "randn()*sqrt(2/(fan_in + fan_out))"),
    (
        "xavier-uniform",
        "(2*rand() - 1)*sqrt(6/(fan_in + fan_out))",
    ),
    ("he", "randn()*sqrt(2/fan_in)"),
    ("he-uniform", "(2*rand() - 1)*sqrt(6/fan_in)"),
    ("lecun", "randn()/sqrt(fan_in)"),
    (
        "sussillo-abbott",
        "randn()*sqrt(2/fan_in)*exp(1.2/(max(fan_in, 6) - 2.4))",
    ),
];

/// Fills an array; each call of `rand` or `randn` is a stream of its own, an element of it each number.
///
/// # Errors
/// A text that does not read as an expression of what is known here.
pub(crate) fn fill<R: Real>(
    text: &Text,
    place: &str,
    seed: u64,
    fans: (usize, usize),
    values: &mut [R],
) -> Result<(), LayersError> {
    let name = text.value.trim();
    let known = INITIALISATION_TEXTS
        .iter()
        .find(|(known, _)| *known == name);
    let mut reading = TextReading::new(place, &["fan_in", "fan_out"]);
    let value = reading.expression(known.map_or(name, |(_, text)| text))?;
    let uniform = |name: &str| match name {
        "fan_in" => Some(SymbolPlace::Uniform(0)),
        "fan_out" => Some(SymbolPlace::Uniform(1)),
        _ => None,
    };
    let program = reading.lower_with_draws(&[(value, 0)], &uniform, 2)?;
    let mut streams = Streams {
        graph: &reading.graph,
        seed,
        place,
    };
    let lanes = 0..values.len();
    program.run_with(
        Vectors::widest(),
        &mut program.workspace(),
        &mut [values],
        &[fans.0 as f64, fans.1 as f64],
        &mut streams,
        lanes,
    );
    Ok(())
}

struct Streams<'a> {
    graph: &'a Graph,
    seed: u64,
    place: &'a str,
}

impl<R: Real> Environment<R> for Streams<'_> {
    fn draw(&mut self, draw: usize, symbol: Symbol, first: usize, out: &mut [R]) {
        let stream = Stream::new(self.seed, &format!("{}.{draw}", self.place));
        match self.graph.symbol_kind(symbol) {
            SymbolKind::Normal(_) => stream.fill_normal(0, first as u64, out),
            _ => stream.fill_uniform(0, first as u64, out),
        }
    }

    fn apply(&self, _: Function, _: f64, _: f64) -> f64 {
        f64::NAN
    }
}
