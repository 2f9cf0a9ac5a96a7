//! The state of a run at one step, as named arrays that do not depend on the number of threads.

/// A checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Steps done.
    pub step: u64,
    /// Everything that changes in a run, by name. Cells stand in their order, synapses by source, then target, then delay.
    pub arrays: Vec<(String, Array)>,
}

/// An array of a checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub enum Array {
    /// Double precision.
    F64(Vec<f64>),
    /// Single precision.
    F32(Vec<f32>),
    /// Steps and counts.
    U64(Vec<u64>),
    /// Cells and synapses.
    U32(Vec<u32>),
}

/// Why a checkpoint does not fit a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// An array is missing.
    #[error("the checkpoint has no `{0}`: it is of another experiment or another version")]
    Missing(String),
    /// An array has another length or type.
    #[error("`{name}` of the checkpoint has {found} numbers where the network has {expected}: it is of another experiment")]
    Shape {
        /// Its name.
        name: String,
        /// In the network.
        expected: usize,
        /// In the checkpoint.
        found: usize,
    },
    /// A step beyond the run's end.
    #[error("the checkpoint is at step {step} of a run with {steps}")]
    Step {
        /// Of the checkpoint.
        step: u64,
        /// Of the run.
        steps: u64,
    },
}
