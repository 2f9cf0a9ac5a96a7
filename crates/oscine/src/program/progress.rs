//! Progress on standard error: a bar on a terminal, a plain line every few seconds elsewhere.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use oscine::engine::Facts;
use oscine::experiment::{Epoch, Moment, Progress};

use super::screen::{self, Stream};

/// Between two plain lines.
const BETWEEN_LINES: Duration = Duration::from_secs(5);
/// Steps of the bar.
const BAR_LENGTH: u64 = 1000;

/// How progress is shown.
pub enum Shown {
    /// A bar that is drawn over and over.
    Bar(ProgressBar),
    /// A line now and then.
    Lines {
        /// When the last was written.
        last: Instant,
    },
}

impl Shown {
    /// As it suits standard error.
    pub fn new() -> Self {
        if !screen::is_terminal(Stream::Error) {
            return Self::Lines {
                last: Instant::now(),
            };
        }
        let bar = ProgressBar::with_draw_target(Some(BAR_LENGTH), ProgressDrawTarget::stderr());
        let style = if screen::in_colour(Stream::Error) {
            "{bar:32.cyan/dim} {msg}"
        } else {
            "{bar:32} {msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        Self::Bar(bar)
    }
}

impl Progress for Shown {
    fn begins(&mut self, _: &Facts, moment: &Moment) {
        if moment.step > 0 {
            let line = format!("going on from {}", seconds(moment.time));
            match self {
                Self::Bar(bar) => bar.println(line),
                Self::Lines { .. } => eprintln!("{line}"),
            }
        }
    }

    fn reaches(&mut self, moment: &Moment) {
        match self {
            Self::Bar(bar) => {
                bar.set_position((moment.fraction() * BAR_LENGTH as f64) as u64);
                bar.set_message(said(moment));
            }
            Self::Lines { last } => {
                if last.elapsed() >= BETWEEN_LINES {
                    eprintln!("{}", said(moment));
                    *last = Instant::now();
                }
            }
        }
    }

    fn learns(&mut self, done: usize, all: usize, epoch: &Epoch, running: Duration) {
        match self {
            Self::Bar(bar) => {
                bar.set_position((done as f64 / all.max(1) as f64 * BAR_LENGTH as f64) as u64);
                bar.set_message(learned(done, all, epoch, running));
            }
            Self::Lines { last } => {
                if last.elapsed() >= BETWEEN_LINES || done == all {
                    eprintln!("{}", learned(done, all, epoch, running));
                    *last = Instant::now();
                }
            }
        }
    }

    fn sweeps(&mut self, done: usize, all: usize, until: usize, running: Duration) {
        match self {
            Self::Bar(bar) => {
                bar.set_position((done as f64 / all.max(1) as f64 * BAR_LENGTH as f64) as u64);
                bar.set_message(runs(done, all, until, running));
            }
            Self::Lines { last } => {
                if last.elapsed() >= BETWEEN_LINES {
                    eprintln!("{}", runs(done, all, until, running));
                    *last = Instant::now();
                }
            }
        }
    }

    fn ends(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// `epoch 12 of 30, loss 0.0512, 96.4 % right, of those for validation 94.1 %, 3 s left`.
fn learned(done: usize, all: usize, epoch: &Epoch, running: Duration) -> String {
    let mut text = format!("epoch {done} of {all}, loss {:.4}", epoch.loss);
    if epoch.accuracy.is_finite() {
        text.push_str(&format!(", {:.1} % right", 100.0 * epoch.accuracy));
    }
    if epoch.validation_accuracy.is_finite() {
        let right = 100.0 * epoch.validation_accuracy;
        text.push_str(&format!(", of those for validation {right:.1} %"));
    } else if epoch.validation_loss.is_finite() {
        text.push_str(&format!(
            ", of those for validation {:.4}",
            epoch.validation_loss
        ));
    }
    let left = running.as_secs_f64() / done.max(1) as f64 * (all - done.min(all)) as f64;
    if done < all {
        text.push_str(&format!(", {} left", seconds(left.ceil())));
    }
    text
}

/// `3.20 of 10 s, 0.07 s a second, 1 s left`.
fn said(moment: &Moment) -> String {
    let mut text = format!("{} of {}", seconds(moment.time), seconds(moment.duration));
    if let Some(speed) = moment.wall_seconds_per_second() {
        if speed < 1.0 {
            text.push_str(&format!(", {:.1} x real time", 1.0 / speed.max(1e-9)));
        } else {
            text.push_str(&format!(", {speed:.1} s for each second"));
        }
    }
    if let Some(left) = moment.seconds_left() {
        text.push_str(&format!(", {} left", wall(left)));
    }
    text
}

/// `17 of 125 runs, 12 s left`.
fn runs(done: usize, all: usize, until: usize, running: Duration) -> String {
    let text = format!("{done} of {all} runs");
    // Runs that were there before this call took none of its time; how many there were is not told, so that the
    // estimate begins high after a resumption and comes right with time.
    let left = until.saturating_sub(done) as f64;
    match done {
        0 => text,
        _ => format!(
            "{text}, {} left",
            wall(running.as_secs_f64() / done as f64 * left)
        ),
    }
}

/// Biological time in a unit that suits it.
fn seconds(time: f64) -> String {
    if time == 0.0 || time >= 1.0 {
        format!("{time:.2} s")
    } else {
        format!("{:.1} ms", time * 1e3)
    }
}

/// Wall time as a person says it.
fn wall(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_said_with_time_speed_and_what_is_left() {
        let moment = Moment {
            step: 250,
            steps: 1000,
            time: 2.5,
            duration: 10.0,
            running: Duration::from_secs(50),
            since: 250,
        };
        assert_eq!(
            said(&moment),
            "2.50 s of 10.00 s, 20.0 s for each second, 2 min 30 s left"
        );
    }
}
