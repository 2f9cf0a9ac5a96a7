//! A trained network as ONNX: dense and convolutional layers, pooling and normalisation, as one graph in single precision.
//!
//! Its operators are those of ONNX's set 20, which runtimes have had since 2023. The input is what the layers see, numbers as the task scales
//! them: `[batch, channels, height, width]` of images, `[batch, features]` of lists.

use std::collections::HashMap;
use std::path::Path;

use onnx_rs::ast::{
    Attribute, AttributeType, DataType, Dimension, Graph, Model, Node, OpType, OperatorSetId,
    TensorProto, TensorShape, TensorShapeDimension, TensorTypeProto, TypeProto, TypeValue,
    ValueInfo,
};
use oscine_layers::{LayerFacts, NORMALISATION_EPSILON, unrolled};
use oscine_network::{Experiment, Layer, LayerKind, Shape};
use safetensors::SafeTensors;

use crate::error::ExperimentError;
use crate::files::task_examples::TaskExamples;
use crate::trainings::building::layers_of;
use crate::trainings::files::values_of;
use crate::trainings::onnx_weights::ACTIVATIONS;
use crate::version::VERSION;

/// ONNX's set of operators, and the version of its files that has it.
const OPERATORS: i64 = 20;
const FILE_VERSION: i64 = 9;

/// The trained network of a results folder as an ONNX file; examples of data sets by name, whose shape is the input's, lie in `data`.
///
/// # Errors
/// A folder without a trained network; a layer or an activation that ONNX's operators do not have.
pub fn to_onnx(folder: &Path, data: Option<&Path>) -> Result<Vec<u8>, ExperimentError> {
    let path = folder.join("experiment.toml");
    let experiment = Experiment::read(&path).map_err(|errors| ExperimentError::Description {
        path: path.clone(),
        errors: Box::new(errors),
    })?;
    let path = folder.join("weights.safetensors");
    if !path.is_file() {
        let reason = match experiment.sweep.is_some() {
            true => "a sweep keeps no weights; run the network by itself, without [sweep]",
            false => {
                "it has no weights.safetensors: nothing was trained there, or it has not ended"
            }
        };
        return Err(refused(reason));
    }
    let bytes = std::fs::read(&path).map_err(|error| ExperimentError::reading(&path, error))?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| ExperimentError::Damaged {
        path: path.clone(),
        reason: error.to_string(),
    })?;
    let (facts, _) = layers_of(&experiment, &TaskExamples::of(&experiment, data))?;
    let mut weights = HashMap::new();
    for (name, tensor) in tensors.tensors() {
        let values =
            values_of::<f32>(&tensor).ok_or_else(|| refused("its weights are no F32 or F64"))?;
        weights.insert(name, values);
    }
    let mut writing = Writing {
        weights,
        ..Writing::default()
    };
    writing
        .network(&experiment, &facts)
        .map_err(|reason| refused(&reason))?;
    Ok(writing.file(&experiment, &facts))
}

fn refused(reason: &str) -> ExperimentError {
    ExperimentError::Onnx {
        reason: reason.into(),
    }
}

/// A node before it borrows.
struct OnnxStep {
    operator: OpType<'static>,
    inputs: Vec<String>,
    output: String,
    numbers: Vec<(&'static str, AttributeValue)>,
}

/// What an attribute says.
enum AttributeValue {
    Integer(i64),
    Integers(Vec<i64>),
    Real(f32),
    Word(&'static str),
}

/// An attribute that says the same number for each side.
fn each_side(name: &'static str, number: usize, sides: usize) -> (&'static str, AttributeValue) {
    (name, AttributeValue::Integers(vec![number as i64; sides]))
}

/// What a normalisation adds to the variance.
fn epsilon() -> (&'static str, AttributeValue) {
    (
        "epsilon",
        AttributeValue::Real(NORMALISATION_EPSILON as f32),
    )
}

#[derive(Default)]
struct Writing {
    weights: HashMap<String, Vec<f32>>,
    steps: Vec<OnnxStep>,
    /// Name, shape, values.
    arrays: Vec<(String, Vec<i64>, Vec<f32>)>,
    /// What comes to the next step.
    signal: String,
    /// Whether that is a list for each sample, and no images.
    is_list: bool,
}

impl Writing {
    fn network(&mut self, experiment: &Experiment, facts: &[LayerFacts]) -> Result<(), String> {
        self.signal = "input".into();
        self.is_list = facts.first().is_none_or(|first| !is_image(first.input));
        for ((_, layer), facts) in unrolled(experiment).layers.iter().zip(facts) {
            self.layer(layer, facts)?;
            self.activation(layer, &facts.name)?;
        }
        Ok(())
    }

