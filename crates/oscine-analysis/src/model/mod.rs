//! Measures of models: what the equations say before, or beside, any simulation of a network.

mod anharmonicity;
mod bifurcations;
mod cycle;
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
pub use error::ModelError;
pub use firing_curve::{
    Excitability, FiringOnset, FiringRate, Watching, firing_curve, firing_onset,
};
pub use impedance::{Impedance, Linearised, Resonance, driven_impedance, linearised};
pub use lyapunov::{LyapunovExponent, LyapunovSettings, lyapunov_exponent};
pub use matrix::Complex;
pub(crate) use matrix::eigenvalues;
pub use phase_response::{
    PulseResponse, Pulsed, Sensitivity, phase_sensitivity, pulse_response,
};
pub use reading::Free;
pub use rest::{RestKind, RestState, rest_state_near, rest_states};
pub use system::{Mode, System, Variable};
