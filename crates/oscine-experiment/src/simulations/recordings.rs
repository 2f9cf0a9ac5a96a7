//! The recordings of a run, as measures and plots take them: spike trains of a population, traces of its cells.

use std::borrow::Cow;
use std::ops::Range;

use oscine_engine::{Facts, RecordFacts, RecordKind};
use oscine_equations::Dimension;
use oscine_network::Experiment;

use crate::error::ExperimentError;
use crate::files::table::{ColumnValues, TableRows, TableSchema};
use crate::simulations::recorder::RecordTable;

/// Rows of a table that are read, at most; of a longer one the beginning is read, and that is said.
pub const MOST_ROWS: usize = 50_000_000;

/// The recordings of a run: its spike trains and traces.
#[derive(Debug, Default)]
pub struct Recordings {
    /// Spike trains, by record and population.
    pub trains: Vec<RecordedSpikes<'static>>,
    /// Traces of variables, by record and population.
    pub traces: Vec<Traces<'static>>,
    /// Notes that the reader must know, a sentence each.
    pub notes: Vec<String>,
}

/// Spike trains of some cells of one population.
#[derive(Clone, Debug)]
pub struct RecordedSpikes<'a> {
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
    pub times: Cow<'a, [f64]>,
    /// Which cell each is of, `[spike]`.
    pub indices: Cow<'a, [u32]>,
}

/// Traces: variables of some cells or synapses, sampled together.
#[derive(Clone, Debug)]
pub struct Traces<'a> {
    /// The record.
    pub record: String,
    /// The population or projection.
    pub of: String,
    /// `cell` or `synapse`.
    pub each: &'static str,
    /// Index of each cell or synapse, `[element]`.
    pub indices: Vec<u32>,
    /// Times of the samples, s, `[sample]`.
    pub times: Cow<'a, [f64]>,
    /// The variables.
    pub variables: Vec<TracedVariable<'a>>,
}

/// One variable of [`Traces`].
#[derive(Clone, Debug)]
pub struct TracedVariable<'a> {
    /// Its name.
    pub name: String,
    /// Its dimension.
    pub dimension: Dimension,
    /// Its values, `[element][sample]`.
    pub series: Vec<Cow<'a, [f64]>>,
}

impl Recordings {
    /// Reads the tables of a run; rows that are still in memory are taken over from them.
    ///
    /// # Errors
    /// Where a table cannot be read back.
    pub fn read(
        tables: &mut [RecordTable],
        facts: &Facts,
        experiment: &Experiment,
    ) -> Result<Self, ExperimentError> {
        let mut recordings = Self::default();
        for table in tables {
            let (rows, all) = table.take_rows(MOST_ROWS)?;
            let name = &table.schema.record;
            if !all {
                recordings.notes.push(format!(
                    "`{name}` has {} rows; the first {} are measured and drawn",
                    table.rows,
                    rows.len()
                ));
            }
            let mut columns = ReadColumns {
                schema: &table.schema,
                rows,
            };
            let covered = facts.records.iter().filter(|of| of.name == *name);
            let mut covered = covered.peekable();
            while let Some(of) = covered.next() {
                let is_last = covered.peek().is_none();
                recordings.add(&mut columns, is_last, of, experiment);
            }
        }
        Ok(recordings)
    }

    /// Adds what a record holds of one population or projection; from the last of them on the columns are not needed any more.
    fn add(
        &mut self,
        columns: &mut ReadColumns,
        is_last: bool,
        facts: &RecordFacts,
        experiment: &Experiment,
    ) {
        let each = match columns.schema.position("synapse") {
            Some(_) => "synapse",
            None => "cell",
        };
        let here = facts.first as u32..facts.end as u32;
        let rows = columns.rows_of(each, &facts.of, &here, is_last);
        let (Some(times), Some(mut elements)) =
            (columns.numbers("time", &rows), columns.indices(each, &rows))
        else {
            return;
        };
        let (from, until) = window(&facts.name, experiment);
        match &facts.kind {
            RecordKind::Spikes => self.trains.push(RecordedSpikes {
                record: facts.name.clone(),
                of: facts.of.clone(),
                cells: here,
                from,
                until,
                times: times.into(),
                indices: elements.into(),
            }),
            RecordKind::Variables(variables) => {
                // Every time has the same elements in the same order, so that those of the first time are a row of each.
                let count = times.iter().take_while(|&&time| time == times[0]).count();
                let samples = times.len().checked_div(count).unwrap_or(0);
                let variables = variables.iter().filter_map(|(name, dimension)| {
                    Some(TracedVariable {
                        name: name.clone(),
                        dimension: *dimension,
                        series: series(columns.numbers(name, &rows)?, count, samples),
                    })
                });
                let variables = variables.collect();
                elements.truncate(count);
                let times = times.iter().step_by(count.max(1)).take(samples);
                self.take(Traces {
                    record: facts.name.clone(),
                    of: facts.of.clone(),
                    each,
                    variables,
                    indices: elements,
                    times: times.copied().collect(),
                });
            }
        }
    }
}