    /// The steps of a layer up to its activation.
    fn layer(&mut self, layer: &Layer, facts: &LayerFacts) -> Result<(), String> {
        let (name, has_biases) = (&facts.name, layer.biases.is_some());
        let (operator, inputs, settings) = match layer.kind {
            LayerKind::Dense { size } => {
                self.flatten(name);
                let weights = [size, facts.input.features()];
                let inputs = self.weights_and_biases(name, &weights, has_biases, &[size])?;
                let settings = vec![("transB", AttributeValue::Integer(1))];
                (OpType::Gemm, inputs, settings)
            }
            LayerKind::Convolution {
                channels,
                kernel,
                stride,
                padding,
            } => {
                let weights = [channels, facts.input.channels, kernel, kernel];
                let inputs = self.weights_and_biases(name, &weights, has_biases, &[channels])?;
                let settings = vec![
                    each_side("kernel_shape", kernel, 2),
                    each_side("strides", stride, 2),
                    each_side("pads", padding, 4),
                ];
                (OpType::Conv, inputs, settings)
            }
            LayerKind::Pooling { size, average } => {
                let operator = match average {
                    true => OpType::AveragePool,
                    false => OpType::MaxPool,
                };
                let settings = vec![
                    each_side("kernel_shape", size, 2),
                    each_side("strides", size, 2),
                ];
                (operator, Vec::new(), settings)
            }
            LayerKind::Normalisation { over_batch: true } => {
                let inputs = self.moments(name, facts.input.channels, has_biases)?;
                (OpType::BatchNormalization, inputs, vec![epsilon()])
            }
            LayerKind::Normalisation { over_batch: false } => {
                let shape = match self.is_list {
                    true => vec![facts.input.features()],
                    false => vec![facts.input.channels, facts.input.height, facts.input.width],
                };
                let inputs = self.weights_and_biases(name, &shape, has_biases, &shape)?;
                let settings = vec![("axis", AttributeValue::Integer(1)), epsilon()];
                (OpType::LayerNormalization, inputs, settings)
            }
            LayerKind::Recurrent { .. } => {
                return Err(format!(
                    "`{name}` is recurrent, and only networks without time are exported; weights.safetensors has its weights"
                ));
            }
        };
        self.step(operator, inputs, format!("{name}.sum"), settings);
        Ok(())
    }

    /// Makes a list of images that come to a dense layer.
    fn flatten(&mut self, layer: &str) {
        if !self.is_list {
            let settings = vec![("axis", AttributeValue::Integer(1))];
            let output = format!("{layer}.flat");
            self.step(OpType::Flatten, Vec::new(), output, settings);
            self.is_list = true;
        }
    }

    /// Puts the weights of a layer into the file, and its biases where it has any; their names.
    fn weights_and_biases(
        &mut self,
        name: &str,
        weights: &[usize],
        has_biases: bool,
        biases: &[usize],
    ) -> Result<Vec<String>, String> {
        let mut inputs = vec![self.array(name, "weight", weights)?];
        if has_biases {
            inputs.push(self.array(name, "bias", biases)?);
        }
        Ok(inputs)
    }

    /// Puts gains, biases, running means and variances of a batch normalisation into the file; their names.
    fn moments(
        &mut self,
        name: &str,
        channels: usize,
        has_biases: bool,
    ) -> Result<Vec<String>, String> {
        let gain = self.array(name, "weight", &[channels])?;
        let bias = match has_biases {
            true => self.array(name, "bias", &[channels])?,
            false => self.zeros(name, &[channels]),
        };
        Ok(vec![
            gain,
            bias,
            self.array(name, "running_mean", &[channels])?,
            self.array(name, "running_var", &[channels])?,
        ])
    }

    fn activation(&mut self, layer: &Layer, name: &str) -> Result<(), String> {
        let text = layer.activation.value.trim();
        if text == "linear" || text == "x" {
            return Ok(());
        }
        let known = ACTIVATIONS.iter().find(|(known, _)| *known == text);
        let Some((_, operator)) = known else {
            let names: Vec<&str> = ACTIVATIONS.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "the activation `{text}` of `{name}` has no operator there; exported are linear, {}",
                names.join(", ")
            ));
        };
        let settings = match operator {
            OpType::LeakyRelu => vec![("alpha", AttributeValue::Real(0.01))],
            OpType::Elu => vec![("alpha", AttributeValue::Real(1.0))],
            OpType::Gelu => vec![("approximate", AttributeValue::Word("tanh"))],
            OpType::Softmax => vec![("axis", AttributeValue::Integer(1))],
            _ => Vec::new(),
        };
        self.step(
            operator.clone(),
            Vec::new(),
            format!("{name}.activation"),
            settings,
        );
        Ok(())
    }

