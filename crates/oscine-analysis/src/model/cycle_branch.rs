//! A limit cycle followed over a parameter, stable or not, and where it changes its nature.
//!
//! Pseudo-arclength continuation of the fixed point of the return map, P(x, p) = x, which goes round folds: there a stable and an
//! unstable cycle meet and vanish, as where the steady firing of the squid axon ends. A multiplier that leaves the unit circle at -1
//! doubles the period, a complex pair adds a second rhythm (Kuznetsov, Elements of Applied Bifurcation Theory, chapter 5).

use nalgebra::{DMatrix, DVector};

use super::cycle::{Back, LimitCycle, ReturnMap, finished, multipliers};
use super::flow::Flow;
use super::matrix::bordered;
use super::{Complex, DynamicalSystem, ModelError};

/// The longest step, in units in which the parameter's range and the range of each variable are 1.
const LONGEST_STEP: f64 = 0.05;
const SHORTEST_STEP: f64 = 1e-5;
const MOST_POINTS: usize = 2000;
/// A turn of the tangent by more (its cosine) asks for a shorter step.
const SHARPEST_TURN: f64 = 0.95;
/// A place of change is found to this part of its step.
const FINENESS: f64 = 1e-6;
/// A correction this small is the last.
const CLOSE: f64 = 1e-7;
/// The difference of the parameter by which the map's change is measured, as a part of its range.
const DIFFERENCE: f64 = 1e-5;
/// A cycle that has become so many times slower than the first is on its way to an infinite period.
const SLOWEST: f64 = 100.0;

/// A limit cycle at a value of the parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct CyclePoint {
    /// The parameter, SI.
    pub parameter: f64,
    /// s.
    pub period: f64,
    /// The Floquet multipliers but the 1 along the orbit, the largest first.
    pub multipliers: Vec<Complex>,
    /// The state at phase 0, SI.
    pub state: Vec<f64>,
}

impl CyclePoint {
    /// True where all that is near comes back to it.
    pub fn is_stable(&self) -> bool {
        self.unstable() == 0
    }

    fn unstable(&self) -> usize {
        let outside = self.multipliers.iter().filter(|value| value.norm() > 1.0);
        outside.count()
    }
}

/// The bifurcation of a limit cycle where a multiplier leaves the unit circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CycleChange {
    /// At 1: two cycles meet and vanish, or exchange their stability.
    Fold,
    /// At -1: a cycle of twice the period begins.
    PeriodDoubling,
    /// As a complex pair: a second rhythm begins.
    Torus,
}

/// A branch of limit cycles, which go over into each other.
#[derive(Clone, Debug, PartialEq)]
pub struct CycleBranch {
    /// In the order of the branch; the parameter may turn back.
    pub points: Vec<CyclePoint>,
    /// Where their stability changes.
    pub changes: Vec<(CycleChange, CyclePoint)>,
    /// Why the branch was not followed further.
    pub end: String,
}

/// Follows a cycle of the model as it is set, as its parameter moves towards `to` (SI) and wherever the branch then turns, within the
/// range between.
///
/// # Errors
/// The parameter was not freed, or `to` is its value already; the cycle cannot be followed at all.
pub fn follow_cycle(
    system: &DynamicalSystem,
    parameter: &str,
    cycle: &LimitCycle,
    to: f64,
) -> Result<CycleBranch, ModelError> {
    let from = system.value(parameter)?;
    if !to.is_finite() || to == from {
        let expected = format!("a finite value other than {from}");
        return Err(ModelError::setting(
            &format!("the end of `{parameter}`"),
            &expected,
            to,
        ));
    }
    let mut sizes = cycle.sizes();
    sizes.resize(cycle.origin.len(), 1.0);
    sizes.push((to - from).abs());
    let mut following = CycleContinuation {
        system: system.clone(),
        parameter: parameter.to_owned(),
        cycle,
        sizes,
    };
    following.follow(from, to)
}

struct CycleContinuation<'a> {
    system: DynamicalSystem,
    parameter: String,
    cycle: &'a LimitCycle,
    /// Of the state with its refractory time, and last the range of the parameter.
    sizes: Vec<f64>,
}

#[derive(Clone)]
struct ContinuationPoint {
    point: DVector<f64>,
    tangent: DVector<f64>,
    cycle: CyclePoint,
}

