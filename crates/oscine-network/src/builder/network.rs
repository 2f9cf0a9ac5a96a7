//! Populations and projections by calls.

use crate::declaration::Declared;
use crate::declaration::named::override_with;
use crate::neurons;
use crate::reading::slices;
use crate::{
    Connect, Entry, Mistake, Neurons, Positions, Refractory, Synapses, Text, catalogue, nearest,
};

impl Neurons {
    /// A population of `count` cells without equations yet.
    pub fn new(count: usize) -> Self {
        Self {
            count,
            ..Self::blank()
        }
    }

    /// A population of `count` cells of the catalogue's model; what is called afterwards overrides its parts.
    ///
    /// ```
    /// # use oscine_network::{Mistake, Neurons};
    /// let cells = Neurons::of_model(10, "no-such-model");
    /// assert!(matches!(cells, Err(Mistake::UnknownModel { .. })));
    /// ```
    ///
    /// # Errors
    /// A name that the catalogue has not, or not for neurons.
    pub fn of_model(count: usize, name: &str) -> Result<Self, Mistake> {
        let mut neurons = Self::new(count);
        neurons.fill_from(&entry(name, "neuron")?);
        Ok(neurons)
    }

    /// Brian2-style equations, one a line.
    pub fn equations(mut self, equations: impl Into<Text>) -> Self {
        self.equations = equations.into();
        self
    }

    /// The condition at which a cell fires.
    pub fn threshold(mut self, condition: impl Into<Text>) -> Self {
        self.threshold = Some(condition.into());
        self
    }

    /// Statements for the cells that fired.
    pub fn reset(mut self, statements: impl Into<Text>) -> Self {
        self.reset = Some(statements.into());
        self
    }

    /// A duration, `"5 ms"`, or a condition, `"v > -20*mV"`.
    pub fn refractory(mut self, text: impl Into<Text>) -> Self {
        self.refractory = Some(Refractory::of(text.into()));
        self
    }

    /// Adds a noise current of the catalogue, `"ornstein-uhlenbeck"`; parameters given before or afterwards override its own.
    ///
    /// # Errors
    /// A name that the catalogue has not, or not for noise; an equation that both have.
    pub fn noise(mut self, name: &str) -> Result<Self, Mistake> {
        let noise = entry(name, "noise")?;
        match self.append_noise(&noise) {
            Ok(()) => Ok(self),
            Err(twice) => Err(neurons::twice("the population", name, &twice)),
        }
    }

    /// A constant, or an expression of `i`, `rand()` and the like.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<Text>) -> Self {
        self.override_parameters(vec![(name.into(), value.into())]);
        self
    }

    /// Where a variable starts.
    pub fn initial(mut self, name: impl Into<String>, value: impl Into<Text>) -> Self {
        override_with(&mut self.initial, vec![(name.into(), value.into())]);
        self
    }

    /// A name in the equations that stands for an expression of time: `("I", "step(t)")`.
    pub fn input(mut self, name: impl Into<String>, expression: impl Into<Text>) -> Self {
        self.override_input(vec![(name.into(), expression.into())]);
        self
    }

    /// The integrator by name.
    pub fn integrator(mut self, name: impl Into<String>) -> Self {
        self.integrator = Some(name.into());
        self
    }

    /// Where the cells lie.
    pub fn positions(mut self, positions: Positions) -> Self {
        self.positions = Some(positions);
        self
    }
}

impl Synapses {
    /// A projection from one population, or a part of it, to another: all to all until [`Synapses::connect`] says otherwise.
    ///
    /// # Errors
    /// A text that is no slice.
    pub fn between(from: &str, to: &str) -> Result<Self, Mistake> {
        Ok(Self {
            from: slices::parse(from)?,
            to: slices::parse(to)?,
            ..Self::blank()
        })
    }

    /// The catalogue's model of a synapse; what is called afterwards overrides its parts.
    ///
    /// # Errors
    /// A name that the catalogue has not, or not for synapses.
    pub fn model(mut self, name: &str) -> Result<Self, Mistake> {
        self.fill_from(&entry(name, "synapse")?);
        Ok(self)
    }

