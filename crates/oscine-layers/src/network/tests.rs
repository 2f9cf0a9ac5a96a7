//! Gradients against central differences, with and without noise that stands still.

use oscine_network::{Layer as Described, Named, Noise, NoiseKind, Optimiser, Text, When};

use super::*;

pub(crate) fn layer(kind: LayerKind, activation: &str) -> Described {
    Described {
        kind,
        depth: 1,
        activation: Text::new(activation),
        weights: Text::new("xavier"),
        biases: Some(Text::new("0.1*randn()")),
    }
}

pub(crate) fn training(loss: &str) -> Training {
    Training {
        loss: Text::new(loss),
        optimiser: Optimiser {
            kind: Text::new("sgd"),
            rate: Text::new("0.1"),
            parameters: Vec::new(),
        },
        batch: 6,
        epochs: 1,
        clip: None,
        weight_decay: 0.0,
        patience: None,
        device: Default::default(),
        weights_from: None,
    }
}

fn noise(at: &str, kind: NoiseKind) -> (String, Noise) {
    let noise = Noise {
        at: vec![Text::new(at)],
        kind,
        level: Text::new("0.3"),
        when: When::Both,
    };
    (at.replace('.', "_"), noise)
}

/// Largest difference between a gradient and its central difference, over the largest gradient of its array.
fn largest_error(layers: Named<Described>, loss: &str, noise: Named<Noise>) -> f64 {
    const SAMPLES: usize = 6;
    let mut experiment = Experiment::new("gradients");
    experiment.layers = layers;
    experiment.noise = noise;
    let shape = Shape {
        channels: 2,
        height: 7,
        width: 6,
    };
    let mut network = LayeredNetwork::<f64>::build(
        &experiment,
        &training(loss),
        shape,
        (3, " classes"),
        SAMPLES,
        1,
    )
    .unwrap();
    let draws = oscine_random::Stream::new(7, "inputs");
    let mut given = vec![0.0f64; SAMPLES * shape.features()];
    draws.fill_uniform(0, 0, &mut given);
    for sample in 0..SAMPLES {
        network.targets[(sample % 3) * SAMPLES + sample] = 1.0;
    }
    let value = |network: &mut LayeredNetwork<f64>| {
        network.input.copy_from_slice(&given);
        Team::gather(1, |team| {
            network.prepare(BatchMoment::default());
            network.forward(SAMPLES, true, team);
            network.judge(SAMPLES) / SAMPLES as f64
        })
    };
    value(&mut network);
    Team::gather(1, |team| {
        let input = signal(&network.input, shape.features(), SAMPLES);
        back(&mut network.layers, input, None, team, &network.memories);
    });
    let mut worst = 0.0f64;
    for place in 0..network.layers.len() {
        for part in 0..2 {
            let learned =
                |network: &mut LayeredNetwork<f64>| -> *mut crate::layer::LearnedArray<f64> {
                    let layer = &mut network.layers[place];
                    if part == 0 {
                        &mut layer.weights
                    } else {
                        &mut layer.biases
                    }
                };
            // SAFETY: one thread, and the network lives on.
            let gradients = unsafe { (*learned(&mut network)).gradients.clone() };
            let greatest = gradients.iter().fold(1e-12f64, |most, x| most.max(x.abs()));
            for element in (0..gradients.len()).step_by(7) {
                let step = 1e-5;
                let mut at = |by: f64| {
                    let values = learned(&mut network);
                    // SAFETY: as above.
                    unsafe { (&mut (*values).values)[element] += by };
                    value(&mut network)
                };
                let (above, below) = (at(step), at(-2.0 * step));
                at(step);
                let difference = (above - below) / (2.0 * step);
                worst = worst.max((difference - gradients[element]).abs() / greatest);
            }
        }
    }
    worst
}

fn dense(size: usize, activation: &str) -> Described {
    layer(LayerKind::Dense { size }, activation)
}

#[test]
fn gradients_are_central_differences_for_every_smooth_activation_and_loss() {
    for activation in [
        "linear", "sigmoid", "tanh", "elu", "softplus", "gelu", "swish", "sin(x)",
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
            let error = largest_error(layers, loss, Vec::new());
            assert!(error < 1e-6, "{activation}, {last}, {loss}: {error:e}");
        }
    }
}