    /// Adds a step that takes the signal, and other inputs after it; what it gives is the signal then.
    fn step(
        &mut self,
        operator: OpType<'static>,
        others: Vec<String>,
        output: String,
        numbers: Vec<(&'static str, AttributeValue)>,
    ) {
        let mut inputs = vec![std::mem::replace(&mut self.signal, output.clone())];
        inputs.extend(others);
        self.steps.push(OnnxStep {
            operator,
            inputs,
            output,
            numbers,
        });
    }

    /// Puts an array of the trained network into the file; its name.
    fn array(&mut self, layer: &str, part: &str, shape: &[usize]) -> Result<String, String> {
        let name = format!("{layer}.{part}");
        let values = self.weights.remove(&name);
        let values = values.filter(|values| values.len() == shape.iter().product::<usize>());
        let values = values.ok_or_else(|| {
            format!(
                "weights.safetensors has no `{name}` of the shape that the description asks for"
            )
        })?;
        self.arrays.push((name.clone(), integers(shape), values));
        Ok(name)
    }

    fn zeros(&mut self, layer: &str, shape: &[usize]) -> String {
        let name = format!("{layer}.bias");
        self.arrays.push((
            name.clone(),
            integers(shape),
            vec![0.0; shape.iter().product()],
        ));
        name
    }

    fn file(&self, experiment: &Experiment, facts: &[LayerFacts]) -> Vec<u8> {
        let input = facts.first().map_or(Shape::list(0), |first| first.input);
        let inputs = match is_image(input) {
            true => vec![input.channels, input.height, input.width],
            false => vec![input.features()],
        };
        let outputs = facts.last().map_or(0, |last| last.output.features());
        let nodes = self.steps.iter().map(|step| Node {
            name: &step.output,
            op_type: step.operator.clone(),
            input: step.inputs.iter().map(String::as_str).collect(),
            output: vec![&step.output],
            attribute: step.numbers.iter().map(attribute).collect(),
            ..Node::default()
        });
        let arrays = self.arrays.iter();
        let arrays = arrays.map(|(name, shape, values)| {
            TensorProto::from_f32(name, shape.clone(), values.clone())
        });
        let model = Model {
            ir_version: FILE_VERSION,
            opset_import: vec![OperatorSetId {
                domain: "",
                version: OPERATORS,
            }],
            producer_name: "Oscine",
            producer_version: VERSION,
            doc_string: &experiment.title,
            graph: Some(Graph {
                name: "network",
                node: nodes.collect(),
                initializer: arrays.collect(),
                input: vec![signal("input", &inputs)],
                output: vec![signal(&self.signal, &[outputs])],
                ..Graph::default()
            }),
            ..Model::default()
        };
        onnx_rs::encode(&model)
    }
}

fn is_image(shape: Shape) -> bool {
    shape.height > 1 || shape.width > 1
}

fn integers(shape: &[usize]) -> Vec<i64> {
    shape.iter().map(|&size| size as i64).collect()
}

fn attribute((name, setting): &(&'static str, AttributeValue)) -> Attribute<'static> {
    let named = |r#type| Attribute {
        name,
        r#type,
        ..Attribute::default()
    };
    match setting {
        AttributeValue::Integer(i) => Attribute {
            i: *i,
            ..named(AttributeType::Int)
        },
        AttributeValue::Integers(ints) => Attribute {
            ints: ints.clone(),
            ..named(AttributeType::Ints)
        },
        AttributeValue::Real(f) => Attribute {
            f: *f,
            ..named(AttributeType::Float)
        },
        AttributeValue::Word(word) => Attribute {
            s: word.as_bytes(),
            ..named(AttributeType::String)
        },
    }
}

/// Samples of a batch, as many as come, of this shape.
fn signal<'a>(name: &'a str, shape: &[usize]) -> ValueInfo<'a> {
    let sizes = shape.iter().map(|&size| Dimension::Value(size as i64));
    let all = std::iter::once(Dimension::Param("batch")).chain(sizes);
    let dim = all.map(|value| TensorShapeDimension {
        value,
        denotation: "",
    });
    let tensor = TensorTypeProto {
        elem_type: DataType::Float,
        shape: Some(TensorShape { dim: dim.collect() }),
    };
    ValueInfo {
        name,
        r#type: Some(TypeProto {
            value: Some(TypeValue::Tensor(tensor)),
            denotation: "",
        }),
        ..ValueInfo::default()
    }
}
