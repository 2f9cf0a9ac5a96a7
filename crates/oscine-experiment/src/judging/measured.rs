//! The measures of a run or a sweep, the verdicts on its claims, and the data of its figures.

use std::collections::BTreeMap;

use oscine_engine::BuildError;
use oscine_network::{Claim, Experiment, Figure};

use crate::formula::array::NamedArray;
use crate::judging::leaves::{Evaluator, FormulaLeaves};
use crate::judging::measuring::{Measuring, PlacedFormula, PlotFormulas};
use crate::judging::verdict::Verdict;

/// Measures, verdicts and figures.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Every measure and its fields, in the order of the file.
    pub measures: Vec<(String, NamedArray)>,
    /// The verdict on each claim.
    pub verdicts: Vec<Verdict>,
    /// The data of the figures.
    pub plots: Vec<Plot>,
    /// Notes that a reader must know, a sentence each.
    pub notes: Vec<String>,
    /// Failures: runs of a sweep that did not come to their end, measures that could not be taken, a sentence each.
    pub failures: Vec<String>,
}

/// The data of a figure: arrays against an array.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// Its title; empty where the file gives none.
    pub title: String,
    /// Vertical: each array with its formula as written.
    pub series: Vec<(String, NamedArray)>,
    /// Horizontal: the array and its formula as written.
    pub against: (String, NamedArray),
}

impl Measured {
    /// Evaluates everything that the file asks for. The short form (`quick`) leaves out the claims that it cannot judge.
    ///
    /// # Errors
    /// A formula that does not fit what was measured, with its place.
    pub fn of(
        experiment: &Experiment,
        measuring: &Measuring,
        mut leaves: FormulaLeaves,
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
        let asked = Answers {
            evaluation: Evaluator::new(&leaves, measuring),
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
struct Answers<'a> {
    evaluation: Evaluator<'a>,
    /// Whether a measure could not be taken.
    has_failures: bool,
}

impl Answers<'_> {
    /// The value of a formula, or why it has none. A measure that could not be taken is no mistake in the formulas that read it: what depends on it is
    /// missing, and that is said.
    fn value(
        &self,
        written: &PlacedFormula,
    ) -> Result<Result<NamedArray, String>, Box<BuildError>> {
        match self.evaluation.value(written) {
            Ok(array) => Ok(Ok(array)),
            Err(error) if self.has_failures => Ok(Err(error.message())),
            Err(error) => Err(Box::new(written.mistake(error))),
        }
    }

    /// The verdict on a claim.
    fn verdict(&self, claim: &Claim, written: &PlacedFormula) -> Result<Verdict, Box<BuildError>> {
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

    /// The data of a figure; `None` where what it shows could not be measured.
    fn plot(
        &self,
        figure: &Figure,
        plotted: &PlotFormulas,
    ) -> Result<Option<Plot>, Box<BuildError>> {
        let named =
            |written: &PlacedFormula| -> Result<Option<(String, NamedArray)>, Box<BuildError>> {
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
