//! MNIST: four files of the IDX format (LeCun, Cortes & Burges 1998), gzipped or not.
//!
//! A header of big-endian words, the last byte of the first the number of dimensions, the one before the kind of number; then bytes.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use flate2::read::GzDecoder;

use oscine_network::{Examples, Shape, Targets};

use crate::TaskError;

/// Unsigned bytes.
const BYTES: u8 = 8;
/// No data set of this format that is known is larger when unpacked.
const LONGEST: u64 = 1 << 30;

/// Images to learn from, and those to be tested on.
type Sets = Arc<(Examples, Option<Examples>)>;

/// What was read last, and of which files: their folder, and when that of the images was changed.
static KEPT: Mutex<Option<(PathBuf, SystemTime, Sets)>> = Mutex::new(None);

/// The 60,000 images to learn from, and the 10,000 to be tested on; where `keep` says so they are kept for the next call, 220 MB.
///
/// # Errors
/// Files that are not there or are damaged.
pub(crate) fn mnist(folder: Option<&Path>, keep: bool) -> Result<Sets, TaskError> {
    let absent = |looked: String| TaskError::NoMnist { looked };
    let folder = folder.ok_or_else(|| absent(String::new()))?;
    let folders = [folder.join("mnist"), folder.to_owned()];
    let found = folders
        .iter()
        .find(|folder| file_of(folder, "train-images-idx3-ubyte").is_some());
    let folder = found.ok_or_else(|| absent(format!(" in {}", folder.display())))?;
    let images = file_of(folder, "train-images-idx3-ubyte");
    let changed = images.and_then(|path| path.metadata().ok()?.modified().ok());
    // Runs that begin together wait for the first of them to have read.
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let (Some((known, then, sets)), Some(now)) = (&*kept, changed)
        && known == folder
        && *then == now
    {
        return Ok(sets.clone());
    }
    let (training, test) = (set(folder, "train")?, set(folder, "t10k")?);
    let size = |examples: &Examples| (examples.shape.height, examples.shape.width);
    if size(&training) != size(&test) {
        let ((height, width), (others_height, others_width)) = (size(&training), size(&test));
        return Err(TaskError::Damaged {
            path: folder.clone(),
            reason: format!(
                "its images to learn from are {height} x {width} pixels, those to be tested on {others_height} x {others_width}"
            ),
        });
    }
    let sets = Arc::new((training, Some(test)));
    if let (true, Some(changed)) = (keep, changed) {
        *kept = Some((folder.clone(), changed, sets.clone()));
    }
    Ok(sets)
}

fn file_of(folder: &Path, name: &str) -> Option<PathBuf> {
    [format!("{name}.gz"), name.to_owned()]
        .into_iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_file())
}

fn set(folder: &Path, name: &str) -> Result<Examples, TaskError> {
    let load = |part: &str| {
        let name = format!("{name}-{part}");
        let path = file_of(folder, &name).ok_or_else(|| TaskError::Unreadable {
            path: folder.join(format!("{name}.gz")),
            reason: "there is no such file".into(),
        })?;
        let bytes = unpacked(&path)?;
        Ok((path, bytes))
    };
    let (path, bytes) = load("images-idx3-ubyte")?;
    let damaged = |path: &Path, reason: String| TaskError::Damaged {
        path: path.to_owned(),
        reason,
    };
    let (sizes, pixels) = parse(&bytes, 3).map_err(|reason| damaged(&path, reason))?;
    let (label_path, label_bytes) = load("labels-idx1-ubyte")?;
    let (label_sizes, labels) =
        parse(&label_bytes, 1).map_err(|reason| damaged(&label_path, reason))?;
    if label_sizes[0] != sizes[0] {
        let reason = format!("it has {} labels for {} images", label_sizes[0], sizes[0]);
        return Err(damaged(&label_path, reason));
    }
    if let Some(label) = labels.iter().find(|&&label| label > 9) {
        return Err(damaged(
            &label_path,
            format!("it has the label {label}, and digits go to 9"),
        ));
    }
    Ok(Examples {
        inputs: pixels
            .iter()
            .map(|&pixel| f32::from(pixel) / 255.0)
            .collect(),
        shape: Shape {
            channels: 1,
            height: sizes[1],
            width: sizes[2],
        },
        targets: Targets::Classes {
            of: labels.iter().map(|&label| u32::from(label)).collect(),
            names: (0..10).map(|digit| digit.to_string()).collect(),
        },
    })
}