/// The columns of a table that was read.
struct ReadColumns<'a> {
    schema: &'a TableSchema,
    rows: TableRows,
}

/// Which rows of a table are taken.
enum Taken {
    /// All rows, and the column with them.
    Over,
    /// All rows of a table that is needed again.
    All,
    /// Some rows.
    Some(Vec<usize>),
}

impl ReadColumns<'_> {
    /// The rows of a part of a population or projection, where the table tells them apart.
    fn rows_of(&self, each: &str, of: &str, here: &Range<u32>, is_last: bool) -> Taken {
        let column = |name: &str| Some(&self.rows.columns[self.schema.position(name)?]);
        let names = column("of").and_then(ColumnValues::names);
        let elements = column(each).and_then(ColumnValues::indices);
        match (names, elements) {
            (Some(names), Some(elements)) => {
                let is_of = |&row: &usize| *names[row] == *of && here.contains(&elements[row]);
                Taken::Some((0..names.len()).filter(is_of).collect())
            }
            _ if is_last => Taken::Over,
            _ => Taken::All,
        }
    }

    /// The numbers of a column.
    fn numbers(&mut self, name: &str, rows: &Taken) -> Option<Vec<f64>> {
        match &mut self.rows.columns[self.schema.position(name)?] {
            ColumnValues::Numbers(values) => Some(rows.of(values)),
            _ => None,
        }
    }

    /// The indices of a column.
    fn indices(&mut self, name: &str, rows: &Taken) -> Option<Vec<u32>> {
        match &mut self.rows.columns[self.schema.position(name)?] {
            ColumnValues::Indices(values) => Some(rows.of(values)),
            _ => None,
        }
    }
}

impl Taken {
    fn of<T: Copy>(&self, values: &mut Vec<T>) -> Vec<T> {
        match self {
            Self::Over => std::mem::take(values),
            Self::All => values.clone(),
            Self::Some(rows) => rows.iter().map(|&row| values[row]).collect(),
        }
    }
}

/// The series of each of `count` elements, from values `[sample][element]`.
fn series(values: Vec<f64>, count: usize, samples: usize) -> Vec<Cow<'static, [f64]>> {
    if count == 1 {
        return vec![values.into()];
    }
    let of = |element: usize| (0..samples).map(move |at| at * count + element);
    let series = (0..count).map(|element| of(element).map(|at| values[at]).collect());
    series.collect()
}

impl Recordings {
    /// Adds traces; several slices of one population in one record are one set.
    fn take(&mut self, traces: Traces<'static>) {
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

/// The beginning and end of a record, s.
fn window(record: &str, experiment: &Experiment) -> (f64, f64) {
    let end = experiment.run.duration;
    let described = experiment.records.iter().find(|(name, _)| name == record);
    described.map_or((0.0, end), |(_, record)| {
        (record.from.min(end), record.until.unwrap_or(end).min(end))
    })
}

impl RecordedSpikes<'_> {
    /// The spike trains in a window of time, within what was recorded; borrowed.
    #[must_use]
    pub fn between(&self, from: f64, until: f64) -> RecordedSpikes<'_> {
        let (from, until) = (from.max(self.from), until.min(self.until));
        let first = self.times.partition_point(|&time| time < from);
        let end = self.times.partition_point(|&time| time < until).max(first);
        RecordedSpikes {
            from,
            until: until.max(from),
            times: self.times[first..end].into(),
            indices: self.indices[first..end].into(),
            record: self.record.clone(),
            of: self.of.clone(),
            cells: self.cells.clone(),
        }
    }

    /// Duration of the recording, s.
    #[must_use]
    pub fn span(&self) -> f64 {
        (self.until - self.from).max(0.0)
    }
}

impl Traces<'_> {
    /// The traces in a window of time; borrowed.
    #[must_use]
    pub fn between(&self, from: f64, until: f64) -> Traces<'_> {
        // A sample that misses the end by rounding is not meant.
        let small = self.step().unwrap_or(0.0) * 1e-6;
        let first = self.times.partition_point(|&time| time < from - small);
        let end = self
            .times
            .partition_point(|&time| time < until - small)
            .max(first);
        let variables = self.variables.iter().map(|variable| TracedVariable {
            name: variable.name.clone(),
            dimension: variable.dimension,
            series: variable
                .series
                .iter()
                .map(|series| series[first..end].into())
                .collect(),
        });
        Traces {
            record: self.record.clone(),
            of: self.of.clone(),
            each: self.each,
            indices: self.indices.clone(),
            times: self.times[first..end].into(),
            variables: variables.collect(),
        }
    }

    /// Sampling interval, s; `None` of fewer than two samples.
    #[must_use]
    pub fn step(&self) -> Option<f64> {
        let (first, last) = (self.times.first()?, self.times.last()?);
        (self.times.len() > 1).then(|| (last - first) / (self.times.len() - 1) as f64)
    }
}
