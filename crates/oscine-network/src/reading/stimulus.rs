//! Reads `[stimulus.NAME]`.

use oscine_equations::Quantity;

use super::fields::Fields;
use super::quantities;
use super::slices;
use super::tree::{Kind, Node};
use crate::{Code, ExampleSet, Mistake, Shown, SpikeTimes, Stimulus, StimulusKind, Text};

pub(crate) const KINDS: [&str; 10] = [
    "step",
    "ramp",
    "sinusoid",
    "chirp",
    "values",
    "file",
    "poisson",
    "poisson-input",
    "spikes",
    "task",
];

/// Reads the table; `None` where not even its kind is known.
pub(crate) fn read(fields: Fields) -> Option<Stimulus> {
    if !fields.has("kind") {
        fields.take("kind");
        fields.missing(
            "kind",
            "`kind = \"step\"`, `\"sinusoid\"`, `\"poisson\"` or `\"spikes\"`",
        );
        return None;
    }
    let kind = match fields.choice("kind", &KINDS)? {
        "step" => StimulusKind::Step {
            amplitude: required_text(&fields, "amplitude", "`amplitude = \"1 nA\"`"),
        },
        "ramp" => ramp(&fields),
        "sinusoid" => sinusoid(&fields),
        "chirp" => chirp(&fields),
        "values" => values(&fields),
        "file" => file(&fields),
        "poisson" => StimulusKind::Poisson {
            count: count(&fields, "count"),
            rate: required_text(&fields, "rate", "`rate = \"10 Hz\"`"),
        },
        "poisson-input" => poisson_input(&fields),
        "task" => StimulusKind::Task(shown(&fields)),
        _ => spikes(&fields),
    };
    let stimulus = Stimulus {
        kind,
        from: fields.time("from").unwrap_or(0.0),
        until: fields.time("until"),
    };
    fields.finish();
    Some(stimulus)
}

fn required_text(fields: &Fields, key: &'static str, example: &str) -> Text {
    let text = fields.text(key);
    if !fields.has(key) {
        fields.missing(key, example);
    }
    text.unwrap_or_default()
}

fn count(fields: &Fields, key: &'static str) -> usize {
    let count = fields.count(key);
    if !fields.has(key) {
        fields.missing(key, &format!("`{key} = 100`"));
    }
    count.unwrap_or(super::neurons::UNREAD)
}

fn frequency(fields: &Fields, key: &'static str) -> f64 {
    let frequency = fields.frequency(key);
    if !fields.has(key) {
        fields.missing(key, &format!("`{key} = \"5 Hz\"`"));
    }
    frequency.unwrap_or(1.0)
}

fn needs_until(fields: &Fields) {
    if !fields.has("until") {
        fields.missing("until", "`until = \"1 s\"`");
    }
}

fn ramp(fields: &Fields) -> StimulusKind {
    needs_until(fields);
    StimulusKind::Ramp {
        start: required_text(fields, "start", "`start = \"0 nA\"`"),
        end: required_text(fields, "end", "`end = \"1 nA\"`"),
    }
}

fn sinusoid(fields: &Fields) -> StimulusKind {
    StimulusKind::Sinusoid {
        amplitude: required_text(fields, "amplitude", "`amplitude = \"1 nA\"`"),
        frequency: frequency(fields, "frequency"),
        phase: fields.number("phase").unwrap_or(0.0),
        offset: fields.text("offset"),
    }
}

fn chirp(fields: &Fields) -> StimulusKind {
    needs_until(fields);
    StimulusKind::Chirp {
        amplitude: required_text(fields, "amplitude", "`amplitude = \"1 nA\"`"),
        first: frequency(fields, "first"),
        last: frequency(fields, "last"),
        logarithmic: fields.flag("logarithmic").unwrap_or(false),
    }
}

fn unit(fields: &Fields) -> Text {
    let Some(unit) = fields.text("unit") else {
        return Text::new("1");
    };
    let one = match unit.value.trim() {
        "1" => "1".to_string(),
        written => format!("1 {written}"),
    };
    if let (Err(error), Some(node)) = (Quantity::parse(&one), fields.take("unit")) {
        fields.context.note(
            &node.place,
            Mistake::NotAQuantity {
                what: fields.called("unit"),
                expected: "a unit such as \"nA\"".into(),
                reason: error.mistake().to_string(),
                help: error.help().map(str::to_string),
            },
        );
    }
    unit
}

fn values(fields: &Fields) -> StimulusKind {
    let mut rows = Vec::new();
    match fields.take("values") {
        Some(Node {
            kind: Kind::List(nodes),
            ..
        }) => {
            for node in nodes {
                match &node.kind {
                    Kind::List(row) => rows.push(numbers(fields, row).into()),
                    _ => rows.push(numbers(fields, std::slice::from_ref(node)).into()),
                }
            }
        }
        Some(node) => fields.wrong("values", node, "a list of numbers such as [0.0, 1.0, 0.5]"),
        None => fields.missing("values", "`values = [0.0, 1.0, 0.5]`"),
    }
    let every = fields.time("every");
    if !fields.has("every") {
        fields.missing("every", "`every = \"1 ms\"`");
    }
    StimulusKind::Values {
        values: rows,
        every: every.unwrap_or(1.0),
        unit: unit(fields),
        linear: fields.flag("linear").unwrap_or(false),
    }
}

