//! Two-sample Kolmogorov–Smirnov test: were two sets of values drawn from the same distribution?
//!
//! The statistic is the largest distance between the two empirical distributions. Its significance is the asymptotic series of Kolmogorov,
//! `Q(x) = 2 * sum_{k>=1} (-1)^(k-1) exp(-2 k^2 x^2)`, at `x = D * sqrt(n m / (n + m))` (Smirnov 1948). It is good from a few tens of values up.

/// Outcome of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KolmogorovSmirnov {
    /// Largest distance between the two distributions, 0 to 1.
    pub statistic: f64,
    /// Chance of a distance at least as large if both were drawn alike, 0 to 1.
    pub significance: f64,
}

/// Compares two sets of values, in any order; `None` if either is empty or holds something that is not a number.
#[must_use]
pub fn kolmogorov_smirnov(first: &[f64], second: &[f64]) -> Option<KolmogorovSmirnov> {
    if first.is_empty()
        || second.is_empty()
        || first.iter().chain(second).any(|value| value.is_nan())
    {
        return None;
    }
    let sorted = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_unstable_by(f64::total_cmp);
        values
    };
    let (first, second) = (sorted(first), sorted(second));
    let (n, m) = (first.len() as f64, second.len() as f64);
    let (mut i, mut j, mut statistic) = (0, 0, 0f64);
    while i < first.len() && j < second.len() {
        // Ties go together: the distributions are compared only between values.
        let value = first[i].min(second[j]);
        i += first[i..]
            .iter()
            .take_while(|&&other| other <= value)
            .count();
        j += second[j..]
            .iter()
            .take_while(|&&other| other <= value)
            .count();
        statistic = statistic.max((i as f64 / n - j as f64 / m).abs());
    }
    let significance = kolmogorov_tail(statistic * (n * m / (n + m)).sqrt());
    Some(KolmogorovSmirnov {
        statistic,
        significance,
    })
}

fn kolmogorov_tail(distance: f64) -> f64 {
    // Below 0.2 the tail is 1 to within 1e-12, and the series converges slowly.
    if distance < 0.2 {
        return 1.0;
    }
    let term = |k: f64| (-2.0 * k * k * distance * distance).exp();
    let series: f64 = (1..=40)
        .map(|k| {
            if k % 2 == 1 {
                term(f64::from(k))
            } else {
                -term(f64::from(k))
            }
        })
        .sum();
    (2.0 * series).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_values_are_not_apart() {
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        let test = kolmogorov_smirnov(&values, &values).unwrap();
        assert_eq!((test.statistic, test.significance), (0.0, 1.0));
    }

    #[test]
    fn a_shift_of_a_uniform_grid_is_its_own_statistic() {
        let first: Vec<f64> = (0..100).map(f64::from).collect();
        let second: Vec<f64> = first.iter().map(|value| value + 30.0).collect();
        let test = kolmogorov_smirnov(&second, &first).unwrap();
        assert!((test.statistic - 0.3).abs() < 1e-12);
        // 0.3 * sqrt(50) = 2.1213: Q = 2 exp(-9) to within 2 exp(-36).
        assert!((test.significance - 2.0 * (-9f64).exp()).abs() < 1e-12);
    }

    #[test]
    fn kolmogorovs_critical_values_are_met() {
        // Smirnov (1948), table I.
        for (distance, chance) in [(1.2238, 0.10), (1.3581, 0.05), (1.6276, 0.01)] {
            assert!((kolmogorov_tail(distance) - chance).abs() < 1e-4);
        }
    }

    #[test]
    fn nothing_cannot_be_compared() {
        assert_eq!(kolmogorov_smirnov(&[], &[1.0]), None);
        assert_eq!(kolmogorov_smirnov(&[f64::NAN], &[1.0]), None);
    }
}
