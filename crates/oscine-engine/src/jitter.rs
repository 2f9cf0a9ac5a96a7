//! Delays that every spike finds changed, at each synapse by a fresh number: `[noise.NAME] at = "synapses.delay"`.

use std::collections::VecDeque;

use oscine_equations::{Dimension, Graph, resolve_as};
use oscine_network::{Experiment, NoiseKind, NoisePlace};
use oscine_random::Stream;

use crate::connectivity::key;
use crate::error::BuildError;
use crate::names::{equation_error, time_scope};
use crate::synapses::{Delays, Synapses};

/// Normal numbers beyond so many standard deviations are taken as this many: spikes on their way have room for so much.
const FARTHEST: f64 = 6.0;

/// What is drawn for each spike at each synapse.
#[derive(Clone, Debug)]
pub(crate) struct Jitter {
    stream: Stream,
    is_uniform: bool,
    /// Standard deviation, in steps.
    width: f64,
}

impl Jitter {
    /// All that the experiment puts on the delay of a projection.
    ///
    /// # Errors
    /// A level that is no constant time.
    pub fn of(experiment: &Experiment, projection: &str) -> Result<Vec<Self>, BuildError> {
        let mut found = Vec::new();
        for (name, noise) in &experiment.noise {
            let mut places = noise
                .at
                .iter()
                .filter_map(|at| NoisePlace::parse(&at.value));
            if !places.any(|place| place.of.name == projection && place.variable == "delay") {
                continue;
            }
            let owner = format!("[noise.{name}] level");
            let mut graph = Graph::new();
            let level = resolve_as(
                &mut graph,
                &time_scope(&[]),
                &noise.level.value,
                Dimension::SECOND,
                "the level of a delay's noise",
            )
            .map_err(|error| equation_error(&noise.level, &owner, error))?;
            let Some(seconds) = graph.constant_value(level) else {
                let message = "the width of a delay's noise is one time for the whole run";
                return Err(BuildError::description(owner, message).at(noise.level.place.clone()));
            };
            found.push(Self {
                stream: Stream::new(experiment.run.seed, &format!("[noise.{name}] {projection}")),
                is_uniform: noise.kind == NoiseKind::Uniform,
                width: seconds / experiment.run.dt,
            });
        }
        Ok(found)
    }

    /// By how many steps it can change a delay at most.
    pub fn reach(jitters: &[Self]) -> u64 {
        let of = |jitter: &Self| match jitter.is_uniform {
            true => jitter.width * 3f64.sqrt(),
            false => jitter.width * FARTHEST,
        };
        jitters.iter().map(of).sum::<f64>().ceil() as u64
    }

    fn draw(&self, element: u64, step: u64) -> f64 {
        let number = match self.is_uniform {
            true => (self.stream.uniform(element, step) - 0.5) * 12f64.sqrt(),
            false => self.stream.normal(element, step).clamp(-FARTHEST, FARTHEST),
        };
        self.width * number
    }
}

/// The spikes that are on their way through a projection with such delays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Late {
    pub jitters: Vec<Jitter>,
    /// Step and source of each spike of which some may be on its way.
    pub sent: VecDeque<(u64, u32)>,
}

impl<R> Synapses<R> {
    /// Sends a source's spike on its way, to each synapse with a delay of its own; what would have arrived before `now` is left out.
    pub fn send_late(&mut self, source: u32, step: u64, now: u64) {
        let slots = self.slots.len() as u64;
        let gone = |sent: u64| sent + slots <= step;
        while self.late.sent.front().is_some_and(|(sent, _)| gone(*sent)) {
            self.late.sent.pop_front();
        }
        self.late.sent.push_back((step, source));
        let row = (source - self.first_source) as usize;
        match &self.delays {
            Delays::Same(delay) => {
                let delay = *delay;
                let range = self.row_start[row]..self.row_start[row + 1];
                self.send_each(range, source, delay, (step, now));
            }
            Delays::Runs {
                row_runs,
                starts,
                delays,
            } => {
                let runs = row_runs[row] as usize..row_runs[row + 1] as usize;
                let runs: Vec<_> = runs
                    .map(|run| (starts[run]..starts[run + 1], u64::from(delays[run])))
                    .collect();
                for (range, delay) in runs {
                    self.send_each(range, source, delay, (step, now));
                }
            }
        }
    }

    fn send_each(
        &mut self,
        synapses: std::ops::Range<u32>,
        source: u32,
        delay: u64,
        (step, now): (u64, u64),
    ) {
        let slots = self.slots.len() as u64;
        for synapse in synapses {
            let target = self.targets[synapse as usize] + self.target_offset;
            let duplicate = self.duplicates.get(synapse as usize).copied().unwrap_or(0);
            let element = key(source, target, duplicate);
            let drawn = self
                .late
                .jitters
                .iter()
                .map(|jitter| jitter.draw(element, step));
            let steps = (delay as f64 + drawn.sum::<f64>()).round();
            let arrival = step + (steps.max(0.0) as u64).min(slots - 1);
            if arrival >= now {
                self.slots[(arrival % slots) as usize].push((synapse, synapse + 1));
            }
        }
    }
}
