//! The functions of formulas that go over an axis: `mean(rate)`, `argmax(snr)`, `slope(y, x)`, `at(response, 0.3)`.
//!
//! A value that is not a number (a cell without spikes has no interval) is left out.

use oscine_equations::Dimension;

use super::reductions::{
    correlation, crossing, extreme, integral, interpolated, mean, peak, quantile, slope, variance,
};
use super::{CONFIDENCE_LEVEL, Missing};
use crate::formula::array::{ArrayAxis, AxisKind, NamedArray, common_axes};

/// A function of formulas, which reduces an axis.
pub struct FormulaFunction {
    /// Its name.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arguments: usize,
    /// How it is written.
    pub example: &'static str,
    /// What it gives, in a line.
    pub gives: &'static str,
    pub(super) apply: fn(&[NamedArray]) -> Result<NamedArray, Missing>,
}

/// All of them.
pub const FUNCTIONS: &[FormulaFunction] = &[
    one("mean", "mean(rate)", "the mean", |a| {
        over(a, a[0].dimension, |v, _| mean(v))
    }),
    one(
        "averaged",
        "max(averaged(accuracy))",
        "the mean over the seeds, which otherwise stay apart to the end and give the interval of a claim",
        |a| {
            let mut axes = a[0].axes.iter();
            let Some(seeds) = axes.position(|axis| axis.kind == AxisKind::Repeat) else {
                return Ok(a[0].clone());
            };
            Ok(along(&a[0], seeds, a[0].dimension, |v, _| mean(v)))
        },
    ),
    one("median", "median(rate)", "the median", |a| {
        over(a, a[0].dimension, |v, _| quantile(v, 0.5))
    }),
    one("min", "min(rate)", "the least", |a| {
        over(a, a[0].dimension, |v, _| {
            v.iter().copied().reduce(f64::min).unwrap_or(f64::NAN)
        })
    }),
    one("max", "max(rate)", "the greatest", |a| {
        over(a, a[0].dimension, |v, _| {
            v.iter().copied().reduce(f64::max).unwrap_or(f64::NAN)
        })
    }),
    one("sum", "sum(weights.w)", "the sum", |a| {
        over(a, a[0].dimension, |v, _| v.iter().sum())
    }),
    one(
        "first",
        "first(axon.v)",
        "the first of a trace or a sweep; of cells recorded once, the value of each",
        |a| ordered(a, |v, _| v.first().copied().unwrap_or(f64::NAN)),
    ),
    one(
        "last",
        "last(together)",
        "the last of a trace or a sweep; of cells recorded once, the value of each",
        |a| ordered(a, |v, _| v.last().copied().unwrap_or(f64::NAN)),
    ),
    one("count", "count(isi)", "how many there are", |a| {
        over(a, Dimension::DIMENSIONLESS, |v, _| v.len() as f64)
    }),
    one(
        "deviation",
        "deviation(rate)",
        "the standard deviation",
        |a| over(a, a[0].dimension, |v, _| variance(v).sqrt()),
    ),
    one("variance", "variance(cell.v)", "the variance", |a| {
        over(a, a[0].dimension * a[0].dimension, |v, _| variance(v))
    }),
    one(
        "argmax",
        "argmax(snr)",
        "where along its axis the greatest lies",
        |a| over(a, of_axis(&a[0])?, |v, x| extreme(v, x, |a, b| a > b)),
    ),
    one(
        "argmin",
        "argmin(cv)",
        "where along its axis the least lies",
        |a| over(a, of_axis(&a[0])?, |v, x| extreme(v, x, |a, b| a < b)),
    ),
    one(
        "peak",
        "peak(snr)",
        "where along its axis the top of a parabola through the greatest and its neighbours lies; on the logarithm of an axis that is geometric",
        |a| over(a, of_axis(&a[0])?, peak),
    ),
    one(
        "integral",
        "integral(rate)",
        "the integral along its axis, by trapezoids",
        |a| over(a, a[0].dimension * of_axis(&a[0])?, integral),
    ),
    one(
        "slope",
        "slope(mean(x.y))",
        "the slope of the straight line of least squares along its axis",
        |a| over(a, a[0].dimension / of_axis(&a[0])?, slope),
    ),
    one(
        "rising",
        "rising(rate)",
        "1 where no value along its axis is below the one before it, else 0",
        |a| {
            over(a, Dimension::DIMENSIONLESS, |v, _| {
                truth(v.windows(2).all(|w| w[1] >= w[0]))
            })
        },
    ),
    one(
        "falling",
        "falling(p)",
        "1 where no value along its axis is above the one before it, else 0",
        |a| {
            over(a, Dimension::DIMENSIONLESS, |v, _| {
                truth(v.windows(2).all(|w| w[1] <= w[0]))
            })
        },
    ),
    one(
        "along",
        "along(response.gain)",
        "where along its axis each value lies: a time, a frequency, a value of a key",
        |a| {
            let axis = a[0].axes[innermost(&a[0])?].clone();
            let (dimension, places) = (axis.dimension, axis.coordinates.clone());
            Ok(NamedArray::along(axis, dimension, places))
        },
    ),
    one(
        "interior_maximum",
        "interior_maximum(mean(snr))",
        "1 where the greatest is at neither end of its axis, and above both ends by 95 % confidence over the seeds, else 0",
        |a| interior(&a[0], 1.0),
    ),
    one(
        "interior_minimum",
        "interior_minimum(mean(cv))",
        "1 where the least is at neither end of its axis, and below both ends by 95 % confidence over the seeds, else 0",
        |a| interior(&a[0], -1.0),
    ),
    two(
        "argmax",
        "argmax(heard, listener.f)",
        "what the second is where the first is greatest",
        |a| pairs(a, a[1].dimension, |y, x| extreme(y, x, |a, b| a > b)),
    ),
    two(
        "argmin",
        "argmin(cv, cells.drive)",
        "what the second is where the first is least",
        |a| pairs(a, a[1].dimension, |y, x| extreme(y, x, |a, b| a < b)),
    ),
    two(
        "slope",
        "slope(y, x)",
        "the slope of the straight line of least squares of one against the other",
        |a| pairs(a, a[0].dimension / a[1].dimension, slope),
    ),
    two(
        "correlation",
        "correlation(y, x)",
        "Pearson's correlation",
        |a| pairs(a, Dimension::DIMENSIONLESS, correlation),
    ),
    two(
        "at",
        "at(response, 10*Hz)",
        "the value at a place along its axis, on the straight line between its neighbours",
        |a| {
            with_number(
                a,
                of_axis(&a[0])?,
                a[0].dimension,
                "the place",
                interpolated,
            )
        },
    ),
    two(
        "crossing",
        "crossing(gain, 0.5)",
        "where along its axis it first crosses a value, on the straight line between its neighbours",
        |a| with_number(a, a[0].dimension, of_axis(&a[0])?, "the value", crossing),
    ),
    two(
        "quantile",
        "quantile(rate, 0.9)",
        "the value that this part of all lies below",
        |a| {
            with_number(
                a,
                Dimension::DIMENSIONLESS,
                a[0].dimension,
                "the part",
                |y, _, part| quantile(y, part),
            )
        },
    ),
];

