//! A cell on its way: the equations integrated from spike to spike, the resets at their exact times, and with them, where
//! asked, the tangents: how small differences of the state at the start have grown.
//!
//! A spike is where the threshold's surface g(x) crosses 0 upwards. Differences cross it at other times than the state; what
//! that does to them is the saltation matrix S = ∂r + (f₊ - ∂r f₋) ∇gᵀ/(∇g·f₋) for a reset r, with the rates before and after
//! (Leine & Nijmeijer, Dynamics and Bifurcations of Non-Smooth Mechanical Systems, 2004). A refractory time is one more
//! variable, what is left of it, that falls to 0 and there sets the cell free by the same rule.

use nalgebra::{DMatrix, DVector};

use super::stepper::{Rates, Stepper};
use super::{DynamicalSystem, Mode, ModelError};

/// Steps without an event after which a flow is given up.
const MOST_STEPS: usize = 50_000_000;

/// A Poincaré section, other than the threshold: a variable crosses a level upwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PoincareSection {
    pub variable: usize,
    pub level: f64,
}

/// Why a flow came to a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The time asked for is reached.
    Reached,
    /// The cell has fired, and its reset is done.
    Fired,
    /// The watched variable crossed its level.
    Crossed,
}

/// The trajectory of a cell, at a time.
#[derive(Clone, Debug)]
pub(crate) struct Flow<'a> {
    system: &'a DynamicalSystem,
    pub time: f64,
    /// The state variables, and where the model has a refractory time, what is left of it (s).
    pub state: Vec<f64>,
    /// Column by column, ∂state/∂start; empty where it is not asked for.
    tangents: Vec<f64>,
    columns: usize,
    stepper: Stepper,
    period: f64,
    section: Option<PoincareSection>,
    /// A surface counts as crossed only once the state was below it.
    armed: bool,
    section_armed: bool,
    deaf_until: f64,
    /// Everything that is integrated: the state, the tangents.
    whole: Vec<f64>,
    /// At an event: ∂(state at the event, after its reset)/∂start, whenever the event comes; the derivative of a return map.
    pub returning: DMatrix<f64>,
}

impl<'a> Flow<'a> {
    /// A cell at time 0. `state` may hold what is left of the refractory time as one number more.
    pub fn new(system: &'a DynamicalSystem, state: &[f64], tolerance: f64) -> Self {
        let period = if system.jumps() {
            system.refractory_period()
        } else {
            0.0
        };
        let mut state = state.to_vec();
        let size = system.dimension() + usize::from(period > 0.0);
        state.resize(size, 0.0);
        let mut flow = Self {
            system,
            time: 0.0,
            stepper: Stepper::new(size, tolerance),
            tangents: Vec::new(),
            columns: 0,
            period,
            section: None,
            armed: true,
            section_armed: true,
            deaf_until: f64::NEG_INFINITY,
            whole: state.clone(),
            returning: DMatrix::zeros(0, 0),
            state,
        };
        flow.armed = system.surface(0.0, &flow.state).is_some_and(|at| at < 0.0);
        flow
    }

    /// How many numbers the state has, the refractory one included.
    pub fn size(&self) -> usize {
        self.state.len()
    }

    /// Watches a section; a state that lies on it does not count as crossing it.
    pub fn watch(&mut self, section: Option<PoincareSection>) {
        self.section = section;
        self.section_armed =
            section.is_some_and(|section| self.state[section.variable] < section.level);
    }

    /// The state lies on the surface that was just crossed: it must fall below before it counts again.
    pub fn disarm(&mut self) {
        self.section_armed = false;
        if !self.system.jumps() {
            self.armed = false;
        }
    }

    /// Adds to a state variable, as a synapse does: a variable that stands still while the cell is deaf takes nothing then. A cell
    /// that is above its threshold afterwards fires at once; true where it does.
    pub fn kick(&mut self, variable: usize, size: f64) -> Result<bool, ModelError> {
        let deaf = self.mode() == Mode::Refractory && self.system.is_deaf(variable);
        if deaf || size == 0.0 {
            return Ok(false);
        }
        self.state[variable] += size;
        self.stepper.jumped();
        let n = self.system.dimension();
        let height = self.system.surface(self.time, &self.state[..n]);
        let above = height.is_some_and(|height| height >= 0.0);
        if above && self.system.jumps() && self.mode() == Mode::Active {
            return Ok(self.fire()? == Some(Stop::Fired));
        }
        self.armed = !above;
        self.section_armed = self
            .section
            .is_some_and(|section| self.state[section.variable] < section.level);
        Ok(false)
    }

