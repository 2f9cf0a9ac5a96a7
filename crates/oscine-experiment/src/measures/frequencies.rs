//! Measures by frequency: spectra, signal-to-noise, response to a sinusoid and to a sweep of frequencies, harmonics, coherence.

use oscine_analysis::{
    CellTrains, coherence, fit_sinusoids, frequency_response, harmonics, multitaper, period,
    response, sample_times, signal_to_noise, spectrum as welch, spike_field_coherence,
    spike_signal_to_noise, spike_spectrum,
};
use oscine_equations::Dimension;

use super::{
    Carry, MeasureFields, MeasureKind, Of, Selected, Settings, TimeWindow, Wrong, by_cell,
    by_element, each, field, middle, number, of_traces, only_trace, pair, selected, stacked_lines,
};
use crate::formula::array::{ArrayAxis, NamedArray};
use crate::simulations::recordings::{RecordedSpikes, Traces};

pub(super) const KINDS: &[MeasureKind] = &[
    MeasureKind {
        name: "spectrum",
        of: Of::Either,
        gives: "power by frequency: of the population's rate (or with `each` = true of each cell's spikes), or of each trace; `method` multitaper (`half_bandwidth`) or welch (`segment`), up to `greatest`",
        read: spectrum,
    },
    MeasureKind {
        name: "signal-to-noise",
        of: Of::Either,
        gives: "power at `frequency` over the background beside it, of each cell, dB",
        read: ratio,
    },
    MeasureKind {
        name: "response",
        of: Of::Traces,
        gives: "the sinusoid of `frequency` in each trace: `gain` (its amplitude, or that over the `input`'s) and `phase`",
        read: sinusoid,
    },
    MeasureKind {
        name: "frequency-response",
        of: Of::Traces,
        gives: "each trace over an `input` trace by frequency: `gain`, `phase`, `coherence`; `resonance`, `quality`",
        read: sweep_response,
    },
    MeasureKind {
        name: "harmonics",
        of: Of::Traces,
        gives: "amplitudes of the harmonics of a rhythm in each trace, of its own fundamental or of `frequency`; `distortion`",
        read: overtones,
    },
    MeasureKind {
        name: "coherence",
        of: Of::Traces,
        gives: "squared coherence of two traces by frequency; `chance`, the level that chance exceeds in 5 %; `phase`",
        read: coherence_of_traces,
    },
    MeasureKind {
        name: "spike-field-coherence",
        of: Of::Either,
        gives: "squared coherence of spikes with a trace by frequency; `chance`, `phase`",
        read: coherence_with_field,
    },
];

const PLAIN: Dimension = Dimension::DIMENSIONLESS;
/// The significance level of coherence: chance exceeds it this often.
const CHANCE: f64 = 0.05;

const TOO_FEW_SPIKES: &str =
    "there are too few spikes, or the recording is too short for this bandwidth";

#[derive(Clone, Copy)]
enum Method {
    Multitaper,
    Welch,
}

/// The estimator of a spectrum; what the file leaves open depends on the length of the recording.
#[derive(Clone, Copy)]
struct Estimate {
    method: Method,
    /// Hz.
    half_bandwidth: Option<f64>,
    /// s.
    segment: Option<f64>,
    /// Hz.
    greatest: Option<f64>,
    /// Of each cell's spikes, and not of all together.
    of_each: bool,
}

fn spectrum(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let methods = [("multitaper", Method::Multitaper), ("welch", Method::Welch)];
    let method = settings.choice("method", &methods)?;
    let estimate = Estimate {
        method: method.unwrap_or(Method::Multitaper),
        half_bandwidth: settings.positive("half_bandwidth", Dimension::HERTZ, "\"1 Hz\"")?,
        segment: settings.positive("segment", Dimension::SECOND, "\"0.5 s\"")?,
        greatest: settings.positive("greatest", Dimension::HERTZ, "\"200 Hz\"")?,
        of_each: settings.flag("each")?,
    };
    let of = of.to_vec();
    Ok(Box::new(move |run| {
        each(selected(run, &of)?, |one| {
            let array = match one {
                Selected::Spikes(trains) => {
                    estimate.of_spikes(&trains.between(window.from, window.until))
                }
                Selected::Trace(traces, place) => {
                    estimate.of_traces(&window.of_traces(traces), *place)
                }
            };
            Ok(vec![field("", array?)])
        })
    }))
}

