//! What a run or a sweep measured: every measure, what came of each claim, and what the figures draw.

use oscine_engine::BuildError;
use oscine_network::Experiment;

use crate::array::Array;
use crate::leaves::{Evaluation, Leaves};
use crate::measuring::{Measuring, Written};
use crate::verdict::Verdict;

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
    /// Evaluates everything that the file asks for. Claims that `judged` says no to are not judged.
    ///
    /// # Errors
    /// A formula that does not fit what was measured, with its place.
    pub fn of(
        experiment: &Experiment,
        measuring: &Measuring,
        leaves: &Leaves,
        judged: impl Fn(usize) -> bool,
    ) -> Result<Self, Box<BuildError>> {
        let evaluation = Evaluation::new(leaves, measuring);
        let value = |written: &Written| {
            evaluation
                .value(written)
                .map_err(|error| Box::new(written.mistake(error)))
        };
        let mut measured = Self {
            notes: leaves.notes.clone(),
            ..Self::default()
        };
        for (name, measure) in &experiment.measures {
            if measure.what.is_some() {
                let field = format!("{name}.");
                let fields = leaves
                    .arrays
                    .iter()
                    .filter(|(key, _)| *key == name || key.starts_with(&field));
                measured
                    .measures
                    .extend(fields.map(|(key, array)| (key.clone(), array.clone())));
            }
            if let Some((_, written)) = measuring
                .expressions
                .iter()
                .find(|(known, _)| known == name)
            {
                measured.measures.push((name.clone(), value(written)?));
            }
        }
        for (name, reason) in &leaves.failed {
            measured
                .notes
                .push(format!("`{name}` could not be measured: {reason}"));
        }
        for (index, (claim, written)) in experiment.claims.iter().zip(&measuring.claims).enumerate()
        {
            if !judged(index) {
                let note = "the short form does not judge it";
                measured.verdicts.push(Verdict::not_run(claim, note));
                continue;
            }
            let verdict = Verdict::judge(claim, &value(written)?).map_err(|message| {
                Box::new(BuildError::Description {
                    place: written.place.clone(),
                    owner: written.owner.clone(),
                    message,
                    help: None,
                })
            })?;
            measured.verdicts.push(verdict);
        }
        for (figure, plotted) in experiment.figures.iter().zip(&measuring.figures) {
            let named = |written: &Written| -> Result<(String, Array), Box<BuildError>> {
                Ok((written.formula.text().to_owned(), value(written)?))
            };
            measured.plots.push(Plot {
                title: figure.title.clone().unwrap_or_default(),
                series: plotted.series.iter().map(named).collect::<Result<_, _>>()?,
                against: named(&plotted.against)?,
            });
        }
        Ok(measured)
    }
}
