//! Histogram with bins that a person would choose: of width 1, 2 or 5 times a power of ten, on multiples of that width.
//!
//! The width is near that of Freedman & Diaconis (1981), `2 * interquartile range / n^(1/3)`.

use crate::quantile;

/// Counts of values between edges; the last bin holds its upper edge too.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Edges of the bins, in the unit of the values, rising, `[bin + 1]`; empty where there were no values.
    pub edges: Vec<f64>,
    /// Values in each bin, `[bin]`.
    pub counts: Vec<u64>,
    /// Finite values below the first edge.
    pub below: u64,
    /// Finite values above the last edge.
    pub above: u64,
}

/// The fewest and most bins of [`Histogram::of`], where the values have a spread at all.
const BINS: std::ops::RangeInclusive<usize> = 8..=120;

/// Tolerance at edges, in bins: values that are multiples of a step lie on edges, but for rounding.
const EDGE: f64 = 1e-6;

/// The quartiles, which only choose the width of the bins, are those of about so many values, evenly picked.
const QUARTILES_FROM: usize = 20_000;

impl Histogram {
    /// All finite values, in bins chosen from them. Equal values make one bin around themselves.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        Self::within(values, f64::NEG_INFINITY, f64::INFINITY)
    }

    /// The finite values between `low` and `high`, in bins chosen from them; those outside are only counted.
    #[must_use]
    pub fn within(values: &[f64], low: f64, high: f64) -> Self {
        let inside: Vec<f64> = values
            .iter()
            .copied()
            .filter(|value| value.is_finite() && (low..=high).contains(value))
            .collect();
        let Some(edges) = sensible_edges(&inside) else {
            return Self {
                edges: Vec::new(),
                counts: Vec::new(),
                below: 0,
                above: 0,
            }
            .and_outside(values, low, high);
        };
        Self {
            below: 0,
            above: 0,
            ..Self::with_edges(&inside, edges)
        }
        .and_outside(values, low, high)
    }

    /// Values between edges that the caller gives, rising; equally wide bins are filled in one step each.
    ///
    /// A value on an edge, to within a millionth of a bin, belongs to the bin that begins there.
    #[must_use]
    pub fn with_edges(values: &[f64], edges: Vec<f64>) -> Self {
        let bins = edges.len().saturating_sub(1);
        let mut made = Self {
            counts: vec![0; bins],
            edges,
            below: 0,
            above: 0,
        };
        if bins == 0 {
            return made;
        }
        let (first, last) = (made.edges[0], made.edges[bins]);
        let each = bins as f64 / (last - first);
        let near = EDGE / each;
        for &value in values.iter().filter(|value| value.is_finite()) {
            if value < first {
                made.below += 1;
            } else if value > last {
                made.above += 1;
            } else {
                // A guess for equal widths, then the neighbour if rounding or unequal widths say so.
                let mut bin = (((value - first) * each + EDGE) as usize).min(bins - 1);
                while bin > 0 && value < made.edges[bin] - near {
                    bin -= 1;
                }
                while bin + 1 < bins && value >= made.edges[bin + 1] - near {
                    bin += 1;
                }
                made.counts[bin] += 1;
            }
        }
        made
    }

    /// All values counted inside the edges.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    fn and_outside(mut self, values: &[f64], low: f64, high: f64) -> Self {
        self.below += values
            .iter()
            .filter(|value| value.is_finite() && **value < low)
            .count() as u64;
        self.above += values
            .iter()
            .filter(|value| value.is_finite() && **value > high)
            .count() as u64;
        self
    }
}

/// The number nearest to `width` (in the logarithm) that is 1, 2 or 5 times a power of ten.
#[must_use]
pub fn step_near(width: f64) -> f64 {
    if !(width.is_finite() && width > 0.0) {
        return 1.0;
    }
    let power = width.log10().floor() as i32;
    let share = width / 10f64.powi(power);
    // Geometric means of 1, 2, 5, 10 part them.
    let (digit, power) = match share {
        share if share < 2f64.sqrt() => (1.0, power),
        share if share < 10f64.sqrt() => (2.0, power),
        share if share < 50f64.sqrt() => (5.0, power),
        _ => (1.0, power + 1),
    };
    if power < 0 {
        digit / 10f64.powi(-power)
    } else {
        digit * 10f64.powi(power)
    }
}

