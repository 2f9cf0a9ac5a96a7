//! The weights of an ONNX file, for the layers of a description in their order.
//!
//! The graph must be a chain of dense and convolutional layers, pooling, normalisation and activations, as PyTorch exports it; what it is made
//! of must be what the description says, layer by layer.

use std::collections::HashMap;

use onnx_rs::ast::{Attribute, Graph, Node, OpType, TensorProto};
use oscine_equations::lanes::Real;
use oscine_layers::{LayerFacts, ParameterArray, unrolled};
use oscine_network::{Experiment, LayerKind};

/// Activations by the operator that does the same.
pub(crate) const ACTIVATIONS: [(&str, OpType<'static>); 8] = [
    ("sigmoid", OpType::Sigmoid),
    ("tanh", OpType::Tanh),
    ("relu", OpType::Relu),
    ("leaky-relu", OpType::LeakyRelu),
    ("elu", OpType::Elu),
    ("softplus", OpType::Softplus),
    ("gelu", OpType::Gelu),
    ("softmax", OpType::Softmax),
];

/// The arrays of a file, named as the layers here are.
///
/// # Errors
/// No ONNX, no chain, or another network than the description's.
pub(crate) fn read<R: Real>(
    bytes: &[u8],
    experiment: &Experiment,
    facts: &[LayerFacts],
) -> Result<Vec<ParameterArray<R>>, String> {
    let model = onnx_rs::parse(bytes).map_err(|error| format!("it is no ONNX file ({error})"))?;
    let graph = model
        .graph
        .as_ref()
        .ok_or("it is no ONNX file: it has no graph")?;
    let mut reading = OnnxReading::new(graph);
    for node in &graph.node {
        reading.node(node)?;
    }
    reading.named(experiment, facts)
}

/// A layer of the file.
struct Found<'a> {
    operator: &'static str,
    /// Part, and the array; dense weights are `[unit][input]`.
    parts: Vec<(&'static str, Stored)>,
    node: Node<'a>,
    activation: Option<OpType<'a>>,
}

struct Stored {
    shape: Vec<usize>,
    values: Vec<f64>,
}

struct OnnxReading<'a> {
    arrays: HashMap<&'a str, TensorProto<'a>>,
    /// What the chain has come to.
    signal: String,
    layers: Vec<Found<'a>>,
}

impl<'a> OnnxReading<'a> {
    fn new(graph: &Graph<'a>) -> Self {
        let arrays = graph.initializer.iter();
        let arrays: HashMap<&str, TensorProto<'a>> =
            arrays.map(|array| (array.name(), array.clone())).collect();
        let mut inputs = graph.input.iter();
        let input = inputs.find(|input| !arrays.contains_key(input.name));
        Self {
            signal: input.map_or("", |input| input.name).to_owned(),
            arrays,
            layers: Vec::new(),
        }
    }

    fn node(&mut self, node: &Node<'a>) -> Result<(), String> {
        if node.op_type == OpType::Constant {
            let value = node
                .attribute
                .iter()
                .find_map(|attribute| attribute.t.as_ref());
            if let (Some(value), Some(name)) = (value, node.output.first()) {
                self.arrays.insert(name, value.clone());
            }
            return Ok(());
        }
        let is_of_the_chain = node.input.iter().any(|input| *input == self.signal);
        // What a file works out about shapes stands beside the chain.
        if !is_of_the_chain || node.op_type == OpType::Shape {
            return match computes_shapes(node) {
                true => Ok(()),
                false => Err(format!(
                    "{} takes what is not the layer before it: only chains of layers can be read",
                    called(node)
                )),
            };
        }
        match &node.op_type {
            OpType::Gemm => self.gemm(node)?,
            OpType::MatMul => {
                let weights = self
                    .array(node, 1)?
                    .ok_or_else(|| without(node, "weights"))?;
                self.found("Gemm", vec![("weight", transposed(weights))], node);
            }
            OpType::Add => self.add(node)?,
            OpType::Conv => {
                if integer(node, "group", 1) != 1 {
                    return Err(format!(
                        "{} has groups of channels, which layers here have not",
                        called(node)
                    ));
                }
                let parts = self.parts(node, &["weight", "bias"])?;
                self.found("Conv", parts, node);
            }
            OpType::BatchNormalization => {
                let parts = self.parts(node, &["weight", "bias", "running_mean", "running_var"])?;
                self.found("BatchNormalization", parts, node);
            }
            OpType::LayerNormalization => {
                let parts = self.parts(node, &["weight", "bias"])?;
                self.found("LayerNormalization", parts, node);
            }
            OpType::MaxPool => self.found("MaxPool", Vec::new(), node),
            OpType::AveragePool => self.found("AveragePool", Vec::new(), node),
            OpType::Flatten
            | OpType::Reshape
            | OpType::Identity
            | OpType::Dropout
            | OpType::Squeeze => {}
            known if ACTIVATIONS.iter().any(|(_, operator)| operator == known) => {
                let last = self
                    .layers
                    .last_mut()
                    .ok_or_else(|| format!("{} stands before any layer", called(node)))?;
                if last.activation.replace(known.clone()).is_some() {
                    return Err(format!("{} follows another activation", called(node)));
                }
            }
            _ => return Err(format!("{} is nothing that layers here do", called(node))),
        }
        self.signal = node.output.first().copied().unwrap_or_default().to_owned();
        Ok(())
    }

