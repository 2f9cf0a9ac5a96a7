//! The loop of the adaptive method over a block of lanes: a lane that has arrived leaves, the others go on.

use std::ops::Range;

use super::elimination::{factor, solve};
use super::method::{A, ALPHA, C, E, ERROR_ORDER, GAMMA, GAMMAS, M};
use super::{Rosenbrock, Tolerance};
use crate::graph::{Function, Symbol};
use crate::lanes::Real;
use crate::program::{Environment, Program, Workspace};

/// Lanes that are advanced together.
const BLOCK: usize = 64;

/// The most and the least by which a step grows at once, and the part of the best step that is taken (Hairer & Wanner 1996, IV.8).
const GROWTH: f64 = 6.0;
const SHRINKAGE: f64 = 0.2;
const SAFETY: f64 = 0.9;

/// Steps below this part of the whole no longer advance the time.
const SMALLEST_STEP: f64 = 1e-13;

/// A lane that cannot be advanced: its steps became too small to go on, or a number was no longer finite.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "`rosenbrock` cannot go on at element {lane} at {time} s: its steps became too small (a discontinuity, or a value that grows without bound)"
)]
pub struct StepFailed {
    /// The element.
    pub lane: usize,
    /// When (s).
    pub time: f64,
}

/// The memory that a [`Rosenbrock`] advances in.
#[derive(Clone, Debug)]
pub struct RosenbrockWorkspace {
    programs: [Workspace<f64>; 2],
    /// The lanes' own columns.
    columns: Vec<Vec<f64>>,
    travellers: Vec<Traveller>,
    /// Steps taken and steps refused, since the workspace was made.
    pub steps: [u64; 2],
}

/// One lane on its way.
#[derive(Clone, Debug, Default)]
struct Traveller {
    lane: usize,
    time: f64,
    end: f64,
    step: f64,
    /// Whether the step reaches the end.
    last: bool,
    /// The step that the error would allow, kept where the end cuts a step short.
    proposed: f64,
    refused: bool,
    state: Vec<f64>,
    /// `u_i`, one stage after the other.
    stages: Vec<f64>,
    matrix: Vec<f64>,
    exchanges: Vec<usize>,
    solvable: bool,
}

/// The functions of an environment, for programs in double precision.
struct Calls<'a, R>(&'a dyn Environment<R>);

impl<R> Environment<f64> for Calls<'_, R> {
    fn draw(&mut self, _: usize, _: Symbol, _: usize, _: &mut [f64]) {
        unreachable!("equations with draws are refused")
    }
    fn apply(&self, function: Function, time: f64, index: f64) -> f64 {
        self.0.apply(function, time, index)
    }
}

impl RosenbrockWorkspace {
    pub(super) fn new(method: &Rosenbrock) -> Self {
        let size = method.size();
        let traveller = Traveller {
            state: vec![0.0; size],
            stages: vec![0.0; 4 * size],
            matrix: vec![0.0; size * size],
            exchanges: vec![0; size],
            ..Traveller::default()
        };
        Self {
            programs: method.program_workspaces(),
            columns: vec![vec![0.0; BLOCK]; method.first_result() + size * (size + 2)],
            travellers: vec![traveller; BLOCK],
            steps: [0, 0],
        }
    }
}

impl Rosenbrock {
    /// Advances lanes from `t` to `t + dt`, in as many steps as each needs. `uniforms` are those of `t`, the start.
    ///
    /// # Errors
    /// A lane whose steps became too small; the lanes of other blocks may have been advanced already.
    ///
    /// # Panics
    /// Where a column is missing or too short.
    #[allow(clippy::too_many_arguments)]
    pub fn advance<R: Real>(
        &self,
        workspace: &mut RosenbrockWorkspace,
        columns: &mut [Vec<R>],
        uniforms: &[f64],
        environment: &impl Environment<R>,
        lanes: Range<usize>,
        t: f64,
        dt: f64,
    ) -> Result<(), StepFailed> {
        let mut calls = Calls(environment);
        for first in lanes.clone().step_by(BLOCK) {
            let block = first..(first + BLOCK).min(lanes.end);
            self.depart(workspace, columns, block.clone(), t, dt);
            let mut travelling = block.len();
            while travelling > 0 {
                self.attempt(workspace, uniforms, &mut calls, travelling);
                for place in (0..travelling).rev() {
                    let traveller = &mut workspace.travellers[place];
                    let taken = traveller.arrive(&self.tolerance);
                    workspace.steps[usize::from(!taken)] += 1;
                    if taken && traveller.last {
                        self.leave(&workspace.travellers[place], columns);
                        travelling -= 1;
                        workspace.travellers.swap(place, travelling);
                        for column in &mut workspace.columns {
                            column.swap(place, travelling);
                        }
                    } else if traveller.proposed < SMALLEST_STEP * dt {
                        let (lane, time) = (traveller.lane, traveller.time);
                        return Err(StepFailed { lane, time });
                    } else {
                        traveller.set_out();
                    }
                }
            }
        }
        Ok(())
    }

    /// Copies what the lanes of a block start from.
    fn depart<R: Real>(
        &self,
        workspace: &mut RosenbrockWorkspace,
        columns: &[Vec<R>],
        block: Range<usize>,
        t: f64,
        dt: f64,
    ) {
        for (place, lane) in block.enumerate() {
            let traveller = &mut workspace.travellers[place];
            let value = |column: u16| columns[usize::from(column)][lane].to_f64();
            for (state, &column) in traveller.state.iter_mut().zip(&self.states) {
                *state = value(column);
            }
            for (number, &column) in self.others.iter().enumerate() {
                workspace.columns[self.size() + 2 + number][place] = value(column);
            }
            let last = self.step.map_or(0.0, value);
            traveller.lane = lane;
            traveller.time = t;
            traveller.refused = false;
            traveller.proposed = if last > 0.0 { last } else { dt };
            traveller.end = t + dt;
            traveller.set_out();
        }
    }

