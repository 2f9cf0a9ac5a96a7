//! The frequency-current curve: how fast a cell fires at each value of a parameter, where firing begins and how.
//!
//! Class 1 cells begin arbitrarily slowly (at a saddle-node on an invariant circle with the root of the current above it), class 2
//! cells at once at some rate (Hodgkin 1948; Rinzel & Ermentrout 1998). The onset is where firing that goes on ends when the
//! parameter comes back from the firing side: a cell may rest there too.

use super::flow::{Flow, Stop};
use super::{Bifurcations, DynamicalSystem, ModelError};

/// What a step of the integration may err by, as a part of each variable's size.
const TOLERANCE: f64 = 1e-8;
/// Halvings of the range in which the onset lies.
const HALVINGS: usize = 36;
/// A cell whose slowest firing is below this part of its rate a tenth of the range further is of class 1.
const SLOW_PART: f64 = 0.25;
/// The power with which the rate of a cell of class 1 grows from its onset is above this.
const LEAST_GROWTH: f64 = 0.15;
/// Distances from the onset, as parts of the range, between which the growth of the rate is measured.
const NEAR: [f64; 2] = [1e-3, 1e-2];
/// Places of the cycle from which firing is tried at the next value of the parameter.
const PHASES: usize = 5;
/// Firing has stopped where the last spike lies further back than this many of the longest interval.
const INTERVALS_OF_SILENCE: f64 = 1.5;

/// How long the cell is watched at each value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Watching {
    /// What is left out at the start, s.
    pub transient: f64,
    /// What is measured, s: a cell that fires less than twice in it counts as silent.
    pub duration: f64,
}

impl Watching {
    fn check(self) -> Result<(), ModelError> {
        for (what, value) in [
            ("the transient", self.transient),
            ("the duration", self.duration),
        ] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(ModelError::setting(what, "a time of 0 or more", value));
            }
        }
        if self.duration == 0.0 {
            return Err(ModelError::setting("the duration", "a time above 0", 0.0));
        }
        Ok(())
    }
}

/// The firing rate at one value of the parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FiringRate {
    /// The parameter, SI.
    pub parameter: f64,
    /// Spikes a second; 0 where the cell falls silent.
    pub frequency: f64,
    /// The shortest and the longest interval, s; none where it is silent.
    pub intervals: Option<[f64; 2]>,
}

/// The class of excitability: how firing begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excitability {
    /// As slowly as one likes.
    Class1,
    /// At a rate of its own.
    Class2,
}

/// The rheobase: where firing begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FiringOnset {
    /// The parameter, SI.
    pub parameter: f64,
    /// The lowest rate that was seen there, Hz. In class 1 it is set by how long the cell was watched.
    pub frequency: f64,
    /// The power of the distance from the onset with which the rate grows near it: 1/2 at a saddle-node on an invariant circle, near
    /// 0 in class 2.
    pub exponent: f64,
    /// Which class that makes.
    pub class: Excitability,
}

/// How near (part of the parameter's range) an onset lies to the saddle-node that it begins at.
const AT_SADDLE_NODE: f64 = 1e-3;

impl FiringOnset {
    /// The saddle-node (the parameter, SI) at which firing begins, where it lies on an invariant circle: the cell is of class 1, its
    /// rate grows with the root of the distance, and a saddle-node of its rest states is there.
    pub fn on_invariant_circle(&self, rests: &Bifurcations) -> Option<f64> {
        let values = rests
            .branches
            .iter()
            .flat_map(|branch| &branch.points)
            .map(|point| point.parameter);
        let [low, high] = values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
            [low.min(value), high.max(value)]
        });
        let root = (self.exponent - 0.5).abs() < 0.15;
        let near = |at: &f64| (at - self.parameter).abs() < AT_SADDLE_NODE * (high - low);
        let found = rests.saddle_nodes().into_iter().find(near);
        found.filter(|_| root && self.class == Excitability::Class1)
    }
}

/// The rates at some values (SI) of a freed parameter, in their order: each run goes on from the state in which the last one ended, so that
/// a series that rises and one that falls show where a cell can both rest and fire.
///
/// # Errors
/// The model has no threshold; its equations depend on time; the parameter was not freed; the cell grows without bound.
pub fn firing_curve(
    system: &DynamicalSystem,
    parameter: &str,
    values: &[f64],
    watching: Watching,
) -> Result<Vec<FiringRate>, ModelError> {
    system.must_be_autonomous("a frequency-current curve")?;
    watching.check()?;
    let mut system = system.clone();
    let mut state = system.initial();
    let mut rates = Vec::with_capacity(values.len());
    for &value in values {
        system.set(parameter, value)?;
        let seen = watch(&system, &state, watching)?;
        state = seen.state;
        rates.push(FiringRate {
            parameter: value,
            frequency: seen.frequency,
            intervals: seen.intervals,
        });
    }
    Ok(rates)
}

