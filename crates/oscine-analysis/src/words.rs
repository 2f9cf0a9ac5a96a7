//! Spikes as symbols, from which information is counted: spike counts, binary words (de Ruyter van Steveninck et al. 1997), binary trains.

use crate::population_rate::{EDGE, whole_bins};
use crate::window;

/// Spikes of a train, sorted, in a window of `width` (s) from each of the `starts` (s) on, `[start]`.
#[must_use]
pub fn spike_counts(times: &[f64], starts: &[f64], width: f64) -> Vec<u32> {
    starts
        .iter()
        .map(|&start| window(times, start, start + width).len() as u32)
        .collect()
}

/// One binary word for each of the `starts` (s), `[start]`: `letters` bins of width `bin` (s), the first the most significant, 1 where the train, sorted,
/// has a spike.
///
/// `None` of a bin that is not positive, or of no or more than 64 letters.
#[must_use]
pub fn spike_words(times: &[f64], starts: &[f64], bin: f64, letters: u32) -> Option<Vec<u64>> {
    if !(bin > 0.0 && (1..=64).contains(&letters)) {
        return None;
    }
    let each = 1.0 / bin;
    let word_from = |start: f64| {
        let reach = start + f64::from(letters) * bin;
        let near = EDGE * bin;
        times[window(times, start - near, reach - near)]
            .iter()
            .fold(0u64, |word, time| {
                let letter = (((time - start) * each + EDGE) as u32).min(letters - 1);
                word | 1 << (letters - 1 - letter)
            })
    };
    Some(starts.iter().map(|&start| word_from(start)).collect())
}

/// Whether a train has a spike in each bin of width `bin` (s) from `from` to `until` (s), `[bin]`; only whole bins.
#[must_use]
pub fn binary_train(times: &[f64], from: f64, until: f64, bin: f64) -> Vec<bool> {
    let mut fired = vec![false; whole_bins(from, until, bin)];
    let each = 1.0 / bin;
    for time in times {
        let place = (time - from) * each + EDGE;
        if place >= 0.0
            && let Some(fired) = fired.get_mut(place as usize)
        {
            *fired = true;
        }
    }
    fired
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_bins_with_spikes_from_the_left() {
        let times = [0.001, 0.012, 0.013, 0.03, 1.039, 1.04];
        assert_eq!(
            spike_words(&times, &[0.0, 1.0, 2.0], 0.01, 4),
            Some(vec![0b1101, 0b0001, 0])
        );
        assert_eq!(spike_counts(&times, &[0.0, 1.0], 0.04), [4, 1]);
        assert_eq!(spike_words(&times, &[0.0], 0.01, 65), None);
        assert_eq!(spike_words(&times, &[0.0], 0.0, 4), None);
    }

    #[test]
    fn binary_trains_forget_how_many_spikes_a_bin_held() {
        assert_eq!(
            binary_train(&[0.1, 0.15, 0.3, 0.9], 0.0, 0.45, 0.1),
            [false, true, false, true]
        );
        assert!(binary_train(&[0.1], 0.0, 1.0, 0.0).is_empty());
    }
}
