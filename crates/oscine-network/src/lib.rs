//! The description of an experiment, as plain data: what there is, what is done to it, what is recorded, measured and
//! claimed. Read from TOML and written to it, or built in Rust. The description knows no thread and no array.
//!
//! [`Experiment::read`] takes a file, [`Experiment::new`] begins one in Rust, [`Experiment::to_toml`] writes either so that it
//! reads back equal, [`Experiment::validate`] holds both to the same rules. What is wrong with a file comes all at once as
//! [`DescriptionErrors`], each mistake with its place.
//!
//! # The tables of a file
//!
//! Each table is declared once, in the file of its name (`run.rs`, `neurons.rs`, …); [`reference`] describes all of them, with every key, and
//! `oscine explain` prints it. [`Experiment::set`] gives a key another value.
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
mod connect;
mod declaration;
mod error;
mod examples;
mod experiment;
pub mod lab;
mod layers;
mod measure;
mod mistake;
mod neurons;
mod noise;
mod projections;
mod protocol;
mod quick;
mod reading;
mod record;
mod run;
mod stimulus;
mod sweep;
mod synapses;
mod task;
mod text;
mod training;
mod value;
mod writing;

pub use connect::Connect;
pub use declaration::reference;
pub use error::{DescriptionError, DescriptionErrors, MOST_SHOWN};
pub use examples::{Examples, Shape, Targets};
pub use experiment::{Experiment, Named};
pub use layers::{ACTIVATIONS, INITIALISATIONS, Layer, LayerKind};
pub use measure::{Claim, Figure, Measure, Setting};
pub use mistake::{Mistake, nearest};
pub use neurons::{Neurons, Positions, Refractory};
pub use noise::{Correlation, Noise, NoiseKind, NoisePlace, When};
pub use protocol::Phase;
pub use reading::LONGEST_FILE;
pub use reading::models::{Demonstration, Entry, ParameterSet};
pub use record::{Record, RecordTimes};
pub use run::{Precision, Run};
pub use stimulus::{Code, ExampleSet, Shown, SpikeTimes, Stimulus, StimulusKind};
pub use sweep::{Sweep, expand};
pub use synapses::{Delay, Slice, Synapses};
pub use task::Task;
pub use text::Text;
pub use training::{Device, LOSSES, OPTIMISERS, Optimiser, OptimiserName, Training};
pub use value::Value;
