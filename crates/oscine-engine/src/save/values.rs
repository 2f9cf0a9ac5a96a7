//! The values of parameters and variables as they are between two steps, for measures.

use oscine_equations::lanes::Real;
use oscine_equations::program::Output;
use oscine_equations::{Dimension, WriteKind};

use crate::layout::batch::Batch;
use crate::layout::plan::{GroupPlan, Plan};
use crate::layout::runnable::{Owner, RunSetting, Runnable};
use crate::layout::synapse_plan::{ProjectionPlan, SynapseField};
use crate::network::Network;
use crate::read::ends::{Side, split_side};
use crate::run::synapses::{Ends, Synapses};
use crate::save::number::StateNumber;

/// Values in SI units, and what they measure.
pub(crate) type VariableValues = (Vec<f64>, Dimension);

impl<R: StateNumber> Network<R> {
    /// The values of a variable or parameter: one of each cell or synapse, or one alone where it is a constant of the file.
    pub fn values(&self, name: &str, variable: &str) -> Option<VariableValues> {
        if let Some(group) = self.plan.groups.iter().position(|own| own.name() == name) {
            return self.values_of_cells(group, variable);
        }
        let mut projections = self.plan.projections.iter();
        let projection = projections.position(|own| own.name == name)?;
        self.values_of_synapses(projection, variable)
    }

    fn values_of_cells(&self, group: usize, variable: &str) -> Option<VariableValues> {
        let planned: &GroupPlan = &self.plan.groups[group];
        let count = planned.count();
        match variable {
            "i" => return Some(plain((0..count).map(|cell| cell as f64).collect())),
            "N" => return Some(plain(vec![count as f64])),
            _ => {}
        }
        let cells = planned.cells()?;
        let (mut graph, dimension, expression) = cells.meanings.of(variable)?;
        if let Some(value) = graph.constant_value(expression) {
            return Some((vec![value], dimension));
        }
        let index = cells.columns.len() as u16;
        let place = |name: &str| match name {
            "i" => Some(index),
            _ => cells.column(name),
        };
        let output = Output {
            expression,
            column: index + 1,
        };
        let setting = setting(&self.plan);
        let runnable = Runnable::lower(
            &mut graph,
            &[output],
            None,
            &place,
            &setting,
            Owner::of_all(&cells.name),
        )
        .ok()?;
        let mut values = Vec::with_capacity(count);
        for shard in &self.shards {
            let part = &shard.groups[group];
            let (first, lanes) = (part.range.start, 0..part.range.len());
            let mut columns = part.columns.clone();
            columns.push(numbers(part.range.clone()));
            let output = columns.push(vec![R::ZERO; part.range.len()]);
            let (mut workspace, now) = (runnable.workspace(), (&self.plan, self.step));
            columns.run(&runnable, &mut workspace, now, first, lanes);
            let computed = columns.values(output).iter();
            values.extend(computed.map(|value| value.to_f64()));
        }
        Some((values, dimension))
    }

    fn values_of_synapses(&self, number: usize, variable: &str) -> Option<VariableValues> {
        let projection = &self.plan.projections[number];
        let parts: Vec<&Synapses<R>> = self
            .shards
            .iter()
            .map(|shard| &shard.synapses[number])
            .collect();
        let total: usize = parts.iter().map(|part| part.len()).sum();
        if variable == "N" {
            return Some(plain(vec![total as f64]));
        }
        let (of_each, dimension): (Vec<Vec<f64>>, Dimension) = match variable {
            "i" => plain_parts(parts.iter().map(|part| sources(part)).collect()),
            "j" => plain_parts(parts.iter().map(|part| targets(part)).collect()),
            "delay" if projection.meanings.dimension(variable).is_none() => {
                let delays = parts.iter().map(|part| part.delays_in_s(self.plan.dt));
                (delays.collect(), Dimension::SECOND)
            }
            _ => match projection.meanings.of(variable) {
                Some((graph, dimension, expression)) => {
                    if let Some(value) = graph.constant_value(expression) {
                        return Some((vec![value], dimension));
                    }
                    (self.computed(number, graph, expression)?, dimension)
                }
                None => return self.values_of_ends(projection, &parts, number, variable),
            },
        };
        Some((self.in_order(number, &parts, &of_each), dimension))
    }

