//! The same three steps three ways, in turns: as a block program, as a loop made by a just-in-time compiler, and as a loop
//! written by hand: `cargo run --release` in this folder.

#[path = "../../../crates/oscine-equations/benches/by_hand/mod.rs"]
mod by_hand;
#[path = "../../../crates/oscine-equations/benches/cases/mod.rs"]
mod cases;
mod translate;

use std::hint::black_box;
use std::time::Instant;

use cases::{CASES, Case, Noise, program, start};
use oscine_equations::lanes::has_fused_multiply_add;
use oscine_random::Stream;
use translate::{Compiled, compile};

/// Lanes for which draws are made at once, as in a block program.
const RUN: usize = 256;

fn main() {
    if !has_fused_multiply_add() {
        println!("this processor has no fused multiply-add on vectors");
        return;
    }
    println!(
        "| step | cells | program, ns a cell and step | scalar code | two lanes | by hand | program, ms from text | scalar code | two lanes | difference |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for case in &CASES {
        let (_, program_ready) = soonest(|| program(case));
        let [scalar, two] = [false, true].map(|two_lanes| {
            soonest(|| {
                let (mut graph, new, names) = cases::step(case);
                compile(&mut graph, &new, &names, case.dt, two_lanes)
            })
        });
        for lanes in [4_000, 100_000] {
            let (least, difference) = compare(case, lanes, &scalar.0, &two.0);
            println!(
                "| {} | {lanes} | {:.2} | {:.2} | {:.2} | {:.2} | {program_ready:.2} | {:.2} | {:.2} | {difference:.0e} |",
                case.name, least[0], least[1], least[2], least[3], scalar.1, two.1
            );
        }
    }
}

/// What is made, and the least time that it takes (ms).
fn soonest<T>(make: impl Fn() -> T) -> (T, f64) {
    let mut least = f64::INFINITY;
    let mut made = None;
    for _ in 0..5 {
        let begin = Instant::now();
        made = Some(make());
        least = least.min(begin.elapsed().as_secs_f64() * 1e3);
    }
    (made.expect("made five times"), least)
}

/// Nanoseconds for a cell's step of each way: the least of many turns. And the largest difference between program and loops.
fn compare(case: &Case, lanes: usize, scalar: &Compiled, two: &Compiled) -> ([f64; 4], f64) {
    let program = program(case);
    let mut workspace = program.workspace();
    let mut sides = [(); 4].map(|()| start(case, lanes));
    let mut least = [f64::INFINITY; 4];
    let mut noise = Noise {
        stream: Stream::new(1, "noise"),
        step: 0,
    };
    for turn in 0..8_000_000 / lanes {
        let t = turn as f64 * case.dt;
        noise.step = turn as u64;
        for (side, (columns, least)) in sides.iter_mut().zip(&mut least).enumerate() {
            let begin = Instant::now();
            match side {
                0 => {
                    let uniforms = [t, case.dt];
                    program.run(&mut workspace, columns, &uniforms, &mut noise, 0..lanes);
                }
                1 => run(scalar, columns, t, &noise, lanes, noisy(case)),
                2 => run(two, columns, t, &noise, lanes, noisy(case)),
                _ => (case.by_hand)(columns, t, turn as u64, true),
            }
            black_box(&columns);
            *least = least.min(begin.elapsed().as_secs_f64() / lanes as f64 * 1e9);
        }
    }
    let (reference, loops) = (&sides[0][0], &sides[1..3]);
    let difference = loops
        .iter()
        .flat_map(|columns| columns[0].iter().zip(reference))
        .map(|(value, right)| (value - right).abs())
        .fold(0.0, f64::max);
    (least, difference)
}

fn noisy(case: &Case) -> bool {
    case.equations.contains("xi")
}

/// A step of all lanes by compiled code, with draws filled in for runs of them.
fn run(
    compiled: &Compiled,
    columns: &mut [Vec<f64>],
    t: f64,
    noise: &Noise,
    lanes: usize,
    noisy: bool,
) {
    let mut draws = [0.0; RUN];
    // The code reads one pointer more than there are states: when a cell last fired, where the model asks.
    let mut pointers: Vec<*mut f64> = columns
        .iter_mut()
        .map(|column| column.as_mut_ptr())
        .collect();
    pointers.push(std::ptr::null_mut());
    let length = if noisy { RUN } else { lanes };
    let mut first = 0;
    while first < lanes {
        let end = (first + length).min(lanes);
        if noisy {
            let draws = &mut draws[..end - first];
            noise.stream.fill_normal(noise.step, first as u64, draws);
        }
        // SAFETY: columns and draws hold these lanes, which are even in number.
        unsafe {
            (compiled.step)(
                pointers.as_ptr(),
                draws.as_ptr(),
                first as i64,
                end as i64,
                t,
            );
        }
        first = end;
    }
}
