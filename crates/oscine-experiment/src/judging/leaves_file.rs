//! `measures.safetensors`: what a run measured, to the last bit, for formulas that are evaluated later or over a sweep.
//!
//! A tensor for each array, and one for the coordinates of each axis; what they measure stands in the file's metadata.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use oscine_engine::StateArray as Tensors;
use oscine_equations::{Dimension, Quantity};
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};

use crate::error::ExperimentError;
use crate::files::folder::partial_path;
use crate::formula::array::{ArrayAxis, AxisKind, NamedArray};
use crate::judging::leaves::FormulaLeaves;
use crate::simulations::checkpoint::{Tensor, array as tensor_values};

/// The key of what Oscine says in the metadata.
const HEADER: &str = "oscine";

/// The header: what the metadata say.
#[derive(Serialize, Deserialize)]
struct Header {
    version: String,
    arrays: Vec<Described>,
    notes: Vec<String>,
    failed: BTreeMap<String, String>,
}

/// The header of one array.
#[derive(Serialize, Deserialize)]
struct Described {
    name: String,
    unit: String,
    axes: Vec<DescribedAxis>,
}

#[derive(Serialize, Deserialize)]
struct DescribedAxis {
    name: String,
    /// Whether it runs over cells or synapses.
    elements: bool,
    unit: String,
    labels: Vec<String>,
}

/// Writes the arrays that a run measured, in one go.
pub(crate) fn write(path: &Path, leaves: &FormulaLeaves) -> Result<(), ExperimentError> {
    let mut described = Vec::new();
    let mut tensors = Vec::new();
    for (number, (name, array)) in leaves.arrays.iter().enumerate() {
        for (place, axis) in array.axes.iter().enumerate() {
            tensors.push((
                axis_name(number, place),
                Tensors::F64(axis.coordinates.clone()),
            ));
        }
        tensors.push((number.to_string(), Tensors::F64(array.values.clone())));
        described.push(Described {
            name: name.clone(),
            unit: unit(array.dimension),
            axes: array
                .axes
                .iter()
                .map(|axis| DescribedAxis {
                    name: axis.name.clone(),
                    elements: axis.kind == AxisKind::Elements,
                    unit: unit(axis.dimension),
                    labels: axis.labels.clone(),
                })
                .collect(),
        });
    }
    let failed = |error: String| ExperimentError::writing(path, std::io::Error::other(error));
    // One entry, as several would be written in another order each time.
    let header = Header {
        version: crate::version::VERSION.to_owned(),
        arrays: described,
        notes: leaves.notes.clone(),
        failed: leaves.failed.clone(),
    };
    let header = serde_json::to_string(&header).map_err(|error| failed(error.to_string()))?;
    let metadata = HashMap::from([(HEADER.to_owned(), header)]);
    let partial = partial_path(path);
    let views = tensors
        .iter()
        .map(|(name, array)| (name, Tensor::of(array)));
    safetensors::serialize_to_file(views, Some(metadata), &partial)
        .map_err(|error| failed(error.to_string()))?;
    fs::rename(&partial, path).map_err(|error| ExperimentError::writing(path, error))
}

/// Reads the arrays that a run measured.
pub(crate) fn read(path: &Path) -> Result<FormulaLeaves, ExperimentError> {
    let bytes = fs::read(path).map_err(|error| ExperimentError::reading(path, error))?;
    read_from(&bytes).map_err(|reason| ExperimentError::Damaged {
        path: path.to_owned(),
        reason,
    })
}

fn read_from(bytes: &[u8]) -> Result<FormulaLeaves, String> {
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| error.to_string())?;
    let tensors = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
    let own = header.metadata().as_ref();
    let own = own.and_then(|metadata| metadata.get(HEADER));
    let own = own.ok_or("its header is not Oscine's")?;
    let own: Header = serde_json::from_str(own).map_err(|error| error.to_string())?;
    let numbers = |name: &str| {
        let tensor = tensors.tensor(name).map_err(|error| error.to_string())?;
        match tensor_values(tensor.dtype(), tensor.data()) {
            Some(Tensors::F64(values)) => Ok(values),
            _ => Err(format!("`{name}` does not hold numbers")),
        }
    };
    let mut leaves = FormulaLeaves {
        failed: own.failed,
        notes: own.notes,
        ..FormulaLeaves::default()
    };
    for (number, described) in own.arrays.into_iter().enumerate() {
        let mut axes = Vec::new();
        for (place, axis) in described.axes.into_iter().enumerate() {
            axes.push(ArrayAxis {
                name: axis.name,
                kind: match axis.elements {
                    true => AxisKind::Elements,
                    false => AxisKind::Within,
                },
                dimension: dimension(&axis.unit)?,
                coordinates: numbers(&axis_name(number, place))?,
                labels: axis.labels,
            });
        }
        let array = NamedArray {
            dimension: dimension(&described.unit)?,
            values: numbers(&number.to_string())?,
            axes,
        };
        let count: usize = array.axes.iter().map(ArrayAxis::len).product();
        if count != array.values.len() {
            return Err(format!(
                "`{}` has not as many values as its axes say",
                described.name
            ));
        }
        leaves.arrays.insert(described.name, array);
    }
    Ok(leaves)
}

fn axis_name(array: usize, axis: usize) -> String {
    format!("{array} axis {axis}")
}

fn unit(dimension: Dimension) -> String {
    match dimension.is_dimensionless() {
        true => String::new(),
        false => dimension.to_string(),
    }
}

fn dimension(unit: &str) -> Result<Dimension, String> {
    let one = format!("1 {unit}");
    let quantity = Quantity::parse(one.trim()).map_err(|error| error.to_string())?;
    Ok(quantity.dimension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_reads_back_to_the_bit() {
        let per_area = Dimension::AMPERE / Dimension::METRE / Dimension::METRE;
        let mut leaves = FormulaLeaves::default();
        let axis = ArrayAxis::within("frequency", Dimension::HERTZ, vec![1.0, 2.5]);
        leaves.arrays.insert(
            "gain".into(),
            NamedArray::along(axis, per_area, vec![0.1, -0.0]),
        );
        leaves.arrays.insert(
            "rate".into(),
            NamedArray::number(1.0 / 3.0, Dimension::HERTZ),
        );
        leaves
            .failed
            .insert("cv".into(), "there are no spikes".into());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("measures.safetensors");
        write(&path, &leaves).unwrap();
        assert_eq!(read(&path).unwrap(), leaves);
        let bytes = fs::read(&path).unwrap();
        write(&path, &leaves).unwrap();
        assert_eq!(fs::read(&path).unwrap(), bytes);
        fs::write(&path, b"not this").unwrap();
        assert!(matches!(read(&path), Err(ExperimentError::Damaged { .. })));
    }
}