type Apply = fn(&[NamedArray]) -> Result<NamedArray, Missing>;

const fn one(
    name: &'static str,
    example: &'static str,
    gives: &'static str,
    apply: Apply,
) -> FormulaFunction {
    FormulaFunction {
        name,
        arguments: 1,
        example,
        gives,
        apply,
    }
}

const fn two(
    name: &'static str,
    example: &'static str,
    gives: &'static str,
    apply: Apply,
) -> FormulaFunction {
    FormulaFunction {
        name,
        arguments: 2,
        example,
        gives,
        apply,
    }
}

/// The function of this name that takes so many arguments.
pub(super) fn find(name: &str, arguments: usize) -> Option<&'static FormulaFunction> {
    FUNCTIONS
        .iter()
        .find(|known| known.name == name && known.arguments == arguments)
}

fn nothing_to_go_over() -> Missing {
    Missing {
        reason: "this is one number: there is nothing to go over".into(),
        help: Some(
            "leave the function out, or give it values of cells, of a trace, or of a sweep".into(),
        ),
    }
}

fn innermost(array: &NamedArray) -> Result<usize, Missing> {
    array.innermost().ok_or_else(nothing_to_go_over)
}

/// The dimension of the innermost axis's coordinates.
fn of_axis(array: &NamedArray) -> Result<Dimension, Missing> {
    Ok(array.axes[innermost(array)?].dimension)
}

/// The reduction of the innermost axis by a function of values and coordinates; those that are not numbers are left out.
fn over(
    arrays: &[NamedArray],
    dimension: Dimension,
    number: impl Fn(&[f64], &[f64]) -> f64,
) -> Result<NamedArray, Missing> {
    let axis = innermost(&arrays[0])?;
    Ok(along(&arrays[0], axis, dimension, number))
}

/// The reduction of any axis.
fn along(
    array: &NamedArray,
    axis: usize,
    dimension: Dimension,
    number: impl Fn(&[f64], &[f64]) -> f64,
) -> NamedArray {
    let coordinates = &array.axes[axis].coordinates;
    array.reduced(axis, dimension, |line| {
        let (values, places) = present(line, coordinates);
        number(&values, &places)
    })
}

/// As [`over`], of an axis that has an order; cells and synapses have none, and one sample of each is the first and the last.
fn ordered(
    arrays: &[NamedArray],
    number: impl Fn(&[f64], &[f64]) -> f64,
) -> Result<NamedArray, Missing> {
    let array = &arrays[0];
    match array.innermost().map(|axis| array.axes[axis].kind) {
        Some(AxisKind::Elements) | None => Ok(array.clone()),
        Some(_) => over(arrays, array.dimension, number),
    }
}

