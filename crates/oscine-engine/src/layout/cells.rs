//! Lays a population out: its columns, and the programs of its step.

use std::collections::HashMap;

use oscine_equations::graph::{Binary, Unary};
use oscine_equations::program::Output;
use oscine_equations::{Dimension, Expression, Scope, Symbol, WriteKind};

use crate::error::BuildError;
use crate::layout::batch::Batch;
use crate::layout::cell_plan::{CellPlan, Column, Ready, Sample};
use crate::layout::meanings::Meanings;
use crate::layout::runnable::{Owner, RunSetting, Runnable};
use crate::read::cells::{CellDraft, READY_AT, Refractoriness, value_of};
use crate::read::names::gathered_name;
use crate::read::parameters::Kept;
use crate::read::poisson_input::PoissonInput;
use crate::read::protocol;

/// Steps that no run has: a condition decides when the cell is ready.
const UNTIL_A_CONDITION: u64 = 1 << 62;

/// Lays out a population and lowers its programs.
pub(crate) fn plan(
    draft: &mut CellDraft,
    setting: &RunSetting<'_>,
    poisson_inputs: &[PoissonInput],
    samples: &[(usize, Vec<String>)],
) -> Result<CellPlan, BuildError> {
    let mut layout = CellLayout::new(draft, setting);
    layout.parameters()?;
    layout.states();
    layout.initial_values()?;
    let new = layout.integrate()?;
    layout.update(&new)?;
    layout.refractory()?;
    layout.receive(poisson_inputs)?;
    layout.reset()?;
    layout.samples(samples)?;
    Ok(layout.finish())
}

/// A population while it is laid out.
pub(crate) struct CellLayout<'a, 'b> {
    pub draft: &'a mut CellDraft,
    pub setting: &'a RunSetting<'b>,
    pub plan: CellPlan,
    parameter_fills: Vec<(String, Expression)>,
}

impl<'a, 'b> CellLayout<'a, 'b> {
    fn new(draft: &'a mut CellDraft, setting: &'a RunSetting<'b>) -> Self {
        let plan = CellPlan {
            name: draft.name.clone(),
            count: draft.count,
            model_name: draft.model_name.clone(),
            integrator: None,
            columns: Vec::new(),
            states: Vec::new(),
            fills: Vec::new(),
            propagators: Vec::new(),
            rosenbrock: None,
            update: None,
            ready_at: None,
            ready: Ready::AtOnce,
            last_spike: None,
            index: None,
            gathered: Vec::new(),
            receive: None,
            receives_always: false,
            reset: None,
            samples: HashMap::new(),
            meanings: Meanings::default(),
        };
        Self {
            draft,
            setting,
            plan,
            parameter_fills: Vec::new(),
        }
    }

    pub(crate) fn add_column(&mut self, name: &str, dimension: Dimension, changes: bool) -> u16 {
        if let Some(known) = self.plan.column(name) {
            return known;
        }
        let name = name.to_owned();
        self.plan.columns.push(Column {
            name,
            dimension,
            changes,
        });
        (self.plan.columns.len() - 1) as u16
    }

    /// Columns that appear when a text names them.
    pub(crate) fn columns_named_in(&mut self, expressions: &[Expression]) {
        for (name, dimension) in [
            ("i", Dimension::DIMENSIONLESS),
            ("lastspike", Dimension::SECOND),
        ] {
            let named = self.draft.graph.find(name).is_some_and(|symbol| {
                expressions
                    .iter()
                    .any(|expression| self.draft.graph.depends_on(*expression, symbol))
            });
            if named {
                let column = self.add_column(name, dimension, name == "lastspike");
                match name {
                    "i" => self.plan.index = Some(column),
                    _ => self.plan.last_spike = Some(column),
                }
            }
        }
    }

    pub(crate) fn lower(&mut self, outputs: &[(u16, Expression)]) -> Result<Runnable, BuildError> {
        self.lower_listing(outputs, None)
    }

