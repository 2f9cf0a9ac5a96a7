//! An artificial network through the builder: handwritten digits, with noise on the weights while it learns.
//! Source: of the digits Alpaydin & Kaynak (1998), UCI; of noise on weights Graves (2011) NeurIPS.

use std::error::Error;

use oscine::Experiment;
use oscine::network::{Layer, Measure, NoiseKind, Precision, Task, Training};

fn main() -> Result<(), Box<dyn Error>> {
    let experiment = Experiment::new("Handwritten digits")
        .precision(Precision::Single)
        .task(Task::new("digits").validation(0.2).test(0.2))
        .add_layer("hidden", Layer::dense(30).activation("relu").weights("he"))
        .add_layer("output", Layer::dense(10).activation("softmax"))
        .training(
            Training::new(30)
                .loss("cross-entropy")
                .optimiser("adam", "0.003")
                .patience(5),
        )
        .add_noise("synaptic", NoiseKind::Gaussian, "0.05", ["hidden.weights"])
        .add_measure("accuracy", Measure::named("accuracy"));

    let outcome = oscine::run_to_report(&experiment, "digits")?;
    print!(
        "{}",
        oscine::report_of(&outcome).terminal_summary(80, false)
    );
    Ok(())
}
