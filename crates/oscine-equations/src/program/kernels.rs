//! The loops over the lanes of a block, one for each operation, compiled for each kind of vectors.

use super::instruction::{Instruction, Operand, Operation};
use super::run::{BLOCK, CACHE_LINE, Environment};
use super::vectors::Vectors;
use crate::graph::{Binary, Unary};
use crate::lanes::{PoissonTable, Real, poisson_quantile};

/// Where a block's numbers lie.
pub struct Block<'a, R> {
    pub(super) registers: *mut R,
    pub(super) columns: &'a [*mut R],
    pub(super) scalars: &'a [R],
    pub(super) tables: &'a [Option<PoissonTable>],
    /// The first lane, by its place in the columns.
    pub(super) first: usize,
    /// How many lanes, at most [`BLOCK`].
    pub(super) count: usize,
    /// The columns that the program reads or writes.
    pub(super) touched: &'a [u16],
    /// How many lanes of them the next block has, where they are to be fetched.
    pub(super) next: usize,
}

/// The next block's part of the columns on its way to the cache, a few lines with each instruction: too short for the
/// processor to see what comes next, and too long to ask for at once.
struct Ahead {
    column: usize,
    line: usize,
    lines_of_column: usize,
    lines_at_once: usize,
}

impl Ahead {
    #[inline(always)]
    fn new<R: Real>(block: &Block<'_, R>, instructions: usize) -> Self {
        let lines_of_column = block.next.div_ceil(CACHE_LINE / R::BYTES);
        let lines = block.touched.len() * lines_of_column;
        Self {
            column: 0,
            line: 0,
            lines_of_column,
            lines_at_once: lines.div_ceil(instructions.max(1)),
        }
    }

    #[inline(always)]
    fn prefetch<R: Real>(&mut self, block: &Block<'_, R>) {
        let mut left = self.lines_at_once;
        while left > 0 {
            let Some(&column) = block.touched.get(self.column) else {
                return;
            };
            let until = self.lines_of_column.min(self.line + left);
            left -= until - self.line;
            #[cfg(target_arch = "x86_64")]
            for line in self.line..until {
                use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
                let lane = block.first + block.count + line * (CACHE_LINE / R::BYTES);
                let number = block.columns[usize::from(column)].wrapping_add(lane);
                // SAFETY: a prefetch neither reads nor faults, whatever the address.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(number.cast_const().cast()) }
            }
            self.line = until;
            if until == self.lines_of_column {
                self.line = 0;
                self.column += 1;
            }
        }
    }
}

impl<R: Real> Block<'_, R> {
    /// The lanes of an operand that is not a scalar.
    #[inline(always)]
    unsafe fn lanes(&self, operand: Operand) -> *mut R {
        // SAFETY: the caller guarantees that registers and columns are as large as the program says.
        unsafe {
            match operand {
                Operand::Register(register) => self.registers.add(register as usize * BLOCK),
                Operand::Column(column) => self.columns[usize::from(column)].add(self.first),
                Operand::Scalar(_) => unreachable!("a scalar has no lanes"),
            }
        }
    }

    /// The lanes of an operand to read.
    #[inline(always)]
    unsafe fn read(&self, operand: Operand) -> &[R] {
        // SAFETY: as for `lanes`; nothing writes to an operand while it is read: what is computed in place is not read here.
        unsafe { std::slice::from_raw_parts(self.lanes(operand), self.count) }
    }

    /// The lanes of a target to write.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    unsafe fn write(&self, target: Operand) -> &mut [R] {
        // SAFETY: as for `lanes`; a target that is also an operand is not read through `read`.
        unsafe { std::slice::from_raw_parts_mut(self.lanes(target), self.count) }
    }

    /// The lanes of an operand to read; those of a scalar are written to `lanes` first.
    #[inline(always)]
    unsafe fn repeated<'b>(&'b self, operand: Operand, lanes: &'b mut [R; BLOCK]) -> &'b [R] {
        match self.scalar(operand) {
            Some(value) => {
                lanes.fill(value);
                &lanes[..self.count]
            }
            // SAFETY: passed on from the caller.
            None => unsafe { self.read(operand) },
        }
    }

    /// The number of an operand that is the same for all lanes.
    #[inline(always)]
    fn scalar(&self, operand: Operand) -> Option<R> {
        match operand {
            Operand::Scalar(scalar) => Some(self.scalars[scalar as usize]),
            _ => None,
        }
    }
}

/// Whether an instruction has a loop that computes it in the place of one of its operands. A choice has none: it would become a
/// store under a mask, which takes several times as long as to set the result aside and copy it.
pub(super) fn writes_in_place(instruction: &Instruction, target: Operand) -> bool {
    let [a, b, c] = instruction.operands.map(|operand| operand == target);
    match instruction.operation {
        Operation::Binary(Binary::Add | Binary::Multiply) => a && !b,
        Operation::MultiplyAdd | Operation::MultiplySubtract | Operation::NegativeMultiplyAdd => {
            (a ^ c) && !b
        }
        _ => false,
    }
}

