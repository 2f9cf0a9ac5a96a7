//! Rest states: where nothing moves, f(x, p) = 0, and whether they hold: by the eigenvalues of the Jacobian there.
//!
//! Newton's method with the symbolic Jacobian, in variables divided by the size that each has.

use nalgebra::{DMatrix, DVector};

use super::flow::Flow;
use super::{Complex, DynamicalSystem, Mode, ModelError, eigenvalues};

/// Newton steps before a start is given up.
const MOST_ROUNDS: usize = 100;
/// A step this small, in scaled variables, is the last.
const SMALLEST_STEP: f64 = 1e-13;
/// Where rounding lets it come no closer, this is close enough.
const CLOSE: f64 = 1e-9;
/// Two rest states nearer than this are one.
pub(super) const SAME: f64 = 1e-6;
/// Starts of the search for all rest states.
const STARTS: usize = 96;
/// How long a cell runs to show the range of its variables, in units of its slowest time at the start.
const RUN: f64 = 30.0;
/// A variable is at least this part of what the sizes of the others would pull it to, one by one.
const PULL: f64 = 0.1;

/// An equilibrium of a cell, its rest state.
#[derive(Clone, Debug, PartialEq)]
pub struct RestState {
    /// The values of the state variables, SI.
    pub state: Vec<f64>,
    /// The eigenvalues of the Jacobian, 1/s, the largest real part first.
    pub eigenvalues: Vec<Complex>,
}

/// The stability of an equilibrium: what it does to states beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestKind {
    /// They come back without ringing.
    StableNode,
    /// They come back ringing.
    StableFocus,
    /// They come back along some directions and leave along others.
    Saddle,
    /// They leave without ringing.
    UnstableNode,
    /// They leave ringing, with growing amplitude.
    UnstableFocus,
}

impl RestState {
    /// The rest state with its eigenvalues.
    pub(super) fn of(system: &DynamicalSystem, state: Vec<f64>) -> Result<Self, ModelError> {
        let jacobian = system.jacobian(Mode::Active, 0.0, &state)?;
        let eigenvalues = eigenvalues(&jacobian)?;
        Ok(Self { state, eigenvalues })
    }

    /// True where all that is near comes back.
    pub fn is_stable(&self) -> bool {
        self.eigenvalues.iter().all(|value| value.re < 0.0)
    }

    /// What it does to states beside it.
    pub fn kind(&self) -> RestKind {
        let unstable = self.unstable();
        let rings = |growing: bool| {
            let values = self.eigenvalues.iter();
            let mut side = values.filter(|value| (value.re > 0.0) == growing);
            side.any(|value| value.im != 0.0)
        };
        match (unstable, rings(unstable > 0)) {
            (0, false) => RestKind::StableNode,
            (0, true) => RestKind::StableFocus,
            (count, rings) if count == self.eigenvalues.len() || (rings && count == 2) => {
                if rings {
                    RestKind::UnstableFocus
                } else {
                    RestKind::UnstableNode
                }
            }
            _ => RestKind::Saddle,
        }
    }

    /// How many directions lead away.
    pub(super) fn unstable(&self) -> usize {
        self.eigenvalues
            .iter()
            .filter(|value| value.re > 0.0)
            .count()
    }
}

/// How large the variables are, and between what values they move: from a run.
#[derive(Clone, Debug)]
pub(crate) struct Scales {
    pub sizes: Vec<f64>,
    pub low: Vec<f64>,
    pub high: Vec<f64>,
    /// The state that the run ended with.
    pub last: Vec<f64>,
}

impl Scales {
    /// Of a run from the initial state.
    pub fn of(system: &DynamicalSystem) -> Result<Self, ModelError> {
        let start = system.initial();
        let n = system.dimension();
        let duration = RUN * system.slowest_time(&start)?;
        let mut flow = Flow::new(system, &start, 1e-6);
        let (mut low, mut high) = (start.clone(), start.clone());
        let mut last = start.clone();
        for part in 1..=400 {
            let until = duration * f64::from(part) / 400.0;
            // A model that leaves its range has shown what it is; what was seen before counts.
            while flow.time < until {
                if flow.advance(until).is_err() {
                    return Ok(Self::within(system, low, high, start));
                }
                for place in 0..n {
                    low[place] = low[place].min(flow.state[place]);
                    high[place] = high[place].max(flow.state[place]);
                }
            }
            last = flow.state[..n].to_vec();
        }
        Ok(Self::within(system, low, high, last))
    }

