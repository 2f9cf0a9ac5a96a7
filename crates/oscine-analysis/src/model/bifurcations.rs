//! How the rest states of a model change with a parameter, and where they change their nature.
//!
//! Branches are followed by pseudo-arclength continuation (Keller 1977): a step along the tangent, then Newton's method on
//! f(x, p) = 0 together with the length of the step, which goes round folds as round any other corner. Where the number of
//! unstable directions changes, the place is found by halving: a complex pair that crosses the imaginary axis is a Hopf point, a real
//! eigenvalue that crosses 0 a saddle-node where the branch turns back, else a point where branches cross.

use nalgebra::{DMatrix, DVector};

use super::hopf::first_lyapunov_coefficient;
use super::matrix::bordered;
use super::rest::{RestState, Scales, all_rest_states};
use super::{Complex, DynamicalSystem, Mode, ModelError};

/// The longest step, in units in which the parameter's range and the size of each variable are 1.
const LONGEST_STEP: f64 = 0.02;
const SHORTEST_STEP: f64 = 1e-7;
/// Points of one branch.
const MOST_POINTS: usize = 20_000;
/// A turn of the tangent by more (its cosine) asks for a shorter step.
const SHARPEST_TURN: f64 = 0.98;
/// A place of change is found to this part of its step.
const FINENESS: f64 = 1e-12;
/// Rest states nearer to a branch than this belong to it.
const ON_BRANCH: f64 = 0.02;
/// A branch that went this far (sizes of the variables) has left the range of the model.
const FAR: f64 = 1000.0;

/// An equilibrium at a value of the parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct BranchPoint {
    /// The parameter, SI.
    pub parameter: f64,
    /// The rest state there, with its eigenvalues.
    pub rest: RestState,
}

/// A branch of equilibria, which go over into each other; the parameter may turn back along it.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// In the order of the branch.
    pub points: Vec<BranchPoint>,
}

/// The kind of a bifurcation of equilibria.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BifurcationKind {
    /// Two rest states meet and vanish.
    SaddleNode,
    /// A rest state begins to oscillate.
    Hopf {
        /// The frequency of the oscillation that begins there, Hz.
        frequency: f64,
        /// Below 0 the oscillation that is born is stable and small (supercritical); above 0 it is unstable, and the cell
        /// jumps to a large one (subcritical). In scaled variables: only the sign has a meaning for the model.
        first_lyapunov_coefficient: f64,
    },
    /// Branches cross and exchange their stability (transcritical, pitchfork).
    Crossing,
}

/// A bifurcation: where equilibria change their stability or number.
#[derive(Clone, Debug, PartialEq)]
pub struct Bifurcation {
    /// What happens.
    pub kind: BifurcationKind,
    /// The parameter, SI.
    pub parameter: f64,
    /// The rest state, SI.
    pub state: Vec<f64>,
    /// The eigenvalues, 1/s.
    pub eigenvalues: Vec<Complex>,
}

/// The bifurcation diagram of a model's equilibria over a range of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Bifurcations {
    /// All that were found.
    pub branches: Vec<Branch>,
    /// Where they change, by the parameter.
    pub points: Vec<Bifurcation>,
}

impl Bifurcations {
    /// The parameters of the Hopf points, SI, from the lowest.
    pub fn hopf(&self) -> Vec<f64> {
        self.of(|kind| matches!(kind, BifurcationKind::Hopf { .. }))
    }

    /// The parameters of the saddle-nodes, SI, from the lowest.
    pub fn saddle_nodes(&self) -> Vec<f64> {
        self.of(|kind| kind == BifurcationKind::SaddleNode)
    }

    fn of(&self, chosen: impl Fn(BifurcationKind) -> bool) -> Vec<f64> {
        let points = self.points.iter().filter(|point| chosen(point.kind));
        points.map(|point| point.parameter).collect()
    }
}