    /// Carries tangents along, from the columns of a matrix.
    pub fn carry(&mut self, tangents: &DMatrix<f64>, tolerance: f64) -> Result<(), ModelError> {
        let n = self.system.dimension();
        for mode in [Mode::Active, Mode::Refractory] {
            self.system.jacobian(mode, self.time, &self.state[..n])?;
        }
        self.columns = tangents.ncols();
        self.tangents = tangents.as_slice().to_vec();
        self.whole.resize(self.size() * (1 + self.columns), 0.0);
        let step = self.stepper.step;
        self.stepper = Stepper::new(self.whole.len(), tolerance);
        self.stepper.step = step;
        Ok(())
    }

    /// The tangents, `[state, column]`.
    pub fn tangents(&self) -> DMatrix<f64> {
        DMatrix::from_column_slice(self.size(), self.columns, &self.tangents)
    }

    pub fn mode(&self) -> Mode {
        if self.period > 0.0 && self.state[self.system.dimension()] > 0.0 {
            Mode::Refractory
        } else {
            Mode::Active
        }
    }

    /// Rates of the state at the flow's moment.
    pub fn rates(&self) -> Vec<f64> {
        let mut rates = vec![0.0; self.size()];
        state_rates(self.system, self.mode(), self.time, &self.state, &mut rates);
        rates
    }

    /// Moves on to `until` or to the next event, whichever comes first.
    pub fn advance(&mut self, until: f64) -> Result<Stop, ModelError> {
        for _ in 0..MOST_STEPS {
            if self.time >= until {
                return Ok(Stop::Reached);
            }
            if let Some(stop) = self.piece(until)? {
                return Ok(stop);
            }
        }
        Err(ModelError::StepTooSmall {
            time: self.time,
            help: "it would take too many steps; the model is too stiff for this measure".into(),
        })
    }

    /// One step, with the event in it where there is one.
    fn piece(&mut self, until: f64) -> Result<Option<Stop>, ModelError> {
        let mode = self.mode();
        let (n, size) = (self.system.dimension(), self.size());
        let mut most = until - self.time;
        let release = mode == Mode::Refractory && self.state[n] <= most;
        if release {
            most = self.state[n];
        }
        self.whole[..size].copy_from_slice(&self.state);
        self.whole[size..].copy_from_slice(&self.tangents);
        let mut rates = whole_rates(self.system, mode, size, self.columns);
        let mut taken = self
            .stepper
            .advance(&mut rates, self.time, &self.whole, most)?;
        let found = self.crossing(&mut rates, mode, taken);
        if let Some((_, length)) = found {
            taken = length;
        }
        self.stepper.accept(&mut self.whole);
        self.state.copy_from_slice(&self.whole[..size]);
        self.tangents.copy_from_slice(&self.whole[size..]);
        // Sums of steps must not miss the end by a rounding.
        self.time = if taken == most && !release {
            until
        } else {
            self.time + taken
        };
        self.bounded()?;
        match found {
            None => {
                if release && taken == most {
                    self.release()?;
                }
                Ok(None)
            }
            Some((Stop::Fired, _)) => self.fire(),
            Some((stop, _)) => {
                self.section_armed = false;
                let mut gradient = vec![0.0; size];
                gradient[self.section.map_or(0, |section| section.variable)] = 1.0;
                let rates = self.rates();
                self.returning = self.onto_surface(&rates, &gradient);
                Ok(Some(stop))
            }
        }
    }

    fn bounded(&self) -> Result<(), ModelError> {
        match self.state.iter().position(|value| !value.is_finite()) {
            None => Ok(()),
            Some(place) => Err(ModelError::Diverged {
                variable: self.system.states()[place.min(self.system.dimension() - 1)]
                    .name
                    .clone(),
                time: self.time,
            }),
        }
    }

