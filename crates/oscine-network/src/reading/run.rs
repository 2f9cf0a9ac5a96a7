//! Reads `[run]`.

use super::fields::Fields;
use super::integrators;
use super::tree::Kind;
use crate::{Precision, Run};

/// The step where none is written, s; Brian2's.
pub(crate) const DEFAULT_STEP: f64 = 1e-4;
/// The seed where none is written: a run is repeatable unless it is asked otherwise.
pub(crate) const DEFAULT_SEED: u64 = 1;

/// Reads the table; the duration is `of_protocol` where none is written, and `only_layers` have none and compute in single precision.
pub(crate) fn read(fields: Option<Fields>, of_protocol: Option<f64>, only_layers: bool) -> Run {
    let mut run = Run {
        duration: of_protocol.unwrap_or(1.0),
        dt: DEFAULT_STEP,
        seed: DEFAULT_SEED,
        integrator: None,
        precision: match only_layers {
            true => Precision::Single,
            false => Precision::Double,
        },
        checkpoint_every: None,
    };
    let Some(fields) = fields else {
        return run;
    };
    match fields.take("duration") {
        Some(node) => {
            let duration =
                super::quantities::time(fields.context, node, &fields.called("duration"));
            run.duration = duration.unwrap_or(f64::INFINITY);
        }
        None if of_protocol.is_none() && !only_layers => {
            fields.missing("duration", "`duration = \"1 s\"`")
        }
        None => {}
    }
    run.dt = fields.time("dt").unwrap_or(DEFAULT_STEP);
    run.seed = seed(&fields).unwrap_or(DEFAULT_SEED);
    run.integrator = integrators::read(&fields);
    match fields.choice("precision", &["double", "single"]) {
        Some("single") => run.precision = Precision::Single,
        Some(_) => run.precision = Precision::Double,
        None => {}
    }
    run.checkpoint_every = fields.time("checkpoint_every");
    fields.finish();
    run
}

/// A whole number; in quotation marks where TOML has none so large.
fn seed(fields: &Fields) -> Option<u64> {
    match &fields.take("seed")?.kind {
        Kind::Text(text, _) if text.trim().parse::<u64>().is_ok() => text.trim().parse().ok(),
        _ => fields.count("seed").map(|seed| seed as u64),
    }
}
