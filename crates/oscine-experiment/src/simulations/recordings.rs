//! What a run recorded, as measures and plots take it: spike trains of a population, traces of its cells.

use std::ops::Range;

use oscine_engine::{Facts, RecordFacts, RecordKind};
use oscine_equations::Dimension;
use oscine_network::Experiment;

use crate::error::ExperimentError;
use crate::files::table::Rows;
use crate::simulations::recorder::Table;

/// Rows of a table that are read, at most; of a longer one the beginning is read, and that is said.
pub const MOST_ROWS: usize = 50_000_000;

/// All that a run recorded.
#[derive(Debug, Default)]
pub struct Recordings {
    /// Spikes, by record and population.
    pub trains: Vec<SpikeTrains>,
    /// Variables, by record and population.
    pub traces: Vec<Traces>,
    /// What the reader must know, a sentence each.
    pub notes: Vec<String>,
}

/// The spikes of some cells of one population.
#[derive(Clone, Debug)]
pub struct SpikeTrains {
    /// The record.
    pub record: String,
    /// The population.
    pub of: String,
    /// The cells that were recorded, by index.
    pub cells: Range<u32>,
    /// When recording began, s.
    pub from: f64,
    /// When it ended, s.
    pub until: f64,
    /// Times of the spikes, s, sorted, `[spike]`.
    pub times: Vec<f64>,
    /// Which cell each is of, `[spike]`.
    pub indices: Vec<u32>,
}

/// Variables of some cells or synapses, sampled together.
#[derive(Clone, Debug)]
pub struct Traces {
    /// The record.
    pub record: String,
    /// The population or projection.
    pub of: String,
    /// `cell` or `synapse`.
    pub each: &'static str,
    /// Index of each cell or synapse, `[element]`.
    pub indices: Vec<u32>,
    /// Times of the samples, s, `[sample]`.
    pub times: Vec<f64>,
    /// The variables.
    pub variables: Vec<Variable>,
}

/// One variable of [`Traces`].
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it measures.
    pub dimension: Dimension,
    /// Its values, `[element][sample]`.
    pub series: Vec<Vec<f64>>,
}

impl Recordings {
    /// Reads the tables of a run.
    ///
    /// # Errors
    /// Where a table cannot be read back.
    pub fn read(
        tables: &[Table],
        facts: &Facts,
        experiment: &Experiment,
    ) -> Result<Self, ExperimentError> {
        let mut recordings = Self::default();
        for table in tables {
            let name = &table.schema.record;
            let (rows, all) = table.load(MOST_ROWS)?;
            if !all {
                recordings.notes.push(format!(
                    "`{name}` has {} rows; the first {} are measured and drawn",
                    table.rows,
                    rows.len()
                ));
            }
            let covered: Vec<&RecordFacts> =
                facts.records.iter().filter(|of| of.name == *name).collect();
            for of in &covered {
                recordings.add(table, &rows, of, experiment);
            }
        }
        Ok(recordings)
    }

