//! Numbers from recordings: one file per measure, each a pure function on slices.
//!
//! Spikes come as two parallel slices sorted by time: `times` (s) and `cells` (the index of the cell in its population). The cells that were
//! recorded are a range of indices, so that a silent cell counts too. A spike of a cell outside that range is left out of a measure per cell.
//!
//! ```
//! use oscine_analysis::{Intervals, firing_rates, mean, variation_of_intervals};
//!
//! let times = [0.1, 0.2, 0.3, 0.4, 0.5];
//! let cells = [0, 1, 0, 0, 0];
//! let rates = firing_rates(&cells, 0..3, 1.0);
//! assert_eq!(rates, [4.0, 1.0, 0.0]);
//! assert!((mean(&rates).unwrap() - 5.0 / 3.0).abs() < 1e-12);
//!
//! let intervals = Intervals::between(&times, &cells, 0..3);
//! assert_eq!(intervals.of(0).len(), 3);
//! assert!(variation_of_intervals(&intervals, 3)[0].unwrap() > 0.0);
//! ```

mod distribution;
mod firing_rate;
mod histogram;
mod intervals;
mod kolmogorov_smirnov;
pub mod model;
mod population_rate;
mod spectrum;
mod synchrony;

pub use distribution::{deviation, mean, quantile, variance};
pub use firing_rate::firing_rates;
pub use histogram::{Histogram, sensible_edges, step_near};
pub use intervals::{Intervals, variation, variation_of_intervals};
pub use kolmogorov_smirnov::{KolmogorovSmirnov, kolmogorov_smirnov};
pub use population_rate::{population_counts, population_rate, window};
pub use spectrum::{Spectrum, spectrum};
pub use synchrony::{count_synchrony, trace_synchrony};
