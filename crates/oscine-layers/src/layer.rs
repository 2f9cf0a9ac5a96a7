//! One layer, ready to run: its shape, weights, activation, noise, and the arrays that a batch passes through.

use oscine_equations::lanes::Real;
use oscine_network::{Experiment, LayerKind, Shape};

use crate::LayersError;
use crate::activation::Activation;
use crate::initial;
use crate::noise::{BatchMoment, Disturbances};
use crate::normalisation::Groups;
use crate::pieces::rows_of_a_piece;
use crate::product::Matrix;
use crate::recurrent::{SequenceShape, States};

/// The memory layout of a batch: `[feature][sample]` after dense layers, `[sample][feature]` elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BatchLayout {
    ByFeature,
    BySample,
}

/// The activations of a batch at one place of the network.
#[derive(Clone, Copy)]
pub(crate) struct Signal<'a, R> {
    pub values: &'a [R],
    pub features: usize,
    pub samples: usize,
    pub layout: BatchLayout,
}

impl<'a, R> Signal<'a, R> {
    /// Features down, samples across.
    pub fn matrix(self) -> Matrix<'a, R> {
        match self.layout {
            BatchLayout::ByFeature => Matrix::by_rows(self.values, self.features, self.samples),
            BatchLayout::BySample => {
                Matrix::by_rows(self.values, self.samples, self.features).transposed()
            }
        }
    }
}

/// Parameters of a layer: an array, its gradient, and the optimiser's memories of it.
#[derive(Clone, Debug)]
pub(crate) struct LearnedArray<R> {
    pub values: Vec<R>,
    pub gradients: Vec<R>,
    pub memories: Vec<Vec<R>>,
}

impl<R: Real> LearnedArray<R> {
    fn new(count: usize, memories: usize) -> Self {
        Self {
            values: vec![R::ZERO; count],
            gradients: vec![R::ZERO; count],
            memories: vec![vec![R::ZERO; count]; memories],
        }
    }
}

/// A layer with its parameters and activations.
pub(crate) struct BuiltLayer<R> {
    pub name: String,
    pub kind: LayerKind,
    pub input: Shape,
    pub output: Shape,
    pub activation: Activation,
    /// `[unit][input]`, or of a convolution `[channel][input channel, row, column]`.
    pub weights: LearnedArray<R>,
    /// `[unit]` or `[channel]`; empty where there are none.
    pub biases: LearnedArray<R>,
    /// The weights with noise on them; empty where there is none.
    pub disturbed: Vec<R>,
    /// How fast those rise with the weights; empty where it is 1 everywhere.
    pub disturbed_slopes: Vec<R>,
    pub noise: LayerNoise,
    /// Of a normalisation over batches: the running means of means and variances, `[channel]`; else empty.
    pub running: [Vec<R>; 2],
    /// Of a recurrent layer: what its units said at every step.
    pub states: States<R>,
    /// Of a normalisation: its groups in this batch.
    pub groups: Groups,
    /// Whether this batch is learned from.
    pub learns: bool,
    layout: BatchLayout,
    /// What comes out.
    pub values: Vec<R>,
    /// How fast that rises with the sums; empty where it is 1 everywhere.
    pub slopes: Vec<R>,
    /// How fast the loss rises with the sums.
    pub delta: Vec<R>,
    /// Of pooling: where the greatest stood, as a place within its image.
    pub greatest: Vec<u32>,
    /// Of a convolution: gradients of each chunk of samples.
    pub partial: Vec<R>,
}

/// Noise at the places of a layer.
pub(crate) struct LayerNoise {
    pub weights: Disturbances,
    pub sum: Disturbances,
    /// After the activation, and what comes to the next layer.
    pub activation: Disturbances,
    pub weight_gradients: Disturbances,
    pub bias_gradients: Disturbances,
}

