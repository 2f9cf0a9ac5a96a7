//! Accuracy of neurons that are shown a task.

use oscine_equations::Dimension;
use oscine_network::{Experiment, Stimulus, StimulusKind, Targets};

use super::{
    Carry, MeasureFields, MeasureKind, MeasuredRun, OUTSIDE, Of, Selected, Settings, TimeWindow,
    Wrong, main, selected,
};
use crate::formula::array::NamedArray;
use crate::simulations::shown::presentations;

pub(super) const KINDS: &[MeasureKind] = &[MeasureKind {
    name: "recognition",
    of: Of::Spikes,
    gives: "the accuracy on the examples shown by `stimulus`: the part at whose class the cells fired most; cells by class: the first of them are the first class's",
    read: recognition,
}];

/// That the stimulus whose examples are to be recognised shows a task.
pub(super) fn check(
    kind: &MeasureKind,
    settings: &Settings,
    experiment: &Experiment,
) -> Result<(), Wrong> {
    if kind.name != KINDS[0].name {
        return Ok(());
    }
    let Some(name) = settings.text("stimulus")? else {
        return Ok(());
    };
    let shows = |stimulus: &Stimulus| matches!(stimulus.kind, StimulusKind::Task { .. });
    let mut stimuli = experiment.stimuli.iter();
    match stimuli.find(|(known, _)| *known == name.value) {
        Some((_, stimulus)) if shows(stimulus) => Ok(()),
        Some(_) => Err(settings.wrong("stimulus", "names a stimulus that is not of kind \"task\"")),
        None => Err(settings.wrong("stimulus", "names no stimulus of the experiment")),
    }
}

fn recognition(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let Some(stimulus) = settings.text("stimulus")? else {
        return Err(settings
            .wrong("stimulus", "is needed")
            .help("name the stimulus of kind \"task\" whose examples are shown, as in `stimulus = \"images\"`"));
    };
    let (of, stimulus) = (of.to_vec(), stimulus.value.clone());
    Ok(Box::new(move |run: &MeasuredRun| {
        recognised(run, &of, &stimulus, window)
    }))
}

fn recognised(
    run: &MeasuredRun,
    record: &[String],
    stimulus: &str,
    window: TimeWindow,
) -> Result<MeasureFields, String> {
    let experiment = run.experiment;
    let found = experiment.stimuli.iter().find(|(name, _)| name == stimulus);
    let Some((_, stimulus)) = found else {
        return Err(format!("there is no stimulus `{stimulus}`"));
    };
    let StimulusKind::Task { shown } = &stimulus.kind else {
        return Err("its `stimulus` must be of kind \"task\"".into());
    };
    let examples = run.examples.set(shown.set)?;
    let Targets::Classes { of, names } = &examples.targets else {
        return Err("the task has values to be met, and no classes".into());
    };
    let chosen = selected(run, record)?;
    let [(_, Selected::Spikes(trains))] = &chosen[..] else {
        return Err("the spikes of one population are wanted".into());
    };
    let cells = trains.cells.len();
    if cells < names.len() || !cells.is_multiple_of(names.len()) {
        return Err(format!(
            "it has {cells} cells for {} classes; as many are needed for each",
            names.len()
        ));
    }
    let dt = experiment.run.dt;
    let within = window.of(trains.from..trains.until);
    let (mut shown_examples, mut right) = (0u32, 0u32);
    let mut first = 0;
    for one in presentations(experiment, stimulus, shown, examples.len())? {
        // Half a step before, so that a spike of a step is of that step.
        let (begin, end) = ((one.begin as f64 - 0.5) * dt, (one.end as f64 - 0.5) * dt);
        if begin + dt < within.start || end - dt > within.end {
            continue;
        }
        let mut counts = vec![0u32; names.len()];
        first += trains.times[first..].partition_point(|time| *time < begin);
        for (time, index) in trains.times[first..].iter().zip(&trains.indices[first..]) {
            if *time >= end {
                break;
            }
            let place = (*index - trains.cells.start) as usize;
            counts[place * names.len() / cells] += 1;
        }
        let class = of[one.example] as usize;
        let is_most =
            (0..counts.len()).all(|other| other == class || counts[other] < counts[class]);
        (shown_examples, right) = (shown_examples + 1, right + u32::from(is_most));
    }
    match shown_examples {
        0 => Err(OUTSIDE.into()),
        count => Ok(main(NamedArray::number(
            f64::from(right) / f64::from(count),
            Dimension::DIMENSIONLESS,
        ))),
    }
}
