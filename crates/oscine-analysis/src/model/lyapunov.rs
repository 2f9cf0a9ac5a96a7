//! The largest Lyapunov exponent: at what rate two orbits that begin beside each other part. Above 0 an orbit comes back near itself
//! and never onto itself; 0 is a rhythm; below 0 the cell rests.
//!
//! A tangent is carried along the orbit by its own equation δ' = J δ, with the Jacobian of the equations, and brought back to length 1
//! again and again; the exponent is the mean of the logarithms of its growth (Benettin et al. 1980). Smooth models are
//! integrated by the classical Runge-Kutta method with one step, models with resets from spike to spike, with the saltation of the
//! tangent at each. The error comes from the scatter of block means.

use nalgebra::DMatrix;

use super::flow::{Flow, Stop};
use super::rest::Scales;
use super::stepper::Stepper;
use super::{DynamicalSystem, Mode, ModelError};

/// Tangents are brought back to length 1 after so many steps.
const STEPS_BETWEEN: usize = 8;
/// The step's length comes from steps of an adaptive method that keep this error.
const STEP_TOLERANCE: f64 = 1e-7;
/// Of those steps, the part that are shorter than the one chosen.
const SHORTER_STEPS: f64 = 0.1;
/// At rest the adaptive method's steps are as long as it stays stable with, up to 3.3 of a fast time; RK4 is stable up to 2.8 of it.
const STABLE_PART: f64 = 0.7;

/// Settings of a Lyapunov exponent: how long and how finely.
#[derive(Clone, Debug, PartialEq)]
pub struct LyapunovSettings {
    /// How long the tangent is followed, s.
    pub duration: f64,
    /// How long the cell runs before, s, so that it is where it stays; else a tenth of the duration.
    pub transient: Option<f64>,
    /// The step of smooth models, s; else from the steps of an adaptive method.
    pub step: Option<f64>,
    /// Blocks whose scatter gives the error.
    pub blocks: usize,
}

impl LyapunovSettings {
    /// For so many seconds, with all else as it comes.
    pub fn lasting(duration: f64) -> Self {
        Self {
            duration,
            transient: None,
            step: None,
            blocks: 40,
        }
    }
}

/// The largest Lyapunov exponent of an orbit.
#[derive(Clone, Debug, PartialEq)]
pub struct LyapunovExponent {
    /// 1/s.
    pub exponent: f64,
    /// Its standard error by the scatter of the blocks, 1/s.
    pub standard_error: f64,
    /// Block by block, 1/s.
    pub blocks: Vec<f64>,
    /// The step that was taken, s; none where steps adapt.
    pub step: Option<f64>,
}

/// The largest Lyapunov exponent of the orbit that begins at the model's initial values.
///
/// # Errors
/// The settings are no lengths of time; the equations depend on time or have no derivative; the orbit grows without bound.
pub fn lyapunov_exponent(
    system: &DynamicalSystem,
    settings: &LyapunovSettings,
) -> Result<LyapunovExponent, ModelError> {
    system.must_be_autonomous("a Lyapunov exponent")?;
    let positive = |what: &str, value: f64| {
        if value.is_finite() && value > 0.0 {
            return Ok(());
        }
        Err(ModelError::setting(what, "a time above 0", value))
    };
    positive("the duration", settings.duration)?;
    settings
        .step
        .map_or(Ok(()), |step| positive("the step", step))?;
    if settings.blocks < 2 {
        let found = settings.blocks;
        return Err(ModelError::setting("blocks", "2 or more", found));
    }
    let transient = settings.transient.unwrap_or(0.1 * settings.duration);
    let sizes = Scales::of(system)?.sizes;
    let (blocks, step) = if system.jumps() {
        (
            from_spike_to_spike(system, settings, transient, &sizes)?,
            None,
        )
    } else {
        let step = match settings.step {
            Some(step) => step,
            None => natural_step(system, transient.max(1e-3 * settings.duration))?,
        };
        (
            in_steps(system, settings, transient, step, &sizes)?,
            Some(step),
        )
    };
    let count = blocks.len() as f64;
    let exponent = blocks.iter().sum::<f64>() / count;
    let scatter: f64 = blocks.iter().map(|block| (block - exponent).powi(2)).sum();
    Ok(LyapunovExponent {
        exponent,
        standard_error: (scatter / (count - 1.0) / count).sqrt(),
        blocks,
        step,
    })
}

/// A step that nine of ten steps of an adaptive method exceed.
fn natural_step(system: &DynamicalSystem, duration: f64) -> Result<f64, ModelError> {
    const MOST_STEPS: usize = 20_000;
    let mut state = system.initial();
    let mut stepper = Stepper::new(state.len(), STEP_TOLERANCE);
    let mut rates = |time: f64, state: &[f64], out: &mut [f64]| {
        system.rates(Mode::Active, time, state, out);
    };
    let (mut time, mut steps) = (0.0, Vec::new());
    while time < duration && steps.len() < MOST_STEPS {
        let step = stepper.advance(&mut rates, time, &state, duration - time)?;
        stepper.accept(&mut state);
        time += step;
        steps.push(step);
    }
    steps.sort_by(f64::total_cmp);
    Ok(STABLE_PART * steps[(SHORTER_STEPS * steps.len() as f64) as usize])
}

fn length(tangent: &[f64], sizes: &[f64]) -> f64 {
    let parts = tangent.iter().zip(sizes).map(|(part, size)| part / size);
    parts.map(|part| part * part).sum::<f64>().sqrt()
}

