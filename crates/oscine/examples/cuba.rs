//! CUBA through the builder: the network of COBA, whose synapses inject currents whatever the voltage.
//! Source: Vogels & Abbott (2005) J. Neurosci. 25:10786; Brette et al. (2007) J. Comput. Neurosci. 23:349, benchmark 2.

use std::error::Error;

use oscine::Experiment;
use oscine::network::{Connect, Neurons, Record, Synapses};

fn main() -> Result<(), Box<dyn Error>> {
    let cells = Neurons::new(4000)
        .equations(
            "dv/dt  = (ge + gi - (v - E_L))/tau_m : volt (unless refractory)
             dge/dt = -ge/tau_e : volt
             dgi/dt = -gi/tau_i : volt",
        )
        .threshold("v > V_th")
        .reset("v = V_r")
        .refractory("5 ms")
        .parameter("tau_m", "20 ms")
        .parameter("tau_e", "5 ms")
        .parameter("tau_i", "10 ms")
        .parameter("E_L", "-49 mV")
        .parameter("V_th", "-50 mV")
        .parameter("V_r", "-60 mV")
        .initial("v", "V_r + rand()*(V_th - V_r)");
    let excitatory = Synapses::between("cells[0:3200]", "cells")?
        .connect(Connect::probability(0.02))
        .on_pre("ge += 1.62*mV");
    let inhibitory = Synapses::between("cells[3200:4000]", "cells")?
        .connect(Connect::probability(0.02))
        .on_pre("gi -= 9*mV");
    let experiment = Experiment::new("A network of current-based cells")
        .duration("2 s")?
        .dt("0.1 ms")?
        .integrator("exact")
        .add_neurons("cells", cells)
        .add_synapses("excitatory", excitatory)
        .add_synapses("inhibitory", inhibitory)
        .add_record("raster", Record::spikes("cells")?)
        .add_record(
            "membrane",
            Record::variables("cells[0:5]", ["v", "ge", "gi"])?.every("0.5 ms")?,
        );

    let outcome = oscine::run_to_report(&experiment, "cuba")?;
    print!(
        "{}",
        oscine::report_of(&outcome).terminal_summary(80, false)
    );
    Ok(())
}
