//! How sure a mean is: confidence intervals by Student's t (Student 1908), comparisons of two sets, and an interval for a share.
//!
//! `mean +- t s/sqrt(n)`, with `s^2` over `n - 1` and `t` the quantile of Student's distribution with `n - 1` degrees of freedom: the interval holds the
//! true mean in the stated share of repeats if the values are normal or many.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use crate::mean;

/// A mean and the range that holds the true one with a stated confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConfidenceInterval {
    /// The estimate, in the unit of the values.
    pub mean: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Confidence, 0 to 1.
    pub level: f64,
    /// How many values it comes from.
    pub count: usize,
}

impl ConfidenceInterval {
    /// Whether `value` lies in the interval, its ends included.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Half the width of the interval.
    #[must_use]
    pub fn half_width(&self) -> f64 {
        0.5 * (self.high - self.low)
    }
}

/// A t-test: the difference of two means, with its confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Mean of the second less that of the first, with its confidence interval; `count` is the pairs, or the values of both sets.
    pub difference: ConfidenceInterval,
    /// Student's t: the difference over its standard error.
    pub statistic: f64,
    /// Degrees of freedom of t.
    pub freedom: f64,
    /// Chance of a difference at least this large, either way, if there were none.
    pub significance: f64,
}

/// Interval of the mean of independent values with confidence `level` (0.95 is usual).
///
/// `None` of fewer than two values, of a value that is not finite, or of a level not between 0 and 1. Equal values have an interval of no width.
#[must_use]
pub fn confidence_interval(values: &[f64], level: f64) -> Option<ConfidenceInterval> {
    let (centre, squared_error) = mean_and_squared_error(values)?;
    interval(
        centre,
        squared_error.sqrt(),
        values.len() as f64 - 1.0,
        level,
        values.len(),
    )
}

/// Compares paired values, `second[i]` with `first[i]` (the same seed, say), by the interval of their differences.
///
/// `None` of unlike numbers of values, or as in [`confidence_interval`].
#[must_use]
pub fn paired_comparison(first: &[f64], second: &[f64], level: f64) -> Option<Comparison> {
    (first.len() == second.len()).then_some(())?;
    let differences: Vec<f64> = first
        .iter()
        .zip(second)
        .map(|(first, second)| second - first)
        .collect();
    let (centre, squared_error) = mean_and_squared_error(&differences)?;
    comparison(
        centre,
        squared_error,
        differences.len() as f64 - 1.0,
        level,
        differences.len(),
    )
}

/// Compares two independent sets of values, of unlike spread or not (Welch 1947).
///
/// `None` where [`confidence_interval`] of either is.
#[must_use]
pub fn unpaired_comparison(first: &[f64], second: &[f64], level: f64) -> Option<Comparison> {
    let (first_centre, first_error) = mean_and_squared_error(first)?;
    let (second_centre, second_error) = mean_and_squared_error(second)?;
    let squared_error = first_error + second_error;
    let (first_freedom, second_freedom) = (first.len() as f64 - 1.0, second.len() as f64 - 1.0);
    let freedom = if squared_error > 0.0 {
        squared_error.powi(2)
            / (first_error.powi(2) / first_freedom + second_error.powi(2) / second_freedom)
    } else {
        first_freedom + second_freedom
    };
    comparison(
        second_centre - first_centre,
        squared_error,
        freedom,
        level,
        first.len() + second.len(),
    )
}

/// Interval of the share of `successes` among `trials` (Wilson 1927), which stays within 0 to 1; `mean` is the share seen.
///
/// `None` of no trials, of more successes than trials, or of a level not between 0 and 1.
#[must_use]
pub fn share_interval(successes: u64, trials: u64, level: f64) -> Option<ConfidenceInterval> {
    if trials == 0 || successes > trials || !(level > 0.0 && level < 1.0) {
        return None;
    }
    let quantile = Normal::standard().inverse_cdf(0.5 + 0.5 * level);
    let (number, share) = (trials as f64, successes as f64 / trials as f64);
    let widened = 1.0 + quantile * quantile / number;
    let centre = (share + 0.5 * quantile * quantile / number) / widened;
    let half = quantile / widened
        * (share * (1.0 - share) / number + (0.5 * quantile / number).powi(2)).sqrt();
    Some(ConfidenceInterval {
        mean: share,
        low: (centre - half).max(0.0),
        high: (centre + half).min(1.0),
        level,
        count: usize::try_from(trials).ok()?,
    })
}

/// The value below which Student's t of `freedom` degrees lies with probability `share`; `None` of a freedom that is not positive or a share not
/// between 0 and 1.
#[must_use]
pub fn student_quantile(share: f64, freedom: f64) -> Option<f64> {
    let student = StudentsT::new(0.0, 1.0, freedom).ok()?;
    (share > 0.0 && share < 1.0).then(|| student.inverse_cdf(share))
}

/// Mean, and squared standard error of the mean; `None` of fewer than two values or of one that is not finite.
fn mean_and_squared_error(values: &[f64]) -> Option<(f64, f64)> {
    let centre = mean(values)?;
    let number = values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    (values.len() > 1 && squares.is_finite()).then(|| (centre, squares / (number - 1.0) / number))
}

