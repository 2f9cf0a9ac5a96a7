//! Progress of runs, for whoever wants to show it.

use std::time::Duration;

use oscine_engine::Facts;
use oscine_layers::Epoch;

/// An observer of a run's progress, told some ten times a second. Every method does nothing unless it is written.
pub trait Progress {
    /// The network is built, and the run begins (or goes on) at a moment.
    fn begins(&mut self, facts: &Facts, moment: &RunMoment) {
        let _ = (facts, moment);
    }

    /// The run has come to a moment.
    fn reaches(&mut self, moment: &RunMoment) {
        let _ = moment;
    }

    /// A training has come to so many epochs of all, of which this is the last; it has run for `running`.
    fn learns(&mut self, done: usize, all: usize, epoch: &Epoch, running: Duration) {
        let _ = (done, all, epoch, running);
    }

    /// A sweep has come to so many runs of all, of which `until` will be there when this call ends; it has run for `running`.
    fn sweeps(&mut self, done: usize, all: usize, until: usize, running: Duration) {
        let _ = (done, all, until, running);
    }

    /// No more steps will be taken; what follows is writing.
    fn ends(&mut self) {}
}

/// The observer that does nothing.
impl Progress for () {}

/// The progress of a run at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunMoment {
    /// Steps done.
    pub step: u64,
    /// Steps in all.
    pub steps: u64,
    /// Biological time, s.
    pub time: f64,
    /// Biological time in all, s.
    pub duration: f64,
    /// Wall time of stepping since the run began or went on.
    pub running: Duration,
    /// Steps done since then.
    pub since: u64,
}

impl RunMoment {
    /// The part done, between 0 and 1.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        if self.steps == 0 {
            1.0
        } else {
            self.step as f64 / self.steps as f64
        }
    }

    /// Wall time for a second of biological time, s; `None` until there is something to go by.
    #[must_use]
    pub fn wall_seconds_per_second(&self) -> Option<f64> {
        let biological = self.duration * self.since as f64 / self.steps.max(1) as f64;
        (biological > 0.0).then(|| self.running.as_secs_f64() / biological)
    }

    /// Wall time until the end at this speed, s.
    #[must_use]
    pub fn seconds_left(&self) -> Option<f64> {
        self.wall_seconds_per_second()
            .map(|speed| speed * (self.duration - self.time).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_gone_on_with_is_timed_from_where_it_went_on() {
        let moment = RunMoment {
            step: 75,
            steps: 100,
            time: 7.5,
            duration: 10.0,
            running: Duration::from_secs(5),
            since: 25,
        };
        assert_eq!(moment.wall_seconds_per_second(), Some(2.0));
        assert_eq!(moment.seconds_left(), Some(5.0));
        assert_eq!(moment.fraction(), 0.75);
    }
}
