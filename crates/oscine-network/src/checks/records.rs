//! Records.

use super::{Findings, Part, Parts, interval, part_of, with_unit};
use crate::reading::slices;
use crate::{Experiment, Mistake, RecordTimes};

pub(super) fn check(experiment: &Experiment, parts: &Parts, findings: &mut Findings) {
    for (name, record) in &experiment.records {
        let path = format!("record/{name}");
        let table = format!("[record.{name}]");
        interval(findings, &path, &table, record.from, record.until);
        for slice in &record.of {
            let of = format!("{path}/of");
            let Some(part) = part_of(
                parts,
                findings,
                &of,
                slice,
                "population, projection or spike source",
            ) else {
                continue;
            };
            let lacks = match part {
                _ if record.spikes && part.never_fires().is_some() => {
                    part.never_fires().unwrap_or_default()
                }
                Part::Spikes(_) | Part::Function(_) if !record.variables.is_empty() => {
                    "has no variables to record"
                }
                _ => continue,
            };
            let mistake = Mistake::WrongPart {
                name: slice.name.clone(),
                found: part.kind(),
                lacks: lacks.into(),
            };
            findings.placed(&of, &slice.place, mistake);
        }
        if !record.spikes && record.variables.is_empty() {
            let mistake = Mistake::Idle {
                table: table.clone(),
                why: "it keeps neither spikes nor variables".into(),
                help: "add `spikes = true` or `variables = [\"v\"]`".into(),
            };
            findings.key(&path, mistake);
        }
        for variable in record
            .variables
            .iter()
            .filter(|variable| !slices::is_name(variable))
        {
            let mistake = Mistake::NotAName {
                name: variable.clone(),
            };
            findings.value(&format!("{path}/variables"), mistake);
        }
        if let RecordTimes::Every(every) = record.times {
            let what = format!("`every` in {table}");
            let every_path = format!("{path}/every");
            if every > 0.0 && every < parts.dt * (1.0 - 1e-9) {
                let mistake = Mistake::BelowStep {
                    what,
                    value: with_unit(every, "s"),
                    dt: with_unit(parts.dt, "s"),
                };
                findings.value(&every_path, mistake);
            }
        }
    }
}
