//! A population's plan: where each variable lies, and the programs of its step.

use std::collections::HashMap;

use oscine_equations::Dimension;
use oscine_equations::integrator::{Integrator, Propagators, Rosenbrock};

use crate::layout::batch::Batch;
use crate::layout::meanings::Meanings;
use crate::layout::runnable::Runnable;

/// A column of a population: one number for each cell.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub name: String,
    pub dimension: Dimension,
    /// It may change from step to step, so checkpoints keep it.
    pub changes: bool,
}

/// How long a cell is refractory after a spike.
#[derive(Clone, Debug)]
pub(crate) enum Ready {
    /// A cell is never refractory.
    AtOnce,
    /// The same number of steps for all.
    After(u64),
    /// Computed for each cell that fires: writes the step at which it is ready.
    Computed(Box<Batch<u16>>),
}

/// Entries of the matrices of an exact step that differ from cell to cell.
#[derive(Clone, Debug)]
pub(crate) struct CellPropagators {
    pub propagators: Propagators,
    pub coefficients: Runnable,
    /// Columns that receive the coefficients, row by row.
    pub coefficient_columns: Vec<u16>,
    /// Columns of the entries: transition, then input.
    pub entry_columns: Vec<u16>,
}

/// What a record samples of a population.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// Computes what is no column already.
    pub program: Option<Runnable>,
    /// Variables by name and the columns that hold them.
    pub columns: Vec<(String, u16)>,
}

/// A population, ready to be built.
pub(crate) struct CellPlan {
    pub name: String,
    pub count: usize,
    pub model_name: Option<String>,
    pub integrator: Option<Integrator>,
    pub columns: Vec<Column>,
    pub states: Vec<u16>,
    /// Programs that give parameters and variables their first values, in order.
    pub fills: Vec<Runnable>,
    pub propagators: Vec<CellPropagators>,
    /// The adaptive integrator, which runs before `update`.
    pub rosenbrock: Option<Rosenbrock>,
    /// The new state, and who fires.
    pub update: Option<Runnable>,
    pub ready_at: Option<u16>,
    pub ready: Ready,
    pub last_spike: Option<u16>,
    pub index: Option<u16>,
    /// Variables that refuse input, and the columns in which it is gathered.
    pub gathered: Vec<(u16, u16)>,
    pub receive: Option<Runnable>,
    /// The receive program has something to do in every step, not only after synaptic input.
    pub receives_always: bool,
    pub reset: Option<Batch<u16>>,
    pub samples: HashMap<usize, Sample>,
    /// What its names stand for, for those who ask between steps.
    pub meanings: Meanings,
}

impl CellPlan {
    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<u16> {
        self.columns
            .iter()
            .position(|column| column.name == name)
            .map(|place| place as u16)
    }
}
