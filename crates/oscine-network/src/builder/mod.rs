//! The same experiment in Rust: what the file says in tables, said in calls. Nothing is checked before
//! [`Experiment::validate`], except quantities, which are read at once.
//!
//! ```
//! use oscine_network::{Connect, Experiment, Neurons, Record, Synapses};
//!
//! let cells = Neurons::new(4000)
//!     .equations(
//!         "dv/dt  = (ge*(E_e - v) + gi*(E_i - v) + E_L - v)/tau_m : volt (unless refractory)
//!          dge/dt = -ge/tau_e : 1
//!          dgi/dt = -gi/tau_i : 1",
//!     )
//!     .threshold("v > -50*mV")
//!     .reset("v = -60*mV")
//!     .refractory("5 ms")
//!     .parameter("tau_m", "20 ms")
//!     .parameter("tau_e", "5 ms")
//!     .parameter("tau_i", "10 ms")
//!     .parameter("E_L", "-60 mV")
//!     .parameter("E_e", "0 mV")
//!     .parameter("E_i", "-80 mV")
//!     .initial("v", "E_L + (randn()*5 - 5)*mV")
//!     .initial("ge", "randn()*1.5 + 4")
//!     .initial("gi", "randn()*12 + 20");
//!
//! let excitatory = Synapses::between("cells[0:3200]", "cells")?
//!     .connect(Connect::probability(0.02))
//!     .on_pre("ge += 0.6");
//! let inhibitory = Synapses::between("cells[3200:4000]", "cells")?
//!     .connect(Connect::probability(0.02))
//!     .on_pre("gi += 6.7");
//!
//! let experiment = Experiment::new("A network of conductance-based cells")
//!     .duration("10 s")?
//!     .dt("0.1 ms")?
//!     .add_neurons("cells", cells)
//!     .add_synapses("excitatory", excitatory)
//!     .add_synapses("inhibitory", inhibitory)
//!     .add_record("raster", Record::spikes("cells")?)
//!     .add_record("membrane", Record::variables("cells[0:5]", ["v", "ge", "gi"])?.every("0.5 ms")?);
//! experiment.validate()?;
//! assert_eq!(experiment.synapses[0].1.from.end, Some(3200));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod learning;
mod measures;
mod network;
mod stimulus;

use oscine_equations::Dimension;

use crate::declaration::Declared;
use crate::reading::quantities::{A_FREQUENCY, A_TIME, evaluate};
use crate::reading::slices;
use crate::{
    Claim, Experiment, Figure, Measure, Mistake, Neurons, Noise, NoiseKind, Phase, Precision,
    Record, RecordTimes, Slice, Stimulus, Sweep, Synapses, Text, expand,
};

/// A time, in s.
pub(super) fn time(what: &str, written: &str) -> Result<f64, Mistake> {
    evaluate(what, written, A_TIME, Dimension::SECOND)
}

/// A frequency, in Hz.
pub(super) fn frequency(what: &str, written: &str) -> Result<f64, Mistake> {
    evaluate(what, written, A_FREQUENCY, Dimension::HERTZ)
}

