//! Small plots of text: a raster of Braille dots and a line of blocks.

use crate::SpikeRecord;

/// A raster of `rows` lines and `columns` characters, each character four cells' groups high and two moments wide.
pub(crate) fn braille_raster(record: &SpikeRecord, columns: usize, rows: usize) -> Vec<String> {
    // Dots of a Braille character by column and row, as bits over U+2800.
    const DOTS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
    let cells = record.recorded.len();
    let span = record.span();
    if cells == 0 || span <= 0.0 || columns == 0 {
        return Vec::new();
    }
    let high = (rows * 4).min(cells);
    let rows = high.div_ceil(4);
    let wide = columns * 2;
    // A dot stands for one cell of its group, or dense activity would fill every dot.
    let every = cells / high;
    let mut dots = vec![vec![0u8; columns]; rows];
    for (&time, &cell) in record.times.iter().zip(&record.cells) {
        let place = cell.wrapping_sub(record.recorded.start) as usize;
        let line = place / every;
        let moment = ((time - record.from) / span * wide as f64) as usize;
        if place.is_multiple_of(every) && line < high && moment < wide {
            let up = high - 1 - line;
            dots[up / 4][moment / 2] |= DOTS[moment % 2][up % 4];
        }
    }
    dots.into_iter()
        .map(|line| {
            line.into_iter()
                .map(|bits| char::from_u32(0x2800 + u32::from(bits)).unwrap_or(' '))
                .collect()
        })
        .collect()
}

/// Values as blocks of eight heights, from zero to the greatest.
pub fn blocks(values: &[f64]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = values.iter().copied().fold(0.0, f64::max);
    let height = |value: f64| {
        if most > 0.0 {
            (value / most * 7.0).round() as usize
        } else {
            0
        }
    };
    values
        .iter()
        .map(|&value| BLOCKS[height(value).min(7)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagonal_is_drawn_from_the_lower_left() {
        let record = SpikeRecord {
            recorded: 10..18,
            until: 8.0,
            times: (0..8).map(f64::from).collect(),
            cells: (10..18).collect(),
            ..SpikeRecord::default()
        };
        assert_eq!(braille_raster(&record, 4, 2), ["⠀⠀⡠⠊", "⡠⠊⠀⠀"]);
    }

    #[test]
    fn blocks_reach_from_zero_to_the_greatest() {
        assert_eq!(blocks(&[0.0, 1.0, 2.0, 7.0]), "▁▂▃█");
        assert_eq!(blocks(&[0.0, 0.0]), "▁▁");
    }

    #[test]
    fn nothing_recorded_draws_nothing() {
        assert!(braille_raster(&SpikeRecord::default(), 10, 4).is_empty());
    }
}
