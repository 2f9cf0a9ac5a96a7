//! What a run or a sweep measured: every measure, what came of each claim, and what the figures draw.

use std::collections::BTreeMap;

use oscine_engine::BuildError;
use oscine_network::Experiment;

use crate::formula::array::Array;
use crate::judging::leaves::{Evaluation, Leaves};
use crate::judging::measuring::{Measuring, Written};
use crate::judging::verdict::Verdict;

/// Measures, verdicts and figures.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Every measure and its fields, in the order of the file.
    pub measures: Vec<(String, Array)>,
    /// What came of each claim.
    pub verdicts: Vec<Verdict>,
    /// What the figures draw.
    pub plots: Vec<Plot>,
    /// What a reader must know, a sentence each.
    pub notes: Vec<String>,
    /// Which runs of a sweep did not come to their end, and which measures could not be taken, a sentence each.
    pub failures: Vec<String>,
}

/// Arrays against an array.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// Its title; empty where the file gives none.
    pub title: String,
    /// Each with the text that it was written as.
    pub series: Vec<(String, Array)>,
    /// Horizontal.
    pub against: (String, Array),
}

impl Measured {
    /// Evaluates everything that the file asks for. The short form (`quick`) leaves out the claims that it cannot judge.
    ///
    /// # Errors
    /// A formula that does not fit what was measured, with its place.
    pub fn of(
        experiment: &Experiment,
        measuring: &Measuring,
        mut leaves: Leaves,
        quick: bool,
    ) -> Result<Self, Box<BuildError>> {
        let evaluation = Evaluation::new(&leaves, measuring);
        // A measure that could not be taken is no mistake in the formulas that read it: what depends on it is missing, and that is said.
        let value = |written: &Written| -> Result<Result<Array, String>, Box<BuildError>> {
            match evaluation.value(written) {
                Ok(array) => Ok(Ok(array)),
                Err(error) if !leaves.failed.is_empty() => Ok(Err(error.message())),
                Err(error) => Err(Box::new(written.mistake(error))),
            }
        };
        let mut measured = Self {
            notes: leaves.notes.clone(),
            ..Self::default()
        };
        for (name, reason) in &leaves.failed {
            let note = format!("`{name}` could not be measured: {reason}");
            measured.failures.push(note);
        }
        let mut computed = BTreeMap::new();
        for (name, written) in &measuring.expressions {
            computed.extend(value(written)?.ok().map(|array| (name, array)));
        }
        let claims = experiment.claims.iter().zip(&measuring.claims);
        for (claim, written) in claims {
            if quick && !claim.quick {
                let note = "the short form does not judge it";
                measured.verdicts.push(Verdict::not_run(claim, note));
                continue;
            }
            let verdict = match value(written)? {
                Ok(array) => Verdict::judge(claim, &array).map_err(|message| {
                    Box::new(BuildError::Description {
                        place: written.place.clone(),
                        owner: written.owner.clone(),
                        message,
                        help: None,
                    })
                })?,
                Err(reason) => Verdict {
                    holds: Some(false),
                    ..Verdict::not_run(claim, &reason)
                },
            };
            measured.verdicts.push(verdict);
        }
        for (figure, plotted) in experiment.figures.iter().zip(&measuring.figures) {
            let named = |written: &Written| -> Result<Option<(String, Array)>, Box<BuildError>> {
                let text = written.formula.text().to_owned();
                Ok(value(written)?.ok().map(|array| (text, array)))
            };
            let series = plotted
                .series
                .iter()
                .map(named)
                .collect::<Result<Vec<_>, _>>()?;
            let series: Vec<(String, Array)> = series.into_iter().flatten().collect();
            match named(&plotted.against)? {
                Some(against) if !series.is_empty() => measured.plots.push(Plot {
                    title: figure.title.clone().unwrap_or_default(),
                    series,
                    against,
                }),
                _ => measured.notes.push(format!(
                    "the figure `{}` is not drawn: what it shows could not be measured",
                    figure.plot.value
                )),
            }
        }
        for (name, measure) in &experiment.measures {
            if measure.what.is_some() {
                measured.measures.extend(leaves.take_measure(name));
            }
            let computed = computed.remove(name).map(|array| (name.clone(), array));
            measured.measures.extend(computed);
        }
        Ok(measured)
    }
}
