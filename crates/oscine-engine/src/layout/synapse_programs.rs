//! What synapses compute besides the arrival of spikes: first values, delays, sums, clock-driven equations, samples.

use std::collections::HashMap;

use oscine_equations::graph::SymbolKind;
use oscine_equations::integrator::{Integrator, System, Variable};
use oscine_equations::{Binding, Dimension, Expression, Scope, Symbol, WriteKind, integrator};

use crate::error::BuildError;
use crate::layout::batch::Batch;
use crate::layout::meanings::Meanings;
use crate::layout::synapse_plan::{
    Bounded, DelayPlan, Fill, SumPlan, SynapseField, SynapseSample, delay_steps,
};
use crate::layout::synapses::{Advanced, LAST_UPDATE, SynapseLayout};
use crate::read::ends::split_side;
use crate::read::parameters::Kept;
use crate::read::projection::DelayDraft;
use crate::read::protocol;

impl SynapseLayout<'_, '_> {
    /// Columns for what differs between synapses or changes; constants become numbers of the programs.
    pub(crate) fn variables(&mut self) -> Result<Vec<Fill>, BuildError> {
        let mut first_values: Vec<(String, Expression)> = Vec::new();
        for parameter in self.draft.parameters.clone() {
            let value = self.of_file(parameter.value);
            let draft = &mut *self.draft;
            let writes = draft.on_pre.iter().chain(&draft.on_post);
            let writes = writes.map(|write| write.name.as_str());
            match parameter.kept(&draft.graph, value, writes, &draft.initials) {
                Kept::Number => {
                    let symbol = draft.graph.name(&parameter.name);
                    draft.replaced.insert(symbol, value);
                }
                Kept::Column { written, starts } => {
                    self.add_column(&parameter.name, parameter.dimension, written);
                    if !starts {
                        first_values.push((parameter.name, value));
                    }
                }
            }
        }
        let states: Vec<(String, Dimension)> = self
            .draft
            .model
            .states
            .iter()
            .map(|state| (state.name.clone(), state.dimension))
            .collect();
        for (name, dimension) in states {
            self.add_column(&name, dimension, true);
        }
        if self
            .draft
            .model
            .states
            .iter()
            .any(|state| state.event_driven)
        {
            self.add_column(LAST_UPDATE, Dimension::SECOND, true);
        }
        first_values.extend(self.draft.initials.clone());
        let mut fills = Vec::new();
        for (name, value) in first_values {
            let Some(column) = self.column(&name) else {
                continue;
            };
            let (lower, upper) = self
                .draft
                .bounds
                .get(&name)
                .copied()
                .unwrap_or((None, None));
            fills.push(Fill {
                column,
                values: self.bounded(value, lower, upper)?,
            });
        }
        Ok(fills)
    }

    /// What holds before the run: an expression with the values of the file, whatever phases set.
    fn of_file(&mut self, expression: Expression) -> Expression {
        let expression = self.replace(&[expression])[0];
        protocol::of_file(&mut self.draft.graph, expression)
    }

    fn bounded(
        &mut self,
        value: Expression,
        lower: Option<Expression>,
        upper: Option<Expression>,
    ) -> Result<Bounded, BuildError> {
        let writes: Vec<(SynapseField, WriteKind, Expression)> = [Some(value), lower, upper]
            .into_iter()
            .flatten()
            .map(|expression| {
                (
                    SynapseField::Source,
                    WriteKind::Set,
                    self.of_file(expression),
                )
            })
            .collect();
        let batch = self.lower(&writes)?;
        Ok(Bounded {
            batch,
            lower: lower.is_some(),
            upper: upper.is_some(),
        })
    }

    pub(crate) fn delay(&mut self, delay: DelayDraft) -> Result<DelayPlan, BuildError> {
        let value = self.of_file(delay.value);
        let Some(seconds) = self.draft.graph.constant_value(value) else {
            let bounded = self.bounded(value, delay.lower, delay.upper)?;
            return Ok(DelayPlan::Each(Box::new(bounded)));
        };
        let owner = format!("{} delay", self.owner());
        delay_steps(seconds, self.setting.dt, &owner).map(DelayPlan::Same)
    }

    pub(crate) fn condition(&mut self) -> Result<Option<Batch<SynapseField>>, BuildError> {
        let Some((holds, probability)) = self.draft.condition else {
            return Ok(None);
        };
        let probability = probability.unwrap_or_else(|| self.draft.graph.constant(1.0));
        let mut set = |expression| {
            (
                SynapseField::Source,
                WriteKind::Set,
                self.of_file(expression),
            )
        };
        let writes = [set(holds), set(probability)];
        self.lower(&writes).map(Some)
    }

    pub(crate) fn sums(&mut self) -> Result<Vec<SumPlan>, BuildError> {
        let sums: Vec<(String, Expression)> = self
            .draft
            .model
            .subexpressions
            .iter()
            .filter(|known| known.summed)
            .map(|known| (known.name.clone(), known.expression))
            .collect();
        sums.into_iter()
            .map(|(name, expression)| {
                let target = self.target_column(split_side(&name).0)?;
                let batch =
                    self.lower(&[(SynapseField::Post(target), WriteKind::Add, expression)])?;
                Ok(SumPlan { batch, target })
            })
            .collect()
    }