/// Edges of bins that suit some finite values, rising; the greatest value lies inside the last bin. `None` of no values.
#[must_use]
pub fn sensible_edges(values: &[f64]) -> Option<Vec<f64>> {
    let low = values.iter().copied().reduce(f64::min)?;
    let high = values.iter().copied().reduce(f64::max)?;
    let spread = high - low;
    let scale = low.abs().max(high.abs());
    if spread <= scale * 1e-12 {
        let half = if scale > 0.0 { scale * 0.005 } else { 0.5 };
        return Some(vec![low - half, high + half]);
    }
    let some: Vec<f64> = values
        .iter()
        .copied()
        .step_by(values.len().div_ceil(QUARTILES_FROM))
        .collect();
    let quartiles = quantile(&some, 0.75)? - quantile(&some, 0.25)?;
    let rule = 2.0 * quartiles / (values.len() as f64).cbrt();
    let width = step_near(rule.clamp(spread / *BINS.end() as f64, spread / *BINS.start() as f64));
    // The greatest value lies inside the last bin: on its upper edge it would be counted with its neighbour.
    let first = (low / width + EDGE).floor();
    let last = (high / width + EDGE).floor() + 1.0;
    Some(
        (0..=(last - first) as u64)
            .map(|bin| (first + bin as f64) * width)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uniform_grid_fills_every_bin_alike() {
        let values: Vec<f64> = (0..1000)
            .map(|step| (f64::from(step) + 0.5) * 1e-3)
            .collect();
        let histogram = Histogram::of(&values);
        let bins = histogram.counts.len() as u64;
        assert!((5..=20).contains(&bins), "{bins} bins");
        assert!(histogram.counts.iter().all(|&count| count == 1000 / bins));
        assert!((histogram.edges[0], *histogram.edges.last().unwrap()) == (0.0, 1.0));
    }

    #[test]
    fn nothing_is_lost() {
        let values: Vec<f64> = (0..5000)
            .map(|step| (f64::from(step) * 0.7).sin() * 1e-9 + 3e-9)
            .collect();
        assert_eq!(Histogram::of(&values).total(), 5000);
        let part = Histogram::within(&values, 2.5e-9, 3.5e-9);
        assert!(part.below > 0 && part.above > 0);
        assert_eq!(part.below + part.total() + part.above, 5000);
    }

    #[test]
    fn equal_values_make_one_bin() {
        assert_eq!(Histogram::of(&[0.6; 7]).counts, [7]);
        assert_eq!(Histogram::of(&[0.0; 3]).counts, [3]);
        assert_eq!(Histogram::of(&[f64::NAN]).counts, [0u64; 0]);
    }

    #[test]
    fn multiples_of_a_step_fill_bins_of_that_step_alike() {
        // Delays of 0.5 to 3.5 ms on a grid of 0.1 ms, ten of each.
        let values: Vec<f64> = (0..310)
            .map(|value| f64::from(value % 31 + 5) * 1e-4)
            .collect();
        let counts = Histogram::of(&values).counts;
        let per_bin = counts[0];
        assert!(
            counts[..counts.len() - 1]
                .iter()
                .all(|&count| count == per_bin),
            "{counts:?}"
        );
    }

    #[test]
    fn unequal_edges_are_kept() {
        let histogram = Histogram::with_edges(
            &[0.5, 1.5, 5.0, 10.0, 11.0, -1.0],
            vec![0.0, 1.0, 2.0, 10.0],
        );
        assert_eq!(
            (
                histogram.counts.as_slice(),
                histogram.below,
                histogram.above
            ),
            ([1, 1, 2].as_slice(), 1, 1)
        );
    }

    #[test]
    fn steps_are_one_two_or_five() {
        for (width, step) in [
            (0.0013, 0.001),
            (0.0021, 0.002),
            (0.4, 0.5),
            (0.8, 1.0),
            (33.0, 50.0),
            (1.0, 1.0),
        ] {
            assert_eq!(step_near(width), step);
        }
    }
}
