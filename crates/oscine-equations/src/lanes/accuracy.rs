//! How far each function is from the truth, in units in the last place, and what it gives at the edges.

use super::reference::Pair;
use super::{Real, double};

/// Numbers that look random, the same at every run: the fractional parts of multiples of the golden ratio.
fn spread(count: u32, low: f64, high: f64) -> impl Iterator<Item = f64> {
    (0..count)
        .map(move |k| low + (high - low) * (f64::from(k) * 0.618_033_988_749_894_9 + 0.123).fract())
}

/// Both signs of numbers over many scales.
fn scales(count: u32, smallest: f64, largest: f64) -> impl Iterator<Item = f64> {
    spread(count, smallest.log2(), largest.log2())
        .enumerate()
        .map(|(k, exponent)| {
            let size = exponent.exp2();
            if k % 2 == 0 { size } else { -size }
        })
}

/// The spacing of the numbers of 53 bits at `x`.
fn unit(x: f64) -> f64 {
    let x = x.abs().max(f64::MIN_POSITIVE);
    f64::from_bits(x.to_bits() & 0x7ff0_0000_0000_0000) * f64::EPSILON
}

const POINTS: u32 = 4000;

fn assert_within(
    ulps: f64,
    name: &str,
    arguments: impl Iterator<Item = f64>,
    function: impl Fn(f64) -> f64,
    unfused: impl Fn(f64) -> f64,
    truth: impl Fn(f64) -> Pair,
) {
    let (mut worst, mut at, mut worst_unfused) = (0.0, 0.0, 0.0f64);
    for x in arguments {
        let truth = truth(x);
        let error = |value: f64| (value - truth.high - truth.low).abs() / unit(truth.high);
        let error_here = error(function(x));
        assert!(
            error_here.is_finite(),
            "{name}({x:e}) = {:e}, not {:e}",
            function(x),
            truth.high
        );
        if error_here > worst {
            (worst, at) = (error_here, x);
        }
        worst_unfused = worst_unfused.max(error(unfused(x)));
    }
    println!("{name}: {worst:.3} ulp at {at:e}; without fused multiply-add {worst_unfused:.3}");
    assert!(worst <= ulps, "{name}: {worst:.3} ulp at {at:e}");
    assert!(
        worst_unfused <= 2.0 * ulps,
        "{name}: {worst_unfused:.3} ulp unfused"
    );
}

macro_rules! within {
    ($ulps:literal, $function:ident, $arguments:expr, $truth:expr) => {
        assert_within(
            $ulps,
            stringify!($function),
            $arguments,
            double::$function::<true>,
            double::$function::<false>,
            $truth,
        )
    };
}

#[test]
fn exponentials_in_double_precision() {
    within!(1.0, exp, spread(POINTS, -690.0, 709.7), |x| Pair::from(x)
        .exp());
    within!(1.0, exp, spread(POINTS, -2.0, 2.0), |x| Pair::from(x).exp());
    within!(2.0, exp_m1, spread(POINTS, -3.0, 3.0), |x| Pair::from(x)
        .exp_m1());
    within!(2.0, exp_m1, scales(POINTS, 1e-300, 700.0), |x| Pair::from(
        x
    )
    .exp_m1());
    within!(2.0, exp_rel, scales(POINTS, 1e-200, 700.0), |x| Pair::from(
        x
    )
    .exp_m1()
        / x.into());
}

#[test]
fn logarithms_in_double_precision() {
    within!(1.0, log, spread(POINTS, 0.3, 3.0), |x| Pair::from(x).log());
    within!(1.0, log, scales(POINTS, 1e-307, 1e308).map(f64::abs), |x| {
        Pair::from(x).log()
    });
    within!(1.0, log_1p, spread(POINTS, -0.9, 3.0), Pair::log_1p);
    within!(1.0, log_1p, scales(POINTS, 1e-200, 0.9), Pair::log_1p);
}

