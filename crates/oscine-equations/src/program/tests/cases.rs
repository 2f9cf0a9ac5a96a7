//! The corners of lowering and running, one by one.
#![allow(clippy::needless_range_loop)] // a lane is a row across columns

use super::super::{BLOCK, NoEnvironment, Operand, Operation, Output, lower};
use super::{columns, expected, given, place, run};
use crate::graph::{Binary, Expression, Graph, Node, Unary};

const LANES: usize = 2 * BLOCK + 13;
const UNIFORMS: [f64; 3] = [0.75, -1.5, 3.0];

/// What an expression gives in a column of its own, against its evaluation.
fn check(graph: &mut Graph, expression: Expression, ulps: f64) {
    let found = run::<f64>(graph, &[(expression, 4)], &UNIFORMS, 5, LANES);
    for (lane, &found) in found[4].iter().enumerate() {
        let right = expected(graph, expression, &UNIFORMS, lane);
        let same = found == right || (found.is_nan() && right.is_nan());
        assert!(
            same || (found - right).abs() <= ulps * f64::EPSILON * right.abs(),
            "lane {lane}: {found} for {right} = {}",
            crate::print(graph, expression)
        );
    }
}

#[test]
fn outputs_read_the_old_values_of_each_other() {
    let mut graph = Graph::new();
    let [x, y, z] = ["c0", "c1", "c2"].map(|name| graph.named(name));
    let sum = graph.add(x, y);
    for outputs in [
        vec![(y, 0), (x, 1)],
        vec![(y, 0), (z, 1), (x, 2)],
        vec![(sum, 0), (x, 1)],
        vec![(x, 1), (sum, 0)],
        vec![(sum, 0), (sum, 1), (y, 2)],
        vec![(x, 0), (x, 1), (x, 2)],
    ] {
        let found = run::<f64>(&mut graph, &outputs, &[], 3, LANES);
        for &(expression, column) in &outputs {
            for lane in 0..LANES {
                assert_eq!(
                    found[usize::from(column)][lane],
                    expected(&graph, expression, &[], lane),
                    "{outputs:?}, column {column}, lane {lane}"
                );
            }
        }
    }
}

#[test]
fn constants_uniforms_and_draws_are_outputs_themselves() {
    let mut graph = Graph::new();
    let (seven, uniform) = (graph.constant(7.0), graph.named("u1"));
    let draw = graph.normal_draw();
    let draw = graph.symbol(draw);
    let outputs = [(seven, 0), (uniform, 1), (draw, 2), (draw, 3)];
    let found = run::<f64>(&mut graph, &outputs, &UNIFORMS, 4, LANES);
    for lane in 0..LANES {
        assert_eq!((found[0][lane], found[1][lane]), (7.0, -1.5));
        let drawn = expected(&graph, draw, &UNIFORMS, lane);
        assert_eq!((found[2][lane], found[3][lane]), (drawn, drawn));
    }
}

#[test]
fn each_operation_takes_scalars_on_either_side() {
    use Binary::*;
    let mut graph = Graph::new();
    for operation in [
        Add,
        Subtract,
        Multiply,
        Divide,
        Power,
        Modulo,
        Minimum,
        Maximum,
        Less,
        LessOrEqual,
        Equal,
        And,
        Or,
    ] {
        for [a, b] in [
            ["c0", "c1"],
            ["c0", "u0"],
            ["u0", "c0"],
            ["u1", "u2"],
            ["c0", "u2"],
        ] {
            let (a, b) = (graph.named(a), graph.named(b));
            let expression = graph.binary(operation, a, b);
            check(&mut graph, expression, 4.0);
        }
    }
}

#[test]
fn each_function_is_called() {
    use Unary::*;
    let mut graph = Graph::new();
    let (x, uniform) = (graph.named("c0"), graph.named("u0"));
    for operation in [
        Negate, Not, Absolute, SquareRoot, Exp, ExpM1, ExpRel, Log, Log1p, Sin, Cos, Tan, Asin,
        Acos, Atan, Sinh, Cosh, Tanh, Floor, Ceil, Truncate, Sign,
    ] {
        for operand in [x, uniform] {
            let expression = graph.unary(operation, operand);
            check(&mut graph, expression, 4.0);
        }
    }
}

#[test]
fn select_takes_scalars_in_every_place() {
    let mut graph = Graph::new();
    let bound = graph.named("c3");
    let mut lanes = [graph.named("c0"), graph.named("c1"), graph.named("c2")];
    lanes[0] = graph.binary(Binary::Less, lanes[0], bound);
    let (high, low) = (graph.named("u2"), graph.named("u1"));
    let falsehood = graph.binary(Binary::Less, high, low);
    let truth = graph.binary(Binary::Less, low, high);
    for condition in [lanes[0], truth, falsehood] {
        for yes in [lanes[1], high] {
            for no in [lanes[2], low] {
                let expression = graph.select(condition, yes, no);
                check(&mut graph, expression, 0.0);
            }
        }
    }
}

