//! Transfer entropy: what the past of one spike train says about the next bin of another, beyond that one's own past (Schreiber 2000).
//!
//! `T = sum of p(y', y, x) log2[p(y'|y, x)/p(y'|y)]`, with `y'` the target's next bin, `y` its last bins, and `x` the source's last bins. With few samples it is too
//! large, by what surrogates show in which the source is turned round by a random time: they keep each train's own structure and lose only their
//! relation.

use oscine_random::Stream;

/// The history lengths of a transfer entropy, in bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct History {
    /// Bins of the target's own past.
    pub target: u32,
    /// Bins of the source's past.
    pub source: u32,
    /// Bins between the last of the source's past and the target's next: 1 where the source's last bin is the one just before.
    pub delay: u32,
}

/// Transfer entropy and what chance would give.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TransferEntropy {
    /// Bits for each bin, less the mean of the surrogates; about 0 where the source says nothing.
    pub bits: f64,
    /// Bits for each bin of the frequencies themselves.
    pub direct: f64,
    /// Mean of the surrogates (bits).
    pub chance: f64,
    /// Standard deviation of the surrogates (bits).
    pub deviation: f64,
    /// Share of the surrogates, with the trains themselves among them, that have at least the bits of the trains.
    pub significance: f64,
}

/// Most bins of past and future together: a table of 2^20 counts.
const MOST_BINS: u32 = 20;

/// Transfer entropy from `source` to `target`, binary trains of equal length ([`binary_train`](crate::binary_train)), against `surrogates` turned at random by
/// `seed`.
///
/// `None` of unlike lengths, of a delay of 0, of more than 20 bins of history and future, of fewer bins in the trains than four times their history, or of no
/// surrogates.
#[must_use]
pub fn transfer_entropy(
    source: &[bool],
    target: &[bool],
    history: History,
    surrogates: usize,
    seed: u64,
) -> Option<TransferEntropy> {
    let back = history
        .target
        .max(history.source.checked_add(history.delay)?.checked_sub(1)?) as usize;
    if source.len() != target.len()
        || history.delay == 0
        || history.target.checked_add(history.source)?.checked_add(1)? > MOST_BINS
        || target.len() < 4 * (back + 1)
        || surrogates == 0
    {
        return None;
    }
    let mut turned = source.to_vec();
    let direct = bits(&turned, target, history, back);
    let mut draws = Stream::new(seed, "turned trains").sequence(0);
    let room = (source.len() - 2 * back) as u64;
    let chances: Vec<f64> = (0..surrogates)
        .map(|_| {
            // At least the history away from the true place, whatever was turned before.
            turned.copy_from_slice(source);
            turned.rotate_left(back + draws.below(room) as usize);
            bits(&turned, target, history, back)
        })
        .collect();
    let chance = crate::mean(&chances)?;
    let reached = chances
        .iter()
        .filter(|&&chance| chance >= direct - 1e-12)
        .count();
    Some(TransferEntropy {
        bits: direct - chance,
        direct,
        chance,
        deviation: crate::deviation(&chances)?,
        significance: (reached + 1) as f64 / (surrogates + 1) as f64,
    })
}

