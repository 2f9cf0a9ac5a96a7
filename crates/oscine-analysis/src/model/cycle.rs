//! The limit cycle of a model: its period, its orbit, and by the Floquet multipliers how fast it draws back what leaves it.
//!
//! A run settles until the state at every n-th spike (or, in a model that does not fire, where a variable rises through the middle of
//! its range) repeats itself; then Newton's method solves P(x) = x for the return map P, whose derivative comes from the
//! variational equations (shooting: Parker & Chua, Practical Numerical Algorithms for Chaotic Systems, 1989). The multipliers are the
//! eigenvalues of that derivative across the orbit; the one along the orbit, always 1, is left out.

use nalgebra::{DMatrix, DVector};

use super::flow::{Flow, PoincareSection, Stop};
use super::{Complex, DynamicalSystem, ModelError, eigenvalues};

/// Newton steps before a cycle is given up.
const MOST_ROUNDS: usize = 20;
/// Returns of one period that are looked for: the spikes of a burst.
const MOST_RETURNS: usize = 64;
/// A run has settled where a return misses by less than this part of a variable's range.
const SETTLED: f64 = 1e-5;
/// A variable that moves less than this part of its size stands still.
const STILL: f64 = 1e-8;
/// An orbit smaller than this part of the size of each variable is a rest state.
const SMALLEST_ORBIT: f64 = 1e-5;
/// Windows of observation, each longer by half.
const MOST_WINDOWS: u32 = 16;

/// Settings of the search for a limit cycle.
#[derive(Clone, Debug, PartialEq)]
pub struct CycleSearch {
    /// Where the run starts; else where the model's file says.
    pub from: Option<Vec<f64>>,
    /// For how long it runs before anything is looked at, s; else thirty times the slowest time of the model at its start.
    pub settle: Option<f64>,
    /// Points of the orbit that are kept.
    pub points: usize,
    /// The error that a step may make, as a part of each variable's size.
    pub tolerance: f64,
}

impl Default for CycleSearch {
    fn default() -> Self {
        Self {
            from: None,
            settle: None,
            points: 512,
            tolerance: 1e-10,
        }
    }
}

/// A limit cycle: an orbit that closes on itself.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitCycle {
    /// s.
    pub period: f64,
    /// Times of the points since phase 0, s: evenly over one period, the end left out.
    pub times: Vec<f64>,
    /// The orbit, `[point, state]`, SI. Phase 0 is just after a spike, or where a variable rises through the middle of its range.
    pub orbit: Vec<Vec<f64>>,
    /// The Floquet multipliers but the 1 along the orbit, the largest first; a reset that forgets a variable gives a 0.
    pub multipliers: Vec<Complex>,
    /// Spikes in one period.
    pub spikes: usize,
    /// The state at phase 0, and what is left of a refractory time.
    pub(super) origin: Vec<f64>,
    pub(super) section: Option<PoincareSection>,
    /// Returns to the surface that make one period.
    pub(super) returns: usize,
    pub(super) tolerance: f64,
}

impl LimitCycle {
    /// True where all that is near comes back to it.
    pub fn is_stable(&self) -> bool {
        self.multipliers.iter().all(|value| value.norm() < 1.0)
    }

    /// 1/period, Hz.
    pub fn frequency(&self) -> f64 {
        1.0 / self.period
    }

    /// The lowest and the highest value of a state variable on the orbit, SI.
    pub fn range(&self, variable: usize) -> [f64; 2] {
        let values = self.orbit.iter().map(|state| state[variable]);
        values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
            [low.min(value), high.max(value)]
        })
    }

    /// The range of each variable, never 0.
    pub(super) fn sizes(&self) -> Vec<f64> {
        (0..self.orbit[0].len())
            .map(|place| {
                let [low, high] = self.range(place);
                if high > low {
                    high - low
                } else {
                    low.abs().max(1.0)
                }
            })
            .collect()
    }

    pub(super) fn map<'a>(&self, system: &'a DynamicalSystem) -> ReturnMap<'a> {
        ReturnMap {
            system,
            section: self.section,
            returns: self.returns,
            tolerance: self.tolerance,
            longest: 20.0 * self.period,
        }
    }
}

