//! The fused multiply-add, and what is built on it: polynomials (Horner's rule in `x²`) and exact products.
//!
//! Exact products without the instruction: Dekker (1971) Numer. Math. 18:224.

/// `a*b + c`, rounded once if `FUSED`, else twice.
#[inline(always)]
pub fn fused<const FUSED: bool>(a: f64, b: f64, c: f64) -> f64 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// As [`fused`], in single precision.
#[inline(always)]
pub(crate) fn fused_single<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// Whether the processor that this runs on multiplies and adds in one instruction, with vectors to match.
pub fn has_fused_multiply_add() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma")
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        cfg!(target_arch = "aarch64")
    }
}

macro_rules! polynomial {
    ($name:ident, $real:ty, $fused:ident, $about:literal) => {
        #[doc = $about]
        #[inline(always)]
        pub(crate) fn $name<const FUSED: bool, const N: usize>(
            x: $real,
            coefficients: &[$real; N],
        ) -> $real {
            // Two chains side by side, of the even and of the odd powers: one alone would wait for itself. The first
            // coefficient comes last, and with it the only rounding that is felt.
            let square = x * x;
            let (mut upper, mut lower) = (coefficients[N - 1], coefficients[N - 2]);
            let mut k = N - 2;
            while k > 2 {
                k -= 2;
                upper = $fused::<FUSED>(upper, square, coefficients[k + 1]);
                lower = $fused::<FUSED>(lower, square, coefficients[k]);
            }
            let rest = $fused::<FUSED>(upper, x, lower);
            match k {
                0 => rest,
                1 => $fused::<FUSED>(rest, x, coefficients[0]),
                _ => {
                    let rest = $fused::<FUSED>(rest, x, coefficients[1]);
                    $fused::<FUSED>(rest, x, coefficients[0])
                }
            }
        }
    };
}

polynomial!(
    polynomial,
    f64,
    fused,
    "`c[0] + c[1] x + c[2] x² + …`, of two coefficients or more."
);
polynomial!(
    polynomial_single,
    f32,
    fused_single,
    "As [`polynomial`], in single precision."
);

/// `a*b` as a rounded product and what the rounding took away.
#[inline(always)]
pub(crate) fn exact_product<const FUSED: bool>(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    if FUSED {
        return (product, a.mul_add(b, -product));
    }
    let (a_high, a_low) = halves(a);
    let (b_high, b_low) = halves(b);
    let rest = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    (product, rest)
}

/// `a + b` as a rounded sum and what the rounding took away, where `|a| >= |b|` or `a` is 0.
#[inline(always)]
pub(crate) fn exact_sum_ordered(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// `c - a*b` with a product that is not rounded, where the difference is near 0 against `c`.
#[inline(always)]
pub(crate) fn residue<const FUSED: bool>(c: f64, a: f64, b: f64) -> f64 {
    if FUSED {
        (-a).mul_add(b, c)
    } else {
        let (product, rest) = exact_product::<false>(a, b);
        (c - product) - rest
    }
}

/// A number as the sum of two with 26 bits each.
#[inline(always)]
fn halves(a: f64) -> (f64, f64) {
    const SPLIT: f64 = 134_217_729.0;
    let scaled = SPLIT * a;
    let high = scaled - (scaled - a);
    (high, a - high)
}
