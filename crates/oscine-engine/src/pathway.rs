//! A projection's plan: where its variables lie, and what the arrival of a spike does: one addition, or a program.

use std::collections::HashMap;
use std::ops::Range;

use oscine_equations::graph::{Binary, Node, SymbolKind, Unary};
use oscine_equations::integrator::{self, Integrator, System, Variable};
use oscine_equations::{Dimension, Expression, Symbol, Write, WriteKind, linear_parts};
use oscine_network::Connect;

use crate::batch::Batch;
use crate::cells::{Column, gathered_name};
use crate::environment::Setting;
use crate::error::BuildError;
use crate::plan::{GroupDraft, GroupPlan};
use crate::projection::{DelayDraft, Side, SynapseDraft, split_side};

/// Where a number of a synapse's program is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// A column of the synapses.
    Own(u16),
    /// The index of the source.
    Source,
    /// The index of the target.
    Target,
    /// A column of the target population.
    Post(u16),
    /// A column of the source population.
    Pre(u16),
}

/// What a spike does to each synapse that it comes to.
#[derive(Clone, Debug)]
pub(crate) enum Pathway {
    /// Adds to variables of the target.
    Additions(Vec<Addition>),
    /// Runs a program; `in_turn`: one synapse after the other, since it reads what it writes of the target.
    Program {
        batch: Box<Batch<Field>>,
        in_turn: bool,
    },
}

/// One addition to a column of the target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addition {
    pub target: u16,
    pub weight: Weight,
}

/// What is added.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Weight {
    Same(f64),
    /// A column of the synapses.
    Own(u16),
}

/// A first value, drawn again while it lies outside of its bounds: outputs are the value, then the bounds that there are.
#[derive(Clone, Debug)]
pub(crate) struct Fill {
    pub column: u16,
    pub values: Bounded,
}

/// A value with bounds.
#[derive(Clone, Debug)]
pub(crate) struct Bounded {
    pub batch: Batch<Field>,
    pub lower: bool,
    pub upper: bool,
}

/// Delays.
#[derive(Clone, Debug)]
pub(crate) enum DelayPlan {
    /// Steps, the same for all synapses.
    Same(u64),
    /// Seconds, for each synapse.
    Each(Box<Bounded>),
}

/// A sum over the synapses of each target.
#[derive(Clone, Debug)]
pub(crate) struct SumPlan {
    pub batch: Batch<Field>,
    pub target: u16,
}

/// What a record samples of the synapses.
#[derive(Clone, Debug)]
pub(crate) struct SynapseSample {
    pub batch: Batch<Field>,
}

/// A projection, ready to be built.
pub(crate) struct ProjectionPlan {
    pub name: String,
    pub from: usize,
    pub to: usize,
    pub from_range: Range<usize>,
    pub to_range: Range<usize>,
    pub connect: Connect,
    pub condition: Option<Batch<Field>>,
    pub columns: Vec<Column>,
    pub fills: Vec<Fill>,
    pub delay: DelayPlan,
    pub post_delay: u64,
    pub on_pre: Option<Pathway>,
    pub on_post: Option<Pathway>,
    pub sums: Vec<SumPlan>,
    pub integrate: Option<Batch<Field>>,
    /// Columns of the source that sums and clock-driven equations read at the start of a step.
    pub reads_at_start: Vec<u16>,
    /// Columns of the source that pathways read when spikes are delivered.
    pub reads_at_delivery: Vec<u16>,
    pub samples: HashMap<usize, SynapseSample>,
}

impl ProjectionPlan {
    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<u16> {
        self.columns
            .iter()
            .position(|column| column.name == name)
            .map(|place| place as u16)
    }
}

/// The column that holds when a synapse's event-driven variables were last brought up to date, in s.
const LAST_UPDATE: &str = "last update";

