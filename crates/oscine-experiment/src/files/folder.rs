//! The results folder: its files, how each is replaced in one go, and who may write there.
//!
//! ```text
//! coba-results/
//!   experiment.toml          the description as run
//!   progress.json            how far the run has come
//!   records/NAME.parquet     a table for each record, once the run has ended
//!   records/NAME/part-*      parts of it, complete files each, while the run goes on
//!   checkpoint.safetensors   where `oscine resume` goes on, until the run has ended
//!   summary.json, report.html
//! ```

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use oscine_network::Experiment;

use crate::error::ExperimentError;

/// The checkpoint of a training beside neurons.
const BESIDE: &str = "training-checkpoint.safetensors";

/// A results folder that this process alone writes to.
#[derive(Debug)]
pub struct ResultsFolder {
    path: PathBuf,
    /// Held as long as the folder is; the system lets go of it when the process ends, however that comes about.
    _lock: File,
}

/// The state of a run: `progress.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunState {
    /// The version of Oscine that ran it.
    pub oscine: String,
    /// Its phase: running, stopped, failed or finished.
    pub state: RunPhase,
    /// Steps whose recordings are on disk.
    pub step: u64,
    /// Steps of the whole run.
    pub steps: u64,
    /// Biological time of `step`, s.
    pub time: f64,
    /// Wall time spent so far, over all resumptions, s.
    pub seconds: f64,
    /// Whether this is the quick form of the experiment.
    #[serde(default)]
    pub quick: bool,
}

/// The phase of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunPhase {
    /// Under way, or killed.
    Running,
    /// Stopped by the user.
    Stopped,
    /// Ended by an error.
    Failed,
    /// At its end.
    Finished,
}

impl ResultsFolder {
    /// Makes a new folder. One that exists and is not empty is replaced only where `overwrite` is set and it holds
    /// results of Oscine's.
    ///
    /// # Errors
    /// Where it exists, holds something else, or cannot be made.
    pub fn create(path: &Path, overwrite: bool) -> Result<Self, ExperimentError> {
        if is_occupied(path) {
            if !overwrite {
                return Err(ExperimentError::Exists {
                    folder: path.to_owned(),
                });
            }
            if !holds_results(path) {
                return Err(ExperimentError::NotOurs {
                    folder: path.to_owned(),
                });
            }
            let old = Self::lock(path)?;
            old.clear()?;
            fs::create_dir_all(old.records())
                .map_err(|error| ExperimentError::writing(path, error))?;
            return Ok(old);
        }
        fs::create_dir_all(path.join("records"))
            .map_err(|error| ExperimentError::writing(path, error))?;
        Self::lock(path)
    }

    /// Opens the folder of a run that was begun.
    ///
    /// # Errors
    /// Where it is none, or another process writes to it.
    pub fn open(path: &Path) -> Result<Self, ExperimentError> {
        let missing = |reason: &str| ExperimentError::NotAResultsFolder {
            folder: path.to_owned(),
            reason: reason.to_owned(),
        };
        if !path.is_dir() {
            return Err(missing("there is no such folder"));
        }
        for file in ["experiment.toml", "progress.json"] {
            if !path.join(file).is_file() {
                return Err(missing(&format!("it has no {file}")));
            }
        }
        fs::create_dir_all(path.join("records"))
            .map_err(|error| ExperimentError::writing(path, error))?;
        Self::lock(path)
    }

