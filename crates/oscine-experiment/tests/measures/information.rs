//! Measures of information: bits that responses tell of classes, and bits that one train tells of another.

use crate::{assert_near, measured};

/// Forty trials of 100 ms, of four classes in turn.
const SHOWN: &str = "title = \"classes\"\n[run]\nduration = \"4 s\"\ndt = \"1 ms\"\n[neurons.shown]\ncount = 1\n\
    equations = '''\nclass = floor((t + 0.5*ms)/(100*ms)) % 4 : 1\nodd = class % 2 : 1\nsame = 1 + 0*class : 1\n'''\n\
    [record.shown]\nof = \"shown\"\nvariables = [\"class\", \"odd\", \"same\"]\n";

#[test]
fn four_values_tell_two_bits_two_tell_one_and_one_tells_none() {
    let measure = |name: &str, of: &str| {
        format!(
            "[measure.{name}]\nwhat = \"mutual-information\"\nof = \"shown.{of}\"\nwith = \"shown.class\"\nevery = \"100 ms\"\nbias = \"none\"\n"
        )
    };
    let found = measured(&format!(
        "{SHOWN}{}{}{}",
        measure("class", "class"),
        measure("odd", "odd"),
        measure("same", "same")
    ));
    assert_near(&found["class"], &[2.0], 1e-9);
    assert_near(&found["odd"], &[1.0], 1e-9);
    assert_near(&found["same"], &[0.0], 1e-9);
    assert_near(&found["class.classes"], &[4.0], 0.0);
    assert_near(&found["class.trials"], &[40.0], 0.0);
    // The mean over all orders of the responses, by drawing 20,000 of them: 0.1901 bits; single ones lie 0.091 about it, the mean of 100 of them 0.009; two of these.
    assert_near(&found["class.chance"], &[0.1901], 0.02);
}

#[test]
fn one_spike_tells_by_its_time_what_it_does_not_tell_by_its_number() {
    // One spike in each trial, later the higher its class.
    let times: Vec<String> = (0..40)
        .map(|trial| format!("\"{} ms\"", 100 * trial + 10 + 25 * (trial % 4)))
        .collect();
    let found = measured(&format!(
        "{SHOWN}[stimulus.source]\nkind = \"spikes\"\ncount = 1\ntimes = [[{}]]\n[record.raster]\nof = \"source\"\nspikes = true\n\
         [measure]\ncounted = {{ what = \"mutual-information\", of = \"raster\", with = \"shown.class\", every = \"100 ms\", bias = \"none\" }}\n\
         timed = {{ what = \"mutual-information\", of = \"raster\", with = \"shown.class\", every = \"100 ms\", letters = 4, bias = \"none\" }}\n",
        times.join(", ")
    ));
    assert_near(&found["counted"], &[0.0], 1e-9);
    assert_near(&found["timed"], &[2.0], 1e-9);
}

#[test]
fn a_relay_tells_all_of_itself_and_hears_nothing_back() {
    // The reset takes away one pulse, so that another that comes in the step of a spike is not lost.
    let found = measured(
        "title = \"relay\"\n[run]\nduration = \"10 s\"\ndt = \"1 ms\"\n[stimulus.source]\nkind = \"poisson\"\ncount = 1\nrate = \"400 Hz\"\n\
         [neurons.relay]\ncount = 1\nequations = \"dv/dt = 0*v/second : 1\"\nthreshold = \"v > 0.5\"\nreset = \"v -= 1\"\n\
         [synapses.wire]\nfrom = \"source\"\nto = \"relay\"\nconnect = \"all-to-all\"\non_pre = \"v += 1\"\ndelay = \"2 ms\"\n\
         [record.sent]\nof = \"source\"\nspikes = true\n[record.heard]\nof = \"relay\"\nspikes = true\n\
         [measure]\nsent = { what = \"spike-count\", of = \"sent\" }\n\
         onward = { what = \"transfer-entropy\", of = [\"sent\", \"heard\"], source_history = 3 }\n\
         back = { what = \"transfer-entropy\", of = [\"heard\", \"sent\"], source_history = 3 }\n",
    );
    // The entropy of a bin of the source.
    let share = found["sent"].values[0] / 1e4;
    let entropy = -share * share.log2() - (1.0 - share) * (1.0 - share).log2();
    assert_near(&found["onward"], &[entropy], 0.005);
    assert!(found["onward.significance"].values[0] < 0.011);
    assert_near(&found["back"], &[0.0], 0.005);
}
