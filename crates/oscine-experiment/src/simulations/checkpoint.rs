//! Checkpoints on disk: the simulation's arrays as safetensors, with what they belong to in the file's metadata.
//!
//! A checkpoint says how much of each record was in part files when it was made, so that going on from it drops
//! what was recorded later and then records it again, to the same bits.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::{self, File};
use std::path::Path;

use oscine_engine::{Checkpoint, Counts, StateArray};
use safetensors::{Dtype, SafeTensorError, SafeTensors, View};

use crate::error::ExperimentError;
use crate::files::folder::partial_path;
use crate::simulations::recorder::Position;

/// A checkpoint as it is saved: the simulation's state, the recorder's positions, and what was done until then.
pub(crate) struct SavedCheckpoint {
    /// The state of the simulation.
    pub(crate) checkpoint: Checkpoint,
    /// The recorder's positions.
    pub(crate) positions: Vec<Position>,
    /// Spikes, events and updates until then.
    pub(crate) counts: Counts,
    /// Wall time spent until then, s.
    pub(crate) seconds: f64,
    /// Of these, those in which it stepped.
    pub(crate) running: f64,
}

impl SavedCheckpoint {
    /// Writes the checkpoint in the place of an older one, in one go. `description` is the text of `experiment.toml`.
    pub(crate) fn write(&self, path: &Path, description: &str) -> Result<(), ExperimentError> {
        let positions = serde_json::to_string(&self.positions)
            .map_err(|error| ExperimentError::writing(path, std::io::Error::other(error)))?;
        let Counts {
            spikes,
            synaptic_events,
            cell_updates,
            plastic_updates,
        } = self.counts;
        let metadata = HashMap::from([
            ("oscine".to_owned(), crate::version::VERSION.to_owned()),
            ("experiment".to_owned(), fingerprint(description)),
            ("step".to_owned(), self.checkpoint.step.to_string()),
            ("seconds".to_owned(), self.seconds.to_string()),
            ("running".to_owned(), self.running.to_string()),
            ("positions".to_owned(), positions),
            (
                "counts".to_owned(),
                format!("{spikes} {synaptic_events} {cell_updates} {plastic_updates}"),
            ),
        ]);
        let partial = partial_path(path);
        let arrays = &self.checkpoint.arrays;
        let tensors = arrays.iter().map(|(name, array)| (name, Tensor::of(array)));
        safetensors::serialize_to_file(tensors, Some(metadata), &partial).map_err(|error| {
            let error = match error {
                SafeTensorError::IoError(error) => error,
                other => std::io::Error::other(other.to_string()),
            };
            ExperimentError::writing(path, error)
        })?;
        File::open(&partial)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&partial, path))
            .map_err(|error| ExperimentError::writing(path, error))
    }

    /// Reads the checkpoint of the experiment that `description` is the text of; `None` where there is none.
    pub(crate) fn read(path: &Path, description: &str) -> Result<Option<Self>, ExperimentError> {
        if !path.exists() {
            return Ok(None);
        }
        let damaged = |reason: String| ExperimentError::Damaged {
            path: path.to_owned(),
            reason,
        };
        let bytes = fs::read(path).map_err(|error| ExperimentError::reading(path, error))?;
        let (_, header) =
            SafeTensors::read_metadata(&bytes).map_err(|error| damaged(error.to_string()))?;
        let value = |key: &str| {
            header
                .metadata()
                .as_ref()
                .and_then(|metadata| metadata.get(key))
                .cloned()
                .ok_or_else(|| damaged(format!("its header has no `{key}`")))
        };
        let version = value("oscine")?;
        if version != crate::version::VERSION {
            return Err(ExperimentError::OtherVersion {
                path: path.to_owned(),
                theirs: version,
            });
        }
        if value("experiment")? != fingerprint(description) {
            return Err(ExperimentError::OtherExperiment {
                path: path.to_owned(),
            });
        }
        let unreadable = |key: &str| damaged(format!("`{key}` in its header cannot be read"));
        let counts: Vec<u64> = value("counts")?
            .split(' ')
            .filter_map(|count| count.parse().ok())
            .collect();
        let [spikes, synaptic_events, cell_updates, plastic_updates] = counts[..] else {
            return Err(unreadable("counts"));
        };
        let tensors =
            SafeTensors::deserialize(&bytes).map_err(|error| damaged(error.to_string()))?;
        let mut arrays = Vec::new();
        for (name, tensor) in tensors.tensors() {
            let array = array(tensor.dtype(), tensor.data()).ok_or_else(|| {
                damaged(format!("`{name}` is of a type that Oscine does not write"))
            })?;
            arrays.push((name, array));
        }
        arrays.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(Some(Self {
            checkpoint: Checkpoint {
                step: value("step")?.parse().map_err(|_| unreadable("step"))?,
                arrays,
            },
            positions: serde_json::from_str(&value("positions")?)
                .map_err(|_| unreadable("positions"))?,
            counts: Counts {
                spikes,
                synaptic_events,
                cell_updates,
                plastic_updates,
            },
            seconds: value("seconds")?
                .parse()
                .map_err(|_| unreadable("seconds"))?,
            running: value("running")?
                .parse()
                .map_err(|_| unreadable("running"))?,
        }))
    }
}

