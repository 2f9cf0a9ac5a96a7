//! The formulas of an experiment file (expressions of measures, claims, figures), read and checked before anything runs.

use std::ops::Range;

use oscine_engine::BuildError;
use oscine_equations::units::{UnitPlace, unit};
use oscine_equations::{EquationError, Formula, Scope, declared_names};
use oscine_network::{Experiment, Text, nearest};

use crate::formula::{check_calls, names, without_places};
use crate::measures::{Prepared, Wrong};

/// The measures, claims and figures of an experiment, read and ready to be evaluated.
pub struct Measuring {
    /// Measures by name, in the order of the file.
    pub prepared: Vec<Prepared>,
    /// Measures that are expressions: name, formula.
    pub expressions: Vec<(String, PlacedFormula)>,
    /// The value of each claim.
    pub claims: Vec<PlacedFormula>,
    /// Each figure: what is drawn, and against what.
    pub figures: Vec<PlotFormulas>,
}

/// A formula with its place in the file.
#[derive(Clone, Debug)]
pub struct PlacedFormula {
    /// The table that it stands in, for messages.
    pub owner: String,
    /// Its place in the file.
    pub place: Option<Range<usize>>,
    /// The formula.
    pub formula: Formula,
    /// The population or projection whose variables it may name.
    pub of: Option<String>,
}

/// The formulas of a figure.
#[derive(Clone, Debug)]
pub struct PlotFormulas {
    /// Vertical: each with the text that it was written as.
    pub series: Vec<PlacedFormula>,
    /// Horizontal: one formula.
    pub against: PlacedFormula,
}

impl PlacedFormula {
    /// A mistake in the formula, with its place in the file.
    pub(crate) fn mistake(&self, error: EquationError) -> BuildError {
        BuildError::Equation {
            place: self.place.clone(),
            owner: self.owner.clone(),
            error: Box::new(error),
        }
    }
}

impl Measuring {
    /// Reads everything that an experiment measures, claims and draws.
    ///
    /// # Errors
    /// The first thing that is wrong with it, with its place.
    pub fn read(experiment: &Experiment) -> Result<Self, BuildError> {
        let measuring = Self::of_point(experiment)?;
        let known = KnownNames::of(experiment);
        for written in measuring.formulas() {
            known.check(written)?;
        }
        Ok(measuring)
    }

    /// The same of one point of a sweep: its formulas, checked with the whole of the sweep, may name keys that the point alone does not have.
    ///
    /// # Errors
    /// As [`Measuring::read`], names apart.
    pub(crate) fn of_point(experiment: &Experiment) -> Result<Self, BuildError> {
        let mut measuring = Self {
            prepared: Vec::new(),
            expressions: Vec::new(),
            claims: Vec::new(),
            figures: Vec::new(),
        };
        for (name, measure) in &experiment.measures {
            let owner = format!("[measure.{name}]");
            let prepared = Prepared::read(name, measure, experiment)
                .map_err(|wrong| description(&owner, wrong))?;
            measuring.prepared.extend(prepared);
            if let Some(value) = &measure.value {
                let of = match measure.of.as_slice() {
                    [] => None,
                    [of] => Some(population_of(of, experiment)),
                    _ => {
                        let wrong = Wrong::with_measure("an expression is over one population");
                        return Err(description(&owner, wrong));
                    }
                };
                let written = written(value, &owner, of)?;
                measuring.expressions.push((name.clone(), written));
            }
        }
        for claim in &experiment.claims {
            let owner = format!("the claim \"{}\"", claim.says);
            measuring.claims.push(written(&claim.value, &owner, None)?);
        }
        for figure in &experiment.figures {
            measuring.figures.push(plotted(&figure.plot)?);
        }
        Ok(measuring)
    }

    /// Every formula of the file.
    pub fn formulas(&self) -> impl Iterator<Item = &PlacedFormula> {
        let figures = self.figures.iter();
        let drawn = figures.flat_map(|figure| figure.series.iter().chain([&figure.against]));
        let expressions = self.expressions.iter().map(|(_, written)| written);
        expressions.chain(&self.claims).chain(drawn)
    }
}

/// The error of a measure that is wrong, with its place.
fn description(owner: &str, wrong: Wrong) -> BuildError {
    BuildError::Description {
        place: wrong.place,
        owner: owner.to_owned(),
        message: wrong.reason,
        help: wrong.help,
    }
}

fn written(text: &Text, owner: &str, of: Option<String>) -> Result<PlacedFormula, BuildError> {
    let written = |formula| PlacedFormula {
        owner: owner.to_owned(),
        place: text.place.clone(),
        formula,
        of,
    };
    match Formula::parse(&text.value) {
        Ok(formula) => Ok(written(formula)),
        Err(error) => Err(BuildError::Equation {
            place: text.place.clone(),
            owner: owner.to_owned(),
            error: Box::new(error),
        }),
    }
}

