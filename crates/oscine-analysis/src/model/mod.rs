//! Measures of models: what the equations say before, or beside, any simulation of a network.
//!
//! A [`DynamicalSystem`] is one cell, made from the texts of a population: its right-hand side, its symbolic Jacobians, its threshold and reset.
//! The measures are functions of it, one file each:
//!
//! | what | with | tells |
//! |---|---|---|
//! | rest | [`rest_states`] | where the cell rests, and whether it comes back there |
//! | bifurcations | [`bifurcations`] | how rest changes with a parameter: saddle-nodes, Hopf points |
//! | rhythm | [`limit_cycle`], [`follow_cycle`] | period, orbit, stability; where rhythms begin and end |
//! | phase response | [`pulse_response`], [`phase_sensitivity`] | what input does to the next spikes, by its phase |
//! | chaos | [`lyapunov_exponent`] | how fast neighbouring orbits part |
//! | impedance | [`linearised`], [`driven_impedance`] | what frequencies pass |
//! | firing rate | [`firing_curve`], [`firing_onset`] | how fast the cell fires, and how firing begins |
//! | evenness | [`anharmonicity`] | harmonics, slow and fast phases |
//!
//! ```
//! use oscine_analysis::model::{CycleSearch, DynamicalSystem, limit_cycle, phase_sensitivity};
//! use oscine_network::Neurons;
//!
//! let neurons = Neurons::of_model(1, "fitzhugh-nagumo")?.parameter("I", "0.5");
//! let system = DynamicalSystem::read(&neurons, &[])?;
//! let cycle = limit_cycle(&system, &CycleSearch::default())?;
//! assert!(cycle.is_stable());
//! let sensitivity = phase_sensitivity(&system, &cycle, 100)?;
//! assert!(sensitivity.delaying_part(0) > 0.1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! All values are in SI units.

mod anharmonicity;
mod bifurcations;
mod compile;
mod cycle;
mod cycle_branch;
mod error;
mod firing_curve;
mod flow;
mod formulas;
mod hopf;
mod impedance;
mod lyapunov;
mod matrix;
mod phase_response;
mod reading;
mod rest;
mod stepper;
mod system;

pub use anharmonicity::{Anharmonicity, anharmonicity};
pub use bifurcations::{
    Bifurcation, BifurcationKind, Bifurcations, Branch, BranchPoint, bifurcations,
};
pub use cycle::{CycleSearch, LimitCycle, limit_cycle};
pub use cycle_branch::{CycleBranch, CycleChange, CyclePoint, cycle_at, follow_cycle};
pub use error::ModelError;
pub use firing_curve::{
    Excitability, FiringOnset, FiringRate, Watching, firing_curve, firing_onset,
};
pub use impedance::{Impedance, ImpedancePeak, Linearised, driven_impedance, linearised};
pub use lyapunov::{LyapunovExponent, LyapunovSettings, lyapunov_exponent};
pub use matrix::Complex;
pub(crate) use matrix::eigenvalues;
pub use phase_response::{PulseResponse, Pulsed, Sensitivity, phase_sensitivity, pulse_response};
pub use reading::Free;
pub use rest::{RestKind, RestState, rest_state_near, rest_states};
pub use system::{DynamicalSystem, Mode, SystemVariable};
