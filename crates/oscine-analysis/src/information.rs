//! Mutual information of two discrete variables, in bits, from paired samples: a stimulus and a count or word of spikes, say; with the bias
//! of few samples taken out.
//!
//! `I = H(X) + H(Y) - H(X, Y)`, `H = -sum p log2 p` (Shannon 1948). With frequencies for probabilities this is too large, by about
//! `[sum over x of (R_x - 1) - (R - 1)]/(2 n ln 2)`, where `R_x` is the number of values of `y` that can go with `x` and `R` that of all (Panzeri & Treves 1996).

use std::f64::consts::LN_2;

use oscine_random::Stream;

/// How the bias of few samples is taken out. All leave something: compare two of them, or with shuffled pairs ([`information_of_chance`]).
///
/// They want some 4 samples for each value that can go with each stimulus. Of 8 by 8 unrelated values, 10 samples a cell leave less than 0.01 bits; 2.5 leave
/// 0.05 bits with `MillerMadow`, 0.03 with `PanzeriTreves` and -0.08 with `QuadraticExtrapolation`, of 0.25 without correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum BiasCorrection {
    /// Not at all: the frequencies are taken for the probabilities.
    None,
    /// The first-order bias with the values that were seen counted as those that can be (Miller 1955; Madow). Too small a correction of sparse tables.
    MillerMadow,
    /// The first-order bias with the number of possible values of each row estimated from the row's own frequencies (Panzeri & Treves 1996). Not
    /// symmetric: the first variable is the stimulus.
    #[default]
    PanzeriTreves,
    /// From all samples, halves and quarters of them, to infinitely many: `I(n) = I + a/n + b/n^2` (Strong et al. 1998). Samples are parted at random,
    /// by a fixed seed.
    QuadraticExtrapolation,
}

/// Mutual information, and the bias that was taken off it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Information {
    /// Mutual information (bits for each sample), corrected; can be a little below 0 where there is none.
    pub bits: f64,
    /// The bias (bits) that was taken off the information of the frequencies.
    pub bias: f64,
    /// How many pairs there were.
    pub samples: usize,
}

/// Mutual information of paired samples.
///
/// `None` of unlike numbers of samples or of none; extrapolation needs at least 8.
#[must_use]
pub fn mutual_information<First: Ord + Copy, Second: Ord + Copy>(
    first: &[First],
    second: &[Second],
    correction: BiasCorrection,
) -> Option<Information> {
    if first.len() != second.len() || first.is_empty() {
        return None;
    }
    let pairs: Vec<(usize, usize)> = ranks(first).into_iter().zip(ranks(second)).collect();
    let table = ContingencyTable::of(&pairs);
    let direct = table.information();
    let samples = pairs.len();
    let bits = match correction {
        BiasCorrection::None => direct,
        BiasCorrection::MillerMadow => {
            let seen = |row: &Vec<(usize, u64)>| row.len() as f64 - 1.0;
            let possible: f64 = table.rows.iter().map(seen).sum();
            direct - (possible - (table.columns.len() as f64 - 1.0)) / (2.0 * samples as f64 * LN_2)
        }
        BiasCorrection::PanzeriTreves => {
            let all = table.columns.len();
            let of_row = |row: &Vec<(usize, u64)>| {
                let counts: Vec<u64> = row.iter().map(|&(_, count)| count).collect();
                possible_values(&counts, all) - 1.0
            };
            let possible: f64 = table.rows.iter().map(of_row).sum();
            direct - (possible - (all as f64 - 1.0)) / (2.0 * samples as f64 * LN_2)
        }
        BiasCorrection::QuadraticExtrapolation => extrapolated(direct, pairs)?,
    };
    Some(Information {
        bits,
        bias: direct - bits,
        samples,
    })
}

