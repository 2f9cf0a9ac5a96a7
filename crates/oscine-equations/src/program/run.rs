//! Running a program: the blocks, the kernels, and the choice of the processor's vectors.

use std::ops::Range;

use super::instruction::{Instruction, Operand, Operation, Program};
use super::lower::commutes;
use super::prologue;
use crate::graph::{Binary, Function, Symbol, Unary};
use crate::lanes::{PoissonTable, Real, has_fused_multiply_add, poisson_quantile};

/// Lanes of a block: the most for which the registers of a large model (forty) stay in a first-level cache of 32 kB,
/// by measurement (`cargo bench -p oscine-equations`).
pub const BLOCK: usize = 128;

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
}

// SAFETY: the pointers are written at the start of each run and are not read after it.
unsafe impl<R: Send> Send for Workspace<R> {}

impl Program {
    /// Memory to run this program in.
    pub fn workspace<R: Real>(&self) -> Workspace<R> {
        let mut exact_scalars = vec![0.0; self.scalars];
        for &(place, value) in &self.constants {
            exact_scalars[usize::from(place)] = value;
        }
        Workspace {
            registers: vec![R::ZERO; self.registers * BLOCK],
            exact_scalars,
            scalars: vec![R::ZERO; self.scalars],
            tables: vec![None; self.body.len()],
            pointers: Vec::with_capacity(self.columns),
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
        assert_eq!(uniforms.len(), self.uniforms, "uniforms of the program");
        assert!(columns.len() >= self.columns, "columns of the program");
        for column in &columns[..self.columns] {
            assert!(
                column.is_empty() || column.len() >= lanes.end,
                "a column is too short"
            );
        }
        for operand in self
            .body
            .iter()
            .flat_map(|i| i.operands.into_iter().chain([i.target]))
        {
            if let Operand::Column(column) = operand {
                assert!(
                    columns[usize::from(column)].len() >= lanes.end,
                    "a column is too short"
                );
            }
        }
        workspace.exact_scalars[..self.uniforms].copy_from_slice(uniforms);
        if has_fused_multiply_add() {
            prologue::execute::<R, true>(&self.prologue, &mut workspace.exact_scalars, environment);
        } else {
            prologue::execute::<R, false>(
                &self.prologue,
                &mut workspace.exact_scalars,
                environment,
            );
        }
        for (rounded, exact) in workspace.scalars.iter_mut().zip(&workspace.exact_scalars) {
            *rounded = R::from_f64(*exact);
        }
        self.prepare_tables(workspace);
        workspace.pointers.clear();
        workspace.pointers.extend(
            columns[..self.columns]
                .iter_mut()
                .map(|column| column.as_mut_ptr()),
        );
        let mut first = lanes.start;
        while first < lanes.end {
            // Blocks end at multiples of BLOCK, so that draws are asked for in aligned runs.
            let end = ((first / BLOCK + 1) * BLOCK).min(lanes.end);
            for (place, draw) in self.draws.iter().enumerate() {
                let start = usize::from(draw.register) * BLOCK;
                let out = &mut workspace.registers[start..start + (end - first)];
                environment.draw(place, draw.symbol, first, out);
            }
            let block = Block {
                registers: workspace.registers.as_mut_ptr(),
                columns: &workspace.pointers,
                scalars: &workspace.scalars,
                tables: &workspace.tables,
                first,
                count: end - first,
            };
            // SAFETY: every column holds at least `lanes.end` numbers and every register BLOCK, as asserted above and
            // allocated in `workspace`; columns are distinct vectors; instructions never write over what they read.
            unsafe { dispatch(&self.body, &block, environment) };
            first = end;
        }
    }

    /// Tables for the draws from Poisson distributions whose mean is the same for all lanes.
    fn prepare_tables<R: Real>(&self, workspace: &mut Workspace<R>) {
        for (place, instruction) in self.body.iter().enumerate() {
            if let (Operation::Binary(Binary::PoissonQuantile), Operand::Scalar(mean)) =
                (instruction.operation, instruction.operands[0])
            {
                let mean = workspace.exact_scalars[usize::from(mean)];
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

/// Where a block's numbers lie.
struct Block<'a, R> {
    registers: *mut R,
    columns: &'a [*mut R],
    scalars: &'a [R],
    tables: &'a [Option<PoissonTable>],
    first: usize,
    count: usize,
}

impl<R: Real> Block<'_, R> {
    /// The lanes of an operand that is not a scalar.
    #[inline(always)]
    unsafe fn lanes(&self, operand: Operand) -> *mut R {
        // SAFETY: the caller guarantees that registers and columns are as large as the program says.
        unsafe {
            match operand {
                Operand::Register(register) => self.registers.add(usize::from(register) * BLOCK),
                Operand::Column(column) => self.columns[usize::from(column)].add(self.first),
                Operand::Scalar(_) => unreachable!("a scalar has no lanes"),
            }
        }
    }

    /// The lanes of an operand to read.
    #[inline(always)]
    unsafe fn read(&self, operand: Operand) -> &[R] {
        // SAFETY: as for `lanes`; nothing writes to an operand while it is read.
        unsafe { std::slice::from_raw_parts(self.lanes(operand), self.count) }
    }

    /// The lanes of a target to write.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    unsafe fn write(&self, target: Operand) -> &mut [R] {
        // SAFETY: as for `lanes`; a target is never also an operand.
        unsafe { std::slice::from_raw_parts_mut(self.lanes(target), self.count) }
    }

    /// The number of an operand that is the same for all lanes.
    #[inline(always)]
    fn scalar(&self, operand: Operand) -> Option<R> {
        match operand {
            Operand::Scalar(scalar) => Some(self.scalars[usize::from(scalar)]),
            _ => None,
        }
    }
}

/// Runs the body on one block with the widest vectors that the processor has.
unsafe fn dispatch<R: Real>(
    body: &[Instruction],
    block: &Block<'_, R>,
    environment: &mut impl Environment<R>,
) {
    // SAFETY: passed on from the caller; each function is called only where the processor has its features.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
            {
                return execute_avx512(body, block, environment);
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return execute_avx2(body, block, environment);
            }
            execute::<R, false>(body, block, environment);
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            if has_fused_multiply_add() {
                execute::<R, true>(body, block, environment)
            } else {
                execute::<R, false>(body, block, environment)
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx2,fma")]
unsafe fn execute_avx512<R: Real>(
    body: &[Instruction],
    block: &Block<'_, R>,
    environment: &mut impl Environment<R>,
) {
    // SAFETY: passed on from the caller.
    unsafe { execute::<R, true>(body, block, environment) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn execute_avx2<R: Real>(
    body: &[Instruction],
    block: &Block<'_, R>,
    environment: &mut impl Environment<R>,
) {
    // SAFETY: passed on from the caller.
    unsafe { execute::<R, true>(body, block, environment) }
}

/// One loop over the lanes of a block; inlined into each of the functions above, it is compiled for their vectors.
macro_rules! each_lane {
    ($out:expr; $a:ident = $first:expr; $value:expr) => {
        for (out, &$a) in $out.iter_mut().zip($first) {
            *out = $value;
        }
    };
    ($out:expr; $a:ident = $first:expr, $b:ident = $second:expr; $value:expr) => {
        for ((out, &$a), &$b) in $out.iter_mut().zip($first).zip($second) {
            *out = $value;
        }
    };
    ($out:expr; $a:ident = $first:expr, $b:ident = $second:expr, $c:ident = $third:expr; $value:expr) => {
        for (((out, &$a), &$b), &$c) in $out.iter_mut().zip($first).zip($second).zip($third) {
            *out = $value;
        }
    };
}

/// The body of a program on one block.
///
/// # Safety
/// The block's registers and columns are as large as the program says, and no instruction writes over what it reads.
#[inline(always)]
unsafe fn execute<R: Real, const FUSED: bool>(
    body: &[Instruction],
    block: &Block<'_, R>,
    environment: &mut impl Environment<R>,
) {
    // SAFETY: passed on from the caller, for every access in this function.
    unsafe {
        for (place, instruction) in body.iter().enumerate() {
            let out = block.write(instruction.target);
            let [mut a, mut b, c] = instruction.operands;
            if commutes(instruction.operation) && block.scalar(a).is_some() {
                std::mem::swap(&mut a, &mut b);
            }
            macro_rules! unary_of {
                ($operand:expr, $x:ident => $value:expr) => {
                    each_lane!(out; $x = block.read($operand); $value)
                };
            }
            macro_rules! unary {
                ($x:ident => $value:expr) => {
                    unary_of!(a, $x => $value)
                };
            }
            macro_rules! binary {
                ($x:ident, $y:ident => $value:expr) => {
                    match (block.scalar(a), block.scalar(b)) {
                        (None, None) => each_lane!(out; $x = block.read(a), $y = block.read(b); $value),
                        (None, Some($y)) => each_lane!(out; $x = block.read(a); $value),
                        (Some($x), None) => each_lane!(out; $y = block.read(b); $value),
                        (Some(_), Some(_)) => unreachable!("uniform values are the prologue's"),
                    }
                };
            }
            // Commuting operations have the lanes first: two loops instead of three.
            macro_rules! commuting {
                ($x:ident, $y:ident => $value:expr) => {
                    match block.scalar(b) {
                        None => each_lane!(out; $x = block.read(a), $y = block.read(b); $value),
                        Some($y) => each_lane!(out; $x = block.read(a); $value),
                    }
                };
            }
            macro_rules! fused {
                ($x:ident, $y:ident, $z:ident => $value:expr) => {
                    match (block.scalar(b), block.scalar(c)) {
                        (None, None) => {
                            each_lane!(out; $x = block.read(a), $y = block.read(b), $z = block.read(c); $value)
                        }
                        (Some($y), None) => {
                            each_lane!(out; $x = block.read(a), $z = block.read(c); $value)
                        }
                        (None, Some($z)) => {
                            each_lane!(out; $x = block.read(a), $y = block.read(b); $value)
                        }
                        (Some($y), Some($z)) => each_lane!(out; $x = block.read(a); $value),
                    }
                };
            }
            macro_rules! truth {
                ($condition:expr) => {
                    R::select($condition, R::ONE, R::ZERO)
                };
            }
            match instruction.operation {
                Operation::Copy => match block.scalar(a) {
                    Some(value) => out.fill(value),
                    None => out.copy_from_slice(block.read(a)),
                },
                Operation::MultiplyAdd => fused!(x, y, z => x.mul_add::<FUSED>(y, z)),
                Operation::MultiplySubtract => fused!(x, y, z => x.mul_add::<FUSED>(y, -z)),
                Operation::NegativeMultiplyAdd => fused!(x, y, z => (-x).mul_add::<FUSED>(y, z)),
                Operation::Select => select(block, instruction, out),
                Operation::Apply(function) => {
                    let read = |operand: Operand, lane: usize| match block.scalar(operand) {
                        Some(value) => value.to_f64(),
                        None => block.read(operand)[lane].to_f64(),
                    };
                    for (lane, value) in out.iter_mut().enumerate() {
                        *value =
                            R::from_f64(environment.apply(function, read(a, lane), read(b, lane)));
                    }
                }
                Operation::Binary(operation) => match operation {
                    Binary::Add => commuting!(x, y => x + y),
                    Binary::Subtract => binary!(x, y => x - y),
                    Binary::Multiply => commuting!(x, y => x * y),
                    Binary::Divide => binary!(x, y => x / y),
                    Binary::Power => binary!(x, y => x.power::<FUSED>(y)),
                    Binary::Modulo => binary!(x, y => x.modulo::<FUSED>(y)),
                    Binary::Minimum => commuting!(x, y => x.minimum(y)),
                    Binary::Maximum => commuting!(x, y => x.maximum(y)),
                    Binary::Less => binary!(x, y => truth!(x < y)),
                    Binary::LessOrEqual => binary!(x, y => truth!(x <= y)),
                    Binary::Equal => commuting!(x, y => truth!(x == y)),
                    Binary::And => commuting!(x, y => truth!((x != R::ZERO) & (y != R::ZERO))),
                    Binary::Or => commuting!(x, y => truth!((x != R::ZERO) | (y != R::ZERO))),
                    Binary::PoissonQuantile => match &block.tables[place] {
                        Some(table) => unary_of!(b, u => R::from_f64(table.quantile(u.to_f64()))),
                        None => {
                            binary!(x, y => R::from_f64(poisson_quantile::<FUSED>(x.to_f64(), y.to_f64())))
                        }
                    },
                },
                Operation::Unary(operation) => match operation {
                    Unary::Negate => unary!(x => -x),
                    Unary::Not => unary!(x => truth!(x == R::ZERO)),
                    Unary::Absolute => unary!(x => x.abs()),
                    Unary::SquareRoot => unary!(x => x.sqrt()),
                    Unary::Exp => unary!(x => x.exp::<FUSED>()),
                    Unary::ExpM1 => unary!(x => x.exp_m1::<FUSED>()),
                    Unary::ExpRel => unary!(x => x.exp_rel::<FUSED>()),
                    Unary::Log => unary!(x => x.log::<FUSED>()),
                    Unary::Log1p => unary!(x => x.log_1p::<FUSED>()),
                    Unary::Sin => unary!(x => x.sin::<FUSED>()),
                    Unary::Cos => unary!(x => x.cos::<FUSED>()),
                    Unary::Tanh => unary!(x => x.tanh::<FUSED>()),
                    Unary::Floor => unary!(x => x.floor()),
                    Unary::Ceil => unary!(x => x.ceil()),
                    Unary::Truncate => unary!(x => x.trunc()),
                    Unary::Sign => unary!(x => x.sign()),
                    rare => unary!(x => prologue::unary::<R, FUSED>(rare, x)),
                },
            }
        }
    }
}

/// `b` where `a` is true, else `c`.
#[inline(always)]
unsafe fn select<R: Real>(block: &Block<'_, R>, instruction: &Instruction, out: &mut [R]) {
    let [condition, yes, no] = instruction.operands;
    // SAFETY: passed on from the caller.
    unsafe {
        if let Some(condition) = block.scalar(condition) {
            let chosen = if condition != R::ZERO { yes } else { no };
            match block.scalar(chosen) {
                Some(value) => out.fill(value),
                None => out.copy_from_slice(block.read(chosen)),
            }
            return;
        }
        match (block.scalar(yes), block.scalar(no)) {
            (None, None) => {
                each_lane!(out; x = block.read(condition), y = block.read(yes), z = block.read(no); R::select(x != R::ZERO, y, z))
            }
            (Some(y), None) => {
                each_lane!(out; x = block.read(condition), z = block.read(no); R::select(x != R::ZERO, y, z))
            }
            (None, Some(z)) => {
                each_lane!(out; x = block.read(condition), y = block.read(yes); R::select(x != R::ZERO, y, z))
            }
            (Some(y), Some(z)) => {
                each_lane!(out; x = block.read(condition); R::select(x != R::ZERO, y, z))
            }
        }
    }
}