fn bits(source: &[bool], target: &[bool], history: History, back: usize) -> f64 {
    let (own, other) = (history.target as usize, history.source as usize);
    let mut counts = vec![0u32; 1 << (own + other + 1)];
    let word = |train: &[bool]| {
        train
            .iter()
            .fold(0usize, |word, &fired| word << 1 | usize::from(fired))
    };
    for next in back..target.len() {
        let heard_until = next + 1 - history.delay as usize;
        let heard = word(&source[heard_until - other..heard_until]);
        let past = word(&target[next - own..next]);
        counts[(past << other | heard) << 1 | usize::from(target[next])] += 1;
    }
    // Of each past of the target, its next bin whatever the source did.
    let mut without = vec![[0u32; 2]; 1 << own];
    for (place, &count) in counts.iter().enumerate() {
        without[place >> (other + 1)][place & 1] += count;
    }
    let total = (target.len() - back) as f64;
    let sum: f64 = counts
        .iter()
        .enumerate()
        .filter(|&(_, &count)| count > 0)
        .map(|(place, &count)| {
            let both = f64::from(counts[place & !1] + counts[place | 1]);
            let alone = without[place >> (other + 1)];
            let expected = f64::from(alone[place & 1]) / f64::from(alone[0] + alone[1]);
            f64::from(count) * (f64::from(count) / both / expected).log2()
        })
        .sum();
    sum / total
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: History = History {
        target: 1,
        source: 1,
        delay: 1,
    };

    fn coin(name: &str, chance: f64, count: usize) -> Vec<bool> {
        let mut draws = Stream::new(13, name).sequence(0);
        (0..count).map(|_| draws.uniform() < chance).collect()
    }

    /// A target that repeats the source `delay` bins later, turned over with probability `error`.
    fn follower(source: &[bool], delay: usize, error: f64) -> Vec<bool> {
        let turned = coin("errors", error, source.len());
        (0..source.len())
            .map(|bin| (bin >= delay && source[bin - delay]) ^ turned[bin])
            .collect()
    }

    #[test]
    fn a_noisy_copy_has_the_capacity_of_its_channel_one_way_only() {
        let source = coin("source", 0.5, 40_000);
        let target = follower(&source, 1, 0.1);
        let there = transfer_entropy(&source, &target, ONE, 20, 1).unwrap();
        let expected = 1.0 + 0.1 * 0.1f64.log2() + 0.9 * 0.9f64.log2();
        assert!((there.bits - expected).abs() < 0.01, "{there:?}");
        assert!((there.significance - 1.0 / 21.0).abs() < 1e-12);
        let back = transfer_entropy(&target, &source, ONE, 20, 1).unwrap();
        assert!(back.bits.abs() < 1e-3, "{back:?}");
    }

    #[test]
    fn the_delay_must_be_met() {
        let source = coin("source", 0.5, 20_000);
        let target = follower(&source, 3, 0.1);
        let at = |delay| {
            transfer_entropy(&source, &target, History { delay, ..ONE }, 10, 1)
                .unwrap()
                .bits
        };
        assert!(at(3) > 0.5 && at(1).abs() < 1e-3 && at(2).abs() < 1e-3);
        let wide = History { source: 3, ..ONE };
        assert!(
            transfer_entropy(&source, &target, wide, 10, 1)
                .unwrap()
                .bits
                > 0.5
        );
    }

    #[test]
    fn a_common_past_is_not_counted_as_transfer() {
        // The target alternates by itself; the source is a copy of the target's past and adds nothing to it.
        let target: Vec<bool> = {
            let slips = coin("slips", 0.2, 30_000);
            let mut state = false;
            slips
                .iter()
                .map(|&slip| {
                    state ^= !slip;
                    state
                })
                .collect()
        };
        let source: Vec<bool> = std::iter::once(false)
            .chain(target[..29_999].iter().copied())
            .collect();
        let copied = History { target: 2, ..ONE };
        let found = transfer_entropy(&source, &target, copied, 10, 1).unwrap();
        assert!(found.direct < 1e-12, "{found:?}");
    }

    #[test]
    fn short_trains_are_biased_and_the_surrogates_say_by_how_much() {
        let history = History {
            target: 3,
            source: 3,
            delay: 1,
        };
        let (mut direct, mut corrected) = (0.0, 0.0);
        for seed in 0..40 {
            let mut draws = Stream::new(seed, "short").sequence(0);
            let mut train = || {
                (0..600)
                    .map(|_| draws.uniform() < 0.5)
                    .collect::<Vec<bool>>()
            };
            let found = transfer_entropy(&train(), &train(), history, 20, seed).unwrap();
            direct += found.direct / 40.0;
            corrected += found.bits / 40.0;
        }
        // (2 - 1)(8 - 1) 8/(2 n ln 2) = 0.068 to first order.
        assert!((direct - 0.068).abs() < 0.01, "{direct}");
        assert!(corrected.abs() < 0.005, "{corrected}");
    }

    #[test]
    fn what_can_not_be_counted_is_refused() {
        let train = coin("train", 0.5, 100);
        assert_eq!(transfer_entropy(&train, &train[1..], ONE, 5, 1), None);
        assert_eq!(
            transfer_entropy(&train, &train, History { delay: 0, ..ONE }, 5, 1),
            None
        );
        assert_eq!(
            transfer_entropy(&train, &train, History { target: 30, ..ONE }, 5, 1),
            None
        );
        assert_eq!(transfer_entropy(&train, &train, ONE, 0, 1), None);
        assert_eq!(transfer_entropy(&train[..7], &train[..7], ONE, 5, 1), None);
    }
}