    /// Writes back what a lane arrived at.
    fn leave<R: Real>(&self, traveller: &Traveller, columns: &mut [Vec<R>]) {
        for (state, &column) in traveller.state.iter().zip(&self.states) {
            columns[usize::from(column)][traveller.lane] = R::from_f64(*state);
        }
        if let Some(column) = self.step {
            columns[usize::from(column)][traveller.lane] = R::from_f64(traveller.proposed);
        }
    }

    /// The four stages of one step of each lane.
    fn attempt<R>(
        &self,
        workspace: &mut RosenbrockWorkspace,
        uniforms: &[f64],
        calls: &mut Calls<'_, R>,
        travelling: usize,
    ) {
        let (size, first) = (self.size(), self.first_result());
        let RosenbrockWorkspace {
            programs: [at_start, at_stage],
            columns,
            travellers,
            ..
        } = workspace;
        let travellers = &mut travellers[..travelling];
        let run = |program: &Program,
                   memory: &mut Workspace<f64>,
                   columns: &mut [Vec<f64>],
                   calls: &mut Calls<'_, R>| {
            program.run(memory, columns, uniforms, calls, 0..travelling);
        };
        place_at(columns, travellers, 0);
        run(&self.start, at_start, columns, calls);
        for (place, traveller) in travellers.iter_mut().enumerate() {
            for (entry, value) in traveller.matrix.iter_mut().enumerate() {
                let diagonal = entry % (size + 1) == 0;
                let inertia = if diagonal {
                    1.0 / (GAMMA * traveller.step)
                } else {
                    0.0
                };
                *value = inertia - columns[first + size + entry][place];
            }
            traveller.solvable = factor(&mut traveller.matrix, &mut traveller.exchanges);
        }
        for stage in 0..4 {
            if stage >= 2 {
                place_at(columns, travellers, stage);
                run(&self.stage, at_stage, columns, calls);
            }
            for (place, traveller) in travellers.iter_mut().enumerate() {
                let by_time = GAMMAS[stage] * traveller.step;
                let (known, rest) = traveller.stages.split_at_mut(stage * size);
                let right = &mut rest[..size];
                for (state, right) in right.iter_mut().enumerate() {
                    *right = columns[first + state][place];
                    if by_time != 0.0 {
                        *right += by_time * columns[first + size + size * size + state][place];
                    }
                    for (weight, known) in C[stage].iter().zip(known.chunks_exact(size)) {
                        *right += weight / traveller.step * known[state];
                    }
                }
                if traveller.solvable {
                    solve(&traveller.matrix, &traveller.exchanges, right);
                }
            }
        }
    }
}

/// Sets the states and the time of a stage.
fn place_at(columns: &mut [Vec<f64>], travellers: &[Traveller], stage: usize) {
    for (place, traveller) in travellers.iter().enumerate() {
        let size = traveller.state.len();
        for (state, column) in columns[..size].iter_mut().enumerate() {
            column[place] = traveller.moved(&A[stage], state);
        }
        columns[size][place] = traveller.time + ALPHA[stage] * traveller.step;
        columns[size + 1][place] = traveller.step;
    }
}

impl Traveller {
    /// `y + Σ w_i u_i` of one state.
    fn moved(&self, weights: &[f64; 4], state: usize) -> f64 {
        self.state[state] + self.sum(weights, state)
    }

    fn sum(&self, weights: &[f64; 4], state: usize) -> f64 {
        let stages = self.stages.chunks_exact(self.state.len());
        let used = weights
            .iter()
            .zip(stages)
            .filter(|(weight, _)| **weight != 0.0);
        used.map(|(weight, stage)| weight * stage[state]).sum()
    }

    /// Takes the step where its error is small enough, and proposes the next one.
    fn arrive(&mut self, tolerance: &Tolerance) -> bool {
        let size = self.state.len();
        let mut squares = 0.0;
        for state in 0..size {
            let (old, new) = (self.state[state], self.moved(&M, state));
            let allowed = tolerance.absolute[state] + tolerance.relative * old.abs().max(new.abs());
            let error = self.sum(&E, state) / allowed;
            squares += if new.is_finite() {
                error * error
            } else {
                f64::NAN
            };
        }
        let error = (squares / size as f64).sqrt();
        let best = SAFETY * error.powf(-1.0 / ERROR_ORDER);
        if !self.solvable || error.is_nan() || error > 1.0 {
            let factor = if best.is_nan() || !self.solvable {
                SHRINKAGE
            } else {
                best
            };
            self.proposed = self.step * factor.clamp(SHRINKAGE, SAFETY);
            self.refused = true;
            return false;
        }
        for state in 0..size {
            self.state[state] = self.moved(&M, state);
        }
        self.time = if self.last {
            self.end
        } else {
            self.time + self.step
        };
        let growth = if self.refused { 1.0 } else { GROWTH };
        let next = self.step * best.clamp(SHRINKAGE, growth);
        // A step that the end cut short says little against the one proposed before it.
        self.proposed = if self.step < self.proposed {
            next.max(self.proposed)
        } else {
            next
        };
        self.refused = false;
        true
    }

    /// Chooses the next step: the one proposed, or what is left where that is little more.
    fn set_out(&mut self) {
        let left = self.end - self.time;
        self.last = self.proposed * 1.01 >= left;
        self.step = if self.last { left } else { self.proposed };
    }
}