/// The cycle that the model settles on.
///
/// # Errors
/// The model comes to rest, grows without bound, or does not repeat itself; its equations depend on time.
pub fn limit_cycle(
    system: &DynamicalSystem,
    search: &CycleSearch,
) -> Result<LimitCycle, ModelError> {
    system.must_be_autonomous("a limit cycle")?;
    let settled = Settled::run(system, search)?;
    let mut map = ReturnMap {
        system,
        section: settled.section,
        returns: settled.returns,
        tolerance: search.tolerance,
        longest: 20.0 * settled.period,
    };
    let origin = map
        .fixed_point(settled.state, &settled.sizes)?
        .ok_or_else(|| ModelError::NoCycle {
            why: "it comes back near its start, but no orbit was found that closes".into(),
        })?;
    // A cycle that draws back from one side and the other in turn repeats itself first every second time.
    let whole = map.returns;
    for fewer in (1..whole).filter(|fewer| whole.is_multiple_of(*fewer)) {
        map.returns = fewer;
        let back = map.apply(&origin, false)?;
        let pairs = back.state.iter().zip(&origin).zip(&settled.sizes);
        let closes = |((a, b), size): ((&f64, &f64), &f64)| (a - b).abs() < SETTLED * size;
        if pairs.into_iter().all(closes) {
            return finished(&map, origin, search.points, &settled.sizes);
        }
    }
    map.returns = whole;
    finished(&map, origin, search.points, &settled.sizes)
}

/// The cycle through a fixed point of its return map.
pub(super) fn finished(
    map: &ReturnMap<'_>,
    origin: Vec<f64>,
    points: usize,
    sizes: &[f64],
) -> Result<LimitCycle, ModelError> {
    let back = map.apply(&origin, true)?;
    let flow = Flow::new(map.system, &origin, map.tolerance);
    let multipliers = multipliers(&back.derivative, &flow.rates(), sizes)?;
    let times: Vec<f64> = (0..points)
        .map(|point| back.time * point as f64 / points as f64)
        .collect();
    let orbit = orbit(map.system, &origin, &times, map.tolerance)?;
    let cycle = LimitCycle {
        period: back.time,
        times,
        orbit,
        multipliers,
        spikes: back.spikes,
        origin,
        section: map.section,
        returns: map.returns,
        tolerance: map.tolerance,
    };
    let moves = (0..map.system.dimension()).any(|place| {
        let [low, high] = cycle.range(place);
        high - low > SMALLEST_ORBIT * low.abs().max(high.abs())
    });
    if !moves {
        let why = "it comes to rest".into();
        return Err(ModelError::NoCycle { why });
    }
    Ok(cycle)
}

/// States at some times after a start.
pub(super) fn orbit(
    system: &DynamicalSystem,
    origin: &[f64],
    times: &[f64],
    tolerance: f64,
) -> Result<Vec<Vec<f64>>, ModelError> {
    let mut flow = Flow::new(system, origin, tolerance);
    flow.disarm();
    let mut orbit = Vec::with_capacity(times.len());
    for &time in times {
        while flow.advance(time)? != Stop::Reached {}
        orbit.push(flow.state[..system.dimension()].to_vec());
    }
    Ok(orbit)
}

/// A state, followed until it has returned.
pub(super) struct Back {
    pub state: Vec<f64>,
    pub time: f64,
    pub spikes: usize,
    pub derivative: DMatrix<f64>,
}

/// The Poincaré map, from the surface back to it.
pub(super) struct ReturnMap<'a> {
    pub system: &'a DynamicalSystem,
    pub section: Option<PoincareSection>,
    pub returns: usize,
    pub tolerance: f64,
    pub longest: f64,
}