impl Estimate {
    fn of_spikes(self, trains: &RecordedSpikes) -> Result<NamedArray, String> {
        let half = self.half_bandwidth;
        let half = half.unwrap_or(4.0 / trains.span().max(f64::MIN_POSITIVE));
        let found = |times: &[f64]| {
            let greatest = self.greatest.unwrap_or(500.0);
            spike_spectrum(times, trains.from, trains.until, half, greatest).ok_or(TOO_FEW_SPIKES)
        };
        let along = |frequencies| ArrayAxis::within("frequency", Dimension::HERTZ, frequencies);
        if !self.of_each {
            let found = found(&trains.times)?;
            let axis = along(found.frequencies);
            return Ok(NamedArray::along(axis, Dimension::HERTZ, found.density));
        }
        let cells = CellTrains::of(&trains.times, &trains.indices, trains.cells.clone());
        let spectra = cells.iter().map(found).collect::<Result<Vec<_>, _>>()?;
        let frequencies = spectra.first().map(|one| one.frequencies.clone());
        let array = NamedArray {
            dimension: Dimension::HERTZ,
            axes: vec![
                ArrayAxis::elements(trains.of.clone(), trains.cells.clone()),
                along(frequencies.unwrap_or_default()),
            ],
            values: spectra.into_iter().flat_map(|one| one.density).collect(),
        };
        Ok(array.squeezed())
    }

    fn of_traces(self, traces: &Traces, place: usize) -> Result<NamedArray, String> {
        let step = traces.step().ok_or("there are too few samples")?;
        let variable = &traces.variables[place];
        let (mut lines, mut frequencies) = (Vec::new(), Vec::new());
        for series in &variable.series {
            let length = series.len() as f64 * step;
            let found = match self.method {
                Method::Multitaper => {
                    multitaper(series, step, self.half_bandwidth.unwrap_or(4.0 / length))
                }
                Method::Welch => {
                    let samples = self.segment.unwrap_or(length / 8.0) / step;
                    welch(series, step, samples.round().max(2.0) as usize)
                }
            };
            let found = found.ok_or("the recording is too short for this bandwidth or segment")?;
            let greatest = self.greatest.unwrap_or(f64::INFINITY);
            let kept = found
                .frequencies
                .partition_point(|frequency| *frequency <= greatest);
            frequencies = found.frequencies[..kept].to_vec();
            lines.push(found.density[..kept].to_vec());
        }
        let dimension = variable.dimension * variable.dimension * Dimension::SECOND;
        let axis = ArrayAxis::within("frequency", Dimension::HERTZ, frequencies);
        Ok(stacked_lines(traces, axis, dimension, lines))
    }
}

fn ratio(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let frequency = settings.needed_positive("frequency", Dimension::HERTZ, "\"5 Hz\"")?;
    let of = of.to_vec();
    Ok(Box::new(move |run| {
        each(selected(run, &of)?, |one| {
            let array = match one {
                Selected::Spikes(trains) => {
                    let trains = trains.between(window.from, window.until);
                    let cells =
                        CellTrains::of(&trains.times, &trains.indices, trains.cells.clone());
                    let values = cells.iter().map(|train| {
                        spike_signal_to_noise(train, trains.from, trains.until, frequency)
                            .map_or(f64::NAN, |found| found.decibels())
                    });
                    by_cell(&trains, PLAIN, values.collect())
                }
                Selected::Trace(traces, place) => {
                    let traces = window.of_traces(traces);
                    let step = traces.step().ok_or("there are too few samples")?;
                    let values = traces.variables[*place].series.iter().map(|series| {
                        signal_to_noise(series, step, frequency)
                            .map_or(f64::NAN, |found| found.decibels())
                    });
                    by_element(&traces, PLAIN, values.collect())
                }
            };
            Ok(vec![field("", array)])
        })
    }))
}

