//! Reads `[noise.NAME]`.

use super::fields::Fields;
use super::tree::Kind;
use crate::{Correlation, Mistake, Noise, NoiseKind, Text, When};

pub(crate) const KINDS: [&str; 8] = [
    "white",
    "gaussian",
    "uniform",
    "multiplicative",
    "dropout",
    "salt-and-pepper",
    "pink",
    "ornstein-uhlenbeck",
];

pub(crate) fn read(fields: Fields) -> Option<Noise> {
    let at = fields.texts("at");
    if !fields.has("at") {
        fields.missing("at", "`at = \"cells.x\"`");
    }
    if !fields.has("kind") {
        fields.take("kind");
        fields.missing("kind", "`kind = \"gaussian\"`");
    }
    let kind = match fields.choice("kind", &KINDS) {
        Some("white") => NoiseKind::White,
        Some("uniform") => NoiseKind::Uniform,
        Some("multiplicative") => NoiseKind::Multiplicative,
        Some("dropout") => NoiseKind::Dropout,
        Some("pink") => NoiseKind::Pink {
            longest: correlation(&fields),
        },
        Some("salt-and-pepper") => NoiseKind::SaltAndPepper,
        Some("ornstein-uhlenbeck") => {
            let correlation = correlation(&fields);
            if !fields.has("correlation") {
                fields.missing("correlation", "`correlation = \"2 ms\"`");
            }
            NoiseKind::OrnsteinUhlenbeck {
                correlation: correlation.unwrap_or(Correlation::Time(1.0)),
            }
        }
        _ => NoiseKind::Gaussian,
    };
    if let (Some(node), Some(kind)) = (fields.take("correlation"), fields.string("kind"))
        && KINDS[..6].contains(&kind.as_str())
    {
        fields.context.note(
            &node.place,
            Mistake::Contradiction {
                table: fields.name.clone(),
                first: format!("kind = \"{kind}\""),
                second: "correlation".into(),
                help: "only \"ornstein-uhlenbeck\" and \"pink\" noise is correlated in time".into(),
            },
        );
    }
    let when = match fields.choice("when", &["training", "test", "both"]) {
        Some("test") => When::Test,
        Some("both") => When::Both,
        _ => When::Training,
    };
    let level = fields.text("level");
    if !fields.has("level") {
        fields.missing("level", "`level = 0.1`, with the unit of its place");
    }
    fields.finish();
    Some(Noise {
        at,
        kind,
        level: level.unwrap_or_else(|| Text::new("0")),
        when,
    })
}

/// A time, or a number of steps.
fn correlation(fields: &Fields) -> Option<Correlation> {
    match fields.peek("correlation")?.kind {
        Kind::Integer(steps, _) => {
            fields.take("correlation");
            Some(Correlation::Steps(steps as f64))
        }
        Kind::Float(steps, _) => {
            fields.take("correlation");
            Some(Correlation::Steps(steps))
        }
        _ => fields.time("correlation").map(Correlation::Time),
    }
}