    /// Clock-driven equations of the synapses.
    pub(crate) fn integrate(&mut self) -> Result<Option<Batch<SynapseField>>, BuildError> {
        let states: Vec<_> = self
            .draft
            .model
            .states
            .iter()
            .filter(|state| !state.event_driven)
            .cloned()
            .collect();
        if states.is_empty() {
            return Ok(None);
        }
        let mut variables = Vec::new();
        for state in states {
            let drift = self.replace(&[state.drift])[0];
            let mut diffusion = Vec::new();
            for (noise, coefficient) in state.diffusion {
                diffusion.push((noise, self.replace(&[coefficient])[0]));
            }
            variables.push(Variable {
                name: state.name,
                symbol: state.symbol,
                drift,
                diffusion,
                unless_refractory: false,
            });
        }
        // Columns that nobody writes are constants; the cells' variables are not.
        let drifts: Vec<Expression> = variables.iter().map(|variable| variable.drift).collect();
        let changing = self
            .draft
            .graph
            .symbols_of(&drifts)
            .into_iter()
            .filter(|symbol| match self.draft.graph.symbol_kind(*symbol) {
                SymbolKind::Named(name) => !self
                    .columns
                    .iter()
                    .any(|column| column.name == *name && !column.changes),
                _ => true,
            })
            .collect();
        let system = System {
            variables,
            active: None,
            changing,
        };
        let graph = &mut self.draft.graph;
        let mut method = self
            .draft
            .integrator
            .unwrap_or_else(|| integrator::choose(graph, &system));
        if method == Integrator::Exact {
            method = Integrator::ExponentialEuler;
        }
        let step =
            integrator::step(graph, &system, method).map_err(|error| BuildError::Integrator {
                owner: self.owner(),
                error,
            })?;
        let writes: Vec<(SynapseField, WriteKind, Expression)> = system
            .variables
            .iter()
            .zip(step.new)
            .map(|(variable, new)| (self.own(&variable.name), WriteKind::Set, new))
            .collect();
        self.lower(&writes).map(Some)
    }

    /// What the synapse's own names stand for, event-driven variables as they are at the moment of asking.
    pub(crate) fn meanings(&mut self, advanced: &Advanced) -> Meanings {
        let now: HashMap<Symbol, Expression> = advanced
            .iter()
            .map(|(symbol, _, moved)| (*symbol, *moved))
            .collect();
        let draft = &mut *self.draft;
        let mut named = Vec::new();
        for known in &draft.model.subexpressions {
            named.push((known.name.clone(), known.dimension, known.expression));
        }
        for state in &draft.model.states {
            let value = draft.graph.symbol(state.symbol);
            named.push((state.name.clone(), state.dimension, value));
        }
        for parameter in &draft.parameters {
            let value = draft.graph.named(&parameter.name);
            named.push((parameter.name.clone(), parameter.dimension, value));
        }
        for parameter in &draft.phased {
            let value = draft.graph.named(&parameter.name);
            named.push((parameter.name.clone(), parameter.dimension, value));
        }
        for name in draft.model.scope.names() {
            if let (None, Some(Binding::Constant(quantity))) =
                (Scope::reserved(name), draft.model.scope.get(name))
            {
                let value = draft.graph.constant(quantity.value);
                named.push((name.to_owned(), quantity.dimension, value));
            }
        }
        let expressions: Vec<Expression> = named.iter().map(|(.., value)| *value).collect();
        let expressions = self.draft.graph.substitute(&expressions, &now);
        let expressions = self.replace(&expressions);
        for ((.., value), replaced) in named.iter_mut().zip(expressions) {
            *value = replaced;
        }
        Meanings::new(&self.draft.graph, named)
    }

    pub(crate) fn samples(
        &mut self,
        samples: &[(usize, Vec<String>)],
        advanced: &Advanced,
    ) -> Result<HashMap<usize, SynapseSample>, BuildError> {
        let now: HashMap<Symbol, Expression> = advanced
            .iter()
            .map(|(symbol, _, moved)| (*symbol, *moved))
            .collect();
        let mut found = HashMap::new();
        for (record, names) in samples {
            let mut writes = Vec::new();
            for name in names {
                let model = &self.draft.model;
                let expression = match model
                    .subexpressions
                    .iter()
                    .find(|known| known.name == *name)
                {
                    Some(known) => known.expression,
                    None if model.scope.get(name).is_some() => self.draft.graph.named(name),
                    None => {
                        return Err(BuildError::description(
                            format!("[record] of {}", self.draft.name),
                            format!("{} has no variable `{name}`", self.owner()),
                        ));
                    }
                };
                let expression = self.draft.graph.substitute(&[expression], &now)[0];
                writes.push((SynapseField::Source, WriteKind::Set, expression));
            }
            let batch = self.lower(&writes)?;
            if batch
                .inputs
                .iter()
                .any(|field| matches!(field, SynapseField::Pre(_)))
            {
                return Err(BuildError::description(
                    format!("[record] of {}", self.draft.name),
                    "a variable of the source is not recorded through its synapses: record it of the source",
                ));
            }
            found.insert(*record, SynapseSample { batch });
        }
        Ok(found)
    }
}
