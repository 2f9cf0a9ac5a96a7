//! Stimuli as tables.

use std::sync::Arc;

use super::table::{Table, list};
use super::values::{key, number, string};
use crate::{SpikeTimes, Stimulus, StimulusKind};

pub(super) fn table(name: &str, stimulus: &Stimulus) -> Table {
    let mut table = Table::new(format!("[stimulus.{}]", key(name)));
    kind(&mut table, &stimulus.kind);
    if stimulus.from != 0.0 {
        table.time("from", stimulus.from);
    }
    if let Some(until) = stimulus.until {
        table.time("until", until);
    }
    table
}

fn kind(table: &mut Table, kind: &StimulusKind) {
    match kind {
        StimulusKind::Step { amplitude } => {
            table.string("kind", "step");
            table.text("amplitude", amplitude);
        }
        StimulusKind::Ramp { start, end } => {
            table.string("kind", "ramp");
            table.text("start", start);
            table.text("end", end);
        }
        StimulusKind::Sinusoid {
            amplitude,
            frequency,
            phase,
            offset,
        } => {
            table.string("kind", "sinusoid");
            table.text("amplitude", amplitude);
            table.frequency("frequency", *frequency);
            table.raw("phase", number(*phase));
            table.optional_text("offset", offset);
        }
        StimulusKind::Chirp {
            amplitude,
            first,
            last,
            logarithmic,
        } => {
            table.string("kind", "chirp");
            table.text("amplitude", amplitude);
            table.frequency("first", *first);
            table.frequency("last", *last);
            table.flag("logarithmic", *logarithmic);
        }
        StimulusKind::Values {
            values,
            every,
            unit,
            linear,
        } => {
            table.string("kind", "values");
            let row = |row: &Arc<[f64]>| list(row.iter().map(|value| number(*value)));
            table.raw("values", list(values.iter().map(row)));
            table.time("every", *every);
            table.string("unit", &unit.value);
            table.flag("linear", *linear);
        }
        StimulusKind::File {
            path,
            columns,
            time,
            every,
            unit,
            linear,
        } => {
            table.string("kind", "file");
            table.string("path", &path.display().to_string());
            if !columns.is_empty() {
                table.raw("columns", list(columns.iter().map(|column| string(column))));
            }
            if let Some(time) = time {
                table.string("time", time);
            }
            if let Some(every) = every {
                table.time("every", *every);
            }
            table.string("unit", &unit.value);
            table.flag("linear", *linear);
        }
        StimulusKind::Poisson { count, rate } => {
            table.string("kind", "poisson");
            table.raw("count", count.to_string());
            table.text("rate", rate);
        }
        StimulusKind::PoissonInput {
            to,
            variable,
            inputs,
            rate,
            weight,
        } => {
            table.string("kind", "poisson-input");
            table.string("to", &to.to_string());
            table.string("variable", variable);
            table.raw("inputs", inputs.to_string());
            table.text("rate", rate);
            table.text("weight", weight);
        }
        StimulusKind::Task(shown) => {
            table.string("kind", "task");
            table.string("code", shown.code.name());
            table.raw("count", shown.count.to_string());
            table.string("set", shown.set.name());
            if let Some(examples) = shown.examples {
                table.raw("examples", examples.to_string());
            }
            table.time("each", shown.each);
            table.time("pause", shown.pause);
            if let Some(rate) = &shown.rate {
                table.text("rate", rate);
            }
        }
        StimulusKind::Spikes { count, times } => {
            table.string("kind", "spikes");
            table.raw("count", count.to_string());
            match times {
                None => {}
                Some(SpikeTimes::Expression { times, each }) => {
                    table.text("times", times);
                    table.raw("each", each.to_string());
                }
                Some(SpikeTimes::List(trains)) => {
                    let train = |train: &Vec<f64>| list(train.iter().map(|time| number(*time)));
                    table.raw("times", list(trains.iter().map(train)));
                    table.string("unit", "second");
                }
                Some(SpikeTimes::File(path)) => table.string("file", &path.display().to_string()),
            }
        }
    }
}