    /// A program that also lists the cells in which `listed` is true.
    fn lower_listing(
        &mut self,
        outputs: &[(u16, Expression)],
        listed: Option<Expression>,
    ) -> Result<Runnable, BuildError> {
        let expressions: Vec<Expression> = outputs
            .iter()
            .map(|output| output.1)
            .chain(listed)
            .collect();
        let expressions = self.draft.replace(&expressions);
        self.columns_named_in(&expressions);
        let outputs: Vec<Output> = outputs
            .iter()
            .zip(&expressions)
            .map(|((column, _), expression)| Output {
                expression: *expression,
                column: *column,
            })
            .collect();
        let plan = &self.plan;
        Runnable::lower(
            &mut self.draft.graph,
            &outputs,
            expressions.get(outputs.len()).copied(),
            &|name| plan.column(name),
            self.setting,
            Owner::of_all(&self.draft.name),
        )
    }

    fn lower_batch(
        &mut self,
        writes: &[(u16, WriteKind, Expression)],
    ) -> Result<Batch<u16>, BuildError> {
        let expressions: Vec<Expression> = writes.iter().map(|write| write.2).collect();
        let expressions = self.draft.replace(&expressions);
        self.columns_named_in(&expressions);
        let writes: Vec<_> = writes
            .iter()
            .zip(&expressions)
            .map(|((column, kind, _), expression)| (*column, *kind, *expression))
            .collect();
        let plan = &self.plan;
        let field = |name: &str| plan.column(name);
        Batch::lower(
            &mut self.draft.graph,
            &writes,
            &field,
            self.setting,
            Owner::of_all(&self.draft.name),
        )
    }

    /// A parameter that is one constant for all cells, and that nobody writes, becomes a number in the programs; each other gets a column.
    fn parameters(&mut self) -> Result<(), BuildError> {
        let resets = self.draft.reset.iter().map(|write| &write.name);
        let writes: Vec<String> = self.draft.written.iter().chain(resets).cloned().collect();
        let writes = || writes.iter().map(String::as_str);
        protocol::refuse_writes(&self.draft.name, &self.draft.phased, writes())?;
        for parameter in std::mem::take(&mut self.draft.parameters) {
            let value = self.draft.replace(&[parameter.value])[0];
            let value = protocol::of_file(&mut self.draft.graph, value);
            let draft = &mut *self.draft;
            match parameter.kept(&draft.graph, value, writes(), &draft.initials) {
                Kept::Number => {
                    let symbol = draft.graph.name(&parameter.name);
                    draft.replaced.insert(symbol, value);
                }
                Kept::Column { written, .. } => {
                    self.add_column(&parameter.name, parameter.dimension, written);
                    self.parameter_fills.push((parameter.name.clone(), value));
                }
            }
        }
        Ok(())
    }

    fn states(&mut self) {
        let states: Vec<(String, Dimension)> = self
            .draft
            .model
            .states
            .iter()
            .map(|state| (state.name.clone(), state.dimension))
            .chain(
                self.draft
                    .noises
                    .iter()
                    .map(|noise| (noise.name.clone(), noise.dimension)),
            )
            .collect();
        for (name, dimension) in states {
            let column = self.add_column(&name, dimension, true);
            self.plan.states.push(column);
        }
        if !matches!(self.draft.refractory, Refractoriness::Never) {
            self.plan.ready_at = Some(self.add_column(READY_AT, Dimension::DIMENSIONLESS, true));
        }
    }

    fn initial_values(&mut self) -> Result<(), BuildError> {
        let noises: Vec<(String, Expression)> = self
            .draft
            .noises
            .iter()
            .map(|noise| (noise.name.clone(), noise.initial))
            .collect();
        let fills: Vec<(String, Expression)> = std::mem::take(&mut self.parameter_fills)
            .into_iter()
            .chain(self.draft.initials.clone())
            .chain(noises)
            .collect();
        for (name, value) in fills {
            let column = self.plan.column(&name).ok_or_else(|| {
                BuildError::description(
                    format!("[neurons.{}] initial.{name}", self.draft.name),
                    format!("`{name}` is given by the experiment and cannot start anywhere"),
                )
            })?;
            let value = self.draft.replace(&[value])[0];
            let value = protocol::of_file(&mut self.draft.graph, value);
            let fill = self.lower(&[(column, value)])?;
            self.plan.fills.push(fill);
        }
        Ok(())
    }

