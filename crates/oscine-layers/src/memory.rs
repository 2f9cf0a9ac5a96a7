//! What one thread computes in.

use std::sync::{Mutex, MutexGuard};

use oscine_equations::lanes::Real;
use oscine_equations::program::Workspace;

use crate::layer::BuiltLayer;
use crate::optimiser::LoweredOptimiser;

/// Memory of one thread.
pub(crate) struct ThreadMemory<R> {
    /// Of each layer's activation.
    pub activations: Vec<Option<Workspace<R>>>,
    pub optimiser: Workspace<R>,
    /// Squares of an image as columns.
    pub unfolded: Vec<R>,
}

impl<R: Real> ThreadMemory<R> {
    /// For each of so many threads.
    pub fn of(
        threads: usize,
        layers: &[BuiltLayer<R>],
        optimiser: &LoweredOptimiser,
    ) -> Vec<Mutex<Self>> {
        let squares = |layer: &BuiltLayer<R>| layer.squares().size() * layer.squares().count();
        let unfolded = layers.iter().map(squares).max().unwrap_or(0);
        let one = || Self {
            activations: layers
                .iter()
                .map(|layer| layer.activation.workspace())
                .collect(),
            optimiser: optimiser.workspace(),
            unfolded: vec![R::ZERO; unfolded],
        };
        (0..threads).map(|_| Mutex::new(one())).collect()
    }
}

/// The memory of this thread, which no other takes.
pub(crate) fn of_thread<R>(
    memories: &[Mutex<ThreadMemory<R>>],
    thread: usize,
) -> MutexGuard<'_, ThreadMemory<R>> {
    let memory = memories[thread].lock();
    memory.unwrap_or_else(std::sync::PoisonError::into_inner)
}
