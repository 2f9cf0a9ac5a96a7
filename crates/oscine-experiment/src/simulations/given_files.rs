//! The files that an experiment names (recorded values, spike trains, pairs of cells), read in its place before the network is built.

use std::path::Path;
use std::sync::Arc;

use oscine_engine::BuildError;
use oscine_network::{Connect, Experiment, SpikeTimes, StimulusKind};

use crate::files::numbers::NumberColumns;
use crate::files::task_examples::TaskExamples;
use crate::simulations::shown;

/// The experiment with the content of its files in place of their names, and the examples of its task where neurons are shown it.
///
/// # Errors
/// A file that cannot be read or does not hold what is asked of it.
pub(crate) fn with_files_read(
    experiment: &Experiment,
    examples: &TaskExamples,
) -> Result<Experiment, BuildError> {
    let mut experiment = shown::with_tasks_shown(experiment, examples)?;
    let folder = experiment.folder.clone();
    for (name, stimulus) in &mut experiment.stimuli {
        let owner = format!("[stimulus.{name}]");
        match &mut stimulus.kind {
            StimulusKind::File {
                path,
                columns,
                time,
                every,
                unit,
                linear,
            } => {
                let path = folder.join(&*path);
                let (values, every) = values(&path, columns, time.as_deref(), *every, &owner)?;
                let (unit, linear) = (unit.clone(), *linear);
                stimulus.kind = StimulusKind::Values {
                    values: values.into_iter().map(Arc::from).collect(),
                    every,
                    unit,
                    linear,
                };
            }
            StimulusKind::Spikes {
                count,
                times: Some(times),
            } => {
                if let SpikeTimes::File(path) = times {
                    *times = SpikeTimes::List(trains(&folder.join(&*path), *count, &owner)?);
                }
            }
            _ => {}
        }
    }
    for (name, synapses) in &mut experiment.synapses {
        let owner = format!("[synapses.{name}] connect");
        if let Connect::File { path } = &synapses.connect {
            let path = folder.join(path);
            let numbers = NumberColumns::read(&path).map_err(|message| wrong(&owner, message))?;
            if let Some(other) = numbers
                .names
                .iter()
                .find(|known| !["i", "j"].contains(&known.as_str()))
            {
                let message = format!(
                    "{}: column `{other}` is not used; pairs are in columns `i` and `j`, weights and delays in the experiment",
                    path.display()
                );
                return Err(wrong(&owner, message));
            }
            let index = |name: &str| {
                numbers
                    .indices(name, &path)
                    .map_err(|message| wrong(&owner, message))
            };
            let pairs = index("i")?.into_iter().zip(index("j")?).collect();
            synapses.connect = Connect::Pairs { pairs };
        }
    }
    Ok(experiment)
}

fn wrong(owner: &str, message: String) -> BuildError {
    BuildError::File {
        owner: owner.to_owned(),
        message,
    }
}

/// Values `[time][column]` and the time between them, s.
fn values(
    path: &Path,
    columns: &[String],
    time: Option<&str>,
    every: Option<f64>,
    owner: &str,
) -> Result<(Vec<Vec<f64>>, f64), BuildError> {
    let wrong = |message| wrong(owner, message);
    let numbers = NumberColumns::read(path).map_err(wrong)?;
    let every = match (time, every) {
        (Some(time), _) => {
            interval(numbers.column(time, path).map_err(wrong)?, path).map_err(wrong)?
        }
        (None, Some(every)) => every,
        (None, None) => {
            return Err(wrong(format!(
                "{}: say `time`, the column with the times in s, or `every`, the time between rows",
                path.display()
            )));
        }
    };
    let chosen: Vec<String> = if columns.is_empty() {
        numbers
            .names
            .iter()
            .filter(|name| Some(name.as_str()) != time)
            .cloned()
            .collect()
    } else {
        columns.to_vec()
    };
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for name in &chosen {
        for (row, value) in numbers
            .column(name, path)
            .map_err(wrong)?
            .iter()
            .enumerate()
        {
            match rows.get_mut(row) {
                Some(values) => values.push(*value),
                None => rows.push(vec![*value]),
            }
        }
    }
    if rows.is_empty() {
        return Err(wrong(format!("{} has no rows", path.display())));
    }
    Ok((rows, every))
}

