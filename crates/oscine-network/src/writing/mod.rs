//! From an [`Experiment`] to a TOML file that reads back equal. What came from the catalogue or from a matrix of many pairs is written
//! out in full, so that the file stands by itself.

mod learning;
mod network;
mod stimulus;
mod table;
mod values;

use table::{Table, inline, list};
pub(crate) use values::time;

use crate::{
    Correlation, Experiment, Measure, NoiseKind, Precision, RecordTimes, Setting, Text, When,
};

impl Experiment {
    /// The experiment as the text of a file, with all defaults filled in.
    ///
    /// ```
    /// # use oscine_network::Experiment;
    /// # use std::path::Path;
    /// let text = "[run]\nduration = \"1 s\"\n[neurons.cell]\ncount = 1\nequations = \"dv/dt = -v/(10*ms) : 1\"\n";
    /// let experiment = Experiment::parse(text, "cell.toml", Path::new("")).unwrap();
    /// let again = Experiment::parse(&experiment.to_toml(), "again.toml", Path::new("")).unwrap();
    /// assert_eq!(again, experiment);
    /// ```
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        for table in self.tables() {
            table.write(&mut out);
        }
        out
    }

    fn tables(&self) -> Vec<Table> {
        let mut top = Table::new("");
        top.filled("title", &self.title);
        top.filled("question", &self.question);
        top.filled("source", &self.source);
        top.filled("explanation", &self.explanation);
        if !self.try_next.is_empty() {
            top.strings("try_next", &self.try_next);
        }
        let mut tables = vec![top, self.run_table()];
        if !self.quick.is_empty() {
            let mut table = Table::new("[quick]");
            for (key, value) in &self.quick {
                table.raw(key, quick_value(value));
            }
            tables.push(table);
        }
        tables.extend(
            self.stimuli
                .iter()
                .map(|(name, one)| stimulus::table(name, one)),
        );
        tables.extend(
            self.neurons
                .iter()
                .map(|(name, one)| network::neurons(name, one)),
        );
        tables.extend(
            self.synapses
                .iter()
                .map(|(name, one)| network::synapses(name, one)),
        );
        tables.extend(self.task.iter().map(learning::task));
        let layers = self.layers.iter();
        tables.extend(layers.map(|(name, one)| learning::layer(name, one)));
        tables.extend(self.training.iter().map(learning::training));
        tables.extend(self.noise_tables());
        for phase in &self.protocol {
            let mut table = Table::new("[[protocol]]");
            table.filled("name", &phase.name);
            table.time("duration", phase.duration);
            table.named_texts("fire", &phase.fire);
            table.named_texts("set", &phase.set);
            tables.push(table);
        }
        tables.extend(self.record_tables());
        if let Some(sweep) = &self.sweep {
            let mut table = Table::new("[sweep]");
            table.raw("repeat", sweep.repeat.to_string());
            if sweep.keep_records {
                table.raw("keep_records", "true");
            }
            let over = sweep.over.iter().map(|(key, (written, _))| {
                let value = match written.value.starts_with('[') {
                    true => written.value.clone(),
                    false => values::text(written),
                };
                (key.clone(), value)
            });
            table.named("over", over.collect());
            tables.push(table);
        }
        tables.extend(self.measures.iter().map(|(name, one)| measure(name, one)));
        for claim in &self.claims {
            let mut table = Table::new("[[claim]]");
            table.string("says", &claim.says);
            table.text("value", &claim.value);
            table.text("published", &claim.published);
            table.optional_text("tolerance", &claim.tolerance);
            table.filled("source", &claim.source);
            if !claim.quick {
                table.raw("quick", "false");
            }
            tables.push(table);
        }
        for figure in &self.figures {
            let mut table = Table::new("[[figure]]");
            table.text("plot", &figure.plot);
            if let Some(title) = &figure.title {
                table.string("title", title);
            }
            tables.push(table);
        }
        tables
    }

    fn run_table(&self) -> Table {
        let run = &self.run;
        let mut table = Table::new("[run]");
        table.time("duration", run.duration);
        table.time("dt", run.dt);
        // TOML's whole numbers end before a seed's do.
        match i64::try_from(run.seed) {
            Ok(seed) => table.raw("seed", seed.to_string()),
            Err(_) => table.string("seed", &run.seed.to_string()),
        }
        if let Some(integrator) = &run.integrator {
            table.string("integrator", integrator);
        }
        let precision = match run.precision {
            Precision::Single => "single",
            Precision::Double => "double",
        };
        table.string("precision", precision);
        if let Some(every) = run.checkpoint_every {
            table.time("checkpoint_every", every);
        }
        table
    }

    fn noise_tables(&self) -> impl Iterator<Item = Table> {
        self.noise.iter().map(|(name, noise)| {
            let mut table = Table::new(format!("[noise.{}]", values::key(name)));
            let at: Vec<String> = noise.at.iter().map(|text| text.value.clone()).collect();
            table.strings("at", &at);
            let kind = match noise.kind {
                NoiseKind::White => "white",
                NoiseKind::Gaussian => "gaussian",
                NoiseKind::Uniform => "uniform",
                NoiseKind::OrnsteinUhlenbeck { .. } => "ornstein-uhlenbeck",
                NoiseKind::Multiplicative => "multiplicative",
                NoiseKind::Dropout => "dropout",
                NoiseKind::Pink { .. } => "pink",
                NoiseKind::SaltAndPepper => "salt-and-pepper",
            };
            table.string("kind", kind);
            let correlation = match noise.kind {
                NoiseKind::OrnsteinUhlenbeck { correlation } => Some(correlation),
                NoiseKind::Pink { longest } => longest,
                _ => None,
            };
            match correlation {
                Some(Correlation::Time(time)) => table.time("correlation", time),
                Some(Correlation::Steps(steps)) => table.raw("correlation", format!("{steps:?}")),
                None => {}
            }
            table.text("level", &noise.level);
            match noise.when {
                When::Training => {}
                When::Test => table.string("when", "test"),
                When::Both => table.string("when", "both"),
            }
            table
        })
    }

    fn record_tables(&self) -> impl Iterator<Item = Table> {
        self.records.iter().map(|(name, record)| {
            let mut table = Table::new(format!("[record.{}]", values::key(name)));
            let of: Vec<String> = record.of.iter().map(ToString::to_string).collect();
            table.strings("of", &of);
            if record.spikes {
                table.flag("spikes", true);
            }
            if !record.variables.is_empty() {
                let variables = record.variables.iter().map(|name| values::string(name));
                table.raw("variables", list(variables));
            }
            match record.times {
                RecordTimes::EveryStep => {}
                RecordTimes::Every(every) => table.time("every", every),
                RecordTimes::AtEnd => table.string("at", "end"),
            }
            if record.from != 0.0 {
                table.time("from", record.from);
            }
            if let Some(until) = record.until {
                table.time("until", until);
            }
            table
        })
    }
}

fn measure(name: &str, measure: &Measure) -> Table {
    let mut table = Table::new(format!("[measure.{}]", values::key(name)));
    if let Some(what) = &measure.what {
        table.string("what", what);
    }
    table.optional_text("value", &measure.value);
    if !measure.of.is_empty() {
        table.strings("of", &measure.of);
    }
    for (key, value) in &measure.settings {
        table.raw(key, setting(value));
    }
    table
}

fn setting(value: &Setting) -> String {
    match value {
        Setting::Text(text) => values::string(&text.value),
        Setting::Number(number) => values::number(*number),
        Setting::Flag(flag) => flag.to_string(),
        Setting::List(values) => list(values.iter().map(setting)),
        Setting::Table(values) => inline(
            values
                .iter()
                .map(|(name, value)| (name.as_str(), setting(value))),
        ),
    }
}

/// A value of the short form: a list as it is, all else as a text.
fn quick_value(value: &Text) -> String {
    match value.value.starts_with('[') {
        true => value.value.clone(),
        false => values::text(value),
    }
}
