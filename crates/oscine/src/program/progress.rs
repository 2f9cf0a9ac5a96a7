//! Progress on standard error: a bar on a terminal, a plain line every few seconds elsewhere.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use oscine::engine::Facts;
use oscine::experiment::{Epoch, Progress, RunMoment};
use oscine::report::blocks;

use super::screen::{self, OutputStream};

/// Between two plain lines.
const BETWEEN_LINES: Duration = Duration::from_secs(5);
/// Steps of the bar.
const BAR_LENGTH: u64 = 1000;

/// How progress is shown.
pub enum ProgressDisplay {
    /// A bar that is drawn over and over.
    Bar(ProgressBar),
    /// A bar with the curves of a training below it.
    Curves(ProgressBar, Curves),
    /// A line now and then.
    Lines {
        /// When the last was written.
        last: Instant,
    },
}

impl ProgressDisplay {
    /// As it suits standard error.
    pub fn new() -> Self {
        if !screen::is_terminal(OutputStream::Error) {
            return Self::Lines {
                last: Instant::now(),
            };
        }
        let bar = ProgressBar::with_draw_target(Some(BAR_LENGTH), ProgressDrawTarget::stderr());
        let style = if screen::in_colour(OutputStream::Error) {
            "{bar:32.cyan/dim} {msg}"
        } else {
            "{bar:32} {msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        Self::Bar(bar)
    }

    /// As from the first epoch on: curves below the bar.
    fn with_curves(&mut self) {
        if let Self::Bar(bar) = self {
            let template = match screen::in_colour(OutputStream::Error) {
                true => "{bar:32.cyan/dim} {msg}\n{prefix}",
                false => "{bar:32} {msg}\n{prefix}",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            *self = Self::Curves(bar.clone(), Curves::default());
        }
    }
}

impl Progress for ProgressDisplay {
    fn begins(&mut self, _: &Facts, moment: &RunMoment) {
        if let Self::Curves(..) = self {
            // Neurons that run after a training have a bar of their own.
            *self = Self::new();
        }
        if moment.step > 0 {
            let line = format!("going on from {}", seconds(moment.time));
            match self {
                Self::Bar(bar) | Self::Curves(bar, _) => bar.println(line),
                Self::Lines { .. } => eprintln!("{line}"),
            }
        }
    }

    fn reaches(&mut self, moment: &RunMoment) {
        match self {
            Self::Bar(bar) | Self::Curves(bar, _) => {
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
        self.with_curves();
        match self {
            Self::Bar(bar) => bar.set_message(learned(done, all, epoch, running)),
            Self::Curves(bar, curves) => {
                bar.set_position((done as f64 / all.max(1) as f64 * BAR_LENGTH as f64) as u64);
                bar.set_message(learned(done, all, epoch, running));
                curves.add(epoch);
                bar.set_prefix(curves.drawn(screen::width()));
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
            Self::Bar(bar) | Self::Curves(bar, _) => {
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
        if let Self::Bar(bar) | Self::Curves(bar, _) = self {
            bar.finish_and_clear();
        }
    }
}

/// The course of a training so far.
#[derive(Default)]
pub struct Curves {
    loss: Vec<f64>,
    right: Vec<f64>,
    validated: Vec<f64>,
}

impl Curves {
    fn add(&mut self, epoch: &Epoch) {
        self.loss.push(epoch.loss);
        self.right.push(epoch.accuracy);
        self.validated.push(epoch.validation_accuracy);
    }

    /// A line of blocks for each curve, from 0 to its greatest; the first and the last value beside it.
    fn drawn(&self, columns: usize) -> String {
        let mut lines = Vec::new();
        for (name, values, percent) in [
            ("loss", &self.loss, false),
            ("right", &self.right, true),
            ("validated", &self.validated, true),
        ] {
            let (Some(first), Some(last)) = (values.first(), values.last()) else {
                continue;
            };
            if !last.is_finite() {
                continue;
            }
            let said = |value: f64| match percent {
                true => format!("{:.1} %", 100.0 * value),
                false => format!("{value:.4}"),
            };
            let room = columns.saturating_sub(34).max(10);
            let drawn = blocks(&in_columns(values, room));
            lines.push(format!(
                "{name:>10} {:>8} {drawn} {}",
                said(*first),
                said(*last)
            ));
        }
        lines.join("\n")
    }
}

/// As many values as there is room for, each the mean of as many.
fn in_columns(values: &[f64], room: usize) -> Vec<f64> {
    let columns = values.len().min(room);
    let means = (0..columns).map(|column| {
        let (begin, end) = (
            column * values.len() / columns,
            (column + 1) * values.len() / columns,
        );
        values[begin..end].iter().sum::<f64>() / (end - begin) as f64
    });
    means.collect()
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
fn said(moment: &RunMoment) -> String {
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
    fn curves_of_a_training_fit_their_room() {
        let mut curves = Curves::default();
        for epoch in 0..200 {
            curves.add(&Epoch {
                loss: 2.0 / f64::from(1 + epoch),
                accuracy: 1.0 - 0.9 / f64::from(1 + epoch),
                validation_loss: f64::NAN,
                validation_accuracy: f64::NAN,
                rate: 0.1,
            });
        }
        let drawn = curves.drawn(50);
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines.len(), 2, "{drawn}");
        assert!(
            lines.iter().all(|line| line.chars().count() <= 50),
            "{drawn}"
        );
        assert!(lines[0].starts_with("      loss   2.0000 █"), "{drawn}");
        assert!(lines[0].ends_with("▁ 0.0100"), "{drawn}");
        assert!(lines[1].ends_with("█ 99.6 %"), "{drawn}");
    }

    #[test]
    fn a_moment_is_said_with_time_speed_and_what_is_left() {
        let moment = RunMoment {
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