/// Numbers for which the bodies of programs are compiled, once each, in this crate.
pub trait Kernels: Sized {
    /// Runs a body on one block with the vectors chosen.
    ///
    /// # Safety
    /// The processor has the vectors, the block's registers and columns are as large as the program says, and no instruction
    /// writes over what it reads but as [`writes_in_place`] allows.
    #[doc(hidden)]
    unsafe fn execute(
        vectors: Vectors,
        body: &[Instruction],
        block: &Block<'_, Self>,
        environment: &dyn Environment<Self>,
        listed: &mut Vec<u32>,
    );
}

macro_rules! kernels {
    ($real:ty) => {
        impl Kernels for $real {
            unsafe fn execute(
                vectors: Vectors,
                body: &[Instruction],
                block: &Block<'_, $real>,
                environment: &dyn Environment<$real>,
                listed: &mut Vec<u32>,
            ) {
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx2,fma")]
                unsafe fn avx512(
                    body: &[Instruction],
                    block: &Block<'_, $real>,
                    environment: &dyn Environment<$real>,
                    listed: &mut Vec<u32>,
                ) {
                    // SAFETY: passed on from the caller.
                    unsafe { execute::<$real, true>(body, block, environment, listed) }
                }
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx2,fma")]
                unsafe fn avx2(
                    body: &[Instruction],
                    block: &Block<'_, $real>,
                    environment: &dyn Environment<$real>,
                    listed: &mut Vec<u32>,
                ) {
                    // SAFETY: passed on from the caller.
                    unsafe { execute::<$real, true>(body, block, environment, listed) }
                }
                // SAFETY: passed on from the caller.
                unsafe {
                    match vectors {
                        #[cfg(target_arch = "x86_64")]
                        Vectors::Avx512 => avx512(body, block, environment, listed),
                        #[cfg(target_arch = "x86_64")]
                        Vectors::Avx2 => avx2(body, block, environment, listed),
                        #[cfg(any(test, not(target_arch = "x86_64")))]
                        Vectors::FusedBaseline => {
                            execute::<$real, true>(body, block, environment, listed)
                        }
                        _ => execute::<$real, false>(body, block, environment, listed),
                    }
                }
            }
        }
    };
}

kernels!(f64);
kernels!(f32);

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

/// The same where the result takes the place of one operand.
macro_rules! each_lane_in_place {
    ($out:expr; $x:ident; $value:expr) => {
        for out in $out.iter_mut() {
            let $x = *out;
            *out = $value;
        }
    };
    ($out:expr; $x:ident, $a:ident = $first:expr; $value:expr) => {
        for (out, &$a) in $out.iter_mut().zip($first) {
            let $x = *out;
            *out = $value;
        }
    };
    ($out:expr; $x:ident, $a:ident = $first:expr, $b:ident = $second:expr; $value:expr) => {
        for ((out, &$a), &$b) in $out.iter_mut().zip($first).zip($second) {
            let $x = *out;
            *out = $value;
        }
    };
}

