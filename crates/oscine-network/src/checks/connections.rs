//! Who connects to whom: probabilities, numbers that can be drawn, pairs that there are.

use super::{Findings, Part, length};
use crate::{Connect, Mistake, Synapses};

pub(super) fn check(
    findings: &mut Findings,
    path: &str,
    table: &str,
    synapses: &Synapses,
    from: &Part,
    to: &Part,
) {
    let sources = length(&synapses.from, from);
    let targets = length(&synapses.to, to);
    let what = |key: &str| format!("`{key}` in {table}");
    match &synapses.connect {
        Connect::AllToAll | Connect::File { .. } => {}
        Connect::Condition { probability, .. } => {
            if let Some(text) = probability
                && let Ok(value) = text.value.trim().parse::<f64>()
            {
                probability_of(
                    findings,
                    &format!("{path}/probability"),
                    &what("probability"),
                    value,
                );
            }
        }
        Connect::OneToOne => {
            if let (Some(sources), Some(targets)) = (sources, targets)
                && sources != targets
            {
                findings.value(path, Mistake::SizesDiffer { sources, targets });
            }
        }
        Connect::Probability { probability, .. } => {
            probability_of(
                findings,
                &format!("{path}/probability"),
                &what("probability"),
                *probability,
            );
        }
        Connect::FixedInDegree {
            count,
            autapses,
            multapses,
        } => {
            let key = "fixed-in-degree";
            number(findings, &format!("{path}/{key}"), &what(key), *count);
            draw(
                findings,
                &format!("{path}/{key}"),
                synapses,
                *count,
                *autapses,
                *multapses,
                sources,
            );
        }
        Connect::FixedOutDegree {
            count,
            autapses,
            multapses,
        } => {
            let key = "fixed-out-degree";
            number(findings, &format!("{path}/{key}"), &what(key), *count);
            draw(
                findings,
                &format!("{path}/{key}"),
                synapses,
                *count,
                *autapses,
                *multapses,
                targets,
            );
        }
        Connect::FixedTotal {
            count,
            autapses,
            multapses,
        } => {
            let key = "fixed-total";
            number(findings, &format!("{path}/{key}"), &what(key), *count);
            let pairs = sources
                .zip(targets)
                .and_then(|(sources, targets)| sources.checked_mul(targets));
            // Cells that are in both slices cannot be paired with themselves.
            let own = match (autapses, sources.min(targets)) {
                (false, Some(cells)) if synapses.from == synapses.to => cells,
                _ => 0,
            };
            let possible = pairs.map(|pairs| pairs - own);
            draw(
                findings,
                &format!("{path}/{key}"),
                synapses,
                *count,
                true,
                *multapses,
                possible,
            );
        }
        Connect::Pairs { pairs } => {
            let (Some(sources), Some(targets)) = (sources, targets) else {
                return;
            };
            for (index, pair) in pairs.iter().enumerate() {
                if pair.0 >= sources || pair.1 >= targets {
                    let mistake = Mistake::PairTooFar {
                        pair: *pair,
                        sources,
                        targets,
                    };
                    findings.value(&format!("{path}/pairs/{index}"), mistake);
                    return;
                }
            }
        }
    }
}

fn probability_of(findings: &mut Findings, path: &str, what: &str, value: f64) {
    if !(0.0..=1.0).contains(&value) {
        let mistake = Mistake::NotAProbability {
            what: what.into(),
            value: value.to_string(),
        };
        findings.value(path, mistake);
    }
}

fn number(findings: &mut Findings, path: &str, what: &str, count: usize) {
    if count == 0 {
        let mistake = Mistake::NotPositive {
            what: what.into(),
            value: "0".into(),
        };
        findings.value(path, mistake);
    }
}

/// Without multapses no more can be drawn than there are.
fn draw(
    findings: &mut Findings,
    path: &str,
    synapses: &Synapses,
    count: usize,
    autapses: bool,
    multapses: bool,
    possible: Option<usize>,
) {
    let own = usize::from(!autapses && synapses.from == synapses.to);
    if let Some(possible) = possible.map(|possible| possible.saturating_sub(own))
        && (possible == 0 || (!multapses && count > possible))
    {
        findings.value(path, Mistake::TooFewToDraw { count, possible });
    }
}
