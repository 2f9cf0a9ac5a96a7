//! The description of an experiment, as plain data: what there is, what is done to it, what is recorded, measured and
//! claimed. Read from TOML and written to it, or built in Rust. The description knows no thread and no array.

mod builder;
pub mod catalogue;
mod checks;
mod error;
mod experiment;
mod mistake;
mod neurons;
mod reading;
mod record;
mod run;
mod stimulus;
mod synapses;
mod text;
mod writing;

pub use error::{DescriptionError, DescriptionErrors, MOST_SHOWN};
pub use experiment::{
    Claim, Experiment, Figure, Measure, Named, Noise, NoiseKind, Phase, Setting, Sweep,
};
pub use mistake::{Mistake, nearest};
pub use neurons::{Neurons, Positions, Refractory};
pub use reading::models::{Demonstration, Entry, ParameterSet};
pub use reading::{INTEGRATORS, LONGEST_FILE, expand};
pub use record::{Record, RecordTimes};
pub use run::{Precision, Run};
pub use stimulus::{SpikeTimes, Stimulus, StimulusKind};
pub use synapses::{Connect, Delay, Slice, Synapses};
pub use text::Text;