impl<R: Real> BuiltLayer<R> {
    /// Builds the layer in this place of the description for what comes to it.
    ///
    /// # Errors
    /// Texts that do not read, a shape that does not fit.
    pub fn build(
        experiment: &Experiment,
        place: usize,
        input: (Shape, BatchLayout),
        batch: usize,
        memories: usize,
    ) -> Result<Self, LayersError> {
        let (input, input_layout) = input;
        let (name, layer) = &experiment.layers[place];
        let seed = experiment.run.seed;
        let output = output_shape(name, layer.kind, input)?;
        let (weights, biases, fans) = learned_counts(name, layer.kind, input, input_layout)?;
        let biases = if layer.biases.is_some() { biases } else { 0 };
        let key = |field: &str| format!("layers.{name}.{field}");
        let mut weights = LearnedArray::new(weights, memories);
        initial::fill(
            &layer.weights,
            &key("weights"),
            seed,
            fans,
            &mut weights.values,
        )?;
        let mut biases = LearnedArray::new(biases, memories);
        if let Some(text) = &layer.biases {
            initial::fill(text, &key("biases"), seed, fans, &mut biases.values)?;
        }
        let noise = LayerNoise::of(experiment, place)?;
        let activation = Activation::read(&layer.activation, &key("activation"))?;
        let numbers = output.features() * batch;
        let bends = noise.sum.bend() || noise.activation.bend();
        let is_recurrent = matches!(layer.kind, LayerKind::Recurrent { .. });
        let has_slopes = (bends || matches!(activation, Activation::Units { .. })) && !is_recurrent;
        let is_greatest = matches!(layer.kind, LayerKind::Pooling { average: false, .. });
        Ok(Self {
            name: name.clone(),
            kind: layer.kind,
            input,
            output,
            activation,
            disturbed: match noise.weights.is_empty() {
                true => Vec::new(),
                false => weights.values.clone(),
            },
            disturbed_slopes: match noise.weights.bend() {
                true => weights.values.clone(),
                false => Vec::new(),
            },
            running: match layer.kind {
                LayerKind::Normalisation { over_batch: true } => {
                    [vec![R::ZERO; input.channels], vec![R::ONE; input.channels]]
                }
                _ => Default::default(),
            },
            states: States::default(),
            groups: Groups::default(),
            learns: true,
            layout: match layer.kind {
                LayerKind::Dense { .. } => BatchLayout::ByFeature,
                LayerKind::Normalisation { .. } => input_layout,
                _ => BatchLayout::BySample,
            },
            weights,
            biases,
            noise,
            values: vec![R::ZERO; numbers],
            slopes: vec![R::ONE; if has_slopes { numbers } else { 0 }],
            delta: vec![R::ZERO; numbers],
            greatest: vec![0; if is_greatest { numbers } else { 0 }],
            partial: Vec::new(),
        })
    }

    /// How its values lie.
    pub fn layout(&self) -> BatchLayout {
        self.layout
    }

    /// What comes out for a batch.
    pub fn signal(&self, samples: usize) -> Signal<'_, R> {
        let features = self.output.features();
        Signal {
            values: &self.values[..features * samples],
            features,
            samples,
            layout: self.layout(),
        }
    }

    /// Where a unit's number of the last sample of a batch lies.
    pub fn place_of_last(&self, unit: usize, samples: usize) -> Option<usize> {
        let last = samples.checked_sub(1)?;
        Some(match self.layout() {
            BatchLayout::ByFeature => unit * samples + last,
            BatchLayout::BySample => last * self.output.features() + unit,
        })
    }

    /// Rows of the weights: units, channels, or gains.
    pub fn rows(&self) -> usize {
        match self.kind {
            LayerKind::Normalisation { .. } => self.weights.values.len(),
            LayerKind::Recurrent { size, .. } => size,
            _ => self.output.channels,
        }
    }

    /// Whether a stage of a batch has more pieces than one.
    pub fn is_shared(&self, batch: usize) -> bool {
        match self.kind {
            LayerKind::Dense { size } => {
                rows_of_a_piece(size, self.input.features() * batch) < size
            }
            LayerKind::Convolution { .. } | LayerKind::Recurrent { .. } => batch > 1,
            LayerKind::Pooling { .. } | LayerKind::Normalisation { .. } => false,
        }
    }
}

