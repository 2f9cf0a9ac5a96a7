//! The instructions of a program.

use crate::graph::{Binary, Function, Symbol, Unary};

/// Where an instruction reads from or writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operand {
    /// A block of lanes that lives while one block is computed.
    Register(u32),
    /// An array with one number for each element.
    Column(u16),
    /// One number for all lanes: a uniform, a constant, or a result of the prologue.
    Scalar(u32),
}

/// What an instruction does with its operands `a`, `b`, `c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `a`
    Copy,
    /// `f(a)`
    Unary(Unary),
    /// `f(a, b)`
    Binary(Binary),
    /// `a*b + c`, rounded once.
    MultiplyAdd,
    /// `a*b - c`, rounded once.
    MultiplySubtract,
    /// `c - a*b`, rounded once.
    NegativeMultiplyAdd,
    /// `b` where `a` is true, else `c`.
    Select,
    /// An external function of time `a` and index `b`.
    Apply(Function),
    /// The lanes in which `a` and `b` are true go to the list of the workspace; the target is not written.
    List,
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// What is done.
    pub operation: Operation,
    /// The operands; those that the operation does not have repeat the first.
    pub operands: [Operand; 3],
    /// Where the result goes: never a scalar in the body, always one in the prologue; an operand only where the operation has
    /// a loop for that.
    pub target: Operand,
}

/// Random numbers that a program reads: filled in for each block before it is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The call of `rand()` or `randn()`, or the noise.
    pub symbol: Symbol,
    /// Standard normal; else uniform on (0, 1).
    pub normal: bool,
    /// The register that receives the numbers.
    pub register: u32,
}

/// A lowered set of expressions.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Computed once a run, on scalars.
    pub(super) prologue: Vec<Instruction>,
    /// Computed for each block of lanes.
    pub(super) body: Vec<Instruction>,
    /// Random numbers read by the body.
    pub(super) draws: Vec<Draw>,
    /// How many registers the body needs.
    pub(super) registers: usize,
    /// How many of the scalars are given by the caller; they come first.
    pub(super) uniforms: usize,
    /// The constants among the scalars: place and value.
    pub(super) constants: Vec<(u32, f64)>,
    /// How many scalars there are.
    pub(super) scalars: usize,
    /// The columns that are read or written.
    pub(super) touched: Vec<u16>,
    /// One past the last column that is read or written.
    pub(super) columns: usize,
}

impl Program {
    /// Instructions for each block.
    pub fn body(&self) -> &[Instruction] {
        &self.body
    }

    /// Instructions once a run.
    pub fn prologue(&self) -> &[Instruction] {
        &self.prologue
    }

    /// Random numbers read by each lane.
    pub fn draws(&self) -> &[Draw] {
        &self.draws
    }

    /// How many block registers it needs.
    pub fn registers(&self) -> usize {
        self.registers
    }

    /// True where it writes nothing.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }
}
