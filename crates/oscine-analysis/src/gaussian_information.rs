//! Information through a Gaussian channel (Shannon 1949): a lower bound for any signal and a linear reader, exact if all is Gaussian.
//!
//! `I = -(1/2) log2(1 - rho^2)` bits a sample of two correlated variables; `(1/2) log2(1 + S/N)` of a signal in noise; and of two stationary signals
//! `-(integral of log2(1 - C^2(f)) df)` bits a second with squared coherence `C^2` (Rieke et al. 1997, appendix A).

use crate::Coherence;

/// Bits in one sample of a Gaussian variable about another whose correlation coefficient with it is `correlation`.
///
/// `None` of a coefficient not strictly between -1 and 1.
#[must_use]
pub fn gaussian_information(correlation: f64) -> Option<f64> {
    (correlation.abs() < 1.0)
        .then(|| -0.5 * (-correlation * correlation).ln_1p() * std::f64::consts::LOG2_E)
}

/// Capacity (bits a sample) of a Gaussian channel whose signal has `signal_to_noise` times the power of its noise; `None` of a negative ratio.
#[must_use]
pub fn gaussian_capacity(signal_to_noise: f64) -> Option<f64> {
    (signal_to_noise >= 0.0).then(|| 0.5 * signal_to_noise.ln_1p() * std::f64::consts::LOG2_E)
}

/// Information (bits/s) that one signal carries about the other between the frequencies `low` and `high` (Hz), by their coherence less its bias.
///
/// The sum over the frequencies in the band; coherence that is not above chance adds and takes off little about 0. `None` where no frequency lies in the band or where
/// the signals are one without noise.
#[must_use]
pub fn gaussian_information_rate(coherence: &Coherence, low: f64, high: f64) -> Option<f64> {
    let step = *coherence.frequencies.first()?;
    let unbiased = coherence.unbiased();
    let inside: Vec<f64> = coherence
        .frequencies
        .iter()
        .zip(unbiased)
        .filter(|(frequency, _)| (low..=high).contains(*frequency))
        .map(|(_, squared)| squared)
        .collect();
    if inside.is_empty() || inside.iter().any(|&squared| squared >= 1.0 - 1e-12) {
        return None;
    }
    let nats: f64 = inside.iter().map(|squared| -(-squared).ln_1p()).sum();
    Some(nats * std::f64::consts::LOG2_E * step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coherence;
    use oscine_random::Stream;

    #[test]
    fn a_ratio_of_three_carries_a_bit_a_sample() {
        assert!((gaussian_capacity(3.0).unwrap() - 1.0).abs() < 1e-12);
        assert!((gaussian_information(0.75f64.sqrt()).unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(gaussian_information(1.0), None);
        assert_eq!(gaussian_capacity(-0.1), None);
    }

    #[test]
    fn white_signal_in_white_noise_has_its_capacity_a_second() {
        // C^2 = S/(S + N) = 3/4 up to 500 Hz: 500 log2(4) = 1000 bits/s.
        let mut draws = Stream::new(7, "channel").sequence(0);
        let sent: Vec<f64> = (0..200_000).map(|_| draws.normal()).collect();
        let heard: Vec<f64> = sent
            .iter()
            .map(|value| value + draws.normal() / 3f64.sqrt())
            .collect();
        let both = coherence(&sent, &heard, 1e-3, 200).unwrap();
        let rate = gaussian_information_rate(&both, 0.0, 500.0).unwrap();
        // The first and the last half step are not in the sum.
        assert!((rate / 990.0 - 1.0).abs() < 0.02, "{rate}");
        let band = gaussian_information_rate(&both, 99.0, 201.0).unwrap();
        assert!((band / (2.0 * 5.0 * 21.0) - 1.0).abs() < 0.03, "{band}");
        assert_eq!(gaussian_information_rate(&both, 600.0, 700.0), None);
    }
}
