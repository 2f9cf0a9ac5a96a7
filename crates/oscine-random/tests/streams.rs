//! Streams: the same numbers however they are asked for, and numbers that look independent and of their distribution.

use oscine_random::Stream;

fn normals(stream: &Stream, step: u64, count: usize) -> Vec<f64> {
    let mut out = vec![0.0; count];
    stream.fill_normal(step, 0, &mut out);
    out
}

fn uniforms(stream: &Stream, step: u64, count: usize) -> Vec<f64> {
    let mut out = vec![0.0; count];
    stream.fill_uniform(step, 0, &mut out);
    out
}

/// The largest distance of the empirical distribution function from the given one, times the root of the count:
/// beyond 1.95 with probability 0.001 (Kolmogorov).
fn kolmogorov(mut sample: Vec<f64>, distribution: impl Fn(f64) -> f64) -> f64 {
    sample.sort_by(f64::total_cmp);
    let count = sample.len() as f64;
    let distance = sample
        .iter()
        .enumerate()
        .map(|(k, &x)| {
            let expected = distribution(x);
            (expected - k as f64 / count)
                .abs()
                .max((expected - (k as f64 + 1.0) / count).abs())
        })
        .fold(0.0, f64::max);
    distance * count.sqrt()
}

/// The standard normal distribution function by its series: Marsaglia (2004) J. Stat. Softw. 11:4.
fn normal_distribution(x: f64) -> f64 {
    if x.abs() > 8.0 {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    let (mut term, mut sum, mut k) = (x, x, 1.0);
    while sum + term != sum || k < 3.0 {
        k += 2.0;
        term *= x * x / k;
        sum += term;
    }
    0.5 + sum * (-0.5 * x * x - 0.918_938_533_204_672_8).exp()
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / (a.len().min(b.len()) as f64).sqrt()
}

#[test]
fn blocks_of_any_size_and_start_hold_the_same_numbers() {
    let stream = Stream::new(3, "cells.noise.xi");
    let (all_normal, all_uniform) = (normals(&stream, 5, 1000), uniforms(&stream, 5, 1000));
    let mut start = 0;
    let mut size = 1;
    while start < 1000 {
        let end = (start + size).min(1000);
        let mut normal = vec![0.0; end - start];
        let mut uniform = vec![0.0; end - start];
        stream.fill_normal(5, start as u64, &mut normal);
        stream.fill_uniform(5, start as u64, &mut uniform);
        assert_eq!(normal, all_normal[start..end], "normal {start}..{end}");
        assert_eq!(uniform, all_uniform[start..end], "uniform {start}..{end}");
        start = end;
        size = (size * 7 + 3) % 301;
    }
    for element in 0..100u64 {
        assert_eq!(stream.normal(element, 5), all_normal[element as usize]);
        assert_eq!(stream.uniform(element, 5), all_uniform[element as usize]);
    }
    let mut far = [0.0; 40];
    stream.fill_normal(5, (1 << 40) + 3, &mut far);
    assert_eq!(far[39], stream.normal((1 << 40) + 42, 5));
}

#[test]
fn single_precision_is_the_double_rounded_and_never_one() {
    let stream = Stream::new(3, "cells.noise.xi");
    let double = normals(&stream, 0, 1001);
    let mut single = vec![0.0f32; 1001];
    stream.fill_normal(0, 0, &mut single);
    assert!(
        double
            .iter()
            .zip(&single)
            .all(|(&double, &single)| double as f32 == single)
    );
    let mut single = vec![0.0f32; 1 << 20];
    for step in 0..40 {
        stream.fill_uniform(step, 0, &mut single);
        assert!(single.iter().all(|&x| x > 0.0 && x < 1.0));
    }
}

#[test]
fn moments_and_distribution_of_normal_numbers() {
    let sample = normals(&Stream::new(1, "xi"), 9, 1_000_000);
    let count = sample.len() as f64;
    let moment = |power: i32| sample.iter().map(|x| x.powi(power)).sum::<f64>() / count;
    // Four standard errors of each.
    assert!(moment(1).abs() < 4.0 * (1.0 / count).sqrt());
    assert!((moment(2) - 1.0).abs() < 4.0 * (2.0 / count).sqrt());
    assert!(moment(3).abs() < 4.0 * (15.0 / count).sqrt());
    assert!((moment(4) - 3.0).abs() < 4.0 * (96.0 / count).sqrt());
    let statistic = kolmogorov(sample, normal_distribution);
    assert!(statistic < 1.95, "Kolmogorov {statistic}");
}

#[test]
fn uniform_numbers_are_uniform_and_open() {
    let sample = uniforms(&Stream::new(1, "rand"), 0, 1_000_000);
    assert!(sample.iter().all(|&x| x > 0.0 && x < 1.0));
    let statistic = kolmogorov(sample, |x| x);
    assert!(statistic < 1.95, "Kolmogorov {statistic}");
    // One element over time.
    let stream = Stream::new(2, "rand");
    let in_time: Vec<f64> = (0..100_000).map(|step| stream.uniform(7, step)).collect();
    let statistic = kolmogorov(in_time, |x| x);
    assert!(statistic < 1.95, "Kolmogorov in time {statistic}");
}

/// Sums of products of independent numbers, over the root of their count, are standard normal: 4.5 of them is rare.
#[test]
fn no_correlation_between_elements_steps_streams_seeds_and_kinds() {
    let count = 400_000;
    let stream = Stream::new(1, "xi");
    let sample = normals(&stream, 0, count);
    for lag in [1, 2, 7, 8, 15, 16, 17, 128, 256] {
        let statistic = correlation(&sample, &sample[lag..]);
        assert!(statistic.abs() < 4.5, "lag {lag}: {statistic}");
    }
    for other in [
        normals(&stream, 1, count),
        normals(&Stream::new(1, "xj"), 0, count),
        normals(&Stream::new(2, "xi"), 0, count),
        uniforms(&stream, 0, count)
            .iter()
            .map(|x| (x - 0.5) * 12f64.sqrt())
            .collect(),
    ] {
        let statistic = correlation(&sample, &other);
        assert!(statistic.abs() < 4.5, "{statistic}");
        let squares = |sample: &[f64]| {
            sample
                .iter()
                .map(|x| (x * x - 1.0) / 2f64.sqrt())
                .collect::<Vec<f64>>()
        };
        let statistic = correlation(&squares(&sample), &squares(&other));
        assert!(statistic.abs() < 4.5, "squares {statistic}");
    }
    // The two numbers of one counter: elements 8 apart, in a group.
    let group_halves: (Vec<f64>, Vec<f64>) = sample
        .chunks_exact(16)
        .flat_map(|group| {
            (0..8).map(move |k| (group[k] * group[k] - 1.0, group[k + 8] * group[k + 8] - 1.0))
        })
        .unzip();
    let statistic = correlation(&group_halves.0, &group_halves.1) / 2.0;
    assert!(statistic.abs() < 4.5, "pairs {statistic}");
}

#[test]
fn a_stream_is_known_by_seed_and_name() {
    let stream = Stream::new(1, "xi");
    assert_eq!(stream, Stream::new(1, "xi"));
    assert_ne!(stream, Stream::new(2, "xi"));
    assert_ne!(stream, Stream::new(1, "ix"));
    assert_ne!(stream, Stream::new(0, ""));
}
