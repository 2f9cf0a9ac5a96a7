//! The scalar part of a program: what depends on uniforms only, computed once a run in double precision.

use super::instruction::{Instruction, Operand, Operation};
use crate::graph::{Binary, Function, Unary};
use crate::lanes::{Real, poisson_quantile};

/// Computes the prologue's instructions over the scalars.
pub(super) fn execute<const FUSED: bool>(
    instructions: &[Instruction],
    scalars: &mut [f64],
    call: &dyn Fn(Function, f64, f64) -> f64,
) {
    for instruction in instructions {
        let [a, b, c] = instruction.operands.map(|operand| match operand {
            Operand::Scalar(scalar) => scalars[scalar as usize],
            _ => unreachable!("the prologue reads scalars only"),
        });
        let value = match instruction.operation {
            Operation::Copy => a,
            Operation::Unary(operation) => unary::<FUSED>(operation, a),
            Operation::Binary(operation) => binary::<FUSED>(operation, a, b),
            Operation::MultiplyAdd => a.mul_add(b, c),
            Operation::MultiplySubtract => a.mul_add(b, -c),
            Operation::NegativeMultiplyAdd => (-a).mul_add(b, c),
            Operation::Select => f64::select(a != 0.0, b, c),
            Operation::Apply(function) => call(function, a, b),
            Operation::List => unreachable!("lanes are listed in the body"),
        };
        let Operand::Scalar(target) = instruction.target else {
            unreachable!("the prologue writes scalars only")
        };
        scalars[target as usize] = value;
    }
}

/// One function of one number.
fn unary<const FUSED: bool>(operation: Unary, x: f64) -> f64 {
    match operation {
        Unary::Exp => Real::exp::<FUSED>(x),
        Unary::ExpM1 => Real::exp_m1::<FUSED>(x),
        Unary::ExpRel => Real::exp_rel::<FUSED>(x),
        Unary::Log => Real::log::<FUSED>(x),
        Unary::Log1p => Real::log_1p::<FUSED>(x),
        Unary::Sin => Real::sin::<FUSED>(x),
        Unary::Cos => Real::cos::<FUSED>(x),
        Unary::Tan => Real::tan::<FUSED>(x),
        Unary::Asin => Real::asin::<FUSED>(x),
        Unary::Acos => Real::acos::<FUSED>(x),
        Unary::Atan => Real::atan::<FUSED>(x),
        Unary::Sinh => Real::sinh::<FUSED>(x),
        Unary::Cosh => Real::cosh::<FUSED>(x),
        Unary::Tanh => Real::tanh::<FUSED>(x),
        Unary::Sign => Real::sign(x),
        exact => exact.evaluate(x),
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