/// Lays out a projection and lowers its programs.
pub(crate) fn plan(
    draft: &mut SynapseDraft,
    setting: &Setting<'_>,
    groups: &mut [GroupDraft],
    planned: &[GroupPlan],
    samples: &[(usize, Vec<String>)],
) -> Result<ProjectionPlan, BuildError> {
    let mut layout = Layout {
        draft,
        setting,
        groups,
        planned,
        columns: Vec::new(),
    };
    let fills = layout.variables()?;
    let advanced = layout.advanced()?;
    let on_pre = layout.pathway(&layout.draft.on_pre.clone(), &advanced)?;
    let on_post = layout.pathway(&layout.draft.on_post.clone(), &advanced)?;
    let (sums, integrate) = (layout.sums()?, layout.integrate()?);
    let delay = layout.delay(layout.draft.delay)?;
    let post_delay = match layout.delay(layout.draft.delay_post)? {
        DelayPlan::Same(steps) => steps,
        DelayPlan::Each(_) => {
            return Err(BuildError::description(
                format!("[synapses.{}] delay_post", layout.draft.name),
                "the delay of `on_post` is the same for all synapses in this version",
            ));
        }
    };
    let condition = layout.condition()?;
    let samples = layout.samples(samples, &advanced)?;
    let pre_columns = |batches: &[&Batch<Field>]| {
        let mut columns: Vec<u16> = batches
            .iter()
            .flat_map(|batch| &batch.inputs)
            .filter_map(|field| match field {
                Field::Pre(column) => Some(*column),
                _ => None,
            })
            .collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    };
    let at_start: Vec<&Batch<Field>> = sums
        .iter()
        .map(|sum| &sum.batch)
        .chain(&integrate)
        .collect();
    let at_delivery: Vec<&Batch<Field>> = [&on_pre, &on_post]
        .into_iter()
        .filter_map(|pathway| match pathway {
            Some(Pathway::Program { batch, .. }) => Some(&**batch),
            _ => None,
        })
        .collect();
    Ok(ProjectionPlan {
        reads_at_start: pre_columns(&at_start),
        reads_at_delivery: pre_columns(&at_delivery),
        name: layout.draft.name.clone(),
        from: layout.draft.from,
        to: layout.draft.to,
        from_range: layout.draft.from_range.clone(),
        to_range: layout.draft.to_range.clone(),
        connect: layout.draft.connect.clone(),
        columns: layout.columns,
        condition,
        fills,
        delay,
        post_delay,
        on_pre,
        on_post,
        sums,
        integrate,
        samples,
    })
}

/// Event-driven variables as they are at the moment of an event.
type Advanced = Vec<(Symbol, String, Expression)>;

struct Layout<'a, 'b> {
    draft: &'a mut SynapseDraft,
    setting: &'a Setting<'b>,
    groups: &'a mut [GroupDraft],
    planned: &'a [GroupPlan],
    columns: Vec<Column>,
}

impl Layout<'_, '_> {
    fn owner(&self) -> String {
        format!("[synapses.{}]", self.draft.name)
    }

    fn column(&self, name: &str) -> Option<u16> {
        self.columns
            .iter()
            .position(|column| column.name == name)
            .map(|place| place as u16)
    }

    fn add_column(&mut self, name: &str, dimension: Dimension, changes: bool) -> u16 {
        let name = name.to_owned();
        self.columns.push(Column {
            name,
            dimension,
            changes,
        });
        (self.columns.len() - 1) as u16
    }

    fn replace(&mut self, expressions: &[Expression]) -> Vec<Expression> {
        let planned = self.planned;
        let is_column = |group: usize, name: &str| {
            planned[group]
                .cells()
                .is_some_and(|cells| cells.column(name).is_some())
        };
        self.draft.replace(expressions, self.groups, &is_column)
    }

