//! The scalar part of a program: what depends on uniforms only, computed once a run in double precision.

use super::instruction::{Instruction, Operand, Operation};
use super::run::Environment;
use crate::graph::{Binary, Unary};
use crate::lanes::{Real, poisson_quantile};

/// Computes the prologue's instructions over the scalars.
pub(super) fn execute<R: Real, const FUSED: bool>(
    instructions: &[Instruction],
    scalars: &mut [f64],
    environment: &impl Environment<R>,
) {
    for instruction in instructions {
        let [a, b, c] = instruction.operands.map(|operand| match operand {
            Operand::Scalar(scalar) => scalars[usize::from(scalar)],
            _ => unreachable!("the prologue reads scalars only"),
        });
        let value = match instruction.operation {
            Operation::Copy => a,
            Operation::Unary(operation) => unary::<f64, FUSED>(operation, a),
            Operation::Binary(operation) => binary::<FUSED>(operation, a, b),
            Operation::MultiplyAdd => a.mul_add(b, c),
            Operation::MultiplySubtract => a.mul_add(b, -c),
            Operation::NegativeMultiplyAdd => (-a).mul_add(b, c),
            Operation::Select => f64::select(a != 0.0, b, c),
            Operation::Apply(function) => environment.apply(function, a, b),
        };
        let Operand::Scalar(target) = instruction.target else {
            unreachable!("the prologue writes scalars only")
        };
        scalars[usize::from(target)] = value;
    }
}

/// One function of one number.
#[inline(always)]
pub(super) fn unary<R: Real, const FUSED: bool>(operation: Unary, x: R) -> R {
    let truth = |condition| R::select(condition, R::ONE, R::ZERO);
    match operation {
        Unary::Negate => -x,
        Unary::Not => truth(x == R::ZERO),
        Unary::Absolute => x.abs(),
        Unary::SquareRoot => x.sqrt(),
        Unary::Exp => x.exp::<FUSED>(),
        Unary::ExpM1 => x.exp_m1::<FUSED>(),
        Unary::ExpRel => x.exp_rel::<FUSED>(),
        Unary::Log => x.log::<FUSED>(),
        Unary::Log1p => x.log_1p::<FUSED>(),
        Unary::Sin => x.sin::<FUSED>(),
        Unary::Cos => x.cos::<FUSED>(),
        Unary::Tan => x.tan::<FUSED>(),
        Unary::Asin => x.asin::<FUSED>(),
        Unary::Acos => x.acos::<FUSED>(),
        Unary::Atan => x.atan::<FUSED>(),
        Unary::Sinh => x.sinh::<FUSED>(),
        Unary::Cosh => x.cosh::<FUSED>(),
        Unary::Tanh => x.tanh::<FUSED>(),
        Unary::Floor => x.floor(),
        Unary::Ceil => x.ceil(),
        Unary::Truncate => x.trunc(),
        Unary::Sign => x.sign(),
    }
}

fn binary<const FUSED: bool>(operation: Binary, a: f64, b: f64) -> f64 {
    match operation {
        Binary::Power => a.power::<FUSED>(b),
        Binary::Modulo => a.modulo::<FUSED>(b),
        Binary::Minimum => Real::minimum(a, b),
        Binary::Maximum => Real::maximum(a, b),
        Binary::PoissonQuantile => poisson_quantile::<FUSED>(a, b),
        other => other.evaluate(a, b),
    }
}
