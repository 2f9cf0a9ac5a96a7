//! Wang and Buzsaki's interneurons through the builder: cells that do nothing but inhibit each other make the gamma rhythm.
//! Source: Wang & Buzsaki (1996) J. Neurosci. 16:6402, figure 5.

use std::error::Error;

use oscine::Experiment;
use oscine::network::{Connect, Neurons, Record, Synapses};

/// `s` is the open fraction of the channels at a cell's own synapses, `inhibition` what it receives.
const EQUATIONS: &str = "
dv/dt = (drive - g_Na*m_inf**3*h*(v - E_Na) - g_K*n**4*(v - E_K) - g_L*(v - E_L) - g_syn*inhibition*(v - E_syn))/C : volt
dh/dt = phi*(alpha_h*(1 - h) - beta_h*h) : 1
dn/dt = phi*(alpha_n*(1 - n) - beta_n*n) : 1
ds/dt = alpha_s*(1 - s)/(1 + exp(-v/(2*mV))) - beta_s*s : 1
inhibition : 1
drive : amp/meter**2 (constant)
m_inf   = alpha_m/(alpha_m + beta_m) : 1
alpha_m = 1/exprel(-(v + 35*mV)/(10*mV))/ms : Hz
beta_m  = 4*exp(-(v + 60*mV)/(18*mV))/ms : Hz
alpha_h = 0.07*exp(-(v + 58*mV)/(20*mV))/ms : Hz
beta_h  = 1/(1 + exp(-(v + 28*mV)/(10*mV)))/ms : Hz
alpha_n = 0.1/exprel(-(v + 34*mV)/(10*mV))/ms : Hz
beta_n  = 0.125*exp(-(v + 44*mV)/(80*mV))/ms : Hz
";

fn main() -> Result<(), Box<dyn Error>> {
    let interneurons = Neurons::new(100)
        .equations(EQUATIONS)
        .threshold("v > 0*mV")
        .refractory("v > 0*mV")
        .parameter("C", "1 uF/cm**2")
        .parameter("g_Na", "35 mS/cm**2")
        .parameter("g_K", "9 mS/cm**2")
        .parameter("g_L", "0.1 mS/cm**2")
        .parameter("g_syn", "0.1 mS/cm**2")
        .parameter("E_Na", "55 mV")
        .parameter("E_K", "-90 mV")
        .parameter("E_L", "-65 mV")
        .parameter("E_syn", "-75 mV")
        .parameter("phi", "5")
        .parameter("alpha_s", "12/ms")
        .parameter("beta_s", "0.1/ms")
        .parameter("drive", "(1 + 0.03*randn())*uA/cm**2")
        .initial("v", "(-70 + 20*rand())*mV")
        .initial("h", "alpha_h/(alpha_h + beta_h)")
        .initial("n", "alpha_n/(alpha_n + beta_n)");
    // 60 synapses a cell on average, each 1/60 of the conductance.
    let mutual = Synapses::between("interneurons", "interneurons")?
        .connect(Connect::probability(0.6))
        .equations("inhibition_post = s_pre/60 : 1 (summed)");
    let experiment = Experiment::new("Gamma by mutual inhibition")
        .question("Can inhibition alone bring interneurons into step, and at which frequency?")
        .duration("1 s")?
        .dt("0.05 ms")?
        .integrator("rk4")
        .add_neurons("interneurons", interneurons)
        .add_synapses("mutual", mutual)
        .add_record("raster", Record::spikes("interneurons")?)
        .add_record(
            "membrane",
            Record::variables("interneurons[0:5]", ["v", "s", "inhibition"])?.every("0.2 ms")?,
        );

    let outcome = oscine::run_to_report(&experiment, "interneurons")?;
    print!(
        "{}",
        oscine::report_of(&outcome).terminal_summary(80, false)
    );
    Ok(())
}
