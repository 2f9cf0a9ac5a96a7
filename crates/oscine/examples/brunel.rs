//! Brunel's network through the builder: cells driven alike fire without rhythm, each at random.
//! Source: Brunel (2000) J. Comput. Neurosci. 8:183, figure 8C, at a tenth of its size with weights ten times as great.

use std::error::Error;

use oscine::Experiment;
use oscine::network::{Connect, Neurons, Record, Stimulus, Synapses};

fn main() -> Result<(), Box<dyn Error>> {
    let cells = Neurons::new(1250)
        .equations("dv/dt = -v/tau_m : volt (unless refractory)")
        .threshold("v > 20*mV")
        .reset("v = 10*mV")
        .refractory("2 ms")
        .parameter("tau_m", "20 ms")
        .initial("v", "rand()*20*mV");
    let excitatory = Synapses::between("cells[0:1000]", "cells")?
        .connect(Connect::fixed_in_degree(100))
        .parameter("J", "1 mV")
        .on_pre("v += J")
        .delay("1.5 ms");
    let inhibitory = Synapses::between("cells[1000:1250]", "cells")?
        .connect(Connect::fixed_in_degree(25))
        .parameter("J", "1 mV")
        .on_pre("v -= 5*J")
        .delay("1.5 ms");
    let experiment = Experiment::new("Asynchronous and irregular")
        .duration("1 s")?
        .dt("0.1 ms")?
        .add_neurons("cells", cells)
        .add_synapses("excitatory", excitatory)
        .add_synapses("inhibitory", inhibitory)
        .add_stimulus(
            "external",
            Stimulus::poisson_input("cells", "v", 1000, "20 Hz", "0.1 mV")?,
        )
        .add_record("raster", Record::spikes("cells")?);

    let outcome = oscine::run_to_report(&experiment, "brunel")?;
    print!(
        "{}",
        oscine::report_of(&outcome).terminal_summary(80, false)
    );
    Ok(())
}
