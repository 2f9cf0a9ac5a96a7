//! Gradients and whole trainings of the two implementations beside each other, in double precision.

use oscine_network::{
    Examples, Layer as Described, Named, Noise, NoiseKind, Optimiser, Shape, Targets, Text, When,
};
use oscine_threads::Team;

use super::*;
use crate::network::tests::{layer, training};

const SAMPLES: usize = 6;
const SHAPE: Shape = Shape {
    channels: 1,
    height: 8,
    width: 6,
};

fn dense(size: usize, activation: &str) -> Described {
    layer(LayerKind::Dense { size }, activation)
}

fn noise(at: &str, kind: NoiseKind) -> (String, Noise) {
    let noise = Noise {
        at: vec![Text::new(at)],
        kind,
        level: Text::new("0.3"),
        when: When::Training,
    };
    (at.replace('.', "_"), noise)
}

/// Largest difference of two gradients over the largest gradient of its array.
fn largest_difference(layers: Named<Described>, loss: &str, noise: Named<Noise>) -> f64 {
    let mut experiment = Experiment::new("gradients");
    experiment.layers = layers;
    experiment.noise = noise;
    let mut training = training(loss);
    training.device = Device::Flex;
    let outputs = (3, " classes");
    let build = || LayeredNetwork::<f64>::build(&experiment, &training, SHAPE, outputs, SAMPLES, 1);
    let (mut here, mut network) = (build().unwrap(), build().unwrap());
    let mut there = OnDevice::new(&experiment, &training, &network).unwrap();
    for network in [&mut here, &mut network] {
        let draws = oscine_random::Stream::new(7, "inputs");
        draws.fill_uniform(0, 0, &mut network.input[..]);
        for sample in 0..SAMPLES {
            network.targets[(sample % 3) * SAMPLES + sample] = 1.0;
        }
    }
    let moment = BatchMoment::default();
    there.take(&network);
    let (lost, found) = there.gradients(&mut network, SAMPLES, moment);
    let mut worst = 0.0f64;
    Team::gather(1, |team| {
        here.prepare(moment);
        here.disturb_targets(SAMPLES);
        here.forward(SAMPLES, true, team);
        worst = (here.judge(SAMPLES) / lost - 1.0).abs();
    });
    let draws = oscine_random::Stream::new(7, "inputs");
    draws.fill_uniform(0, 0, &mut here.input[..]);
    Team::gather(1, |team| here.gradients(SAMPLES, moment, team));
    for (layer, found) in here.layers.iter().zip(found) {
        for (learned, found) in [&layer.weights, &layer.biases].into_iter().zip(found) {
            let Some(found) = found else {
                assert!(learned.values.is_empty());
                continue;
            };
            let mut other = vec![0.0; learned.values.len()];
            copy(&found, &mut other);
            let greatest = learned
                .gradients
                .iter()
                .fold(1e-12f64, |most, x| most.max(x.abs()));
            for (own, other) in learned.gradients.iter().zip(other) {
                worst = worst.max((own - other).abs() / greatest);
            }
        }
    }
    worst
}

#[test]
fn gradients_agree_for_every_activation_and_loss() {
    for activation in [
        "linear",
        "sigmoid",
        "tanh",
        "relu",
        "leaky-relu",
        "elu",
        "softplus",
        "gelu",
        "swish",
        "sin(x)**2 + clip(x, -0.5, 0.5)*atan(x)",
    ] {
        for (last, loss) in [
            ("linear", "mean-squared-error"),
            ("sigmoid", "cross-entropy"),
            ("softmax", "cross-entropy"),
            ("softmax", "mean-squared-error"),
            ("tanh", "abs(output - target)**3"),
        ] {
            let layers = vec![
                ("first".to_owned(), dense(11, activation)),
                ("second".to_owned(), dense(9, activation)),
                ("last".to_owned(), dense(3, last)),
            ];
            let worst = largest_difference(layers, loss, Vec::new());
            assert!(worst < 1e-10, "{activation}, {last}, {loss}: {worst:e}");
        }
    }
}

#[test]
fn gradients_agree_for_every_kind_of_layer() {
    let convolution = |channels, stride, padding| LayerKind::Convolution {
        channels,
        kernel: 3,
        stride,
        padding,
    };
    let normalisation = |over_batch| LayerKind::Normalisation { over_batch };
    for average in [true, false] {
        for over_batch in [true, false] {
            let mut seen = layer(convolution(4, 1, 1), "linear");
            seen.biases = None;
            let pool = LayerKind::Pooling { size: 2, average };
            let layers = vec![
                ("seen".to_owned(), seen),
                ("norm".to_owned(), layer(normalisation(over_batch), "tanh")),
                ("pool".to_owned(), layer(pool, "linear")),
                ("again".to_owned(), layer(convolution(3, 2, 2), "softplus")),
                ("last".to_owned(), dense(3, "softmax")),
            ];
            let worst = largest_difference(layers, "cross-entropy", Vec::new());
            assert!(worst < 1e-10, "{average} {over_batch}: {worst:e}");
        }
    }
    for every_step in [true, false] {
        let recurrent = LayerKind::Recurrent {
            size: 5,
            every_step,
        };
        let layers = vec![
            ("time".to_owned(), layer(recurrent, "tanh")),
            ("last".to_owned(), dense(3, "softmax")),
        ];
        let worst = largest_difference(layers, "cross-entropy", Vec::new());
        assert!(worst < 1e-10, "every step {every_step}: {worst:e}");
    }
}