#[test]
fn angles_in_double_precision() {
    for (count, range) in [(POINTS, 4.0), (POINTS, 1e5), (POINTS, 1e12)] {
        within!(1.0, sin, spread(count, -range, range), |x| Pair::from(x)
            .cos_sin()
            .1);
        within!(1.0, cos, spread(count, -range, range), |x| Pair::from(x)
            .cos_sin()
            .0);
        within!(2.0, tan, spread(count, -range, range), |x| {
            let (cosine, sine) = Pair::from(x).cos_sin();
            sine / cosine
        });
    }
    within!(1.0, sin, scales(POINTS, 1e-200, 1.0), |x| Pair::from(x)
        .cos_sin()
        .1);
    within!(2.0, atan, scales(POINTS, 1e-100, 1e100), Pair::atan);
    within!(2.0, atan, spread(POINTS, -5.0, 5.0), Pair::atan);
    within!(2.5, asin, spread(POINTS, -1.0, 1.0), Pair::asin);
    within!(2.5, asin, scales(POINTS, 1e-100, 1.0), Pair::asin);
    within!(2.0, acos, spread(POINTS, -1.0, 1.0), Pair::acos);
}

/// Multiples of π/2, rounded: where the reduction of the angle loses most.
#[test]
fn angles_next_to_multiples_of_a_right_angle() {
    let near = || (1..POINTS).map(|n| f64::from(n) * f64::from(n) * std::f64::consts::FRAC_PI_2);
    within!(1.0, sin, near(), |x| Pair::from(x).cos_sin().1);
    within!(1.0, cos, near(), |x| Pair::from(x).cos_sin().0);
}

#[test]
fn hyperbolic_functions_in_double_precision() {
    within!(2.0, tanh, spread(POINTS, -4.0, 4.0), |x| Pair::from(x)
        .tanh());
    within!(2.0, tanh, scales(POINTS, 1e-200, 30.0), |x| Pair::from(x)
        .tanh());
    within!(2.0, sinh, scales(POINTS, 1e-200, 709.0), |x| Pair::from(x)
        .sinh());
    within!(2.0, sinh, spread(POINTS, -3.0, 3.0), |x| Pair::from(x)
        .sinh());
    within!(2.0, cosh, spread(POINTS, -5.0, 5.0), |x| Pair::from(x)
        .cosh());
    within!(2.0, cosh, spread(POINTS, -700.0, 700.0), |x| Pair::from(x)
        .cosh());
}

#[test]
fn powers_in_double_precision() {
    for exponent in [-0.5, 0.1, 2.0, 3.0, 4.0, -7.3, 150.7] {
        assert_within(
            1.0,
            "power",
            scales(POINTS, 0.01, 100.0).map(f64::abs),
            |x| double::power::<true>(x, exponent),
            |x| double::power::<false>(x, exponent),
            |x| Pair::power(x, exponent),
        );
    }
    assert_within(
        1.0,
        "power of 1.0001",
        spread(POINTS, -7e6, 7e6),
        |y| double::power::<true>(1.0001, y),
        |y| double::power::<false>(1.0001, y),
        |y| Pair::power(1.0001, y),
    );
}

/// The functions of `f32`, against those of `f64`.
#[test]
fn single_precision() {
    type Single = fn(f32) -> f32;
    type Double = fn(f64) -> f64;
    let cases: [(&str, f64, f64, f64, Single, Double); 12] = [
        (
            "exp",
            1.0,
            -87.0,
            88.7,
            Real::exp::<true>,
            double::exp::<true>,
        ),
        (
            "exp_m1",
            2.0,
            -3.0,
            3.0,
            Real::exp_m1::<true>,
            double::exp_m1::<true>,
        ),
        (
            "exp_rel",
            2.0,
            -3.0,
            3.0,
            Real::exp_rel::<true>,
            double::exp_rel::<true>,
        ),
        ("log", 1.0, 0.1, 3.0, Real::log::<true>, double::log::<true>),
        (
            "log_1p",
            1.0,
            -0.9,
            3.0,
            Real::log_1p::<true>,
            double::log_1p::<true>,
        ),
        (
            "sin",
            1.5,
            -7.0,
            7.0,
            Real::sin::<true>,
            double::sin::<true>,
        ),
        (
            "cos",
            1.5,
            -1e5,
            1e5,
            Real::cos::<true>,
            double::cos::<true>,
        ),
        (
            "tan",
            1.0,
            -7.0,
            7.0,
            Real::tan::<true>,
            double::tan::<true>,
        ),
        (
            "tanh",
            2.5,
            -5.0,
            5.0,
            Real::tanh::<true>,
            double::tanh::<true>,
        ),
        (
            "asin",
            1.0,
            -1.0,
            1.0,
            Real::asin::<true>,
            double::asin::<true>,
        ),
        (
            "acos",
            1.0,
            -1.0,
            1.0,
            Real::acos::<true>,
            double::acos::<true>,
        ),
        (
            "atan",
            1.0,
            -9.0,
            9.0,
            Real::atan::<true>,
            double::atan::<true>,
        ),
    ];
    for (name, ulps, low, high, single, double) in cases {
        let tiny = scales(POINTS, 1e-30, low.abs().min(high)).filter(|x| *x >= low && *x <= high);
        let worst = spread(10 * POINTS, low, high)
            .chain(tiny)
            .map(|x| {
                let truth = double(f64::from(x as f32));
                let unit = f64::from_bits(truth.to_bits() & 0x7ff0_0000_0000_0000)
                    * f64::from(f32::EPSILON);
                (f64::from(single(x as f32)) - truth).abs() / unit
            })
            .fold(0.0, f64::max);
        println!("{name}: {worst:.3} ulp");
        assert!(worst <= ulps, "{name}: {worst:.3} ulp in single precision");
    }
}