    fn gemm(&mut self, node: &Node<'a>) -> Result<(), String> {
        let is_plain = |name: &str| setting(node, name).is_none_or(|setting| setting.f == 1.0);
        if !is_plain("alpha") || !is_plain("beta") || integer(node, "transA", 0) != 0 {
            return Err(format!(
                "{} scales or transposes what comes to it, which layers here do not",
                called(node)
            ));
        }
        let weights = self
            .array(node, 1)?
            .ok_or_else(|| without(node, "weights"))?;
        let weights = match integer(node, "transB", 0) {
            0 => transposed(weights),
            _ => weights,
        };
        let mut parts = vec![("weight", weights)];
        parts.extend(self.array(node, 2)?.map(|bias| ("bias", bias)));
        self.found("Gemm", parts, node);
        Ok(())
    }

    /// The biases that follow a product.
    fn add(&mut self, node: &Node<'a>) -> Result<(), String> {
        let bias = match self.array(node, 0)? {
            None => self.array(node, 1)?,
            some => some,
        };
        match (bias, self.layers.last_mut()) {
            (Some(bias), Some(last))
                if last.operator == "Gemm"
                    && last.parts.len() == 1
                    && last.activation.is_none() =>
            {
                last.parts.push(("bias", bias));
                Ok(())
            }
            _ => Err(format!(
                "{} adds what are no biases of a dense layer",
                called(node)
            )),
        }
    }