    /// The program of a step: new states, new noise, and who fires.
    fn update(&mut self, new: &[Expression]) -> Result<(), BuildError> {
        let mut moved: HashMap<Symbol, Expression> = HashMap::new();
        let mut outputs: Vec<(u16, Expression)> = Vec::new();
        let states: Vec<(Symbol, String)> = self
            .draft
            .model
            .states
            .iter()
            .map(|state| (state.symbol, state.name.clone()))
            .collect();
        for ((symbol, name), new) in states.into_iter().zip(new) {
            moved.insert(symbol, *new);
            let column = self.plan.column(&name).expect("every state has a column");
            outputs.push((column, *new));
        }
        let noises: Vec<(String, Expression)> = self
            .draft
            .noises
            .iter()
            .map(|noise| (noise.name.clone(), noise.new))
            .collect();
        for (name, new) in noises {
            moved.insert(self.draft.graph.name(&name), new);
            outputs.push((
                self.plan.column(&name).expect("every noise has a column"),
                new,
            ));
        }
        let mut fires_where = None;
        if let Some(threshold) = self.draft.threshold {
            let threshold = self.draft.replace(&[threshold])[0];
            let graph = &mut self.draft.graph;
            let mut fires = graph.substitute(&[threshold], &moved)[0];
            // Whether a cell is refractory is asked before the step, as in Brian2.
            if let Some(active) = self.draft.active() {
                fires = self.draft.graph.binary(Binary::And, fires, active);
            }
            fires_where = Some(fires);
        }
        if let (Refractoriness::While(_), Some(column)) =
            (self.draft.refractory, self.plan.ready_at)
            && let Some(active) = self.draft.active()
        {
            let graph = &mut self.draft.graph;
            let (ready, now) = (graph.named(READY_AT), graph.constant(0.0));
            outputs.push((column, graph.select(active, now, ready)));
        }
        if !outputs.is_empty() || fires_where.is_some() {
            self.plan.update = Some(self.lower_listing(&outputs, fires_where)?);
        }
        Ok(())
    }

    fn refractory(&mut self) -> Result<(), BuildError> {
        let (duration, ready_at) = match (self.draft.refractory, self.plan.ready_at) {
            (Refractoriness::For(duration), Some(ready_at)) => (duration, ready_at),
            (Refractoriness::While(_), _) => {
                self.plan.ready = Ready::After(UNTIL_A_CONDITION);
                return Ok(());
            }
            _ => return Ok(()),
        };
        let duration = self.draft.replace(&[duration])[0];
        let graph = &mut self.draft.graph;
        if let Some(seconds) = graph.constant_value(duration) {
            self.plan.ready = Ready::After((seconds / self.setting.dt).round() as u64);
            return Ok(());
        }
        let (step, half) = (graph.constant(self.setting.dt), graph.constant(0.5));
        let steps = graph.divide(duration, step);
        let steps = graph.add(steps, half);
        let steps = graph.unary(Unary::Floor, steps);
        let now = graph.named("t_in_timesteps");
        let ready = graph.add(now, steps);
        let batch = self.lower_batch(&[(ready_at, WriteKind::Set, ready)])?;
        self.plan.ready = Ready::Computed(Box::new(batch));
        Ok(())
    }

