//! COBA through the builder: 4,000 cells with conductances that keep each other firing.
//! Source: Vogels & Abbott (2005) J. Neurosci. 25:10786; Brette et al. (2007) J. Comput. Neurosci. 23:349, benchmark 1.

use std::error::Error;

use oscine::Experiment;
use oscine::network::{Connect, Neurons, Record, Synapses};

fn main() -> Result<(), Box<dyn Error>> {
    let cells = Neurons::new(4000)
        .equations(
            "dv/dt  = (ge*(E_e - v) + gi*(E_i - v) + E_L - v)/tau_m : volt (unless refractory)
             dge/dt = -ge/tau_e : 1
             dgi/dt = -gi/tau_i : 1",
        )
        .threshold("v > -50*mV")
        .reset("v = -60*mV")
        .refractory("5 ms")
        .parameter("tau_m", "20 ms")
        .parameter("tau_e", "5 ms")
        .parameter("tau_i", "10 ms")
        .parameter("E_L", "-60 mV")
        .parameter("E_e", "0 mV")
        .parameter("E_i", "-80 mV")
        .initial("v", "E_L + (randn()*5 - 5)*mV")
        .initial("ge", "randn()*1.5 + 4")
        .initial("gi", "randn()*12 + 20");
    let excitatory = Synapses::between("cells[0:3200]", "cells")?
        .connect(Connect::probability(0.02))
        .on_pre("ge += 0.6");
    let inhibitory = Synapses::between("cells[3200:4000]", "cells")?
        .connect(Connect::probability(0.02))
        .on_pre("gi += 6.7");
    let experiment = Experiment::new("A network of conductance-based cells")
        .duration("2 s")?
        .dt("0.1 ms")?
        .add_neurons("cells", cells)
        .add_synapses("excitatory", excitatory)
        .add_synapses("inhibitory", inhibitory)
        .add_record("raster", Record::spikes("cells")?)
        .add_record(
            "membrane",
            Record::variables("cells[0:5]", ["v", "ge", "gi"])?.every("0.5 ms")?,
        );

    let outcome = oscine::run_to_report(&experiment, "coba")?;
    print!(
        "{}",
        oscine::report_of(&outcome).terminal_summary(80, false)
    );
    Ok(())
}
