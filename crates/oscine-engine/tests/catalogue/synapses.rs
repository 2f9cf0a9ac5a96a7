//! One spike through each synapse: the current or potential that follows, in closed form or integrated finely.

use crate::{assert_near, run, samples};

/// The step of the runs, s.
const STEP: f64 = 1e-4;
/// One step after the spike at 10 ms, where its effect is first seen.
const ARRIVAL: usize = 101;

/// The samples at each step of a variable of one cell with these lines in its table, after so many spikes, 5 ms apart, through the synapse.
fn response(model: &str, cell: &str, variable: &str, spikes: usize, duration: &str) -> Vec<f64> {
    let all = run(&format!(
        "[run]\nduration = \"{duration}\"\ndt = \"0.1 ms\"\n\
         [stimulus.input]\nkind = \"spikes\"\ncount = 1\ntimes = \"(10 + 5*k)*ms\"\neach = {spikes}\n\
         [neurons.cell]\ncount = 1\n{cell}\n\
         [synapses.s]\nfrom = \"input\"\nto = \"cell\"\nconnect = \"all-to-all\"\nmodel = \"{model}\"\n\
         [record.cell]\nof = \"cell\"\nvariables = [\"{variable}\"]\nevery = \"0.1 ms\"\n"
    ));
    samples(&all, variable)
}

/// Compares a response with a function of the time since the spike, relative to its peak.
#[track_caller]
fn assert_follows(found: &[f64], expected: impl Fn(f64) -> f64, tolerance: f64) {
    let expected: Vec<f64> = (0..found.len())
        .map(|step| match step.checked_sub(ARRIVAL) {
            Some(since) => expected(since as f64 * STEP),
            None => 0.0,
        })
        .collect();
    let peak = expected
        .iter()
        .fold(0.0_f64, |peak, value| peak.max(value.abs()));
    assert!(peak > 0.0);
    for (step, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert_near(
            *found,
            *expected,
            tolerance * peak,
            &format!("at step {step}"),
        );
    }
}

const MEMBRANE: &str = "equations = \"dv/dt = (R*I_syn - v)/tau_m : volt\"\nparameters = { tau_m = \"20 ms\", R = \"100 Mohm\" }";
/// Of the membrane, s and ohm.
const TAU: f64 = 20e-3;
const RESISTANCE: f64 = 1e8;
/// The weight of the current synapses, A.
const WEIGHT: f64 = 50e-12;

/// The potential of the membrane after a current `WEIGHT` exp(-t/tau).
fn potential(tau: f64, since: f64) -> f64 {
    RESISTANCE * WEIGHT * tau / (TAU - tau) * ((-since / TAU).exp() - (-since / tau).exp())
}

#[test]
fn delta_shifts_the_potential_at_once() {
    let cell = "equations = \"dv/dt = -v/tau_m : volt\"\nparameters = { tau_m = \"20 ms\" }";
    let found = response("delta", cell, "v", 1, "100 ms");
    assert_follows(&found, |since| 1e-4 * (-since / TAU).exp(), 1e-12);
}

#[test]
fn exponential_current_and_potential_follow_their_closed_forms() {
    let current = response("exponential", MEMBRANE, "I_syn", 1, "100 ms");
    assert_follows(&current, |since| WEIGHT * (-since / 5e-3).exp(), 1e-12);
    let found = response("exponential", MEMBRANE, "v", 1, "100 ms");
    assert_follows(&found, |since| potential(5e-3, since), 1e-12);
}

#[test]
fn alpha_current_and_potential_follow_their_closed_forms() {
    let tau: f64 = 2e-3;
    let current = response("alpha", MEMBRANE, "I_syn", 1, "100 ms");
    let shape = |since: f64| WEIGHT * since / tau * (1.0 - since / tau).exp();
    assert_follows(&current, shape, 1e-12);
    assert_near(current[ARRIVAL + 20], WEIGHT, 1e-12 * WEIGHT, "the peak");
    let rate = 1.0 / tau - 1.0 / TAU;
    let height = RESISTANCE * WEIGHT * 1_f64.exp() / (tau * TAU * rate * rate);
    let found = response("alpha", MEMBRANE, "v", 1, "100 ms");
    assert_follows(
        &found,
        |since| {
            height * (-since / TAU).exp() * (1.0 - (-rate * since).exp() * (1.0 + rate * since))
        },
        1e-12,
    );
}

#[test]
fn biexponential_current_and_potential_follow_their_closed_forms() {
    let (rise, decay): (f64, f64) = (1e-3, 5e-3);
    let peak = (decay / rise).ln() * rise * decay / (decay - rise);
    let height = 1.0 / ((-peak / decay).exp() - (-peak / rise).exp());
    let current = response("biexponential", MEMBRANE, "I_syn", 1, "100 ms");
    assert_follows(
        &current,
        |since| WEIGHT * height * ((-since / decay).exp() - (-since / rise).exp()),
        1e-12,
    );
    let found = response("biexponential", MEMBRANE, "v", 1, "100 ms");
    assert_follows(
        &found,
        |since| height * (potential(decay, since) - potential(rise, since)),
        1e-12,
    );
}