    fn within(system: &DynamicalSystem, low: Vec<f64>, high: Vec<f64>, last: Vec<f64>) -> Self {
        let peaks = low.iter().zip(&high);
        let mut sizes: Vec<f64> = peaks.map(|(low, high)| low.abs().max(high.abs())).collect();
        // A variable that stayed near 0 is as large as what the others would make of it.
        if let Ok(jacobian) = system.jacobian(Mode::Active, 0.0, &last) {
            let seen = sizes.clone();
            for (row, size) in sizes.iter_mut().enumerate() {
                let others = (0..seen.len()).filter(|&column| column != row);
                let pull = others.fold(0.0, |most: f64, column| {
                    most.max(jacobian[(row, column)].abs() * seen[column])
                });
                let pulled = PULL * pull / jacobian[(row, row)].abs();
                if pulled.is_finite() {
                    *size = size.max(pulled);
                }
            }
        }
        for size in &mut sizes {
            if !(size.is_finite() && *size > 0.0) {
                *size = 1.0;
            }
        }
        Self {
            sizes,
            low,
            high,
            last,
        }
    }

    /// Those of two runs together.
    pub fn union(&self, other: &Self) -> Self {
        let most = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a.max(*b)).collect();
        let least = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a.min(*b)).collect();
        Self {
            sizes: most(&self.sizes, &other.sizes),
            low: least(&self.low, &other.low),
            high: most(&self.high, &other.high),
            last: self.last.clone(),
        }
    }

    /// The largest difference of two states, in sizes of the variables.
    pub fn distance(&self, a: &[f64], b: &[f64]) -> f64 {
        let pairs = a.iter().zip(b).zip(&self.sizes);
        pairs.fold(0.0, |most: f64, ((a, b), size)| {
            most.max((a - b).abs() / size)
        })
    }
}

/// The rest state that Newton's method finds from a start.
///
/// # Errors
/// There is none near; the equations depend on time, or have no derivative.
pub fn rest_state_near(system: &DynamicalSystem, start: &[f64]) -> Result<RestState, ModelError> {
    system.must_be_autonomous("a rest state")?;
    let scales = Scales::of(system)?;
    newton(system, &scales, start)?.ok_or_else(|| no_rest(system, start))
}

fn no_rest(system: &DynamicalSystem, start: &[f64]) -> ModelError {
    let pairs = system.states().iter().zip(start);
    let places: Vec<String> = pairs
        .map(|(state, value)| format!("{} = {value}", state.name))
        .collect();
    ModelError::NoRest {
        near: places.join(", "),
    }
}

/// All rest states that are found from many starts in the range of a run and around it, the lowest first variable first.
///
/// None is left out that Newton's method reaches; a model may have others far outside.
///
/// # Errors
/// As [`rest_state_near`], but none found is an empty list.
pub fn rest_states(system: &DynamicalSystem) -> Result<Vec<RestState>, ModelError> {
    system.must_be_autonomous("a rest state")?;
    let scales = Scales::of(system)?;
    all_rest_states(system, &scales)
}

pub(super) fn all_rest_states(
    system: &DynamicalSystem,
    scales: &Scales,
) -> Result<Vec<RestState>, ModelError> {
    let mut starts = vec![system.initial(), scales.last.clone()];
    for number in 1..=STARTS {
        let start = (0..system.dimension()).map(|place| {
            let width = (scales.high[place] - scales.low[place]).max(0.5 * scales.sizes[place]);
            let middle = 0.5 * (scales.high[place] + scales.low[place]);
            middle + 1.5 * width * (2.0 * radical_inverse(number, place) - 1.0)
        });
        starts.push(start.collect());
    }
    let mut found: Vec<RestState> = Vec::new();
    for start in &starts {
        if let Some(rest) = newton(system, scales, start)?
            && !found
                .iter()
                .any(|known| scales.distance(&known.state, &rest.state) < SAME)
        {
            found.push(rest);
        }
    }
    found.sort_by(|a, b| a.state[0].total_cmp(&b.state[0]));
    Ok(found)
}

