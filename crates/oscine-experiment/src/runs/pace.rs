//! The pace of a simulation: how many steps to run between two looks at the clock, so that a look comes about ten times a second.

use std::time::Duration;

/// Wall time between two looks at the clock.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// The pace: steps a stretch, grown and shrunk after the time that they took.
#[derive(Debug)]
pub(crate) struct Pace {
    steps: u64,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self { steps: 16 }
    }

    /// Steps to run next: no more than are left until `stop`.
    pub(crate) fn steps(&self, step: u64, stop: u64) -> u64 {
        self.steps.min(stop.saturating_sub(step))
    }

    /// Learns how long some steps took.
    pub(crate) fn learn(&mut self, steps: u64, took: Duration) {
        let each = took.as_secs_f64() / steps.max(1) as f64;
        let fit = BETWEEN_LOOKS.as_secs_f64() / each.max(1e-12);
        // A slow stretch says more than a fast one, whose time may be the clock's own.
        self.steps = (fit as u64).clamp(1, self.steps.saturating_mul(16).max(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_comes_to_take_a_tenth_of_a_second() {
        let mut pace = Pace::new();
        let each = Duration::from_micros(7);
        for _ in 0..6 {
            let steps = pace.steps(0, u64::MAX);
            pace.learn(steps, each * u32::try_from(steps).unwrap());
        }
        let stretch = each * u32::try_from(pace.steps(0, u64::MAX)).unwrap();
        assert!((90..=100).contains(&stretch.as_millis()), "{stretch:?}");
    }

    #[test]
    fn a_step_of_seconds_is_run_alone() {
        let mut pace = Pace::new();
        pace.learn(16, Duration::from_secs(60));
        assert_eq!(pace.steps(0, 1000), 1);
    }

    #[test]
    fn no_stretch_goes_past_its_stop() {
        assert_eq!(Pace::new().steps(95, 100), 5);
    }
}
