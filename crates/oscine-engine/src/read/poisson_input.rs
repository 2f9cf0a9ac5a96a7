//! Poisson input straight into a variable: `kind = "poisson-input"`.

use oscine_equations::graph::Binary;
use oscine_equations::{Dimension, Expression, resolve_as};
use oscine_network::{Experiment, StimulusKind, Text};

use crate::error::{BuildError, equation_error};
use crate::read::cells::CellDraft;
use crate::read::groups::{GroupDraft, find_group, index_within, slice_range};

/// Poisson input to a variable of a population.
#[derive(Clone)]
pub(crate) struct PoissonInput {
    pub owner: String,
    pub group: usize,
    pub variable: String,
    first: usize,
    end: usize,
    inputs: usize,
    rate: Text,
    weight: Text,
    from: f64,
    until: Option<f64>,
}

impl PoissonInput {
    /// What is added to the variable in a step: `poisson(inputs rate dt) weight`.
    pub fn expression(&self, draft: &mut CellDraft, dt: f64) -> Result<Expression, BuildError> {
        let dimension = draft
            .dimension(&self.variable)
            .unwrap_or(Dimension::DIMENSIONLESS);
        let scope = draft.model.scope.clone();
        let graph = &mut draft.graph;
        let rate = resolve_as(
            graph,
            &scope,
            &self.rate.value,
            Dimension::HERTZ,
            "the rate",
        )
        .map_err(|error| equation_error(&self.rate, &format!("{} rate", self.owner), error))?;
        let weight = resolve_as(graph, &scope, &self.weight.value, dimension, "the weight")
            .map_err(|error| {
                equation_error(&self.weight, &format!("{} weight", self.owner), error)
            })?;
        let factor = graph.constant(self.inputs as f64 * dt);
        let mut mean = graph.multiply(rate, factor);
        if self.from > 0.0 || self.until.is_some() {
            let (time, zero) = (graph.named("t"), graph.constant(0.0));
            let from = graph.constant(self.from - 1e-9 * dt);
            let begun = graph.binary(Binary::LessOrEqual, from, time);
            let until = graph.constant(self.until.unwrap_or(f64::INFINITY) - 1e-9 * dt);
            let lasts = graph.binary(Binary::Less, time, until);
            let now = graph.binary(Binary::And, begun, lasts);
            mean = graph.select(now, mean, zero);
        }
        let draw = graph.uniform_draw();
        let draw = graph.symbol(draw);
        let events = graph.binary(Binary::PoissonQuantile, mean, draw);
        let added = graph.multiply(events, weight);
        if self.first == 0 && self.end == draft.count {
            return Ok(added);
        }
        let zero = graph.constant(0.0);
        let inside = index_within(graph, self.first..self.end);
        Ok(graph.select(inside, added, zero))
    }
}

/// Every Poisson input of an experiment.
pub(crate) fn poisson_inputs(
    experiment: &Experiment,
    groups: &mut [GroupDraft],
) -> Result<Vec<PoissonInput>, BuildError> {
    let mut inputs = Vec::new();
    for (name, stimulus) in &experiment.stimuli {
        let StimulusKind::PoissonInput {
            to,
            variable,
            inputs: count,
            rate,
            weight,
        } = &stimulus.kind
        else {
            continue;
        };
        let owner = format!("[stimulus.{name}]");
        let group = find_group(groups, to, &owner)?;
        let GroupDraft::Cells(cells) = &mut groups[group] else {
            return Err(BuildError::description(
                owner,
                format!("`{}` has no variables", to.name),
            ));
        };
        let known = cells.is_state(variable)
            || cells
                .model
                .parameters
                .iter()
                .any(|parameter| parameter.name == *variable);
        if !known {
            return Err(BuildError::description(
                owner,
                format!(
                    "[neurons.{}] has no variable `{variable}` to add to",
                    to.name
                ),
            )
            .at(to.place.clone()));
        }
        cells.written.insert(variable.clone());
        let range = slice_range(to, cells.count);
        inputs.push(PoissonInput {
            owner,
            group,
            variable: variable.clone(),
            first: range.start,
            end: range.end,
            inputs: *count,
            rate: rate.clone(),
            weight: weight.clone(),
            from: stimulus.from,
            until: stimulus.until,
        });
    }
    Ok(inputs)
}