fn sinusoid(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let frequency = settings.needed_positive("frequency", Dimension::HERTZ, "\"5 Hz\"")?;
    let input = settings.text("input")?.map(|text| text.value.clone());
    Ok(of_traces(
        "response",
        of,
        window,
        move |run, traces, place| {
            let step = traces.step().ok_or("there are too few samples")?;
            let variable = &traces.variables[place];
            let input = input
                .as_ref()
                .map(|input| only_trace(run, "input", input, window))
                .transpose()?;
            if let Some(input) = &input {
                input.alongside(traces.times[0], step, traces.times.len())?;
            }
            let (mut gains, mut phases) = (Vec::new(), Vec::new());
            for series in &variable.series {
                let (gain, phase) = match &input {
                    Some(input) => response(&input.values, series, step, frequency)
                        .map(|found| (found.gain, found.phase)),
                    None => fit_sinusoids(&sample_times(series.len(), step), series, &[frequency])
                        .and_then(|fit| {
                            fit.sinusoids.first().map(|one| (one.amplitude, one.phase))
                        }),
                }
                .unwrap_or((f64::NAN, f64::NAN));
                gains.push(gain);
                phases.push(phase);
            }
            let dimension = match &input {
                Some(input) => variable.dimension / input.dimension,
                None => variable.dimension,
            };
            Ok(vec![
                field("gain", by_element(traces, dimension, gains)),
                field("phase", by_element(traces, PLAIN, phases)),
            ])
        },
    ))
}

fn sweep_response(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let Some(input) = settings.text("input")?.map(|text| text.value.clone()) else {
        return Err(settings
            .wrong("input", "is missing")
            .help("as in `input = \"drive.I\"`"));
    };
    let range = settings
        .range("frequencies", Dimension::HERTZ, "\"1:50 Hz\"")?
        .unwrap_or(1.0..100.0);
    let width = settings.positive("width", Dimension::HERTZ, "\"1 Hz\"")?;
    Ok(of_traces(
        "frequency-response",
        of,
        window,
        move |run, traces, place| {
            let step = traces.step().ok_or("there are too few samples")?;
            let input = only_trace(run, "input", &input, window)?;
            input.alongside(traces.times[0], step, traces.times.len())?;
            let variable = &traces.variables[place];
            let width = width.unwrap_or((range.end - range.start) / 100.0);
            let (mut gains, mut phases, mut coherences) = (Vec::new(), Vec::new(), Vec::new());
            let (mut peaks, mut qualities, mut frequencies) = (Vec::new(), Vec::new(), Vec::new());
            for series in &variable.series {
                let found = frequency_response(
                    &input.values,
                    series,
                    step,
                    range.start,
                    range.end,
                    width,
                )
                .ok_or(
                    "the input has no power at these frequencies, or the recording is too short",
                )?;
                let resonance = found.resonance();
                peaks.push(resonance.as_ref().map_or(f64::NAN, |peak| peak.frequency));
                qualities.push(resonance.as_ref().map_or(f64::NAN, |peak| peak.quality));
                frequencies = found.frequencies;
                gains.push(found.gain);
                phases.push(found.phase);
                coherences.push(found.coherence);
            }
            let axis = ArrayAxis::within("frequency", Dimension::HERTZ, frequencies);
            let lines = |lines, dimension| stacked_lines(traces, axis.clone(), dimension, lines);
            Ok(vec![
                field("gain", lines(gains, variable.dimension / input.dimension)),
                field("phase", lines(phases, PLAIN)),
                field("coherence", lines(coherences, PLAIN)),
                field("resonance", by_element(traces, Dimension::HERTZ, peaks)),
                field("quality", by_element(traces, PLAIN, qualities)),
            ])
        },
    ))
}

