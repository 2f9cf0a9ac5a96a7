//! Running a program block by block.

use std::ops::Range;

use super::instruction::{Operand, Operation, Program};
use super::kernels::Block;
use super::prologue;
use super::vectors::Vectors;
use crate::graph::{Binary, Function, Symbol};
use crate::lanes::{PoissonTable, Real};

/// Lanes of a block: the registers of models as large as Hodgkin and Huxley's (seven) and a block's part of their columns fit
/// into a first-level cache of 32 kB; 128 lanes are slower by 3 to 10 % (`cargo bench -p oscine-equations --bench programs`).
pub const BLOCK: usize = 256;

/// Columns that are larger together (bytes) are not all in a second-level cache of 512 kB from one run to the next.
const NEAR: usize = 1 << 18;

/// Registers begin at multiples of it (bytes).
pub(super) const CACHE_LINE: usize = 64;

/// Above this a table would be large, and its mean is drawn from as if it were different for each lane.
const LARGEST_TABLED_MEAN: f64 = 500.0;

/// What a program asks of whoever runs it.
pub trait Environment<R> {
    /// Fills in the random numbers of a draw, its place in [`Program::draws`], for the lanes from `first` on.
    fn draw(&mut self, draw: usize, symbol: Symbol, first: usize, out: &mut [R]);
    /// An external function at a time (s) and index.
    fn apply(&self, function: Function, time: f64, index: f64) -> f64;
}

/// The environment of programs that neither draw nor call.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoEnvironment;

impl<R: Real> Environment<R> for NoEnvironment {
    fn draw(&mut self, _: usize, _: Symbol, _: usize, _: &mut [R]) {
        unreachable!("a program with draws was run without numbers to draw")
    }
    fn apply(&self, _: Function, _: f64, _: f64) -> f64 {
        unreachable!("a program with functions was run without functions")
    }
}

/// The memory that a program computes in: one for each thread.
#[derive(Clone, Debug)]
pub struct Workspace<R> {
    registers: Vec<R>,
    exact_scalars: Vec<f64>,
    scalars: Vec<R>,
    tables: Vec<Option<PoissonTable>>,
    pointers: Vec<*mut R>,
    listed: Vec<u32>,
}

impl<R> Workspace<R> {
    /// The lanes that the last run listed, in order ([`super::lower_listing`]).
    pub fn listed(&self) -> &[u32] {
        &self.listed
    }
}

// SAFETY: the pointers are written at the start of each run and are not read after it.
unsafe impl<R: Send> Send for Workspace<R> {}

impl Program {
    /// Memory to run this program in.
    pub fn workspace<R: Real>(&self) -> Workspace<R> {
        let mut exact_scalars = vec![0.0; self.scalars];
        for &(place, value) in &self.constants {
            exact_scalars[place as usize] = value;
        }
        Workspace {
            registers: vec![R::ZERO; self.registers * BLOCK + CACHE_LINE],
            exact_scalars,
            scalars: vec![R::ZERO; self.scalars],
            tables: vec![None; self.body.len()],
            pointers: Vec::with_capacity(self.columns),
            listed: Vec::new(),
        }
    }

    /// Runs the program for a range of lanes. Every column that it reads or writes has at least `lanes.end` numbers.
    ///
    /// # Panics
    /// Where a column is missing or too short, or the uniforms are not as many as the program was lowered for.
    pub fn run<R: Real>(
        &self,
        workspace: &mut Workspace<R>,
        columns: &mut [Vec<R>],
        uniforms: &[f64],
        environment: &mut impl Environment<R>,
        lanes: Range<usize>,
    ) {
        self.run_with(
            Vectors::widest(),
            workspace,
            columns,
            uniforms,
            environment,
            lanes,
        );
    }

    /// As [`Program::run`], with the vectors that the caller chooses, and on columns that are vectors or parts of them.
    ///
    /// # Panics
    /// As [`Program::run`], and where the processor does not have the vectors.
    pub fn run_with<R: Real, C: AsMut<[R]>>(
        &self,
        vectors: Vectors,
        workspace: &mut Workspace<R>,
        columns: &mut [C],
        uniforms: &[f64],
        environment: &mut impl Environment<R>,
        lanes: Range<usize>,
    ) {
        assert!(vectors.is_available(), "{vectors:?} on this processor");
        assert_eq!(uniforms.len(), self.uniforms, "uniforms of the program");
        assert!(columns.len() >= self.columns, "columns of the program");
        for &column in &self.touched {
            assert!(
                columns[usize::from(column)].as_mut().len() >= lanes.end,
                "a column is too short"
            );
        }
        workspace.exact_scalars[..self.uniforms].copy_from_slice(uniforms);
        let call = |function, time, index| environment.apply(function, time, index);
        if vectors.is_fused() {
            prologue::execute::<true>(&self.prologue, &mut workspace.exact_scalars, &call);
        } else {
            prologue::execute::<false>(&self.prologue, &mut workspace.exact_scalars, &call);
        }
        for (rounded, exact) in workspace.scalars.iter_mut().zip(&workspace.exact_scalars) {
            *rounded = R::from_f64(*exact);
        }
        self.prepare_tables(workspace);
        workspace.pointers.clear();
        workspace.pointers.extend(
            columns[..self.columns]
                .iter_mut()
                .map(|column| column.as_mut().as_mut_ptr()),
        );
        workspace.listed.clear();
        let shift = workspace.registers.as_ptr().align_offset(CACHE_LINE);
        let shift = shift.min(CACHE_LINE);
        let far = lanes.len() * self.touched.len() * R::BYTES > NEAR;
        let mut first = lanes.start;
        while first < lanes.end {
            // Blocks end at multiples of BLOCK, so that draws are asked for in aligned runs.
            let end = ((first / BLOCK + 1) * BLOCK).min(lanes.end);
            for (place, draw) in self.draws.iter().enumerate() {
                let start = shift + draw.register as usize * BLOCK;
                let out = &mut workspace.registers[start..start + (end - first)];
                environment.draw(place, draw.symbol, first, out);
            }
            let block = Block {
                registers: workspace.registers[shift..].as_mut_ptr(),
                columns: &workspace.pointers,
                scalars: &workspace.scalars,
                tables: &workspace.tables,
                first,
                count: end - first,
                touched: &self.touched,
                next: if far { BLOCK.min(lanes.end - end) } else { 0 },
            };
            // SAFETY: every column holds at least `lanes.end` numbers and every register BLOCK, as asserted above and
            // allocated in `workspace`; the processor has the vectors; columns are distinct, as they are borrowed to be written; an instruction writes over what it reads only where `lower` found a loop for that.
            unsafe {
                R::execute(
                    vectors,
                    &self.body,
                    &block,
                    environment,
                    &mut workspace.listed,
                );
            };
            first = end;
        }
    }

    /// Tables for the draws from Poisson distributions whose mean is the same for all lanes.
    fn prepare_tables<R: Real>(&self, workspace: &mut Workspace<R>) {
        for (place, instruction) in self.body.iter().enumerate() {
            if let (Operation::Binary(Binary::PoissonQuantile), Operand::Scalar(mean)) =
                (instruction.operation, instruction.operands[0])
            {
                let mean = workspace.exact_scalars[mean as usize];
                let known = &mut workspace.tables[place];
                if known.as_ref().is_none_or(|table| table.mean() != mean) {
                    *known = (0.0..=LARGEST_TABLED_MEAN)
                        .contains(&mean)
                        .then(|| PoissonTable::new(mean));
                }
            }
        }
    }
}