#[test]
fn ampa_and_gaba_a_pull_towards_their_reversal_potentials() {
    let cell = "equations = \"v = -65*mV : volt\"";
    for (model, variable, reversal, tau) in [
        ("ampa", "I_ampa", 0.0, 2e-3),
        ("gaba-a", "I_gaba_a", -0.07, 5e-3),
    ] {
        let found = response(model, cell, variable, 1, "100 ms");
        assert_follows(
            &found,
            |since| 1e-9 * (-since / tau).exp() * (reversal + 0.065),
            1e-12,
        );
    }
}

/// Jahr & Stevens (1990): 1/(1 + [Mg]/3.57 mM exp(-0.062 v/mV)).
#[test]
fn nmda_is_blocked_by_magnesium_at_rest_and_open_when_depolarised() {
    for (potential, magnesium) in [(-65.0_f64, 1.0), (-65.0, 0.0), (0.0, 1.0), (40.0, 2.0)] {
        let cell =
            format!("equations = '''\nv = {potential}*mV : volt\nmagnesium = {magnesium} : 1\n'''");
        let found = response("nmda", &cell, "block_nmda", 1, "1 ms");
        let expected = 1.0 / (1.0 + magnesium / 3.57 * (-0.062 * potential).exp());
        assert_near(found[0], expected, 1e-12, &cell);
    }
    assert_near(
        1.0 / (1.0 + (0.062_f64 * 65.0).exp() / 3.57),
        0.060,
        0.0005,
        "as its description says",
    );
}

/// Wang (1999): s' = alpha x (1 - s) - s/100 ms, x' = -x/2 ms, x jumps by 1. The sum over synapses is that of the state before the step.
#[test]
fn nmda_channels_open_within_two_and_close_in_a_hundred_milliseconds() {
    let cell = "equations = \"v = -65*mV : volt\"";
    let found = response("nmda", cell, "g_nmda", 1, "300 ms");
    let slope = |since: f64, open: f64| 500.0 * (-since / 2e-3).exp() * (1.0 - open) - open / 0.1;
    let (mut open, mut expected) = (0.0, vec![0.0]);
    let fine = STEP / 10.0;
    for small in 0..10 * (found.len() - ARRIVAL) {
        let since = small as f64 * fine;
        // The midpoint rule.
        let half = open + fine / 2.0 * slope(since, open);
        open += fine * slope(since + fine / 2.0, half);
        if small % 10 == 9 {
            expected.push(open);
        }
    }
    // Exponential Euler holds x over a step: an error of dt/(2 tau), of first order.
    for (step, value) in found.iter().enumerate().skip(ARRIVAL + 1) {
        let open = expected[step - ARRIVAL - 1];
        assert_near(*value * 1e9, open, 0.012, &format!("at step {step}"));
    }
    assert!(found[..=ARRIVAL].iter().all(|value| *value == 0.0));
}

/// Destexhe et al. (1998): r decays with K2, s' = K3 r - K4 s, g = s^4/(s^4 + Kd), in 1/s and uM.
#[test]
fn gaba_b_answers_a_burst_and_hardly_a_spike() {
    let cell = "equations = \"v = -65*mV : volt\"";
    let (bind, leave, make, decay) = (45.0_f64, 1.2_f64, 180.0, 34.0_f64);
    let jump = 1.0 - (-0.3e-3 * (bind + leave)).exp();
    let peak = |spikes: usize| {
        let found = response("gaba-b", cell, "g_gaba_b", spikes, "500 ms");
        let (mut receptors, mut protein) = (0.0_f64, 0.0_f64);
        let (slow, fast) = ((-leave * STEP).exp(), (-decay * STEP).exp());
        let mut conductance = vec![0.0];
        for step in 0..found.len() - 1 {
            // What is summed is the state before the step.
            conductance.push(1e-9 * protein.powi(4) / (protein.powi(4) + 100.0));
            protein = protein * fast + make * receptors * (slow - fast) / (decay - leave);
            receptors *= slow;
            if step >= 100 && (step - 100) % 50 == 0 && (step - 100) / 50 < spikes {
                receptors += (bind / (bind + leave) - receptors) * jump;
            }
        }
        let highest = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
        for (found, expected) in found.iter().zip(&conductance) {
            assert_near(*found, *expected, 1e-3 * highest(&conductance), "g_gaba_b");
        }
        highest(&found)
    };
    assert!(peak(10) > 1000.0 * peak(1));
}
