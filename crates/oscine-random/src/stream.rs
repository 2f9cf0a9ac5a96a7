//! `Stream`: one named source of random numbers, one number for each element at each step.
//!
//! The key of the generator is mixed from the seed and from the name; the counter holds the step and the element.
//! Elements go in aligned groups of 16: elements `k` and `k + 8` of a group (`k < 8`) share one scrambled counter, so
//! that a block of counters in order fills a block of elements without shuffling. Uniform and normal numbers of one
//! stream come from different counters.
//!
//! Normal numbers: Box & Muller (1958) Ann. Math. Stat. 29:610.

use crate::Sequence;
use crate::philox::two_words;
use oscine_equations::lanes::{Real, double, has_fused_multiply_add};

/// Elements of a group, and of a block of work.
const GROUP: usize = 16;
const BLOCK: usize = 256;
const HALF_BLOCK: usize = BLOCK / 2;

/// What a counter is for, in its highest bits.
const UNIFORM: u64 = 0;
const NORMAL: u64 = 1 << 61;
pub(crate) const SEQUENCE: u64 = 2 << 61;

/// A named source of random numbers. Elements go from 0 to below 2^61.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    key: [u32; 2],
}

impl Stream {
    /// The stream of this name under this seed. Equal names give equal streams; two names, or two seeds, give
    /// streams that have nothing to do with each other (but for a chance of 2^-64).
    pub fn new(seed: u64, name: &str) -> Stream {
        let key = scatter(scatter(seed) ^ fingerprint(name));
        Stream {
            key: [key as u32, (key >> 32) as u32],
        }
    }

    /// Uniform numbers on the open interval (0, 1) for the elements from `first_element` on, at one step.
    /// They are odd multiples of 2^-53; in single precision, rounded (and then at most 1 - 2^-24).
    pub fn fill_uniform<R: Real>(&self, step: u64, first_element: u64, out: &mut [R]) {
        self.fill(step, first_element, out, uniform_block);
    }

    /// Standard normal numbers for the elements from `first_element` on, at one step.
    pub fn fill_normal<R: Real>(&self, step: u64, first_element: u64, out: &mut [R]) {
        self.fill(step, first_element, out, normal_block);
    }

    /// The uniform number of one element at one step, as [`Stream::fill_uniform`] gives it.
    pub fn uniform(&self, element: u64, step: u64) -> f64 {
        let words = two_words(self.key, call_of(element) | UNIFORM, step);
        unit_interval(if element & 8 == 0 { words.0 } else { words.1 })
    }

    /// The normal number of one element at one step, as [`Stream::fill_normal`] gives it.
    pub fn normal(&self, element: u64, step: u64) -> f64 {
        let pair = self.normal_pair(call_of(element) | NORMAL, step);
        if element & 8 == 0 { pair.0 } else { pair.1 }
    }

    /// The sequence of random numbers that belongs to one element, for draws whose number is not known beforehand.
    pub fn sequence(&self, element: u64) -> Sequence {
        Sequence::new(*self, element)
    }

    /// The 128 bits of a counter.
    pub(crate) fn words(&self, index: u64, step: u64) -> (u64, u64) {
        two_words(self.key, index, step)
    }

    /// The two normal numbers of a counter.
    pub(crate) fn normal_pair(&self, index: u64, step: u64) -> (f64, f64) {
        let (mut first, mut second) = ([0.0], [0.0]);
        normal_block(self.key, index, step, &mut first, &mut second);
        (first[0], second[0])
    }

    /// Fills blocks of whole groups, and copies what of them was asked for.
    fn fill<R: Real>(&self, step: u64, first_element: u64, out: &mut [R], block: BlockFunction) {
        let mut element = first_element;
        let mut rest = out;
        let (mut first, mut second) = ([0.0; HALF_BLOCK], [0.0; HALF_BLOCK]);
        while !rest.is_empty() {
            let skipped = (element % GROUP as u64) as usize;
            let count = rest.len().min(BLOCK - skipped);
            let calls = (skipped + count).div_ceil(GROUP) * (GROUP / 2);
            block(
                self.key,
                call_of(element - skipped as u64),
                step,
                &mut first[..calls],
                &mut second[..calls],
            );
            let (now, later) = std::mem::take(&mut rest).split_at_mut(count);
            copy_groups(&first[..calls], &second[..calls], skipped, now);
            rest = later;
            element += count as u64;
        }
    }
}

/// The number of the counter that an element shares with one other.
#[inline(always)]
fn call_of(element: u64) -> u64 {
    ((element >> 4) << 3) | (element & 7)
}

