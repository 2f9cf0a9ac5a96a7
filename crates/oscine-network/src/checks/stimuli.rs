//! Stimuli, noise and the phases of a protocol.

use oscine_equations::Dimension;

use super::{Findings, Part, interval, listed_trains, part_of, parts};
use crate::reading::neurons::UNREAD;
use crate::reading::not_one_of;
use crate::reading::slices;
use crate::{
    Correlation, Experiment, Mistake, Noise, NoiseKind, NoisePlace, SpikeTimes, Stimulus,
    StimulusKind, Text, When, nearest,
};

const A_RATE: &str = "a rate such as \"10 Hz\"";

pub(super) fn check(experiment: &Experiment, findings: &mut Findings) {
    for (name, one) in &experiment.stimuli {
        stimulus(experiment, findings, name, one);
    }
    for (name, noise) in &experiment.noise {
        let path = format!("noise/{name}");
        let table = format!("[noise.{name}]");
        for place in &noise.at {
            noise_place(experiment, findings, &format!("{path}/at"), place);
            noise_kind(experiment, findings, &path, noise, place);
        }
        if let NoiseKind::OrnsteinUhlenbeck { correlation: lasts }
        | NoiseKind::Pink {
            longest: Some(lasts),
        } = noise.kind
        {
            let what = format!("`correlation` in {table}");
            let (number, unit) = match lasts {
                Correlation::Time(time) => (time, "s"),
                Correlation::Steps(steps) => (steps, "steps"),
            };
            findings.positive(&format!("{path}/correlation"), &what, number, unit);
        }
        let what = format!("`level` in {table}");
        findings.filled(&format!("{path}/level"), &what, &noise.level);
        if noise.level.value.trim().starts_with('-') {
            let mistake = Mistake::Negative {
                what,
                value: noise.level.value.clone(),
            };
            findings.placed(&format!("{path}/level"), &noise.level.place, mistake);
        }
    }
    for (index, phase) in experiment.protocol.iter().enumerate() {
        let path = format!("protocol/{index}");
        findings.positive(
            &format!("{path}/duration"),
            "`duration` in [[protocol]]",
            phase.duration,
            "s",
        );
        for (name, rate) in &phase.fire {
            fires(
                experiment,
                findings,
                &format!("{path}/fire/{name}"),
                name,
                rate,
            );
        }
        for (key, value) in &phase.set {
            let path = format!("{path}/set/{key}");
            findings.filled(&path, &format!("`set.{key}` in [[protocol]]"), value);
            let known = key.split_once('.').is_some_and(|(name, _)| {
                parts(experiment).iter().any(|(known, part)| {
                    *known == name && matches!(part, Part::Neurons(_) | Part::Synapses)
                })
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

fn stimulus(experiment: &Experiment, findings: &mut Findings, name: &str, stimulus: &Stimulus) {
    let path = format!("stimulus/{name}");
    let table = format!("[stimulus.{name}]");
    let at = |key: &str| format!("{path}/{key}");
    let what = |key: &str| format!("`{key}` in {table}");
    interval(findings, &path, &table, stimulus.from, stimulus.until);
    match &stimulus.kind {
        StimulusKind::Step { amplitude } => {
            findings.filled(&at("amplitude"), &what("amplitude"), amplitude)
        }
        StimulusKind::Ramp { start, end } => {
            findings.filled(&at("start"), &what("start"), start);
            findings.filled(&at("end"), &what("end"), end);
        }
        StimulusKind::Sinusoid {
            amplitude,
            frequency,
            ..
        } => {
            findings.filled(&at("amplitude"), &what("amplitude"), amplitude);
            findings.positive(&at("frequency"), &what("frequency"), *frequency, "Hz");
        }
        StimulusKind::Chirp {
            amplitude,
            first,
            last,
            logarithmic,
        } => {
            findings.filled(&at("amplitude"), &what("amplitude"), amplitude);
            for (key, value) in [("first", *first), ("last", *last)] {
                match logarithmic {
                    true => findings.positive(&at(key), &what(key), value, "Hz"),
                    false => findings.not_negative(&at(key), &what(key), value, "Hz"),
                }
            }
        }
        StimulusKind::Values { values, every, .. } => {
            findings.positive(&at("every"), &what("every"), *every, "s");
            let columns = values.first().map_or(0, |row| row.len());
            if columns == 0 {
                findings.value(
                    &at("values"),
                    Mistake::Empty {
                        what: what("values"),
                    },
                );
            } else if values.iter().any(|row| row.len() != columns) {
                let mistake = Mistake::Ragged {
                    what: what("values"),
                    found: values.len(),
                };
                findings.value(&at("values"), mistake);
            }
        }
        StimulusKind::File { every, .. } => {
            if let Some(every) = every {
                findings.positive(&at("every"), &what("every"), *every, "s");
            }
        }
        StimulusKind::Poisson { count, rate } => {
            findings.count(&at("count"), &what("count"), *count);
            findings.filled(&at("rate"), &what("rate"), rate);
            findings.quantity(&at("rate"), &what("rate"), rate, A_RATE, Dimension::HERTZ);
        }
        StimulusKind::PoissonInput {
            to,
            variable,
            inputs,
            rate,
            weight,
        } => {
            let part = part_of(experiment, findings, &at("to"), to, "population");
            if let Some(part) = part.filter(|part| !matches!(part, Part::Neurons(_))) {
                let mistake = Mistake::WrongPart {
                    name: to.name.clone(),
                    found: part.kind(),
                    lacks: "has no variables to add to".into(),
                };
                findings.placed(&at("to"), &to.place, mistake);
            }
            if !slices::is_name(variable) && !variable.is_empty() {
                findings.value(
                    &at("variable"),
                    Mistake::NotAName {
                        name: variable.clone(),
                    },
                );
            }
            findings.count(&at("inputs"), &what("inputs"), *inputs);
            findings.filled(&at("rate"), &what("rate"), rate);
            findings.filled(&at("weight"), &what("weight"), weight);
            findings.quantity(&at("rate"), &what("rate"), rate, A_RATE, Dimension::HERTZ);
        }
        StimulusKind::Task(shown) => {
            findings.count(&at("count"), &what("count"), shown.count);
            findings.positive(&at("each"), &what("each"), shown.each, "s");
            findings.not_negative(&at("pause"), &what("pause"), shown.pause, "s");
            if let Some(examples) = shown.examples {
                findings.count(&at("examples"), &what("examples"), examples);
            }
            if let Some(rate) = &shown.rate {
                findings.filled(&at("rate"), &what("rate"), rate);
                findings.quantity(&at("rate"), &what("rate"), rate, A_RATE, Dimension::HERTZ);
            }
            if experiment.task.is_none() {
                let mistake = Mistake::Idle {
                    table,
                    why: "there is no [task]".into(),
                    help: "add a [task] with `data = \"digits\"`".into(),
                };
                findings.key(&path, mistake);
            }
        }
        StimulusKind::Spikes { count, times } => {
            findings.count(&at("count"), &what("count"), *count);
            if let Some(SpikeTimes::Expression { times, each }) = times {
                findings.filled(&at("times"), &what("times"), times);
                findings.count(&at("each"), &what("each"), *each);
            }
            if let Some(trains) = listed_trains(times) {
                trains_listed(findings, &at("times"), &what("times"), trains, *count);
            }
        }
    }
}

fn trains_listed(
    findings: &mut Findings,
    path: &str,
    what: &str,
    trains: &[Vec<f64>],
    count: usize,
) {
    if trains.len() != count && count != UNREAD {
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
    if let Some(time) = wrong {
        findings.not_negative(path, what, *time, "s");
    }
}

fn noise_place(experiment: &Experiment, findings: &mut Findings, path: &str, place: &Text) {
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
    } else {
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
    findings: &mut Findings,
    path: &str,
    noise: &Noise,
    place: &Text,
) {
    let Some(NoisePlace { of, .. }) = NoisePlace::parse(&place.value) else {
        return;
    };
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
    let lasts = match noise.kind {
        NoiseKind::OrnsteinUhlenbeck { correlation } => Some(correlation),
        NoiseKind::Pink { longest } => longest,
        _ => None,
    };
    let wrong_unit = match lasts {
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
    let (kind, help) = match noise.kind {
        NoiseKind::White if !is_population => (
            "white",
            "layers have no time; take \"gaussian\", or \"ornstein-uhlenbeck\" for noise that lasts",
        ),
        NoiseKind::SaltAndPepper if is_population => (
            "salt-and-pepper",
            "it is for numbers from 0 to 1; take \"dropout\" or \"gaussian\"",
        ),
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
        first: format!("kind = \"{kind}\""),
        second: format!("at = \"{}\"", place.value),
        help: help.into(),
    };
    findings.value(&format!("{path}/kind"), mistake);
}

fn fires(experiment: &Experiment, findings: &mut Findings, path: &str, name: &str, rate: &Text) {
    let parts = parts(experiment);
    match parts.iter().find(|(known, _)| *known == name) {
        Some((_, Part::Spikes(_))) => {
            let what = format!("the rate of `{name}`");
            findings.filled(path, &what, rate);
            findings.quantity(path, &what, rate, A_RATE, Dimension::HERTZ);
        }
        Some((_, part)) => {
            let mistake = Mistake::WrongPart {
                name: name.into(),
                found: part.kind(),
                lacks: "a protocol cannot make fire".into(),
            };
            findings.key(path, mistake);
        }
        None => {
            let sources = parts
                .iter()
                .filter(|(_, part)| matches!(part, Part::Spikes(_)));
            let there: Vec<String> = sources.map(|(name, _)| name.to_string()).collect();
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