    /// Looks for the first surface that the last step crossed, and shortens the step to it.
    fn crossing(&mut self, rates: &mut Rates<'_>, mode: Mode, taken: f64) -> Option<(Stop, f64)> {
        let n = self.system.dimension();
        let (system, section, start) = (self.system, self.section, self.time);
        let threshold =
            |time: f64, state: &[f64]| system.surface(time, &state[..n]).unwrap_or(f64::NAN);
        let level = |_: f64, state: &[f64]| {
            section.map_or(f64::NAN, |section| state[section.variable] - section.level)
        };
        let mut found: Option<(Stop, [f64; 2])> = None;
        if mode == Mode::Active && system.fires() {
            let between = self.bracket(&threshold, self.armed, taken);
            self.armed = between.1;
            let counts = |part: f64| system.jumps() || start + part * taken >= self.deaf_until;
            if let Some(bracket) = between.0
                && counts(bracket[1])
            {
                found = Some((Stop::Fired, bracket));
            }
        }
        if section.is_some() {
            let between = self.bracket(&level, self.section_armed, taken);
            self.section_armed = between.1;
            if let Some(bracket) = between.0
                && found.is_none_or(|(_, other)| bracket[1] < other[1])
            {
                found = Some((Stop::Crossed, bracket));
            }
        }
        let (stop, bracket) = found?;
        let surface: &dyn Fn(f64, &[f64]) -> f64 = match stop {
            Stop::Fired => &threshold,
            _ => &level,
        };
        let length = self.polish(surface, rates, bracket, taken);
        Some((stop, length))
    }

    /// The parts of the last step between which a surface is crossed upwards, and whether it can be crossed by the next.
    fn bracket(
        &self,
        surface: &dyn Fn(f64, &[f64]) -> f64,
        armed: bool,
        taken: f64,
    ) -> (Option<[f64; 2]>, bool) {
        const PARTS: usize = 4;
        let mut state = vec![0.0; self.size()];
        let mut last = armed.then_some(0.0);
        for part in 1..=PARTS {
            let part = part as f64 / PARTS as f64;
            self.stepper.within(part, &mut state);
            let height = surface(self.time + part * taken, &state);
            match last {
                Some(below) if height >= 0.0 => return (Some([below, part]), false),
                _ if height < 0.0 => last = Some(part),
                _ => {}
            }
        }
        (None, last.is_some())
    }

    /// Finds the crossing by bisection of the interpolant, then by true steps.
    fn polish(
        &mut self,
        surface: &dyn Fn(f64, &[f64]) -> f64,
        rates: &mut Rates<'_>,
        [mut low, mut high]: [f64; 2],
        taken: f64,
    ) -> f64 {
        let mut state = vec![0.0; self.size()];
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            self.stepper.within(middle, &mut state);
            if surface(self.time + middle * taken, &state) < 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        let mut height = |stepper: &mut Stepper, length: f64| {
            let end = stepper.shorten(rates, self.time, length);
            surface(self.time + length, end)
        };
        let mut length = (high * taken).max(f64::MIN_POSITIVE);
        let mut other = length * (1.0 - 1e-6);
        let mut other_height = height(&mut self.stepper, other);
        for _ in 0..4 {
            let now = height(&mut self.stepper, length);
            let next = length - now * (length - other) / (now - other_height);
            if !next.is_finite()
                || next <= 0.0
                || next > taken
                || (next - length).abs() > 0.1 * taken
            {
                break;
            }
            (other, other_height) = (length, now);
            let change = (next - length).abs();
            length = next;
            if change <= 1e-15 * taken {
                break;
            }
        }
        height(&mut self.stepper, length);
        length
    }

    /// The tangents that arrive at a surface, moved along the flow onto it: ∂(where it is crossed)/∂start.
    fn onto_surface(&self, rates: &[f64], gradient: &[f64]) -> DMatrix<f64> {
        let rates = DVector::from_column_slice(rates);
        let gradient = DVector::from_column_slice(gradient);
        let tangents = self.tangents();
        let along = (gradient.transpose() * &tangents) / gradient.dot(&rates);
        tangents - rates * along
    }