/// Block means with fixed steps.
fn in_steps(
    system: &DynamicalSystem,
    settings: &LyapunovSettings,
    transient: f64,
    step: f64,
    sizes: &[f64],
) -> Result<Vec<f64>, ModelError> {
    let n = system.dimension();
    let mut runner = RungeKutta::new(system);
    let mut whole = system.initial();
    whole.extend(sizes);
    let rounds = |time: f64| (time / (step * STEPS_BETWEEN as f64)).ceil() as usize;
    let mut grow = |whole: &mut Vec<f64>| -> Result<f64, ModelError> {
        let before = length(&whole[n..], sizes);
        whole[n..].iter_mut().for_each(|part| *part /= before);
        for _ in 0..STEPS_BETWEEN {
            runner.step(whole, step)?;
        }
        Ok(length(&whole[n..], sizes).ln())
    };
    let diverged = |whole: &[f64], time: f64| match whole[..n].iter().position(|v| !v.is_finite()) {
        Some(place) => Err(ModelError::Diverged {
            variable: system.states()[place].name.clone(),
            time,
        }),
        None => Ok(()),
    };
    for _ in 0..rounds(transient) {
        grow(&mut whole)?;
    }
    diverged(&whole, transient)?;
    let each = rounds(settings.duration / settings.blocks as f64).max(1);
    let mut blocks = Vec::with_capacity(settings.blocks);
    for _ in 0..settings.blocks {
        let mut sum = 0.0;
        for _ in 0..each {
            sum += grow(&mut whole)?;
        }
        diverged(&whole, transient + settings.duration)?;
        blocks.push(sum / (each * STEPS_BETWEEN) as f64 / step);
    }
    Ok(blocks)
}

/// The classical Runge-Kutta method of order 4, for a state and a tangent behind it.
struct RungeKutta<'a> {
    system: &'a DynamicalSystem,
    jacobian: Vec<f64>,
    slopes: [Vec<f64>; 4],
    stage: Vec<f64>,
}

impl<'a> RungeKutta<'a> {
    fn new(system: &'a DynamicalSystem) -> Self {
        let n = system.dimension();
        Self {
            system,
            jacobian: vec![0.0; n * n],
            slopes: std::array::from_fn(|_| vec![0.0; 2 * n]),
            stage: vec![0.0; 2 * n],
        }
    }

    fn step(&mut self, whole: &mut [f64], step: f64) -> Result<(), ModelError> {
        let n = self.system.dimension();
        self.stage.copy_from_slice(whole);
        for (number, part) in [0.5, 0.5, 1.0, 0.0].into_iter().enumerate() {
            let (state, tangent) = self.stage.split_at(n);
            let slopes = &mut self.slopes[number];
            self.system
                .rates(Mode::Active, 0.0, state, &mut slopes[..n]);
            self.system
                .jacobian_rows(Mode::Active, 0.0, state, &mut self.jacobian)?;
            for (row, slope) in self.jacobian.chunks_exact(n).zip(&mut slopes[n..]) {
                *slope = row.iter().zip(tangent).map(|(a, b)| a * b).sum();
            }
            for ((next, value), slope) in self.stage.iter_mut().zip(&*whole).zip(slopes) {
                *next = value + part * step * *slope;
            }
        }
        let [first, second, third, fourth] = &self.slopes;
        for (place, value) in whole.iter_mut().enumerate() {
            let inner = second[place] + third[place];
            *value += step / 6.0 * (first[place] + 2.0 * inner + fourth[place]);
        }
        Ok(())
    }
}

/// Block means of a model with resets.
fn from_spike_to_spike(
    system: &DynamicalSystem,
    settings: &LyapunovSettings,
    transient: f64,
    sizes: &[f64],
) -> Result<Vec<f64>, ModelError> {
    const ROUNDS: usize = 50;
    let tolerance = STEP_TOLERANCE * 1e-2;
    let mut flow = Flow::new(system, &system.initial(), tolerance);
    while flow.advance(transient)? != Stop::Reached {}
    let size = flow.size();
    let mut sizes = sizes.to_vec();
    sizes.resize(size, system.refractory_period().max(f64::MIN_POSITIVE));
    let mut tangent = sizes.clone();
    tangent.truncate(system.dimension());
    tangent.resize(size, 0.0);
    let duration = settings.duration / (settings.blocks * ROUNDS) as f64;
    let mut blocks = Vec::with_capacity(settings.blocks);
    // The first block turns the tangent into its direction.
    for block in 0..=settings.blocks {
        let mut sum = 0.0;
        for _ in 0..ROUNDS {
            let before = length(&tangent, &sizes);
            if !(before > 0.0 && before.is_finite()) {
                // A reset that forgets everything and a cell that is not moved by time: nothing is left to part.
                return Ok(vec![f64::NEG_INFINITY; settings.blocks]);
            }
            tangent.iter_mut().for_each(|part| *part /= before);
            flow.carry(&DMatrix::from_column_slice(size, 1, &tangent), tolerance)?;
            let until = flow.time + duration;
            while flow.advance(until)? != Stop::Reached {}
            tangent = flow.tangents().as_slice().to_vec();
            sum += length(&tangent, &sizes).ln();
        }
        if block > 0 {
            blocks.push(sum / (duration * ROUNDS as f64));
        }
    }
    Ok(blocks)
}
