//! Counter-based random numbers: a draw is a function of seed, stream, element and step, so that it is the same on
//! any number of threads, in any order, after any restart.
//!
//! ```
//! use oscine_random::Stream;
//!
//! let noise = Stream::new(1, "cells.noise.xi");
//! let mut block = [0.0; 16];
//! noise.fill_normal(7, 32, &mut block); // step 7, elements 32 to 47
//! assert_eq!(block[5], noise.normal(37, 7));
//! ```

// Only the program prints.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

pub mod distributions;
pub mod philox;
mod sequence;
mod stream;

pub use distributions::{
    Geometric, PoissonTable, binomial_quantile, exponential_quantile, poisson_quantile,
};
pub use sequence::Sequence;
pub use stream::Stream;
