//! Expressions of the graph as a list of instructions for one cell: what does not change from call to call is computed once.
//!
//! The programs of `oscine_equations::program` run over many lanes; one cell is evaluated a million times with one lane, where
//! a plain list over a flat memory is faster.

use std::collections::HashMap;

use oscine_equations::graph::{Binary, Node, Unary};
use oscine_equations::{Expression, Graph, Symbol};

/// One instruction; operands and target are places in the memory.
#[derive(Clone, Copy, Debug)]
struct FormulaInstruction {
    operation: FormulaOperation,
    operands: [u32; 3],
    target: u32,
}

#[derive(Clone, Copy, Debug)]
enum FormulaOperation {
    Unary(Unary),
    Binary(Binary),
    Select,
}

/// Several expressions of some varying numbers (state variables, time) and some fixed ones (parameters).
#[derive(Clone, Debug)]
pub(crate) struct Formulas {
    /// The first places are the varying inputs, then the fixed ones, then constants and results.
    memory: Vec<f64>,
    varying: usize,
    once: Vec<FormulaInstruction>,
    each: Vec<FormulaInstruction>,
    outputs: Vec<u32>,
}

/// What a graph holds that one cell alone cannot compute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Unknown {
    Symbol(Symbol),
    Function(String),
    Random,
}

impl Formulas {
    /// Lists the instructions for `outputs`.
    pub fn compile(
        graph: &Graph,
        outputs: &[Expression],
        varying: &[Symbol],
        fixed: &[Symbol],
    ) -> Result<Self, Unknown> {
        let mut memory = vec![0.0; varying.len() + fixed.len()];
        let mut place: HashMap<Expression, u32> = HashMap::new();
        let mut changes: HashMap<Expression, bool> = HashMap::new();
        let (mut once, mut each) = (Vec::new(), Vec::new());
        for expression in graph.reachable(outputs) {
            let node = graph.node(expression);
            let (operation, operands) = match node {
                Node::Constant(bits) => {
                    place.insert(expression, memory.len() as u32);
                    changes.insert(expression, false);
                    memory.push(f64::from_bits(bits));
                    continue;
                }
                Node::Symbol(symbol) => {
                    let inputs = varying.iter().chain(fixed);
                    let at = inputs
                        .enumerate()
                        .find(|(_, known)| **known == symbol)
                        .ok_or(Unknown::Symbol(symbol))?
                        .0;
                    place.insert(expression, at as u32);
                    changes.insert(expression, at < varying.len());
                    continue;
                }
                Node::Apply(function, ..) => {
                    return Err(Unknown::Function(graph.function_name(function).to_owned()));
                }
                Node::Binary(Binary::PoissonQuantile, ..) => return Err(Unknown::Random),
                Node::Unary(operation, a) => (FormulaOperation::Unary(operation), [a, a, a]),
                Node::Binary(operation, a, b) => (FormulaOperation::Binary(operation), [a, b, b]),
                Node::Select(a, b, c) => (FormulaOperation::Select, [a, b, c]),
            };
            let target = memory.len() as u32;
            memory.push(0.0);
            place.insert(expression, target);
            let moves = operands.iter().any(|operand| changes[operand]);
            changes.insert(expression, moves);
            let instruction = FormulaInstruction {
                operation,
                operands: operands.map(|operand| place[&operand]),
                target,
            };
            if moves {
                each.push(instruction);
            } else {
                once.push(instruction);
            }
        }
        let mut formulas = Self {
            memory,
            varying: varying.len(),
            once,
            each,
            outputs: outputs.iter().map(|output| place[output]).collect(),
        };
        formulas.fix(&vec![0.0; fixed.len()]);
        Ok(formulas)
    }

    /// Gives the fixed inputs their values, and computes what depends on nothing else.
    pub fn fix(&mut self, fixed: &[f64]) {
        self.memory[self.varying..self.varying + fixed.len()].copy_from_slice(fixed);
        run(&self.once, &mut self.memory);
    }

    /// The outputs for some values of the varying inputs.
    pub fn evaluate(&mut self, varying: impl Iterator<Item = f64>, outputs: &mut [f64]) {
        for (place, value) in self.memory[..self.varying].iter_mut().zip(varying) {
            *place = value;
        }
        run(&self.each, &mut self.memory);
        for (output, &place) in outputs.iter_mut().zip(&self.outputs) {
            *output = self.memory[place as usize];
        }
    }
}

fn run(instructions: &[FormulaInstruction], memory: &mut [f64]) {
    for instruction in instructions {
        let [a, b, c] = instruction.operands.map(|place| memory[place as usize]);
        memory[instruction.target as usize] = match instruction.operation {
            FormulaOperation::Binary(Binary::Add) => a + b,
            FormulaOperation::Binary(Binary::Subtract) => a - b,
            FormulaOperation::Binary(Binary::Multiply) => a * b,
            FormulaOperation::Binary(Binary::Divide) => a / b,
            FormulaOperation::Binary(other) => other.evaluate(a, b),
            FormulaOperation::Unary(Unary::Negate) => -a,
            FormulaOperation::Unary(Unary::Exp) => a.exp(),
            FormulaOperation::Unary(other) => other.evaluate(a),
            FormulaOperation::Select if a != 0.0 => b,
            FormulaOperation::Select => c,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_equations::{Binding, Dimension, Scope, resolve};

    #[test]
    fn formulas_compute_what_the_text_says() {
        let mut graph = Graph::new();
        let mut scope = Scope::new();
        for name in ["x", "p"] {
            let dimension = Dimension::DIMENSIONLESS;
            scope.bind(
                name,
                Binding::Symbol {
                    dimension,
                    writable: false,
                },
            );
        }
        let text = "where(x > p, exp(-x) + p**2.5, x % p) - sqrt(p)/x";
        let whole = resolve(&mut graph, &scope, text).unwrap().expression;
        let (x, p) = (graph.name("x"), graph.name("p"));
        let mut formulas = Formulas::compile(&graph, &[whole], &[x], &[p]).unwrap();
        let expected = |x: f64, p: f64| {
            let choice = if x > p {
                (-x).exp() + p.powf(2.5)
            } else {
                x - p * (x / p).floor()
            };
            choice - p.sqrt() / x
        };
        for (at, with) in [(2.0, 1.5), (0.7, 0.3), (1.0, 3.0)] {
            formulas.fix(&[with]);
            let mut out = [0.0];
            formulas.evaluate([at].into_iter(), &mut out);
            assert!((out[0] - expected(at, with)).abs() < 1e-15, "{at} {with}");
        }
        assert_eq!(
            Formulas::compile(&graph, &[whole], &[x], &[]).unwrap_err(),
            Unknown::Symbol(p)
        );
    }
}
