//! What backpropagation asks of a network for one example: of each unit, and of each weight, with every quantity on the way.
//! Rumelhart, Hinton & Williams (1986) Nature 323:533.

use oscine_equations::lanes::Real;
use oscine_network::Examples;
use oscine_threads::Team;

use crate::Training;
use crate::noise::BatchMoment;

/// Half of the way over which a difference is taken.
const STEP: f64 = 1e-5;

/// The gradients that backpropagation finds for one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerGradients {
    /// The layer's name.
    pub layer: String,
    /// What its units say.
    pub activation: Vec<f64>,
    /// How fast the loss falls with what each unit says: what it is asked for. Not finite where its activation is flat.
    pub wanted: Vec<f64>,
    /// How fast the loss rises with the sum of each unit.
    pub error: Vec<f64>,
    /// How fast the loss rises with each weight, `[unit][input]`; empty of a layer without weights.
    pub weights: Vec<f64>,
    /// The same by central differences of the loss, where they were asked for.
    pub differences: Vec<f64>,
}

impl<R: Real> Training<'_, R> {
    /// What some examples, taken together, ask of each layer, without noise but that of the test: the mean over them. Units are those of the last example.
    pub fn asked(
        &mut self,
        examples: &Examples,
        members: &[u32],
        differences: bool,
    ) -> Vec<LayerGradients> {
        self.show(examples, members);
        let samples = members.len();
        let count = self.network.layers.len();
        let mut asked = Vec::with_capacity(count);
        for place in 0..count {
            let layer = &self.network.layers[place];
            let unit = |values: &[R], unit: usize| {
                layer
                    .place_of_last(unit, samples)
                    .map(|at| values[at].to_f64())
            };
            let units = 0..layer.output.features();
            let column = |values: &[R]| -> Vec<f64> {
                units
                    .clone()
                    .filter_map(|number| unit(values, number))
                    .collect()
            };
            let error = column(&layer.delta);
            let slopes = match layer.slopes.is_empty() {
                true => vec![1.0; error.len()],
                false => column(&layer.slopes),
            };
            let wanted = error.iter().zip(&slopes);
            let gradients = layer.weights.gradients.iter();
            asked.push(LayerGradients {
                layer: layer.name.clone(),
                activation: column(&layer.values),
                wanted: wanted
                    .map(|(error, slope)| -error / slope * samples as f64)
                    .collect(),
                error: error.iter().map(|error| error * samples as f64).collect(),
                weights: gradients.map(|gradient| gradient.to_f64()).collect(),
                differences: Vec::new(),
            });
        }
        if differences {
            for (place, asked) in asked.iter_mut().enumerate() {
                asked.differences = self.differences(examples, members, place);
            }
        }
        asked
    }

    fn show(&mut self, examples: &Examples, members: &[u32]) {
        let moment = self.moment();
        Team::gather(1, |team| {
            self.network.present(examples, None, members);
            self.network.gradients(members.len(), moment, team);
        });
    }

    fn moment(&self) -> BatchMoment {
        BatchMoment {
            epoch: self.history().len(),
            step: self.step,
            judged: Some(0),
        }
    }

    /// How fast the mean loss rises with each weight of one layer, by central differences.
    fn differences(&mut self, examples: &Examples, members: &[u32], place: usize) -> Vec<f64> {
        let moment = self.moment();
        let loss = |training: &mut Self, weight: usize, by: f64| {
            let network = &mut training.network;
            let value = network.layers[place].weights.values[weight];
            network.layers[place].weights.values[weight] = value + R::from_f64(by);
            let loss = Team::gather(1, |team| {
                network.present(examples, None, members);
                network.prepare(moment);
                network.forward(members.len(), true, team);
                network.judge(members.len())
            });
            network.layers[place].weights.values[weight] = value;
            loss / members.len() as f64
        };
        let count = self.network.layers[place].weights.values.len();
        let differences = (0..count).map(|weight| {
            let (above, below) = (loss(self, weight, STEP), loss(self, weight, -STEP));
            (above - below) / (2.0 * STEP)
        });
        differences.collect()
    }
}
