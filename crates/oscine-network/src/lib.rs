//! The description of an experiment, as plain data: what there is, what is done to it, what is recorded, measured and
//! claimed. Read from TOML and written to it, or built in Rust. The description knows no thread and no array.

mod experiment;
mod neurons;
mod record;
mod run;
mod stimulus;
mod synapses;
mod text;

pub use experiment::{
    Claim, Experiment, Figure, Measure, Named, Noise, NoiseKind, Phase, Setting, Sweep,
};
pub use neurons::{Neurons, Positions, Refractory};
pub use record::{Record, RecordTimes};
pub use run::{Precision, Run};
pub use stimulus::{SpikeTimes, Stimulus, StimulusKind};
pub use synapses::{Connect, Delay, Slice, Synapses};
pub use text::Text;
