//! Measures of traces: spectra, lines, responses, harmonics, correlations, coherence, recurrence.

use std::collections::BTreeMap;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_3, FRAC_PI_4, PI};

use oscine_experiment::array::NamedArray;

use crate::{assert_near, greatest_at, measured, nearest_to, of_traces};

#[test]
fn the_spectrum_of_a_sinusoid_has_its_frequency_and_its_variance() {
    let found = of_traces(
        "4 s",
        "a = 2*sin(2*pi*20*Hz*t) : 1",
        &["a"],
        "[measure]\ntapered = { what = \"spectrum\", of = \"trace\", half_bandwidth = \"2 Hz\" }\n\
         welch = { what = \"spectrum\", of = \"trace\", method = \"welch\", segment = \"1 s\" }\n\
         tapered_power = { value = \"integral(tapered)\" }\nwelch_power = { value = \"integral(welch)\" }\n",
    );
    // Anywhere within the half bandwidth, over which tapers spread a line.
    assert!((greatest_at(&found["tapered"], "frequency") - 20.0).abs() <= 2.0);
    assert_eq!(greatest_at(&found["welch"], "frequency"), 20.0);
    assert_near(&found["tapered_power"], &[2.0], 0.02);
    assert_near(&found["welch_power"], &[2.0], 0.02);
}

#[test]
fn a_line_of_a_hundred_times_its_neighbours_stands_twenty_decibels_over_them() {
    // 10 s have steps of 0.1 Hz; the neighbours are the second to the ninth on either side.
    let beside: Vec<String> = (2..=9)
        .flat_map(|step| [50 - step, 50 + step])
        .map(|step| format!("sin(2*pi*{}*Hz*t)", f64::from(step) / 10.0))
        .collect();
    let found = of_traces(
        "10 s",
        &format!("a = sin(2*pi*5*Hz*t) + 0.1*({}) : 1", beside.join(" + ")),
        &["a"],
        "[measure.snr]\nwhat = \"signal-to-noise\"\nof = \"trace\"\nfrequency = \"5 Hz\"\n",
    );
    assert_near(&found["snr"], &[20.0], 0.01);
}

/// A leak that answers to 1/sqrt(2) at 5 Hz, driven by this.
fn leak(duration: &str, drive: &str, measures: &str) -> BTreeMap<String, NamedArray> {
    measured(&format!(
        "title = \"leak\"\n[run]\nduration = \"{duration}\"\ndt = \"0.1 ms\"\n[stimulus.drive]\n{drive}\n[neurons.leak]\ncount = 1\n\
         equations = \"dv/dt = (x - v)*2*pi*5*Hz : 1\"\ninput = {{ x = \"drive(t)\" }}\nintegrator = \"exact\"\n\
         [record.driven]\nof = \"leak\"\nvariables = [\"v\", \"x\"]\nevery = \"1 ms\"\n{measures}"
    ))
}

#[test]
fn a_leak_follows_its_cutoff_with_half_the_power_and_an_eighth_of_a_cycle_late() {
    let found = leak(
        "3 s",
        "kind = \"sinusoid\"\namplitude = 2\nfrequency = \"5 Hz\"",
        "[measure]\nresponse = { what = \"response\", of = \"driven.v\", input = \"driven.x\", frequency = \"5 Hz\", from = \"1 s\" }\n\
         alone = { what = \"response\", of = \"driven\", frequency = \"5 Hz\", from = \"1 s\" }\n",
    );
    // The drive is held for a step: half a step late, 1.6e-3 of an angle.
    assert_near(&found["response.gain"], &[FRAC_1_SQRT_2], 2e-3);
    assert_near(&found["response.phase"], &[-FRAC_PI_4], 2e-3);
    assert_near(&found["alone.x.gain"], &[2.0], 1e-9);
    assert_near(&found["alone.v.gain"], &[2.0 * FRAC_1_SQRT_2], 4e-3);
}

#[test]
fn a_chirp_finds_the_same_cutoff() {
    let found = leak(
        "11 s",
        "kind = \"chirp\"\namplitude = 1\nfirst = \"0.5 Hz\"\nlast = \"30 Hz\"\nuntil = \"10 s\"",
        "[measure.sweep]\nwhat = \"frequency-response\"\nof = \"driven.v\"\ninput = \"driven.x\"\nfrequencies = \"1:20 Hz\"\nwidth = \"0.5 Hz\"\n",
    );
    let at = |field: &str, frequency| nearest_to(&found[field], frequency);
    for frequency in [2.0, 5.0, 15.0_f64] {
        let band = found["sweep.gain"].axes[0]
            .coordinates
            .iter()
            .copied()
            .min_by(|left, right| {
                (left - frequency)
                    .abs()
                    .total_cmp(&(right - frequency).abs())
            });
        let relative = band.unwrap() / 5.0;
        let gain = 1.0 / (1.0 + relative * relative).sqrt();
        assert!(
            (at("sweep.gain", frequency) / gain - 1.0).abs() < 0.01,
            "{frequency} Hz"
        );
        let late = -relative.atan();
        assert!(
            (at("sweep.phase", frequency) - late).abs() < 0.02,
            "{frequency} Hz"
        );
        assert!(at("sweep.coherence", frequency) > 0.99, "{frequency} Hz");
    }
    // A leak has no best frequency.
    assert_near(&found["sweep.resonance"], &[f64::NAN], 0.0);
}