    /// A spike: reset, refractory time, and what both do to the tangents.
    fn fire(&mut self) -> Result<Option<Stop>, ModelError> {
        let (n, size) = (self.system.dimension(), self.size());
        let before = self.rates();
        let carries = self.columns > 0;
        let mut gradient = vec![0.0; size];
        if carries {
            let slopes = self.system.surface_gradient(self.time, &self.state[..n])?;
            gradient[..n].copy_from_slice(&slopes);
            self.returning = self.onto_surface(&before, &gradient);
        }
        if !self.system.jumps() {
            self.armed = false;
            self.deaf_until = self.time + self.system.refractory_period();
            return Ok(Some(Stop::Fired));
        }
        let mut jump = DMatrix::zeros(size, size);
        if carries {
            let inner = self.system.reset_jacobian(self.time, &self.state[..n])?;
            jump.view_mut((0, 0), (n, n)).copy_from(&inner);
        }
        let after = self.system.reset(self.time, &self.state[..n]);
        let tangents = self.tangents();
        self.state[..n].copy_from_slice(&after);
        if self.period > 0.0 {
            self.state[n] = self.period;
        }
        self.bounded()?;
        self.stepper.jumped();
        if carries {
            self.returning = &jump * &self.returning;
            let (before, after) = (DVector::from_vec(before), DVector::from_vec(self.rates()));
            let gradient = DVector::from_vec(gradient);
            let along = (gradient.transpose() * &tangents) / gradient.dot(&before);
            let jumped = &jump * &tangents + (after - &jump * before) * along;
            self.tangents.copy_from_slice(jumped.as_slice());
        }
        if self.period == 0.0 {
            self.below_threshold()?;
        }
        Ok(Some(Stop::Fired))
    }

    /// The refractory time is over.
    fn release(&mut self) -> Result<(), ModelError> {
        let n = self.system.dimension();
        self.state[n] = f64::MIN_POSITIVE;
        let before = DVector::from_vec(self.rates());
        self.state[n] = 0.0;
        self.stepper.jumped();
        if self.columns > 0 {
            let after = DVector::from_vec(self.rates());
            let tangents = self.tangents();
            let left = tangents.row(n).into_owned();
            let freed = tangents - (after - before) * left;
            self.tangents.copy_from_slice(freed.as_slice());
        }
        self.below_threshold()
    }

    fn below_threshold(&mut self) -> Result<(), ModelError> {
        let n = self.system.dimension();
        let height = self.system.surface(self.time, &self.state[..n]);
        if height.is_some_and(|height| height > 0.0) {
            return Err(ModelError::EndlessFiring { time: self.time });
        }
        self.armed = true;
        Ok(())
    }
}

fn state_rates(system: &DynamicalSystem, mode: Mode, time: f64, state: &[f64], rates: &mut [f64]) {
    let n = system.dimension();
    system.rates(mode, time, &state[..n], &mut rates[..n]);
    if state.len() > n {
        rates[n] = if mode == Mode::Refractory { -1.0 } else { 0.0 };
    }
}

/// Rates of a state of `size` numbers and of so many tangents behind it.
fn whole_rates(
    system: &DynamicalSystem,
    mode: Mode,
    size: usize,
    columns: usize,
) -> impl FnMut(f64, &[f64], &mut [f64]) {
    let n = system.dimension();
    let mut rows = vec![0.0; if columns > 0 { n * n } else { 0 }];
    move |time, whole, out| {
        state_rates(system, mode, time, &whole[..size], &mut out[..size]);
        // `carry` has seen to it that there is a Jacobian.
        if columns == 0
            || system
                .jacobian_rows(mode, time, &whole[..n], &mut rows)
                .is_err()
        {
            return;
        }
        for column in 1..=columns {
            let tangent = &whole[column * size..column * size + n];
            for row in 0..n {
                let slopes = &rows[row * n..(row + 1) * n];
                out[column * size + row] = slopes.iter().zip(tangent).map(|(a, b)| a * b).sum();
            }
            if size > n {
                out[column * size + n] = 0.0;
            }
        }
    }
}
