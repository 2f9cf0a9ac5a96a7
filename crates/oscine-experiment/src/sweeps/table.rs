//! `sweep.parquet`: a row for each run of a sweep, with its keys, its seed and what it measured.
//!
//! A measure that is one number in each run has a column; of one with several values the mean has, `NAME.mean`. What is measured over the seeds of a
//! point, such as bias and variance, stands in the row of each of them.

use std::path::Path;
use std::sync::Arc;

use crate::error::ExperimentError;
use crate::files::symbol::unit_symbol;
use crate::files::table::{
    ColumnKind, ColumnValues, TableColumn, TableKind, TableRows, TableSchema,
};
use crate::files::table_writer::TableWriter;
use crate::formula::array::{ArrayAxis, AxisKind, NamedArray};
use crate::judging::measured::Measured;
use crate::sweeps::points::Points;

/// Writes the table.
pub(crate) fn write(
    path: &Path,
    points: &Points,
    measured: &Measured,
) -> Result<(), ExperimentError> {
    let axes = points.axes();
    let runs = points.count();
    let (mut fields, mut columns) = key_columns(&axes);
    if !axes.iter().any(|axis| axis.name == "run.seed") {
        let seeds = (0..runs).map(|run| {
            let settings = points.settings(run);
            let seed = settings.iter().find(|(key, _)| key == "run.seed");
            seed.and_then(|(_, seed)| seed.parse().ok())
                .unwrap_or(points.seed() as f64)
        });
        columns.push(ColumnValues::Numbers(seeds.collect()));
        fields.push(TableColumn {
            name: "run.seed".into(),
            unit: String::new(),
            kind: ColumnKind::Number,
        });
    }
    for (name, array) in &measured.measures {
        let Some((ending, values)) = in_each_run(array, &axes) else {
            continue;
        };
        fields.push(TableColumn {
            name: format!("{name}{ending}"),
            unit: unit_symbol(array.dimension),
            kind: ColumnKind::Number,
        });
        columns.push(ColumnValues::Numbers(values));
    }
    let schema = TableSchema {
        record: "sweep".into(),
        kind: TableKind::Sweep,
        fields,
    };
    TableWriter::create(path, &schema)?.write_whole(&TableRows { columns })?;
    Ok(())
}

/// The columns of the keys: the value that each run has, or its name.
fn key_columns(axes: &[ArrayAxis]) -> (Vec<TableColumn>, Vec<ColumnValues>) {
    let column = |axis: &ArrayAxis| {
        let along = NamedArray::along(axis.clone(), axis.dimension, axis.coordinates.clone());
        let values = along.spread(axes);
        let (kind, values) = match axis.labels.is_empty() {
            true => (ColumnKind::Number, ColumnValues::Numbers(values)),
            false => {
                let labels = axis.labels.iter();
                let names: Vec<Arc<str>> = labels.map(|label| Arc::from(&**label)).collect();
                let names = values.iter().map(|&at| names[at as usize].clone());
                (ColumnKind::Name, ColumnValues::Names(names.collect()))
            }
        };
        let field = TableColumn {
            name: axis.name.clone(),
            unit: unit_symbol(axis.dimension),
            kind,
        };
        (field, values)
    };
    axes.iter().map(column).unzip()
}

/// One number of each run; `None` of a measure that is over the keys themselves.
fn in_each_run(array: &NamedArray, axes: &[ArrayAxis]) -> Option<(&'static str, Vec<f64>)> {
    let mut keys = axes.iter().filter(|axis| axis.kind != AxisKind::Repeat);
    if !keys.all(|axis| array.axis(&axis.name).is_some()) {
        return None;
    }
    let mut array = array.clone();
    let mut ending = "";
    while let Some(axis) = array
        .axes
        .iter()
        .rposition(|axis| matches!(axis.kind, AxisKind::Elements | AxisKind::Within))
    {
        ending = ".mean";
        let dimension = array.dimension;
        array = array.reduced(axis, dimension, |line| {
            let values: Vec<f64> = line
                .iter()
                .copied()
                .filter(|value| !value.is_nan())
                .collect();
            oscine_analysis::mean(&values).unwrap_or(f64::NAN)
        });
    }
    Some((ending, array.spread(axes)))
}
