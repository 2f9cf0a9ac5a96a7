//! What can go wrong around a run: with the results folder, the disk, the memory, a checkpoint.

use std::io;
use std::path::{Path, PathBuf};

use oscine_engine::{BuildError, RestoreError, RunError};
use oscine_network::DescriptionErrors;
use thiserror::Error;

/// Why an experiment was not carried out to its end.
#[derive(Debug, Error)]
pub enum ExperimentError {
    /// The description cannot be built.
    #[error("the experiment cannot be built")]
    Build(#[source] Box<BuildError>),
    /// The description in a results folder cannot be read.
    #[error("the description in {} does not hold: {errors}", path.display())]
    Description {
        /// `experiment.toml` of the folder.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        errors: Box<DescriptionErrors>,
    },
    /// Layers without a task.
    #[error("there is no [task] for the layers to learn")]
    NoTask,
    /// The examples cannot be had.
    #[error("{0}")]
    Task(#[source] Box<oscine_tasks::TaskError>),
    /// The layers cannot be built.
    #[error("{0}")]
    Layers(#[source] Box<oscine_layers::LayersError>),
    /// A network that has no form in ONNX.
    #[error("the network cannot be written as ONNX: {reason}")]
    Onnx {
        /// Why not.
        reason: String,
    },
    /// The training stopped by itself.
    #[error("the training stopped: {error}")]
    Training {
        /// Why.
        #[source]
        error: Box<oscine_layers::LayersError>,
        /// The results so far.
        folder: PathBuf,
    },
    /// A measure cannot be taken.
    #[error("{measure}: {reason}")]
    Measure {
        /// Its name.
        measure: String,
        /// Why not.
        reason: String,
    },
    /// The simulation stopped by itself; what was recorded until then is in the folder.
    #[error("the run stopped: {error}")]
    Run {
        /// Why.
        #[source]
        error: Box<RunError>,
        /// The results so far.
        folder: PathBuf,
    },
    /// The network does not fit.
    #[error("the run needs {} of memory, and {} is available", in_bytes(*needed), in_bytes(*available))]
    Memory {
        /// Bytes.
        needed: u64,
        /// Bytes.
        available: u64,
        /// What takes how much, bytes.
        parts: Vec<(String, u64)>,
    },
    /// The folder is there already.
    #[error("{} exists, and results are never overwritten without being asked", folder.display())]
    Exists {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder is there already and holds something else.
    #[error("{} holds files that are not Oscine's results, so it is left alone", folder.display())]
    NotOurs {
        /// The folder.
        folder: PathBuf,
    },
    /// There is nothing to go on from.
    #[error("{} is no results folder: {reason}", folder.display())]
    NotAResultsFolder {
        /// The folder.
        folder: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// There is nothing left to do.
    #[error("the run in {} has come to its end already", folder.display())]
    Finished {
        /// The folder.
        folder: PathBuf,
    },
    /// Another process writes there.
    #[error("another Oscine is writing to {}", folder.display())]
    Busy {
        /// The folder.
        folder: PathBuf,
    },
    /// A file does not hold what it should.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// How.
        reason: String,
    },
    /// Another version may draw or round differently, so that the results would be neither's.
    #[error("{} was written by Oscine {theirs}, and this is {}", path.display(), crate::version::VERSION)]
    OtherVersion {
        /// The checkpoint.
        path: PathBuf,
        /// The version that wrote it.
        theirs: String,
    },
    /// The description was changed after the run began.
    #[error("{} belongs to another description than the one beside it", path.display())]
    OtherExperiment {
        /// The checkpoint.
        path: PathBuf,
    },
    /// The checkpoint does not fit the simulation.
    #[error("{} does not fit its experiment: {error}", path.display())]
    Restore {
        /// The checkpoint.
        path: PathBuf,
        /// How.
        #[source]
        error: Box<RestoreError>,
    },
    /// The disk is full.
    #[error("the disk is full: {} could not be written", path.display())]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// A file or folder may not be written.
    #[error("{} may not be written", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// Something else with a file.
    #[error("{} could not be {doing}: {error}", path.display())]
    File {
        /// `read` or `written`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
}

impl ExperimentError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let shown = |path: &Path| path.display().to_string();
        match self {
            Self::Memory { .. } => Some(
                "record fewer cells or less often, use `precision = \"single\"`, or fewer synapses; \
                 `oscine check FILE` shows what takes how much"
                    .into(),
            ),
            // These say in their own sentence how to mend it.
            Self::NoTask
            | Self::Task(_)
            | Self::Layers(_)
            | Self::Onnx { .. }
            | Self::Training { .. } => None,
            Self::Exists { .. } => {
                Some("choose another folder with --out, or replace it with --overwrite".into())
            }
            Self::NotOurs { .. } => Some("choose another folder with --out".into()),
            Self::NotAResultsFolder { .. } => {
                Some("give the folder that `oscine run` wrote, such as coba-results".into())
            }
            Self::Busy { .. } => Some("wait until it has finished, or end it first".into()),
            Self::Damaged { path, .. } if path.extension().is_some_and(|e| e == "safetensors") => {
                Some(format!(
                    "delete {} to start again from the beginning with `oscine resume`",
                    shown(path)
                ))
            }
            Self::Damaged { .. } => Some(
                "the file was cut off or changed; run the experiment again into another folder".into(),
            ),
            Self::OtherVersion { theirs, path } => Some(format!(
                "resume with Oscine {theirs}, or delete {} to start again from the beginning",
                shown(path)
            )),
            Self::OtherExperiment { path } | Self::Restore { path, .. } => Some(format!(
                "undo the change to experiment.toml, or delete {} to start again from the beginning",
                shown(path)
            )),
            Self::DiskFull { .. } => Some(
                "free some space; a run that had begun goes on with `oscine resume FOLDER`".into(),
            ),
            Self::Unwritable { .. } => {
                Some("choose another folder with --out, or change its permissions".into())
            }
            Self::Run { folder, .. } => Some(format!(
                "what was recorded until then is in {}; a smaller dt or another integrator often helps",
                shown(folder)
            )),
            Self::Finished { .. } => Some("`oscine run` runs an experiment anew".into()),
            Self::Build(_)
            | Self::Measure { .. }
            | Self::Description { .. }
            | Self::File { .. } => None,
        }
    }

    /// Whether the description or the call is at fault, rather than the machine.
    #[must_use]
    pub fn is_of_the_user(&self) -> bool {
        !matches!(
            self,
            Self::DiskFull { .. } | Self::Unwritable { .. } | Self::File { .. }
        )
    }

    pub(crate) fn writing(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::DiskFull { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Unwritable { path, error }
            }
            _ => Self::File {
                doing: "written",
                path,
                error,
            },
        }
    }

    pub(crate) fn reading(path: &Path, error: io::Error) -> Self {
        Self::File {
            doing: "read",
            path: path.to_owned(),
            error,
        }
    }
}

/// Bytes as a person says them: `1.5 GB`.
#[must_use]
pub fn in_bytes(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (1_000_000_000_000, "TB"),
        (1_000_000_000, "GB"),
        (1_000_000, "MB"),
        (1_000, "kB"),
    ];
    for (size, unit) in UNITS {
        if bytes >= size {
            return format!("{:.1} {unit}", bytes as f64 / size as f64);
        }
    }
    format!("{bytes} bytes")
}