impl ReturnMap<'_> {
    /// Where a state returns to; with the derivative of that by the state where asked.
    pub fn apply(&self, origin: &[f64], with_derivative: bool) -> Result<Back, ModelError> {
        let mut flow = Flow::new(self.system, origin, self.tolerance);
        flow.watch(self.section);
        flow.disarm();
        let size = flow.size();
        if with_derivative {
            flow.carry(&DMatrix::identity(size, size), self.tolerance)?;
        }
        let (mut spikes, mut returns) = (0, 0);
        while returns < self.returns {
            match flow.advance(self.longest)? {
                Stop::Reached => {
                    return Err(ModelError::NoCycle {
                        why: format!("it does not come back within {} s", self.longest),
                    });
                }
                Stop::Fired => {
                    spikes += 1;
                    returns += usize::from(self.section.is_none());
                }
                Stop::Crossed => returns += 1,
            }
        }
        Ok(Back {
            time: flow.time,
            spikes,
            derivative: flow.returning,
            state: flow.state,
        })
    }

    /// Newton's method for a state that returns to itself; none where it does not converge.
    pub fn fixed_point(
        &self,
        mut state: Vec<f64>,
        sizes: &[f64],
    ) -> Result<Option<Vec<f64>>, ModelError> {
        let size = state.len();
        let scale = |place: usize| sizes.get(place).copied().unwrap_or(1.0);
        let mut last = f64::INFINITY;
        for _ in 0..MOST_ROUNDS {
            let back = self.apply(&state, true)?;
            let matrix = DMatrix::from_fn(size, size, |row, column| {
                let own = if row == column { 1.0 } else { 0.0 };
                (own - back.derivative[(row, column)]) * scale(column) / scale(row)
            });
            let miss = DVector::from_fn(size, |row, _| (back.state[row] - state[row]) / scale(row));
            let Some(change) = matrix.lu().solve(&miss) else {
                return Ok(None);
            };
            let length = change.amax();
            if !length.is_finite() || length > 1.0 {
                return Ok(None);
            }
            for place in 0..size {
                state[place] += change[place] * scale(place);
            }
            if length < 1e-13 || (length < 1e3 * self.tolerance && length >= 0.3 * last) {
                return Ok(Some(state));
            }
            last = length;
        }
        Ok(None)
    }
}

/// The eigenvalues of a return map's derivative across the orbit: the direction of the flow, which it takes to 0, is divided out.
pub(super) fn multipliers(
    derivative: &DMatrix<f64>,
    rates: &[f64],
    sizes: &[f64],
) -> Result<Vec<Complex>, ModelError> {
    let scale = |place: usize| sizes.get(place).copied().unwrap_or(1.0);
    let count = rates.len();
    let along = (0..count)
        .max_by(|&a, &b| {
            let speed = |place: usize| (rates[place] / scale(place)).abs();
            speed(a).total_cmp(&speed(b))
        })
        .unwrap_or(0);
    let kept: Vec<usize> = (0..count).filter(|&place| place != along).collect();
    let across = DMatrix::from_fn(kept.len(), kept.len(), |row, column| {
        let (row, column) = (kept[row], kept[column]);
        derivative[(row, column)] - rates[row] / rates[along] * derivative[(along, column)]
    });
    let mut found = eigenvalues(&across)?;
    found.sort_by(|a, b| b.norm().total_cmp(&a.norm()).then(b.im.total_cmp(&a.im)));
    Ok(found)
}

/// A run that repeats itself.
struct Settled {
    state: Vec<f64>,
    section: Option<PoincareSection>,
    returns: usize,
    period: f64,
    sizes: Vec<f64>,
}

impl Settled {
    fn run(system: &DynamicalSystem, search: &CycleSearch) -> Result<Self, ModelError> {
        let start = search.from.clone().unwrap_or_else(|| system.initial());
        let n = system.dimension();
        if start.len() != n {
            let found = start.len();
            let expected = format!("one value for each of the {n} state variables");
            return Err(ModelError::setting("`from`", &expected, found));
        }
        let settle = match search.settle {
            Some(settle) => settle,
            None => 30.0 * system.slowest_time(&start)?,
        };
        if !(settle.is_finite() && settle > 0.0) {
            return Err(ModelError::setting("`settle`", "a time above 0", settle));
        }
        let mut flow = Flow::new(system, &start, search.tolerance.max(1e-9));
        while flow.advance(settle)? != Stop::Reached {}
        let mut window = settle;
        let mut watched = None;
        for _ in 0..MOST_WINDOWS {
            let seen = ReturnWindow::observe(&mut flow, window, n, watched)?;
            if seen.stands_still() {
                let pairs = system.states().iter().zip(&flow.state);
                let places: Vec<String> = pairs
                    .map(|(state, value)| format!("{} = {value:.6}", state.name))
                    .collect();
                return Err(ModelError::NoCycle {
                    why: format!("it comes to rest at {} (SI)", places.join(", ")),
                });
            }
            if let Some((returns, period, state)) = seen.repeats() {
                return Ok(Self {
                    state,
                    section: watched.filter(|_| !seen.by_spikes),
                    returns,
                    period,
                    sizes: seen.sizes(),
                });
            }
            watched = Some(seen.section());
            window *= 1.5;
        }
        Err(ModelError::NoCycle {
            why: format!(
                "it repeats no pattern of up to {MOST_RETURNS} returns in {:.3} s; it may be chaotic",
                flow.time
            ),
        })
    }
}

