//! COBAHH through the builder: the network of COBA with sodium and potassium channels in every cell.
//! Source: Brette et al. (2007) J. Comput. Neurosci. 23:349, benchmark 3; Traub & Miles (1991) Neuronal Networks of the Hippocampus.

use std::error::Error;

use oscine::Experiment;
use oscine::network::{Connect, Neurons, Record, Synapses};

/// Currents, gates and synaptic conductances of a cell.
const EQUATIONS: &str = "
dv/dt  = (g_L*(E_L - v) + ge*(E_e - v) + gi*(E_i - v) - g_Na*m**3*h*(v - E_Na) - g_K*n**4*(v - E_K))/C : volt
dm/dt  = alpha_m*(1 - m) - beta_m*m : 1
dn/dt  = alpha_n*(1 - n) - beta_n*n : 1
dh/dt  = alpha_h*(1 - h) - beta_h*h : 1
dge/dt = -ge/tau_e : siemens
dgi/dt = -gi/tau_i : siemens
alpha_m = 1.28/exprel((13*mV - v + V_T)/(4*mV))/ms : Hz
beta_m  = 1.4/exprel((v - V_T - 40*mV)/(5*mV))/ms : Hz
alpha_h = 0.128*exp((17*mV - v + V_T)/(18*mV))/ms : Hz
beta_h  = 4/(1 + exp((40*mV - v + V_T)/(5*mV)))/ms : Hz
alpha_n = 0.16/exprel((15*mV - v + V_T)/(5*mV))/ms : Hz
beta_n  = 0.5*exp((10*mV - v + V_T)/(40*mV))/ms : Hz
";

fn main() -> Result<(), Box<dyn Error>> {
    // Densities times an area of 20,000 um2.
    let cells = Neurons::new(4000)
        .equations(EQUATIONS)
        .threshold("v > -20*mV")
        .refractory("3 ms")
        .parameter("C", "200 pF")
        .parameter("g_L", "10 nS")
        .parameter("g_Na", "20 uS")
        .parameter("g_K", "6 uS")
        .parameter("E_L", "-60 mV")
        .parameter("E_Na", "50 mV")
        .parameter("E_K", "-90 mV")
        .parameter("V_T", "-63 mV")
        .parameter("tau_e", "5 ms")
        .parameter("tau_i", "10 ms")
        .parameter("E_e", "0 mV")
        .parameter("E_i", "-80 mV")
        .initial("v", "E_L + (randn()*5 - 5)*mV")
        .initial("ge", "(randn()*1.5 + 4)*10*nS")
        .initial("gi", "(randn()*12 + 20)*10*nS");
    let excitatory = Synapses::between("cells[0:3200]", "cells")?
        .connect(Connect::probability(0.02))
        .on_pre("ge += 6*nS");
    let inhibitory = Synapses::between("cells[3200:4000]", "cells")?
        .connect(Connect::probability(0.02))
        .on_pre("gi += 67*nS");
    let experiment = Experiment::new("A network of Hodgkin-Huxley cells")
        .duration("1 s")?
        .dt("0.1 ms")?
        .integrator("exponential-euler")
        .add_neurons("cells", cells)
        .add_synapses("excitatory", excitatory)
        .add_synapses("inhibitory", inhibitory)
        .add_record("raster", Record::spikes("cells")?)
        .add_record(
            "membrane",
            Record::variables("cells[0:5]", ["v", "ge", "gi"])?.every("0.2 ms")?,
        );

    let outcome = oscine::run_to_report(&experiment, "cobahh")?;
    print!(
        "{}",
        oscine::report_of(&outcome).terminal_summary(80, false)
    );
    Ok(())
}
