//! Spike trains: the spikes of many cells, parted by cell.

use std::ops::Range;

/// The spike trains of the recorded cells, each sorted by time.
#[derive(Debug, Clone, PartialEq)]
pub struct CellTrains {
    /// Where each cell's spikes begin in `times`, `[cell + 1]`.
    begins: Vec<usize>,
    /// The times (s), cell after cell.
    times: Vec<f64>,
}

impl CellTrains {
    /// Parts spikes sorted by time; `recorded` are the cells that were looked at. Takes time in proportion to spikes and cells.
    #[must_use]
    pub fn of(times: &[f64], cells: &[u32], recorded: Range<u32>) -> Self {
        let count = recorded.len();
        let place = |cell: u32| {
            Some(cell.wrapping_sub(recorded.start) as usize).filter(|&place| place < count)
        };
        let mut begins = vec![0usize; count + 1];
        for position in cells.iter().filter_map(|&cell| place(cell)) {
            begins[position + 1] += 1;
        }
        for position in 0..count {
            begins[position + 1] += begins[position];
        }
        let mut next = begins.clone();
        let mut parted = vec![0.0; begins[count]];
        for (&time, &cell) in times.iter().zip(cells) {
            if let Some(position) = place(cell) {
                parted[next[position]] = time;
                next[position] += 1;
            }
        }
        Self {
            begins,
            times: parted,
        }
    }

    /// How many cells were recorded, the silent ones included.
    #[must_use]
    pub fn cell_count(&self) -> usize {
        self.begins.len() - 1
    }

    /// The spike times (s) of one cell; `position` counts from the first recorded cell. Empty for a cell that isn't there.
    #[must_use]
    pub fn train(&self, position: usize) -> &[f64] {
        match (self.begins.get(position), self.begins.get(position + 1)) {
            (Some(&begin), Some(&end)) => &self.times[begin..end],
            _ => &[],
        }
    }

    /// The trains of all cells in turn.
    pub fn iter(&self) -> impl Iterator<Item = &[f64]> {
        (0..self.cell_count()).map(|position| self.train(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cell_has_its_own_spikes_in_order() {
        let trains = CellTrains::of(&[0.1, 0.2, 0.3, 0.4], &[5, 4, 5, 9], 4..7);
        assert_eq!(trains.cell_count(), 3);
        assert_eq!(trains.train(0), [0.2]);
        assert_eq!(trains.train(1), [0.1, 0.3]);
        assert!(trains.train(2).is_empty() && trains.train(3).is_empty());
        assert_eq!(trains.iter().map(<[f64]>::len).sum::<usize>(), 3);
    }
}
