//! One cell as a dynamical system: dx/dt = f(x, p) with its symbolic Jacobians, and where it has a threshold, the surface at
//! which it fires, the map of its reset and the time for which it is deaf.
//!
//! All values are in SI units; the places of the variables are those of the equations' text.

use std::cell::RefCell;

use nalgebra::DMatrix;
use oscine_equations::Dimension;
use oscine_network::Neurons;

use super::ModelError;
use super::compile::Compiler;
use super::formulas::Formulas;
use super::reading::{CellReading, Free};

/// A state variable, or a parameter that was freed.
#[derive(Clone, Debug, PartialEq)]
pub struct SystemVariable {
    /// Its name in the equations.
    pub name: String,
    /// What it measures; values are in SI units.
    pub dimension: Dimension,
}

/// Whether a cell moves freely or is deaf after a spike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It moves by its equations.
    Active,
    /// Its `unless refractory` variables stand still.
    Refractory,
}

/// The vector field, the right-hand side, in one mode.
#[derive(Clone, Debug)]
pub(super) struct Motion {
    pub(super) rates: RefCell<Formulas>,
    /// Row by row; or why there is none.
    pub(super) jacobian: Result<RefCell<Formulas>, ModelError>,
    /// State by state, for each its parameters.
    pub(super) slopes: Result<RefCell<Formulas>, ModelError>,
}

/// The threshold of a cell and its reset.
#[derive(Clone, Debug)]
pub(super) struct Firing {
    pub(super) surface: RefCell<Formulas>,
    pub(super) gradient: Result<RefCell<Formulas>, ModelError>,
    /// The new values of all states.
    pub(super) reset: Option<RefCell<Formulas>>,
    pub(super) reset_jacobian: Option<Result<RefCell<Formulas>, ModelError>>,
    pub(super) refractory: Option<RefCell<Formulas>>,
}

/// One cell as a dynamical system.
///
/// ```
/// use oscine_analysis::model::{Mode, DynamicalSystem};
/// use oscine_network::Neurons;
///
/// let neurons = Neurons::new(1)
///     .equations("dv/dt = (E_L - v + R*I)/tau_m : volt")
///     .parameter("E_L", "-70 mV")
///     .parameter("R", "100 Mohm")
///     .parameter("tau_m", "20 ms")
///     .parameter("I", "0 nA");
/// let mut system = DynamicalSystem::read(&neurons, &["I".into()])?;
/// system.set("I", 0.1e-9)?;
/// let mut rate = [0.0];
/// system.rates(Mode::Active, 0.0, &[-0.07], &mut rate);
/// assert!((rate[0] - 0.01 / 0.02).abs() < 1e-12);
/// assert_eq!(system.jacobian(Mode::Active, 0.0, &[-0.07])?[(0, 0)], -1.0 / 0.02);
/// # Ok::<(), oscine_analysis::model::ModelError>(())
/// ```
#[derive(Clone, Debug)]
pub struct DynamicalSystem {
    pub(super) states: Vec<SystemVariable>,
    pub(super) free: Vec<SystemVariable>,
    pub(super) values: Vec<f64>,
    pub(super) initial: Vec<(usize, RefCell<Formulas>)>,
    pub(super) active: Motion,
    pub(super) held: Option<Motion>,
    pub(super) firing: Option<Firing>,
    /// State by state, whether it stands still while the cell is refractory.
    pub(super) deaf: Vec<bool>,
    pub(super) depends_on_time: bool,
    pub(super) notes: Vec<String>,
}

impl DynamicalSystem {
    /// Reads a population's texts for one of its cells; the parameters and inputs in `free` can be set afterwards.
    ///
    /// # Errors
    /// A mistake in a text; a name that the model has not; what one cell alone has not (a stimulus, a time step).
    pub fn read(neurons: &Neurons, free: &[Free<'_>]) -> Result<Self, ModelError> {
        Compiler::of(CellReading::read(neurons, free)?).system()
    }

    /// The state variables, in the order of the equations.
    pub fn states(&self) -> &[SystemVariable] {
        &self.states
    }

    /// How many state variables there are.
    pub fn dimension(&self) -> usize {
        self.states.len()
    }

    /// The parameters that can be set.
    pub fn free(&self) -> &[SystemVariable] {
        &self.free
    }

    /// What was left out or put in the middle to make one cell of a population, each a sentence.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The place of a state variable.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn place(&self, name: &str) -> Result<usize, ModelError> {
        let place = self.states.iter().position(|state| state.name == name);
        place.ok_or_else(|| ModelError::NoVariable {
            name: name.to_owned(),
            known: listed(&self.states),
        })
    }

