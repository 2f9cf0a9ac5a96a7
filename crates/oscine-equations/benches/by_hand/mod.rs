//! The same models as loops written by hand.

use oscine_equations::lanes::Real;
use oscine_random::Stream;

/// Hodgkin & Huxley (1952), as in the catalogue.
pub const HODGKIN_HUXLEY: &str = "\
dv/dt = (I - g_Na*m**3*h*(v - E_Na) - g_K*n**4*(v - E_K) - g_L*(v - E_L))/C : volt
dm/dt = phi*(alpha_m*(1 - m) - beta_m*m)        : 1
dh/dt = phi*(alpha_h*(1 - h) - beta_h*h)        : 1
dn/dt = phi*(alpha_n*(1 - n) - beta_n*n)        : 1
alpha_m = 1/exprel(-(v + 40*mV)/(10*mV))/ms     : Hz
beta_m  = 4*exp(-(v + 65*mV)/(18*mV))/ms        : Hz
alpha_h = 0.07*exp(-(v + 65*mV)/(20*mV))/ms     : Hz
beta_h  = 1/(1 + exp(-(v + 35*mV)/(10*mV)))/ms  : Hz
alpha_n = 0.1/exprel(-(v + 55*mV)/(10*mV))/ms   : Hz
beta_n  = 0.125*exp(-(v + 65*mV)/(80*mV))/ms    : Hz
";

/// Which exponential a loop calls.
pub trait Exponential {
    /// `exp(x)`
    fn exp(x: f64) -> f64;
}

/// That of this crate.
pub struct Vectorised;

/// That of the standard library.
pub struct Standard;

impl Exponential for Vectorised {
    #[inline(always)]
    fn exp(x: f64) -> f64 {
        Real::exp::<true>(x)
    }
}

impl Exponential for Standard {
    #[inline(always)]
    fn exp(x: f64) -> f64 {
        x.exp()
    }
}

/// `x` on its way to `steady` with the rate `rate` after a step.
#[inline(always)]
fn relaxed<E: Exponential>(x: f64, steady: f64, rate_times_step: f64) -> f64 {
    f64::mul_add(x - steady, E::exp(-rate_times_step), steady)
}

macro_rules! chosen {
    ($name:ident, $loop:ident, $about:literal) => {
        #[doc = $about]
        pub fn $name(columns: &mut [Vec<f64>], t: f64, step: u64, vectorised: bool) {
            // SAFETY: the benchmark runs only where the processor has the extensions.
            unsafe {
                if vectorised {
                    $loop::<Vectorised>(columns, t, step)
                } else {
                    $loop::<Standard>(columns, t, step)
                }
            }
        }
    };
}

chosen!(
    coba,
    coba_loop,
    "COBA: conductances that decay, a membrane that relaxes."
);
chosen!(
    hodgkin_huxley,
    hodgkin_huxley_loop,
    "Hodgkin & Huxley (1952)."
);
chosen!(
    fitzhugh_nagumo,
    fitzhugh_nagumo_loop,
    "FitzHugh-Nagumo with noise on the recovery."
);

#[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2,fma"))]
unsafe fn coba_loop<E: Exponential>(columns: &mut [Vec<f64>], t: f64, _: u64) {
    const STEP: f64 = 1e-4;
    let (decay_e, decay_i) = ((-STEP / 0.005f64).exp(), (-STEP / 0.01f64).exp());
    let [v, ge, gi, last] = columns else {
        unreachable!("four columns")
    };
    for (((v, ge), gi), last) in v.iter_mut().zip(ge).zip(gi).zip(last) {
        let total = 1.0 + *ge + *gi;
        let steady = (*gi).mul_add(-0.08, -0.06) / total;
        let moved = relaxed::<E>(*v, steady, total * (STEP / 0.02));
        *v = if *last + 0.005 <= t { moved } else { *v };
        *ge *= decay_e;
        *gi *= decay_i;
    }
}

#[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2,fma"))]
unsafe fn hodgkin_huxley_loop<E: Exponential>(columns: &mut [Vec<f64>], _: f64, _: u64) {
    const STEP: f64 = 1e-2; // ms
    let [v, m, h, n] = columns else {
        unreachable!("four columns")
    };
    for (((v, m), h), n) in v.iter_mut().zip(m).zip(h).zip(n) {
        let u = *v * 1e3;
        let x = (u + 40.0) * 0.1;
        let alpha_m = x / (1.0 - E::exp(-x));
        let beta_m = 4.0 * E::exp((u + 65.0) * (-1.0 / 18.0));
        let alpha_h = 0.07 * E::exp((u + 65.0) * (-1.0 / 20.0));
        let beta_h = 1.0 / (1.0 + E::exp((u + 35.0) * -0.1));
        let x = (u + 55.0) * 0.1;
        let alpha_n = 0.1 * x / (1.0 - E::exp(-x));
        let beta_n = 0.125 * E::exp((u + 65.0) * (-1.0 / 80.0));
        let sodium = 120.0 * *m * *m * *m * *h;
        let potassium = 36.0 * (*n * *n) * (*n * *n);
        let total = sodium + potassium + 0.3;
        let driven = 10.0 + sodium * 50.0 - potassium * 77.0 - 0.3 * 54.387;
        *v = relaxed::<E>(u, driven / total, total * STEP) * 1e-3;
        for (gate, alpha, beta) in [
            (m, alpha_m, beta_m),
            (h, alpha_h, beta_h),
            (n, alpha_n, beta_n),
        ] {
            let rate = alpha + beta;
            *gate = relaxed::<E>(*gate, alpha / rate, rate * STEP);
        }
    }
}

#[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2,fma"))]
unsafe fn fitzhugh_nagumo_loop<E: Exponential>(columns: &mut [Vec<f64>], _: f64, step: u64) {
    const STEP: f64 = 0.05; // in units of tau
    let kick = 5e-5f64.sqrt();
    let stream = Stream::new(1, "noise");
    let [v, w] = columns else {
        unreachable!("two columns")
    };
    let mut draws = [0.0; 128];
    for (block, (v, w)) in v.chunks_mut(128).zip(w.chunks_mut(128)).enumerate() {
        let draws = &mut draws[..v.len()];
        stream.fill_normal(step, block as u64 * 128, draws);
        for ((v, w), draw) in v.iter_mut().zip(w).zip(draws) {
            let (x, y) = (*v, *w);
            *v = (x - x * x * x * (1.0 / 3.0) - y + 0.5).mul_add(STEP, x);
            let moved = (x + 0.7 - 0.8 * y).mul_add(0.08 * STEP, y);
            *w = f64::mul_add(*draw, kick, moved);
        }
    }
}