/// Elements from the two halves of each group, the first `skipped` left out.
fn copy_groups<R: Real>(first: &[f64], second: &[f64], skipped: usize, out: &mut [R]) {
    if skipped == 0 && out.len().is_multiple_of(GROUP) {
        let halves = first
            .chunks_exact(GROUP / 2)
            .zip(second.chunks_exact(GROUP / 2));
        for (group, (low, high)) in out.chunks_exact_mut(GROUP).zip(halves) {
            let (group_low, group_high) = group.split_at_mut(GROUP / 2);
            for (out, &value) in group_low.iter_mut().zip(low) {
                *out = narrow(value);
            }
            for (out, &value) in group_high.iter_mut().zip(high) {
                *out = narrow(value);
            }
        }
        return;
    }
    for (k, out) in out.iter_mut().enumerate() {
        let place = k + skipped;
        let call = call_of(place as u64) as usize;
        *out = narrow(if place & 8 == 0 {
            first[call]
        } else {
            second[call]
        });
    }
}

/// The number in the precision asked for; a uniform number does not become 1.
#[inline(always)]
fn narrow<R: Real>(value: f64) -> R {
    let rounded = R::from_f64(value);
    if R::BYTES == 4 && rounded == R::ONE && value < 1.0 {
        R::from_f64(1.0 - 0.5 * f64::from(f32::EPSILON))
    } else {
        rounded
    }
}

/// Fills two slices of equal length with the first and the second numbers of as many counters.
type BlockFunction = fn([u32; 2], u64, u64, &mut [f64], &mut [f64]);

fn uniform_block(key: [u32; 2], call: u64, step: u64, first: &mut [f64], second: &mut [f64]) {
    #[cfg(target_arch = "x86_64")]
    if has_fused_multiply_add() {
        // SAFETY: the processor has both extensions.
        return unsafe { uniform_block_avx2(key, call | UNIFORM, step, first, second) };
    }
    uniform_lanes(key, call | UNIFORM, step, first, second);
}

fn normal_block(key: [u32; 2], call: u64, step: u64, first: &mut [f64], second: &mut [f64]) {
    let call = if call & SEQUENCE == 0 {
        call | NORMAL
    } else {
        call
    };
    #[cfg(target_arch = "x86_64")]
    if has_fused_multiply_add() {
        // SAFETY: the processor has both extensions.
        return unsafe { normal_block_avx2(key, call, step, first, second) };
    }
    if has_fused_multiply_add() {
        normal_lanes::<true>(key, call, step, first, second);
    } else {
        normal_lanes::<false>(key, call, step, first, second);
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn uniform_block_avx2(key: [u32; 2], call: u64, step: u64, first: &mut [f64], second: &mut [f64]) {
    uniform_lanes(key, call, step, first, second);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn normal_block_avx2(key: [u32; 2], call: u64, step: u64, first: &mut [f64], second: &mut [f64]) {
    normal_lanes::<true>(key, call, step, first, second);
}

#[inline(always)]
fn uniform_lanes(key: [u32; 2], call: u64, step: u64, first: &mut [f64], second: &mut [f64]) {
    for (k, (first, second)) in first.iter_mut().zip(second).enumerate() {
        let words = two_words(key, call + k as u64, step);
        *first = unit_interval(words.0);
        *second = unit_interval(words.1);
    }
}

#[inline(always)]
fn normal_lanes<const FUSED: bool>(
    key: [u32; 2],
    call: u64,
    step: u64,
    first: &mut [f64],
    second: &mut [f64],
) {
    uniform_lanes(key, call, step, first, second);
    for (first, second) in first.iter_mut().zip(second) {
        let radius = (-2.0 * double::log::<FUSED>(*first)).sqrt();
        let (cosine, sine) = double::cos_sin_of_turn::<FUSED>(*second);
        *first = radius * cosine;
        *second = radius * sine;
    }
}

/// 52 bits as an odd multiple of 2^-53: above 0 and below 1, with the mean exactly 1/2.
#[inline(always)]
pub(crate) fn unit_interval(bits: u64) -> f64 {
    f64::from_bits((bits >> 12) | 0x3ff0_0000_0000_0000) - (1.0 - f64::EPSILON / 2.0)
}

/// FNV-1a, 64 bits, of the name in UTF-8. Fowler, Noll & Vo; draft-eastlake-fnv.
fn fingerprint(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A one-to-one scrambling of 64 bits: the step of SplitMix64. Steele, Lea & Flood (2014) OOPSLA '14.
fn scatter(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