/// The sampling interval of rows that are equally far apart, s.
fn interval(times: &[f64], path: &Path) -> Result<f64, String> {
    const SLACK: f64 = 1e-6;
    let [first, second, ..] = times else {
        return Err(format!("{}: two times at least are needed", path.display()));
    };
    let every = second - first;
    if every <= 0.0 {
        return Err(format!("{}: times should increase", path.display()));
    }
    for (row, pair) in times.windows(2).enumerate() {
        if (pair[1] - pair[0] - every).abs() > SLACK * every {
            return Err(format!(
                "{}: times should be equally far apart, {every} s, and rows {} and {} are {} s apart: resample them",
                path.display(),
                row + 1,
                row + 2,
                pair[1] - pair[0]
            ));
        }
    }
    Ok(every)
}

/// Times of each train, s.
fn trains(path: &Path, count: usize, owner: &str) -> Result<Vec<Vec<f64>>, BuildError> {
    let wrong = |message| wrong(owner, message);
    let numbers = NumberColumns::read(path).map_err(wrong)?;
    let times = numbers.column("time", path).map_err(wrong)?;
    let indices = numbers.indices("index", path).map_err(wrong)?;
    let mut trains = vec![Vec::new(); count];
    for (row, (time, index)) in times.iter().zip(indices).enumerate() {
        match trains.get_mut(index) {
            Some(train) => train.push(*time),
            None => {
                return Err(wrong(format!(
                    "{}: row {} is of train {index}, and there are {count}",
                    path.display(),
                    row + 1
                )));
            }
        }
    }
    Ok(trains)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_network::{Stimulus, Text};

    fn read(experiment: &Experiment) -> Result<Experiment, BuildError> {
        with_files_read(experiment, &TaskExamples::of(experiment, None))
    }

    fn with_stimulus(kind: StimulusKind, folder: &Path) -> Experiment {
        let mut experiment = Experiment::new("files");
        experiment.folder = folder.to_owned();
        let stimulus = Stimulus {
            kind,
            from: 0.0,
            until: None,
        };
        experiment.stimuli.push(("given".to_owned(), stimulus));
        experiment
    }

    #[test]
    fn spikes_and_values_take_the_place_of_their_files() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("s.csv"), "time,index\n0.5,1\n0.1,0\n").expect("written");
        let times = Some(SpikeTimes::File("s.csv".into()));
        let found = read(&with_stimulus(
            StimulusKind::Spikes { count: 2, times },
            folder.path(),
        ));
        let times = Some(SpikeTimes::List(vec![vec![0.1], vec![0.5]]));
        assert_eq!(
            found.expect("read").stimuli[0].1.kind,
            StimulusKind::Spikes { count: 2, times }
        );

        std::fs::write(folder.path().join("v.csv"), "t,a,b\n0,1,2\n0.5,3,4\n").expect("written");
        let file = StimulusKind::File {
            path: "v.csv".into(),
            columns: Vec::new(),
            time: Some("t".to_owned()),
            every: None,
            unit: Text::new("nA"),
            linear: false,
        };
        let found = read(&with_stimulus(file, folder.path())).expect("read");
        let values = [[1.0, 2.0], [3.0, 4.0]].map(Arc::from).to_vec();
        let expected = StimulusKind::Values {
            values,
            every: 0.5,
            unit: Text::new("nA"),
            linear: false,
        };
        assert_eq!(found.stimuli[0].1.kind, expected);
    }

    #[test]
    fn a_train_that_is_not_there_is_named_with_its_row() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("s.csv"), "time,index\n0.5,7\n").expect("written");
        let times = Some(SpikeTimes::File("s.csv".into()));
        let found = read(&with_stimulus(
            StimulusKind::Spikes { count: 2, times },
            folder.path(),
        ));
        assert!(
            found
                .unwrap_err()
                .to_string()
                .contains("row 1 is of train 7, and there are 2")
        );
    }
}
