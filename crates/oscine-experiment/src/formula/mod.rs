//! Evaluates formulas over what was measured: `max(abs(rate - exact))`, `interior_maximum(mean(snr.cell))`.
//!
//! What stands between reductions is an expression of the equation language, its dimensions checked; it is computed for each value of
//! arrays whose axes are matched by name. A reduction takes the innermost axis: what lies within a run (time, then cells), then the keys of a sweep, the last first;
//! seeds are never reduced here, they become the confidence interval of a claim.

pub mod array;
mod functions;
mod reductions;

use std::borrow::Cow;
use std::collections::HashMap;

use oscine_equations::formula::is_function;
use oscine_equations::{Binding, EquationError, Evaluation, Formula, FormulaPart, Graph, Scope};

use crate::formula::array::{NamedArray, common_axes};

pub use functions::{FUNCTIONS, FormulaFunction};

/// The confidence level of the intervals that seeds give.
pub(crate) const CONFIDENCE_LEVEL: f64 = 0.95;

/// Where the names of a formula come from: the array that a name stands for, `None` where it is no measured thing (a unit, a constant),
/// or why it has none.
pub type Lookup<'a> = dyn Fn(&str) -> Result<Option<Cow<'a, NamedArray>>, Missing> + 'a;

/// Why a name has no array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// A sentence.
    pub reason: String,
    /// How to mend it.
    pub help: Option<String>,
}

/// The value of a formula.
///
/// # Errors
/// A name that is not known, dimensions or axes that do not fit, a function that cannot take what it is given.
pub fn value_of(formula: &Formula, lookup: &Lookup) -> Result<NamedArray, EquationError> {
    let mut formula = formula.clone();
    let mut reduced = HashMap::new();
    for place in 0..formula.places() {
        let FormulaPart::Call {
            function,
            arguments,
        } = formula.at(place)
        else {
            continue;
        };
        let Some(known) = functions::find(&function, arguments.len()) else {
            check_call(&formula, place, &function)?;
            continue;
        };
        let arrays = arguments
            .iter()
            .map(|&argument| computed(&formula.part(argument), lookup, &reduced))
            .collect::<Result<Vec<NamedArray>, EquationError>>()?;
        let value = (known.apply)(&arrays)
            .map_err(|wrong| formula.error(place, &wrong.reason, wrong.help))?;
        // No name of a file has a space in it.
        let name = format!("value {place}");
        reduced.insert(name.clone(), value);
        formula.put_name(place, name);
    }
    computed(&formula.part(formula.places() - 1), lookup, &reduced)
}

/// The names that a formula reads, with their places.
pub fn names(formula: &Formula) -> Vec<(usize, String)> {
    (0..formula.places())
        .filter_map(|place| match formula.at(place) {
            FormulaPart::Name(name) => Some((place, name)),
            _ => None,
        })
        .collect()
}

/// The name without its last places: `onset.hopf` of `onset.hopf[0]`.
pub fn without_places(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}

/// Says what is wrong with the calls of a formula that has not been measured yet.
///
/// # Errors
/// A function that is not known, or takes another number of arguments.
pub fn check_calls(formula: &Formula) -> Result<(), EquationError> {
    for place in 0..formula.places() {
        if let FormulaPart::Call {
            function,
            arguments,
        } = formula.at(place)
            && functions::find(&function, arguments.len()).is_none()
            && !is_function(&function, arguments.len())
        {
            check_call(formula, place, &function)?;
        }
    }
    Ok(())
}

/// A function of ours with another number of arguments is said to be one.
fn check_call(formula: &Formula, place: usize, function: &str) -> Result<(), EquationError> {
    let takes: Vec<String> = FUNCTIONS
        .iter()
        .filter(|known| known.name == function)
        .map(|known| known.example.to_owned())
        .collect();
    let FormulaPart::Call { arguments, .. } = formula.at(place) else {
        return Ok(());
    };
    if is_function(function, arguments.len()) {
        return Ok(());
    }
    if !takes.is_empty() {
        let sentence = format!("`{function}` does not take {} arguments", arguments.len());
        let help = format!("write it as in `{}`", takes.join("` or `"));
        return Err(formula.error(place, &sentence, Some(help)));
    }
    let known = FUNCTIONS.iter().map(|known| known.name);
    let scope = Scope::new();
    let nearest = oscine_network::nearest(function, known).or_else(|| scope.nearest(function));
    Err(formula.error(
        place,
        &format!("there is no function called `{function}`"),
        nearest.map(|nearest| format!("did you mean `{nearest}`?")),
    ))
}

