//! Programs over elements picked out one by one: cells that fired, synapses that an event came to. What they read is gathered
//! into columns of their own, and what they write is put back.

use std::cell::RefCell;

use oscine_equations::graph::Graph;
use oscine_equations::lanes::Real;
use oscine_equations::program::{Output, Workspace};
use oscine_equations::{Expression, WriteKind};

use crate::error::BuildError;
use crate::layout::runnable::{Owner, Picked, RunSetting, Runnable, uniforms};
use crate::read::functions::TimeFunction;

/// Elements computed together.
pub(crate) const BATCH: usize = 128;

/// A program over picked elements. `F` says where a number is found: the column of a cell, of a synapse, of its target.
#[derive(Clone, Debug)]
pub(crate) struct Batch<F> {
    pub runnable: Runnable,
    pub inputs: Vec<F>,
    pub outputs: Vec<(F, WriteKind)>,
}

/// The memory of a batch.
#[derive(Clone, Debug)]
pub(crate) struct BatchSpace<R> {
    workspace: Workspace<R>,
    /// Outputs first, then inputs.
    pub columns: Vec<Vec<R>>,
    pub elements: Vec<u64>,
}

impl<F: Copy + PartialEq> Batch<F> {
    /// Lowers writes; `field` says where a name is found.
    pub fn lower(
        graph: &mut Graph,
        writes: &[(F, WriteKind, Expression)],
        field: &dyn Fn(&str) -> Option<F>,
        setting: &RunSetting<'_>,
        owner: Owner<'_>,
    ) -> Result<Self, BuildError> {
        let outputs: Vec<Output> = writes
            .iter()
            .enumerate()
            .map(|(column, (_, _, expression))| Output {
                expression: *expression,
                column: column as u16,
            })
            .collect();
        let inputs: RefCell<Vec<F>> = RefCell::new(Vec::new());
        let column = |name: &str| {
            let field = field(name)?;
            let mut inputs = inputs.borrow_mut();
            let place = inputs
                .iter()
                .position(|known| *known == field)
                .unwrap_or_else(|| {
                    inputs.push(field);
                    inputs.len() - 1
                });
            Some((writes.len() + place) as u16)
        };
        let runnable = Runnable::lower(graph, &outputs, None, &column, setting, owner)?;
        Ok(Self {
            runnable,
            inputs: inputs.into_inner(),
            outputs: writes
                .iter()
                .map(|(field, kind, _)| (*field, *kind))
                .collect(),
        })
    }

    /// Memory to run it in.
    pub fn space<R: Real>(&self) -> BatchSpace<R> {
        BatchSpace {
            workspace: self.runnable.workspace(),
            columns: vec![vec![R::ZERO; BATCH]; self.inputs.len() + self.outputs.len()],
            elements: Vec::with_capacity(BATCH),
        }
    }

    /// Computes `space.elements.len()` elements, at most [`BATCH`]: the inputs are gathered, the outputs are in the first columns afterwards.
    pub fn run<R: Real>(
        &self,
        space: &mut BatchSpace<R>,
        table: &[TimeFunction],
        step: u64,
        dt: f64,
    ) {
        let mut environment = Picked {
            runnable: &self.runnable,
            table,
            step,
            elements: &space.elements,
        };
        self.runnable.program.run(
            &mut space.workspace,
            &mut space.columns,
            &uniforms(step, dt),
            &mut environment,
            0..space.elements.len(),
        );
    }
}
