//! What lies on a board as a message between ranks: words of 32 bits, so that no rank's memory is another's.

use oscine_equations::lanes::Real;

use crate::run::exchange::board::Spikes;

/// Appends the spikes of each group in an interval.
pub(super) fn write_spikes(groups: &[Spikes], message: &mut Vec<u32>) {
    for spikes in groups {
        message.push(spikes.step_ends.len() as u32);
        message.extend_from_slice(&spikes.step_ends);
        message.push(spikes.cells.len() as u32);
        message.extend_from_slice(&spikes.cells);
    }
}

/// Appends columns of numbers, to the bit.
pub(super) fn write_columns<R: Real>(columns: &[Vec<R>], message: &mut Vec<u32>) {
    message.push(columns.len() as u32);
    for column in columns {
        message.push(column.len() as u32);
        for value in column {
            let bits = value.to_f64().to_bits();
            message.extend([bits as u32, (bits >> 32) as u32]);
        }
    }
}

/// A message that is read from its beginning; `None` wherever it ends too soon.
pub(super) struct Message<'a>(pub &'a [u32]);

impl<'a> Message<'a> {
    fn word(&mut self) -> Option<u32> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn words(&mut self, count: usize) -> Option<&'a [u32]> {
        let (words, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(words)
    }

    /// Reads the spikes of each group.
    pub fn read_spikes(&mut self, groups: &mut [Spikes]) -> Option<()> {
        for spikes in groups {
            spikes.clear();
            let steps = self.word()? as usize;
            spikes.step_ends.extend_from_slice(self.words(steps)?);
            let cells = self.word()? as usize;
            spikes.cells.extend_from_slice(self.words(cells)?);
        }
        Some(())
    }

    /// Reads columns of numbers.
    pub fn read_columns<R: Real>(&mut self, columns: &mut Vec<Vec<R>>) -> Option<()> {
        let count = self.word()? as usize;
        columns.resize_with(count, Vec::new);
        for column in columns {
            let values = self.word()? as usize;
            column.clear();
            let words = self.words(values.checked_mul(2)?)?;
            column.extend(words.chunks_exact(2).map(|bits| {
                let bits = u64::from(bits[0]) | u64::from(bits[1]) << 32;
                R::from_f64(f64::from_bits(bits))
            }));
        }
        Some(())
    }
}
