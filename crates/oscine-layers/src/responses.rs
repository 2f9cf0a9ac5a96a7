//! What each layer makes of some examples, so that a network can be looked into.

use oscine_equations::lanes::Real;
use oscine_network::{Examples, Shape};
use oscine_threads::Team;

use crate::Training;
use crate::layer::BatchLayout;
use crate::noise::BatchMoment;

/// The activations of a layer for some examples.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerActivations {
    /// Its name.
    pub layer: String,
    /// Of one example.
    pub shape: Shape,
    /// `[example][channel, row, column]`.
    pub values: Vec<f64>,
}

impl<R: Real> Training<'_, R> {
    /// What each layer says of the first `most` of some examples, with the noise that acts at the test.
    pub fn responses(&mut self, examples: &Examples, most: usize) -> Vec<LayerActivations> {
        let members: Vec<u32> = (0..examples.len().min(most) as u32).collect();
        let (epoch, step) = (self.history().len(), self.step);
        let network = &mut self.network;
        let mut found: Vec<LayerActivations> = network
            .layers
            .iter()
            .map(|layer| LayerActivations {
                layer: layer.name.clone(),
                shape: layer.output,
                values: Vec::with_capacity(members.len() * layer.output.features()),
            })
            .collect();
        Team::gather(self.threads, |team| {
            for (number, members) in members.chunks(network.batch).enumerate() {
                let samples = members.len();
                network.present(examples, None, members);
                network.prepare(BatchMoment {
                    epoch,
                    step,
                    judged: Some(number as u64),
                });
                network.forward(samples, false, team);
                for (layer, response) in network.layers.iter().zip(&mut found) {
                    let signal = layer.signal(samples);
                    for sample in 0..samples {
                        let place = |feature: usize| match signal.layout {
                            BatchLayout::ByFeature => feature * samples + sample,
                            BatchLayout::BySample => sample * signal.features + feature,
                        };
                        let values = (0..signal.features).map(place);
                        let values = values.map(|place| signal.values[place].to_f64());
                        response.values.extend(values);
                    }
                }
            }
        });
        found
    }
}
