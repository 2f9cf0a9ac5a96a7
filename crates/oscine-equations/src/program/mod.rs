//! Programs: expressions lowered to a list of instructions that run on blocks of lanes.
//!
//! A lane is one element (a neuron, a synapse). A program reads and writes columns (one number for each element),
//! uniforms (one number for all, given anew for each run: `t`), and draws. What depends on uniforms only is computed once
//! a run, by a prologue of scalar instructions; the rest runs block by block, each instruction over all lanes of a block, so that
//! the block's registers stay in the first-level cache and the decoding of an instruction is paid once for [`BLOCK`] lanes.
//!
//! Every lane computes alone, with explicit fused multiply-adds, so the width of the processor's vectors
//! does not change a bit.

mod instruction;
mod kernels;
mod lower;
mod prologue;
mod run;
mod simplify;
#[cfg(test)]
mod tests;
mod vectors;

pub use instruction::{Draw, Instruction, Operand, Operation, Program};
pub use kernels::Kernels;
pub use lower::{Output, SymbolPlace, lower, lower_listing};
pub use run::{BLOCK, Environment, NoEnvironment, Workspace};
pub use vectors::Vectors;
