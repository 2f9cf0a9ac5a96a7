//! Oscillators that only pulse each other end up in step.
//! Source: Mirollo & Strogatz (1990) SIAM J. Appl. Math. 50:1645.

use std::error::Error;

use oscine::Experiment;
use oscine::network::{Connect, Neurons, Record, Synapses};

fn main() -> Result<(), Box<dyn Error>> {
    let fireflies = Neurons::new(100)
        .equations("dx/dt = S_0 - gamma*x : 1")
        .threshold("x >= 1")
        .reset("x = 0")
        .parameter("S_0", "2 Hz")
        .parameter("gamma", "1 Hz")
        .initial("x", "rand()");
    let flash = Synapses::between("fireflies", "fireflies")?
        .connect(Connect::condition("i != j"))
        .on_pre("x += 0.003");
    let experiment = Experiment::new("Fireflies")
        .question("Do identical oscillators that only pulse each other synchronise?")
        .duration("60 s")?
        .dt("1 ms")?
        .add_neurons("fireflies", fireflies)
        .add_synapses("flash", flash)
        .add_record("flashes", Record::spikes("fireflies")?)
        .add_record(
            "charge",
            Record::variables("fireflies[0:10]", ["x"])?.every("10 ms")?,
        );

    let outcome = oscine::run_to_report(&experiment, "fireflies")?;
    print!(
        "{}",
        oscine::report_of(&outcome).terminal_summary(80, false)
    );
    Ok(())
}