    fn add(&mut self, table: &Table, rows: &Rows, facts: &RecordFacts, experiment: &Experiment) {
        let column = |name: &str| {
            table
                .schema
                .position(name)
                .map(|place| &rows.columns[place])
        };
        let each = match column("synapse") {
            Some(_) => "synapse",
            None => "cell",
        };
        let (Some(times), Some(elements)) = (
            column("time").and_then(|values| values.numbers()),
            column(each).and_then(|values| values.indices()),
        ) else {
            return;
        };
        let names = column("of").and_then(|values| values.names());
        let here = facts.first as u32..facts.end as u32;
        let picked: Option<Vec<usize>> = names.map(|names| {
            (0..rows.len())
                .filter(|&row| *names[row] == *facts.of && here.contains(&elements[row]))
                .collect()
        });
        let (from, until) = window(&facts.name, experiment);
        match &facts.kind {
            RecordKind::Spikes => self.trains.push(SpikeTrains {
                record: facts.name.clone(),
                of: facts.of.clone(),
                cells: here,
                from,
                until,
                times: pick(times, picked.as_deref()),
                indices: pick(elements, picked.as_deref()),
            }),
            RecordKind::Variables(variables) => {
                let times = pick(times, picked.as_deref());
                let elements = pick(elements, picked.as_deref());
                // Every time has the same elements in the same order, so that those of the first time are a row of each.
                let count = times.iter().take_while(|&&time| time == times[0]).count();
                let samples = times.len().checked_div(count).unwrap_or(0);
                let variables = variables.iter().filter_map(|(name, dimension)| {
                    let values = pick(column(name)?.numbers()?, picked.as_deref());
                    let series = (0..count)
                        .map(|row| (0..samples).map(|at| values[at * count + row]).collect())
                        .collect();
                    Some(Variable {
                        name: name.clone(),
                        dimension: *dimension,
                        series,
                    })
                });
                let traces = Traces {
                    record: facts.name.clone(),
                    of: facts.of.clone(),
                    each,
                    variables: variables.collect(),
                    indices: elements[..count].to_vec(),
                    times: times
                        .iter()
                        .step_by(count.max(1))
                        .take(samples)
                        .copied()
                        .collect(),
                };
                self.take(traces);
            }
        }
    }
}

impl Recordings {
    /// Several slices of one population in one record are one set of traces.
    fn take(&mut self, traces: Traces) {
        let same = self.traces.iter_mut().find(|known| {
            known.record == traces.record && known.of == traces.of && known.times == traces.times
        });
        let Some(known) = same else {
            self.traces.push(traces);
            return;
        };
        known.indices.extend(traces.indices);
        for (variable, more) in known.variables.iter_mut().zip(traces.variables) {
            variable.series.extend(more.series);
        }
    }
}

/// When a record begins and ends, s.
fn window(record: &str, experiment: &Experiment) -> (f64, f64) {
    let end = experiment.run.duration;
    let described = experiment.records.iter().find(|(name, _)| name == record);
    described.map_or((0.0, end), |(_, record)| {
        (record.from.min(end), record.until.unwrap_or(end).min(end))
    })
}

fn pick<T: Copy>(values: &[T], picked: Option<&[usize]>) -> Vec<T> {
    match picked {
        None => values.to_vec(),
        Some(picked) => picked.iter().map(|&row| values[row]).collect(),
    }
}

impl SpikeTrains {
    /// The spikes from one time on until before another, within what was recorded.
    #[must_use]
    pub fn between(&self, from: f64, until: f64) -> Self {
        let (from, until) = (from.max(self.from), until.min(self.until));
        let first = self.times.partition_point(|&time| time < from);
        let end = self.times.partition_point(|&time| time < until).max(first);
        Self {
            from,
            until: until.max(from),
            times: self.times[first..end].to_vec(),
            indices: self.indices[first..end].to_vec(),
            record: self.record.clone(),
            of: self.of.clone(),
            cells: self.cells.clone(),
        }
    }

    /// Length of the recording, s.
    #[must_use]
    pub fn span(&self) -> f64 {
        (self.until - self.from).max(0.0)
    }
}

impl Traces {
    /// The samples from one time on until before another.
    #[must_use]
    pub fn between(&self, from: f64, until: f64) -> Self {
        // A sample that misses the end by rounding is not meant.
        let small = self.step().unwrap_or(0.0) * 1e-6;
        let first = self.times.partition_point(|&time| time < from - small);
        let end = self
            .times
            .partition_point(|&time| time < until - small)
            .max(first);
        let variables = self.variables.iter().map(|variable| Variable {
            series: variable
                .series
                .iter()
                .map(|series| series[first..end].to_vec())
                .collect(),
            ..variable.clone()
        });
        Self {
            variables: variables.collect(),
            times: self.times[first..end].to_vec(),
            ..self.clone()
        }
    }

    /// Time between two samples, s; `None` of fewer than two.
    #[must_use]
    pub fn step(&self) -> Option<f64> {
        let (first, last) = (self.times.first()?, self.times.last()?);
        (self.times.len() > 1).then(|| (last - first) / (self.times.len() - 1) as f64)
    }
}
