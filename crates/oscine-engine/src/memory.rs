//! What a run needs in memory, said before it is taken.

/// Bytes, by what they are for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Part and bytes.
    pub parts: Vec<(String, u64)>,
}

impl Memory {
    /// All parts together.
    pub fn total(&self) -> u64 {
        self.parts.iter().map(|(_, bytes)| bytes).sum()
    }
}