#[test]
fn gradients_agree_with_noise_at_every_place() {
    for kind in [
        NoiseKind::Gaussian,
        NoiseKind::Uniform,
        NoiseKind::Multiplicative,
        NoiseKind::Dropout,
        NoiseKind::SaltAndPepper,
        NoiseKind::Pink { longest: None },
        NoiseKind::OrnsteinUhlenbeck {
            correlation: oscine_network::Correlation::Steps(20.0),
        },
    ] {
        for at in [
            "first.input",
            "first.sum",
            "first.weights",
            "first.activation",
            "second.input",
            "last.sum",
            "last.activation",
            "training.targets",
            "training.gradients",
        ] {
            let layers = vec![
                ("first".to_owned(), dense(11, "tanh")),
                ("second".to_owned(), dense(9, "softplus")),
                ("last".to_owned(), dense(3, "sigmoid")),
            ];
            let worst = largest_difference(layers, "mean-squared-error", vec![noise(at, kind)]);
            assert!(worst < 1e-10, "{kind:?} at {at}: {worst:e}");
        }
    }
}

/// The history and the weights after some epochs of a small task.
fn trained(device: Device, kind: &str, precision: bool) -> (Vec<crate::Epoch>, Vec<f64>) {
    let mut experiment = Experiment::new("training");
    experiment.layers = vec![
        ("hidden".to_owned(), dense(12, "tanh")),
        (
            "norm".to_owned(),
            layer(LayerKind::Normalisation { over_batch: true }, "linear"),
        ),
        ("output".to_owned(), dense(3, "softmax")),
    ];
    experiment.noise = vec![noise("hidden.activation", NoiseKind::Dropout)];
    let mut described = training("cross-entropy");
    described.device = device;
    described.epochs = 5;
    described.batch = 16;
    described.weight_decay = 1e-3;
    described.clip = Some(1.0);
    described.optimiser = Optimiser {
        kind: Text::new(kind),
        rate: Text::new("0.02/(1 + epoch)"),
        parameters: Vec::new(),
    };
    experiment.training = Some(described);
    let mut inputs = vec![0.0f32; 100 * SHAPE.features()];
    oscine_random::Stream::new(3, "inputs").fill_uniform(0, 0, &mut inputs);
    let of: Vec<u32> = inputs
        .chunks(SHAPE.features())
        .map(|image| (image[0] * 1.5 + image[7] * 1.5) as u32)
        .collect();
    let examples = Examples {
        inputs,
        shape: SHAPE,
        targets: Targets::Classes {
            of,
            names: ["a", "b", "c"].map(String::from).to_vec(),
        },
    };
    if precision {
        course::<f64>(&experiment, &examples)
    } else {
        course::<f32>(&experiment, &examples)
    }
}

fn course<R: Real>(experiment: &Experiment, examples: &Examples) -> (Vec<crate::Epoch>, Vec<f64>) {
    let mut training = crate::Training::<R>::new(experiment, examples, examples, 1).unwrap();
    while !training.is_finished() {
        training.epoch().unwrap();
    }
    let weights = training.weights().into_iter();
    let weights = weights
        .flat_map(|array| array.values)
        .map(|weight| weight.to_f64());
    (training.history().to_vec(), weights.collect())
}

#[test]
fn a_whole_training_agrees_for_every_optimiser() {
    for optimiser in crate::OPTIMISER_TEXTS {
        for (is_double, tolerance) in [(true, 1e-9), (false, 2e-3)] {
            let (history, weights) = trained(Device::Cpu, optimiser.name, is_double);
            let (other_history, other) = trained(Device::Flex, optimiser.name, is_double);
            assert_eq!(weights.len(), other.len());
            for (own, other) in weights.iter().zip(&other) {
                let apart = (own - other).abs();
                assert!(apart < tolerance, "{}: {own} and {other}", optimiser.name);
            }
            for (own, other) in history.iter().zip(&other_history) {
                assert!(
                    (own.loss - other.loss).abs() < tolerance,
                    "{own:?} {other:?}"
                );
                assert_eq!(own.rate, other.rate);
            }
            let learned = history[0].loss > history[4].loss;
            assert!(learned, "{}: {history:?}", optimiser.name);
        }
    }
}

#[test]
fn a_device_that_this_build_lacks_is_refused_with_what_to_build() {
    let error = place_of(Device::Cuda);
    if cfg!(not(feature = "burn-cuda")) {
        let message = error.map(|_| ()).unwrap_err().to_string();
        assert!(message.contains("--features burn-cuda"), "{message}");
    }
}