impl Experiment {
    /// An experiment of one second in steps of 0.1 ms with seed 1, with nothing in it yet.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::blank()
        }
    }

    /// What it asks.
    pub fn question(mut self, question: impl Into<String>) -> Self {
        self.question = question.into();
        self
    }

    /// Where it comes from.
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }

    /// Biological time.
    ///
    /// # Errors
    /// A text that is no time.
    pub fn duration(mut self, duration: &str) -> Result<Self, Mistake> {
        self.run.duration = time("the duration", duration)?;
        Ok(self)
    }

    /// The step.
    ///
    /// # Errors
    /// A text that is no time.
    pub fn dt(mut self, dt: &str) -> Result<Self, Mistake> {
        self.run.dt = time("the step", dt)?;
        Ok(self)
    }

    /// Biological time between checkpoints.
    ///
    /// # Errors
    /// A text that is no time.
    pub fn checkpoint_every(mut self, every: &str) -> Result<Self, Mistake> {
        self.run.checkpoint_every = Some(time("the time between checkpoints", every)?);
        Ok(self)
    }

    /// What every random number is a function of.
    pub fn seed(mut self, seed: u64) -> Self {
        self.run.seed = seed;
        self
    }

    /// The integrator by name, instead of one chosen from the equations.
    pub fn integrator(mut self, integrator: impl Into<String>) -> Self {
        self.run.integrator = Some(integrator.into());
        self
    }

    /// Of the numbers that the engine computes with.
    pub fn precision(mut self, precision: Precision) -> Self {
        self.run.precision = precision;
        self
    }

    /// Adds a population.
    pub fn add_neurons(mut self, name: impl Into<String>, neurons: Neurons) -> Self {
        self.neurons.push((name.into(), neurons));
        self
    }

    /// Adds a projection.
    pub fn add_synapses(mut self, name: impl Into<String>, synapses: Synapses) -> Self {
        self.synapses.push((name.into(), synapses));
        self
    }

    /// Adds a stimulus.
    pub fn add_stimulus(mut self, name: impl Into<String>, stimulus: Stimulus) -> Self {
        self.stimuli.push((name.into(), stimulus));
        self
    }

    /// Adds noise at one or more places, `"cells.x"`.
    pub fn add_noise<T: Into<Text>>(
        mut self,
        name: impl Into<String>,
        kind: NoiseKind,
        level: impl Into<Text>,
        at: impl IntoIterator<Item = T>,
    ) -> Self {
        let noise = Noise {
            at: at.into_iter().map(Into::into).collect(),
            kind,
            level: level.into(),
            ..Noise::blank()
        };
        self.noise.push((name.into(), noise));
        self
    }

    /// Adds a phase after those that there are.
    pub fn add_phase(mut self, phase: Phase) -> Self {
        self.protocol.push(phase);
        self
    }

    /// Adds a record.
    pub fn add_record(mut self, name: impl Into<String>, record: Record) -> Self {
        self.records.push((name.into(), record));
        self
    }

    /// Adds a measure.
    pub fn add_measure(mut self, name: impl Into<String>, measure: Measure) -> Self {
        self.measures.push((name.into(), measure));
        self
    }

    /// Adds a claim.
    pub fn add_claim(mut self, claim: Claim) -> Self {
        self.claims.push(claim);
        self
    }

    /// Adds a figure, `"rate against drive"`.
    pub fn add_figure(mut self, plot: impl Into<Text>) -> Self {
        self.figures.push(Figure {
            plot: plot.into(),
            ..Figure::blank()
        });
        self
    }

    /// Runs over values of a key, written as in a file: `("run.seed", "1:20")`.
    ///
    /// # Errors
    /// A range that is none.
    pub fn sweep(mut self, key: impl Into<String>, values: &str) -> Result<Self, Mistake> {
        let expanded = expand(values)?;
        let sweep = self.sweep.get_or_insert_with(Sweep::blank);
        sweep.over.push((key.into(), (values.into(), expanded)));
        Ok(self)
    }
}

impl Record {
    /// The spikes of a population or spike source, or of a part of it.
    ///
    /// # Errors
    /// A text that is no slice.
    pub fn spikes(of: &str) -> Result<Self, Mistake> {
        Ok(Self {
            of: vec![slices::parse(of)?],
            spikes: true,
            ..Self::blank()
        })
    }

    /// Variables of a population or projection, or of a part of it, at every step.
    ///
    /// # Errors
    /// A text that is no slice.
    pub fn variables<T: Into<String>>(
        of: &str,
        variables: impl IntoIterator<Item = T>,
    ) -> Result<Self, Mistake> {
        Ok(Self {
            spikes: false,
            variables: variables.into_iter().map(Into::into).collect(),
            ..Self::spikes(of)?
        })
    }

    /// Samples variables at this interval.
    ///
    /// # Errors
    /// A text that is no time.
    pub fn every(mut self, every: &str) -> Result<Self, Mistake> {
        self.times = RecordTimes::Every(time("the interval of a record", every)?);
        Ok(self)
    }

    /// Samples variables once, when the run ends.
    pub fn at_end(mut self) -> Self {
        self.times = RecordTimes::AtEnd;
        self
    }

    /// Keeps what happens from here on.
    ///
    /// # Errors
    /// A text that is no time.
    pub fn from(mut self, from: &str) -> Result<Self, Mistake> {
        self.from = time("the beginning of a record", from)?;
        Ok(self)
    }

    /// Keeps what happens until here.
    ///
    /// # Errors
    /// A text that is no time.
    pub fn until(mut self, until: &str) -> Result<Self, Mistake> {
        self.until = Some(time("the end of a record", until)?);
        Ok(self)
    }
}

impl Phase {
    /// A phase of a protocol in which nothing is changed yet.
    ///
    /// # Errors
    /// A text that is no time.
    pub fn new(name: impl Into<String>, duration: &str) -> Result<Self, Mistake> {
        Ok(Self {
            name: name.into(),
            duration: time("the duration of a phase", duration)?,
            ..Self::blank()
        })
    }

    /// Makes a spike source fire at a rate while the phase lasts.
    pub fn fire(mut self, source: impl Into<String>, rate: impl Into<Text>) -> Self {
        self.fire.push((source.into(), rate.into()));
        self
    }

    /// Changes a parameter, `cells.I`, for the phase.
    pub fn set(mut self, parameter: impl Into<String>, value: impl Into<Text>) -> Self {
        self.set.push((parameter.into(), value.into()));
        self
    }
}

impl Slice {
    /// Reads `cells`, `cells[5]`, `cells[0:10]`, `cells[10:]` or `cells[:10]`.
    ///
    /// # Errors
    /// A text that is none of these.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        slices::parse(text)
    }
}