/// Points that fill a box evenly: the digits of a number mirrored at the point, in a base that is prime (Halton 1960).
fn radical_inverse(number: usize, place: usize) -> f64 {
    const PRIMES: [usize; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
    let base = PRIMES[place % PRIMES.len()];
    let (mut rest, mut value, mut unit) = (number, 0.0, 1.0 / base as f64);
    while rest > 0 {
        value += (rest % base) as f64 * unit;
        rest /= base;
        unit /= base as f64;
    }
    value
}

fn newton(
    system: &DynamicalSystem,
    scales: &Scales,
    start: &[f64],
) -> Result<Option<RestState>, ModelError> {
    let mut state = start.to_vec();
    let n = state.len();
    let mut rates = vec![0.0; n];
    let mut last = f64::INFINITY;
    for _ in 0..MOST_ROUNDS {
        system.rates(Mode::Active, 0.0, &state, &mut rates);
        let jacobian = system.jacobian(Mode::Active, 0.0, &state)?;
        let sizes = &scales.sizes;
        let matrix = DMatrix::from_fn(n, n, |row, column| {
            jacobian[(row, column)] * sizes[column] / sizes[row]
        });
        let right = DVector::from_fn(n, |row, _| -rates[row] / sizes[row]);
        if right.iter().any(|value| !value.is_finite()) {
            return Ok(None);
        }
        let Some(mut step) = matrix.lu().solve(&right) else {
            return Ok(None);
        };
        let length = step.amax();
        if !length.is_finite() {
            return Ok(None);
        }
        if length > 0.5 {
            step *= 0.5 / length;
        }
        for place in 0..n {
            state[place] += step[place] * sizes[place];
        }
        if length < SMALLEST_STEP || (length < CLOSE && length >= 0.5 * last) {
            return RestState::of(system, state).map(Some);
        }
        last = length;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_network::Neurons;

    #[test]
    fn the_rest_states_of_a_pitchfork_are_its_three_roots() {
        let neurons = Neurons::new(1)
            .equations("dx/dt = (mu*x - x**3)/second : 1")
            .parameter("mu", "4")
            .initial("x", "0.1");
        let system = DynamicalSystem::read(&neurons, &[]).unwrap();
        let found = rest_states(&system).unwrap();
        let places: Vec<f64> = found.iter().map(|rest| rest.state[0]).collect();
        assert_eq!(places.len(), 3, "{places:?}");
        for (place, root) in places.iter().zip([-2.0, 0.0, 2.0]) {
            assert!((place - root).abs() < 1e-12);
        }
        let kinds: Vec<RestKind> = found.iter().map(RestState::kind).collect();
        assert_eq!(
            kinds,
            [
                RestKind::StableNode,
                RestKind::UnstableNode,
                RestKind::StableNode
            ]
        );
    }

    #[test]
    fn the_squid_axon_rests_at_minus_65_millivolts() {
        let neurons = Neurons::of_model(1, "hodgkin-huxley").unwrap();
        let system = DynamicalSystem::read(&neurons, &["I".into()]).unwrap();
        let found = rest_states(&system).unwrap();
        assert_eq!(found.len(), 1);
        assert!((found[0].state[0] + 0.065).abs() < 1e-5, "{found:?}");
        assert_eq!(found[0].kind(), RestKind::StableFocus);
    }

    #[test]
    fn currents_as_small_as_they_are_beside_volts_are_found() {
        let neurons = Neurons::of_model(1, "adex").unwrap();
        let system = DynamicalSystem::read(&neurons, &[]).unwrap();
        let found = rest_states(&system).unwrap();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].is_stable() && !found[1].is_stable());
    }
}