impl LayerNoise {
    fn of(experiment: &Experiment, place: usize) -> Result<Self, LayersError> {
        let seed = experiment.run.seed;
        let name = &experiment.layers[place].0;
        let at =
            |places: &[String], part: &str| Disturbances::at(&experiment.noise, places, part, seed);
        let mut after = vec![format!("{name}.activation")];
        if let Some((next, _)) = experiment.layers.get(place + 1) {
            after.push(format!("{next}.input"));
        }
        let gradients = ["training.gradients".to_owned()];
        Ok(Self {
            weights: at(&[format!("{name}.weights")], "")?,
            sum: at(&[format!("{name}.sum")], "")?,
            activation: at(&after, "")?,
            weight_gradients: at(&gradients, &format!(".{name}.weights"))?,
            bias_gradients: at(&gradients, &format!(".{name}.biases"))?,
        })
    }

    /// Makes all ready for a step.
    pub fn prepare(&mut self, moment: BatchMoment) {
        for noise in [
            &mut self.weights,
            &mut self.sum,
            &mut self.activation,
            &mut self.weight_gradients,
            &mut self.bias_gradients,
        ] {
            noise.prepare(moment);
        }
    }
}

/// How many weights and how many biases a layer of this kind learns, and the inputs and outputs of one of its units, for the initial weights.
fn learned_counts(
    name: &str,
    kind: LayerKind,
    input: Shape,
    input_layout: BatchLayout,
) -> Result<(usize, usize, (usize, usize)), LayersError> {
    Ok(match kind {
        LayerKind::Dense { size } => {
            let fan_in = input.features();
            (size * fan_in, size, (fan_in, size))
        }
        LayerKind::Convolution {
            channels, kernel, ..
        } => {
            let (area, seen) = (kernel * kernel, input.channels);
            (
                channels * seen * area,
                channels,
                (seen * area, channels * area),
            )
        }
        LayerKind::Recurrent { size, every_step } => {
            let sequence = SequenceShape::of(input, size, every_step);
            let sequence = sequence.filter(|_| input_layout == BatchLayout::BySample);
            let sequence = sequence.ok_or_else(|| LayersError::NotASequence {
                layer: name.to_owned(),
            })?;
            (sequence.weights(), size, (sequence.seen + size, size))
        }
        LayerKind::Normalisation { over_batch } => {
            let count = match over_batch {
                true => input.channels,
                false => input.features(),
            };
            (count, count, (1, 1))
        }
        LayerKind::Pooling { .. } => (0, 0, (1, 1)),
    })
}

fn output_shape(name: &str, kind: LayerKind, input: Shape) -> Result<Shape, LayersError> {
    let is_image = input.height > 1 || input.width > 1;
    let fits = |kernel: usize, height: usize, width: usize| {
        if !is_image {
            return Err(LayersError::NotAnImage {
                layer: name.to_owned(),
                features: input.features(),
            });
        }
        if kernel > height.min(width) {
            return Err(LayersError::TooSmall {
                layer: name.to_owned(),
                kernel,
                width,
                height,
            });
        }
        Ok(())
    };
    Ok(match kind {
        LayerKind::Dense { size } => Shape::list(size),
        LayerKind::Normalisation { .. } => input,
        LayerKind::Recurrent { size, every_step } => {
            let sequence = SequenceShape::of(input, size, every_step);
            let sequence = sequence.ok_or_else(|| LayersError::NotASequence {
                layer: name.to_owned(),
            })?;
            sequence.output()
        }
        LayerKind::Convolution {
            channels,
            kernel,
            stride,
            padding,
        } => {
            let (height, width) = (input.height + 2 * padding, input.width + 2 * padding);
            fits(kernel, height, width)?;
            Shape {
                channels,
                height: (height - kernel) / stride + 1,
                width: (width - kernel) / stride + 1,
            }
        }
        LayerKind::Pooling { size, .. } => {
            fits(size, input.height, input.width)?;
            Shape {
                channels: input.channels,
                height: input.height / size,
                width: input.width / size,
            }
        }
    })
}