fn overtones(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let frequency = settings.positive("frequency", Dimension::HERTZ, "\"5 Hz\"")?;
    let count = settings.count("count", 1)?.unwrap_or(8);
    Ok(of_traces(
        "harmonics",
        of,
        window,
        move |_, traces, place| {
            let step = traces.step().ok_or("there are too few samples")?;
            let variable = &traces.variables[place];
            let (mut lines, mut distortions, mut fundamentals) =
                (Vec::new(), Vec::new(), Vec::new());
            for series in &variable.series {
                let own = || period(series, step, middle(series)).map(|period| 1.0 / period.mean);
                let fundamental = frequency.or_else(own);
                let found = fundamental.and_then(|at| harmonics(series, step, at, count));
                fundamentals.push(fundamental.unwrap_or(f64::NAN));
                distortions.push(
                    found
                        .as_ref()
                        .and_then(|found| found.distortion())
                        .unwrap_or(f64::NAN),
                );
                lines.push(found.map_or(vec![f64::NAN; count], |found| found.amplitudes()));
            }
            let numbers = (1..=count).map(|number| number as f64).collect();
            let axis = ArrayAxis::within("harmonic", PLAIN, numbers);
            Ok(vec![
                field("", stacked_lines(traces, axis, variable.dimension, lines)),
                field("distortion", by_element(traces, PLAIN, distortions)),
                field(
                    "fundamental",
                    by_element(traces, Dimension::HERTZ, fundamentals),
                ),
            ])
        },
    ))
}

fn coherence_fields(found: &oscine_analysis::Coherence) -> MeasureFields {
    let axis = ArrayAxis::within("frequency", Dimension::HERTZ, found.frequencies.clone());
    vec![
        field(
            "",
            NamedArray::along(axis.clone(), PLAIN, found.squared.clone()),
        ),
        field("phase", NamedArray::along(axis, PLAIN, found.phase.clone())),
        number("chance", found.level_of_chance(CHANCE), PLAIN),
        number("segments", found.segments as f64, PLAIN),
    ]
}

fn segment_of(settings: &Settings) -> Result<Option<f64>, Wrong> {
    settings.positive("segment", Dimension::SECOND, "\"0.5 s\"")
}

fn coherence_of_traces(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let segment = segment_of(settings)?;
    let of = of.to_vec();
    Ok(Box::new(move |run| {
        let [first, second] = pair("coherence", selected(run, &of)?)?;
        let (first, second) = (first.trace(window)?, second.trace(window)?);
        second.alongside(first.from, first.step, first.values.len())?;
        let samples = segment.map_or(first.values.len() / 8, |segment| {
            (segment / first.step).round() as usize
        });
        let found = coherence(&first.values, &second.values, first.step, samples.max(2))
            .ok_or("the two traces are not equally long, or too short for this segment")?;
        Ok(coherence_fields(&found))
    }))
}

fn coherence_with_field(settings: &Settings, of: &[String]) -> Result<Carry, Wrong> {
    let window = TimeWindow::read(settings)?;
    let segment = segment_of(settings)?;
    let of = of.to_vec();
    Ok(Box::new(move |run| {
        let [first, second] = pair("spike-field-coherence", selected(run, &of)?)?;
        let (spikes, other) = match (&first, &second) {
            (Selected::Spikes(spikes), _) => (spikes, &second),
            (_, Selected::Spikes(spikes)) => (spikes, &first),
            _ => return Err("one of the two should be spikes".into()),
        };
        let trace = other.trace(window)?;
        let samples = segment.map_or(trace.values.len() / 8, |segment| {
            (segment / trace.step).round() as usize
        });
        let found = spike_field_coherence(
            &spikes.times,
            trace.from,
            &trace.values,
            trace.step,
            samples.max(2),
        )
        .ok_or("there are too few spikes, or the trace is too short for this segment")?;
        Ok(coherence_fields(&found))
    }))
}
