//! Stimuli by calls.

use super::{frequency, time};
use crate::declaration::Declared;
use crate::reading::slices;
use crate::{Mistake, SpikeTimes, Stimulus, StimulusKind, Text};

impl Stimulus {
    /// A stimulus of any kind, from the start to the end of the run.
    pub fn new(kind: StimulusKind) -> Self {
        Self {
            kind,
            ..Self::blank()
        }
    }

    /// A constant amplitude.
    pub fn step(amplitude: impl Into<Text>) -> Self {
        Self::new(StimulusKind::Step {
            amplitude: amplitude.into(),
        })
    }

    /// A sinusoid about 0.
    ///
    /// # Errors
    /// A text that is no frequency.
    pub fn sinusoid(amplitude: impl Into<Text>, hertz: &str) -> Result<Self, Mistake> {
        Ok(Self::new(StimulusKind::Sinusoid {
            amplitude: amplitude.into(),
            frequency: frequency("the frequency of a sinusoid", hertz)?,
            phase: 0.0,
            offset: None,
        }))
    }

    /// Independent Poisson trains.
    pub fn poisson(count: usize, rate: impl Into<Text>) -> Self {
        Self::new(StimulusKind::Poisson {
            count,
            rate: rate.into(),
        })
    }

    /// Poisson events added to a variable of each target: those of `inputs` sources, each at `rate` and of `weight`.
    ///
    /// # Errors
    /// A text that is no slice.
    pub fn poisson_input(
        to: &str,
        variable: impl Into<String>,
        inputs: usize,
        rate: impl Into<Text>,
        weight: impl Into<Text>,
    ) -> Result<Self, Mistake> {
        Ok(Self::new(StimulusKind::PoissonInput {
            to: slices::parse(to)?,
            variable: variable.into(),
            inputs,
            rate: rate.into(),
            weight: weight.into(),
        }))
    }

    /// Trains with the spike times given, in s: `[train][spike]`.
    pub fn spikes(trains: Vec<Vec<f64>>) -> Self {
        Self::new(StimulusKind::Spikes {
            count: trains.len(),
            times: Some(SpikeTimes::List(trains)),
        })
    }

    /// Begins here.
    ///
    /// # Errors
    /// A text that is no time.
    pub fn from(mut self, from: &str) -> Result<Self, Mistake> {
        self.from = time("the beginning of a stimulus", from)?;
        Ok(self)
    }

    /// Ends here.
    ///
    /// # Errors
    /// A text that is no time.
    pub fn until(mut self, until: &str) -> Result<Self, Mistake> {
        self.until = Some(time("the end of a stimulus", until)?);
        Ok(self)
    }
}
