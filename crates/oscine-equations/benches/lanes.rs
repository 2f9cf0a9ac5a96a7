//! Nanoseconds for each element of the vector functions: `cargo bench -p oscine-equations --bench lanes`.
//! Each line is 4,096 elements; the throughput column says elements a second.

use divan::{Bencher, black_box, counter::ItemsCount};
use oscine_equations::lanes::{Real, has_fused_multiply_add};

const COUNT: usize = 4096;

fn main() {
    if has_fused_multiply_add() {
        divan::main();
    } else {
        println!("this processor has no fused multiply-add on vectors");
    }
}

macro_rules! functions {
    ($($name:ident: |$x:ident| $call:expr;)*) => { $(
        #[divan::bench(types = [f64, f32])]
        fn $name<R: Real>(bencher: Bencher) {
            #[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2,fma"))]
            unsafe fn run<R: Real>(arguments: &[R], out: &mut [R]) {
                for (out, &$x) in out.iter_mut().zip(arguments) {
                    *out = $call;
                }
            }
            let arguments: Vec<R> =
                (0..COUNT).map(|k| R::from_f64((k as f64 + 0.5) / COUNT as f64)).collect();
            let mut out = vec![R::ZERO; COUNT];
            bencher.counter(ItemsCount::new(COUNT)).bench_local(|| {
                // SAFETY: `main` has asked for the extensions.
                unsafe { run(black_box(&arguments), black_box(&mut out)) }
            });
        }
    )* };
}

functions! {
    exp: |x| x.exp::<true>();
    exp_m1: |x| x.exp_m1::<true>();
    exp_rel: |x| x.exp_rel::<true>();
    log: |x| x.log::<true>();
    log_1p: |x| x.log_1p::<true>();
    sin: |x| x.sin::<true>();
    cos: |x| x.cos::<true>();
    tan: |x| x.tan::<true>();
    tanh: |x| x.tanh::<true>();
    asin: |x| x.asin::<true>();
    atan: |x| x.atan::<true>();
    power: |x| x.power::<true>(R::from_f64(2.3));
    modulo: |x| x.modulo::<true>(R::from_f64(0.3));
}
