//! Distributions by inversion, against their probabilities.

use oscine_random::{Geometric, PoissonTable, Stream, binomial_quantile, poisson_quantile};

/// Pearson's statistic against the given probabilities of 0, 1, 2, …, cells with an expectation below 10 joined, as
/// a deviate of its mean in its standard deviations (Wilson & Hilferty 1931).
fn chi_square(draws: &[f64], probability: impl Fn(u32) -> f64, largest: u32) -> f64 {
    let mut counts = vec![0.0; largest as usize + 1];
    for &draw in draws {
        assert!(draw >= 0.0 && draw.fract() == 0.0, "{draw}");
        counts[(draw as usize).min(largest as usize)] += 1.0;
    }
    let (mut statistic, mut cells) = (0.0, 0.0);
    let (mut observed, mut expected, mut left) = (0.0, 0.0, draws.len() as f64);
    for (k, count) in counts.iter().enumerate() {
        let here = draws.len() as f64 * probability(k as u32);
        observed += count;
        expected += here;
        left -= here;
        if expected >= 10.0 && left >= 10.0 {
            statistic += (observed - expected).powi(2) / expected;
            cells += 1.0;
            (observed, expected) = (0.0, 0.0);
        }
    }
    expected += left;
    statistic += (observed - expected).powi(2) / expected;
    let spread = 2.0 / (9.0 * cells);
    ((statistic / cells).cbrt() - (1.0 - spread)) / f64::sqrt(spread)
}

fn log_factorial(k: u32) -> f64 {
    (1..=k).map(|k| f64::from(k).ln()).sum()
}

#[test]
fn poisson_numbers_follow_their_probabilities() {
    for (which, mean) in [0.01, 0.5, 3.0, 20.0, 180.0, 700.0].into_iter().enumerate() {
        let mut uniforms = vec![0.0; 200_000];
        Stream::new(5, "poisson").fill_uniform(which as u64, 0, &mut uniforms);
        let mut draws = vec![0.0; uniforms.len()];
        PoissonTable::new(mean).fill(&uniforms, &mut draws);
        assert_eq!(draws[77], poisson_quantile(mean, uniforms[77]));
        let largest = (mean + 12.0 * mean.sqrt() + 10.0) as u32;
        let log_factorials: Vec<f64> = (0..=largest).map(log_factorial).collect();
        let probability =
            |k: u32| (f64::from(k) * mean.ln() - mean - log_factorials[k as usize]).exp();
        let deviate = chi_square(&draws, probability, largest);
        assert!(deviate.abs() < 4.0, "mean {mean}: {deviate}");
    }
}

#[test]
fn binomial_numbers_follow_their_probabilities() {
    for (trials, p) in [(1, 0.3), (20, 0.5), (100, 0.97), (4000, 0.02), (4000, 0.3)] {
        let mut sequence = Stream::new(5, "binomial").sequence(trials);
        let draws: Vec<f64> = (0..100_000).map(|_| sequence.binomial(trials, p)).collect();
        let n = trials as u32;
        let log_factorials: Vec<f64> = (0..=n).map(log_factorial).collect();
        let probability = |k: u32| {
            let ways = log_factorials[n as usize]
                - log_factorials[k as usize]
                - log_factorials[(n - k) as usize];
            (ways + f64::from(k) * p.ln() + f64::from(n - k) * (1.0 - p).ln()).exp()
        };
        let deviate = chi_square(&draws, probability, n);
        assert!(deviate.abs() < 4.0, "{trials} trials of {p}: {deviate}");
    }
    assert_eq!(binomial_quantile(10, 0.0, 0.999), 0.0);
    assert_eq!(binomial_quantile(10, 1.0, 0.001), 10.0);
    assert!(binomial_quantile(10, 1.1, 0.5).is_nan());
}

#[test]
fn skips_are_geometric_and_bounded_numbers_fair() {
    let mut sequence = Stream::new(5, "connect").sequence(17);
    let p = 0.2;
    let skips = Geometric::new(p);
    let draws: Vec<f64> = (0..100_000).map(|_| sequence.skip(&skips) as f64).collect();
    let deviate = chi_square(&draws, |k| p * (1.0 - p).powi(k as i32), 200);
    assert!(deviate.abs() < 4.0, "geometric: {deviate}");

    let draws: Vec<f64> = (0..100_000).map(|_| sequence.below(7) as f64).collect();
    let deviate = chi_square(&draws, |k| if k < 7 { 1.0 / 7.0 } else { 0.0 }, 7);
    assert!(deviate.abs() < 4.0, "below 7: {deviate}");

    assert_eq!(Geometric::new(1.0).quantile(0.3), 0);
    assert_eq!(Geometric::new(0.0).quantile(0.3), u64::MAX);
    assert!(Geometric::new(1e-12).quantile(0.5) > 600_000_000_000);
    assert_eq!(sequence.below(0), 0);
    assert_eq!(sequence.below(1), 0);
}

#[test]
fn sequences_repeat_and_differ_between_elements() {
    let stream = Stream::new(5, "connect");
    let draws = |element: u64| {
        let mut sequence = stream.sequence(element);
        (0..50)
            .map(|_| (sequence.bits(), sequence.normal(), sequence.exponential()))
            .collect::<Vec<_>>()
    };
    assert_eq!(draws(1), draws(1));
    assert!(
        draws(1)
            .iter()
            .zip(draws(2))
            .all(|(a, b)| a.0 != b.0 && a.1 != b.1)
    );
    let mut sequence = stream.sequence(0);
    let mean = (0..100_000).map(|_| sequence.exponential()).sum::<f64>() / 1e5;
    assert!((mean - 1.0).abs() < 4.0 / 1e5f64.sqrt());
    let mean = (0..100_000).map(|_| sequence.normal()).sum::<f64>() / 1e5;
    assert!(mean.abs() < 4.0 / 1e5f64.sqrt());
}
