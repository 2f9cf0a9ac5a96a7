//! Expressions of the language on tensors, one operation after another, so that the other library finds their derivatives by itself.

use std::collections::HashMap;

use burn::tensor::Tensor;
use oscine_equations::graph::{Binary, Node, SymbolKind, Unary};
use oscine_equations::{Expression, Graph};

use crate::LayersError;
use crate::text::TextReading;

/// A tensor of a batch, `[sample][feature]`, or of an array, `[1][element]`.
pub(crate) type BatchTensor = Tensor<2>;

/// Some expressions of named numbers.
pub(super) struct TensorFormula {
    graph: Graph,
    roots: Vec<Expression>,
}

impl TensorFormula {
    /// Of expressions that were read.
    ///
    /// # Errors
    /// Random numbers among them.
    pub fn new(reading: TextReading, roots: Vec<Expression>) -> Result<Self, LayersError> {
        for expression in reading.graph.reachable(&roots) {
            let is_drawn = match reading.graph.node(expression) {
                Node::Symbol(symbol) => {
                    !matches!(reading.graph.symbol_kind(symbol), SymbolKind::Named(_))
                }
                Node::Binary(Binary::PoissonQuantile, ..) | Node::Apply(..) => true,
                _ => false,
            };
            if is_drawn {
                return Err(reading.random());
            }
        }
        let graph = reading.graph;
        Ok(Self { graph, roots })
    }

    /// What the expressions are where these names stand for single numbers and these for arrays, all of one shape.
    pub fn values(
        &self,
        single: &[(&str, f64)],
        arrays: &[(&str, &BatchTensor)],
    ) -> Vec<BatchTensor> {
        let mut graph = self.graph.clone();
        let mut constants = HashMap::new();
        for (name, value) in single {
            constants.insert(graph.name(name), graph.constant(*value));
        }
        let roots = graph.substitute(&self.roots, &constants);
        let like = arrays[0].1;
        let mut known: HashMap<Expression, TensorValue> = HashMap::new();
        for expression in graph.reachable(&roots) {
            let value = match graph.node(expression) {
                Node::Constant(bits) => TensorValue::One(f64::from_bits(bits)),
                Node::Symbol(symbol) => {
                    let SymbolKind::Named(name) = graph.symbol_kind(symbol) else {
                        unreachable!("draws were refused")
                    };
                    let array = arrays.iter().find(|(known, _)| known == name);
                    let (_, array) = array.expect("only known names are resolved");
                    TensorValue::Each((*array).clone())
                }
                Node::Unary(operation, a) => unary(operation, known[&a].each(like)),
                Node::Binary(operation, a, b) => binary(operation, &known[&a], &known[&b], like),
                Node::Select(condition, a, b) => {
                    let holds = known[&condition].each(like).not_equal_elem(0.0);
                    let (a, b) = (known[&a].each(like), known[&b].each(like));
                    TensorValue::Each(b.mask_where(holds, a))
                }
                Node::Apply(..) => unreachable!("tables were refused"),
            };
            known.insert(expression, value);
        }
        roots.iter().map(|root| known[root].each(like)).collect()
    }
}

// A handle of burn's is large; there are as few of these as an expression has parts.
#[allow(clippy::large_enum_variant)]
#[derive(Clone)]
enum TensorValue {
    One(f64),
    Each(BatchTensor),
}

impl TensorValue {
    fn each(&self, like: &BatchTensor) -> BatchTensor {
        match self {
            Self::One(value) => like.zeros_like().add_scalar(*value),
            Self::Each(array) => array.clone(),
        }
    }
}

fn unary(operation: Unary, x: BatchTensor) -> TensorValue {
    TensorValue::Each(match operation {
        Unary::Negate => x.neg(),
        Unary::Not => x.equal_elem(0.0).float(),
        Unary::Absolute => x.abs(),
        Unary::SquareRoot => x.sqrt(),
        Unary::Exp => x.exp(),
        Unary::ExpM1 => x.exp().sub_scalar(1.0),
        Unary::ExpRel => {
            let is_0 = x.clone().equal_elem(0.0);
            let x = x.mask_fill(is_0.clone(), 1.0);
            let ratio = x.clone().exp().sub_scalar(1.0) / x;
            ratio.mask_fill(is_0, 1.0)
        }
        Unary::Log => x.log(),
        Unary::Log1p => x.log1p(),
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
        Unary::Sign => x.sign(),
    })
}

fn binary(operation: Binary, a: &TensorValue, b: &TensorValue, like: &BatchTensor) -> TensorValue {
    use TensorValue::{Each, One};
    Each(match (operation, a, b) {
        (Binary::Add, Each(x), One(number)) | (Binary::Add, One(number), Each(x)) => {
            x.clone().add_scalar(*number)
        }
        (Binary::Subtract, Each(x), One(number)) => x.clone().sub_scalar(*number),
        (Binary::Subtract, One(number), Each(x)) => x.clone().neg().add_scalar(*number),
        (Binary::Multiply, Each(x), One(number)) | (Binary::Multiply, One(number), Each(x)) => {
            x.clone().mul_scalar(*number)
        }
        // Not `div_scalar`, whose gradient is of single precision.
        (Binary::Divide, Each(x), One(number)) => x.clone().mul_scalar(1.0 / number),
        (Binary::Power, Each(x), One(number)) => x.clone().powf_scalar(*number),
        (Binary::Minimum, Each(x), One(number)) | (Binary::Minimum, One(number), Each(x)) => {
            x.clone().clamp_max(*number)
        }
        (Binary::Maximum, Each(x), One(number)) | (Binary::Maximum, One(number), Each(x)) => {
            x.clone().clamp_min(*number)
        }
        (operation, a, b) => of_arrays(operation, a.each(like), b.each(like)),
    })
}

fn of_arrays(operation: Binary, a: BatchTensor, b: BatchTensor) -> BatchTensor {
    match operation {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::Divide => a / b,
        Binary::Power => a.powf(b),
        Binary::Modulo => a.remainder(b),
        Binary::Minimum => a.min_pair(b),
        Binary::Maximum => a.max_pair(b),
        Binary::Less => a.lower(b).float(),
        Binary::LessOrEqual => a.lower_equal(b).float(),
        Binary::Equal => a.equal(b).float(),
        Binary::And => (a.not_equal_elem(0.0).float()) * (b.not_equal_elem(0.0).float()),
        Binary::Or => (a.not_equal_elem(0.0).float()).max_pair(b.not_equal_elem(0.0).float()),
        Binary::PoissonQuantile => unreachable!("draws were refused"),
    }
}
