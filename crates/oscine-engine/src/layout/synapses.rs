//! Lays a projection out: its columns, and what a spike does.

use std::collections::HashMap;

use oscine_equations::graph::{Binary, Node, SymbolKind, Unary};
use oscine_equations::{Dimension, Expression, Symbol, Write, WriteKind, linear_parts};

use crate::error::BuildError;
use crate::layout::batch::Batch;
use crate::layout::cell_plan::Column;
use crate::layout::plan::GroupPlan;
use crate::layout::runnable::{Owner, RunSetting};
use crate::layout::synapse_plan;
use crate::layout::synapse_plan::{
    Addition, DelayPlan, Pathway, ProjectionPlan, SynapseField, Weight, columns_of_source,
};
use crate::read::ends::split_side;
use crate::read::groups::GroupDraft;
use crate::read::names::gathered_name;
use crate::read::projection::SynapseDraft;
use crate::read::protocol;

/// The column that holds when a synapse's event-driven variables were last brought up to date, in s.
pub(crate) const LAST_UPDATE: &str = "last update";

/// Lays out a projection and lowers its programs.
pub(crate) fn plan(
    draft: &mut SynapseDraft,
    setting: &RunSetting<'_>,
    groups: &mut [GroupDraft],
    planned: &[GroupPlan],
    samples: &[(usize, Vec<String>)],
) -> Result<ProjectionPlan, BuildError> {
    let mut layout = SynapseLayout {
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
    let meanings = layout.meanings(&advanced);
    let at_start = sums.iter().map(|sum| &sum.batch).chain(&integrate);
    let at_delivery = [&on_pre, &on_post];
    let at_delivery = at_delivery.into_iter().filter_map(|pathway| match pathway {
        Some(Pathway::Program { batch, .. }) => Some(&**batch),
        _ => None,
    });
    Ok(ProjectionPlan {
        reads_at_start: columns_of_source(at_start),
        reads_at_delivery: columns_of_source(at_delivery),
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
        jitters: layout.draft.jitters.clone(),
        post_delay,
        on_pre,
        on_post,
        sums,
        integrate,
        samples,
        meanings,
    })
}

/// Event-driven variables as they are at the moment of an event.
pub(crate) type Advanced = Vec<(Symbol, String, Expression)>;

/// A projection while it is laid out.
pub(crate) struct SynapseLayout<'a, 'b> {
    pub draft: &'a mut SynapseDraft,
    pub setting: &'a RunSetting<'b>,
    pub groups: &'a mut [GroupDraft],
    pub planned: &'a [GroupPlan],
    pub columns: Vec<Column>,
}

impl SynapseLayout<'_, '_> {
    pub(crate) fn owner(&self) -> String {
        format!("[synapses.{}]", self.draft.name)
    }

    pub(crate) fn column(&self, name: &str) -> Option<u16> {
        self.columns
            .iter()
            .position(|column| column.name == name)
            .map(|place| place as u16)
    }

    pub(crate) fn add_column(&mut self, name: &str, dimension: Dimension, changes: bool) -> u16 {
        let name = name.to_owned();
        self.columns.push(Column {
            name,
            dimension,
            changes,
        });
        (self.columns.len() - 1) as u16
    }

    pub(crate) fn replace(&mut self, expressions: &[Expression]) -> Vec<Expression> {
        let planned = self.planned;
        let is_column = |group: usize, name: &str| {
            planned[group]
                .cells()
                .is_some_and(|cells| cells.column(name).is_some())
        };
        self.draft.replace(expressions, self.groups, &is_column)
    }

    pub(crate) fn lower(
        &mut self,
        writes: &[(SynapseField, WriteKind, Expression)],
    ) -> Result<Batch<SynapseField>, BuildError> {
        let expressions: Vec<Expression> = writes.iter().map(|write| write.2).collect();
        let expressions = self.replace(&expressions);
        let writes: Vec<_> = writes
            .iter()
            .zip(expressions)
            .map(|((field, kind, _), expression)| (*field, *kind, expression))
            .collect();
        let (columns, planned) = (&self.columns, self.planned);
        let (from, to) = (self.draft.from, self.draft.to);
        let field = |name: &str| synapse_plan::field(columns, planned, (from, to), name);
        let name = format!("[synapses.{}]", self.draft.name);
        let owner = Owner {
            name: &name,
            borrowed: &self.draft.borrowed,
        };
        Batch::lower(&mut self.draft.graph, &writes, &field, self.setting, owner)
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
            if protocol::depends(graph, drift) {
                return Err(BuildError::description(
                    format!("[synapses.{}] equations", self.draft.name),
                    format!("a phase of the protocol sets what the event-driven equation of `{name}` is made of"),
                )
                .with_help("make it `clock-driven`: between two spikes there may be two phases"));
            }
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
        let mut outputs: Vec<(SynapseField, WriteKind, Expression)> = Vec::new();
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
        let in_turn = batch.outputs.iter().any(|(field, _)| {
            matches!(field, SynapseField::Post(_)) && batch.inputs.contains(field)
        });
        let batch = Box::new(batch);
        Ok(Some(Pathway::Program { batch, in_turn }))
    }

    pub(crate) fn own(&self, name: &str) -> SynapseField {
        SynapseField::Own(
            self.column(name)
                .expect("every variable of a synapse has a column"),
        )
    }

    /// Where a write goes; a variable that refuses input while refractory has it gathered, or set only where it is active.
    fn output(
        &mut self,
        write: &Write,
        expression: Expression,
    ) -> Result<(SynapseField, WriteKind, Expression), BuildError> {
        if self.draft.is_own(&write.name) || self.column(&write.name).is_some() {
            return Ok((self.own(&write.name), write.kind, expression));
        }
        let (plain, _) = split_side(&write.name);
        let target = self.target_column(plain)?;
        let GroupDraft::Cells(cells) = &mut self.groups[self.draft.to] else {
            unreachable!("only cells have variables")
        };
        if !cells.refuses_input(plain) {
            return Ok((SynapseField::Post(target), write.kind, expression));
        }
        if write.kind == WriteKind::Add {
            return Ok((
                SynapseField::Post(self.target_column(&gathered_name(plain))?),
                WriteKind::Add,
                expression,
            ));
        }
        let graph = &mut self.draft.graph;
        let (ready, now) = (
            graph.named(&format!("{}_post", crate::read::cells::READY_AT)),
            graph.named("t_in_timesteps"),
        );
        let active = graph.binary(Binary::LessOrEqual, ready, now);
        let old = graph.named(&format!("{plain}_post"));
        let new = graph.select(active, expression, old);
        Ok((SynapseField::Post(target), WriteKind::Set, new))
    }

    pub(crate) fn target_column(&self, name: &str) -> Result<u16, BuildError> {
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
                (SynapseField::Post(target), WriteKind::Add, _) => {
                    additions.push(Addition { target, weight })
                }
                _ => return Ok(None),
            }
        }
        Ok(Some(additions))
    }
}