/// Follows all rest states over the range from `from` to `to` (SI) of a freed parameter.
///
/// # Errors
/// The parameter was not freed; the equations depend on time or have no derivative; no rest state is found.
pub fn bifurcations(
    system: &DynamicalSystem,
    parameter: &str,
    from: f64,
    to: f64,
) -> Result<Bifurcations, ModelError> {
    system.must_be_autonomous("a bifurcation diagram")?;
    if !(from.is_finite() && to.is_finite() && from != to) {
        let found = format!("{from} to {to}");
        return Err(ModelError::setting(
            &format!("the range of `{parameter}`"),
            "two finite values that differ",
            found,
        ));
    }
    let mut system = system.clone();
    let (low, high) = (from.min(to), from.max(to));
    let mut found = Bifurcations {
        branches: Vec::new(),
        points: Vec::new(),
    };
    let values = [0.0, 1.0, 0.5, 0.25, 0.75].map(|part| low + part * (high - low));
    let mut scales: Option<Scales> = None;
    for value in values {
        system.set(parameter, value)?;
        let here = Scales::of(&system)?;
        scales = Some(scales.map_or(here.clone(), |others| here.union(&others)));
    }
    let Some(scales) = scales else {
        return Ok(found);
    };
    for value in values {
        system.set(parameter, value)?;
        let rests = all_rest_states(&system, &scales)?;
        for rest in rests {
            let known = found
                .branches
                .iter()
                .any(|branch| branch.passes(value, &rest.state, &scales));
            if !known {
                let sizes = scales.sizes.clone();
                let mut following = RestContinuation::new(&system, parameter, [low, high], sizes)?;
                following.both_ways(value, &rest.state, &mut found)?;
            }
        }
    }
    if found.branches.is_empty() {
        let near = format!("`{parameter}` between {from} and {to}");
        return Err(ModelError::NoRest { near });
    }
    let by_parameter = |a: &Bifurcation, b: &Bifurcation| a.parameter.total_cmp(&b.parameter);
    found.points.sort_by(by_parameter);
    Ok(found)
}

impl Branch {
    /// True where the branch passes through a rest state.
    fn passes(&self, parameter: f64, state: &[f64], scales: &Scales) -> bool {
        self.points.windows(2).any(|pair| {
            let (a, b) = (&pair[0], &pair[1]);
            let (low, high) = (a.parameter.min(b.parameter), a.parameter.max(b.parameter));
            let slack = 1e-9 * (high.abs() + low.abs());
            if parameter < low - slack || parameter > high + slack {
                return false;
            }
            let part = if high > low {
                ((parameter - a.parameter) / (b.parameter - a.parameter)).clamp(0.0, 1.0)
            } else {
                0.0
            };
            let pairs = a.rest.state.iter().zip(&b.rest.state);
            let between: Vec<f64> = pairs.map(|(a, b)| a + part * (b - a)).collect();
            scales.distance(&between, state) < ON_BRANCH
        })
    }
}

/// A numerical continuation of a branch; points are vectors of scaled state variables and, last, the scaled parameter.
struct RestContinuation {
    system: DynamicalSystem,
    parameter: String,
    range: [f64; 2],
    sizes: Vec<f64>,
}

/// A point of a branch with its tangent.
#[derive(Clone)]
struct RestPoint {
    point: DVector<f64>,
    tangent: DVector<f64>,
    rest: RestState,
}

impl RestContinuation {
    fn new(
        system: &DynamicalSystem,
        parameter: &str,
        range: [f64; 2],
        mut sizes: Vec<f64>,
    ) -> Result<Self, ModelError> {
        sizes.push(range[1] - range[0]);
        system.value(parameter)?;
        Ok(Self {
            system: system.clone(),
            parameter: parameter.to_owned(),
            range,
            sizes,
        })
    }

    fn state(&self, point: &DVector<f64>) -> Vec<f64> {
        let pairs = point.iter().zip(&self.sizes);
        pairs
            .take(self.system.dimension())
            .map(|(value, size)| value * size)
            .collect()
    }

    fn value(&self, point: &DVector<f64>) -> f64 {
        let n = self.system.dimension();
        point[n] * self.sizes[n]
    }

