//! Whole trainings: the same bits for any number of threads and after a stop, and what is known beforehand of where they end.

use oscine_layers::{Training, TrainingState};
use oscine_network::{
    Examples, Experiment, Layer, LayerKind, Noise, NoiseKind, Optimiser, Shape, Targets, Text,
    Training as Description, When,
};
use oscine_random::Stream;

fn layer(name: &str, kind: LayerKind, activation: &str) -> (String, Layer) {
    let layer = Layer {
        kind,
        activation: Text::new(activation),
        weights: Text::new("he"),
        depth: 1,
        biases: Some(Text::new("zeros")),
    };
    (name.into(), layer)
}

fn noise(name: &str, at: &str, kind: NoiseKind, level: &str) -> (String, Noise) {
    let noise = Noise {
        at: vec![Text::new(at)],
        kind,
        level: Text::new(level),
        when: When::Training,
    };
    (name.into(), noise)
}

fn description(optimiser: &str, rate: &str, batch: usize, epochs: usize) -> Description {
    Description {
        loss: Text::new("cross-entropy"),
        optimiser: Optimiser {
            kind: Text::new(optimiser),
            rate: Text::new(rate),
            parameters: Vec::new(),
        },
        batch,
        epochs,
        clip: None,
        weight_decay: 0.0,
        patience: None,
        device: Default::default(),
        weights_from: None,
    }
}

/// Images of two classes: a bright spot in one half or the other, in noise.
fn images(count: usize, seed: u64) -> (Vec<f32>, Vec<u32>) {
    let (mut pixels, mut classes) = (vec![0.0f32; count * 64], Vec::new());
    Stream::new(seed, "pixels").fill_uniform(0, 0, &mut pixels);
    let places = Stream::new(seed, "places");
    for example in 0..count {
        let place = (places.uniform(example as u64, 0) * 64.0) as usize;
        pixels[example * 64 + place] += 2.0;
        classes.push(u32::from(place >= 32));
    }
    (pixels, classes)
}

fn examples(inputs: &[f32], classes: &[u32]) -> Examples {
    Examples {
        inputs: inputs.to_vec(),
        shape: Shape {
            channels: 1,
            height: 8,
            width: 8,
        },
        targets: Targets::Classes {
            of: classes.to_vec(),
            names: vec!["left".into(), "right".into()],
        },
    }
}

/// Every kind of layer, noise at every place, clipping and an optimiser with memories.
fn everything() -> Experiment {
    let mut experiment = Experiment::new("everything");
    let convolution = LayerKind::Convolution {
        channels: 24,
        kernel: 3,
        stride: 1,
        padding: 1,
    };
    let pool = LayerKind::Pooling {
        size: 2,
        average: false,
    };
    experiment.layers = vec![
        layer("see", convolution, "relu"),
        layer("pool", pool, "linear"),
        layer(
            "level",
            LayerKind::Normalisation { over_batch: true },
            "linear",
        ),
        layer("hidden", LayerKind::Dense { size: 200 }, "tanh"),
        layer(
            "again",
            LayerKind::Normalisation { over_batch: false },
            "linear",
        ),
        layer("more", LayerKind::Dense { size: 136 }, "relu"),
        layer("output", LayerKind::Dense { size: 2 }, "softmax"),
    ];
    experiment.noise = vec![
        noise("a", "see.input", NoiseKind::SaltAndPepper, "0.05"),
        noise("b", "see.weights", NoiseKind::Gaussian, "0.02"),
        noise("c", "hidden.sum", NoiseKind::Multiplicative, "0.1"),
        noise("d", "hidden.activation", NoiseKind::Dropout, "0.2"),
        noise(
            "e",
            "training.gradients",
            NoiseKind::Gaussian,
            "sqrt(1e-4/(1 + step)**0.55)",
        ),
        noise("f", "training.labels", NoiseKind::Uniform, "0.05"),
        noise("g", "training.targets", NoiseKind::Uniform, "0.01"),
    ];
    let mut training = description("adam", "0.002/(1 + epoch)", 32, 4);
    training.clip = Some(1.0);
    training.weight_decay = 1e-4;
    training.patience = Some(3);
    experiment.training = Some(training);
    experiment
}

