//! The points of a sweep: the values and the seed of each run, and the axes along which they lie.

use oscine_equations::{Dimension, Quantity};
use oscine_network::Sweep;

use crate::formula::array::{ArrayAxis, AxisKind};

/// The points of a sweep, a run for each.
pub(crate) struct Points<'a> {
    sweep: &'a Sweep,
    seed: u64,
}

impl<'a> Points<'a> {
    /// Of a sweep in an experiment of this seed.
    pub(crate) fn new(sweep: &'a Sweep, seed: u64) -> Self {
        Self { sweep, seed }
    }

    /// The seed of the experiment, which all runs have where there is one for each point.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn count(&self) -> usize {
        let values = self.sweep.over.iter().map(|(_, (_, values))| values.len());
        values.product::<usize>() * self.repeats()
    }

    /// Seeds of each point.
    pub(crate) fn repeats(&self) -> usize {
        self.sweep.repeat.max(1)
    }

    /// The keys of a run and their values, the seed among them. The first key changes slowest, seeds fastest.
    pub(crate) fn settings(&self, run: usize) -> Vec<(String, String)> {
        let (mut rest, repeat) = (run / self.repeats(), (run % self.repeats()) as u64);
        let mut settings = Vec::new();
        for (key, (_, values)) in self.sweep.over.iter().rev() {
            settings.push((key.clone(), values[rest % values.len()].clone()));
            rest /= values.len();
        }
        settings.reverse();
        if self.repeats() > 1 {
            let swept = settings.iter().position(|(key, _)| key == "run.seed");
            let first = swept.and_then(|at| settings[at].1.parse::<u64>().ok());
            let seed = first.unwrap_or(self.seed).wrapping_add(repeat);
            match swept {
                Some(at) => settings[at].1 = seed.to_string(),
                None => settings.push(("run.seed".into(), seed.to_string())),
            }
        }
        settings
    }

    /// The axes along which the runs lie.
    pub(crate) fn axes(&self) -> Vec<ArrayAxis> {
        let keys = self
            .sweep
            .over
            .iter()
            .map(|(key, (_, values))| axis(key, values));
        let mut axes: Vec<ArrayAxis> = keys.collect();
        if self.repeats() > 1 {
            let seeds = (0..self.repeats()).map(|repeat| repeat as f64).collect();
            axes.push(ArrayAxis {
                kind: AxisKind::Repeat,
                ..ArrayAxis::within("repeat", Dimension::DIMENSIONLESS, seeds)
            });
        }
        axes
    }
}

/// The axis of a key: its values as quantities, or as names where they are none.
fn axis(key: &str, values: &[String]) -> ArrayAxis {
    let quantities: Option<Vec<Quantity>> = values
        .iter()
        .map(|value| Quantity::parse(value.trim()).ok())
        .collect();
    let quantities = quantities.filter(|quantities| {
        let dimension = quantities[0].dimension;
        quantities
            .iter()
            .all(|quantity| quantity.dimension == dimension)
    });
    let (dimension, coordinates, labels) = match quantities {
        Some(quantities) => (
            quantities[0].dimension,
            quantities.iter().map(|quantity| quantity.value).collect(),
            Vec::new(),
        ),
        None => (
            Dimension::DIMENSIONLESS,
            (0..values.len()).map(|at| at as f64).collect(),
            values.to_vec(),
        ),
    };
    ArrayAxis {
        name: key.to_owned(),
        kind: AxisKind::Sweep,
        dimension,
        coordinates,
        labels,
    }
}