    fn free_place(&self, name: &str) -> Result<usize, ModelError> {
        let place = self.free.iter().position(|known| known.name == name);
        place.ok_or_else(|| ModelError::NotFree {
            name: name.to_owned(),
            known: listed(&self.free),
        })
    }

    /// The value of a freed parameter, SI.
    ///
    /// # Errors
    /// It was not freed.
    pub fn value(&self, name: &str) -> Result<f64, ModelError> {
        Ok(self.values[self.free_place(name)?])
    }

    /// Gives a freed parameter a value, SI.
    ///
    /// # Errors
    /// It was not freed, or the value is not finite.
    pub fn set(&mut self, name: &str, value: f64) -> Result<(), ModelError> {
        let place = self.free_place(name)?;
        if !value.is_finite() {
            let name = name.to_owned();
            return Err(ModelError::NotFinite { name, value });
        }
        if self.values[place] == value {
            return Ok(());
        }
        self.values[place] = value;
        let values = &self.values;
        let fix = |formulas: &mut RefCell<Formulas>| formulas.get_mut().fix(values);
        self.initial.iter_mut().for_each(|(_, value)| fix(value));
        for motion in [Some(&mut self.active), self.held.as_mut()] {
            let Some(motion) = motion else { continue };
            fix(&mut motion.rates);
            motion.jacobian.iter_mut().for_each(fix);
            motion.slopes.iter_mut().for_each(fix);
        }
        if let Some(firing) = &mut self.firing {
            fix(&mut firing.surface);
            firing.gradient.iter_mut().for_each(fix);
            firing.reset.iter_mut().for_each(fix);
            firing.reset_jacobian.iter_mut().flatten().for_each(fix);
            firing.refractory.iter_mut().for_each(fix);
        }
        Ok(())
    }

    /// Where the equations' file lets the variables start; 0 where it says nothing.
    pub fn initial(&self) -> Vec<f64> {
        let mut state = vec![0.0; self.dimension()];
        for (place, formulas) in &self.initial {
            let mut out = [0.0];
            evaluate(formulas, 0.0, &state, &mut out);
            state[*place] = out[0];
        }
        state
    }

    /// True where the right-hand side reads `t`.
    pub fn depends_on_time(&self) -> bool {
        self.depends_on_time
    }

    /// An error where the right-hand side reads `t`; `measure` names who asks.
    pub(crate) fn must_be_autonomous(&self, measure: &str) -> Result<(), ModelError> {
        if self.depends_on_time {
            let measure = measure.to_owned();
            return Err(ModelError::DependsOnTime { measure });
        }
        Ok(())
    }

    fn motion(&self, mode: Mode) -> &Motion {
        match mode {
            Mode::Active => &self.active,
            Mode::Refractory => self.held.as_ref().unwrap_or(&self.active),
        }
    }

    /// f(x, p), in SI units per second.
    pub fn rates(&self, mode: Mode, time: f64, state: &[f64], rates: &mut [f64]) {
        evaluate(&self.motion(mode).rates, time, state, rates);
    }

    /// The matrix of ∂f/∂x.
    ///
    /// # Errors
    /// A function without a derivative.
    pub fn jacobian(
        &self,
        mode: Mode,
        time: f64,
        state: &[f64],
    ) -> Result<DMatrix<f64>, ModelError> {
        let mut rows = vec![0.0; self.dimension() * self.dimension()];
        self.jacobian_rows(mode, time, state, &mut rows)?;
        Ok(DMatrix::from_row_slice(
            self.dimension(),
            self.dimension(),
            &rows,
        ))
    }

    /// ∂f/∂x row by row, without a new matrix.
    pub(crate) fn jacobian_rows(
        &self,
        mode: Mode,
        time: f64,
        state: &[f64],
        rows: &mut [f64],
    ) -> Result<(), ModelError> {
        let jacobian = self.motion(mode).jacobian.as_ref().map_err(Clone::clone)?;
        evaluate(jacobian, time, state, rows);
        Ok(())
    }

    /// ∂f/∂p for one freed parameter, `[state]`.
    ///
    /// # Errors
    /// It was not freed; a function without a derivative.
    pub fn slopes(
        &self,
        parameter: &str,
        time: f64,
        state: &[f64],
    ) -> Result<Vec<f64>, ModelError> {
        let place = self.free_place(parameter)?;
        let slopes = self.active.slopes.as_ref().map_err(Clone::clone)?;
        let mut all = vec![0.0; self.dimension() * self.free.len()];
        evaluate(slopes, time, state, &mut all);
        let of_parameter = all.iter().skip(place).step_by(self.free.len());
        Ok(of_parameter.copied().collect())
    }

    /// True where the model has a threshold.
    pub fn fires(&self) -> bool {
        self.firing.is_some()
    }

