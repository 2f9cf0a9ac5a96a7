//! The description of an experiment, as plain data: what there is, what is done to it, what is recorded, measured and
//! claimed. Read from TOML and written to it, or built in Rust. The description knows no thread and no array.
//!
//! [`Experiment::read`] takes a file, [`Experiment::new`] begins one in Rust, [`Experiment::to_toml`] writes either so that it
//! reads back equal, [`Experiment::validate`] holds both to the same rules. What is wrong with a file comes all at once as
//! [`DescriptionErrors`], each mistake with its place.
//!
//! # The tables of a file
//!
//! | table | keys |
//! |---|---|
//! | top | `title`, `question`, `source`, `explanation`, `try_next` |
//! | `[quick]` | keys of the file with the values that they have in the short form: `"run.duration" = "1 s"` |
//! | `[run]` | `duration`, `dt` (0.1 ms), `seed` (1), `integrator`, `precision` (`double`, `single`), `checkpoint_every` |
//! | `[neurons.NAME]` | `count`, `equations` or `model`, `threshold`, `reset`, `refractory`, `parameters`, `initial`, `input`, `integrator`, `positions` |
//! | `[synapses.NAME]` | `from`, `to`, `connect`, `equations` or `model`, `on_pre`, `on_post`, `delay`, `delay_post`, `parameters`, `initial`, `integrator` |
//! | `[stimulus.NAME]` | `kind`, `from`, `until`, and by kind: see [`StimulusKind`] |
//! | `[task]` | `data`, `classes`, `validation` (0), `test`, `training`, `target`, `inputs`, `targets`, `examples` |
//! | `[layers.NAME]` | `kind` (`dense`, `convolution`, `max-pooling`, `average-pooling`, `batch-normalisation`, `layer-normalisation`, `recurrent`), `size` or `channels`, `kernel`, `stride`, `padding`, `every_step`; `depth`, `activation`, `weights`, `biases` |
//! | `[training]` | `loss`, `optimiser` (`{ kind, rate, … }`), `batch`, `epochs`, `clip`, `weight_decay`, `patience`, `device` (`cpu`, `flex`, `cuda`, `wgpu`), `weights_from` |
//! | `[noise.NAME]` | `at`, `kind`, `level`, `correlation`, `when` |
//! | `[[protocol]]` | `name`, `duration`, `fire`, `set` |
//! | `[record.NAME]` | `of`, `spikes`, `variables`, `every` or `at = "end"`, `from`, `until` |
//! | `[sweep]` | `over`, `repeat`, `keep_records` |
//! | `[measure.NAME]` | `what` or `value`, `of`, and the measure's own |
//! | `[[claim]]` | `says`, `value`, `published`, `tolerance`, `source`, `quick` |
//! | `[[figure]]` | `plot`, `title` |
//!
//! `connect` is `"all-to-all"`, `"one-to-one"`, a condition such as `"i != j"`, or a table with one rule: `probability` (a number, or an
//! expression for each pair), `condition` with or without `probability`, `fixed-in-degree`, `fixed-out-degree`, `fixed-total`, `file`,
//! `pairs`. As in Brian2 a cell may connect to itself and a pair more than once, unless `autapses = false` or `multapses = false`.
//! A delay, parameter or initial value is an expression, or `{ value, lower, upper }` to draw again outside the bounds.
//! Lists of populations in `from` and `to` make many projections from matrices with a row for each target:
//! each pair that connects is a projection `NAME_FROM_TO`.
//!
//! A file has neurons, layers, or both. Layers have `[task]` and `[training]`, and no time: alone they need no `[run]`, and compute in single precision; beside
//! neurons in that of the run. They are trained before the neurons run. A noise may be at places of both: `at = ["hidden.input", "cells.drive"]`.
//!
//! A model is overridden key by key. `made_from` stands in written files for the `model` whose texts are already there.

// Only the program prints.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

mod builder;
pub mod catalogue;
mod checks;
mod error;
mod examples;
mod experiment;
pub mod lab;
mod layers;
mod mistake;
mod neurons;
mod reading;
mod record;
mod run;
mod stimulus;
mod synapses;
mod task;
mod text;
mod training;
mod writing;

pub use checks::learning::{ACTIVATIONS, INITIALISATIONS, LOSSES, OPTIMISERS};
pub use error::{DescriptionError, DescriptionErrors, MOST_SHOWN};
pub use examples::{Examples, Shape, Targets};
pub use experiment::{
    Claim, Correlation, Experiment, Figure, Measure, Named, Noise, NoiseKind, NoisePlace, Phase,
    Setting, Sweep, When,
};
pub use layers::{Layer, LayerKind};
pub use mistake::{Mistake, nearest};
pub use neurons::{Neurons, Positions, Refractory};
pub use reading::models::{Demonstration, Entry, ParameterSet};
pub use reading::{INTEGRATORS, LONGEST_FILE, expand};
pub use record::{Record, RecordTimes};
pub use run::{Precision, Run};
pub use stimulus::{Code, ExampleSet, Shown, SpikeTimes, Stimulus, StimulusKind};
pub use synapses::{Connect, Delay, Slice, Synapses};
pub use task::Task;
pub use text::Text;
pub use training::{Device, Optimiser, Training};