/// Information of the frequencies after the pairs were shuffled: its mean (bits), and the share of shuffles, with the one seen among them, that have at least
/// the information of the pairs themselves: a significance.
///
/// `None` of unlike numbers of samples, of none, or of no shuffles. `seed` makes it repeatable.
#[must_use]
pub fn information_of_chance<First: Ord + Copy, Second: Ord + Copy>(
    first: &[First],
    second: &[Second],
    shuffles: usize,
    seed: u64,
) -> Option<(f64, f64)> {
    if shuffles == 0 {
        return None;
    }
    let direct = mutual_information(first, second, BiasCorrection::None)?.bits;
    let (first, mut second) = (ranks(first), ranks(second));
    let mut draws = Stream::new(seed, "shuffled pairs").sequence(0);
    let (mut sum, mut reached) = (0.0, 1usize);
    for _ in 0..shuffles {
        shuffle(&mut second, |bound| draws.below(bound));
        let pairs: Vec<(usize, usize)> =
            first.iter().copied().zip(second.iter().copied()).collect();
        let bits = ContingencyTable::of(&pairs).information();
        sum += bits;
        reached += usize::from(bits >= direct - 1e-12);
    }
    Some((
        sum / shuffles as f64,
        reached as f64 / (shuffles + 1) as f64,
    ))
}

/// Entropy (bits) of a discrete variable from its samples, with Miller and Madow's correction `(R - 1)/(2 n ln 2)`, `R` the values seen.
///
/// `None` of no samples.
#[must_use]
pub fn entropy<Symbol: Ord + Copy>(samples: &[Symbol]) -> Option<f64> {
    let mut counts: Vec<u64> = Vec::new();
    for rank in ranks(samples) {
        if counts.len() <= rank {
            counts.resize(rank + 1, 0);
        }
        counts[rank] += 1;
    }
    let number = samples.len() as f64;
    (number > 0.0).then(|| {
        entropy_of(counts.iter().copied(), number)
            + (counts.len() as f64 - 1.0) / (2.0 * number * LN_2)
    })
}

/// A contingency table: each row's columns, and the sum of each column.
struct ContingencyTable {
    /// `[row]`, each with the columns that occur in it and how often.
    rows: Vec<Vec<(usize, u64)>>,
    /// `[column]`.
    columns: Vec<u64>,
    samples: f64,
}

impl ContingencyTable {
    fn of(pairs: &[(usize, usize)]) -> Self {
        let mut sorted = pairs.to_vec();
        sorted.sort_unstable();
        let mut rows: Vec<Vec<(usize, u64)>> = Vec::new();
        let mut last_row = None;
        let mut columns = Vec::new();
        for (row, column) in sorted {
            if last_row != Some(row) {
                rows.push(Vec::new());
                last_row = Some(row);
            }
            if columns.len() <= column {
                columns.resize(column + 1, 0);
            }
            columns[column] += 1;
            let Some(current) = rows.last_mut() else {
                continue;
            };
            match current.last_mut() {
                Some((seen, count)) if *seen == column => *count += 1,
                _ => current.push((column, 1)),
            }
        }
        // A part of the samples may lack some values.
        columns.retain(|&count| count > 0);
        Self {
            rows,
            columns,
            samples: pairs.len() as f64,
        }
    }

    fn information(&self) -> f64 {
        let row_sums = self
            .rows
            .iter()
            .map(|row| row.iter().map(|&(_, count)| count).sum());
        let cells = self.rows.iter().flatten().map(|&(_, count)| count);
        entropy_of(row_sums, self.samples) + entropy_of(self.columns.iter().copied(), self.samples)
            - entropy_of(cells, self.samples)
    }
}

/// Entropy (bits) of frequencies: `log2 n - (1/n) sum of c log2 c`.
fn entropy_of(counts: impl Iterator<Item = u64>, number: f64) -> f64 {
    let sum: f64 = counts
        .filter(|&count| count > 1)
        .map(|count| count as f64 * (count as f64).log2())
        .sum();
    number.log2() - sum / number
}

/// Each sample's place among the values that occur.
fn ranks<Symbol: Ord + Copy>(samples: &[Symbol]) -> Vec<usize> {
    let mut values = samples.to_vec();
    values.sort_unstable();
    values.dedup();
    samples
        .iter()
        .map(|sample| values.partition_point(|value| value < sample))
        .collect()
}

