//! Stimuli, noise and the phases of a protocol.

use oscine_equations::Dimension;

use super::{Findings, Part, Parts, interval, part_of};
use crate::declaration::quantities::{A_RATE, negative, not_positive};
use crate::reading::fields::not_one_of;
use crate::{
    Correlation, Experiment, Mistake, Noise, NoiseKind, NoisePlace, SpikeTimes, Stimulus,
    StimulusKind, Text, When, nearest,
};

pub(super) fn check(experiment: &Experiment, parts: &Parts, findings: &mut Findings) {
    for (name, one) in &experiment.stimuli {
        stimulus(experiment, parts, findings, name, one);
    }
    for (name, noise) in &experiment.noise {
        let path = format!("noise/{name}");
        for place in &noise.at {
            noise_place(experiment, parts, findings, &format!("{path}/at"), place);
            noise_kind(experiment, parts, findings, &path, noise, place);
        }
    }
    for (index, phase) in experiment.protocol.iter().enumerate() {
        let path = format!("protocol/{index}");
        for (name, rate) in &phase.fire {
            fires(parts, findings, &format!("{path}/fire/{name}"), name, rate);
        }
        for (key, value) in &phase.set {
            let path = format!("{path}/set/{key}");
            findings.filled(&path, &format!("`set.{key}` in [[protocol]]"), value);
            let known = key.split_once('.').is_some_and(|(name, _)| {
                let part = parts.get(name);
                matches!(part, Some(Part::Neurons(_) | Part::Synapses)) || parts.is_unread(name)
            });
            if !known {
                let mistake = Mistake::WrongType {
                    what: format!("`{key}` in `set` of [[protocol]]"),
                    expected: "a parameter of a population or projection such as \"cells.I\""
                        .into(),
                    found: "this name".into(),
                };
                findings.key(&path, mistake);
            }
        }
    }
}

fn stimulus(
    experiment: &Experiment,
    parts: &Parts,
    findings: &mut Findings,
    name: &str,
    stimulus: &Stimulus,
) {
    let path = format!("stimulus/{name}");
    let table = format!("[stimulus.{name}]");
    let at = |key: &str| format!("{path}/{key}");
    let what = |key: &str| format!("`{key}` in {table}");
    interval(findings, &path, &table, stimulus.from, stimulus.until);
    match &stimulus.kind {
        StimulusKind::Chirp {
            first,
            last,
            logarithmic: true,
            ..
        } => {
            for (key, hertz) in [("first", *first), ("last", *last)] {
                if let Some(mistake) = not_positive(hertz, &what(key), "Hz") {
                    findings.value(&at(key), mistake);
                }
            }
        }
        StimulusKind::PoissonInput { to, .. } => {
            let part = part_of(parts, findings, &at("to"), to, "population");
            if let Some(part) = part.filter(|part| !matches!(part, Part::Neurons(_))) {
                let mistake = Mistake::WrongPart {
                    name: to.name.clone(),
                    found: part.kind(),
                    lacks: "has no variables to add to".into(),
                };
                findings.placed(&at("to"), &to.place, mistake);
            }
        }
        StimulusKind::Task { .. } if experiment.task.is_none() && !parts.is_unread("task") => {
            let mistake = Mistake::Idle {
                table,
                why: "there is no [task]".into(),
                help: "add a [task] with `data = \"digits\"`".into(),
            };
            findings.key(&path, mistake);
        }
        StimulusKind::Spikes {
            count,
            times: Some(SpikeTimes::List(trains)),
        } => trains_listed(findings, &at("times"), &what("times"), trains, *count),
        _ => {}
    }
}

fn trains_listed(
    findings: &mut Findings,
    path: &str,
    what: &str,
    trains: &[Vec<f64>],
    count: usize,
) {
    if trains.len() != count {
        let mistake = Mistake::WrongType {
            what: what.into(),
            expected: format!("a list for each of the {count} trains"),
            found: format!("{} lists", trains.len()),
        };
        findings.value(path, mistake);
    }
    let wrong = trains
        .iter()
        .flatten()
        .find(|time| !time.is_finite() || **time < 0.0);
    if let Some(mistake) = wrong.and_then(|time| negative(*time, what, "s")) {
        findings.value(path, mistake);
    }
}

