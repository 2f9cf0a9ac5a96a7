//! `[record.NAME]`: what is kept.

use crate::checks::Findings;
use crate::declaration::kinds::{Flag, Maybe, Strings};
use crate::declaration::quantities::{NotNegative, Positive, Time};
use crate::declaration::reference::TableReference;
use crate::declaration::words::{Choice, Word};
use crate::declaration::{Key, Keys, Table, key, table};
use crate::reading::fields::Fields;
use crate::reading::slices::Slices;
use crate::reading::tree::Table as Tree;
use crate::{Mistake, Slice};

table! {
    /// Spikes or variables of one or more populations or projections.
    pub struct Record {
        /// Which cells, or synapses counted in their order.
        of: Vec<Slice> = Slices, needs "`of = \"cells\"`";
        /// Whether spikes are kept: time and cell of each.
        spikes: bool = Flag, usually false;
        /// Variables, parameters, subexpressions by name.
        variables: Vec<String> = Strings;
        /// When the variables are sampled.
        times: RecordTimes = RecordTimes, or RecordTimes::EveryStep;
        /// The beginning of what is kept, s.
        from: f64 = NotNegative<Time>, usually 0.0;
        /// The end of what is kept, s; without it that of the run.
        until: Option<f64> = Maybe<Time>;
    }
}

impl Table for Record {
    fn settle(&mut self, fields: &Fields) -> bool {
        let keeps = fields.has("spikes") || fields.has("variables");
        if !keeps {
            fields.missing("spikes", "`spikes = true`, or `variables = [\"v\"]`");
        }
        keeps
    }
}

/// When variables are sampled.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum RecordTimes {
    /// At every step.
    #[default]
    EveryStep,
    /// At this interval, s.
    Every(f64),
    /// Once, when the run ends.
    AtEnd,
}

/// The only word under `at`.
#[derive(Clone, Copy)]
struct End;

impl Word for End {
    const ALL: &'static [Self] = &[Self];

    fn word(&self) -> &'static str {
        "end"
    }
}

impl RecordTimes {
    const EVERY: Key = key!(
        every,
        "The interval at which variables are sampled; without it at every step."
    );
    const AT: Key = key!(at, "Samples variables once, when the run ends.");
}

impl Keys for RecordTimes {
    type Value = Self;

    fn read_from(fields: &Fields, _: &Key, into: &mut Self) -> bool {
        let (mut every, mut at) = (None, None);
        let whole = <Maybe<Positive<Time>> as Keys>::read_from(fields, &Self::EVERY, &mut every)
            & <Maybe<Choice<End>> as Keys>::read_from(fields, &Self::AT, &mut at);
        if fields.has("every") && fields.has("at") {
            fields.note(Mistake::Contradiction {
                table: fields.name.clone(),
                first: "every".into(),
                second: "at".into(),
                help: "keep one of them, or make two records".into(),
            });
        }
        *into = match every {
            _ if at.is_some() => Self::AtEnd,
            Some(every) => Self::Every(every),
            None => Self::EveryStep,
        };
        whole
    }

    fn write_into(value: &Self, _: &Key, into: &mut Tree) {
        match value {
            Self::EveryStep => {}
            Self::Every(every) => <Positive<Time> as Keys>::write_into(every, &Self::EVERY, into),
            Self::AtEnd => <Choice<End> as Keys>::write_into(&End, &Self::AT, into),
        }
    }

    fn check(value: &Self, _: &Key, findings: &mut Findings, path: &str, table: &str) {
        if let Self::Every(every) = value {
            <Positive<Time> as Keys>::check(every, &Self::EVERY, findings, path, table);
        }
    }

    fn describe(_: &Key, _: Option<&Self>, into: &mut TableReference) {
        <Positive<Time> as Keys>::describe(&Self::EVERY, None, into);
        <Choice<End> as Keys>::describe(&Self::AT, None, into);
    }
}
