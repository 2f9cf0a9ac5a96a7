//! Nanoseconds for each draw: `cargo bench -p oscine-random --bench draws`. Each line is 4,096 draws.

use divan::{Bencher, black_box, counter::ItemsCount};
use oscine_random::{Geometric, PoissonTable, Stream};

const COUNT: usize = 4096;

fn main() {
    divan::main();
}

#[divan::bench]
fn uniform(bencher: Bencher) {
    let (stream, mut out) = (Stream::new(1, "rand"), vec![0.0f64; COUNT]);
    bencher
        .counter(ItemsCount::new(COUNT))
        .bench_local(|| stream.fill_uniform(black_box(3), 0, black_box(&mut out)));
}

#[divan::bench]
fn normal(bencher: Bencher) {
    let (stream, mut out) = (Stream::new(1, "xi"), vec![0.0f64; COUNT]);
    bencher
        .counter(ItemsCount::new(COUNT))
        .bench_local(|| stream.fill_normal(black_box(3), 0, black_box(&mut out)));
}

#[divan::bench(args = [0.02, 2.0, 50.0, 400.0])]
fn poisson_from_a_table(bencher: Bencher, mean: f64) {
    let (mut uniforms, mut out) = (vec![0.0; COUNT], vec![0.0f64; COUNT]);
    Stream::new(1, "rand").fill_uniform(0, 0, &mut uniforms);
    let table = PoissonTable::new(mean);
    bencher
        .counter(ItemsCount::new(COUNT))
        .bench_local(|| table.fill(black_box(&uniforms), black_box(&mut out)));
}

#[divan::bench]
fn skip_of_a_sequence(bencher: Bencher) {
    let mut sequence = Stream::new(1, "connect").sequence(0);
    let failures = Geometric::new(0.02);
    bencher.counter(ItemsCount::new(COUNT)).bench_local(|| {
        (0..COUNT)
            .map(|_| sequence.skip(&failures))
            .fold(0, u64::wrapping_add)
    });
}