/// A tensor of safetensors: an array whose bytes are made when they are written, one array at a time.
pub(crate) struct Tensor<'a> {
    array: &'a StateArray,
    shape: [usize; 1],
}

impl<'a> Tensor<'a> {
    pub(crate) fn of(array: &'a StateArray) -> Self {
        let length = match array {
            StateArray::F64(values) => values.len(),
            StateArray::F32(values) => values.len(),
            StateArray::U64(values) => values.len(),
            StateArray::U32(values) => values.len(),
        };
        Self {
            array,
            shape: [length],
        }
    }
}

impl View for Tensor<'_> {
    fn dtype(&self) -> Dtype {
        match self.array {
            StateArray::F64(_) => Dtype::F64,
            StateArray::F32(_) => Dtype::F32,
            StateArray::U64(_) => Dtype::U64,
            StateArray::U32(_) => Dtype::U32,
        }
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Owned(match self.array {
            StateArray::F64(values) => values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect(),
            StateArray::F32(values) => values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect(),
            StateArray::U64(values) => values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect(),
            StateArray::U32(values) => values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect(),
        })
    }

    fn data_len(&self) -> usize {
        let width = match self.array {
            StateArray::F64(_) | StateArray::U64(_) => 8,
            StateArray::F32(_) | StateArray::U32(_) => 4,
        };
        self.shape[0] * width
    }
}

pub(crate) fn array(dtype: Dtype, bytes: &[u8]) -> Option<StateArray> {
    let eight = || bytes.as_chunks::<8>().0.iter().copied();
    let four = || bytes.as_chunks::<4>().0.iter().copied();
    match dtype {
        Dtype::F64 => Some(StateArray::F64(eight().map(f64::from_le_bytes).collect())),
        Dtype::F32 => Some(StateArray::F32(four().map(f32::from_le_bytes).collect())),
        Dtype::U64 => Some(StateArray::U64(eight().map(u64::from_le_bytes).collect())),
        Dtype::U32 => Some(StateArray::U32(four().map(u32::from_le_bytes).collect())),
        _ => None,
    }
}

/// The fingerprint of a description, by which it is told from another: FNV-1a, <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn fingerprint(description: &str) -> String {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let hash = description.bytes().fold(OFFSET, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved() -> SavedCheckpoint {
        SavedCheckpoint {
            checkpoint: Checkpoint {
                step: 77,
                arrays: vec![
                    (
                        "cells.v".into(),
                        StateArray::F64(vec![0.1, -0.0, f64::MIN_POSITIVE]),
                    ),
                    ("ring".into(), StateArray::U32(vec![7, u32::MAX])),
                    ("traces".into(), StateArray::F32(vec![1.5])),
                    ("when".into(), StateArray::U64(vec![u64::MAX])),
                ],
            },
            positions: vec![Position {
                record: "raster".into(),
                parts: 3,
                rows: 12_345,
            }],
            counts: Counts {
                spikes: 1,
                synaptic_events: 2,
                cell_updates: 3,
                plastic_updates: 4,
            },
            seconds: 1.25,
            running: 0.75,
        }
    }

    #[test]
    fn a_checkpoint_is_read_back_bit_for_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint.safetensors");
        saved().write(&path, "[run]").unwrap();
        let read = SavedCheckpoint::read(&path, "[run]").unwrap().unwrap();
        assert_eq!(read.checkpoint, saved().checkpoint);
        assert_eq!(read.positions, saved().positions);
        assert_eq!(read.counts, saved().counts);
        assert_eq!((read.seconds, read.running), (1.25, 0.75));
    }

    #[test]
    fn a_checkpoint_of_another_description_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint.safetensors");
        saved().write(&path, "seed = 1").unwrap();
        let error = SavedCheckpoint::read(&path, "seed = 2").err().unwrap();
        assert!(
            matches!(error, ExperimentError::OtherExperiment { .. }),
            "{error}"
        );
    }

    #[test]
    fn a_checkpoint_cut_off_anywhere_is_called_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint.safetensors");
        saved().write(&path, "[run]").unwrap();
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let error = SavedCheckpoint::read(&path, "[run]").err().unwrap();
            assert!(
                matches!(error, ExperimentError::Damaged { .. }),
                "{length}: {error}"
            );
        }
    }

    #[test]
    fn without_a_checkpoint_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint.safetensors");
        assert!(SavedCheckpoint::read(&path, "").unwrap().is_none());
    }
}
