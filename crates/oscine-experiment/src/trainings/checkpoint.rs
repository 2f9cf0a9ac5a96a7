//! `checkpoint.safetensors` of a training: weights, memories of the optimiser, the weights of the best epoch, and the course so far.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use oscine_equations::lanes::Real;
use oscine_layers::{Epoch, ParameterArray, TrainingState};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::error::ExperimentError;
use crate::files::folder::partial_path;

/// Numbers of an epoch.
const OF_AN_EPOCH: usize = 5;

/// Writes a state in one go: a file of that name is always whole.
pub(crate) fn write<R: Real>(
    path: &Path,
    state: &TrainingState<R>,
    description: &str,
) -> Result<(), ExperimentError> {
    let numbers: Vec<f64> = state.history.iter().flat_map(numbers_of).collect();
    let dtype = dtype::<R>();
    let mut tensors: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = vec![(
        "history".into(),
        Dtype::F64,
        vec![state.history.len(), OF_AN_EPOCH],
        numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect(),
    )];
    for array in &state.arrays {
        let name = format!("now.{}", array.name);
        tensors.push((name, dtype, array.shape.clone(), bytes_of(&array.values)));
    }
    let mut metadata = HashMap::from([
        ("oscine".to_owned(), crate::version::VERSION.to_owned()),
        ("description".to_owned(), description.to_owned()),
        ("step".to_owned(), state.step.to_string()),
    ]);
    if let Some((epoch, weights)) = &state.best {
        metadata.insert("best".into(), epoch.to_string());
        for (number, values) in weights.iter().enumerate() {
            tensors.push((
                format!("best.{number}"),
                dtype,
                vec![values.len()],
                bytes_of(values),
            ));
        }
    }
    let views = tensors.iter().filter_map(|(name, dtype, shape, bytes)| {
        let view = TensorView::new(*dtype, shape.clone(), bytes).ok()?;
        Some((name.clone(), view))
    });
    let failed = |error: std::io::Error| ExperimentError::writing(path, error);
    let file = safetensors::serialize(views, Some(metadata))
        .map_err(|error| failed(std::io::Error::other(error.to_string())))?;
    let partial = partial_path(path);
    fs::write(&partial, file).map_err(failed)?;
    fs::rename(&partial, path).map_err(failed)
}

/// Reads a state; `None` where there is no file.
///
/// # Errors
/// A file that cannot be read, is damaged, or is of another description.
pub(crate) fn read<R: Real>(
    path: &Path,
    description: &str,
) -> Result<Option<TrainingState<R>>, ExperimentError> {
    if !path.is_file() {
        return Ok(None);
    }
    let file = fs::read(path).map_err(|error| ExperimentError::reading(path, error))?;
    let damaged = |reason: &str| ExperimentError::Damaged {
        path: path.to_owned(),
        reason: reason.into(),
    };
    let tensors = SafeTensors::deserialize(&file).map_err(|error| damaged(&error.to_string()))?;
    let (_, header) =
        SafeTensors::read_metadata(&file).map_err(|error| damaged(&error.to_string()))?;
    let metadata = header.metadata().clone().unwrap_or_default();
    if metadata.get("description").map(String::as_str) != Some(description) {
        return Err(damaged(
            "it is of another experiment than experiment.toml describes",
        ));
    }
    let number = |key: &str| metadata.get(key).and_then(|text| text.parse::<u64>().ok());
    let history = tensors
        .tensor("history")
        .map_err(|_| damaged("it has no history"))?;
    let numbers: Vec<f64> = numbers(history.data());
    let mut arrays = Vec::new();
    for (name, tensor) in tensors.tensors() {
        if let Some(name) = name.strip_prefix("now.") {
            arrays.push(ParameterArray {
                name: name.to_owned(),
                shape: tensor.shape().to_vec(),
                values: values_of(&tensor).ok_or_else(|| damaged("its precision is another"))?,
            });
        }
    }
    let mut best = Vec::new();
    while let Ok(tensor) = tensors.tensor(&format!("best.{}", best.len())) {
        best.push(values_of(&tensor).ok_or_else(|| damaged("its precision is another"))?);
    }
    Ok(Some(TrainingState {
        arrays,
        step: number("step").ok_or_else(|| damaged("it does not say its step"))?,
        history: numbers.chunks_exact(OF_AN_EPOCH).map(epoch_of).collect(),
        best: number("best").map(|epoch| (epoch as usize, best)),
    }))
}

pub(crate) fn dtype<R: Real>() -> Dtype {
    if R::BYTES == 4 {
        Dtype::F32
    } else {
        Dtype::F64
    }
}

/// Little-endian.
pub(crate) fn bytes_of<R: Real>(values: &[R]) -> Vec<u8> {
    match R::BYTES {
        4 => values
            .iter()
            .flat_map(|value| (value.to_f64() as f32).to_le_bytes())
            .collect(),
        _ => values
            .iter()
            .flat_map(|value| value.to_f64().to_le_bytes())
            .collect(),
    }
}

fn values_of<R: Real>(tensor: &TensorView) -> Option<Vec<R>> {
    if tensor.dtype() != dtype::<R>() {
        return None;
    }
    Some(match R::BYTES {
        4 => {
            let words = tensor
                .data()
                .chunks_exact(4)
                .filter_map(|word| word.try_into().ok());
            words
                .map(|word| R::from_f64(f64::from(f32::from_le_bytes(word))))
                .collect()
        }
        _ => numbers(tensor.data())
            .into_iter()
            .map(R::from_f64)
            .collect(),
    })
}

fn numbers(bytes: &[u8]) -> Vec<f64> {
    let words = bytes
        .chunks_exact(8)
        .filter_map(|word| word.try_into().ok());
    words.map(f64::from_le_bytes).collect()
}

fn numbers_of(epoch: &Epoch) -> [f64; OF_AN_EPOCH] {
    [
        epoch.loss,
        epoch.accuracy,
        epoch.validation_loss,
        epoch.validation_accuracy,
        epoch.rate,
    ]
}

fn epoch_of(numbers: &[f64]) -> Epoch {
    Epoch {
        loss: numbers[0],
        accuracy: numbers[1],
        validation_loss: numbers[2],
        validation_accuracy: numbers[3],
        rate: numbers[4],
    }
}
