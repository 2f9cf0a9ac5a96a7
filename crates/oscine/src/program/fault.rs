//! Why a command did not do what was asked, and the exit status that says so.

use std::path::Path;

use oscine::ExperimentError;
use oscine::experiment::in_bytes;
use oscine::network::DescriptionErrors;

use super::problem::ShownProblem;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub struct Fault {
    problems: Vec<ShownProblem>,
    exit_code: u8,
}

impl Fault {
    /// Exit status of a failure of the machine's, and of a run that was stopped.
    pub const OF_THE_MACHINE: u8 = 1;
    /// Exit status of a mistake in the file or the call.
    pub const OF_THE_USER: u8 = 2;

    /// A mistake in the call.
    pub fn of_the_call(message: impl Into<String>, help: Option<String>) -> Self {
        Self {
            problems: vec![ShownProblem::new(message, help)],
            exit_code: Self::OF_THE_USER,
        }
    }

    /// What the machine could not do.
    pub fn of_the_machine(message: impl Into<String>, help: Option<String>) -> Self {
        Self {
            problems: vec![ShownProblem::new(message, help)],
            exit_code: Self::OF_THE_MACHINE,
        }
    }

    /// Mistakes in an experiment file.
    pub fn of_description(errors: &DescriptionErrors) -> Self {
        Self {
            problems: ShownProblem::of_description(errors),
            exit_code: Self::OF_THE_USER,
        }
    }

    /// What went wrong with the experiment in this file.
    pub fn of_experiment(error: &ExperimentError, file: &Path) -> Self {
        let text = std::fs::read_to_string(file).ok();
        Self::of_experiment_in(error, &file.display().to_string(), text.as_deref())
    }

    /// What went wrong with the experiment of this text.
    pub fn of_experiment_text(error: &ExperimentError, name: &str, text: &str) -> Self {
        Self::of_experiment_in(error, name, Some(text))
    }

    fn of_experiment_in(error: &ExperimentError, name: &str, text: Option<&str>) -> Self {
        let problems = match error {
            ExperimentError::Build(error) => vec![ShownProblem::of_build(error, name, text)],
            ExperimentError::Description { errors, .. } => ShownProblem::of_description(errors),
            ExperimentError::Memory { parts, .. } => {
                let parts: Vec<String> = parts
                    .iter()
                    .map(|(part, bytes)| format!("{part} {}", in_bytes(*bytes)))
                    .collect();
                let help = format!("{}; {}", parts.join(", "), error.hint().unwrap_or_default());
                vec![ShownProblem::new(error.to_string(), Some(help))]
            }
            other => vec![ShownProblem::new(other.to_string(), other.hint())],
        };
        let exit_code = if error.is_of_the_user() {
            Self::OF_THE_USER
        } else {
            Self::OF_THE_MACHINE
        };
        Self {
            problems,
            exit_code,
        }
    }

    /// The exit status.
    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }

    /// As text for standard error.
    pub fn shown(&self) -> String {
        self.problems.iter().map(ShownProblem::shown).collect()
    }
}

/// Of standard output.
impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        // Whoever reads (`oscine models | head`) has seen enough; nothing is wrong.
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self {
                problems: Vec::new(),
                exit_code: 0,
            };
        }
        Self::of_the_machine(format!("the output could not be written: {error}"), None)
    }
}
