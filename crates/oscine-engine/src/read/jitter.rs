//! Delays that every spike finds changed, at each synapse by a fresh number: `[noise.NAME] at = "synapses.delay"`.

use oscine_equations::{Dimension, Graph, resolve_as};
use oscine_network::{Experiment, NoiseKind, NoisePlace};
use oscine_random::Stream;

use crate::error::{BuildError, equation_error};
use crate::read::scope::time_scope;

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

    /// By how many steps a spike's delay at a synapse changes.
    pub fn draw(&self, element: u64, step: u64) -> f64 {
        let number = match self.is_uniform {
            true => (self.stream.uniform(element, step) - 0.5) * 12f64.sqrt(),
            false => self.stream.normal(element, step).clamp(-FARTHEST, FARTHEST),
        };
        self.width * number
    }
}