#[test]
fn products_are_fused_with_sums_and_scalars_stand_anywhere() {
    let mut graph = Graph::new();
    for [a, b, c] in [
        ["c0", "c1", "c2"],
        ["u0", "c1", "c2"],
        ["c0", "u0", "c2"],
        ["c0", "c1", "u0"],
        ["u0", "c1", "u1"],
        ["c0", "u2", "u1"],
    ] {
        let [a, b, c] = [a, b, c].map(|name| graph.named(name));
        let product = graph.multiply(a, b);
        for (expression, operation) in [
            (graph.add(product, c), Operation::MultiplyAdd),
            (graph.subtract(product, c), Operation::MultiplySubtract),
            (graph.subtract(c, product), Operation::NegativeMultiplyAdd),
        ] {
            let output = Output {
                expression,
                column: 4,
            };
            let program = lower(&mut graph, &[output], &place, 3).unwrap();
            assert_eq!(program.body().len(), 1);
            assert_eq!(program.body()[0].operation, operation);
            let found = run::<f64>(&mut graph, &[(expression, 4)], &UNIFORMS, 5, LANES);
            for (lane, &found) in found[4].iter().enumerate() {
                let right = expected(&graph, expression, &UNIFORMS, lane);
                assert!((found - right).abs() <= 4e-15, "{found} for {right}");
            }
        }
    }
}

#[test]
fn what_is_uniform_is_computed_once() {
    let mut graph = Graph::new();
    let (x, tau, dt) = (graph.named("c0"), graph.named("u0"), graph.named("u1"));
    let rate = graph.divide(dt, tau);
    let decay = graph.unary(Unary::Exp, rate);
    let expression = graph.multiply(x, decay);
    let output = Output {
        expression,
        column: 4,
    };
    let program = lower(&mut graph, &[output], &place, 3).unwrap();
    assert_eq!((program.prologue().len(), program.body().len()), (2, 1));
    // Divided by a uniform: multiplied by its inverse, the factors gathered into one.
    let quotient = graph.divide(expression, tau);
    let output = Output {
        expression: quotient,
        column: 4,
    };
    let program = lower(&mut graph, &[output], &place, 3).unwrap();
    assert_eq!(program.body().len(), 1);
    check(&mut graph, quotient, 8.0);
}

#[test]
fn results_go_straight_to_their_columns() {
    let mut graph = Graph::new();
    let (x, y) = (graph.named("c0"), graph.named("c1"));
    let (square, sum) = (graph.multiply(x, x), graph.add(x, y));
    // The new value of c1 is computed after everything that reads the old one.
    let outputs = [(sum, 2), (square, 1)].map(|(expression, column)| Output { expression, column });
    let program = lower(&mut graph, &outputs, &place, 0).unwrap();
    assert_eq!(program.body().len(), 2, "no copies: {:?}", program.body());
    for instruction in program.body() {
        assert!(!instruction.operands.contains(&instruction.target));
    }
}

#[test]
fn no_instruction_writes_over_what_it_reads() {
    let mut graph = Graph::new();
    let x = graph.named("c0");
    let mut value = x;
    for _ in 0..40 {
        let square = graph.multiply(value, value);
        let sine = graph.unary(Unary::Sin, square);
        value = graph.add(sine, value);
    }
    let output = Output {
        expression: value,
        column: 0,
    };
    let program = lower(&mut graph, &[output], &place, 0).unwrap();
    assert!(program.registers() <= 4, "{}", program.registers());
    for instruction in program.body() {
        let reads = instruction.operands.contains(&instruction.target);
        assert!(!reads, "{instruction:?}");
        assert!(!matches!(instruction.target, Operand::Scalar(_)));
    }
}

