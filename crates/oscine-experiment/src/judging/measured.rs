//! What a run or a sweep measured: every measure, what came of each claim, and what the figures draw.

use std::collections::BTreeMap;

use oscine_engine::BuildError;
use oscine_network::{Claim, Experiment, Figure};

use crate::formula::array::Array;
use crate::judging::leaves::{Evaluation, Leaves};
use crate::judging::measuring::{Measuring, Plotted, Written};
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
        let mut measured = Self {
            notes: leaves.notes.clone(),
            ..Self::default()
        };
        for (name, reason) in &leaves.failed {
            let note = format!("`{name}` could not be measured: {reason}");
            measured.failures.push(note);
        }
        let asked = Asked {
            evaluation: Evaluation::new(&leaves, measuring),
            has_failures: !leaves.failed.is_empty(),
        };
        let mut computed = BTreeMap::new();
        for (name, written) in &measuring.expressions {
            let value = asked.value(written)?;
            computed.extend(value.ok().map(|array| (name, array)));
        }
        for (claim, written) in experiment.claims.iter().zip(&measuring.claims) {
            measured.verdicts.push(match quick && !claim.quick {
                true => Verdict::not_run(claim, "the short form does not judge it"),
                false => asked.verdict(claim, written)?,
            });
        }
        for (figure, plotted) in experiment.figures.iter().zip(&measuring.figures) {
            match asked.plot(figure, plotted)? {
                Some(plot) => measured.plots.push(plot),
                None => measured.notes.push(format!(
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

/// The formulas of a file, evaluated on what was measured.
struct Asked<'a> {
    evaluation: Evaluation<'a>,
    /// Whether a measure could not be taken.
    has_failures: bool,
}

impl Asked<'_> {
    /// The value of a formula, or why it has none. A measure that could not be taken is no mistake in the formulas that read it: what depends on it is
    /// missing, and that is said.
    fn value(&self, written: &Written) -> Result<Result<Array, String>, Box<BuildError>> {
        match self.evaluation.value(written) {
            Ok(array) => Ok(Ok(array)),
            Err(error) if self.has_failures => Ok(Err(error.message())),
            Err(error) => Err(Box::new(written.mistake(error))),
        }
    }

    /// What came of a claim.
    fn verdict(&self, claim: &Claim, written: &Written) -> Result<Verdict, Box<BuildError>> {
        match self.value(written)? {
            Ok(array) => Verdict::judge(claim, &array).map_err(|message| {
                Box::new(BuildError::Description {
                    place: written.place.clone(),
                    owner: written.owner.clone(),
                    message,
                    help: None,
                })
            }),
            Err(reason) => Ok(Verdict {
                holds: Some(false),
                ..Verdict::not_run(claim, &reason)
            }),
        }
    }

    /// What a figure draws; `None` where what it shows could not be measured.
    fn plot(&self, figure: &Figure, plotted: &Plotted) -> Result<Option<Plot>, Box<BuildError>> {
        let named = |written: &Written| -> Result<Option<(String, Array)>, Box<BuildError>> {
            let text = written.formula.text().to_owned();
            Ok(self.value(written)?.ok().map(|array| (text, array)))
        };
        let mut series = Vec::new();
        for written in &plotted.series {
            series.extend(named(written)?);
        }
        let against = named(&plotted.against)?.filter(|_| !series.is_empty());
        Ok(against.map(|against| Plot {
            title: figure.title.clone().unwrap_or_default(),
            series,
            against,
        }))
    }
}