#[test]
fn gradients_of_convolutions_and_pooling_are_central_differences() {
    for (stride, padding, average) in [(1, 0, true), (1, 1, false), (2, 1, false), (2, 2, true)] {
        let convolution = |channels| LayerKind::Convolution {
            channels,
            kernel: 3,
            stride,
            padding,
        };
        let layers = vec![
            ("first".to_owned(), layer(convolution(4), "tanh")),
            ("second".to_owned(), layer(convolution(3), "softplus")),
            (
                "pool".to_owned(),
                layer(
                    LayerKind::Pooling {
                        size: 1 + usize::from(stride == 1),
                        average,
                    },
                    "linear",
                ),
            ),
            ("last".to_owned(), dense(3, "softmax")),
        ];
        let stride_fits = stride == 1 || padding > 0;
        assert!(stride_fits);
        let error = largest_error(layers, "cross-entropy", Vec::new());
        assert!(
            error < 1e-6,
            "stride {stride}, padding {padding}: {error:e}"
        );
    }
}

#[test]
fn gradients_of_normalisations_are_central_differences() {
    let normalisation = |over_batch, activation| {
        let mut described = layer(LayerKind::Normalisation { over_batch }, activation);
        described.weights = Text::new("1 + 0.3*randn()");
        described
    };
    for (first, second) in [(true, true), (true, false), (false, true), (false, false)] {
        let convolution = LayerKind::Convolution {
            channels: 3,
            kernel: 3,
            stride: 1,
            padding: 1,
        };
        // What is normalised over a batch again forgets gains and biases before it, so something bent comes between.
        let mut seen = layer(convolution, "linear");
        seen.biases = None;
        let images = vec![
            ("norm".to_owned(), normalisation(first, "tanh")),
            ("seen".to_owned(), seen),
            ("of_images".to_owned(), normalisation(second, "tanh")),
            ("last".to_owned(), dense(3, "softmax")),
        ];
        let lists = vec![
            ("first".to_owned(), dense(7, "tanh")),
            ("norm".to_owned(), normalisation(first, "tanh")),
            ("again".to_owned(), normalisation(second, "softplus")),
            ("last".to_owned(), dense(3, "sigmoid")),
        ];
        for layers in [images, lists] {
            let error = largest_error(layers, "cross-entropy", Vec::new());
            assert!(error < 1e-6, "over batches {first}, {second}: {error:e}");
        }
    }
}

#[test]
fn gradients_through_time_are_central_differences() {
    let convolution = LayerKind::Convolution {
        channels: 1,
        kernel: 3,
        stride: 1,
        padding: 0,
    };
    let recurrent = |size, every_step| layer(LayerKind::Recurrent { size, every_step }, "tanh");
    let layers = vec![
        ("see".to_owned(), layer(convolution, "linear")),
        ("first".to_owned(), recurrent(5, true)),
        ("second".to_owned(), recurrent(4, false)),
        ("last".to_owned(), dense(3, "softmax")),
    ];
    let error = largest_error(layers.clone(), "cross-entropy", Vec::new());
    assert!(error < 1e-6, "{error:e}");
    for at in [
        "first.weights",
        "first.sum",
        "first.activation",
        "second.input",
    ] {
        let noise = vec![noise(at, NoiseKind::Multiplicative)];
        let error = largest_error(layers.clone(), "cross-entropy", noise);
        assert!(error < 1e-6, "noise at {at}: {error:e}");
    }
}

#[test]
fn gradients_pass_through_noise_at_every_place() {
    let kinds = [
        NoiseKind::Gaussian,
        NoiseKind::Uniform,
        NoiseKind::Multiplicative,
        NoiseKind::Dropout,
        NoiseKind::SaltAndPepper,
        NoiseKind::Pink { longest: None },
        NoiseKind::OrnsteinUhlenbeck {
            correlation: oscine_network::Correlation::Steps(20.0),
        },
    ];
    for kind in kinds {
        for at in [
            "first.input",
            "first.sum",
            "first.weights",
            "first.activation",
            "second.input",
            "last.weights",
            "last.sum",
            "last.activation",
        ] {
            let layers = vec![
                ("first".to_owned(), dense(11, "tanh")),
                ("second".to_owned(), dense(9, "softplus")),
                ("last".to_owned(), dense(3, "sigmoid")),
            ];
            let loss = "mean-squared-error";
            let error = largest_error(layers, loss, vec![noise(at, kind)]);
            assert!(error < 1e-6, "{kind:?} at {at}: {error:e}");
        }
    }
}
