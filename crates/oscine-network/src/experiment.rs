//! The experiment: all tables of the file together.

use std::path::PathBuf;

use crate::declaration::kinds::{Strings, Words};
use crate::declaration::tables::{AtMostOne, ByName, InOrder, One};
use crate::declaration::{Declared, Table, table};
use crate::projections::Projections;
use crate::quick::Short;
use crate::reading::fields::Fields;
use crate::reading::tree::Kind;
use crate::{
    Claim, Figure, Layer, Measure, Neurons, Noise, Phase, Precision, Record, Run, Stimulus, Sweep,
    Synapses, Task, Text, Training, Value,
};

/// Things by name, in the order in which they were written.
pub type Named<T> = Vec<(String, T)>;

table! {
    /// An experiment: a network, what is done to it, what is recorded, measured and claimed.
    pub struct Experiment {
        /// The title, what a reader sees first.
        title: String = Words, usually String::new();
        /// The question that it asks.
        question: String = Words, usually String::new();
        /// The source, where it comes from.
        source: String = Words, usually String::new();
        /// The explanation: what a reader should know to understand what is seen, in paragraphs.
        explanation: String = Words, usually String::new();
        /// What to try next, a sentence or a command each.
        try_next: Vec<String> = Strings;
        /// How the run goes.
        run: Run = One<Run>, or Declared::blank();
        /// The short form (`--quick`): keys of the file with the values that they have in it.
        quick: Named<Value> = Short;
        /// Functions of time and sources of spikes.
        stimuli as "stimulus": Named<Stimulus> = ByName<Stimulus>;
        /// Populations of neurons, or of artificial units.
        neurons: Named<Neurons> = ByName<Neurons>;
        /// Projections: synapses between populations.
        synapses: Named<Synapses> = Projections;
        /// The task: the examples that layers learn from.
        task: Option<Task> = AtMostOne<Task>;
        /// Layers of an artificial network, in the order in which a signal passes them.
        layers: Named<Layer> = ByName<Layer>;
        /// How the layers learn.
        training: Option<Training> = AtMostOne<Training>;
        /// Noise at named places.
        noise: Named<Noise> = ByName<Noise>;
        /// The protocol: phases in time.
        protocol: Vec<Phase> = InOrder<Phase>;
        /// What is kept.
        records as "record": Named<Record> = ByName<Record>;
        /// Runs over values and seeds.
        sweep: Option<Sweep> = AtMostOne<Sweep>;
        /// What is measured.
        measures as "measure": Named<Measure> = ByName<Measure>;
        /// What is claimed.
        claims as "claim": Vec<Claim> = InOrder<Claim>;
        /// What is drawn besides the figures that every report has.
        figures as "figure": Vec<Figure> = InOrder<Figure>;
    }
    keeps {
        /// The folder that relative paths start from.
        folder: PathBuf;
    }
}

impl Table for Experiment {
    fn prepare(&mut self, fields: &Fields) -> bool {
        let phases = fields.peek("protocol").map(|node| &node.kind);
        let has_phases = matches!(phases, Some(Kind::List(phases)) if !phases.is_empty());
        let lasts = has_phases || has_only_layers(fields);
        fields.context.needs_duration.set(!lasts);
        true
    }

    fn settle(&mut self, fields: &Fields) -> bool {
        let only_layers = has_only_layers(fields);
        if !only_layers && !fields.has("run") {
            fields.missing("run", "`[run]` and below it `duration = \"1 s\"`");
        }
        let run = fields.peek("run").map(|node| &node.kind);
        let writes = |key: &str| matches!(run, Some(Kind::Table(run)) if run.get(key).is_some());
        if only_layers && !writes("precision") {
            self.run.precision = Precision::Single;
        }
        if !writes("duration") && !self.protocol.is_empty() {
            self.run.duration = self.protocol.iter().map(|phase| phase.duration).sum();
        }
        true
    }
}

/// Whether there is nothing in the file that has time.
fn has_only_layers(fields: &Fields) -> bool {
    fields.has("layers") && !fields.has("neurons") && !fields.has("stimulus")
}

impl Experiment {
    /// Whether it steps in time: layers alone do not.
    #[must_use]
    pub fn has_time(&self) -> bool {
        !self.neurons.is_empty() || !self.stimuli.is_empty()
    }

    /// Appends the equations that a synapse's model wants in its target, where no equation of that name is there yet.
    pub(crate) fn add_target_equations(&mut self, population: &str, equations: &Text) {
        let population = self.neurons.iter_mut().find(|(name, _)| name == population);
        if let Some((_, neurons)) = population {
            neurons.add_equations(equations);
        }
    }
}
