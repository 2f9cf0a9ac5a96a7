//! How a cell at rest answers a small current of each frequency: linearised, Z(f) = eᵥᵀ (2πif - J)⁻¹ ∂f/∂I, with the Jacobian J at the
//! rest state; and measured, from the model itself driven by a sinusoid.
//!
//! A membrane alone lets slow input pass (-3 dB at 1/2πτ); a slow current that opposes changes takes the slowest away, and |Z| peaks
//! between: the cell resonates. Source: Hutcheon & Yarom (2000) Trends Neurosci. 23:216.

use std::f64::consts::TAU;

use nalgebra::{DMatrix, DVector};

use super::rest::{RestState, rest_state_near};
use super::stepper::Stepper;
use super::{Complex, DynamicalSystem, Mode, ModelError};

/// Frequencies of the first search for the peak.
const COARSE: usize = 2000;
/// Cycles of the driven cell that are measured.
const CYCLES: usize = 4;
/// Samples of each of them.
const SAMPLES: usize = 256;
/// A peak counts where it is above the impedance at the lowest frequency by this part.
const LEAST_PEAK: f64 = 1e-6;

/// A cell's impedance around a rest state.
#[derive(Clone, Debug, PartialEq)]
pub struct Impedance {
    /// Hz.
    pub frequencies: Vec<f64>,
    /// Change of the variable by change of the current, SI (Ω, or Ω m² where the current is a density), complex: by its argument the
    /// variable leads (above 0) or lags.
    pub values: Vec<Complex>,
}

/// The resonance of a cell: where |Z| peaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImpedancePeak {
    /// Hz.
    pub frequency: f64,
    /// |Z| there, SI.
    pub size: f64,
    /// |Z| there by |Z| at the lowest frequency: the Q of Hutcheon & Yarom, 1 where nothing resonates.
    pub strength: f64,
    /// The frequency by the width of the peak at |Z|max/√2: the quality factor of an oscillator. None where |Z| does not fall so low
    /// on both sides within the range.
    pub quality: Option<f64>,
}

impl Impedance {
    /// |Z|, SI.
    pub fn sizes(&self) -> Vec<f64> {
        self.values.iter().map(|value| value.norm()).collect()
    }

    /// Arguments of Z, radians.
    pub fn phases(&self) -> Vec<f64> {
        self.values.iter().map(|value| value.arg()).collect()
    }
}

/// A cell linearised around a rest state.
#[derive(Clone, Debug)]
pub struct Linearised {
    jacobian: DMatrix<Complex>,
    drive: DVector<Complex>,
    variable: usize,
    /// The rest state.
    pub rest: RestState,
}

/// Linearises a model around the rest state that is nearest to its initial state, for a current (a freed parameter) and the variable
/// that it moves.
///
/// # Errors
/// There is no rest state, or an unstable one, which nothing stays near; a name that the model has not.
pub fn linearised(
    system: &DynamicalSystem,
    current: &str,
    variable: &str,
) -> Result<Linearised, ModelError> {
    let variable = system.place(variable)?;
    let rest = rest_state_near(system, &system.initial())?;
    if !rest.is_stable() {
        return Err(ModelError::NoRest {
            near: "the initial state that is stable: a cell that leaves its rest has no impedance there".into(),
        });
    }
    let jacobian = system.jacobian(Mode::Active, 0.0, &rest.state)?;
    let slopes = system.slopes(current, 0.0, &rest.state)?;
    Ok(Linearised {
        jacobian: jacobian.map(|value| Complex::new(value, 0.0)),
        drive: DVector::from_iterator(slopes.len(), slopes.iter().map(|s| Complex::new(*s, 0.0))),
        variable,
        rest,
    })
}

impl Linearised {
    /// Z at a frequency (Hz), SI.
    pub fn at(&self, frequency: f64) -> Complex {
        let n = self.jacobian.nrows();
        let turning = DMatrix::identity(n, n) * Complex::new(0.0, TAU * frequency);
        let solved = (turning - &self.jacobian).lu().solve(&self.drive);
        solved.map_or(Complex::new(f64::INFINITY, 0.0), |moved| {
            moved[self.variable]
        })
    }

    /// Z at some frequencies (Hz).
    pub fn impedance(&self, frequencies: &[f64]) -> Impedance {
        Impedance {
            frequencies: frequencies.to_vec(),
            values: frequencies.iter().map(|&at| self.at(at)).collect(),
        }
    }

