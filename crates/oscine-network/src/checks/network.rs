//! Populations and projections.

use oscine_equations::{Dimension, Quantity};

use super::{Findings, Part, Parts, connections, part_of, variable_names, with_unit};
use crate::neurons::A_SHORT_TIME;
use crate::{Connect, Delay, Experiment, Mistake, Neurons, Synapses, Text};

pub(super) fn check(experiment: &Experiment, parts: &Parts, findings: &mut Findings) {
    for (name, neurons) in &experiment.neurons {
        population(findings, name, neurons);
    }
    for (name, synapses) in &experiment.synapses {
        projection(parts, findings, name, synapses);
    }
}

fn population(findings: &mut Findings, name: &str, neurons: &Neurons) {
    let path = format!("neurons/{name}");
    let table = format!("[neurons.{name}]");
    let never = |key: &str| Mistake::Idle {
        table: format!("`{key}` in {table}"),
        why: "a population without a threshold never fires".into(),
        help: "add a `threshold` such as \"v > -50*mV\"".into(),
    };
    if neurons.threshold.is_none() {
        if neurons.reset.is_some() {
            findings.key(&format!("{path}/reset"), never("reset"));
        }
        if neurons.refractory.is_some() {
            findings.key(&format!("{path}/refractory"), never("refractory"));
        }
    }
    for (key, values) in [
        ("parameters", &neurons.parameters),
        ("initial", &neurons.initial),
        ("input", &neurons.input),
    ] {
        named_values(findings, &path, &table, key, values);
    }
}

fn named_values(
    findings: &mut Findings,
    path: &str,
    table: &str,
    key: &str,
    values: &[(String, Text)],
) {
    let path = format!("{path}/{key}");
    variable_names(
        findings,
        &path,
        values.iter().map(|(name, _)| name.as_str()),
    );
    for (name, text) in values {
        let what = format!("`{key}.{name}` in {table}");
        let path = format!("{path}/{name}");
        findings.filled(&path, &what, text);
        if text
            .value
            .trim()
            .parse::<f64>()
            .is_ok_and(|number| !number.is_finite())
        {
            let value = text.value.clone();
            findings.value(&path, Mistake::NotFinite { what, value });
        }
    }
}

fn projection(parts: &Parts, findings: &mut Findings, name: &str, synapses: &Synapses) {
    let path = format!("synapses/{name}");
    let table = format!("[synapses.{name}]");
    let from = part_of(
        parts,
        findings,
        &format!("{path}/from"),
        &synapses.from,
        "population or spike source",
    );
    let to = part_of(
        parts,
        findings,
        &format!("{path}/to"),
        &synapses.to,
        "population or spike source",
    );
    for (key, slice, part, statements) in [
        ("from", &synapses.from, &from, &synapses.on_pre),
        ("to", &synapses.to, &to, &synapses.on_post),
    ] {
        let Some(part) = part else {
            continue;
        };
        let lacks = match (part, part.never_fires()) {
            (Part::Function(_) | Part::Synapses, Some(lacks)) => lacks,
            (_, Some(lacks)) if statements.is_some() => lacks,
            _ => continue,
        };
        let mistake = Mistake::WrongPart {
            name: slice.name.clone(),
            found: part.kind(),
            lacks: lacks.into(),
        };
        findings.placed(&format!("{path}/{key}"), &slice.place, mistake);
    }
    let waits_for_spikes = ["summed", "clock-driven"]
        .iter()
        .all(|flag| !synapses.equations.value.contains(flag));
    if synapses.on_pre.is_none() && synapses.on_post.is_none() && waits_for_spikes {
        let mistake = Mistake::Idle {
            table,
            why: "it has neither `on_pre` nor `on_post`, nor a `summed` or `clock-driven` equation"
                .into(),
            help: "say what a spike does, as in `on_pre = \"ge += 0.6\"`".into(),
        };
        findings.key(&path, mistake);
        return;
    }
    for (key, delay, needs, given) in [
        (
            "delay",
            &synapses.delay,
            "on_pre",
            synapses.on_pre.is_some(),
        ),
        (
            "delay_post",
            &synapses.delay_post,
            "on_post",
            synapses.on_post.is_some(),
        ),
    ] {
        if delay.value.is_some() && !given {
            let mistake = Mistake::Idle {
                table: format!("`{key}` in {table}"),
                why: format!("there is no `{needs}` to be delayed"),
                help: format!("remove it, or add `{needs}`"),
            };
            findings.key(&format!("{path}/{key}"), mistake);
        }
        check_delay(
            parts.dt,
            findings,
            &format!("{path}/{key}"),
            &format!("`{key}` in {table}"),
            delay,
        );
    }
    named_values(findings, &path, &table, "parameters", &synapses.parameters);
    named_values(findings, &path, &table, "initial", &synapses.initial);
    for (value, (lower, upper)) in &synapses.bounds {
        let key = match synapses.parameters.iter().any(|(name, _)| name == value) {
            true => "parameters",
            false => "initial",
        };
        bounds(
            findings,
            &format!("{path}/{key}/{value}"),
            &format!("`{value}` in {table}"),
            lower,
            upper,
        );
    }
    if let (Connect::Condition { condition, .. }, true) = (&synapses.connect, from.is_some()) {
        findings.filled(
            &format!("{path}/connect"),
            &format!("`connect` in {table}"),
            condition,
        );
    }
    if let (Some(from), Some(to)) = (from, to) {
        connections::check(
            findings,
            &format!("{path}/connect"),
            &table,
            synapses,
            &from,
            &to,
        );
    }
}

fn check_delay(dt: f64, findings: &mut Findings, path: &str, what: &str, delay: &Delay) {
    let Some(value) = &delay.value else {
        return;
    };
    findings.filled(path, what, value);
    if let Some(seconds) = findings.quantity(path, what, value, A_SHORT_TIME, Dimension::SECOND)
        && seconds > 0.0
        && seconds < dt * (1.0 - 1e-9)
    {
        let mistake = Mistake::BelowStep {
            what: what.into(),
            value: value.value.clone(),
            dt: with_unit(dt, "s"),
        };
        findings.placed(path, &value.place, mistake);
    }
    for (key, bound) in [("lower", &delay.lower), ("upper", &delay.upper)] {
        if let Some(bound) = bound {
            let what = format!("`{key}` of {what}");
            findings.quantity(
                &format!("{path}/{key}"),
                &what,
                bound,
                A_SHORT_TIME,
                Dimension::SECOND,
            );
        }
    }
    bounds(findings, path, what, &delay.lower, &delay.upper);
}

/// Where both bounds are plain quantities, the lower must lie below the upper.
fn bounds(
    findings: &mut Findings,
    path: &str,
    what: &str,
    lower: &Option<Text>,
    upper: &Option<Text>,
) {
    let (Some(lower), Some(upper)) = (lower, upper) else {
        return;
    };
    if let (Ok(low), Ok(high)) = (Quantity::parse(&lower.value), Quantity::parse(&upper.value))
        && low.value >= high.value
    {
        let mistake = Mistake::BoundsReversed {
            what: what.into(),
            lower: lower.value.clone(),
            upper: upper.value.clone(),
        };
        findings.value(path, mistake);
    }
}