/// How many values a row can have of which `counts` were seen, at most `all`: the number with which as many values as were seen would be expected to be seen
/// (the Bayesian counting of Panzeri & Treves 1996). The seen values share what is not given to the `unseen` ones, in proportion to
/// `count + 1`; the unseen have equal shares that sum to `unseen (1 - (n/(n + seen))^(1/n))`.
fn possible_values(counts: &[u64], all: usize) -> f64 {
    let seen = counts.len() as f64;
    let number: f64 = counts.iter().sum::<u64>() as f64;
    let found = |share: f64| 1.0 - (1.0 - share).powf(number);
    let expected = |unseen: usize| -> f64 {
        if unseen == 0 {
            return counts
                .iter()
                .map(|&count| found(count as f64 / number))
                .sum();
        }
        let given = 1.0 - (number / (number + seen)).powf(1.0 / number);
        let kept = (1.0 - unseen as f64 * given) / (number + seen);
        let of_seen: f64 = counts
            .iter()
            .map(|&count| found(kept * (count as f64 + 1.0)))
            .sum();
        of_seen + unseen as f64 * found(given)
    };
    let away = |unseen: usize| (seen - expected(unseen)).abs();
    let best = (0..=all - counts.len())
        .take_while(|&unseen| {
            unseen as f64 * (1.0 - (number / (number + seen)).powf(1.0 / number)) < 1.0
        })
        .min_by(|&first, &second| away(first).total_cmp(&away(second)));
    seen + best.unwrap_or(0) as f64
}

/// How often the samples are parted anew for the extrapolation.
const PARTINGS: usize = 10;

fn extrapolated(direct: f64, mut pairs: Vec<(usize, usize)>) -> Option<f64> {
    if pairs.len() < 8 {
        return None;
    }
    let mut draws = Stream::new(0, "parted pairs").sequence(0);
    let (mut halves, mut quarters) = (0.0, 0.0);
    let whole = pairs.len();
    for _ in 0..PARTINGS {
        shuffle(&mut pairs, |bound| draws.below(bound));
        let parts = |count: usize| -> f64 {
            (0..count)
                .map(|part| &pairs[part * whole / count..(part + 1) * whole / count])
                .map(|part| ContingencyTable::of(part).information())
                .sum::<f64>()
                / (count * PARTINGS) as f64
        };
        halves += parts(2);
        quarters += parts(4);
    }
    // The value at 1/n = 0 of the parabola through n, n/2 and n/4.
    Some((8.0 * direct - 6.0 * halves + quarters) / 3.0)
}

