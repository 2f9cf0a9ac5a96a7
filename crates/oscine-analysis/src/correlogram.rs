//! Correlogram of two spike trains: how many spikes of the second come at each lag after a spike of the first (Perkel, Gerstein & Moore 1967).
//!
//! Divided by what two independent trains of these rates would give in the recorded time, `n_1 n_2 bin (T - |lag|)/T^2`, it is 1 where they have
//! nothing to do with each other, whatever their rates.

/// A correlogram: pairs of spikes by the lag between them.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlogram {
    /// Middle of each bin of the lag (s), `[lag]`, 0 in the middle; positive where the second train is later.
    pub lags: Vec<f64>,
    /// Pairs in each bin, `[lag]`.
    pub counts: Vec<u64>,
    /// Pairs that independent trains of the same numbers of spikes would have on average, `[lag]`.
    pub expected: Vec<f64>,
    /// Spikes of the first train.
    first_count: usize,
    /// Width of a bin (s).
    bin: f64,
}

impl Correlogram {
    /// Pairs over those expected of independent trains, `[lag]`: 1 where the trains are independent.
    #[must_use]
    pub fn normalised(&self) -> Vec<f64> {
        self.ratios(|count, expected| count / expected)
    }

    /// How many standard deviations of a Poisson count the pairs lie from those expected, `[lag]`: beyond 3 or so is seldom chance.
    #[must_use]
    pub fn deviations(&self) -> Vec<f64> {
        self.ratios(|count, expected| (count - expected) / expected.sqrt())
    }

    /// Rate (Hz) of the second train at each lag after a spike of the first, `[lag]`, without correction for the ends.
    #[must_use]
    pub fn conditional_rate(&self) -> Vec<f64> {
        let each = 1.0 / (self.first_count as f64 * self.bin);
        self.counts
            .iter()
            .map(|&count| count as f64 * each)
            .collect()
    }

    fn ratios(&self, of: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        self.counts
            .iter()
            .zip(&self.expected)
            .map(|(&count, &expected)| of(count as f64, expected))
            .collect()
    }
}

/// Cross-correlogram of two trains, sorted, recorded from `from` (s) to `until` (s): bins of width `bin` (s), one centred on lag 0, out to
/// `greatest` (s).
///
/// `None` if a train has no spike in that time, or if `greatest` is not between `bin` and the recorded time.
#[must_use]
pub fn cross_correlogram(
    first: &[f64],
    second: &[f64],
    from: f64,
    until: f64,
    bin: f64,
    greatest: f64,
) -> Option<Correlogram> {
    correlogram(first, second, from, until, bin, greatest, false)
}

/// Autocorrelogram of one train: as [`cross_correlogram`] of the train with itself, without the pairs of a spike and itself.
#[must_use]
pub fn auto_correlogram(
    train: &[f64],
    from: f64,
    until: f64,
    bin: f64,
    greatest: f64,
) -> Option<Correlogram> {
    correlogram(train, train, from, until, bin, greatest, true)
}

fn correlogram(
    first: &[f64],
    second: &[f64],
    from: f64,
    until: f64,
    bin: f64,
    greatest: f64,
    same: bool,
) -> Option<Correlogram> {
    let duration = until - from;
    if !(bin > 0.0 && greatest >= bin && greatest + bin < duration) {
        return None;
    }
    let first = &first[crate::window(first, from, until)];
    let second = &second[crate::window(second, from, until)];
    if first.is_empty() || second.is_empty() {
        return None;
    }
    let each_side = (greatest / bin + 1e-6) as i64;
    let reach = (each_side as f64 + 0.5) * bin;
    let mut counts = vec![0u64; 2 * each_side as usize + 1];
    let mut begin = 0;
    for (place, &time) in first.iter().enumerate() {
        while begin < second.len() && second[begin] < time - reach {
            begin += 1;
        }
        for (other, &later) in second.iter().enumerate().skip(begin) {
            if later - time >= reach {
                break;
            }
            // A lag on the edge of two bins, but for rounding, belongs to the later one.
            let lag = ((later - time) / bin + 0.5 + 1e-6).floor() as i64;
            if !(same && other == place)
                && let Some(count) = counts.get_mut((lag + each_side) as usize)
            {
                *count += 1;
            }
        }
    }
    let pairs = first.len() as f64 * (second.len() - usize::from(same)) as f64;
    let lags: Vec<f64> = (-each_side..=each_side)
        .map(|lag| lag as f64 * bin)
        .collect();
    let expected = lags
        .iter()
        .map(|lag| pairs * bin * (duration - lag.abs()) / (duration * duration))
        .collect();
    Some(Correlogram {
        lags,
        counts,
        expected,
        first_count: first.len(),
        bin,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_random::Stream;

    fn poisson(name: &str, rate: f64, duration: f64) -> Vec<f64> {
        let mut draws = Stream::new(8, name).sequence(0);
        let mut now = 0.0;
        std::iter::from_fn(|| {
            now += draws.exponential() / rate;
            (now < duration).then_some(now)
        })
        .collect()
    }

    #[test]
    fn independent_trains_have_one_at_every_lag() {
        let (first, second) = (poisson("a", 40.0, 500.0), poisson("b", 60.0, 500.0));
        let pairs = cross_correlogram(&first, &second, 0.0, 500.0, 0.005, 0.1).unwrap();
        assert_eq!(pairs.lags.len(), 41);
        // 6000 pairs expected in a bin.
        assert!(
            pairs
                .normalised()
                .iter()
                .all(|ratio| (ratio - 1.0).abs() < 0.05)
        );
        assert!(
            pairs
                .deviations()
                .iter()
                .all(|deviation| deviation.abs() < 4.0)
        );
        let all: u64 = pairs.counts.iter().sum();
        let expected: f64 = pairs.expected.iter().sum();
        assert!((all as f64 / expected - 1.0).abs() < 0.02);
    }

    #[test]
    fn a_train_that_follows_stands_at_its_delay() {
        let first = poisson("a", 20.0, 100.0);
        let second: Vec<f64> = first.iter().map(|time| time + 0.007).collect();
        let pairs = cross_correlogram(&first, &second, 0.0, 100.1, 0.001, 0.05).unwrap();
        assert!(pairs.counts[50 + 7] >= first.len() as u64);
        assert!((pairs.lags[57] - 0.007).abs() < 1e-12);
        assert!(pairs.deviations()[57] > 100.0);
        let back = cross_correlogram(&second, &first, 0.0, 100.1, 0.001, 0.05).unwrap();
        assert!(back.deviations()[50 - 7] > 100.0);
    }

    #[test]
    fn a_clock_has_all_its_pairs_at_multiples_of_its_period() {
        let clock: Vec<f64> = (0..1000).map(|beat| f64::from(beat) * 0.01).collect();
        let pairs = auto_correlogram(&clock, 0.0, 10.0, 0.001, 0.025).unwrap();
        for (lag, &count) in (-25i64..=25).zip(&pairs.counts) {
            let multiple = lag % 10 == 0 && lag != 0;
            let beats = 1000 - (lag / 10).unsigned_abs();
            assert_eq!(count, if multiple { beats } else { 0 }, "{lag}");
        }
        assert!((pairs.conditional_rate()[35] - 999.0).abs() < 1e-9);
        assert!(auto_correlogram(&clock, 0.0, 10.0, 0.001, 20.0).is_none());
        assert!(auto_correlogram(&[], 0.0, 10.0, 0.001, 0.02).is_none());
    }
}
