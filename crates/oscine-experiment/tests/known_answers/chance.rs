//! What chance gives: independent Poisson trains and noise, and a cell that stays silent.

use super::{measure, measured, near};

/// Twenty trains of 50 Hz for 4 s.
const POISSON: &str = "[run]\nduration = \"4 s\"\ndt = \"0.1 ms\"\nseed = 5\n[stimulus.source]\nkind = \"poisson\"\ncount = 20\nrate = \"50 Hz\"\n\
    [record.raster]\nof = \"source\"\nspikes = true\n";

/// The measures of single trains, of a record.
fn all_of(record: &str) -> String {
    let plain = [
        "firing-rate",
        "spike-count",
        "interval-cv",
        "interval-mean",
        "interval-deviation",
        "cv2",
        "local-variation",
        "serial-correlation",
        "latency",
    ];
    let plain = plain.map(|what| measure(&what.replace('-', "_"), what, record));
    plain.concat() + &measure("fano", "fano-factor", record) + "window = \"100 ms\"\n"
}

#[test]
fn poisson_trains_are_as_irregular_as_chance() {
    let found = measured(&(POISSON.to_owned() + &all_of("raster")));
    // Tolerances: four standard errors of 20 trains of about 200 spikes.
    near(found.mean("firing_rate"), 50.0, 3.2);
    near(found.mean("interval_mean"), 0.02, 1.3e-3);
    near(found.mean("interval_cv"), 1.0, 0.07);
    near(found.mean("cv2"), 1.0, 0.05);
    near(found.mean("local_variation"), 1.0, 0.08);
    near(found.mean("serial_correlation"), 0.0, 0.07);
    near(found.mean("fano"), 1.0, 0.21);
}

#[test]
fn poisson_trains_have_nothing_in_common() {
    let found = measured(
        &(POISSON.to_owned()
            + &measure("chi", "population-synchrony", "raster")
            + &measure("power", "spectrum", "raster")
            + "half_bandwidth = \"4 Hz\"\ngreatest = \"200 Hz\"\n"
            + &measure("lags", "autocorrelation", "raster")
            + "bin = \"5 ms\"\nlongest = \"50 ms\"\n"
            + &measure("rhythm", "population-rhythm", "raster")
            + "above = \"10 Hz\"\nbelow = \"200 Hz\"\n"),
    );
    // chi^2 = 1/N; of 4,000 bins it is known to one part in 45.
    near(found.number("chi"), 20.0_f64.sqrt().recip(), 0.02);
    // Twice the rate of the population; 800 independent numbers, and the rate itself is known to one part in 60.
    near(found.mean("power"), 2000.0, 300.0);
    // 20 trains of 200 spikes have 1,000 pairs in a bin of 5 ms; five standard errors.
    for value in found.values("lags") {
        near(*value, 1.0, 0.16);
    }
    assert!(found.number("rhythm.significance") > 0.01);
}

#[test]
fn independent_noise_exceeds_the_level_of_chance_as_often_as_it_should() {
    let text = r#"
[run]
duration = "16 s"
dt = "1 ms"
seed = 3
[neurons.noise]
count = 2
equations = "dv/dt = -v/(2*ms) + xi*sqrt(1/ms) : 1"
[record.first]
of = "noise[0]"
variables = ["v"]
[record.second]
of = "noise[1]"
variables = ["v"]
[measure.none]
what = "coherence"
of = ["first", "second"]
segment = "0.25 s"
"#;
    let found = measured(text);
    let chance = found.number("none.chance");
    let values = found.values("none");
    let above = values.iter().filter(|value| **value > chance).count() as f64;
    let share = above / values.len() as f64;
    // 5 % of 124 frequencies, of which neighbours share some of their noise: three standard errors of 62.
    assert!(values.len() > 100);
    assert!(share > 0.0 && share < 0.05 + 3.0 * 0.028, "{share}");
}

#[test]
fn spikes_cohere_with_a_field_at_the_frequency_of_their_rate_and_by_chance_elsewhere() {
    let text = r#"
[run]
duration = "8 s"
dt = "0.5 ms"
seed = 3
[stimulus.driven]
kind = "poisson"
count = 10
rate = "50*Hz*(1 + 0.8*sin(2*pi*40*Hz*t))"
[neurons.field]
count = 1
equations = "dv/dt = (sin(2*pi*40*Hz*t) - v)/(1*ms) + 0.3*xi*sqrt(1/ms) : 1"
[record.raster]
of = "driven"
spikes = true
[record.field]
of = "field"
variables = ["v"]
every = "1 ms"
[measure.both]
what = "spike-field-coherence"
of = ["raster", "field"]
segment = "0.25 s"
[measure.rhythm]
what = "population-rhythm"
of = "raster"
above = "10 Hz"
below = "200 Hz"
"#;
    let found = measured(text);
    near(found.highest("both"), 40.0, 1e-9);
    assert!(found.at("both", 40.0) > 0.9);
    let chance = found.number("both.chance");
    let aside = (0..20).map(|at| found.at("both", 100.0 + 8.0 * f64::from(at)));
    // One in 20 is expected; six or more happen three times in 10,000.
    assert!(aside.filter(|value| *value > chance).count() < 6);
    near(found.number("rhythm"), 40.0, 1.0);
    assert!(found.number("rhythm.significance") < 1e-3);
}

#[test]
fn a_train_tells_of_the_one_that_it_drives_and_another_does_not() {
    let text = r#"
[run]
duration = "20 s"
dt = "0.5 ms"
seed = 8
[stimulus.source]
kind = "poisson"
count = 1
rate = "30 Hz"
[stimulus.other]
kind = "poisson"
count = 1
rate = "30 Hz"
[neurons.driven]
count = 1
equations = "dv/dt = -v/(1*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
[synapses.drive]
from = "source"
to = "driven"
connect = "i == j"
on_pre = "v += 2"
delay = "2 ms"
[record.raster]
of = ["source", "other", "driven"]
spikes = true
[measure.onward]
what = "transfer-entropy"
of = ["raster.source", "raster.driven"]
bin = "2 ms"
source_history = 2
[measure.back]
what = "transfer-entropy"
of = ["raster.driven", "raster.source"]
bin = "2 ms"
[measure.none]
what = "transfer-entropy"
of = ["raster.other", "raster.driven"]
bin = "2 ms"
"#;
    let found = measured(text);
    // At most the entropy of a bin of the driven train: H(0.06) = 0.327 bits.
    let onward = found.number("onward");
    assert!((0.2..0.34).contains(&onward), "{onward}");
    assert!(found.number("onward.significance") < 0.02);
    near(found.number("back"), 0.0, 2e-3);
    near(found.number("none"), 0.0, 2e-3);
    assert!(found.number("none.significance") > 0.02);
    assert!(found.number("none.chance") < 2e-3);
}

#[test]
fn a_silent_cell_has_a_rate_and_no_intervals() {
    let text = "[run]\nduration = \"100 ms\"\n[neurons.cell]\ncount = 1\nequations = \"dv/dt = -v/(10*ms) : 1\"\nthreshold = \"v > 1\"\n\
                reset = \"v = 0\"\n[record.raster]\nof = \"cell\"\nspikes = true\n";
    let found = measured(&(text.to_owned() + &all_of("raster")));
    near(found.number("firing_rate"), 0.0, 0.0);
    near(found.number("spike_count"), 0.0, 0.0);
    for none in [
        "interval_cv",
        "interval_mean",
        "interval_deviation",
        "cv2",
        "local_variation",
        "serial_correlation",
        "fano",
        "latency",
    ] {
        assert!(found.number(none).is_nan(), "{none}");
    }
}
