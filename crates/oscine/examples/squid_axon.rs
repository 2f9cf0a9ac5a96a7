//! A model of the catalogue under a step of current: the squid's axon fires.
//! Source: Hodgkin & Huxley (1952) J. Physiol. 117:500.

use std::error::Error;

use oscine::Experiment;
use oscine::network::{Neurons, Record, Stimulus};

fn main() -> Result<(), Box<dyn Error>> {
    let axon = Neurons::of_model(1, "hodgkin-huxley")?.input("I", "step(t)");
    let experiment = Experiment::new("The squid axon fires")
        .duration("200 ms")?
        .dt("0.01 ms")?
        .integrator("exponential-euler")
        .add_stimulus("step", Stimulus::step("10 uA/cm**2").from("50 ms")?)
        .add_neurons("axon", axon)
        .add_record("spikes", Record::spikes("axon")?)
        .add_record(
            "membrane",
            Record::variables("axon", ["v", "m", "h", "n"])?.every("0.05 ms")?,
        );

    let outcome = oscine::run_to_report(&experiment, "squid-axon")?;
    print!(
        "{}",
        oscine::report_of(&outcome).terminal_summary(80, false)
    );
    Ok(())
}
