//! Limit cycles of a model, their continuation over a parameter, and the phase response curve.

use oscine_analysis::model::{
    CycleChange, CycleSearch, DynamicalSystem, LimitCycle, PulseResponse, anharmonicity,
    follow_cycle, limit_cycle, phase_sensitivity, pulse_response,
};
use oscine_equations::Dimension;

use super::super::{Carry, Settings, Wrong, field, number};
use super::{OfModel, PLAIN, list, place_of, sentence, truth};
use crate::formula::array::{ArrayAxis, NamedArray};

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

    fn found(&self, system: &DynamicalSystem) -> Result<LimitCycle, String> {
        limit_cycle(system, &self.search).map_err(sentence)
    }
}

pub(super) fn cycle(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
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
            let axis = ArrayAxis::within("phase", PLAIN, phases.clone());
            let values = cycle.orbit.iter().map(|state| state[at]).collect();
            let array = NamedArray::along(axis, variable.dimension, values);
            fields.push(field(&format!("orbit.{}", variable.name), array));
        }
        Ok(fields)
    }))
}

pub(super) fn cycles(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
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

pub(super) fn phase_response(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
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
            NamedArray::along(
                ArrayAxis::within("phase", PLAIN, sensitivity.phases.clone()),
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
        if let Some(pulse) = pulse {
            if pulse.dimension != variable.dimension {
                return Err(format!(
                    "`pulse` should be {} as `{}` is, and this is {}",
                    variable.dimension, variable.name, pulse.dimension
                ));
            }
            let count = sensitivity.phases.len();
            let response = pulse_response(&system, &cycle, &variable.name, pulse.value, count)
                .map_err(sentence)?;
            let direct = Direct::of(&response, pulse.value, &adjoint);
            fields.push(field("direct", along(direct.advances, by_unit)));
            fields.push(field("new_phase", along(direct.new_phases, PLAIN)));
            fields.push(number("winding", direct.winding, PLAIN));
            fields.push(number("difference", direct.difference, PLAIN));
        }
        Ok(fields)
    }))
}

/// The phase response by direct pulses, phase by phase; NaN where the cycle was not found again.
struct Direct {
    /// Cycles for each unit of the pulse.
    advances: Vec<f64>,
    new_phases: Vec<f64>,
    winding: f64,
    /// The greatest difference between the advances and the adjoint, over the adjoint's greatest value.
    difference: f64,
}

impl Direct {
    fn of(response: &PulseResponse, pulse: f64, adjoint: &[f64]) -> Self {
        let nan = |value: Option<f64>| value.unwrap_or(f64::NAN);
        let advances = response.pulses.iter();
        let advances: Vec<f64> = advances
            .map(|pulsed| nan(pulsed.advance()) / pulse)
            .collect();
        let largest = adjoint
            .iter()
            .fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let difference = advances
            .iter()
            .zip(adjoint)
            .map(|(direct, adjoint)| (direct - adjoint).abs())
            .fold(0.0, f64::max);
        let new_phases = response.pulses.iter();
        Self {
            new_phases: new_phases.map(|pulsed| nan(pulsed.new_phase)).collect(),
            winding: nan(response.winding_number().map(f64::from)),
            difference: difference / largest,
            advances,
        }
    }
}