/// The same number or both NaN, with the sign of zero.
fn same(value: f64, expected: f64) -> bool {
    value.to_bits() == expected.to_bits() || (value.is_nan() && expected.is_nan())
}

#[test]
fn edges_are_those_of_the_standard_library() {
    type Function = fn(f64) -> f64;
    let edges = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        5e-324,
        -5e-324,
        1e-310,
        1000.0,
        -1000.0,
        2.0,
        710.3,
        1e308,
        -1e308,
    ];
    let cases: [(&str, Function, Function, Function); 15] = [
        ("exp", f64::exp, Real::exp::<true>, |x| {
            f64::from(Real::exp::<true>(x as f32))
        }),
        ("exp_m1", f64::exp_m1, Real::exp_m1::<true>, |x| {
            f64::from(Real::exp_m1::<true>(x as f32))
        }),
        ("log", f64::ln, Real::log::<true>, |x| {
            f64::from(Real::log::<true>(x as f32))
        }),
        ("log_1p", f64::ln_1p, Real::log_1p::<true>, |x| {
            f64::from(Real::log_1p::<true>(x as f32))
        }),
        ("sinh", f64::sinh, Real::sinh::<true>, |x| {
            f64::from(Real::sinh::<true>(x as f32))
        }),
        ("cosh", f64::cosh, Real::cosh::<true>, |x| {
            f64::from(Real::cosh::<true>(x as f32))
        }),
        ("tanh", f64::tanh, Real::tanh::<true>, |x| {
            f64::from(Real::tanh::<true>(x as f32))
        }),
        ("asin", f64::asin, Real::asin::<true>, |x| {
            f64::from(Real::asin::<true>(x as f32))
        }),
        ("acos", f64::acos, Real::acos::<true>, |x| {
            f64::from(Real::acos::<true>(x as f32))
        }),
        ("atan", f64::atan, Real::atan::<true>, |x| {
            f64::from(Real::atan::<true>(x as f32))
        }),
        ("sqrt", f64::sqrt, Real::sqrt, |x| {
            f64::from(Real::sqrt(x as f32))
        }),
        ("sin", f64::sin, Real::sin::<true>, |x| {
            f64::from(Real::sin::<true>(x as f32))
        }),
        ("cos", f64::cos, Real::cos::<true>, |x| {
            f64::from(Real::cos::<true>(x as f32))
        }),
        ("tan", f64::tan, Real::tan::<true>, |x| {
            f64::from(Real::tan::<true>(x as f32))
        }),
        ("floor", f64::floor, Real::floor, |x| {
            f64::from(Real::floor(x as f32))
        }),
    ];
    for (name, standard, double, single) in cases {
        let angle = ["sin", "cos", "tan"].contains(&name);
        for x in edges {
            if angle && x.is_finite() && x.abs() > 1e12 {
                assert!(double(x).is_nan(), "{name}({x:e}) is said to be NaN");
                continue;
            }
            let expected = standard(x);
            let value = double(x);
            let close = (value - expected).abs() <= 2.0 * unit(expected);
            let edge = expected == 0.0 || !expected.is_finite();
            assert!(
                same(value, expected) || (close && !edge),
                "{name}({x:e}) = {value:e}, not {expected:e}"
            );
            let x = f64::from(x as f32);
            let expected = f64::from(standard(x) as f32);
            let value = single(x);
            let close = (value - expected).abs() <= 3e-7 * expected.abs();
            assert!(
                same(value, expected) || close,
                "{name}({x:e}) = {value:e} in single, not {expected:e}"
            );
        }
    }
    assert_eq!(Real::exp_rel::<true>(0.0f64), 1.0);
    assert_eq!(Real::exp_rel::<true>(f64::INFINITY), f64::INFINITY);
    assert_eq!(Real::exp_rel::<true>(f64::NEG_INFINITY), 0.0);
    assert_eq!(Real::exp_rel::<true>(0.0f32), 1.0);
}

