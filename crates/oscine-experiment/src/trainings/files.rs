//! The files of weights and learning curves: `weights.safetensors` and `training.csv`, which a training leaves.

use std::fs;
use std::path::Path;

use oscine_equations::lanes::Real;
use oscine_layers::{Epoch, ParameterArray};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::error::ExperimentError;
use crate::trainings::checkpoint::{bytes_of, dtype};

/// The learning curve as a table, a row for each epoch; a number that is not finite is left out.
pub(crate) fn learning_curve(history: &[Epoch]) -> String {
    let mut text = String::from("epoch,loss,accuracy,validation_loss,validation_accuracy,rate\n");
    for (number, epoch) in history.iter().enumerate() {
        let numbers = [
            epoch.loss,
            epoch.accuracy,
            epoch.validation_loss,
            epoch.validation_accuracy,
            epoch.rate,
        ];
        text.push_str(&(number + 1).to_string());
        for number in numbers {
            text.push(',');
            if number.is_finite() {
                text.push_str(&number.to_string());
            }
        }
        text.push('\n');
    }
    text
}

/// Writes weights, each array under its name.
///
/// # Errors
/// A file that cannot be written.
pub(crate) fn write_weights<R: Real>(
    path: &Path,
    weights: &[ParameterArray<R>],
) -> Result<(), ExperimentError> {
    let bytes: Vec<Vec<u8>> = weights
        .iter()
        .map(|array| bytes_of(&array.values))
        .collect();
    let views = weights.iter().zip(&bytes).filter_map(|(array, bytes)| {
        let view = TensorView::new(dtype::<R>(), array.shape.clone(), bytes).ok()?;
        Some((array.name.clone(), view))
    });
    let failed = |reason: String| ExperimentError::writing(path, std::io::Error::other(reason));
    let file = safetensors::serialize(views, None).map_err(|error| failed(error.to_string()))?;
    fs::write(path, file).map_err(|error| ExperimentError::writing(path, error))
}

/// The values of a tensor of either precision; `None` of another type.
pub(crate) fn values_of<R: Real>(tensor: &TensorView) -> Option<Vec<R>> {
    let bytes = tensor.data();
    Some(match tensor.dtype() {
        Dtype::F32 => {
            let words = bytes.as_chunks::<4>().0.iter();
            words
                .map(|word| R::from_f64(f64::from(f32::from_le_bytes(*word))))
                .collect()
        }
        Dtype::F64 => {
            let words = bytes.as_chunks::<8>().0.iter();
            words
                .map(|word| R::from_f64(f64::from_le_bytes(*word)))
                .collect()
        }
        _ => return None,
    })
}
