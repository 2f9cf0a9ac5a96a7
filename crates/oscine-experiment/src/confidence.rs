//! The 95 % confidence interval of a mean, by Student's t.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Of how many intervals the true mean lies in.
const LEVEL: f64 = 0.95;

/// The interval of the mean of independent samples; `None` of fewer than two, and where all are the same.
pub(crate) fn interval(samples: &[f64]) -> Option<(f64, f64)> {
    let mean = oscine_analysis::mean(samples)?;
    let deviation = oscine_analysis::variance(samples)?.sqrt();
    if samples.len() < 2 || deviation == 0.0 {
        return None;
    }
    let student = StudentsT::new(0.0, 1.0, samples.len() as f64 - 1.0).ok()?;
    // The variance of the samples themselves over n - 1 is that of their mean over n.
    let error = deviation / (samples.len() as f64 - 1.0).sqrt();
    let reach = student.inverse_cdf(0.5 + LEVEL / 2.0) * error;
    Some((mean - reach, mean + reach))
}

#[cfg(test)]
mod tests {
    use super::interval;

    #[test]
    fn the_interval_of_five_samples_is_that_of_the_tables() {
        // t(0.975, 4) = 2.776; the mean is 3 and its error sqrt(2.5/5).
        let (low, high) = interval(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        let reach = 2.776_445 * (2.5_f64 / 5.0).sqrt();
        assert!((low - (3.0 - reach)).abs() < 1e-5 && (high - (3.0 + reach)).abs() < 1e-5);
        assert_eq!(interval(&[2.0]), None);
        assert_eq!(interval(&[2.0, 2.0]), None);
    }
}