    fn lock(path: &Path) -> Result<Self, ExperimentError> {
        let name = path.join(".lock");
        let lock = File::create(&name).map_err(|error| ExperimentError::writing(path, error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(ExperimentError::Busy {
                folder: path.to_owned(),
            }),
            // Some network file systems know no locks; a run there is as safe as its user is careful.
            Err(TryLockError::Error(_)) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
        }
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of the tables.
    #[must_use]
    pub fn records(&self) -> PathBuf {
        self.path.join("records")
    }

    /// `checkpoint.safetensors`.
    #[must_use]
    pub fn checkpoint(&self) -> PathBuf {
        self.path.join("checkpoint.safetensors")
    }

    /// `experiment.toml`.
    #[must_use]
    pub fn description(&self) -> PathBuf {
        self.path.join("experiment.toml")
    }

    /// The state of the run.
    ///
    /// # Errors
    /// Where `progress.json` cannot be read.
    pub fn state(&self) -> Result<RunState, ExperimentError> {
        read_state(&self.path)
    }

    /// Writes the state of the run.
    ///
    /// # Errors
    /// Where `progress.json` cannot be written.
    pub fn set_state(&self, state: &RunState) -> Result<(), ExperimentError> {
        let text = serde_json::to_string_pretty(state).map_err(|error| {
            ExperimentError::writing(&self.path.join("progress.json"), io::Error::other(error))
        })?;
        self.write("progress.json", &(text + "\n"))
    }

    /// Writes a file of the folder: either all of it is there afterwards, or what was there before.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<(), ExperimentError> {
        let path = self.path.join(name);
        replace(&path, text.as_bytes()).map_err(|error| ExperimentError::writing(&path, error))
    }

    /// The checkpoint of a training: the run's, or one beside it where neurons run after the training.
    pub(crate) fn training_checkpoint(&self, experiment: &Experiment) -> PathBuf {
        match experiment.has_time() {
            true => self.path.join(BESIDE),
            false => self.checkpoint(),
        }
    }

    /// Removes the checkpoints, which only a run that goes on needs.
    pub(crate) fn tidy(&self) -> Result<(), ExperimentError> {
        remove_if_there(&self.path.join(BESIDE))?;
        remove_if_there(&self.checkpoint())
    }

    /// Removes the folder, as long as nothing but its frame was made.
    pub(crate) fn withdraw(self) {
        let _ = fs::remove_dir(self.records());
        let _ = fs::remove_file(self.path.join(".lock"));
        let _ = fs::remove_dir(&self.path);
    }

    /// Deletes what Oscine wrote, and nothing else.
    fn clear(&self) -> Result<(), ExperimentError> {
        // The points of an old sweep would be taken for those of the new one.
        for folder in [self.records(), self.path.join("points")] {
            if folder.is_dir() {
                fs::remove_dir_all(&folder)
                    .map_err(|error| ExperimentError::writing(&folder, error))?;
            }
        }
        for name in [
            "checkpoint.safetensors",
            BESIDE,
            "measures.safetensors",
            "weights.safetensors",
            "training.csv",
            "sweep.parquet",
            "summary.json",
            "report.html",
            "experiment.toml",
            "progress.json",
        ] {
            remove_if_there(&self.path.join(name))?;
        }
        Ok(())
    }
}

impl Drop for ResultsFolder {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.path.join(".lock"));
    }
}

/// The state of the run in a folder.
///
/// # Errors
/// Where the folder has no readable `progress.json`.
pub fn read_state(folder: &Path) -> Result<RunState, ExperimentError> {
    let path = folder.join("progress.json");
    let text = fs::read_to_string(&path).map_err(|error| ExperimentError::reading(&path, error))?;
    serde_json::from_str(&text).map_err(|error| ExperimentError::Damaged {
        path,
        reason: error.to_string(),
    })
}

/// `base`, or `base-2`, `base-3` …: the first that is not there yet.
#[must_use]
pub fn fresh_folder(base: &Path) -> PathBuf {
    let name = base.file_name().unwrap_or_default().to_owned();
    let numbered = |number: u32| {
        let mut name = name.clone();
        name.push(format!("-{number}"));
        base.with_file_name(name)
    };
    std::iter::once(base.to_owned())
        .chain((2..).map(numbered))
        .find(|path| !is_occupied(path))
        .unwrap_or_else(|| base.to_owned())
}

/// Whether there is something at this place that a run must not overwrite.
#[must_use]
pub fn is_occupied(path: &Path) -> bool {
    match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// Whether a folder was made by a run, be it one that was killed before its first step.
fn holds_results(path: &Path) -> bool {
    let only_the_frame = || {
        fs::read_dir(path).is_ok_and(|mut entries| {
            entries.all(|entry| {
                entry.is_ok_and(|entry| {
                    ["records", ".lock"]
                        .iter()
                        .any(|name| entry.file_name() == *name)
                })
            })
        })
    };
    path.join("progress.json").is_file() || only_the_frame()
}

/// The name that a file bears until it is complete.
pub(crate) fn partial_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    path.with_file_name(name)
}

pub(crate) fn remove_if_there(path: &Path) -> Result<(), ExperimentError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(ExperimentError::writing(path, error))
        }
        _ => Ok(()),
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let partial = partial_path(path);
    let mut file = File::create(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&partial, path)
}
