//! Measures of models: what the equations of a population say by themselves, with one of its cells standing for all.
//!
//! `at = { I = "10 uA/cm**2" }` sets a parameter or an input for the measure; `over = { I = "0:200 uA/cm**2" }` names the one that it is taken over.

mod responses;
mod rhythms;

use std::ops::Range;

use oscine_analysis::model::{
    BifurcationKind, Bifurcations, DynamicalSystem, Free, bifurcations, rest_state_near,
};
use oscine_equations::{Dimension, Quantity};
use oscine_network::Setting;

use super::{
    Carry, MeasureFields, MeasureKind, MeasuredRun, Of, Settings, Wrong, field, number, range_of,
};
use crate::formula::array::{ArrayAxis, NamedArray};

pub(super) const KINDS: &[MeasureKind] = &[
    MeasureKind {
        name: "rest",
        of: Of::Model,
        gives: "where the cell rests: a field for each variable; `stable` (1 or 0); `eigenvalue`, the real parts, 1/s",
        read: rest,
    },
    MeasureKind {
        name: "bifurcations",
        of: Of::Model,
        gives: "where rest changes `over` a parameter: `hopf`, `saddle_node`, `crossing` (lists), `hopf_frequency`; `branch.parameter`, `branch.state`, `branch.stable` to draw",
        read: rest_bifurcations,
    },
    MeasureKind {
        name: "limit-cycle",
        of: Of::Model,
        gives: "the rhythm that the cell settles on: `period`, `frequency`, `multiplier` (Floquet, absolute, without the 1 along the orbit), `lowest`, `highest`, `harmonic`, `distortion`, `slow_part`, `piece`, `orbit.VARIABLE`",
        read: rhythms::cycle,
    },
    MeasureKind {
        name: "cycles",
        of: Of::Model,
        gives: "rhythms followed from the end of the range `over` a parameter to its start: `fold`, `period_doubling`, `torus` (lists); `parameter`, `period`, `stable` to draw",
        read: rhythms::cycles,
    },
    MeasureKind {
        name: "phase-response",
        of: Of::Model,
        gives: "what a pulse does by its phase: `adjoint` (cycles for each unit of the variable), with `pulse` also `direct`, `new_phase`, `winding`, `difference`; `least`, `greatest`, `delaying`, `period`",
        read: rhythms::phase_response,
    },
    MeasureKind {
        name: "lyapunov",
        of: Of::Model,
        gives: "the largest Lyapunov exponent, 1/s; `error`, its standard error",
        read: responses::lyapunov,
    },
    MeasureKind {
        name: "impedance",
        of: Of::Model,
        gives: "the cell linearised at rest: `gain` and `angle` by frequency; `resonance`, `strength`, `quality`, `cutoff`",
        read: responses::impedance,
    },
    MeasureKind {
        name: "firing-rate-curve",
        of: Of::Model,
        gives: "the rate of firing `over` a parameter; `onset`, `onset_rate`, `class` (1 or 2), `exponent` where it begins within the range",
        read: responses::firing_rate_curve,
    },
];

/// A value of a parameter for a measure.
#[derive(Clone)]
struct Given {
    name: String,
    text: String,
}

/// The parameter that a measure is taken over.
#[derive(Clone)]
struct Over {
    name: String,
    range: Range<f64>,
    dimension: Dimension,
}

/// What a measure of a model is taken of.
#[derive(Clone)]
struct OfModel {
    population: String,
    at: Vec<Given>,
    over: Option<Over>,
}

impl OfModel {
    fn read(settings: &Settings, of: &[String]) -> Result<Self, Wrong> {
        let [of] = of else {
            return Err(Wrong::with_measure(
                "a measure of a model is of one population",
            ));
        };
        let population = of.split('[').next().unwrap_or(of).trim().to_owned();
        let mut at = Vec::new();
        let example = "{ I = \"10 uA/cm**2\" }";
        let wrong = |reason: String| {
            settings
                .wrong("at", reason)
                .help(format!("as in `at = {example}`"))
        };
        for (name, setting) in settings.table("at", example)?.unwrap_or_default() {
            let text = match setting {
                Setting::Text(text) => text.value.trim().to_owned(),
                Setting::Number(number) => number.to_string(),
                _ => return Err(wrong(format!("holds no quantity for `{name}`"))),
            };
            if let Err(error) = Quantity::parse(&text) {
                return Err(wrong(format!("cannot be read: {error}")));
            }
            at.push(Given {
                name: name.clone(),
                text,
            });
        }
        Ok(Self {
            population,
            at,
            over: None,
        })
    }

    fn read_over(settings: &Settings, of: &[String]) -> Result<Self, Wrong> {
        let mut model = Self::read(settings, of)?;
        let example = "{ I = \"0:200 uA/cm**2\" }";
        let table = settings.table("over", example)?.unwrap_or_default();
        let [(name, Setting::Text(text))] = table else {
            let wrong = settings.wrong("over", "should name one parameter and its range");
            return Err(wrong.help(format!("as in `over = {example}`")));
        };
        let (range, dimension) = range_of(&text.value).map_err(|reason| {
            settings
                .wrong("over", reason)
                .help(format!("as in `over = {example}`"))
        })?;
        model.over = Some(Over {
            name: name.clone(),
            range,
            dimension,
        });
        Ok(model)
    }