    /// Who connects to whom.
    pub fn connect(mut self, connect: Connect) -> Self {
        self.connect = connect;
        self
    }

    /// Equations of the synapse.
    pub fn equations(mut self, equations: impl Into<Text>) -> Self {
        self.equations = equations.into();
        self
    }

    /// Statements at the arrival of a presynaptic spike.
    pub fn on_pre(mut self, statements: impl Into<Text>) -> Self {
        self.on_pre = Some(statements.into());
        self
    }

    /// Statements at a postsynaptic spike.
    pub fn on_post(mut self, statements: impl Into<Text>) -> Self {
        self.on_post = Some(statements.into());
        self
    }

    /// From the presynaptic spike to `on_pre`.
    pub fn delay(mut self, delay: impl Into<Text>) -> Self {
        self.delay.value = Some(delay.into());
        self
    }

    /// Draws a delay again while it lies outside these bounds.
    pub fn delay_within(mut self, lower: Option<&str>, upper: Option<&str>) -> Self {
        self.delay.lower = lower.map(Text::from);
        self.delay.upper = upper.map(Text::from);
        self
    }

    /// From the postsynaptic spike to `on_post`.
    pub fn delay_post(mut self, delay: impl Into<Text>) -> Self {
        self.delay_post.value = Some(delay.into());
        self
    }

    /// A constant, or an expression of `i`, `j`, `rand()`, positions and the like.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<Text>) -> Self {
        override_with(&mut self.parameters, vec![(name.into(), value.into())]);
        self
    }

    /// Where a variable starts.
    pub fn initial(mut self, name: impl Into<String>, value: impl Into<Text>) -> Self {
        override_with(&mut self.initial, vec![(name.into(), value.into())]);
        self
    }

    /// Draws a parameter or an initial value again while it lies outside these bounds.
    pub fn within(mut self, name: &str, lower: Option<&str>, upper: Option<&str>) -> Self {
        let bounds = (lower.map(Text::from), upper.map(Text::from));
        self.bounds.retain(|(known, _)| known != name);
        self.bounds.push((name.to_string(), bounds));
        // In the order in which a file would have them.
        let names: Vec<String> = self
            .parameters
            .iter()
            .chain(&self.initial)
            .map(|(name, _)| name.clone())
            .collect();
        self.bounds
            .sort_by_key(|(bounded, _)| names.iter().position(|name| name == bounded));
        self
    }

    /// The integrator of clock-driven equations by name.
    pub fn integrator(mut self, name: impl Into<String>) -> Self {
        self.integrator = Some(name.into());
        self
    }
}

impl Connect {
    /// Each pair with this probability, a cell with itself too.
    pub fn probability(probability: f64) -> Self {
        Self::Probability {
            probability,
            autapses: true,
        }
    }

    /// Exactly this many synapses of each target, from sources drawn with replacement.
    pub fn fixed_in_degree(count: usize) -> Self {
        Self::FixedInDegree {
            count,
            autapses: true,
            multapses: true,
        }
    }

    /// Exactly this many synapses of each source, to targets drawn with replacement.
    pub fn fixed_out_degree(count: usize) -> Self {
        Self::FixedOutDegree {
            count,
            autapses: true,
            multapses: true,
        }
    }

    /// This many synapses in all, between sources and targets drawn with replacement.
    pub fn fixed_total(count: usize) -> Self {
        Self::FixedTotal {
            count,
            autapses: true,
            multapses: true,
        }
    }

    /// Where a condition holds: `"i != j"`.
    pub fn condition(condition: impl Into<Text>) -> Self {
        Self::Condition {
            condition: condition.into(),
            probability: None,
        }
    }
}

fn entry(name: &str, kind: &str) -> Result<Entry, Mistake> {
    let stem = name.split(':').next().unwrap_or(name);
    let unknown = || Mistake::UnknownModel {
        name: name.into(),
        nearest: nearest(stem, catalogue::names()),
    };
    let entry = catalogue::find(name).ok_or_else(unknown)?;
    if entry.kind != kind {
        return Err(Mistake::WrongModel {
            name: name.into(),
            found: format!("a {}", entry.kind),
            wanted: format!("a {kind}"),
        });
    }
    Ok(entry)
}
