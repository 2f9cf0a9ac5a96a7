//! Responses of a model: Lyapunov exponent, impedance, firing rate against current.

use oscine_analysis::model::{
    Excitability, LyapunovSettings, Watching, firing_curve, firing_onset, linearised,
    lyapunov_exponent,
};
use oscine_equations::Dimension;

use super::super::{Carry, Settings, Wrong, field, number};
use super::{OfModel, PLAIN, place_of, sentence};
use crate::formula::array::{ArrayAxis, NamedArray};

pub(super) fn lyapunov(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
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

pub(super) fn impedance(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
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
            NamedArray::along(
                ArrayAxis::within("frequency", Dimension::HERTZ, frequencies.clone()),
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

/// The cutoff frequency, above which a gain stays below a level: where it last falls through it, by halving.
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

pub(super) fn firing_rate_curve(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
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
        let axis = ArrayAxis::within(over.name.clone(), over.dimension, values.clone());
        let mut fields = vec![
            field(
                "",
                NamedArray::along(axis.clone(), Dimension::HERTZ, frequencies.clone()),
            ),
            field(
                &over.name,
                NamedArray::along(axis, over.dimension, values.clone()),
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
