//! The Runge-Kutta pair of Dormand & Prince, orders 5 and 4, with its interpolant of order 4.
//!
//! The error of each variable is measured against its size, at least a part of the largest that it has had, so that no scale has to be
//! given and a current in nA is as well kept as a voltage in mV. Source: Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I,
//! sections II.4 to II.6.

use super::ModelError;

const NODES: [f64; 6] = [0.0, 0.2, 0.3, 0.8, 8.0 / 9.0, 1.0];
/// Row i gives stage i + 1; the last row is the solution of order 5.
const STAGES: [[f64; 6]; 6] = [
    [0.2, 0.0, 0.0, 0.0, 0.0, 0.0],
    [3.0 / 40.0, 9.0 / 40.0, 0.0, 0.0, 0.0, 0.0],
    [44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0, 0.0, 0.0, 0.0],
    [
        19372.0 / 6561.0,
        -25360.0 / 2187.0,
        64448.0 / 6561.0,
        -212.0 / 729.0,
        0.0,
        0.0,
    ],
    [
        9017.0 / 3168.0,
        -355.0 / 33.0,
        46732.0 / 5247.0,
        49.0 / 176.0,
        -5103.0 / 18656.0,
        0.0,
    ],
    [
        35.0 / 384.0,
        0.0,
        500.0 / 1113.0,
        125.0 / 192.0,
        -2187.0 / 6784.0,
        11.0 / 84.0,
    ],
];
/// The solution of order 5 minus that of order 4.
const ERROR: [f64; 7] = [
    71.0 / 57600.0,
    0.0,
    -71.0 / 16695.0,
    71.0 / 1920.0,
    -17253.0 / 339200.0,
    22.0 / 525.0,
    -1.0 / 40.0,
];
const DENSE: [f64; 7] = [
    -12715105075.0 / 11282082432.0,
    0.0,
    87487479700.0 / 32700410799.0,
    -10690763975.0 / 1880347072.0,
    701980252875.0 / 199316789632.0,
    -1453857185.0 / 822651844.0,
    69997945.0 / 29380423.0,
];

/// What a variable counts as where it passes through 0, as a part of its largest size so far.
const PEAK_PART: f64 = 0.01;

/// The shortest step, as a part of the longest that is allowed. A spike that grows exponentially to its peak asks for steps far below
/// what changes the time that is shown.
const LEAST_STEP: f64 = 1e-30;

/// The rates of a state at a time, written into the last.
pub(crate) type Rates<'a> = dyn FnMut(f64, &[f64], &mut [f64]) + 'a;

/// An integrator with its memory.
#[derive(Clone, Debug)]
pub(crate) struct Stepper {
    tolerance: f64,
    /// The step to try next, s; 0 before the first.
    pub step: f64,
    /// The largest size that each variable had.
    peaks: Vec<f64>,
    slopes: [Vec<f64>; 7],
    stage: Vec<f64>,
    start: Vec<f64>,
    end: Vec<f64>,
    taken: f64,
    /// True where `slopes[0]` belongs to the state that the next step begins at.
    fresh: bool,
}

impl Stepper {
    /// For so many variables, with a relative tolerance for each step.
    pub fn new(variables: usize, tolerance: f64) -> Self {
        let empty = vec![0.0; variables];
        Self {
            tolerance,
            step: 0.0,
            peaks: empty.clone(),
            slopes: std::array::from_fn(|_| empty.clone()),
            stage: empty.clone(),
            start: empty.clone(),
            end: empty,
            taken: 0.0,
            fresh: false,
        }
    }

    /// The state has jumped: the slope at its start is no longer known.
    pub fn jumped(&mut self) {
        self.fresh = false;
    }

    /// One accepted step from `state`, not longer than `most`; returns its length.
    pub fn advance(
        &mut self,
        rates: &mut Rates<'_>,
        time: f64,
        state: &[f64],
        most: f64,
    ) -> Result<f64, ModelError> {
        self.start.copy_from_slice(state);
        for (peak, value) in self.peaks.iter_mut().zip(state) {
            *peak = peak.max(value.abs());
        }
        if !self.fresh {
            rates(time, state, &mut self.slopes[0]);
        }
        let mut step = if self.step > 0.0 {
            self.step.min(most)
        } else {
            self.first_step(most)
        };
        let mut rejected = false;
        loop {
            self.stages(rates, time, step);
            let error = self.error(step);
            let factor = if error.is_finite() {
                0.9 * error.max(1e-12).powf(-0.2)
            } else {
                0.1
            };
            if error <= 1.0 {
                // Not from the last, cut step: `most` says nothing about the next one.
                if step < most || factor < 1.0 || self.step == 0.0 {
                    let growth = if rejected { 1.0 } else { 5.0 };
                    self.step = step * factor.clamp(0.2, growth);
                } else {
                    self.step = self.step.max(step * factor.clamp(0.2, 5.0));
                }
                self.taken = step;
                for (peak, value) in self.peaks.iter_mut().zip(&self.end) {
                    *peak = peak.max(value.abs());
                }
                return Ok(step);
            }
            rejected = true;
            step *= factor.clamp(0.1, 0.9);
            if step < LEAST_STEP * most || step.is_nan() {
                return Err(ModelError::StepTooSmall {
                    time,
                    help: "the equations jump or grow without bound there".into(),
                });
            }
        }
    }