/// Reads `rate against drive, exact against drive`, or `accuracy, gap against level`.
fn plotted(plot: &Text) -> Result<PlotFormulas, BuildError> {
    let owner = "[[figure]]";
    let wrong = |message: String| BuildError::Description {
        place: plot.place.clone(),
        owner: owner.into(),
        message,
        help: Some(
            "write what is drawn and against what, as in `plot = \"rate against drive\"`".into(),
        ),
    };
    let mut series: Vec<(Range<usize>, Option<Range<usize>>)> = Vec::new();
    for part in split_outside(&plot.value, ",") {
        let sides: Vec<Range<usize>> = split_outside(&plot.value[part.clone()], " against ")
            .into_iter()
            .map(|side| part.start + side.start..part.start + side.end)
            .collect();
        match sides.as_slice() {
            [y] => series.push((y.clone(), None)),
            [y, x] => series.push((y.clone(), Some(x.clone()))),
            _ => return Err(wrong("`against` comes twice".into())),
        }
    }
    let piece = |range: &Range<usize>| {
        let whole = &plot.value[range.clone()];
        let start = range.start + (whole.len() - whole.trim_start().len());
        let text = whole.trim().to_owned();
        let direct = plot
            .place
            .as_ref()
            .filter(|place| place.len() == plot.value.len());
        let place = direct.map(|place| place.start + start..place.start + start + text.len());
        written(&Text { value: text, place }, owner, None)
    };
    let Some(against) = series.iter().rev().find_map(|(_, x)| x.clone()) else {
        return Err(wrong("it does not say against what".into()));
    };
    let text = |range: &Range<usize>| plot.value[range.clone()].trim().to_owned();
    let other = series
        .iter()
        .filter_map(|(_, x)| x.as_ref())
        .find(|x| text(x) != text(&against));
    if let Some(other) = other {
        return Err(wrong(format!(
            "one figure has one horizontal axis, and this has `{}` and `{}`",
            text(other),
            text(&against)
        )));
    }
    Ok(PlotFormulas {
        series: series
            .iter()
            .map(|(y, _)| piece(y))
            .collect::<Result<_, _>>()?,
        against: piece(&against)?,
    })
}

/// The pieces between separators that stand outside of all parentheses.
fn split_outside(text: &str, separator: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut depth, mut start, mut at) = (0i32, 0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if depth == 0 && rest.starts_with(separator) {
            pieces.push(start..at);
            at += separator.len();
            start = at;
            continue;
        }
        let character = rest.chars().next().unwrap_or(' ');
        depth += match character {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        at += character.len_utf8();
    }
    pieces.push(start..text.len());
    pieces
}

/// The population or projection that a name is of: itself, or what the record of this name keeps.
fn population_of(of: &str, experiment: &Experiment) -> String {
    let name = of.split(['.', '[']).next().unwrap_or(of).trim();
    let record = experiment.records.iter().find(|(known, _)| known == name);
    let slice = record.and_then(|(_, record)| record.of.first());
    slice.map_or_else(|| name.to_owned(), |slice| slice.name.clone())
}

/// Names of the axes of measures and records, besides cells and the keys of a sweep.
const AXES: [&str; 5] = ["time", "frequency", "lag", "phase", "harmonic"];

/// The names that formulas of a file may read.
struct KnownNames {
    /// Measures, records, populations, projections, `run`, keys of the sweep.
    heads: Vec<String>,
    /// Variables and parameters.
    variables: Vec<String>,
}

impl KnownNames {
    fn of(experiment: &Experiment) -> Self {
        let mut heads = vec!["run".to_owned()];
        heads.extend(experiment.measures.iter().map(|(name, _)| name.clone()));
        heads.extend(experiment.records.iter().map(|(name, _)| name.clone()));
        let mut variables: Vec<String> = ["i", "j", "N"].map(str::to_owned).to_vec();
        variables.extend(AXES.map(str::to_owned));
        for (name, neurons) in &experiment.neurons {
            heads.push(name.clone());
            variables.extend(declared_names(&neurons.equations.value).unwrap_or_default());
            variables.extend(neurons.parameters.iter().map(|(name, _)| name.clone()));
            variables.extend(["x", "y", "z"].map(str::to_owned));
        }
        for (name, synapses) in &experiment.synapses {
            heads.push(name.clone());
            variables.extend(declared_names(&synapses.equations.value).unwrap_or_default());
            variables.extend(synapses.parameters.iter().map(|(name, _)| name.clone()));
            variables.push("delay".to_owned());
        }
        for (name, _) in &experiment.stimuli {
            heads.push(name.clone());
        }
        for (key, _) in experiment.sweep.iter().flat_map(|sweep| &sweep.over) {
            heads.push(key.split('.').next().unwrap_or(key).to_owned());
            heads.extend(key.rsplit('.').next().map(str::to_owned));
        }
        Self { heads, variables }
    }

    fn check(&self, written: &PlacedFormula) -> Result<(), BuildError> {
        let formula = &written.formula;
        check_calls(formula).map_err(|error| written.mistake(error))?;
        for (place, name) in names(formula) {
            let name = without_places(&name);
            let (head, dotted) = match name.split_once('.') {
                Some((head, _)) => (head, true),
                None => (name, false),
            };
            let is_known = self.heads.iter().any(|known| known == head)
                || !dotted
                    && (self.variables.iter().any(|known| known == head)
                        || unit(head, UnitPlace::Expression).is_some()
                        || Scope::new().get(head).is_some());
            if !is_known {
                let known = self.heads.iter().chain(&self.variables).map(String::as_str);
                let help = nearest(head, known).map(|nearest| format!("did you mean `{nearest}`?"));
                let sentence =
                    format!("`{head}` is no measure, record, variable or parameter of this file");
                return Err(written.mistake(formula.error(place, &sentence, help)));
            }
        }
        Ok(())
    }
}