    fn lower(
        &mut self,
        writes: &[(Field, WriteKind, Expression)],
    ) -> Result<Batch<Field>, BuildError> {
        let expressions: Vec<Expression> = writes.iter().map(|write| write.2).collect();
        let expressions = self.replace(&expressions);
        let writes: Vec<_> = writes
            .iter()
            .zip(expressions)
            .map(|((field, kind, _), expression)| (*field, *kind, expression))
            .collect();
        let (columns, planned) = (&self.columns, self.planned);
        let (from, to) = (self.draft.from, self.draft.to);
        let field = |name: &str| {
            if let Some(place) = columns.iter().position(|column| column.name == name) {
                return Some(Field::Own(place as u16));
            }
            match name {
                "i" => return Some(Field::Source),
                "j" => return Some(Field::Target),
                _ => {}
            }
            let (plain, side) = split_side(name);
            match side {
                Side::Pre => planned[from].cells()?.column(plain).map(Field::Pre),
                Side::Post => planned[to].cells()?.column(plain).map(Field::Post),
            }
        };
        let owner = format!("[synapses.{}]", self.draft.name);
        Batch::lower(&mut self.draft.graph, &writes, &field, self.setting, &owner)
    }

    /// Columns for what differs between synapses or changes; constants become numbers of the programs.
    fn variables(&mut self) -> Result<Vec<Fill>, BuildError> {
        let mut first_values: Vec<(String, Expression)> = Vec::new();
        for parameter in std::mem::take(&mut self.draft.parameters) {
            let value = self.replace(&[parameter.value])[0];
            let draft = &self.draft;
            let written = draft
                .on_pre
                .iter()
                .chain(&draft.on_post)
                .any(|write| write.name == parameter.name);
            let starts = draft
                .initials
                .iter()
                .any(|(name, _)| *name == parameter.name);
            if self.draft.graph.constant_value(value).is_some() && !written && !starts {
                let symbol = self.draft.graph.name(&parameter.name);
                self.draft.replaced.insert(symbol, value);
            } else {
                self.add_column(&parameter.name, parameter.dimension, written);
                if !starts {
                    first_values.push((parameter.name.clone(), value));
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

    fn bounded(
        &mut self,
        value: Expression,
        lower: Option<Expression>,
        upper: Option<Expression>,
    ) -> Result<Bounded, BuildError> {
        let writes: Vec<(Field, WriteKind, Expression)> = [Some(value), lower, upper]
            .into_iter()
            .flatten()
            .map(|expression| (Field::Source, WriteKind::Set, expression))
            .collect();
        let batch = self.lower(&writes)?;
        Ok(Bounded {
            batch,
            lower: lower.is_some(),
            upper: upper.is_some(),
        })
    }

    fn delay(&mut self, delay: DelayDraft) -> Result<DelayPlan, BuildError> {
        let value = self.replace(&[delay.value])[0];
        let Some(seconds) = self.draft.graph.constant_value(value) else {
            let bounded = self.bounded(value, delay.lower, delay.upper)?;
            return Ok(DelayPlan::Each(Box::new(bounded)));
        };
        let owner = format!("{} delay", self.owner());
        delay_steps(seconds, self.setting.dt, &owner).map(DelayPlan::Same)
    }

    fn condition(&mut self) -> Result<Option<Batch<Field>>, BuildError> {
        let Some((holds, probability)) = self.draft.condition else {
            return Ok(None);
        };
        let probability = probability.unwrap_or_else(|| self.draft.graph.constant(1.0));
        let set = |expression| (Field::Source, WriteKind::Set, expression);
        self.lower(&[set(holds), set(probability)]).map(Some)
    }

    /// The exact solution of event-driven equations from their last update to now.
    fn advanced(&mut self) -> Result<Advanced, BuildError> {
        let states: Vec<(Symbol, String, Expression)> = self
            .draft
            .model
            .states
            .iter()
            .filter(|state| state.event_driven)
            .map(|state| (state.symbol, state.name.clone(), state.drift))
            .collect();
        let all: Vec<Symbol> = states.iter().map(|state| state.0).collect();
        let mut advanced = Vec::new();
        for (symbol, name, drift) in states {
            let drift = self.replace(&[drift])[0];
            let graph = &mut self.draft.graph;
            let time = graph.name("t");
            let parts = linear_parts(graph, drift, symbol).filter(|(slope, rest)| {
                graph
                    .symbols_of(&[*slope, *rest])
                    .iter()
                    .all(|used| !all.contains(used) && *used != time)
            });
            let Some((slope, rest)) = parts else {
                return Err(BuildError::description(
                    format!("[synapses.{}] equations", self.draft.name),
                    format!("the event-driven equation of `{name}` is not linear with constant coefficients"),
                )
                .with_help("make it `clock-driven`, which solves any equation at every step"));
            };
            let (now, last) = (graph.symbol(time), graph.named(LAST_UPDATE));
            let elapsed = graph.subtract(now, last);
            let exponent = graph.multiply(slope, elapsed);
            let decay = graph.unary(Unary::Exp, exponent);
            let value = graph.symbol(symbol);
            let mut moved = graph.multiply(value, decay);
            if graph.constant_value(rest) != Some(0.0) {
                let share = graph.unary(Unary::ExpRel, exponent);
                let share = graph.multiply(share, elapsed);
                let gain = graph.multiply(rest, share);
                moved = graph.add(moved, gain);
            }
            advanced.push((symbol, name, moved));
        }
        Ok(advanced)
    }

    fn pathway(
        &mut self,
        writes: &[Write],
        advanced: &Advanced,
    ) -> Result<Option<Pathway>, BuildError> {
        if writes.is_empty() {
            return Ok(None);
        }
        if let Some(additions) = self.additions(writes)? {
            return Ok(Some(Pathway::Additions(additions)));
        }
        let now: HashMap<Symbol, Expression> = advanced
            .iter()
            .map(|(symbol, _, moved)| (*symbol, *moved))
            .collect();
        let mut outputs: Vec<(Field, WriteKind, Expression)> = Vec::new();
        for write in writes {
            let expression = self.draft.graph.substitute(&[write.expression], &now)[0];
            let event_driven = advanced.iter().find(|(_, name, _)| *name == write.name);
            outputs.push(match event_driven {
                Some((_, _, moved)) if write.kind == WriteKind::Add => {
                    let sum = self.draft.graph.add(*moved, expression);
                    (self.own(&write.name), WriteKind::Set, sum)
                }
                _ => self.output(write, expression)?,
            });
        }
        for (_, name, moved) in advanced {
            if !writes.iter().any(|write| write.name == *name) {
                outputs.push((self.own(name), WriteKind::Set, *moved));
            }
        }
        if !advanced.is_empty() {
            let time = self.draft.graph.named("t");
            outputs.push((self.own(LAST_UPDATE), WriteKind::Set, time));
        }
        let batch = self.lower(&outputs)?;
        let in_turn = batch
            .outputs
            .iter()
            .any(|(field, _)| matches!(field, Field::Post(_)) && batch.inputs.contains(field));
        let batch = Box::new(batch);
        Ok(Some(Pathway::Program { batch, in_turn }))
    }

    fn own(&self, name: &str) -> Field {
        Field::Own(
            self.column(name)
                .expect("every variable of a synapse has a column"),
        )
    }

    /// Where a write goes; a variable that refuses input while refractory has it gathered, or set only where it is active.
    fn output(
        &mut self,
        write: &Write,
        expression: Expression,
    ) -> Result<(Field, WriteKind, Expression), BuildError> {
        if self.draft.is_own(&write.name) || self.column(&write.name).is_some() {
            return Ok((self.own(&write.name), write.kind, expression));
        }
        let (plain, _) = split_side(&write.name);
        let target = self.target_column(plain)?;
        let GroupDraft::Cells(cells) = &mut self.groups[self.draft.to] else {
            unreachable!("only cells have variables")
        };
        if !cells.refuses_input(plain) {
            return Ok((Field::Post(target), write.kind, expression));
        }
        if write.kind == WriteKind::Add {
            return Ok((
                Field::Post(self.target_column(&gathered_name(plain))?),
                WriteKind::Add,
                expression,
            ));
        }
        let graph = &mut self.draft.graph;
        let (ready, now) = (
            graph.named(&format!("{}_post", crate::draft::READY_AT)),
            graph.named("t_in_timesteps"),
        );
        let active = graph.binary(Binary::LessOrEqual, ready, now);
        let old = graph.named(&format!("{plain}_post"));
        let new = graph.select(active, expression, old);
        Ok((Field::Post(target), WriteKind::Set, new))
    }

    fn target_column(&self, name: &str) -> Result<u16, BuildError> {
        self.planned[self.draft.to]
            .cells()
            .and_then(|cells| cells.column(name))
            .ok_or_else(|| {
                BuildError::description(
                    self.owner(),
                    format!("the target has no variable `{name}` to write"),
                )
            })
    }

    /// The writes as plain additions, where that is all that they are.
    fn additions(&mut self, writes: &[Write]) -> Result<Option<Vec<Addition>>, BuildError> {
        let mut additions = Vec::new();
        for write in writes {
            if write.kind != WriteKind::Add
                || self.draft.is_own(&write.name)
                || self.column(&write.name).is_some()
            {
                return Ok(None);
            }
            let expression = self.replace(&[write.expression])[0];
            let weight = match self.draft.graph.node(expression) {
                Node::Constant(bits) => Weight::Same(f64::from_bits(bits)),
                Node::Symbol(symbol) => {
                    let SymbolKind::Named(name) = self.draft.graph.symbol_kind(symbol) else {
                        return Ok(None);
                    };
                    let event_driven = self
                        .draft
                        .model
                        .states
                        .iter()
                        .any(|state| state.event_driven && state.name == *name);
                    match self.column(name) {
                        Some(column) if !event_driven => Weight::Own(column),
                        _ => return Ok(None),
                    }
                }
                _ => return Ok(None),
            };
            match self.output(write, expression)? {
                (Field::Post(target), WriteKind::Add, _) => {
                    additions.push(Addition { target, weight })
                }
                _ => return Ok(None),
            }
        }
        Ok(Some(additions))
    }

    fn sums(&mut self) -> Result<Vec<SumPlan>, BuildError> {
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
                let batch = self.lower(&[(Field::Post(target), WriteKind::Add, expression)])?;
                Ok(SumPlan { batch, target })
            })
            .collect()
    }

    /// Clock-driven equations of the synapses.
    fn integrate(&mut self) -> Result<Option<Batch<Field>>, BuildError> {
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
        let writes: Vec<(Field, WriteKind, Expression)> = system
            .variables
            .iter()
            .zip(step.new)
            .map(|(variable, new)| (self.own(&variable.name), WriteKind::Set, new))
            .collect();
        self.lower(&writes).map(Some)
    }

    fn samples(
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
                writes.push((Field::Source, WriteKind::Set, expression));
            }
            let batch = self.lower(&writes)?;
            if batch
                .inputs
                .iter()
                .any(|field| matches!(field, Field::Pre(_)))
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

/// A delay in steps.
pub(crate) fn delay_steps(seconds: f64, dt: f64, owner: &str) -> Result<u64, BuildError> {
    if !seconds.is_finite() || seconds < 0.0 {
        return Err(BuildError::description(
            owner,
            format!("a delay of {seconds} s is before its spike"),
        ));
    }
    if seconds > 0.0 && seconds < 0.999_999 * dt {
        return Err(BuildError::description(
            owner,
            format!("a delay of {seconds} s is shorter than the step of {dt} s"),
        )
        .with_help("a delay is 0 or at least one step: lengthen it, or shorten [run] dt"));
    }
    Ok((seconds / dt).round() as u64)
}
