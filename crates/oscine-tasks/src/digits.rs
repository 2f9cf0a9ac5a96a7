//! The handwritten digits that ship inside: 1,797 images of 8 x 8 pixels. Alpaydin & Kaynak (1998), Optical Recognition of Handwritten
//! Digits, UCI Machine Learning Repository, doi:10.24432/C50P49; the licence lies beside the file.

use std::io::Read;
use std::path::PathBuf;

use flate2::read::GzDecoder;

use oscine_network::{Examples, Shape, Targets};

use crate::TaskError;

static FILE: &[u8] = include_bytes!("../../../data/digits/digits.gz");

/// Pixels of an image.
const PIXELS: usize = 64;
/// The brightest pixel.
const BRIGHTEST: f32 = 16.0;

/// All digits.
///
/// # Errors
/// Where the program itself is damaged.
pub(crate) fn read() -> Result<Examples, TaskError> {
    let mut bytes = Vec::new();
    let read = GzDecoder::new(FILE).read_to_end(&mut bytes);
    read.map_err(|error| TaskError::Damaged {
        path: PathBuf::from("the digits inside of the program"),
        reason: error.to_string(),
    })?;
    let images = bytes.chunks_exact(PIXELS + 1);
    let mut inputs = Vec::with_capacity(images.len() * PIXELS);
    let mut of = Vec::with_capacity(images.len());
    for image in images {
        inputs.extend(
            image[..PIXELS]
                .iter()
                .map(|&pixel| f32::from(pixel) / BRIGHTEST),
        );
        of.push(u32::from(image[PIXELS]));
    }
    Ok(Examples {
        inputs,
        shape: Shape {
            channels: 1,
            height: 8,
            width: 8,
        },
        targets: Targets::Classes {
            of,
            names: (0..10).map(|digit| digit.to_string()).collect(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_digits_are_there() {
        let digits = read().unwrap();
        assert_eq!(digits.len(), 1797);
        let Targets::Classes { of, .. } = &digits.targets else {
            panic!("digits have classes");
        };
        let counts = (0..10).map(|digit| of.iter().filter(|&&class| class == digit).count());
        // As the repository's description counts its test set.
        let expected = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180];
        assert!(counts.eq(expected));
        assert!(
            digits
                .inputs
                .iter()
                .all(|pixel| (0.0..=1.0).contains(pixel))
        );
        // The first is a 0, with its first bright pixel in the third column.
        assert_eq!(
            (of[0], &digits.inputs[..4]),
            (0, &[0.0, 0.0, 5.0 / 16.0, 13.0 / 16.0][..])
        );
    }
}