fn states(threads: usize, stop_after: Option<usize>) -> (TrainingState<f32>, f64) {
    let experiment = everything();
    let (pixels, classes) = images(600, 1);
    let (others, their_classes) = images(200, 2);
    let all = examples(&pixels, &classes);
    let validation = examples(&others, &their_classes);
    let begin = |threads| Training::<f32>::new(&experiment, &all, &validation, threads).unwrap();
    let mut training = begin(threads);
    while !training.is_finished() {
        training.epoch().unwrap();
        if stop_after == Some(training.history().len()) {
            let state = training.state();
            training = begin(threads + 1);
            training.restore(state).unwrap();
        }
    }
    let state = training.state();
    training.finish();
    (state, training.judge(&validation).loss)
}

#[test]
fn any_number_of_threads_and_a_stop_give_the_same_bits() {
    let whole = states(1, None);
    assert!(
        whole.0.history[3].loss < whole.0.history[0].loss,
        "{:?}",
        whole.0.history
    );
    for threads in [2, 3, 8] {
        assert_eq!(states(threads, None), whole, "{threads} threads");
    }
    assert_eq!(states(2, Some(2)), whole, "stopped and gone on with");
}

#[test]
fn gradient_descent_on_all_of_a_line_converges_at_the_rate_of_its_closed_form() {
    // One weight, no bias, f = mean (w x - 3 x)^2: each step multiplies the error by 1 - 2 rate mean(x^2).
    let inputs = [1.0f32, -2.0, 0.5, 1.5];
    let values = [3.0, -6.0, 1.5, 4.5];
    let mut experiment = Experiment::new("line");
    let (name, mut only) = layer("only", LayerKind::Dense { size: 1 }, "linear");
    only.weights = Text::new("zeros");
    only.biases = None;
    experiment.layers = vec![(name, only)];
    let mut training = description("sgd", "0.1", 4, 5);
    training.loss = Text::new("mean-squared-error");
    experiment.training = Some(training);
    let examples = Examples {
        inputs: inputs.to_vec(),
        shape: Shape::list(1),
        targets: Targets::Values {
            values: values.to_vec(),
            names: vec!["y".into()],
        },
    };
    let mut training = Training::<f64>::new(&experiment, &examples, &examples, 1).unwrap();
    let curvature = (1.0 + 4.0 + 0.25 + 2.25) / 4.0;
    for step in 1..=5 {
        training.epoch().unwrap();
        let expected = 3.0 - 3.0 * (1.0f64 - 0.2 * curvature).powi(step);
        let weight = training.weights()[0].values[0];
        assert!((weight - expected).abs() < 1e-12, "{weight} and {expected}");
    }
    assert!(training.is_finished());
    let judged = training.judge(&examples);
    let error = training.weights()[0].values[0] - 3.0;
    assert!((judged.loss - error * error * curvature).abs() < 1e-12);
    assert!(judged.accuracy.is_nan());
}

#[test]
fn an_optimiser_written_as_text_is_the_one_of_the_catalogue() {
    let weights = |kind: &str, parameters: Vec<(String, f64)>| {
        let mut experiment = everything();
        let training = experiment.training.as_mut().unwrap();
        training.optimiser.kind = Text::new(kind);
        training.optimiser.parameters = parameters;
        training.epochs = 1;
        let (pixels, classes) = images(100, 1);
        let all = examples(&pixels, &classes);
        let mut training = Training::<f64>::new(&experiment, &all, &all, 1).unwrap();
        training.epoch().unwrap();
        training.weights()
    };
    let written = "m = a*m + g\nw -= rate*m";
    assert_eq!(
        weights("momentum", Vec::new()),
        weights(written, vec![("a".into(), 0.9)])
    );
}

#[test]
fn a_loss_that_stops_being_finite_ends_the_training_with_its_place() {
    let mut experiment = everything();
    experiment.training = Some(description("sgd", "1e30", 10, 3));
    let (pixels, classes) = images(100, 1);
    let all = examples(&pixels, &classes);
    let mut training = Training::<f32>::new(&experiment, &all, &all, 1).unwrap();
    let mut epochs = (0..3).map(|_| training.epoch());
    let error = epochs
        .find_map(Result::err)
        .expect("1e30 is too fast")
        .to_string();
    assert!(
        error.contains("stopped being finite") && error.contains("rate"),
        "{error}"
    );
}