/// P(x, p) - x and its derivatives, scaled, with what else is known there.
struct Miss {
    miss: DVector<f64>,
    matrix: DMatrix<f64>,
    period: f64,
    derivative: DMatrix<f64>,
}

impl CycleContinuation<'_> {
    fn follow(&mut self, from: f64, to: f64) -> Result<CycleBranch, ModelError> {
        let n = self.cycle.origin.len();
        let mut start = DVector::zeros(n + 1);
        for place in 0..n {
            start[place] = self.cycle.origin[place] / self.sizes[place];
        }
        start[n] = from / self.sizes[n];
        let mut along = DVector::zeros(n + 1);
        along[n] = (to - from).signum();
        let found = self.miss(&start, None)?;
        let here = found.map(|found| self.place(start, &along, &found));
        let mut here = here
            .transpose()?
            .flatten()
            .ok_or_else(|| ModelError::NoCycle {
                why: "its return map has no derivative".into(),
            })?;
        if here.tangent.dot(&along) < 0.0 {
            here.tangent = -here.tangent;
        }
        let bounds = [from.min(to), from.max(to)];
        let mut branch = CycleBranch {
            points: vec![here.cycle.clone()],
            changes: Vec::new(),
            end: String::new(),
        };
        let mut step = 0.2 * LONGEST_STEP;
        branch.end = loop {
            if branch.points.len() >= MOST_POINTS {
                break format!("{MOST_POINTS} points were followed");
            }
            let next = self
                .step(&here, step)?
                .filter(|next| next.tangent.dot(&here.tangent) > SHARPEST_TURN);
            let Some(next) = next else {
                step *= 0.5;
                if step < SHORTEST_STEP {
                    break "the cycle no longer reaches the place where its phase begins, or is too unstable to be followed".into();
                }
                continue;
            };
            if next.cycle.parameter < bounds[0] || next.cycle.parameter > bounds[1] {
                break "the end of the range is reached".into();
            }
            self.changes(&here, &next, step, &mut branch.changes)?;
            branch.points.push(next.cycle.clone());
            if next.cycle.period > SLOWEST * self.cycle.period {
                break "the period grows without bound".into();
            }
            here = next;
            step = (step * 1.4).min(LONGEST_STEP);
        };
        Ok(branch)
    }

    fn map(&self) -> ReturnMap<'_> {
        let mut map = self.cycle.map(&self.system);
        map.longest = 2.0 * SLOWEST * self.cycle.period;
        map
    }

    fn state(&self, point: &DVector<f64>) -> Vec<f64> {
        let pairs = point.iter().zip(&self.sizes);
        pairs
            .take(self.cycle.origin.len())
            .map(|(value, size)| value * size)
            .collect()
    }

    /// Where a state returns to; none where it does not.
    fn back(
        &mut self,
        state: &[f64],
        value: f64,
        with_derivative: bool,
    ) -> Result<Option<Back>, ModelError> {
        self.system.set(&self.parameter, value)?;
        match self.map().apply(state, with_derivative) {
            Ok(back) => Ok(Some(back)),
            Err(ModelError::NoCycle { .. } | ModelError::Diverged { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// None where the state does not return. `near` is what was found a small step away: the map's change with the parameter is
    /// taken from there.
    fn miss(
        &mut self,
        point: &DVector<f64>,
        near: Option<&Miss>,
    ) -> Result<Option<Miss>, ModelError> {
        let n = self.cycle.origin.len();
        let state = self.state(point);
        let value = point[n] * self.sizes[n];
        let slopes = match near {
            Some(near) => near.matrix.column(n).into_owned(),
            None => {
                let difference = DIFFERENCE * self.sizes[n];
                let lower = self.back(&state, value - difference, false)?;
                let upper = self.back(&state, value + difference, false)?;
                let (Some(lower), Some(upper)) = (lower, upper) else {
                    return Ok(None);
                };
                DVector::from_fn(n, |row, _| {
                    let slope = (upper.state[row] - lower.state[row]) / (2.0 * difference);
                    slope * self.sizes[n] / self.sizes[row]
                })
            }
        };
        let Some(back) = self.back(&state, value, true)? else {
            return Ok(None);
        };
        let sizes = &self.sizes;
        let matrix = DMatrix::from_fn(n, n + 1, |row, column| {
            if column == n {
                return slopes[row];
            }
            let own = if row == column { 1.0 } else { 0.0 };
            (back.derivative[(row, column)] - own) * sizes[column] / sizes[row]
        });
        let miss = DVector::from_fn(n, |row, _| (back.state[row] - state[row]) / sizes[row]);
        Ok(Some(Miss {
            miss,
            matrix,
            period: back.time,
            derivative: back.derivative,
        }))
    }

    fn step(
        &mut self,
        from: &ContinuationPoint,
        step: f64,
    ) -> Result<Option<ContinuationPoint>, ModelError> {
        let n = self.cycle.origin.len();
        let mut point = &from.point + step * &from.tangent;
        let target = from.tangent.dot(&point);
        let mut near: Option<Miss> = None;
        for _ in 0..8 {
            let Some(found) = self.miss(&point, near.as_ref())? else {
                return Ok(None);
            };
            let mut right = DVector::zeros(n + 1);
            right.rows_mut(0, n).copy_from(&-&found.miss);
            right[n] = target - from.tangent.dot(&point);
            let Some(change) = bordered(&found.matrix, &from.tangent).lu().solve(&right) else {
                return Ok(None);
            };
            let length = change.amax();
            if !length.is_finite() || length > 0.5 {
                return Ok(None);
            }
            point += change;
            if length < CLOSE {
                return self.place(point, &from.tangent, &found);
            }
            near = Some(found);
        }
        Ok(None)
    }

    /// A point of the branch, from what was found beside it.
    fn place(
        &mut self,
        point: DVector<f64>,
        along: &DVector<f64>,
        found: &Miss,
    ) -> Result<Option<ContinuationPoint>, ModelError> {
        let n = self.cycle.origin.len();
        let mut right = DVector::zeros(n + 1);
        right[n] = 1.0;
        let tangent = bordered(&found.matrix, along).lu().solve(&right);
        let Some(tangent) = tangent.map(|tangent| tangent.normalize()) else {
            return Ok(None);
        };
        if tangent.iter().any(|value| !value.is_finite()) {
            return Ok(None);
        }
        let state = self.state(&point);
        let flow = Flow::new(&self.system, &state, self.cycle.tolerance);
        let multipliers = multipliers(&found.derivative, &flow.rates(), &self.sizes[..n])?;
        Ok(Some(ContinuationPoint {
            cycle: CyclePoint {
                parameter: point[n] * self.sizes[n],
                period: found.period,
                multipliers,
                state,
            },
            point,
            tangent,
        }))
    }

    /// Where between two points, a step apart, the number of multipliers outside the unit circle changes: by halving.
    fn changes(
        &mut self,
        from: &ContinuationPoint,
        to: &ContinuationPoint,
        step: f64,
        found: &mut Vec<(CycleChange, CyclePoint)>,
    ) -> Result<(), ModelError> {
        let (mut low, mut high) = (0.0, step);
        let (before, after) = (from.cycle.unstable(), to.cycle.unstable());
        if before == after {
            return Ok(());
        }
        let mut last = to.clone();
        while high - low > FINENESS * step {
            let middle = 0.5 * (low + high);
            let Some(place) = self.step(from, middle)? else {
                break;
            };
            if place.cycle.unstable() == before {
                low = middle;
            } else {
                high = middle;
                last = place;
            }
        }
        let crossing = last
            .cycle
            .multipliers
            .iter()
            .min_by(|a, b| (a.norm() - 1.0).abs().total_cmp(&(b.norm() - 1.0).abs()));
        let kind = match crossing {
            Some(value) if value.im != 0.0 => CycleChange::Torus,
            Some(value) if value.re < 0.0 => CycleChange::PeriodDoubling,
            _ => CycleChange::Fold,
        };
        found.push((kind, last.cycle));
        Ok(())
    }
}

/// The cycle at a point of a branch, stable or not, with its orbit.
///
/// # Errors
/// It cannot be followed round once: too unstable.
pub fn cycle_at(
    system: &mut DynamicalSystem,
    parameter: &str,
    like: &LimitCycle,
    point: &CyclePoint,
) -> Result<LimitCycle, ModelError> {
    system.set(parameter, point.parameter)?;
    let mut map = like.map(system);
    map.longest = 20.0 * point.period;
    finished(&map, point.state.clone(), like.orbit.len(), &like.sizes())
}
