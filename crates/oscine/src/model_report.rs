//! From measures of a model to a page.

use oscine_experiment::Measured;
use oscine_network::Experiment;
use oscine_report::Report;

use crate::measured_figures;

/// The report of measures of a model that was not run.
#[must_use]
pub fn report_of_models(experiment: &Experiment, measured: &Measured) -> Report {
    Report {
        title: experiment.title.clone(),
        source: (!experiment.source.is_empty()).then(|| experiment.source.clone()),
        failures: measured.failures.clone(),
        notes: measured.notes.clone(),
        figures: measured_figures::figures(experiment, measured),
        numbers: measured_figures::numbers(measured),
        experiment: experiment.to_toml(),
        ..Report::default()
    }
}