    /// True where a spike changes the state, or makes the cell deaf: a hybrid model, of pieces joined by jumps.
    pub fn jumps(&self) -> bool {
        let firing = self.firing.as_ref();
        firing.is_some_and(|firing| firing.reset.is_some()) || self.held.is_some()
    }

    /// True where a variable stands still, and takes no input, while the cell is refractory.
    pub(crate) fn is_deaf(&self, variable: usize) -> bool {
        self.deaf[variable]
    }

    /// How far the state is above the threshold: negative below it.
    pub(crate) fn surface(&self, time: f64, state: &[f64]) -> Option<f64> {
        let firing = self.firing.as_ref()?;
        let mut out = [0.0];
        evaluate(&firing.surface, time, state, &mut out);
        Some(out[0])
    }

    /// ∂(surface)/∂x.
    pub(crate) fn surface_gradient(
        &self,
        time: f64,
        state: &[f64],
    ) -> Result<Vec<f64>, ModelError> {
        let firing = self.firing.as_ref().ok_or(ModelError::NoThreshold)?;
        let mut out = vec![0.0; self.dimension()];
        let gradient = firing.gradient.as_ref().map_err(Clone::clone)?;
        evaluate(gradient, time, state, &mut out);
        Ok(out)
    }

    /// The state after a spike.
    pub(crate) fn reset(&self, time: f64, state: &[f64]) -> Vec<f64> {
        let mut after = state.to_vec();
        let reset = self
            .firing
            .as_ref()
            .and_then(|firing| firing.reset.as_ref());
        if let Some(reset) = reset {
            evaluate(reset, time, state, &mut after);
        }
        after
    }

    /// ∂(state after)/∂(state before) at a spike.
    pub(crate) fn reset_jacobian(
        &self,
        time: f64,
        state: &[f64],
    ) -> Result<DMatrix<f64>, ModelError> {
        let n = self.dimension();
        let firing = self.firing.as_ref();
        match firing.and_then(|firing| firing.reset_jacobian.as_ref()) {
            None => Ok(DMatrix::identity(n, n)),
            Some(jacobian) => {
                let mut rows = vec![0.0; n * n];
                evaluate(
                    jacobian.as_ref().map_err(Clone::clone)?,
                    time,
                    state,
                    &mut rows,
                );
                Ok(DMatrix::from_row_slice(n, n, &rows))
            }
        }
    }

    /// For how long a cell is deaf after a spike, s; 0 where it never is, or where a condition such as `v > 0*mV` only
    /// keeps one spike from being counted twice.
    pub(crate) fn refractory_period(&self) -> f64 {
        let firing = self.firing.as_ref();
        let Some(period) = firing.and_then(|firing| firing.refractory.as_ref()) else {
            return 0.0;
        };
        let mut out = [0.0];
        evaluate(period, 0.0, &vec![0.0; self.dimension()], &mut out);
        out[0]
    }

    /// How long what is slowest at a state lasts, s: 1/|λ| of the smallest eigenvalue, but not much longer than the slowest variable takes on
    /// its own, since near a saddle-node an eigenvalue may be as small as one likes.
    pub(crate) fn slowest_time(&self, state: &[f64]) -> Result<f64, ModelError> {
        const NEGLIGIBLE: f64 = 1e-6;
        const LONGER_THAN_ALONE: f64 = 10.0;
        let jacobian = self.jacobian(Mode::Active, 0.0, state)?;
        let slowest = |rates: Vec<f64>| {
            let largest = rates.iter().fold(0.0, |most: f64, rate| most.max(*rate));
            let counted = rates.iter().filter(|rate| **rate > NEGLIGIBLE * largest);
            1.0 / counted.fold(f64::INFINITY, |least: f64, rate| least.min(*rate))
        };
        let eigenvalues = super::eigenvalues(&jacobian)?;
        let together = slowest(eigenvalues.iter().map(|value| value.norm()).collect());
        let alone = slowest(jacobian.diagonal().iter().map(|rate| rate.abs()).collect());
        Ok(match (together > 0.0, alone > 0.0) {
            (true, true) => together.min(LONGER_THAN_ALONE * alone),
            (true, false) => together,
            (false, true) => alone,
            (false, false) => 1.0,
        })
    }
}

fn listed(variables: &[SystemVariable]) -> String {
    if variables.is_empty() {
        return "none".into();
    }
    let names: Vec<String> = variables
        .iter()
        .map(|variable| format!("`{}`", variable.name))
        .collect();
    names.join(", ")
}

fn evaluate(formulas: &RefCell<Formulas>, time: f64, state: &[f64], outputs: &mut [f64]) {
    let varying = std::iter::once(time).chain(state.iter().copied());
    formulas.borrow_mut().evaluate(varying, outputs);
}