fn interval(
    centre: f64,
    error: f64,
    freedom: f64,
    level: f64,
    count: usize,
) -> Option<ConfidenceInterval> {
    let reach = error * student_quantile(0.5 + 0.5 * level, freedom)?;
    (level > 0.0).then_some(ConfidenceInterval {
        mean: centre,
        low: centre - reach,
        high: centre + reach,
        level,
        count,
    })
}

fn comparison(
    difference: f64,
    squared_error: f64,
    freedom: f64,
    level: f64,
    count: usize,
) -> Option<Comparison> {
    let error = squared_error.sqrt();
    let statistic = match (error > 0.0, difference == 0.0) {
        (true, _) => difference / error,
        (false, true) => 0.0,
        (false, false) => f64::INFINITY.copysign(difference),
    };
    let significance = if statistic.is_finite() {
        2.0 * StudentsT::new(0.0, 1.0, freedom)
            .ok()?
            .cdf(-statistic.abs())
    } else {
        0.0
    };
    Some(Comparison {
        difference: interval(difference, error, freedom, level, count)?,
        statistic,
        freedom,
        significance,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_random::Stream;

    #[test]
    fn students_quantiles_are_the_tabled_ones() {
        // Abramowitz & Stegun, table 26.10; of 1 degree (Cauchy) tan(pi (p - 1/2)), of 2 degrees (2p - 1)/sqrt(2p(1 - p)).
        for (share, freedom, expected) in [
            (0.975, 4.0, 2.776_445),
            (0.975, 9.0, 2.262_157),
            (0.975, 19.0, 2.093_024),
            (0.995, 30.0, 2.749_996),
            (0.95, 1.0, (std::f64::consts::PI * 0.45).tan()),
            (0.975, 2.0, 0.95 / (2.0f64 * 0.975 * 0.025).sqrt()),
        ] {
            assert!((student_quantile(share, freedom).unwrap() - expected).abs() < 2e-6);
        }
        assert_eq!(student_quantile(0.9, 0.0), None);
        assert_eq!(student_quantile(1.0, 3.0), None);
    }

    #[test]
    fn the_first_five_integers_have_their_interval() {
        let interval = confidence_interval(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.95).unwrap();
        let reach = 2.776_445 * (2.5f64 / 5.0).sqrt();
        assert!((interval.half_width() - reach).abs() < 1e-6 && interval.mean == 3.0);
        assert!(interval.holds(1.1) && !interval.holds(5.0));
        assert_eq!(confidence_interval(&[2.0], 0.95), None);
        assert_eq!(confidence_interval(&[2.0, f64::NAN], 0.95), None);
        assert_eq!(confidence_interval(&[2.0, 3.0], 1.0), None);
        assert_eq!(
            confidence_interval(&[2.0; 4], 0.95).unwrap().half_width(),
            0.0
        );
    }

    #[test]
    fn an_interval_holds_the_truth_as_often_as_it_says() {
        let stream = Stream::new(20, "coverage");
        let held = (0..4000)
            .filter(|&repeat| {
                let mut draws = stream.sequence(repeat);
                let values: Vec<f64> = (0..5).map(|_| 3.0 + 2.0 * draws.normal()).collect();
                confidence_interval(&values, 0.9).unwrap().holds(3.0)
            })
            .count();
        // A deviation of sqrt(0.09/4000) = 0.005.
        assert!((held as f64 / 4000.0 - 0.9).abs() < 0.02);
    }

    #[test]
    fn pairs_show_what_sets_do_not() {
        let first = [10.0, 20.0, 30.0, 40.0];
        let second = [10.9, 21.1, 31.1, 40.9];
        let paired = paired_comparison(&first, &second, 0.95).unwrap();
        // Differences 0.9, 1.1, 1.1, 0.9: error sqrt(0.04/3/4), t = sqrt(300), 3 degrees.
        assert!((paired.statistic - 300f64.sqrt()).abs() < 1e-6 && paired.freedom == 3.0);
        // P = 1 - 2/pi (atan x + x/(1 + x^2)), x = t/sqrt(3), of 3 degrees.
        let exact = 1.0 - (10f64.atan() + 10.0 / 101.0) * std::f64::consts::FRAC_2_PI;
        assert!((paired.significance / exact - 1.0).abs() < 1e-6);
        let unpaired = unpaired_comparison(&first, &second, 0.95).unwrap();
        assert!(unpaired.significance > 0.9 && unpaired.difference.holds(0.0));
        assert!((unpaired.freedom - 6.0).abs() < 0.01);
        assert_eq!(paired_comparison(&first, &second[1..], 0.95), None);
        assert_eq!(
            paired_comparison(&[1.0, 2.0], &[2.0, 3.0], 0.95)
                .unwrap()
                .significance,
            0.0
        );
    }

    #[test]
    fn a_share_has_wilsons_interval() {
        // Newcombe (1998), table I: 81 of 263 has 0.2553 to 0.3662, 0 of 20 has 0 to 0.1611.
        let interval = share_interval(81, 263, 0.95).unwrap();
        assert!((interval.low - 0.2553).abs() < 5e-5 && (interval.high - 0.3662).abs() < 5e-5);
        let none = share_interval(0, 20, 0.95).unwrap();
        assert!(none.low < 1e-12 && (none.high - 0.1611).abs() < 5e-5);
        assert_eq!(share_interval(2, 1, 0.95), None);
        assert_eq!(share_interval(0, 0, 0.95), None);
    }
}
