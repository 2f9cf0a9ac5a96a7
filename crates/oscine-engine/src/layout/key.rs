//! The key of a synapse: the element whose random numbers it draws.

/// The key of a synapse's random numbers: its source, its target, and which of the synapses between the two it is.
pub(crate) fn key(source: u32, target: u32, duplicate: u8) -> u64 {
    u64::from(source) << 36 | u64::from(target) << 8 | u64::from(duplicate)
}

/// The source of the synapse that a key belongs to.
pub(crate) fn source_of(key: u64) -> u64 {
    key >> 36
}

/// The target of the synapse that a key belongs to.
pub(crate) fn target_of(key: u64) -> u64 {
    key >> 8 & ((1 << 28) - 1)
}

/// The most cells of a population, so that [`key`] is one of a kind.
pub(crate) const LARGEST_POPULATION: usize = 1 << 28;