    /// The highest |Z| between two frequencies (Hz); `strength` 1 at the lowest frequency where nothing resonates.
    ///
    /// # Errors
    /// The frequencies are not 0 < lowest < highest.
    pub fn resonance(&self, lowest: f64, highest: f64) -> Result<ImpedancePeak, ModelError> {
        if !(lowest > 0.0 && lowest < highest && highest.is_finite()) {
            return Err(ModelError::setting(
                "the range of frequencies",
                "0 < lowest < highest",
                format!("{lowest} to {highest} Hz"),
            ));
        }
        let size = |logarithm: f64| self.at(logarithm.exp()).norm();
        let (low, high) = (lowest.ln(), highest.ln());
        let step = (high - low) / COARSE as f64;
        let grid = |number: usize| low + step * number as f64;
        let best = (0..=COARSE)
            .max_by(|&a, &b| size(grid(a)).total_cmp(&size(grid(b))))
            .unwrap_or(0);
        let peak = golden(
            size,
            (grid(best) - step).max(low),
            (grid(best) + step).min(high),
        );
        let at_lowest = size(low);
        let strength = size(peak) / at_lowest;
        if strength < 1.0 + LEAST_PEAK {
            return Ok(ImpedancePeak {
                frequency: lowest,
                size: at_lowest,
                strength: 1.0,
                quality: None,
            });
        }
        let half = size(peak) * std::f64::consts::FRAC_1_SQRT_2;
        let below = (0..best).rev().map(grid).find(|&at| size(at) < half);
        let above = (best..=COARSE).map(grid).find(|&at| size(at) < half);
        let edge = |outside: f64| halved(|at| size(at) - half, outside, peak).exp();
        let width = below.zip(above).map(|(a, b)| edge(b) - edge(a));
        Ok(ImpedancePeak {
            frequency: peak.exp(),
            size: size(peak),
            strength,
            quality: width.map(|width| peak.exp() / width),
        })
    }
}

/// Where a function is largest, by golden section.
fn golden(value: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let part = 0.5 * (5f64.sqrt() - 1.0);
    for _ in 0..60 {
        let (left, right) = (high - part * (high - low), low + part * (high - low));
        if value(left) < value(right) {
            low = left;
        } else {
            high = right;
        }
    }
    0.5 * (low + high)
}

/// Where a function that is negative at `low` and not at `high` changes its sign.
fn halved(value: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if value(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The impedance of the model itself: driven by a current I + A sin(2πft) around its value, from the part of the variable at that
/// frequency after the transient. Equal to the linearised one for a small amplitude (SI).
///
/// # Errors
/// As [`linearised`]; the driven cell grows without bound.
pub fn driven_impedance(
    system: &DynamicalSystem,
    current: &str,
    variable: &str,
    amplitude: f64,
    frequencies: &[f64],
) -> Result<Impedance, ModelError> {
    if !(amplitude.is_finite() && amplitude != 0.0) {
        return Err(ModelError::setting(
            "the amplitude",
            "a number other than 0",
            amplitude,
        ));
    }
    let place = system.place(variable)?;
    let steady = system.value(current)?;
    let rest = linearised(system, current, variable)?.rest;
    let slowest = rest
        .eigenvalues
        .iter()
        .fold(0.0, |longest: f64, value| longest.max(-1.0 / value.re));
    let mut driven = system.clone();
    let mut values = Vec::with_capacity(frequencies.len());
    for &frequency in frequencies {
        if !(frequency.is_finite() && frequency > 0.0) {
            return Err(ModelError::setting("a frequency", "above 0 Hz", frequency));
        }
        let settling = (20.0 * slowest * frequency).ceil() as usize;
        let rates = |time: f64, state: &[f64], out: &mut [f64]| {
            let now = steady + amplitude * (TAU * frequency * time).sin();
            let set = driven.set(current, now);
            driven.rates(Mode::Active, time, state, out);
            set
        };
        let part = part_at(frequency, settling, &rest.state, place, rates)?;
        if !part.norm().is_finite() {
            return Err(ModelError::Diverged {
                variable: variable.to_owned(),
                time: (settling + CYCLES) as f64 / frequency,
            });
        }
        // The sinusoid A sin has the amplitude -iA/2 at its frequency.
        values.push(part / Complex::new(0.0, -0.5 * amplitude));
    }
    Ok(Impedance {
        frequencies: frequencies.to_vec(),
        values,
    })
}

/// The Fourier coefficient of a variable's deviation from rest at a frequency, over some cycles of the driven cell after it has settled; it grows
/// without bound where that is not finite.
fn part_at(
    frequency: f64,
    settling_cycles: usize,
    rest: &[f64],
    place: usize,
    mut rates: impl FnMut(f64, &[f64], &mut [f64]) -> Result<(), ModelError>,
) -> Result<Complex, ModelError> {
    let mut failed = None;
    let mut rates = |time: f64, state: &[f64], out: &mut [f64]| {
        if let Err(error) = rates(time, state, out) {
            failed = Some(error);
        }
    };
    let mut state = rest.to_vec();
    let mut stepper = Stepper::new(state.len(), 1e-10);
    let sample = 1.0 / (frequency * SAMPLES as f64);
    let mut sum = Complex::new(0.0, 0.0);
    for number in 0..(settling_cycles + CYCLES) * SAMPLES {
        let (start, end) = (number as f64 * sample, (number + 1) as f64 * sample);
        let mut time = start;
        if number >= settling_cycles * SAMPLES {
            let turned = Complex::from_polar(1.0, -TAU * frequency * time);
            sum += turned * (state[place] - rest[place]);
        }
        while time < end {
            let step = stepper.advance(&mut rates, time, &state, end - time)?;
            stepper.accept(&mut state);
            time = if end - time <= step { end } else { time + step };
        }
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(sum / (CYCLES * SAMPLES) as f64),
    }
}
