//! The form of measures, claims and figures; what they mean is worked out when they are carried out.

use oscine_equations::Quantity;

use super::{Findings, Parts};
use crate::reading::quantities::kind_of;
use crate::{Claim, Experiment, Mistake, nearest};

pub(super) fn check(experiment: &Experiment, parts: &Parts, findings: &mut Findings) {
    let mut there = parts.names(|_| true);
    there.extend(experiment.records.iter().map(|(name, _)| name.clone()));
    there.extend(experiment.measures.iter().map(|(name, _)| name.clone()));
    there.sort();
    there.dedup();
    for (name, measure) in &experiment.measures {
        for of in &measure.of {
            let word = of.split(['.', '[']).next().unwrap_or_default().trim();
            if !there.iter().any(|known| known == word) && !parts.is_unread(word) {
                let mistake = Mistake::UnknownName {
                    what: "record, population or projection".into(),
                    name: word.into(),
                    nearest: nearest(word, there.iter().map(String::as_str)),
                    there: there.clone(),
                };
                findings.value(&format!("measure/{name}/of"), mistake);
            }
        }
    }
    for (index, one) in experiment.claims.iter().enumerate() {
        claim(findings, &format!("claim/{index}"), one);
    }
}

fn claim(findings: &mut Findings, path: &str, claim: &Claim) {
    if claim.published.value.is_empty() {
        return;
    }
    let published = parse(
        findings,
        &format!("{path}/published"),
        "`published` in [[claim]]",
        &claim.published.value,
    );
    let Some(tolerance) = &claim.tolerance else {
        return;
    };
    let place = format!("{path}/tolerance");
    let what = "`tolerance` in [[claim]]";
    let written = tolerance.value.trim();
    let relative = written.strip_suffix('%').map(str::trim);
    let Some(size) = parse(findings, &place, what, relative.unwrap_or(written)) else {
        return;
    };
    if size.value < 0.0 {
        let mistake = Mistake::Negative {
            what: what.into(),
            value: written.into(),
        };
        findings.value(&place, mistake);
    } else if let (None, Some(published)) = (relative, published)
        && published.dimension != size.dimension
        && published.value != 0.0
    {
        let mistake = Mistake::WrongDimension {
            what: what.into(),
            expected: format!(
                "{} as the published value is, or a part of it such as \"10 %\"",
                kind_of(published.dimension)
            ),
            written: written.into(),
            found: kind_of(size.dimension),
        };
        findings.value(&place, mistake);
    }
}

fn parse(findings: &mut Findings, path: &str, what: &str, written: &str) -> Option<Quantity> {
    match Quantity::parse(written.trim()) {
        Ok(quantity) if quantity.value.is_finite() => Some(quantity),
        Ok(_) => {
            let mistake = Mistake::NotFinite {
                what: what.into(),
                value: written.into(),
            };
            findings.value(path, mistake);
            None
        }
        Err(error) => {
            let mistake = Mistake::NotAQuantity {
                what: what.into(),
                expected: "a quantity such as \"20 Hz\"".into(),
                reason: format!("`{written}`: {}", error.mistake()),
                help: error.help().map(str::to_string),
            };
            findings.value(path, mistake);
            None
        }
    }
}