/// The onset of firing between a value (SI) at which the cell is silent and one at which it fires.
///
/// # Errors
/// As [`firing_curve`], and where the cell does not fire at `firing` or goes on firing at `silent`.
pub fn firing_onset(
    system: &DynamicalSystem,
    parameter: &str,
    silent: f64,
    firing: f64,
    watching: Watching,
) -> Result<FiringOnset, ModelError> {
    system.must_be_autonomous("the onset of firing")?;
    watching.check()?;
    let mut system = system.clone();
    system.set(parameter, firing)?;
    let mut best = watch(&system, &system.initial(), watching)?;
    if best.frequency == 0.0 {
        let expected = format!("a value of `{parameter}` at which the cell goes on firing");
        return Err(ModelError::setting("the firing end", &expected, firing));
    }
    system.set(parameter, silent)?;
    if goes_on(&system, &best.phases, watching)?.is_some() {
        let expected = format!("a value of `{parameter}` at which the cell falls silent");
        return Err(ModelError::setting("the silent end", &expected, silent));
    }
    let (mut low, mut high) = (silent, firing);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        system.set(parameter, middle)?;
        match goes_on(&system, &best.phases, watching)? {
            Some(seen) => {
                high = middle;
                best = seen;
            }
            None => low = middle,
        }
    }
    let range = firing - silent;
    let mut away = |part: f64| -> Result<f64, ModelError> {
        system.set(parameter, high + part * range)?;
        Ok(watch(&system, &best.state, watching)?.frequency)
    };
    let (near, far) = (away(NEAR[0])?, away(NEAR[1])?);
    let further = away(0.1)?;
    let exponent = (far / near).ln() / (NEAR[1] / NEAR[0]).ln();
    Ok(FiringOnset {
        parameter: high,
        frequency: best.frequency,
        exponent,
        // A rhythm that grows until it grazes the threshold misses it now and then; its rate is that of the rhythm a step further.
        class: if best.frequency < SLOW_PART * further && exponent > LEAST_GROWTH {
            Excitability::Class1
        } else {
            Excitability::Class2
        },
    })
}

/// What is seen of a cell that goes on firing from any of some states. Where it can rest as well, a change of the parameter leaves it in
/// one place of its cycle in the reach of the rest state, and in another not.
fn goes_on(
    system: &DynamicalSystem,
    starts: &[Vec<f64>],
    watching: Watching,
) -> Result<Option<FiringSeen>, ModelError> {
    for start in starts {
        let seen = watch(system, start, watching)?;
        if seen.frequency > 0.0 {
            return Ok(Some(seen));
        }
    }
    Ok(None)
}

/// The firing frequency and interspike intervals of a cell over one run.
struct FiringSeen {
    frequency: f64,
    intervals: Option<[f64; 2]>,
    state: Vec<f64>,
    /// States along its last interval.
    phases: Vec<Vec<f64>>,
}

fn watch(
    system: &DynamicalSystem,
    state: &[f64],
    watching: Watching,
) -> Result<FiringSeen, ModelError> {
    if !system.fires() {
        return Err(ModelError::NoThreshold);
    }
    let mut flow = Flow::new(system, state, TOLERANCE);
    while flow.advance(watching.transient)? != Stop::Reached {}
    let end = watching.transient + watching.duration;
    let mut spikes = Vec::new();
    while flow.advance(end)? == Stop::Fired {
        spikes.push(flow.time);
    }
    let state = flow.state[..system.dimension()].to_vec();
    let between = spikes.windows(2).map(|pair| pair[1] - pair[0]);
    let bounds = between.fold([f64::INFINITY, 0.0], |[low, high]: [f64; 2], interval| {
        [low.min(interval), high.max(interval)]
    });
    let (first, last) = (spikes.first(), spikes.last());
    let goes_on = last.is_some_and(|last| end - last <= INTERVALS_OF_SILENCE * bounds[1]);
    let (Some(first), Some(last), true) = (first, last, goes_on) else {
        return Ok(FiringSeen {
            frequency: 0.0,
            intervals: None,
            phases: vec![state.clone()],
            state,
        });
    };
    let mut phases = vec![state.clone()];
    for part in 1..PHASES {
        let until = end + bounds[1] * part as f64 / PHASES as f64;
        while flow.advance(until)? != Stop::Reached {}
        phases.push(flow.state[..system.dimension()].to_vec());
    }
    Ok(FiringSeen {
        phases,
        frequency: (spikes.len() - 1) as f64 / (last - first),
        intervals: Some(bounds),
        state,
    })
}