    /// A variable of each synapse's source or target.
    fn values_of_ends(
        &self,
        projection: &ProjectionPlan,
        parts: &[&Synapses<R>],
        number: usize,
        variable: &str,
    ) -> Option<VariableValues> {
        let (own, side) = split_side(variable);
        let group = match side {
            Side::Pre => projection.from,
            Side::Post => projection.to,
        };
        let (values, dimension) = self.values_of_cells(group, own)?;
        if values.len() != self.plan.groups[group].count() {
            return Some((values, dimension));
        }
        let ends = parts.iter().map(|part| match side {
            Side::Pre => sources(part),
            Side::Post => targets(part),
        });
        let of_each: Vec<Vec<f64>> = ends
            .map(|ends| ends.iter().map(|cell| values[*cell as usize]).collect())
            .collect();
        Some((self.in_order(number, parts, &of_each), dimension))
    }

    /// An expression of each synapse, by shard. `None` where it draws: synapses keep no key to draw by.
    fn computed(
        &self,
        number: usize,
        mut graph: oscine_equations::Graph,
        expression: oscine_equations::Expression,
    ) -> Option<Vec<Vec<f64>>> {
        let projection = &self.plan.projections[number];
        let place = |name: &str| projection.field(&self.plan.groups, name);
        let writes = [(SynapseField::Source, WriteKind::Set, expression)];
        let setting = setting(&self.plan);
        let batch = Batch::lower(
            &mut graph,
            &writes,
            &place,
            &setting,
            Owner::of_all(&projection.name),
        )
        .ok()?;
        if !batch.runnable.streams.is_empty() {
            return None;
        }
        let columns = self.plan.groups[projection.from]
            .cells()
            .map_or(0, |cells| cells.columns.len());
        let mut pre: Vec<Vec<R>> = vec![Vec::new(); columns];
        for field in &batch.inputs {
            if let SynapseField::Pre(column) = field {
                let parts = self
                    .shards
                    .iter()
                    .map(|shard| &shard.groups[projection.from]);
                let values = parts.flat_map(|part| part.columns.values(*column));
                pre[usize::from(*column)] = values.copied().collect();
            }
        }
        let shards = self.shards.iter().map(|shard| {
            let ends = Ends {
                post: &shard.groups[projection.to].columns,
                pre: &pre,
            };
            shard.synapses[number].compute_each(&batch, ends, (&self.plan, self.step))
        });
        Some(shards.collect())
    }

    /// The values of all shards in the order of the whole projection.
    fn in_order(&self, number: usize, parts: &[&Synapses<R>], of_each: &[Vec<f64>]) -> Vec<f64> {
        let total = of_each.iter().map(Vec::len).sum();
        let known = &self.order[number];
        let is_known = known.iter().map(Vec::len).sum::<usize>() == total;
        let drawn_up = (!is_known).then(|| Synapses::order_of(parts));
        let order = drawn_up.as_ref().unwrap_or(known);
        let mut values = vec![0.0; total];
        for (part, order) in of_each.iter().zip(order) {
            for (value, synapse) in part.iter().zip(order) {
                values[*synapse as usize] = *value;
            }
        }
        values
    }
}

fn plain(values: Vec<f64>) -> VariableValues {
    (values, Dimension::DIMENSIONLESS)
}

fn plain_parts(parts: Vec<Vec<f64>>) -> (Vec<Vec<f64>>, Dimension) {
    (parts, Dimension::DIMENSIONLESS)
}

fn numbers<R: Real>(range: std::ops::Range<usize>) -> Vec<R> {
    range.map(|cell| R::from_f64(cell as f64)).collect()
}

fn sources<R: Real>(part: &Synapses<R>) -> Vec<f64> {
    part.each_source().map(f64::from).collect()
}

fn targets<R: Real>(part: &Synapses<R>) -> Vec<f64> {
    part.each_target().map(f64::from).collect()
}

fn setting(plan: &Plan) -> RunSetting<'_> {
    RunSetting {
        seed: plan.seed,
        dt: plan.dt,
        functions: &plan.functions,
        phases: &plan.phases,
    }
}