fn numbers(fields: &Fields, nodes: &[Node]) -> Vec<f64> {
    let number = |node: &Node| match &node.kind {
        Kind::Integer(value, _) => Some(*value as f64),
        Kind::Float(value, _) if value.is_finite() => Some(*value),
        Kind::Float(_, written) => {
            let mistake = Mistake::NotFinite {
                what: fields.called("values"),
                value: written.clone(),
            };
            fields.context.note(&node.place, mistake);
            None
        }
        _ => {
            fields.wrong(
                "values",
                node,
                "a list of numbers; `unit` says what they are",
            );
            None
        }
    };
    nodes
        .iter()
        .map(|node| number(node).unwrap_or(0.0))
        .collect()
}

fn file(fields: &Fields) -> StimulusKind {
    let path = required_text(fields, "path", "`path = \"current.csv\"`");
    if !fields.has("time") && !fields.has("every") {
        fields.missing(
            "every",
            "`every = \"1 ms\"`, or `time = \"the column with the time\"`",
        );
    }
    StimulusKind::File {
        path: path.value.into(),
        columns: fields
            .texts("columns")
            .into_iter()
            .map(|text| text.value)
            .collect(),
        time: fields.string("time"),
        every: fields.time("every"),
        unit: unit(fields),
        linear: fields.flag("linear").unwrap_or(false),
    }
}

fn shown(fields: &Fields) -> Shown {
    for (key, example) in [
        (
            "code",
            "`code = \"rates\"`, `\"latencies\"`, `\"currents\"` or `\"targets\"`",
        ),
        ("each", "`each = \"100 ms\"`, how long an example is shown"),
    ] {
        if !fields.has(key) {
            fields.take(key);
            fields.missing(key, example);
        }
    }
    let code = fields.choice("code", &Code::NAMES).and_then(Code::named);
    let code = code.unwrap_or(Code::Currents);
    Shown {
        code,
        count: count(fields, "count"),
        set: match fields.choice("set", &ExampleSet::NAMES) {
            Some("validation") => ExampleSet::Validation,
            Some("test") => ExampleSet::Test,
            _ => ExampleSet::Training,
        },
        examples: fields.count("examples"),
        each: fields.time("each").unwrap_or(1.0),
        pause: fields.time("pause").unwrap_or(0.0),
        rate: match code {
            Code::Rates => Some(required_text(
                fields,
                "rate",
                "`rate = \"60 Hz\"`, of a number that is 1",
            )),
            _ => None,
        },
    }
}

fn poisson_input(fields: &Fields) -> StimulusKind {
    let to = slices::required(fields, "to", "`to = \"cells\"`");
    let variable = required_text(fields, "variable", "`variable = \"v\"`");
    StimulusKind::PoissonInput {
        to: to.unwrap_or_default(),
        variable: variable.value,
        inputs: count(fields, "inputs"),
        rate: required_text(fields, "rate", "`rate = \"10 Hz\"`"),
        weight: required_text(fields, "weight", "`weight = \"0.1 mV\"`"),
    }
}

fn spikes(fields: &Fields) -> StimulusKind {
    let count = count(fields, "count");
    let times = fields.take("times");
    let file = fields.string("file");
    let each = fields.count("each");
    let unit = fields.has("unit").then(|| unit(fields)).map(|unit| {
        Quantity::parse(&format!("1 {}", unit.value)).map_or(1.0, |quantity| quantity.value)
    });
    let contradiction = |first: &str, second: &str, help: &str| {
        fields.note(Mistake::Contradiction {
            table: fields.name.clone(),
            first: first.into(),
            second: second.into(),
            help: help.into(),
        });
    };
    let times = match (times, file) {
        (Some(_), Some(_)) => {
            contradiction("times", "file", "keep one of them");
            None
        }
        (None, Some(path)) => Some(SpikeTimes::File(path.into())),
        (Some(node), None) => match &node.kind {
            Kind::List(trains) => Some(SpikeTimes::List(listed(fields, trains, count, unit))),
            _ => {
                if each.is_none() && !fields.has("each") {
                    fields.missing("each", "`each = 60`, the number of spikes of each train");
                }
                fields
                    .as_text("times", node)
                    .map(|times| SpikeTimes::Expression {
                        times,
                        each: each.unwrap_or(super::neurons::UNREAD),
                    })
            }
        },
        (None, None) => None,
    };
    if each.is_some()
        && !matches!(times, Some(SpikeTimes::Expression { .. }))
        && fields.has("times")
    {
        contradiction(
            "times",
            "each",
            "`each` counts the spikes of an expression of `k`; a list has its own length",
        );
    }
    StimulusKind::Spikes { count, times }
}

/// `[["10 ms", "20 ms"], ["5 ms"]]`, or numbers with `unit`; a flat list is the only train's.
fn listed(fields: &Fields, nodes: &[Node], count: usize, unit: Option<f64>) -> Vec<Vec<f64>> {
    let time = |node: &Node| match (&node.kind, unit) {
        (Kind::Integer(value, _), Some(unit)) => Some(*value as f64 * unit),
        (Kind::Float(value, _), Some(unit)) if value.is_finite() => Some(value * unit),
        _ => quantities::time(fields.context, node, &fields.called("times")),
    };
    let nested = nodes.iter().any(|node| matches!(node.kind, Kind::List(_)));
    if !nested && count == 1 {
        return vec![nodes.iter().filter_map(time).collect()];
    }
    nodes
        .iter()
        .map(|node| match &node.kind {
            Kind::List(train) => train.iter().filter_map(time).collect(),
            _ => {
                fields.wrong("times", node, "a list of spike times for each train");
                Vec::new()
            }
        })
        .collect()
}

/// Stands for a stimulus that could not be read.
pub(crate) fn unread() -> Stimulus {
    Stimulus {
        kind: StimulusKind::Spikes {
            count: super::neurons::UNREAD,
            times: None,
        },
        from: 0.0,
        until: None,
    }
}
