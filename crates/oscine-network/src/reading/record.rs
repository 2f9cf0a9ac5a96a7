//! Reads `[record.NAME]`.

use super::fields::Fields;
use super::slices;
use crate::{Mistake, Record, RecordTimes};

pub(crate) fn read(fields: Fields) -> Record {
    let of = slices::list(&fields, "of");
    if !fields.has("of") {
        fields.missing("of", "`of = \"cells\"`");
    }
    let spikes = fields.flag("spikes");
    let variables = fields.texts("variables");
    if !fields.has("spikes") && !fields.has("variables") {
        fields.missing("spikes", "`spikes = true`, or `variables = [\"v\"]`");
    }
    let every = fields.time("every");
    let at_end = fields.choice("at", &["end"]).is_some();
    if fields.has("every") && fields.has("at") {
        fields.note(Mistake::Contradiction {
            table: fields.name.clone(),
            first: "every".into(),
            second: "at".into(),
            help: "keep one of them, or make two records".into(),
        });
    }
    let record = Record {
        of,
        spikes: spikes.unwrap_or(fields.has("spikes")),
        variables: variables.into_iter().map(|text| text.value).collect(),
        times: match every {
            _ if at_end => RecordTimes::AtEnd,
            Some(every) => RecordTimes::Every(every),
            None => RecordTimes::EveryStep,
        },
        from: fields.time("from").unwrap_or(0.0),
        until: fields.time("until"),
    };
    fields.finish();
    record
}