#[test]
fn what_does_not_fit_is_said() {
    let (pixels, classes) = images(10, 1);
    let all = examples(&pixels, &classes);
    let said = |change: &dyn Fn(&mut Experiment)| {
        let mut experiment = everything();
        change(&mut experiment);
        match Training::<f32>::new(&experiment, &all, &all, 1) {
            Ok(_) => "nothing".to_owned(),
            Err(error) => error.to_string(),
        }
    };
    type Change<'a> = &'a dyn Fn(&mut Experiment);
    let cases: [(Change, &str); 5] = [
        (
            &|e| e.layers[3].1.activation = Text::new("tanh(y)"),
            "layers.hidden.activation",
        ),
        (
            &|e| e.layers[3].1.activation = Text::new("x + randn()"),
            "noise has its own table",
        ),
        (
            &|e| e.layers[6].1.kind = LayerKind::Dense { size: 3 },
            "set its size to 2",
        ),
        (&|e| e.layers.swap(0, 3), "takes images"),
        (
            &|e| {
                e.layers[1].1.kind = LayerKind::Pooling {
                    size: 9,
                    average: true,
                }
            },
            "squares of 9 pixels",
        ),
    ];
    for (change, expected) in cases {
        let said = said(change);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn sharpness_is_the_greatest_eigenvalue_of_the_hessian() {
    // Of a linear unit it is twice that of the mean of x x': 4 along the second input, 1 along the first.
    let inputs = [1.0f32, 0.0, -1.0, 0.0, 0.0, 2.0, 0.0, -2.0];
    let mut experiment = Experiment::new("bowl");
    let (name, mut only) = layer("only", LayerKind::Dense { size: 1 }, "linear");
    only.biases = None;
    experiment.layers = vec![(name, only)];
    let mut training = description("sgd", "0.1", 4, 1);
    training.loss = Text::new("mean-squared-error");
    experiment.training = Some(training);
    let examples = Examples {
        inputs: inputs.to_vec(),
        shape: Shape::list(2),
        targets: Targets::Values {
            values: vec![1.0, 2.0, 3.0, 4.0],
            names: vec!["y".into()],
        },
    };
    let mut double = Training::<f64>::new(&experiment, &examples, &examples, 1).unwrap();
    let before = double.weights();
    let sharpness = double.sharpness(&examples);
    assert!((sharpness - 4.0).abs() < 0.01, "{sharpness}");
    assert_eq!(double.weights(), before, "the weights are as they were");
    let mut single = Training::<f32>::new(&experiment, &examples, &examples, 1).unwrap();
    assert!((single.sharpness(&examples) - 4.0).abs() < 0.01);
}

#[test]
fn a_layer_of_some_depth_is_so_many_layers_with_noise_at_each() {
    let (pixels, classes) = images(20, 1);
    let all = examples(&pixels, &classes);
    let mut experiment = Experiment::new("deep");
    let (name, mut hidden) = layer("hidden", LayerKind::Dense { size: 5 }, "tanh");
    hidden.depth = 3;
    let last = layer("last", LayerKind::Dense { size: 2 }, "softmax");
    experiment.layers = vec![(name, hidden), last];
    experiment.training = Some(description("sgd", "0.1", 5, 1));
    let mut training = Training::<f64>::new(&experiment, &all, &all, 1).unwrap();
    let arrays = training.weights();
    let names: Vec<&str> = arrays.iter().map(|array| array.name.as_str()).collect();
    assert_eq!(
        names[..4],
        [
            "hidden.1.weight",
            "hidden.1.bias",
            "hidden.2.weight",
            "hidden.2.bias"
        ]
    );
    assert_eq!(names.len(), 8);
    assert_ne!(
        arrays[2].values, arrays[4].values,
        "each has weights of its own"
    );
    let quiet = training.judge(&all).loss;
    let disturbed = |at: &str| {
        let mut experiment = experiment.clone();
        let noise = oscine_network::Noise {
            at: vec![Text::new(at)],
            kind: oscine_network::NoiseKind::Dropout,
            level: Text::new("0.5"),
            when: oscine_network::When::Test,
        };
        experiment.noise = vec![("n".into(), noise)];
        let mut training = Training::<f64>::new(&experiment, &all, &all, 1).unwrap();
        training.judge(&all).loss
    };
    for place in ["input", "weights", "sum", "activation"] {
        assert_ne!(disturbed(&format!("hidden.{place}")), quiet, "{place}");
    }
}

#[test]
fn a_batch_is_normalised_by_itself_and_what_is_judged_by_running_means() {
    // Of 1, 2, 3, 6 the mean is 3, the variance 3.5 (free of bias 14/3): after one step the running ones are 0.3 and 0.9 + 0.1 * 14/3.
    let inputs = [1.0f32, 2.0, 3.0, 6.0];
    let mut experiment = Experiment::new("normal");
    let (name, mut norm) = layer(
        "norm",
        LayerKind::Normalisation { over_batch: true },
        "linear",
    );
    norm.weights = Text::new("ones");
    let (last_name, mut last) = layer("last", LayerKind::Dense { size: 1 }, "linear");
    last.weights = Text::new("ones");
    last.biases = None;
    experiment.layers = vec![(name, norm), (last_name, last)];
    let mut training = description("sgd", "0", 4, 1);
    training.loss = Text::new("mean-squared-error");
    experiment.training = Some(training);
    let examples = Examples {
        inputs: inputs.to_vec(),
        shape: Shape::list(1),
        targets: Targets::Values {
            values: vec![0.0; 4],
            names: vec!["y".into()],
        },
    };
    let mut training = Training::<f64>::new(&experiment, &examples, &examples, 1).unwrap();
    // The mean square of numbers of variance 1, but for the 1e-5 that is added to 3.5.
    let epoch = training.epoch().unwrap();
    assert!(
        (epoch.loss - 3.5 / (3.5 + 1e-5)).abs() < 1e-9,
        "{}",
        epoch.loss
    );
    let outputs = training.judge(&examples).outputs;
    let deviation = (0.9f64 + 0.1 * 14.0 / 3.0 + 1e-5).sqrt();
    for (output, input) in outputs.iter().zip(inputs) {
        assert!((output - (f64::from(input) - 0.3) / deviation).abs() < 1e-9);
    }
    let names: Vec<String> = training
        .weights()
        .into_iter()
        .map(|array| array.name)
        .collect();
    let expected = [
        "norm.weight",
        "norm.bias",
        "norm.running_mean",
        "norm.running_var",
        "last.weight",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_recurrent_network_has_the_same_bits_on_any_number_of_threads_and_pytorch_s_arrays() {
    let (pixels, classes) = images(96, 1);
    let all = examples(&pixels, &classes);
    let mut experiment = Experiment::new("sequence");
    let every_step = LayerKind::Recurrent {
        size: 9,
        every_step: true,
    };
    let last_step = LayerKind::Recurrent {
        size: 7,
        every_step: false,
    };
    experiment.layers = vec![
        layer("first", every_step, "tanh"),
        layer("second", last_step, "relu"),
        layer("output", LayerKind::Dense { size: 2 }, "softmax"),
    ];
    experiment.training = Some(description("adam", "0.01", 32, 3));
    let trained = |threads: usize, stop: bool| {
        let mut training = Training::<f32>::new(&experiment, &all, &all, threads).unwrap();
        while !training.is_finished() {
            training.epoch().unwrap();
            if stop {
                let state = training.state();
                training = Training::<f32>::new(&experiment, &all, &all, threads + 1).unwrap();
                training.restore(state).unwrap();
            }
        }
        training
    };
    let whole = trained(1, false);
    for (threads, stop) in [(2, false), (3, true)] {
        assert_eq!(
            trained(threads, stop).weights(),
            whole.weights(),
            "{threads} threads"
        );
    }
    let arrays = whole.weights();
    let shapes: Vec<(&str, &[usize])> = arrays
        .iter()
        .map(|array| (array.name.as_str(), &array.shape[..]))
        .collect();
    assert_eq!(
        shapes[..4],
        [
            ("first.weight_ih_l0", &[9, 8][..]),
            ("first.weight_hh_l0", &[9, 9]),
            ("first.bias_ih_l0", &[9]),
            ("first.bias_hh_l0", &[9]),
        ]
    );
    let mut other = Training::<f32>::new(&experiment, &all, &all, 1).unwrap();
    other.set_weights(arrays.clone()).unwrap();
    assert_eq!(other.weights(), arrays);
}
