//! The subjects of measures, checked before anything runs.

use oscine_network::Experiment;

use super::Wrong;

/// The subject of a measure: what it is taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Recorded spikes.
    Spikes,
    /// Recorded variables.
    Traces,
    /// Either of them.
    Either,
    /// A population's equations.
    Model,
    /// The training of layers, of which there is one.
    Training,
}

impl Of {
    /// Whether an experiment has it under this name.
    pub(super) fn check(
        self,
        what: &str,
        name: &str,
        experiment: &Experiment,
    ) -> Result<(), Wrong> {
        let head = name.split(['.', '[']).next().unwrap_or(name).trim();
        let record = experiment.records.iter().find(|(known, _)| known == head);
        let record = record.map(|(_, record)| record);
        let spikes_of = |population: &str| {
            let records = experiment.records.iter();
            let mut spikes = records.filter(|(_, record)| record.spikes);
            spikes.any(|(_, record)| record.of.iter().any(|slice| slice.name == population))
        };
        let reason = match (self, record) {
            (Self::Training, _) if experiment.training.is_none() => {
                format!("`{what}` is of a training, and there is none")
            }
            (Self::Training, _) if name.is_empty() => return Ok(()),
            (Self::Training, _) => format!("`{what}` is of the training, and takes no `of`"),
            (Self::Model, _) if experiment.neurons.iter().any(|(known, _)| known == head) => {
                return Ok(());
            }
            (Self::Model, _) => {
                format!("`{what}` is of a population's equations, and `{head}` is no population")
            }
            (Self::Spikes, Some(record)) if !record.spikes => {
                format!("`{what}` is of spikes, and `{head}` records variables")
            }
            (Self::Traces, Some(record)) if record.variables.is_empty() => {
                format!("`{what}` is of recorded variables, and `{head}` records spikes")
            }
            (Self::Traces, None) => {
                format!("`{what}` is of recorded variables, and `{head}` is no record")
            }
            (_, None) if !spikes_of(head) => format!("the spikes of `{head}` are not recorded"),
            _ => return Ok(()),
        };
        Err(Wrong::with_measure(reason).help(self.advice(experiment)))
    }

    /// Advice: what there is to be measured.
    fn advice(self, experiment: &Experiment) -> String {
        let records = experiment.records.iter();
        let names: Vec<&str> = match self {
            Self::Training => Vec::new(),
            Self::Model => experiment
                .neurons
                .iter()
                .map(|(name, _)| name.as_str())
                .collect(),
            Self::Spikes => records
                .filter(|(_, record)| record.spikes)
                .map(|(name, _)| name.as_str())
                .collect(),
            Self::Traces => records
                .filter(|(_, record)| !record.variables.is_empty())
                .map(|(name, _)| name.as_str())
                .collect(),
            Self::Either => records.map(|(name, _)| name.as_str()).collect(),
        };
        match (self, names.is_empty()) {
            (_, false) => format!("there is {}", names.join(", ")),
            (Self::Traces, true) => "add a record with `variables = [\"v\"]`".into(),
            (Self::Training, true) => "`[layers]`, `[task]` and `[training]` make one".into(),
            (Self::Model, true) => "add a population".into(),
            (_, true) => "add a record with `spikes = true`".into(),
        }
    }
}
