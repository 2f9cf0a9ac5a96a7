//! `[run]`: how long, how finely, with which seed.

/// How a run goes. All times in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Biological time, s.
    pub duration: f64,
    /// The step, s.
    pub dt: f64,
    /// Every random number of the run is a function of this.
    pub seed: u64,
    /// The integrator by name for every population that names none; chosen from the equations where `None`.
    pub integrator: Option<String>,
    /// Of the numbers that the engine computes with.
    pub precision: Precision,
    /// Biological time between checkpoints, s; `None`: by wall time only.
    pub checkpoint_every: Option<f64>,
}

/// Of the numbers that the engine computes with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// `f32`.
    Single,
    /// `f64`.
    #[default]
    Double,
}
