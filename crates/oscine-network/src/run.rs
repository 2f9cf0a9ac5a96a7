//! `[run]`: how long, how finely, with which seed.

use crate::declaration::kinds::Maybe;
use crate::declaration::quantities::{Positive, Seed, Time};
use crate::declaration::words::{Choice, IntegratorName};
use crate::declaration::{Table, table, words};
use crate::reading::fields::Fields;

table! {
    /// How a run goes. All times in seconds.
    pub struct Run {
        /// Biological time, s. Without it a run lasts as long as the phases of its protocol.
        duration: f64 = Positive<Time>, or 1.0;
        /// The step, s.
        dt: f64 = Positive<Time>, or DEFAULT_STEP;
        /// Every random number of the run is a function of this.
        seed: u64 = Seed, or 1;
        /// The integrator by name for every population that names none; chosen from the equations where there is none.
        integrator: Option<String> = IntegratorName;
        /// The precision of the numbers that the engine computes with. Layers alone compute in single precision where nothing is written.
        precision: Precision = Choice<Precision>, or Precision::Double;
        /// Biological time between checkpoints, s; without it by wall time only.
        checkpoint_every: Option<f64> = Maybe<Positive<Time>>;
    }
}

/// The step where none is written, s; Brian2's.
pub(crate) const DEFAULT_STEP: f64 = 1e-4;

impl Table for Run {
    fn settle(&mut self, fields: &Fields) -> bool {
        let lacks = !fields.has("duration") && fields.context.needs_duration.get();
        if lacks {
            fields.missing("duration", "`duration = \"1 s\"`");
        }
        !lacks
    }
}

words! {
    /// The precision of the numbers that the engine computes with.
    pub enum Precision, usually Double {
        /// `f64`.
        Double = "double",
        /// `f32`.
        Single = "single",
    }
}
