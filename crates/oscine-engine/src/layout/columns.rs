//! Where the numbers of a shard's part of a population, or of its synapses, lie: one column a variable, in memory.
//!
//! Every program of cells runs through here, and whoever else reads or writes their numbers asks for a column's values, so that numbers
//! which lie elsewhere, on a graphics card, are another type with these methods.

use std::ops::Range;

use oscine_equations::WriteKind;
use oscine_equations::integrator::{Rosenbrock, RosenbrockWorkspace, StepFailed};
use oscine_equations::lanes::Real;
use oscine_equations::program::Workspace;

use crate::layout::batch::{BATCH, Batch, BatchSpace};
use crate::layout::plan::Plan;
use crate::layout::runnable::{Contiguous, Runnable, uniforms};

/// Numbers by column, `[column][element]`.
#[derive(Clone, Debug)]
pub(crate) struct Columns<R>(Vec<Vec<R>>);

impl<R: Real> Columns<R> {
    /// So many columns, each of so many zeros.
    pub fn zeros(columns: usize, elements: usize) -> Self {
        Self(vec![vec![R::ZERO; elements]; columns])
    }

    /// The values of a column.
    pub fn values(&self, column: u16) -> &[R] {
        &self.0[usize::from(column)]
    }

    /// The same, to be changed.
    pub fn values_mut(&mut self, column: u16) -> &mut [R] {
        &mut self.0[usize::from(column)]
    }

    /// Every column's values, in their order.
    pub fn each(&self) -> impl Iterator<Item = &[R]> {
        self.0.iter().map(Vec::as_slice)
    }

    /// Gives a column its values, as many as it has.
    pub fn set(&mut self, column: u16, values: Vec<R>) {
        self.0[usize::from(column)] = values;
    }

    /// One column more, and its place.
    pub fn push(&mut self, values: Vec<R>) -> u16 {
        self.0.push(values);
        (self.0.len() - 1) as u16
    }

    /// Runs a program over a range of lanes; lane 0 is the element `first` of its population.
    pub fn run(
        &mut self,
        runnable: &Runnable,
        workspace: &mut Workspace<R>,
        (plan, step): (&Plan, u64),
        first: usize,
        lanes: Range<usize>,
    ) {
        let mut environment = contiguous(runnable, plan, step, first);
        let uniforms = uniforms(step, plan.dt);
        let program = &runnable.program;
        program.run(workspace, &mut self.0, &uniforms, &mut environment, lanes);
    }

    /// Takes a step of an adaptive integrator.
    pub fn advance(
        &mut self,
        method: &Rosenbrock,
        workspace: &mut RosenbrockWorkspace,
        (plan, step): (&Plan, u64),
        lanes: Range<usize>,
    ) -> Result<(), StepFailed> {
        // Its equations draw nothing, so it is nobody's program.
        let nobody = Runnable::default();
        let environment = contiguous(&nobody, plan, step, 0);
        let uniforms = uniforms(step, plan.dt);
        let columns = &mut self.0;
        let start = uniforms[0];
        method.advance(
            workspace,
            columns,
            &uniforms,
            &environment,
            lanes,
            start,
            plan.dt,
        )
    }

    /// Runs a program for elements picked out one by one, which are counted in their population; lane 0 is the element `first`.
    pub fn run_picked(
        &mut self,
        batch: &Batch<u16>,
        space: &mut BatchSpace<R>,
        (plan, step): (&Plan, u64),
        first: usize,
        elements: &[u32],
    ) {
        let lane = |element: &u32| (element - first as u32) as usize;
        for elements in elements.chunks(BATCH) {
            space.elements.clear();
            let keys = elements.iter().map(|element| u64::from(*element));
            space.elements.extend(keys);
            for (place, input) in batch.inputs.iter().enumerate() {
                let column = &self.0[usize::from(*input)];
                let out = &mut space.columns[batch.outputs.len() + place];
                for (value, element) in out.iter_mut().zip(elements) {
                    *value = column[lane(element)];
                }
            }
            batch.run(space, &plan.functions, step, plan.dt);
            for (place, (output, kind)) in batch.outputs.iter().enumerate() {
                let column = &mut self.0[usize::from(*output)];
                for (value, element) in space.columns[place].iter().zip(elements) {
                    let old = &mut column[lane(element)];
                    match kind {
                        WriteKind::Set => *old = *value,
                        WriteKind::Add => *old += *value,
                    }
                }
            }
        }
    }
}

fn contiguous<'a>(
    runnable: &'a Runnable,
    plan: &'a Plan,
    step: u64,
    first: usize,
) -> Contiguous<'a> {
    Contiguous {
        runnable,
        table: &plan.functions,
        step,
        first: first as u64,
    }
}
