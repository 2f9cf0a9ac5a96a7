//! Inputs that are made of other inputs.

use oscine_engine::{BuildError, Options, Simulation, Threads};
use oscine_network::{Experiment, Neurons};

fn built(neurons: Neurons) -> Result<Simulation, BuildError> {
    let experiment = Experiment::new("inputs")
        .duration("1 s")
        .and_then(|experiment| experiment.dt("0.25 s"))
        .unwrap()
        .add_neurons("cells", neurons);
    let threads = Threads::Exactly(1);
    Simulation::build(&experiment, &Options { threads })
}

#[test]
fn a_chain_of_twenty_inputs_runs_to_its_end() {
    let declared: String = (0..20).map(|link| format!("\nx{link} : 1")).collect();
    let mut neurons = Neurons::new(1)
        .equations(format!("dv/dt = x0/second : 1{declared}"))
        .input("x19", "1");
    for link in 0..19 {
        neurons = neurons.input(format!("x{link}"), format!("x{} + 1", link + 1));
    }
    let mut simulation = built(neurons).unwrap();
    simulation.advance(4).unwrap();
    assert_eq!(simulation.values("cells", "v").unwrap().0, [20.0]);
}

#[test]
fn inputs_that_are_made_of_each_other_are_refused() {
    let neurons = Neurons::new(1).equations("dv/dt = a/second : 1\na : 1\nb : 1\nc : 1");
    let of = |inputs: &[(&str, &str)]| {
        let mut driven = neurons.clone();
        for (name, text) in inputs {
            driven = driven.input(*name, *text);
        }
        built(driven).err().map(|error| error.to_string())
    };
    assert_eq!(
        of(&[("a", "2*a")]).as_deref(),
        Some("[neurons.cells] input.a: `a` is made of itself")
    );
    assert_eq!(
        of(&[("a", "b"), ("b", "c + 1"), ("c", "a*t/second")]).as_deref(),
        Some("[neurons.cells] input.a: `a` is made of `b`, `b` of `c`, and `c` of `a`")
    );
}
