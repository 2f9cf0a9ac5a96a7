//! The description as it is left beside the results.

use std::path::PathBuf;

use oscine_network::{Connect, Experiment, SpikeTimes, StimulusKind};

/// The text of `experiment.toml`: everything filled in, and paths that hold from anywhere.
pub(crate) fn described(experiment: &Experiment) -> String {
    let mut experiment = experiment.clone();
    // The folder of a file that is named without one is empty, and `join` makes it the one we are in.
    let folder =
        std::path::absolute(experiment.folder.join(".")).unwrap_or(experiment.folder.clone());
    let rooted = |path: &mut PathBuf| *path = folder.join(&*path);
    for (_, stimulus) in &mut experiment.stimuli {
        match &mut stimulus.kind {
            StimulusKind::File { path, .. }
            | StimulusKind::Spikes {
                times: Some(SpikeTimes::File(path)),
                ..
            } => rooted(path),
            _ => {}
        }
    }
    if let Some(task) = &mut experiment.task
        && oscine_tasks::is_path(&task.data.value)
    {
        let path = folder.join(task.data.value.trim());
        task.data = path.display().to_string().into();
    }
    if let Some(file) = experiment
        .training
        .as_mut()
        .and_then(|training| training.weights_from.as_mut())
    {
        *file = folder.join(&file.value).display().to_string().into();
    }
    for (_, synapses) in &mut experiment.synapses {
        if let Connect::File { path } = &mut synapses.connect {
            rooted(path);
        }
    }
    format!(
        "# As run by Oscine {} with seed {}: every default filled in.\n{}",
        crate::version::VERSION,
        experiment.run.seed,
        experiment.to_toml()
    )
}