/// The value of a formula without reductions.
fn computed(
    formula: &Formula,
    lookup: &Lookup,
    reduced: &HashMap<String, NamedArray>,
) -> Result<NamedArray, EquationError> {
    let mut scope = Scope::new();
    let mut arrays: Vec<(String, Cow<NamedArray>)> = Vec::new();
    for (place, name) in names(formula) {
        if arrays.iter().any(|(known, _)| *known == name) {
            continue;
        }
        let found = match reduced.get(&name) {
            Some(array) => Some(Cow::Borrowed(array)),
            None => looked_up(&name, lookup)
                .map_err(|missing| formula.error(place, &missing.reason, missing.help))?,
        };
        if let Some(array) = found {
            let binding = Binding::Symbol {
                dimension: array.dimension,
                writable: false,
            };
            scope.bind(name.clone(), binding);
            arrays.push((name, array));
        }
    }
    let mut graph = Graph::new();
    let typed = formula.resolve(&mut graph, &scope)?;
    let whole = formula.places() - 1;
    let axes = common_axes(arrays.iter().map(|(_, array)| &**array)).map_err(|differ| {
        let help = "measure both over the same cells, or take a mean first";
        formula.error(whole, &differ.to_string(), Some(help.into()))
    })?;
    let columns: HashMap<_, Vec<f64>> = arrays
        .iter()
        .filter_map(|(name, array)| Some((graph.find(name)?, array.spread(&axes))))
        .collect();
    let count = axes
        .iter()
        .map(crate::formula::array::ArrayAxis::len)
        .product();
    let mut evaluation = Evaluation::of(&graph, typed.expression);
    let values = (0..count)
        .map(|at| {
            let symbols = |symbol| {
                let column = columns.get(&symbol);
                column.map_or(f64::NAN, |column| column[at])
            };
            evaluation.value(&symbols, &|_, _, _| f64::NAN)
        })
        .collect();
    Ok(NamedArray {
        dimension: typed.dimension,
        axes,
        values,
    })
}

/// The array of a name, at the places that follow it.
fn looked_up<'a>(name: &str, lookup: &Lookup<'a>) -> Result<Option<Cow<'a, NamedArray>>, Missing> {
    let base = without_places(name);
    let Some(mut array) = lookup(base)? else {
        return Ok(None);
    };
    for place in name[base.len()..].split('[').skip(1) {
        let written = place.trim_end_matches(']').trim();
        let index: i64 = written.parse().map_err(|_| Missing {
            reason: format!("`[{written}]` is no place in a list"),
            help: Some("write a whole number, counted from 0".into()),
        })?;
        array = Cow::Owned(at_place(&array, index));
    }
    Ok(Some(array))
}

