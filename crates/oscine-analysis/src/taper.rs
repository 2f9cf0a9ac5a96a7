//! Tapers for multitaper spectra: Slepian's sequences and the sine tapers. Each has unit energy, and they are orthogonal.
//!
//! The discrete prolate spheroidal sequences (Slepian 1978) are the sequences of `N` samples with the greatest share of their energy within `+-W`.
//! They are the eigenvectors of the tridiagonal matrix with `((N - 1)/2 - n)^2 cos 2 pi W` on the diagonal and `n(N - n)/2` beside it. That matrix is the difference
//! operator whose eigenvectors are Gram's discrete Legendre polynomials (eigenvalue `-k(k + 1)/2`) less `(1 - cos 2 pi W) x^2`, so in those polynomials a
//! matrix of a size set by `NW` alone, whatever `N`, holds the first sequences to rounding.
//! The sine tapers (Riedel & Sidorenko 1995) `sqrt(2/(N + 1)) sin(pi k (n + 1)/(N + 1))` have the least local bias.

use nalgebra::{DMatrix, SymmetricEigen};
use rustfft::{FftPlanner, num_complex::Complex};

/// Slepian sequences (DPSS tapers) of one length and bandwidth.
#[derive(Debug, Clone, PartialEq)]
pub struct Slepian {
    /// The tapers, best concentrated first, `[taper][sample]`. Even ones have a positive sum, odd ones rise first.
    pub tapers: Vec<Vec<f64>>,
    /// Share of each taper's energy within the bandwidth, near 1 of the first `2NW - 1`, `[taper]`.
    pub concentrations: Vec<f64>,
}

/// The first `count` Slepian sequences of `length` samples with a half bandwidth of `half_bandwidth` = `NW` frequency steps (2 to 4 is usual,
/// with at most `2NW - 1` tapers).
///
/// `None` if there are no more samples than twice the half bandwidth, or fewer than tapers.
#[must_use]
pub fn slepian_tapers(length: usize, half_bandwidth: f64, count: usize) -> Option<Slepian> {
    let samples = length as f64;
    if !(half_bandwidth > 0.0 && samples > 2.0 * half_bandwidth && count <= length) {
        return None;
    }
    let bandwidth = half_bandwidth / samples;
    let order = ((6.0 * half_bandwidth) as usize + count + 32).min(length);
    // x p_k = b_(k+1) p_(k+1) + b_k p_(k-1) of the orthonormal polynomials of x = n - (N - 1)/2.
    let beside = |order: usize| {
        let square = (order * order) as f64;
        (square * (samples * samples - square) / (4.0 * (4.0 * square - 1.0))).sqrt()
    };
    let curve = 1.0 - (std::f64::consts::TAU * bandwidth).cos();
    let matrix = DMatrix::from_fn(order, order, |row, column| {
        let (low, high) = (row.min(column), row.max(column));
        match high - low {
            0 => {
                let square =
                    beside(low + 1).powi(2) + if low > 0 { beside(low).powi(2) } else { 0.0 };
                -((low * (low + 1)) as f64) / 2.0 - curve * square
            }
            2 => -curve * beside(low + 1) * beside(low + 2),
            _ => 0.0,
        }
    });
    let eigen = SymmetricEigen::new(matrix);
    let mut ranks: Vec<usize> = (0..order).collect();
    ranks.sort_by(|&first, &second| eigen.eigenvalues[second].total_cmp(&eigen.eigenvalues[first]));
    let mut tapers = vec![vec![0.0; length]; count];
    let beside: Vec<f64> = (0..order).map(beside).collect();
    let mut polynomials = vec![0.0; order];
    // Even tapers are sums of even polynomials and mirror themselves; odd ones mirror with the other sign.
    for sample in 0..length.div_ceil(2) {
        let place = sample as f64 - (samples - 1.0) / 2.0;
        polynomials[0] = 1.0 / samples.sqrt();
        for degree in 1..order {
            let before = if degree > 1 {
                beside[degree - 1] * polynomials[degree - 2]
            } else {
                0.0
            };
            polynomials[degree] = (place * polynomials[degree - 1] - before) / beside[degree];
        }
        for (parity, (taper, &column)) in tapers.iter_mut().zip(&ranks).enumerate() {
            let parity = parity % 2;
            let shares = eigen.eigenvectors.column(column);
            let value: f64 = shares.as_slice()[parity..]
                .iter()
                .zip(&polynomials[parity..])
                .step_by(2)
                .map(|(share, polynomial)| share * polynomial)
                .sum();
            taper[sample] = value;
            taper[length - 1 - sample] = if parity == 0 { value } else { -value };
        }
    }
    set_signs(&mut tapers);
    let concentrations = concentrations(&tapers, bandwidth);
    Some(Slepian {
        tapers,
        concentrations,
    })
}

