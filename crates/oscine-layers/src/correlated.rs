//! The Ornstein–Uhlenbeck process at any step without the steps before it, so that nothing is kept between steps.
//!
//! Steps so far apart that their correlation is below the last bit begin stretches: there the process is a fresh number. Between two known
//! steps it is a bridge: halfway it is normal, of mean ρ (x₁ + x₂)/(1 + ρ²) and variance (1 - ρ²)/(1 + ρ²) with ρ the correlation over
//! half of the way. So each step is reached from the ends of its stretch by halving, and each number drawn belongs to one step.

use oscine_equations::lanes::Real;
use oscine_random::Stream;

/// Numbers at once, at most.
const BLOCK: usize = 256;
/// Correlation times after which nothing is left in double precision.
const FORGOTTEN: f64 = 40.0;

/// Standard normal numbers for the elements from `first` on, which over the steps are correlated with this time.
pub(crate) fn fill<R: Real>(
    stream: &Stream,
    correlation: f64,
    step: u64,
    first: u64,
    out: &mut [R],
) {
    let stretch = ((FORGOTTEN * correlation).ceil().max(1.0) as u64).next_power_of_two();
    let begin = step - step % stretch;
    stream.fill_normal(begin, first, out);
    if begin == step {
        return;
    }
    let (mut left, mut right) = (begin, begin + stretch);
    let (mut ends, mut fresh) = ([R::ZERO; BLOCK], [R::ZERO; BLOCK]);
    let (ends, fresh) = (&mut ends[..out.len()], &mut fresh[..out.len()]);
    stream.fill_normal(right, first, ends);
    loop {
        let middle = (left + right) / 2;
        let kept = (-((right - left) as f64) / (2.0 * correlation)).exp();
        let square = 1.0 + kept * kept;
        let (share, width) = (
            R::from_f64(kept / square),
            R::from_f64(((1.0 - kept * kept) / square).sqrt()),
        );
        stream.fill_normal(middle, first, fresh);
        for ((fresh, left), right) in fresh.iter_mut().zip(&*out).zip(&*ends) {
            *fresh = share * (*left + *right) + width * *fresh;
        }
        if middle == step {
            out.copy_from_slice(fresh);
            return;
        }
        if step < middle {
            right = middle;
            ends.copy_from_slice(fresh);
        } else {
            left = middle;
            out.copy_from_slice(fresh);
        }
    }
}