#[test]
fn poisson_numbers_of_one_mean_and_of_many_agree() {
    let mut graph = Graph::new();
    let draw = graph.uniform_draw();
    let draw = graph.symbol(draw);
    let (same, zero) = (graph.named("u2"), graph.constant(0.0));
    let many = graph.named("c0");
    let many = graph.binary(Binary::Maximum, many, zero);
    for mean in [same, many] {
        let count = graph.binary(Binary::PoissonQuantile, mean, draw);
        check(&mut graph, count, 0.0);
    }
    // The table follows its mean from run to run.
    let count = graph.binary(Binary::PoissonQuantile, same, draw);
    let output = Output {
        expression: count,
        column: 0,
    };
    let program = lower(&mut graph, &[output], &place, 3).unwrap();
    let mut workspace = program.workspace();
    for mean in [3.0, 0.5, 0.0, 900.0] {
        let mut found = columns::<f64>(1, LANES);
        let uniforms = [0.0, 0.0, mean];
        let mut environment = super::Known(&graph);
        program.run(
            &mut workspace,
            &mut found,
            &uniforms,
            &mut environment,
            0..LANES,
        );
        for (lane, &found) in found[0].iter().enumerate() {
            assert_eq!(
                found,
                expected(&graph, count, &uniforms, lane),
                "mean {mean}"
            );
        }
    }
}

#[test]
fn a_name_without_a_place_is_told() {
    let mut graph = Graph::new();
    let expression = graph.named("x");
    let output = Output {
        expression,
        column: 0,
    };
    assert_eq!(lower(&mut graph, &[output], &place, 0).unwrap_err(), "x");
}

#[test]
fn expressions_of_any_depth_and_size_are_lowered() {
    let mut graph = Graph::new();
    let (x, y) = (graph.named("c0"), graph.named("c1"));
    let mut value = x;
    for _ in 0..100_000 {
        let sine = graph.unary(Unary::Sin, value);
        value = graph.add(sine, y);
    }
    let output = Output {
        expression: value,
        column: 0,
    };
    let program = lower(&mut graph, &[output], &place, 0).unwrap();
    assert!(program.registers() <= 3);
    let mut found = columns::<f64>(2, 3);
    program.run(
        &mut program.workspace(),
        &mut found,
        &[],
        &mut NoEnvironment,
        0..2,
    );
    assert!(found[0][..2].iter().all(|x| x.is_finite()));
    assert_eq!(found[0][2], given(0, 2));
}

#[test]
fn what_is_decided_upon_is_not_rounded_otherwise() {
    let mut graph = Graph::new();
    let (x, step) = (graph.named("c0"), graph.named("u0"));
    let quotient = graph.divide(x, step);
    let whole = graph.unary(Unary::Floor, quotient);
    let output = Output {
        expression: whole,
        column: 0,
    };
    let program = lower(&mut graph, &[output], &place, 1).unwrap();
    // 49*(1/49) is below 1.
    for divisor in 1..200 {
        let divisor = f64::from(divisor);
        let mut found = vec![vec![divisor, 3.0 * divisor]];
        let uniforms = [divisor];
        program.run(
            &mut program.workspace(),
            &mut found,
            &uniforms,
            &mut NoEnvironment,
            0..2,
        );
        assert_eq!(found[0], [1.0, 3.0], "of {divisor}");
    }
}

#[test]
fn updates_take_the_place_of_the_old_value() {
    let mut graph = Graph::new();
    let [x, y, z] = ["c0", "c1", "c2"].map(|name| graph.named(name));
    let (factor, other) = (graph.named("u0"), graph.named("u1"));
    let condition = graph.binary(Binary::Less, y, z);
    let scaled = graph.multiply(x, factor);
    let product = graph.multiply(y, z);
    let (varying, uniform) = (graph.multiply(x, y), graph.multiply(y, factor));
    let updates = [
        scaled,
        varying,
        graph.add(x, y),
        graph.add(x, factor),
        graph.add(x, product),
        graph.add(product, x),
        graph.subtract(x, product),
        graph.subtract(product, x),
        graph.add(x, uniform),
        graph.subtract(x, uniform),
        graph.subtract(uniform, x),
        graph.add(scaled, other),
        graph.add(scaled, y),
        graph.subtract(scaled, y),
        graph.subtract(y, scaled),
        graph.subtract(other, scaled),
        graph.add(varying, z),
        graph.add(varying, other),
        graph.subtract(other, varying),
        graph.select(condition, y, x),
        graph.select(condition, factor, x),
    ];
    for update in updates {
        let output = Output {
            expression: update,
            column: 0,
        };
        let program = lower(&mut graph, &[output], &place, 3).unwrap();
        let copies = |operation| operation == Operation::Copy;
        let is_choice = matches!(graph.node(update), Node::Select(..));
        let copied = program.body().iter().any(|i| copies(i.operation));
        assert_eq!(copied, is_choice, "only a choice is set aside and copied");
        let found = run::<f64>(&mut graph, &[(update, 0)], &UNIFORMS, 3, LANES);
        for (lane, &found) in found[0].iter().enumerate() {
            let right = expected(&graph, update, &UNIFORMS, lane);
            assert!((found - right).abs() <= 4e-15, "{found} for {right}");
        }
    }
}
