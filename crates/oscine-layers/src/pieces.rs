//! How a stage is parted into pieces: by its shape alone, never by the number of threads, so that sums have one order.

/// Multiplications of a piece: each piece packs the other matrix anew, so that small ones cost more than the sharing brings.
const WORTH: usize = 1 << 21;

/// Pieces at most.
const MOST: usize = 16;

/// Rows of a matrix product that make a piece, where each row takes `work` multiplications.
pub(crate) fn rows_of_a_piece(rows: usize, work: usize) -> usize {
    let pieces = (rows * work / WORTH).clamp(1, MOST);
    // A power of two, so that two threads, or four, have as much to do each.
    let pieces = 1 << pieces.ilog2();
    // Whole vectors of rows.
    rows.div_ceil(pieces).next_multiple_of(8).min(rows.max(1))
}

/// Samples that make a piece.
pub(crate) fn samples_of_a_piece(samples: usize) -> usize {
    samples.div_ceil(8).max(1)
}