#[test]
fn harmonics_and_period_are_those_of_the_sum_of_sines() {
    let found = of_traces(
        "2 s",
        "a = sin(2*pi*5*Hz*t) + 0.25*sin(2*pi*15*Hz*t) : 1\nb = sin(2*pi*4*Hz*t) : 1",
        &["a", "b"],
        "[measure]\nown = { what = \"harmonics\", of = \"trace.a\", count = 4 }\n\
         told = { what = \"harmonics\", of = \"trace.a\", count = 3, frequency = \"5 Hz\" }\n\
         period = { what = \"period\", of = \"trace.b\" }\n\
         high = { what = \"share-above\", of = \"trace.b\", threshold = 0.5 }\n",
    );
    assert_near(&found["own"], &[1.0, 0.0, 0.25, 0.0], 1e-3);
    assert_near(&found["own.distortion"], &[0.25], 1e-3);
    assert_near(&found["own.fundamental"], &[5.0], 1e-3);
    assert_near(&found["told"], &[1.0, 0.0, 0.25], 1e-9);
    assert_near(&found["period"], &[0.25], 1e-4);
    assert_near(&found["period.deviation"], &[0.0], 1e-4);
    assert_near(&found["period.duty"], &[0.5], 1e-3);
    // A sine is over a half for a third of its cycle.
    assert_near(&found["high"], &[1.0 / 3.0], 1e-3);
}

#[test]
fn correlations_of_a_sine_and_its_delay() {
    let found = of_traces(
        "20 s",
        "a = sin(2*pi*5*Hz*t) : 1\nb = sin(2*pi*5*Hz*(t - 30*ms)) : 1",
        &["a", "b"],
        "[measure]\nitself = { what = \"autocorrelation\", of = \"trace.a\", longest = \"200 ms\" }\n\
         other = { what = \"cross-correlation\", of = [\"trace.a\", \"trace.b\"], longest = \"90 ms\" }\n\
         locking = { what = \"phase-locking\", of = [\"trace.a\", \"trace.b\"] }\n",
    );
    // Sums over fewer samples the longer the lag: 1 % at 200 ms of 20 s.
    assert_near(&found["itself"].at(0, 0), &[1.0], 1e-9);
    assert_near(&found["itself"].at(0, 100), &[-1.0], 0.011);
    assert_near(&found["itself"].at(0, 200), &[1.0], 0.011);
    assert!((greatest_at(&found["other"], "lag") - 0.03).abs() < 1e-9);
    assert_near(&found["locking"], &[1.0], 1e-6);
    assert_near(&found["locking.phase"], &[0.3 * PI], 1e-6);
}

#[test]
fn two_signals_with_half_their_power_in_common_have_a_coherence_of_a_half() {
    let noisy = |name: &str| format!("d{name}/dt = -{name}/(5*ms) + xi_{name}/sqrt(5*ms) : 1\n");
    let found = of_traces(
        "64 s",
        &format!("{}{}sum = common + own : 1", noisy("common"), noisy("own")),
        &["common", "own", "sum"],
        "[measure]\nhalf = { what = \"coherence\", of = [\"trace.common\", \"trace.sum\"], segment = \"0.25 s\" }\n\
         none = { what = \"coherence\", of = [\"trace.common\", \"trace.own\"], segment = \"0.25 s\" }\n\
         half_mean = { value = \"mean(half)\" }\nover_chance = { value = \"mean(int(none > none.chance))\" }\n",
    );
    assert_near(&found["half_mean"], &[0.5], 0.02);
    // 500 frequencies, of which 5 % exceed the level by chance: three deviations of a percent each.
    assert_near(&found["over_chance"], &[0.05], 0.03);
}

#[test]
fn an_orbit_comes_back_to_itself_after_a_period() {
    let found = measured(
        "title = \"circle\"\n[run]\nduration = \"4 s\"\ndt = \"1 ms\"\n[neurons.clock]\ncount = 1\n\
         equations = '''\ndx/dt = -2*pi*Hz*y : 1\ndy/dt = 2*pi*Hz*x : 1\n'''\ninitial = { x = 1 }\nintegrator = \"exact\"\n\
         [record.orbit]\nof = \"clock\"\nvariables = [\"x\", \"y\"]\nevery = \"10 ms\"\n\
         [measure.back]\nwhat = \"recurrence\"\nof = \"orbit\"\nafter = \"0.4 s\"\nwithin = \"1.2 s\"\n",
    );
    assert_near(&found["back.elapsed"], &[1.0], 1e-9);
    assert_near(&found["back.nearest"], &[0.0], 1e-9);
    // The other side of the circle is two radii away.
    assert!((nearest_to(&found["back"], 0.5) - 2.0).abs() < 0.01);
}

#[test]
fn a_band_leaves_the_rhythm_that_two_traces_share() {
    let found = of_traces(
        "4 s",
        "a = cos(2*pi*5*Hz*t) + 3*cos(2*pi*1*Hz*t) : 1\nb = cos(2*pi*5*Hz*t - pi/3) + 3*cos(2*pi*2*Hz*t) : 1",
        &["a", "b"],
        "[measure]\nshared = { what = \"phase-locking\", of = [\"trace.a\", \"trace.b\"], band = \"4:6 Hz\" }\n\
         slow = { what = \"phase-locking\", of = [\"trace.a\", \"trace.b\"], band = \"0.5:2.5 Hz\" }\n",
    );
    assert_near(&found["shared"], &[1.0], 1e-6);
    assert_near(&found["shared.phase"], &[FRAC_PI_3], 1e-6);
    // 1 Hz and 2 Hz go round each other.
    assert_near(&found["slow"], &[0.0], 1e-6);
}