/// Even tapers get a positive mean, odd ones a positive first half.
fn set_signs(tapers: &mut [Vec<f64>]) {
    for (rank, taper) in tapers.iter_mut().enumerate() {
        let sign: f64 = if rank % 2 == 0 {
            taper.iter().sum()
        } else {
            taper[..taper.len() / 2].iter().sum()
        };
        if sign < 0.0 {
            taper.iter_mut().for_each(|value| *value = -*value);
        }
    }
}

/// The first `count` sine tapers of `length` samples, `[taper][sample]`; their half bandwidth is `(count + 1)/2` frequency steps.
#[must_use]
pub fn sine_tapers(length: usize, count: usize) -> Vec<Vec<f64>> {
    let steps = (length + 1) as f64;
    (1..=count.min(length))
        .map(|order| {
            (1..=length)
                .map(|sample| {
                    let turns = (order * sample) as f64 / steps;
                    (2.0 / steps).sqrt() * (std::f64::consts::PI * turns).sin()
                })
                .collect()
        })
        .collect()
}

/// Share of the energy within `+-bandwidth` (cycles a sample): the autocorrelation of the taper summed with `sin(2 pi W k)/(pi k)`.
fn concentrations(tapers: &[Vec<f64>], bandwidth: f64) -> Vec<f64> {
    let mut planner = FftPlanner::new();
    tapers
        .iter()
        .map(|taper| {
            let padded = 2 * taper.len();
            let mut values: Vec<Complex<f64>> = taper
                .iter()
                .map(|&value| Complex::new(value, 0.0))
                .collect();
            values.resize(padded, Complex::default());
            planner.plan_fft_forward(padded).process(&mut values);
            for value in &mut values {
                *value = Complex::new(value.norm_sqr() / padded as f64, 0.0);
            }
            planner.plan_fft_inverse(padded).process(&mut values);
            let beside: f64 = (1..taper.len())
                .map(|lag| {
                    let angle = std::f64::consts::PI * lag as f64;
                    values[lag].re * (2.0 * bandwidth * angle).sin() / angle
                })
                .sum();
            2.0 * bandwidth * values[0].re + 2.0 * beside
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(first: &[f64], second: &[f64]) -> f64 {
        first
            .iter()
            .zip(second)
            .map(|(first, second)| first * second)
            .sum()
    }

    #[test]
    fn slepian_tapers_are_eigenvectors_of_slepians_matrix() {
        for (length, half_bandwidth, count) in [
            (16usize, 2.0, 3),
            (64, 4.0, 7),
            (513, 2.5, 4),
            (4000, 4.0, 7),
        ] {
            let slepian = slepian_tapers(length, half_bandwidth, count).unwrap();
            let cosine = (std::f64::consts::TAU * half_bandwidth / length as f64).cos();
            let beside = |sample: usize| (sample * (length - sample)) as f64 / 2.0;
            for taper in &slepian.tapers {
                let turned: Vec<f64> = (0..length)
                    .map(|sample| {
                        let place = (length as f64 - 1.0) / 2.0 - sample as f64;
                        let before = if sample > 0 {
                            beside(sample) * taper[sample - 1]
                        } else {
                            0.0
                        };
                        let after = taper
                            .get(sample + 1)
                            .map_or(0.0, |next| beside(sample + 1) * next);
                        before + place * place * cosine * taper[sample] + after
                    })
                    .collect();
                let value = product(&turned, taper);
                let scale = (length * length) as f64 / 4.0;
                let apart: f64 = turned
                    .iter()
                    .zip(taper)
                    .map(|(turned, taper)| (turned - value * taper).powi(2))
                    .sum();
                assert!(
                    apart.sqrt() < 1e-11 * scale,
                    "{length}: {}",
                    apart.sqrt() / scale
                );
            }
        }
    }

    #[test]
    fn concentrations_and_values_are_the_published_ones() {
        // SciPy 1.x, signal.windows.dpss(64, 4, 7, return_ratios=True).
        let slepian = slepian_tapers(64, 4.0, 7).unwrap();
        for (measured, expected) in slepian.concentrations.iter().zip([
            1.0,
            0.999_999_98,
            0.999_998_9,
            0.999_969_66,
            0.999_436_55,
            0.992_710_12,
            0.937_468_6,
        ]) {
            assert!((measured - expected).abs() < 1e-7, "{measured} {expected}");
        }
        for (measured, expected) in
            slepian.tapers[0]
                .iter()
                .zip([3.106_368_30e-5, 9.977_397_69e-5, 2.392_140_56e-4])
        {
            assert!((measured - expected).abs() < 1e-11);
        }
    }

    #[test]
    fn tapers_are_orthonormal() {
        for tapers in [
            sine_tapers(100, 6),
            slepian_tapers(100, 3.0, 6).unwrap().tapers,
        ] {
            for (row, first) in tapers.iter().enumerate() {
                for (column, second) in tapers.iter().enumerate() {
                    let expected = f64::from(u8::from(row == column));
                    assert!((product(first, second) - expected).abs() < 1e-11);
                }
            }
        }
        assert!(slepian_tapers(6, 4.0, 2).is_none());
        assert!(sine_tapers(0, 3).is_empty());
    }
}
