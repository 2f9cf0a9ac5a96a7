//! Philox4x32-10: a counter of four words and a key of two, scrambled in ten rounds of multiplication.
//!
//! Salmon, Moraes, Dror & Shaw (2011) Parallel random numbers: as easy as 1, 2, 3. SC '11, doi:10.1145/2063384.2063405.

const MULTIPLIERS: [u64; 2] = [0xd251_1f53, 0xcd9e_8d57];
/// The golden ratio and `sqrt(3) - 1`, by which the key moves on each round.
const WEYL: [u32; 2] = [0x9e37_79b9, 0xbb67_ae85];
const WORD: u64 = 0xffff_ffff;

/// The four scrambled words of a counter, low word first.
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    scramble(counter.map(u64::from), key).map(|word| word as u32)
}

/// As [`philox`], on words in the low halves of 64-bit lanes, for vector code; the high halves are not cleared.
#[inline(always)]
pub(crate) fn scramble(counter: [u64; 4], key: [u32; 2]) -> [u64; 4] {
    let [mut a, mut b, mut c, mut d] = counter;
    let mut round = 0;
    while round < 10 {
        let first = u64::from(key[0].wrapping_add(WEYL[0].wrapping_mul(round)));
        let second = u64::from(key[1].wrapping_add(WEYL[1].wrapping_mul(round)));
        let left = MULTIPLIERS[0] * (a & WORD);
        let right = MULTIPLIERS[1] * (c & WORD);
        a = (right >> 32) ^ b ^ first;
        b = right;
        c = (left >> 32) ^ d ^ second;
        d = left;
        round += 1;
    }
    [a, b, c, d]
}

/// The 128 bits of one counter as two numbers: `index` and `step` are its halves.
#[inline(always)]
pub(crate) fn two_words(key: [u32; 2], index: u64, step: u64) -> (u64, u64) {
    let [a, b, c, d] = scramble([index, index >> 32, step, step >> 32], key);
    ((a & WORD) | (b << 32), (c & WORD) | (d << 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known answers that the authors distribute with Random123.
    #[test]
    fn known_answers_of_random123() {
        let ones = u32::MAX;
        assert_eq!(
            philox([0; 4], [0; 2]),
            [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]
        );
        assert_eq!(
            philox([ones; 4], [ones; 2]),
            [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]
        );
        assert_eq!(
            philox(
                [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
                [0xa4093822, 0x299f31d0]
            ),
            [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]
        );
        assert_eq!(
            two_words([0; 2], 0, 0),
            (0xe169c58d6627e8d5, 0x9b00dbd8bc57ac4c)
        );
    }
}
