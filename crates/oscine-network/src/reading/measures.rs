//! Reads `[measure.NAME]`, `[[claim]]` and `[[figure]]`: their form; what they mean is worked out when they are carried out.

use super::fields::{Fields, text_of};
use super::tree::{Entry, Kind, Node};
use crate::{Claim, Figure, Measure, Mistake, Named, Setting};

pub(crate) fn measure(fields: Fields) -> Measure {
    let what = fields.string("what");
    let value = fields.text("value");
    match (fields.has("what"), fields.has("value")) {
        (true, true) => fields.note(Mistake::Contradiction {
            table: fields.name.clone(),
            first: "what".into(),
            second: "value".into(),
            help: "a measure is one by name, or an expression over others".into(),
        }),
        (false, false) => {
            fields.missing("what", "`what = \"firing-rate\"`, or `value = \"2*rate\"`")
        }
        _ => {}
    }
    let of = fields
        .texts("of")
        .into_iter()
        .map(|text| text.value)
        .collect();
    let settings = named_settings(&fields, fields.rest());
    Measure {
        what,
        value,
        of,
        settings,
    }
}

fn named_settings<'a>(fields: &Fields, entries: impl Iterator<Item = &'a Entry>) -> Named<Setting> {
    entries
        .filter_map(|entry| {
            let setting = setting(fields, &entry.key, &entry.node)?;
            Some((entry.key.clone(), setting))
        })
        .collect()
}

fn setting(fields: &Fields, key: &str, node: &Node) -> Option<Setting> {
    Some(match &node.kind {
        Kind::Text(..) => Setting::Text(text_of(node)?),
        Kind::Integer(value, _) => Setting::Number(*value as f64),
        Kind::Float(value, _) if value.is_finite() => Setting::Number(*value),
        Kind::Float(_, written) => {
            let mistake = Mistake::NotFinite {
                what: fields.called(key),
                value: written.clone(),
            };
            fields.context.note(&node.place, mistake);
            return None;
        }
        Kind::Flag(flag) => Setting::Flag(*flag),
        Kind::Date => {
            fields.wrong(
                key,
                node,
                "a string, a number, true or false, a list or a table",
            );
            return None;
        }
        Kind::List(nodes) => Setting::List(
            nodes
                .iter()
                .filter_map(|node| setting(fields, key, node))
                .collect(),
        ),
        Kind::Table(table) => Setting::Table(named_settings(fields, table.entries.iter())),
    })
}

pub(crate) fn claim(fields: Fields) -> Claim {
    let says = fields.string("says");
    let value = fields.text("value");
    let published = fields.text("published");
    for (key, example) in [
        ("says", "`says = \"the cells fire near 20 Hz\"`"),
        ("value", "`value = \"mean(rate)\"`"),
        ("published", "`published = \"20 Hz\"`"),
    ] {
        if !fields.has(key) {
            fields.missing(key, example);
        }
    }
    let claim = Claim {
        says: says.unwrap_or_default(),
        value: value.unwrap_or_default(),
        published: published.unwrap_or_default(),
        tolerance: fields.text("tolerance"),
        source: fields.string("source").unwrap_or_default(),
        quick: fields.flag("quick").unwrap_or(true),
    };
    fields.finish();
    claim
}

pub(crate) fn figure(fields: Fields) -> Figure {
    let plot = fields.text("plot");
    if !fields.has("plot") {
        fields.missing("plot", "`plot = \"rate against drive\"`");
    }
    let figure = Figure {
        plot: plot.unwrap_or_default(),
        title: fields.string("title"),
    };
    fields.finish();
    figure
}
