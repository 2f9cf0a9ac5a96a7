//! Random graphs with shared parts, lowered and run, against their evaluation at each lane.

use proptest::prelude::*;

use super::super::{BLOCK, Output, Program, Vectors, lower};
use super::{Known, columns, error_bound, expected, place};
use crate::graph::{Binary, Expression, Graph, Unary};
use crate::lanes::Real;

const COLUMNS: u16 = 4;
const UNIFORMS: [f64; 3] = [0.75, -1.5, 1.25];

/// One random operation: what it is and on which of the expressions made so far.
type Choice = (u8, usize, usize, usize);

/// Expressions made one from another, leaves first; none is larger than a million.
fn grow(graph: &mut Graph, choices: &[Choice]) -> Vec<Expression> {
    let leaves: Vec<Expression> = (0..COLUMNS)
        .map(|column| format!("c{column}"))
        .chain((0..UNIFORMS.len()).map(|uniform| format!("u{uniform}")))
        .map(|name| graph.named(&name))
        .collect();
    let (uniform, normal) = (graph.uniform_draw(), graph.normal_draw());
    let mut leaves = leaves;
    for symbol in [uniform, normal] {
        leaves.push(graph.symbol(symbol));
    }
    for value in [0.5, -1.0, 1.75] {
        leaves.push(graph.constant(value));
    }
    let (one, pulse) = (graph.constant(1.0), graph.function("pulse"));
    let mut made: Vec<(Expression, f64)> = leaves.iter().map(|&leaf| (leaf, 2.0)).collect();
    for &(operation, a, b, c) in choices {
        let ((x, large_x), (y, large_y)) = (made[a % made.len()], made[b % made.len()]);
        let (first, second, third) = (
            leaves[a % leaves.len()],
            leaves[b % leaves.len()],
            leaves[c % leaves.len()],
        );
        let (z, large_z) = made[c % made.len()];
        let unary = [
            Unary::Tanh,
            Unary::Sin,
            Unary::Cos,
            Unary::Atan,
            Unary::Negate,
            Unary::Absolute,
        ][b % 6];
        made.push(match operation % 14 {
            0 | 1 => (graph.add(x, y), large_x + large_y),
            2 | 3 => (graph.subtract(x, y), large_x + large_y),
            4..=6 if large_x * large_y < 1e6 => (graph.multiply(x, y), large_x * large_y),
            7 => (graph.binary(Binary::Minimum, x, y), large_x.max(large_y)),
            8 => {
                let square = graph.multiply(y, y);
                let divisor = graph.add(square, one);
                (graph.divide(x, divisor), large_x)
            }
            9 if large_x < 10.0 => {
                let operation = [Unary::Exp, Unary::ExpM1, Unary::ExpRel][b % 3];
                (graph.unary(operation, x), large_x.exp())
            }
            10 | 11 => {
                // Only what is exact is compared: a rounded number may fall on either side.
                let operation = [Binary::Less, Binary::LessOrEqual, Binary::Equal][c % 3];
                let condition = graph.binary(operation, first, second);
                let other = graph.binary(Binary::Less, second, third);
                let condition = match a % 4 {
                    0 => graph.binary(Binary::And, condition, other),
                    1 => graph.binary(Binary::Or, condition, other),
                    2 => graph.unary(Unary::Not, condition),
                    _ => condition,
                };
                (graph.select(condition, y, z), large_y.max(large_z))
            }
            12 => {
                let whole = graph.unary(Unary::Floor, first);
                (graph.apply(pulse, whole, third), 12.0)
            }
            13 => {
                let size = graph.unary(Unary::Absolute, x);
                let above = graph.add(size, one);
                (graph.unary(Unary::SquareRoot, above), large_x + 1.0)
            }
            _ => (graph.unary(unary, x), large_x),
        });
    }
    made.into_iter().map(|(expression, _)| expression).collect()
}

fn bits<R: Real>(columns: &[Vec<R>]) -> Vec<u64> {
    columns
        .iter()
        .flatten()
        .map(|x| x.to_f64().to_bits())
        .collect()
}

fn run<R: Real>(
    graph: &Graph,
    program: &Program,
    vectors: Vectors,
    lanes: usize,
    cuts: &[usize],
) -> Vec<Vec<R>> {
    let mut columns = columns::<R>(usize::from(COLUMNS) + 2, lanes);
    let mut workspace = program.workspace();
    for cut in cuts.windows(2) {
        program.run_with(
            vectors,
            &mut workspace,
            &mut columns,
            &UNIFORMS,
            &mut Known(graph),
            cut[0]..cut[1],
        );
    }
    columns
}

fn check<R: Real>(choices: &[Choice], lanes: usize, cut: usize, epsilon: f64) {
    let mut graph = Graph::new();
    let made = grow(&mut graph, choices);
    // Two new columns, and two that are read as well: all from the old values.
    let outputs: Vec<Output> = made
        .iter()
        .rev()
        .zip([4, 0, 5, 1])
        .map(|(&expression, column)| Output { expression, column })
        .collect();
    let program = lower(&mut graph, &outputs, &place, UNIFORMS.len()).unwrap();
    let first = cut.min(lanes / 2);
    let whole = run::<R>(&graph, &program, Vectors::widest(), lanes, &[first, lanes]);
    for output in &outputs {
        for lane in (first..lanes).step_by(7).chain([lanes - 1]) {
            let right = expected(&graph, output.expression, &UNIFORMS, lane);
            let bound = error_bound(&graph, output.expression, &UNIFORMS, lane, epsilon);
            let found = whole[usize::from(output.column)][lane].to_f64();
            assert!(
                (found - right).abs() <= bound,
                "lane {lane}: {found} for {right}, bound {bound:e}, {}",
                crate::print(&graph, output.expression)
            );
        }
    }
    let untouched = columns::<R>(usize::from(COLUMNS) + 2, lanes);
    for (column, old) in whole.iter().zip(&untouched) {
        assert_eq!(column[..first], old[..first], "lanes before the range");
    }
    assert_eq!(whole[2..4], untouched[2..4], "columns that are only read");
    let middle = (first + 3).min(lanes);
    let parts = [first, middle, (middle + cut).min(lanes), lanes];
    let split = run::<R>(&graph, &program, Vectors::widest(), lanes, &parts);
    assert!(bits(&whole) == bits(&split), "split at {parts:?}");
    for vectors in Vectors::ALL {
        if vectors.is_available() && vectors.is_fused() == Vectors::widest().is_fused() {
            let other = run::<R>(&graph, &program, vectors, lanes, &[first, lanes]);
            assert!(bits(&whole) == bits(&other), "{vectors:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn programs_compute_what_their_expressions_say(
        choices in prop::collection::vec(any::<Choice>(), 1..60),
        lanes in 1..3 * BLOCK,
        cut in 0..2 * BLOCK,
    ) {
        check::<f64>(&choices, lanes, cut, f64::EPSILON);
    }

    #[test]
    fn programs_compute_in_single_precision(
        choices in prop::collection::vec(any::<Choice>(), 1..40),
        lanes in 1..2 * BLOCK,
        cut in 0..BLOCK,
    ) {
        check::<f32>(&choices, lanes, cut, f32::EPSILON.into());
    }
}
