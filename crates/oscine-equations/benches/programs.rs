//! Programs against loops written by hand over the same arrays, compiled for the same vectors, in turns:
//! `cargo bench -p oscine-equations --bench programs`.
//!
//! The loops are what a careful person writes: relaxation to a steady value by one `exp` and one division for each variable,
//! everything else in registers; once with the `exp` of this crate and once with that of the standard library.

mod by_hand;
mod cases;

use std::hint::black_box;
use std::time::Instant;

use cases::{CASES, Case, Noise, program, start};
use oscine_equations::lanes::has_fused_multiply_add;
use oscine_equations::program::{Program, Vectors};
use oscine_random::Stream;

fn main() {
    if !has_fused_multiply_add() {
        println!("this processor has no fused multiply-add on vectors");
        return;
    }
    for case in &CASES {
        let begin = Instant::now();
        let program = program(case);
        let mut columns = start(case, 4_000);
        let uniforms = [0.0, case.dt];
        let noise = &mut Noise {
            stream: Stream::new(1, "noise"),
            step: 0,
        };
        program.run(
            &mut program.workspace(),
            &mut columns,
            &uniforms,
            noise,
            0..4_000,
        );
        black_box(&columns);
        let reading = begin.elapsed().as_secs_f64() * 1e3;
        println!(
            "{}: from text to the first step of 4,000 cells {reading:.2} ms; {} instructions, {} registers, {} scalars before",
            case.name,
            program.body().len(),
            program.registers(),
            program.prologue().len(),
        );
        for lanes in [4_000, 100_000] {
            compare(case, &program, lanes);
        }
    }
}

/// Nanoseconds for a lane's step of each side: the least of many turns.
fn compare(case: &Case, program: &Program, lanes: usize) {
    let turns = 4_000_000 / lanes;
    let mut sides = [
        start(case, lanes),
        start(case, lanes),
        start(case, lanes),
        start(case, lanes),
    ];
    let mut least = [f64::INFINITY; 4];
    let mut workspace = program.workspace();
    let mut noise = Noise {
        stream: Stream::new(1, "noise"),
        step: 0,
    };
    for turn in 0..turns {
        for (side, (columns, least)) in sides.iter_mut().zip(&mut least).enumerate() {
            let begin = Instant::now();
            let t = turn as f64 * case.dt;
            match side {
                0 | 1 => {
                    let vectors = [Vectors::widest(), Vectors::Baseline][side];
                    noise.step = turn as u64;
                    let uniforms = [t, case.dt];
                    program.run_with(
                        vectors,
                        &mut workspace,
                        columns,
                        &uniforms,
                        &mut noise,
                        0..lanes,
                    );
                }
                _ => (case.by_hand)(columns, t, turn as u64, side == 2),
            }
            black_box(&columns);
            *least = least.min(begin.elapsed().as_secs_f64() / lanes as f64 * 1e9);
        }
    }
    let difference = (0..lanes)
        .map(|lane| (sides[0][0][lane] - sides[2][0][lane]).abs())
        .fold(0.0, f64::max);
    let [program, baseline, by_hand, standard] = least;
    println!(
        "  {lanes:6} cells: program {program:6.2} ns, by hand {by_hand:6.2} (ratio {:.2}), by hand with the standard exp \
         {standard:6.2} (ratio {:.2}), program on baseline vectors {baseline:6.2}; largest difference {difference:.0e}",
        program / by_hand,
        program / standard,
    );
}
