//! Mean, variance and quantiles of a set of values.
//!
//! The variance is that of the values themselves, `sum((x - mean)^2) / n`, not an estimate for a larger set they were drawn from.

/// Arithmetic mean; `None` of no values.
#[must_use]
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Mean squared distance from the mean, in the squared unit of the values; `None` of no values.
#[must_use]
pub fn variance(values: &[f64]) -> Option<f64> {
    let centre = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    Some(squares / values.len() as f64)
}

/// Standard deviation: the root of [`variance`].
#[must_use]
pub fn deviation(values: &[f64]) -> Option<f64> {
    variance(values).map(f64::sqrt)
}

/// The value below which the share `share` (0 to 1) of the values lies, linear between neighbours (type 7 of Hyndman & Fan 1996).
///
/// Values that are not numbers are sorted after all others. Takes linear time. `None` of no values or of a share outside 0 to 1.
#[must_use]
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    if values.is_empty() || !(0.0..=1.0).contains(&share) {
        return None;
    }
    let mut values = values.to_vec();
    let place = share * (values.len() - 1) as f64;
    let below = place.floor() as usize;
    let (_, &mut low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(low + (high - low) * (place - below as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_the_first_integers_are_the_closed_forms() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(mean(&values), Some(50.5));
        assert!((variance(&values).unwrap() - (100.0 * 100.0 - 1.0) / 12.0).abs() < 1e-9);
        assert!((deviation(&values).unwrap().powi(2) - 833.25).abs() < 1e-9);
    }

    #[test]
    fn quantiles_of_the_first_integers_are_linear() {
        let values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        for (share, expected) in [
            (0.0, 0.0),
            (0.25, 25.0),
            (0.5, 50.0),
            (0.995, 99.5),
            (1.0, 100.0),
        ] {
            assert!((quantile(&values, share).unwrap() - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn nothing_has_no_mean_and_no_quantile() {
        assert_eq!(mean(&[]), None);
        assert_eq!(variance(&[]), None);
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[1.0], 1.5), None);
    }
}
