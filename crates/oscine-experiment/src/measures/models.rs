//! Measures of models: what the equations of a population say by themselves, with one of its cells standing for all.
//!
//! `at = { I = "10 uA/cm**2" }` sets a parameter or an input for the measure; `over = { I = "0:200 uA/cm**2" }` names the one that it is taken over.

use std::ops::Range;

use oscine_analysis::model::{
    BifurcationKind, Bifurcations, CycleChange, CycleSearch, Excitability, Free, LimitCycle,
    LyapunovSettings, System, Watching, anharmonicity, bifurcations, firing_curve, firing_onset,
    follow_cycle, limit_cycle, linearised, lyapunov_exponent, phase_sensitivity, pulse_response,
    rest_state_near,
};
use oscine_equations::{Dimension, Quantity};
use oscine_network::Setting;

use super::{Carry, Fields, Kind, Run, Settings, Wrong, field, number, range_of};
use crate::array::{Array, Axis};

pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "rest",
        gives: "where the cell rests: a field for each variable; `stable` (1 or 0); `eigenvalue`, the real parts, 1/s",
        read: rest,
    },
    Kind {
        name: "bifurcations",
        gives: "where rest changes `over` a parameter: `hopf`, `saddle_node`, `crossing` (lists), `hopf_frequency`; `branch.parameter`, `branch.state`, `branch.stable` to draw",
        read: rest_bifurcations,
    },
    Kind {
        name: "limit-cycle",
        gives: "the rhythm that the cell settles on: `period`, `frequency`, `multiplier` (Floquet, absolute), `lowest`, `highest`, `harmonic`, `distortion`, `slow_part`, `piece`, `orbit.VARIABLE`",
        read: cycle,
    },
    Kind {
        name: "cycles",
        gives: "rhythms followed from the end of the range `over` a parameter to its start: `fold`, `period_doubling`, `torus` (lists); `parameter`, `period`, `stable` to draw",
        read: cycles,
    },
    Kind {
        name: "phase-response",
        gives: "what a pulse does by its phase: `adjoint` (cycles for each unit of the variable), with `pulse` also `direct`, `new_phase`, `winding`, `difference`; `least`, `greatest`, `delaying`, `period`",
        read: phase_response,
    },
    Kind {
        name: "lyapunov",
        gives: "the largest Lyapunov exponent, 1/s; `error`, its standard error",
        read: lyapunov,
    },
    Kind {
        name: "impedance",
        gives: "the cell linearised at rest: `gain` and `angle` by frequency; `resonance`, `strength`, `quality`, `cutoff`",
        read: impedance,
    },
    Kind {
        name: "firing-rate-curve",
        gives: "the rate of firing `over` a parameter; `onset`, `onset_rate`, `class` (1 or 2), `exponent` where it begins within the range",
        read: firing_rate_curve,
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
    fn system(&self, run: &Run, also: &[&str]) -> Result<System, String> {
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
        let system = System::read(neurons, &free).map_err(|error| {
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
fn list(name: &str, values: Vec<f64>, dimension: Dimension) -> (String, Array) {
    let places = (0..values.len()).map(|at| at as f64).collect();
    let axis = Axis::within(name, Dimension::DIMENSIONLESS, places);
    field(name, Array::along(axis, dimension, values))
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
        let mut fields: Fields = states
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
) -> Fields {
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

fn place_of(system: &System, variable: Option<&str>) -> Result<usize, String> {
    variable.map_or(Ok(0), |name| system.place(name).map_err(sentence))
}

/// The cycle that a model settles on, as the settings of a measure want it.
#[derive(Clone)]
struct CycleOf {
    model: OfModel,
    variable: Option<String>,
    search: CycleSearch,
}

impl CycleOf {
    fn read(settings: &Settings, model: OfModel) -> Result<Self, Wrong> {
        let mut search = CycleSearch::default();
        if let Some(points) = settings.count("points", 16)? {
            search.points = points;
        }
        search.settle = settings.positive("settle", Dimension::SECOND, "\"1 s\"")?;
        let variable = settings.text("variable")?.map(|text| text.value.clone());
        Ok(Self {
            model,
            variable,
            search,
        })
    }

    fn found(&self, system: &System) -> Result<LimitCycle, String> {
        limit_cycle(system, &self.search).map_err(sentence)
    }
}

fn cycle(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let cycle_of = CycleOf::read(settings, OfModel::read(settings, of)?)?;
    Ok(Box::new(move |run| {
        let system = cycle_of.model.system(run, &[])?;
        let cycle = cycle_of.found(&system)?;
        let place = place_of(&system, cycle_of.variable.as_deref())?;
        let dimension = system.states()[place].dimension;
        let wave = anharmonicity(&cycle, place).map_err(sentence)?;
        let [lowest, highest] = cycle.range(place);
        let multipliers = cycle.multipliers.iter().map(|value| value.norm()).collect();
        let mut fields = vec![
            number("period", cycle.period, Dimension::SECOND),
            number("frequency", cycle.frequency(), Dimension::HERTZ),
            number("spikes", cycle.spikes as f64, PLAIN),
            number("lowest", lowest, dimension),
            number("highest", highest, dimension),
            number("distortion", wave.distortion, PLAIN),
            number("slow_part", wave.slow_part, PLAIN),
            list("multiplier", multipliers, PLAIN),
            list("harmonic", wave.harmonics, dimension),
            list(
                "piece",
                wave.pieces.iter().map(|piece| piece.0).collect(),
                Dimension::SECOND,
            ),
        ];
        let phases: Vec<f64> = cycle.times.iter().map(|time| time / cycle.period).collect();
        for (at, variable) in system.states().iter().enumerate() {
            let axis = Axis::within("phase", PLAIN, phases.clone());
            let values = cycle.orbit.iter().map(|state| state[at]).collect();
            let array = Array::along(axis, variable.dimension, values);
            fields.push(field(&format!("orbit.{}", variable.name), array));
        }
        Ok(fields)
    }))
}

fn cycles(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let cycle_of = CycleOf::read(settings, OfModel::read_over(settings, of)?)?;
    Ok(Box::new(move |run| {
        let mut system = cycle_of.model.system(run, &[])?;
        let Some(over) = &cycle_of.model.over else {
            return Err("it is taken over nothing".into());
        };
        system.set(&over.name, over.range.end).map_err(sentence)?;
        let cycle = cycle_of.found(&system)?;
        let branch =
            follow_cycle(&system, &over.name, &cycle, over.range.start).map_err(sentence)?;
        run.notes.borrow_mut().push(format!(
            "cycles of `{}`: {}",
            cycle_of.model.population, branch.end
        ));
        let changes = |wanted: CycleChange| -> Vec<f64> {
            let changes = branch.changes.iter().filter(|(kind, _)| *kind == wanted);
            changes.map(|(_, point)| point.parameter).collect()
        };
        let periods = |wanted: CycleChange| -> Vec<f64> {
            let changes = branch.changes.iter().filter(|(kind, _)| *kind == wanted);
            changes.map(|(_, point)| point.period).collect()
        };
        let along = |name: &str, values: Vec<f64>, dimension| {
            let (_, array) = list("point", values, dimension);
            field(name, array)
        };
        let points = &branch.points;
        Ok(vec![
            list("fold", changes(CycleChange::Fold), over.dimension),
            list("fold_period", periods(CycleChange::Fold), Dimension::SECOND),
            list(
                "period_doubling",
                changes(CycleChange::PeriodDoubling),
                over.dimension,
            ),
            list("torus", changes(CycleChange::Torus), over.dimension),
            along(
                "parameter",
                points.iter().map(|point| point.parameter).collect(),
                over.dimension,
            ),
            along(
                "period",
                points.iter().map(|point| point.period).collect(),
                Dimension::SECOND,
            ),
            along(
                "stable",
                points
                    .iter()
                    .map(|point| truth(point.is_stable()))
                    .collect(),
                PLAIN,
            ),
        ])
    }))
}

fn phase_response(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let cycle_of = CycleOf::read(settings, OfModel::read(settings, of)?)?;
    let phases = settings.count("phases", 8)?.unwrap_or(100);
    let pulse = settings.any_quantity("pulse", "\"0.1 mV\"")?;
    Ok(Box::new(move |run| {
        let system = cycle_of.model.system(run, &[])?;
        let cycle = cycle_of.found(&system)?;
        let place = place_of(&system, cycle_of.variable.as_deref())?;
        let variable = &system.states()[place];
        let by_unit = PLAIN / variable.dimension;
        let sensitivity = phase_sensitivity(&system, &cycle, phases).map_err(sentence)?;
        let adjoint = sensitivity.to_variable(place);
        let along = |values: Vec<f64>, dimension| {
            Array::along(
                Axis::within("phase", PLAIN, sensitivity.phases.clone()),
                dimension,
                values,
            )
        };
        let extreme =
            |pick: fn(f64, f64) -> f64| adjoint.iter().copied().reduce(pick).unwrap_or(f64::NAN);
        let mut fields = vec![
            number("least", extreme(f64::min), by_unit),
            number("greatest", extreme(f64::max), by_unit),
            number("delaying", sensitivity.delaying_part(place), PLAIN),
            number("period", cycle.period, Dimension::SECOND),
            field("phase", along(sensitivity.phases.clone(), PLAIN)),
            field("adjoint", along(adjoint.clone(), by_unit)),
        ];
        let Some(pulse) = pulse else {
            return Ok(fields);
        };
        if pulse.dimension != variable.dimension {
            return Err(format!(
                "`pulse` should be {} as `{}` is, and this is {}",
                variable.dimension, variable.name, pulse.dimension
            ));
        }
        let response = pulse_response(
            &system,
            &cycle,
            &variable.name,
            pulse.value,
            sensitivity.phases.len(),
        )
        .map_err(sentence)?;
        let nan = |value: Option<f64>| value.unwrap_or(f64::NAN);
        let direct: Vec<f64> = response
            .pulses
            .iter()
            .map(|pulsed| nan(pulsed.advance()) / pulse.value)
            .collect();
        let new = response
            .pulses
            .iter()
            .map(|pulsed| nan(pulsed.new_phase))
            .collect();
        let largest = adjoint
            .iter()
            .fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let difference = direct
            .iter()
            .zip(&adjoint)
            .map(|(direct, adjoint)| (direct - adjoint).abs())
            .fold(0.0, f64::max);
        fields.push(field("direct", along(direct, by_unit)));
        fields.push(field("new_phase", along(new, PLAIN)));
        fields.push(number(
            "winding",
            nan(response.winding_number().map(f64::from)),
            PLAIN,
        ));
        fields.push(number("difference", difference / largest, PLAIN));
        Ok(fields)
    }))
}

fn lyapunov(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let model = OfModel::read(settings, of)?;
    let duration = settings.needed_positive("duration", Dimension::SECOND, "\"1000 s\"")?;
    let mut how = LyapunovSettings::lasting(duration);
    how.transient = settings.quantity("transient", Dimension::SECOND, "\"100 s\"")?;
    how.step = settings.positive("step", Dimension::SECOND, "\"0.01 s\"")?;
    Ok(Box::new(move |run| {
        let system = model.system(run, &[])?;
        let found = lyapunov_exponent(&system, &how).map_err(sentence)?;
        Ok(vec![
            number("", found.exponent, Dimension::HERTZ),
            number("error", found.standard_error, Dimension::HERTZ),
        ])
    }))
}

/// |Z| at the cutoff, as a part of that at the lowest frequency: −3 dB.
const CUTOFF: f64 = std::f64::consts::FRAC_1_SQRT_2;

fn impedance(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let model = OfModel::read(settings, of)?;
    let range = settings
        .range("frequencies", Dimension::HERTZ, "\"0.5:200 Hz\"")?
        .unwrap_or(0.5..200.0);
    if range.start <= 0.0 {
        return Err(settings
            .wrong("frequencies", "should begin above 0")
            .help("as in `frequencies = \"0.5:200 Hz\"`"));
    }
    let points = settings.count("points", 2)?.unwrap_or(200);
    let current = settings
        .text("current")?
        .map_or("I".to_owned(), |text| text.value.clone());
    let variable = settings.text("variable")?.map(|text| text.value.clone());
    Ok(Box::new(move |run| {
        let system = model.system(run, &[&current])?;
        let place = place_of(&system, variable.as_deref())?;
        let name = system.states()[place].name.clone();
        let drive = system.free().iter().find(|free| free.name == current);
        let drive = drive.map_or(PLAIN, |free| free.dimension);
        let dimension = system.states()[place].dimension / drive;
        let cell = linearised(&system, &current, &name).map_err(sentence)?;
        let ratio = (range.end / range.start).ln();
        let frequencies: Vec<f64> = (0..points)
            .map(|at| range.start * (ratio * at as f64 / (points - 1) as f64).exp())
            .collect();
        let found = cell.impedance(&frequencies);
        let resonance = cell.resonance(range.start, range.end).map_err(sentence)?;
        let along = |values: Vec<f64>, dimension| {
            Array::along(
                Axis::within("frequency", Dimension::HERTZ, frequencies.clone()),
                dimension,
                values,
            )
        };
        let lowest = cell.at(range.start).norm();
        let sizes = found.sizes();
        let peaks = resonance.strength > 1.0;
        let nan_unless = |holds: bool, value: f64| if holds { value } else { f64::NAN };
        let level = CUTOFF * cell.at(0.0).norm();
        Ok(vec![
            field("gain", along(sizes.clone(), dimension)),
            field("angle", along(found.phases(), PLAIN)),
            number("lowest", lowest, dimension),
            number(
                "resonance",
                nan_unless(peaks, resonance.frequency),
                Dimension::HERTZ,
            ),
            number("strength", resonance.strength, PLAIN),
            number("quality", resonance.quality.unwrap_or(f64::NAN), PLAIN),
            number(
                "cutoff",
                cutoff(&|frequency| cell.at(frequency).norm(), level, &frequencies),
                Dimension::HERTZ,
            ),
        ])
    }))
}

/// The frequency above which a gain stays below a level: where it last falls through it, by halving.
fn cutoff(gain: &dyn Fn(f64) -> f64, level: f64, frequencies: &[f64]) -> f64 {
    let last = frequencies
        .windows(2)
        .rposition(|pair| gain(pair[0]) >= level && gain(pair[1]) < level);
    let Some(last) = last else {
        return f64::NAN;
    };
    let (mut low, mut high) = (frequencies[last], frequencies[last + 1]);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if gain(middle) >= level {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

fn firing_rate_curve(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let model = OfModel::read_over(settings, of)?;
    let points = settings.count("points", 2)?.unwrap_or(40);
    let watching = Watching {
        transient: settings
            .quantity("transient", Dimension::SECOND, "\"0.5 s\"")?
            .unwrap_or(0.5),
        duration: settings
            .positive("duration", Dimension::SECOND, "\"2 s\"")?
            .unwrap_or(2.0),
    };
    Ok(Box::new(move |run| {
        let system = model.system(run, &[])?;
        let Some(over) = &model.over else {
            return Err("it is taken over nothing".into());
        };
        let width = over.range.end - over.range.start;
        let values: Vec<f64> = (0..points)
            .map(|at| over.range.start + width * at as f64 / (points - 1) as f64)
            .collect();
        let rates = firing_curve(&system, &over.name, &values, watching).map_err(sentence)?;
        let frequencies: Vec<f64> = rates.iter().map(|rate| rate.frequency).collect();
        let axis = Axis::within(over.name.clone(), over.dimension, values.clone());
        let mut fields = vec![
            field(
                "",
                Array::along(axis.clone(), Dimension::HERTZ, frequencies.clone()),
            ),
            field(
                &over.name,
                Array::along(axis, over.dimension, values.clone()),
            ),
        ];
        let (silent, firing) = (frequencies.first(), frequencies.last());
        if silent == Some(&0.0) && firing.is_some_and(|rate| *rate > 0.0) {
            let (start, end) = (over.range.start, over.range.end);
            let onset =
                firing_onset(&system, &over.name, start, end, watching).map_err(sentence)?;
            fields.push(number("onset", onset.parameter, over.dimension));
            fields.push(number("onset_rate", onset.frequency, Dimension::HERTZ));
            // Where the rate does not begin to grow, its growth has no power.
            let exponent = if onset.exponent.is_finite() {
                onset.exponent
            } else {
                f64::NAN
            };
            fields.push(number("exponent", exponent, PLAIN));
            let class = match onset.class {
                Excitability::Class1 => 1.0,
                Excitability::Class2 => 2.0,
            };
            fields.push(number("class", class, PLAIN));
        }
        Ok(fields)
    }))
}