fn present(line: &[f64], other: &[f64]) -> (Vec<f64>, Vec<f64>) {
    line.iter()
        .zip(other)
        .filter(|(value, other)| !value.is_nan() && !other.is_nan())
        .unzip()
}

/// The reduction of two arrays along their innermost axis in common.
fn pairs(
    arrays: &[NamedArray],
    dimension: Dimension,
    number: impl Fn(&[f64], &[f64]) -> f64,
) -> Result<NamedArray, Missing> {
    let axes = common_axes(arrays).map_err(|differ| Missing {
        reason: differ.to_string(),
        help: None,
    })?;
    let spread = |array: &NamedArray| NamedArray {
        dimension: array.dimension,
        values: array.spread(&axes),
        axes: axes.clone(),
    };
    let (y, x) = (spread(&arrays[0]), spread(&arrays[1]));
    let axis = innermost(&y)?;
    let mut abscissae = Vec::new();
    x.lines(axis, |line| abscissae.push(line.to_vec()));
    let mut lines = abscissae.iter();
    Ok(y.reduced(axis, dimension, |line| match lines.next() {
        Some(x) => {
            let (y, x) = present(line, x);
            number(&y, &x)
        }
        None => f64::NAN,
    }))
}

/// The reduction of the innermost axis by a function of values, coordinates, and a number given.
fn with_number(
    arrays: &[NamedArray],
    wanted: Dimension,
    dimension: Dimension,
    what: &str,
    number: impl Fn(&[f64], &[f64], f64) -> f64,
) -> Result<NamedArray, Missing> {
    let given = &arrays[1];
    let Some(value) = given.single() else {
        return Err(Missing {
            reason: format!("{what} must be one number"),
            help: None,
        });
    };
    if given.dimension != wanted && value != 0.0 {
        return Err(Missing {
            reason: format!(
                "{what} should be {}, and this is {}",
                wanted, given.dimension
            ),
            help: None,
        });
    }
    over(&arrays[..1], dimension, |y, x| number(y, x, value))
}

fn truth(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

/// Whether the greatest (`sign` 1) or least (−1) along the innermost axis lies inside, and is beyond both ends by the confidence that the seeds give.
fn interior(array: &NamedArray, sign: f64) -> Result<NamedArray, Missing> {
    let axis = innermost(array)?;
    let seeds = array
        .axes
        .iter()
        .position(|axis| axis.kind == AxisKind::Repeat);
    let Some(seeds) = seeds else {
        return Ok(array.reduced(axis, Dimension::DIMENSIONLESS, |line| {
            let samples: Vec<Vec<f64>> = line.iter().map(|value| vec![sign * value]).collect();
            truth(is_interior(&samples))
        }));
    };
    let repeats = array.axes[seeds].len();
    // All lines of the axis, one for each seed, in the order of the other axes.
    let mut order: Vec<ArrayAxis> = array.axes.clone();
    let (seed_axis, line_axis) = (order[seeds].clone(), order[axis].clone());
    order.retain(|axis| axis.name != seed_axis.name && axis.name != line_axis.name);
    let left = order.clone();
    order.push(line_axis.clone());
    order.push(seed_axis);
    let values = array.spread(&order);
    let size = line_axis.len() * repeats;
    let values = values
        .chunks(size.max(1))
        .map(|block| {
            let samples: Vec<Vec<f64>> = block
                .chunks(repeats.max(1))
                .map(|samples| samples.iter().map(|value| sign * value).collect())
                .collect();
            truth(is_interior(&samples))
        })
        .collect();
    Ok(NamedArray {
        dimension: Dimension::DIMENSIONLESS,
        axes: left,
        values,
    })
}

/// `samples`: of each place, one for each seed.
fn is_interior(samples: &[Vec<f64>]) -> bool {
    let means: Vec<f64> = samples.iter().map(|samples| mean(samples)).collect();
    let places: Vec<f64> = (0..means.len()).map(|at| at as f64).collect();
    let (means_present, places) = present(&means, &places);
    let best = extreme(&means_present, &places, |a, b| a > b);
    if !best.is_finite() {
        return false;
    }
    let best = best as usize;
    let inside = best > 0 && best + 1 < samples.len();
    // Where nothing could be measured at an end (a cell that is silent passes nothing on) the greatest is beyond it.
    let beyond = |end: usize| {
        let differences: Vec<f64> = samples[best]
            .iter()
            .zip(&samples[end])
            .map(|(best, end)| best - end)
            .filter(|difference| !difference.is_nan())
            .collect();
        match oscine_analysis::confidence_interval(&differences, CONFIDENCE_LEVEL) {
            Some(interval) => interval.low > 0.0,
            None => differences.iter().all(|difference| *difference > 0.0),
        }
    };
    inside && beyond(0) && beyond(samples.len() - 1)
}
