//! The exponential distribution with mean 1: `-log(1 - u)`.

/// The number that an exponential number of mean 1 exceeds with probability `1 - probability`; the argument is a
/// uniform number on (0, 1), whose distance from 1 is taken, which is uniform as well and exact.
pub fn exponential_quantile(probability: f64) -> f64 {
    -super::log(1.0 - probability)
}