/// The body of a program on one block.
///
/// # Safety
/// The block's registers and columns are as large as the program says, and no instruction writes over what it reads but as
/// [`writes_in_place`] allows.
#[inline(always)]
unsafe fn execute<R: Real, const FUSED: bool>(
    body: &[Instruction],
    block: &Block<'_, R>,
    environment: &dyn Environment<R>,
    listed: &mut Vec<u32>,
) {
    // SAFETY: passed on from the caller, for every access in this function.
    unsafe {
        let mut ahead = Ahead::new(block, body.len());
        for (place, instruction) in body.iter().enumerate() {
            ahead.prefetch(block);
            let out = block.write(instruction.target);
            let [a, b, c] = instruction.operands;
            let target = instruction.target;
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
            // Commuting operations have the lanes first.
            macro_rules! commuting {
                ($x:ident, $y:ident => $value:expr) => {
                    match block.scalar(b) {
                        None => each_lane!(out; $x = block.read(a), $y = block.read(b); $value),
                        Some($y) => each_lane!(out; $x = block.read(a); $value),
                    }
                };
            }
            macro_rules! commuting_or_in_place {
                ($x:ident, $y:ident => $value:expr) => {
                    if a == target {
                        match block.scalar(b) {
                            None => each_lane_in_place!(out; $x, $y = block.read(b); $value),
                            Some($y) => each_lane_in_place!(out; $x; $value),
                        }
                    } else {
                        commuting!($x, $y => $value)
                    }
                };
            }
            macro_rules! fused {
                ($x:ident, $y:ident, $z:ident => $value:expr) => {
                    match (block.scalar(b), block.scalar(c)) {
                        (None, None) if a == target => {
                            each_lane_in_place!(out; $x, $y = block.read(b), $z = block.read(c); $value)
                        }
                        (None, None) if c == target => {
                            each_lane_in_place!(out; $z, $x = block.read(a), $y = block.read(b); $value)
                        }
                        (None, None) => {
                            each_lane!(out; $x = block.read(a), $y = block.read(b), $z = block.read(c); $value)
                        }
                        (Some($y), None) if a == target => {
                            each_lane_in_place!(out; $x, $z = block.read(c); $value)
                        }
                        (Some($y), None) if c == target => {
                            each_lane_in_place!(out; $z, $x = block.read(a); $value)
                        }
                        (Some($y), None) => {
                            each_lane!(out; $x = block.read(a), $z = block.read(c); $value)
                        }
                        (None, Some($z)) if a == target => {
                            each_lane_in_place!(out; $x, $y = block.read(b); $value)
                        }
                        (None, Some($z)) => {
                            each_lane!(out; $x = block.read(a), $y = block.read(b); $value)
                        }
                        (Some($y), Some($z)) if a == target => {
                            each_lane_in_place!(out; $x; $value)
                        }
                        (Some($y), Some($z)) => each_lane!(out; $x = block.read(a); $value),
                    }
                };
            }
            // Long functions have one loop, for which scalars are repeated.
            macro_rules! long {
                ($x:ident, $y:ident => $value:expr) => {{
                    let (mut left, mut right) = ([R::ZERO; BLOCK], [R::ZERO; BLOCK]);
                    each_lane!(out; $x = block.repeated(a, &mut left), $y = block.repeated(b, &mut right); $value)
                }};
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
                Operation::List => {
                    let (mut left, mut right) = ([R::ZERO; BLOCK], [R::ZERO; BLOCK]);
                    let (left, right) =
                        (block.repeated(a, &mut left), block.repeated(b, &mut right));
                    list(left, right, block.first, listed);
                }
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
                    Binary::Add => commuting_or_in_place!(x, y => x + y),
                    Binary::Subtract => binary!(x, y => x - y),
                    Binary::Multiply => commuting_or_in_place!(x, y => x * y),
                    Binary::Divide => binary!(x, y => x / y),
                    Binary::Power => long!(x, y => x.power::<FUSED>(y)),
                    Binary::Modulo => long!(x, y => x.modulo::<FUSED>(y)),
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
                            long!(x, y => R::from_f64(poisson_quantile::<FUSED>(x.to_f64(), y.to_f64())))
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
                    Unary::ExpRel => {
                        for (out, a) in out.chunks_mut(MANY).zip(block.read(a).chunks(MANY)) {
                            if all_near_zero(a) {
                                each_lane!(out; x = a; x.exp_rel_near_zero::<FUSED>());
                            } else {
                                each_lane!(out; x = a; x.exp_rel::<FUSED>());
                            }
                        }
                    }
                    Unary::Log => unary!(x => x.log::<FUSED>()),
                    Unary::Log1p => unary!(x => x.log_1p::<FUSED>()),
                    Unary::Sin => unary!(x => x.sin::<FUSED>()),
                    Unary::Cos => unary!(x => x.cos::<FUSED>()),
                    Unary::Tanh => unary!(x => x.tanh::<FUSED>()),
                    Unary::Floor => unary!(x => x.floor()),
                    Unary::Ceil => unary!(x => x.ceil()),
                    Unary::Truncate => unary!(x => x.trunc()),
                    Unary::Sign => unary!(x => x.sign()),
                    Unary::Tan => unary!(x => x.tan::<FUSED>()),
                    Unary::Asin => unary!(x => x.asin::<FUSED>()),
                    Unary::Acos => unary!(x => x.acos::<FUSED>()),
                    Unary::Atan => unary!(x => x.atan::<FUSED>()),
                    Unary::Sinh => unary!(x => x.sinh::<FUSED>()),
                    Unary::Cosh => unary!(x => x.cosh::<FUSED>()),
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

/// Lanes that are asked something together.
const MANY: usize = 64;

/// True where no number is far from 0: steps are mostly short against time constants, and then a division is saved.
#[inline(always)]
fn all_near_zero<R: Real>(numbers: &[R]) -> bool {
    none(numbers, numbers, |x, _| {
        let near = x.abs() <= R::NEAR_ZERO;
        !near
    })
}

/// True where a condition holds for none of the pairs. All are counted, which vectors do faster than a search for the first.
#[inline(always)]
fn none<R: Real>(left: &[R], right: &[R], condition: impl Fn(R, R) -> bool) -> bool {
    let mut count = 0_u64;
    for (&x, &y) in left.iter().zip(right) {
        count += u64::from(condition(x, y));
    }
    count == 0
}

/// The lanes in which both numbers are true, mostly none, added to a list.
#[inline(always)]
fn list<R: Real>(left: &[R], right: &[R], first: usize, listed: &mut Vec<u32>) {
    for (place, (left, right)) in left.chunks(MANY).zip(right.chunks(MANY)).enumerate() {
        let both = |x: R, y: R| (x != R::ZERO) & (y != R::ZERO);
        if none(left, right, both) {
            continue;
        }
        for ((&x, &y), lane) in left.iter().zip(right).zip(first + place * MANY..) {
            if both(x, y) {
                listed.push(lane as u32);
            }
        }
    }
}
