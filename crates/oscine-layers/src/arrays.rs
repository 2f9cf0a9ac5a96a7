//! What is learned as named arrays, as PyTorch names and shapes them, and back.

use std::ops::Range;

use oscine_equations::lanes::Real;
use oscine_network::LayerKind;

use crate::layer::{BuiltLayer, LearnedArray};
use crate::network::LayeredNetwork;
use crate::{LayersError, ParameterArray};

/// Running means of a normalisation.
const RUNNING: [&str; 2] = ["running_mean", "running_var"];
/// The second bias of PyTorch's recurrent layers: here there is one, and this is 0.
const SECOND_BIAS: &str = "bias_hh_l0";

/// A parameter array of a layer, by name.
struct LearnedPart {
    name: &'static str,
    is_bias: bool,
    range: Range<usize>,
    shape: Vec<usize>,
}

impl<R: Real> BuiltLayer<R> {
    fn parts(&self) -> Vec<LearnedPart> {
        let (weights, biases) = (self.weights.values.len(), self.biases.values.len());
        let part = |name, is_bias, range: Range<usize>, shape| LearnedPart {
            name,
            is_bias,
            range,
            shape,
        };
        let mut parts = match self.kind {
            LayerKind::Convolution {
                channels, kernel, ..
            } => {
                let shape = vec![channels, self.input.channels, kernel, kernel];
                vec![part("weight", false, 0..weights, shape)]
            }
            LayerKind::Recurrent { size, .. } => {
                let own = weights - size * size;
                vec![
                    part("weight_ih_l0", false, 0..own, vec![size, own / size.max(1)]),
                    part("weight_hh_l0", false, own..weights, vec![size, size]),
                ]
            }
            LayerKind::Normalisation { .. } => {
                vec![part("weight", false, 0..weights, vec![weights])]
            }
            LayerKind::Dense { size } => {
                let shape = vec![size, self.input.features()];
                vec![part("weight", false, 0..weights, shape)]
            }
            LayerKind::Pooling { .. } => Vec::new(),
        };
        let name = match self.kind {
            LayerKind::Recurrent { .. } => "bias_ih_l0",
            _ => "bias",
        };
        parts.push(part(name, true, 0..biases, vec![biases]));
        parts.retain(|part| !part.range.is_empty());
        parts
    }

    fn learned_mut(&mut self, is_bias: bool) -> &mut LearnedArray<R> {
        match is_bias {
            true => &mut self.biases,
            false => &mut self.weights,
        }
    }
}

impl<R: Real> LayeredNetwork<R> {
    /// Weights and biases, and with `memories` those of the optimiser.
    pub fn arrays(&self, memories: bool) -> Vec<ParameterArray<R>> {
        let mut arrays = Vec::new();
        for layer in &self.layers {
            for part in layer.parts() {
                let learned = match part.is_bias {
                    true => &layer.biases,
                    false => &layer.weights,
                };
                let name = format!("{}.{}", layer.name, part.name);
                let named = |name: String, values: &[R]| ParameterArray {
                    name,
                    shape: part.shape.clone(),
                    values: values[part.range.clone()].to_vec(),
                };
                if memories {
                    for (memory, values) in self.optimiser.memories.iter().zip(&learned.memories) {
                        arrays.push(named(format!("{name}.{memory}"), values));
                    }
                }
                arrays.push(named(name, &learned.values));
                if !memories && part.name == "bias_ih_l0" {
                    let zeros = vec![R::ZERO; part.range.len()];
                    arrays.push(named(format!("{}.{SECOND_BIAS}", layer.name), &zeros));
                }
            }
            for (part, values) in RUNNING.iter().zip(&layer.running) {
                if !values.is_empty() {
                    arrays.push(ParameterArray {
                        name: format!("{}.{part}", layer.name),
                        shape: vec![values.len()],
                        values: values.clone(),
                    });
                }
            }
        }
        arrays
    }

    /// Puts arrays in place of those of the same name.
    ///
    /// # Errors
    /// A name or a shape that is not there.
    pub fn set(&mut self, arrays: Vec<ParameterArray<R>>) -> Result<(), LayersError> {
        let there: Vec<String> = self
            .arrays(true)
            .into_iter()
            .map(|array| array.name)
            .collect();
        let is_second =
            |array: &ParameterArray<R>| array.name.ends_with(&format!(".{SECOND_BIAS}"));
        let (second, first): (Vec<_>, Vec<_>) = arrays.into_iter().partition(is_second);
        for array in first {
            let place = self.place_of(&array.name);
            let Some((values, shape)) = place else {
                return Err(LayersError::Saved {
                    reason: format!(
                        "there is no `{}` of the shape {:?}; there are {}",
                        array.name,
                        array.shape,
                        there.join(", ")
                    ),
                });
            };
            if shape != array.shape || values.len() != array.values.len() {
                return Err(LayersError::Saved {
                    reason: format!(
                        "`{}` has the shape {:?}, and {shape:?} is needed",
                        array.name, array.shape
                    ),
                });
            }
            values.copy_from_slice(&array.values);
        }
        for array in second {
            let name = array.name.replace(SECOND_BIAS, "bias_ih_l0");
            if let Some((values, _)) = self.place_of(&name) {
                for (value, more) in values.iter_mut().zip(array.values) {
                    *value += more;
                }
            }
        }
        Ok(())
    }

    fn place_of(&mut self, name: &str) -> Option<(&mut [R], Vec<usize>)> {
        let memories = &self.optimiser.memories;
        for layer in &mut self.layers {
            let Some(rest) = name.strip_prefix(&format!("{}.", layer.name)) else {
                continue;
            };
            if let Some(place) = RUNNING.iter().position(|part| *part == rest) {
                let values = &mut layer.running[place];
                let shape = vec![values.len()];
                return Some((values, shape));
            }
            let (named, memory) = rest
                .split_once('.')
                .map_or((rest, None), |(part, memory)| (part, Some(memory)));
            let Some(part) = layer.parts().into_iter().find(|part| part.name == named) else {
                continue;
            };
            let learned = layer.learned_mut(part.is_bias);
            let values = match memory {
                None => &mut learned.values,
                Some(memory) => {
                    let place = memories.iter().position(|known| known == memory)?;
                    &mut learned.memories[place]
                }
            };
            return Some((&mut values[part.range], part.shape));
        }
        None
    }
}