    /// The end of the last step becomes the start of the next.
    pub fn accept(&mut self, state: &mut [f64]) {
        state.copy_from_slice(&self.end);
        self.slopes.swap(0, 6);
        self.fresh = true;
    }

    fn first_step(&self, most: f64) -> f64 {
        let pairs = self.peaks.iter().zip(&self.slopes[0]);
        let speed = pairs.fold(0.0, |fastest: f64, (peak, slope)| {
            let speed = if *peak > 0.0 { slope.abs() / peak } else { 0.0 };
            fastest.max(speed)
        });
        if speed > 0.0 {
            most.min(0.01 / speed).max(1e-9 * most)
        } else {
            1e-3 * most
        }
    }

    /// All stages of a step of some length; the solution of order 5 is in `end`, its slope in the last stage.
    fn stages(&mut self, rates: &mut Rates<'_>, time: f64, step: f64) {
        for (row, weights) in STAGES.iter().enumerate() {
            self.stage.copy_from_slice(&self.start);
            for (weight, slopes) in weights.iter().zip(&self.slopes).take(row + 1) {
                if *weight != 0.0 {
                    let factor = step * weight;
                    for (stage, slope) in self.stage.iter_mut().zip(slopes) {
                        *stage += factor * slope;
                    }
                }
            }
            let node = NODES.get(row + 1).copied().unwrap_or(1.0);
            rates(time + node * step, &self.stage, &mut self.slopes[row + 1]);
        }
        self.end.copy_from_slice(&self.stage);
    }

    /// The size of the error over the tolerance: a step is good where it is at most 1.
    fn error(&self, step: f64) -> f64 {
        let mut sum = 0.0;
        for place in 0..self.end.len() {
            let mut error = 0.0;
            for (weight, slopes) in ERROR.iter().zip(&self.slopes) {
                error += weight * slopes[place];
            }
            let size = (PEAK_PART * self.peaks[place])
                .max(self.start[place].abs())
                .max(self.end[place].abs());
            let scale = self.tolerance * (size + (step * self.slopes[6][place]).abs());
            if error != 0.0 {
                let ratio = step * error / scale;
                sum += ratio * ratio;
            }
        }
        (sum / self.end.len() as f64).sqrt()
    }

    /// The state inside the last step, `part` of the way from its start to its end.
    pub fn within(&self, part: f64, state: &mut [f64]) {
        let rest = 1.0 - part;
        for (place, value) in state.iter_mut().enumerate() {
            let (start, end) = (self.start[place], self.end[place]);
            let difference = end - start;
            let first = self.taken * self.slopes[0][place] - difference;
            let last = difference - self.taken * self.slopes[6][place] - first;
            let mut fifth = 0.0;
            for (weight, slopes) in DENSE.iter().zip(&self.slopes) {
                fifth += weight * slopes[place];
            }
            let inner = last + rest * self.taken * fifth;
            *value = start + part * (difference + rest * (first + part * inner));
        }
    }

    /// The end of the last step's state had the step been shorter: a true step of that length from the same start. The shorter
    /// step is then the last one.
    pub fn shorten(&mut self, rates: &mut Rates<'_>, time: f64, step: f64) -> &[f64] {
        self.stages(rates, time, step);
        self.taken = step;
        &self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fixed steps over one turn of x'' = -x: the error falls with the fifth power of the step, the interpolant's too.
    #[test]
    fn the_order_is_five() {
        let mut circle = |_: f64, state: &[f64], rates: &mut [f64]| {
            rates[0] = state[1];
            rates[1] = -state[0];
        };
        let mut errors = |steps: usize| {
            let step = std::f64::consts::TAU / steps as f64;
            let mut stepper = Stepper::new(2, 1e300);
            let mut state = vec![1.0, 0.0];
            let mut inside: f64 = 0.0;
            for number in 0..steps {
                let time = number as f64 * step;
                stepper.step = step;
                stepper.advance(&mut circle, time, &state, step).unwrap();
                let mut middle = vec![0.0; 2];
                stepper.within(0.4, &mut middle);
                inside = inside.max((middle[0] - (time + 0.4 * step).cos()).abs());
                stepper.accept(&mut state);
            }
            ((state[0] - 1.0).hypot(state[1]), inside)
        };
        let (coarse, fine) = (errors(40), errors(80));
        let order = |a: f64, b: f64| (a / b).log2();
        assert!(
            (order(coarse.0, fine.0) - 5.0).abs() < 0.2,
            "{coarse:?} {fine:?}"
        );
        assert!(order(coarse.1, fine.1) > 4.5, "{coarse:?} {fine:?}");
    }

    #[test]
    fn the_tolerance_is_kept_whatever_the_unit() {
        for unit in [1.0, 1e-12] {
            let mut decay = |_: f64, state: &[f64], rates: &mut [f64]| rates[0] = -state[0];
            let mut stepper = Stepper::new(1, 1e-10);
            let (mut state, mut time) = (vec![unit], 0.0);
            while time < 3.0 {
                let taken = stepper
                    .advance(&mut decay, time, &state, 3.0 - time)
                    .unwrap();
                stepper.accept(&mut state);
                time += taken;
            }
            assert!((state[0] / unit - (-3.0f64).exp()).abs() < 1e-9);
        }
    }
}
