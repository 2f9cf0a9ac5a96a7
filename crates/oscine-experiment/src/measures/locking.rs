//! Phase locking: of spikes to a frequency or to the rhythm of a trace, and of two traces to each other.
//!
//! The length and angle of the mean of `exp(i phase)` (Goldberg & Brown 1969; of two signals Lachaux et al. 1999). The phase of a trace is the angle of its
//! analytic signal, 0 at a crest; it means something where the trace holds one rhythm, which `band` leaves of it.

use std::ops::Range;

use oscine_analysis::{
    CellTrains, Complex, Resultant, analytic_signal, band_pass, signal_phase_locking,
    vector_strength,
};
use oscine_equations::Dimension;

use super::{
    Carry, Selected, Settings, TimeWindow, Trace, Wrong, by_cell, each, number, only_trace, pair,
    selected,
};

const PLAIN: Dimension = Dimension::DIMENSIONLESS;

/// What the phase of each spike is read from.
enum Reference {
    /// A cycle of this frequency (Hz) that begins at time 0.
    Frequency(f64),
    /// The rhythm of a trace, in a band of frequencies (Hz) where one is given.
    Trace(String, Option<Range<f64>>),
}

/// Reads `vector-strength`.
pub(super) fn of_spikes(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let frequency = settings.positive("frequency", Dimension::HERTZ, "\"5 Hz\"")?;
    let with = settings.text("with")?.map(|text| text.value.clone());
    let band = band(settings)?;
    let reference = match (frequency, with) {
        (Some(frequency), None) if band.is_none() => Reference::Frequency(frequency),
        (None, Some(with)) => Reference::Trace(with, band),
        (Some(_), None) => {
            return Err(settings
                .wrong("band", "is of the trace that `with` names")
                .help("leave it out; `frequency` needs none"));
        }
        (Some(_), Some(_)) => {
            return Err(settings
                .wrong("with", "and `frequency` both say what the phase is of")
                .help("keep one of them"));
        }
        (None, None) => {
            return Err(settings.wrong("frequency", "is missing").help(
                "as in `frequency = \"5 Hz\"`, or name a trace, as in `with = \"field.v\"`",
            ));
        }
    };
    let of = of.to_vec();
    Ok(Box::new(move |run| {
        let rhythm = match &reference {
            Reference::Frequency(_) => None,
            Reference::Trace(with, band) => Some(TracePhase::of(
                only_trace(run, "with", with, window)?,
                band.as_ref(),
            )?),
        };
        each(selected(run, &of)?, |one| {
            let Selected::Spikes(trains) = one else {
                return Err("`vector-strength` is of spikes".into());
            };
            let trains = trains.between(window.from, window.until);
            let found: Vec<Option<Resultant>> =
                CellTrains::of(&trains.times, &trains.indices, trains.cells.clone())
                    .iter()
                    .map(|train| match (&reference, &rhythm) {
                        (Reference::Frequency(frequency), _) => vector_strength(train, *frequency),
                        (_, Some(rhythm)) => Resultant::of(rhythm.at(train)),
                        _ => None,
                    })
                    .collect();
            let field = |name: &str, value: &dyn Fn(&Resultant) -> f64| {
                let values = found.iter().map(|one| one.as_ref().map_or(f64::NAN, value));
                (name.to_owned(), by_cell(&trains, PLAIN, values.collect()))
            };
            Ok(vec![
                field("", &|one| one.length),
                field("phase", &|one| one.angle),
                field("significance", &Resultant::significance),
            ])
        })
    }))
}

/// `band = "4:8 Hz"`.
fn band(settings: &Settings) -> Result<Option<Range<f64>>, Wrong> {
    let band = settings.range("band", Dimension::HERTZ, "\"4:8 Hz\"")?;
    match band {
        Some(band) if band.start < 0.0 => Err(settings.wrong("band", "should begin at 0 or above")),
        band => Ok(band),
    }
}

/// A band-passed trace.
fn within<'a>(trace: Trace<'a>, band: Option<&Range<f64>>) -> Result<Trace<'a>, String> {
    let Some(band) = band else {
        return Ok(trace);
    };
    if band.end * trace.step > 0.5 {
        return Err(format!(
            "`band` reaches over {} Hz, the highest frequency that a trace with these samples has",
            0.5 / trace.step
        ));
    }
    let values = band_pass(&trace.values, trace.step, band.start, band.end)
        .ok_or("the trace has nothing in this band")?;
    Ok(Trace {
        values: values.into(),
        ..trace
    })
}

/// The analytic signal of a trace, to be read at any time.
struct TracePhase {
    signal: Vec<Complex<f64>>,
    from: f64,
    step: f64,
}

impl TracePhase {
    fn of(trace: Trace, band: Option<&Range<f64>>) -> Result<Self, String> {
        let trace = within(trace, band)?;
        Ok(Self {
            signal: analytic_signal(&trace.values),
            from: trace.from,
            step: trace.step,
        })
    }

    /// Its phase at each of these times (s) that lies within it, 0 at a crest: of the analytic signal, linear between samples.
    fn at<'a>(&'a self, times: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        times.iter().filter_map(|time| {
            let place = (time - self.from) / self.step;
            let before = place.floor();
            let part = place - before;
            let sample = |at: f64| (at >= 0.0).then(|| self.signal.get(at as usize)).flatten();
            match (sample(before), sample(before + 1.0)) {
                (Some(before), Some(after)) => Some((before * (1.0 - part) + after * part).arg()),
                (Some(last), None) if part < 1e-6 => Some(last.arg()),
                _ => None,
            }
        })
    }
}

/// Reads `phase-locking`.
pub(super) fn of_two_traces(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let band = band(settings)?;
    let of = of.to_vec();
    Ok(Box::new(move |run| {
        let [first, second] = pair("phase-locking", selected(run, &of)?)?;
        let first = within(first.trace(window)?, band.as_ref())?;
        let second = within(second.trace(window)?, band.as_ref())?;
        second.alongside(first.from, first.step, first.values.len())?;
        let found = signal_phase_locking(&first.values, &second.values)
            .ok_or("the two traces are not equally long, or stand still")?;
        Ok(vec![
            number("", found.length, PLAIN),
            number("phase", found.angle, PLAIN),
        ])
    }))
}
