//! What a pulse does to the phase of a rhythm: how much sooner or later, in the long run, the cell fires.
//!
//! Directly: the cell is kicked at every phase and followed until it is back on its cycle (Winfree, The Geometry of Biological Time,
//! 1980). For small pulses: by the adjoint, the gradient Z of the phase along the cycle, -dZ/dt = JᵀZ with Z·f = 1/period
//! (Ermentrout & Kopell 1991; Ermentrout 1996), integrated backwards, in which direction all but the answer dies out. At resets and at
//! the end of refractory times Z jumps by the transpose of what tangents do there.

use nalgebra::{DMatrix, DVector};

use super::cycle::LimitCycle;
use super::flow::{Flow, Stop};
use super::{DynamicalSystem, Mode, ModelError};

/// A kicked cell is back where its state at a return is this near to the cycle's (in ranges of the variables).
const BACK: f64 = 1e-8;
/// Returns after which a cell that is not back is given up.
const MOST_RETURNS: usize = 1000;
/// Times round the cycle until the adjoint repeats itself.
const MOST_ROUNDS: usize = 1000;

/// The phase shift by a pulse at one phase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pulsed {
    /// When it comes, in cycles from 0 to 1.
    pub phase: f64,
    /// The phase, from 0 to 1, that the cell has after it: that of an undisturbed cell with which it will fire together in the long
    /// run. None where the rhythm does not come back.
    pub new_phase: Option<f64>,
    /// The time from the pulse to the next spike (or return), s. None where none comes.
    pub wait: Option<f64>,
}

impl Pulsed {
    /// By how much of a cycle the pulse brings the cell forward, from -1/2 to 1/2; below 0 it holds it up.
    pub fn advance(&self) -> Option<f64> {
        Some(wrapped(self.new_phase? - self.phase))
    }
}

/// A phase response curve by pulses of one size, one at each of many phases.
#[derive(Clone, Debug, PartialEq)]
pub struct PulseResponse {
    /// By the phase, evenly from 0.
    pub pulses: Vec<Pulsed>,
    /// By how much the pulse changes its variable, SI.
    pub size: f64,
    /// The undisturbed period, s.
    pub period: f64,
}

impl PulseResponse {
    /// How often the new phase goes round while the old goes round once: 1 for a weak reset, 0 for a strong one. None where some pulse
    /// stops the rhythm.
    pub fn winding_number(&self) -> Option<i32> {
        let new: Option<Vec<f64>> = self.pulses.iter().map(|pulse| pulse.new_phase).collect();
        let new = new?;
        let next = new.iter().cycle().skip(1);
        let turns: f64 = new.iter().zip(next).map(|(a, b)| wrapped(b - a)).sum();
        Some(turns.round() as i32)
    }
}

/// A difference of phases, from -1/2 to 1/2.
fn wrapped(difference: f64) -> f64 {
    let rest = difference.rem_euclid(1.0);
    if rest > 0.5 { rest - 1.0 } else { rest }
}

/// Kicks a state variable by `size` (SI) at each of `phases` phases.
///
/// # Errors
/// No such variable; a size that is not finite; the kicked cell grows without bound.
pub fn pulse_response(
    system: &DynamicalSystem,
    cycle: &LimitCycle,
    variable: &str,
    size: f64,
    phases: usize,
) -> Result<PulseResponse, ModelError> {
    let place = system.place(variable)?;
    if !size.is_finite() {
        return Err(ModelError::setting("the pulse", "a finite number", size));
    }
    let sizes = cycle.sizes();
    let mut undisturbed = Flow::new(system, &cycle.origin, cycle.tolerance);
    undisturbed.watch(cycle.section);
    undisturbed.disarm();
    let mut pulses = Vec::with_capacity(phases);
    for number in 0..phases {
        let phase = number as f64 / phases as f64;
        while undisturbed.advance(phase * cycle.period)? != Stop::Reached {}
        let mut kicked = undisturbed.clone();
        let fired = kicked.kick(place, size)?;
        let (new_phase, wait) = back_on_cycle(kicked, cycle, &sizes, fired)?;
        pulses.push(Pulsed {
            phase,
            new_phase,
            wait,
        });
    }
    Ok(PulseResponse {
        pulses,
        size,
        period: cycle.period,
    })
}

/// The phase that a flow has, seen from where it joins the cycle again, and the time to its first return.
fn back_on_cycle(
    mut flow: Flow<'_>,
    cycle: &LimitCycle,
    sizes: &[f64],
    fired: bool,
) -> Result<(Option<f64>, Option<f64>), ModelError> {
    let start = flow.time;
    let mut wait = fired.then_some(0.0);
    let by_spikes = cycle.section.is_none();
    let mut returned = fired && by_spikes;
    for _ in 0..MOST_RETURNS {
        if returned {
            let pairs = flow.state.iter().zip(&cycle.origin).zip(sizes);
            let miss = pairs.fold(0.0, |most: f64, ((a, b), size)| {
                most.max((a - b).abs() / size)
            });
            if miss < BACK {
                let phase = (-(flow.time - start) / cycle.period).rem_euclid(1.0);
                return Ok((Some(phase), wait));
            }
        }
        let stop = flow.advance(flow.time + 20.0 * cycle.period)?;
        match stop {
            Stop::Reached => return Ok((None, wait)),
            Stop::Fired => returned = by_spikes,
            Stop::Crossed => returned = !by_spikes,
        }
        if returned {
            wait.get_or_insert(flow.time - start);
        }
    }
    Ok((None, wait))
}