    /// The system of one cell, with every parameter that the measure names free.
    fn system(&self, run: &MeasuredRun, also: &[&str]) -> Result<DynamicalSystem, String> {
        let neurons = run
            .experiment
            .neurons
            .iter()
            .find(|(name, _)| *name == self.population);
        let Some((_, neurons)) = neurons else {
            return Err(format!(
                "there is no population called `{}`",
                self.population
            ));
        };
        let start = self.over.as_ref().map(|over| {
            let unit = match over.dimension.is_dimensionless() {
                true => String::new(),
                false => over.dimension.to_string(),
            };
            format!("{} {unit}", over.range.start).trim().to_owned()
        });
        let mut free: Vec<Free> = self
            .at
            .iter()
            .map(|given| Free {
                name: &given.name,
                value: Some(&given.text),
            })
            .collect();
        if let (Some(over), Some(start)) = (&self.over, &start) {
            free.push(Free {
                name: &over.name,
                value: Some(start),
            });
        }
        for name in also {
            if !free.iter().any(|known| known.name == *name) {
                free.push(Free::from(*name));
            }
        }
        let driven = |name: &str| neurons.input.iter().any(|(input, _)| input == name);
        let system = DynamicalSystem::read(neurons, &free).map_err(|error| {
            match also.iter().find(|name| driven(name)) {
                // An input that a stimulus drives has no value of its own.
                Some(input) => {
                    format!("{error}; give it one: `at = {{ {input} = \"0 …\" }}` with its unit")
                }
                None => error.to_string(),
            }
        })?;
        run.notes.borrow_mut().extend(
            system
                .notes()
                .iter()
                .map(|note| format!("in measures of `{}`: {note}", self.population)),
        );
        Ok(system)
    }
}

fn sentence(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Values in their order, under the name of what they are.
fn list(name: &str, values: Vec<f64>, dimension: Dimension) -> (String, NamedArray) {
    let places = (0..values.len()).map(|at| at as f64).collect();
    let axis = ArrayAxis::within(name, Dimension::DIMENSIONLESS, places);
    field(name, NamedArray::along(axis, dimension, values))
}

const PLAIN: Dimension = Dimension::DIMENSIONLESS;

fn truth(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

fn rest(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let model = OfModel::read(settings, of)?;
    Ok(Box::new(move |run| {
        let system = model.system(run, &[])?;
        let rest = rest_state_near(&system, &system.initial()).map_err(sentence)?;
        let states = system.states().iter().zip(&rest.state);
        let mut fields: MeasureFields = states
            .map(|(variable, value)| number(&variable.name, *value, variable.dimension))
            .collect();
        fields.push(number("stable", truth(rest.is_stable()), PLAIN));
        let real = rest.eigenvalues.iter().map(|value| value.re).collect();
        fields.push(list("eigenvalue", real, Dimension::HERTZ));
        Ok(fields)
    }))
}

fn rest_bifurcations(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let model = OfModel::read_over(settings, of)?;
    let variable = settings.text("variable")?.map(|text| text.value.clone());
    Ok(Box::new(move |run| {
        let system = model.system(run, &[])?;
        let Some(over) = &model.over else {
            return Err("it is taken over nothing".into());
        };
        let found = bifurcations(&system, &over.name, over.range.start, over.range.end)
            .map_err(sentence)?;
        let place = place_of(&system, variable.as_deref())?;
        Ok(bifurcation_fields(
            &found,
            over.dimension,
            place,
            system.states()[place].dimension,
        ))
    }))
}

fn bifurcation_fields(
    found: &Bifurcations,
    parameter: Dimension,
    place: usize,
    variable: Dimension,
) -> MeasureFields {
    let crossings = found
        .points
        .iter()
        .filter(|point| point.kind == BifurcationKind::Crossing);
    let frequencies = found.points.iter().filter_map(|point| match point.kind {
        BifurcationKind::Hopf { frequency, .. } => Some(frequency),
        _ => None,
    });
    // Between branches nothing is drawn.
    let (mut parameters, mut states, mut stable) = (Vec::new(), Vec::new(), Vec::new());
    for branch in &found.branches {
        if !parameters.is_empty() {
            parameters.push(f64::NAN);
            states.push(f64::NAN);
            stable.push(f64::NAN);
        }
        for point in &branch.points {
            parameters.push(point.parameter);
            states.push(point.rest.state[place]);
            stable.push(truth(point.rest.is_stable()));
        }
    }
    let along = |name: &str, values: Vec<f64>, dimension| {
        let (_, mut array) = list("point", values, dimension);
        array.axes[0].name = "point".into();
        field(name, array)
    };
    vec![
        list("hopf", found.hopf(), parameter),
        list("hopf_frequency", frequencies.collect(), Dimension::HERTZ),
        list("saddle_node", found.saddle_nodes(), parameter),
        list(
            "crossing",
            crossings.map(|point| point.parameter).collect(),
            parameter,
        ),
        along("branch.parameter", parameters, parameter),
        along("branch.state", states, variable),
        along("branch.stable", stable, PLAIN),
    ]
}

fn place_of(system: &DynamicalSystem, variable: Option<&str>) -> Result<usize, String> {
    variable.map_or(Ok(0), |name| system.place(name).map_err(sentence))
}