    /// What synapses gathered for variables that refuse input while refractory, and Poisson input.
    fn receive(&mut self, poisson_inputs: &[PoissonInput]) -> Result<(), BuildError> {
        let mut outputs: Vec<(u16, Expression)> = Vec::new();
        let variables: Vec<String> = self.draft.written.iter().cloned().collect();
        for variable in variables {
            let refuses = self.draft.refuses_input(&variable);
            let Some(column) = self.plan.column(&variable) else {
                continue;
            };
            let inputs: Vec<&PoissonInput> = poisson_inputs
                .iter()
                .filter(|input| input.variable == variable)
                .collect();
            if !refuses && inputs.is_empty() {
                continue;
            }
            let old = self.draft.graph.named(&variable);
            let mut new = old;
            if refuses {
                let name = gathered_name(&variable);
                let dimension = self.plan.columns[usize::from(column)].dimension;
                let gathered = self.add_column(&name, dimension, false);
                self.plan.gathered.push((column, gathered));
                let graph = &mut self.draft.graph;
                let sum = graph.named(&name);
                new = graph.add(new, sum);
                let zero = graph.constant(0.0);
                outputs.push((gathered, zero));
            }
            for input in inputs {
                self.plan.receives_always = true;
                let added = input.expression(self.draft, self.setting.dt)?;
                new = self.draft.graph.add(new, added);
            }
            if refuses && let Some(active) = self.draft.listens() {
                new = self.draft.graph.select(active, new, old);
            }
            outputs.push((column, new));
        }
        if !outputs.is_empty() {
            self.plan.receive = Some(self.lower(&outputs)?);
        }
        Ok(())
    }

    fn reset(&mut self) -> Result<(), BuildError> {
        let writes: Vec<(u16, WriteKind, Expression)> = self
            .draft
            .reset
            .clone()
            .into_iter()
            .map(|write| {
                let column = self
                    .plan
                    .column(&write.name)
                    .expect("what is written has a column");
                (column, write.kind, write.expression)
            })
            .collect();
        if !writes.is_empty() && self.draft.threshold.is_some() {
            self.plan.reset = Some(self.lower_batch(&writes)?);
        }
        Ok(())
    }

    fn samples(&mut self, samples: &[(usize, Vec<String>)]) -> Result<(), BuildError> {
        for (record, variables) in samples {
            let mut columns = Vec::new();
            let mut outputs: Vec<(u16, Expression)> = Vec::new();
            for variable in variables {
                if let Some(column) = self.plan.column(variable) {
                    columns.push((variable.clone(), column));
                    continue;
                }
                let expression = self.value_of(variable)?;
                let dimension = self
                    .draft
                    .dimension(variable)
                    .unwrap_or(Dimension::DIMENSIONLESS);
                let column = self.add_column(&format!("sample of {variable}"), dimension, false);
                columns.push((variable.clone(), column));
                outputs.push((column, expression));
            }
            let program = match outputs.is_empty() {
                true => None,
                false => Some(self.lower(&outputs)?),
            };
            self.plan
                .samples
                .insert(*record, Sample { program, columns });
        }
        Ok(())
    }

    fn value_of(&mut self, variable: &str) -> Result<Expression, BuildError> {
        value_of(self.draft, variable).ok_or_else(|| {
            BuildError::description(
                format!("[record] of {}", self.draft.name),
                format!("[neurons.{}] has no variable `{variable}`", self.draft.name),
            )
        })
    }

    /// What the population's names stand for.
    fn meanings(&mut self) -> Meanings {
        let unknown = Scope::new();
        let names: Vec<String> = self
            .draft
            .model
            .scope
            .names()
            .filter(|name| unknown.get(name).is_none())
            .map(str::to_owned)
            .collect();
        let mut named = Vec::new();
        for name in names {
            if let Some(expression) = value_of(self.draft, &name)
                && let Some(dimension) = self.draft.dimension(&name)
            {
                named.push((name, dimension, expression));
            }
        }
        let expressions: Vec<Expression> = named.iter().map(|(.., value)| *value).collect();
        let expressions = self.draft.replace(&expressions);
        for ((.., value), replaced) in named.iter_mut().zip(expressions) {
            *value = replaced;
        }
        Meanings::new(&self.draft.graph, named)
    }

    fn finish(mut self) -> CellPlan {
        self.plan.meanings = self.meanings();
        self.plan
    }
}