/// The infinitesimal phase response curve: the gradient of the phase along a limit cycle.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensitivity {
    /// Cycles from 0 to 1, evenly.
    pub phases: Vec<f64>,
    /// `[phase, state]`: cycles gained for each unit (SI) that is added to a state variable; times the period, the seconds by
    /// which the next spikes come sooner. A variable that takes no input while the cell is deaf has 0 there.
    pub gradient: Vec<Vec<f64>>,
    /// The states at the phases, `[phase, state]`.
    pub states: Vec<Vec<f64>>,
    /// s.
    pub period: f64,
}

impl Sensitivity {
    /// The response to pulses of one state variable, `[phase]`.
    pub fn to_variable(&self, variable: usize) -> Vec<f64> {
        self.gradient.iter().map(|point| point[variable]).collect()
    }

    /// The response to brief pulses of a freed parameter such as a current, `[phase]`: cycles for each unit of it and second.
    ///
    /// # Errors
    /// It was not freed; the equations have no derivative.
    pub fn to_parameter(
        &self,
        system: &DynamicalSystem,
        parameter: &str,
    ) -> Result<Vec<f64>, ModelError> {
        let points = self.states.iter().zip(&self.gradient);
        points
            .map(|(state, gradient)| {
                let slopes = system.slopes(parameter, 0.0, state)?;
                Ok(slopes.iter().zip(gradient).map(|(a, b)| a * b).sum())
            })
            .collect()
    }

    /// Of all that pulses of a variable do, the part that delays: 0 where every pulse brings the cell forward (type I), near 1/2
    /// where as much is lost as won (type II).
    pub fn delaying_part(&self, variable: usize) -> f64 {
        let response = self.to_variable(variable);
        let total: f64 = response.iter().map(|value| value.abs()).sum();
        let delays: f64 = response.iter().map(|value| (-value).max(0.0)).sum();
        if total > 0.0 { delays / total } else { 0.0 }
    }
}

/// The gradient of the phase by the adjoint, at `phases` phases.
///
/// # Errors
/// The equations, the reset or the threshold have no derivative; the cycle is not stable, so that it has no asymptotic phase.
pub fn phase_sensitivity(
    system: &DynamicalSystem,
    cycle: &LimitCycle,
    phases: usize,
) -> Result<Sensitivity, ModelError> {
    if !cycle.is_stable() {
        let why = "the cycle is unstable, so that what leaves it has no phase".into();
        return Err(ModelError::NoCycle { why });
    }
    let phases = phases.max(8);
    let path = Path::along(system, cycle, phases)?;
    let rates = DVector::from_column_slice(&path.rates);
    let size = rates.len();
    // Anything that moves with the flow will do for a start.
    let mut last = &rates / rates.norm_squared() / cycle.period;
    let mut gradient = vec![last.clone(); phases];
    for _ in 0..MOST_ROUNDS {
        let mut now = last.clone();
        for (place, transition) in path.transitions.iter().enumerate().rev() {
            now = transition.tr_mul(&now);
            gradient[place] = now.clone();
        }
        let along = now.dot(&rates) * cycle.period;
        gradient.iter_mut().for_each(|point| *point /= along);
        now /= along;
        let miss = (&now - &last).component_mul(&path.sizes).amax();
        let large = now.component_mul(&path.sizes).amax();
        last = now;
        if miss <= 1e-12 * large {
            break;
        }
    }
    let n = system.dimension();
    let heard = |point: usize, variable: usize| {
        !(path.modes[point] == Mode::Refractory && system.is_deaf(variable))
    };
    let gradient = gradient.iter().enumerate().map(|(point, values)| {
        let heard = (0..n.min(size)).map(|variable| {
            if heard(point, variable) {
                values[variable]
            } else {
                0.0
            }
        });
        heard.collect()
    });
    Ok(Sensitivity {
        phases: (0..phases)
            .map(|number| number as f64 / phases as f64)
            .collect(),
        gradient: gradient.collect(),
        states: path.states,
        period: cycle.period,
    })
}

/// A cycle in pieces, with what each piece does to small differences.
struct Path {
    states: Vec<Vec<f64>>,
    modes: Vec<Mode>,
    transitions: Vec<DMatrix<f64>>,
    /// Rates at phase 0.
    rates: Vec<f64>,
    sizes: DVector<f64>,
}

impl Path {
    fn along(
        system: &DynamicalSystem,
        cycle: &LimitCycle,
        pieces: usize,
    ) -> Result<Self, ModelError> {
        let n = system.dimension();
        let mut flow = Flow::new(system, &cycle.origin, cycle.tolerance);
        flow.disarm();
        let size = flow.size();
        let mut sizes = cycle.sizes();
        sizes.resize(size, cycle.period);
        let mut path = Self {
            states: Vec::with_capacity(pieces),
            modes: Vec::with_capacity(pieces),
            transitions: Vec::with_capacity(pieces),
            rates: flow.rates(),
            sizes: DVector::from_vec(sizes),
        };
        let eye = DMatrix::identity(size, size);
        let mut spikes = 0;
        for piece in 1..=pieces {
            path.states.push(flow.state[..n].to_vec());
            path.modes.push(flow.mode());
            flow.carry(&eye, cycle.tolerance)?;
            // The last piece ends with the spike that closes the cycle, which rounding may put after its period.
            let closes = piece == pieces && system.jumps();
            let slack = if closes { 1e-4 } else { 0.0 };
            let until = cycle.period * (piece as f64 / pieces as f64 + slack);
            loop {
                match flow.advance(until)? {
                    Stop::Reached => break,
                    Stop::Fired => spikes += 1,
                    Stop::Crossed => {}
                }
                if closes && spikes >= cycle.spikes {
                    break;
                }
            }
            path.transitions.push(flow.tangents());
        }
        Ok(path)
    }
}