fn noise_place(
    experiment: &Experiment,
    parts: &Parts,
    findings: &mut Findings,
    path: &str,
    place: &Text,
) {
    let written = place.value.clone();
    let wrong = |reason: &str| Mistake::NotAPlace {
        written: written.clone(),
        reason: reason.into(),
    };
    if !written.contains('.') {
        findings.placed(path, &place.place, wrong("it names no variable"));
        return;
    }
    let Some(NoisePlace { of, variable }) = NoisePlace::parse(&written) else {
        findings.placed(path, &place.place, wrong("it is no name"));
        return;
    };
    let name = of.name.as_str();
    let is_part = of.first > 0 || of.end.is_some();
    let learns = name == "training" && experiment.training.is_some();
    if experiment.synapses.iter().any(|(known, _)| known == name) {
        if variable != "delay" || is_part {
            let reason = "of synapses, noise can be at the `delay` of all";
            findings.placed(path, &place.place, wrong(reason));
        }
        return;
    }
    if learns || experiment.layers.iter().any(|(known, _)| known == name) {
        let places: &[&str] = match learns {
            true => &["gradients", "targets", "labels"],
            false => &["input", "weights", "sum", "activation"],
        };
        if !places.contains(&variable) {
            let what = format!("the place of noise at `{name}`");
            let mistake = not_one_of(what, variable, places.iter().copied());
            findings.placed(path, &place.place, mistake);
        } else if is_part {
            let reason = "a part can be taken of a population, not of a layer";
            findings.placed(path, &place.place, wrong(reason));
        }
        return;
    }
    if let Some((_, neurons)) = experiment.neurons.iter().find(|(known, _)| known == name) {
        let end = of.end.unwrap_or(neurons.count);
        if end > neurons.count || of.first >= neurons.count {
            let reason = format!("`{name}` has {} cells", neurons.count);
            findings.placed(path, &place.place, wrong(&reason));
        }
    } else if !parts.is_unread(name) {
        let there: Vec<String> = experiment
            .neurons
            .iter()
            .map(|(name, _)| name.clone())
            .chain(experiment.layers.iter().map(|(name, _)| name.clone()))
            .collect();
        let mistake = Mistake::UnknownName {
            what: "population or layer".into(),
            name: name.into(),
            nearest: nearest(name, there.iter().map(String::as_str)),
            there,
        };
        findings.placed(path, &place.place, mistake);
    }
}

/// Layers have no time; neurons have numbers with a unit, of which 0 and 1 are not the least and the greatest, and no test.
fn noise_kind(
    experiment: &Experiment,
    parts: &Parts,
    findings: &mut Findings,
    path: &str,
    noise: &Noise,
    place: &Text,
) {
    let Some(NoisePlace { of, .. }) = NoisePlace::parse(&place.value) else {
        return;
    };
    if parts.is_unread(&of.name) {
        return;
    }
    let is_population = experiment
        .neurons
        .iter()
        .any(|(known, _)| *known == of.name);
    let is_projection = experiment
        .synapses
        .iter()
        .any(|(known, _)| *known == of.name);
    if is_projection && !matches!(noise.kind, NoiseKind::Gaussian | NoiseKind::Uniform) {
        let mistake = Mistake::Contradiction {
            table: path.replace('/', "."),
            first: "kind".into(),
            second: format!("at = \"{}\"", place.value),
            help: "each spike is as late as a fresh number says; take \"gaussian\" or \"uniform\""
                .into(),
        };
        findings.value(&format!("{path}/kind"), mistake);
        return;
    }
    let wrong_unit = match noise.kind.correlation() {
        Some(Correlation::Steps(_)) if is_population => {
            Some("neurons have time: give one, such as \"20 ms\"")
        }
        Some(Correlation::Time(_)) if !is_population => {
            Some("layers have no time but steps: give a number of them, such as 20")
        }
        None if is_population && matches!(noise.kind, NoiseKind::Pink { .. }) => {
            Some("of neurons, say the longest time that it lasts, such as `correlation = \"1 s\"`")
        }
        _ => None,
    };
    if let Some(help) = wrong_unit {
        let mistake = Mistake::Contradiction {
            table: path.replace('/', "."),
            first: "correlation".into(),
            second: format!("at = \"{}\"", place.value),
            help: help.into(),
        };
        findings.value(&format!("{path}/correlation"), mistake);
        return;
    }
    let help = match noise.kind {
        NoiseKind::White if !is_population => {
            "layers have no time; take \"gaussian\", or \"ornstein-uhlenbeck\" for noise that lasts"
        }
        NoiseKind::SaltAndPepper if is_population => {
            "it is for numbers from 0 to 1; take \"dropout\" or \"gaussian\""
        }
        _ => {
            if (is_population || is_projection) && noise.when == When::Test {
                let mistake = Mistake::Contradiction {
                    table: path.replace('/', "."),
                    first: "when".into(),
                    second: format!("at = \"{}\"", place.value),
                    help: "noise of neurons acts as long as they run; leave `when` out, or write \"both\"".into(),
                };
                findings.value(&format!("{path}/when"), mistake);
            }
            return;
        }
    };
    let mistake = Mistake::Contradiction {
        table: path.replace('/', "."),
        first: format!("kind = \"{}\"", noise.kind.name()),
        second: format!("at = \"{}\"", place.value),
        help: help.into(),
    };
    findings.value(&format!("{path}/kind"), mistake);
}

fn fires(parts: &Parts, findings: &mut Findings, path: &str, name: &str, rate: &Text) {
    match parts.get(name) {
        Some(Part::Spikes(_)) => {
            let what = format!("the rate of `{name}`");
            findings.filled(path, &what, rate);
            findings.quantity(path, &what, rate, A_RATE, Dimension::HERTZ);
        }
        Some(part) => {
            let mistake = Mistake::WrongPart {
                name: name.into(),
                found: part.kind(),
                lacks: "a protocol cannot make fire".into(),
            };
            findings.key(path, mistake);
        }
        None => {
            if parts.is_unread(name) {
                return;
            }
            let there = parts.names(|part| matches!(part, Part::Spikes(_)));
            let mistake = Mistake::UnknownName {
                what: "spike source".into(),
                name: name.into(),
                nearest: nearest(name, there.iter().map(String::as_str)),
                there,
            };
            findings.key(path, mistake);
        }
    }
}