/// One place of the innermost axis, from the end where it is negative; not a number where there is none.
fn at_place(array: &NamedArray, index: i64) -> NamedArray {
    let Some(axis) = array.innermost() else {
        return match index {
            0 | -1 => array.clone(),
            _ => NamedArray::number(f64::NAN, array.dimension),
        };
    };
    array.reduced(axis, array.dimension, |line| {
        let present = line.iter().filter(|value| !value.is_nan()).count() as i64;
        let place = if index < 0 { present + index } else { index };
        let value = usize::try_from(place).ok().and_then(|at| line.get(at));
        value.copied().unwrap_or(f64::NAN)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::array::{ArrayAxis, AxisKind};
    use oscine_equations::Dimension;

    fn known(name: &str) -> Result<Option<Cow<'static, NamedArray>>, Missing> {
        let hertz = Dimension::DIMENSIONLESS / Dimension::SECOND;
        let cells = || ArrayAxis::elements("cells", 0..3);
        let level = ArrayAxis {
            kind: AxisKind::Sweep,
            ..ArrayAxis::within("level", Dimension::DIMENSIONLESS, vec![1.0, 2.0, 3.0])
        };
        let repeat = ArrayAxis {
            kind: AxisKind::Repeat,
            ..ArrayAxis::within("repeat", Dimension::DIMENSIONLESS, vec![1.0, 2.0])
        };
        let found = match name {
            "rate" => Some(NamedArray::along(cells(), hertz, vec![10.0, 20.0, 30.0])),
            "snr.cell" => Some(NamedArray {
                dimension: Dimension::DIMENSIONLESS,
                axes: vec![level, repeat],
                values: vec![1.0, 1.2, 5.0, 5.5, 2.0, 2.1],
            }),
            "onset.hopf" => Some(NamedArray::along(
                ArrayAxis::within("hopf", Dimension::DIMENSIONLESS, vec![0.0, 1.0]),
                Dimension::AMPERE,
                vec![9.8, 154.5],
            )),
            "tuned" => {
                let places: Vec<f64> = vec![0.0, 1.0, 3.0, 4.0, 6.0];
                let values = places.iter().map(|x| 5.0 - (x - 2.6).powi(2)).collect();
                let axis = ArrayAxis::within("place", Dimension::SECOND, places);
                Some(NamedArray::along(axis, Dimension::DIMENSIONLESS, values))
            }
            "tuned.octaves" => {
                let places: Vec<f64> = vec![1.0, 2.0, 4.0, 8.0, 16.0];
                let values = places.iter().map(|x| -(x / 5.0).ln().powi(2)).collect();
                let axis = ArrayAxis::within("place", Dimension::SECOND, places);
                Some(NamedArray::along(axis, Dimension::DIMENSIONLESS, values))
            }
            "broken" => {
                return Err(Missing {
                    reason: "there were no spikes".into(),
                    help: None,
                });
            }
            _ => None,
        };
        Ok(found.map(Cow::Owned))
    }

    fn number(text: &str) -> f64 {
        let value = value_of(&Formula::parse(text).unwrap(), &known).unwrap();
        value.single().unwrap()
    }

    fn error(text: &str) -> String {
        let formula = Formula::parse(text).unwrap();
        check_calls(&formula)
            .and_then(|()| value_of(&formula, &known))
            .unwrap_err()
            .message()
    }

    #[test]
    fn reductions_and_expressions_go_together() {
        assert_eq!(number("mean(rate)*second"), 20.0);
        assert_eq!(number("max(abs(rate - 12*Hz))/Hz"), 18.0);
        assert_eq!(number("max(2, 3)"), 3.0);
        assert_eq!(
            number("onset.hopf[0]/amp + onset.hopf[-1]/amp"),
            9.8 + 154.5
        );
        assert!(number("onset.hopf[2]/amp").is_nan());
        assert_eq!(number("interior_maximum(snr.cell)"), 1.0);
        assert_eq!(number("last(onset.hopf)/amp"), 154.5);
        assert_eq!(number("rate[1]*ms"), 0.02);
    }

    #[test]
    fn a_peak_lies_between_the_points_of_its_axis() {
        // Both are parabolas, one in the place and one in its logarithm.
        assert!((number("peak(tuned)/second") - 2.6).abs() < 1e-12);
        assert!((number("peak(tuned.octaves)/second") - 5.0).abs() < 1e-12);
        assert_eq!(number("peak(-abs(tuned*0))/second"), 0.0);
        assert_eq!(number("peak(rate)"), 2.0);
    }

    #[test]
    fn the_place_of_the_greatest_may_be_read_from_another_array() {
        assert_eq!(number("argmax(-(rate - 21*Hz)**2, 3*rate)/Hz"), 60.0);
        assert_eq!(number("argmin(rate, 3*rate)/Hz"), 30.0);
    }

    #[test]
    fn seeds_are_left_to_the_claim() {
        let value = value_of(&Formula::parse("argmax(snr.cell)").unwrap(), &known).unwrap();
        assert_eq!(value.values, [2.0, 2.0]);
        assert_eq!(value.axes[0].kind, AxisKind::Repeat);
        assert!((number("max(averaged(snr.cell))") - 5.25).abs() < 1e-12);
        assert_eq!(number("averaged(max(rate))*second"), 30.0);
    }

    #[test]
    fn what_cannot_be_is_said() {
        assert!(error("rate + 1").contains("different dimensions"));
        assert!(error("mena(rate)").contains("no function called"));
        assert!(error("mean(rate, rate, rate)").contains("does not take 3"));
        assert!(error("broken + 1").contains("no spikes"));
        assert!(error("mean(3)").contains("nothing to go over"));
        assert!(error("raet*2").contains("not known"));
    }
}