    fn both_ways(
        &mut self,
        value: f64,
        state: &[f64],
        found: &mut Bifurcations,
    ) -> Result<(), ModelError> {
        let n = self.system.dimension();
        let start = DVector::from_fn(n + 1, |place, _| {
            if place < n {
                state[place] / self.sizes[place]
            } else {
                value / self.sizes[n]
            }
        });
        let mut up = DVector::zeros(n + 1);
        up[n] = 1.0;
        let Some(start) = self.place(start, &up)? else {
            return Ok(());
        };
        let mut backward = start.clone();
        backward.tangent = -&start.tangent;
        let mut points = Vec::new();
        let mut closed = false;
        if value > self.range[0] || start.tangent[n] < 0.0 {
            closed = self.follow(backward, &mut points, &mut found.points)?;
            points.reverse();
        }
        points.push(self.branch_point(&start));
        if !closed {
            let mut forward = Vec::new();
            self.follow(start, &mut forward, &mut found.points)?;
            points.extend(forward);
        }
        found.branches.push(Branch { points });
        Ok(())
    }

    fn branch_point(&self, place: &RestPoint) -> BranchPoint {
        BranchPoint {
            parameter: self.value(&place.point),
            rest: place.rest.clone(),
        }
    }

    /// Follows one direction; true where the branch closed on itself.
    fn follow(
        &mut self,
        start: RestPoint,
        points: &mut Vec<BranchPoint>,
        found: &mut Vec<Bifurcation>,
    ) -> Result<bool, ModelError> {
        let n = self.system.dimension();
        let bounds = self.range.map(|bound| bound / self.sizes[n]);
        let mut step = 0.25 * LONGEST_STEP;
        let mut here = start.clone();
        while points.len() < MOST_POINTS {
            let next = self
                .step(&here, step)?
                .filter(|next| next.tangent.dot(&here.tangent) > SHARPEST_TURN);
            let Some(next) = next else {
                step *= 0.5;
                if step < SHORTEST_STEP {
                    break;
                }
                continue;
            };
            let outside = next.point[n] < bounds[0] || next.point[n] > bounds[1];
            if outside {
                // The last point lies on the bound.
                let bound = bounds[usize::from(next.point[n] > bounds[1])];
                let whole = next.point[n] - here.point[n];
                let part = (bound - here.point[n]) / whole;
                if let Some(end) = self.at_bound(&here, step * part, bound)? {
                    self.changes(&here, &end, step * part, found)?;
                    points.push(self.branch_point(&end));
                }
                return Ok(false);
            }
            self.changes(&here, &next, step, found)?;
            points.push(self.branch_point(&next));
            let size = next.point.rows(0, n).amax();
            if size > FAR {
                break;
            }
            if points.len() > 10 && (&next.point - &start.point).norm() < 0.5 * step {
                return Ok(true);
            }
            here = next;
            step = (step * 1.3).min(LONGEST_STEP);
        }
        Ok(false)
    }

    /// The point a step further along the tangent.
    fn step(&mut self, from: &RestPoint, step: f64) -> Result<Option<RestPoint>, ModelError> {
        let guess = &from.point + step * &from.tangent;
        let target = from.tangent.dot(&guess);
        let Some(point) = self.correct(guess, &from.tangent, target)? else {
            return Ok(None);
        };
        self.place(point, &from.tangent)
    }

    /// The point of the branch at a bound of the parameter.
    fn at_bound(
        &mut self,
        from: &RestPoint,
        step: f64,
        bound: f64,
    ) -> Result<Option<RestPoint>, ModelError> {
        let n = self.system.dimension();
        let mut guess = &from.point + step * &from.tangent;
        guess[n] = bound;
        let mut direction = DVector::zeros(n + 1);
        direction[n] = 1.0;
        let Some(point) = self.correct(guess, &direction, bound)? else {
            return Ok(None);
        };
        self.place(point, &from.tangent)
    }

    /// f and its derivatives by the scaled variables, row by row divided by the variable's size.
    fn linearised(
        &mut self,
        point: &DVector<f64>,
    ) -> Result<(DVector<f64>, DMatrix<f64>), ModelError> {
        let n = self.system.dimension();
        let (state, value) = (self.state(point), self.value(point));
        self.system.set(&self.parameter, value)?;
        let mut rates = vec![0.0; n];
        self.system.rates(Mode::Active, 0.0, &state, &mut rates);
        let jacobian = self.system.jacobian(Mode::Active, 0.0, &state)?;
        let slopes = self.system.slopes(&self.parameter, 0.0, &state)?;
        let sizes = &self.sizes;
        let matrix = DMatrix::from_fn(n, n + 1, |row, column| {
            let slope = if column < n {
                jacobian[(row, column)]
            } else {
                slopes[row]
            };
            slope * sizes[column] / sizes[row]
        });
        let rates = DVector::from_fn(n, |row, _| rates[row] / sizes[row]);
        Ok((rates, matrix))
    }