/// What is seen of a run: its range, and the states at the end of each return.
struct ReturnWindow {
    low: Vec<f64>,
    high: Vec<f64>,
    /// Returns are spikes; else crossings of the section.
    by_spikes: bool,
    returns: Vec<(f64, Vec<f64>)>,
}

impl ReturnWindow {
    fn observe(
        flow: &mut Flow<'_>,
        duration: f64,
        n: usize,
        section: Option<PoincareSection>,
    ) -> Result<Self, ModelError> {
        flow.watch(section);
        let (mut low, mut high) = (vec![f64::INFINITY; n], vec![f64::NEG_INFINITY; n]);
        let (mut spikes, mut crossings) = (Vec::new(), Vec::new());
        let (from, parts) = (flow.time, 1000);
        for part in 1..=parts {
            let until = from + duration * f64::from(part) / f64::from(parts);
            loop {
                let stop = flow.advance(until)?;
                for place in 0..n {
                    low[place] = low[place].min(flow.state[place]);
                    high[place] = high[place].max(flow.state[place]);
                }
                match stop {
                    Stop::Reached => break,
                    Stop::Fired => spikes.push((flow.time, flow.state.clone())),
                    Stop::Crossed => crossings.push((flow.time, flow.state.clone())),
                }
            }
        }
        let by_spikes = spikes.len() > 2;
        Ok(Self {
            low,
            high,
            by_spikes,
            returns: if by_spikes { spikes } else { crossings },
        })
    }

    fn stands_still(&self) -> bool {
        self.low.iter().zip(&self.high).all(|(low, high)| {
            let size = low.abs().max(high.abs());
            high - low <= STILL * size || size < 1e-300
        })
    }

    fn sizes(&self) -> Vec<f64> {
        let pairs = self.low.iter().zip(&self.high);
        pairs
            .map(|(low, high)| {
                if high > low {
                    high - low
                } else {
                    low.abs().max(f64::MIN_POSITIVE.sqrt())
                }
            })
            .collect()
    }

    /// The first variable that moves as much as any, by its size, rising through the middle of its range.
    fn section(&self) -> PoincareSection {
        let motion = |place: usize| {
            let (low, high) = (self.low[place], self.high[place]);
            (high - low) / low.abs().max(high.abs()).max(f64::MIN_POSITIVE)
        };
        let variable = (0..self.low.len())
            .find(|&place| motion(place) > 1e-3)
            .unwrap_or(0);
        PoincareSection {
            variable,
            level: 0.5 * (self.low[variable] + self.high[variable]),
        }
    }

    /// After how many returns the last state was there before, how long that took, and the state.
    fn repeats(&self) -> Option<(usize, f64, Vec<f64>)> {
        let sizes = self.sizes();
        let (end, last) = self.returns.last()?;
        let most = MOST_RETURNS.min((self.returns.len() - 1) / 2);
        (1..=most).find_map(|count| {
            let before = &self.returns[self.returns.len() - 1 - count];
            let earlier = &self.returns[self.returns.len() - 1 - 2 * count];
            let miss = |a: &[f64], b: &[f64]| {
                let pairs = a.iter().zip(b).zip(&sizes);
                pairs.fold(0.0, |most: f64, ((a, b), size)| {
                    most.max((a - b).abs() / size)
                })
            };
            let close = miss(last, &before.1) < SETTLED && miss(&before.1, &earlier.1) < SETTLED;
            close.then(|| (count, end - before.0, last.clone()))
        })
    }
}
