//! Sources of spikes: trains with given times, and Poisson trains, which are cells without state whose threshold is a draw.

use oscine_equations::{Dimension, Graph, Scope, resolve_as};
use oscine_network::{Experiment, Neurons, SpikeTimes, Stimulus, StimulusKind, Text};

use crate::error::{BuildError, equation_error};
use crate::read::cells::CellDraft;
use crate::read::functions::TimeFunction;
use crate::read::groups::{GroupDraft, SpikeTrains};
use crate::read::protocol;
use crate::read::scope::given;

/// Adds the spike sources among the stimuli to the groups.
pub(crate) fn drafts(
    experiment: &Experiment,
    functions: &[TimeFunction],
    steps: u64,
    groups: &mut Vec<GroupDraft>,
) -> Result<(), BuildError> {
    for (name, stimulus) in &experiment.stimuli {
        let fires = protocol::values_of(experiment, name)
            .iter()
            .any(|(known, _)| known == protocol::RATE);
        match &stimulus.kind {
            StimulusKind::Poisson { count, rate } => {
                let cells = poisson(experiment, functions, name, stimulus, *count, rate)?;
                groups.push(GroupDraft::Cells(Box::new(cells)));
            }
            StimulusKind::Spikes { count, times: None } if fires => {
                // Silent but for the phases that make it fire.
                let rate = Text::new("0 Hz");
                let mut cells = poisson(experiment, functions, name, stimulus, *count, &rate)?;
                cells.model_name = Some("spikes".to_owned());
                groups.push(GroupDraft::Cells(Box::new(cells)));
            }
            StimulusKind::Spikes { count, times } => {
                let owner = format!("[stimulus.{name}]");
                if fires {
                    return Err(BuildError::description(
                        format!("[[protocol]] fire.{name}"),
                        format!("`{name}` has times of its own, so that no phase makes it fire"),
                    )
                    .with_help("leave `times` out, or use another source"));
                }
                let times = match times {
                    Some(times) => spike_times(times, *count, &owner)?,
                    None => Vec::new(),
                };
                let spikes = steps_of(experiment, stimulus, &times, steps, &owner)?;
                groups.push(GroupDraft::Trains(SpikeTrains {
                    name: name.clone(),
                    count: *count,
                    spikes,
                }));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A population that fires with probability `rate dt` in each step.
fn poisson(
    experiment: &Experiment,
    functions: &[TimeFunction],
    name: &str,
    stimulus: &Stimulus,
    count: usize,
    rate: &Text,
) -> Result<CellDraft, BuildError> {
    let mut threshold = format!("rand() < {}*dt", protocol::RATE);
    if stimulus.from > 0.0 {
        threshold += &format!(" and t >= {:e}*second - dt/1000", stimulus.from);
    }
    if let Some(until) = stimulus.until {
        threshold += &format!(" and t < {until:e}*second - dt/1000");
    }
    let neurons = Neurons {
        count,
        model: None,
        equations: Text::new(""),
        threshold: Some(Text::new(threshold)),
        reset: None,
        refractory: None,
        parameters: Vec::new(),
        initial: Vec::new(),
        input: vec![(protocol::RATE.to_owned(), rate.clone())],
        integrator: None,
        positions: None,
    };
    let mut cells = CellDraft::read(experiment, functions, name, &neurons)
        .map_err(|error| rate_error(error, functions, name, rate))?;
    cells.model_name = Some("poisson".to_owned());
    Ok(cells)
}

/// The same mistake in the text that the person wrote.
fn rate_error(
    error: BuildError,
    functions: &[TimeFunction],
    name: &str,
    rate: &Text,
) -> BuildError {
    let mut graph = Graph::new();
    let scope = crate::read::scope::cell_scope(functions, 1);
    let owner = format!("[stimulus.{name}] rate");
    match resolve_as(
        &mut graph,
        &scope,
        &rate.value,
        Dimension::HERTZ,
        "the rate",
    ) {
        Err(plain) => equation_error(rate, &owner, plain),
        Ok(_) => error,
    }
}

/// Times of each train, s.
fn spike_times(
    times: &SpikeTimes,
    count: usize,
    owner: &str,
) -> Result<Vec<(f64, u32)>, BuildError> {
    let mut found = Vec::new();
    match times {
        SpikeTimes::Expression { times, each } => {
            let mut graph = Graph::new();
            let mut scope = Scope::new();
            scope.bind("i", given(Dimension::DIMENSIONLESS));
            scope.bind("k", given(Dimension::DIMENSIONLESS));
            let owner = format!("{owner} times");
            let time = resolve_as(
                &mut graph,
                &scope,
                &times.value,
                Dimension::SECOND,
                "a spike's time",
            )
            .map_err(|error| equation_error(times, &owner, error))?;
            let (train, spike) = (graph.name("i"), graph.name("k"));
            if graph
                .symbols_of(&[time])
                .iter()
                .any(|symbol| ![train, spike].contains(symbol))
            {
                return Err(BuildError::description(
                    owner,
                    "times are expressions of `i` and `k`; for random times use a Poisson source",
                )
                .at(times.place.clone()));
            }
            for i in 0..count {
                for k in 0..*each {
                    let value = |symbol| if symbol == train { i as f64 } else { k as f64 };
                    let seconds =
                        oscine_equations::evaluate(&graph, time, &value, &|_, _, _| f64::NAN);
                    found.push((seconds, i as u32));
                }
            }
        }
        SpikeTimes::List(trains) => {
            for (train, times) in trains.iter().enumerate() {
                found.extend(times.iter().map(|time| (*time, train as u32)));
            }
        }
        SpikeTimes::File(path) => {
            return Err(BuildError::File {
                owner: owner.to_owned(),
                message: format!(
                    "{} was not loaded before the network was built",
                    path.display()
                ),
            });
        }
    }
    Ok(found)
}

/// The steps at which trains fire, in order.
fn steps_of(
    experiment: &Experiment,
    stimulus: &Stimulus,
    times: &[(f64, u32)],
    steps: u64,
    owner: &str,
) -> Result<Vec<(u64, u32)>, BuildError> {
    let dt = experiment.run.dt;
    let mut spikes = Vec::with_capacity(times.len());
    for (time, train) in times {
        if !time.is_finite() || *time < 0.0 {
            return Err(BuildError::description(
                owner,
                format!("train {train} has a spike at {time} s: times begin at 0"),
            ));
        }
        if *time < stimulus.from || stimulus.until.is_some_and(|until| *time >= until) {
            continue;
        }
        let step = (time / dt).round() as u64;
        if step < steps {
            spikes.push((step, *train));
        }
    }
    spikes.sort_unstable();
    if let Some(twice) = spikes.windows(2).find(|pair| pair[0] == pair[1]) {
        let (step, train) = twice[0];
        return Err(BuildError::description(
            owner,
            format!(
                "train {train} fires twice within the step at {} s",
                step as f64 * dt
            ),
        )
        .with_help("take a shorter [run] dt, or another train for the second spike"));
    }
    Ok(spikes)
}