    fn found(
        &mut self,
        operator: &'static str,
        parts: Vec<(&'static str, Stored)>,
        node: &Node<'a>,
    ) {
        self.layers.push(Found {
            operator,
            parts,
            node: node.clone(),
            activation: None,
        });
    }

    /// The arrays that a node takes after the signal.
    fn parts(
        &self,
        node: &Node,
        names: &[&'static str],
    ) -> Result<Vec<(&'static str, Stored)>, String> {
        let mut parts = Vec::new();
        for (place, name) in names.iter().enumerate() {
            parts.extend(self.array(node, place + 1)?.map(|array| (*name, array)));
        }
        match parts.is_empty() {
            true => Err(without(node, "weights")),
            false => Ok(parts),
        }
    }

    /// The array at an input of a node; `None` where there is none.
    fn array(&self, node: &Node, place: usize) -> Result<Option<Stored>, String> {
        let Some(array) = node.input.get(place).and_then(|name| self.arrays.get(name)) else {
            return Ok(None);
        };
        let shape: Vec<usize> = array.dims().iter().map(|&size| size as usize).collect();
        let values: Option<Vec<f64>> = match (array.as_f32(), array.as_f64()) {
            (Some(values), _) => Some(values.iter().map(|&value| f64::from(value)).collect()),
            (None, Some(values)) => Some(values.to_vec()),
            _ => None,
        };
        let fits = |values: &Vec<f64>| values.len() == shape.iter().product::<usize>();
        match values.filter(fits) {
            Some(values) => Ok(Some(Stored { shape, values })),
            None if !array.external_data().is_empty() => Err(format!(
                "`{}` lies in a file of its own; export the network with its weights inside",
                array.name()
            )),
            None => Err(format!("`{}` is no array of float or double", array.name())),
        }
    }

    /// The arrays by the names of the description's layers.
    fn named<R: Real>(
        self,
        experiment: &Experiment,
        facts: &[LayerFacts],
    ) -> Result<Vec<ParameterArray<R>>, String> {
        let layers = &unrolled(experiment).layers;
        let wanted: Vec<&str> = layers
            .iter()
            .map(|(_, layer)| operator_of(layer.kind))
            .collect();
        let found: Vec<&str> = self.layers.iter().map(|layer| layer.operator).collect();
        if wanted != found {
            return Err(format!(
                "its layers are {}, and those of the description {}",
                found.join(", "),
                wanted.join(", ")
            ));
        }
        let mut arrays = Vec::new();
        let count = self.layers.len();
        let layers = layers.iter().zip(facts);
        for (place, (found, ((_, layer), facts))) in self.layers.into_iter().zip(layers).enumerate()
        {
            if let Some(reason) = other_geometry(&found.node, layer.kind) {
                return Err(format!("`{}`: {reason}", facts.name));
            }
            let own = layer.activation.value.trim();
            let said = found.activation.as_ref();
            let said =
                said.and_then(|said| ACTIVATIONS.iter().find(|(_, operator)| operator == said));
            let said = said.map_or("linear", |(name, _)| *name);
            let is_known = own == "linear" || ACTIVATIONS.iter().any(|(name, _)| *name == own);
            // Networks that are trained on their logits leave the last softmax out.
            let is_left_out = place + 1 == count && own == "softmax" && said == "linear";
            if is_known && own != said && !is_left_out {
                return Err(format!(
                    "its layer for `{}` has the activation {said}, and the description {own}",
                    facts.name
                ));
            }
            for (part, stored) in found.parts {
                // Gains over samples lie flat here.
                let shape = match layer.kind {
                    LayerKind::Normalisation { .. } => vec![stored.values.len()],
                    _ => stored.shape,
                };
                let values = stored.values.into_iter().map(R::from_f64);
                arrays.push(ParameterArray {
                    name: format!("{}.{part}", facts.name),
                    shape,
                    values: values.collect(),
                });
            }
        }
        Ok(arrays)
    }
}

fn operator_of(kind: LayerKind) -> &'static str {
    match kind {
        LayerKind::Dense { .. } => "Gemm",
        LayerKind::Convolution { .. } => "Conv",
        LayerKind::Normalisation { over_batch: true } => "BatchNormalization",
        LayerKind::Normalisation { over_batch: false } => "LayerNormalization",
        LayerKind::Pooling { average: true, .. } => "AveragePool",
        LayerKind::Pooling { average: false, .. } => "MaxPool",
        LayerKind::Recurrent { .. } => "RNN",
    }
}

/// Where squares are taken otherwise than the description says.
fn other_geometry(node: &Node, kind: LayerKind) -> Option<String> {
    let (kernel, stride, padding) = match kind {
        LayerKind::Convolution {
            kernel,
            stride,
            padding,
            ..
        } => (kernel, stride, padding),
        LayerKind::Pooling { size, .. } => (size, size, 0),
        _ => return None,
    };
    if setting(node, "auto_pad").is_some_and(|pad| !matches!(pad.s, b"NOTSET" | b"VALID" | b"")) {
        return Some("its file pads by a rule (auto_pad), and here paddings are numbers".into());
    }
    let cases = [
        ("kernel_shape", kernel, kernel),
        ("strides", stride, 1),
        ("pads", padding, 0),
        ("dilations", 1, 1),
    ];
    cases.into_iter().find_map(|(name, wanted, usual)| {
        let there = setting(node, name).map(|setting| &setting.ints[..]);
        let is_same = match there {
            Some(there) => there.iter().all(|&there| there == wanted as i64),
            None => wanted == usual,
        };
        (!is_same).then(|| {
            format!(
                "{name} of its file are {:?}, and the description says {wanted}",
                there.unwrap_or(&[usual as i64])
            )
        })
    })
}

fn transposed(array: Stored) -> Stored {
    let [rows, columns] = array.shape[..] else {
        return array;
    };
    let at = |place: usize| array.values[place % rows * columns + place / rows];
    Stored {
        values: (0..rows * columns).map(at).collect(),
        shape: vec![columns, rows],
    }
}

fn setting<'n, 'a>(node: &'n Node<'a>, name: &str) -> Option<&'n Attribute<'a>> {
    node.attribute.iter().find(|setting| setting.name == name)
}

fn integer(node: &Node, name: &str, usual: i64) -> i64 {
    setting(node, name).map_or(usual, |setting| setting.i)
}

fn called(node: &Node) -> String {
    format!("its node `{}` ({})", node.name, node.op_type)
}

fn without(node: &Node, what: &str) -> String {
    format!("{} has no {what} in the file", called(node))
}

fn computes_shapes(node: &Node) -> bool {
    matches!(
        node.op_type,
        OpType::Shape
            | OpType::Gather
            | OpType::Concat
            | OpType::Unsqueeze
            | OpType::Cast
            | OpType::Slice
            | OpType::ConstantOfShape
    )
}