    /// Newton's method on f = 0 and direction·point = target.
    fn correct(
        &mut self,
        mut point: DVector<f64>,
        direction: &DVector<f64>,
        target: f64,
    ) -> Result<Option<DVector<f64>>, ModelError> {
        let n = self.system.dimension();
        let mut last = f64::INFINITY;
        for _ in 0..12 {
            let (rates, matrix) = self.linearised(&point)?;
            let bordered = bordered(&matrix, direction);
            let mut right = DVector::zeros(n + 1);
            right.rows_mut(0, n).copy_from(&-rates);
            right[n] = target - direction.dot(&point);
            let Some(change) = bordered.lu().solve(&right) else {
                return Ok(None);
            };
            let length = change.amax();
            if !length.is_finite() || length > 1.0 {
                return Ok(None);
            }
            point += change;
            if length < 1e-13 || (length < 1e-9 && length >= 0.5 * last) {
                return Ok(Some(point));
            }
            last = length;
        }
        Ok(None)
    }

    /// A point of the branch with its tangent, on the side of `along`.
    fn place(
        &mut self,
        point: DVector<f64>,
        along: &DVector<f64>,
    ) -> Result<Option<RestPoint>, ModelError> {
        let n = self.system.dimension();
        let (_, matrix) = self.linearised(&point)?;
        let mut right = DVector::zeros(n + 1);
        right[n] = 1.0;
        let Some(tangent) = bordered(&matrix, along).lu().solve(&right) else {
            return Ok(None);
        };
        let tangent = tangent.normalize();
        if tangent.iter().any(|value| !value.is_finite()) {
            return Ok(None);
        }
        let rest = RestState::of(&self.system, self.state(&point))?;
        Ok(Some(RestPoint {
            point,
            tangent,
            rest,
        }))
    }

    /// Where between two points, a step apart, the number of unstable directions changes.
    fn changes(
        &mut self,
        from: &RestPoint,
        to: &RestPoint,
        step: f64,
        found: &mut Vec<Bifurcation>,
    ) -> Result<(), ModelError> {
        // Halving without recursion: a change that is undone within one half shows again only in its parts.
        let mut open = vec![(0.0, from.rest.unstable(), step, to.rest.unstable())];
        while let Some((low, at_low, high, at_high)) = open.pop() {
            if at_low == at_high {
                continue;
            }
            let middle = 0.5 * (low + high);
            let Some(place) = self.step(from, middle)? else {
                continue;
            };
            if high - low < FINENESS * step {
                found.extend(self.classified(from, to, &place, at_low.abs_diff(at_high))?);
                continue;
            }
            let between = place.rest.unstable();
            open.push((middle, between, high, at_high));
            open.push((low, at_low, middle, between));
        }
        Ok(())
    }

    fn classified(
        &mut self,
        from: &RestPoint,
        to: &RestPoint,
        place: &RestPoint,
        count: usize,
    ) -> Result<Option<Bifurcation>, ModelError> {
        let n = self.system.dimension();
        let nearest = place
            .rest
            .eigenvalues
            .iter()
            .min_by(|a, b| a.re.abs().total_cmp(&b.re.abs()));
        let Some(nearest) = nearest else {
            return Ok(None);
        };
        let kind = if count == 2 && nearest.im != 0.0 {
            self.system.set(&self.parameter, self.value(&place.point))?;
            let sizes = &self.sizes[..n];
            let omega = nearest.im.abs();
            let coefficient =
                first_lyapunov_coefficient(&self.system, &place.rest.state, sizes, omega)?;
            BifurcationKind::Hopf {
                frequency: omega / std::f64::consts::TAU,
                first_lyapunov_coefficient: coefficient,
            }
        } else if from.tangent[n] * to.tangent[n] < 0.0 {
            BifurcationKind::SaddleNode
        } else {
            BifurcationKind::Crossing
        };
        Ok(Some(Bifurcation {
            kind,
            parameter: self.value(&place.point),
            state: place.rest.state.clone(),
            eigenvalues: place.rest.eigenvalues.clone(),
        }))
    }
}
