//! Populations and projections as tables.

use super::table::{Table, inline, list};
use super::values::{key, number, string, text};
use crate::{Connect, Delay, Named, Neurons, Refractory, Synapses, Text};

pub(super) fn neurons(name: &str, neurons: &Neurons) -> Table {
    let mut table = Table::new(format!("[neurons.{}]", key(name)));
    table.raw("count", neurons.count.to_string());
    if let Some(model) = &neurons.model {
        table.string("made_from", model);
    }
    table.text("equations", &neurons.equations);
    table.optional_text("threshold", &neurons.threshold);
    table.optional_text("reset", &neurons.reset);
    match &neurons.refractory {
        Some(Refractory::Duration(text) | Refractory::While(text)) => {
            table.text("refractory", text)
        }
        None => {}
    }
    if let Some(integrator) = &neurons.integrator {
        table.string("integrator", integrator);
    }
    table.named_texts("parameters", &neurons.parameters);
    table.named_texts("initial", &neurons.initial);
    table.named_texts("input", &neurons.input);
    if let Some(positions) = &neurons.positions {
        let axes = [
            ("x", &positions.x),
            ("y", &positions.y),
            ("z", &positions.z),
        ];
        let written = axes
            .into_iter()
            .filter_map(|(axis, value)| Some((axis.into(), text(value.as_ref()?))));
        table.named("positions", written.collect());
    }
    table
}

pub(super) fn synapses(name: &str, synapses: &Synapses) -> Table {
    let mut table = Table::new(format!("[synapses.{}]", key(name)));
    table.string("from", &synapses.from.to_string());
    table.string("to", &synapses.to.to_string());
    if let Some(model) = &synapses.model {
        table.string("made_from", model);
    }
    table.raw("connect", connect(&synapses.connect));
    if !synapses.equations.value.is_empty() {
        table.text("equations", &synapses.equations);
    }
    table.optional_text("on_pre", &synapses.on_pre);
    table.optional_text("on_post", &synapses.on_post);
    delay(&mut table, "delay", &synapses.delay);
    delay(&mut table, "delay_post", &synapses.delay_post);
    if let Some(integrator) = &synapses.integrator {
        table.string("integrator", integrator);
    }
    let bounded = |values: &Named<Text>, without: &Named<Text>| {
        let value = |(name, value): &(String, Text)| {
            let own = synapses.bounds.iter().find(|(bounded, _)| bounded == name);
            let written = match own {
                Some((_, (lower, upper))) if !without.iter().any(|(other, _)| other == name) => {
                    with_bounds(value, lower, upper)
                }
                _ => text(value),
            };
            (name.clone(), written)
        };
        values.iter().map(value).collect()
    };
    table.named("parameters", bounded(&synapses.parameters, &Vec::new()));
    table.named("initial", bounded(&synapses.initial, &synapses.parameters));
    table
}

fn delay(table: &mut Table, name: &str, delay: &Delay) {
    let Some(value) = &delay.value else {
        return;
    };
    let written = match (&delay.lower, &delay.upper) {
        (None, None) => text(value),
        (lower, upper) => with_bounds(value, lower, upper),
    };
    table.raw(name, written);
}

fn with_bounds(value: &Text, lower: &Option<Text>, upper: &Option<Text>) -> String {
    let mut entries = vec![("value", text(value))];
    entries.extend(lower.as_ref().map(|lower| ("lower", text(lower))));
    entries.extend(upper.as_ref().map(|upper| ("upper", text(upper))));
    inline(entries.into_iter())
}

fn connect(connect: &Connect) -> String {
    let drawn = |rule: &'static str, count: usize, autapses: bool, multapses: bool| {
        let mut entries = vec![(rule, count.to_string())];
        if !autapses {
            entries.push(("autapses", "false".into()));
        }
        if !multapses {
            entries.push(("multapses", "false".into()));
        }
        inline(entries.into_iter())
    };
    match connect {
        Connect::AllToAll => string("all-to-all"),
        Connect::OneToOne => string("one-to-one"),
        Connect::Probability {
            probability,
            autapses,
        } => {
            let mut entries = vec![("probability", number(*probability))];
            if !autapses {
                entries.push(("autapses", "false".into()));
            }
            inline(entries.into_iter())
        }
        Connect::FixedInDegree {
            count,
            autapses,
            multapses,
        } => drawn("fixed-in-degree", *count, *autapses, *multapses),
        Connect::FixedOutDegree {
            count,
            autapses,
            multapses,
        } => drawn("fixed-out-degree", *count, *autapses, *multapses),
        Connect::FixedTotal {
            count,
            autapses,
            multapses,
        } => drawn("fixed-total", *count, *autapses, *multapses),
        Connect::Condition {
            condition,
            probability,
        } => {
            let mut entries = vec![("condition", string(&condition.value))];
            entries.extend(
                probability
                    .as_ref()
                    .map(|probability| ("probability", text(probability))),
            );
            inline(entries.into_iter())
        }
        Connect::File { path } => {
            inline([("file", string(&path.display().to_string()))].into_iter())
        }
        Connect::Pairs { pairs } => {
            let pairs = pairs
                .iter()
                .map(|(source, target)| format!("[{source}, {target}]"));
            inline([("pairs", list(pairs))].into_iter())
        }
    }
}
