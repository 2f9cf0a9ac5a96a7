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

// Only the program prints.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

mod analytic_signal;
mod coherence;
mod confidence;
mod correlation;
mod correlogram;
mod distribution;
mod fano_factor;
mod firing_rate;
mod frequency_response;
mod gaussian_information;
mod harmonics;
mod histogram;
mod information;
mod intervals;
mod kolmogorov_smirnov;
mod local_variation;
pub mod model;
mod multitaper;
mod order_parameter;
mod oscillation;
mod phase_locking;
mod population_rate;
mod recurrence;
mod rhythm;
mod signal_to_noise;
mod sinusoid;
mod spectrum;
mod synchrony;
mod taper;
mod trains;
mod transfer_entropy;
mod words;

pub use analytic_signal::{analytic_signal, band_pass, envelope, phases};
pub use coherence::{Coherence, coherence, spike_field_coherence};
pub use confidence::{
    Comparison, ConfidenceInterval, confidence_interval, paired_comparison, share_interval,
    student_quantile, unpaired_comparison,
};
pub use correlation::{autocorrelation, correlation, cross_correlation};
pub use correlogram::{Correlogram, auto_correlogram, cross_correlogram};
pub use distribution::{deviation, mean, quantile, variance};
pub use fano_factor::{fano_factor_of_counts, fano_factors};
pub use firing_rate::{firing_rates, windowed_rates};
pub use frequency_response::{FrequencyResponse, Resonance, frequency_response};
pub use gaussian_information::{
    gaussian_capacity, gaussian_information, gaussian_information_rate,
};
pub use harmonics::{Harmonics, harmonics};
pub use histogram::{Histogram, sensible_edges, step_near};
pub use information::{
    BiasCorrection, Information, entropy, information_of_chance, mutual_information,
};
pub use intervals::{Intervals, variation, variation_of_intervals};
pub use kolmogorov_smirnov::{KolmogorovSmirnov, kolmogorov_smirnov};
pub use local_variation::{cv2, local_variation, serial_correlation};
pub use multitaper::{multitaper, multitaper_spectrum, spike_spectrum};
pub use order_parameter::{order_of_phase_traces, order_of_phases, phase_order, spike_phase};
pub use oscillation::{
    Period, downward_crossings, duty_cycle, period, share_above, upward_crossings,
};
pub use phase_locking::{Resultant, phase_locking, signal_phase_locking, vector_strength};
pub use population_rate::{population_counts, population_rate, window};
pub use recurrence::{ClosestReturns, closest_returns};
pub use rhythm::{Rhythm, population_rhythm, rhythm};
pub use rustfft::num_complex::Complex;
pub use signal_to_noise::{
    SignalToNoise, signal_to_noise, spectral_amplification, spike_signal_to_noise,
};
pub use sinusoid::{Response, Sinusoid, SinusoidFit, fit_sinusoids, response, sample_times};
pub use spectrum::{Spectrum, spectrum};
pub use synchrony::{count_synchrony, trace_synchrony};
pub use taper::{Slepian, sine_tapers, slepian_tapers};
pub use trains::CellTrains;
pub use transfer_entropy::{History, TransferEntropy, transfer_entropy};
pub use words::{binary_train, spike_counts, spike_words};
