//! `[noise.NAME]` at the input of a population, or of a part of it.

use oscine_equations::graph::{Binary, Unary};
use oscine_equations::{Dimension, Expression, resolve_as};
use oscine_network::{Correlation, Noise, NoiseKind, NoisePlace, Slice};

use crate::error::{BuildError, equation_error};
use crate::read::cells::NoiseDraft;
use crate::read::groups::{index_within, slice_range};
use crate::read::population::PopulationReader;

impl PopulationReader<'_> {
    /// An input with the noises that are put there.
    pub(crate) fn add_noise(
        &mut self,
        variable: &str,
        input: Expression,
        dimension: Dimension,
    ) -> Result<Expression, BuildError> {
        let mut sum = input;
        for (name, noise) in &self.experiment.noise {
            let places = noise.at.iter();
            let places = places.filter_map(|at| NoisePlace::parse(&at.value));
            let mut here =
                places.filter(|place| place.of.name == self.name && place.variable == variable);
            let Some(place) = here.next() else {
                continue;
            };
            let mut parts = vec![place.of];
            parts.extend(here.map(|place| place.of));
            let added = self.noise(name, noise, variable, dimension, sum)?;
            let added = self.within(&parts, added);
            sum = self.graph.add(sum, added);
        }
        Ok(sum)
    }

    /// What is added to the cells of some parts of the population, and to no others.
    fn within(&mut self, parts: &[Slice], added: Expression) -> Expression {
        let count = self.neurons.count;
        let ranges = parts.iter().map(|part| slice_range(part, count));
        if ranges.clone().any(|range| range == (0..count)) {
            return added;
        }
        let zero = self.graph.constant(0.0);
        let mut inside = zero;
        for range in ranges {
            let here = index_within(&mut self.graph, range);
            inside = self.graph.binary(Binary::Or, inside, here);
        }
        self.graph.select(inside, added, zero)
    }

    fn noise(
        &mut self,
        name: &str,
        noise: &Noise,
        variable: &str,
        dimension: Dimension,
        input: Expression,
    ) -> Result<Expression, BuildError> {
        let expected = match noise.kind {
            NoiseKind::White => dimension * Dimension::SECOND.power(0.5).unwrap_or(dimension),
            kind if kind.is_relative() => Dimension::DIMENSIONLESS,
            _ => dimension,
        };
        let what = format!("the level of the noise `{name}`");
        let level = resolve_as(
            &mut self.graph,
            &self.scope,
            &noise.level.value,
            expected,
            &what,
        )
        .map_err(|error| equation_error(&noise.level, &format!("[noise.{name}] level"), error))?;
        let draw = match noise.kind {
            NoiseKind::Uniform | NoiseKind::Dropout | NoiseKind::SaltAndPepper => {
                self.graph.uniform_draw()
            }
            _ => self.graph.normal_draw(),
        };
        let draw = self.graph.symbol(draw);
        match noise.kind {
            NoiseKind::Multiplicative => {
                let factor = self.graph.multiply(level, draw);
                Ok(self.graph.multiply(input, factor))
            }
            NoiseKind::Dropout => {
                let (zero, one) = (self.graph.constant(0.0), self.graph.constant(1.0));
                let kept = self.graph.subtract(one, level);
                let enlarged = self.graph.divide(input, kept);
                let lost = self.graph.binary(Binary::Less, draw, level);
                let left = self.graph.select(lost, zero, enlarged);
                Ok(self.graph.subtract(left, input))
            }
            NoiseKind::SaltAndPepper => {
                let (zero, one) = (self.graph.constant(0.0), self.graph.constant(1.0));
                let half = self.graph.constant(0.5);
                let pepper = self.graph.multiply(level, half);
                let is_pepper = self.graph.binary(Binary::Less, draw, pepper);
                let replaced = self.graph.select(is_pepper, zero, one);
                let lost = self.graph.binary(Binary::Less, draw, level);
                let left = self.graph.select(lost, replaced, input);
                Ok(self.graph.subtract(left, input))
            }
            NoiseKind::Gaussian => Ok(self.graph.multiply(level, draw)),
            NoiseKind::Pink { longest } => {
                let lasts = octaves(seconds(longest), self.experiment.run.dt);
                let share = self.graph.constant(1.0 / (lasts.len() as f64).sqrt());
                let level = self.graph.multiply(level, share);
                let mut sum = self.graph.constant(0.0);
                for (number, time) in lasts.into_iter().enumerate() {
                    let draw = self.graph.normal_draw();
                    let draw = self.graph.symbol(draw);
                    let hidden = format!("noise.{name}.{variable}.{number}");
                    let state = self.correlated(hidden, time, level, draw, dimension);
                    sum = self.graph.add(sum, state);
                }
                Ok(sum)
            }
            NoiseKind::Uniform => {
                // Uniform on (-√3, √3) has standard deviation 1.
                let (half, width) = (self.graph.constant(0.5), self.graph.constant(12_f64.sqrt()));
                let centred = self.graph.subtract(draw, half);
                let scaled = self.graph.multiply(centred, width);
                Ok(self.graph.multiply(level, scaled))
            }
            NoiseKind::White => {
                let step = self.graph.named("dt");
                let root = self.graph.unary(Unary::SquareRoot, step);
                let density = self.graph.divide(level, root);
                Ok(self.graph.multiply(density, draw))
            }
            NoiseKind::OrnsteinUhlenbeck { correlation } => {
                let hidden = format!("noise.{name}.{variable}");
                let time = seconds(Some(correlation));
                Ok(self.correlated(hidden, time, level, draw, dimension))
            }
        }
    }

    /// A hidden variable that follows the Ornstein–Uhlenbeck process, exactly and stationary from the start.
    fn correlated(
        &mut self,
        hidden: String,
        time: f64,
        level: Expression,
        draw: Expression,
        dimension: Dimension,
    ) -> Expression {
        let ratio = self.experiment.run.dt / time;
        let decay = self.graph.constant((-ratio).exp());
        let fresh = self.graph.constant((-(-2.0 * ratio).exp_m1()).sqrt());
        let state = self.graph.named(&hidden);
        let kept = self.graph.multiply(state, decay);
        let kick = self.graph.multiply(level, fresh);
        let kick = self.graph.multiply(kick, draw);
        let new = self.graph.add(kept, kick);
        let start = self.graph.normal_draw();
        let start = self.graph.symbol(start);
        let initial = self.graph.multiply(level, start);
        self.noises.push(NoiseDraft {
            name: hidden,
            dimension,
            initial,
            new,
        });
        state
    }
}

/// The time that a noise lasts; `oscine-network` refuses steps here.
fn seconds(correlation: Option<Correlation>) -> f64 {
    match correlation {
        Some(Correlation::Time(time) | Correlation::Steps(time)) => time,
        None => 1.0,
    }
}

/// Times each four times as long as the one before, from about dt to the longest.
fn octaves(longest: f64, dt: f64) -> Vec<f64> {
    let shorter = std::iter::successors(Some(longest), |time| Some(time / 4.0));
    let mut times: Vec<f64> = shorter.take_while(|time| *time >= dt).collect();
    if times.is_empty() {
        times.push(longest);
    }
    times
}