/// Puts the items in an order each as likely as another (Fisher & Yates, in Durstenfeld's form).
pub(crate) fn shuffle<Item>(items: &mut [Item], mut below: impl FnMut(u64) -> u64) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(last as u64 + 1) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [BiasCorrection; 4] = [
        BiasCorrection::None,
        BiasCorrection::MillerMadow,
        BiasCorrection::PanzeriTreves,
        BiasCorrection::QuadraticExtrapolation,
    ];

    /// Samples of a symmetric channel: one of `symbols` goes in, and comes out changed to one of the others with probability `error`.
    fn channel(seed: u64, symbols: u64, error: f64, count: usize) -> (Vec<u64>, Vec<u64>) {
        let mut draws = Stream::new(seed, "channel").sequence(0);
        (0..count)
            .map(|_| {
                let sent = draws.below(symbols);
                let moved = draws.uniform() < error;
                let by = if moved {
                    1 + draws.below(symbols - 1)
                } else {
                    0
                };
                (sent, (sent + by) % symbols)
            })
            .unzip()
    }

    fn capacity(symbols: f64, error: f64) -> f64 {
        symbols.log2()
            + (1.0 - error) * (1.0 - error).log2()
            + error * (error / (symbols - 1.0)).log2()
    }

    #[test]
    fn a_symmetric_channel_has_its_closed_form() {
        for (symbols, error) in [(2, 0.1), (4, 0.3), (8, 0.5)] {
            let (sent, heard) = channel(1, symbols, error, 40_000);
            for correction in ALL {
                let found = mutual_information(&sent, &heard, correction).unwrap();
                let expected = capacity(symbols as f64, error);
                assert!(
                    (found.bits - expected).abs() < 0.02,
                    "{correction:?} {found:?} {expected}"
                );
            }
        }
    }

    #[test]
    fn equal_variables_have_their_entropy_and_unrelated_ones_none() {
        let samples: Vec<u32> = (0..4000).map(|step| step % 8).collect();
        let found = mutual_information(&samples, &samples, BiasCorrection::None).unwrap();
        assert!((found.bits - 3.0).abs() < 1e-12);
        assert!((entropy(&samples).unwrap() - 3.0 - 7.0 / (8000.0 * LN_2)).abs() < 1e-12);
        // Every pair equally often: exactly none.
        let other: Vec<u32> = (0..4000).map(|step| (step / 8) % 5).collect();
        let none = mutual_information(&samples, &other, BiasCorrection::None).unwrap();
        assert!(none.bits.abs() < 1e-12);
    }

    #[test]
    fn few_samples_are_biased_and_each_correction_takes_the_bias_out() {
        // 8 by 8 with nothing in common, 640 samples: 49/(2 640 ln 2) = 0.0552 bits too many to first order.
        let mean_of = |correction: BiasCorrection| {
            (0..60)
                .map(|seed| {
                    let (sent, heard) = channel(seed, 8, 0.875, 640);
                    mutual_information(&sent, &heard, correction).unwrap().bits
                })
                .sum::<f64>()
                / 60.0
        };
        let found = ALL.map(mean_of);
        assert!((found[0] - 0.0552).abs() < 0.006, "{found:?}");
        assert!(found[1].abs() < 0.006, "{found:?}");
        assert!(found[2].abs() < 0.006, "{found:?}");
        assert!(found[3].abs() < 0.006, "{found:?}");
    }

    #[test]
    fn sparse_rows_are_corrected_better_by_the_bayesian_count() {
        // 4 samples for each cell's row and 16 columns: most possible values were not seen.
        let mean_of = |correction: BiasCorrection| {
            (0..100)
                .map(|seed| {
                    let mut draws = Stream::new(seed, "sparse").sequence(0);
                    let sent: Vec<u64> = (0..96).map(|step| step % 6).collect();
                    let heard: Vec<u64> = (0..96).map(|_| draws.below(16)).collect();
                    mutual_information(&sent, &heard, correction).unwrap().bits
                })
                .sum::<f64>()
                / 100.0
        };
        let (miller, panzeri) = (
            mean_of(BiasCorrection::MillerMadow),
            mean_of(BiasCorrection::PanzeriTreves),
        );
        assert!(panzeri.abs() < 0.5 * miller.abs(), "{miller} {panzeri}");
    }

    #[test]
    fn shuffles_give_the_bias_and_the_significance() {
        let (sent, heard) = channel(3, 8, 0.875, 160);
        let (chance, significance) = information_of_chance(&sent, &heard, 200, 1).unwrap();
        assert!((chance - 0.221).abs() < 0.03 && significance > 0.02);
        let (sent, heard) = channel(3, 8, 0.4, 160);
        let (_, significance) = information_of_chance(&sent, &heard, 200, 1).unwrap();
        assert!((significance - 1.0 / 201.0).abs() < 1e-12);
        assert_eq!(information_of_chance(&sent, &heard, 0, 1), None);
        assert_eq!(
            mutual_information(&sent, &heard[1..], BiasCorrection::None),
            None
        );
        assert_eq!(
            mutual_information(
                &sent[..4],
                &heard[..4],
                BiasCorrection::QuadraticExtrapolation
            ),
            None
        );
        assert_eq!(entropy::<u8>(&[]), None);
    }
}
