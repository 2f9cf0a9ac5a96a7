//! Weights that a training begins with, from a file: safetensors, Oscine's own or PyTorch's `state_dict`, or ONNX.

use std::fs;

use oscine_equations::lanes::Real;
use oscine_layers::{LayersError, ParameterArray, Training};
use oscine_network::Experiment;
use safetensors::SafeTensors;

use crate::error::ExperimentError;
use crate::trainings::files::values_of;
use crate::trainings::onnx_weights;

/// Puts the weights of the file that the training names in place of those that were drawn; layers that the file does not name keep theirs.
///
/// # Errors
/// A file that cannot be read or is none of weights, a name or a shape that the network does not have.
pub(crate) fn put<R: Real>(
    experiment: &Experiment,
    training: &mut Training<R>,
) -> Result<(), ExperimentError> {
    let description = experiment.training.as_ref();
    let Some(file) = description.and_then(|training| training.weights_from.as_ref()) else {
        return Ok(());
    };
    let mut path = experiment.folder.join(&file.value);
    if path.is_dir() {
        path = path.join("weights.safetensors");
    }
    let refused = |reason: String| {
        let path = path.display();
        ExperimentError::Layers(Box::new(LayersError::Given {
            reason: format!("{path}: {reason}"),
        }))
    };
    let bytes = fs::read(&path).map_err(|error| refused(format!("it cannot be read ({error})")))?;
    let arrays = match path.extension().is_some_and(|is| is == "onnx") {
        true => onnx_weights::read(&bytes, experiment, &training.layers()).map_err(refused)?,
        false => arrays_of(&bytes).map_err(refused)?,
    };
    training.set_weights(arrays).map_err(|error| match error {
        LayersError::Saved { reason } => refused(reason),
        other => ExperimentError::Layers(Box::new(other)),
    })
}

/// The arrays of a safetensors file.
fn arrays_of<R: Real>(bytes: &[u8]) -> Result<Vec<ParameterArray<R>>, String> {
    let tensors = SafeTensors::deserialize(bytes)
        .map_err(|error| format!("it is no safetensors file ({error})"))?;
    let mut arrays = Vec::new();
    for (name, tensor) in tensors.tensors() {
        // A count of batches, which PyTorch keeps beside the running means and nothing here asks for.
        if name.ends_with(".num_batches_tracked") {
            continue;
        }
        let values = values_of(&tensor).ok_or_else(|| {
            format!(
                "`{name}` is of {:?}; F32 and F64 can be read",
                tensor.dtype()
            )
        })?;
        arrays.push(ParameterArray {
            shape: tensor.shape().to_vec(),
            name,
            values,
        });
    }
    if arrays.is_empty() {
        return Err("it holds no arrays".into());
    }
    Ok(arrays)
}
