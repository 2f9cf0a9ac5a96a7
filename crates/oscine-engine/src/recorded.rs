//! What a run has recorded, as plain columns.

/// Rows of one record, in the order of time, and within a step in that of the elements.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The record's name.
    pub record: String,
    /// The population or projection that it is of.
    pub of: String,
    /// The rows.
    pub rows: Rows,
}

/// Rows as columns of equal length.
#[derive(Clone, Debug, PartialEq)]
pub enum Rows {
    /// Spikes.
    Spikes {
        /// The step of each; its time is that many `dt`.
        steps: Vec<u64>,
        /// The cell of each, counted in its population.
        cells: Vec<u32>,
    },
    /// Values of variables.
    Samples {
        /// The step of each, before the step was taken.
        steps: Vec<u64>,
        /// The cell or synapse of each; synapses are counted by source, then target.
        elements: Vec<u32>,
        /// Variables by name, in SI units.
        columns: Vec<(String, Vec<f64>)>,
    },
}

impl Rows {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Rows::Spikes { steps, .. } | Rows::Samples { steps, .. } => steps.len(),
        }
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