#[test]
fn the_exponential_underflows_gradually_and_the_logarithm_of_its_result_returns() {
    for k in 0..37 {
        let x = -708.5 - f64::from(k);
        let value = double::exp::<true>(x);
        assert!((value - x.exp()).abs() <= 5e-324, "exp({x}) = {value:e}");
        let back = double::log::<true>(value);
        assert!(
            value == 0.0 || (back - value.ln()).abs() <= unit(back),
            "log({value:e}) = {back}"
        );
    }
    assert_eq!(double::exp::<true>(-746.0), 0.0);
    let single = Real::exp::<true>(-100.0f32);
    assert!((f64::from(single) - (-100f64).exp()).abs() < 1.5e-45);
    assert!((f64::from(Real::log::<true>(1e-40f32)) - f64::from(1e-40f32).ln()).abs() < 1e-5);
}

#[test]
fn powers_at_the_edges_are_those_of_the_standard_library() {
    let bases = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -0.5,
        2.0,
        -2.0,
        3.7,
        -3.7,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        5e-324,
        1e308,
    ];
    let exponents = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        2.0,
        -2.0,
        3.0,
        -3.0,
        0.5,
        -0.5,
        1e3,
        -1e3,
        1001.0,
        -1001.0,
        1e20,
        -1e20,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    for x in bases {
        for y in exponents {
            let (value, expected) = (double::power::<true>(x, y), f64::powf(x, y));
            let close = expected.is_finite() && (value - expected).abs() <= unit(expected);
            assert!(
                same(value, expected) || close,
                "{x:e}^{y:e} = {value:e}, not {expected:e}"
            );
        }
    }
    assert_eq!(Real::power::<true>(-2.0f32, 3.0), -8.0);
}

/// Values of Python's `%`.
#[test]
fn the_remainder_has_the_sign_of_the_divisor() {
    for (a, b, expected) in [
        (5.5, 2.0, 1.5),
        (-5.5, 2.0, 0.5),
        (5.5, -2.0, -0.5),
        (-5.5, -2.0, -1.5),
        (6.0, 3.0, 0.0),
        (-6.0, 3.0, 0.0),
        (1.0, 0.1, 0.09999999999999995),
        (-1e-20, 1.0, 1.0),
        (2.0, f64::INFINITY, 2.0),
        (-2.0, f64::INFINITY, f64::INFINITY),
        (1.0, 0.0, f64::NAN),
        (f64::NAN, 1.0, f64::NAN),
        (1e300, 3.0, f64::NAN),
    ] {
        for value in [double::modulo::<true>(a, b), double::modulo::<false>(a, b)] {
            assert!(same(value, expected), "{a} % {b} = {value}, not {expected}");
        }
    }
    for a in spread(POINTS, -1e6, 1e6) {
        let exact = a.rem_euclid(0.7);
        let value = double::modulo::<true>(a, 0.7);
        assert_eq!(value, exact, "{a} % 0.7");
    }
}

#[test]
fn choices_and_signs() {
    assert!(Real::minimum(f64::NAN, 1.0).is_nan() && Real::minimum(1.0, f64::NAN).is_nan());
    assert!(Real::maximum(f64::NAN, 1.0).is_nan() && Real::maximum(1.0, f64::NAN).is_nan());
    assert_eq!(
        (Real::minimum(2.0, 1.0), Real::maximum(2.0, 1.0)),
        (1.0, 2.0)
    );
    assert_eq!(
        (Real::sign(-3.0), Real::sign(0.0), Real::sign(2.0f32)),
        (-1.0, 0.0, 1.0)
    );
    assert!(Real::sign(f64::NAN).is_nan());
}