fn unpacked(path: &Path) -> Result<Vec<u8>, TaskError> {
    let unreadable = |error: std::io::Error| TaskError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        let read = GzDecoder::new(file).take(LONGEST).read_to_end(&mut bytes);
        read.map_err(|error| TaskError::Damaged {
            path: path.to_owned(),
            reason: format!("it cannot be unpacked ({error}); fetch it again"),
        })?;
    } else {
        file.take(LONGEST)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
    }
    Ok(bytes)
}

/// The sizes and the numbers of a file of bytes with so many dimensions.
fn parse(bytes: &[u8], dimensions: usize) -> Result<(Vec<usize>, &[u8]), String> {
    let header = 4 + 4 * dimensions;
    if bytes.len() < header {
        return Err(format!(
            "it has {} bytes, less than its header of {header}",
            bytes.len()
        ));
    }
    if bytes[..3] != [0, 0, BYTES] || usize::from(bytes[3]) != dimensions {
        return Err(format!(
            "it begins with {:02x?}, and an IDX file of bytes in {dimensions} dimensions with {:02x?}",
            &bytes[..4],
            [0, 0, BYTES, dimensions as u8]
        ));
    }
    let sizes: Vec<usize> = bytes[4..header]
        .chunks_exact(4)
        .map(|word| {
            word.iter()
                .fold(0, |size, &byte| size << 8 | usize::from(byte))
        })
        .collect();
    let expected = sizes
        .iter()
        .try_fold(1usize, |product, &size| product.checked_mul(size));
    let numbers = &bytes[header..];
    if expected != Some(numbers.len()) || numbers.is_empty() {
        let shape: Vec<String> = sizes.iter().map(usize::to_string).collect();
        return Err(format!(
            "its header says {} numbers, and {} follow",
            shape.join(" x "),
            numbers.len()
        ));
    }
    Ok((sizes, numbers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let whole = [0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9];
        assert_eq!(parse(&whole, 1).unwrap(), (vec![3], &[7u8, 8, 9][..]));
        let said = |bytes: &[u8]| parse(bytes, 1).unwrap_err();
        assert!(said(&whole[..10]).contains("says 3 numbers, and 2 follow"));
        assert!(said(&whole[..5]).contains("less than its header of 8"));
        assert!(said(&[0, 0, 13, 1, 0, 0, 0, 0]).contains("begins with [00, 00, 0d, 01]"));
    }

    #[test]
    fn a_folder_without_the_files_is_told_which_to_fetch() {
        let folder = tempfile::tempdir().unwrap();
        for place in [None, Some(folder.path())] {
            let said = mnist(place, false).unwrap_err().to_string();
            assert!(
                said.contains("OSCINE_DATA") && said.contains("t10k-labels"),
                "{said}"
            );
        }
        std::fs::write(folder.path().join("train-images-idx3-ubyte.gz"), b"no gzip").unwrap();
        let said = mnist(Some(folder.path()), true).unwrap_err().to_string();
        assert!(
            said.contains("train-images-idx3-ubyte.gz is damaged"),
            "{said}"
        );
    }

    /// Two images of two pixels in each set, all of this brightness.
    fn write(folder: &Path, pixel: u8, age: u64) {
        for name in ["train", "t10k"] {
            let images = [
                &[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2][..],
                &[pixel; 4],
            ]
            .concat();
            let path = folder.join(format!("{name}-images-idx3-ubyte"));
            std::fs::write(&path, images).unwrap();
            let then = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(age);
            std::fs::File::options()
                .append(true)
                .open(&path)
                .unwrap()
                .set_modified(then)
                .unwrap();
            std::fs::write(
                folder.join(format!("{name}-labels-idx1-ubyte")),
                [0, 0, 8, 1, 0, 0, 0, 2, 3, 4],
            )
            .unwrap();
        }
    }

    #[test]
    fn what_is_kept_is_read_again_when_it_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), 255, 1_000_000);
        let read = || mnist(Some(folder.path()), true).unwrap();
        let first = read();
        assert_eq!(first.0.inputs, [1.0; 4]);
        assert!(Arc::ptr_eq(&first, &read()));
        write(folder.path(), 0, 2_000_000);
        assert_eq!(read().0.inputs, [0.0; 4]);
    }

    proptest! {
        #[test]
        fn no_bytes_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..64), dimensions in 1usize..4) {
            let mut bytes = bytes;
            if bytes.len() > 4 {
                bytes[..4].copy_from_slice(&[0, 0, 8, dimensions as u8]);
            }
            if let Ok((sizes, numbers)) = parse(&bytes, dimensions) {
                prop_assert_eq!(sizes.iter().product::<usize>(), numbers.len());
            }
        }
    }
}
